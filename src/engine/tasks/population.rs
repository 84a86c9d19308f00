//! Users, attempts and branches as plain data: a cursor, a request it may have made, and a role.
//!
//! A [`Task`] runs code: the journey of a visitor, the endpoint of an attempt, or one branch of
//! a `parallel`. It has at most one request outstanding, so the caller's side of a request lives
//! in it. A million users must be ordinary, hence the
//! size asserted below. It knows no rule of the language.

use crate::base::slab::{Slab, Ticket};
use crate::base::time::{Span, Time};
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{Frame, FrameKind};
use crate::engine::tasks::label::Label;
pub(in crate::engine) use crate::engine::tasks::pass::Pass;
use crate::engine::tasks::round::Rounds;
use crate::observation::Outcome;
use crate::program::{CallId, Pc, SourceId, StepId};
use crate::random::key::{Owner, Place};

/// Before the first step of a journey.
pub(in crate::engine) const NO_STEP: StepId = StepId(u32::MAX);

/// The answer of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Answer {
    /// All steps were done.
    Ok,
    /// Turned away.
    Refused,
    /// Turned away; a retry is out of the question.
    FinalRefusal,
    /// Turned away by a guard of its caller.
    Stopped,
    /// An error; a retry may help.
    Error,
    /// An error; a retry is out of the question.
    Final,
}

/// Why a step or a task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Failure {
    /// Turned away by a service, a guard, a pool or a room.
    Refused,
    /// Turned away; a retry is out of the question.
    FinalRefusal,
    /// Turned away by a guard of its caller, once it was under way.
    Stopped,
    /// The caller's clock ran out.
    TimedOut,
    /// An error.
    Error,
    /// An error; a retry is out of the question.
    Final,
    /// Too few units.
    NoUnits,
}

impl Failure {
    /// The outcome of a user whose journey fails so (semantics#people).
    pub(in crate::engine) fn outcome(self) -> Outcome {
        match self {
            Self::Refused | Self::FinalRefusal | Self::Stopped => Outcome::Refused,
            Self::NoUnits => Outcome::SoldOut,
            Self::TimedOut | Self::Error | Self::Final => Outcome::Failed,
        }
    }

    /// The answer of an endpoint that fails so.
    pub(in crate::engine) fn answer(self) -> Answer {
        if matches!(self, Self::Final | Self::FinalRefusal) {
            Answer::Final
        } else {
            Answer::Error
        }
    }
}

/// A running program.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Task {
    /// The instruction that runs, or that the task waits at.
    pub(in crate::engine) pc: Pc,
    /// The innermost frame, or [`NO_FRAME`].
    pub(in crate::engine) frame: u32,
    /// The chain of written steps that led here.
    pub(in crate::engine) path: Place,
    /// Whose luck it is.
    pub(in crate::engine) owner: Owner,
    /// The number of what it waits for: of an event, or of its place in a line. What carries
    /// another number finds nobody.
    pub(in crate::engine) awaits: Number,
    /// What kind of traffic it is, and which key it asks for.
    pub(in crate::engine) label: Label,
    /// What it is doing.
    pub(in crate::engine) doing: Doing,
    /// The caller's side of its request.
    pub(in crate::engine) request: Request,
    /// What it is.
    pub(in crate::engine) role: Role,
}

/// The caller's side of a request. Packed, so that a task needs no filling.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(4))]
pub(in crate::engine) struct Request {
    /// When the step was reached.
    pub(in crate::engine) asked: Time,
    /// When the latest attempt was sent.
    pub(in crate::engine) last_sent: Time,
    /// No attempt starts from here on; [`Time::NEVER`] without one.
    pub(in crate::engine) deadline: Time,
    /// The wait before the latest retry.
    pub(in crate::engine) waited: Span,
    /// Attempts of the policy so far.
    pub(in crate::engine) tries: u16,
    /// Attempts sent so far, of any kind: part of the path.
    pub(in crate::engine) sent: u16,
}

impl Request {
    /// No request.
    pub(in crate::engine) const NONE: Self = Self {
        asked: Time(0),
        last_sent: Time(0),
        deadline: Time::NEVER,
        waited: Span(0),
        tries: 0,
        sent: 0,
    };
}

impl Role {
    /// The number of the person's clock, if it runs.
    #[inline]
    pub(in crate::engine) fn reload(&self) -> Number {
        match self {
            Role::Visitor(v) => v.reload,
            Role::Branch(b) => b.reload,
            Role::Attempt(_) => NO_EVENT,
        }
    }
}

/// What a task is.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum Role {
    /// A user on a visit.
    Visitor(Visitor),
    /// One try of a request, or a message.
    Attempt(Attempt),
    /// One branch of a `parallel`.
    Branch(Branch),
}

