//! What probes ask beyond the usual: readings at instants, and the answers at the end.
//!
//! A quotient over a part of the time is the difference of two readings of its terms; sliding
//! windows take a reading every whole second. Durations that need more than the sketch are
//! logged. It fills [`Observation::metrics`](crate::observation::Observation).

use std::cmp::Ordering;

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::agenda::{Group, Kind};
use crate::engine::record::recorder::NEVER;
use crate::engine::record::sliding::Sliding;
use crate::engine::record::watch::Watch;
use crate::observation::sketch::rank;
use crate::observation::{
    Among, Comparison, CounterId, LevelId, Period, Probe, SampleId, Statistic, Term, View, Worst,
};
use crate::program::Clock;

/// What is recorded for the probes.
#[derive(Debug, Default)]
pub(in crate::engine) struct Readings {
    /// By probe: the sums above and below at each instant, in the order of time.
    taken: Vec<Vec<Reading>>,
    /// By probe: the value of a level at its instant.
    at: Vec<Option<f64>>,
    /// What is still to be read: probe and the step to the next reading.
    plan: Vec<Plan>,
}

impl Readings {
    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let taken = self.taken.iter();
        taken.map(|one| one.capacity() * size_of::<Reading>()).sum()
    }
}

/// Bytes that the readings and windows of a probe take by the end, over so much of the time.
pub(in crate::engine) fn bytes(probe: &Probe, clock: &Clock) -> usize {
    let (Probe::Quotient { period, .. } | Probe::Sample { period, .. }) = probe else {
        return 0;
    };
    let step = match period.view {
        View::Whole => return 0,
        View::Worst { .. } => Span::SECOND,
        View::LongestBreach { slice, .. } => slice,
    };
    let from = period.from.unwrap_or(clock.start).max(clock.start);
    let until = period.until.unwrap_or(clock.horizon).min(clock.horizon);
    let steps = (until.0 - from.0).max(0) / step.0.max(1);
    usize::try_from(steps).map_or(usize::MAX, |n| n.saturating_mul(2 * size_of::<Reading>()))
}

/// A term with its weight.
type Weighted = (f64, Term);

/// The answers of all probes.
#[derive(Debug)]
pub(in crate::engine) struct Answers {
    pub(in crate::engine) values: Vec<Option<f64>>,
    /// Of how many things each is a share; 0 for what is no share of things.
    pub(in crate::engine) wholes: Vec<u64>,
    /// Windows skipped.
    pub(in crate::engine) skipped: Vec<u32>,
}

/// An answer, and of how many things it is a share.
type Answer = (Option<f64>, u64);

#[derive(Clone, Copy, Debug)]
struct Reading {
    above: f64,
    below: f64,
    /// The same of levels to the nanosecond: a part is never more than its whole by rounding.
    exact: Option<(i128, i128)>,
}

/// The ratio between two readings, if there is one.
fn between(x: &Reading, y: &Reading, all: &[Weighted]) -> Option<f64> {
    if all.is_empty() {
        return Some(y.above - x.above);
    }
    let (above, below) = match (x.exact, y.exact) {
        (Some(x), Some(y)) => ((y.0 - x.0) as f64, (y.1 - x.1) as f64),
        _ => (y.above - x.above, y.below - x.below),
    };
    (below > 0.0).then(|| above / below)
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    probe: u32,
    next: Option<Span>,
    until: Time,
}

/// Integrals and maxima as they stood at the horizon.
#[derive(Debug)]
pub(in crate::engine) struct Frozen {
    pub(in crate::engine) integrals: Vec<f64>,
    pub(in crate::engine) maxima: Vec<u32>,
    /// What had happened by then, where nothing that happens later counts.
    pub(in crate::engine) happened: Option<Vec<u128>>,
}

