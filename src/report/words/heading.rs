//! Headings, heads of columns and labels of tables and pages.
//!
//! One idea: pages and tables hold no word of their own, so a thing has one name everywhere.

use super::{
    capital, change_estimate, difference, estimate, objective_symbol, objective_word, outcome,
    outcome_word, small, t_zero, verdict_symbol, verdict_with_reason,
};
use crate::base::size::{Size, SizeRate};
use crate::report::number;
use crate::results::{Difference, Estimate, Known, ObjectiveVerdict, Results, Unit, Users};

/// Table of outcomes.
pub const USERS_BY_OUTCOME: &str = "Users by outcome";
/// Its first column.
pub const USERS: &str = "users";
/// All who came.
pub const ARRIVED: &str = "arrived";
/// Most arrivals in one bin.
pub const PEAK: &str = "arrivals at the peak";
/// What a variant costs.
pub const SERVER_HOURS: &str = "server-hours";
/// What the hours cost, as `[cost]` says.
pub const PRICE: &str = "cost";
/// Table of headline metrics.
pub const HEADLINE_METRICS: &str = "Headline metrics";
/// Its columns.
pub const COMPARISON_HEAD: [&str; 6] = [
    "metric",
    "variant",
    "average",
    "of those that end ok",
    "difference",
    "verdict",
];
/// Table of objectives.
pub const OBJECTIVES: &str = "Objectives";
/// Its columns.
pub const OBJECTIVE_HEAD: [&str; 6] = [
    "variant",
    "objective",
    "verdict",
    "average",
    "9 of 10 launches",
    "why",
];
/// Columns of services.
pub const STATION_HEAD: [&str; 9] = [
    "service or pool",
    "held",
    "cores",
    "blocked",
    "queue max",
    "wait p95",
    "amplification",
    "refused",
    "remark",
];
/// Columns of requests.
pub const REQUEST_HEAD: [&str; 9] = [
    "step",
    "requests",
    "share ok",
    "p50 if ok",
    "p95 if ok",
    "p99 if ok",
    "attempts each",
    "refused",
    "timed out",
];
/// Columns of rooms.
pub const ROOM_HEAD: [&str; 6] = [
    "room",
    "came",
    "let in",
    "refused",
    "wait p95",
    "inside max",
];
/// Table of marks.
pub const MILESTONES: &str = "Milestones";
/// Its columns.
pub const MARK_HEAD: [&str; 6] = [
    "milestone",
    "variant",
    "reached",
    "8 of 10 launches",
    "first",
    "last",
];
/// Table of what mechanisms counted.
pub const MECHANISMS: &str = "What the mechanisms did";
/// Its columns.
pub const MECHANISM_HEAD: [&str; 5] = [
    "mechanism",
    "counted",
    "variant",
    "times",
    "8 of 10 launches",
];
/// Table of stocks.
pub const STOCK: &str = "Stock";
/// Its columns.
pub const STOCK_HEAD: [&str; 5] = ["stock", "variant", "sold", "sold out in", "at"];
/// Table of messages.
pub const MESSAGES: &str = "Messages";
/// Its columns.
pub const MESSAGE_HEAD: [&str; 7] = [
    "message",
    "variant",
    "sent",
    "not delivered",
    "delay p50",
    "delay p99",
    "backlog max",
];
/// Title of what holds when inputs are drawn.
pub const UNCERTAIN: &str = "If the inputs are not what was assumed";
/// Table of conclusions.
pub const CONCLUSIONS: &str = "How often each conclusion holds";
/// Its columns.
pub const CONCLUSION_HEAD: [&str; 3] = ["conclusion", "rule", "holds in"];
/// Table of drawn inputs.
pub const DRAWN_INPUTS: &str = "Inputs as drawn";
/// Its columns.
pub const DRAWN_HEAD: [&str; 6] = [
    "input",
    "5 % point",
    "95 % point",
    "least kept",
    "median",
    "most kept",
];
/// Columns of events.
pub const EVENT_HEAD: [&str; 3] = ["time", "event", "launches"];
/// Table of named inputs.
pub const INPUTS: &str = "Inputs";
/// Its columns.
pub const PARAM_HEAD: [&str; 5] = ["input", "meaning", "value", "range (5 % to 95 %)", "known"];
/// Table of sources.
pub const WHO_COMES: &str = "Who comes";
/// Its columns.
pub const SOURCE_HEAD: [&str; 4] = ["source", "journey", "form", "users expected"];
/// Table of faults.
pub const FAULTS: &str = "Faults";
/// Its columns.
pub const FAULT_HEAD: [&str; 4] = ["fault", "from", "to", "what"];
/// A fault without an end.
pub const TO_THE_END: &str = "the end";
/// Table of changes.
pub const CHANGES: &str = "What each variant changes";
/// Its columns.
pub const CHANGE_HEAD: [&str; 5] = ["variant", "path", "set", "was", "now"];
/// Columns of what changes are worth.
pub const WORTH_HEAD: [&str; 3] = ["change", "alone", SHARE_OF_WHOLE];
/// What of the difference that all changes make together one of them accounts for.
pub const SHARE_OF_WHOLE: &str = "its share of the whole";
/// Table over time.
pub const BY_TIME: &str = "By time; every bin is in timeline.csv";
/// Table of requests by time of start and class.
pub const BY_START: &str = "Requests by time of start and by how long they took";
/// First column over time.
pub const TIME: &str = "time";
/// First column over percentiles.
pub const PERCENTILE: &str = "share at or below";
/// A time that is never reached.
pub const NEVER: &str = "never";
/// Table of differences.
pub const PAIRED_DIFFERENCES: &str = "Paired differences from the baseline";
/// Its columns.
pub const DIFFERENCE_HEAD: [&str; 6] = [
    "metric",
    "variant",
    "difference",
    "same if less than",
    "verdict",
    "pairs",
];
/// Columns of a journey's steps.
pub const STEP_HEAD: [&str; 4] = ["step", "reached", "passed", "left here"];

