//! Limits that each server finds for itself: asked before its workers and its queue, they hear of
//! whoever starts and of whoever ends there. A crash forgets them, a boot begins anew
//! (semantics#limiters).

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::draws::Aside;
use crate::engine::guards::advice::Word;
use crate::engine::services::balance::Comer;
use crate::engine::services::departure::WorkEnd;
use crate::engine::services::limits::ended::Ended;
use crate::engine::services::limits::{aimd, breakwater, dagor, envoy, gradient2, vegas};
use crate::program::{Breakwater, Class, Dagor, Keeper, Limiter, ServiceId, Site};
use crate::random::key::Place;

/// Users are dealt out among the levels of a class anew each hour.
const HOUR_NS: i64 = 3_600_000_000_000;

/// What a server has found so far.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Vegas(vegas::State),
    Gradient2(gradient2::State),
    Aimd(aimd::State),
    Envoy(envoy::State),
    Dagor(dagor::State),
    Breakwater(breakwater::State),
}

impl Found {
    /// Nothing yet.
    fn new(of: &Limiter, now: Time, (luck, classes): (f64, u32)) -> Found {
        match of {
            Limiter::Vegas(of) => Found::Vegas(vegas::State::new(of, luck)),
            Limiter::Gradient2(of) => Found::Gradient2(gradient2::State::new(of)),
            Limiter::Aimd(of) => Found::Aimd(aimd::State::new(of)),
            Limiter::Envoy(of) => Found::Envoy(envoy::State::new(of, now)),
            Limiter::Dagor(of) => Found::Dagor(dagor::State::new(of, of.levels * classes, now)),
            Limiter::Breakwater(of) => Found::Breakwater(breakwater::State::new(of, now)),
        }
    }

    /// Whether it is of this kind.
    fn fits(&self, of: &Limiter) -> bool {
        matches!(
            (self, of),
            (Found::Dagor(_), Limiter::Dagor(_))
                | (Found::Vegas(_), Limiter::Vegas(_))
                | (Found::Gradient2(_), Limiter::Gradient2(_))
                | (Found::Aimd(_), Limiter::Aimd(_))
                | (Found::Envoy(_), Limiter::Envoy(_))
                | (Found::Breakwater(_), Limiter::Breakwater(_))
        )
    }

    /// Bytes of its lists, for the memory limit.
    pub(super) fn bytes(&self) -> usize {
        let lists = match self {
            Found::Envoy(state) => state.bytes(),
            Found::Dagor(state) => state.bytes(),
            Found::Breakwater(state) => state.bytes(),
            Found::Vegas(_) | Found::Gradient2(_) | Found::Aimd(_) => 0,
        };
        size_of::<Found>() + lists
    }
}