impl Role {
    /// The attempt that it is, if any.
    pub(in crate::engine) fn attempt(&self) -> Option<&Attempt> {
        match self {
            Role::Attempt(attempt) => Some(attempt),
            Role::Visitor(_) | Role::Branch(_) => None,
        }
    }
}

/// A user on a visit, or at home before another.
#[derive(Clone, Copy, Debug)]
#[repr(Rust, packed(4))]
pub(in crate::engine) struct Visitor {
    /// When the user first arrived.
    pub(in crate::engine) arrived: Time,
    /// What is left of the patience for waiting; [`Span::FOREVER`] without one.
    pub(in crate::engine) patience: Span,
    /// Since when the user waits, if `waits` is not 0.
    pub(in crate::engine) waits_since: Time,
    /// The person's clock, by which the user asks again.
    pub(in crate::engine) reload: Number,
    /// The clock of the patience.
    pub(in crate::engine) clock: Number,
    /// Where from; that also tells the journey.
    pub(in crate::engine) source: SourceId,
    /// Which visit, from 0.
    pub(in crate::engine) visit: u32,
    /// First entry of what was taken from stocks, or [`NO_FRAME`].
    pub(in crate::engine) taken: u32,
    /// First entry of what guards remember of the user, or [`NO_FRAME`].
    pub(in crate::engine) remembered: u32,
    /// What the request of the user carries of its guards.
    pub(in crate::engine) pass: Pass,
    /// Waits in progress (branches may wait at once).
    pub(in crate::engine) waits: u16,
    /// Times the person asked again on this visit.
    pub(in crate::engine) reloads: u16,
    /// Top-level step of the journey, or [`NO_STEP`].
    pub(in crate::engine) step: StepId,
    /// How the visit before ended, while the user is at home; none when a member of a population
    /// is about to start over.
    pub(in crate::engine) last: Option<Outcome>,
}

/// One try of a request, or a message.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Attempt {
    /// Who waits; [`Ticket::NONE`] for a message, or when the caller has left.
    pub(in crate::engine) caller: Ticket,
    /// The step that asks.
    pub(in crate::engine) call: CallId,
    /// The server, counted over all services.
    pub(in crate::engine) server: u32,
    /// When it was sent.
    pub(in crate::engine) sent: Time,
    /// When it was accepted.
    pub(in crate::engine) accepted: Time,
    /// When work began.
    pub(in crate::engine) started: Time,
    /// The deadline that travels with it.
    pub(in crate::engine) deadline: Time,
    /// Core time it used, in ns at nominal speed.
    pub(in crate::engine) cpu: Span,
    /// Branches of this attempt, and itself, that are in `cpu` or `wait`. An answer does neither:
    /// of one under way it is what that tells of the limiter of its server.
    pub(in crate::engine) active: u16,
    /// What it will answer.
    pub(in crate::engine) answer: Answer,
    /// First try of its request, and so for every caller above.
    pub(in crate::engine) original: bool,
    /// Work has begun, and its answer has not set out before its end.
    pub(in crate::engine) served: bool,
    /// What the request that it makes carries of its guards.
    pub(in crate::engine) pass: Pass,
    /// It is one of several that wait side by side.
    pub(in crate::engine) is_twin: bool,
}

/// One branch of a `parallel`.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Branch {
    /// The task that joins.
    pub(in crate::engine) parent: Ticket,
    /// The visitor or attempt at the top.
    pub(in crate::engine) root: Ticket,
    /// The person's clock, where it makes a request for a user.
    pub(in crate::engine) reload: Number,
    /// The next branch of the same `parallel`.
    pub(in crate::engine) next: Ticket,
    /// What its request carries of its guards.
    pub(in crate::engine) pass: Pass,
}

const _: () = assert!(size_of::<Task>() <= 144);

/// Everybody there is.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Population {
    tasks: Slab<Task>,
    frames: Slab<Frame>,
    /// Attempts that wait side by side.
    pub(in crate::engine) rounds: Rounds,
}

impl Population {
    pub(in crate::engine) fn clear(&mut self) {
        self.tasks.clear();
        self.frames.clear();
        self.rounds.clear();
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.tasks.bytes() + self.frames.bytes() + self.rounds.bytes()
    }

    /// Slots ever used at one time.
    pub(in crate::engine) fn slots(&self) -> usize {
        self.tasks.slots()
    }

    /// Adds the task that `make` makes.
    #[inline(always)]
    pub(in crate::engine) fn add(&mut self, make: impl FnOnce() -> Task) -> Ticket {
        self.tasks.insert_with(make)
    }

    /// Removes a task.
    #[inline]
    pub(in crate::engine) fn remove(&mut self, slot: u32) {
        self.tasks.vacate(slot);
    }

    /// The ticket of a task that lives in this slot.
    #[inline]
    pub(in crate::engine) fn ticket(&self, slot: u32) -> Ticket {
        self.tasks.ticket(slot).expect("the task lives")
    }

