//! What a fit tells of the inputs: best values, intervals, what cannot be told apart.
//!
//! One idea: an interval holds every value of an input for which some values of the others fit
//! nearly as well (the profile likelihood): it ends where twice the logarithm of the likelihood
//! has fallen by the quantile of χ² with one degree. Where even the best fit is further off than
//! launches explain, all intervals grow by the root of how much (the ratio of Birge 1932). A
//! direction in which that interval would be wider than the ranges is not told by the data.

use super::Surrogate;
use crate::base::linear::{Direction, Factor, Matrix, directions, zeros};
use crate::base::math::normal_quantile;

/// What a fit tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The best inputs, from 0 to 1.
    pub best: Vec<f64>,
    /// The misfit there.
    pub misfit: f64,
    /// Summaries less inputs that are told.
    pub degrees: usize,
    /// By how much more than launches explain the fit is off; at least 1.
    pub excess: f64,
    /// By input, its interval.
    pub intervals: Vec<Interval>,
    /// Correlations of the estimates.
    pub correlations: Matrix,
    /// The standard error of each estimate, in units of the range, at most as for a value that is
    /// only known to lie in it.
    pub errors: Vec<f64>,
    /// How many directions of the inputs the data tell.
    pub rank: usize,
    /// The directions that they do not, the least known last; of length 1.
    pub untold: Vec<Vec<f64>>,
}

/// The interval of an input, and its profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interval {
    /// Its low end, at least 0.
    pub low: f64,
    /// Its high end, at most 1.
    pub high: f64,
    /// True if it reaches the low end of the range.
    pub at_low: bool,
    /// True if it reaches the high end of the range.
    pub at_high: bool,
    /// Values of the input, and how much worse the best fit with each is than the best of all, in
    /// units of 2·ln likelihood.
    pub profile: Vec<(f64, f64)>,
}

/// Values of an input in a profile.
const PROFILE: usize = 41;

/// The standard deviation of a value that is only known to lie in a range of length 1.
const IN_RANGE: f64 = 0.288_675_134_594_812_9;

/// A direction is told if its standard error is at most this: its interval is then narrower than
/// the range.
const TELLING: f64 = 0.25;

/// What the surrogate tells, with intervals at a confidence.
pub fn told(surrogate: &Surrogate, confidence: f64) -> Told {
    let (best, misfit) = surrogate.least_of_all();
    let information = surrogate.information(&best);
    let axes = directions(&information);
    let error = |value: f64| {
        if value > 0.0 {
            1.0 / value.sqrt()
        } else {
            f64::INFINITY
        }
    };
    let rank_of = |excess: f64| {
        let told = |axis: &&Direction| error(axis.value) * excess.sqrt() <= TELLING;
        axes.iter().filter(told).count()
    };
    let degrees = surrogate.summaries.len().saturating_sub(rank_of(1.0));
    let excess = match degrees {
        0 => 1.0,
        n => (misfit / n as f64).max(1.0),
    };
    let rank = rank_of(excess);
    let z = normal_quantile(0.5 + confidence / 2.0);
    let fall = z * z * excess;
    let untold: Vec<Vec<f64>> = axes[rank..]
        .iter()
        .map(|axis| axis.vector.clone())
        .collect();
    let mut intervals: Vec<Interval> = (0..best.len())
        .map(|input| interval(surrogate, (&best, misfit), input, fall))
        .collect();
    for direction in &untold {
        along(direction, &best, &mut intervals);
    }
    let (correlations, errors) = spread(&information, excess);
    Told {
        intervals,
        misfit,
        degrees,
        excess,
        correlations,
        errors,
        rank,
        untold: axes[rank..]
            .iter()
            .map(|axis| axis.vector.clone())
            .collect(),
        best,
    }
}

