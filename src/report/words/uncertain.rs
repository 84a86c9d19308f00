//! Inputs drawn from their ranges, in sentences.
//!
//! One idea: how often it holds first, then what is not known against what is luck, then which
//! guess decides and what it would be worth to know it; what the figures rest on stands last.

use super::{capital, k_of_n, launches, small};
use crate::report::{number, reading};
use crate::results::{
    Better, Conclusion, Estimate, Fraction, InputWorth, OutcomeOverRanges, Regret, Results,
    Uncertain, VariantRegret,
};

/// Table of the inputs.
pub const WORTH_KNOWING: &str = "What each input decides";
/// Table of the variants.
pub const REGRETS: &str = "How much worse than the best variant at the same inputs";
/// Its columns.
pub const REGRET_HEAD: [&str; 4] = ["variant", "at worst", "on average", "best in"];
/// A surrogate that foretells less than this share of the variance is doubtful.
const DOUBTFUL: f64 = 0.7;
/// Inputs told in sentences.
const TOLD: usize = 3;

/// How often a conclusion holds: `91.2 % [80.1, 97.0] of kept draws: 31 of 34`.
pub fn holds_in(found: &Conclusion) -> String {
    let (chance, whose) = match (&found.all, &found.kept) {
        (Some(all), _) => (all, "draws"),
        (None, Some(kept)) => (kept, "kept draws"),
        (None, None) => return number::ABSENT.to_owned(),
    };
    let (low, high) = (number::share(chance.low), number::share(chance.high));
    let share = number::with_interval(&number::share(chance.estimate), &low, &high);
    format!("{share} of {whose}: {}", k_of_n(Some(chance)))
}

/// What was drawn, and what of it was kept.
pub fn uncertain(results: &Results) -> Option<String> {
    let found = results.answers.uncertain.as_ref()?;
    let whole = |count: u32| capital(&number::whole(f64::from(count)));
    let times = match found.draws {
        1 => "once".to_owned(),
        many => format!("{} times", whole(many)),
    };
    let inputs = match found.params.len() {
        1 => "One input has a range; a value was".to_owned(),
        many => format!("{} inputs have a range; values were", capital(&small(many))),
    };
    let mut text = format!("{inputs} drawn {times}.");
    if !found.keep_metric.is_empty() {
        let unit = reading::measure(results, &found.keep_metric).unit;
        let [low, high] = found.keep_range.map(|v| number::value(v, unit));
        text.push_str(&format!(
            " {} of the draws put {} between {low} and {high}, as published; only those are kept.",
            whole(found.kept),
            found.keep_metric
        ));
    }
    if found.unplayed > 0 {
        text.push_str(&format!(
            " {} of the draws were not run: their model is not valid, or asks for too much.",
            whole(found.unplayed)
        ));
    }
    Some(text)
}

/// The answer in one sentence; of a comparison that was made in full none.
pub fn ranged(results: &Results) -> Option<String> {
    let found = results.answers.uncertain.as_ref()?;
    let outcome = found
        .outcome
        .as_ref()
        .filter(|_| results.command == "uncertain")?;
    let inputs = match found.params.len() {
        1 => "With one input drawn from its range".to_owned(),
        many => format!("With {} inputs drawn from their ranges", small(many)),
    };
    Some(match (&outcome.chance, outcome.in_twenty) {
        (Some(chance), Some(dots)) => format!(
            "{inputs}, {} in {dots} of 20 launches: {}.",
            meets(outcome),
            number::with_interval(
                &number::share(chance.estimate),
                &number::share(chance.low),
                &number::share(chance.high)
            )
        ),
        _ => format!("{inputs}, {} is {}.", outcome.metric, mean(outcome)),
    })
}

/// `every objective is met`.
fn meets(outcome: &OutcomeOverRanges) -> String {
    match outcome.objectives.as_slice() {
        [one] => format!("`{one}` holds"),
        _ => "every objective is met".to_owned(),
    }
}

/// `57.2 % on average [53.1 %, 61.2 %]`.
fn mean(outcome: &OutcomeOverRanges) -> String {
    let Some(Estimate {
        estimate: Some(mean),
        low: Some(low),
        high: Some(high),
        ..
    }) = outcome.mean
    else {
        return "not known".to_owned();
    };
    let [mean, low, high] = [mean, low, high].map(|v| number::value(v, outcome.unit));
    number::with_interval(&format!("{mean} on average"), &low, &high)
}

/// What there is to say beside the answer.
pub fn ranging(results: &Results) -> Vec<String> {
    let Some(found) = &results.answers.uncertain else {
        return Vec::new();
    };
    let mut all: Vec<String> = Vec::new();
    if let Some(outcome) = &found.outcome {
        all.extend(spread(found, outcome));
        all.extend(split(outcome));
        all.extend(decides(outcome));
        all.extend(tornado(results, outcome));
    }
    if let (Some(outcome), Some(regret)) = (&found.outcome, &found.regret) {
        all.extend(least(results, outcome, regret));
        all.extend(worth_knowing(outcome, regret));
    }
    if let Some(outcome) = &found.outcome {
        all.extend(rests_on(found, outcome));
    }
    all
}

