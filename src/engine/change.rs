//! Faults and actions taking effect, servers that boot, drain and crash
//! (semantics#scaling, #faults, #ties).
//!
//! All changes by the clock are known before it starts. At one instant they take effect in this
//! order: faults that end, faults that begin (each by the name of the fault), actions in the
//! order of the model's epochs, doors by the name of the room; boots follow as they were ordered.

use crate::base::table::Id;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{Group, Kind, NO_EVENT, Number};
use crate::engine::population::{Doing, Role};
use crate::engine::sending::trails;
use crate::engine::server::{State, remaining, stretched};
use crate::observation::ServiceLevel;
use crate::program::{FaultKind, RoomId, Selector, ServiceId};
use crate::random::key::Place;
use crate::random::sampler::Sampler;

/// A change by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    FaultEnds(u32),
    FaultBegins(u32),
    Epoch(u32),
    Door(RoomId),
}

/// All changes by the clock.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    entries: Vec<Change>,
    /// Servers that each fault has chosen.
    chosen: Vec<Vec<u32>>,
}

impl Sim<'_> {
    /// Schedules every change that is known before the clock starts.
    pub(super) fn schedule_changes(&mut self) {
        let program = self.program;
        self.calendar.chosen = vec![Vec::new(); program.faults.len()];
        for (i, fault) in program.faults.iter().enumerate() {
            self.schedule(fault.until, Change::FaultEnds(i as u32));
        }
        for (i, fault) in program.faults.iter().enumerate() {
            self.schedule_begin(fault.from, Change::FaultBegins(i as u32));
        }
        for (i, epoch) in program.epochs.iter().enumerate().skip(1) {
            self.schedule_begin(epoch.at, Change::Epoch(i as u32));
        }
        self.schedule_doors();
    }

    fn schedule(&mut self, at: Time, change: Change) {
        let at = Time(at.0.saturating_sub(self.start.0));
        if at > self.end || at < self.now {
            return;
        }
        let slot = self.calendar.entries.len() as u32;
        self.calendar.entries.push(change);
        self.agenda.at(at, Group::Change, Kind::Change, slot);
    }

    /// Whether what begins then, from T+0, begins at all: after the horizon of a steady study
    /// nothing does.
    pub(super) fn begins(&self, at: Time) -> bool {
        at.0.saturating_sub(self.start.0) <= self.changes_end.0
    }

    fn schedule_begin(&mut self, at: Time, change: Change) {
        if self.begins(at) {
            self.schedule(at, change);
        }
    }

    fn schedule_doors(&mut self) {
        let settings = self.settings;
        for (room, doors) in settings.rooms.iter() {
            for at in [doors.opens, doors.closes].into_iter().flatten() {
                self.schedule_begin(at, Change::Door(room));
            }
        }
    }

    /// An entry of the calendar is due.
    pub(super) fn change(&mut self, slot: u32) {
        match self.calendar.entries[slot as usize] {
            Change::FaultEnds(fault) => self.fault_ends(fault),
            Change::FaultBegins(fault) => self.fault_begins(fault),
            Change::Epoch(epoch) => self.begin_epoch(epoch),
            Change::Door(room) => self.door_turns(room),
        }
    }

    fn fault_begins(&mut self, number: u32) {
        let program = self.program;
        match &program.faults[number as usize].kind {
            FaultKind::Slow {
                service,
                factor,
                servers,
            } => {
                let chosen = self.pick(number, *service, *servers);
                self.retime(&chosen, |server| server.slowed.push((number, *factor)));
                self.calendar.chosen[number as usize] = chosen;
            }
            FaultKind::Pause { service, servers } => {
                let chosen = self.pick(number, *service, *servers);
                self.retime(&chosen, |server| server.halted.push(number));
                self.watch_outages(*service);
                self.calendar.chosen[number as usize] = chosen;
            }
            FaultKind::Crash {
                service,
                servers,
                noticed_after,
                silent,
                ..
            } => {
                let chosen = self.pick(number, *service, *servers);
                for &index in &chosen {
                    self.crash(index, number, *noticed_after, *silent);
                }
                self.servers_changed(*service);
                self.calendar.chosen[number as usize] = chosen;
            }
            FaultKind::Cut { .. } | FaultKind::Delay { .. } => self.begin_on_network(number),
            FaultKind::Error { service, .. } => self.stations[*service].errors.push(number),
        }
    }

    fn fault_ends(&mut self, number: u32) {
        let program = self.program;
        let chosen = std::mem::take(&mut self.calendar.chosen[number as usize]);
        match &program.faults[number as usize].kind {
            FaultKind::Slow { .. } => {
                self.retime(&chosen, |server| server.slowed.retain(|s| s.0 != number));
            }
            FaultKind::Pause { service, .. } => {
                self.retime(&chosen, |server| server.halted.retain(|&f| f != number));
                self.share_out(*service);
                self.watch_outages(*service);
            }
            FaultKind::Crash { service, boot, .. } => {
                for &index in &chosen {
                    self.crash_ends(index, number, boot.as_ref());
                }
                self.servers_changed(*service);
            }
            FaultKind::Cut { .. } | FaultKind::Delay { .. } => self.end_on_network(number),
            FaultKind::Error { service, .. } => {
                self.stations[*service].errors.retain(|&f| f != number);
            }
        }
    }

    /// The servers that a fault chooses among those that are up, each by its own luck.
    fn pick(&self, fault: u32, id: ServiceId, selector: Selector) -> Vec<u32> {
        let station = &self.stations[id];
        let all = station.first..station.first + station.most;
        let up: Vec<u32> = all
            .filter(|&i| self.servers[i as usize].state == State::Up)
            .collect();
        let k = match selector {
            Selector::All => up.len(),
            Selector::Count(k) => k as usize,
            Selector::Share(share) => ((share * up.len() as f64 + 0.5).floor() as usize).max(1),
        };
        let owner = self.program.faults[fault as usize].owner;
        let luck = |&i: &u32| {
            let number = self.servers[i as usize].number;
            (
                self.luck
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
    fn retime(&mut self, chosen: &[u32], mut change: impl FnMut(&mut super::Server)) {
        self.part_all();
        let now = self.now;
        let before: Vec<f64> = chosen
            .iter()
            .map(|&i| self.servers[i as usize].pace())
            .collect();
        for &index in chosen {
            let server = &mut self.servers[index as usize];
            server.sharing.advance(now);
            change(server);
            self.touch(index);
        }
        for (slot, which) in self.timed_on(chosen) {
            let after = self.servers[chosen[which] as usize].pace();
            let task = self.people.task(slot);
            let left = match task.doing {
                Doing::Timed => remaining(task.due, now, before[which]),
                _ => Span(task.due.0),
            };
            match stretched(left, after) {
                Some(span) => self.work_until(slot, now + span),
                None => {
                    let number = self.agenda.number();
                    let task = self.people.task_mut(slot);
                    task.doing = Doing::Halted;
                    task.due = Time(left.0);
                    task.event = number;
                }
            }
        }
    }

    /// Tasks in timed work on some servers, in the order in which it was scheduled.
    fn timed_on(&self, chosen: &[u32]) -> Vec<(u32, usize)> {
        let mut found: Vec<(Number, u32, usize)> = Vec::new();
        for (ticket, task) in self.people.iter() {
            let on_server = matches!(task.doing, Doing::Timed | Doing::Halted)
                && self.program.code[task.pc as usize].is_on_a_server();
            if on_server && let Ok(which) = chosen.binary_search(&self.server_of(ticket.slot)) {
                found.push((task.event, ticket.slot, which));
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
        self.part_all();
        let now = self.now;
        let server = &mut self.servers[index as usize];
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
            self.servers[index as usize].event = event;
        }
        let mut lost: Vec<(Time, u32)> = Vec::new();
        for (ticket, task) in self.people.iter() {
            if let Role::Attempt(a) = &task.role
                && a.server == index
                && !matches!(
                    task.doing,
                    Doing::Travelling | Doing::Queued | Doing::Answering
                )
            {
                lost.push((a.started, ticket.slot));
            }
        }
        lost.sort_unstable();
        for (_, slot) in lost {
            if self.people.task(slot).doing == Doing::Refusing {
                self.servers[index as usize].sharing.advance(now);
                self.leave_cores(index);
                self.forget_refusal(slot, silent);
            } else {
                self.lose_work(slot, silent);
            }
        }
        let people = &self.people;
        let queue = &mut self.servers[index as usize].queue;
        let waiting = queue.drain(|slot, number| super::station::waits(people, slot, number));
        self.servers[index as usize].gauge.want(0, now);
        for slot in waiting {
            self.lose_waiting(slot, silent);
        }
        self.servers[index as usize].sharing.clear(now);
    }

    /// A crash is over: the server boots, unless it is no longer wanted.
    fn crash_ends(&mut self, index: u32, fault: u32, boot: Option<&Sampler>) {
        let server = &mut self.servers[index as usize];
        server.crashed.retain(|&f| f != fault);
        if !server.crashed.is_empty() || server.state != State::Down {
            return;
        }
        server.unnoticed = false;
        let (id, number) = (server.service, server.number);
        if number >= self.stations[id].wanted {
            server.state = State::Off;
        } else {
            self.boot(index, boot);
        }
    }

    /// A server starts to boot.
    fn boot(&mut self, index: u32, law: Option<&Sampler>) {
        let server = &mut self.servers[index as usize];
        let id = server.service;
        server.state = State::Booting;
        let law = law.or(self.settings.services[id].boot.as_ref());
        let owner = self.program.services[id].owner.number(server.number);
        let draw = server.boots;
        server.boots += 1;
        let span = law.map_or(Span(0), |l| {
            l.span(self.luck.uniform(owner, Place::ROOT, draw))
        });
        let at = self.now + span;
        self.servers[index as usize].event = self.agenda.at(at, Group::Change, Kind::Server, index);
    }

    /// A server has booted, is warm, or is known to be down; false when the event was stale.
    pub(super) fn server_ready(&mut self, index: u32, number: Number) -> bool {
        let now = self.now;
        let server = &mut self.servers[index as usize];
        if server.event != number {
            return false;
        }
        server.event = NO_EVENT;
        let id = server.service;
        match server.state {
            State::Booting => {
                server.state = State::Up;
                let settings = &self.settings.services[id];
                if !settings.warm_after.is_zero() {
                    server.cold = settings.cold;
                    let at = now + settings.warm_after;
                    let event = self.agenda.at(at, Group::Change, Kind::Server, index);
                    self.servers[index as usize].event = event;
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

    /// An action takes effect.
    fn begin_epoch(&mut self, epoch: u32) {
        self.part_all();
        self.settings = &self.program.epochs[epoch as usize].settings;
        self.routes = &self.all_routes[epoch as usize];
        self.trails = trails(self.routes);
        for id in self.program.services.ids() {
            self.resize_station(id);
        }
        self.resize_pools();
        self.schedule_doors();
        for room in 0..self.program.rooms {
            self.door_turns(RoomId::from_index(room as usize));
        }
    }

    /// Servers, workers or cores of a service may have changed.
    fn resize_station(&mut self, id: ServiceId) {
        let wanted = self.settings.services[id].servers;
        let station = &mut self.stations[id];
        station.wanted = wanted;
        let (first, most) = (station.first, station.most);
        for number in 0..most {
            let index = first + number;
            let server = &mut self.servers[index as usize];
            server.resize(&self.settings.services[id]);
            match (number < wanted, server.state) {
                (true, State::Off) => self.boot(index, None),
                (true, State::Draining) => server.state = State::Up,
                (false, State::Booting) => server.state = State::Off,
                (false, State::Up) => {
                    server.state = State::Draining;
                    self.drained(index);
                }
                _ => {}
            }
        }
        self.measure_busy(id);
        self.resize_gauges(id);
        self.servers_changed(id);
        for index in first..first + most {
            let now = self.now;
            self.servers[index as usize].sharing.advance(now);
            self.touch(index);
            if self.servers[index as usize].has_business() {
                self.take_next(index);
            }
        }
        self.share_out(id);
    }

    /// The cores in use, after their number has changed.
    pub(super) fn measure_busy(&mut self, id: ServiceId) {
        if self.routes.services[id].dedicated {
            return;
        }
        let station = &self.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        let busy = self.servers[range]
            .iter()
            .map(|s| s.sharing.working.min(s.cores))
            .sum();
        let level = self.program.layout.service_level(id.0, ServiceLevel::Busy);
        self.rec.set(level, busy, self.now);
    }

    /// A draining server with nothing left is off.
    pub(super) fn drained(&mut self, index: u32) {
        let server = &mut self.servers[index as usize];
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
