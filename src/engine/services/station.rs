//! A service: balancing, queues, workers, and how attempts come in
//! (semantics#call, #giving-up, #refused, #service).

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::lines::line::Line;
use crate::engine::record::recorder::Change;
use crate::engine::route::Desk;
use crate::engine::services::balance::{Comer, Placing};
use crate::engine::services::choosing::Balancer;
use crate::engine::services::harm::Blow;
use crate::engine::services::server::{Server, State};
use crate::engine::services::taking::Kept;
use crate::engine::tasks::doing::{ANYWHERE, Doing};
use crate::engine::tasks::population::Role;
use crate::observation::{SERVICE_COUNTERS, ServiceCounter, ServiceLevel};
use crate::program::{OnTimeout, ServiceId};

/// A service under way.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Station {
    /// First of its servers among all.
    pub(in crate::engine) first: u32,
    /// Servers that the settings ask for.
    pub(in crate::engine) wanted: u32,
    /// Servers there ever may be.
    pub(in crate::engine) most: u32,
    /// Servers that the balancer knows, by number.
    pub(in crate::engine) eligible: Vec<u32>,
    /// Attempts that the balancer has sent on so far: whose turn it is.
    pub(in crate::engine) turn: u32,
    /// Who waits for any server, where that is shared, and attempts that find no server.
    pub(in crate::engine) line: Line,
    /// Draws of a random order so far.
    pub(super) draws: u32,
    /// The only server that the balancer knows, among all; [`u32::MAX`] if it knows none or more.
    pub(super) only: u32,
    /// The next check of its servers.
    pub(super) check: Number,
    /// What its balancer remembers.
    pub(super) balancer: Balancer,
    /// Faults in force that strike attempts, in the order of their beginning.
    pub(in crate::engine) strikes: Vec<Blow>,
    /// Those that shift traffic from some of its servers to others.
    pub(in crate::engine) shifts: Vec<Blow>,
    /// How its lines are kept.
    pub(super) kept: Kept,
    /// Workers taken so far, where others may take them over.
    pub(super) starts: u32,
    /// When the next server that was ordered is delivered.
    pub(super) delivery: Option<Time>,
}

