//! What a crash takes away: work in progress, those who wait, refusals that are still paid for
//! (semantics#scaling).

use crate::engine::Sim;
use crate::engine::calendar::key::NO_EVENT;
use crate::engine::record::recorder::Change;
use crate::engine::services::departure::WorkEnd;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Answer;
use crate::observation::ServiceCounter;
use crate::program::ServiceId;

impl Sim<'_> {
    /// Work in progress is lost by a crash; its caller is told, unless silent.
    pub(in crate::engine) fn lose_work(&mut self, slot: u32, silent: bool) {
        self.interrupt(slot);
        let attempt = *self.people.attempt(slot);
        let id = self.rules.program.calls[attempt.call].service;
        self.abort(id, &attempt, WorkEnd::Lost);
        if !attempt.served {
            self.count_late_failure(id);
        }
        self.tell_of_crash(slot, id, silent);
    }

    /// A waiting attempt is lost by a crash.
    pub(in crate::engine) fn lose_waiting(&mut self, slot: u32, silent: bool) {
        let attempt = *self.people.attempt(slot);
        let id = self.rules.program.calls[attempt.call].service;
        self.queue_level(id, Change::Less);
        self.people.task_mut(slot).awaits = NO_EVENT;
        if let Doing::PutBack { .. } = self.people.task(slot).doing {
            self.end_put_back(slot, id, ServiceCounter::Lost);
        } else {
            self.leave_unserved(id, &attempt);
        }
        self.tell_of_crash(slot, id, silent);
    }

    /// A refusal whose cost was being worked off is lost by a crash.
    pub(in crate::engine) fn forget_refusal(&mut self, slot: u32, silent: bool) {
        let id = self.rules.program.calls[self.people.attempt(slot).call].service;
        self.people.task_mut(slot).awaits = NO_EVENT;
        self.tell_of_crash(slot, id, silent);
    }

    fn tell_of_crash(&mut self, slot: u32, id: ServiceId, silent: bool) {
        let attempt = self.people.attempt(slot);
        attempt.answer = Answer::Error;
        // What a crash has lost is counted as lost, not as wasted.
        attempt.served = false;
        let message = self.rules.program.calls[attempt.call].message;
        if silent || message {
            self.vanish(slot);
        } else if self.people.attempt(slot).caller.is_none() {
            self.people.remove(slot);
        } else {
            self.send_answer(slot, id);
        }
    }
}
