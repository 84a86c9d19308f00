//! How far each variant is behind the best, and what each change does on average: dots with their
//! intervals.
//!
//! One idea: both are differences, so they are drawn as those of a comparison are, with what is too
//! small to matter in grey; the words beside a dot say what else is known of it.

use super::forest::{Part, Row, draw_parts};
use super::frame::{Heading, Size};
use super::scene::Scene;
use crate::report::{reading, words};
use crate::results::{Best, Difference, Estimate, Factorial, Measure, Results};

/// Pens of changes, and of two changes together.
const EFFECT: usize = 1;
const PAIR: usize = 2;

/// Whether anybody is behind the best by a number.
pub(crate) fn is_known(best: &Best) -> bool {
    best.rows.iter().any(|row| row.beyond.is_some())
}

/// Those who are not the best, each by how far it is behind.
pub(crate) fn behind(size: Size, heading: &Heading, results: &Results) -> Scene {
    let best = results.answers.best.clone().unwrap_or_default();
    let others = best.rows.iter().filter(|row| row.beyond.is_some());
    let rows = others.map(|one| Row {
        place: results
            .order
            .iter()
            .position(|name| *name == one.variant)
            .unwrap_or(0),
        variant: words::variant_label(results, &one.variant),
        found: one.beyond.map(difference),
        text: words::behind_label(results, &best, one),
    });
    let part = Part {
        metric: best.metric.clone(),
        measure: Measure {
            unit: best.unit,
            better: best.better,
        },
        least: best.zone,
        rows: rows.collect(),
    };
    let about = words::behind_axis(results, &best);
    draw_parts(size, heading, &[part], &about)
}

/// What each change does on average over all combinations, then what two do together.
pub(crate) fn combined(
    size: Size,
    heading: &Heading,
    results: &Results,
    (metric, found): (&str, &Factorial),
) -> Scene {
    let measure = reading::measure(results, metric);
    let row = |place, variant, effect: &Estimate| Row {
        place,
        variant,
        found: Some(difference(*effect)),
        text: words::estimate_of_change(Some(effect), measure.unit),
    };
    let effects = found.effects.iter();
    let effects = effects.map(|one| {
        let change = words::variant_label(results, &one.change);
        row(EFFECT, change, &one.effect)
    });
    let pairs = found.interactions.iter();
    let pairs = pairs.map(|one| row(PAIR, words::pair_label(results, one), &one.more));
    let part = Part {
        metric: metric.to_owned(),
        measure,
        least: 0.0,
        rows: effects.chain(pairs).collect(),
    };
    draw_parts(
        size,
        heading,
        &[part],
        &words::combined_axis(results, found),
    )
}

fn difference(of: Estimate) -> Difference {
    Difference {
        estimate: of.estimate,
        low: of.low,
        high: of.high,
        ..Difference::default()
    }
}
