//! What was measured, held against the launches of a variant.
//!
//! One idea: the real incident is one launch. So a measured value is compared with the spread of
//! launches over the same stretch of time, not with the interval of their mean.

use crate::base::time::Time;
use crate::estimate::interval::Moments;
use crate::estimate::order;
use crate::model::observed::{Figure, Offset, Series, Stretch};
use crate::results::{Inside, Observed, ObservedFigure, ObservedSeries, Outside};
use crate::study::fill::Sight;
use crate::study::measures::unit;

/// What was measured, and how a variant compares; nothing where nothing was.
pub(super) fn observed(sight: &Sight<'_>) -> Option<Observed> {
    let model = sight.lens.model;
    let observed = model.observed.as_ref()?;
    let probes = &sight.lens.program.names.observed;
    let series = observed.series.iter().zip(probes);
    let series: Vec<ObservedSeries> = series
        .map(|(series, probes)| {
            let stretches = series.within(Time::ZERO, model.horizon());
            compared(sight, series, &stretches, probes)
        })
        .collect();
    let all = series.iter().filter_map(|one| one.inside);
    let (inside, of) = all.fold((0, 0), |sum, one| (sum.0 + one.inside, sum.1 + one.of));
    let offset = match observed.offset {
        Offset::Given(offset) => Some(offset.as_secs_f64()),
        Offset::Auto => None,
    };
    Some(Observed {
        offset_s: offset.filter(|_| !series.is_empty()),
        offset_found: false,
        inside: share(inside, of),
        series,
        figures: observed
            .figures
            .iter()
            .map(|one| figure(sight, one))
            .collect(),
    })
}

fn share(inside: u32, of: u32) -> Option<Inside> {
    (of > 0).then(|| Inside {
        inside,
        of,
        share: f64::from(inside) / f64::from(of),
    })
}

/// Where a measured value lies in the launches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    Inside,
    Above,
}

/// One stretch.
struct Compared {
    stretch: Stretch,
    mean: Option<f64>,
    points: [Option<f64>; 4],
    side: Option<Side>,
}

/// The percentiles of launches that are given.
const POINTS: [f64; 4] = [0.05, 0.1, 0.9, 0.95];

fn compared(
    sight: &Sight<'_>,
    series: &Series,
    stretches: &[Stretch],
    probes: &[usize],
) -> ObservedSeries {
    let all: Vec<Compared> = stretches
        .iter()
        .zip(probes)
        .map(|(stretch, probe)| {
            let launches = sight.seen.iter();
            let values = launches.filter_map(|seen| seen.totals.metrics[*probe]);
            one(*stretch, &order::sorted(values))
        })
        .collect();
    let finite = |v: Option<f64>| v.filter(|v| v.is_finite());
    let point = |at: usize| all.iter().map(|c| finite(c.points[at])).collect::<Vec<_>>();
    let residual = |c: &Compared| c.mean.map(|mean| c.stretch.value - mean);
    let residuals: Vec<f64> = all.iter().filter_map(residual).collect();
    let sides = || all.iter().filter_map(|c| c.side);
    let inside = sides().filter(|side| *side == Side::Inside).count();
    let size = size(&all);
    let root = |squares: f64| (squares / residuals.len() as f64).sqrt();
    let rmse = (!residuals.is_empty()).then(|| root(residuals.iter().map(|r| r * r).sum()));
    let bias = Moments::of(&residuals).map(|m| m.mean);
    let of_size = |value: f64| size.map(|size| value / size);
    ObservedSeries {
        column: series.column.clone(),
        metric: series.metric.to_string(),
        unit: unit(&series.metric),
        check: series.check,
        from_s: all.iter().map(|c| c.stretch.from.as_secs_f64()).collect(),
        to_s: all.iter().map(|c| c.stretch.to.as_secs_f64()).collect(),
        observed: all.iter().map(|c| c.stretch.value).collect(),
        mean: all.iter().map(|c| c.mean).collect(),
        p5: point(0),
        p10: point(1),
        p90: point(2),
        p95: point(3),
        residual: all.iter().map(residual).collect(),
        inside: share(inside as u32, sides().count() as u32),
        rmse,
        nrmse: rmse.and_then(of_size),
        bias: bias.and_then(of_size),
        worst: worst(&all),
    }
}

/// The mean size of what was measured where it can be compared; nothing if it is zero.
fn size(all: &[Compared]) -> Option<f64> {
    let known = all.iter().filter(|c| c.mean.is_some());
    let sizes: Vec<f64> = known.map(|c| c.stretch.value.abs()).collect();
    let mean = Moments::of(&sizes)?.mean;
    (mean > 0.0).then_some(mean)
}

