//! A line through minutes of which some do not belong: weights that fall with the distance.
//!
//! One idea: minutes of a deploy or a nightly job are far off and say nothing of requests. Huber's
//! weights find the line whatever there is (the problem has one minimum), Tukey's biweight from
//! there leaves what is far off out altogether (Huber & Ronchetti, *Robust Statistics*, 2nd ed.,
//! chapter 7). How the noise grows with the load is a power that is estimated: busy minutes may be
//! as exact as quiet ones, or in proportion.

use super::nnls::nonnegative;
use crate::base::linear::{Factor, Matrix, add_products, dot, zeros};
use crate::base::math::{ln, pow};

/// Distances in standard deviations from which Huber's weight falls, and where Tukey's is zero:
/// each loses 5 % of a normal law.
const HUBER: f64 = 1.345;
const TUKEY: f64 = 4.685;
/// Standard deviations in the median distance of a normal law.
const MEDIAN: f64 = 1.482_602_218_505_602;
/// Rounds of weights at most.
const ROUNDS: usize = 30;
/// How little coefficients move when they stay: on the way, and at the end.
const CLOSE: f64 = 1e-6;
const EXACTLY: f64 = 1e-10;
/// The least noise, as a part of what is measured: below are digits that were cut off.
const EXACT: f64 = 1e-7;
/// What is added to the diagonal, so that columns that are the same have an answer.
const RIDGE: f64 = 1e-10;

/// What is to be explained by what, in units in which all are about 1.
#[derive(Clone, Debug)]
pub(super) struct Design {
    /// By minute, what may explain it.
    pub(super) rows: Vec<Vec<f64>>,
    /// By minute, what was measured.
    pub(super) y: Vec<f64>,
    /// Combinations of the coefficients that are to be zero, where the minutes tell nothing.
    pub(super) ties: Vec<Tie>,
    /// Whether the coefficients may not be below zero.
    pub(super) sign: Sign,
}

/// A combination of the coefficients that is to be zero.
#[derive(Clone, Debug)]
pub(super) struct Tie {
    /// What of each coefficient; together of length 1.
    pub(super) parts: Vec<f64>,
    /// How hard it pulls beside what the minutes tell of a column.
    pub(super) pull: f64,
}

/// What coefficients may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Zero or more.
    NotBelowZero,
    Any,
}

/// A fitted line.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) coefficients: Vec<f64>,
    /// By minute, 1 ÷ how noisy it is beside the others.
    pub(super) precision: Vec<f64>,
    /// By minute, how far it belongs, from 0 to 1.
    pub(super) weight: Vec<f64>,
    /// The standard deviation of a minute whose precision is 1.
    pub(super) noise: f64,
}

