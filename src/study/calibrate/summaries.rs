//! What is fitted: averages of blocks of the measured series, and single figures.
//!
//! One idea: neighbouring rows of a series tell nearly the same, and a covariance of hundreds of
//! them cannot be had from dozens of launches. So each series becomes a dozen averages at most,
//! whose covariance can; averages are closer to a normal distribution, too. Times are compared by
//! their logarithm, counts and rates by their root, where their spread hardly depends on their
//! size.

use crate::base::math::ln;
use crate::base::time::Time;
use crate::estimate::calibration::Measured;
use crate::model::Model;
use crate::model::observed::{Figure, Series, Stretch};
use crate::observation::Observation;
use crate::program::Program;
use crate::results::Unit;
use crate::study::measures::unit;

/// Blocks of one series at most, and of all series together.
const OF_ONE: usize = 12;
const OF_ALL: usize = 24;
/// Blocks of one series at least, where it has as many rows.
const LEAST: usize = 3;

/// Shorter times are not told apart, seconds.
const FINEST_S: f64 = 1e-3;

/// One summary.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    /// The column of the series, or the figure.
    pub(super) of: String,
    /// Where it begins and ends, seconds from T+0; nothing for a figure.
    pub(super) span_s: Option<(f64, f64)>,
    source: Source,
    unit: Unit,
}

/// Where its value in a launch comes from.
#[derive(Clone, Debug)]
enum Source {
    /// Rows of a series: its number, and the numbers of the rows.
    Rows(usize, Vec<usize>),
    /// A named metric.
    Figure(String),
}

/// The summaries of a model, and what was measured of them.
pub(super) fn of(model: &Model) -> (Vec<Summary>, Measured) {
    let (mut all, mut measured) = (Vec::new(), Measured::default());
    let Some(observed) = &model.observed else {
        return (all, measured);
    };
    let used = observed.series.iter().filter(|one| !one.check).count();
    let blocks = (OF_ALL / used.max(1)).clamp(LEAST, OF_ONE);
    let mut add = |summary: Summary, value: f64, variance: f64| {
        let (value, slope) = (bent(value, summary.unit), slope(value, summary.unit));
        measured.values.push(value);
        measured.errors.push(variance * slope * slope);
        all.push(summary);
    };
    let series = observed
        .series
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.check);
    for (number, series) in series {
        let stretches = series.within(Time::ZERO, model.horizon());
        for rows in parted(stretches.len(), blocks) {
            let some: Vec<&Stretch> = rows.iter().map(|row| &stretches[*row]).collect();
            let (value, variance) = average(series, &some);
            let (Some(first), Some(last)) = (some.first(), some.last()) else {
                continue;
            };
            let summary = Summary {
                of: series.column.clone(),
                span_s: Some((first.from.as_secs_f64(), last.to.as_secs_f64())),
                source: Source::Rows(number, rows),
                unit: unit(&series.metric),
            };
            add(summary, value, variance);
        }
    }
    for figure in observed.figures.iter().filter(|one| !one.check) {
        let summary = Summary {
            of: figure.metric.to_string(),
            span_s: None,
            source: Source::Figure(figure.metric.to_string()),
            unit: unit(&figure.metric),
        };
        add(
            summary,
            f64::midpoint(figure.low, figure.high),
            variance(figure),
        );
    }
    (all, measured)
}

/// So many rows in at most so many blocks of neighbours, as equal as can be.
fn parted(rows: usize, blocks: usize) -> Vec<Vec<usize>> {
    let blocks = blocks.min(rows);
    let edge = |block: usize| rows * block / blocks.max(1);
    (0..blocks)
        .map(|block| (edge(block)..edge(block + 1)).collect())
        .collect()
}

/// The average of some rows, and the variance of that by the error of each, which is its own.
fn average(series: &Series, some: &[&Stretch]) -> (f64, f64) {
    let n = some.len() as f64;
    let value = some.iter().map(|one| one.value).sum::<f64>() / n;
    let squares = some.iter().map(|one| {
        let error = series.give.of(one.value);
        error * error
    });
    (value, squares.sum::<f64>() / (n * n))
}

/// The variance of a figure: of a range, within which all is as likely, and of its error.
fn variance(figure: &Figure) -> f64 {
    let width = figure.high - figure.low;
    width * width / 12.0 + figure.give * figure.give
}

/// A value as it is compared.
fn bent(value: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Seconds | Unit::Instant => ln(value.max(0.0) + FINEST_S),
        Unit::Count | Unit::PerSecond | Unit::Ratio => value.max(0.0).sqrt(),
        Unit::Share => value,
    }
}

/// How much it changes where the value does.
fn slope(value: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Seconds | Unit::Instant => 1.0 / (value.max(0.0) + FINEST_S),
        // Of nothing, as of a quarter of one.
        Unit::Count | Unit::PerSecond | Unit::Ratio => 0.5 / value.max(0.25).sqrt(),
        Unit::Share => 1.0,
    }
}

impl Summary {
    /// Its value in a launch; nothing where too few of its rows have one. What never comes to be
    /// counts as the whole length of a launch.
    pub(super) fn value(
        &self,
        program: &Program,
        seen: &Observation,
        metrics: &[(String, Option<f64>)],
    ) -> Option<f64> {
        let longest = (program.clock.horizon - program.clock.start).as_secs_f64();
        let capped = |value: f64| if value.is_finite() { value } else { longest };
        let value = match &self.source {
            Source::Rows(series, rows) => {
                let probes = program.names.observed.get(*series)?;
                let known = rows
                    .iter()
                    .filter_map(|row| seen.metrics[*probes.get(*row)?]);
                let known: Vec<f64> = known.map(capped).collect();
                if 2 * known.len() < rows.len() {
                    return None;
                }
                known.iter().sum::<f64>() / known.len() as f64
            }
            Source::Figure(name) => capped(metrics.iter().find(|(known, _)| known == name)?.1?),
        };
        Some(bent(value, self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_neighbours_and_hold_every_row() {
        let found = parted(7, 3);
        assert_eq!(found, [vec![0, 1], vec![2, 3], vec![4, 5, 6]]);
        assert_eq!(parted(2, 12).len(), 2);
        assert!(parted(0, 12).is_empty());
    }

    /// The slope is that of the bend, by a small difference.
    #[test]
    fn errors_follow_the_bend() {
        for unit in [Unit::Seconds, Unit::Count, Unit::Share] {
            let step = 1e-6;
            let found = (bent(2.0 + step, unit) - bent(2.0 - step, unit)) / (2.0 * step);
            assert!((found / slope(2.0, unit) - 1.0).abs() < 1e-6, "{unit:?}");
        }
    }
}
