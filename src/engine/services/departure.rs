//! How attempts leave a service: with an answer, turned away, out of the queue, or by a crash
//! (semantics#call, #giving-up, #refused, #service).

use crate::base::slab::Ticket;
use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::Number;
use crate::engine::callers::caller::Told;
use crate::engine::draws::OfAttempt;
use crate::engine::guards::advice::Word;
use crate::engine::record::recorder::Change;
use crate::engine::route::Desk;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Answer, Attempt};
use crate::engine::world::network::{Passage, Way};
use crate::observation::{MessageCounter, SERVICE_COUNTERS, ServiceCounter, ServiceLevel};
use crate::program::{OnTimeout, ServiceId};

/// How work at a service ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum WorkEnd {
    /// Its steps are done, and somebody receives the answer, or nobody does.
    Done {
        /// Whether the answer is ok and received.
        received: bool,
    },
    /// Nobody waits for it any more, and it stops.
    Stopped,
    /// A crash has taken it.
    Lost,
}

impl WorkEnd {
    /// Done, for somebody.
    pub(in crate::engine) const RECEIVED: WorkEnd = WorkEnd::Done { received: true };
}

impl Sim<'_> {
    fn add_service_ns(&mut self, id: ServiceId, what: ServiceCounter, ns: Span, sent: Time) {
        let ns = ns.0.max(0) as u64;
        let counter = self.rules.program.layout.service(id.0, what);
        self.rec.add_ns_of(counter, ns, sent);
    }

    /// The balancer still sends work to a server that has crashed.
    pub(in crate::engine) fn meet_crash(&mut self, slot: u32, id: ServiceId, server: u32) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, [ServiceCounter::Refused], attempt.sent);
        if self.services.servers[server as usize].silent || self.rules.is_message(attempt.call) {
            self.vanish(slot);
        } else {
            if self.rules.routes.services[id].ejects {
                self.people.attempt(slot).server = server;
            }
            self.people.attempt(slot).answer = Answer::Refused;
            self.send_answer(slot, id);
        }
    }

    /// An attempt or a message is gone; its caller learns at the timeout, if ever.
    pub(super) fn vanish(&mut self, slot: u32) {
        self.message_ends(slot, MessageCounter::Undelivered);
        self.people.remove(slot);
    }

    /// The time in the system of an attempt, accepted then, that leaves it.
    #[inline(always)]
    pub(super) fn leave_system(&mut self, desk: &Desk, accepted: Time) {
        let ns = self.sojourn(accepted);
        self.rec.add_ns(desk.sojourn, ns);
    }

    /// Nanoseconds of the measured period that an attempt accepted then has been in the system.
    #[inline(always)]
    pub(in crate::engine) fn sojourn(&self, accepted: Time) -> u64 {
        let from = accepted.max(self.rec.cut);
        let until = self.now.min(self.course.horizon);
        (until.0 - from.0).max(0) as u64
    }

    /// A waiting attempt leaves without service and is gone.
    pub(in crate::engine) fn quit(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        if attempt.accepted != self.now {
            self.count_service(id, [ServiceCounter::Waited], attempt.sent);
        }
        self.leave_unserved(id, &attempt);
        self.people.remove(slot);
    }

    /// A waiting attempt leaves the system without service: what is counted of it.
    pub(super) fn leave_unserved(&mut self, id: ServiceId, attempt: &Attempt) {
        self.count_service(id, [ServiceCounter::LeftQueue], attempt.sent);
        if self.rec.counts(attempt.sent) {
            let waits = self.rules.routes.services[id].waits;
            self.rec.sample_counted(waits, attempt.accepted, self.now);
        }
        self.shift(id, [ServiceLevel::InSystem], Change::Less);
        self.leave_system(&self.rules.routes.services[id], attempt.accepted);
    }

    /// An attempt is turned away.
    pub(in crate::engine) fn refuse(&mut self, slot: u32, id: ServiceId, server: Option<u32>) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, [ServiceCounter::Refused], attempt.sent);
        self.turn_back(slot, id, server);
    }

    /// An attempt that is counted already is turned away.
    pub(super) fn turn_back(&mut self, slot: u32, id: ServiceId, server: Option<u32>) {
        let attempt = *self.people.attempt(slot);
        let settings = &self.rules.settings.services[id];
        if self.rules.is_message(attempt.call) {
            self.vanish(slot);
            return;
        }
        let answers = [Answer::Refused, Answer::FinalRefusal];
        self.people.attempt(slot).answer = answers[usize::from(settings.is_final)];
        let desk = &self.rules.routes.calls[attempt.call].desk;
        if let Some(index) = server.filter(|_| desk.ejects || desk.tells) {
            self.people.attempt(slot).server = index;
        }
        if let (Some(law), Some(index)) = (&settings.refuse_cost, server) {
            let task = self.people.task(slot);
            let demand = law.span(self.rules.luck.uniform(
                task.owner,
                task.path,
                OfAttempt::RefuseCost as u32,
            ));
            self.people.attempt(slot).server = index;
            self.join_cores(slot, index, demand, Doing::Refusing);
        } else {
            self.refusal_leaves(slot, id);
        }
    }

    pub(in crate::engine) fn refusal_leaves(&mut self, slot: u32, id: ServiceId) {
        if self.rules.settings.services[id].silent {
            self.people.remove(slot);
        } else {
            self.send_answer(slot, id);
        }
    }

    /// An answer sets out for the caller.
    pub(super) fn send_answer(&mut self, slot: u32, id: ServiceId) {
        let number = self.agenda.number();
        self.send_numbered_answer(slot, id, number);
    }

    /// An answer sets out, its event having this number.
    fn send_numbered_answer(&mut self, slot: u32, id: ServiceId, number: Number) {
        let attempt = self.people.attempt(slot);
        let (call, server) = (attempt.call, attempt.server);
        let from = self.rules.program.calls[call].from;
        let word = match self.rules.routes.calls[call].desk.tells {
            true => self.word_to_caller(slot, server),
            false => Word::NONE,
        };
        self.people.attempt(slot).active = word.bits();
        match self.passage((slot, None), (from, id), Way::Back) {
            Passage::Arrives(at) => self.answer_at(slot, at, number),
            Passage::Lost | Passage::Fails(_) => self.answer_lost(slot, id),
            Passage::TurnedAway(at) => {
                self.people.attempt(slot).active = Word::NONE.bits();
                let attempt = *self.people.attempt(slot);
                if attempt.answer == Answer::Ok {
                    self.count_wasted(id, &attempt, self.now);
                    let attempt = self.people.attempt(slot);
                    (attempt.answer, attempt.served) = (Answer::Refused, false);
                }
                self.answer_at(slot, at, number);
            }
        }
    }

    fn answer_lost(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        if attempt.served {
            self.count_wasted(id, &attempt, self.now);
        }
        self.people.remove(slot);
    }

    /// An endpoint ends with an error or a refusal of its own.
    pub(in crate::engine) fn fail_endpoint(&mut self, slot: u32, refused: bool, last: bool) {
        let root = self.attempt_above(slot);
        self.interrupt(root);
        let answer = match (refused, last) {
            (true, false) => Answer::Refused,
            (false, false) => Answer::Error,
            (true, true) => Answer::FinalRefusal,
            (false, true) => Answer::Final,
        };
        self.finish(root, answer);
    }

    /// The steps of an endpoint have ended: the worker is free, the answer sets out.
    pub(in crate::engine) fn finish(&mut self, slot: u32, answer: Answer) {
        let (now, routes) = (self.now, self.rules.routes);
        let attempt = self.people.attempt(slot);
        attempt.answer = answer;
        let (sent, accepted, index) = (attempt.sent, attempt.accepted, attempt.server);
        let (caller, call) = (attempt.caller, attempt.call);
        let (route, id) = (&routes.calls[call], routes.calls[call].service);
        let desk = &route.desk;
        let early = !attempt.served;
        let received = early || answer == Answer::Ok && (route.message || !caller.is_none());
        if early && answer != Answer::Ok {
            self.count_late_failure(id);
        }
        if self.rec.counts(sent) {
            self.rec.sample_counted(desk.times, accepted, now);
        }
        self.work_over(desk, index, WorkEnd::Done { received }, (sent, accepted));
        if caller.is_none() {
            self.end_for_nobody(slot, id);
        } else if !desk.near || self.pending.is_held_back() {
            self.take_next(index);
            self.send_answer(slot, id);
        } else {
            // The answer has its number before whatever the next work schedules.
            let number = self.agenda.number();
            if self.has_business(index, desk) || !self.is_next_alone() {
                self.hand_over(slot, id, number);
                return;
            }
            self.people.remove(slot);
            self.pending.crosses();
            self.tell(Told {
                caller,
                call,
                sent,
                answer,
            });
            self.pending.crossed();
        }
    }

    /// A worker is free for the next, and the answer sets out, with this number. Where nothing else
    /// happens at this instant, it reaches its caller within this event.
    #[inline(never)]
    fn hand_over(&mut self, slot: u32, id: ServiceId, number: Number) {
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.doing = Doing::Answering {
            since: Slim::new(now),
        };
        task.awaits = number;
        let ticket = self.people.ticket(slot);
        let index = self.people.attempt(slot).server;
        self.take_next(index);
        if self.pending.is_any_ready() {
            self.pending.hold_back();
            self.settle();
            self.pending.let_go();
            if self.people.get(ticket).is_none() {
                return;
            }
        }
        if self.is_next_alone() {
            self.pending.crosses();
            let told = Told::of(self.people.attempt(slot));
            self.people.remove(slot);
            self.tell(told);
            self.pending.crossed();
        } else {
            self.send_numbered_answer(slot, id, number);
        }
    }

    /// A worker of a server is free.
    #[inline(always)]
    pub(super) fn free_one(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        server.occupied -= 1;
        server.line.gauge.give(u64::from(server.occupied), self.now);
        if server.occupied >= server.workers {
            self.shed_one(index);
        }
    }

    /// The work of an attempt, sent and accepted then, is over, however it ends: its worker is
    /// free, and the attempt is out of the system.
    #[inline(always)]
    pub(in crate::engine) fn work_over(
        &mut self,
        desk: &Desk,
        index: u32,
        how: WorkEnd,
        (sent, accepted): (Time, Time),
    ) {
        let row = self
            .rec
            .row::<{ SERVICE_COUNTERS as usize }>(desk.counters, sent);
        match how {
            WorkEnd::Done { received } => {
                row[ServiceCounter::Completed as usize] += 1;
                row[ServiceCounter::Goodput as usize] += u32::from(received);
            }
            WorkEnd::Stopped => row[ServiceCounter::Stopped as usize] += 1,
            WorkEnd::Lost => row[ServiceCounter::Lost as usize] += 1,
        }
        if desk.limits {
            self.limiter_ended(index, accepted, how);
        }
        self.free_one(index);
        if desk.tended {
            self.tend(index);
        }
        self.shift_held(desk, Change::Less);
        self.leave_system(desk, accepted);
    }

    /// Work whose result nobody received.
    pub(super) fn count_wasted(&mut self, id: ServiceId, attempt: &Attempt, ended: Time) {
        self.count_service(id, [ServiceCounter::Wasted], attempt.sent);
        let held = ended - attempt.started;
        self.add_service_ns(id, ServiceCounter::WastedHeldNs, held, attempt.sent);
        self.add_service_ns(id, ServiceCounter::WastedCpuNs, attempt.cpu, attempt.sent);
    }

    /// The caller of an attempt has stopped waiting (semantics#giving-up).
    pub(in crate::engine) fn caller_left(&mut self, ticket: Ticket) {
        let Some(task) = self.people.get(ticket) else {
            return;
        };
        let (slot, doing) = (ticket.slot, task.doing);
        if let Doing::AtCredit { .. } = doing {
            let caller = self.people.attempt(slot).caller.slot;
            self.give_up_credit(slot, caller);
            return;
        }
        self.people.attempt(slot).caller = Ticket::NONE;
        let attempt = *self.people.attempt(slot);
        let id = self.rules.program.calls[attempt.call].service;
        let on_timeout = self.rules.settings.services[id].on_timeout;
        match doing {
            Doing::Answering { since } => {
                if attempt.served {
                    self.count_wasted(id, &attempt, since.get());
                }
                self.people.remove(slot);
            }
            Doing::Queued if matches!(on_timeout, OnTimeout::Dequeue | OnTimeout::Cancel) => {
                self.leave_line_of(slot, id);
                self.quit(slot, id);
            }
            Doing::Travelling { .. } | Doing::AtLimit { .. } | Doing::Queued | Doing::Refusing => {}
            Doing::Running
            | Doing::Timed { .. }
            | Doing::Halted { .. }
            | Doing::PutBack { .. }
            | Doing::Sharing
            | Doing::Calling { .. }
            | Doing::Hedging { .. }
            | Doing::Served { .. }
            | Doing::BackingOff
            | Doing::AtPool { .. }
            | Doing::AtMiss { .. }
            | Doing::Joining
            | Doing::Done => {
                if on_timeout == OnTimeout::Cancel {
                    self.pending.doom(ticket);
                }
            }
            Doing::AtDoor { .. } | Doing::AtHome | Doing::AtCredit { .. } => {
                unreachable!("an attempt under way is never {doing:?}")
            }
        }
    }

    /// Work begun stops because nobody waits for it.
    pub(in crate::engine) fn stop_work(&mut self, ticket: Ticket) {
        if self.people.get(ticket).is_none() || self.fills_for_others(ticket) {
            return;
        }
        let slot = ticket.slot;
        if let Doing::PutBack { .. } = self.people.task(slot).doing {
            self.stop_put_back(slot);
            return;
        }
        self.interrupt(slot);
        let attempt = *self.people.attempt(slot);
        let id = self.rules.program.calls[attempt.call].service;
        self.abort(id, &attempt, WorkEnd::Stopped);
        self.count_wasted(id, &attempt, self.now);
        self.people.remove(slot);
        self.take_next(attempt.server);
    }

    /// Work of an attempt ends before its steps are done.
    pub(super) fn abort(&mut self, id: ServiceId, attempt: &Attempt, how: WorkEnd) {
        let desk = &self.rules.routes.services[id];
        self.work_over(desk, attempt.server, how, (attempt.sent, attempt.accepted));
    }
}
