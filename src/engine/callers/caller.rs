//! The caller's side: requests, attempts, timeouts, retries, and the person who asks again
//! (semantics#call, #giving-up, #refused, #retry, #people).
//!
//! A request makes one or more attempts. The clock of an attempt covers everything from its
//! sending; a deadline covers the request; the person's clock runs from the last sending, through
//! backoffs, until the request has ended.

use crate::base::slab::Ticket;
use crate::base::slim::Slim;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::callers::backoff::Follows;
use crate::engine::callers::ending::{AttemptEnd, RequestEnd};
use crate::engine::callers::sending::{Orbit, Sending};
use crate::engine::draws::OfAttempt;
use crate::engine::guards::advice::Word;
use crate::engine::record::recorder::Change;
use crate::engine::services::health::Fared;
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Answer, Attempt, Failure};
use crate::program::CallId;

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

impl Failure {
    /// How an attempt that fails so ends.
    pub(super) fn of_attempt(self) -> AttemptEnd {
        match self {
            Self::Refused | Self::FinalRefusal => AttemptEnd::Refused,
            Self::Stopped => AttemptEnd::Stopped,
            Self::TimedOut => AttemptEnd::TimedOut,
            Self::Error | Self::Final | Self::NoUnits => AttemptEnd::Error,
        }
    }

    /// Whether another attempt may fare better.
    fn may_pass(self) -> bool {
        match self {
            Self::Refused | Self::Stopped | Self::TimedOut | Self::Error => true,
            Self::Final | Self::FinalRefusal | Self::NoUnits => false,
        }
    }
}

