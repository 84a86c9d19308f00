//! Metrics that are read while the replication runs: of the last complete seconds, or the level at
//! this instant (semantics#read-while-running).
//!
//! One idea: every second the running sums of each gauge are noted, so that what lies between two
//! notes is known. Durations are kept in the order in which things ended, with how many ended in
//! each second. Whoever asks between two seconds gets the answer of the last whole one.

use std::collections::VecDeque;

use crate::base::rank::rank;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::record::answers::{between, of_values, seconds};
use crate::engine::record::readings::{Reading, Weighted};
use crate::engine::record::samples::NEVER;
use crate::engine::record::watch::Watch;
use crate::engine::world::trigger::SECOND;
use crate::observation::{Among, Comparison, CounterId, LevelId, Probe, SampleId, Statistic, Term};
use crate::program::{ConditionId, Gauge, GaugeId, Program};

/// All gauges, and the clock that they go by.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Instruments {
    gauges: Vec<Live>,
    /// When they are read next.
    next: Time,
}

/// What is noted for a gauge.
#[derive(Clone, Debug, Default)]
struct Live {
    /// The sums at the last seconds, the earliest first.
    sums: VecDeque<Reading>,
    /// Of each of the last seconds the greatest value of a level, and nanoseconds in which a limit
    /// held.
    watched: VecDeque<(Option<u32>, i64)>,
    /// The answer, once somebody has asked since the last second.
    answer: Option<Option<f64>>,
}

/// Durations in the order in which things ended.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Recent {
    ended: VecDeque<i64>,
    /// How many ended in each complete second.
    seconds: VecDeque<usize>,
    /// How many have ended since.
    since: usize,
    /// Complete seconds that somebody may ask for.
    most: usize,
}

impl Recent {
    /// Somebody may ask for so many complete seconds.
    pub(in crate::engine) fn ask_for(&mut self, seconds: usize) {
        self.most = self.most.max(seconds);
    }

    /// Something ended that took so long.
    #[inline]
    pub(in crate::engine) fn push(&mut self, ns: i64) {
        self.ended.push_back(ns);
        self.since += 1;
    }

    /// A second is over.
    fn end_second(&mut self) {
        self.seconds.push_back(std::mem::take(&mut self.since));
        if self.seconds.len() > self.most
            && let Some(old) = self.seconds.pop_front()
        {
            self.ended.drain(..old);
        }
    }

    /// What ended in so many complete seconds.
    fn of_last(&self, seconds: usize) -> impl Iterator<Item = i64> {
        let counts = self.seconds.iter().rev().take(seconds);
        let many: usize = counts.sum();
        let until = self.ended.len() - self.since;
        self.ended.range(until - many..until).copied()
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.ended.capacity() * size_of::<i64>()
    }
}

/// The watch of a gauge among those of probes.
fn watch_of(program: &Program, gauge: GaugeId) -> u32 {
    program.probes.len() as u32 + gauge.0
}

