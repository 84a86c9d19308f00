//! What happened in a launch, sentence by sentence in the order of time.
//!
//! One idea: each sentence has its instant, its subject and its number; what became full is told
//! with why, what users saw of it with how it usually is, and retries with how many there are.

use super::launches;
use super::moment::with_clock;
use crate::report::number::{self, instant};
use crate::results::{
    Bottleneck, BottleneckKind, Chain, ChainLaunch, ChainWhich, Estimate, Event, EventKind,
    ResourceKind, Results, Storm,
};

/// Less than so much more attempts than first tries is nothing to tell.
const GROWN: f64 = 1.05;
/// Most sentences of a launch.
const MOST: usize = 24;

/// Of fewer launches the bad one is the worst, of others one in so many is no better.
const FEW: u32 = 20;

/// Of what the sentences are.
pub const CHAINS: &str = "What happened, one thing after the other";

/// How a typical launch and a bad one come out: the answer in a sentence.
pub fn chain_lead(results: &Results) -> Option<String> {
    let chain = results.answers.chain.as_ref()?;
    let [typical, rest @ ..] = chain.launches.as_slice() else {
        return None;
    };
    let said = |one: &ChainLaunch| match one.value {
        Some(value) => format!("is {}", number::value(value, chain.unit)),
        None => "is never reached".to_owned(),
    };
    let (metric, of) = (&chain.metric, launches(typical.of));
    Some(match rest {
        [bad, ..] => {
            let how_bad = match bad.of < FEW {
                true => format!("in the worst of {of} it"),
                false => format!("of {of} one in {FEW} is as bad as one where it"),
            };
            format!(
                "In half of the launches {metric} {} or worse, and {how_bad} {}.",
                said(typical),
                said(bad)
            )
        }
        [] => format!("In all of {of} {metric} {}.", said(typical)),
    })
}

/// A head and its sentences, launch by launch.
pub fn chains(results: &Results) -> Vec<(String, Vec<String>)> {
    let Some(chain) = &results.answers.chain else {
        return Vec::new();
    };
    let each = chain.launches.iter();
    each.map(|one| (head(chain, one), sentences(results, one)))
        .collect()
}

/// `A typical launch, number 7 of 20: share(ask.ok) is 0 %.`
fn head(chain: &Chain, one: &ChainLaunch) -> String {
    let which = match one.which {
        ChainWhich::Typical if chain.launches.len() == 1 => "A launch; all are alike in this",
        ChainWhich::Typical => "A typical launch",
        ChainWhich::Bad => "A bad launch",
    };
    let value = one.value.map_or_else(
        || "is never reached".to_owned(),
        |value| format!("is {}", number::value(value, chain.unit)),
    );
    format!(
        "{which}, number {} of {}: {} {value}.",
        one.launch + 1,
        one.of,
        chain.metric
    )
}

fn at(value: Option<Estimate>) -> Option<f64> {
    value.and_then(Estimate::middle)
}

/// The sentences of a launch in the order of time.
fn sentences(results: &Results, one: &ChainLaunch) -> Vec<String> {
    let mut all: Vec<(f64, u8, String)> = Vec::new();
    for event in &one.events {
        if let (Some(when), Some(text)) = (at(event.at_s), happened(event)) {
            let planned = matches!(event.kind, EventKind::Fault | EventKind::Action);
            all.push((when, u8::from(!planned), text));
        }
    }
    for found in &one.bottlenecks {
        if let Some(when) = at(found.from_s) {
            all.push((when, 1, full(found, results.model.to_s)));
        }
        let over = at(found.to_s).filter(|_| found.kind == BottleneckKind::Cause);
        let horizon = results.model.to_s;
        if let Some(when) = over.filter(|when| *when < horizon) {
            all.push((when, 3, format!("{} has room again", found.place)));
        }
    }
    all.extend(health(one));
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let more = all.len().saturating_sub(MOST);
    let mut told: Vec<String> = all
        .into_iter()
        .take(MOST)
        .map(|(when, _, text)| with_clock(results, &format!("{}: {text}.", instant(when))))
        .collect();
    if more > 0 {
        told.push(format!("And {more} things more after that."));
    }
    told.extend(end(one));
    if told.is_empty() {
        told.push("Nothing out of the ordinary happens.".to_owned());
    }
    told
}

/// An event of the model, or one that the launch decides.
fn happened(event: &Event) -> Option<String> {
    match event.kind {
        // Told with its reason by what was full.
        EventKind::Saturated => None,
        // A matter of luck where the rate is even, and seen on every chart.
        EventKind::Milestone if event.what == "arrival peak" => None,
        EventKind::Milestone if event.what == "first timeout" => {
            Some("the first callers give up waiting".to_owned())
        }
        EventKind::Note => Some(format!("note: {}", event.what)),
        EventKind::Fault
        | EventKind::Objective
        | EventKind::Action
        | EventKind::Door
        | EventKind::SoldOut
        | EventKind::Dried
        | EventKind::Milestone => Some(event.what.clone()),
    }
}

