//! The only file with English about results: verdicts, the answer, what broke and why.
//!
//! One idea: a planner reads sentences, so every sentence is made here, from figures of the
//! document alone, and each form of report only sets them. Small counts of things are spelled
//! out; figures are printed as `number` prints them.

mod answer;
mod best;
mod bottleneck;
mod calibrate;
mod caption;
mod chain;
mod explain;
mod factorial;
mod figure;
mod heading;
mod judged;
mod level;
mod moment;
mod observed;
mod places;
mod postmortem;
mod prevented;
mod rare;
mod recovery;
mod screen;
mod size;
mod sweep;
mod tip;
mod versions;
mod settling;
mod storm;
mod uncertain;
mod worth;

pub use answer::{Part, answer_parts, called, question_answered, variant_label};
pub use best::*;
pub use bottleneck::bottleneck_remark;
use bottleneck::{spell, what_broke, where_it_moved};
pub use calibrate::*;
pub use caption::*;
pub use chain::{CHAINS, chain_lead, chains};
pub use explain::*;
pub use factorial::*;
pub use figure::*;
pub use heading::*;
use judged::{all_met_so_far, beside, counted, failed_and_unclear, met_so_far, on_fewer};
pub use judged::{shared_of_fewer, standing};
pub use level::{
    difference_head, difference_with_level, interval_label, level_note, levels, with_level,
};
pub use moment::*;
pub use observed::*;
pub use places::{CALL_HEAD, WHO_CALLS, lag_title, level_head, level_title, met_in, within_step};
use places::{dots_caption, level_caption};
pub use postmortem::*;
pub use prevented::*;
pub use rare::rare_sentence;
pub use recovery::recovery;
pub use screen::*;
pub use settling::{Asked, next_step, settling};
use settling::{objective_settling, unclear_objectives};
pub use size::*;
pub use storm::*;
pub use sweep::*;
pub use tip::*;
pub use uncertain::*;
pub use versions::*;
pub use worth::{nothing_shared, together, what_meets};

use super::number::{self, change, duration, points};
use super::reading::{self, GotIn, SERVED, Whose};
use crate::results::{
    Attribution, AttributionMethod, Difference, Event, EventKind, Known, Note, NoteLevel,
    Objective, ObjectiveVerdict, Results, Stopped, Unit, Variant, Verdict,
};

/// `one`, `two` … up to twelve, then digits.
pub fn small(count: usize) -> String {
    const WORDS: [&str; 13] = [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS
        .get(count)
        .map_or_else(|| count.to_string(), ToString::to_string)
}

/// `30 launches`, `1 launch`.
pub fn launches(count: u32) -> String {
    match count {
        1 => "1 launch".to_owned(),
        _ => format!("{} launches", number::whole(f64::from(count))),
    }
}

/// `a, b and c`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// The word of a difference.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Same => "same",
        Verdict::Unclear => "unclear",
    }
}

/// The symbol of a difference.
pub fn verdict_symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "▲",
        Verdict::Worse => "▼",
        Verdict::Same => "=",
        Verdict::Unclear => "?",
    }
}

/// The word of an objective.
pub fn objective_word(verdict: ObjectiveVerdict) -> &'static str {
    match verdict {
        ObjectiveVerdict::Met => "met",
        ObjectiveVerdict::Failed => "failed",
        ObjectiveVerdict::Unclear => "unclear",
    }
}

/// The symbol of an objective.
pub fn objective_symbol(verdict: ObjectiveVerdict) -> &'static str {
    match verdict {
        ObjectiveVerdict::Met => "✓",
        ObjectiveVerdict::Failed => "✗",
        ObjectiveVerdict::Unclear => "?",
    }
}

/// The ASCII form of the symbol of an objective.
pub fn objective_ascii(verdict: ObjectiveVerdict) -> &'static str {
    match verdict {
        ObjectiveVerdict::Met => "ok",
        ObjectiveVerdict::Failed => "FAIL",
        ObjectiveVerdict::Unclear => "unclear",
    }
}

/// How an input is known.
pub fn known_word(known: Known) -> &'static str {
    match known {
        Known::Measured => "measured",
        Known::Published => "published",
        Known::Fitted => "fitted",
        Known::Assumed => "assumed",
    }
}

