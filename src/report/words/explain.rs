//! Why it broke, in sentences: what each cause carries, what happened in which order, what would
//! have prevented it.
//!
//! One idea: a share is said with its interval and with what it is a share of; what cannot be told
//! apart from nothing is said to carry nothing that can be seen.

use super::{capital, k_of_n, launches, listed, variant_label};
use crate::report::number::{self, instant};
use crate::results::{
    Cause, CauseKind, CausePair, Cleared, ClearedWhy, Estimate, Explain, ImpactKind, Link,
    LinkKind, Probability, ResourceKind, Results, Set, ShareMethod, Together,
};

/// Table of causes.
pub const CAUSES: &str = "What carried the outage";
/// Its columns.
pub const CAUSE_HEAD: [&str; 5] = [
    "cause",
    "carries",
    "part",
    "gone without it alone",
    "without",
];
/// Table of what was tried as well.
pub const CLEARED: &str = "Tried as well";
/// Its columns.
pub const CLEARED_HEAD: [&str; 3] = ["what", "gone without it", "why it is no cause"];
/// Table of the chain of events.
pub const CHAIN: &str = "From the trigger to the recovery";
/// Its columns.
pub const CHAIN_HEAD: [&str; 4] = ["time", "what", "range", "launches"];
/// Table of preventions.
pub const PREVENTIONS: &str = "What would have prevented it";
/// Its columns.
pub const PREVENTION_HEAD: [&str; 5] = [
    "what if",
    "avoids",
    "part",
    "smallest that helps",
    "latest that helps",
];
/// Table of how sensitive the conclusion is.
pub const SENSITIVE: &str = "What the first cause is worth if an input is not what was assumed";
/// Its columns.
pub const SENSITIVE_HEAD: [&str; 4] = ["input", "at", "impact", "gone without the first cause"];
/// The bar of what no cause carries.
pub const NOT_CARRIED: &str = "left without all of them";
/// Horizontal axis of the chart of causes.
pub const PART_AXIS: &str = "Part of the outage, with its interval";
/// Where nothing happened.
pub const NOTHING_TO_EXPLAIN: &str = "There is nothing to explain: no launch lost anybody, and \
                                      none was unhealthy.";

/// The answer of `explain`.
pub(super) fn explained(results: &Results) -> Option<&Explain> {
    results.answers.explain.as_ref()
}

/// An amount of the impact: `12 300`, `4m10s`.
fn amount(found: &Explain, value: f64) -> String {
    match found.impact.kind {
        ImpactKind::Users | ImpactKind::Requests => number::count(value),
        ImpactKind::Unhealthy => number::duration(value),
    }
}

/// What the impact counts, as several: `users lost`.
pub fn impact_unit(found: &Explain) -> &'static str {
    match found.impact.kind {
        ImpactKind::Users => "users lost",
        ImpactKind::Requests => "requests that missed it",
        ImpactKind::Unhealthy => "of trouble",
    }
}

/// `12 300 [11 800, 12 700]`.
pub(super) fn spanned(found: &Explain, value: Option<&Estimate>) -> String {
    let print = |value: f64| amount(found, value);
    match value {
        Some(Estimate {
            estimate: Some(mid),
            low: Some(low),
            high: Some(high),
            ..
        }) => number::with_interval(&print(*mid), &print(*low), &print(*high)),
        Some(Estimate {
            estimate: Some(mid),
            ..
        }) => print(*mid),
        _ => number::ABSENT.to_owned(),
    }
}

/// `71.2 % [64.0, 78.1]`.
pub(super) fn part(value: Option<&Estimate>) -> String {
    let Some(found) = value else {
        return number::ABSENT.to_owned();
    };
    match (found.estimate, found.low, found.high) {
        (Some(mid), Some(low), Some(high)) => number::with_interval(
            &number::share(mid),
            &number::share(low),
            &number::share(high),
        ),
        (Some(mid), ..) => number::share(mid),
        _ => number::ABSENT.to_owned(),
    }
}

