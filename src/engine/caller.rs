//! The caller's side: requests, attempts, timeouts, retries, and the person who asks again
//! (semantics 2 to 6).
//!
//! A request makes one or more attempts. The clock of an attempt covers everything from its
//! sending; a deadline covers the request; the person's clock runs from the last sending, through
//! backoffs, until the request has ended.

use crate::base::math::fast_ln;
use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{Group, Kind, NO_EVENT, Number};
use crate::engine::execute::Flow;
use crate::engine::network::{Passage, Way};
use crate::engine::population::{Answer, Attempt, Doing, Failure, NO_FRAME, Request, Role, Task};
use crate::engine::recorder::Change;
use crate::engine::route::{Desk, NO_LANE, Retry, Route};
use crate::engine::station::Placing;
use crate::observation::{CALL_COUNTERS, CallCounter, CallSample, MessageCounter, UserLevel};
use crate::program::{Backoff, CallId, Instruction, Jitter};
use crate::random::key::{Luck, Owner, Place};

/// Draws at the path of an attempt, after the two of the network.
const RELOAD: u32 = 2;
const BACKOFF: u32 = 3;
const ON_ERROR: u32 = 4;

/// How an attempt after the first came to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    /// By the program.
    Program,
    /// By a person who asks again.
    Person,
}

/// Where a task that asks again comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Orbit {
    /// It still counts among those who wait to retry.
    Inside,
    /// It does not.
    Outside,
}

/// An attempt that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outgoing<'p> {
    /// Who asks.
    pub(super) slot: u32,
    call: CallId,
    pub(super) route: &'p Route,
    pub(super) path: Place,
    pub(super) owner: Owner,
    pub(super) deadline: Time,
    pub(super) original: bool,
    /// Where who asks comes from.
    orbit: Orbit,
}

impl Outgoing<'_> {
    /// The task of the attempt, sent then, and of whoever waits for it; nobody has taken it yet.
    #[inline(always)]
    pub(super) fn task(&self, caller: Ticket, sent: Time) -> Task {
        Task {
            pc: self.route.entry,
            frame: NO_FRAME,
            path: self.path,
            owner: self.owner,
            event: NO_EVENT,
            doing: Doing::Travelling,
            due: sent,
            request: Request::NONE,
            role: Role::Attempt(Attempt {
                caller,
                call: self.call,
                server: u32::MAX,
                sent,
                accepted: sent,
                started: sent,
                deadline: self.deadline,
                cpu: Span(0),
                active: 0,
                answer: Answer::Ok,
                original: self.original,
                served: false,
            }),
        }
    }
}

/// The places of luck that lead from a step's surroundings to the attempts of its call, as they
/// were made last: the same for all users who come there in the same way, so that a draw seldom
/// waits for their hashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trail {
    from: Place,
    step: Place,
    /// The first attempt.
    first: Place,
}

impl Trail {
    pub(super) fn new(route: &Route, from: Place) -> Self {
        let step = from.step(route.luck);
        let first = step.turn(1);
        Self { from, step, first }
    }
}

/// What an attempt tells its caller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) caller: Ticket,
    pub(super) call: CallId,
    pub(super) sent: Time,
    pub(super) answer: Answer,
}

impl<'p> Sim<'p> {
    /// The call step at which a task waits.
    #[inline]
    pub(super) fn call_at(&self, slot: u32) -> CallId {
        match self.program.code[self.people.task(slot).pc as usize] {
            Instruction::Call(call) => call,
            other => unreachable!("a request is made by a call, not {other:?}"),
        }
    }

    /// Counts things of a call that began at `began`.
    #[inline(always)]
    fn count_call<const N: usize>(&mut self, route: &Route, what: [CallCounter; N], began: Time) {
        if self.rec.counts(began) {
            let row = self.rec.row::<{ CALL_COUNTERS as usize }>(route.counters);
            for what in what {
                row[what as usize] += 1;
            }
        }
    }

    /// What a task hands down to its attempts: the deadline that it has inherited, and whether
    /// its work is original all the way up.
    #[inline(always)]
    fn heritage(&self, slot: u32) -> (Time, bool) {
        match &self.people.task(slot).role {
            Role::Visitor(_) => (Time::NEVER, true),
            Role::Attempt(a) => (a.deadline, a.original),
            Role::Branch(b) => match self.attempt_of(b.root) {
                Some(a) => (a.deadline, a.original),
                None => (Time::NEVER, true),
            },
        }
    }

