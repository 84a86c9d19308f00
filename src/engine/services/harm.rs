//! What a fault does to servers: it slows them, makes them stand still, crashes them, or leaves
//! them less (semantics#faults).
//!
//! A server knows the occurrences that hit it, each by its number, so that the end of one takes
//! only its own part away. Which they are is found by each server's own luck.

use crate::base::slim::Slim;
use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::calendar::key::Number;
use crate::engine::draws::{OfFault, OfOccurrence};
use crate::engine::record::recorder::Change;
use crate::engine::services::server::{Renewal, Server, State, remaining, stretched};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::engine::tasks::population::Role;
use crate::program::{Fault, FaultKind, Selector, ServiceId, Settings, Target};
use crate::random::key::{Owner, Place};

/// An occurrence of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Blow {
    /// Its number among all.
    pub(in crate::engine) id: u32,
    /// Of which fault.
    pub(in crate::engine) fault: u32,
    /// How many occurrences of that came before.
    pub(in crate::engine) turn: u32,
}

impl<'p> Sim<'p> {
    /// The servers that an occurrence chooses among those there are, each by its own luck.
    pub(in crate::engine) fn pick(&self, blow: Blow, on: &Target) -> Vec<u32> {
        let owner = self.rules.program.faults[blow.fault as usize].owner;
        self.pick_by((owner, blow.turn), on)
    }

    /// The same for whoever has this name, the n-th time.
    pub(super) fn pick_by(&self, (owner, turn): (Owner, u32), on: &Target) -> Vec<u32> {
        let station = &self.services.stations[on.service];
        let all = station.first..station.first + station.most;
        let mut chosen: Vec<u32> = all
            .filter(|&index| {
                let server = &self.services.servers[index as usize];
                match &on.servers {
                    Selector::All => server.works(),
                    Selector::Zone { .. } => {
                        server.works() && on.servers.takes_newcomer(server.number)
                    }
                    Selector::Numbers(numbers) => {
                        server.works() && numbers.contains(&(server.number + 1))
                    }
                    _ => server.state == State::Up,
                }
            })
            .collect();
        let luck = self.rules.luck;
        let place = Fault::occurrence(turn);
        let many = luck.uniform(owner, place, OfOccurrence::HowMany as u32);
        let k = match on.servers {
            Selector::All | Selector::Zone { .. } | Selector::Numbers(_) => return chosen,
            _ => on.servers.drawn(chosen.len() as u32, many),
        };
        chosen.sort_by_key(|&index| {
            let number = self.services.servers[index as usize].number;
            let own = luck.uniform(owner.number(number), place, OfOccurrence::Chosen as u32);
            (own.to_bits(), number)
        });
        chosen.truncate(k as usize);
        chosen.sort_unstable();
        chosen
    }

    /// An occurrence begins upon these servers of one service.
    pub(in crate::engine) fn harm(&mut self, blow: Blow, chosen: &[u32]) {
        let program = self.rules.program;
        match &program.faults[blow.fault as usize].kind {
            FaultKind::Slow {
                factor,
                share: None,
                ..
            } => self.retime(chosen, |server| server.slowed.push((blow.id, *factor))),
            FaultKind::Pause(on) => {
                self.retime(chosen, |server| server.halted.push(blow.id));
                self.watch_outages(on.service);
            }
            FaultKind::Crash {
                on,
                noticed_after,
                silent,
                ..
            } => {
                for &index in chosen {
                    self.crash(index, blow.id, *noticed_after, *silent);
                }
                self.servers_changed(on.service);
            }
            FaultKind::Out(_) => {
                for &index in chosen {
                    self.crash(index, blow.id, None, false);
                    self.servers_changed(self.services.server(index).service);
                }
            }
            FaultKind::Deploy { version, .. } => {
                for &index in chosen {
                    let renewal = Renewal {
                        id: blow.id,
                        version: Some(*version),
                    };
                    self.services.servers[index as usize].renewal = Some(renewal);
                    self.take_renewal(index);
                }
            }
            FaultKind::Limit { most, .. } => {
                for &index in chosen {
                    self.services.servers[index as usize].limit((blow.id, *most));
                }
            }
            FaultKind::Capacity { on, cores, workers } => {
                for &index in chosen {
                    let server = &mut self.services.servers[index as usize];
                    server.lessened.push((blow.id, [*workers, *cores]));
                }
                self.resize_station(on.service);
            }
            _ => {}
        }
    }