impl Sim<'_> {
    /// Opens every service with the servers of the first epoch.
    pub(in crate::engine) fn open_stations(&mut self) {
        let program = self.rules.program;
        for (id, service) in program.services.iter() {
            let first = self.services.servers.len() as u32;
            for number in 0..service.servers_max {
                self.services
                    .servers
                    .push(Server::new(id, number, service.grain));
            }
            let wanted = self.rules.settings.services[id].servers;
            self.services.stations.push(Station {
                first,
                wanted,
                most: service.servers_max,
                eligible: Vec::new(),
                turn: 0,
                line: Line::default(),
                draws: 0,
                only: u32::MAX,
                check: NO_EVENT,
                balancer: Balancer::default(),
                strikes: Vec::new(),
                shifts: Vec::new(),
                kept: Kept::default(),
                starts: 0,
                delivery: None,
            });
            for number in 0..service.servers_max {
                let server = &mut self.services.servers[(first + number) as usize];
                server.resize(&self.rules.settings.services[id]);
                if number < wanted {
                    (server.state, server.asked) = (State::Up, true);
                }
            }
            self.open_gauges(id);
            self.keep_lines(id);
            self.change_limiters(id);
            self.open_upkeep(id);
            self.begin_looks(id);
            self.begin_checks(id);
            self.servers_changed(id);
            let desk = &self.rules.routes.services[id];
            if desk.plain {
                let same = [ServiceLevel::Active as u32, ServiceLevel::Busy as u32];
                self.rec.equate(desk.meter, same, ServiceLevel::Held as u32);
            }
        }
        self.open_breakdowns();
    }

    /// Numbers of servers that are up, draining or known to the balancer have changed.
    pub(in crate::engine) fn servers_changed(&mut self, id: ServiceId) {
        let now = self.now;
        let station = &mut self.services.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        let servers = &self.services.servers[range.clone()];
        station.eligible.clear();
        station
            .eligible
            .extend(servers.iter().filter(|s| s.is_eligible()).map(|s| s.number));
        if self.rules.settings.services[id].connections.is_some() {
            self.shut_connections(id);
        }
        if self.rules.routes.services[id].tells {
            self.forget_credits(id);
        }
        if self.rules.routes.services[id].judges {
            self.leave_out_the_bad(id);
        }
        let station = &mut self.services.stations[id];
        let servers = &self.services.servers[range];
        station.only = match station.eligible[..] {
            [only] => station.first + only,
            _ => u32::MAX,
        };
        let working = || servers.iter().filter(|s| s.works());
        let sum =
            |of: &dyn Fn(&Server) -> u32| working().fold(0u32, |n, s| n.saturating_add(of(s)));
        let (up, workers, cores) = (sum(&|_| 1), sum(&Server::workers), sum(&|s| s.cores));
        let (layout, wanted) = (self.rules.program.layout, station.wanted);
        let mut set = |level, value| self.rec.set(layout.service_level(id.0, level), value, now);
        set(ServiceLevel::Up, up);
        set(ServiceLevel::Workers, workers);
        set(ServiceLevel::Cores, cores);
        set(ServiceLevel::Nominal, wanted);
        self.measure_pools_of(id);
        self.watch_outages(id);
        if !self.services.breakdowns.is_empty() {
            self.run_breakdowns(id);
        }
    }

    /// Counts things of a service, of an attempt that was sent then.
    #[inline(always)]
    pub(in crate::engine) fn count_service<const N: usize>(
        &mut self,
        id: ServiceId,
        what: [ServiceCounter; N],
        sent: Time,
    ) {
        let first = self.rules.routes.services[id].counters;
        let row = self.rec.row::<{ SERVICE_COUNTERS as usize }>(first, sent);
        for what in what {
            row[what as usize] += 1;
        }
    }

    /// Attempts in the system and workers held go up or down by one.
    #[inline(always)]
    pub(in crate::engine) fn shift_held(&mut self, desk: &Desk, by: Change) {
        let levels = [ServiceLevel::InSystem as u32, ServiceLevel::Held as u32];
        self.rec.shift_at(desk.meter, levels, (by, self.now));
    }

    /// Levels of a service go up or down by one.
    #[inline(always)]
    pub(in crate::engine) fn shift<const N: usize>(
        &mut self,
        id: ServiceId,
        levels: [ServiceLevel; N],
        by: Change,
    ) {
        let meter = self.rules.routes.services[id].meter;
        self.rec
            .shift_at(meter, levels.map(|level| level as u32), (by, self.now));
    }

    /// An attempt or a message arrives.
    pub(in crate::engine) fn attempt_arrived(&mut self, slot: u32) {
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.awaits = NO_EVENT;
        let has_asked = matches!(task.doing, Doing::AtLimit { .. });
        let to = task.doing.leads_to();
        let comer = Comer::of(task);
        let attempt = self.people.attempt(slot);
        attempt.accepted = now;
        if attempt.active > 0 {
            self.hear_demand(slot);
        }
        let attempt = self.people.attempt(slot);
        let (at_any, is_twin) = (attempt.server == u32::MAX, attempt.is_twin);
        let id = self.rules.routes.calls[attempt.call].service;
        if self.rules.routes.services[id].gated && !has_asked && !self.gets_in(slot, id) {
            return;
        }
        let gives_up = matches!(
            self.rules.routes.services[id].on_timeout,
            OnTimeout::Dequeue | OnTimeout::Cancel
        );
        if gives_up && self.is_orphan(slot) {
            self.count_arrival(slot, id, [ServiceCounter::Accepted]);
            self.shift(id, [ServiceLevel::InSystem], Change::More);
            self.quit(slot, id);
        } else if is_twin && self.is_untied(slot) {
            self.take_away(slot, id);
        } else if at_any && to != ANYWHERE {
            self.arrive_by_connection(slot, id, to);
        } else if at_any && self.world.reaches_all_servers() {
            let place = match is_twin || self.rules.routes.services[id].chooses {
                true => self.place_apart(slot, id),
                false => self.place(comer, id, &self.rules.routes.services[id]),
            };
            self.arrive_at(slot, id, place);
        } else if let Some(place) = self.place_in_disturbance(slot, id) {
            self.arrive_at(slot, id, place);
        }
    }

    /// Counts an attempt that has arrived, and what else is to be counted of it.
    #[inline(always)]
    pub(in crate::engine) fn count_arrival<const N: usize>(
        &mut self,
        slot: u32,
        id: ServiceId,
        what: [ServiceCounter; N],
    ) {
        let attempt = self.people.attempt(slot);
        let first = self.rules.routes.services[id].counters;
        let row = self
            .rec
            .row::<{ SERVICE_COUNTERS as usize }>(first, attempt.sent);
        row[ServiceCounter::Arrived as usize] += 1;
        row[ServiceCounter::Original as usize] += u32::from(attempt.original);
        for what in what {
            row[what as usize] += 1;
        }
    }

    /// An attempt takes the place that was found for it.
    pub(in crate::engine) fn arrive_at(&mut self, slot: u32, id: ServiceId, place: Placing) {
        match place {
            Placing::Started(index) => {
                self.count_arrival(slot, id, [ServiceCounter::Accepted]);
                self.count_swallowed(index);
                if self.expires(slot, id) {
                    self.shift(id, [ServiceLevel::InSystem], Change::More);
                    self.quit(slot, id);
                } else {
                    self.shift_held(&self.rules.routes.services[id], Change::More);
                    self.start(slot, id, index);
                    self.execute(slot);
                }
            }
            Placing::Takes(index, from) => {
                self.count_arrival(slot, id, [ServiceCounter::Accepted]);
                self.count_swallowed(index);
                self.take_over(slot, id, (index, from));
            }
            Placing::Queued(index) => self.wait_in_queue(slot, id, index),
            Placing::Refused(index) => {
                self.count_arrival(slot, id, []);
                self.no_room((id, self.rules.routes.services[id].shared), index);
                self.refuse(slot, id, index);
            }
            Placing::Shed => {
                self.count_arrival(slot, id, []);
                self.refuse(slot, id, None);
            }
            Placing::Limited(index) => {
                self.count_arrival(slot, id, []);
                self.refuse(slot, id, Some(index));
            }
            Placing::Crashed(index) => {
                self.count_arrival(slot, id, []);
                self.services.servers[index as usize].swallowed += 1;
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
        task.awaits = number;
        self.people.attempt(slot).server = index;
        self.shift(id, [ServiceLevel::InSystem], Change::More);
        self.queue_level(id, Change::More);
        self.join_line((slot, number), (id, index));
        self.count_swallowed_in_queue(id, index);
        if self.rules.program.services[id].counts.dried.is_some() {
            self.may_dry_workers(slot, (id, index));
        }
        if self.rules.routes.services[id].tended {
            self.tend_line(id, index);
        }
    }

    /// Counts an attempt sent now and refused at once.
    #[inline(always)]
    pub(in crate::engine) fn count_refusal(&mut self, desk: &Desk, original: bool) {
        let row = self
            .rec
            .row::<{ SERVICE_COUNTERS as usize }>(desk.counters, self.now);
        row[ServiceCounter::Arrived as usize] += 1;
        row[ServiceCounter::Refused as usize] += 1;
        row[ServiceCounter::Original as usize] += u32::from(original);
    }

    /// Whether nobody waits for an attempt any more.
    #[inline]
    fn is_orphan(&self, slot: u32) -> bool {
        match &self.people.task(slot).role {
            Role::Attempt(a) => a.caller.is_none() && !self.rules.is_message(a.call),
            Role::Visitor(_) | Role::Branch(_) => false,
        }
    }

    /// Whether a service notices, where it would start an attempt, that nobody waits for it.
    #[inline(always)]
    pub(super) fn expires(&self, slot: u32, id: ServiceId) -> bool {
        self.rules.routes.services[id].on_timeout == OnTimeout::Expire && self.is_orphan(slot)
    }

    /// One more waits at a service, or one less.
    #[inline]
    pub(in crate::engine) fn queue_level(&mut self, id: ServiceId, by: Change) {
        let meter = self.rules.routes.services[id].meter;
        let queue = ServiceLevel::Queue as u32;
        self.rec.shift_at(meter, [queue], (by, self.now));
        if self.rec.value_at(meter, queue) <= 1 {
            self.queue_turns(id);
        }
    }

    /// A queue is empty now, or no longer.
    #[inline(never)]
    fn queue_turns(&mut self, id: ServiceId) {
        let level = |what| self.rules.program.layout.service_level(id.0, what);
        let waiting = self.rec.value(level(ServiceLevel::Queue));
        let non_empty = level(ServiceLevel::QueueNonEmpty);
        self.rec.set(non_empty, waiting, self.now);
    }

    /// A worker starts an attempt; the levels know already.
    #[inline(always)]
    pub(super) fn start(&mut self, slot: u32, id: ServiceId, index: u32) {
        let now = self.now;
        let task = self.people.task_mut(slot);
        task.doing = Doing::Running;
        let attempt = self.people.attempt(slot);
        attempt.server = index;
        attempt.started = now;
        attempt.served = true;
        let (accepted, sent, is_twin) = (attempt.accepted, attempt.sent, attempt.is_twin);
        if is_twin {
            self.twin_begins(slot, id);
        }
        let waits = self.rules.routes.services[id].waits;
        if accepted != now {
            self.count_service(id, [ServiceCounter::Waited], sent);
            if self.rec.counts(sent) {
                self.rec.sample_counted(waits, accepted, now);
            }
        } else {
            self.count_service(id, [ServiceCounter::AtOnce], sent);
            if self.rec.counts(sent) {
                self.rec.waited_for_nothing(waits, now);
            }
        }
        self.take_worker(index);
        self.note_holder(slot, id, index);
        if self.rules.routes.services[id].tended {
            self.tend(index);
        }
        if self.rules.routes.services[id].limits {
            self.limiter_started(index, now - accepted);
        }
        if self.rules.routes.services[id].tracks {
            self.note_start(slot, id, index);
        }
        if !self.services.stations[id].strikes.is_empty() {
            self.strike(slot, id, 0);
        }
    }

    /// A worker of a server is taken.
    #[inline(always)]
    pub(in crate::engine) fn take_worker(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        server.occupied += 1;
        server.line.gauge.take(u64::from(server.occupied), self.now);
    }
}
