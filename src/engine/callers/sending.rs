//! Attempts and messages on their way out: what they are, what they hand down, and what becomes of
//! them at the instant at which they are sent (semantics#call, #giving-up, #retry).
//!
//! What would be the next event anyway happens at once: an attempt that a free worker takes, and
//! one that is turned away for nothing, need no event and no task.

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Kind, NO_EVENT};
use crate::engine::callers::backoff::Follows;
use crate::engine::callers::ending::AttemptEnd;
use crate::engine::callers::ways::Ways;
use crate::engine::guards::asking::Asker;
use crate::engine::record::recorder::Change;
use crate::engine::record::windows::NO_STEP;
use crate::engine::route::{Desk, Route};
use crate::engine::services::balance::{Comer, Placing};
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::{ANYWHERE, Doing};
use crate::engine::tasks::frame::NO_FRAME;
use crate::engine::tasks::label::Label;
use crate::engine::tasks::population::{Answer, Attempt, Failure, Pass, Request, Role, Task};
use crate::observation::{CALL_COUNTERS, CallCounter};
use crate::program::CallId;
use crate::random::key::Owner;

/// How an attempt after the first came to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Sending {
    /// By the program.
    Program,
    /// By a person who asks again.
    Person,
}

/// Where a task that asks comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Orbit {
    /// It still counts among those who wait to retry.
    Inside,
    /// It does not.
    Outside,
}

/// An attempt that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Outgoing<'p> {
    /// Who asks.
    pub(in crate::engine) slot: u32,
    pub(super) call: CallId,
    pub(in crate::engine) route: &'p Route,
    pub(in crate::engine) ways: Ways,
    pub(in crate::engine) owner: Owner,
    pub(in crate::engine) deadline: Time,
    pub(in crate::engine) original: bool,
    pub(in crate::engine) label: Label,
    /// Where who asks comes from.
    pub(super) orbit: Orbit,
}

impl Outgoing<'_> {
    /// Whose guards are asked about it.
    pub(super) fn asker(&self) -> Asker {
        Asker {
            slot: self.slot,
            call: self.call,
            label: self.label,
        }
    }

    /// The task of the attempt, sent then, and of whoever waits for it; nobody has taken it yet.
    #[inline(always)]
    pub(in crate::engine) fn task(&self, caller: Ticket, sent: Time) -> Task {
        Task {
            pc: self.route.entry,
            frame: NO_FRAME,
            path: self.ways.path,
            owner: self.owner,
            awaits: NO_EVENT,
            label: self.label,
            doing: Doing::Travelling { to: ANYWHERE },
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
                pass: Pass::default(),
                is_twin: false,
            }),
        }
    }
}

