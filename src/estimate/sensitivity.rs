//! Which input decides: variance split into inputs and luck, Sobol' indices.
//!
//! One idea: launches at the same point differ by luck, means of points by what is not known, so
//! two launches a point tell the two apart (one-way analysis of variance; Searle, *Variance
//! Components*, ch. 3). Which input brings how much is read from a surrogate, since launches are
//! dear: a polynomial chaos through the points. Whatever it misses at points that it never saw may
//! belong to any input, or was given to a wrong one, so every interval is wider by that on either
//! side; a bootstrap of the points says the rest.

pub mod chaos;
pub mod terms;

use self::chaos::Chaos;
use crate::estimate::interval::normal_quantile;
use crate::estimate::resample::Luck;
use crate::results::Fraction;

/// Resamples of the points.
const RESAMPLES: usize = 200;
/// The fewest points for a split, and for indices.
pub const POINTS_MIN: usize = 10;

/// How the variance of launches is made up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Mean of all launches.
    pub mean: f64,
    /// Variance of the mean of a point: what is not known.
    pub unknown: f64,
    /// Variance at a point: luck. 0 where each point has one launch, which cannot tell.
    pub luck: f64,
    /// Launches of each point.
    pub launches: usize,
    /// What is not known as a share of both.
    pub share: Fraction,
}

/// How much of the variance of the means each input brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// By input, alone: by so much the variance falls when the input is known.
    pub first: Vec<Fraction>,
    /// By input, alone and together with others: so much is left while it is not known.
    pub total: Vec<Fraction>,
    /// Fraction of the variance of the means that the surrogate foretells at points it never saw.
    pub foretold: f64,
    /// The surrogate.
    pub chaos: Chaos,
}

/// Splits the variance of launches, `values` by point, with as many launches at each; nothing with
/// too few points.
pub fn split(values: &[Vec<f64>], confidence: f64, seed: u64) -> Option<Split> {
    let launches = values.first()?.len();
    if values.len() < POINTS_MIN || launches == 0 {
        return None;
    }
    debug_assert!(values.iter().all(|point| point.len() == launches));
    let facts: Vec<(f64, f64)> = values
        .iter()
        .map(|point| mean_and_variance(point))
        .collect();
    let (mean, unknown, luck) = parts(facts.iter().copied(), launches);
    let estimate = share(unknown, luck);
    let mut resampled = resampled(values.len(), seed, |counts| {
        let again = facts.iter().zip(counts);
        let again = again.flat_map(|(one, count)| std::iter::repeat_n(*one, *count as usize));
        let (_, unknown, luck) = parts(again, launches);
        Some(vec![share(unknown, luck)])
    });
    let share = interval(estimate, &mut resampled.remove(0), confidence);
    Some(Split {
        mean,
        unknown,
        luck,
        launches,
        share,
    })
}

fn share(unknown: f64, luck: f64) -> f64 {
    match unknown + luck > 0.0 {
        true => unknown / (unknown + luck),
        false => 0.0,
    }
}

/// Mean of all, variance between points, variance within them.
fn parts(points: impl Iterator<Item = (f64, f64)>, launches: usize) -> (f64, f64, f64) {
    let (means, within): (Vec<f64>, Vec<f64>) = points.unzip();
    let (mean, between) = mean_and_variance(&means);
    let luck = within.iter().sum::<f64>() / within.len() as f64;
    (mean, (between - luck / launches as f64).max(0.0), luck)
}

/// Mean, and variance with n − 1; 0 of a single value.
fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (n - 1.0).max(1.0))
}

/// The indices from launches at points of the unit cube; nothing with too few points, or where the
/// means do not vary by more than luck.
pub fn indices(
    at: &[Vec<f64>],
    values: &[Vec<f64>],
    (confidence, seed): (f64, u64),
) -> Option<Indices> {
    let split = split(values, confidence, seed)?;
    let facts: Vec<(f64, f64)> = values
        .iter()
        .map(|point| mean_and_variance(point))
        .collect();
    let means: Vec<f64> = facts.iter().map(|(mean, _)| *mean).collect();
    let chaos = Chaos::fit(at, &means, seed)?;
    let tiny = split.mean * split.mean * 1e-24;
    if split.unknown <= tiny {
        return None;
    }
    let noise = split.luck / split.launches as f64;
    let unexplained = ((chaos.missed - noise) / split.unknown).clamp(0.0, 1.0);
    let inputs = at.first()?.len();
    let estimates = shares(&chaos, &chaos.coefficients, inputs);
    let mut all = resampled(means.len(), seed, |counts| {
        let weights: Vec<f64> = counts.iter().map(|count| f64::from(*count)).collect();
        let coefficients = chaos.weighed(&means, &weights)?;
        Some(shares(&chaos, &coefficients, inputs))
    });
    let each = estimates.iter().zip(&mut all);
    let widened = each.map(|(estimate, resampled)| {
        let found = interval(*estimate, resampled, confidence);
        Fraction {
            estimate: found.estimate,
            low: (found.low - unexplained).max(0.0),
            high: (found.high + unexplained).min(1.0),
        }
    });
    let mut first: Vec<Fraction> = widened.collect();
    let total = first.split_off(inputs);
    Some(Indices {
        first,
        total,
        foretold: 1.0 - unexplained,
        chaos,
    })
}

/// By input the share of the variance of the surrogate that it brings alone, then by input the
/// share that it takes part in.
fn shares(chaos: &Chaos, coefficients: &[f64], inputs: usize) -> Vec<f64> {
    let mut parts = vec![0.0; 2 * inputs];
    let mut whole = 0.0;
    for (term, coefficient) in chaos.terms.iter().zip(coefficients) {
        let part = coefficient * coefficient;
        if let [(input, _)] = term.as_slice() {
            parts[*input] += part;
        }
        for (input, _) in term {
            parts[inputs + input] += part;
        }
        whole += if term.is_empty() { 0.0 } else { part };
    }
    let share = |part: f64| if whole > 0.0 { part / whole } else { 0.0 };
    parts.into_iter().map(share).collect()
}

/// What comes of resamples of the points, each told how often every point counts; by figure.
fn resampled(
    points: usize,
    seed: u64,
    figures: impl Fn(&[u32]) -> Option<Vec<f64>>,
) -> Vec<Vec<f64>> {
    let mut luck = Luck::new(seed ^ 0x5e5a);
    let mut all: Vec<Vec<f64>> = Vec::new();
    for _ in 0..RESAMPLES {
        let mut counts = vec![0_u32; points];
        for _ in 0..points {
            counts[luck.below(points)] += 1;
        }
        for (at, figure) in figures(&counts).into_iter().flatten().enumerate() {
            if all.len() <= at {
                all.push(Vec::new());
            }
            all[at].push(figure);
        }
    }
    all
}

/// The interval of a share: about the estimate less its bias, as wide as the resamples say.
fn interval(estimate: f64, resampled: &mut [f64], confidence: f64) -> Fraction {
    let (mean, variance) = mean_and_variance(resampled);
    let centre = 2.0 * estimate - mean;
    let half = normal_quantile(confidence) * variance.sqrt();
    Fraction {
        estimate: centre.clamp(0.0, 1.0),
        low: (centre - half).clamp(0.0, 1.0),
        high: (centre + half).clamp(0.0, 1.0),
    }
}