/// First part of a report.
pub const THE_ANSWER: &str = "The answer";
/// Second part.
pub const THE_EVIDENCE: &str = "The evidence";
/// Third part.
pub const THE_ASSUMPTIONS: &str = "The assumptions";
/// Last part.
pub const HOW_FOUND: &str = "How the figures were found";
/// Remarks.
pub const NOTES: &str = "Notes";
/// The story.
pub const STORY: &str = "In words";
/// Before the question of a model.
pub const QUESTION: &str = "The question";
/// Charts that compare.
pub const COMPARED: &str = "The variants compared";
/// Summary of the table behind a chart.
pub const SHOW_TABLE: &str = "The figures as a table";
/// For readers who jump over what comes first.
pub const SKIP: &str = "Skip to the answer";
/// Opens every table of a page.
pub const OPEN_ALL: &str = "Open all details and tables";
/// List of parts.
pub const CONTENTS: &str = "Contents";
/// Said where a study has no named input.
pub const NO_INPUTS: &str = "The model names no input.";

/// Title of a variant's part of the evidence.
pub fn evidence_of(name: &str) -> String {
    format!("In detail: {name}")
}

/// Title of a variant's services.
pub fn services_of(name: &str) -> String {
    format!("Services and pools: {name}")
}

/// Title of a variant's requests.
pub fn requests_of(name: &str) -> String {
    format!("Requests by step: {name}")
}

/// Title of a variant's rooms.
pub fn rooms_of(name: &str) -> String {
    format!("Rooms: {name}")
}

/// Title of a variant's events.
pub fn events_of(results: &Results, name: &str) -> String {
    match t_zero(results) {
        Some(zero) => format!("What happened: {name} (median over launches; {zero})"),
        None => format!("What happened: {name} (median over launches)"),
    }
}