impl Sim<'_> {
    /// The limiter of a service may have changed: servers keep what they have found where it is of
    /// the same kind.
    pub(super) fn change_limiters(&mut self, id: ServiceId) {
        let station = &self.services.stations[id];
        for index in station.first..station.first + station.most {
            let of = &self.rules.settings.services[id].limiter;
            let found = &self.services.servers[index as usize].found;
            let stays = match (of, found) {
                (None, None) => true,
                (Some(of), Some(found)) => found.fits(of),
                _ => false,
            };
            if !stays {
                self.forget_limit(index);
                let first = self.services.stations[id].first;
                self.callers.guards().credits().forget_under_way(first);
            }
        }
    }

    /// A server begins to look for its limit.
    pub(super) fn forget_limit(&mut self, index: u32) {
        let id = self.services.servers[index as usize].service;
        let of = &self.rules.settings.services[id].limiter;
        let found = of.as_ref().map(|of| {
            let luck = self.limiter_luck(index, self.services.servers[index as usize].boots, 0);
            Box::new(Found::new(of, self.now, (luck, self.ranks_of_classes())))
        });
        self.services.servers[index as usize].found = found;
        self.callers.guards().credits().forget_server(index);
    }

    /// A number of the luck of a server's limiter, in this life of the server.
    fn limiter_luck(&self, index: u32, life: u32, draw: u32) -> f64 {
        let server = &self.services.servers[index as usize];
        let owner = self.rules.program.services[server.service].owner;
        let place = Place::ROOT
            .step(Aside::Limiter as u64)
            .turn(u64::from(life));
        self.rules
            .luck
            .uniform(owner.number(server.number), place, draw)
    }

    /// Whether a server takes in one more, who comes now.
    #[inline(never)]
    pub(super) fn takes_in(&mut self, comer: Comer, index: u32) -> bool {
        let now = self.now;
        let server = &self.services.servers[index as usize];
        let (load, id) = (server.load(), server.service);
        let Some(of) = &self.rules.settings.services[id].limiter else {
            return true;
        };
        let level = match of {
            Limiter::Dagor(of) => self.level(comer, of),
            _ => 0,
        };
        let delay = match of {
            Limiter::Breakwater(_) => self.delay_at(index),
            _ => Span(0),
        };
        // Those who come with a credit need no place.
        let load = match (of, self.rules.routes.services[id].tells) {
            (Limiter::Breakwater(_), true) => 0,
            _ => load,
        };
        let server = &mut self.services.servers[index as usize];
        let takes_in = match (server.found.as_deref_mut(), of) {
            (Some(Found::Vegas(found)), _) => load < found.limit(),
            (Some(Found::Gradient2(found)), _) => load < found.limit(),
            (Some(Found::Aimd(found)), _) => load < found.limit(),
            (Some(Found::Envoy(found)), Limiter::Envoy(of)) => {
                found.tick(of, now);
                load < found.limit()
            }
            (Some(Found::Dagor(found)), Limiter::Dagor(of)) => found.admits(of, level, now),
            (Some(Found::Breakwater(found)), Limiter::Breakwater(of)) => {
                found.admits(of, (load, delay), now)
            }
            _ => true,
        };
        if !takes_in {
            self.count_mechanism(self.rules.program.services[id].counts.limited);
        }
        takes_in
    }

    /// How long the one has waited who has waited longest at a server.
    fn delay_at(&self, index: u32) -> Span {
        let line = &self.services.servers[index as usize].line;
        let eldest = line.eldest(&self.people);
        eldest.map_or(Span(0), |slot| self.now - self.accepted_at(slot))
    }

    /// The level of whoever comes: the most important first.
    fn level(&self, comer: Comer, of: &Dagor) -> u32 {
        let hour = (self.course.told(self.now).0.max(0) / HOUR_NS) as u32;
        let place = Place::ROOT.step(Aside::Level as u64);
        let u = self.rules.luck.uniform(comer.owner, place, hour);
        let priority = self.class(comer.label).priority;
        let before = self
            .priorities()
            .filter(|&(other, is_first)| is_first && other < priority);
        before.count() as u32 * of.levels + (u * f64::from(of.levels)) as u32
    }

    /// The priority of every kind of traffic, and whether it is the first with it.
    fn priorities(&self) -> impl Iterator<Item = (u32, bool)> {
        let classes = &self.rules.program.classes;
        let all = || {
            classes
                .values()
                .chain([&Class::NONE])
                .map(|class| class.priority)
        };
        all()
            .enumerate()
            .map(move |(n, priority)| (priority, all().take(n).all(|other| other != priority)))
    }

    /// How many priorities there are.
    fn ranks_of_classes(&self) -> u32 {
        self.priorities().filter(|(_, is_first)| *is_first).count() as u32
    }

    /// What a server has to tell a caller that it answers now.
    #[inline(never)]
    pub(super) fn word_to_caller(&mut self, slot: u32, index: u32) -> Word {
        let now = self.now;
        let asks = self.demand_of(slot);
        let Some(server) = self.services.servers.get_mut(index as usize) else {
            return Word::NONE;
        };
        let of = &self.rules.settings.services[server.service].limiter;
        if !server.works() {
            return Word::NONE;
        }
        match (server.found.as_deref_mut(), of) {
            (Some(Found::Dagor(found)), Some(Limiter::Dagor(of))) => {
                Word::of_level(found.level(of, now))
            }
            (Some(Found::Breakwater(_)), Some(Limiter::Breakwater(of))) => match asks {
                Some(asks) => self.grant_credits(index, of, asks),
                None => Word::NONE,
            },
            _ => Word::NONE,
        }
    }

    /// The credits that a server grants to a caller that wants so many of the whole service.
    fn grant_credits(&mut self, index: u32, of: &Breakwater, (row, wants): (u32, u32)) -> Word {
        let (now, delay) = (self.now, self.delay_at(index));
        let id = self.services.servers[index as usize].service;
        let servers = (self.services.stations[id].eligible.len() as u32).max(1);
        let found = &mut self.services.servers[index as usize].found;
        match found.as_deref_mut() {
            Some(Found::Breakwater(found)) => {
                found.tick(of, delay, now);
                Word::of_credits(found.grant(row, wants.div_ceil(servers)))
            }
            _ => Word::NONE,
        }
    }

    /// The servers of a service forget the credits of a server that crashes or boots.
    pub(super) fn forget_caller(&mut self, index: u32) {
        let server = &self.services.servers[index as usize];
        let (number, site) = (server.number, Site::Service(server.service));
        let told = &self.rules.program.keepers.told;
        for first in told.rows_at(site) {
            for server in &mut self.services.servers {
                if let Some(Found::Breakwater(found)) = server.found.as_deref_mut() {
                    found.forget(first + number);
                }
            }
        }
    }

    /// What servers have granted is worth nothing once they get no new work.
    pub(super) fn forget_credits(&mut self, id: ServiceId) {
        let station = &self.services.stations[id];
        for index in station.first..station.first + station.most {
            if !self.services.servers[index as usize].is_eligible() {
                self.callers.guards().credits().forget_server(index);
            }
        }
    }

    /// Whether callers heed the levels of the servers of a service.
    pub(in crate::engine) fn heeds_levels(&self, id: ServiceId) -> bool {
        let limiter = &self.rules.settings.services[id].limiter;
        matches!(limiter, Some(Limiter::Dagor(of)) if of.tells)
    }

    /// Whether an attempt sets out for a server, by what that has told its caller. The server hears
    /// of those who do not come.
    #[inline(never)]
    pub(in crate::engine) fn heeds(
        &mut self,
        (slot, caller): (u32, u32),
        (id, keeper): (ServiceId, Keeper),
        index: u32,
    ) -> bool {
        let now = self.now;
        let Some(Limiter::Dagor(of)) = &self.rules.settings.services[id].limiter else {
            return true;
        };
        let word = self.word_of(caller, (id, keeper), (index, of.window));
        let Some(known) = word.number() else {
            return true;
        };
        let level = self.level(Comer::of(self.people.task(slot)), of);
        if level <= known {
            return true;
        }
        let found = &mut self.services.servers[index as usize].found;
        if let Some(Found::Dagor(found)) = found.as_deref_mut() {
            found.stopped(of, level, now);
        }
        self.count_mechanism(self.rules.program.services[id].counts.heeded);
        false
    }

    /// A worker of a server takes an attempt that has waited so long.
    #[inline(never)]
    pub(in crate::engine) fn limiter_started(&mut self, index: u32, waited: Span) {
        let found = &mut self.services.servers[index as usize].found;
        if let Some(Found::Dagor(found)) = found.as_deref_mut() {
            found.started(waited);
        }
    }

    /// The work of an attempt, accepted then, is over at a server, which still has it.
    #[inline(never)]
    pub(super) fn limiter_ended(&mut self, index: u32, accepted: Time, how: WorkEnd) {
        let now = self.now;
        let server = &self.services.servers[index as usize];
        let (in_flight, id, life) = (server.load(), server.service, server.boots);
        if how == WorkEnd::Lost {
            return;
        }
        let end = Ended {
            took: (now - accepted).0,
            in_flight,
            dropped: how == WorkEnd::Stopped,
        };
        let Some(of) = &self.rules.settings.services[id].limiter else {
            return;
        };
        let server = &mut self.services.servers[index as usize];
        let Some(mut found) = server.found.take() else {
            return;
        };
        let draw = &mut server.limiter_draws;
        *draw += 1;
        let draw = *draw;
        let luck = || self.limiter_luck(index, life, draw);
        match (&mut *found, of) {
            (Found::Vegas(found), Limiter::Vegas(of)) => found.ended(of, end, luck),
            (Found::Gradient2(found), Limiter::Gradient2(of)) => found.ended(of, end),
            (Found::Aimd(found), Limiter::Aimd(of)) => found.ended(of, end),
            (Found::Envoy(found), Limiter::Envoy(of)) => found.ended(of, (end, now), luck),
            _ => {}
        }
        self.services.servers[index as usize].found = Some(found);
    }
}