    /// A task, if the ticket is not stale.
    #[inline]
    pub(in crate::engine) fn get(&self, ticket: Ticket) -> Option<&Task> {
        self.tasks.get(ticket)
    }

    /// A task to change, if the ticket is not stale.
    #[inline]
    pub(in crate::engine) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Task> {
        self.tasks.get_mut(ticket)
    }

    /// Has the task in a slot, if there is one, brought near while something else is done: with a
    /// million users nearly every event would wait for the memory.
    #[inline(always)]
    pub(in crate::engine) fn fetch(&self, slot: u32) {
        self.tasks.fetch(slot);
    }

    /// Whoever lives in a slot, if anybody.
    #[inline]
    pub(in crate::engine) fn tenant(&self, slot: u32) -> Option<&Task> {
        self.tasks.get_slot(slot)
    }

    /// Whether whoever lives in a slot still waits for what has this number.
    #[inline(always)]
    pub(in crate::engine) fn awaits(&self, slot: u32, number: Number) -> bool {
        self.tenant(slot).is_some_and(|task| task.awaits == number)
    }

    /// A task that is known to live.
    #[inline]
    pub(in crate::engine) fn task(&self, slot: u32) -> &Task {
        self.tasks.live(slot)
    }

    /// A task that is known to live, to change.
    #[inline]
    pub(in crate::engine) fn task_mut(&mut self, slot: u32) -> &mut Task {
        self.tasks.live_mut(slot)
    }

    /// The visitor's part of a task that is one.
    #[inline]
    pub(in crate::engine) fn visitor(&mut self, slot: u32) -> &mut Visitor {
        match &mut self.task_mut(slot).role {
            Role::Visitor(v) => v,
            other => unreachable!("a visitor was expected, not {other:?}"),
        }
    }

    /// What the request of a task carries, to change.
    #[inline]
    pub(in crate::engine) fn pass(&mut self, slot: u32) -> &mut Pass {
        match &mut self.task_mut(slot).role {
            Role::Visitor(v) => &mut v.pass,
            Role::Attempt(a) => &mut a.pass,
            Role::Branch(b) => &mut b.pass,
        }
    }

    /// First entry of what guards remember of a user, or [`NO_FRAME`].
    #[inline]
    pub(in crate::engine) fn remembered(&self, root: u32) -> u32 {
        match &self.task(root).role {
            Role::Visitor(v) => v.remembered,
            other => unreachable!("a visitor was expected, not {other:?}"),
        }
    }

    /// The clock of the person for whom a task asks, to change.
    #[inline(always)]
    pub(in crate::engine) fn reload(&mut self, slot: u32) -> &mut Number {
        match &mut self.task_mut(slot).role {
            Role::Visitor(v) => &mut v.reload,
            Role::Branch(b) => &mut b.reload,
            Role::Attempt(_) => unreachable!("only people ask again"),
        }
    }

    /// The attempt's part of a task that is one.
    #[inline]
    pub(in crate::engine) fn attempt(&mut self, slot: u32) -> &mut Attempt {
        match &mut self.task_mut(slot).role {
            Role::Attempt(a) => a,
            other => unreachable!("an attempt was expected, not {other:?}"),
        }
    }

    /// All tasks in the order of their slots.
    pub(in crate::engine) fn iter(&self) -> impl Iterator<Item = (Ticket, &Task)> {
        self.tasks.iter()
    }

    /// Tasks there are.
    pub(in crate::engine) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Pushes a frame onto a list and returns its number.
    #[inline]
    pub(in crate::engine) fn push_frame(&mut self, outer: u32, kind: FrameKind) -> u32 {
        self.frames.insert(Frame { outer, kind }).slot
    }

    /// The ticket of a frame that is known to exist.
    #[inline]
    pub(in crate::engine) fn frame_ticket(&self, frame: u32) -> Ticket {
        self.frames.ticket(frame).expect("the frame is there")
    }

    /// Whether a frame is still there.
    #[inline]
    pub(in crate::engine) fn keeps(&self, frame: Ticket) -> bool {
        self.frames.contains(frame)
    }

    /// A frame that is known to exist.
    #[inline]
    pub(in crate::engine) fn frame(&self, frame: u32) -> &Frame {
        self.frames.live(frame)
    }

    /// A frame that is known to exist, to change.
    #[inline]
    pub(in crate::engine) fn frame_mut(&mut self, frame: u32) -> &mut Frame {
        self.frames.live_mut(frame)
    }

    /// Takes a frame off its list.
    #[inline]
    pub(in crate::engine) fn pop_frame(&mut self, frame: u32) -> Frame {
        let popped = *self.frames.live(frame);
        self.frames.vacate(frame);
        popped
    }
}