    /// The attempt of a ticket, if it is one and still there.
    #[inline(never)]
    fn attempt_of(&self, ticket: Ticket) -> Option<&Attempt> {
        match &self.people.get(ticket)?.role {
            Role::Attempt(a) => Some(a),
            Role::Visitor(_) | Role::Branch(_) => None,
        }
    }

    /// A `call` is reached: its request starts.
    #[inline(always)]
    pub(super) fn begin_request(&mut self, slot: u32, call: CallId) {
        let (now, routes) = (self.now, self.routes);
        let route = &routes.calls[call];
        self.count_call(route, [CallCounter::Started, CallCounter::Sent], now);
        self.rec.began(route.requests);
        if route.from_user {
            self.rec.window_started(now);
        }
        let (inherited, original) = self.begin_to_ask(slot, route);
        let task = self.people.task_mut(slot);
        let deadline = match route.deadline {
            Span::FOREVER => inherited,
            own => inherited.min(now + own),
        };
        task.request = Request {
            asked: now,
            last_sent: now,
            deadline,
            tries: 1,
            sent: 1,
            ..Request::NONE
        };
        let (owner, from) = (task.owner, task.path);
        let trail = self.trail(call, route, from);
        let first = Outgoing {
            slot,
            call,
            route,
            path: trail.first,
            owner,
            deadline,
            original,
            orbit: Orbit::Outside,
        };
        if self.is_sent_in_vain(&first) && self.another() {
            self.send((slot, call), Sending::Program, Orbit::Outside);
        }
    }

    /// A person waits from now on; what a task hands down to its attempts.
    #[inline(always)]
    fn begin_to_ask(&mut self, slot: u32, route: &Route) -> (Time, bool) {
        let now = self.now;
        if let Role::Visitor(visitor) = &mut self.people.task_mut(slot).role {
            if let Some(at) = visitor.begin_wait(now) {
                self.start_patience(slot, at);
            }
            return (Time::NEVER, true);
        }
        if route.from_user {
            self.begin_wait(slot);
        }
        self.heritage(slot)
    }

