//! What overload did in one replication: what came to each service while the launch was unhealthy,
//! when there was no way back, and which server differs from the others.
//!
//! One idea: an observation's bins are gone once it was looked at, so what a storm is made of is
//! reckoned here, from the fate of the launch and from what was usual before its trigger. What it
//! means is said by `fill` and by the words.

use crate::estimate::recovery::{End, Fate, Trigger};
use crate::observation::fullness::Resource;
use crate::observation::{
    CounterId, LevelId, Observation, ServiceCounter, ServiceLevel, UserCounter,
};
use crate::program::Program;
use crate::results::TriggerKind;
use crate::study::trigger::Judge;
use crate::study::usual::share;

/// Seconds over which attempts are held against first tries, at least: a retry belongs to a first
/// try of some seconds ago.
const TOGETHER_S: f64 = 10.0;

/// First tries in that time, at least.
const TRIES: f64 = 5.0;

/// So many bins in a row say that there is no way back.
const IN_A_ROW: usize = 3;

/// What went on at one service while a launch was unhealthy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Storm {
    /// First tries a second.
    pub(crate) offered: Option<f64>,
    /// Attempts a second.
    pub(crate) attempts: Option<f64>,
    /// Attempts a second worked off for callers who wait.
    pub(crate) goodput: Option<f64>,
    /// Share of attempts that are no first tries.
    pub(crate) retry_share: Option<f64>,
    /// Share of what is worked off that nobody waits for.
    pub(crate) wasted_share: Option<f64>,
    /// Share of held time spent waiting for others.
    pub(crate) blocked: Option<f64>,
    /// First tries per user, as a multiple of the usual.
    pub(crate) misses: Option<f64>,
    /// Servers up ÷ nominal.
    pub(crate) up: Option<f64>,
    /// Share of capacity that the original load before the trigger takes.
    pub(crate) usual_load: Option<f64>,
    /// Most attempts for each first try.
    pub(crate) amplification_max: Option<f64>,
    /// When there was no way back any more, seconds from T+0.
    pub(crate) no_return_s: Option<f64>,
}

/// A server that differs from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Odd {
    /// Its number, from 0.
    pub(crate) server: u32,
    /// Share of its workers' time held.
    pub(crate) held: f64,
    /// That of the others, on average.
    pub(crate) others: f64,
}

/// Shares of time that workers are held are alike within this.
const ALIKE: f64 = 0.05;

impl Odd {
    /// Whether it differs enough from the others to be told.
    pub(crate) fn stands_out(&self) -> bool {
        (self.held - self.others).abs() > ALIKE
    }
}

/// The storm at every service, in their order; empty for a launch that was never unhealthy.
pub(crate) fn storms(
    program: &Program,
    seen: &Observation,
    fate: Option<&Fate>,
    judge: Option<&Judge>,
) -> Vec<Storm> {
    let (Some(fate), Some(judge), Some(window)) = (fate, judge, program.clock.window) else {
        return Vec::new();
    };
    let Some(illness) = &fate.illness else {
        return Vec::new();
    };
    let clock = &program.clock;
    let bins = clock.bins as usize;
    let bin_s = clock.bin.as_secs_f64();
    let bin = |window_number: usize, round: fn(f64) -> f64| {
        let at = window_number as f64 * window.as_secs_f64() / bin_s;
        (round(at) as usize).min(bins)
    };
    let over = match illness.end {
        End::Recovered(window) | End::Ended(window) => bin(window, f64::ceil),
        End::Never => bins,
    };
    let onset = bin(illness.from, f64::floor);
    let mut from = onset.max(bin(fate.trigger_to, f64::ceil));
    if from >= over {
        from = onset;
    }
    let course = Course {
        program,
        seen,
        ill: (from, over.max(from + 1).min(bins)),
        trigger: judge
            .windows(program)
            .map(|Trigger { from, .. }| bin(from, f64::floor)),
        by_load: judge.kind == TriggerKind::Overload,
        comes_back: fate.recovered() == Some(true) && !fate.collapsed(),
    };
    (0..program.layout.services)
        .map(|service| course.storm(service))
        .collect()
}

