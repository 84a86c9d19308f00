//! How far coefficients may be off.
//!
//! One idea: the sandwich of M-estimators, each minute with its own leverage (HC3: MacKinnon &
//! White 1985, *Journal of Econometrics* 29, 305–325), so that no law of the noise is needed; and a
//! second one in which neighbouring minutes may be alike (Newey & West 1987, *Econometrica* 55,
//! 703–708). The wider of the two holds.

use super::Amount;
use super::robust::{Design, Fit, influence_slope};
use crate::base::linear::{Factor, Matrix, add_products, dot, times, zeros};
use crate::base::math::pow;
use crate::base::student::t_quantile;

/// How sure the coefficients of a fit are.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    /// The coefficients if they might be below zero: about these lie the intervals.
    free: Vec<f64>,
    /// The coefficients that were found.
    found: Vec<f64>,
    /// The covariance if minutes are independent, and if neighbours are alike.
    covariances: [Matrix; 2],
    /// Standard errors on either side.
    quantile: f64,
}

impl Spread {
    /// That of a fit; nothing if its columns depend on each other.
    pub(super) fn of(design: &Design, fit: &Fit, confidence: f64) -> Option<Spread> {
        let weights: Vec<f64> = (0..fit.weight.len())
            .map(|n| fit.weight[n] * fit.precision[n] * fit.precision[n])
            .collect();
        let (gram, right) = design.normal(&weights);
        let free = Factor::of(&design.tied(gram))?.solve(&right);
        let precisions: Vec<f64> = fit.precision.iter().map(|p| p * p).collect();
        let (gram, _) = design.normal(&precisions);
        let bread = Factor::of(&design.tied(gram))?.inverse();
        let distance = |n: usize| design.rest(&free, n) * fit.precision[n] / fit.noise;
        let minutes = design.rows.len();
        let slope = (0..minutes)
            .map(|n| influence_slope(distance(n)))
            .sum::<f64>()
            / minutes as f64;
        let scores: Vec<Vec<f64>> = (0..minutes)
            .map(|n| {
                let row = &design.rows[n];
                let leverage = dot(row, &times(&bread, row)) * precisions[n];
                let pull = design.rest(&free, n) * precisions[n] * fit.weight[n];
                let pull = pull / (1.0 - leverage).max(0.05) / slope.max(0.05);
                row.iter().map(|x| x * pull).collect()
            })
            .collect();
        let lags = 4.0 * pow(minutes as f64 / 100.0, 2.0 / 9.0);
        let covariances = [0, lags as usize].map(|lags| about(&bread, &meat(&scores, lags)));
        let degrees = minutes.saturating_sub(free.len()).max(1);
        Some(Spread {
            free,
            found: fit.coefficients.clone(),
            covariances,
            quantile: t_quantile(u32::try_from(degrees).unwrap_or(u32::MAX), confidence),
        })
    }

    /// The standard error of a combination of coefficients.
    pub(super) fn error(&self, combination: &[f64]) -> f64 {
        let variances = self.covariances.iter();
        let variances = variances.map(|matrix| dot(combination, &times(matrix, combination)));
        variances.fold(0.0, f64::max).sqrt()
    }

    /// A combination of coefficients that is not below zero, with its interval. One that comes out
    /// at zero may be as far above it as one that comes out at the standard error.
    pub(super) fn amount(&self, combination: &[f64]) -> Amount {
        let (value, free) = (dot(combination, &self.found), dot(combination, &self.free));
        let reach = self.quantile * self.error(combination);
        Amount {
            value,
            from: (free - reach).max(0.0).min(value),
            to: (free.max(0.0) + reach).max(value),
        }
    }

    /// Standard errors from the middle of an interval to its ends.
    pub(super) fn quantile(&self) -> f64 {
        self.quantile
    }

    /// How many standard errors a coefficient is from zero.
    pub(super) fn distance(&self, column: usize) -> f64 {
        let mut unit = vec![0.0; self.free.len()];
        unit[column] = 1.0;
        self.free[column] / self.error(&unit).max(f64::MIN_POSITIVE)
    }
}

/// The sums of products of the scores, with those up to so many minutes apart at falling weights.
fn meat(scores: &[Vec<f64>], lags: usize) -> Matrix {
    let width = scores.first().map_or(0, Vec::len);
    let mut sum = zeros(width, width);
    for lag in 0..=lags {
        let share = 1.0 - lag as f64 / (lags + 1) as f64;
        for (one, other) in scores.iter().zip(&scores[lag.min(scores.len())..]) {
            add_products(&mut sum, share, (one, other));
            if lag > 0 {
                add_products(&mut sum, share, (other, one));
            }
        }
    }
    sum
}

/// bread · meat · bread.
fn about(bread: &Matrix, meat: &Matrix) -> Matrix {
    let left: Matrix = bread.iter().map(|row| times(meat, row)).collect();
    let rows = left
        .iter()
        .map(|row| bread.iter().map(|column| dot(row, column)).collect());
    rows.collect()
}
