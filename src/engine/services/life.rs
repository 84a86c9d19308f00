//! The life of servers: they boot, warm up, slow down, stand still, crash and drain
//! (semantics#scaling, #faults).

use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::services::server::{Server, State, remaining, stretched};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Role;
use crate::observation::ServiceLevel;
use crate::program::{Selector, ServiceId};
use crate::random::key::Place;
use crate::random::sampler::Sampler;

impl Sim<'_> {
    /// A fault slows some servers of a service: which.
    pub(in crate::engine) fn slow_servers(
        &mut self,
        fault: u32,
        (id, servers): (ServiceId, Selector),
        factor: f64,
    ) -> Vec<u32> {
        let chosen = self.pick(fault, id, servers);
        self.retime(&chosen, |server| server.slowed.push((fault, factor)));
        chosen
    }

    /// A fault no longer slows them.
    pub(in crate::engine) fn hasten_servers(&mut self, fault: u32, chosen: &[u32]) {
        self.retime(chosen, |server| server.slowed.retain(|s| s.0 != fault));
    }

    /// A fault makes some servers of a service stand still: which.
    pub(in crate::engine) fn halt_servers(
        &mut self,
        fault: u32,
        (id, servers): (ServiceId, Selector),
    ) -> Vec<u32> {
        let chosen = self.pick(fault, id, servers);
        self.retime(&chosen, |server| server.halted.push(fault));
        self.watch_outages(id);
        chosen
    }

    /// They go on.
    pub(in crate::engine) fn resume_servers(&mut self, fault: u32, id: ServiceId, chosen: &[u32]) {
        self.retime(chosen, |server| server.halted.retain(|&f| f != fault));
        self.share_out(id);
        self.watch_outages(id);
    }

    /// Some servers of a service crash: which.
    pub(in crate::engine) fn crash_servers(
        &mut self,
        fault: u32,
        (id, servers): (ServiceId, Selector),
        (noticed_after, silent): (Option<Span>, bool),
    ) -> Vec<u32> {
        let chosen = self.pick(fault, id, servers);
        for &index in &chosen {
            self.crash(index, fault, noticed_after, silent);
        }
        self.servers_changed(id);
        chosen
    }

    /// The crash of some servers is over.
    pub(in crate::engine) fn restart_servers(
        &mut self,
        fault: u32,
        (id, chosen): (ServiceId, &[u32]),
        boot: Option<&Sampler>,
    ) {
        for &index in chosen {
            self.crash_ends(index, fault, boot);
        }
        self.servers_changed(id);
    }

    /// A fault answers attempts at a service with errors.
    pub(in crate::engine) fn begin_errors(&mut self, fault: u32, id: ServiceId) {
        self.services.stations[id].errors.push(fault);
    }

    /// It no longer does.
    pub(in crate::engine) fn end_errors(&mut self, fault: u32, id: ServiceId) {
        self.services.stations[id].errors.retain(|&f| f != fault);
    }

    /// The servers that a fault chooses among those that are up, each by its own luck.
    fn pick(&self, fault: u32, id: ServiceId, selector: Selector) -> Vec<u32> {
        let station = &self.services.stations[id];
        let all = station.first..station.first + station.most;
        let up: Vec<u32> = all
            .filter(|&i| self.services.servers[i as usize].state == State::Up)
            .collect();
        let k = match selector {
            Selector::All => up.len(),
            Selector::Count(k) => k as usize,
            Selector::Share(share) => ((share * up.len() as f64 + 0.5).floor() as usize).max(1),
        };
        let owner = self.rules.program.faults[fault as usize].owner;
        let luck = |&i: &u32| {
            let number = self.services.servers[i as usize].number;
            (
                self.rules
                    .luck
                    .uniform(owner.number(number), Place::ROOT, 0)
                    .to_bits(),
                number,
            )
        };
        let mut chosen = up;
        chosen.sort_by_key(luck);
        chosen.truncate(k);
        chosen.sort_unstable();
        chosen
    }

    /// Changes the pace of some servers: work in progress is timed anew.
    fn retime(&mut self, chosen: &[u32], mut change: impl FnMut(&mut Server)) {
        let now = self.now;
        let before: Vec<f64> = chosen
            .iter()
            .map(|&i| self.services.servers[i as usize].pace())
            .collect();
        for &index in chosen {
            let server = &mut self.services.servers[index as usize];
            server.sharing.advance(now);
            change(server);
            self.touch(index);
        }
        for (slot, which) in self.timed_on(chosen) {
            let after = self.services.servers[chosen[which] as usize].pace();
            let left = match self.people.task(slot).doing {
                Doing::Timed { until } => remaining(until.get(), now, before[which]),
                Doing::Halted { left } => left.get(),
                other => unreachable!("timed work is under way, not {other:?}"),
            };
            match stretched(left, after) {
                Some(span) => self.work_until(slot, now + span),
                None => {
                    let number = self.agenda.number();
                    let task = self.people.task_mut(slot);
                    task.doing = Doing::Halted {
                        left: Slim::new(left),
                    };
                    task.awaits = number;
                }
            }
        }
    }

    /// Tasks in timed work on some servers, in the order in which it was scheduled.
    fn timed_on(&self, chosen: &[u32]) -> Vec<(u32, usize)> {
        let mut found: Vec<(Number, u32, usize)> = Vec::new();
        for (ticket, task) in self.people.iter() {
            let on_server = matches!(task.doing, Doing::Timed { .. } | Doing::Halted { .. })
                && self.rules.program.code[task.pc as usize].is_on_a_server();
            if on_server && let Ok(which) = chosen.binary_search(&self.server_of(ticket.slot)) {
                found.push((task.awaits, ticket.slot, which));
            }
        }
        found.sort_unstable();
        found
            .into_iter()
            .map(|(_, slot, which)| (slot, which))
            .collect()
    }

    /// A server crashes: its work and its queue are gone.
    fn crash(&mut self, index: u32, fault: u32, noticed_after: Option<Span>, silent: bool) {
        let now = self.now;
        let server = &mut self.services.servers[index as usize];
        server.crashed.push(fault);
        server.state = State::Down;
        server.silent = silent;
        server.unnoticed = noticed_after.is_some();
        server.event = NO_EVENT;
        server.cold = 1.0;
        if let Some(span) = noticed_after {
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
                    Doing::Travelling | Doing::Queued | Doing::Answering { .. }
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
    }

    /// A crash is over: the server boots, unless it is no longer wanted.
    fn crash_ends(&mut self, index: u32, fault: u32, boot: Option<&Sampler>) {
        let server = &mut self.services.servers[index as usize];
        server.crashed.retain(|&f| f != fault);
        if !server.crashed.is_empty() || server.state != State::Down {
            return;
        }
        server.unnoticed = false;
        let (id, number) = (server.service, server.number);
        if number >= self.services.stations[id].wanted {
            server.state = State::Off;
        } else {
            self.boot(index, boot);
        }
    }

    /// A server starts to boot.
    fn boot(&mut self, index: u32, law: Option<&Sampler>) {
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        server.state = State::Booting;
        let law = law.or(self.rules.settings.services[id].boot.as_ref());
        let owner = self.rules.program.services[id].owner.number(server.number);
        let draw = server.boots;
        server.boots += 1;
        let span = law.map_or(Span(0), |l| {
            l.span(self.rules.luck.uniform(owner, Place::ROOT, draw))
        });
        let at = self.now + span;
        self.services.servers[index as usize].event =
            self.agenda.at(at, Group::Change, Kind::Server, index);
    }

    /// A server has booted, is warm, or is known to be down; false when the event was stale.
    pub(in crate::engine) fn server_ready(&mut self, index: u32, number: Number) -> bool {
        let now = self.now;
        let server = &mut self.services.servers[index as usize];
        if server.event != number {
            return false;
        }
        server.event = NO_EVENT;
        let id = server.service;
        match server.state {
            State::Booting => {
                server.state = State::Up;
                let settings = &self.rules.settings.services[id];
                if !settings.warm_after.is_zero() {
                    server.cold = settings.cold;
                    let at = now + settings.warm_after;
                    let event = self.agenda.at(at, Group::Change, Kind::Server, index);
                    self.services.servers[index as usize].event = event;
                }
                self.touch(index);
                self.servers_changed(id);
                self.take_next(index);
            }
            State::Up | State::Draining => self.retime(&[index], |server| server.cold = 1.0),
            State::Down => {
                server.unnoticed = false;
                self.servers_changed(id);
            }
            State::Off => {}
        }
        true
    }

    /// Servers, workers or cores of a service may have changed.
    pub(in crate::engine) fn resize_station(&mut self, id: ServiceId) {
        let wanted = self.rules.settings.services[id].servers;
        let station = &mut self.services.stations[id];
        station.wanted = wanted;
        let (first, most) = (station.first, station.most);
        for number in 0..most {
            let index = first + number;
            let server = &mut self.services.servers[index as usize];
            server.resize(&self.rules.settings.services[id]);
            match (number < wanted, server.state) {
                (true, State::Off) => self.boot(index, None),
                (true, State::Draining) => server.state = State::Up,
                (false, State::Booting) => server.state = State::Off,
                (false, State::Up) => {
                    server.state = State::Draining;
                    self.drained(index);
                }
                (true, State::Booting | State::Up | State::Down)
                | (false, State::Off | State::Draining | State::Down) => {}
            }
        }
        self.measure_busy(id);
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
            .map(|s| s.sharing.working.min(s.cores))
            .sum();
        let level = self
            .rules
            .program
            .layout
            .service_level(id.0, ServiceLevel::Busy);
        self.rec.set(level, busy, self.now);
    }

    /// A draining server with nothing left is off.
    pub(in crate::engine) fn drained(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        let is_done = server.load() == 0 && server.sharing.working == 0;
        if server.state == State::Draining && is_done {
            server.state = State::Off;
            server.event = NO_EVENT;
            server.cold = 1.0;
            let id = server.service;
            self.servers_changed(id);
        }
    }
}
