//! The life of servers: they boot, warm up, slow down, stand still, crash and drain
//! (semantics#scaling, #faults).

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::services::server::State;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Role;
use crate::observation::ServiceLevel;
use crate::program::ServiceId;
use crate::random::key::Place;
use crate::random::sampler::Sampler;

impl Sim<'_> {
    /// A server crashes: its work and its queue are gone.
    pub(in crate::engine) fn crash(
        &mut self,
        index: u32,
        fault: u32,
        noticed_after: Option<Span>,
        silent: bool,
    ) {
        let now = self.now;
        self.hang_up(index);
        self.callers.guards().links().shut(index);
        let server = &mut self.services.servers[index as usize];
        server.crashed.push(fault);
        server.state = State::Down;
        server.life += 1;
        server.silent = silent;
        let checked = self.rules.settings.services[server.service]
            .health
            .is_some();
        server.unnoticed = noticed_after.is_some() || checked;
        server.event = NO_EVENT;
        server.cold = 1.0;
        server.upkeep.start_anew();
        if let Some(span) = noticed_after.filter(|_| !checked) {
            let event = self
                .agenda
                .at(now + span, Group::Change, Kind::Server, index);
            self.services.servers[index as usize].event = event;
        }
        let mut lost: Vec<(Time, u32)> = Vec::new();
        for (ticket, task) in self.people.iter() {
            if let Role::Attempt(a) = &task.role
                && a.server == index
                && !matches!(
                    task.doing,
                    Doing::Travelling { .. }
                        | Doing::Queued
                        | Doing::PutBack { .. }
                        | Doing::Answering { .. }
                )
            {
                lost.push((a.started, ticket.slot));
            }
        }
        lost.sort_unstable();
        for (_, slot) in lost {
            if self.people.task(slot).doing == Doing::Refusing {
                self.services.servers[index as usize].sharing.advance(now);
                self.leave_cores(index);
                self.forget_refusal(slot, silent);
            } else {
                self.lose_work(slot, silent);
            }
        }
        let line = &mut self.services.servers[index as usize].line;
        let waiting = line.drain(&self.people, now);
        for slot in waiting {
            self.lose_waiting(slot, silent);
        }
        self.services.servers[index as usize].sharing.clear(now);
        self.forget_limit(index);
    }

    /// A crash is over: the server boots, unless it is no longer wanted.
    pub(in crate::engine) fn crash_ends(&mut self, index: u32, fault: u32, boot: Option<&Sampler>) {
        let server = &mut self.services.servers[index as usize];
        server.crashed.retain(|&f| f != fault);
        if !server.crashed.is_empty() || server.state != State::Down {
            return;
        }
        server.unnoticed = false;
        if !server.asked {
            server.state = State::Off;
        } else {
            self.boot(index, boot);
        }
    }

    /// A server starts to boot.
    pub(super) fn boot(&mut self, index: u32, law: Option<&Sampler>) {
        self.empty_caches_of(index);
        self.hang_up(index);
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        server.state = State::Booting;
        if let Some(renewal) = server.renewal.take() {
            server.take_version(renewal);
            let settings = self.rules.of_version(server.version());
            server.resize(&settings.services[id]);
            self.resize_gauges(id);
        }
        let server = &mut self.services.servers[index as usize];
        server.life += 1;
        server.upkeep.start_anew();
        let law = law.or(self.rules.settings.services[id].boot.as_ref());
        let owner = self.rules.program.services[id].owner.number(server.number);
        let draw = server.boots;
        server.boots += 1;
        server.limiter_draws = 0;
        let span = law.map_or(Span(0), |l| {
            l.span(self.rules.luck.uniform(owner, Place::ROOT, draw))
        });
        self.forget_limit(index);
        let at = self.now + span;
        self.services.servers[index as usize].event =
            self.agenda.at(at, Group::Change, Kind::Server, index);
    }

    /// A server has booted, is warm, or is known to be down; false when the event was stale.
    pub(in crate::engine) fn server_ready(&mut self, index: u32, number: Number) -> bool {
        let now = self.now;
        let server = &mut self.services.servers[index as usize];
        if server.event != number {
            return self.breakdown(index, number);
        }
        server.event = NO_EVENT;
        let id = server.service;
        match server.state {
            State::Booting => {
                server.state = State::Up;
                server.up_since = now;
                server.ready_since = Some(now);
                let settings = &self.rules.settings.services[id];
                if !settings.warm_after.is_zero() {
                    server.cold = settings.cold;
                    let at = now + settings.warm_after;
                    let event = self.agenda.at(at, Group::Change, Kind::Server, index);
                    self.services.servers[index as usize].event = event;
                }
                self.befall(index);
                self.touch(index);
                self.servers_changed(id);
                self.take_next(index);
                if self.rules.routes.services[id].tended {
                    self.tend(index);
                }
            }
            State::Up | State::Draining => self.retime(&[index], |server| server.cold = 1.0),
            State::Down => {
                server.unnoticed = false;
                self.servers_changed(id);
            }
            State::Off | State::Ordered => {}
        }
        true
    }

    /// Servers, workers or cores of a service may have changed.
    pub(in crate::engine) fn resize_station(&mut self, id: ServiceId) {
        self.begin_looks(id);
        self.begin_checks(id);
        let station = &self.services.stations[id];
        let (first, most) = (station.first, station.most);
        for index in first..first + most {
            let server = &mut self.services.servers[index as usize];
            let settings = self.rules.of_version(server.version());
            server.resize(&settings.services[id]);
            match (server.asked, server.state) {
                (true, State::Draining) if server.restarts || server.renewal.is_some() => {}
                (true, State::Off) => self.order(id, index),
                (true, State::Draining) => server.state = State::Up,
                (false, State::Booting | State::Ordered) => server.state = State::Off,
                (false, State::Up) => {
                    server.state = State::Draining;
                    self.drained(index);
                }
                (true, State::Ordered | State::Booting | State::Up)
                | (true, State::Down)
                | (false, State::Off | State::Draining | State::Down) => {}
            }
        }
        self.plan_deliveries(id);
        self.measure_busy(id);
        self.keep_lines(id);
        self.change_limiters(id);
        self.resize_gauges(id);
        self.servers_changed(id);
        for index in first..first + most {
            let now = self.now;
            self.services.servers[index as usize].sharing.advance(now);
            self.touch(index);
            if self.services.servers[index as usize].has_business() {
                self.take_next(index);
            }
        }
        self.share_out(id);
        self.open_upkeep(id);
    }

    /// The cores in use, after their number has changed.
    pub(in crate::engine) fn measure_busy(&mut self, id: ServiceId) {
        if self.rules.routes.services[id].dedicated {
            return;
        }
        let station = &self.services.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        let busy = self.services.servers[range]
            .iter()
            .map(|s| s.busy(s.sharing.working))
            .sum();
        let level = self
            .rules
            .program
            .layout
            .service_level(id.0, ServiceLevel::Busy);
        self.rec.set(level, busy, self.now);
    }

    /// A worker above a number that was lowered while it was in use is free, and gone.
    #[cold]
    pub(super) fn shed_one(&mut self, index: u32) {
        let now = self.now;
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        server.sharing.advance(now);
        let before = server.cores;
        let settings = self.rules.of_version(server.version());
        server.resize(&settings.services[id]);
        let (gone, works) = (before - server.cores, server.works());
        if works {
            let level = |what| self.rules.program.layout.service_level(id.0, what);
            for (level, by) in [
                (level(ServiceLevel::Workers), 1),
                (level(ServiceLevel::Cores), gone),
            ] {
                let left = self.rec.value(level).saturating_sub(by);
                self.rec.set(level, left, now);
            }
        }
        if gone > 0 {
            self.measure_busy(id);
            self.touch(index);
        }
    }

    /// A draining server with nothing left is off.
    pub(in crate::engine) fn drained(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        let is_done = server.load() == 0 && server.sharing.working == 0;
        if server.state == State::Draining && is_done {
            let id = server.service;
            let boots = std::mem::take(&mut server.restarts) || server.renewal.is_some();
            if boots && server.asked {
                self.boot(index, None);
            } else {
                server.state = State::Off;
                server.event = NO_EVENT;
                server.cold = 1.0;
                self.hang_up(index);
            }
            self.servers_changed(id);
        }
    }
}