/// An outcome as it is said: `sold_out` is `sold out`.
pub fn outcome_word(outcome: &str) -> String {
    outcome.replace('_', " ")
}

/// Text in ASCII alone, for terminals that ask for it.
pub fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            number::GAP | '\u{a0}' => plain.push(' '),
            number::MINUS | '–' | '·' => plain.push('-'),
            '✓' => plain.push_str("ok"),
            '✗' => plain.push_str("FAIL"),
            '→' => plain.push_str("->"),
            '×' => plain.push('x'),
            'µ' => plain.push('u'),
            'δ' => plain.push('d'),
            '≥' => plain.push_str(">="),
            '≤' => plain.push_str("<="),
            '…' => plain.push_str("..."),
            c if c.is_ascii() => plain.push(c),
            _ => plain.push('?'),
        }
    }
    plain
}

/// The word of a difference, with what would settle it if unclear.
pub fn verdict_with_reason(found: &Difference, unit: Unit) -> String {
    let Some(verdict) = found.verdict else {
        return no_word(found);
    };
    if let Some(text) = counted(found) {
        return text;
    }
    let within = found.threshold.map(|t| threshold(t, unit));
    match (verdict, within) {
        (Verdict::Same, Some(within)) => {
            format!("same (less than {within})")
        }
        (Verdict::Unclear, _) => format!("unclear: {}", settling(found.settled_by, found.of)),
        _ => verdict_word(verdict).to_owned(),
    }
}

/// ` (and 3 more like it in summary.md)`.
pub fn more_of_the_same(more: usize) -> String {
    match more {
        0 => String::new(),
        _ => format!(" (and {more} more like it, in summary.md)"),
    }
}

/// Why a difference has no word.
fn no_word(found: &Difference) -> String {
    if found.n == 0 {
        "no launch has a value in both".to_owned()
    } else if found.n < found.of {
        format!(
            "no verdict: only {} of {} launches have a value in both",
            number::whole(f64::from(found.n)),
            number::whole(f64::from(found.of))
        )
    } else {
        String::new()
    }
}

/// What each variant comes to, the baseline first.
pub fn answers(results: &Results) -> Vec<String> {
    let others = reading::others(results).map(|(name, _)| verdict_sentence(results, name));
    [baseline_sentence(results)]
        .into_iter()
        .chain(others)
        .collect()
}

/// The one sentence that answers the question of the study.
pub fn answer(results: &Results) -> String {
    if reading::is_compared(results) {
        return answers(results).join(" ");
    }
    let Some(variant) = reading::baseline(results) else {
        return "Nothing was run.".to_owned();
    };
    let mut text = run_sentence(variant);
    if let Some(cause) = reading::cause(variant) {
        text.push(' ');
        text.push_str(&format!(
            "{} is the bottleneck{}.",
            cause.place,
            spell(cause)
        ));
    }
    text
}

/// What became of objectives and users in a single run.
fn run_sentence(variant: &Variant) -> String {
    if variant.objectives.is_empty() {
        return match (variant.users.share.served, variant.users.arrived) {
            (Some(served), Some(arrived)) => format!(
                "{} of {} users are served.",
                estimate(Some(&served), Unit::Share),
                estimate(Some(&arrived), Unit::Count)
            ),
            _ => "The model sets no objective.".to_owned(),
        };
    }
    let failed = count_of(variant, ObjectiveVerdict::Failed);
    let unclear = count_of(variant, ObjectiveVerdict::Unclear);
    let all = variant.objectives.len();
    let mut text = match (failed, unclear) {
        (0, 0) => format!("HOLDS: {}.", of_all("meets", all, all)),
        (0, _) if all_met_so_far(variant).is_some() => {
            format!("HOLDS SO FAR: {}.", unclear_objectives(variant))
        }
        (0, _) => format!("UNCLEAR: {}.", unclear_objectives(variant)),
        _ => format!("{}.", of_all("FAILS", failed, all)),
    };
    if failed > 0 && unclear > 0 {
        let verb = if unclear == 1 { "is" } else { "are" };
        text.push_str(&format!(" {} {verb} unclear.", capital(&small(unclear))));
    }
    text
}

