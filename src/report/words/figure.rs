//! Figures as text: a value with its interval, a difference, a chance, an outcome.
//!
//! One idea: the same figure is spelled the same wherever it is printed.

use super::outcome_word;
use crate::report::number::{self, change};
use crate::results::{Difference, Estimate, Outcomes, Probability, Unit, Users, key};

/// The value of an estimate, or `never` if it is infinite in most launches.
pub fn estimate(value: Option<&Estimate>, unit: Unit) -> String {
    let Some(value) = value else {
        return number::ABSENT.to_owned();
    };
    match value.estimate.or(value.p50) {
        Some(found) => number::value(found, unit),
        None if value.never > 0 => "never".to_owned(),
        None => number::ABSENT.to_owned(),
    }
}

/// The value of an estimate with the interval of its mean.
pub fn estimate_with_interval(value: Option<&Estimate>, unit: Unit) -> String {
    let lead = estimate(value, unit);
    match value {
        Some(Estimate {
            estimate: Some(_),
            low: Some(low),
            high: Some(high),
            ..
        }) => {
            let (low, high) = (number::value(*low, unit), number::value(*high, unit));
            number::with_interval(&lead, &low, &high)
        }
        _ => lead,
    }
}

/// A difference with its interval, in the metric's unit.
pub fn difference(found: &Difference, unit: Unit) -> String {
    match (found.estimate, found.low, found.high) {
        (Some(lead), Some(low), Some(high)) => {
            number::with_interval(&change(lead, unit), &change(low, unit), &change(high, unit))
        }
        (Some(lead), ..) => change(lead, unit),
        _ => super::judged::by_pairs(found, unit).unwrap_or_else(|| number::ABSENT.to_owned()),
    }
}

/// `30 of 30`.
pub fn k_of_n(chance: Option<&Probability>) -> String {
    chance.map_or_else(
        || number::ABSENT.to_owned(),
        |p| {
            let (k, n) = (f64::from(p.k), f64::from(p.n));
            format!("{} of {}", number::whole(k), number::whole(n))
        },
    )
}

/// One outcome of users, ready to print.
pub struct OutcomeLine {
    /// The outcome, as it is said.
    pub word: String,
    /// How many users.
    pub count: String,
    /// Their share of all.
    pub share: String,
    /// The share as a number, for a bar.
    pub share_value: f64,
}

/// The outcomes that any user met, in the order in which reports list them.
pub fn outcomes(users: &Users) -> Vec<OutcomeLine> {
    let (counts, shares) = (&users.outcome, &users.share);
    outcome_names(counts)
        .filter_map(|name| {
            let count = outcome(counts, name)?;
            let share = outcome(shares, name);
            (count.estimate? > 0.0 || name == "served").then(|| OutcomeLine {
                word: outcome_word(name),
                count: number::count(count.estimate.unwrap_or(0.0)),
                share: estimate(share, Unit::Share),
                share_value: share.and_then(|e| e.estimate).unwrap_or(0.0),
            })
        })
        .collect()
}

/// One outcome by its name.
pub fn outcome<'a>(all: &'a Outcomes, name: &str) -> Option<&'a Estimate> {
    match name {
        "served" => all.served.as_ref(),
        "abandoned" => all.abandoned.as_ref(),
        "refused" => all.refused.as_ref(),
        "failed" => all.failed.as_ref(),
        "sold_out" => all.sold_out.as_ref(),
        "unfinished" => all.unfinished.as_ref(),
        own => all.own.get(own),
    }
}

/// The names of all outcomes: those that every model has, then the model's own.
pub fn outcome_names(all: &Outcomes) -> impl Iterator<Item = &str> {
    let own = all.own.keys().map(String::as_str);
    key::OUTCOMES.into_iter().chain(own)
}

/// The difference alone, or that there is none.
pub fn change_of(found: Option<&Difference>, unit: Unit) -> String {
    found
        .and_then(|d| d.estimate)
        .map_or_else(|| number::ABSENT.to_owned(), |d| change(d, unit))
}

/// The interval of a difference alone: `[+28.7, +29.7]`.
pub fn interval_of(found: Option<&Difference>, unit: Unit) -> String {
    let ends = found.and_then(|d| d.low.zip(d.high));
    ends.map_or_else(String::new, |(low, high)| {
        let (low, high) = (change(low, unit), change(high, unit));
        let text = number::with_interval(&high, &low, &high);
        text.split_once(' ')
            .map_or(text.clone(), |(_, interval)| interval.to_owned())
    })
}

/// `same if < 1 pt`.
pub fn same_below(found: Option<&Difference>, unit: Unit) -> String {
    match found.and_then(|d| d.threshold) {
        Some(size) => format!("same if < {}", threshold(size, unit)),
        None => "verdict".to_owned(),
    }
}

/// A practical threshold: `1 pt`.
pub fn threshold(size: f64, unit: Unit) -> String {
    let text = change(size.abs(), unit);
    text.trim_start_matches('+').replacen(".0", "", 1)
}

/// An estimate of a difference.
pub fn change_estimate(value: Option<&Estimate>, unit: Unit) -> String {
    value
        .and_then(|e| e.estimate)
        .map_or_else(|| number::ABSENT.to_owned(), |v| change(v, unit))
}
