//! Attempts whose guards are asked before they are sent: stopped, delayed, or let go
//! (semantics#guards).

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT};
use crate::engine::callers::backoff::Follows;
use crate::engine::callers::ending::AttemptEnd;
use crate::engine::callers::sending::{Orbit, Outgoing, Sending};
use crate::engine::guards::asking::May;
use crate::engine::record::recorder::Change;
use crate::engine::tasks::doing::{ANYWHERE, Doing};
use crate::engine::tasks::population::Failure;
use crate::observation::CallCounter;
use crate::program::CallId;

impl<'p> Sim<'p> {
    /// Sends the first attempt of a request whose guards hear of it.
    #[inline(never)]
    pub(in crate::engine) fn send_first_watched(&mut self, out: Outgoing<'p>) -> Follows {
        let watch = out.route.watch;
        if watch.starts() {
            self.hear_start((out.slot, out.call));
        }
        match watch.sending() {
            true => self.send_watched(out),
            false => self.send_one(&out),
        }
    }

    /// Sends an attempt, which is not counted yet, if the guards of its call let it go. One that
    /// has no time left is not their business.
    #[inline(never)]
    pub(in crate::engine) fn send_watched(&mut self, out: Outgoing<'p>) -> Follows {
        let whose = out.asker();
        let may = match self.now >= out.deadline {
            true => May::Go,
            false => self.may_send(whose, (out.owner, out.ways.path)),
        };
        match may {
            May::Go => {
                self.count_call(out.route, [CallCounter::Sent], self.now);
                self.send_one(&out)
            }
            May::Wait(span) if out.deadline == Time::NEVER || self.now + span < out.deadline => {
                let at = self.now + span;
                self.wait_at_limit(&out, at);
                Follows::Nothing
            }
            May::Stop | May::Wait(_) => {
                if may != May::Stop {
                    // The token would come too late.
                    self.give_back_before_breaker(whose);
                }
                self.stop_attempt(out)
            }
        }
    }

    /// A guard has stopped an attempt: it was refused without being sent.
    fn stop_attempt(&mut self, out: Outgoing<'p>) -> Follows {
        self.count_call(out.route, [CallCounter::Sent], self.now);
        self.turn_away_heard(out, AttemptEnd::Stopped)
    }

    /// An attempt is turned away at once, and guards hear of it before the budget is asked.
    #[inline(never)]
    pub(in crate::engine) fn turn_away_heard(
        &mut self,
        out: Outgoing<'p>,
        how: AttemptEnd,
    ) -> Follows {
        let (slot, call, route) = (out.slot, out.call, out.route);
        if route.reloads {
            self.start_reload(slot, out.ways.path);
        }
        self.attempt_over((slot, call), route, (how, self.now));
        let failure = (out.ways.backoff, Failure::Refused);
        let wait = self.next_retry(route, (slot, call, out.deadline), failure);
        self.follow_refusal(&out, wait)
    }

    /// A task waits for a token of its limit until then.
    fn wait_at_limit(&mut self, out: &Outgoing<'p>, at: Time) {
        let slot = out.slot;
        let event = self.agenda.at(at, Group::Work, Kind::Backoff, slot);
        if let Some((id, _)) = self.rules.routes.guards[out.call].limit {
            self.count_waiting(id);
        }
        let task = self.people.task_mut(slot);
        (task.doing, task.awaits) = (Doing::AtLimit { to: ANYWHERE }, event);
        if out.orbit == Orbit::Outside && self.is_in_orbit(slot, out.call) {
            self.wait_in_orbit(out.route, Change::More);
        }
    }

    /// Whether the request of a task counts in the orbit.
    fn is_in_orbit(&self, slot: u32, call: CallId) -> bool {
        self.rules.routes.calls[call].from_user && self.pass_of(slot).is_in_orbit()
    }

    /// A task no longer waits for a token. The token that is reserved for it is lost.
    pub(in crate::engine) fn leave_limit(&mut self, slot: u32, call: CallId) {
        let route = &self.rules.routes.calls[call];
        if self.is_in_orbit(slot, call) {
            self.wait_in_orbit(route, Change::Less);
        }
        self.people.task_mut(slot).awaits = NO_EVENT;
        if route.watch.retries() {
            self.hear_no_retry((slot, call));
        }
    }

    /// A token is there for a task that waits for it: the guards behind the limit are asked.
    #[inline(never)]
    pub(in crate::engine) fn limit_lets_go(&mut self, slot: u32) {
        let (now, call) = (self.now, self.call_at(slot));
        let task = self.people.task_mut(slot);
        (task.doing, task.awaits) = (Doing::Running, NO_EVENT);
        task.request.last_sent = now;
        let mut out = self.outgoing(slot);
        if self.is_in_orbit(slot, call) {
            out.orbit = Orbit::Inside;
        }
        let follows = match self.may_send_behind_limit(out.asker()) {
            May::Go => {
                self.count_call(out.route, [CallCounter::Sent], now);
                self.send_one(&out)
            }
            May::Stop | May::Wait(_) => self.stop_attempt(out),
        };
        if follows == Follows::Another && self.another() {
            self.send((slot, call), Sending::Program, Orbit::Outside);
        }
    }
}
