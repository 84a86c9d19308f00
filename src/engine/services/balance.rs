//! Where an attempt goes that arrives: to which instance, into which line, or away
//! (semantics#call, #service).

use crate::engine::Sim;
use crate::engine::draws::{Aside, OfAttempt, OfFault, OfStep};
use crate::engine::route::Desk;
use crate::engine::services::server::State;
use crate::engine::tasks::label::Label;
use crate::engine::tasks::population::Task;
use crate::program::{Balance, FaultKind, Pc, ServiceId, Shed};
use crate::random::key::{Owner, Place};

/// What becomes of an attempt that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Placing {
    /// A free worker of this server takes it.
    Started(u32),
    /// It takes the worker of this server from the attempt in this slot.
    Takes(u32, u32),
    /// It waits at this server, or, for [`u32::MAX`], for all of them.
    Queued(u32),
    /// It is turned away before a server is chosen, to shed load.
    Shed,
    /// It is turned away by the limit that this server has found for itself.
    Limited(u32),
    /// It is turned away for want of room, by this server if there is any.
    Refused(Option<u32>),
    /// It meets the crash of this server.
    Crashed(u32),
}

/// Who comes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Comer {
    /// Whose luck it is.
    pub(in crate::engine) owner: Owner,
    /// The place of the attempt.
    pub(in crate::engine) path: Place,
    /// What kind of traffic it is.
    pub(in crate::engine) label: Label,
    /// Where the code of what it asks for begins.
    pub(in crate::engine) entry: Pc,
}

impl Comer {
    /// The task of an attempt that has not begun.
    pub(super) fn of(task: &Task) -> Comer {
        Comer {
            owner: task.owner,
            path: task.path,
            label: task.label,
            entry: task.pc,
        }
    }
}