impl Sim<'_> {
    /// Looks through the probes for what must be recorded beyond the usual.
    pub(in crate::engine) fn prepare_readings(&mut self) {
        let program = self.rules.program;
        self.rec.readings.taken = vec![Vec::new(); program.probes.len()];
        self.rec.readings.at = vec![None; program.probes.len()];
        for (i, probe) in program.probes.iter().enumerate() {
            let i = i as u32;
            match probe {
                Probe::Quotient { period, .. } => self.plan_quotient(i, period),
                Probe::LevelMax { of, period } => self.watch(i, *of, None, period),
                Probe::LevelShare {
                    of,
                    comparison,
                    limit,
                    period,
                } => {
                    self.watch(i, *of, Some((*comparison, *limit)), period);
                }
                Probe::LevelAt { at, .. } => {
                    let at = self.since_start(*at);
                    self.plan(
                        at,
                        Plan {
                            probe: i,
                            next: None,
                            until: at,
                        },
                        Group::Reading,
                    );
                }
                Probe::Sample { of, .. } => of.iter().for_each(|of| self.rec.log(*of)),
                Probe::FirstMark(_) | Probe::LastMark(_) | Probe::SoldOut(_) => {}
                Probe::Recovery(_) => {}
            }
        }
    }

    fn since_start(&self, at: Time) -> Time {
        Time((at.0.saturating_sub(self.course.start.0)).clamp(0, self.course.end.0))
    }

    /// The bounds of a period, since the start of the clock.
    fn bounds(&self, period: &Period) -> (Time, Time) {
        let from = period
            .from
            .map_or(self.rec.cut, |t| self.since_start(t))
            .max(self.rec.cut);
        let until = period
            .until
            .map_or(self.course.horizon, |t| self.since_start(t));
        (from, until.min(self.course.horizon))
    }

    fn plan(&mut self, at: Time, plan: Plan, group: Group) {
        let slot = self.rec.readings.plan.len() as u32;
        self.rec.readings.plan.push(plan);
        self.agenda.at(at, group, Kind::Reading, slot);
    }

    fn plan_quotient(&mut self, probe: u32, period: &Period) {
        let (from, until) = self.bounds(period);
        let next = match period.view {
            View::Whole if period.from.is_none() && period.until.is_none() => return,
            View::Whole => Some(until - from),
            View::Worst { .. } => Some(Span::SECOND),
            View::LongestBreach { slice, .. } => Some(slice),
        };
        self.plan(from, Plan { probe, next, until }, Group::Tick);
    }

    fn watch(
        &mut self,
        probe: u32,
        level: LevelId,
        limit: Option<(Comparison, f64)>,
        period: &Period,
    ) {
        let (from, until) = self.bounds(period);
        self.rec
            .watch(Watch::new(probe, level, limit, (from, until)));
    }

    /// A reading is due.
    pub(in crate::engine) fn read(&mut self, slot: u32) {
        let plan = self.rec.readings.plan[slot as usize];
        let program = self.rules.program;
        match &program.probes[plan.probe as usize] {
            Probe::LevelAt { of, .. } => {
                let value = f64::from(self.rec.value(*of));
                self.rec.readings.at[plan.probe as usize] = Some(value);
            }
            Probe::Quotient { above, below, .. } => {
                let reading = Reading {
                    above: self.sum(above),
                    below: self.sum(below),
                    exact: self.exact(above).zip(self.exact(below)),
                };
                self.rec.readings.taken[plan.probe as usize].push(reading);
            }
            _ => unreachable!("only quotients and instants are read"),
        }
        if let Some(step) = plan.next
            && self.now < plan.until
            && step.0 > 0
        {
            let at = (self.now + step).min(plan.until);
            self.agenda.at(at, Group::Tick, Kind::Reading, slot);
        }
    }

    /// The value now of a weighted sum of terms.
    fn sum(&mut self, terms: &[Weighted]) -> f64 {
        let now = self.now.min(self.course.horizon);
        let mut sum = 0.0;
        for (weight, term) in terms {
            sum += weight
                * match term {
                    Term::Count(counter) => self.happened(*counter) as f64,
                    Term::Began(counter) => self.rec.total(*counter) as f64,
                    Term::Integral(level) => self.integral(*level, now),
                    Term::Seconds => (now - self.rec.cut).as_secs_f64(),
                };
        }
        sum
    }

    /// The value now of a weighted sum of levels, in units times nanoseconds; none of other terms.
    fn exact(&self, terms: &[Weighted]) -> Option<i128> {
        let now = self.now.min(self.course.horizon);
        let of = |(weight, term): &Weighted| match term {
            Term::Integral(level) => Some(*weight as i128 * self.rec.integral(*level, now) as i128),
            _ => None,
        };
        terms.iter().map(of).sum()
    }

    /// What was counted in the measured period, and in a drain after it.
    fn happened(&self, counter: CounterId) -> u128 {
        let frozen = self.rec.frozen.as_ref().and_then(|f| f.happened.as_ref());
        match frozen {
            Some(happened) => happened[counter.0 as usize],
            None => self.rec.happened(counter),
        }
    }

    /// The integral of a level since the cut, in units times seconds.
    fn integral(&mut self, level: LevelId, now: Time) -> f64 {
        if let Some(frozen) = &self.rec.frozen {
            return frozen.integrals[level.0 as usize];
        }
        self.rec.integral(level, now) as f64 / 1e9
    }

    /// The answer of every probe.
    pub(in crate::engine) fn answers(&mut self) -> Answers {
        let program = self.rules.program;
        let mut answers = Answers {
            values: Vec::with_capacity(program.probes.len()),
            wholes: vec![0; program.probes.len()],
            skipped: vec![0; program.probes.len()],
        };
        for (i, probe) in program.probes.iter().enumerate() {
            let answer = match probe {
                Probe::Quotient {
                    above,
                    below,
                    period,
                } => {
                    let (value, whole) = self.quotient(i, (above, below), period);
                    answers.wholes[i] = whole;
                    value
                }
                Probe::LevelMax { .. } | Probe::LevelShare { .. } => self.watched(i as u32),
                Probe::LevelAt { .. } => self.rec.readings.at[i],
                Probe::Sample {
                    of,
                    statistic,
                    period,
                    among,
                } => {
                    let ((value, whole), windows) = self.sampled(of, *among, *statistic, period);
                    answers.wholes[i] = whole;
                    answers.skipped[i] = windows;
                    value
                }
                Probe::FirstMark(mark) => self.marked(*mark).map(|m| m.0),
                Probe::LastMark(mark) => self.marked(*mark).map(|m| m.1),
                Probe::SoldOut(stock) => {
                    self.rec.sold_out_at[*stock as usize].map(|t| self.course.told(t).as_secs_f64())
                }
                Probe::Recovery(_) => None,
            };
            answers.values.push(answer);
        }
        answers
    }

    fn marked(&self, mark: u32) -> Option<(f64, f64)> {
        let (first, last) = self.rec.marked[mark as usize]?;
        Some((
            self.course.told(first).as_secs_f64(),
            self.course.told(last).as_secs_f64(),
        ))
    }

    fn quotient(
        &mut self,
        probe: usize,
        (above, below): (&[Weighted], &[Weighted]),
        period: &Period,
    ) -> Answer {
        let whole = |b: f64| {
            if counts(above) && counts(below) {
                b.round() as u64
            } else {
                0
            }
        };
        let ratio = |a: f64, b: f64| {
            if below.is_empty() {
                Some(a)
            } else {
                (b > 0.0).then(|| a / b)
            }
        };
        let taken = std::mem::take(&mut self.rec.readings.taken[probe]);
        let between = |x: &Reading, y: &Reading| (between(x, y, below), whole(y.below - x.below));
        match period.view {
            View::Whole => match (taken.first(), taken.last()) {
                (Some(first), Some(last)) => between(first, last),
                _ => {
                    let below = self.sum(below);
                    (ratio(self.sum(above), below), whole(below))
                }
            },
            View::Worst { window, is } => {
                let steps = (window.0 / Span::SECOND.0).max(1) as usize;
                let pairs = taken.iter().zip(taken.iter().skip(steps));
                let found = pairs.map(|(x, y)| between(x, y));
                worst(found.filter_map(|(value, whole)| Some((value?, whole))), is)
            }
            View::LongestBreach {
                slice,
                comparison,
                limit,
            } => {
                let slices = taken
                    .iter()
                    .zip(taken.iter().skip(1))
                    .map(|(x, y)| between(x, y).0);
                (Some(longest_breach(slices, slice, comparison, limit)), 0)
            }
        }
    }

    fn watched(&mut self, probe: u32) -> Option<f64> {
        let watch = self.rec.watches.iter_mut().find(|w| w.probe == probe)?;
        watch.advance(self.course.horizon);
        watch.value_at_end()
    }

    fn sampled(
        &self,
        of: &[SampleId],
        among: Among,
        statistic: Statistic,
        period: &Period,
    ) -> (Answer, u32) {
        let (from, until) = self.bounds(period);
        let logs = of
            .iter()
            .filter_map(|of| self.rec.tallies[of.0 as usize].log.as_ref());
        let inside =
            |(at, _): &&(Time, i64)| *at >= from && (*at < until || until == self.course.horizon);
        let mut values: Vec<(Time, i64)> = logs
            .flatten()
            .filter(|v| among == Among::Started || v.1 != NEVER)
            .filter(inside)
            .copied()
            .collect();
        match period.view {
            View::Whole => {
                let mut only: Vec<i64> = values.iter().map(|v| v.1).collect();
                let whole = only.len() as u64;
                ((of_values(&mut only, statistic), whole), 0)
            }
            View::Worst { window, is } => {
                values.sort_unstable();
                let (found, skipped) = windows(&values, (from, until), window, statistic);
                (worst(found.into_iter(), is), skipped)
            }
            View::LongestBreach {
                slice,
                comparison,
                limit,
            } => {
                values.sort_unstable();
                let slices = slices(&values, (from, until), slice, statistic);
                let longest = longest_breach(slices.into_iter(), slice, comparison, limit);
                ((Some(longest), 0), 0)
            }
        }
    }
}

