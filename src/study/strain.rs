//! Which services and pools were full in one replication, and what that did.
//!
//! One idea: the bins of a replication say everything about its spells of saturation, so they are
//! read once, before the bins are gone. The rule is that of `estimate::bottleneck`. Units of a
//! pool count as blocked while something that is asked for under it is itself full.

use crate::estimate::bottleneck::{Bin, Spell, spell};
use crate::observation::{
    CounterId, LevelId, Observation, PoolLevel, ServiceCounter, ServiceLevel,
};
use crate::program::Program;
use crate::results::BottleneckKind;
use crate::study::stations::Stations;

/// Held at least so much and someone waiting: full in this bin, for those who ask.
const FULL: f64 = 0.99;

/// The spell of a station in one replication, and what it did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Strain {
    /// When, and whether by its own work.
    pub(crate) spell: Spell,
    /// Share of the attempts that arrived in it that were not original.
    pub(crate) retry_share: Option<f64>,
    /// Share of the worker-time held in it that was wasted.
    pub(crate) wasted_share: Option<f64>,
    /// For one that waits: the station that it waits for most.
    pub(crate) waits_for: Option<usize>,
    /// For a cause: those who wait for it, with their blocked and held share in the spell.
    pub(crate) effects: Vec<(usize, Option<f64>, Option<f64>)>,
}

/// The strains of all stations in one replication.
pub(crate) fn strains(
    program: &Program,
    stations: &Stations,
    seen: &Observation,
) -> Vec<Option<Strain>> {
    let bins = Bins { program, seen };
    let mut all: Vec<Vec<Bin>> = (0..stations.names.len())
        .map(|station| bins.station(station, stations))
        .collect();
    for pool in stations.services..stations.names.len() {
        let blocked: Vec<bool> = (0..all[pool].len())
            .map(|bin| stations.asks(pool).any(|asked| is_full(&all[asked][bin])))
            .collect();
        for (bin, blocked) in all[pool].iter_mut().zip(blocked) {
            bin.blocked = if blocked { 1.0 } else { 0.0 };
        }
    }
    let spells: Vec<Option<Spell>> = all.iter().map(|bins| spell(bins)).collect();
    (0..all.len())
        .map(|station| {
            let spell = spells[station]?;
            Some(bins.strain(station, stations, spell, &all))
        })
        .collect()
}

fn is_full(bin: &Bin) -> bool {
    bin.held >= FULL && bin.queued >= 0.5
}

/// The bins of one observation.
struct Bins<'a> {
    program: &'a Program,
    seen: &'a Observation,
}

impl Bins<'_> {
    fn level(&self, bin: usize, id: LevelId) -> f64 {
        f64::from(self.seen.level_bins[bin * self.program.layout.levels() + id.0 as usize])
    }

    fn count(&self, range: (usize, usize), id: CounterId) -> f64 {
        let counters = self.program.layout.counters();
        (range.0..=range.1)
            .map(|bin| f64::from(self.seen.counter_bins[bin * counters + id.0 as usize]))
            .sum()
    }

    fn station(&self, station: usize, stations: &Stations) -> Vec<Bin> {
        let layout = &self.program.layout;
        let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        (0..self.program.clock.bins as usize)
            .map(|bin| {
                if station >= stations.services {
                    let pool = (station - stations.services) as u32;
                    let level = |what| self.level(bin, layout.pool_level(pool, what));
                    return Bin {
                        held: ratio(level(PoolLevel::InUse), level(PoolLevel::Size)),
                        queued: level(PoolLevel::Queue).min(1.0),
                        blocked: 0.0,
                    };
                }
                let level = |what| self.level(bin, layout.service_level(station as u32, what));
                let held = level(ServiceLevel::Held);
                Bin {
                    held: ratio(held, level(ServiceLevel::Workers)),
                    queued: level(ServiceLevel::QueueNonEmpty),
                    blocked: ratio(held - level(ServiceLevel::Active), held).max(0.0),
                }
            })
            .collect()
    }

    fn strain(
        &self,
        station: usize,
        stations: &Stations,
        spell: Spell,
        all: &[Vec<Bin>],
    ) -> Strain {
        let is_service = station < stations.services;
        let range = (spell.from, spell.to);
        let cause = spell.kind == BottleneckKind::Cause;
        Strain {
            spell,
            retry_share: is_service
                .then(|| self.retry_share(station as u32, range))
                .flatten(),
            wasted_share: is_service
                .then(|| self.wasted_share(station as u32, range))
                .flatten(),
            waits_for: (!cause)
                .then(|| waits_for(station, stations, range, all))
                .flatten(),
            effects: if cause {
                effects(station, stations, range, all)
            } else {
                Vec::new()
            },
        }
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
        let bin_s = self.program.clock.bin.as_secs_f64();
        let held: f64 = (range.0..=range.1)
            .map(|bin| self.level(bin, layout.service_level(service, ServiceLevel::Held)) * bin_s)
            .sum();
        let each_s = if total(ServiceCounter::Wasted) > 0.0 {
            total(ServiceCounter::WastedHeldNs) / 1e9 / total(ServiceCounter::Wasted)
        } else {
            0.0
        };
        let wasted = self.count(range, layout.service(service, ServiceCounter::Wasted));
        (held > 0.0).then(|| (wasted * each_s / held).min(1.0))
    }
}

/// Of those that a station asks, the one that is full the longest in the spell, or if none is, the
/// one that is held most.
fn waits_for(
    station: usize,
    stations: &Stations,
    (from, to): (usize, usize),
    all: &[Vec<Bin>],
) -> Option<usize> {
    let weight = |asked: usize| {
        let inside = &all[asked][from..=to];
        let full = inside.iter().filter(|bin| is_full(bin)).count() as f64;
        let held: f64 = inside.iter().map(|bin| bin.held).sum();
        (full, held)
    };
    stations.asks(station).reduce(|best, other| {
        let ((a, b), (c, d)) = (weight(best), weight(other));
        if c > a || (c >= a && d > b) {
            other
        } else {
            best
        }
    })
}

/// Least blocked share of somebody who counts as held up.
const HELD_UP: f64 = 0.05;

fn effects(
    station: usize,
    stations: &Stations,
    (from, to): (usize, usize),
    all: &[Vec<Bin>],
) -> Vec<(usize, Option<f64>, Option<f64>)> {
    let of = |caller: usize| {
        let inside = &all[caller][from..=to];
        let held: f64 = inside.iter().map(|bin| bin.held).sum();
        let blocked: f64 = inside.iter().map(|bin| bin.held * bin.blocked).sum();
        let blocked = (held > 0.0).then(|| blocked / held);
        (caller, blocked, Some(held / inside.len() as f64))
    };
    stations
        .waiting_for(station)
        .into_iter()
        .map(of)
        .filter(|(_, blocked, _)| blocked.is_some_and(|share| share >= HELD_UP))
        .collect()
}
