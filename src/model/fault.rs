//! What goes wrong, and when. Faults that are switched off are not in the model.

use crate::base::time::{Span, Time};
use crate::random::family::Distribution;
use crate::text::Place;

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When it begins.
    pub at: Time,
    /// How long it lasts; to the end if absent.
    pub lasts: Option<Span>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Where its table begins.
    pub place: Place,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// `cpu` and `wait` of the chosen instances take `factor` times as long.
    Slow {
        /// The service.
        service: String,
        /// How many times as long, above 0.
        factor: f64,
        /// Which instances.
        servers: Selector,
    },
    /// The chosen instances stand still.
    Pause {
        /// The service.
        service: String,
        /// Which instances.
        servers: Selector,
    },
    /// The chosen instances are gone; they boot when it ends.
    Crash {
        /// The service.
        service: String,
        /// Which instances.
        servers: Selector,
        /// Seconds of boot afterwards; the service's own unless said otherwise.
        boot: Distribution,
        /// How long the balancer goes on choosing them.
        noticed_after: Span,
        /// Whether callers of lost work hear nothing.
        silent: bool,
    },
    /// No message passes between two places.
    Cut {
        /// The two places.
        between: [Peer; 2],
        /// What becomes of messages.
        messages: CutMessages,
    },
    /// Messages between two places take longer.
    Delay {
        /// The two places.
        between: [Peer; 2],
        /// Additional seconds, drawn for each way.
        by: Distribution,
        /// The share of messages that it hits.
        share: f64,
    },
    /// A share of attempts is answered with an error.
    Error {
        /// The service.
        service: String,
        /// The share of attempts that it hits.
        share: f64,
        /// CPU seconds that such an answer costs; nothing if absent.
        cost: Option<Distribution>,
    },
}

/// Which instances of a service a fault hits, chosen by each server's own luck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Selector {
    /// All of them.
    All,
    /// So many.
    Count(u32),
    /// A share of those there are, half up, at least one.
    Share(f64),
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// Where users are.
    Users,
    /// A service.
    Service(String),
}

/// What becomes of messages that are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutMessages {
    /// They all arrive at the end.
    Kept,
    /// Nobody hears of them.
    Lost,
    /// The sender learns at once.
    Refused,
}

impl Selector {
    /// How many of `servers` are hit.
    pub fn of(self, servers: u32) -> u32 {
        match self {
            Selector::All => servers,
            Selector::Count(count) => count.min(servers),
            Selector::Share(share) => {
                let hit = (share * f64::from(servers) + 0.5).floor();
                (hit as u32).max(1).min(servers)
            }
        }
    }
}