/// The spread of what the inputs do.
fn spread(found: &Uncertain, outcome: &OutcomeOverRanges) -> Option<String> {
    let mean_of = outcome.mean?;
    let [low, high] = [mean_of.p10?, mean_of.p90?].map(|v| number::value(v, outcome.unit));
    let which = match found.keep_metric.is_empty() {
        true => "draws",
        false => "draws that agree with what was published",
    };
    Some(format!(
        "{} is {}; in eight of ten {which} it is between {low} and {high}.",
        outcome.metric,
        mean(outcome)
    ))
}

/// What is not known against luck.
fn split(outcome: &OutcomeOverRanges) -> Option<String> {
    let split = outcome.variance?;
    if split.unknown + split.luck <= 0.0 {
        return Some(format!(
            "{} is the same in every launch, whatever the inputs are.",
            outcome.metric
        ));
    }
    let advice = match split.share.estimate >= 0.5 {
        true => "measuring the inputs would narrow it, more launches would not",
        false => "no measurement of the inputs can narrow that part",
    };
    Some(format!(
        "Of its variance {} is what is not known about the inputs, the rest is luck: {advice}.",
        fraction(&split.share)
    ))
}

/// `97.1 % [95.0 %, 98.0 %]`.
fn fraction(share: &Fraction) -> String {
    let [mean, low, high] = [share.estimate, share.low, share.high].map(number::share);
    number::with_interval(&mean, &low, &high)
}

/// Which guess decides.
fn decides(outcome: &OutcomeOverRanges) -> Option<String> {
    let first = outcome.inputs.first()?;
    let (own, total) = (first.first.as_ref()?, first.total.as_ref()?);
    let mut text = format!(
        "{} decides most: if it alone were known, {} of the variance between draws would be gone; \
         if all but it were known, {} would be left.",
        first.name,
        fraction(own),
        fraction(total)
    );
    let others = outcome.inputs[1..].iter().filter_map(|one| {
        let total = one.total.as_ref().filter(|total| total.low > 0.0)?;
        Some(format!("{} ({})", one.name, number::share(total.estimate)))
    });
    let others: Vec<String> = others.take(TOLD).collect();
    if !others.is_empty() {
        text.push_str(&format!(
            " Next {} {}.",
            is_or_are(others.len()),
            super::listed(&others)
        ));
    }
    Some(text)
}

fn is_or_are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// How far the first input moves the outcome alone.
fn tornado(results: &Results, outcome: &OutcomeOverRanges) -> Option<String> {
    let first = outcome.inputs.first()?;
    let at = |end: Option<Estimate>| Some(number::value(end?.estimate?, outcome.unit));
    let [low, high] = [first.low, first.high].map(|v| super::input_value(results, &first.name, v));
    Some(format!(
        "From {} = {low} to {high}, the others at their base case, {} goes from {} to {}.",
        first.name,
        outcome.metric,
        at(first.at_low)?,
        at(first.at_high)?
    ))
}

/// Which variant is regretted least.
fn least(results: &Results, outcome: &OutcomeOverRanges, regret: &Regret) -> Option<String> {
    let row = |name: &str| regret.rows.iter().find(|row| row.variant == name);
    let (worst, average) = (row(&regret.least_largest)?, row(&regret.least_mean)?);
    let label = |row: &VariantRegret| super::variant_label(results, &row.variant);
    let at_worst = number::change(worst.largest, outcome.unit);
    let draws = number::whole(f64::from(regret.points));
    if worst.largest <= 0.0 {
        return Some(format!(
            "The variant to regret least is {}: in each of {draws} draws no other one is better.",
            label(worst)
        ));
    }
    let mut text = format!(
        "The variant to regret least is {}: over {draws} draws it is at worst {} worse than the \
         best one at the same inputs",
        label(worst),
        unsigned(&at_worst)
    );
    let mean = |row: &VariantRegret| {
        let mean = row.mean.and_then(|mean| mean.estimate).unwrap_or(0.0);
        unsigned(&number::change(mean, outcome.unit)).to_owned()
    };
    match worst.variant == average.variant {
        true => text.push_str(&format!(", on average {}.", mean(worst))),
        false => text.push_str(&format!(
            "; on average it is {} with {}, and {} with {}.",
            mean(worst),
            label(worst),
            mean(average),
            label(average)
        )),
    }
    if !regret.settled {
        text.push_str(" Whether it is the best on average is not certain at this cost.");
    }
    Some(text)
}

/// A change without its sign: it is said in words.
fn unsigned(change: &str) -> &str {
    change.trim_start_matches('+')
}

/// What knowing an input is worth for the choice.
fn worth_knowing(outcome: &OutcomeOverRanges, regret: &Regret) -> Option<String> {
    let wrong = regret.wrong?;
    let best = outcome
        .inputs
        .iter()
        .filter_map(|one| Some((one, one.wrong_if_known?)))
        .min_by(|one, other| one.1.total_cmp(&other.1))?;
    let now = number::share(wrong);
    Some(match best.1 < wrong {
        true => format!(
            "Choosing {} is wrong in {now} of the ranges; with {} measured before, the choice \
             would be wrong in {}.",
            regret.least_mean,
            best.0.name,
            number::share(best.1)
        ),
        false => format!(
            "Choosing {} is wrong in {now} of the ranges, and measuring any one input would not \
             change that.",
            regret.least_mean
        ),
    })
}

