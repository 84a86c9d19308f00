//! How attempts, requests and messages end for whoever sent them. Each passes here once, whatever
//! ends it: what is counted, logged and told of an end stands in one place
//! (semantics#call, #giving-up, #refused).

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::NO_EVENT;
use crate::engine::guards::hearing::Heard;
use crate::engine::record::recorder::Change;
use crate::engine::record::windows::NO_STEP;
use crate::engine::route::Route;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Request;
use crate::observation::{CALL_COUNTERS, CallCounter, CallSample, MessageCounter, UserLevel};
use crate::program::CallId;

/// How an attempt ends for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum AttemptEnd {
    /// The answer is there.
    Ok,
    /// It was turned away.
    Refused,
    /// A guard of its caller has turned it away: it was never sent.
    Stopped,
    /// The answer is an error.
    Error,
    /// Its clock has run out.
    TimedOut,
    /// The caller no longer wants it.
    Cancelled,
    /// The replication is over.
    Unfinished,
}

impl AttemptEnd {
    fn counter(self) -> CallCounter {
        match self {
            Self::Ok => CallCounter::AttemptOk,
            Self::Refused | Self::Stopped => CallCounter::AttemptRefused,
            Self::Error => CallCounter::AttemptError,
            Self::TimedOut => CallCounter::AttemptTimedOut,
            Self::Cancelled => CallCounter::AttemptCancelled,
            Self::Unfinished => CallCounter::AttemptUnfinished,
        }
    }

    /// What guards hear of it; nothing when the replication is over.
    fn heard(self) -> Option<Heard> {
        Some(match self {
            Self::Ok => Heard::Ok,
            Self::Refused => Heard::Refused,
            Self::Stopped => Heard::Stopped,
            Self::Error => Heard::Error,
            Self::TimedOut => Heard::TimedOut,
            Self::Cancelled => Heard::GivenUp,
            Self::Unfinished => return None,
        })
    }
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum RequestEnd {
    /// By an attempt that ended ok.
    Ok,
    /// In another way.
    Failed,
    /// The replication is over.
    Unfinished,
}

impl RequestEnd {
    fn counter(self) -> CallCounter {
        match self {
            Self::Ok => CallCounter::Ok,
            Self::Failed => CallCounter::Failed,
            Self::Unfinished => CallCounter::Unfinished,
        }
    }
}

impl Sim<'_> {
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

    /// An attempt of a call, sent then, has ended.
    #[inline(always)]
    pub(in crate::engine) fn attempt_over(
        &mut self,
        (slot, call): (u32, CallId),
        route: &Route,
        (how, sent): (AttemptEnd, Time),
    ) {
        self.count_call(route, [how.counter()], sent);
        if how == AttemptEnd::Stopped {
            self.count_call(route, [CallCounter::AttemptStopped], sent);
        }
        if route.watch.endings()
            && let Some(heard) = how.heard()
        {
            self.hear_attempt((slot, call), heard, sent);
            if route.desk.tells && heard != Heard::Stopped {
                self.credit_comes_back((slot, call));
            }
        }
        if how != AttemptEnd::Ok {
            // It took longer than any time.
            let layout = &self.rules.program.layout;
            self.rec
                .never(layout.call_time(call.0, CallSample::Attempt), sent);
        }
    }

    /// The request of a task has ended; what the task does next is the caller's business.
    #[inline(always)]
    pub(in crate::engine) fn request_over(
        &mut self,
        (slot, call): (u32, CallId),
        route: &Route,
        how: RequestEnd,
    ) {
        if route.watch.ends() && how != RequestEnd::Unfinished {
            let tries = self.people.task(slot).request.tries;
            self.hear_end((slot, call), (how == RequestEnd::Ok).then_some(tries));
        }
        let task = self.people.task_mut(slot);
        let request = std::mem::replace(&mut task.request, Request::NONE);
        let asked = request.asked;
        self.count_call(route, [how.counter()], asked);
        if how != RequestEnd::Ok {
            let layout = &self.rules.program.layout;
            self.rec
                .never(layout.call_time(call.0, CallSample::Request), asked);
        }
        if route.from_user && how != RequestEnd::Unfinished {
            *self.people.reload(slot) = NO_EVENT;
            self.end_wait(slot);
            if self.people.pass(slot).leaves_orbit() {
                self.rec.orbit([UserLevel::Orbit], (Change::Less, self.now));
            }
        }
        if route.step != NO_STEP {
            match how {
                RequestEnd::Ok => self.rec.windows.ok(route.step, asked, self.now),
                RequestEnd::Failed => self.rec.windows.failed(route.step, self.now),
                RequestEnd::Unfinished => self.rec.windows.stays_open(route.step, asked),
            }
        }
    }

    /// The answer to an attempt, sent then, is there: with the attempt its request ends ok, and the
    /// task goes on.
    #[inline(always)]
    pub(in crate::engine) fn answered_ok(&mut self, slot: u32, call: CallId, sent: Time) {
        let routes = self.rules.routes;
        let route = &routes.calls[call];
        self.attempt_over((slot, call), route, (AttemptEnd::Ok, sent));
        self.request_over((slot, call), route, RequestEnd::Ok);
        let task = self.people.task_mut(slot);
        task.pc += 1;
        task.doing = Doing::Running;
        self.execute(slot);
    }

    /// A message was worked off or is gone.
    pub(in crate::engine) fn message_ends(&mut self, slot: u32, what: MessageCounter) {
        let attempt = *self.people.attempt(slot);
        if !self.rules.is_message(attempt.call) {
            return;
        }
        let (layout, now) = (self.rules.program.layout, self.now);
        let endpoint = self.rules.program.calls[attempt.call].endpoint.0;
        if what == MessageCounter::Delivered {
            self.hear_of_check(slot, attempt.call);
        }
        self.rec.count(layout.message(endpoint, what), attempt.sent);
        self.rec.less(layout.backlog(endpoint), now);
        if what == MessageCounter::Delivered {
            self.rec.sample(layout.delay(endpoint), attempt.sent, now);
        } else {
            self.rec.never(layout.delay(endpoint), attempt.sent);
        }
    }
}
