//! Attempts spend a credit of their caller, or wait for one at its side (semantics#credits).

use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT};
use crate::engine::guards::kept::At;
use crate::engine::tasks::doing::{ANYWHERE, Doing};
use crate::program::{Breakwater, CallId, Limiter};

impl Sim<'_> {
    /// The limiter whose credits a call spends, if it does.
    fn credited(&self, call: CallId) -> Option<Breakwater> {
        let id = self.rules.routes.calls[call].service;
        match self.rules.settings.services[id].limiter {
            Some(Limiter::Breakwater(of)) if self.rules.routes.calls[call].desk.tells => Some(of),
            _ => None,
        }
    }

    /// Whether an attempt may be sent now; if not, it waits for a credit. A message spends none,
    /// for nobody would hear that it has ended.
    pub(super) fn takes_credit(&mut self, (slot, caller): (u32, u32), call: CallId) -> bool {
        let Some(of) = self.credited(call) else {
            return true;
        };
        let Some(at) = self.credits_of(caller, call) else {
            return true;
        };
        let id = self.rules.routes.calls[call].service;
        let first = self.services.station(id).first;
        if self.rules.is_message(call) || self.callers.guards().credits().at(at).take(first) {
            return true;
        }
        let too_late = self.now + of.wait;
        let number = self.agenda.at(too_late, Group::Clock, Kind::Backoff, slot);
        let task = self.people.task_mut(slot);
        (task.doing, task.awaits) = (Doing::AtCredit { has: false }, number);
        self.callers.guards().credits().at(at).wait(slot, number);
        self.count_mechanism(self.rules.program.services[id].counts.waited);
        false
    }

    /// An attempt of a call has ended for its caller, or was not sent: its credit is back.
    #[inline(never)]
    pub(super) fn credit_comes_back(&mut self, (slot, call): (u32, CallId)) {
        if self.credited(call).is_none() || self.rules.is_message(call) {
            return;
        }
        if let Some(at) = self.credits_of(slot, call) {
            self.callers.guards().credits().at(at).give_back();
            self.spend_credits(at);
        }
    }

    /// Those who have waited longest take what is there, and are sent by events of their own.
    pub(super) fn spend_credits(&mut self, at: At) {
        loop {
            let people = &self.people;
            let credits = self.callers.guards().credits().at(at);
            let Some(slot) = credits.next(|slot, number| people.awaits(slot, number)) else {
                return;
            };
            let event = self.agenda.at(self.now, Group::Work, Kind::Backoff, slot);
            let task = self.people.task_mut(slot);
            (task.doing, task.awaits) = (Doing::AtCredit { has: true }, event);
        }
    }

    /// An attempt that waited has a credit, and is sent; or it has waited too long, and is stopped.
    #[inline(never)]
    pub(super) fn credit_decides(&mut self, slot: u32) {
        let attempt = self.people.attempt(slot);
        let (caller, call) = (attempt.caller.slot, attempt.call);
        let has = self.people.task(slot).doing == (Doing::AtCredit { has: true });
        if !has {
            self.leave_credits(slot, caller);
        }
        if has || self.credited(call).is_none() {
            let task = self.people.task_mut(slot);
            (task.doing, task.awaits) = (Doing::Travelling { to: ANYWHERE }, NO_EVENT);
            match self.aim_at_server(slot, caller) {
                Some(late) => self.depart(slot, caller, late),
                None => self.credit_comes_back((caller, call)),
            }
            return;
        }
        let id = self.rules.routes.calls[call].service;
        self.count_mechanism(self.rules.program.services[id].counts.heeded);
        self.stop_before_sending(slot, (caller, call));
    }
}
