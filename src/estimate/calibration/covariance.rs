//! The covariance of summaries from launch to launch.
//!
//! One idea: some dozens of launches at one point tell the variances of two dozen summaries well,
//! and their correlations badly. So of the correlations, as much is taken away as is noise: the
//! shrinkage intensity of Schäfer & Strimmer (2005, *Statistical Applications in Genetics and
//! Molecular Biology* 4, 32), Σ var(r) ÷ Σ r², cut to 0 … 1. Launches at other points meet the
//! same luck and would tell nothing new.

use super::Point;
use crate::base::linear::{Matrix, zeros};

/// The covariance of some summaries at a point; what a launch does not have is at the mean.
pub fn covariance(point: &Point, summaries: &[usize]) -> Matrix {
    let rows = scattered(point, summaries);
    let free = rows.len().saturating_sub(1).max(1) as f64;
    let n = summaries.len();
    let variances: Vec<f64> = (0..n)
        .map(|at| rows.iter().map(|row| row[at] * row[at]).sum::<f64>() / free)
        .collect();
    let correlations = shrunk(&rows, &variances, free);
    let mut all = zeros(n, n);
    for (row, line) in all.iter_mut().enumerate() {
        for (column, cell) in line.iter_mut().enumerate() {
            let scale = (variances[row] * variances[column]).sqrt();
            *cell = match row == column {
                true => variances[row],
                false => correlations[row][column] * scale,
            };
        }
    }
    all
}

/// The launches about their mean.
fn scattered(point: &Point, summaries: &[usize]) -> Matrix {
    let means: Vec<Option<f64>> = summaries.iter().map(|s| point.mean(*s)).collect();
    let about = |launch: &Vec<Option<f64>>| {
        let each = summaries.iter().zip(&means);
        each.map(|(s, mean)| launch[*s].zip(*mean).map_or(0.0, |(v, m)| v - m))
            .collect()
    };
    point.launches.iter().map(about).collect()
}

/// Correlations with their noise taken away.
fn shrunk(rows: &Matrix, variances: &[f64], free: f64) -> Matrix {
    let n = variances.len();
    let standard: Matrix = rows
        .iter()
        .map(|row| {
            let each = row.iter().zip(variances);
            each.map(|(value, v)| if *v > 0.0 { value / v.sqrt() } else { 0.0 })
                .collect()
        })
        .collect();
    let count = rows.len().max(1) as f64;
    let mut raw = zeros(n, n);
    let (mut noise, mut signal) = (0.0, 0.0);
    for row in 0..n {
        for column in 0..row {
            let products: Vec<f64> = standard.iter().map(|x| x[row] * x[column]).collect();
            let mean = products.iter().sum::<f64>() / count;
            let spread: f64 = products.iter().map(|p| (p - mean) * (p - mean)).sum();
            let r = (mean * count / free).clamp(-1.0, 1.0);
            (raw[row][column], raw[column][row]) = (r, r);
            noise += spread * count / (free * free * free);
            signal += r * r;
        }
    }
    let keep = match signal > 0.0 {
        true => (1.0 - noise / signal).clamp(0.0, 1.0),
        false => 0.0,
    };
    for cell in raw.iter_mut().flatten() {
        *cell *= keep;
    }
    raw
}
