//! A service: balancing, queues, workers, and the work itself (semantics 2, 3, 4 and 7).

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{Group, Kind, NO_EVENT, Number};
use crate::engine::execute::Flow;
use crate::engine::network::{Passage, Way};
use crate::engine::population::{Answer, Attempt, Doing, Population, Role};
use crate::engine::queue::Queue;
use crate::engine::server::{Server, State, stretched};
use crate::engine::sharing::speed;
use crate::observation::{MessageCounter, ServiceCounter, ServiceLevel, ServiceSample};
use crate::program::{
    Balance, FaultKind, Instruction, OnTimeout, ServiceId, ServiceSettings, WorkId,
};
use crate::random::key::Place;

/// Draws at the path of an attempt, after those of the caller.
const BALANCE: u32 = 8;
const SECOND_CHOICE: u32 = 9;
const REFUSE_COST: u32 = 10;
/// First draw of the error faults; each has one.
const ERRORS: u32 = 16;
/// Steps of the luck that belongs to no user.
const RANDOM_ORDER: u64 = 0x7261_6e64_6f6d_0001;
const STICKY: u64 = 0x7374_6963_6b79_0001;

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
    /// Every worker has a core of its own, whatever the epoch.
    pub(super) dedicated: bool,
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

/// Whether a task with this number still shares cores.
#[inline]
fn shares(people: &Population, slot: u32, number: Number) -> bool {
    people
        .tenant(slot)
        .is_some_and(|t| t.event == number && matches!(t.doing, Doing::Sharing | Doing::Refusing))
}