impl<'p> Sim<'p> {
    /// What a task hands down to its attempts: the deadline that it has inherited, and whether
    /// its work is original all the way up.
    #[inline(always)]
    pub(in crate::engine) fn heritage(&self, slot: u32) -> (Time, bool) {
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
    pub(in crate::engine) fn begin_request(&mut self, slot: u32, call: CallId) {
        let (now, routes) = (self.now, self.rules.routes);
        let route = &routes.calls[call];
        let row = self
            .rec
            .row::<{ CALL_COUNTERS as usize }>(route.counters, now);
        row[CallCounter::Started as usize] += 1;
        // An attempt is counted when its guards let it go.
        row[CallCounter::Sent as usize] += u32::from(!route.watch.sending());
        if route.step != NO_STEP {
            self.rec.windows.started(route.step, now);
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
        let (owner, from, label) = (task.owner, task.path, task.label);
        let label = self.label_of(call, route, (label, from, owner));
        let ways = self.ways(call, route, (from, 1));
        let first = Outgoing {
            slot,
            call,
            route,
            ways,
            owner,
            deadline,
            original,
            label,
            orbit: Orbit::Outside,
        };
        let follows = match route.watch.is_quiet() {
            true => self.send_one(&first),
            false => self.send_first_watched(first),
        };
        if follows == Follows::Another && self.another() {
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
    pub(in crate::engine) fn outgoing(&self, slot: u32) -> Outgoing<'p> {
        let (call, request) = (self.call_at(slot), self.people.task(slot).request);
        let route = &self.rules.routes.calls[call];
        let task = self.people.task(slot);
        let label = self.label_of(call, route, (task.label, task.path, task.owner));
        Outgoing {
            slot,
            call,
            route,
            ways: Ways::new(&self.rules.luck, route, self.attempt_path(slot, call)),
            owner: self.people.task(slot).owner,
            deadline: request.deadline,
            original: request.sent == 1 && self.heritage(slot).1,
            label,
            orbit: Orbit::Outside,
        }
    }

    /// Sends another attempt of the request of a task, and others as long as each is turned away
    /// and followed by the next at this very instant.
    pub(in crate::engine) fn send(
        &mut self,
        (slot, call): (u32, CallId),
        sending: Sending,
        mut orbit: Orbit,
    ) {
        let (now, routes) = (self.now, self.rules.routes);
        let route = &routes.calls[call];
        if sending == Sending::Person {
            self.count_call(route, [CallCounter::Reloaded], now);
        }
        loop {
            if !route.watch.sending() {
                self.count_call(route, [CallCounter::Sent], now);
            }
            let task = self.people.task_mut(slot);
            let request = &mut task.request;
            request.sent = request.sent.saturating_add(1);
            request.last_sent = now;
            let (sent, deadline) = (request.sent, request.deadline);
            let (owner, from, label) = (task.owner, task.path, task.label);
            let label = self.label_of(call, route, (label, from, owner));
            let ways = self.ways(call, route, (from, sent));
            let next = Outgoing {
                slot,
                call,
                route,
                ways,
                owner,
                deadline,
                original: false,
                label,
                orbit,
            };
            let follows = match route.watch.sending() {
                false => self.send_one(&next),
                true => self.send_watched(next),
            };
            if !(follows == Follows::Another && self.another()) {
                return;
            }
            orbit = Orbit::Outside;
        }
    }

    /// Sends an attempt that is counted already: what follows if it has failed at once.
    #[inline(always)]
    pub(super) fn send_one(&mut self, out: &Outgoing<'p>) -> Follows {
        let (route, desk) = (out.route, &out.route.desk);
        if self.now >= out.deadline || !desk.near || !self.is_next_alone() {
            self.send_on_its_way(*out);
            return Follows::Nothing;
        }
        let comer = Comer {
            owner: out.owner,
            path: out.ways.path,
            label: out.label,
            entry: route.entry,
        };
        let place = self.place(comer, route.service, desk);
        if let Placing::Started(index) = place
            && let Some(demand) = self.demand_in_place(out, index)
        {
            self.leave_orbit(out);
            self.serve(out, desk, (index, demand));
            return Follows::Nothing;
        }
        if desk.refuses_for_nothing {
            match place {
                Placing::Refused(index) => {
                    self.no_room((route.service, desk.shared), index);
                    return self.turn_away(out, desk);
                }
                Placing::Shed | Placing::Limited(_) => return self.turn_away(out, desk),
                _ => {}
            }
        }
        self.send_apart(*out, place);
        Follows::Nothing
    }

    /// An attempt sets out that does not arrive at this very instant, or not before other things
    /// that happen at it; or it is too late for it.
    #[inline(never)]
    fn send_on_its_way(&mut self, out: Outgoing<'p>) {
        self.leave_orbit(&out);
        if self.now >= out.deadline {
            let how = (AttemptEnd::Stopped, self.now);
            self.attempt_over((out.slot, out.call), out.route, how);
            self.fail_request(out.slot, out.call, Failure::Refused);
        } else if let Some(hedge) = out.route.hedge {
            self.begin_round(&out, hedge);
        } else {
            let attempt = self.set_out(&out);
            self.travel(attempt, out.slot);
        }
    }

    /// An attempt arrives at once, and needs a task of its own.
    #[inline(never)]
    fn send_apart(&mut self, out: Outgoing<'p>, place: Placing) {
        self.leave_orbit(&out);
        self.pending.crosses();
        let attempt = self.set_out(&out);
        self.arrive_at(attempt, out.route.service, place);
        self.pending.crossed();
    }

    /// An attempt is turned away where its caller is told at this very instant and before anything
    /// else happens, so that it needs no task of its own: what follows at once.
    #[inline(always)]
    fn turn_away(&mut self, out: &Outgoing<'p>, desk: &Desk) -> Follows {
        let Outgoing {
            slot, call, route, ..
        } = *out;
        if route.watch.failures() {
            self.count_refusal(desk, out.original);
            return self.turn_away_heard(*out, AttemptEnd::Refused);
        }
        // First of all, so that the rest is done while the processor works at the logarithm.
        let wait = self.next_wait(route, (slot, out.deadline), out.ways.backoff);
        if route.reloads {
            self.start_reload(slot, out.ways.path);
        }
        self.attempt_over((slot, call), route, (AttemptEnd::Refused, self.now));
        self.count_refusal(desk, out.original);
        self.follow_refusal(out, wait)
    }

    /// What follows a refusal at once, by the wait that the policy has.
    #[inline(always)]
    pub(super) fn follow_refusal(&mut self, out: &Outgoing<'p>, wait: Option<Span>) -> Follows {
        let Outgoing {
            slot, call, route, ..
        } = *out;
        if let Some(wait) = wait
            && !wait.is_zero()
        {
            // Who is in the orbit stays there: to leave it and come back at one instant is nothing.
            self.pause(slot, wait);
            if out.orbit == Orbit::Outside {
                self.enter_orbit(slot, call);
                self.wait_in_orbit(route, Change::More);
            }
            return Follows::Nothing;
        }
        self.leave_orbit(out);
        self.follow_up((slot, call), Failure::Refused, wait)
    }

    /// Who asks no longer counts among those who wait to retry.
    #[inline(always)]
    pub(super) fn leave_orbit(&mut self, out: &Outgoing<'_>) {
        if out.orbit == Orbit::Inside {
            self.wait_in_orbit(out.route, Change::Less);
        }
    }

    /// An attempt comes into being; its clock and the person's start.
    #[inline(always)]
    fn set_out(&mut self, out: &Outgoing<'p>) -> u32 {
        let (now, caller) = (self.now, self.people.ticket(out.slot));
        let route = out.route;
        let ticket = self.people.add(|| out.task(caller, now));
        let timeout = self.start_timeout((Kind::Timeout, out.slot), route, out.deadline);
        let task = self.people.task_mut(out.slot);
        task.doing = Doing::Calling { attempt: ticket };
        task.awaits = timeout;
        if route.reloads {
            self.start_reload(out.slot, out.ways.path);
        }
        ticket.slot
    }

    /// A `send` is reached: a message leaves, nobody waits.
    pub(in crate::engine) fn send_message(&mut self, slot: u32, call: CallId) -> Flow {
        let (step, route) = (
            &self.rules.program.calls[call],
            &self.rules.routes.calls[call],
        );
        let task = self.people.task(slot);
        let label = self.label_of(call, route, (task.label, task.path, task.owner));
        let message = Outgoing {
            slot,
            call,
            route,
            ways: Ways::new(&self.rules.luck, route, task.path.step(step.luck).turn(1)),
            owner: task.owner,
            deadline: Time::NEVER,
            original: self.heritage(slot).1,
            label,
            orbit: Orbit::Outside,
        };
        let sent = self.begin_message(&message).slot;
        self.travel(sent, slot);
        Flow::Next
    }
}
