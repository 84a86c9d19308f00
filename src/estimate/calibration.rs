//! Which inputs reproduce what was measured: a likelihood of summaries, and what it can tell.
//!
//! One idea: the real incident is one launch. Its summaries (averages of blocks of the measured
//! series, single figures) are held to come from a normal distribution whose mean and covariance
//! are those of launches at the inputs in question: the synthetic likelihood of Wood (2010,
//! *Nature* 466, 1102–1104). So the variance of a difference is that from launch to launch, plus
//! the stated error of the measurement, plus what is not known of the mean. Neighbouring blocks
//! of one launch are not independent: their covariance is estimated from many launches at one
//! point, and its correlations are shrunk as far as they are noise (Schäfer & Strimmer 2005). The
//! mean moves with the inputs by a quadratic surrogate, fitted to launches that all meet the same
//! luck.
//!
//! Inputs are in units of their ranges, from 0 to 1. No simulation is known here.

mod covariance;
mod surrogate;
mod told;

pub use covariance::covariance;
pub use surrogate::{Region, Surrogate};
pub use told::{Interval, Told, told};

/// Launches at one point of the inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The inputs, each from 0 to 1.
    pub at: Vec<f64>,
    /// By launch, the summaries in their order; absent where a launch has none.
    pub launches: Vec<Vec<Option<f64>>>,
}

/// What was measured, as summaries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The summaries.
    pub values: Vec<f64>,
    /// The variance of each by the error of its measurement.
    pub errors: Vec<f64>,
}

impl Point {
    /// The mean of a summary over the launches that have it.
    pub fn mean(&self, summary: usize) -> Option<f64> {
        let values: Vec<f64> = self.values(summary).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// By how much the first so many launches are above all of them; nothing where too few have the
    /// summary.
    fn luck(&self, summary: usize, first: usize) -> Option<f64> {
        let known = self.values(summary).count();
        if known < 2 || 5 * known < 4 * self.launches.len() {
            return None;
        }
        let some = self
            .launches
            .iter()
            .take(first)
            .filter_map(|launch| launch[summary]);
        let some: Vec<f64> = some.collect();
        let mean = some.iter().sum::<f64>() / some.len().max(1) as f64;
        (!some.is_empty()).then_some(mean - self.mean(summary)?)
    }

    fn values(&self, summary: usize) -> impl Iterator<Item = f64> {
        self.launches
            .iter()
            .filter_map(move |launch| launch[summary])
    }

    /// The sum of squares of a summary about its mean, and in how many directions it is free.
    fn squares(&self, summary: usize) -> (f64, usize) {
        let Some(mean) = self.mean(summary) else {
            return (0.0, 0);
        };
        let squares = self.values(summary).map(|v| (v - mean) * (v - mean));
        (squares.sum(), self.values(summary).count() - 1)
    }
}

/// How far every point is from what was measured, roughly: squares of differences in units of the
/// spread of launches, where half of that is the point's own and half what is usual. A summary
/// without value counts as far away. Good enough to choose where to look closer.
pub fn rough(points: &[Point], measured: &Measured) -> Vec<f64> {
    let usual: Vec<f64> = (0..measured.values.len())
        .map(|summary| {
            let mut own: Vec<f64> = points
                .iter()
                .map(|point| point.squares(summary))
                .filter(|(_, free)| *free > 0)
                .map(|(squares, free)| squares / free as f64)
                .collect();
            own.sort_by(f64::total_cmp);
            own.get(own.len() / 2).copied().unwrap_or(0.0)
        })
        .collect();
    points
        .iter()
        .map(|point| distance(point, measured, &usual))
        .collect()
}

/// Squares of a difference that is as good as infinite.
const FAR: f64 = 400.0;

fn distance(point: &Point, measured: &Measured, usual: &[f64]) -> f64 {
    let each = measured.values.iter().enumerate().map(|(summary, value)| {
        let Some(mean) = point.mean(summary) else {
            return FAR;
        };
        let own = match point.squares(summary) {
            (squares, free) if free > 0 => squares / free as f64,
            _ => usual[summary],
        };
        let variance = f64::midpoint(own, usual[summary]) + measured.errors[summary];
        let square = (value - mean) * (value - mean);
        match variance > 0.0 {
            // Beyond some spreads, how many there are says nothing: a few summaries that are far
            // off must not drown the others.
            true => square / variance / (1.0 + square / variance / FAR),
            false if square > 0.0 => FAR,
            false => 0.0,
        }
    });
    each.sum()
}

#[cfg(test)]
mod tests;
