//! The level of an interval, wherever an interval stands.
//!
//! One idea: 95 % of what, is the first question about an interval; intervals that must hold
//! together are wider than those that stand alone, so each says which it is.

use super::difference;
use crate::report::number::level;
use crate::report::reading;
use crate::results::{Difference, Results, Unit};

/// The head of a column of intervals: `average [95 %]`.
pub fn with_level(head: &str, confidence: f64) -> String {
    format!("{head} [{}]", level(confidence))
}

/// The label of a row of intervals: `99.4 % interval`.
pub fn interval_label(confidence: f64) -> String {
    format!("{} interval", level(confidence))
}

/// Beside a heading: `(in brackets: 95 % intervals)`.
pub fn level_note(confidence: f64) -> String {
    format!("(in brackets: {} intervals)", level(confidence))
}

/// The head of a column of differences, with their level if they share one.
pub fn difference_head(results: &Results, head: &str) -> String {
    match reading::level_of_differences(results) {
        Some(confidence) => with_level(head, confidence),
        None => head.to_owned(),
    }
}

/// A difference with its interval; with the level of that too where levels differ.
pub fn difference_with_level(results: &Results, found: &Difference, unit: Unit) -> String {
    let text = difference(found, unit);
    let is_interval = found.estimate.is_some() && found.low.is_some() && found.high.is_some();
    match reading::level_of_differences(results) {
        None if is_interval => format!("{text} ({})", level(found.confidence)),
        _ => text,
    }
}

/// Which level the intervals of differences have, in a sentence.
pub fn levels(results: &Results) -> Option<String> {
    let confidence = reading::level_of_differences(results)?;
    Some(format!(
        "In brackets: the {} interval of each difference from {}.",
        level(confidence),
        super::variant_label(results, reading::baseline_name(results))
    ))
}

/// Why differences have another level than averages, and where more is said of it.
pub(super) fn together(results: &Results) -> Option<String> {
    let family = results.family.as_ref()?;
    let metrics = super::listed(&family.headline);
    Some(format!(
        "Better, worse, same and unclear are said of {metrics} only. So that all these statements \
         hold together at {}, the interval of each difference is one of {}. What holds together \
         and why is in the reference, under \"How sure: intervals\".",
        level(results.confidence),
        level(family.confidence_each)
    ))
}