    /// It ends there.
    pub(in crate::engine) fn heal(&mut self, blow: Blow, chosen: &[u32]) {
        let program = self.rules.program;
        match &program.faults[blow.fault as usize].kind {
            FaultKind::Slow { share: None, .. } => {
                self.retime(chosen, |server| server.slowed.retain(|s| s.0 != blow.id));
            }
            FaultKind::Pause(on) => {
                self.retime(chosen, |server| server.halted.retain(|&id| id != blow.id));
                self.share_out(on.service);
                self.watch_outages(on.service);
            }
            FaultKind::Crash { on, boot, .. } => {
                for &index in chosen {
                    self.crash_ends(index, blow.id, boot.as_ref());
                }
                self.servers_changed(on.service);
            }
            FaultKind::Out(_) => {
                for &index in chosen {
                    self.crash_ends(index, blow.id, None);
                    self.servers_changed(self.services.server(index).service);
                }
            }
            FaultKind::Limit { .. } => {
                for &index in chosen {
                    self.services.servers[index as usize].lift_limit(blow.id);
                }
            }
            FaultKind::Capacity { on, .. } => {
                for &index in chosen {
                    let server = &mut self.services.servers[index as usize];
                    server.lessened.retain(|l| l.0 != blow.id);
                }
                self.resize_station(on.service);
            }
            _ => {}
        }
    }

    /// An occurrence strikes attempts at a service, or no longer does.
    pub(in crate::engine) fn harm_attempts(&mut self, blow: Blow, id: ServiceId) {
        self.services.stations[id].strikes.push(blow);
        self.services.struck += 1;
    }

    /// It no longer does.
    pub(in crate::engine) fn heal_attempts(&mut self, blow: Blow, id: ServiceId) {
        let strikes = &mut self.services.stations[id].strikes;
        let before = strikes.len();
        strikes.retain(|one| *one != blow);
        self.services.struck -= (before - strikes.len()) as u32;
    }

    /// An occurrence shifts traffic within services, or no longer does.
    pub(in crate::engine) fn shift_traffic(&mut self, blow: Blow, by: Change) {
        let FaultKind::Shift { zones, .. } = &self.rules.program.faults[blow.fault as usize].kind
        else {
            return;
        };
        for (id, _) in zones {
            let shifts = &mut self.services.stations[*id].shifts;
            match by {
                Change::More => shifts.push(blow),
                Change::Less => shifts.retain(|one| *one != blow),
            }
        }
    }

    /// Faults decide what becomes of an attempt where it would start: of those in force from this
    /// one on, the first that has code for it.
    #[cold]
    pub(in crate::engine) fn strike(&mut self, slot: u32, id: ServiceId, from: usize) {
        let (program, luck) = (self.rules.program, self.rules.luck);
        let index = self.server_of(slot);
        for &blow in &self.services.stations[id].strikes[from..] {
            let fault = &program.faults[blow.fault as usize];
            let (share, code) = match &fault.kind {
                FaultKind::Error { share, code, .. } => (*share, Some(*code)),
                FaultKind::Slow { share, code, .. } => (share.unwrap_or(1.0), *code),
                _ => continue,
            };
            let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
            let place = fault.place(path, blow.turn);
            if let Some(code) = code
                && luck.uniform(owner, place, OfFault::Strikes as u32) < share
                && self.world.hits(blow.id, index)
            {
                self.people.task_mut(slot).pc = code;
                return;
            }
        }
    }

    /// An attempt goes on where its endpoint begins, or with what a further fault has for it.
    #[cold]
    pub(in crate::engine) fn begin_late(&mut self, slot: u32) {
        let program = self.rules.program;
        let (call, pc) = (self.people.attempt(slot).call, self.people.task(slot).pc);
        let route = &self.rules.routes.calls[call];
        self.people.task_mut(slot).pc = route.entry;
        let strikes = &self.services.stations[route.service].strikes;
        let at = strikes.iter().position(|blow| {
            let kind = &program.faults[blow.fault as usize].kind;
            matches!(kind, FaultKind::Slow { code: Some(code), .. } if code + 1 == pc)
        });
        if let Some(at) = at {
            self.strike(slot, route.service, at + 1);
        }
    }