/// `db is full: its cores are busy, 310 wait, 47 % of what arrives are retries`.
fn full(found: &Bottleneck, end: f64) -> String {
    let mut all = vec![match (&found.swallowed, found.resource) {
        (Some(_), _) => "does not answer".to_owned(),
        (None, ResourceKind::Cores) => "is full: its cores are busy".to_owned(),
        (None, ResourceKind::Pool) => "is full: all its units are held".to_owned(),
        (None, ResourceKind::Room) => "is full: all its places are taken".to_owned(),
        (
            None,
            ResourceKind::Workers
            | ResourceKind::Think
            | ResourceKind::Network
            | ResourceKind::Pause,
        ) => "is full: all its workers are in use".to_owned(),
    }];
    if let Some(whom) = &found.waits_for {
        all.push(format!("because they wait for {whom}"));
    }
    let estimate = |of: Option<Estimate>| of.and_then(|one| one.estimate);
    if let Some(queue) = estimate(found.queue).filter(|queue| *queue >= 1.0) {
        all.push(format!("{} wait on average", number::count(queue)));
    }
    if let Some(share) = estimate(found.refused_share).filter(|share| *share >= 0.001) {
        all.push(format!(
            "{} of those who ask are turned away",
            number::share(share)
        ));
    }
    if let Some(share) = estimate(found.retry_share).filter(|share| *share >= 0.01) {
        all.push(format!(
            "{} of what arrives are retries",
            number::share(share)
        ));
    }
    if let Some(share) = estimate(found.wasted_share).filter(|share| *share >= 0.01) {
        all.push(format!(
            "{} of the work is for callers who no longer wait",
            number::share(share)
        ));
    }
    match at(found.to_s) {
        Some(when) if when < end => all.push(format!("until {}", instant(when))),
        Some(_) => all.push("until the end".to_owned()),
        None => {}
    }
    format!("{} {}", found.place, all.join(", "))
}

/// What users see of it, how attempts grow, and when there is no way back.
fn health(one: &ChainLaunch) -> Vec<(f64, u8, String)> {
    let mut all = Vec::new();
    let Some(recovery) = &one.recovery else {
        return all;
    };
    if let Some(onset) = at(recovery.onset_s) {
        let symptoms = super::recovery::symptoms(recovery);
        let seen = match symptoms.as_str() {
            "" => "users fare badly from here on".to_owned(),
            some => format!("users notice: {some}"),
        };
        all.push((onset, 2, seen));
        all.extend(
            one.storm
                .as_ref()
                .and_then(grown)
                .map(|text| (onset, 2, text)),
        );
    }
    let no_return = one.storm.as_ref().and_then(|storm| at(storm.no_return_s));
    all.extend(no_return.map(|when| {
        let text = "from here on it would not come back even if the trigger went away";
        (when, 2, text.to_owned())
    }));
    if let Some(over) = at(recovery.over_s) {
        let has_ended = recovery.ended.is_some_and(|one| one.k > 0);
        let text = match has_ended {
            true => "it is over, because the crowd has gone",
            false => "users fare as usual again",
        };
        all.push((over, 4, text.to_owned()));
    }
    all
}

/// `retries make 2 attempts of each first try: 561/s reach db, 280/s of them first tries`.
fn grown(storm: &Storm) -> Option<String> {
    let value = |of: Option<Estimate>| of.and_then(|one| one.estimate);
    let most = value(storm.amplification_max).filter(|most| *most >= GROWN)?;
    let mut text = format!(
        "retries make up to {} attempts of each first try at {}",
        number::ratio(most),
        storm.place
    );
    if let (Some(attempts), Some(offered)) = (value(storm.attempts), value(storm.offered)) {
        text.push_str(&format!(
            ": {} arrive while it lasts, {} of them first tries",
            number::rate(attempts),
            number::rate(offered)
        ));
    }
    if let Some(goodput) = value(storm.goodput) {
        text.push_str(&format!(
            ", and {} are answered in time",
            number::rate(goodput)
        ));
    }
    Some(text)
}

/// How it ends, where it does not end well.
fn end(one: &ChainLaunch) -> Option<String> {
    let recovery = one.recovery.as_ref()?;
    let ill = recovery.unhealthy.is_some_and(|one| one.k > 0);
    let well = at(recovery.over_s).is_some();
    (ill && !well).then(|| "It has not come back when the launch ends.".to_owned())
}
