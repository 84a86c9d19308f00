//! What a task is doing, with all that belongs to it while it does.

use crate::base::slab::Ticket;
use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::calendar::key::{NO_EVENT, Number};

/// No connection: the balancer chooses the server of an attempt when it arrives.
pub(in crate::engine) const ANYWHERE: u32 = u32::MAX;

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Doing {
    /// Its instructions run, or it stands in the list of those whose instructions run next.
    Running,
    /// An attempt on its way to the service.
    Travelling {
        /// The server that its connection leads to, or [`ANYWHERE`].
        to: u32,
    },
    /// An attempt in the queue of a service.
    Queued,
    /// `think`, `wait`, or `cpu` on a core of its own.
    Timed {
        /// The end.
        until: Slim<Time>,
    },
    /// The same on a server that stands still.
    Halted {
        /// What remains, at nominal speed.
        left: Slim<Span>,
    },
    /// In the queue of a service again, after somebody else has taken its worker.
    PutBack {
        /// What remains of its `cpu`, at nominal speed.
        left: Slim<Span>,
    },
    /// `cpu` on cores shared with others.
    Sharing,
    /// Waits for the answer to an attempt, which is gone where it, or its answer, was lost.
    Calling {
        /// The attempt.
        attempt: Ticket,
    },
    /// Waits for the first ok answer to several attempts.
    Hedging {
        /// The round.
        round: u32,
    },
    /// Waits for the answer to an attempt that has no task of its own.
    Served {
        /// The server that works for it.
        server: u32,
        /// The clock of the attempt.
        clock: Number,
    },
    /// Waits before a retry, or before asking again after an error.
    BackingOff,
    /// Waits for a token of a rate limit: a task before it sends an attempt, or an attempt before
    /// it gets in.
    AtLimit {
        /// The server that the connection of the attempt leads to, or [`ANYWHERE`].
        to: u32,
    },
    /// An attempt that waits at its caller for a credit, or has one and is about to be sent.
    AtCredit {
        /// It has one.
        has: bool,
    },
    /// Waits for a unit of a pool.
    AtPool {
        /// When the wait began.
        since: Slim<Time>,
    },
    /// Waits for a room.
    AtDoor {
        /// When the wait began.
        since: Slim<Time>,
    },
    /// Waits for the miss of another.
    AtMiss {
        /// Which.
        flight: u32,
    },
    /// Waits for its branches.
    Joining,
    /// An answer on its way to the caller.
    Answering {
        /// When it set out.
        since: Slim<Time>,
    },
    /// A refused attempt that still costs CPU.
    Refusing,
    /// A user at home before another visit.
    AtHome,
    /// Nothing more: ended or stopped, and not yet removed.
    Done,
}

impl Doing {
    /// The server that the connection of an attempt leads to which has not got in yet, or
    /// [`ANYWHERE`].
    #[inline]
    pub(in crate::engine) fn leads_to(self) -> u32 {
        match self {
            Doing::Travelling { to } | Doing::AtLimit { to } => to,
            Doing::Running
            | Doing::Queued
            | Doing::Timed { .. }
            | Doing::Halted { .. }
            | Doing::PutBack { .. }
            | Doing::Sharing
            | Doing::Calling { .. }
            | Doing::Served { .. }
            | Doing::Hedging { .. }
            | Doing::BackingOff
            | Doing::AtCredit { .. }
            | Doing::AtPool { .. }
            | Doing::AtDoor { .. }
            | Doing::AtMiss { .. }
            | Doing::Joining
            | Doing::Answering { .. }
            | Doing::Refusing
            | Doing::AtHome
            | Doing::Done => ANYWHERE,
        }
    }

    /// The clock of the attempt that a task waits for, which awaits this number; [`NO_EVENT`] while
    /// it waits for none.
    #[inline]
    pub(in crate::engine) fn clock(self, awaits: Number) -> Number {
        match self {
            Doing::Calling { .. } => awaits,
            Doing::Served { clock, .. } => clock,
            Doing::Running
            | Doing::Travelling { .. }
            | Doing::Queued
            | Doing::Timed { .. }
            | Doing::Halted { .. }
            | Doing::PutBack { .. }
            | Doing::Sharing
            | Doing::Hedging { .. }
            | Doing::BackingOff
            | Doing::AtLimit { .. }
            | Doing::AtCredit { .. }
            | Doing::AtPool { .. }
            | Doing::AtDoor { .. }
            | Doing::AtMiss { .. }
            | Doing::Joining
            | Doing::Answering { .. }
            | Doing::Refusing
            | Doing::AtHome
            | Doing::Done => NO_EVENT,
        }
    }
}
