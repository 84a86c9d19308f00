//! A balancer that is more than a rule over all servers: weights, new servers that get less, loads
//! that it saw a while ago, a part of the servers for each caller, the same server for the same key
//! (semantics#balancing). Services without any of it never come here.

use crate::base::math::ln;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, Number};
use crate::engine::draws::{Aside, OfAttempt, OfStep};
use crate::engine::services::balance::{Comer, Placing};
use crate::engine::tasks::population::Role;
use crate::program::{Balance, Balancing, ServiceId};
use crate::random::key::{Owner, Place};

/// What a new server gets at first, of what it will get.
const LEAST: f64 = 0.1;

/// What a balancer remembers.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Balancer {
    /// Loads by number, when it last looked.
    seen: Vec<u32>,
    /// The event of the next look.
    look: Number,
    /// What each server has to its credit, of one that goes by turns.
    credit: Vec<f64>,
}

impl Sim<'_> {
    /// A balancer that knows no newer loads begins to look at them.
    pub(super) fn begin_looks(&mut self, id: ServiceId) {
        let stale = self.rules.settings.services[id].balance.stale;
        let balancer = &self.services.stations[id].balancer;
        if stale.is_some() && balancer.seen.is_empty() {
            self.look_at_loads(id);
        }
    }

    fn look_at_loads(&mut self, id: ServiceId) {
        let Some(stale) = self.rules.settings.services[id].balance.stale else {
            self.services.stations[id].balancer.seen.clear();
            return;
        };
        let station = &mut self.services.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        let loads = self.services.servers[range]
            .iter()
            .map(super::server::Server::load);
        station.balancer.seen.clear();
        station.balancer.seen.extend(loads);
        let at = self.now + stale;
        let look = self.agenda.at(at, Group::Change, Kind::Loads, id.0);
        self.services.stations[id].balancer.look = look;
    }

    /// A balancer looks at loads again; false when the event was stale.
    pub(in crate::engine) fn loads_seen(&mut self, service: u32, number: Number) -> bool {
        let id = ServiceId(service);
        if self.services.stations[id].balancer.look != number {
            return false;
        }
        self.look_at_loads(id);
        true
    }

    /// What becomes of an attempt that arrives where the balancer is more than a rule over all
    /// servers, or that is one of several copies: servers without one of the others come first.
    #[inline(never)]
    pub(super) fn place_apart(&mut self, slot: u32, id: ServiceId) -> Placing {
        let comer = Comer::of(self.people.task(slot));
        let desk = &self.rules.routes.services[id];
        if desk.shared {
            return self.place(comer, id, desk);
        }
        if desk.sheds && self.is_shed(comer, id) {
            return Placing::Shed;
        }
        match self.choose_apart(slot, id) {
            Some(index) => self.place_at(comer, index, (id, &self.rules.routes.services[id])),
            None => Placing::Refused(None),
        }
    }

    /// Which server the balancer chooses for an attempt, if it knows any.
    pub(in crate::engine) fn choose_apart(&mut self, slot: u32, id: ServiceId) -> Option<u32> {
        let luck = (self.people.task(slot).owner, self.people.task(slot).path);
        let mut among = std::mem::take(&mut self.services.candidates);
        among.clear();
        among.extend(&self.services.stations[id].eligible);
        self.keep_subset(slot, id, &mut among);
        self.leave_out_copies(slot, id, &mut among);
        let station = &mut self.services.stations[id];
        let (first, turn) = (station.first, station.turn);
        station.turn = turn.wrapping_add(1);
        let balance = &self.rules.settings.services[id].balance;
        let chosen = match among[..] {
            [] => None,
            [only] => Some(first + only),
            _ => {
                let mut chosen = match needs_more(balance) {
                    false => self.choose_among(&among, luck, (id, turn)),
                    true => self.weigh(slot, id, &among),
                };
                if needs_more(balance) && !self.services.stations[id].shifts.is_empty() {
                    chosen = self.shifted(luck, id, chosen);
                }
                Some(first + chosen)
            }
        };
        self.services.candidates = among;
        chosen
    }

    /// Keeps the part of the servers that a caller uses, by its luck.
    fn keep_subset(&self, slot: u32, id: ServiceId, among: &mut Vec<u32>) {
        let Some(subset) = self.rules.settings.services[id].balance.subset else {
            return;
        };
        if among.len() <= subset as usize {
            return;
        }
        let whose = self.caller_owner(slot);
        let service = self.rules.program.services[id].owner;
        let place = Place::ROOT.step(Aside::Subset as u64).turn(service.0);
        let luck = |number: u32| self.rules.luck.bits(whose, place, number);
        among.sort_by_cached_key(|&number| (luck(number), number));
        among.truncate(subset as usize);
        among.sort_unstable();
    }

    /// Who asks, as luck knows him: an instance of the calling service, or the user.
    fn caller_owner(&self, slot: u32) -> Owner {
        let task = self.people.task(slot);
        let caller = match &task.role {
            Role::Attempt(attempt) => self.people.get(attempt.caller).map(|_| attempt.caller.slot),
            Role::Visitor(_) | Role::Branch(_) => None,
        };
        let server = caller.and_then(|caller| match self.visitor_above(caller) {
            Some(_) => None,
            None => Some(self.services.server(self.server_of(caller))),
        });
        match server {
            Some(server) => {
                let service = &self.rules.program.services[server.service];
                service.owner.number(server.number)
            }
            None => task.owner,
        }
    }

    /// Which of several servers an attempt goes to, by weight, by the loads seen, or by its key.
    fn weigh(&mut self, slot: u32, id: ServiceId, among: &[u32]) -> u32 {
        let balance = &self.rules.settings.services[id].balance;
        let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
        let luck = |draw: OfAttempt| self.rules.luck.uniform(owner, path, draw as u32);
        let weights = |number: u32| self.weight(id, number);
        let load = |number: u32| (f64::from(self.load_seen(id, number)) + 1.0) / weights(number);
        let better = |a: u32, b: u32| match load(b) < load(a) {
            true => b,
            false => a,
        };
        let total: f64 = among.iter().map(|&number| weights(number)).sum();
        if total <= 0.0 {
            return among[0];
        }
        match balance.kind {
            Balance::RoundRobin => self.next_by_credit(id, among, total),
            Balance::Random => {
                let mut left = luck(OfAttempt::Balance) * total;
                let found = among.iter().copied().find(|&number| {
                    left -= weights(number);
                    left < 0.0
                });
                found.unwrap_or(among[among.len() - 1])
            }
            Balance::LeastLoaded => {
                let some = among
                    .iter()
                    .copied()
                    .filter(|&number| weights(number) > 0.0);
                some.reduce(better).expect("one has a weight")
            }
            Balance::TwoChoices => {
                let some = |number: &u32| weights(*number) > 0.0;
                let n = among.iter().filter(|number| some(number)).count();
                let nth = |k: usize| among.iter().copied().filter(some).nth(k);
                let a = (luck(OfAttempt::Balance) * n as f64) as usize;
                if n == 1 {
                    return nth(0).expect("one has a weight");
                }
                let b = (luck(OfAttempt::SecondChoice) * (n - 1) as f64) as usize;
                let b = b + usize::from(b >= a);
                let (a, b) = (nth(a), nth(b));
                let (a, b) = (a.expect("there are several"), b.expect("there are several"));
                better(a.min(b), a.max(b))
            }
            Balance::Sticky | Balance::Hash => self.same_for(slot, id, among),
        }
    }

    /// The next by turns, each as often as its weight says and evenly spread: all get credit, and
    /// who has most pays for all.
    fn next_by_credit(&mut self, id: ServiceId, among: &[u32], total: f64) -> u32 {
        let most = self.services.stations[id].most as usize;
        let mut credit = std::mem::take(&mut self.services.stations[id].balancer.credit);
        credit.resize(most, 0.0);
        let mut chosen = among[0];
        for &number in among {
            credit[number as usize] += self.weight(id, number);
            if credit[number as usize] > credit[chosen as usize] + 1e-9 {
                chosen = number;
            }
        }
        credit[chosen as usize] -= total;
        self.services.stations[id].balancer.credit = credit;
        chosen
    }

    /// The server of a key, or of a user without one: each has luck of its own at every server, and
    /// goes where that is best, so that only those of a server that goes have to move.
    fn same_for(&self, slot: u32, id: ServiceId, among: &[u32]) -> u32 {
        let task = self.people.task(slot);
        let by_key = self.rules.settings.services[id].balance.kind == Balance::Hash;
        let asks = match task.label.keys().filter(|_| by_key) {
            Some(_) => Place::ROOT
                .step(Aside::Key as u64)
                .turn(u64::from(task.label.key())),
            None => Place::ROOT.step(Aside::Sticky as u64).turn(task.owner.0),
        };
        let service = self.rules.program.services[id].owner;
        let score = |number: u32| {
            let luck = &self.rules.luck;
            let u = luck.uniform(service.number(number), asks, OfStep::Only as u32);
            self.weight(id, number) / -ln(u.max(f64::MIN_POSITIVE))
        };
        let best = among
            .iter()
            .copied()
            .reduce(|a, b| match score(b) > score(a) {
                true => b,
                false => a,
            });
        best.expect("there are several")
    }

    /// What the balancer knows of a server's load.
    fn load_seen(&self, id: ServiceId, number: u32) -> u32 {
        let station = &self.services.stations[id];
        match station.balancer.seen.get(number as usize) {
            Some(load) => *load,
            None => self.services.server(station.first + number).load(),
        }
    }

    /// The weight of a server, which grows while it is new.
    fn weight(&self, id: ServiceId, number: u32) -> f64 {
        let balance = &self.rules.settings.services[id].balance;
        let weight = balance.weight.get(number as usize).copied().unwrap_or(1.0);
        let server = self
            .services
            .server(self.services.stations[id].first + number);
        match balance.slow_start {
            Some(span) if server.up_since > Time(0) => {
                let age = (self.now - server.up_since).0 as f64 / span.0 as f64;
                weight * age.clamp(LEAST, 1.0)
            }
            _ => weight,
        }
    }
}

/// Whether the plain rule is not enough once the servers are known.
fn needs_more(balance: &Balancing) -> bool {
    let is_uneven = balance.slow_start.is_some() || !balance.weight.is_empty();
    is_uneven || balance.stale.is_some() || balance.kind == Balance::Hash
}
