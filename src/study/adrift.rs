//! Clocks that differ: the offset of a measured series, found by holding it against launches.
//!
//! One idea: of all offsets, the one under which what was measured rises and falls with the mean of
//! a few launches (the largest correlation, averaged over the series). Levels do not matter, since
//! they are what a calibration moves. It is found to a quarter of a row, or to a 400th of the
//! launch if that is coarser.

use crate::base::time::{Span, Time};
use crate::model::observed::{MOST_STRETCHES, Observed, Offset, Series, Stretch};
use crate::model::overlay::Change;
use crate::model::{Checked, Model};
use crate::program::{self, Asked};
use crate::results::Results;
use crate::study::contender::BASELINE;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job};

/// Launches that the series are held against.
const PILOT: usize = 5;

/// The least correlation by which an offset is told.
const LEAST: f64 = 0.3;

/// The model with the offset of its series found, if it is to be found.
///
/// # Errors
/// If a launch needs more than it may use, or nothing was finished when somebody stopped it.
pub(crate) fn anchored(
    model: &Checked,
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Option<Checked>, Failure> {
    let Some(observed) = model.observed.as_ref().filter(|one| one.is_adrift()) else {
        return Ok(None);
    };
    let length = cell(observed, model.run_for);
    let curves = simulated(model, observed, length, (plan, crew))?;
    let pairs: Vec<(&Series, &Curve)> = observed.series.iter().zip(&curves).collect();
    let found = best(&pairs, length, model.run_for).unwrap_or(Span::ZERO);
    let value = match found < Span::ZERO {
        true => format!("-{}", (-found).written()),
        false => found.written(),
    };
    let (changed, diagnostics) = model.with(&[Change::new("observed.offset", &value)]);
    let sources = Box::new(changed.sources().clone());
    let changed = Checked::new(changed).ok_or_else(|| Failure::Invalid {
        variant: BASELINE.to_owned(),
        diagnostics,
        sources,
    })?;
    Ok(Some(changed))
}

/// Says of every variant that its offset was found here.
pub(crate) fn told(results: &mut Results) {
    let variants = results.variants.values_mut();
    for observed in variants.filter_map(|one| one.observed.as_mut()) {
        observed.offset_found = true;
    }
}

/// How finely an offset is told.
fn cell(observed: &Observed, run_for: Span) -> Span {
    let steps = observed.series.iter().filter_map(Series::step);
    let finest = steps.min().unwrap_or(Span::SECOND).scaled(0.25);
    let least = run_for.scaled(1.0 / MOST_STRETCHES as f64);
    // A little more, so that no more than so many fit in.
    finest.max(least + Span(1))
}

/// A metric in each cell of the launch; nothing where it does not exist.
type Curve = Vec<Option<f64>>;

/// The mean over some launches of the metric of each series, cell by cell.
fn simulated(
    model: &Checked,
    observed: &Observed,
    length: Span,
    (plan, crew): (&Plan, &Crew<'_>),
) -> Result<Vec<Curve>, Failure> {
    let mut looking: Model = Model::clone(model);
    let cells = (model.run_for.nanos() / length.nanos()).max(1);
    let cell = |n: i64| Stretch {
        from: Time::ZERO + length * n,
        to: Time::ZERO + length * (n + 1),
        value: 0.0,
    };
    let series = observed.series.iter().map(|one| Series {
        stretches: (0..cells).map(cell).collect(),
        ..one.clone()
    });
    looking.observed = Some(Observed {
        offset: Offset::Given(Span::ZERO),
        series: series.collect(),
        figures: Vec::new(),
    });
    let looking = Checked::new(looking).expect("only what is looked at has changed");
    let program = program::compile(&looking, &Asked::default());
    let done = crew.each(PILOT, &|number, seat| {
        let job = Job {
            program: &program,
            seed: plan.seed,
            number: number as u32,
            limits: plan.limits,
        };
        Ok(crew.execute(&job, seat)?.metrics)
    });
    let done = done.map_err(|overrun| Failure::Exceeded {
        variant: BASELINE.to_owned(),
        replication: overrun.job as u32,
        why: overrun.why,
    })?;
    let done: Vec<Vec<Option<f64>>> = done.into_iter().flatten().collect();
    if done.is_empty() {
        return Err(crew.nothing());
    }
    let mean = |probe: &usize| {
        let values = done.iter().filter_map(|launch| launch[*probe]);
        let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let probes = program.names.observed.iter();
    Ok(probes
        .map(|probes| probes.iter().map(mean).collect())
        .collect())
}

/// The offset under which the series are most alike, in whole cells; nothing if none is alike.
fn best(pairs: &[(&Series, &Curve)], length: Span, run_for: Span) -> Option<Span> {
    let begins = pairs.iter().filter_map(|(one, _)| one.stretches.first());
    let ends = pairs.iter().filter_map(|(one, _)| one.stretches.last());
    let (first, last) = (begins.map(|s| s.from).min()?, ends.map(|s| s.to).max()?);
    // From where the series begins at the end of the launch to where it ends at its begin.
    let low = (Time::ZERO - last).nanos() / length.nanos();
    let high = (Time::ZERO + run_for - first).nanos() / length.nanos();
    let mut found: Option<(f64, i64)> = None;
    for steps in low..=high {
        let each = pairs
            .iter()
            .map(|pair| alike(*pair, length * steps, length));
        let Some(all) = each.collect::<Option<Vec<f64>>>() else {
            continue;
        };
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let nearer =
            |(known, at): (f64, i64)| mean > known || mean >= known && steps.abs() < at.abs();
        if found.is_none_or(nearer) {
            found = Some((mean, steps));
        }
    }
    let (_, steps) = found.filter(|(mean, _)| *mean >= LEAST)?;
    Some(length * steps)
}

/// The correlation of a series with the launches under an offset; nothing unless half of its values
/// and five at least have a counterpart that varies.
fn alike((series, curve): (&Series, &Curve), offset: Span, length: Span) -> Option<f64> {
    let both: Vec<(f64, f64)> = series
        .stretches
        .iter()
        .filter_map(|one| Some((one.value, average(curve, (one, offset), length)?)))
        .collect();
    let enough = both.len() >= 5 && 2 * both.len() >= series.stretches.len();
    enough.then(|| correlation(&both)).flatten()
}

/// The average of the cells that a stretch reaches over, each by its part.
fn average(curve: &Curve, (one, offset): (&Stretch, Span), length: Span) -> Option<f64> {
    let (from, to) = (one.from + offset, one.to + offset);
    let end = Time::ZERO + length * curve.len() as i64;
    if from < Time::ZERO || to > end {
        return None;
    }
    let (mut sum, mut whole) = (0.0, 0.0);
    let first = from.nanos() / length.nanos();
    let last = (to.nanos() - 1) / length.nanos();
    for cell in first..=last {
        let begins = Time::ZERO + length * cell;
        let part = (to.min(begins + length))
            .since(from.max(begins))
            .as_secs_f64();
        sum += curve[cell as usize]? * part;
        whole += part;
    }
    Some(sum / whole)
}

/// The correlation of Pearson; nothing where one side never varies.
fn correlation(both: &[(f64, f64)]) -> Option<f64> {
    let n = both.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>();
    let xy = sum(&|pair| (pair.0 - x) * (pair.1 - y));
    let xx = sum(&|pair| (pair.0 - x) * (pair.0 - x));
    let yy = sum(&|pair| (pair.1 - y) * (pair.1 - y));
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::metric::{Metric, Quantity, Spelling, Statistic};
    use crate::model::observed::Give;
    use crate::text::Place;

    fn series(values: &[f64]) -> Series {
        let stretch = |(n, value): (usize, &f64)| Stretch {
            from: Time::ZERO + Span::SECOND * n as i64,
            to: Time::ZERO + Span::SECOND * (n as i64 + 1),
            value: *value,
        };
        Series {
            column: "x".to_owned(),
            metric: Metric {
                statistic: Statistic::Mean,
                quantity: Quantity::Orbit,
                predicate: None,
                window: None,
                within: None,
                about: "orbit".to_owned(),
                spelling: Spelling::default(),
            },
            stretches: values.iter().enumerate().map(stretch).collect(),
            give: Give::Absolute(0.0),
            check: false,
            place: Place::default(),
        }
    }

    /// A peak at 3 s on the one clock and at 8 s on the other: five seconds are added. Levels
    /// differ by a factor, which does not matter.
    #[test]
    fn the_offset_puts_the_peaks_together() {
        let measured = series(&[1.0, 1.0, 2.0, 9.0, 3.0, 1.0, 1.0]);
        let mut curve: Curve = vec![Some(10.0); 16];
        (curve[7], curve[8], curve[9]) = (Some(20.0), Some(90.0), Some(30.0));
        let found = best(&[(&measured, &curve)], Span::SECOND, Span::SECOND * 16);
        assert_eq!(found, Some(Span::SECOND * 5));
        // A series that has to be moved back.
        curve.rotate_left(7);
        let found = best(&[(&measured, &curve)], Span::SECOND, Span::SECOND * 16);
        assert_eq!(found, Some(Span::SECOND * -2));
    }

    #[test]
    fn what_is_never_alike_has_no_offset() {
        let measured = series(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let flat: Curve = vec![Some(10.0); 16];
        assert_eq!(
            best(&[(&measured, &flat)], Span::SECOND, Span::SECOND * 16),
            None
        );
    }
}
