//! The caller's side: requests, attempts, timeouts, retries, and the person who asks again
//! (semantics#call, #giving-up, #refused, #retry, #people).
//!
//! A request makes one or more attempts. The clock of an attempt covers everything from its
//! sending; a deadline covers the request; the person's clock runs from the last sending, through
//! backoffs, until the request has ended.

use crate::base::math::ln_of_unit;
use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::agenda::{Group, Kind, NO_EVENT, Number};
use crate::engine::callers::sending::{Orbit, Sending};
use crate::engine::record::recorder::Change;
use crate::engine::record::windows::NO_STEP;
use crate::engine::route::{Retry, Route};
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::population::{Answer, Attempt, Doing, Failure, Request, Role, Task};
use crate::observation::{CALL_COUNTERS, CallCounter, CallSample, MessageCounter, UserLevel};
use crate::program::{Backoff, CallId, Jitter};
use crate::random::key::{Luck, Spot};

/// The draw of how long a person waits before asking again after an error, at the path of an
/// attempt, after those of its sending.
const ON_ERROR: u32 = 4;

/// What an attempt tells its caller.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Told {
    pub(in crate::engine) caller: Ticket,
    pub(in crate::engine) call: CallId,
    pub(in crate::engine) sent: Time,
    pub(in crate::engine) answer: Answer,
}

impl Told {
    /// What an attempt has to tell.
    pub(in crate::engine) fn of(attempt: &Attempt) -> Told {
        Told {
            caller: attempt.caller,
            call: attempt.call,
            sent: attempt.sent,
            answer: attempt.answer,
        }
    }
}

impl<'p> Sim<'p> {
    /// Counts things of a call that began at `began`.
    #[inline(always)]
    pub(in crate::engine) fn count_call<const N: usize>(
        &mut self,
        route: &Route,
        what: [CallCounter; N],
        began: Time,
    ) {
        let row = self
            .rec
            .row::<{ CALL_COUNTERS as usize }>(route.counters, began);
        for what in what {
            row[what as usize] += 1;
        }
    }

    fn request_deadline(&self, slot: u32, call: CallId, from: Time) -> Time {
        let own = from + self.rules.routes.calls[call].deadline;
        self.heritage(slot).0.min(own)
    }

    /// An answer will reach the caller at an instant, by an event of this number.
    pub(in crate::engine) fn answer_at(&mut self, slot: u32, at: Time, number: Number) {
        self.agenda
            .numbered(number, at, Group::Work, (Kind::Answer, slot));
        let task = self.people.task_mut(slot);
        task.doing = Doing::Answering;
        task.event = number;
    }

    /// An answer reaches its caller.
    pub(in crate::engine) fn answer(&mut self, slot: u32) {
        let told = Told::of(self.people.attempt(slot));
        self.people.remove(slot);
        self.tell(told);
    }

    /// The caller of an attempt that is gone has its answer.
    #[inline(always)]
    pub(in crate::engine) fn tell(&mut self, told: Told) {
        let Some(task) = self.people.get_mut(told.caller) else {
            return;
        };
        debug_assert_eq!(task.doing, Doing::Calling);
        task.event = NO_EVENT;
        task.request.attempt = Ticket::NONE;
        let (caller, call, sent) = (told.caller.slot, told.call, told.sent);
        match told.answer {
            Answer::Ok => {
                let asked = task.request.asked;
                self.rec.sample_call(call.0, (asked, sent), self.now);
                self.request_ok(caller, call, sent);
            }
            Answer::Refused => self.answered_badly(caller, (call, sent), Failure::Refused),
            Answer::FinalRefusal => {
                self.answered_badly(caller, (call, sent), Failure::FinalRefusal);
            }
            Answer::Error => self.answered_badly(caller, (call, sent), Failure::Error),
            Answer::Final => self.answered_badly(caller, (call, sent), Failure::Final),
        }
    }

    /// The answer to an attempt of a call, sent then, is a refusal or an error.
    fn answered_badly(&mut self, caller: u32, (call, sent): (CallId, Time), failure: Failure) {
        let ended = match failure {
            Failure::Refused | Failure::FinalRefusal => CallCounter::AttemptRefused,
            _ => CallCounter::AttemptError,
        };
        self.end_attempt_badly(call, ended, sent);
        self.attempt_failed(caller, call, failure);
    }

    /// An attempt ended in another way than ok: it took longer than any time.
    pub(in crate::engine) fn end_attempt_badly(
        &mut self,
        call: CallId,
        how: CallCounter,
        sent: Time,
    ) {
        let routes = self.rules.routes;
        self.count_call(&routes.calls[call], [how], sent);
        let sample = self
            .rules
            .program
            .layout
            .call_time(call.0, CallSample::Attempt);
        self.rec.never(sample, sent);
    }