impl Design {
    /// What is left of a minute.
    pub(super) fn rest(&self, coefficients: &[f64], minute: usize) -> f64 {
        self.y[minute] - dot(&self.rows[minute], coefficients)
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The sums of products of the columns with a weight for each minute, and with what is
    /// measured.
    pub(super) fn normal(&self, weights: &[f64]) -> (Matrix, Vec<f64>) {
        let width = self.width();
        let mut gram = zeros(width, width);
        let mut right = vec![0.0; width];
        for ((row, y), weight) in self.rows.iter().zip(&self.y).zip(weights) {
            add_products(&mut gram, *weight, (row, row));
            for (sum, x) in right.iter_mut().zip(row) {
                *sum += weight * x * y;
            }
        }
        (gram, right)
    }

    /// Adds the ties and a little to the diagonal.
    pub(super) fn tied(&self, mut gram: Matrix) -> Matrix {
        let width = self.width();
        let size = (0..width).map(|at| gram[at][at]).sum::<f64>() / width as f64;
        for tie in &self.ties {
            add_products(&mut gram, tie.pull * size, (&tie.parts, &tie.parts));
        }
        for (at, row) in gram.iter_mut().enumerate() {
            row[at] += RIDGE * size;
        }
        gram
    }

    /// The coefficients with a weight for each minute.
    fn solved(&self, weights: &[f64]) -> Vec<f64> {
        let (gram, right) = self.normal(weights);
        let gram = self.tied(gram);
        match self.sign {
            Sign::NotBelowZero => nonnegative(&gram, &right),
            Sign::Any => {
                Factor::of(&gram).map_or_else(|| vec![0.0; right.len()], |f| f.solve(&right))
            }
        }
    }

    /// The line by Huber's weights, then by Tukey's.
    pub(super) fn fit(&self) -> Fit {
        let minutes = self.rows.len();
        let mut fit = Fit {
            coefficients: self.solved(&vec![1.0; minutes]),
            precision: vec![1.0; minutes],
            weight: vec![1.0; minutes],
            noise: 0.0,
        };
        for _ in 0..2 {
            self.weigh(&mut fit, huber, CLOSE);
            fit.precision = self.precision(&fit);
        }
        self.weigh(&mut fit, huber, CLOSE);
        self.weigh(&mut fit, tukey, EXACTLY);
        fit
    }

    /// The line by Huber's weights alone, from the precision of a fit: nothing is left out.
    pub(super) fn refit(&self, fit: &Fit) -> Fit {
        let mut fit = Fit {
            coefficients: vec![0.0; self.width()],
            ..fit.clone()
        };
        let weights: Vec<f64> = fit.precision.iter().map(|p| p * p).collect();
        fit.coefficients = self.solved(&weights);
        self.weigh(&mut fit, huber, CLOSE);
        fit
    }

    /// Weights and line in turn until they stay.
    fn weigh(&self, fit: &mut Fit, weight: fn(f64) -> f64, still: f64) {
        for _ in 0..ROUNDS {
            let rests: Vec<f64> = (0..self.rows.len())
                .map(|n| self.rest(&fit.coefficients, n) * fit.precision[n])
                .collect();
            fit.noise = spread(&rests, self.width());
            fit.weight = rests.iter().map(|rest| weight(rest / fit.noise)).collect();
            let weights: Vec<f64> = fit
                .weight
                .iter()
                .zip(&fit.precision)
                .map(|(weight, precision)| weight * precision * precision)
                .collect();
            let next = self.solved(&weights);
            let moved = next
                .iter()
                .zip(&fit.coefficients)
                .map(|(a, b)| (a - b).abs());
            let moved = moved.fold(0.0, f64::max);
            fit.coefficients = next;
            if moved < still {
                break;
            }
        }
    }

    /// How exact each minute is beside the others: the noise is a power of the load between a
    /// constant (0) and a part of it (1), by the slope of the logarithms.
    fn precision(&self, fit: &Fit) -> Vec<f64> {
        let fitted: Vec<f64> = self
            .rows
            .iter()
            .map(|row| dot(row, &fit.coefficients))
            .collect();
        let middle = median(fitted.clone()).max(EXACT);
        let load: Vec<f64> = fitted
            .iter()
            .map(|load| (load / middle).max(0.05))
            .collect();
        let points = (0..load.len()).map(|n| {
            let rest = self.rest(&fit.coefficients, n).abs().max(EXACT);
            (ln(load[n]), ln(rest), fit.weight[n])
        });
        let points: Vec<(f64, f64, f64)> = points.collect();
        let all: f64 = points.iter().map(|(.., weight)| weight).sum();
        let mean = |of: fn(&(f64, f64, f64)) -> f64| {
            points.iter().map(|point| point.2 * of(point)).sum::<f64>() / all
        };
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let sum = |of: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
        let along = sum(&|point| point.2 * (point.0 - x) * (point.1 - y));
        let across = sum(&|point| point.2 * (point.0 - x) * (point.0 - x));
        let power = match across > 1e-9 * all {
            true => (along / across).clamp(0.0, 1.0),
            false => 0.0,
        };
        load.into_iter().map(|load| pow(load, -power)).collect()
    }
}

fn huber(distance: f64) -> f64 {
    (HUBER / distance.abs().max(HUBER)).min(1.0)
}

fn tukey(distance: f64) -> f64 {
    let part = distance / TUKEY;
    (1.0 - part * part).max(0.0) * (1.0 - part * part).max(0.0)
}

/// The slope of Tukey's influence, distance × weight.
pub(super) fn influence_slope(distance: f64) -> f64 {
    let square = distance * distance / (TUKEY * TUKEY);
    match square < 1.0 {
        true => (1.0 - square) * (1.0 - 5.0 * square),
        false => 0.0,
    }
}

/// The standard deviation of most of the rests of a fit with so many coefficients.
fn spread(rests: &[f64], coefficients: usize) -> f64 {
    let (all, free) = (
        rests.len() as f64,
        rests.len().saturating_sub(coefficients).max(1) as f64,
    );
    let middle = median(rests.iter().map(|rest| rest.abs()).collect());
    (MEDIAN * middle * (all / free).sqrt()).max(EXACT)
}

/// The value in the middle; zero of nothing.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
