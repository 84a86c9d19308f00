//! What was full in one replication, and what came of it meanwhile.
//!
//! One idea: who is full and who is to blame is said by `estimate::blame`; here only the bins of
//! the replication are added, before they are gone: retries, wasted work and queues of a spell.

use crate::estimate::blame::{Finding, findings};
use crate::estimate::bottleneck::Strain;
use crate::observation::fullness::{Thing, Things};
use crate::observation::{
    CounterId, LevelId, Observation, PoolLevel, RoomLevel, ServiceCounter, ServiceLevel,
};
use crate::program::Program;
use crate::results::{Place, ResourceKind};

/// The strains of one replication.
pub(crate) fn strains(program: &Program, seen: &Observation) -> Vec<Strain> {
    let bins = Bins { program, seen };
    let found = findings(&seen.fullness).into_iter();
    found.map(|finding| bins.strain(finding)).collect()
}

/// The numbers of a program's things.
pub(crate) fn things(program: &Program) -> Things {
    Things {
        services: program.layout.services,
        pools: program.layout.pools,
        rooms: program.layout.rooms,
    }
}

/// What a thing is called.
pub(crate) fn place(program: &Program, thing: u32) -> Place {
    let names = &program.names;
    let of = |all: &[String], at: u32| all[at as usize].clone();
    let (name, resource) = match things(program).thing(thing) {
        Thing::Workers(service) => (of(&names.services, service), ResourceKind::Workers),
        Thing::Cores(service) => (of(&names.services, service), ResourceKind::Cores),
        Thing::Pool(pool) => (of(&names.pools, pool), ResourceKind::Pool),
        Thing::Room(room) => (of(&names.rooms, room), ResourceKind::Room),
        Thing::Think => (String::new(), ResourceKind::Think),
        Thing::Network => (String::new(), ResourceKind::Network),
        Thing::Pause => (String::new(), ResourceKind::Pause),
    };
    Place { name, resource }
}

/// The bins of one observation.
struct Bins<'a> {
    program: &'a Program,
    seen: &'a Observation,
}

impl Bins<'_> {
    fn strain(&self, finding: Finding) -> Strain {
        let range = self.range(&finding);
        let layout = &self.program.layout;
        let thing = things(self.program).thing(finding.thing);
        let service = match thing {
            Thing::Workers(service) | Thing::Cores(service) => Some(service),
            _ => None,
        };
        let queue = match thing {
            Thing::Workers(of) | Thing::Cores(of) => {
                Some(layout.service_level(of, ServiceLevel::Queue))
            }
            Thing::Pool(of) => Some(layout.pool_level(of, PoolLevel::Queue)),
            Thing::Room(of) => Some(layout.room_level(of, RoomLevel::Waiting)),
            _ => None,
        };
        Strain {
            retry_share: service.and_then(|service| self.retry_share(service, range)),
            wasted_share: service.and_then(|service| self.wasted_share(service, range)),
            queue: queue.map(|level| self.level(range, level)),
            finding,
        }
    }

    /// The bins of a spell: the first and the one after the last.
    fn range(&self, finding: &Finding) -> (usize, usize) {
        let clock = &self.program.clock;
        let (start, bin) = (clock.start.as_secs_f64(), clock.bin.as_secs_f64());
        let bins = clock.bins as usize;
        let from = ((finding.from_s - start) / bin).max(0.0).floor() as usize;
        let to = ((finding.to_s - start) / bin).max(0.0).ceil() as usize;
        let from = from.min(bins.saturating_sub(1));
        (from, to.clamp(from + 1, bins.max(from + 1)))
    }

    /// The mean of a level over some bins.
    fn level(&self, (from, to): (usize, usize), id: LevelId) -> f64 {
        let levels = self.program.layout.levels();
        let bins = (from..to).map(|bin| bin * levels + id.0 as usize);
        let known = bins.filter_map(|at| self.seen.level_bins.get(at));
        known.map(|level| f64::from(*level)).sum::<f64>() / (to - from) as f64
    }

    fn count(&self, (from, to): (usize, usize), id: CounterId) -> f64 {
        let counters = self.program.layout.counters();
        let bins = (from..to).map(|bin| bin * counters + id.0 as usize);
        let known = bins.filter_map(|at| self.seen.counter_bins.get(at));
        known.map(|count| f64::from(*count)).sum()
    }

    fn retry_share(&self, service: u32, range: (usize, usize)) -> Option<f64> {
        let count = |what| self.count(range, self.program.layout.service(service, what));
        let arrived = count(ServiceCounter::Arrived);
        (arrived > 0.0).then(|| 1.0 - count(ServiceCounter::Original) / arrived)
    }

    /// Wasted attempts of the spell at the mean time that a wasted one held a worker, as a share of
    /// the time held in it.
    fn wasted_share(&self, service: u32, range: (usize, usize)) -> Option<f64> {
        let layout = &self.program.layout;
        let total = |what| self.seen.counters[layout.service(service, what).0 as usize] as f64;
        let length_s = (range.1 - range.0) as f64 * self.program.clock.bin.as_secs_f64();
        let held = layout.service_level(service, ServiceLevel::Held);
        let held_s = self.level(range, held) * length_s;
        let each_s = if total(ServiceCounter::Wasted) > 0.0 {
            total(ServiceCounter::WastedHeldNs) / 1e9 / total(ServiceCounter::Wasted)
        } else {
            0.0
        };
        let wasted = self.count(range, layout.service(service, ServiceCounter::Wasted));
        (held_s > 0.0).then(|| (wasted * each_s / held_s).min(1.0))
    }
}
