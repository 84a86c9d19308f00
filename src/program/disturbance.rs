//! What goes wrong: the compiled forms of `[fault.…]`.

use super::{CacheId, Pc, ServiceId};
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
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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
    /// When a trigger says so.
    When,
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
            Begins::Random { .. } | Begins::When => &[],
        };
        at.iter().map(|from| (*from, self.end(*from)))
    }

    /// The first begin by the clock; before all others if it strikes at random.
    pub fn first(&self) -> Time {
        self.windows()
            .next()
            .map_or(Time(i64::MIN), |(from, _)| from)
    }

    /// Whose servers or attempts it hits, in the order of services; nobody's if it disturbs the
    /// network.
    pub fn targets(&self) -> &[Target] {
        match &self.kind {
            FaultKind::Slow { on, .. }
            | FaultKind::Pause(on)
            | FaultKind::Crash { on, .. }
            | FaultKind::Capacity { on, .. }
            | FaultKind::Limit { on, .. }
            | FaultKind::Leak { on, .. }
            | FaultKind::Error { on, .. } => std::slice::from_ref(on),
            FaultKind::Out(all) => all,
            FaultKind::Shift { .. }
            | FaultKind::Deploy { .. }
            | FaultKind::Flush { .. }
            | FaultKind::Cut { .. }
            | FaultKind::Delay { .. }
            | FaultKind::Loss { .. }
            | FaultKind::Bandwidth { .. }
            | FaultKind::Dependency { .. } => &[],
        }
    }

    /// Whether it hits a server of a service that comes while it lasts, by its number from 0.
    pub fn hits_newcomer(&self, service: ServiceId, number: u32) -> bool {
        if let FaultKind::Deploy { service: own, .. } = self.kind {
            return own == service;
        }
        let mut targets = self.targets().iter();
        targets.any(|on| on.service == service && on.servers.takes_newcomer(number))
    }
}

/// A service and which of its instances are hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Whose.
    pub service: ServiceId,
    /// Which instances.
    pub servers: Selector,
}

/// What a fault does (semantics#faults).
#[derive(Clone, Debug, PartialEq)]
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
    /// Some messages between two places are lost and sent again.
    Loss {
        /// Between which.
        edge: Edge,
        /// Which share, each time.
        share: f64,
        /// Until it is sent again, the first time.
        delay: Span,
    },
    /// Messages between two places pass one after the other.
    Bandwidth {
        /// Between which.
        edge: Edge,
        /// How long one takes to pass.
        each: Span,
    },
    /// Some attempts at a service end on their way there.
    Dependency {
        /// Which service.
        service: ServiceId,
        /// The share that is answered with an error.
        errors: f64,
        /// The share that is never answered.
        hangs: f64,
    },
    /// The servers of a zone lose their work and their queue.
    Out(Vec<Target>),
    /// The instances accept so many at once.
    Limit {
        /// Where.
        on: Target,
        /// Waiting and in service at most.
        most: u32,
    },
    /// What would go to some servers goes to others.
    Shift {
        /// In which services, from and to which of their servers.
        zones: Vec<(ServiceId, [Selector; 2])>,
        /// Which share.
        share: f64,
    },
    /// Memory of the instances grows.
    Leak {
        /// Where.
        on: Target,
        /// Bytes a second.
        grows: f64,
    },
    /// A cache loses entries, at one instant.
    Flush {
        /// Which.
        cache: CacheId,
        /// The share of its entries.
        share: f64,
    },
    /// Instances are restarted with other numbers, batch by batch.
    Deploy {
        /// Whose.
        service: ServiceId,
        /// How many at a time.
        batch: Selector,
        /// From one batch to the next.
        every: Span,
        /// The share of the instances at which it stops.
        share: f64,
        /// Which of [`Program::versions`](super::Program::versions) they have then.
        version: u32,
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