    /// A server has the version that waits for it, without a boot.
    fn take_renewal(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        if let Some(renewal) = server.renewal.take() {
            server.take_version(renewal);
            self.resize_station(id);
        }
    }

    /// A deploy reaches a server, or is rolled back there: it drains and boots, or, if it is not
    /// there, has the version when it is.
    pub(in crate::engine) fn renew(&mut self, index: u32, renewal: Renewal) {
        self.services.struck += 1;
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        server.renewal = Some(renewal);
        match server.state {
            State::Up => {
                server.state = State::Draining;
                self.servers_changed(id);
                self.drained(index);
            }
            State::Booting => self.take_renewal(index),
            State::Draining | State::Down | State::Ordered | State::Off => {}
        }
    }

    /// The servers of a service that a deploy reaches, by number: those that are up.
    pub(in crate::engine) fn servers_up(&self, id: ServiceId) -> Vec<u32> {
        let station = &self.services.stations[id];
        let all = station.first..station.first + station.most;
        let is_up = |index: &u32| self.services.servers[*index as usize].state == State::Up;
        all.filter(is_up).collect()
    }

    /// Those that an occurrence of a deploy has reached, by number.
    pub(in crate::engine) fn servers_renewed(&self, id: ServiceId, occurrence: u32) -> Vec<u32> {
        let station = &self.services.stations[id];
        let all = station.first..station.first + station.most;
        let has = |index: &u32| {
            let server = &self.services.servers[*index as usize];
            let waits = server.renewal.is_some_and(|one| one.id == occurrence);
            waits || server.versions.iter().any(|one| one.0 == occurrence)
        };
        all.filter(has).collect()
    }

    /// The numbers in force for a task, on whatever server it is.
    #[cold]
    pub(in crate::engine) fn numbers_of(&self, slot: u32) -> &'p Settings {
        match &self.people.task(self.attempt_above(slot)).role {
            Role::Attempt(a) if a.server != u32::MAX => {
                let server = &self.services.servers[a.server as usize];
                self.rules.of_version(server.version())
            }
            _ => self.rules.settings,
        }
    }

    /// What a step demands of an attempt that faults slow down.
    #[cold]
    pub(in crate::engine) fn slowed_demand(&mut self, slot: u32, demand: Span) -> Span {
        let root = self.attempt_above(slot);
        let attempt = self.people.attempt(root);
        let (id, index) = (
            self.rules.program.calls[attempt.call].service,
            attempt.server,
        );
        let (owner, path) = (self.people.task(root).owner, self.own_path(root));
        let mut slowness = 1.0;
        for blow in &self.services.stations[id].strikes {
            let fault = &self.rules.program.faults[blow.fault as usize];
            let FaultKind::Slow {
                factor,
                share: Some(share),
                ..
            } = &fault.kind
            else {
                continue;
            };
            let place = fault.place(path, blow.turn);
            let luck = self
                .rules
                .luck
                .uniform(owner, place, OfFault::Strikes as u32);
            if luck < *share && self.world.hits(blow.id, index) {
                slowness *= factor;
            }
        }
        demand.scaled(slowness)
    }

    /// The path of an attempt itself, whatever `repeat` it is in.
    fn own_path(&self, root: u32) -> Place {
        let task = self.people.task(root);
        let (mut path, mut frame) = (task.path, task.frame);
        while frame != NO_FRAME {
            let around = self.people.frame(frame);
            if let FrameKind::Repeat { path: outside, .. } = around.kind {
                path = outside;
            }
            frame = around.outer;
        }
        path
    }

    /// Changes the pace of some servers: work in progress is timed anew.
    pub(in crate::engine) fn retime(
        &mut self,
        chosen: &[u32],
        mut change: impl FnMut(&mut Server),
    ) {
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
}
