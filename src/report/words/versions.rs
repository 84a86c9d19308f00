//! Two studies side by side, in sentences.
//!
//! One idea: before any figure stands what the second study is, whether luck is the same, and what
//! differs between the two models; the tail of a time is told where its median hides it.

use super::{difference, launches, listed};
use crate::report::{number, reading};
use crate::results::{Results, Shape, Versions};

/// Differences between models that are told one by one.
const TOLD: usize = 6;

/// What is compared, what differs, and which times have another shape; nothing for other studies.
pub fn versions(results: &Results) -> Vec<String> {
    let Some(found) = &results.answers.versions else {
        return Vec::new();
    };
    let model: String = found.hash.chars().take(6).collect();
    let seed = match found.paired {
        true => "with the same seed, so launches are compared in pairs".to_owned(),
        false => format!(
            "with seed {} and not {}, so luck differs too, and intervals are wider",
            found.seed, results.seed
        ),
    };
    let file = match found.file.is_empty() {
        true => String::new(),
        false => format!(" is {}", found.file),
    };
    let mut all = vec![format!(
        "`{}`{file} (model {model}), {}, {seed}.",
        found.name,
        launches(found.replications)
    )];
    all.push(differs(results, found));
    all.extend(found.shapes.iter().map(shape));
    all
}

/// How the second of two studies stands against the first, in one sentence: by the first metric
/// that has a difference, else in words alone.
pub fn second_version(results: &Results) -> Option<String> {
    let found = results.answers.versions.as_ref()?;
    let metrics = reading::headline(results).into_iter();
    let mut said = metrics.filter_map(|metric| moved(results, found, metric));
    said.next().or_else(|| super::answers(results).pop())
}

/// `With e, share(served) is 85.7 %, and 30.6 % with the first model: +55.1 pt [+43.4, +66.7] at
/// 95 % confidence, over 8 launches in pairs.`
fn moved(results: &Results, found: &Versions, metric: &str) -> Option<String> {
    let by = results.differences.get(&found.name)?.get(metric)?;
    by.low.zip(by.high)?;
    let unit = reading::measure(results, metric).unit;
    let mean = |name: &str| {
        let value = results.variants.get(name)?.metrics.get(metric)?.estimate?;
        Some(number::value(value, unit))
    };
    let (first, _) = reading::variants(results).next()?;
    let (was, is) = (mean(first)?, mean(&found.name)?);
    let how = match found.paired {
        true => format!("{} in pairs", launches(by.n)),
        false => format!(
            "{} against {}, each with luck of its own",
            launches(found.replications),
            number::whole(f64::from(results.replications))
        ),
    };
    Some(format!(
        "With `{}`, {metric} is {is}, and {was} with the first model: {} at {} confidence, over \
         {how}.",
        found.name,
        difference(by, unit),
        number::level(results.confidence)
    ))
}

/// What stands in one model and not in the other.
fn differs(results: &Results, found: &Versions) -> String {
    let changes = results.variants.get(&found.name).map(|one| &one.changes);
    let told: Vec<String> = changes
        .into_iter()
        .flatten()
        .map(|(path, change)| match (&change.was, &change.now) {
            (Some(was), Some(now)) => format!("{path} ({was}, now {now})"),
            (None, Some(now)) => format!("{path} (new: {now})"),
            _ => format!("{path} (left out)"),
        })
        .collect();
    let more = told.len().saturating_sub(TOLD);
    let mut shown: Vec<String> = told.iter().take(TOLD).cloned().collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    match (shown.is_empty(), found.compared_texts) {
        (true, true) => "The two models say the same.".to_owned(),
        (false, true) => format!("The models differ in {}.", listed(&shown)),
        (true, false) => {
            "The texts of the models are not at hand; their inputs are the same.".to_owned()
        }
        (false, false) => format!(
            "The texts of the models are not at hand; their inputs differ in {}.",
            listed(&shown)
        ),
    }
}

/// A time with the same median and another tail.
fn shape(one: &Shape) -> String {
    let time = number::duration;
    let longer = if one.is > one.was {
        "longer"
    } else {
        "shorter"
    };
    format!(
        "The times of {} have another shape: the median is {} and was {}, but the tail is \
         {longer}: {} take up to {}, and took up to {}.",
        one.step,
        time(one.median_is),
        time(one.median_was),
        number::level(one.percentile),
        time(one.is),
        time(one.was)
    )
}
