//! Structured steps in progress, as a list from the innermost to the outermost.

use crate::base::slab::Ticket;
use crate::engine::calendar::key::Number;
use crate::engine::guards::kept::Remembered;
use crate::program::{BackId, EnterId, HoldId, LookupId, ParallelId, Pc, RepeatId, TakeId};
use crate::random::key::Place;

/// No frame.
pub(in crate::engine) const NO_FRAME: u32 = u32::MAX;

/// A structured step in progress.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Frame {
    /// The frame around it, or [`NO_FRAME`].
    pub(in crate::engine) outer: u32,
    /// Which.
    pub(in crate::engine) kind: FrameKind,
}

/// Which structured step.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum FrameKind {
    /// A unit of a pool is held.
    Hold {
        /// The step.
        hold: HoldId,
        /// The instance of the pool.
        pool: u32,
    },
    /// A miss of a cache is under way.
    Miss {
        /// The step.
        lookup: LookupId,
        /// The instance of the cache.
        store: u32,
        /// The key.
        key: u32,
        /// Those who wait for it, if any may.
        flight: u32,
    },
    /// An old entry was given, and is filled anew when the attempt has answered: the outermost
    /// frame of an attempt.
    Refill {
        /// The step that found it.
        lookup: LookupId,
        /// The instance of the cache.
        store: u32,
        /// The key.
        key: u32,
        /// Those who come when it is too old to be given.
        flight: u32,
        /// The instruction of the step; once it is under way, the end of the attempt.
        pc: Pc,
        /// The path where the entry was found.
        path: Place,
    },
    /// How often a visit went back; in the list of what a user has taken.
    Back {
        /// The step.
        back: BackId,
        /// How often.
        times: u32,
    },
    /// A place in a room is kept.
    Room(EnterId),
    /// Steps inside a room by a user who had a place there before, and keeps it.
    Guest(EnterId),
    /// The same until the visit ends; in the list of what a user has taken.
    Place(EnterId),
    /// Turns of a `repeat`.
    Repeat {
        /// The step.
        repeat: RepeatId,
        /// Turns to come.
        left: u32,
        /// Turns begun.
        turn: u32,
        /// The path outside.
        path: Place,
    },
    /// Branches under way.
    Join {
        /// The step.
        parallel: ParallelId,
        /// Branches that ended ok.
        succeeded: u16,
        /// Branches that failed.
        failed: u16,
        /// First of the branches still under way.
        first: Ticket,
    },
    /// Units of a stock that a user has taken; a list of its own.
    Taken {
        /// By which step, and so of what.
        take: TakeId,
        /// How many.
        units: u32,
        /// The clock of the reservation.
        clock: Number,
    },
    /// What a guard remembers of a user; a list of its own.
    Remembered {
        /// Which guard.
        what: Remembered,
        /// Where it keeps the state.
        state: u32,
    },
}

const _: () = assert!(size_of::<Frame>() <= 40);