/// Widens the intervals to wherever a direction that is not told leads within the ranges: a
/// surrogate knows little of a valley that is longer than its box.
fn along(direction: &[f64], best: &[f64], intervals: &mut [Interval]) {
    const EDGE: f64 = 1e-9;
    // How far one may go either way before some input leaves its range.
    let ends = [-1.0, 1.0].map(|sign| {
        let each = direction
            .iter()
            .zip(best)
            .map(|(part, at)| match part * sign {
                up if up > EDGE => (1.0 - at) / up,
                down if down < -EDGE => at / -down,
                _ => f64::INFINITY,
            });
        sign * each.fold(f64::INFINITY, f64::min)
    });
    for ((interval, part), at) in intervals.iter_mut().zip(direction).zip(best) {
        for end in ends.into_iter().filter(|end| end.is_finite()) {
            let value = (at + end * part).clamp(0.0, 1.0);
            interval.low = interval.low.min(value);
            interval.high = interval.high.max(value);
        }
        interval.at_low |= interval.low <= EDGE;
        interval.at_high |= interval.high >= 1.0 - EDGE;
    }
}

/// Correlations and standard errors. The range itself is a little knowledge: it keeps what the data
/// do not tell within it.
fn spread(information: &Matrix, excess: f64) -> (Matrix, Vec<f64>) {
    let n = information.len();
    let mut matrix = zeros(n, n);
    // Direction by direction: noise can leave one with less than no information.
    for axis in directions(information) {
        let known = axis.value.max(0.0) / excess + 1.0 / (IN_RANGE * IN_RANGE);
        for (row, a) in matrix.iter_mut().zip(&axis.vector) {
            for (cell, b) in row.iter_mut().zip(&axis.vector) {
                *cell += known * a * b;
            }
        }
    }
    let Some(factor) = Factor::of(&matrix) else {
        return (Vec::new(), Vec::new());
    };
    let covariance = factor.inverse();
    let errors: Vec<f64> = covariance
        .iter()
        .enumerate()
        .map(|(a, row)| row[a].sqrt())
        .collect();
    let each = covariance.iter().enumerate().map(|(a, row)| {
        let cells = row.iter().enumerate();
        cells
            .map(|(b, value)| match a == b {
                true => 1.0,
                false => value / (errors[a] * errors[b]),
            })
            .collect()
    });
    (each.collect(), errors)
}

/// The interval of one input.
fn interval(
    surrogate: &Surrogate,
    (best, misfit): (&[f64], f64),
    input: usize,
    fall: f64,
) -> Interval {
    let (from, to) = surrogate.region().ends(input);
    let value = |n: usize| from + (to - from) * n as f64 / (PROFILE - 1) as f64;
    // Outwards from the best, each descent begins where the last one ended.
    let nearest = (0..PROFILE).min_by(|a, b| {
        let off = |n: &usize| (value(*n) - best[input]).abs();
        off(a).total_cmp(&off(b))
    });
    let nearest = nearest.unwrap_or(0);
    let worse = |at: &mut Vec<f64>, u: f64| {
        at[input] = u;
        let (found, misfit_there) = surrogate.least(at, Some(input));
        *at = found;
        (misfit_there - misfit).max(0.0)
    };
    let mut profile = vec![(0.0, 0.0); PROFILE];
    let mut at = best.to_vec();
    for (n, point) in profile.iter_mut().enumerate().skip(nearest) {
        *point = (value(n), worse(&mut at, value(n)));
    }
    at = best.to_vec();
    for n in (0..nearest).rev() {
        profile[n] = (value(n), worse(&mut at, value(n)));
    }
    let low = crossing(profile[..=nearest].iter().rev(), (best[input], 0.0), fall);
    let high = crossing(profile[nearest..].iter(), (best[input], 0.0), fall);
    Interval {
        at_low: low.is_none() && from <= 0.0,
        at_high: high.is_none() && to >= 1.0,
        low: low.unwrap_or(from),
        high: high.unwrap_or(to),
        profile,
    }
}

/// Where a profile first rises above a limit, going outwards: between two of its points as a
/// parabola about the best does, whose root is straight.
fn crossing<'a>(
    outwards: impl Iterator<Item = &'a (f64, f64)>,
    best: (f64, f64),
    fall: f64,
) -> Option<f64> {
    let mut before = best;
    for &(u, worse) in outwards {
        if worse > fall {
            let (a, b) = (before.1.sqrt(), worse.sqrt());
            let part = (fall.sqrt() - a) / (b - a);
            return Some(before.0 + part * (u - before.0));
        }
        before = (u, worse);
    }
    None
}