/// A measured value beside the values of the launches, which are in order.
fn one(stretch: Stretch, values: &[f64]) -> Compared {
    let points = POINTS.map(|q| order::of_sorted(values, q));
    let side = points[0]
        .zip(points[3])
        .map(|(low, high)| match stretch.value {
            value if value < low => Side::Below,
            value if value > high => Side::Above,
            _ => Side::Inside,
        });
    let is_finite = values.iter().all(|value| value.is_finite());
    Compared {
        stretch,
        mean: Moments::of(values).map(|m| m.mean).filter(|_| is_finite),
        points,
        side,
    }
}

/// The longest run of values on one side of the band, of equally long ones the first.
fn worst(all: &[Compared]) -> Option<Outside> {
    let mut runs: Vec<(Side, Outside)> = Vec::new();
    let mut before = None;
    for compared in all {
        let Some(side) = compared.side else { continue };
        let (from, to) = (compared.stretch.from, compared.stretch.to);
        match runs.last_mut() {
            Some((_, run)) if before == Some(side) && side != Side::Inside => {
                run.to_s = to.as_secs_f64();
                run.values += 1;
            }
            _ if side != Side::Inside => {
                let run = Outside {
                    from_s: from.as_secs_f64(),
                    to_s: to.as_secs_f64(),
                    values: 1,
                    above: side == Side::Above,
                };
                runs.push((side, run));
            }
            _ => {}
        }
        before = Some(side);
    }
    let length = |run: &Outside| run.to_s - run.from_s;
    let runs = runs.into_iter().map(|(_, run)| run);
    runs.reduce(|best, next| match length(&next) > length(&best) {
        true => next,
        false => best,
    })
}

fn figure(sight: &Sight<'_>, figure: &Figure) -> ObservedFigure {
    let values = sight.metric(&figure.metric.to_string());
    let values = order::sorted(values.into_iter().flatten());
    let point = |q: f64| order::of_sorted(&values, q);
    let finite = |v: Option<f64>| v.filter(|v| v.is_finite());
    let meets = point(0.05).zip(point(0.95)).is_some_and(|(low, high)| {
        let give = GIVE_AND_TAKE * figure.give;
        figure.low - give <= high && figure.high + give >= low
    });
    let is_finite = values.iter().all(|value| value.is_finite());
    ObservedFigure {
        that: figure.metric.to_string(),
        unit: unit(&figure.metric),
        low: figure.low,
        high: figure.high,
        give: figure.give,
        check: figure.check,
        n: values.len() as u32,
        mean: Moments::of(&values).map(|m| m.mean).filter(|_| is_finite),
        p5: finite(point(0.05)),
        p50: finite(point(0.5)),
        p95: finite(point(0.95)),
        inside: meets,
    }
}

/// Standard errors to either side in which nine of ten measurements lie.
const GIVE_AND_TAKE: f64 = 1.645;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;

    fn at(second: i64, value: f64, launches: &[f64]) -> Compared {
        let from = Time::ZERO + Span::from_secs(second);
        let to = from + Span::SECOND;
        one(Stretch { from, to, value }, launches)
    }

    /// Of twenty launches 1 … 20 the 5 % point is the 1st, the 95 % point the 19th.
    #[test]
    fn a_value_is_inside_where_nine_launches_in_ten_are() {
        let launches: Vec<f64> = (1..=20).map(f64::from).collect();
        let side = |value| at(0, value, &launches).side;
        assert!(side(1.0) == Some(Side::Inside) && side(19.0) == Some(Side::Inside));
        assert!(side(0.9) == Some(Side::Below) && side(19.1) == Some(Side::Above));
        assert!(at(0, 1.0, &[]).side.is_none());
    }

    /// 4 s above is longer than 2 s below; what cannot be compared ends no run.
    #[test]
    fn the_longest_run_outside_is_found() {
        let band = [10.0, 11.0, 12.0];
        let mut all: Vec<Compared> = [9.0, 9.0, 11.0, 13.0, 13.0, 0.0, 13.0, 11.0]
            .iter()
            .enumerate()
            .map(|(second, value)| at(second as i64, *value, &band))
            .collect();
        all[5] = at(5, 0.0, &[]);
        let found = worst(&all).expect("there are runs");
        assert_eq!((found.from_s, found.to_s, found.values), (3.0, 7.0, 3));
        assert!(found.above);
    }

    #[test]
    fn a_launch_without_end_leaves_no_mean() {
        let one = at(0, 5.0, &[1.0, 9.0, f64::INFINITY]);
        assert!(one.mean.is_none() && one.side == Some(Side::Inside));
    }
}