/// One launch, by bins.
struct Course<'a> {
    program: &'a Program,
    seen: &'a Observation,
    /// The bins in which it was unhealthy, those of the trigger left out if there are others.
    ill: (usize, usize),
    /// The bin in which the trigger begins.
    trigger: Option<usize>,
    /// Whether the trigger is nothing but more users: dearer work is then of the storm's making.
    by_load: bool,
    /// Whether it came back when the trigger was over: then there was a way back all the time.
    comes_back: bool,
}

/// What came to a service in some bins, and what it did.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    seconds: f64,
    users: f64,
    arrived: f64,
    original: f64,
    completed: f64,
    goodput: f64,
    held: f64,
    active: f64,
    workers: f64,
    busy: f64,
    cores: f64,
    up: f64,
    nominal: f64,
}

impl Course<'_> {
    fn sum(&self, service: u32, (from, to): (usize, usize)) -> Sum {
        let layout = &self.program.layout;
        let bin_s = self.program.clock.bin.as_secs_f64();
        let count = |id: CounterId| {
            let bins = (from..to).map(|bin| bin * layout.counters() + id.0 as usize);
            let known = bins.filter_map(|at| self.seen.counter_bins.get(at));
            known.map(|n| f64::from(*n)).sum::<f64>()
        };
        let level = |what: ServiceLevel| {
            let id: LevelId = layout.service_level(service, what);
            let bins = (from..to).map(|bin| bin * layout.levels() + id.0 as usize);
            let known = bins.filter_map(|at| self.seen.level_bins.get(at));
            known.map(|level| f64::from(*level) * bin_s).sum::<f64>()
        };
        let of = |what: ServiceCounter| count(layout.service(service, what));
        Sum {
            seconds: (to - from) as f64 * bin_s,
            users: count(layout.users(UserCounter::Arrived)),
            arrived: of(ServiceCounter::Arrived),
            original: of(ServiceCounter::Original),
            completed: of(ServiceCounter::Completed),
            goodput: of(ServiceCounter::Goodput),
            held: level(ServiceLevel::Held),
            active: level(ServiceLevel::Active),
            workers: level(ServiceLevel::Workers),
            busy: level(ServiceLevel::Busy),
            cores: level(ServiceLevel::Cores),
            up: level(ServiceLevel::Up),
            nominal: level(ServiceLevel::Nominal),
        }
    }

    fn storm(&self, service: u32) -> Storm {
        let ill = self.sum(service, self.ill);
        let usual = self.trigger.map(|trigger| self.sum(service, (0, trigger)));
        let usual = usual.filter(|usual| usual.original >= TRIES);
        let load = usual.and_then(|usual| usual.load());
        Storm {
            offered: share(ill.original, ill.seconds),
            attempts: share(ill.arrived, ill.seconds),
            goodput: share(ill.goodput, ill.seconds),
            retry_share: share((ill.arrived - ill.original).max(0.0), ill.arrived),
            wasted_share: share((ill.completed - ill.goodput).max(0.0), ill.completed),
            blocked: share((ill.held - ill.active).max(0.0), ill.held),
            misses: usual.and_then(|usual| {
                let (now, before) = (ill.per_user()?, usual.per_user()?);
                share(now, before)
            }),
            up: share(ill.up, ill.nominal),
            usual_load: load,
            amplification_max: self.amplification_max(service),
            no_return_s: usual
                .zip(load)
                .filter(|_| !self.comes_back)
                .and_then(|(usual, load)| self.no_return_s(service, (usual, load))),
        }
    }

    /// The bins up to one that are looked at together.
    fn together(&self, bin: usize) -> (usize, usize) {
        let bins = (TOGETHER_S / self.program.clock.bin.as_secs_f64()).ceil() as usize;
        ((bin + 1).saturating_sub(bins.max(1)), bin + 1)
    }

    fn amplification_max(&self, service: u32) -> Option<f64> {
        let first = self.trigger.unwrap_or(0);
        let bins = first..self.program.clock.bins as usize;
        let sums = bins.map(|bin| self.sum(service, self.together(bin)));
        let all = sums.filter(|sum| sum.original >= TRIES);
        all.map(|sum| sum.arrived / sum.original).reduce(f64::max)
    }

    /// When attempts for each first try, and the time that each takes, had grown so far that the
    /// usual load alone is more than the service can do, and fewer were answered in time than
    /// usually come, for some bins in a row: the end of the first of them. (Huang et al. 2022,
    /// theorem 4: without the trigger its two sides are α_L L and α_C C. Attempts that a full queue
    /// turns away cost nothing, so it takes the second condition: while enough are answered in
    /// time, those who try again become fewer once the trigger is gone.)
    fn no_return_s(&self, service: u32, (usual, load): (Sum, f64)) -> Option<f64> {
        let clock = &self.program.clock;
        let exceeds = |bin: usize| {
            let now = self.sum(service, self.together(bin));
            if now.original < TRIES {
                return false;
            }
            let dearer = match (self.by_load, now.each(), usual.each()) {
                (true, Some(now), Some(before)) => (now / before).max(1.0),
                _ => 1.0,
            };
            let served = now.goodput / now.seconds >= usual.original / usual.seconds;
            !served && now.arrived / now.original * dearer * load >= 1.0
        };
        let bins = clock.bins as usize;
        let mut in_a_row = 0;
        for bin in self.trigger?..bins {
            in_a_row = if exceeds(bin) { in_a_row + 1 } else { 0 };
            if in_a_row == IN_A_ROW {
                let end = (bin + 2 - IN_A_ROW) as f64 * clock.bin.as_secs_f64();
                return Some(clock.start.as_secs_f64() + end);
            }
        }
        None
    }
}