impl Sim<'_> {
    /// What becomes of an attempt that arrives now, by the state at this instant.
    #[inline(always)]
    pub(in crate::engine) fn place(&mut self, comer: Comer, id: ServiceId, desk: &Desk) -> Placing {
        if desk.careful {
            return self.place_with_care(comer, id, desk);
        }
        let station = &mut self.services.stations[id];
        station.turn = station.turn.wrapping_add(1);
        let index = if station.only == u32::MAX {
            match self.balance(comer.owner, comer.path, id) {
                Some(index) => index,
                None => return Placing::Refused(None),
            }
        } else {
            station.only
        };
        let server = &self.services.servers[index as usize];
        if server.state == State::Down {
            Placing::Crashed(index)
        } else if server.has_free_worker() {
            Placing::Started(index)
        } else if u64::from(server.line.len()) < desk.limit {
            Placing::Queued(index)
        } else {
            Placing::Refused(Some(index))
        }
    }

    /// The same where more is looked at than free workers and the queue.
    #[inline(never)]
    fn place_with_care(&mut self, comer: Comer, id: ServiceId, desk: &Desk) -> Placing {
        if desk.sheds && self.is_shed(comer, id) {
            return Placing::Shed;
        }
        let station = &mut self.services.stations[id];
        station.turn = station.turn.wrapping_add(1);
        if desk.shared {
            return self.place_in_shared(comer, id, desk);
        }
        let index = if station.only == u32::MAX {
            match self.balance(comer.owner, comer.path, id) {
                Some(index) => index,
                None => return Placing::Refused(None),
            }
        } else {
            station.only
        };
        self.place_at(comer, index, (id, desk))
    }

    /// The same at the server that was chosen.
    #[inline]
    pub(super) fn place_at(
        &mut self,
        comer: Comer,
        index: u32,
        (id, desk): (ServiceId, &Desk),
    ) -> Placing {
        let server = &self.services.servers[index as usize];
        if server.state == State::Down {
            Placing::Crashed(index)
        } else if desk.limited && server.load() >= server.most {
            Placing::Refused(Some(index))
        } else if desk.limits && !self.takes_in(comer, index) {
            Placing::Limited(index)
        } else if self.services.servers[index as usize].has_free_worker()
            && !(desk.tended && self.has_to_wake(index))
        {
            Placing::Started(index)
        } else if desk.preempts
            && let Some(from) = self.behind(comer, id, [index])
        {
            from
        } else if u64::from(self.services.servers[index as usize].line.len()) < desk.limit {
            Placing::Queued(index)
        } else {
            Placing::Refused(Some(index))
        }
    }

    /// The same for an attempt that arrives where the network to some servers is disturbed: which
    /// it is to be is known only now. Nothing where that has kept it.
    #[cold]
    pub(super) fn place_in_disturbance(&mut self, slot: u32, id: ServiceId) -> Option<Placing> {
        let desk = &self.rules.routes.services[id];
        let comer = Comer::of(self.people.task(slot));
        let chosen = self.people.attempt(slot).server;
        if chosen != u32::MAX {
            // It was late on its way to this server, and is there now.
            let server = &self.services.servers[chosen as usize];
            let is_there = server.works() || server.state == State::Down;
            return Some(match is_there {
                true => self.place_at(comer, chosen, (id, desk)),
                false => Placing::Refused(None),
            });
        }
        let place = match self.people.attempt(slot).is_twin || desk.chooses {
            true => self.place_apart(slot, id),
            false => self.place(comer, id, desk),
        };
        self.reached(slot, id, place)
    }

    /// What becomes of an attempt that is placed so where the network to some servers may be
    /// disturbed; nothing where that has kept it.
    pub(super) fn reached(&mut self, slot: u32, id: ServiceId, place: Placing) -> Option<Placing> {
        let is_shared = self.rules.routes.services[id].shared;
        let (Placing::Started(index)
        | Placing::Takes(index, _)
        | Placing::Queued(index)
        | Placing::Limited(index)
        | Placing::Refused(Some(index))
        | Placing::Crashed(index)) = place
        else {
            return Some(place);
        };
        let kept = index != u32::MAX && !is_shared && self.kept_from(slot, index);
        (!kept).then_some(place)
    }

    /// Whether an attempt is turned away to shed load.
    #[inline(never)]
    pub(super) fn is_shed(&mut self, comer: Comer, id: ServiceId) -> bool {
        let shed = self.rules.settings.services[id].shed;
        if self.sheds(comer, shed, OfAttempt::Shed) {
            self.count_mechanism(self.rules.program.services[id].counts.shed);
            return true;
        }
        let endpoints = self.rules.program.endpoints.iter();
        let mut asked = endpoints.filter(|(_, e)| e.service == id && e.entry == comer.entry);
        let Some((endpoint, asked)) = asked.next() else {
            return false;
        };
        let shed = self.rules.settings.endpoints[endpoint].shed;
        let is_shed = self.sheds(comer, shed, OfAttempt::ShedByEndpoint);
        if is_shed {
            self.count_guard(asked.counts[1]);
        }
        is_shed
    }

    /// Whether an attempt is among those that are turned away so.
    fn sheds(&self, comer: Comer, shed: Shed, draw: OfAttempt) -> bool {
        let luck = || {
            self.rules
                .luck
                .uniform(comer.owner, comer.path, draw as u32)
        };
        self.class(comer.label).criticality >= shed.criticality && luck() < shed.share
    }

    /// The same where one queue is shared: servers come to it, so that one that is down or stands
    /// still gets nothing.
    #[inline(never)]
    fn place_in_shared(&mut self, comer: Comer, id: ServiceId, desk: &Desk) -> Placing {
        if self.services.stations[id].eligible.is_empty() {
            return Placing::Refused(None);
        }
        if let Some(free) = self.freest(id) {
            return match desk.limits && !self.takes_in(comer, free) {
                true => Placing::Limited(free),
                false => Placing::Started(free),
            };
        }
        let station = &self.services.stations[id];
        if desk.preempts {
            let servers = station.eligible.iter().map(|&n| station.first + n);
            if let Some(from) = self.behind(comer, id, servers) {
                return from;
            }
        }
        if desk.tended {
            self.wake_one(id);
        }
        let station = &self.services.stations[id];
        if u64::from(station.line.len()) < desk.limit {
            return Placing::Queued(u32::MAX);
        }
        let servers = station.eligible.iter().map(|&n| station.first + n);
        let mut up = servers.filter(|&i| self.services.servers[i as usize].works());
        let turned_away_by = up
            .clone()
            .find(|&i| self.services.servers[i as usize].takes_of_all());
        Placing::Refused(turned_away_by.or_else(|| up.next()))
    }

    /// The server with a free worker and the fewest in use; ties to the lowest number.
    pub(super) fn freest(&self, id: ServiceId) -> Option<u32> {
        let station = &self.services.stations[id];
        let servers = station.eligible.iter().map(|&n| station.first + n);
        let free = servers.filter(|&i| {
            let server = &self.services.servers[i as usize];
            server.takes_of_all() && server.occupied < server.workers.min(server.most)
        });
        free.min_by_key(|&i| (self.services.servers[i as usize].occupied, i))
    }

    /// Which server an attempt goes to, by the state at this instant.
    #[inline]
    fn balance(&self, owner: Owner, path: Place, id: ServiceId) -> Option<u32> {
        let station = &self.services.stations[id];
        let turn = station.turn.wrapping_sub(1);
        match station.eligible[..] {
            [] => None,
            [number] => Some(station.first + number),
            _ => {
                let number = self.choose_among(&station.eligible, (owner, path), (id, turn));
                Some(station.first + number)
            }
        }
    }

    /// Which of several servers an attempt goes to.
    #[inline]
    pub(super) fn choose_among(
        &self,
        among: &[u32],
        (owner, path): (Owner, Place),
        (id, turn): (ServiceId, u32),
    ) -> u32 {
        let settings = &self.rules.settings.services[id];
        let first = self.services.stations[id].first;
        let n = among.len() as u32;
        let load = |number: u32| self.services.servers[(first + number) as usize].load();
        let luck = |draw: OfAttempt| self.rules.luck.uniform(owner, path, draw as u32);
        let number = match settings.balance.kind {
            Balance::RoundRobin => among[(turn % n) as usize],
            Balance::Random => among[(luck(OfAttempt::Balance) * f64::from(n)) as usize],
            Balance::LeastLoaded => {
                let least = among.iter().min_by_key(|&&number| (load(number), number));
                *least.expect("there are several")
            }
            Balance::TwoChoices if n > 1 => {
                let a = (luck(OfAttempt::Balance) * f64::from(n)) as u32;
                let b = (luck(OfAttempt::SecondChoice) * f64::from(n - 1)) as u32;
                let b = b + u32::from(b >= a);
                let pair = [among[a as usize], among[b as usize]];
                let better = pair
                    .into_iter()
                    .min_by_key(|&number| (load(number), number));
                better.expect("two")
            }
            Balance::TwoChoices => among[0],
            Balance::Sticky | Balance::Hash => {
                let place = Place::ROOT
                    .step(Aside::Sticky as u64)
                    .turn(self.rules.program.services[id].owner.0);
                let u = self.rules.luck.uniform(owner, place, OfStep::Only as u32);
                among[(u * f64::from(n)) as usize]
            }
        };
        match self.services.stations[id].shifts.is_empty() {
            true => number,
            false => self.shifted((owner, path), id, number),
        }
    }

    /// Where an attempt goes that would go to this server, as faults shift traffic.
    #[cold]
    pub(super) fn shifted(
        &self,
        (owner, path): (Owner, Place),
        id: ServiceId,
        mut number: u32,
    ) -> u32 {
        let station = &self.services.stations[id];
        let (luck, settings) = (self.rules.luck, &self.rules.settings.services[id]);
        for blow in &station.shifts {
            let fault = &self.rules.program.faults[blow.fault as usize];
            let FaultKind::Shift { zones, share } = &fault.kind else {
                continue;
            };
            let place = fault.place(path, blow.turn);
            let Some((_, [from, to])) = zones.iter().find(|zone| zone.0 == id) else {
                continue;
            };
            let stays = luck.uniform(owner, place, OfFault::Strikes as u32) >= *share;
            if stays || !from.takes_newcomer(number) {
                continue;
            }
            let others = || station.eligible.iter().filter(|n| to.takes_newcomer(**n));
            let load = |number: u32| {
                let index = station.first + number;
                self.services.servers[index as usize].load()
            };
            let least = matches!(
                settings.balance.kind,
                Balance::LeastLoaded | Balance::TwoChoices
            );
            let other = if least {
                others().min_by_key(|&&number| (load(number), number))
            } else {
                let u = luck.uniform(owner, place, OfFault::By as u32);
                others().nth((u * others().count() as f64) as usize)
            };
            number = other.copied().unwrap_or(number);
        }
        number
    }
}
