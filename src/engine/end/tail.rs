//! What goes on after the horizon of a steady study: the sources send users as before, so that
//! those who started in the measured period end as they would have, and nobody is cut off.
//!
//! Whatever began in the measured period and has not ended stands in a task that is there at the
//! horizon, so those are listed once; the list is looked at from its end, and what is still open
//! there ends the look. It does not know what is counted of them.

use crate::base::slab::Ticket;
use crate::engine::Sim;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Role, Task};

impl Sim<'_> {
    /// Lists those for whom the clock goes on.
    pub(in crate::engine) fn await_those_inside(&mut self) {
        // Then every attempt of the measured period has a task of its own.
        self.part_all();
        let tickets = self.people.iter().map(|(ticket, _)| ticket);
        self.course.awaited = Some(tickets.collect());
    }

    /// Whether all that began in the measured period has ended, after the horizon of a steady
    /// study.
    pub(in crate::engine) fn has_settled(&mut self) -> bool {
        let Some(mut awaited) = self.course.awaited.take() else {
            return false;
        };
        while let Some(&last) = awaited.last()
            && !self.is_open(last)
        {
            awaited.pop();
        }
        let settled = awaited.is_empty();
        self.course.awaited = Some(awaited);
        settled
    }

    /// Whether a task still holds something that began in the measured period.
    fn is_open(&self, ticket: Ticket) -> bool {
        let Some(task) = self.people.get(ticket) else {
            return false;
        };
        let itself = match &task.role {
            Role::Visitor(v) if task.doing == Doing::AtHome && v.last.is_none() => false,
            Role::Visitor(v) => self.rec.counts(v.arrived),
            Role::Attempt(a) => self.rec.counts(a.sent),
            Role::Branch(_) => false,
        };
        itself || self.waits_since_then(task)
    }

    /// Whether a task waits for something since the measured period.
    fn waits_since_then(&self, task: &Task) -> bool {
        let counts = |at| self.rec.counts(at);
        match task.doing {
            Doing::Calling { .. } | Doing::Served { .. } => {
                counts(task.request.asked) || counts(task.request.last_sent)
            }
            Doing::Hedging { round } => {
                let mut open = self.people.rounds.get(round).open();
                counts(task.request.asked) || open.any(|(_, twin)| counts(twin.sent))
            }
            Doing::BackingOff | Doing::AtLimit { .. } => counts(task.request.asked),
            Doing::AtPool { since } | Doing::AtDoor { since } => counts(since.get()),
            Doing::Running
            | Doing::Travelling { .. }
            | Doing::AtCredit { .. }
            | Doing::Queued
            | Doing::PutBack { .. }
            | Doing::Timed { .. }
            | Doing::Halted { .. }
            | Doing::Sharing
            | Doing::AtMiss { .. }
            | Doing::Joining
            | Doing::Answering { .. }
            | Doing::Refusing
            | Doing::AtHome
            | Doing::Done => false,
        }
    }
}
