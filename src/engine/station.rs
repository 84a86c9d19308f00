//! A service: balancing, queues, workers, and how attempts come and go (semantics 2, 3, 4 and 7).

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{NO_EVENT, Number};
use crate::engine::caller::Told;
use crate::engine::network::{Passage, Way};
use crate::engine::population::{Answer, Attempt, Doing, Population};
use crate::engine::queue::Queue;
use crate::engine::recorder::Change;
use crate::engine::route::Desk;
use crate::engine::server::{Server, State};
use crate::observation::{
    MessageCounter, SERVICE_COUNTERS, ServiceCounter, ServiceLevel, ServiceSample,
};
use crate::program::{Balance, FaultKind, OnTimeout, ServiceId, ServiceSettings};
use crate::random::key::{Owner, Place};

/// Draws at the path of an attempt, after those of the caller.
const BALANCE: u32 = 8;
const SECOND_CHOICE: u32 = 9;
const REFUSE_COST: u32 = 10;
/// First draw of the error faults; each has one.
const ERRORS: u32 = 16;
/// Steps of the luck that belongs to no user.
const RANDOM_ORDER: u64 = 0x7261_6e64_6f6d_0001;
const STICKY: u64 = 0x7374_6963_6b79_0001;

/// What becomes of an attempt that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placing {
    /// A free worker of this server takes it.
    Started(u32),
    /// It waits at this server, or, for [`u32::MAX`], for all of them.
    Queued(u32),
    /// It is turned away, by this server if there is any.
    Refused(Option<u32>),
    /// It meets the crash of this server.
    Crashed(u32),
}

/// A service under way.
#[derive(Debug)]
pub(super) struct Station {
    /// First of its servers among all.
    pub(super) first: u32,
    /// Servers that the settings ask for.
    pub(super) wanted: u32,
    /// Servers there ever may be.
    pub(super) most: u32,
    /// The queue, when it is shared.
    pub(super) queue: Queue,
    /// Servers that the balancer knows, by number.
    pub(super) eligible: Vec<u32>,
    /// Attempts that the balancer has sent on so far: whose turn it is.
    turn: u32,
    /// Draws of a random order so far.
    draws: u32,
    /// The only server that the balancer knows, among all; [`u32::MAX`] if it knows none or more.
    only: u32,
    /// Error faults in force.
    pub(super) errors: Vec<u32>,
}

/// Whether a task with this number still waits in a queue.
#[inline]
pub(super) fn waits(people: &Population, slot: u32, number: Number) -> bool {
    people
        .tenant(slot)
        .is_some_and(|t| t.event == number && t.doing == Doing::Queued)
}