impl Sim<'_> {
    /// Makes ready what is read while the replication runs, and the clock of it.
    pub(in crate::engine) fn prepare_instruments(&mut self) {
        let program = self.rules.program;
        self.rec.instruments = Instruments::default();
        if !program.reactions.looks() {
            return;
        }
        for (id, gauge) in program.reactions.gauges.iter() {
            match &gauge.probe {
                Probe::LevelMax { of, .. } => self.watch_always(id, *of, None),
                Probe::LevelShare {
                    of,
                    comparison,
                    limit,
                    ..
                } => self.watch_always(id, *of, Some((*comparison, *limit))),
                Probe::Sample { of, .. } => {
                    for sample in of {
                        self.rec.keep_recent(*sample, gauge.seconds as usize);
                    }
                }
                _ => {}
            }
            let sums = self.sums_of(gauge).into_iter().collect();
            self.rec.instruments.gauges.push(Live {
                sums,
                ..Live::default()
            });
        }
        // Whole seconds are those of the clock that every instant counts by.
        let (start, second) = (self.course.start.0, Span::SECOND.0);
        let first = Time((second - start.rem_euclid(second)) % second);
        self.rec.instruments.next = first;
        self.agenda.at(first, Group::Tick, Kind::Reading, SECOND);
    }

    fn watch_always(&mut self, gauge: GaugeId, level: LevelId, limit: Option<(Comparison, f64)>) {
        let number = watch_of(self.rules.program, gauge);
        let always = (Time(0), Time::NEVER);
        self.rec.watch(Watch::new(number, level, limit, always));
    }

    /// The sums of a gauge that has some, now.
    fn sums_of(&self, gauge: &Gauge) -> Option<Reading> {
        let Probe::Quotient { above, below, .. } = &gauge.probe else {
            return None;
        };
        Some(Reading {
            above: self.sum_now(above),
            below: self.sum_now(below),
            exact: self.exact_now(above).zip(self.exact_now(below)),
        })
    }

    fn sum_now(&self, terms: &[Weighted]) -> f64 {
        let count = |counter: &CounterId| self.rec.happened(*counter) as f64;
        let of = |(weight, term): &Weighted| {
            weight
                * match term {
                    Term::Count(counter) | Term::Began(counter) => count(counter),
                    Term::Integral(level) => self.rec.integral(*level, self.now) as f64 / 1e9,
                    Term::Seconds => self.now.as_secs_f64(),
                }
        };
        terms.iter().map(of).sum()
    }

    /// The same of levels alone, in units times nanoseconds.
    fn exact_now(&self, terms: &[Weighted]) -> Option<i128> {
        let of = |(weight, term): &Weighted| match term {
            Term::Integral(level) => {
                Some(*weight as i128 * self.rec.integral(*level, self.now) as i128)
            }
            _ => None,
        };
        terms.iter().map(of).sum()
    }

    /// A second is over: what is noted every second is noted now, if it is not yet.
    #[inline(never)]
    pub(in crate::engine) fn note_second(&mut self) {
        if self.now < self.rec.instruments.next {
            return;
        }
        self.rec.instruments.next = self.now + Span::SECOND;
        let program = self.rules.program;
        for (id, gauge) in program.reactions.gauges.iter() {
            let sums = self.sums_of(gauge);
            let watched = self.rec.take_watched(watch_of(program, id), self.now);
            let live = &mut self.rec.instruments.gauges[id.0 as usize];
            live.answer = None;
            let most = gauge.seconds as usize;
            if let Some(sums) = sums {
                live.sums.push_back(sums);
                while live.sums.len() > most + 1 {
                    live.sums.pop_front();
                }
            }
            if let Some(watched) = watched {
                live.watched.push_back(watched);
                while live.watched.len() > most {
                    live.watched.pop_front();
                }
            }
        }
        for tally in &mut self.rec.tallies {
            if let Some(recent) = tally.recent_mut() {
                recent.end_second();
            }
        }
    }

    /// When the next second is over.
    pub(in crate::engine) fn next_second(&self) -> Time {
        self.rec.instruments.next
    }

    /// A warm-up is dropped from all sums: what gauges have noted of them stands lower by it.
    pub(in crate::engine) fn cut_instruments(&mut self, cut: impl FnOnce(&mut Self)) {
        let program = self.rules.program;
        let all = |sim: &Self| {
            let gauges = program.reactions.gauges.values();
            gauges.map(|gauge| sim.sums_of(gauge)).collect::<Vec<_>>()
        };
        let before = all(self);
        cut(self);
        let after = all(self);
        let both = before.into_iter().zip(after);
        for (live, both) in self.rec.instruments.gauges.iter_mut().zip(both) {
            if let (Some(before), Some(after)) = both {
                live.sums
                    .iter_mut()
                    .for_each(|one| one.lower(&before, &after));
            }
        }
    }

    /// Whether a condition holds now; not where its gauge has no value.
    #[inline(never)]
    pub(in crate::engine) fn holds(&mut self, condition: ConditionId) -> bool {
        let condition = &self.rules.program.reactions.conditions[condition];
        let value = self.gauge(condition.gauge);
        value.is_some_and(|value| condition.comparison.holds(value, condition.limit))
    }

    /// The value of a gauge now, if it has one.
    pub(in crate::engine) fn gauge(&mut self, id: GaugeId) -> Option<f64> {
        let gauge = &self.rules.program.reactions.gauges[id];
        if let Probe::LevelAt { of, .. } = gauge.probe {
            return Some(f64::from(self.rec.value(of)));
        }
        if let Some(answer) = self.rec.instruments.gauges[id.0 as usize].answer {
            return answer;
        }
        let answer = self.answer_of(gauge, id);
        self.rec.instruments.gauges[id.0 as usize].answer = Some(answer);
        answer
    }

    fn answer_of(&self, gauge: &Gauge, id: GaugeId) -> Option<f64> {
        let live = &self.rec.instruments.gauges[id.0 as usize];
        match &gauge.probe {
            Probe::Quotient { below, .. } => {
                let (first, last) = (live.sums.front()?, live.sums.back()?);
                // One note is no second yet.
                (live.sums.len() > 1).then(|| between(first, last, below))?
            }
            Probe::LevelMax { .. } => {
                let values = live.watched.iter().filter_map(|one| one.0);
                values.max().map(f64::from)
            }
            Probe::LevelShare { .. } => {
                let length = live.watched.len() as f64 * 1e9;
                let held: i64 = live.watched.iter().map(|one| one.1).sum();
                (length > 0.0).then(|| held as f64 / length)
            }
            Probe::Sample {
                of,
                among,
                statistic,
                ..
            } => {
                let last = gauge.seconds as usize;
                let mut values: Vec<i64> = Vec::new();
                for SampleId(sample) in of {
                    let recent = self.rec.tallies[*sample as usize].recent();
                    values.extend(recent.into_iter().flat_map(|one| one.of_last(last)));
                }
                if *among == Among::Ok {
                    values.retain(|&ns| ns != NEVER);
                }
                of_those(&mut values, *statistic)
            }
            _ => None,
        }
    }
}

/// A statistic of few durations: one is enough.
fn of_those(values: &mut [i64], statistic: Statistic) -> Option<f64> {
    match statistic {
        Statistic::Percentile(q) if !values.is_empty() => {
            let k = rank(q, values.len() as u64) as usize;
            let (_, &mut value, _) = values.select_nth_unstable(k - 1);
            Some(seconds(value))
        }
        _ => of_values(values, statistic),
    }
}