/// What the outage came to, in one sentence.
pub fn impact(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let value = found.impact.value.as_ref()?;
    if value.estimate.is_none_or(|mid| mid <= 0.0) {
        return Some(NOTHING_TO_EXPLAIN.to_owned());
    }
    let many = spanned(found, Some(value));
    let share = part(found.impact.share.as_ref());
    let of = match &found.of {
        Some(name) => format!(" in `{}`", variant_label(results, name)),
        None => String::new(),
    };
    let asked = found.impact.objective.as_ref();
    Some(match found.impact.kind {
        ImpactKind::Users => {
            format!("{many} users a launch{of} did not get what they came for, {share} of all.")
        }
        ImpactKind::Requests => format!(
            "{many} requests a launch{of} missed what {} asks of them, {share} of all.",
            asked.map_or_else(|| "the model".to_owned(), |asked| format!("`{asked}`"))
        ),
        ImpactKind::Unhealthy => format!(
            "Nobody was lost{of}; users fared worse than usual for {many} of a launch, {share} of \
             the time."
        ),
    })
}

/// What a cause is called within a sentence: `the fault slow-partner`.
pub fn cause_name(kind: CauseKind, name: &str, resource: Option<ResourceKind>) -> String {
    match kind {
        CauseKind::Fault => format!("the fault {name}"),
        CauseKind::Action => format!("the action {name}"),
        CauseKind::Spike => format!("the spike of {name}"),
        CauseKind::Burst => format!("the burst of {name}"),
        CauseKind::Crowd => format!("the size of the crowd ({name})"),
        CauseKind::Retries if name == "all" => "the retries".to_owned(),
        CauseKind::Retries => format!("the retries ({name})"),
        CauseKind::Reloads => format!("people who try again ({name})"),
        CauseKind::Hedges => format!("the second attempts ({name})"),
        CauseKind::SlowPath => format!("the slow path {name}"),
        CauseKind::Capacity => match resource {
            Some(ResourceKind::Cores) => format!("the lack of cores of {name}"),
            Some(ResourceKind::Workers) => format!("the lack of workers of {name}"),
            _ => format!("the small pool {name}"),
        },
        CauseKind::ScalerDelay => format!("the delay of the autoscaler {name}"),
        CauseKind::Scaler => format!("the autoscaler {name}"),
        CauseKind::ColdCache => format!("the cold cache {name}"),
        CauseKind::WorkInVain => format!("the work of {name} for callers who have left"),
        CauseKind::Guard => format!("the guard {name}"),
    }
}

pub(super) fn called(cause: &Cause) -> String {
    cause_name(cause.kind, &cause.name, cause.resource)
}

/// What taking a cause away means: `as if it had not happened`.
pub fn without(cause: &Cause) -> String {
    match cause.kind {
        CauseKind::Fault | CauseKind::Burst => "it does not happen".to_owned(),
        CauseKind::Action => "it is not done".to_owned(),
        CauseKind::Spike => "as many come as usual".to_owned(),
        CauseKind::Crowd => "half as many come".to_owned(),
        CauseKind::Retries => "programs try once".to_owned(),
        CauseKind::Reloads => "people try once".to_owned(),
        CauseKind::Hedges => "no second attempts".to_owned(),
        CauseKind::SlowPath => format!("as fast as the others: {}", changed(&cause.set)),
        CauseKind::Capacity => format!("enough for the load: {}", changed(&cause.set)),
        CauseKind::ScalerDelay => "all servers are there from the start".to_owned(),
        CauseKind::Scaler | CauseKind::Guard => "switched off".to_owned(),
        CauseKind::ColdCache => "warm at the start".to_owned(),
        CauseKind::WorkInVain => "work stops when its caller leaves".to_owned(),
    }
}

