//! What goes wrong: the compiled forms of `[fault.…]`.

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

/// One fault with its windows.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name: the luck of the servers it chooses, and of the attempts it strikes.
    pub owner: Owner,
    /// When it begins.
    pub begins: Begins,
    /// How long each occurrence lasts; one without `for` lasts until the horizon and beyond.
    pub lasts: Option<Span>,
    /// What it does.
    pub kind: FaultKind,
}

/// When a fault begins.
#[derive(Clone, Debug)]
pub enum Begins {
    /// By the clock: when, in order, without the jitter that each is moved by.
    Clock {
        /// Each begin.
        at: Vec<Time>,
        /// Seconds later, drawn for each.
        jitter: Option<Sampler>,
    },
    /// On each server alone.
    Random {
        /// Seconds that a server is up until it fails.
        fails: Sampler,
        /// Seconds until it is repaired.
        repaired: Sampler,
    },
}

impl Fault {
    /// Where the draws of an occurrence of this fault are, of whatever belongs to no attempt.
    pub fn occurrence(turn: u32) -> Place {
        match turn {
            0 => Place::ROOT,
            turn => Place::ROOT.turn(u64::from(turn)),
        }
    }

    /// Where the draws of an occurrence are for an attempt at a place: by the name of the fault, so
    /// that other faults, switched off or moved, change nothing here (semantics#luck).
    pub fn place(&self, attempt: Place, turn: u32) -> Place {
        let place = attempt.step(self.owner.0);
        match turn {
            0 => place,
            turn => place.turn(u64::from(turn)),
        }
    }

    /// When an occurrence that begins then ends.
    pub fn end(&self, from: Time) -> Time {
        self.lasts.map_or(Time::NEVER, |lasts| from + lasts)
    }

    /// Begin and end of each occurrence by the clock, without jitter.
    pub fn windows(&self) -> impl Iterator<Item = (Time, Time)> {
        let at = match &self.begins {
            Begins::Clock { at, .. } => at.as_slice(),
            Begins::Random { .. } => &[],
        };
        at.iter().map(|from| (*from, self.end(*from)))
    }

    /// The first begin by the clock; before all others if it strikes at random.
    pub fn first(&self) -> Time {
        self.windows()
            .next()
            .map_or(Time(i64::MIN), |(from, _)| from)
    }

    /// The service whose servers or attempts it hits, if it is one of those.
    pub fn service(&self) -> Option<ServiceId> {
        match &self.kind {
            FaultKind::Slow { on, .. }
            | FaultKind::Pause(on)
            | FaultKind::Crash { on, .. }
            | FaultKind::Capacity { on, .. }
            | FaultKind::Error { on, .. } => Some(on.service),
            FaultKind::Cut { .. } | FaultKind::Delay { .. } => None,
        }
    }
}

/// A service and which of its instances are hit.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whose.
    pub service: ServiceId,
    /// Which instances.
    pub servers: Selector,
}

/// What a fault does (semantics#faults).
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// Work takes longer.
    Slow {
        /// Where.
        on: Target,
        /// How many times as long `cpu` and `wait` take.
        factor: f64,
        /// Only this share of attempts; all work of the servers if absent.
        share: Option<f64>,
        /// Code to run before the endpoint.
        code: Option<Pc>,
    },
    /// The instances stand still.
    Pause(Target),
    /// The instances lose their work and their queue.
    Crash {
        /// Where.
        on: Target,
        /// Boot time after the end in place of the service's own.
        boot: Option<Sampler>,
        /// The balancer still sends work there for so long.
        noticed_after: Option<Span>,
        /// Callers learn only at their timeout.
        silent: bool,
    },
    /// The instances have fewer cores and workers.
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
        /// Between which.
        edge: Edge,
        /// What happens to them.
        messages: CutMessages,
    },
    /// Some messages between two places take longer.
    Delay {
        /// Between which.
        edge: Edge,
        /// Seconds on top.
        by: Sampler,
        /// Which share of the messages, each way.
        share: f64,
    },
    /// Some attempts fail where they would start.
    Error {
        /// Where.
        on: Target,
        /// Which share.
        share: f64,
        /// Code to run in place of the endpoint: the cost in CPU, then the failure.
        code: Pc,
    },
}

/// Two places that messages travel between, and which of those messages are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// One place.
    pub a: Site,
    /// The other.
    pub b: Site,
    /// Messages from the first to the second are meant.
    pub to: bool,
    /// Messages from the second to the first are meant.
    pub from: bool,
    /// Only those to and from the server of this number of the second place, from 0.
    pub server: Option<u32>,
}

impl Edge {
    /// Whether a message is meant from one place to another, each with the number of its server
    /// where that is known.
    pub fn meets(&self, [from, to]: [(Site, Option<u32>); 2]) -> bool {
        let ours = |server: Option<u32>| self.server.is_none_or(|own| server == Some(own));
        (self.to && self.a == from.0 && self.b == to.0 && ours(to.1))
            || (self.from && self.b == from.0 && self.a == to.0 && ours(from.1))
    }
}