    /// The clock of an attempt has run out.
    pub(in crate::engine) fn timed_out(&mut self, slot: u32) {
        let call = self.call_at(slot);
        let sent = self.abandon_attempt(slot);
        self.end_attempt_badly(call, CallCounter::AttemptTimedOut, sent);
        self.attempt_failed(slot, call, Failure::TimedOut);
    }

    /// A task no longer waits for its attempt: when that was sent.
    fn abandon_attempt(&mut self, slot: u32) -> Time {
        self.part(slot);
        let task = self.people.task_mut(slot);
        task.event = NO_EVENT;
        let ticket = std::mem::replace(&mut task.request.attempt, Ticket::NONE);
        let sent = task.request.last_sent;
        self.caller_left(ticket);
        sent
    }

    /// An attempt has failed: again, or not.
    fn attempt_failed(&mut self, slot: u32, call: CallId, failure: Failure) {
        let route = &self.rules.routes.calls[call];
        let task = self.people.task(slot);
        let (tried, deadline) = ((task.path, task.request.sent), task.request.deadline);
        let there = self.ways(call, route, tried).backoff;
        let may_retry = !matches!(
            failure,
            Failure::Final | Failure::FinalRefusal | Failure::NoUnits
        );
        let wait = self.next_wait(route, (slot, deadline), there);
        let wait = wait.filter(|_| may_retry);
        if self.is_tried_again_at_once((slot, call), failure, wait) {
            self.send((slot, call), Sending::Program, Orbit::Outside);
        }
    }

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

    /// An attempt has failed: whether the next one is to be sent at this instant; if not, what else
    /// follows is under way: a wait, or, without one, the end of the request.
    #[inline(always)]
    pub(in crate::engine) fn is_tried_again_at_once(
        &mut self,
        (slot, call): (u32, CallId),
        failure: Failure,
        wait: Option<Span>,
    ) -> bool {
        let Some(wait) = wait else {
            self.fail_request(slot, call, failure);
            return false;
        };
        self.enter_orbit(slot, call);
        if wait.is_zero() {
            let task = self.people.task_mut(slot);
            task.due = Time(0);
            task.request.tries += 1;
        } else {
            self.back_off((slot, call), wait);
        }
        wait.is_zero()
    }

    fn back_off(&mut self, (slot, call): (u32, CallId), wait: Span) {
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
        task.due = Time(wait.0);
        task.event = event;
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
        let is_first = self.people.task(slot).request.sent == 1;
        if is_first && self.rules.routes.calls[call].from_user {
            self.rec.orbit([UserLevel::Orbit], (Change::More, self.now));
        }
    }