/// `pool.links.size = 8`, several with commas.
pub(super) fn changed(set: &[Set]) -> String {
    let one = |set: &Set| match set.value.strip_prefix('x') {
        Some(factor) => match factor.trim().parse::<f64>() {
            Ok(factor) => format!("{} × {}", set.path, number::ratio(factor)),
            Err(_) => format!("{} {}", set.path, set.value),
        },
        None => format!("{} = {}", set.path, set.value),
    };
    set.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Whether an estimate is above nothing with all of its interval.
pub(super) fn is_seen(value: Option<&Estimate>) -> bool {
    value.is_some_and(|found| match (found.low, found.estimate) {
        (Some(low), _) => low > 0.0,
        (None, Some(mid)) => mid > 0.0,
        (None, None) => false,
    })
}

/// Who carries how much, who does not, and what goes together.
pub fn causes(results: &Results) -> Vec<String> {
    let Some(found) = explained(results) else {
        return Vec::new();
    };
    let mut all: Vec<String> = Vec::new();
    let whole = found.impact.value.and_then(|value| value.estimate);
    let Some(whole) = whole.filter(|whole| *whole > 0.0) else {
        return all;
    };
    let unit = impact_unit(found);
    for (at, cause) in found.causes.iter().enumerate() {
        let name = capital(&called(cause));
        let of = match at {
            0 => format!(" of the {} {unit}", amount(found, whole)),
            _ => String::new(),
        };
        let carries = carries(cause.kind);
        all.push(match is_seen(cause.part.as_ref()) {
            true => format!("{name} {carries} {}{of}.", part(cause.part.as_ref())),
            false => format!("{name} {carries} nothing that can be seen."),
        });
    }
    if found.causes.is_empty() {
        all.push(
            "No candidate carries anything that can be seen: what broke it is not among those \
             that were tried."
                .to_owned(),
        );
    }
    all.extend(needed(found));
    let each = found.pairs.iter();
    let each = each.filter(|pair| pair.how == Together::EachSuffices);
    all.extend(each.filter_map(|pair| each_suffices(found, pair)));
    all.extend(left(found));
    all
}

/// The verb of a cause.
fn carries(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::Retries | CauseKind::Reloads | CauseKind::Hedges => "carry",
        CauseKind::Capacity
        | CauseKind::Fault
        | CauseKind::Action
        | CauseKind::Spike
        | CauseKind::Burst
        | CauseKind::Crowd
        | CauseKind::SlowPath
        | CauseKind::ScalerDelay
        | CauseKind::Scaler
        | CauseKind::ColdCache
        | CauseKind::WorkInVain
        | CauseKind::Guard => "carries",
    }
}

/// A cause by its key.
fn by_key(found: &Explain, key: &str) -> Option<String> {
    let mut causes = found.causes.iter();
    causes.find(|cause| cause.key == key).map(called)
}

/// Causes that were needed together, each group of them in one sentence.
fn needed(found: &Explain) -> Vec<String> {
    let linked = |a: &str, b: &str| {
        let mut pairs = found.pairs.iter();
        pairs.any(|pair| {
            let keys = [pair.keys[0].as_str(), pair.keys[1].as_str()];
            pair.how == Together::BothNeeded && (keys == [a, b] || keys == [b, a])
        })
    };
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for cause in &found.causes {
        let key = cause.key.as_str();
        let mut open = groups.iter_mut();
        match open.find(|group| group.iter().all(|other| linked(key, other))) {
            Some(group) => group.push(key),
            None => groups.push(vec![key]),
        }
    }
    let several = groups.iter().filter(|group| group.len() > 1);
    several
        .map(|group| {
            let names: Vec<String> = group.iter().filter_map(|key| by_key(found, key)).collect();
            let (were, any) = match names.len() {
                2 => ("both", "either"),
                _ => ("all", "any of them"),
            };
            format!(
                "{} were {were} needed: without {any} there is little of it, so what they do \
                 together is shared equally.",
                capital(&listed(&names))
            )
        })
        .collect()
}

/// Two causes of which each suffices.
fn each_suffices(found: &Explain, pair: &CausePair) -> Option<String> {
    let (a, b) = (by_key(found, &pair.keys[0])?, by_key(found, &pair.keys[1])?);
    Some(format!(
        "{} and {b} each suffice: taking one away helps little while the other is there.",
        capital(&a)
    ))
}

