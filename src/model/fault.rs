//! What goes wrong, and when. Faults that are switched off are not in the model.

pub(crate) mod reading;
pub(crate) mod words;

use super::overlay::Change;
use super::when::When;
use crate::base::time::{Span, Time};
use crate::random::family::Distribution;
use crate::text::Place;

pub(crate) use reading::read;
pub(crate) use words::FAULT;

/// Occurrences of one fault at most.
pub const MOST_OCCURRENCES: i64 = 100_000;

/// Something that goes wrong for a while, once or again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When it begins.
    pub begins: Begins,
    /// How long each occurrence lasts; to the end if absent.
    pub lasts: Option<Span>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Where its table begins.
    pub place: Place,
}

/// When a fault begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Begins {
    /// By the clock.
    Clock {
        /// The first time.
        at: Time,
        /// From one begin to the next, each counted from the first; once if absent.
        every: Option<Span>,
        /// How much later an occurrence begins, in seconds, drawn for each.
        jitter: Option<Distribution>,
    },
    /// On each server alone.
    Random {
        /// Seconds that it is up until it fails.
        fails: Distribution,
        /// Seconds until it is repaired.
        repaired: Distribution,
    },
    /// Once, when a metric trips it.
    When(Box<When>),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Work takes longer.
    Slow {
        /// Where.
        on: Target,
        /// How many times as long `cpu` and `wait` take, above 0.
        factor: f64,
        /// The share of attempts that it hits; all work of the servers if absent.
        share: Option<f64>,
        /// What an attempt takes longer, in seconds, before its first step.
        add: Option<Distribution>,
    },
    /// The chosen instances stand still.
    Pause(Target),
    /// The chosen instances are gone; they boot when it ends.
    Crash {
        /// Where.
        on: Target,
        /// Seconds of boot afterwards; the service's own unless said otherwise.
        boot: Distribution,
        /// How long the balancer goes on choosing them.
        noticed_after: Span,
        /// Whether callers of lost work hear nothing.
        silent: bool,
    },
    /// The chosen instances have fewer cores or workers.
    Capacity {
        /// Where.
        on: Target,
        /// What is left of the cores.
        cores: f64,
        /// What is left of the workers.
        workers: f64,
    },
    /// No message passes between two places.
    Cut {
        /// Between which places.
        edge: Edge,
        /// What becomes of messages.
        messages: CutMessages,
    },
    /// Messages between two places take longer.
    Delay {
        /// Between which places.
        edge: Edge,
        /// Additional seconds, drawn for each way.
        by: Distribution,
        /// The share of messages that it hits.
        share: f64,
    },
    /// Messages between two places are lost and sent again.
    Loss {
        /// Between which places.
        edge: Edge,
        /// The share of messages that is lost, each time.
        share: f64,
        /// How long until a lost message is sent again, the first time; twice as long each next.
        delay: Span,
    },
    /// Messages between two places wait for their turn on a narrow line.
    Bandwidth {
        /// Between which places.
        edge: Edge,
        /// Bytes a second, each way.
        rate: f64,
        /// Bytes of a message.
        size: f64,
    },
    /// All servers of a zone are gone, in every service; they boot when it ends.
    Out {
        /// The zone.
        zone: String,
    },
    /// A service that others depend on fails them before anything reaches it.
    Dependency {
        /// The service.
        service: String,
        /// The share of attempts that is answered with an error.
        errors: f64,
        /// The share of attempts that is never answered.
        hangs: f64,
    },
    /// The chosen instances accept so many at once.
    Limit {
        /// Where.
        on: Target,
        /// Waiting and in service at most.
        connections: u32,
    },
    /// A share of what would go to one zone goes to another.
    Shift {
        /// In one service, or in all that have both zones.
        service: Option<String>,
        /// From which zone.
        from: String,
        /// To which.
        to: String,
        /// Which share.
        share: f64,
    },
    /// Memory of the chosen instances grows.
    Leak {
        /// Where.
        on: Target,
        /// Bytes a second.
        grows: f64,
    },
    /// A cache loses entries, at one instant.
    Flush {
        /// The cache, all of its instances.
        cache: String,
        /// The share of its entries, each by the luck of its key.
        share: f64,
    },
    /// Instances are restarted with other numbers, one batch after the other.
    Deploy {
        /// Of which service.
        service: String,
        /// How many at a time.
        batch: Selector,
        /// From one batch to the next.
        every: Span,
        /// The share of the instances at which it stops.
        share: f64,
        /// What they have then.
        set: Vec<Change>,
    },
    /// A share of attempts is answered with an error.
    Error {
        /// Where.
        on: Target,
        /// The share of attempts that it hits.
        share: f64,
        /// CPU seconds that such an answer costs; nothing if absent.
        cost: Option<Distribution>,
    },
}

