//! Guards are asked: before an attempt is sent, before one gets in, before a retry
//! (semantics#guards). What a later one stops is given back to the earlier ones.

use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::draws::OfAttempt;
use crate::engine::guards::budget::Spending;
use crate::engine::guards::kept::{At, Remembered};
use crate::engine::guards::limit::Token;
use crate::engine::tasks::label::Label;
use crate::engine::tasks::population::{Failure, Pass, Role};
use crate::program::{By, CallId, Keeper, LimitId, Over, RetryId};
use crate::random::key::{Owner, Place};

/// What the guards say of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum May {
    /// It may go on.
    Go,
    /// It may not.
    Stop,
    /// It may after so long, and then asks those behind the limit.
    Wait(Span),
}

/// Whose attempt guards are asked about: of this call, with this label.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Asker {
    pub(in crate::engine) slot: u32,
    pub(in crate::engine) call: CallId,
    pub(in crate::engine) label: Label,
}

/// A limit with whoever keeps its buckets.
type Limited = (LimitId, Keeper);

impl Sim<'_> {
    /// What the guards of a call say of an attempt with this luck that is about to be sent.
    #[inline]
    pub(in crate::engine) fn may_send(&mut self, asker: Asker, luck: (Owner, Place)) -> May {
        let Asker { slot, call, label } = asker;
        let guards = &self.rules.routes.guards[call];
        let (throttled, limited) = (guards.throttle.is_some(), guards.limit);
        if throttled && !self.throttle_lets_through((slot, call), luck) {
            return May::Stop;
        }
        if let Some(limit) = limited {
            match self.take_token((slot, label), limit) {
                May::Go => {}
                May::Stop => {
                    self.give_back_to_throttle((slot, call));
                    return May::Stop;
                }
                May::Wait(span) => return May::Wait(span),
            }
        }
        self.may_send_behind_limit(asker)
    }

    /// The same of one that the limit has let through.
    #[inline]
    pub(in crate::engine) fn may_send_behind_limit(&mut self, asker: Asker) -> May {
        if self.breaker_lets_through((asker.slot, asker.call)) {
            return May::Go;
        }
        self.give_back_before_breaker(asker);
        May::Stop
    }

    /// What the throttle and the limit have let through will not be sent.
    pub(in crate::engine) fn give_back_before_breaker(&mut self, asker: Asker) {
        let Asker { slot, call, label } = asker;
        let limited = self.rules.routes.guards[call].limit;
        if let Some((id, keeper)) = limited
            && let Some(at) = self.remembers(slot, Remembered::Limit(id), keeper)
        {
            let whose = self.bucket_of((slot, label), (id, keeper));
            let limit = &self.rules.settings.limits[id];
            self.callers.guards().limits.at(at).give_back(whose, limit);
        }
        self.give_back_to_throttle((slot, call));
    }

    fn throttle_lets_through(
        &mut self,
        (slot, call): (u32, CallId),
        (owner, path): (Owner, Place),
    ) -> bool {
        let Some((id, keeper)) = self.rules.routes.guards[call].throttle else {
            return true;
        };
        let Some(at) = self.remembers(slot, Remembered::Throttle(id), keeper) else {
            return true;
        };
        let settings = &self.rules.settings.throttles[id];
        let now = (self.now, settings.window);
        let throttle = self.callers.guards().throttles.at(at);
        let chance = throttle.chance(settings.k, now);
        throttle.wanted(now);
        let stops = chance > 0.0
            && self
                .rules
                .luck
                .uniform(owner, path, OfAttempt::Throttle as u32)
                < chance;
        if stops {
            let counter = self.rules.program.keepers.counted.throttles[id];
            self.count_guard(counter);
        }
        !stops
    }

    fn give_back_to_throttle(&mut self, (slot, call): (u32, CallId)) {
        let throttle = self.rules.routes.guards[call].throttle;
        if let Some((id, keeper)) = throttle
            && let Some(at) = self.remembers(slot, Remembered::Throttle(id), keeper)
        {
            self.callers.guards().throttles.at(at).takes_back();
        }
    }

    #[inline]
    fn breaker_lets_through(&mut self, (slot, call): (u32, CallId)) -> bool {
        let Some((id, keeper)) = self.rules.routes.guards[call].breaker else {
            return true;
        };
        let period = match self.remembers(slot, Remembered::Breaker(id), keeper) {
            None => Some(0),
            Some(at) => {
                let half_open = self.rules.settings.breakers[id].half_open;
                let breaker = self.callers.guards().breakers.at(at);
                breaker.lets_through(self.now, half_open)
            }
        };
        match period {
            Some(period) => self.people.pass(slot).through_in(period),
            None => {
                let [_, _, stopped] = self.rules.program.keepers.counted.breakers[id];
                self.count_guard(stopped);
            }
        }
        period.is_some()
    }

    /// An attempt that a breaker has let through will not be sent.
    pub(super) fn give_back_to_breaker(&mut self, (slot, call): (u32, CallId)) {
        let breaker = self.rules.routes.guards[call].breaker;
        if let Some((id, keeper)) = breaker
            && let Some(at) = self.remembers(slot, Remembered::Breaker(id), keeper)
        {
            let period = self.pass_of(slot).period();
            self.callers.guards().breakers.at(at).takes_back(period);
        }
    }

    /// An attempt asks a limit for a token.
    pub(in crate::engine) fn take_token(
        &mut self,
        (slot, label): (u32, Label),
        (id, keeper): Limited,
    ) -> May {
        let whose = self.bucket_of((slot, label), (id, keeper));
        let at = self.buckets_of(slot, (id, keeper));
        let (limit, now) = (&self.rules.settings.limits[id], self.now);
        let buckets = self.callers.guards().limits.at(at);
        match (buckets.take(whose, (limit, now)), limit.over) {
            (Token::Taken, _) => May::Go,
            (Token::In(_), Over::Refuse) => {
                let [stopped, _] = self.rules.program.keepers.counted.limits[id];
                self.count_guard(stopped);
                May::Stop
            }
            (Token::In(span), Over::Wait) => {
                buckets.reserve(whose, (limit, now));
                May::Wait(span)
            }
        }
    }

    /// An attempt begins to wait for a token of a limit.
    pub(in crate::engine) fn count_waiting(&mut self, id: LimitId) {
        let [_, waited] = self.rules.program.keepers.counted.limits[id];
        self.count_guard(waited);
    }

    /// A token that an attempt took, or had reserved, comes back.
    pub(in crate::engine) fn give_token_back(
        &mut self,
        (slot, label): (u32, Label),
        (id, keeper): Limited,
    ) {
        let whose = self.bucket_of((slot, label), (id, keeper));
        let at = self.buckets_of(slot, (id, keeper));
        let limit = &self.rules.settings.limits[id];
        self.callers.guards().limits.at(at).give_back(whose, limit);
    }

    /// Where the buckets are; a user's begin with the first token.
    fn buckets_of(&mut self, slot: u32, (id, keeper): Limited) -> At {
        let what = Remembered::Limit(id);
        match self.remembers(slot, what, keeper) {
            Some(at) => at,
            None => {
                let state = self.callers.guards().limits.begin(Default::default());
                self.remember(slot, what, state)
            }
        }
    }

    /// Whose bucket of a limit is asked for a task: its group, and the number in it.
    fn bucket_of(&self, (slot, label): (u32, Label), (id, keeper): Limited) -> (usize, usize) {
        match self.rules.settings.limits[id].by {
            By::All => (0, 0),
            By::User if keeper == Keeper::Users => (0, 0),
            By::User => {
                let owner = self.people.task(slot).owner;
                let mut sources = self.rules.routes.sources.values();
                let source = sources.position(|course| course.owner == owner.number(0));
                (source.unwrap_or(0), owner.which() as usize)
            }
            // Group 0 is of those without.
            By::Class => (0, label.class().map_or(0, |class| class.0 as usize + 1)),
            By::Key => match label.keys() {
                Some(keys) => (keys.0 as usize + 1, label.key() as usize),
                None => (0, 0),
            },
        }
    }

    /// Whether a retry budget allows the retry of a request that has failed so: it is charged then.
    #[inline(never)]
    pub(in crate::engine) fn may_retry(
        &mut self,
        (slot, call): (u32, CallId),
        failure: Failure,
    ) -> bool {
        let Some((id, keeper)) = self.rules.routes.guards[call].budget else {
            return true;
        };
        let Some(budget) = &self.rules.settings.budgets[id] else {
            return true;
        };
        let (at, now) = (self.spending_of(slot, (id, keeper)), self.now);
        let spending = self.callers.guards().budgets.at(at);
        let allowed = spending.allows(&budget.rule, (now, failure));
        if allowed {
            let pass = self.people.pass(slot);
            pass.retries(failure);
            if !budget.rule.follows_retries() {
                pass.retry_ends();
            }
        }
        let [yes, no] = self.rules.program.keepers.counted.budgets[id];
        self.count_guard(if allowed { yes } else { no });
        allowed
    }

    /// Where a budget is; a user's begins with the first failure.
    pub(in crate::engine) fn spending_of(&mut self, slot: u32, whose: (RetryId, Keeper)) -> At {
        let what = Remembered::Budget(whose.0);
        match self.remembers(slot, what, whose.1) {
            Some(at) => at,
            None => {
                let begins = Spending::of_one_request();
                let state = self.callers.guards().budgets.begin(begins);
                self.remember(slot, what, state)
            }
        }
    }

    /// Whether a task is a visitor, an attempt or a branch, all carry what guards have said.
    pub(in crate::engine) fn pass_of(&self, slot: u32) -> Pass {
        match &self.people.task(slot).role {
            Role::Visitor(v) => v.pass,
            Role::Attempt(a) => a.pass,
            Role::Branch(b) => b.pass,
        }
    }
}