/// Objectives of a variant with this verdict.
pub fn count_of(variant: &Variant, verdict: ObjectiveVerdict) -> usize {
    variant
        .objectives
        .iter()
        .filter(|o| o.verdict == verdict)
        .count()
}

/// `1 of 3 met`; `3 met so far` or `1 of 3 so far` where more launches must prove some of those
/// that every launch met.
pub fn met_of(variant: &Variant) -> String {
    let met = count_of(variant, ObjectiveVerdict::Met);
    let all = variant.objectives.iter();
    match all.filter(|o| o.is_met_so_far()).count() {
        0 => format!("{met} of {} met", variant.objectives.len()),
        so_far if met + so_far == variant.objectives.len() => {
            format!("{} met so far", met + so_far)
        }
        so_far => format!("{} of {} so far", met + so_far, variant.objectives.len()),
    }
}

/// `meets all three objectives`, `FAILS two of three objectives`, `meets its objective`.
fn of_all(verb: &str, some: usize, all: usize) -> String {
    match (some, all) {
        (1, 1) => format!("{verb} its objective"),
        (2, 2) => format!("{verb} both objectives"),
        _ if some == all => format!("{verb} all {} objectives", small(all)),
        _ => format!("{verb} {} of {} objectives", small(some), small(all)),
    }
}

/// The objectives of a variant in a compare: `all three objectives are met`.
fn objectives_clause(variant: &Variant) -> Option<String> {
    let all = variant.objectives.len();
    let met = count_of(variant, ObjectiveVerdict::Met);
    let failed = count_of(variant, ObjectiveVerdict::Failed);
    let of = |some: usize| match some {
        1 => format!("one of {} objectives is", small(all)),
        _ => format!("{} of {} objectives are", small(some), small(all)),
    };
    if all == 0 {
        return None;
    }
    if failed == 0 && met < all {
        return Some(unclear_objectives(variant));
    }
    if met + failed < all {
        return Some(failed_and_unclear(
            variant,
            &format!("{} not met", of(failed)),
        ));
    }
    Some(match (met, all) {
        (1, 1) => "its objective is met".to_owned(),
        (0, 1) => "its objective is not met".to_owned(),
        (2, 2) => "both objectives are met".to_owned(),
        (0, 2) => "neither objective is met".to_owned(),
        (0, _) => format!("none of {} objectives is met", small(all)),
        _ if met == all => format!("all {} objectives are met", small(all)),
        _ => format!("{} met", of(met)),
    })
}

/// What the baseline comes to, before anything is changed: `As it was: 24.5 % of 120 000 users are
/// served; none of three objectives is met.`
pub fn baseline_sentence(results: &Results) -> String {
    let Some(variant) = reading::baseline(results) else {
        return "Nothing was run.".to_owned();
    };
    let served = match (variant.users.share.served, variant.users.arrived) {
        (Some(served), Some(arrived)) => format!(
            "{} of {} users are served",
            estimate(Some(&served), Unit::Share),
            estimate(Some(&arrived), Unit::Count)
        ),
        _ => "what all others are compared with".to_owned(),
    };
    let clauses: Vec<String> = [Some(served), objectives_clause(variant)]
        .into_iter()
        .flatten()
        .collect();
    let name = reading::baseline_name(results);
    format!("{}: {}.", called(results, name), clauses.join("; "))
}

/// What a variant does to users compared with the baseline, in one sentence or two. Its label may
/// be of any form, so it stands before a colon.
pub fn verdict_sentence(results: &Results, name: &str) -> String {
    let change = match reading::lead_metric(results) {
        Some(SERVED) => served_clause(results, name),
        Some(metric) => metric_clause(results, name, metric),
        None => "nothing was measured".to_owned(),
    };
    let objectives = results.variants.get(name).and_then(objectives_clause);
    let clauses: Vec<String> = [Some(change), objectives].into_iter().flatten().collect();
    let mut text = format!("{}: {}.", called(results, name), clauses.join("; "));
    if let Some(more) = beside(results, name, reading::lead_metric(results)) {
        text.push_str(&format!(" {more}"));
    }
    text
}