impl Sim<'_> {
    /// Opens every service with the servers of the first epoch.
    pub(super) fn open_stations(&mut self) {
        let program = self.program;
        for (id, service) in program.services.iter() {
            let first = self.servers.len() as u32;
            for number in 0..service.servers_max {
                self.servers.push(Server::new(id, number));
            }
            let wanted = self.settings.services[id].servers;
            self.stations.push(Station {
                first,
                wanted,
                most: service.servers_max,
                queue: Queue::default(),
                eligible: Vec::new(),
                turn: 0,
                draws: 0,
                only: u32::MAX,
                errors: Vec::new(),
            });
            for number in 0..wanted {
                self.servers[(first + number) as usize].state = State::Up;
            }
            self.servers_changed(id);
            let desk = &self.routes.services[id];
            if desk.plain {
                let same = [ServiceLevel::Active as u32, ServiceLevel::Busy as u32];
                self.rec.equate(desk.meter, same, ServiceLevel::Held as u32);
            }
        }
    }

    /// Numbers of servers that are up, draining or known to the balancer have changed.
    pub(super) fn servers_changed(&mut self, id: ServiceId) {
        let now = self.now;
        let station = &mut self.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        let servers = &self.servers[range];
        station.eligible.clear();
        station
            .eligible
            .extend(servers.iter().filter(|s| s.is_eligible()).map(|s| s.number));
        station.only = match station.eligible[..] {
            [only] => station.first + only,
            _ => u32::MAX,
        };
        let working = servers.iter().filter(|s| s.works()).count() as u32;
        let settings = &self.settings.services[id];
        let (layout, wanted) = (self.program.layout, station.wanted);
        let mut set = |level, value| self.rec.set(layout.service_level(id.0, level), value, now);
        set(ServiceLevel::Up, working);
        set(
            ServiceLevel::Workers,
            working.saturating_mul(settings.workers),
        );
        set(ServiceLevel::Cores, working.saturating_mul(settings.cores));
        set(ServiceLevel::Nominal, wanted);
    }

    /// Counts things of a service, of an attempt that was sent then.
    #[inline(always)]
    fn count_service<const N: usize>(
        &mut self,
        id: ServiceId,
        what: [ServiceCounter; N],
        sent: Time,
    ) {
        if self.rec.counts(sent) {
            let first = self.routes.services[id].counters;
            let row = self.rec.row::<{ SERVICE_COUNTERS as usize }>(first);
            for what in what {
                row[what as usize] += 1;
            }
        }
    }

    fn add_service_ns(&mut self, id: ServiceId, what: ServiceCounter, ns: Span, sent: Time) {
        if self.rec.counts(sent) {
            let ns = ns.0.max(0) as u64;
            self.rec.add_ns(self.program.layout.service(id.0, what), ns);
        }
    }

    /// Attempts in the system and workers held go up or down by one.
    #[inline(always)]
    pub(super) fn shift_held(&mut self, desk: &Desk, by: Change) {
        let levels = [ServiceLevel::InSystem as u32, ServiceLevel::Held as u32];
        self.rec.shift_at(desk.meter, levels, (by, self.now));
    }

    /// Levels of a service go up or down by one.
    #[inline(always)]
    pub(super) fn shift<const N: usize>(
        &mut self,
        id: ServiceId,
        levels: [ServiceLevel; N],
        by: Change,
    ) {
        let meter = self.routes.services[id].meter;
        self.rec
            .shift_at(meter, levels.map(|level| level as u32), (by, self.now));
    }

    /// An attempt or a message arrives.
    pub(super) fn attempt_arrived(&mut self, slot: u32) {
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.event = NO_EVENT;
        let (owner, path) = (task.owner, task.path);
        let attempt = self.people.attempt(slot);
        attempt.accepted = now;
        let id = self.routes.calls[attempt.call].service;
        let gives_up = matches!(
            self.routes.services[id].on_timeout,
            OnTimeout::Dequeue | OnTimeout::Cancel
        );
        if gives_up && self.is_orphan(slot) {
            self.count_arrival(slot, id, [ServiceCounter::Accepted]);
            self.shift(id, [ServiceLevel::InSystem], Change::More);
            self.quit(slot, id);
        } else {
            let place = self.place((owner, path), id, &self.routes.services[id]);
            self.arrive_at(slot, id, place);
        }
    }

    /// Counts an attempt that has arrived, and what else is to be counted of it.
    #[inline(always)]
    fn count_arrival<const N: usize>(
        &mut self,
        slot: u32,
        id: ServiceId,
        what: [ServiceCounter; N],
    ) {
        let attempt = self.people.attempt(slot);
        if self.rec.counts(attempt.sent) {
            let first = self.routes.services[id].counters;
            let row = self.rec.row::<{ SERVICE_COUNTERS as usize }>(first);
            row[ServiceCounter::Arrived as usize] += 1;
            row[ServiceCounter::Original as usize] += u32::from(attempt.original);
            for what in what {
                row[what as usize] += 1;
            }
        }
    }

    /// What becomes of an attempt that arrives now, by the state at this instant.
    #[inline(always)]
    pub(super) fn place(
        &mut self,
        (owner, path): (Owner, Place),
        id: ServiceId,
        desk: &Desk,
    ) -> Placing {
        let station = &mut self.stations[id];
        station.turn = station.turn.wrapping_add(1);
        let index = if station.only == u32::MAX {
            match self.balance(owner, path, id) {
                Some(index) => index,
                None => return Placing::Refused(None),
            }
        } else {
            station.only
        };
        let server = &self.servers[index as usize];
        if server.state == State::Down {
            Placing::Crashed(index)
        } else if desk.shared {
            match self.freest(id) {
                Some(free) => Placing::Started(free),
                None if u64::from(self.stations[id].queue.len()) < desk.limit => {
                    Placing::Queued(u32::MAX)
                }
                None => Placing::Refused(Some(index)),
            }
        } else if server.occupied < desk.workers {
            Placing::Started(index)
        } else if u64::from(server.queue.len()) < desk.limit {
            Placing::Queued(index)
        } else {
            Placing::Refused(Some(index))
        }
    }

    /// An attempt takes the place that was found for it.
    pub(super) fn arrive_at(&mut self, slot: u32, id: ServiceId, place: Placing) {
        match place {
            Placing::Started(index) => {
                self.count_arrival(slot, id, [ServiceCounter::Accepted]);
                if self.expires(slot, id) {
                    self.shift(id, [ServiceLevel::InSystem], Change::More);
                    self.quit(slot, id);
                } else {
                    self.shift_held(&self.routes.services[id], Change::More);
                    self.start(slot, id, index);
                    self.execute(slot);
                }
            }
            Placing::Queued(index) => self.wait_in_queue(slot, id, index),
            Placing::Refused(index) => {
                self.count_arrival(slot, id, []);
                self.refuse(slot, id, index);
            }
            Placing::Crashed(index) => {
                self.count_arrival(slot, id, []);
                self.meet_crash(slot, id, index);
            }
        }
    }

    /// An attempt is accepted and waits, at a server or for all of them.
    fn wait_in_queue(&mut self, slot: u32, id: ServiceId, index: u32) {
        self.count_arrival(slot, id, [ServiceCounter::Accepted]);
        let number = self.agenda.number();
        let task = self.people.task_mut(slot);
        task.doing = Doing::Queued;
        task.event = number;
        self.people.attempt(slot).server = index;
        self.shift(id, [ServiceLevel::InSystem], Change::More);
        self.queue_level(id, Change::More);
        let queue = if index == u32::MAX {
            &mut self.stations[id].queue
        } else {
            &mut self.servers[index as usize].queue
        };
        queue.join(slot, number);
    }

    /// Counts an attempt sent now and refused at once.
    #[inline(always)]
    pub(super) fn count_refusal(&mut self, desk: &Desk, original: bool) {
        if self.rec.counts(self.now) {
            let row = self.rec.row::<{ SERVICE_COUNTERS as usize }>(desk.counters);
            row[ServiceCounter::Arrived as usize] += 1;
            row[ServiceCounter::Refused as usize] += 1;
            row[ServiceCounter::Original as usize] += u32::from(original);
        }
    }

    /// Whether nobody waits for an attempt any more.
    #[inline]
    fn is_orphan(&mut self, slot: u32) -> bool {
        let attempt = self.people.attempt(slot);
        let (call, caller) = (attempt.call, attempt.caller);
        caller.is_none() && !self.is_message(call)
    }

    /// The balancer still sends work to a server that has crashed.
    fn meet_crash(&mut self, slot: u32, id: ServiceId, server: u32) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, [ServiceCounter::Refused], attempt.sent);
        if self.servers[server as usize].silent || self.is_message(attempt.call) {
            self.lose(slot);
        } else {
            self.people.attempt(slot).answer = Answer::Refused;
            self.send_answer(slot, id);
        }
    }

    /// Whether a service notices, where it would start an attempt, that nobody waits for it.
    #[inline(always)]
    fn expires(&mut self, slot: u32, id: ServiceId) -> bool {
        self.routes.services[id].on_timeout == OnTimeout::Expire && self.is_orphan(slot)
    }

    /// The server with a free worker and the fewest in use; ties to the lowest number.
    fn freest(&self, id: ServiceId) -> Option<u32> {
        let (station, workers) = (&self.stations[id], self.settings.services[id].workers);
        let servers = station.eligible.iter().map(|&n| station.first + n);
        let free = servers.filter(|&i| {
            let server = &self.servers[i as usize];
            server.state == State::Up && server.occupied < workers
        });
        free.min_by_key(|&i| (self.servers[i as usize].occupied, i))
    }

    fn queue_level(&mut self, id: ServiceId, by: Change) {
        self.shift(id, [ServiceLevel::Queue], by);
        let layout = self.program.layout;
        let waiting = self
            .rec
            .value(layout.service_level(id.0, ServiceLevel::Queue));
        if waiting <= 1 {
            let level = layout.service_level(id.0, ServiceLevel::QueueNonEmpty);
            self.rec.set(level, waiting, self.now);
        }
    }

    /// Which server an attempt goes to, by the state at this instant.
    #[inline]
    fn balance(&mut self, owner: Owner, path: Place, id: ServiceId) -> Option<u32> {
        let settings = &self.settings.services[id];
        let station = &mut self.stations[id];
        let n = station.eligible.len() as u32;
        let first = station.first;
        let turn = station.turn.wrapping_sub(1);
        if n <= 1 || settings.shared {
            return station.eligible.first().map(|&number| first + number);
        }
        let load = |number: u32| self.servers[(first + number) as usize].load();
        let number = match settings.balance {
            Balance::RoundRobin => station.eligible[(turn % n) as usize],
            Balance::Random => {
                let u = self.luck.uniform(owner, path, BALANCE);
                station.eligible[(u * f64::from(n)) as usize]
            }
            Balance::LeastLoaded => {
                let least = station
                    .eligible
                    .iter()
                    .min_by_key(|&&number| (load(number), number));
                *least.expect("there are several")
            }
            Balance::TwoChoices => {
                let a = (self.luck.uniform(owner, path, BALANCE) * f64::from(n)) as u32;
                let b = self.luck.uniform(owner, path, SECOND_CHOICE) * f64::from(n - 1);
                let b = b as u32 + u32::from(b as u32 >= a);
                let pair = [station.eligible[a as usize], station.eligible[b as usize]];
                pair.into_iter()
                    .min_by_key(|&number| (load(number), number))
                    .expect("two")
            }
            Balance::Sticky => {
                let place = Place::ROOT
                    .step(STICKY)
                    .turn(self.program.services[id].owner.0);
                let u = self.luck.uniform(owner, place, 0);
                station.eligible[(u * f64::from(n)) as usize]
            }
        };
        Some(first + number)
    }

    /// A worker starts an attempt; the levels know already.
    #[inline(always)]
    fn start(&mut self, slot: u32, id: ServiceId, index: u32) {
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.doing = Doing::Running;
        let attempt = self.people.attempt(slot);
        attempt.server = index;
        attempt.started = now;
        attempt.served = true;
        let (accepted, sent) = (attempt.accepted, attempt.sent);
        let waits = self.routes.services[id].waits;
        if accepted != now {
            self.count_service(id, [ServiceCounter::Waited], sent);
            if self.rec.counts(sent) {
                self.rec.sample(waits, accepted, now);
            }
        } else if self.rec.counts(sent) {
            self.count_service(id, [ServiceCounter::AtOnce], sent);
            self.rec.waited_for_nothing(waits, now);
        }
        self.servers[index as usize].occupied += 1;
        if !self.stations[id].errors.is_empty() {
            self.strike(slot, id);
        }
    }

    /// Error faults decide whether an attempt fails where it would start.
    fn strike(&mut self, slot: u32, id: ServiceId) {
        for &number in &self.stations[id].errors {
            if let FaultKind::Error { share, code, .. } = self.program.faults[number as usize].kind
            {
                let task = self.people.task(slot);
                if self.luck.uniform(task.owner, task.path, ERRORS + number) < share {
                    self.people.task_mut(slot).pc = code;
                    return;
                }
            }
        }
    }

    /// The time in the system of an attempt, accepted then, that leaves it.
    #[inline(always)]
    pub(super) fn leave_system(&mut self, desk: &Desk, accepted: Time) {
        let ns = self.sojourn(accepted);
        self.rec.add_ns(desk.sojourn, ns);
    }

    /// Nanoseconds of the measured period that an attempt accepted then has been in the system.
    #[inline(always)]
    pub(super) fn sojourn(&self, accepted: Time) -> u64 {
        let from = accepted.max(self.rec.cut);
        let until = self.now.min(self.horizon);
        (until.0 - from.0).max(0) as u64
    }

    /// A waiting attempt leaves without service and is gone.
    fn quit(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, [ServiceCounter::LeftQueue], attempt.sent);
        if attempt.accepted != self.now {
            self.count_service(id, [ServiceCounter::Waited], attempt.sent);
        }
        if self.rec.counts(attempt.sent) {
            let sample = self.program.layout.service_time(id.0, ServiceSample::Wait);
            self.rec.sample(sample, attempt.accepted, self.now);
        }
        self.shift(id, [ServiceLevel::InSystem], Change::Less);
        self.leave_system(&self.routes.services[id], attempt.accepted);
        self.people.remove(slot);
    }

    /// An attempt is turned away.
    fn refuse(&mut self, slot: u32, id: ServiceId, server: Option<u32>) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, [ServiceCounter::Refused], attempt.sent);
        let settings = &self.settings.services[id];
        if self.is_message(attempt.call) {
            self.lose(slot);
            return;
        }
        self.people.attempt(slot).answer = Answer::Refused;
        if let (Some(law), Some(index)) = (&settings.refuse_cost, server) {
            let task = self.people.task(slot);
            let demand = law.span(self.luck.uniform(task.owner, task.path, REFUSE_COST));
            self.people.attempt(slot).server = index;
            self.join_cores(slot, index, demand, Doing::Refusing);
        } else {
            self.refusal_leaves(slot, id);
        }
    }

    pub(super) fn refusal_leaves(&mut self, slot: u32, id: ServiceId) {
        if self.settings.services[id].silent {
            self.people.remove(slot);
        } else {
            self.send_answer(slot, id);
        }
    }

    /// An answer sets out for the caller.
    fn send_answer(&mut self, slot: u32, id: ServiceId) {
        let number = self.agenda.number();
        self.send_numbered_answer(slot, id, number);
    }

    /// An answer sets out, its event having this number.
    fn send_numbered_answer(&mut self, slot: u32, id: ServiceId, number: Number) {
        let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
        let from = self.program.calls[self.people.attempt(slot).call].from;
        match self.passage((from, id), (owner, path), Way::Back) {
            Passage::Arrives(at) => self.answer_at(slot, at, number),
            Passage::Lost => self.answer_lost(slot, id),
            Passage::TurnedAway(at) => {
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
    pub(super) fn fail_endpoint(&mut self, slot: u32, refused: bool, last: bool) {
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
    pub(super) fn finish(&mut self, slot: u32, answer: Answer) {
        let (now, routes) = (self.now, self.routes);
        let attempt = self.people.attempt(slot);
        attempt.answer = answer;
        let (sent, accepted, index) = (attempt.sent, attempt.accepted, attempt.server);
        let (caller, call) = (attempt.caller, attempt.call);
        let (route, id) = (&routes.calls[call], routes.calls[call].service);
        let desk = &routes.services[id];
        if self.rec.counts(sent) {
            let received = answer == Answer::Ok && (route.message || !caller.is_none());
            let row = self.rec.row::<{ SERVICE_COUNTERS as usize }>(desk.counters);
            row[ServiceCounter::Completed as usize] += 1;
            row[ServiceCounter::Goodput as usize] += u32::from(received);
            self.rec.sample(desk.times, accepted, now);
        }
        self.free_worker(id, index, accepted);
        if caller.is_none() {
            self.end_for_nobody(slot, id);
        } else if !desk.near || self.holding_back {
            self.people.task_mut(slot).due = now;
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
            self.hastened += 1;
            self.tell(Told {
                caller,
                call,
                sent,
                answer,
            });
            self.hastened -= 1;
        }
    }

    /// A message was worked off, or an attempt whose caller has left.
    #[inline(never)]
    fn end_for_nobody(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        if self.is_message(attempt.call) {
            let ended = match attempt.answer {
                Answer::Ok => MessageCounter::Delivered,
                _ => MessageCounter::Undelivered,
            };
            self.message_ends(slot, ended);
        } else {
            self.count_wasted(id, &attempt, self.now);
        }
        self.people.remove(slot);
        self.take_next(attempt.server);
    }

    /// A worker is free for the next, and the answer of the work that has ended sets out, with
    /// this number. Where nothing else happens at this instant, it reaches its caller within this
    /// event.
    #[inline(never)]
    fn hand_over(&mut self, slot: u32, id: ServiceId, number: Number) {
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.doing = Doing::Answering;
        task.event = number;
        task.due = now;
        let ticket = self.people.ticket(slot);
        let index = self.people.attempt(slot).server;
        self.take_next(index);
        if !self.ready.is_empty() {
            self.holding_back = true;
            self.settle();
            self.holding_back = false;
            if self.people.get(ticket).is_none() {
                return;
            }
        }
        if self.is_next_alone() {
            self.hastened += 1;
            self.answer(slot);
            self.hastened -= 1;
        } else {
            self.send_numbered_answer(slot, id, number);
        }
    }

    /// A worker of a server has done with an attempt that was accepted then.
    #[inline(always)]
    fn free_worker(&mut self, id: ServiceId, index: u32, accepted: Time) {
        self.servers[index as usize].occupied -= 1;
        let desk = &self.routes.services[id];
        self.shift_held(desk, Change::Less);
        self.leave_system(desk, accepted);
    }

    /// Whether a worker of a server that becomes free may find something to do.
    #[inline(always)]
    pub(super) fn has_business(&self, index: u32, desk: &Desk) -> bool {
        desk.shared || self.servers[index as usize].has_business()
    }

    /// Work whose result nobody received.
    fn count_wasted(&mut self, id: ServiceId, attempt: &Attempt, ended: Time) {
        self.count_service(id, [ServiceCounter::Wasted], attempt.sent);
        let held = ended - attempt.started;
        self.add_service_ns(id, ServiceCounter::WastedHeldNs, held, attempt.sent);
        self.add_service_ns(id, ServiceCounter::WastedCpuNs, attempt.cpu, attempt.sent);
    }

    /// A free worker of a server takes the next who waits.
    #[inline(always)]
    pub(super) fn take_next(&mut self, index: u32) {
        let id = self.servers[index as usize].service;
        if self.has_business(index, &self.routes.services[id]) {
            self.take_those_who_wait(index, id, &self.settings.services[id]);
        }
    }

    fn take_those_who_wait(&mut self, index: u32, id: ServiceId, settings: &ServiceSettings) {
        loop {
            let server = &self.servers[index as usize];
            if !server.works() || server.occupied >= settings.workers {
                return;
            }
            let Some(slot) = self.next_in_line(index, id, settings) else {
                self.drained(index);
                return;
            };
            self.queue_level(id, Change::Less);
            self.people.task_mut(slot).event = NO_EVENT;
            if self.expires(slot, id) {
                self.quit(slot, id);
            } else {
                self.shift(id, [ServiceLevel::Held], Change::More);
                self.start(slot, id, index);
                self.make_ready(slot);
            }
        }
    }

    fn next_in_line(
        &mut self,
        index: u32,
        id: ServiceId,
        settings: &ServiceSettings,
    ) -> Option<u32> {
        let (people, luck) = (&self.people, self.luck);
        let owner = self.program.services[id].owner;
        let server = &mut self.servers[index as usize];
        let station = &mut self.stations[id];
        let from_shared = server.queue.len() == 0 && station.queue.len() > 0;
        if from_shared && server.state != State::Up {
            return None;
        }
        let draws = &mut station.draws;
        let draw = || {
            *draws += 1;
            luck.uniform(owner, Place::ROOT.step(RANDOM_ORDER), *draws)
        };
        let queue = if from_shared {
            &mut station.queue
        } else {
            &mut server.queue
        };
        let next = queue.next(
            settings.order,
            |slot, number| waits(people, slot, number),
            draw,
        );
        if let Some(after) = queue.front() {
            people.fetch(after);
        }
        next
    }

    /// The caller of an attempt has stopped waiting (semantics 3).
    pub(super) fn caller_left(&mut self, ticket: Ticket) {
        let Some(task) = self.people.get(ticket) else {
            return;
        };
        let (slot, doing, due) = (ticket.slot, task.doing, task.due);
        self.people.attempt(slot).caller = Ticket::NONE;
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        let on_timeout = self.settings.services[id].on_timeout;
        match doing {
            Doing::Answering => {
                if attempt.served {
                    self.count_wasted(id, &attempt, due);
                }
                self.people.remove(slot);
            }
            Doing::Queued if matches!(on_timeout, OnTimeout::Dequeue | OnTimeout::Cancel) => {
                self.leave_queue(slot, id);
                self.quit(slot, id);
            }
            Doing::Travelling | Doing::Queued | Doing::Refusing => {}
            _ if on_timeout == OnTimeout::Cancel => self.doomed.push(ticket),
            _ => {}
        }
    }

    /// A waiting attempt leaves its queue.
    fn leave_queue(&mut self, slot: u32, id: ServiceId) {
        let index = self.people.attempt(slot).server;
        self.people.task_mut(slot).event = NO_EVENT;
        let people = &self.people;
        let still = |slot: u32, number: Number| waits(people, slot, number);
        if index == u32::MAX {
            self.stations[id].queue.left(still);
        } else {
            self.servers[index as usize].queue.left(still);
        }
        self.queue_level(id, Change::Less);
    }

    /// Work begun stops because nobody waits for it.
    pub(super) fn stop_work(&mut self, ticket: Ticket) {
        if self.people.get(ticket).is_none() {
            return;
        }
        let slot = ticket.slot;
        self.interrupt(slot);
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        self.free_worker(id, attempt.server, attempt.accepted);
        self.count_service(id, [ServiceCounter::Stopped], attempt.sent);
        self.count_wasted(id, &attempt, self.now);
        self.people.remove(slot);
        self.take_next(attempt.server);
    }

    /// Work in progress is lost by a crash; its caller is told, unless silent.
    pub(super) fn lose_work(&mut self, slot: u32, silent: bool) {
        self.interrupt(slot);
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        self.count_service(id, [ServiceCounter::Lost], attempt.sent);
        self.free_worker(id, attempt.server, attempt.accepted);
        self.tell_of_crash(slot, id, silent);
    }

    /// A waiting attempt is lost by a crash.
    pub(super) fn lose_waiting(&mut self, slot: u32, silent: bool) {
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        self.queue_level(id, Change::Less);
        self.people.task_mut(slot).event = NO_EVENT;
        self.count_service(id, [ServiceCounter::LeftQueue], attempt.sent);
        if self.rec.counts(attempt.sent) {
            let sample = self.program.layout.service_time(id.0, ServiceSample::Wait);
            self.rec.sample(sample, attempt.accepted, self.now);
        }
        self.shift(id, [ServiceLevel::InSystem], Change::Less);
        self.leave_system(&self.routes.services[id], attempt.accepted);
        self.tell_of_crash(slot, id, silent);
    }

    /// A refusal whose cost was being worked off is lost by a crash.
    pub(super) fn forget_refusal(&mut self, slot: u32, silent: bool) {
        let id = self.program.calls[self.people.attempt(slot).call].service;
        self.people.task_mut(slot).event = NO_EVENT;
        self.tell_of_crash(slot, id, silent);
    }

    fn tell_of_crash(&mut self, slot: u32, id: ServiceId, silent: bool) {
        let attempt = self.people.attempt(slot);
        attempt.answer = Answer::Error;
        // What a crash has lost is counted as lost, not as wasted.
        attempt.served = false;
        let message = self.program.calls[attempt.call].message;
        if silent || message {
            self.lose(slot);
        } else if self.people.attempt(slot).caller.is_none() {
            self.people.remove(slot);
        } else {
            self.send_answer(slot, id);
        }
    }
}