impl Sum {
    /// The share of its capacity that the original load takes.
    fn load(&self) -> Option<f64> {
        let held = share(self.held, self.workers)?;
        let busy = share(self.busy, self.cores).unwrap_or(0.0);
        share(held.max(busy) * self.original, self.arrived).filter(|load| *load > 0.0)
    }

    /// Held seconds for each attempt worked off.
    fn each(&self) -> Option<f64> {
        let known = self.completed >= TRIES && self.held > 0.0;
        known.then(|| self.held / self.completed)
    }

    fn per_user(&self) -> Option<f64> {
        share(self.original, self.users).filter(|tries| *tries > 0.0)
    }
}

/// Of each service with several servers, the one whose workers were held most unlike the others'.
pub(crate) fn odd(program: &Program, seen: &Observation) -> Vec<Option<Odd>> {
    let clock = &program.clock;
    let seconds = clock.horizon.since(clock.cut).as_secs_f64();
    let of = |service: u32| {
        let servers = seen.fullness.instances.iter();
        let mut all: Vec<(u32, f64)> = servers
            .filter(|one| one.resource == Resource::Workers(service) && one.whole.size > 0)
            .map(|one| {
                let there = f64::from(one.whole.size) * seconds;
                (one.number, one.whole.held_s / there.max(f64::MIN_POSITIVE))
            })
            .collect();
        let n = all.len() as f64;
        let sum: f64 = all.iter().map(|(_, held)| held).sum();
        let others = |held: f64| (sum - held) / (n - 1.0);
        let apart = |one: &(u32, f64)| (one.1 - others(one.1)).abs();
        // Of several the first.
        all.sort_by(|a, b| apart(b).total_cmp(&apart(a)).then(a.0.cmp(&b.0)));
        let &(server, held) = all.first().filter(|_| n > 1.0)?;
        Some(Odd {
            server,
            held,
            others: others(held),
        })
    };
    (0..program.layout.services).map(of).collect()
}