/// `29.2 points more users are served (65.3 % → 94.5 %)`.
fn served_clause(results: &Results, name: &str) -> String {
    let found = reading::difference(results, name, SERVED);
    let Some((found, lead)) = found.and_then(|found| Some((found, found.estimate?))) else {
        return "there is no difference to report".to_owned();
    };
    let more = |value: f64| if value < 0.0 { "fewer" } else { "more" };
    let levels = from_to(results, name, SERVED);
    let moved = format!(
        "{} points {} users are served{levels}",
        points(lead),
        more(lead)
    );
    let is_exactly_nothing =
        lead == 0.0 && found.low.unwrap_or(0.0) == 0.0 && found.high.unwrap_or(0.0) == 0.0;
    if is_exactly_nothing {
        return format!("exactly as many users are served{levels}");
    }
    match (found.verdict, found.low, found.high) {
        (Some(Verdict::Same), ..) => format!("{moved}: too small a difference to matter"),
        (Some(Verdict::Unclear), Some(low), Some(high)) => format!(
            "between {} points {} and {} points {} users are served ({}): unclear, {}",
            points(low),
            more(low),
            points(high),
            more(high),
            interval_label(found.confidence),
            settling(found.settled_by, found.of)
        ),
        _ => moved,
    }
}

/// `p95(login.time) moves by −3.2 s (3.4 s → 0.2 s): better`.
fn metric_clause(results: &Results, name: &str, metric: &str) -> String {
    let unit = reading::measure(results, metric).unit;
    let levels = from_to(results, name, metric);
    let Some(found) = reading::difference(results, name, metric) else {
        return format!("{metric}{levels}");
    };
    let word = verdict_with_reason(found, unit);
    let word = if word.is_empty() {
        word
    } else {
        format!(": {word}")
    };
    match found.estimate {
        Some(0.0) => format!("{metric} stays as it is{levels}{word}"),
        Some(lead) => format!("{metric} moves by {}{levels}{word}", change(lead, unit)),
        None if found.verdict == Some(Verdict::Same) => {
            format!("{metric} stays as it is: never in both")
        }
        None => format!("{metric} moves{levels}{word}"),
    }
}

/// ` (65.3 % → 94.5 %)`.
fn from_to(results: &Results, name: &str, metric: &str) -> String {
    let unit = reading::measure(results, metric).unit;
    let level = |variant: Option<&Variant>| {
        estimate(variant.and_then(|v| reading::metric(v, metric)), unit)
    };
    let from = level(reading::baseline(results));
    let to = level(results.variants.get(name));
    format!(" ({from} → {to})")
}

/// The story in a few paragraphs: what broke, what the variants change of it, what each change is
/// worth, how launches differ.
pub fn in_words(results: &Results) -> Vec<String> {
    let parts = [why(results), worths(results), spread_of_launches(results)];
    parts.into_iter().flatten().collect()
}

/// What broke, what keeps it broken, and where it moves with each variant.
pub fn why(results: &Results) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if let Some(variant) = reading::baseline(results) {
        let broke = what_broke(variant);
        paragraphs.push(match reading::is_compared(results) {
            true => format!(
                "{}: {broke}",
                called(results, reading::baseline_name(results))
            ),
            false => capital(&broke),
        });
        paragraphs.extend(trouble(results, variant));
        paragraphs.extend(got_in_sentences(results, variant));
    }
    let moved = reading::others(results);
    let moved = moved.map(|(name, v)| (called(results, name), where_it_moved(results, v)));
    let moved = once_each(moved.collect());
    if !moved.is_empty() {
        paragraphs.push(moved.join(" "));
    }
    paragraphs.retain(|p| !p.is_empty());
    paragraphs
}

/// What each change is worth.
pub fn worths(results: &Results) -> Vec<String> {
    let all = reading::attributions(results).into_iter();
    let all = all.filter_map(|(name, metric, found)| worth(results, (name, metric), found));
    let mut paragraphs: Vec<String> = all.collect();
    paragraphs.extend(nothing_shared(results));
    paragraphs.extend(factorials(results));
    paragraphs.retain(|p| !p.is_empty());
    paragraphs
}