/// A service and which of its instances are hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The service.
    pub service: String,
    /// Which instances.
    pub servers: Selector,
}

/// Which instances of a service a fault hits, chosen by each server's own luck.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    /// All of them, those that come later too.
    All,
    /// So many.
    Count(u32),
    /// A share of those there are, half up, at least one.
    Share(f64),
    /// A share that is drawn anew each time, up to this one.
    AtMostShare(f64),
    /// A number that is drawn anew each time, from one to this.
    AtMost(u32),
    /// Those of these numbers, counted from 1.
    Numbers(Vec<u32>),
    /// Of every so many the one at this place, counted from 0: those of a zone.
    Zone {
        /// How many zones there are.
        of: u32,
        /// Which.
        at: u32,
    },
}

/// Two places that messages travel between, and which of those messages are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The two places.
    pub between: [Peer; 2],
    /// Which way.
    pub direction: Direction,
    /// Only to and from the instance of this number, counted from 1, of the second place.
    pub server: Option<u32>,
}

/// Which way messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first place to the second.
    To,
    /// From the second place to the first.
    From,
    /// Both ways.
    Both,
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

impl Fault {
    /// When it begins and ends by the clock, up to an instant; jitter is left out. Of a fault that
    /// strikes at random nobody knows: it may at any time.
    pub fn windows(&self, until: Time) -> Vec<(Time, Option<Time>)> {
        let Begins::Clock { at, every, .. } = &self.begins else {
            return Vec::new();
        };
        let end = |from: Time| (from, self.lasts.map(|lasts| from + lasts));
        match every {
            None => vec![end(*at)],
            Some(every) => {
                let count = (until.since(*at).nanos() / every.nanos().max(1)).max(0) + 1;
                let turns = 0..count.min(MOST_OCCURRENCES);
                turns.map(|turn| end(*at + *every * turn)).collect()
            }
        }
    }

    /// The first instant at which it begins by the clock.
    pub fn first(&self) -> Option<Time> {
        match &self.begins {
            Begins::Clock { at, .. } => Some(*at),
            Begins::Random { .. } | Begins::When(_) => None,
        }
    }
}

impl Selector {
    /// Whether servers that come later are hit too, if they are of this number from 0.
    pub fn takes_newcomer(&self, number: u32) -> bool {
        match self {
            Selector::All => true,
            Selector::Zone { of, at } => number % of == *at,
            _ => false,
        }
    }

    /// How many of `servers` are hit, where no luck is known: half of what may be drawn.
    pub fn of(&self, servers: u32) -> u32 {
        match self {
            Selector::All => servers,
            Selector::Count(count) => (*count).min(servers),
            Selector::Share(share) => half_up(*share, servers),
            Selector::AtMostShare(share) => half_up(*share / 2.0, servers),
            Selector::AtMost(count) => count.div_ceil(2).min(servers),
            Selector::Numbers(numbers) => numbers.iter().filter(|n| **n <= servers).count() as u32,
            Selector::Zone { of, at } => servers.saturating_sub(*at).div_ceil(*of),
        }
    }

    /// Whether it means one instance.
    pub fn is_one(&self) -> bool {
        match self {
            Selector::Count(count) => *count == 1,
            Selector::Numbers(numbers) => numbers.len() == 1,
            _ => false,
        }
    }

    /// How many of `servers` are hit, by the luck of an occurrence.
    pub fn drawn(&self, servers: u32, luck: f64) -> u32 {
        match self {
            Selector::AtMostShare(share) => half_up(share * luck, servers),
            Selector::AtMost(count) => ((luck * f64::from(*count)) as u32 + 1).min(servers),
            _ => self.of(servers),
        }
    }
}

/// A share of so many, half up, at least one where there are any.
fn half_up(share: f64, all: u32) -> u32 {
    let part = (share * f64::from(all) + 0.5).floor();
    (part as u32).max(1).min(all)
}
