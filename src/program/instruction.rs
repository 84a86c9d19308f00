//! The instructions that journeys and endpoints compile to.
//!
//! A running user or request is a cursor over this flat code. Structured steps (`hold`, `enter`
//! with steps, `repeat`, `parallel`) push a frame when they begin and pop it at the matching end,
//! so that giving up is one walk over the frames. Instructions carry only ids; every number that
//! an action may change lives in [`Settings`](super::Settings).

use super::{
    BackId, CallId, ChooseId, EnterId, HoldId, LookupId, MarkId, ParallelId, RepeatId, StepId,
    TakeId, WorkId,
};
use crate::observation::Outcome;

/// An address in [`Program::code`](super::Program::code).
pub type Pc = u32;

/// The address that does not exist: a step without `or` hands its failure to what surrounds it.
pub const NOWHERE: Pc = Pc::MAX;

/// One instruction. Kept at eight bytes so that eight of them share a cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// A top-level step of a journey begins (for the funnel).
    Step(StepId),
    /// Ask a service and wait for the answer.
    Call(CallId),
    /// Send a message; nobody waits.
    Send(CallId),
    /// Work that needs a core.
    Cpu(WorkId),
    /// Time on a server that needs no core.
    Wait(WorkId),
    /// A user's pause.
    Think(WorkId),
    /// Wait for a unit of a pool; the body follows and ends with [`Instruction::Release`].
    Hold(HoldId),
    /// End of the body of a `hold`.
    Release,
    /// Wait for a room; with steps the body follows and ends with [`Instruction::Exit`].
    Enter(EnterId),
    /// End of the body of an `enter`.
    Exit,
    /// Take the first branch whose cumulated share exceeds the draw.
    Choose(ChooseId),
    /// Draw the number of turns; the body follows and ends with [`Instruction::Turn`].
    Repeat(RepeatId),
    /// End of one turn of a `repeat`.
    Turn,
    /// Start every branch; each ends with [`Instruction::End`].
    Parallel(ParallelId),
    /// Take units of a stock.
    Take(TakeId),
    /// Look for an entry of a cache; the miss follows and ends with [`Instruction::Filled`].
    Lookup(LookupId),
    /// End of a miss.
    Filled,
    /// The caller has its answer.
    Answer,
    /// Go back to a step of the journey.
    Back(BackId),
    /// Count a milestone.
    Mark(MarkId),
    /// The user's visit ends with this outcome.
    Leave(Outcome),
    /// The endpoint ends with an error, or with a refusal.
    Fail {
        /// Whether the caller is told `refused` in place of an error.
        refused: bool,
        /// Whether a retry is out of the question.
        last: bool,
    },
    /// Go on elsewhere.
    Jump(Pc),
    /// Go on where the endpoint of the attempt begins.
    Begin,
    /// The journey, the endpoint or the branch is done.
    End,
}

impl Instruction {
    /// Whether it is work or time on a server.
    pub const fn is_on_a_server(self) -> bool {
        matches!(self, Self::Cpu(_) | Self::Wait(_))
    }
}

const _: () = assert!(size_of::<Instruction>() == 8);