/// How launches of a variant fall apart, where they do.
pub fn spread_of_launches(results: &Results) -> Vec<String> {
    let groups: Vec<String> = reading::variants(results)
        .filter_map(|(name, variant)| two_groups(results, name, variant))
        .collect();
    let all = (!groups.is_empty()).then(|| groups.join(" "));
    all.into_iter().collect()
}

/// What became of a launch in trouble, who started it and what keeps it going; nothing where none
/// was in trouble.
fn trouble(results: &Results, variant: &Variant) -> Option<String> {
    let storm = storm(results, variant)?;
    let health = recovery(variant).unwrap_or_default();
    Some(format!("{health} {storm}").trim_start().to_owned())
}

/// How users' requests fare, and what is behind it where launches were in trouble.
pub fn health(results: &Results, variant: &Variant) -> Option<String> {
    trouble(results, variant).or_else(|| recovery(variant))
}

/// What is said of variants by their labels; what is said of several is said once: `Both, Patch the
/// login: …`.
fn once_each(sentences: Vec<(String, String)>) -> Vec<String> {
    let mut groups: Vec<(Vec<String>, String)> = Vec::new();
    for (label, sentence) in sentences {
        match groups.iter_mut().find(|(_, told)| *told == sentence) {
            Some((labels, _)) => labels.push(label),
            None => groups.push((vec![label], sentence)),
        }
    }
    let told = groups.into_iter();
    let told = told.map(|(labels, sentence)| format!("{}: {sentence}", listed(&labels)));
    told.collect()
}

