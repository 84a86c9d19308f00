//! The caller's side: requests, attempts, timeouts, retries, and the person who asks again
//! (semantics 2 to 6).
//!
//! A request makes one or more attempts. The clock of an attempt covers everything from its
//! sending; a deadline covers the request; the person's clock runs from the last sending, through
//! backoffs, until the request has ended.

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{Group, Kind, NO_EVENT};
use crate::engine::execute::Flow;
use crate::engine::network::{Passage, Way};
use crate::engine::population::{Answer, Attempt, Doing, Failure, NO_FRAME, Request, Role, Task};
use crate::observation::{CallCounter, CallSample, MessageCounter, UserLevel};
use crate::program::{Backoff, CallId, Instruction, Jitter, RetrySettings, ServiceId};
use crate::random::key::Place;

/// Draws at the path of an attempt, after the two of the network.
const RELOAD: u32 = 2;
const BACKOFF: u32 = 3;
const ON_ERROR: u32 = 4;

/// How an attempt came to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    /// By the program.
    Program,
    /// By a person who asks again.
    Person,
}

impl Sim<'_> {
    /// The call step at which a task waits.
    #[inline]
    pub(super) fn call_at(&self, slot: u32) -> CallId {
        match self.program.code[self.people.task(slot).pc as usize] {
            Instruction::Call(call) => call,
            other => unreachable!("a request is made by a call, not {other:?}"),
        }
    }

    /// Counts something of a call that began at `began`.
    #[inline]
    fn count_call(&mut self, call: CallId, what: CallCounter, began: Time) {
        if self.rec.counts(began) {
            self.rec.count(self.program.layout.call(call.0, what));
        }
    }

    /// The deadline that a task has inherited.
    fn inherited_deadline(&self, slot: u32) -> Time {
        match &self.people.task(slot).role {
            Role::Visitor(_) => Time::NEVER,
            Role::Attempt(a) => a.deadline,
            Role::Branch(b) => match self.people.get(b.root).map(|t| &t.role) {
                Some(Role::Attempt(a)) => a.deadline,
                _ => Time::NEVER,
            },
        }
    }

    /// A `call` is reached: its request starts.
    pub(super) fn begin_request(&mut self, slot: u32, call: CallId) -> Flow {
        let now = self.now;
        let deadline = self.request_deadline(slot, call, now);
        self.people.task_mut(slot).request = Request {
            asked: now,
            deadline,
            ..Request::NONE
        };
        self.count_call(call, CallCounter::Started, now);
        let sample = self.program.layout.call_time(call.0, CallSample::Request);
        self.rec.began(sample, now);
        if self.program.calls[call].from == 0 {
            self.rec.window_started(now);
            self.begin_wait(slot);
        }
        self.people.task_mut(slot).request.tries = 1;
        self.send(slot, call, Sending::Program);
        Flow::Stop
    }

    fn request_deadline(&self, slot: u32, call: CallId, from: Time) -> Time {
        let inherited = self.inherited_deadline(slot);
        match self.settings.calls[call].deadline {
            Some(span) => inherited.min(from + span),
            None => inherited,
        }
    }

    /// Sends an attempt of the request of a task, and others as long as each is turned away and
    /// followed by the next at this very instant.
    fn send(&mut self, slot: u32, call: CallId, sending: Sending) {
        let mut sending = sending;
        while self.is_sent_in_vain(slot, call, sending) && self.another() {
            sending = Sending::Program;
        }
    }

    /// Sends an attempt of the request of a task: whether it has failed already and the next one
    /// is to be sent at once.
    fn is_sent_in_vain(&mut self, slot: u32, call: CallId, sending: Sending) -> bool {
        let (now, program) = (self.now, self.program);
        let step = &program.calls[call];
        let original_caller = self.is_original(slot);
        let task = self.people.task_mut(slot);
        task.request.sent = task.request.sent.saturating_add(1);
        task.request.last_sent = now;
        let (request, owner) = (task.request, task.owner);
        let path = task.path.step(step.luck).turn(u64::from(request.sent));
        self.count_call(call, CallCounter::Sent, now);
        if sending == Sending::Person {
            self.count_call(call, CallCounter::Reloaded, now);
        }
        if now >= request.deadline {
            self.end_attempt_badly(call, CallCounter::AttemptRefused, now);
            self.fail_request(slot, call, Failure::Refused);
            return false;
        }
        let original = original_caller && request.sent == 1;
        if self.is_turned_away_at_once(call) {
            if step.from == 0 {
                self.start_reload(slot, path);
            }
            self.count_turned_away(call, original);
            return self.is_tried_again_at_once(slot, call, Failure::Refused);
        }
        let ticket = self.people.add(Task {
            pc: program.endpoints[step.endpoint].entry,
            frame: NO_FRAME,
            path,
            owner,
            event: NO_EVENT,
            doing: Doing::Travelling,
            active: 0,
            due: now,
            request: Request::NONE,
            role: Role::Attempt(Attempt {
                caller: self.people.ticket(slot),
                call,
                server: u32::MAX,
                sent: now,
                accepted: now,
                started: now,
                deadline: request.deadline,
                cpu: Span(0),
                answer: Answer::Ok,
                original,
                served: false,
            }),
        });
        let timeout = self.start_timeout(slot, call, request.deadline);
        let task = self.people.task_mut(slot);
        task.doing = Doing::Calling;
        task.event = NO_EVENT;
        task.request.attempt = ticket;
        task.request.timeout = timeout;
        if step.from == 0 {
            self.start_reload(slot, path);
        }
        if self.crosses_at_once(step.service) && self.another() {
            self.hastened += 1;
            self.attempt_arrived(ticket.slot);
            self.hastened -= 1;
        } else {
            self.travel(ticket.slot);
        }
        false
    }

    /// Whether a message between the users or a service and this service, sent now as the last
    /// thing that is done, would arrive at this very instant and be the next event.
    #[inline]
    pub(super) fn crosses_at_once(&self, service: ServiceId) -> bool {
        const DEEPEST: u32 = 16;
        self.settings.services[service].network.is_none()
            && self.hastened < DEEPEST
            && self.edges.are_calm()
            && self.is_alone()
    }

    /// Whether nothing else happens at the present instant: then what would stand in a ring and
    /// be next may as well happen at once.
    #[inline]
    pub(super) fn is_alone(&self) -> bool {
        self.agenda.is_quiet()
            && self.ready.is_empty()
            && self.doomed.is_empty()
            && self.dirty.is_empty()
            && self.arrivals.next_at() != Some(self.now)
    }

    /// Whether an attempt sent now would be refused, and the caller told, at this very instant
    /// and before anything else happens: a full queue on the only server, no network between.
    /// Then it needs no task of its own.
    #[inline]
    fn is_turned_away_at_once(&self, call: CallId) -> bool {
        self.turns_away(self.program.calls[call].service)
            && self.edges.are_calm()
            && self.is_alone()
    }

    fn count_turned_away(&mut self, call: CallId, original: bool) {
        let now = self.now;
        self.count_call(call, CallCounter::AttemptRefused, now);
        self.count_refusal(self.program.calls[call].service, original);
    }

    /// Sends an attempt or a message on its way.
    fn travel(&mut self, slot: u32) {
        let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
        let call = self.people.attempt(slot).call;
        let step = &self.program.calls[call];
        match self.passage((step.from, step.service), (owner, path), Way::There) {
            Passage::Arrives(at) => {
                let event = self.agenda.at(at, Group::Arrival, Kind::Attempt, slot);
                self.people.task_mut(slot).event = event;
            }
            Passage::Lost => self.lose(slot),
            Passage::TurnedAway(_) if step.message => self.lose(slot),
            Passage::TurnedAway(at) => {
                self.people.attempt(slot).answer = Answer::Refused;
                self.answer_at(slot, at);
            }
        }
    }

    /// An attempt or a message is gone; its caller learns at the timeout, if ever.
    pub(super) fn lose(&mut self, slot: u32) {
        self.message_ends(slot, MessageCounter::Undelivered);
        self.people.remove(slot);
    }

    /// An answer will reach the caller at an instant.
    pub(super) fn answer_at(&mut self, slot: u32, at: Time) {
        let event = self.agenda.at(at, Group::Work, Kind::Answer, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::Answering;
        task.event = event;
    }

    /// Whether the work of a task is original all the way up.
    #[inline]
    fn is_original(&self, slot: u32) -> bool {
        match &self.people.task(slot).role {
            Role::Visitor(_) => true,
            Role::Attempt(a) => a.original,
            Role::Branch(b) => match self.people.get(b.root).map(|t| &t.role) {
                Some(Role::Attempt(a)) => a.original,
                _ => true,
            },
        }
    }

    /// Finds the lane of every timeout in force.
    pub(super) fn choose_lanes(&mut self) {
        let (settings, agenda) = (self.settings, &mut self.agenda);
        self.lanes = settings.calls.map(|_, call| {
            call.timeout
                .and_then(|span| agenda.lane(span, Group::Clock))
        });
    }

    #[inline]
    fn start_timeout(&mut self, slot: u32, call: CallId, deadline: Time) -> u32 {
        let now = self.now;
        match self.settings.calls[call].timeout {
            Some(span) if deadline == Time::NEVER || now + span <= deadline => {
                match self.agenda.lane(span, Group::Clock) {
                    Some(lane) => self.agenda.in_lane(lane, Kind::Timeout, slot),
                    None => self
                        .agenda
                        .at(now + span, Group::Clock, Kind::Timeout, slot),
                }
            }
            _ if deadline != Time::NEVER => {
                self.agenda.at(deadline, Group::Clock, Kind::Timeout, slot)
            }
            _ => NO_EVENT,
        }
    }

    /// Starts the person's clock anew.
    fn start_reload(&mut self, slot: u32, path: Place) {
        let Some(root) = self.visitor_above(slot) else {
            return;
        };
        let visitor = *self.people.visitor(root);
        let Some(reload) = &self.settings.journeys[visitor.journey].reload else {
            return;
        };
        let Some(after) = &reload.after else { return };
        let event = if reload
            .at_most
            .is_none_or(|most| u32::from(visitor.reloads) < most)
        {
            let owner = self.people.task(slot).owner;
            let at = self.now + after.span(self.luck.uniform(owner, path, RELOAD));
            self.agenda.at(at, Group::Clock, Kind::Reload, slot)
        } else {
            NO_EVENT
        };
        self.people.task_mut(slot).request.reload = event;
    }

    /// An answer reaches its caller.
    pub(super) fn answer(&mut self, slot: u32) {
        let attempt = *self.people.attempt(slot);
        self.people.remove(slot);
        let Some(caller) = self.people.get(attempt.caller) else {
            return;
        };
        debug_assert_eq!(caller.doing, Doing::Calling);
        let caller = attempt.caller.slot;
        let (call, sent) = (attempt.call, attempt.sent);
        let task = self.people.task_mut(caller);
        task.request.timeout = NO_EVENT;
        task.request.attempt = Ticket::NONE;
        match attempt.answer {
            Answer::Ok => {
                self.count_call(call, CallCounter::AttemptOk, sent);
                let sample = self.program.layout.call_time(call.0, CallSample::Attempt);
                self.rec.sample(sample, sent, self.now);
                self.request_ok(caller, call);
            }
            Answer::Refused => self.answered_badly(caller, attempt, Failure::Refused),
            Answer::FinalRefusal => self.answered_badly(caller, attempt, Failure::FinalRefusal),
            Answer::Error => self.answered_badly(caller, attempt, Failure::Error),
            Answer::Final => self.answered_badly(caller, attempt, Failure::Final),
        }
    }

    /// The answer is a refusal or an error.
    fn answered_badly(&mut self, caller: u32, attempt: Attempt, failure: Failure) {
        let ended = match failure {
            Failure::Refused | Failure::FinalRefusal => CallCounter::AttemptRefused,
            _ => CallCounter::AttemptError,
        };
        self.end_attempt_badly(attempt.call, ended, attempt.sent);
        self.attempt_failed(caller, attempt.call, failure);
    }

    /// An attempt ended in another way than ok: it took longer than any time.
    fn end_attempt_badly(&mut self, call: CallId, how: CallCounter, sent: Time) {
        self.count_call(call, how, sent);
        let sample = self.program.layout.call_time(call.0, CallSample::Attempt);
        self.rec.never(sample, sent);
    }

    /// The clock of an attempt has run out.
    pub(super) fn timed_out(&mut self, slot: u32) {
        let call = self.call_at(slot);
        let sent = self.abandon_attempt(slot);
        self.end_attempt_badly(call, CallCounter::AttemptTimedOut, sent);
        self.attempt_failed(slot, call, Failure::TimedOut);
    }

    /// A task no longer waits for its attempt: when that was sent.
    fn abandon_attempt(&mut self, slot: u32) -> Time {
        let task = self.people.task_mut(slot);
        task.request.timeout = NO_EVENT;
        let ticket = std::mem::replace(&mut task.request.attempt, Ticket::NONE);
        let sent = task.request.last_sent;
        self.caller_left(ticket);
        sent
    }

    /// An attempt has failed: again, or not.
    fn attempt_failed(&mut self, slot: u32, call: CallId, failure: Failure) {
        if self.is_tried_again_at_once(slot, call, failure) {
            self.send(slot, call, Sending::Program);
        }
    }

    /// An attempt has failed: whether the next one is to be sent at this instant; if not, what else
    /// follows is under way.
    fn is_tried_again_at_once(&mut self, slot: u32, call: CallId, failure: Failure) -> bool {
        let may_retry = !matches!(
            failure,
            Failure::Final | Failure::FinalRefusal | Failure::NoUnits
        );
        let tries = u32::from(self.people.task(slot).request.tries);
        let settings = self.settings;
        let policy = settings.calls[call].retry.as_ref();
        let Some(policy) = policy.filter(|p| may_retry && tries < p.attempts) else {
            self.fail_request(slot, call, failure);
            return false;
        };
        let wait = self.backoff(slot, call, policy);
        let now = self.now;
        let task = self.people.task_mut(slot);
        if task.request.deadline != Time::NEVER && now + wait >= task.request.deadline {
            self.fail_request(slot, call, failure);
            return false;
        }
        task.request.waited = wait;
        if wait.is_zero() {
            task.request.tries += 1;
        } else {
            self.back_off(slot, wait);
        }
        wait.is_zero()
    }

    fn back_off(&mut self, slot: u32, wait: Span) {
        let event = self
            .agenda
            .at(self.now + wait, Group::Clock, Kind::Backoff, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::BackingOff;
        task.event = event;
        self.orbit(slot, 1);
    }

    fn orbit(&mut self, slot: u32, by: i32) {
        if self.visitor_above(slot).is_some() {
            let level = self.program.layout.user_level(UserLevel::Orbit);
            if by > 0 {
                self.rec.more(level, self.now);
            } else {
                self.rec.less(level, self.now);
            }
        }
    }

    /// The wait before the n-th retry (semantics 5).
    fn backoff(&self, slot: u32, call: CallId, policy: &RetrySettings) -> Span {
        let task = self.people.task(slot);
        let path = task.path.step(self.program.calls[call].luck);
        let path = path.turn(u64::from(task.request.sent));
        let u = || self.luck.uniform(task.owner, path, BACKOFF);
        if policy.kind == Backoff::None && policy.jitter != Jitter::Decorrelated {
            return Span(0);
        }
        let (base, cap) = (
            policy.base.0 as f64,
            policy.cap.map_or(f64::MAX, |c| c.0 as f64),
        );
        let n = task.request.tries;
        let v = match policy.kind {
            Backoff::None => 0.0,
            Backoff::Constant => base,
            Backoff::Linear => base * f64::from(n),
            Backoff::Exponential => (1..n.min(1_000)).fold(base, |v, _| (v * 2.0).min(cap)),
        };
        let v = v.min(cap);
        let ns = match policy.jitter {
            Jitter::None => v,
            Jitter::Full => u() * v,
            Jitter::Equal => v / 2.0 + u() * v / 2.0,
            Jitter::Exponential => -crate::base::math::fast_ln(u()) * v,
            Jitter::Decorrelated => {
                let previous = if n == 1 {
                    base
                } else {
                    task.request.waited.0 as f64
                };
                (base + u() * (3.0 * previous - base).max(0.0)).min(cap)
            }
        };
        Span(ns.round().min(9e18) as i64)
    }

    /// A backoff is over, or the wait of a person after an error.
    pub(super) fn backoff_ended(&mut self, slot: u32) {
        let call = self.call_at(slot);
        self.orbit(slot, -1);
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
        self.send(slot, call, sending);
    }

    /// A person asks again: the attempt under way, or the backoff, is given up.
    pub(super) fn reload(&mut self, slot: u32) {
        let call = self.call_at(slot);
        self.people.task_mut(slot).request.reload = NO_EVENT;
        self.count_reload(slot);
        match self.people.task(slot).doing {
            Doing::BackingOff => {
                self.orbit(slot, -1);
                self.people.task_mut(slot).event = NO_EVENT;
            }
            _ => {
                let sent = self.abandon_attempt(slot);
                self.end_attempt_badly(call, CallCounter::AttemptCancelled, sent);
            }
        }
        self.send(slot, call, Sending::Person);
    }

    fn count_reload(&mut self, slot: u32) {
        if let Some(root) = self.visitor_above(slot) {
            let visitor = self.people.visitor(root);
            visitor.reloads = visitor.reloads.saturating_add(1);
        }
    }

    /// A request ends ok.
    fn request_ok(&mut self, slot: u32, call: CallId) {
        let asked = self.people.task(slot).request.asked;
        self.count_call(call, CallCounter::Ok, asked);
        let sample = self.program.layout.call_time(call.0, CallSample::Request);
        self.rec.sample(sample, asked, self.now);
        if self.program.calls[call].from == 0 {
            self.rec.window_ok(asked, self.now);
            self.end_wait(slot);
        }
        let task = self.people.task_mut(slot);
        task.request = Request::NONE;
        task.pc += 1;
        task.doing = Doing::Running;
        self.execute(slot);
    }

    /// A request has failed for good, unless a person asks again.
    fn fail_request(&mut self, slot: u32, call: CallId, failure: Failure) {
        if self.ask_again_after_error(slot, call) {
            return;
        }
        self.request_over(slot, call);
        let on_failure = self.program.calls[call].on_failure;
        if self.fail_step(slot, failure, on_failure) == Flow::Elsewhere {
            self.make_ready(slot);
        }
    }

    fn ask_again_after_error(&mut self, slot: u32, call: CallId) -> bool {
        let Some(root) = self.visitor_above(slot) else {
            return false;
        };
        let visitor = *self.people.visitor(root);
        let settings = self.settings;
        let Some(reload) = &settings.journeys[visitor.journey].reload else {
            return false;
        };
        let Some(after) = &reload.on_error else {
            return false;
        };
        if reload
            .at_most
            .is_some_and(|most| u32::from(visitor.reloads) >= most)
        {
            return false;
        }
        self.count_reload(slot);
        let task = self.people.task_mut(slot);
        let path = task.path.step(self.program.calls[call].luck);
        let path = path.turn(u64::from(task.request.sent));
        task.request.reload = NO_EVENT;
        task.request.tries = 0;
        let owner = task.owner;
        let wait = after.span(self.luck.uniform(owner, path, ON_ERROR));
        self.back_off(slot, wait);
        true
    }

    /// A request has ended without success.
    pub(super) fn request_over(&mut self, slot: u32, call: CallId) {
        let asked = self.people.task(slot).request.asked;
        self.count_call(call, CallCounter::Failed, asked);
        self.rec.never(
            self.program.layout.call_time(call.0, CallSample::Request),
            asked,
        );
        if self.program.calls[call].from == 0 {
            self.end_wait(slot);
        }
        self.people.task_mut(slot).request = Request::NONE;
    }

    /// A task that waits for an answer, or to retry, is stopped: its request fails.
    pub(super) fn give_up_request(&mut self, slot: u32) {
        let call = self.call_at(slot);
        if self.people.task(slot).doing == Doing::BackingOff {
            self.orbit(slot, -1);
        } else {
            let sent = self.abandon_attempt(slot);
            self.end_attempt_badly(call, CallCounter::AttemptCancelled, sent);
        }
        self.request_over(slot, call);
    }

    /// A `send` is reached: a message leaves, nobody waits.
    pub(super) fn send_message(&mut self, slot: u32, call: CallId) -> Flow {
        let (now, program) = (self.now, self.program);
        let step = &program.calls[call];
        let task = self.people.task(slot);
        let message = Task {
            pc: program.endpoints[step.endpoint].entry,
            frame: NO_FRAME,
            path: task.path.step(step.luck).turn(1),
            owner: task.owner,
            event: NO_EVENT,
            doing: Doing::Travelling,
            active: 0,
            due: now,
            request: Request::NONE,
            role: Role::Attempt(Attempt {
                caller: Ticket::NONE,
                call,
                server: u32::MAX,
                sent: now,
                accepted: now,
                started: now,
                deadline: Time::NEVER,
                cpu: Span(0),
                answer: Answer::Ok,
                original: self.is_original(slot),
                served: false,
            }),
        };
        let layout = program.layout;
        self.count_call(call, CallCounter::Sent, now);
        self.rec
            .count(layout.message(step.endpoint.0, MessageCounter::Sent));
        self.rec.more(layout.backlog(step.endpoint.0), now);
        let ticket = self.people.add(message);
        self.travel(ticket.slot);
        Flow::Next
    }

    /// Whether an attempt is a message, which nobody waits for.
    #[inline]
    pub(super) fn is_message(&self, call: CallId) -> bool {
        self.program.calls[call].message
    }

    /// A message was worked off or is gone.
    pub(super) fn message_ends(&mut self, slot: u32, what: MessageCounter) {
        let attempt = *self.people.attempt(slot);
        if !self.is_message(attempt.call) {
            return;
        }
        let (layout, now) = (self.program.layout, self.now);
        let endpoint = self.program.calls[attempt.call].endpoint.0;
        self.rec.count(layout.message(endpoint, what));
        self.rec.less(layout.backlog(endpoint), now);
        if what == MessageCounter::Delivered {
            self.rec.sample(layout.delay(endpoint), attempt.sent, now);
        } else {
            self.rec.never(layout.delay(endpoint), attempt.sent);
        }
    }
}
