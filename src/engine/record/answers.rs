//! The answers of probes, at the end: from readings, logs and levels that were followed.
//!
//! It fills [`Observation::metrics`](crate::observation::Observation).

use std::cmp::Ordering;

use crate::base::rank::rank;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::record::readings::{Reading, Weighted};
use crate::engine::record::samples::NEVER;
use crate::engine::record::sliding::Sliding;
use crate::observation::{
    Among, Comparison, Period, Probe, SampleId, Statistic, Term, View, Worst,
};

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

/// The ratio between two readings, if there is one.
pub(super) fn between(x: &Reading, y: &Reading, all: &[Weighted]) -> Option<f64> {
    if all.is_empty() {
        return Some(y.above - x.above);
    }
    let (above, below) = match (x.exact, y.exact) {
        (Some(x), Some(y)) => ((y.0 - x.0) as f64, (y.1 - x.1) as f64),
        _ => (y.above - x.above, y.below - x.below),
    };
    (below > 0.0).then(|| above / below)
}

impl Sim<'_> {
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
                    let at = self.rec.sold_out_at[*stock as usize].last;
                    at.map(|t| self.course.told(t).as_secs_f64())
                }
                Probe::FirstSoldOut(stock) => {
                    let at = self.rec.sold_out_at[*stock as usize].first;
                    at.map(|t| self.course.told(t).as_secs_f64())
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
pub(super) fn of_values(values: &mut [i64], statistic: Statistic) -> Option<f64> {
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
            let k = rank(q, n as u64) as usize;
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