    /// A backoff is over, or the wait of a person after an error.
    pub(in crate::engine) fn backoff_ended(&mut self, slot: u32) {
        let call = self.call_at(slot);
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.event = NO_EVENT;
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

    /// A person asks again: the attempt under way, or the backoff, is given up.
    pub(in crate::engine) fn reload(&mut self, slot: u32) {
        let call = self.call_at(slot);
        self.people.task_mut(slot).request.reload = NO_EVENT;
        self.count_reload(slot);
        match self.people.task(slot).doing {
            Doing::BackingOff => {
                self.wait_in_orbit(&self.rules.routes.calls[call], Change::Less);
                self.people.task_mut(slot).event = NO_EVENT;
            }
            _ => {
                let sent = self.abandon_attempt(slot);
                self.end_attempt_badly(call, CallCounter::AttemptCancelled, sent);
                self.enter_orbit(slot, call);
            }
        }
        self.send((slot, call), Sending::Person, Orbit::Outside);
    }

    fn count_reload(&mut self, slot: u32) {
        if let Some(root) = self.visitor_above(slot) {
            let visitor = self.people.visitor(root);
            visitor.reloads = visitor.reloads.saturating_add(1);
        }
    }

    /// A request ends ok, by the attempt that was sent then.
    #[inline(always)]
    pub(in crate::engine) fn request_ok(&mut self, slot: u32, call: CallId, sent: Time) {
        let (now, routes) = (self.now, self.rules.routes);
        let route = &routes.calls[call];
        let task = self.people.task_mut(slot);
        let asked = task.request.asked;
        let retried = task.request.sent > 1;
        task.request.reload = NO_EVENT;
        task.pc += 1;
        task.doing = Doing::Running;
        if let Role::Visitor(visitor) = &mut task.role {
            visitor.end_wait(now);
        } else if route.from_user {
            self.end_wait(slot);
        }
        if asked == sent {
            self.count_call(route, [CallCounter::AttemptOk, CallCounter::Ok], asked);
        } else {
            self.count_call(route, [CallCounter::AttemptOk], sent);
            self.count_call(route, [CallCounter::Ok], asked);
        }
        if route.from_user && retried {
            self.rec.orbit([UserLevel::Orbit], (Change::Less, now));
        }
        if route.step != NO_STEP {
            self.rec.windows.ok(route.step, asked, now);
        }
        self.execute(slot);
    }

    /// A request has failed for good, unless a person asks again.
    pub(in crate::engine) fn fail_request(&mut self, slot: u32, call: CallId, failure: Failure) {
        if self.rules.routes.calls[call].asks_again && self.ask_again_after_error(slot, call) {
            return;
        }
        self.request_over(slot, call);
        let on_failure = self.rules.program.calls[call].on_failure;
        if self.fail_step(slot, failure, on_failure) == Flow::Elsewhere {
            self.make_ready(slot);
        }
    }

    #[inline(never)]
    fn ask_again_after_error(&mut self, slot: u32, call: CallId) -> bool {
        let Some(root) = self.visitor_above(slot) else {
            return false;
        };
        let settings = self.rules.settings;
        let Some(reload) = &settings.journeys[self.journey_of(root)].reload else {
            return false;
        };
        let Some(after) = &reload.on_error else {
            return false;
        };
        let reloads = u32::from(self.people.visitor(root).reloads);
        if reload.at_most.is_some_and(|most| reloads >= most) {
            return false;
        }
        self.count_reload(slot);
        self.enter_orbit(slot, call);
        let path = self.attempt_path(slot, call);
        let task = self.people.task_mut(slot);
        task.request.reload = NO_EVENT;
        task.request.tries = 0;
        let owner = task.owner;
        let wait = after.span(self.rules.luck.uniform(owner, path, ON_ERROR));
        self.back_off((slot, call), wait);
        true
    }

    /// A request has ended without success.
    pub(in crate::engine) fn request_over(&mut self, slot: u32, call: CallId) {
        let asked = self.people.task(slot).request.asked;
        let routes = self.rules.routes;
        self.count_call(&routes.calls[call], [CallCounter::Failed], asked);
        self.rec.never(
            self.rules
                .program
                .layout
                .call_time(call.0, CallSample::Request),
            asked,
        );
        if self.rules.program.calls[call].from == 0 {
            self.end_wait(slot);
            let task = self.people.task(slot);
            if task.request.sent > 1 || task.doing == Doing::BackingOff {
                let less = (Change::Less, self.now);
                self.rec.orbit([UserLevel::Orbit], less);
            }
            self.rec.windows.failed(routes.calls[call].step, self.now);
        }
        self.people.task_mut(slot).request = Request::NONE;
    }

    /// A task that waits for an answer, or to retry, is stopped: its request fails.
    pub(in crate::engine) fn give_up_request(&mut self, slot: u32) {
        let call = self.call_at(slot);
        if self.people.task(slot).doing == Doing::BackingOff {
            self.wait_in_orbit(&self.rules.routes.calls[call], Change::Less);
        } else {
            let sent = self.abandon_attempt(slot);
            self.end_attempt_badly(call, CallCounter::AttemptCancelled, sent);
        }
        self.request_over(slot, call);
    }

    /// A message was worked off or is gone.
    pub(in crate::engine) fn message_ends(&mut self, slot: u32, what: MessageCounter) {
        let attempt = *self.people.attempt(slot);
        if !self.rules.is_message(attempt.call) {
            return;
        }
        let (layout, now) = (self.rules.program.layout, self.now);
        let endpoint = self.rules.program.calls[attempt.call].endpoint.0;
        self.rec.count(layout.message(endpoint, what), attempt.sent);
        self.rec.less(layout.backlog(endpoint), now);
        if what == MessageCounter::Delivered {
            self.rec.sample(layout.delay(endpoint), attempt.sent, now);
        } else {
            self.rec.never(layout.delay(endpoint), attempt.sent);
        }
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
    if retry.kind == Backoff::None && retry.jitter != Jitter::Decorrelated {
        return Span(0);
    }
    let u = || luck.uniform_at(there, task.owner);
    let n = task.request.tries;
    let v = match retry.kind {
        Backoff::None => 0.0,
        Backoff::Constant => retry.base,
        Backoff::Linear => retry.base * f64::from(n),
        Backoff::Exponential => retry.base * power_of_two(n.saturating_sub(1)),
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
                task.due.0 as f64
            };
            (retry.base + u() * (3.0 * previous - retry.base).max(0.0)).min(retry.cap)
        }
    };
    Span::from_nanos_f64(ns.min(9e18))
}
