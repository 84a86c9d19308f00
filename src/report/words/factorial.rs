//! What changes do on average, and which two help or hinder each other, in sentences.

use super::{change_estimate, estimate_of_change, interval_label, launches, listed, variant_label};
use crate::report::{number, reading};
use crate::results::{Better, Estimate, Factorial, Interaction, Results};

/// Columns of the table.
pub const FACTORIAL_HEAD: [&str; 2] = ["change", "on average"];

/// Title of the table.
pub fn factorial_title(results: &Results, name: &str, metric: &str) -> String {
    format!(
        "{metric} over all combinations of the changes of {}",
        variant_label(results, name)
    )
}

/// What the picture of changes and pairs of them shows, and what it says.
pub fn combined_caption(results: &Results, of: &str, metric: &str) -> (String, String) {
    let mut all = reading::factorials(results).into_iter();
    let found = all.find(|one| (one.0, one.1) == (of, metric));
    let said = found.map_or_else(String::new, |(_, metric, found)| {
        sentences(results, metric, found).join(" ")
    });
    let name = variant_label(results, of);
    (
        format!("Which changes of {name} help or hinder each other?"),
        said,
    )
}

/// What its axis shows.
pub fn combined_axis(results: &Results, found: &Factorial) -> String {
    format!(
        "Change on average over all {} combinations, with its {}; of two: what they add to each \
         other",
        number::whole(f64::from(found.combinations)),
        interval_label(results.confidence)
    )
}

/// Two changes, as a row is called.
pub fn pair_label(results: &Results, pair: &Interaction) -> String {
    let [first, second] = [&pair.first, &pair.second].map(|name| variant_label(results, name));
    format!("{first} x {second}")
}

/// What each change does on average, of the first that was taken apart: the answer in a sentence.
pub fn combined(results: &Results) -> Option<String> {
    let (_, metric, found) = reading::factorials(results).into_iter().next()?;
    Some(averages(results, metric, found))
}

/// Every factorial that was asked for, in sentences.
pub fn factorials(results: &Results) -> Vec<String> {
    let all = reading::factorials(results).into_iter();
    all.flat_map(|(_, metric, found)| sentences(results, metric, found))
        .collect()
}

/// `Averaged over all 4 combinations, share(served) changes by +28.2 pt [+22.3, +34.1] with more
/// and by …`
fn averages(results: &Results, metric: &str, found: &Factorial) -> String {
    let unit = reading::measure(results, metric).unit;
    let effects = found.effects.iter().map(|one| {
        format!(
            "by {} with {}",
            estimate_of_change(Some(&one.effect), unit),
            variant_label(results, &one.change)
        )
    });
    let effects: Vec<String> = effects.collect();
    format!(
        "Averaged over all {} combinations, {metric} changes {} ({} confidence, {} of each).",
        number::whole(f64::from(found.combinations)),
        listed(&effects),
        number::level(results.confidence),
        launches(results.replications)
    )
}

fn sentences(results: &Results, metric: &str, found: &Factorial) -> Vec<String> {
    let measure = reading::measure(results, metric);
    let said = |e: &Estimate| change_estimate(Some(e), measure.unit);
    let mut all = vec![averages(results, metric, found)];
    let sure = |one: &&Interaction| {
        let ends = one.more.low.zip(one.more.high);
        ends.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    };
    let sure: Vec<&Interaction> = found.interactions.iter().filter(sure).collect();
    for pair in &sure {
        let more = pair.more.estimate.unwrap_or(0.0);
        let word = match measure.better {
            Better::Neither => "depend on each other",
            Better::Higher if more > 0.0 => "help each other",
            Better::Lower if more < 0.0 => "help each other",
            Better::Higher | Better::Lower => "make each other less worth",
        };
        let [first, second] = [&pair.first, &pair.second].map(|name| variant_label(results, name));
        all.push(format!(
            "{first} and {second} {word}: with the other one made too, each changes {metric} by {} \
             on top of what it does without.",
            said(&pair.more)
        ));
    }
    if sure.is_empty() {
        all.push("No two of them are known to help or hinder each other.".to_owned());
    }
    all
}
