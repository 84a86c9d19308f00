//! Work whose answer nobody waits for, and endpoints that answer before they end: the worker goes
//! on, and nothing that the caller does reaches it any more (semantics#early-answer).

use crate::base::slab::Ticket;
use crate::base::slim::Slim;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::NO_EVENT;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::NO_FRAME;
use crate::engine::tasks::population::{Answer, Request, Role, Task};
use crate::observation::MessageCounter;
use crate::program::ServiceId;

impl Sim<'_> {
    /// A message was worked off, or an attempt whose caller has left.
    #[inline(never)]
    pub(super) fn end_for_nobody(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        if self.rules.is_message(attempt.call) {
            let ended = match attempt.answer {
                Answer::Ok => MessageCounter::Delivered,
                Answer::Refused
                | Answer::FinalRefusal
                | Answer::Stopped
                | Answer::Error
                | Answer::Final => MessageCounter::Undelivered,
            };
            self.message_ends(slot, ended);
        } else if attempt.served {
            self.count_wasted(id, &attempt, self.now);
        }
        self.people.remove(slot);
        self.take_next(attempt.server);
    }

    /// An endpoint answers and goes on: the answer sets out as a task of its own, and nothing that
    /// the caller does reaches the work any more.
    #[inline(never)]
    pub(in crate::engine) fn answer_early(&mut self, slot: u32) {
        let attempt = *self.people.attempt(slot);
        if attempt.caller.is_none() {
            return;
        }
        let now = self.now;
        let task = *self.people.task(slot);
        let own = self.people.ticket(slot);
        let answer = self.people.add(|| Task {
            frame: NO_FRAME,
            awaits: NO_EVENT,
            doing: Doing::Answering {
                since: Slim::new(now),
            },
            request: Request::NONE,
            role: Role::Attempt(attempt),
            ..task
        });
        if let Some(caller) = self.people.get_mut(attempt.caller) {
            if caller.doing == (Doing::Calling { attempt: own }) {
                caller.doing = Doing::Calling { attempt: answer };
            } else if let Doing::Hedging { round } = caller.doing {
                self.people.rounds.get_mut(round).answers(own, answer);
            }
        }
        let work = self.people.attempt(slot);
        (work.caller, work.served, work.deadline) = (Ticket::NONE, false, Time::NEVER);
        let id = self.rules.program.calls[attempt.call].service;
        self.send_answer(answer.slot, id);
    }

    /// Work has failed whose answer the caller has.
    pub(super) fn count_late_failure(&mut self, id: ServiceId) {
        if let Some(tally) = self.rules.program.late_failed[id] {
            self.rec
                .count(self.rules.program.layout.tally(tally), self.now);
        }
    }
}