/// Title of a journey's steps.
pub fn steps_of(journey: &str) -> String {
    format!("Steps of {journey}")
}

/// Head of a count so far.
pub fn so_far_head(name: &str) -> String {
    format!("{}, so far", outcome_word(name))
}

/// Head of a class of times.
pub fn up_to(seconds: f64) -> String {
    format!("up to {}", number::duration(seconds))
}

/// Head of a rate.
pub fn rate_head(name: &str) -> String {
    format!("{} per second", outcome_word(name))
}

/// `31 480 (65.3 %)`.
pub fn outcome_with_share(users: &Users, name: &str) -> String {
    let count = estimate(outcome(&users.outcome, name), Unit::Count);
    match outcome(&users.share, name).and_then(|e| e.estimate) {
        Some(share) => format!("{count} ({})", number::share(share)),
        None => count,
    }
}

/// The word of a difference with its symbol, and its reason.
pub fn marked_verdict(found: &Difference, unit: Unit) -> String {
    let reason = verdict_with_reason(found, unit);
    match found.verdict {
        Some(verdict) => format!("{} {reason}", verdict_symbol(verdict)),
        None => reason,
    }
}

/// The word of an objective with its symbol.
pub fn marked_objective(verdict: ObjectiveVerdict) -> String {
    format!("{} {}", objective_symbol(verdict), objective_word(verdict))
}

/// An estimated difference with its interval.
pub fn estimate_of_change(value: Option<&Estimate>, unit: Unit) -> String {
    let Some(value) = value else {
        return number::ABSENT.to_owned();
    };
    match (value.low, value.high) {
        (Some(low), Some(high)) => difference(
            &Difference {
                estimate: value.estimate,
                low: Some(low),
                high: Some(high),
                ..Difference::default()
            },
            unit,
        ),
        _ => change_estimate(Some(value), unit),
    }
}

/// Where eight of ten launches lie: `30 900 … 32 100`.
pub fn spread(value: Option<&Estimate>, unit: Unit) -> String {
    let ends = value.and_then(|e| e.p10.zip(e.p90));
    ends.map_or_else(
        || number::ABSENT.to_owned(),
        |(low, high)| {
            format!(
                "{} … {}",
                number::value(low, unit),
                number::value(high, unit)
            )
        },
    )
}

/// How many of the inputs are guesses, and what that means.
pub fn how_known(results: &Results) -> String {
    let params = &results.model.params;
    let assumed = params
        .values()
        .filter(|p| p.known == Known::Assumed)
        .count();
    match (params.len(), assumed) {
        (0, _) => NO_INPUTS.to_owned(),
        (1, 0) => "The one named input is not a guess.".to_owned(),
        (all, 0) => format!(
            "{} named inputs, none of them a guess.",
            capital(&small(all))
        ),
        (1, 1) => {
            "The one named input is assumed: the results are only as good as that guess.".to_owned()
        }
        (all, some) => format!(
            "{} of {} named inputs {} assumed: the results are only as good as these guesses.",
            capital(&small(some)),
            small(all),
            if some == 1 { "is" } else { "are" }
        ),
    }
}

/// An input's value in its own unit.
pub fn input_value(results: &Results, name: &str, value: f64) -> String {
    let unit = results
        .model
        .params
        .get(name)
        .and_then(|p| p.unit.as_deref());
    match unit {
        Some("s") => number::duration(value),
        Some("share") => number::share(value),
        Some("/s") => number::rate(value),
        Some("bytes") => Size(value).to_string(),
        Some("bytes/s") => SizeRate(value).to_string(),
        _ => number::count(value),
    }
}

/// `30 of 30`.
pub fn pairs(found: &Difference) -> String {
    let whole = |n: u32| number::whole(f64::from(n));
    format!("{} of {}", whole(found.n), whole(found.of))
}