/// A sentence for each objective on a percentile that some never reach.
fn got_in_sentences(results: &Results, variant: &Variant) -> Option<String> {
    let sentences: Vec<String> = reading::headline(results)
        .into_iter()
        .filter_map(|metric| {
            let value = reading::metric(variant, metric)?;
            let beside = reading::got_in(variant, metric)?;
            if value.never == 0 {
                return None;
            }
            Some(format!(
                "{metric} is never: {}; {}.",
                beyond(beside),
                of_those(beside)
            ))
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// `of the 65.3 % that end ok, 95 % take up to 41.2 s`.
pub(crate) fn of_those(beside: GotIn<'_>) -> String {
    let share = estimate(beside.share, Unit::Share);
    let verb = match beside.whose {
        Whose::Requests => "end ok",
        Whose::Users => "are served",
    };
    match beside.time.and_then(|e| e.estimate) {
        Some(time) => format!(
            "of the {share} that {verb}, {} up to {}",
            take(beside.form),
            duration(time)
        ),
        None => format!("{share} {verb}"),
    }
}

/// `95 % take`, `half take`: those at or below a percentile.
fn take(form: &str) -> String {
    match form.trim_start_matches('p') {
        "50" => "half take".to_owned(),
        share => format!("{share}{}% take", number::GAP),
    }
}

/// `more than 5 % never end ok`: what it means that a percentile is never.
fn beyond(beside: GotIn<'_>) -> String {
    let verb = match beside.whose {
        Whose::Requests => "end ok",
        Whose::Users => "are served",
    };
    let share: Option<f64> = beside.form.trim_start_matches('p').parse().ok();
    match share.map(|share| 100.0 - share) {
        Some(rest) if (rest - 50.0).abs() < 1e-9 => format!("more than half never {verb}"),
        Some(rest) => format!(
            "more than {} never {verb}",
            number::percentile(rest / 100.0)
        ),
        None => format!("too many never {verb}"),
    }
}

/// What each change of a variant is worth.
fn worth(results: &Results, of: (&str, &str), found: &Attribution) -> Option<String> {
    let (name, metric) = of;
    let unit = reading::measure(results, metric).unit;
    let total = found.total?.estimate?;
    let fewer = found.total.as_ref().map(on_fewer).unwrap_or_default();
    let parts: Vec<String> = found
        .order
        .iter()
        .filter_map(|change| {
            let part = found.parts.get(change)?;
            let value = match found.method {
                AttributionMethod::Shapley => part.share?.estimate?,
                AttributionMethod::OneAtATime => part.alone?.estimate?,
            };
            let change = variant_label(results, change);
            Some(format!("{change} {}", number::change(value, unit)))
        })
        .collect();
    let mut text = match found.method {
        AttributionMethod::Shapley => format!(
            "{}: of {} on {metric}, each change is worth{fewer}: {}.",
            called(results, name),
            number::change(total, unit),
            listed(&parts)
        ),
        AttributionMethod::OneAtATime => format!(
            "{}: {metric} moves by {}; each change alone{fewer}: {}.",
            called(results, name),
            number::change(total, unit),
            listed(&parts)
        ),
    };
    if let Some(meets) = what_meets(results, of, found) {
        text.push_str(&format!(" {}.", capital(&meets)));
    }
    Some(text)
}

/// The two groups into which launches fall, if they do.
pub fn two_groups(results: &Results, name: &str, variant: &Variant) -> Option<String> {
    let collapsed = variant.recovery.as_ref()?.collapsed?;
    if collapsed.k == 0 || collapsed.k >= collapsed.n {
        return None;
    }
    let mut text = format!(
        "{}: launches fall into two groups; {} collapse.",
        called(results, name),
        k_of_n(Some(&collapsed))
    );
    let metric = reading::lead_metric(results).filter(|m| variant.split.contains_key(*m));
    if let Some(metric) = metric {
        let unit = reading::measure(results, metric).unit;
        let split = variant.split.get(metric)?;
        text.push_str(&format!(
            " {metric} is {} in those that do and {} in the others; no launch is like the \
             average of both.",
            estimate(split.collapsed.as_ref(), unit),
            estimate(split.others.as_ref(), unit)
        ));
    }
    Some(text)
}

/// Why an objective has its verdict: the chance of launches, and what is required.
pub fn objective_reason(objective: &Objective) -> String {
    if let Some(text) = met_so_far(objective) {
        return text;
    }
    let mut text = format!(
        "met in {} launches, {} required",
        k_of_n(objective.chance.as_ref()),
        number::level(objective.required)
    );
    if objective.absent > 0 {
        text.push_str(&format!(
            "; in {} it has no value, which counts as not met",
            launches(objective.absent)
        ));
    }
    if objective.verdict == ObjectiveVerdict::Unclear {
        let settling = objective_settling(objective.settled_by);
        text.push_str(&format!("; {settling}"));
    }
    text
}

/// The spread of launches of an objective's metric on the side of its limit: `above 63.8 %`.
pub fn nine_of_ten(objective: &Objective) -> String {
    let Some(value) = &objective.value else {
        return number::ABSENT.to_owned();
    };
    let wants_more = objective.relation.starts_with('>');
    let (word, bound) = if wants_more {
        ("above", value.p10)
    } else {
        ("below", value.p90)
    };
    match bound {
        Some(found) => format!("{word} {}", number::value(found, objective.unit)),
        None if value.never > 0 => "never".to_owned(),
        None => number::ABSENT.to_owned(),
    }
}

/// Why a study ended before everything asked for was done, if it did.
pub fn incomplete(results: &Results) -> Option<String> {
    let done = launches(results.replications);
    match (results.complete, results.stopped) {
        (true, _) => None,
        (false, Stopped::Interrupted) => Some(format!("Interrupted: the figures rest on {done}.")),
        (false, Stopped::Partial) => Some(format!("Partial: the figures rest on {done}.")),
        (false, Stopped::Time) => Some(format!("The time is over: the figures rest on {done}.")),
        (false, Stopped::Budget) => Some(format!(
            "Less precise than asked: the figures rest on the {done} that were allowed."
        )),
        (false, _) => Some(format!(
            "Not everything was done: the figures rest on {done}."
        )),
    }
}

/// How the figures were found, for the end of a report.
pub fn method(results: &Results) -> Vec<String> {
    let done = launches(results.replications);
    let over = match results.detailed {
        None => format!("Every figure is the mean over {done}"),
        Some(detailed) => format!(
            "Every figure is the mean over {done}, those of tables and charts over the first {} of \
             them",
            number::whole(f64::from(detailed))
        ),
    };
    let mut lines = vec![format!(
        "{over}, each with random numbers of its own. In brackets stands the {} interval of that \
         mean: how well the mean is known, not how much launches differ.",
        number::level(results.confidence)
    )];
    if results.paired && reading::is_compared(results) {
        lines.push(
            "Variants are compared in pairs: each meets the same users with the same luck, so any \
             difference is caused by the change."
                .to_owned(),
        );
    }
    if reading::is_compared(results) {
        lines.extend(level::together(results));
    }
    lines.push(
        "A percentile of a time counts whatever does not end ok as longer than any time, so it may \
         be never; beside it stands the share that ends ok, and how long that takes."
            .to_owned(),
    );
    lines
}

/// What was run, in one line: version, file, hash, seed, launches.
pub fn provenance(results: &Results) -> String {
    let model = &results.model;
    if let Some(found) = &results.answers.scalability {
        let pairs = found.pairs.len();
        return format!("onrush {} · {pairs} measured pairs", results.onrush);
    }
    let hash: String = model.hash.chars().take(6).collect();
    format!(
        "onrush {} · {} · model {hash} · seed {} · {}",
        results.onrush,
        model.file,
        results.seed,
        launches(results.replications)
    ) + &detailed(results)
}

/// How many launches are kept in detail, where that is not all.
fn detailed(results: &Results) -> String {
    let some = |n: u32| format!(" ({} in detail)", number::whole(f64::from(n)));
    results.detailed.map_or_else(String::new, some)
}

/// The same at the foot of a chart, with what T+0 is called.
pub fn footer(results: &Results) -> String {
    match t_zero(results) {
        Some(zero) => format!("{} · {zero}", provenance(results)),
        None => provenance(results),
    }
}

/// How variants were compared.
pub fn pairing(results: &Results) -> String {
    let done = launches(results.replications);
    if results.paired {
        format!("{done}, paired: every variant meets the same users with the same luck.")
    } else {
        format!("{done} of each variant.")
    }
}

/// Said where no bottleneck was found.
pub const NOTHING_SATURATED: &str = "Nothing is full. Busiest:";

/// Said beside the heading of events.
pub const TIMELINE_NOTE: &str = "(median over launches; in all of them unless said)";

/// What an event was; what the model only remarks is said to be a note.
pub fn told(event: &Event) -> String {
    match event.kind {
        EventKind::Note => format!("note: {}", event.what),
        _ => event.what.clone(),
    }
}

/// An event, with its launches if not all saw it.
pub fn event(event: &Event) -> String {
    let what = told(event);
    match event.in_launches.filter(|p| p.k < p.n) {
        Some(chance) => format!("{what} (in {} launches)", k_of_n(Some(&chance))),
        None => what,
    }
}

/// Below a timeline that is cut short: `… and 3 more, in summary.md`.
pub fn more_events(more: usize) -> String {
    format!("… and {more} more, in summary.md")
}

/// A note with its level and code.
pub fn note(note: &Note) -> String {
    let level = match note.level {
        NoteLevel::Note => "note",
        NoteLevel::Warning => "warning",
    };
    format!("{level} {}: {}", note.code, note.text)
}

/// What stands in place of what a variant takes away.
const GONE: &str = "nothing";

/// What a variant changes: `service.shop.servers 20 → 40`.
pub fn changes(variant: &Variant) -> String {
    let all: Vec<String> = variant
        .changes
        .iter()
        .map(|(path, change)| match (&change.was, &change.now) {
            (Some(was), Some(now)) => format!("{path} {was} → {now}"),
            (None, Some(now)) => format!("{path} = {now}"),
            (Some(was), None) => format!("{path} {was} → {GONE}"),
            _ => format!("{path} {}", change.set),
        })
        .collect();
    all.join(", ")
}

/// `both: share(served) 42.9 % → 99.0 % (+56.1 pt)`.
pub fn worth_title(results: &Results, name: &str, metric: &str) -> String {
    let unit = reading::measure(results, metric).unit;
    let level = |variant: Option<&Variant>| {
        estimate(variant.and_then(|v| reading::metric(v, metric)), unit)
    };
    format!(
        "{}: {metric} {} → {} ({})",
        variant_label(results, name),
        level(reading::baseline(results)),
        level(results.variants.get(name)),
        change_of(reading::difference(results, name, metric), unit)
    )
}

/// The first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}

#[cfg(test)]
mod tests;
