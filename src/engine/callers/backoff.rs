//! Retries: whether another attempt follows one that has failed, after what wait, and who is in the
//! orbit meanwhile (semantics#retry).

use crate::base::math::ln_of_unit;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT};
use crate::engine::callers::sending::{Orbit, Sending};
use crate::engine::record::recorder::Change;
use crate::engine::route::{Retry, Route};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Failure, Task};
use crate::observation::UserLevel;
use crate::program::{BackoffKind, CallId, Jitter};
use crate::random::key::{Luck, Spot};

/// What follows an attempt at the very instant at which it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Follows {
    /// Another attempt.
    Another,
    /// A wait, or the end of the request, which is under way.
    Nothing,
}

impl Sim<'_> {
    /// How long a task waits before it tries again, with the luck of its latest attempt; none when
    /// the policy allows no more attempts, or when the wait would not end before the deadline of
    /// the request.
    #[inline(always)]
    pub(in crate::engine) fn next_wait(
        &self,
        route: &Route,
        (slot, deadline): (u32, Time),
        there: Spot,
    ) -> Option<Span> {
        let task = self.people.task(slot);
        let retry = route.retry.as_ref()?;
        if task.request.tries >= retry.attempts {
            return None;
        }
        let wait = backoff(retry, task, there, &self.rules.luck);
        (deadline == Time::NEVER || self.now + wait < deadline).then_some(wait)
    }

    /// The same, once the budget of the policy has been asked as well.
    #[inline(always)]
    pub(in crate::engine) fn next_retry(
        &mut self,
        route: &Route,
        (slot, call, deadline): (u32, CallId, Time),
        (there, failure): (Spot, Failure),
    ) -> Option<Span> {
        let wait = self.next_wait(route, (slot, deadline), there);
        let allowed =
            wait.is_none() || !route.watch.retries() || self.may_retry((slot, call), failure);
        wait.filter(|_| allowed)
    }

    /// An attempt has failed, and the policy has this wait for the next: what follows at once.
    #[inline(always)]
    pub(in crate::engine) fn follow_up(
        &mut self,
        (slot, call): (u32, CallId),
        failure: Failure,
        wait: Option<Span>,
    ) -> Follows {
        let Some(wait) = wait else {
            self.fail_request(slot, call, failure);
            return Follows::Nothing;
        };
        self.enter_orbit(slot, call);
        if !wait.is_zero() {
            self.back_off((slot, call), wait);
            return Follows::Nothing;
        }
        let request = &mut self.people.task_mut(slot).request;
        request.waited = Span(0);
        request.tries += 1;
        Follows::Another
    }

    /// A task waits so long before it asks again, and counts among those in the orbit who wait.
    pub(in crate::engine) fn back_off(&mut self, (slot, call): (u32, CallId), wait: Span) {
        self.pause(slot, wait);
        self.wait_in_orbit(&self.rules.routes.calls[call], Change::More);
    }

    /// A task does nothing for a while before it asks again.
    #[inline(always)]
    pub(in crate::engine) fn pause(&mut self, slot: u32, wait: Span) {
        let event = self
            .agenda
            .at(self.now + wait, Group::Clock, Kind::Backoff, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::BackingOff;
        task.request.waited = wait;
        task.awaits = event;
    }

    /// Whoever asks begins to wait before asking again, or no longer does: users are counted.
    #[inline(always)]
    pub(in crate::engine) fn wait_in_orbit(&mut self, route: &Route, by: Change) {
        if route.from_user {
            let waits = [UserLevel::OrbitWaiting];
            self.rec.orbit(waits, (by, self.now));
        }
    }

    /// An attempt has failed or was given up and the request goes on: after the first the user is
    /// in the orbit, until the request has ended.
    #[inline(always)]
    pub(in crate::engine) fn enter_orbit(&mut self, slot: u32, call: CallId) {
        if self.rules.routes.calls[call].from_user && !self.people.pass(slot).enters_orbit() {
            self.rec.orbit([UserLevel::Orbit], (Change::More, self.now));
        }
    }

    /// A backoff is over, or the wait of a person after an error.
    pub(in crate::engine) fn backoff_ended(&mut self, slot: u32) {
        let doing = self.people.task(slot).doing;
        if let Doing::AtLimit { .. } = doing {
            return self.limit_lets_go(slot);
        }
        if let Doing::AtCredit { .. } = doing {
            return self.credit_decides(slot);
        }
        let call = self.call_at(slot);
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.awaits = NO_EVENT;
        task.request.tries += 1;
        let sending = if task.request.tries == 1 {
            Sending::Person
        } else {
            Sending::Program
        };
        if sending == Sending::Person {
            let deadline = self.request_deadline(slot, call, now);
            self.people.task_mut(slot).request.deadline = deadline;
        }
        self.send((slot, call), sending, Orbit::Inside);
    }
}

/// 2ⁿ, up to 2¹⁰⁰⁰.
#[inline]
fn power_of_two(n: u16) -> f64 {
    f64::from_bits(u64::from(1023 + n.min(1000)) << 52)
}

/// The wait before the n-th retry (semantics#retry) of a task, with the luck of the attempt that
/// failed.
#[inline(always)]
fn backoff(retry: &Retry, task: &Task, there: Spot, luck: &Luck) -> Span {
    if retry.kind == BackoffKind::None && retry.jitter != Jitter::Decorrelated {
        return Span(0);
    }
    let u = || luck.uniform_at(there, task.owner);
    let n = task.request.tries;
    let v = match retry.kind {
        BackoffKind::None => 0.0,
        BackoffKind::Constant => retry.base,
        BackoffKind::Linear => retry.base * f64::from(n),
        BackoffKind::Exponential => retry.base * power_of_two(n.saturating_sub(1)),
    };
    let v = v.min(retry.cap);
    let ns = match retry.jitter {
        Jitter::None => v,
        Jitter::Full => u() * v,
        Jitter::Equal => v / 2.0 + u() * v / 2.0,
        Jitter::Exponential => -ln_of_unit(u()) * v,
        Jitter::Decorrelated => {
            let previous = if n == 1 {
                retry.base
            } else {
                task.request.waited.0 as f64
            };
            (retry.base + u() * (3.0 * previous - retry.base).max(0.0)).min(retry.cap)
        }
    };
    Span::from_nanos_f64(ns.min(9e18))
}