/// Whether all terms count things.
fn counts(terms: &[Weighted]) -> bool {
    let mut terms = terms.iter();
    terms.all(|(_, term)| matches!(term, Term::Count(_) | Term::Began(_)))
}

/// The worst of the windows; of several that are equally bad the one of the fewest things.
fn worst(values: impl Iterator<Item = (f64, u64)>, is: Worst) -> Answer {
    let worst = values.reduce(|a, b| {
        let is_worse = match (is, b.0.total_cmp(&a.0)) {
            (_, Ordering::Equal) => b.1 < a.1,
            (Worst::Largest, order) => order.is_gt(),
            (Worst::Smallest, order) => order.is_lt(),
        };
        if is_worse { b } else { a }
    });
    worst.map_or((None, 0), |(value, whole)| (Some(value), whole))
}

/// Seconds of the longest run of slices that break a limit; a slice without a value breaks none.
fn longest_breach(
    slices: impl Iterator<Item = Option<f64>>,
    slice: Span,
    comparison: Comparison,
    limit: f64,
) -> f64 {
    let (mut run, mut longest) = (0u32, 0u32);
    for value in slices {
        let broken = value.is_some_and(|v| !comparison.holds(v, limit));
        run = if broken { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    f64::from(longest) * slice.as_secs_f64()
}

/// A duration in seconds; [`NEVER`] is infinite.
pub(in crate::engine) fn seconds(ns: i64) -> f64 {
    if ns == NEVER {
        f64::INFINITY
    } else {
        ns as f64 / 1e9
    }
}

/// A statistic of durations in ns, in seconds; those that never end are [`NEVER`].
fn of_values(values: &mut [i64], statistic: Statistic) -> Option<f64> {
    let n = values.len();
    if n == 0 {
        return None;
    }
    let mean = |values: &[i64]| {
        let sum: i128 = values.iter().map(|&v| i128::from(v)).sum();
        sum as f64 / (n as f64 * 1e9)
    };
    let never = values.contains(&NEVER);
    match statistic {
        Statistic::Mean => Some(if never { f64::INFINITY } else { mean(values) }),
        Statistic::Max => values.iter().max().map(|&v| seconds(v)),
        Statistic::Deviation if never || n < 2 => None,
        Statistic::Deviation => {
            let mean = mean(values);
            let squares: f64 = values
                .iter()
                .map(|&v| (seconds(v) - mean) * (seconds(v) - mean))
                .sum();
            Some((squares / (n - 1) as f64).sqrt())
        }
        Statistic::Percentile(q) => {
            let k = rank(q, n as u64).max(1) as usize;
            if n < k + 10 {
                return None;
            }
            let (_, &mut value, _) = values.select_nth_unstable(k - 1);
            Some(seconds(value))
        }
        Statistic::Share(comparison, limit) => {
            let holds = values
                .iter()
                .filter(|&&v| comparison.holds(seconds(v), limit))
                .count();
            Some(holds as f64 / n as f64)
        }
    }
}

/// The statistic in every window that begins at a whole second with the number of durations in it,
/// and how many windows had none.
fn windows(
    values: &[(Time, i64)],
    (from, until): (Time, Time),
    window: Span,
    statistic: Statistic,
) -> (Vec<(f64, u64)>, u32) {
    let (mut found, mut skipped) = (Vec::new(), 0);
    let (mut low, mut high) = (0, 0);
    let mut begin = from;
    let durations: Vec<i64> = values.iter().map(|v| v.1).collect();
    let mut sliding = Sliding::new(&durations, statistic);
    while begin + window <= until {
        while high < values.len() && values[high].0 < begin + window {
            sliding.come(high);
            high += 1;
        }
        while low < high && values[low].0 < begin {
            sliding.go(low);
            low += 1;
        }
        let value = match statistic {
            Statistic::Deviation => of_values(&mut durations[low..high].to_vec(), statistic),
            _ => sliding.value(),
        };
        match value {
            Some(value) => found.push((value, (high - low) as u64)),
            None => skipped += 1,
        }
        begin += Span::SECOND;
    }
    (found, skipped)
}

fn slices(
    values: &[(Time, i64)],
    (from, until): (Time, Time),
    slice: Span,
    statistic: Statistic,
) -> Vec<Option<f64>> {
    let mut found = Vec::new();
    let mut begin = from;
    while begin < until {
        let low = values.partition_point(|v| v.0 < begin);
        let high = values.partition_point(|v| v.0 < begin + slice);
        let mut only: Vec<i64> = values[low..high].iter().map(|v| v.1).collect();
        found.push(of_values(&mut only, statistic));
        begin += slice;
    }
    found
}
