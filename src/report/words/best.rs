//! Which variant is best, in sentences.

use super::{estimate_of_change, interval_label, launches, variant_label};
use crate::report::number;
use crate::results::{Best, BestRow, Results};

/// Table of the variants.
pub const BEST: &str = "Who fell out when";
/// Its columns, beside the metric.
pub const BEST_HEAD: [&str; 4] = ["variant", "launches", "average", "fell out"];

/// The answer in one sentence.
pub fn best(results: &Results) -> Option<String> {
    let best = results.answers.best.as_ref()?;
    let first = best.rows.first()?;
    let mean = first.mean.and_then(|mean| mean.estimate);
    let mean = mean.map_or_else(String::new, |mean| {
        format!(
            ": {} is {} on average",
            best.metric,
            number::value(mean, best.unit)
        )
    });
    let name = variant_label(results, &best.variant);
    Some(match best.settled {
        true => format!(
            "{name} is the best of {} with {} confidence{mean}, after {} of it.",
            best.rows.len(),
            number::level(best.confidence),
            launches(first.launches)
        ),
        false => format!(
            "Which of {} is the best is not settled after {} each; {name} is ahead{mean}.",
            listed_left(results, best),
            launches(first.launches)
        ),
    })
}

/// Those who are left.
fn listed_left(results: &Results, best: &Best) -> String {
    let left = best.rows.iter().filter(|row| row.beaten_by.is_none());
    let names: Vec<String> = left
        .map(|row| variant_label(results, &row.variant))
        .collect();
    super::listed(&names)
}

/// What that rests on.
pub fn best_by(results: &Results) -> Vec<String> {
    let Some(best) = &results.answers.best else {
        return Vec::new();
    };
    let zone = number::change(best.zone, best.unit);
    let zone = zone.trim_start_matches('+');
    let mut all = vec![format!(
        "Launches are paired, and whoever is plainly worse falls out at once: {} of all variants \
         together. Of two that are closer than {zone} either may be picked.",
        launches(best.launches)
    )];
    if !best.settled {
        all.push("Allow more launches with --at-most, or a wider zone with --same-within.".into());
    }
    all
}

/// What the picture of those behind the best shows, and what it says.
pub fn behind_caption(results: &Results) -> (String, String) {
    let title = "How far is each variant behind the best?".to_owned();
    (title, best(results).unwrap_or_default())
}

/// What its axis shows.
pub fn behind_axis(results: &Results, best: &Best) -> String {
    format!(
        "Difference from {}, launch by launch, with its {}",
        variant_label(results, &best.variant),
        interval_label(best.confidence)
    )
}

/// Beside a dot: `-2.1 pt [-3, -1.2], out after 14 launches`.
pub fn behind_label(results: &Results, best: &Best, row: &BestRow) -> String {
    let by = estimate_of_change(row.beyond.as_ref(), best.unit);
    match &row.beaten_by {
        Some(_) => format!("{by}, out after {}", launches(row.launches)),
        None => format!("{by}, {}", best_row(results, best, row)[3]),
    }
}

/// A variant.
pub fn best_row(results: &Results, best: &Best, row: &BestRow) -> Vec<String> {
    let mean = row.mean.map_or_else(
        || number::ABSENT.to_owned(),
        |mean| super::estimate(Some(&mean), best.unit),
    );
    let fell = match &row.beaten_by {
        Some(by) if is_as_good(best, row, by) => {
            format!("no better than {}", variant_label(results, by))
        }
        Some(by) => format!("{} was better", variant_label(results, by)),
        None if best.settled => "the best".to_owned(),
        None => "still in".to_owned(),
    };
    vec![
        variant_label(results, &row.variant),
        number::whole(f64::from(row.launches)),
        mean,
        fell,
    ]
}

/// Whether the means of a variant and of the one that beat it are the same.
fn is_as_good(best: &Best, row: &BestRow, by: &str) -> bool {
    let mean = |row: &BestRow| row.mean.and_then(|mean| mean.estimate);
    let other = best
        .rows
        .iter()
        .find(|one| one.variant == by)
        .and_then(mean);
    let gap = mean(row).zip(other).map(|(one, other)| (one - other).abs());
    gap.is_some_and(|gap| gap < f64::MIN_POSITIVE) && best.settled
}
