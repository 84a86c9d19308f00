//! Which measurement would tell what the others do not.
//!
//! One idea: along a direction that the measurements leave open, every metric of the model moves by
//! so much, in units of its own spread from launch to launch; the one that moves most would tell it
//! best.

use super::search::Looked;
use crate::base::linear::{Factor, Matrix, dot, zeros};
use crate::estimate::calibration::Region;

/// Standard deviations by which a metric must move over the range to be worth measuring.
const WORTH: f64 = 2.0;

/// The metric, not among those that were measured, that moves most along a direction; nothing if
/// none moves enough.
pub(super) fn would_tell(
    looked: &[Looked],
    region: &Region,
    direction: &[f64],
    measured: &[String],
) -> Option<String> {
    let inside: Vec<&Looked> = looked
        .iter()
        .filter(|one| region.holds(&one.point.at))
        .collect();
    let names: Vec<&String> = inside
        .first()?
        .metrics
        .first()?
        .iter()
        .map(|(n, _)| n)
        .collect();
    let mut best: Option<(f64, &String)> = None;
    for (at, name) in names.into_iter().enumerate() {
        if measured.iter().any(|known| known == name) {
            continue;
        }
        let Some(moves) = moved(&inside, region, (at, name), direction) else {
            continue;
        };
        if best.is_none_or(|(most, _)| moves > most) {
            best = Some((moves, name));
        }
    }
    let (moves, name) = best?;
    (moves >= WORTH).then(|| name.clone())
}

/// By how many of its own standard deviations a metric moves along a direction of the length of a
/// range; nothing where it does not always exist.
fn moved(
    inside: &[&Looked],
    region: &Region,
    (at, name): (usize, &String),
    direction: &[f64],
) -> Option<f64> {
    let mut rows: Vec<(Vec<f64>, f64)> = Vec::new();
    let (mut squares, mut free) = (0.0, 0_usize);
    for one in inside {
        let values: Option<Vec<f64>> = one
            .metrics
            .iter()
            .map(|launch| {
                let (known, value) = launch.get(at)?;
                value.filter(|v| known == name && v.is_finite())
            })
            .collect();
        let values = values?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        squares += values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        free += values.len() - 1;
        let local = one.point.at.iter().zip(&region.centre).map(|(u, c)| u - c);
        rows.push(([1.0].into_iter().chain(local).collect(), mean));
    }
    let slopes = slopes(&rows)?;
    let spread = (squares / free.max(1) as f64).sqrt();
    let along = dot(&slopes, direction).abs();
    match spread > 0.0 {
        true => Some(along / spread),
        // What never varies and moves is told exactly.
        false => (along > 1e-9).then_some(f64::MAX),
    }
}

/// The slopes of a plane by least squares.
fn slopes(rows: &[(Vec<f64>, f64)]) -> Option<Vec<f64>> {
    let n = rows.first()?.0.len();
    let (mut matrix, mut right): (Matrix, Vec<f64>) = (zeros(n, n), vec![0.0; n]);
    for (x, y) in rows {
        for (row, a) in x.iter().enumerate() {
            right[row] += a * y;
            for (cell, b) in matrix[row].iter_mut().zip(x) {
                *cell += a * b;
            }
        }
    }
    let found = Factor::of(&matrix)?.solve(&right);
    Some(found[1..].to_vec())
}