impl Sim<'_> {
    /// Opens every service with the servers of the first epoch.
    pub(super) fn open_stations(&mut self) {
        let program = self.program;
        for (id, service) in program.services.iter() {
            let first = self.servers.len() as u32;
            let dedicated = !service.fans_out
                && program.epochs.iter().all(|e| {
                    let s = &e.settings.services[id];
                    s.workers <= s.cores
                        && s.contention == 0.0
                        && s.coherency == 0.0
                        && s.refuse_cost.is_none()
                });
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
                dedicated,
                errors: Vec::new(),
            });
            for number in 0..wanted {
                self.servers[(first + number) as usize].state = State::Up;
            }
            self.servers_changed(id);
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

    #[inline]
    fn count_service(&mut self, id: ServiceId, what: ServiceCounter, sent: Time) {
        if self.rec.counts(sent) {
            self.rec.count(self.program.layout.service(id.0, what));
        }
    }

    fn add_service_ns(&mut self, id: ServiceId, what: ServiceCounter, ns: Span, sent: Time) {
        if self.rec.counts(sent) {
            let ns = ns.0.max(0) as u64;
            self.rec.add_ns(self.program.layout.service(id.0, what), ns);
        }
    }

    /// Levels of a service go up or down by one.
    #[inline]
    fn shift<const N: usize>(&mut self, id: ServiceId, levels: [ServiceLevel; N], up: bool) {
        let layout = self.program.layout;
        self.rec.shift(
            levels.map(|level| layout.service_level(id.0, level)),
            up,
            self.now,
        );
    }

    fn level(&mut self, id: ServiceId, level: ServiceLevel, up: bool) {
        self.shift(id, [level], up);
    }

    /// An attempt or a message arrives.
    pub(super) fn attempt_arrived(&mut self, slot: u32) {
        let attempt = *self.people.attempt(slot);
        let call = &self.program.calls[attempt.call];
        let id = call.service;
        let settings = &self.settings.services[id];
        self.people.task_mut(slot).event = NO_EVENT;
        self.count_service(id, ServiceCounter::Arrived, attempt.sent);
        if attempt.original {
            self.count_service(id, ServiceCounter::Original, attempt.sent);
        }
        if self.is_orphan(&attempt)
            && matches!(settings.on_timeout, OnTimeout::Dequeue | OnTimeout::Cancel)
        {
            self.accept(slot, id);
            self.shift(id, [ServiceLevel::InSystem], true);
            self.quit(slot, id);
            return;
        }
        let Some(server) = self.balance(slot, id) else {
            self.refuse(slot, id, None);
            return;
        };
        if self.servers[server as usize].state == State::Down {
            self.meet_crash(slot, id, server);
        } else if settings.shared {
            self.join_shared(slot, id, server);
        } else {
            self.join_server(slot, id, server);
        }
    }

    /// Whether the only server of a service refuses, aloud and at no cost, whoever comes now,
    /// and no time passes on the network.
    #[inline]
    pub(super) fn turns_away(&self, id: ServiceId) -> bool {
        let settings = &self.settings.services[id];
        let station = &self.stations[id];
        let [only] = station.eligible[..] else {
            return false;
        };
        let server = &self.servers[(station.first + only) as usize];
        let queue = if settings.shared {
            &station.queue
        } else {
            &server.queue
        };
        settings.network.is_none()
            && settings
                .queue_limit
                .is_some_and(|limit| u64::from(queue.len()) >= limit)
            && server.occupied >= settings.workers
            && server.state == State::Up
            && !settings.silent
            && settings.refuse_cost.is_none()
    }

    /// Counts an attempt sent now and refused at once.
    pub(super) fn count_refusal(&mut self, id: ServiceId, original: bool) {
        let now = self.now;
        self.count_service(id, ServiceCounter::Arrived, now);
        if original {
            self.count_service(id, ServiceCounter::Original, now);
        }
        self.count_service(id, ServiceCounter::Refused, now);
        self.stations[id].turn = self.stations[id].turn.wrapping_add(1);
    }

    /// Whether nobody waits for an attempt any more.
    #[inline]
    fn is_orphan(&self, attempt: &Attempt) -> bool {
        !self.is_message(attempt.call) && attempt.caller.is_none()
    }

    /// The balancer still sends work to a server that has crashed.
    fn meet_crash(&mut self, slot: u32, id: ServiceId, server: u32) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, ServiceCounter::Refused, attempt.sent);
        if self.servers[server as usize].silent || self.is_message(attempt.call) {
            self.lose(slot);
        } else {
            self.people.attempt(slot).answer = Answer::Refused;
            self.send_answer(slot, id);
        }
    }

    fn join_server(&mut self, slot: u32, id: ServiceId, index: u32) {
        let settings = &self.settings.services[id];
        let server = &self.servers[index as usize];
        if server.occupied < settings.workers {
            self.begin_at_once(slot, id, index);
        } else if settings
            .queue_limit
            .is_none_or(|limit| u64::from(server.queue.len()) < limit)
        {
            self.accept(slot, id);
            self.people.attempt(slot).server = index;
            let number = self.stand_in_queue(slot, id);
            self.servers[index as usize].queue.join(slot, number);
        } else {
            self.refuse(slot, id, Some(index));
        }
    }

    fn join_shared(&mut self, slot: u32, id: ServiceId, fallback: u32) {
        let settings = &self.settings.services[id];
        if let Some(free) = self.freest(id) {
            self.begin_at_once(slot, id, free);
            return;
        }
        let waiting = u64::from(self.stations[id].queue.len());
        if settings.queue_limit.is_none_or(|limit| waiting < limit) {
            self.accept(slot, id);
            self.people.attempt(slot).server = u32::MAX;
            let number = self.stand_in_queue(slot, id);
            self.stations[id].queue.join(slot, number);
        } else {
            self.refuse(slot, id, Some(fallback));
        }
    }

    /// A free worker takes an attempt that has just arrived.
    #[inline]
    fn begin_at_once(&mut self, slot: u32, id: ServiceId, index: u32) {
        self.accept(slot, id);
        if self.expires(slot, id) {
            self.shift(id, [ServiceLevel::InSystem], true);
            self.quit(slot, id);
        } else {
            self.shift(id, [ServiceLevel::InSystem, ServiceLevel::Held], true);
            self.start(slot, id, index);
        }
    }

    /// Whether a service notices, where it would start an attempt, that nobody waits for it.
    #[inline]
    fn expires(&mut self, slot: u32, id: ServiceId) -> bool {
        self.settings.services[id].on_timeout == OnTimeout::Expire && {
            let attempt = *self.people.attempt(slot);
            self.is_orphan(&attempt)
        }
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

    fn stand_in_queue(&mut self, slot: u32, id: ServiceId) -> Number {
        let number = self.agenda.number();
        let task = self.people.task_mut(slot);
        task.doing = Doing::Queued;
        task.event = number;
        self.shift(id, [ServiceLevel::InSystem], true);
        self.queue_level(id, true);
        number
    }

    fn queue_level(&mut self, id: ServiceId, up: bool) {
        self.level(id, ServiceLevel::Queue, up);
        let layout = self.program.layout;
        let waiting = self
            .rec
            .value(layout.service_level(id.0, ServiceLevel::Queue));
        if waiting <= 1 {
            let level = layout.service_level(id.0, ServiceLevel::QueueNonEmpty);
            self.rec.set(level, waiting, self.now);
        }
    }

    /// An attempt is accepted.
    fn accept(&mut self, slot: u32, id: ServiceId) {
        let now = self.now;
        let attempt = self.people.attempt(slot);
        attempt.accepted = now;
        let sent = attempt.sent;
        self.count_service(id, ServiceCounter::Accepted, sent);
    }

    /// Which server an attempt goes to, by the state at this instant.
    fn balance(&mut self, slot: u32, id: ServiceId) -> Option<u32> {
        let settings = &self.settings.services[id];
        let station = &mut self.stations[id];
        let n = station.eligible.len() as u32;
        let first = station.first;
        let turn = station.turn;
        station.turn = turn.wrapping_add(1);
        if n <= 1 || settings.shared {
            return station.eligible.first().map(|&number| first + number);
        }
        let (owner, path) = {
            let task = self.people.task(slot);
            (task.owner, task.path)
        };
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
    fn start(&mut self, slot: u32, id: ServiceId, index: u32) {
        let now = self.now;
        let attempt = self.people.attempt(slot);
        attempt.server = index;
        attempt.started = now;
        attempt.served = true;
        let (accepted, sent) = (attempt.accepted, attempt.sent);
        if accepted != now {
            self.count_service(id, ServiceCounter::Waited, sent);
        }
        if self.rec.counts(sent) {
            let sample = self.program.layout.service_time(id.0, ServiceSample::Wait);
            self.rec.sample(sample, accepted, now);
        }
        self.servers[index as usize].occupied += 1;
        if !self.stations[id].errors.is_empty() {
            self.strike(slot, id);
        }
        self.make_ready(slot);
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

    /// The time in the system of an attempt that leaves it, within the measured period.
    fn leave_system(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        let ns = self.sojourn(&attempt);
        self.rec.add_ns(
            self.program.layout.service(id.0, ServiceCounter::SojournNs),
            ns,
        );
    }

    /// Nanoseconds of the measured period that an accepted attempt has been in the system.
    pub(super) fn sojourn(&self, attempt: &Attempt) -> u64 {
        let from = attempt.accepted.max(self.rec.cut);
        let until = self.now.min(self.horizon);
        (until.0 - from.0).max(0) as u64
    }

    /// A waiting attempt leaves without service and is gone.
    fn quit(&mut self, slot: u32, id: ServiceId) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, ServiceCounter::LeftQueue, attempt.sent);
        if attempt.accepted != self.now {
            self.count_service(id, ServiceCounter::Waited, attempt.sent);
        }
        if self.rec.counts(attempt.sent) {
            let sample = self.program.layout.service_time(id.0, ServiceSample::Wait);
            self.rec.sample(sample, attempt.accepted, self.now);
        }
        self.shift(id, [ServiceLevel::InSystem], false);
        self.leave_system(slot, id);
        self.people.remove(slot);
    }

    /// An attempt is turned away.
    fn refuse(&mut self, slot: u32, id: ServiceId, server: Option<u32>) {
        let attempt = *self.people.attempt(slot);
        self.count_service(id, ServiceCounter::Refused, attempt.sent);
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

    fn refusal_leaves(&mut self, slot: u32, id: ServiceId) {
        if self.settings.services[id].silent {
            self.people.remove(slot);
        } else {
            self.send_answer(slot, id);
        }
    }

    /// An answer sets out for the caller.
    fn send_answer(&mut self, slot: u32, id: ServiceId) {
        let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
        let from = self.program.calls[self.people.attempt(slot).call].from;
        match self.passage((from, id), (owner, path), Way::Back) {
            Passage::Arrives(at) => self.answer_at(slot, at),
            Passage::Lost => self.answer_lost(slot, id),
            Passage::TurnedAway(at) => {
                let attempt = *self.people.attempt(slot);
                if attempt.answer == Answer::Ok {
                    self.count_wasted(id, &attempt, self.now);
                    let attempt = self.people.attempt(slot);
                    (attempt.answer, attempt.served) = (Answer::Refused, false);
                }
                self.answer_at(slot, at);
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

    /// `cpu` is reached.
    pub(super) fn begin_cpu(&mut self, slot: u32, work: WorkId) -> Flow {
        let server = self.server_of(slot);
        let id = self.servers[server as usize].service;
        if self.stations[id].dedicated {
            return self.begin_timed(slot, work);
        }
        let demand = self.demand(slot, work);
        self.activate(slot, id, true);
        self.join_cores(slot, server, demand, Doing::Sharing);
        Flow::Stop
    }

    /// `wait` is reached, or `cpu` on a core of its own.
    pub(super) fn begin_timed(&mut self, slot: u32, work: WorkId) -> Flow {
        let demand = self.demand(slot, work);
        let index = self.server_of(slot);
        let id = self.servers[index as usize].service;
        if self.program.code[self.people.task(slot).pc as usize] == Instruction::Cpu(work) {
            self.shift(id, [ServiceLevel::Active, ServiceLevel::Busy], true);
            self.people.task_mut(slot).active += 1;
            self.spend(slot, demand);
        } else {
            self.activate(slot, id, true);
        }
        let pace = self.servers[index as usize].pace();
        match stretched(demand, pace) {
            Some(span) => self.work_until(slot, self.now + span),
            None => {
                let task = self.people.task_mut(slot);
                task.doing = Doing::Halted;
                task.due = Time(demand.0);
                task.event = NO_EVENT;
            }
        }
        Flow::Stop
    }

    /// Timed work goes on until an instant.
    pub(super) fn work_until(&mut self, slot: u32, at: Time) {
        let event = self.agenda.at(at, Group::Work, Kind::Work, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::Timed;
        task.due = at;
        task.event = event;
    }

    /// Core time counts for the attempt at the top.
    fn spend(&mut self, slot: u32, demand: Span) {
        let root = self.attempt_above(slot);
        self.people.attempt(root).cpu += demand;
    }

    /// The attempt at the top of a task of an endpoint.
    #[inline]
    pub(super) fn attempt_above(&self, slot: u32) -> u32 {
        match &self.people.task(slot).role {
            Role::Branch(b) => b.root.slot,
            Role::Attempt(_) | Role::Visitor(_) => slot,
        }
    }

    /// The server that runs a task of an endpoint.
    #[inline]
    pub(super) fn server_of(&self, slot: u32) -> u32 {
        match &self.people.task(self.attempt_above(slot)).role {
            Role::Attempt(a) => a.server,
            other => unreachable!("work on a server belongs to an attempt, not {other:?}"),
        }
    }

    /// A task of an endpoint begins or ends `cpu` or `wait`: its worker is active, or blocked.
    #[inline]
    pub(super) fn activate(&mut self, slot: u32, id: ServiceId, begins: bool) {
        let root = self.attempt_above(slot);
        let active = &mut self.people.task_mut(root).active;
        if begins {
            *active += 1;
        } else {
            *active -= 1;
        }
        if *active == u16::from(begins) {
            self.level(id, ServiceLevel::Active, begins);
        }
    }

    /// `cpu` on a core of its own, or `wait`, is over.
    #[inline]
    pub(super) fn end_active(&mut self, slot: u32, instruction: Instruction) {
        let id = self.servers[self.server_of(slot) as usize].service;
        if matches!(instruction, Instruction::Cpu(_)) {
            self.shift(id, [ServiceLevel::Active, ServiceLevel::Busy], false);
            self.people.task_mut(slot).active -= 1;
        } else {
            self.activate(slot, id, false);
        }
    }

    /// Work joins the cores of a server.
    fn join_cores(&mut self, slot: u32, index: u32, demand: Span, doing: Doing) {
        let number = self.agenda.number();
        let task = self.people.task_mut(slot);
        task.doing = doing;
        task.event = number;
        if doing == Doing::Sharing {
            self.spend(slot, demand);
        }
        let server = &mut self.servers[index as usize];
        server.sharing.advance(self.now);
        server.sharing.join(demand.0, number, slot);
        let (id, working) = (server.service, server.sharing.working);
        if working <= self.settings.services[id].cores {
            self.level(id, ServiceLevel::Busy, true);
        }
        self.touch(index);
    }

    /// One of those who share cores is no longer there; virtual time is up to now.
    pub(super) fn leave_cores(&mut self, index: u32) {
        let server = &mut self.servers[index as usize];
        server.sharing.working -= 1;
        let (id, working) = (server.service, server.sharing.working);
        if working < self.settings.services[id].cores {
            self.level(id, ServiceLevel::Busy, false);
        }
        self.touch(index);
    }

    /// The speed of a server's shared cores has to be found anew, at the end of this event.
    #[inline]
    pub(super) fn touch(&mut self, index: u32) {
        let sharing = &mut self.servers[index as usize].sharing;
        if !sharing.dirty {
            sharing.dirty = true;
            self.dirty.push(index);
        }
    }

    /// Finds the speed and the next end of a server's shared cores.
    pub(super) fn reschedule(&mut self, index: u32) {
        let now = self.now;
        let people = &self.people;
        let server = &mut self.servers[index as usize];
        let settings = &self.settings.services[server.service];
        let pace = server.pace();
        let sharing = &mut server.sharing;
        sharing.dirty = false;
        sharing.advance(now);
        let n = sharing.working.max(1);
        let each = speed(n, settings.cores, settings.contention, settings.coherency);
        sharing.set_speed(each * pace);
        match sharing.next_end(|slot, number| shares(people, slot, number)) {
            None => sharing.event = NO_EVENT,
            Some(at) if sharing.event != NO_EVENT && sharing.due == at => {}
            Some(at) => {
                sharing.due = at;
                sharing.event = self.agenda.at(at, Group::Work, Kind::Core, index);
            }
        }
    }

    /// Work on shared cores ends; false when the event was stale.
    pub(super) fn core_ended(&mut self, index: u32, number: Number) -> bool {
        let people = &self.people;
        let server = &mut self.servers[index as usize];
        if server.sharing.event != number {
            return false;
        }
        server.sharing.event = NO_EVENT;
        server.sharing.advance(self.now);
        let id = server.service;
        let ended = server
            .sharing
            .finish(|slot, number| shares(people, slot, number));
        let Some(slot) = ended else { return false };
        self.leave_cores(index);
        let task = self.people.task_mut(slot);
        task.event = NO_EVENT;
        if task.doing == Doing::Refusing {
            self.refusal_leaves(slot, id);
        } else {
            task.pc += 1;
            task.doing = Doing::Running;
            self.activate(slot, id, false);
            self.execute(slot);
        }
        true
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
        let now = self.now;
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        self.people.attempt(slot).answer = answer;
        self.count_service(id, ServiceCounter::Completed, attempt.sent);
        if self.rec.counts(attempt.sent) {
            let sample = self.program.layout.service_time(id.0, ServiceSample::Time);
            self.rec.sample(sample, attempt.accepted, now);
        }
        self.free_worker(slot, id);
        if self.is_message(attempt.call) {
            let ok = answer == Answer::Ok;
            if ok {
                self.count_service(id, ServiceCounter::Goodput, attempt.sent);
            }
            let ended = if ok {
                MessageCounter::Delivered
            } else {
                MessageCounter::Undelivered
            };
            self.message_ends(slot, ended);
            self.people.remove(slot);
        } else if attempt.caller.is_none() {
            self.count_wasted(id, &attempt, now);
            self.people.remove(slot);
        } else {
            if answer == Answer::Ok {
                self.count_service(id, ServiceCounter::Goodput, attempt.sent);
            }
            self.people.task_mut(slot).due = now;
            self.take_next(attempt.server);
            if self.crosses_at_once(id) {
                self.hastened += 1;
                self.answer(slot);
                self.hastened -= 1;
            } else {
                self.send_answer(slot, id);
            }
            return;
        }
        self.take_next(attempt.server);
    }

    fn free_worker(&mut self, slot: u32, id: ServiceId) {
        let index = self.people.attempt(slot).server;
        self.servers[index as usize].occupied -= 1;
        self.shift(id, [ServiceLevel::Held, ServiceLevel::InSystem], false);
        self.leave_system(slot, id);
    }

    /// Work whose result nobody received.
    fn count_wasted(&mut self, id: ServiceId, attempt: &Attempt, ended: Time) {
        self.count_service(id, ServiceCounter::Wasted, attempt.sent);
        let held = ended - attempt.started;
        self.add_service_ns(id, ServiceCounter::WastedHeldNs, held, attempt.sent);
        self.add_service_ns(id, ServiceCounter::WastedCpuNs, attempt.cpu, attempt.sent);
    }

    /// A free worker of a server takes the next who waits.
    pub(super) fn take_next(&mut self, index: u32) {
        let id = self.servers[index as usize].service;
        loop {
            let server = &self.servers[index as usize];
            let settings = &self.settings.services[id];
            if !server.works() || server.occupied >= settings.workers {
                return;
            }
            let Some(slot) = self.next_in_line(index, id, settings) else {
                self.drained(index);
                return;
            };
            self.queue_level(id, false);
            self.people.task_mut(slot).event = NO_EVENT;
            if self.expires(slot, id) {
                self.quit(slot, id);
            } else {
                self.shift(id, [ServiceLevel::Held], true);
                self.start(slot, id, index);
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
        queue.next(
            settings.order,
            |slot, number| waits(people, slot, number),
            draw,
        )
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
        self.queue_level(id, false);
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
        self.free_worker(slot, id);
        self.count_service(id, ServiceCounter::Stopped, attempt.sent);
        self.count_wasted(id, &attempt, self.now);
        self.people.remove(slot);
        self.take_next(attempt.server);
    }

    /// Work in progress is lost by a crash; its caller is told, unless silent.
    pub(super) fn lose_work(&mut self, slot: u32, silent: bool) {
        self.interrupt(slot);
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        self.count_service(id, ServiceCounter::Lost, attempt.sent);
        self.free_worker(slot, id);
        self.tell_of_crash(slot, id, silent);
    }

    /// A waiting attempt is lost by a crash.
    pub(super) fn lose_waiting(&mut self, slot: u32, silent: bool) {
        let attempt = *self.people.attempt(slot);
        let id = self.program.calls[attempt.call].service;
        self.queue_level(id, false);
        self.people.task_mut(slot).event = NO_EVENT;
        self.count_service(id, ServiceCounter::LeftQueue, attempt.sent);
        if self.rec.counts(attempt.sent) {
            let sample = self.program.layout.service_time(id.0, ServiceSample::Wait);
            self.rec.sample(sample, attempt.accepted, self.now);
        }
        self.shift(id, [ServiceLevel::InSystem], false);
        self.leave_system(slot, id);
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
