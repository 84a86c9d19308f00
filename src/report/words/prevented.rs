//! What would have prevented an outage, and how far that rests on the inputs, in sentences.
//!
//! One idea: a prevention is said with what it avoids, how little of it is enough, and until when.

use super::explain::{called, changed, explained, is_seen, part, spanned};
use super::{input_value, variant_label};
use crate::report::number::{self, instant};
use crate::results::{Explain, ImpactKind, Prevention, Results, Sensitive};

/// What would have prevented it, a sentence each.
pub fn preventions(results: &Results) -> Vec<String> {
    let Some(found) = explained(results) else {
        return Vec::new();
    };
    let all = found.preventions.iter();
    all.map(|one| prevention(results, found, one)).collect()
}

/// What would have avoided most of it, in a sentence.
pub fn best_prevention(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let part = |one: &Prevention| one.part.and_then(|part| part.estimate).unwrap_or(0.0);
    let seen = found.preventions.iter();
    let seen = seen.filter(|one| is_seen(one.avoids.as_ref()));
    let best = seen.reduce(|a, b| if part(b) > part(a) { b } else { a })?;
    Some(prevention(results, found, best))
}

fn prevention(results: &Results, found: &Explain, one: &Prevention) -> String {
    let name = variant_label(results, &one.variant);
    if !is_seen(one.avoids.as_ref()) {
        let more = one
            .avoids
            .and_then(|found| found.high)
            .is_some_and(|high| high < 0.0);
        return match more {
            true => format!("{name}: it would have been worse."),
            false => format!("{name}: no difference that can be seen."),
        };
    }
    let mut text = format!(
        "{name}: avoids {} of it, {} {}",
        part(one.part.as_ref()),
        spanned(found, one.avoids.as_ref()),
        match found.impact.kind {
            ImpactKind::Users => "users",
            ImpactKind::Requests => "requests",
            ImpactKind::Unhealthy => "of trouble",
        }
    );
    if let Some(small) = smallest(one) {
        text.push_str(&format!("; {small} would do for half of that"));
    }
    match one.latest.as_ref().map(|latest| latest.at_s) {
        Some(Some(at)) => {
            text.push_str(&format!(
                "; half of that even at {}, not later",
                instant(at)
            ));
        }
        Some(None) => text.push_str("; only before it begins"),
        None => {}
    }
    text + "."
}

/// `service.api.queue.limit = 92`.
fn smallest(one: &Prevention) -> Option<String> {
    let small = one.smallest.as_ref()?;
    Some(changed(&small.set))
}

/// The cells of a prevention.
pub fn prevention_row(results: &Results, found: &Explain, one: &Prevention) -> Vec<String> {
    let latest = match one.latest.as_ref().map(|latest| latest.at_s) {
        Some(Some(at)) => instant(at),
        Some(None) => "before it begins".to_owned(),
        None => number::ABSENT.to_owned(),
    };
    vec![
        variant_label(results, &one.variant),
        spanned(found, one.avoids.as_ref()),
        part(one.part.as_ref()),
        smallest(one).unwrap_or_else(|| number::ABSENT.to_owned()),
        latest,
    ]
}

/// The cells of an input at both ends of its range.
pub fn sensitive_rows(results: &Results, found: &Explain, one: &Sensitive) -> Vec<Vec<String>> {
    let ends = [&one.low, &one.high].into_iter().flatten();
    ends.map(|end| {
        vec![
            one.param.clone(),
            input_value(results, &one.param, end.value),
            spanned(found, end.impact.as_ref()),
            part(end.part.as_ref()),
        ]
    })
    .collect()
}

/// How sensitive the conclusion is, in a sentence.
pub fn sensitivity(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let first = found.causes.first()?;
    let parts = found.sensitive.iter().flat_map(|one| {
        let ends = [&one.low, &one.high].into_iter().flatten();
        ends.filter_map(|end| Some((one.param.as_str(), end, end.part?.estimate?)))
    });
    let least = parts.reduce(|a, b| if b.2 < a.2 { b } else { a });
    let Some((param, end, least)) = least else {
        return Some(
            "No input has a range, so nothing is known of what follows if one is not as assumed."
                .to_owned(),
        );
    };
    let name = called(first);
    let value = input_value(results, param, end.value);
    let share = number::share(least);
    Some(match least {
        least if least >= 0.5 => format!(
            "With every input at either end of its range, {name} alone takes away at least {share} \
             of the outage (the least with {param} at {value})."
        ),
        _ => format!(
            "It depends on {param}: at {value} the outage would be another, and {name} alone would \
             take away {share} of it."
        ),
    })
}