/// What is left without all of them.
fn left(found: &Explain) -> Option<String> {
    let (whole, left) = (
        found.impact.value?.estimate?,
        found.left.and_then(|left| left.estimate)?,
    );
    let share = left / whole;
    (share > 0.05 && !found.causes.is_empty()).then(|| {
        format!(
            "Without all of them {} are left: the rest has other causes, or is usual.",
            number::share(share)
        )
    })
}

/// What was tried as well.
pub fn cleared(found: &Explain) -> Option<String> {
    let some = |why: ClearedWhy| -> Vec<String> {
        let all = found.cleared.iter().filter(|one| one.why == why);
        all.map(|one| cause_name(one.kind, &one.name, one.resource))
            .collect()
    };
    let mut all = Vec::new();
    let mut say = |names: Vec<String>, end: &str| {
        if !names.is_empty() {
            all.push(format!("{} {end}", listed(&names)));
        }
    };
    say(
        some(ClearedWhy::Nothing),
        "made no difference that can be seen",
    );
    say(
        some(ClearedWhy::Helps),
        "helped: without it, it would have been worse",
    );
    say(some(ClearedWhy::Less), "carry less than those told");
    let enough: Vec<String> = found
        .cleared
        .iter()
        .filter(|one| one.why == ClearedWhy::Enough)
        .map(|one| match one.resource {
            Some(ResourceKind::Cores) => format!("cores of {}", one.name),
            Some(ResourceKind::Workers) => format!("workers of {}", one.name),
            _ => format!("units of {}", one.name),
        })
        .collect();
    if !enough.is_empty() {
        all.push(format!(
            "of the {} there were enough for the load without faults",
            listed(&enough)
        ));
    }
    (!all.is_empty()).then(|| format!("Tried as well: {}.", all.join("; ")))
}

/// Why something that was tried is no cause.
pub fn cleared_why(one: &Cleared) -> &'static str {
    match one.why {
        ClearedWhy::Nothing => "no difference that can be seen",
        ClearedWhy::Helps => "it helped",
        ClearedWhy::Enough => "enough for the load without faults",
        ClearedWhy::Less => "carries less than those told",
    }
}

/// How shares were found.
pub fn how_explained(found: &Explain) -> String {
    let how = match (found.method, found.orders) {
        (ShareMethod::Orders, Some(orders)) => format!("{orders} orders of taking them away"),
        _ => "all combinations".to_owned(),
    };
    let all = number::whole(found.launches as f64);
    format!(
        "Shares are Shapley's over {how}, formed within each of {}, all with the same luck; they \
         sum to what is gone without all causes. {all} launches were played for it.",
        launches(found.replications)
    )
}

/// A tick of the chart of causes: `40 %`.
pub fn tick_of_part(tick: f64) -> String {
    number::level(tick)
}

/// What the chart calls a cause.
pub fn cause_label(cause: &Cause) -> String {
    capital(&called(cause))
}

/// What a cause carries, beside its bar: `600 (66.7 %)`.
pub fn carried(found: &Explain, cause: &Cause) -> String {
    let many = cause.carries.and_then(|one| one.estimate);
    let share = cause.part.and_then(|one| one.estimate);
    match (many, share) {
        (Some(many), Some(share)) => {
            format!("{} ({})", amount(found, many), number::share(share))
        }
        _ => String::new(),
    }
}

/// What is left without all causes, beside its bar.
pub fn left_over(found: &Explain) -> String {
    let left = found.left.and_then(|left| left.estimate);
    left.map_or_else(String::new, |left| amount(found, left))
}

/// Title and takeaway of the chart of causes.
pub fn causes_caption(results: &Results) -> (String, String) {
    let told = causes(results);
    let first = told.first().cloned().unwrap_or_default();
    ("What carried the outage?".to_owned(), first)
}

/// The cells of a cause.
pub fn cause_row(found: &Explain, cause: &Cause) -> Vec<String> {
    vec![
        capital(&called(cause)),
        spanned(found, cause.carries.as_ref()),
        part(cause.part.as_ref()),
        spanned(found, cause.alone.as_ref()),
        without(cause),
    ]
}