/// What the figures rest on.
fn rests_on(found: &Uncertain, outcome: &OutcomeOverRanges) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(surrogate) = &outcome.surrogate {
        let doubt = match surrogate.foretold < DOUBTFUL {
            true => {
                " That is too little to trust the order of the inputs: draw more with --points."
            }
            false => "",
        };
        all.push(format!(
            "The shares of the inputs are read from a surrogate, a polynomial chaos with {} terms \
             through {} draws of {}: it foretells {} of the variance between draws that it never \
             saw, and what it misses widens every interval.{doubt}",
            number::whole(f64::from(surrogate.terms)),
            number::whole(f64::from(outcome.points)),
            launches(found.replications),
            number::share(surrogate.foretold)
        ));
    } else if !outcome.inputs.is_empty() {
        all.push(format!(
            "Which input decides cannot be told: {} hardly varies from draw to draw, or the draws \
             are too few.",
            outcome.metric
        ));
    }
    if outcome.left_out > 0 {
        all.push(format!(
            "{} of the draws are left out of these figures: {} is not reached in every launch \
             there.",
            capital(&number::whole(f64::from(outcome.left_out))),
            outcome.metric
        ));
    }
    all
}

/// The columns of the table of inputs.
pub fn worth_head(outcome: &OutcomeOverRanges) -> Vec<String> {
    let of = |end: &str| format!("{} at {end}", outcome.metric);
    let mut head = vec!["input".to_owned(), "low".to_owned(), "high".to_owned()];
    head.extend([of("low"), of("high")]);
    head.extend(["alone", "with others"].map(str::to_owned));
    head
}

/// An input.
pub fn worth_row(results: &Results, outcome: &OutcomeOverRanges, one: &InputWorth) -> Vec<String> {
    let absent = || number::ABSENT.to_owned();
    let at = |end: Option<Estimate>| {
        let value = end.and_then(|end| end.estimate);
        value.map_or_else(absent, |value| number::value(value, outcome.unit))
    };
    let share = |share: Option<Fraction>| share.map_or_else(absent, |share| fraction(&share));
    vec![
        one.name.clone(),
        super::input_value(results, &one.name, one.low),
        super::input_value(results, &one.name, one.high),
        at(one.at_low),
        at(one.at_high),
        share(one.first),
        share(one.total),
    ]
}

/// A variant.
pub fn regret_row(
    results: &Results,
    outcome: &OutcomeOverRanges,
    row: &VariantRegret,
) -> Vec<String> {
    let change = |value: f64| unsigned(&number::change(value, outcome.unit)).to_owned();
    let mean = row.mean.and_then(|mean| mean.estimate);
    let points = results
        .answers
        .uncertain
        .as_ref()
        .and_then(|one| one.regret.as_ref());
    vec![
        super::variant_label(results, &row.variant),
        change(row.largest),
        mean.map_or_else(|| number::ABSENT.to_owned(), change),
        format!(
            "{} of {}",
            number::whole(f64::from(row.best_in)),
            number::whole(points.map_or(0.0, |regret| f64::from(regret.points)))
        ),
    ]
}

/// Above what an input brings.
pub const BRINGS: &str = "of what is not known";

/// What an input brings, beside its bar: `alone 35.0 %, with others 71.3 %`.
pub fn brings(input: &InputWorth) -> String {
    let share = |share: &Fraction| number::share(share.estimate);
    match (&input.first, &input.total) {
        (Some(first), Some(total)) => {
            format!("alone {}, with others {}", share(first), share(total))
        }
        _ => String::new(),
    }
}

/// Above the launches as dots.
pub fn risk(outcome: &OutcomeOverRanges, met: u32) -> String {
    format!(
        "Over all ranges and luck {} in {met} of 20 launches",
        meets(outcome)
    )
}

/// Under the chart of inputs.
pub fn tornado_axis(outcome: &OutcomeOverRanges) -> String {
    format!(
        "{} at either end of each range, all else at its base case, {}",
        outcome.metric,
        launches(outcome.tornado_launches)
    )
}

/// Title and takeaway of the chart of inputs.
pub(super) fn tornado_caption(results: &Results) -> (String, String) {
    let outcome = results
        .answers
        .uncertain
        .as_ref()
        .and_then(|one| one.outcome.as_ref());
    let takeaway =
        outcome.and_then(|outcome| decides(outcome).or_else(|| tornado(results, outcome)));
    (
        "What each input decides".to_owned(),
        takeaway.unwrap_or_default(),
    )
}

/// Whether more of the outcome is better, for the hue of a bar.
pub fn is_better(outcome: &OutcomeOverRanges, value: f64, base: f64) -> Option<bool> {
    match outcome.better {
        Better::Higher => Some(value >= base),
        Better::Lower => Some(value <= base),
        Better::Neither => None,
    }
}