    /// The attempt that a task has sent last, as it was about to be sent.
    pub(super) fn outgoing(&self, slot: u32) -> Outgoing<'p> {
        let (call, request) = (self.call_at(slot), self.people.task(slot).request);
        Outgoing {
            slot,
            call,
            route: &self.routes.calls[call],
            path: self.attempt_path(slot, call),
            owner: self.people.task(slot).owner,
            deadline: request.deadline,
            original: request.sent == 1 && self.heritage(slot).1,
            orbit: Orbit::Outside,
        }
    }

    /// The way from a place to the attempts of a call.
    #[inline(always)]
    fn trail(&mut self, call: CallId, route: &Route, from: Place) -> Trail {
        let trail = &mut self.trails[call];
        if trail.from != from {
            *trail = Trail::new(route, from);
        }
        *trail
    }

    fn request_deadline(&self, slot: u32, call: CallId, from: Time) -> Time {
        let own = from + self.routes.calls[call].deadline;
        self.heritage(slot).0.min(own)
    }

    /// Sends another attempt of the request of a task, and others as long as each is turned away
    /// and followed by the next at this very instant.
    fn send(&mut self, (slot, call): (u32, CallId), sending: Sending, mut orbit: Orbit) {
        let (now, routes) = (self.now, self.routes);
        let route = &routes.calls[call];
        if sending == Sending::Person {
            self.count_call(route, [CallCounter::Reloaded], now);
        }
        loop {
            self.count_call(route, [CallCounter::Sent], now);
            let task = self.people.task_mut(slot);
            let request = &mut task.request;
            request.sent = request.sent.saturating_add(1);
            request.last_sent = now;
            let (sent, deadline) = (u64::from(request.sent), request.deadline);
            let (owner, from) = (task.owner, task.path);
            let path = self.trail(call, route, from).step.turn(sent);
            let next = Outgoing {
                slot,
                call,
                route,
                path,
                owner,
                deadline,
                original: false,
                orbit,
            };
            if !(self.is_sent_in_vain(&next) && self.another()) {
                return;
            }
            orbit = Orbit::Outside;
        }
    }

    /// Sends an attempt that is counted already: whether it has failed at this very instant, and
    /// the next one is to be sent at once.
    #[inline(always)]
    fn is_sent_in_vain(&mut self, out: &Outgoing<'p>) -> bool {
        let (route, desk) = (out.route, &self.routes.services[out.route.service]);
        if self.now >= out.deadline || !route.near || !self.is_next_alone() || !self.another() {
            self.send_on_its_way(out);
            return false;
        }
        let place = self.place((out.owner, out.path), route.service, desk);
        if let Placing::Started(index) = place
            && let Some(demand) = self.demand_in_place(out, index)
        {
            self.leave_orbit(out);
            self.serve(out, desk, (index, demand));
            return false;
        }
        if matches!(place, Placing::Refused(_)) && desk.refuses_for_nothing {
            return self.is_turned_away_in_vain(out, desk);
        }
        self.send_apart(out, place);
        false
    }

    /// An attempt sets out that does not arrive at this very instant, or not before other things
    /// that happen at it; or it is too late for it.
    #[inline(never)]
    fn send_on_its_way(&mut self, out: &Outgoing<'p>) {
        self.leave_orbit(out);
        if self.now >= out.deadline {
            self.end_attempt_badly(out.call, CallCounter::AttemptRefused, self.now);
            self.fail_request(out.slot, out.call, Failure::Refused);
        } else {
            let attempt = self.set_out(out);
            self.travel(attempt);
        }
    }

    /// An attempt arrives at once, and needs a task of its own.
    #[inline(never)]
    fn send_apart(&mut self, out: &Outgoing<'p>, place: Placing) {
        self.leave_orbit(out);
        self.hastened += 1;
        let attempt = self.set_out(out);
        self.arrive_at(attempt, out.route.service, place);
        self.hastened -= 1;
    }

    /// An attempt is turned away where its caller is told at this very instant and before anything
    /// else happens, so that it needs no task of its own; whether the next is to be sent at once.
    #[inline(always)]
    fn is_turned_away_in_vain(&mut self, out: &Outgoing<'p>, desk: &Desk) -> bool {
        let Outgoing {
            slot, call, route, ..
        } = *out;
        // First of all, so that the rest is done while the processor works at the logarithm.
        let wait = self.next_wait(route, slot, out.path);
        if route.reloads {
            self.start_reload(slot, out.path);
        }
        self.count_call(route, [CallCounter::AttemptRefused], self.now);
        self.count_refusal(desk, out.original);
        let wait = self.within_deadline(slot, wait);
        if let Some(wait) = wait
            && !wait.is_zero()
        {
            // Who is in the orbit stays there: to leave it and come back at one instant is nothing.
            self.pause(slot, wait);
            if out.orbit == Orbit::Outside {
                self.orbit(slot, Change::More);
            }
            return false;
        }
        self.leave_orbit(out);
        self.is_tried_again_at_once((slot, call), Failure::Refused, wait)
    }

    /// Who asks no longer counts among those who wait to retry.
    #[inline(always)]
    fn leave_orbit(&mut self, out: &Outgoing<'_>) {
        if out.orbit == Orbit::Inside {
            self.orbit(out.slot, Change::Less);
        }
    }

    /// An attempt comes into being; its clock and the person's start.
    #[inline(always)]
    fn set_out(&mut self, out: &Outgoing<'p>) -> u32 {
        let (now, caller) = (self.now, self.people.ticket(out.slot));
        let route = out.route;
        let ticket = self.people.add(|| out.task(caller, now));
        let timeout = self.start_timeout(out.slot, route, out.deadline);
        let task = self.people.task_mut(out.slot);
        task.doing = Doing::Calling;
        task.event = timeout;
        task.request.attempt = ticket;
        if route.reloads {
            self.start_reload(out.slot, out.path);
        }
        ticket.slot
    }

    /// The place of the luck of the attempt sent last.
    #[inline(always)]
    fn attempt_path(&self, slot: u32, call: CallId) -> Place {
        let task = self.people.task(slot);
        let path = task.path.step(self.routes.calls[call].luck);
        path.turn(u64::from(task.request.sent))
    }

    /// Whether a message, sent now as the last thing that is done and needing no time on the
    /// network, would arrive at this very instant and be the next event: then what would stand in a
    /// ring may as well happen at once.
    #[inline(always)]
    pub(super) fn is_next_alone(&self) -> bool {
        const DEEPEST: u32 = 16;
        self.hastened < DEEPEST
            && !self.holding_back
            && self.edges.are_calm()
            && self.is_settled()
            && self.agenda.is_quiet()
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
                let number = self.agenda.number();
                self.answer_at(slot, at, number);
            }
        }
    }

    /// An attempt or a message is gone; its caller learns at the timeout, if ever.
    pub(super) fn lose(&mut self, slot: u32) {
        self.message_ends(slot, MessageCounter::Undelivered);
        self.people.remove(slot);
    }

    /// An answer will reach the caller at an instant, by an event of this number.
    pub(super) fn answer_at(&mut self, slot: u32, at: Time, number: Number) {
        self.agenda
            .numbered(number, at, Group::Work, (Kind::Answer, slot));
        let task = self.people.task_mut(slot);
        task.doing = Doing::Answering;
        task.event = number;
    }

    #[inline(always)]
    pub(super) fn start_timeout(&mut self, slot: u32, route: &Route, deadline: Time) -> Number {
        if route.timeout == Span::FOREVER && deadline == Time::NEVER {
            return NO_EVENT;
        }
        let at = self.now + route.timeout;
        if at > deadline {
            self.agenda.at(deadline, Group::Clock, Kind::Timeout, slot)
        } else if route.lane != NO_LANE {
            self.agenda.in_lane(route.lane, Kind::Timeout, slot)
        } else {
            self.agenda.at(at, Group::Clock, Kind::Timeout, slot)
        }
    }

    /// Starts the person's clock anew, where it is a person who waits.
    #[inline(never)]
    pub(super) fn start_reload(&mut self, slot: u32, path: Place) {
        let Some(root) = self.visitor_above(slot) else {
            return;
        };
        let settings = self.settings;
        let Some(reload) = &settings.journeys[self.journey_of(root)].reload else {
            return;
        };
        let Some(after) = &reload.after else { return };
        let reloads = u32::from(self.people.visitor(root).reloads);
        let event = if reload.at_most.is_none_or(|most| reloads < most) {
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
        let attempt = self.people.attempt(slot);
        let told = Told {
            caller: attempt.caller,
            call: attempt.call,
            sent: attempt.sent,
            answer: attempt.answer,
        };
        self.people.remove(slot);
        self.tell(told);
    }

    /// The caller of an attempt that is gone has its answer.
    #[inline(always)]
    pub(super) fn tell(&mut self, told: Told) {
        let Some(task) = self.people.get_mut(told.caller) else {
            return;
        };
        debug_assert_eq!(task.doing, Doing::Calling);
        task.event = NO_EVENT;
        task.request.attempt = Ticket::NONE;
        let (caller, call, sent) = (told.caller.slot, told.call, told.sent);
        match told.answer {
            Answer::Ok => self.request_ok(caller, call, sent),
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
    fn end_attempt_badly(&mut self, call: CallId, how: CallCounter, sent: Time) {
        let routes = self.routes;
        self.count_call(&routes.calls[call], [how], sent);
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
        let path = self.attempt_path(slot, call);
        let wait = self.next_wait(&self.routes.calls[call], slot, path);
        let may_retry = !matches!(
            failure,
            Failure::Final | Failure::FinalRefusal | Failure::NoUnits
        );
        let wait = self.within_deadline(slot, wait.filter(|_| may_retry));
        if self.is_tried_again_at_once((slot, call), failure, wait) {
            self.send((slot, call), Sending::Program, Orbit::Outside);
        }
    }

    /// How long a task waits before it tries again, with the luck of its latest attempt; none when
    /// the policy allows no more attempts.
    #[inline(always)]
    fn next_wait(&self, route: &Route, slot: u32, path: Place) -> Option<Span> {
        let task = self.people.task(slot);
        let retry = route.retry.as_ref()?;
        (task.request.tries < retry.attempts).then(|| backoff(retry, task, path, self.luck))
    }

    /// A wait that ends before the deadline of a request, or none.
    #[inline(always)]
    fn within_deadline(&self, slot: u32, wait: Option<Span>) -> Option<Span> {
        let deadline = self.people.task(slot).request.deadline;
        wait.filter(|&w| deadline == Time::NEVER || self.now + w < deadline)
    }

    /// An attempt has failed: whether the next one is to be sent at this instant; if not, what else
    /// follows is under way: a wait, or, without one, the end of the request.
    #[inline(always)]
    fn is_tried_again_at_once(
        &mut self,
        (slot, call): (u32, CallId),
        failure: Failure,
        wait: Option<Span>,
    ) -> bool {
        let Some(wait) = wait else {
            self.fail_request(slot, call, failure);
            return false;
        };
        if wait.is_zero() {
            let task = self.people.task_mut(slot);
            task.due = Time(0);
            task.request.tries += 1;
        } else {
            self.back_off(slot, wait);
        }
        wait.is_zero()
    }

    fn back_off(&mut self, slot: u32, wait: Span) {
        self.pause(slot, wait);
        self.orbit(slot, Change::More);
    }

    /// A task does nothing for a while before it asks again.
    #[inline(always)]
    fn pause(&mut self, slot: u32, wait: Span) {
        let event = self
            .agenda
            .at(self.now + wait, Group::Clock, Kind::Backoff, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::BackingOff;
        task.due = Time(wait.0);
        task.event = event;
    }

    /// A user begins to wait before asking again, or no longer does.
    #[inline(always)]
    fn orbit(&mut self, slot: u32, by: Change) {
        if self.visitor_above(slot).is_some() {
            let level = self.program.layout.user_level(UserLevel::Orbit);
            self.rec.shift(level, by, self.now);
        }
    }

    /// A backoff is over, or the wait of a person after an error.
    pub(super) fn backoff_ended(&mut self, slot: u32) {
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
    pub(super) fn reload(&mut self, slot: u32) {
        let call = self.call_at(slot);
        self.people.task_mut(slot).request.reload = NO_EVENT;
        self.count_reload(slot);
        match self.people.task(slot).doing {
            Doing::BackingOff => {
                self.orbit(slot, Change::Less);
                self.people.task_mut(slot).event = NO_EVENT;
            }
            _ => {
                let sent = self.abandon_attempt(slot);
                self.end_attempt_badly(call, CallCounter::AttemptCancelled, sent);
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
    pub(super) fn request_ok(&mut self, slot: u32, call: CallId, sent: Time) {
        let (now, routes) = (self.now, self.routes);
        let route = &routes.calls[call];
        let task = self.people.task_mut(slot);
        let asked = task.request.asked;
        task.request.reload = NO_EVENT;
        task.pc += 1;
        task.doing = Doing::Running;
        if self.rec.counts(asked) {
            self.count_call(route, [CallCounter::AttemptOk, CallCounter::Ok], asked);
        } else {
            self.count_call(route, [CallCounter::AttemptOk], sent);
        }
        self.rec.sample_call(call.0, (asked, sent), now);
        if route.from_user {
            self.rec.window_ok(asked, now);
            self.end_wait(slot);
        }
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
        let settings = self.settings;
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
        let path = self.attempt_path(slot, call);
        let task = self.people.task_mut(slot);
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
        let routes = self.routes;
        self.count_call(&routes.calls[call], [CallCounter::Failed], asked);
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
            self.orbit(slot, Change::Less);
        } else {
            let sent = self.abandon_attempt(slot);
            self.end_attempt_badly(call, CallCounter::AttemptCancelled, sent);
        }
        self.request_over(slot, call);
    }

    /// A `send` is reached: a message leaves, nobody waits.
    pub(super) fn send_message(&mut self, slot: u32, call: CallId) -> Flow {
        let (now, program, routes) = (self.now, self.program, self.routes);
        let step = &program.calls[call];
        let task = self.people.task(slot);
        let route = &routes.calls[call];
        let message = Outgoing {
            slot,
            call,
            route,
            path: task.path.step(step.luck).turn(1),
            owner: task.owner,
            deadline: Time::NEVER,
            original: self.heritage(slot).1,
            orbit: Orbit::Outside,
        };
        let layout = program.layout;
        self.count_call(route, [CallCounter::Sent], now);
        self.rec
            .count(layout.message(step.endpoint.0, MessageCounter::Sent));
        self.rec.more(layout.backlog(step.endpoint.0), now);
        let ticket = self.people.add(|| message.task(Ticket::NONE, now));
        self.travel(ticket.slot);
        Flow::Next
    }

    /// Whether an attempt is a message, which nobody waits for.
    #[inline]
    pub(super) fn is_message(&self, call: CallId) -> bool {
        self.routes.calls[call].message
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

/// 2ⁿ, up to 2¹⁰⁰⁰.
#[inline]
fn power_of_two(n: u16) -> f64 {
    f64::from_bits(u64::from(1023 + n.min(1000)) << 52)
}

/// The wait before the n-th retry (semantics 5) of a task, with the luck of the attempt that
/// failed.
#[inline(always)]
fn backoff(retry: &Retry, task: &Task, path: Place, luck: Luck) -> Span {
    if retry.kind == Backoff::None && retry.jitter != Jitter::Decorrelated {
        return Span(0);
    }
    let u = || luck.uniform(task.owner, path, BACKOFF);
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
        Jitter::Exponential => -fast_ln(u()) * v,
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
