//! What the changes of a variant do to each other.
//!
//! One idea: two changes that cure the same illness overlap, and what they overlap by is said with
//! what it means: the second adds nothing once the first is there.

use super::figure::threshold;
use super::{called, variant_label};
use crate::report::number::{change, points};
use crate::report::reading;
use crate::results::{Attribution, Results, Unit};

/// What the row of the interaction is called.
pub fn together(found: &Attribution) -> &'static str {
    match is_overlap(found) {
        true => "overlap",
        false => "only together",
    }
}

/// Whether the changes bring less together than the sum of each alone.
fn is_overlap(found: &Attribution) -> bool {
    let value = |e: &Option<crate::results::Estimate>| e.and_then(|e| e.estimate).unwrap_or(0.0);
    let (meets, total) = (value(&found.interaction), value(&found.total));
    meets * total < 0.0
}

/// `the two overlap by 34.5 points: with patch-login, double-servers adds nothing`.
pub fn what_meets(
    results: &Results,
    (name, metric): (&str, &str),
    found: &Attribution,
) -> Option<String> {
    let unit = reading::measure(results, metric).unit;
    let meets = found.interaction?.estimate?;
    let least = reading::difference(results, name, metric).and_then(|d| d.threshold);
    let least = least.unwrap_or(0.0);
    if meets.abs() <= least {
        return None;
    }
    let size = amount(meets.abs(), unit);
    let whose = match found.order.len() {
        2 => "the two",
        _ => "the changes",
    };
    if !is_overlap(found) {
        return Some(format!(
            "together {whose} do {size} more than the sum of each alone"
        ));
    }
    let [one, other] = found.order.as_slice() else {
        return Some(format!(
            "{whose} overlap by {size}: together they do less than the sum of each alone"
        ));
    };
    let alone = |change: &str| found.parts.get(change)?.alone?.estimate;
    let (main, second) = match alone(one)?.abs() < alone(other)?.abs() {
        true => (other, one),
        false => (one, other),
    };
    let direction = found.total?.estimate?.signum();
    let more = (alone(second)? + meets) * direction;
    let adds = match more > least {
        true => "adds less than it does alone",
        false => "adds nothing",
    };
    let (main, second) = (variant_label(results, main), variant_label(results, second));
    Some(format!(
        "the two overlap by {size}: beside {main}, {second} {adds}"
    ))
}

/// A size in words: `34.5 points`, `1.2 s`.
fn amount(size: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{} points", points(size)),
        _ => change(size, unit).trim_start_matches('+').to_owned(),
    }
}

/// The variants whose changes have nothing to share out, since the metric stays the same.
pub fn nothing_shared(results: &Results) -> Vec<String> {
    let all = reading::unshared(results).into_iter();
    let all = all.map(|(name, metric)| {
        let within = reading::difference(results, name, metric).and_then(|d| d.threshold);
        let unit = reading::measure(results, metric).unit;
        let within = within.map_or_else(String::new, |t| {
            format!(" (a difference of less than {})", threshold(t, unit))
        });
        format!(
            "{}: {metric} stays the same{within}, so there is nothing to share out among its \
             changes.",
            called(results, name)
        )
    });
    all.collect()
}