impl Sim<'_> {
    /// The instant, for a request that starts then, from which on no attempt of it starts.
    pub(in crate::engine) fn request_deadline(&self, slot: u32, call: CallId, from: Time) -> Time {
        let own = from + self.rules.routes.calls[call].deadline;
        self.heritage(slot).0.min(own)
    }

    /// An answer will reach the caller at an instant, by an event of this number.
    pub(in crate::engine) fn answer_at(&mut self, slot: u32, at: Time, number: Number) {
        self.agenda
            .numbered(number, at, Group::Work, (Kind::Answer, slot));
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.doing = Doing::Answering {
            since: Slim::new(now),
        };
        task.awaits = number;
    }

    /// An answer reaches its caller.
    pub(in crate::engine) fn answer(&mut self, slot: u32) {
        let attempt = self.people.attempt(slot);
        let (told, is_twin, server) = (Told::of(attempt), attempt.is_twin, attempt.server);
        let word = Word::from_bits(attempt.active);
        if self.rules.routes.calls[told.call].desk.tells && word != Word::NONE && server != u32::MAX
        {
            self.hear_advice(told, (server, word));
        }
        if self.rules.routes.calls[told.call].desk.ejects && !told.caller.is_none() {
            let how = match told.answer {
                Answer::Ok => Fared::Well,
                _ => Fared::Badly,
            };
            self.hear_of_server(server, how);
        }
        let ticket = self.people.ticket(slot);
        self.people.remove(slot);
        if is_twin && !told.caller.is_none() {
            self.tell_of_twin(told, ticket);
        } else {
            self.tell(told);
        }
    }

    /// The caller of an attempt that is gone has its answer.
    #[inline(always)]
    pub(in crate::engine) fn tell(&mut self, told: Told) {
        let Some(task) = self.people.get_mut(told.caller) else {
            return;
        };
        debug_assert!(matches!(task.doing, Doing::Calling { .. }));
        (task.awaits, task.doing) = (NO_EVENT, Doing::Running);
        let (caller, call, sent) = (told.caller.slot, told.call, told.sent);
        match told.answer {
            Answer::Ok => {
                let asked = task.request.asked;
                self.rec.sample_call(call.0, (asked, sent), self.now);
                self.answered_ok(caller, call, sent);
            }
            Answer::Refused => self.attempt_failed((caller, call), sent, Failure::Refused),
            Answer::FinalRefusal => {
                self.attempt_failed((caller, call), sent, Failure::FinalRefusal);
            }
            Answer::Stopped => self.attempt_failed((caller, call), sent, Failure::Stopped),
            Answer::Error => self.attempt_failed((caller, call), sent, Failure::Error),
            Answer::Final => self.attempt_failed((caller, call), sent, Failure::Final),
        }
    }

    /// The clock of an attempt has run out.
    pub(in crate::engine) fn timed_out(&mut self, slot: u32) {
        let call = self.call_at(slot);
        if self.rules.routes.calls[call].desk.ejects
            && let Doing::Calling { attempt } = self.people.task(slot).doing
        {
            self.hear_of_timeout(attempt);
        }
        let sent = self.abandon_attempt(slot);
        self.attempt_failed((slot, call), sent, Failure::TimedOut);
    }

    /// The clock of an attempt at a server has run out.
    pub(super) fn hear_of_timeout(&mut self, attempt: Ticket) {
        let task = self.people.get(attempt);
        if let Some(attempt) = task.and_then(|task| task.role.attempt()) {
            self.hear_of_server(attempt.server, Fared::Badly);
        }
    }

    /// A task no longer waits for its attempt: when that was sent.
    fn abandon_attempt(&mut self, slot: u32) -> Time {
        self.part(slot);
        let task = self.people.task_mut(slot);
        let sent = task.request.last_sent;
        let Doing::Calling { attempt } = task.doing else {
            unreachable!("who waits for an answer has sent an attempt");
        };
        (task.awaits, task.doing) = (NO_EVENT, Doing::Running);
        self.caller_left(attempt);
        sent
    }

    /// A task no longer wants the answer to its attempt.
    fn cancel_attempt(&mut self, slot: u32, call: CallId) {
        if let Doing::Hedging { round } = self.people.task(slot).doing {
            self.cancel_round(slot, call, round);
            return;
        }
        let sent = self.abandon_attempt(slot);
        let route = &self.rules.routes.calls[call];
        self.attempt_over((slot, call), route, (AttemptEnd::Cancelled, sent));
    }

    /// An attempt, sent then, has failed: again, or not.
    fn attempt_failed(&mut self, (slot, call): (u32, CallId), sent: Time, failure: Failure) {
        let route = &self.rules.routes.calls[call];
        self.attempt_over((slot, call), route, (failure.of_attempt(), sent));
        self.round_failed((slot, call), failure);
    }

    /// All attempts of a round have failed, the last of them so: again, or not.
    #[inline(always)]
    pub(super) fn round_failed(&mut self, (slot, call): (u32, CallId), failure: Failure) {
        let route = &self.rules.routes.calls[call];
        let task = self.people.task(slot);
        let (tried, deadline) = ((task.path, task.request.sent), task.request.deadline);
        let there = self.ways(call, route, tried).backoff;
        let wait = match failure.may_pass() {
            true => self.next_retry(route, (slot, call, deadline), (there, failure)),
            false => None,
        };
        if self.follow_up((slot, call), failure, wait) == Follows::Another {
            self.send((slot, call), Sending::Program, Orbit::Outside);
        }
    }

    /// A person asks again: the attempt under way, or the backoff, is given up.
    pub(in crate::engine) fn reload(&mut self, slot: u32) {
        let call = self.call_at(slot);
        *self.people.reload(slot) = NO_EVENT;
        self.count_reload(slot);
        match self.people.task(slot).doing {
            Doing::BackingOff => {
                let route = &self.rules.routes.calls[call];
                self.wait_in_orbit(route, Change::Less);
                self.people.task_mut(slot).awaits = NO_EVENT;
                if route.watch.retries() {
                    self.hear_no_retry((slot, call));
                }
            }
            Doing::AtLimit { .. } => self.leave_limit(slot, call),
            Doing::Calling { .. } | Doing::Hedging { .. } | Doing::Served { .. } => {
                self.cancel_attempt(slot, call);
                self.enter_orbit(slot, call);
            }
            other => unreachable!("a person waits for an answer, and is not {other:?}"),
        }
        self.send((slot, call), Sending::Person, Orbit::Outside);
    }

    fn count_reload(&mut self, slot: u32) {
        if let Some(root) = self.visitor_above(slot) {
            let visitor = self.people.visitor(root);
            visitor.reloads = visitor.reloads.saturating_add(1);
        }
    }

    /// A request has failed for good, unless a person asks again.
    pub(in crate::engine) fn fail_request(&mut self, slot: u32, call: CallId, failure: Failure) {
        let route = &self.rules.routes.calls[call];
        if route.asks_again && self.ask_again_after_error(slot, call) {
            return;
        }
        self.request_over((slot, call), route, RequestEnd::Failed);
        let on_failure = self.rules.program.calls[call].on_failure;
        if self.fail_step(slot, failure, on_failure) == Flow::Elsewhere {
            self.make_ready(slot);
        }
    }

    /// A person may ask again after an error: whether that is so.
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
        *self.people.reload(slot) = NO_EVENT;
        let task = self.people.task_mut(slot);
        task.request.tries = 0;
        let owner = task.owner;
        let wait = after.span(
            self.rules
                .luck
                .uniform(owner, path, OfAttempt::OnError as u32),
        );
        self.back_off((slot, call), wait);
        true
    }

    /// A task that waits for an answer, or to retry, is stopped: its request fails.
    pub(in crate::engine) fn give_up_request(&mut self, slot: u32) {
        let call = self.call_at(slot);
        match self.people.task(slot).doing {
            Doing::BackingOff => {
                self.wait_in_orbit(&self.rules.routes.calls[call], Change::Less);
            }
            Doing::AtLimit { .. } => self.leave_limit(slot, call),
            _ => self.cancel_attempt(slot, call),
        }
        let route = &self.rules.routes.calls[call];
        self.request_over((slot, call), route, RequestEnd::Failed);
    }
}