/// The cells of what was tried as well.
pub fn cleared_row(found: &Explain, one: &Cleared) -> Vec<String> {
    vec![
        capital(&cause_name(one.kind, &one.name, one.resource)),
        spanned(found, one.alone.as_ref()),
        cleared_why(one).to_owned(),
    ]
}

/// What a link of the chain says.
pub fn link(found: &Explain, link: &Link) -> String {
    let trigger = || {
        let mut causes = found.causes.iter();
        let cause = causes.find(|cause| cause.key == link.what);
        cause.map_or_else(super::more_than_capacity, called)
    };
    match link.kind {
        LinkKind::Trigger => format!("{} begins", capital(&trigger())),
        LinkKind::TriggerOver => format!("{} is over", capital(&trigger())),
        LinkKind::Saturated => {
            let place = link.what.trim_end_matches(" full");
            format!("{place} is full, the first of all")
        }
        LinkKind::Broken => link.what.clone(),
        LinkKind::Unhealthy => "Users fare worse than usual".to_owned(),
        LinkKind::Noticed => format!("Noticed: {}", link.what),
        LinkKind::NoReturn => {
            "Point of no return: taking the trigger away later no longer helps".to_owned()
        }
        LinkKind::Recovered => "Well again".to_owned(),
    }
}

/// The cells of a link: when, what, from when to when in eight launches of ten, in how many.
pub fn link_row(found: &Explain, one: &Link) -> Vec<String> {
    let at = one.at_s.unwrap_or_default();
    let when = at.middle().map(instant);
    let range = match (at.p10, at.p90) {
        (Some(low), Some(high)) if high - low >= 0.5 => {
            format!("{} to {}", instant(low), instant(high))
        }
        _ => String::new(),
    };
    let clock = one.clock.as_ref().map(|clock| format!(" ({clock})"));
    vec![
        when.unwrap_or_else(|| number::ABSENT.to_owned()) + &clock.unwrap_or_default(),
        link(found, one),
        range,
        in_launches(one.in_launches.as_ref()),
    ]
}

fn in_launches(chance: Option<&Probability>) -> String {
    match chance {
        Some(chance) if chance.k == chance.n => format!("all {}", chance.n),
        chance => k_of_n(chance),
    }
}

/// What the model without a cause is called.
pub(super) fn label_without(results: &Results, name: &str) -> Option<String> {
    let found = explained(results)?;
    let mut all = found.preventions.iter();
    let key = all.find(|one| one.variant == name)?.cause.as_ref()?;
    let mut causes = found.causes.iter();
    let cause = causes.find(|cause| cause.key == *key)?;
    name.starts_with("without-").then(|| label(cause))
}

/// What the model is called in which a cause is taken away.
fn label(cause: &Cause) -> String {
    let name = &cause.name;
    match (cause.kind, cause.resource) {
        (CauseKind::Capacity, Some(ResourceKind::Cores)) => format!("Enough cores of {name}"),
        (CauseKind::Capacity, Some(ResourceKind::Workers)) => format!("Enough workers of {name}"),
        (CauseKind::Capacity, _) => format!("Enough units of {name}"),
        (CauseKind::SlowPath, _) => format!("{name} as fast as the others"),
        (CauseKind::Crowd, _) => format!("Half the crowd ({name})"),
        (CauseKind::ScalerDelay, _) => format!("All servers from the start ({name})"),
        (CauseKind::ColdCache, _) => format!("The cache {name} warm"),
        (CauseKind::WorkInVain, _) => format!("Work of {name} stops when its caller leaves"),
        _ => format!("Without {}", called(cause)),
    }
}

/// What the answer is in one sentence: the first cause, or that there is none.
pub fn first_cause(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let mut text = impact(results)?;
    if let Some(first) = causes(results).first().filter(|_| !found.causes.is_empty()) {
        text.push(' ');
        text.push_str(first);
    }
    Some(text)
}
