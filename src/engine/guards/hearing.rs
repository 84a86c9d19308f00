//! Guards hear how requests start and how attempts and requests end (semantics#guards).

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::guards::breaker::{Breaker, Result, Turn};
use crate::engine::guards::budget::{AttemptWas, Ended};
use crate::engine::guards::kept::Remembered;
use crate::engine::guards::links::Party;
use crate::engine::guards::throttle::Throttled;
use crate::observation::TallyId;
use crate::program::{BreakerId, CallId, Keeper, NOT_COUNTED, RetryId, ThrottleId};

/// How an attempt has ended, as far as guards care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Heard {
    /// Answered ok.
    Ok,
    /// Answered with an error.
    Error,
    /// Turned away, not by a guard of its caller.
    Refused,
    /// Not answered in time.
    TimedOut,
    /// Turned away by a guard of its caller.
    Stopped,
    /// Given up: nobody will know.
    GivenUp,
}

impl Heard {
    fn result(self) -> Option<bool> {
        match self {
            Self::Ok => Some(false),
            Self::Error | Self::Refused | Self::TimedOut => Some(true),
            Self::Stopped | Self::GivenUp => None,
        }
    }
}

impl Sim<'_> {
    /// A request of a call starts.
    #[inline(never)]
    pub(in crate::engine) fn hear_start(&mut self, (slot, call): (u32, CallId)) {
        if let Some((id, keeper)) = self.rules.routes.guards[call].budget
            && let Some(budget) = &self.rules.settings.budgets[id]
            && let Some(at) = self.remembers(slot, Remembered::Budget(id), keeper)
        {
            let spending = self.callers.guards().budgets.at(at);
            spending.started(&budget.rule, self.now);
        }
    }

    /// An attempt of a call, sent then, has ended.
    #[inline(never)]
    pub(in crate::engine) fn hear_attempt(
        &mut self,
        (slot, call): (u32, CallId),
        how: Heard,
        sent: Time,
    ) {
        let guards = &self.rules.routes.guards[call];
        if let Some(breaker) = guards.breaker
            && how != Heard::Stopped
        {
            self.breaker_hears((slot, breaker), how, sent);
        }
        if let Some(throttle) = guards.throttle {
            self.throttle_hears((slot, throttle), how);
        }
        if let Some(budget) = guards.budget {
            self.budget_hears((slot, budget), how);
        }
        if let Some(keeper) = guards.links
            && how != Heard::Stopped
        {
            let id = self.rules.program.calls[call].service;
            self.links_hear(Party { slot, id, keeper });
        }
    }

    fn breaker_hears(
        &mut self,
        (slot, (id, keeper)): (u32, (BreakerId, Keeper)),
        how: Heard,
        sent: Time,
    ) {
        let settings = &self.rules.settings.breakers[id];
        let (period, now) = (self.pass_of(slot).period(), self.now);
        let what = Remembered::Breaker(id);
        let found = self.remembers(slot, what, keeper);
        let Some(failed) = how.result() else {
            if let Some(at) = found {
                self.callers.guards().breakers.at(at).takes_back(period);
            }
            return;
        };
        let result = Result {
            failed,
            took: now - sent,
        };
        let at = match found {
            Some(at) => at,
            None if !Breaker::begins_with(result, settings) => return,
            None => {
                let state = self.callers.guards().breakers.begin(Breaker::default());
                self.remember(slot, what, state)
            }
        };
        let breaker = self.callers.guards().breakers.at(at);
        if let Some(turn) = breaker.hears(result, (period, now), settings) {
            let [closed, opened, _] = self.rules.program.keepers.counted.breakers[id];
            self.count_guard(match turn {
                Turn::Opened => opened,
                Turn::Closed => closed,
            });
        }
    }

    fn throttle_hears(&mut self, (slot, (id, keeper)): (u32, (ThrottleId, Keeper)), how: Heard) {
        let settings = &self.rules.settings.throttles[id];
        let (what, at) = (Remembered::Throttle(id), (self.now, settings.window));
        match (how, self.remembers(slot, what, keeper)) {
            (Heard::Ok | Heard::Error, Some(found)) => {
                self.callers.guards().throttles.at(found).accepted(at);
            }
            (Heard::Refused | Heard::TimedOut, None) => {
                let mut begins = Throttled::default();
                begins.wanted(at);
                let state = self.callers.guards().throttles.begin(begins);
                self.remember(slot, what, state);
            }
            _ => {}
        }
    }

    fn budget_hears(&mut self, (slot, (id, keeper)): (u32, (RetryId, Keeper)), how: Heard) {
        let Some(budget) = &self.rules.settings.budgets[id] else {
            return;
        };
        if !budget.rule.hears_attempts() && keeper != Keeper::Users {
            return;
        }
        let was = match how {
            Heard::Ok => Some(AttemptWas::Ok),
            Heard::GivenUp => None,
            Heard::Error | Heard::Refused | Heard::TimedOut | Heard::Stopped => {
                Some(AttemptWas::Failed)
            }
        };
        let found = match was {
            Some(AttemptWas::Failed) => Some(self.spending_of(slot, (id, keeper))),
            _ => self.remembers(slot, Remembered::Budget(id), keeper),
        };
        let ends_retry = self.people.pass(slot).retry_ends();
        let Some(at) = found else { return };
        let spending = self.callers.guards().budgets.at(at);
        if let Some(was) = was {
            spending.attempt_ended(&budget.rule, was);
        }
        if ends_retry {
            spending.retry_ended();
        }
    }

    /// A retry that was decided upon will not be made.
    #[inline(never)]
    pub(in crate::engine) fn hear_no_retry(&mut self, (slot, call): (u32, CallId)) {
        let ends_retry = self.people.pass(slot).retry_ends();
        if ends_retry
            && let Some((id, keeper)) = self.rules.routes.guards[call].budget
            && let Some(at) = self.remembers(slot, Remembered::Budget(id), keeper)
        {
            self.callers.guards().budgets.at(at).retry_ended();
        }
    }

    /// A request of a call has ended, ok by so many attempts, or otherwise.
    #[inline(never)]
    pub(in crate::engine) fn hear_end(&mut self, (slot, call): (u32, CallId), ok: Option<u16>) {
        self.hear_no_retry((slot, call));
        let after_timeout = self.pass_of(slot).is_after_timeout();
        let how = match ok {
            None => Ended::Failed,
            Some(tries) if tries > 1 => Ended::OkByRetry { after_timeout },
            Some(_) => Ended::Ok,
        };
        if let Some((id, keeper)) = self.rules.routes.guards[call].budget
            && let Some(budget) = &self.rules.settings.budgets[id]
            && let Some(at) = self.remembers(slot, Remembered::Budget(id), keeper)
        {
            let spending = self.callers.guards().budgets.at(at);
            spending.request_ended(&budget.rule, how);
        }
    }

    /// A guard counts something that it has done now; a budget that only an action adds has no
    /// count.
    pub(in crate::engine) fn count_guard(&mut self, what: TallyId) {
        if what == NOT_COUNTED {
            return;
        }
        let counter = self.rules.program.layout.tally(what);
        self.rec.count(counter, self.now);
    }
}
