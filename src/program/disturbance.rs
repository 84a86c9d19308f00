//! What goes wrong by the clock: the compiled forms of `[fault.…]`.

use super::{Pc, ServiceId};
use crate::base::time::{Span, Time};
use crate::random::key::{Owner, Place};
use crate::random::sampler::Sampler;

pub use crate::model::fault::{CutMessages, Selector};

/// A place that messages travel between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// Where the users are.
    Users,
    /// A service.
    Service(ServiceId),
}

/// One fault with its window.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name: the luck of the servers it chooses, and of the attempts it strikes.
    pub owner: Owner,
    /// When it begins.
    pub from: Time,
    /// When it ends; a fault without `for` lasts until the horizon and beyond.
    pub until: Time,
    /// What it does.
    pub kind: FaultKind,
}

impl Fault {
    /// Where the draws of this fault are for an attempt at a place: by the name of the fault, so
    /// that other faults, switched off or moved, change nothing here (semantics#luck).
    pub fn place(&self, attempt: Place) -> Place {
        attempt.step(self.owner.0)
    }
}

/// What a fault does (semantics#faults).
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// `cpu` and `wait` take `factor` times as long.
    Slow {
        /// Whose.
        service: ServiceId,
        /// How many times as long.
        factor: f64,
        /// Which instances.
        servers: Selector,
    },
    /// The instances stand still.
    Pause {
        /// Whose.
        service: ServiceId,
        /// Which instances.
        servers: Selector,
    },
    /// The instances lose their work and their queue.
    Crash {
        /// Whose.
        service: ServiceId,
        /// Which instances.
        servers: Selector,
        /// Boot time after the end in place of the service's own.
        boot: Option<Sampler>,
        /// The balancer still sends work there for so long.
        noticed_after: Option<Span>,
        /// Callers learn only at their timeout.
        silent: bool,
    },
    /// No message passes between two places.
    Cut {
        /// One place.
        a: Site,
        /// The other.
        b: Site,
        /// What happens to them.
        messages: CutMessages,
    },
    /// Some messages between two places take longer.
    Delay {
        /// One place.
        a: Site,
        /// The other.
        b: Site,
        /// Seconds on top.
        by: Sampler,
        /// Which share of the messages, each way.
        share: f64,
    },
    /// Some attempts fail where they would start.
    Error {
        /// Whose.
        service: ServiceId,
        /// Which share.
        share: f64,
        /// Code to run in place of the endpoint: the cost in CPU, then the failure.
        code: Pc,
    },
}
