//! What is said of a storm: what started it, what keeps it going, and past which moment taking its
//! cause away no longer helps; the words of its tables and charts.
//!
//! One idea: each part of the sentence is a figure of the document, and a part is left out where
//! its figure says that there is nothing to say.

use super::{estimate, k_of_n, listed};
use crate::report::number::{self, duration, instant, rate, share};
use crate::results::{
    Bottleneck, Estimate, Lane, Odd, Probability, Recovery, ResourceKind, Results, Storm,
    TriggerKind, Unit, Variant,
};

/// Share of retries, of work in vain and of blocked time that is worth a word.
const MATTERS: f64 = 0.1;

/// So many times the usual first tries for each user are worth a word.
const MORE: f64 = 1.2;

/// Share of the wanted servers below which their lack is worth a word.
const MISSING: f64 = 0.98;

/// Table of what overload did.
pub const OVERLOAD: &str = "What overload did";
/// Its columns.
pub const OVERLOAD_HEAD: [&str; 12] = [
    "variant",
    "where",
    "first tries",
    "attempts",
    "amplification",
    "goodput",
    "in vain",
    "in orbit, mean",
    "in orbit, most",
    "of these waiting, mean",
    "backlog",
    "drained after",
];
/// Table of collapse and recovery.
pub const RECOVERIES: &str = "Collapse and recovery";
/// Its columns.
pub const RECOVERY_HEAD: [&str; 7] = [
    "variant",
    "unhealthy",
    "collapsed",
    "recovered, of the unhealthy",
    "time to recover",
    "no way back",
    "past",
];
/// Table behind a phase plane.
pub const PHASE: &str = "The paths: the first launch in full, of the others the end";
/// Its columns.
pub const PHASE_HEAD: [&str; 4] = ["launch", "time", "waiting", "in orbit"];
/// Table behind the lanes of an incident.
pub const LANES: &str = "What happened, from begin to end";
/// Its columns.
pub const LANE_HEAD: [&str; 3] = ["what", "from", "to"];
/// Vertical axis of the phase plane.
pub const IN_ORBIT: &str = "In orbit: users who try again";
/// A line past which the usual load alone is too much.
pub const NO_WAY_BACK: &str = "from here on the usual load alone is more than it can do";
/// The lane of the illness.
pub const UNHEALTHY_LANE: &str = "users' requests in trouble";

fn middle(of: Option<&Estimate>) -> Option<f64> {
    of.and_then(|e| e.estimate.or(e.p50))
}

/// Who started it and what keeps it going, of a variant with a storm.
pub fn storm(results: &Results, variant: &Variant) -> Option<String> {
    let storm = variant.storm.as_ref()?;
    let found = variant.recovery.as_ref()?;
    let mut sentences = vec![started(results, found), goes_on(storm)];
    sentences.extend(no_way_back(storm, found));
    Some(sentences.join(" "))
}

fn started(results: &Results, found: &Recovery) -> String {
    let span = match (found.trigger_begin_s, found.trigger_end_s) {
        (Some(from), Some(to)) if to > from => {
            format!(", from {} to {}", instant(from), instant(to))
        }
        (Some(from), _) => format!(", at {}", instant(from)),
        _ => String::new(),
    };
    let names: Vec<String> = faults(results, found);
    let faults = match names.is_empty() {
        true => "what is done to it".to_owned(),
        false => listed(&names),
    };
    let what = match found.trigger {
        TriggerKind::Overload => format!("more users than it can serve{span}"),
        TriggerKind::Change => format!("{faults}{span}"),
        TriggerKind::ChangeAndOverload => {
            format!("{faults}, and more users than it can serve{span}")
        }
        TriggerKind::Given => format!("what the model says{span}"),
        TriggerKind::Onset => "nothing that is known beforehand".to_owned(),
    };
    format!("What started it: {what}.")
}

/// The faults that begin in the trigger and do not last to the end.
fn faults(results: &Results, found: &Recovery) -> Vec<String> {
    let (Some(from), Some(to)) = (found.trigger_begin_s, found.trigger_end_s) else {
        return Vec::new();
    };
    let window = found.window_s;
    let all = results.model.faults.iter();
    let inside = all.filter(|fault| {
        let ends = fault
            .to_s
            .is_some_and(|end| end <= to + window && end < results.model.to_s);
        ends && fault.from_s >= from - window
    });
    inside.map(|fault| format!("`{}`", fault.name)).collect()
}

fn goes_on(storm: &Storm) -> String {
    let place = &storm.place;
    let mut parts: Vec<String> = Vec::new();
    let above = |of: &Option<Estimate>, least: f64| middle(of.as_ref()).filter(|v| *v >= least);
    if let Some(retries) = above(&storm.retry_share, MATTERS) {
        let mut part = format!(
            "retries ({} of what reaches {place} is not a first try",
            share(retries)
        );
        if let (Some(offered), Some(attempts)) = (
            middle(storm.offered.as_ref()),
            middle(storm.attempts.as_ref()),
        ) {
            part.push_str(&format!(": {} become {}", rate(offered), rate(attempts)));
        }
        parts.push(part + ")");
    }
    if let Some(wasted) = above(&storm.wasted_share, MATTERS) {
        parts.push(format!(
            "work in vain ({} of it is for callers who have left)",
            share(wasted)
        ));
    }
    if let Some(misses) = above(&storm.misses, MORE) {
        parts.push(format!(
            "what no longer stands before it ({} times as many first tries reach it for each user \
             as before, as past a cold cache)",
            number::ratio(misses)
        ));
    }
    if let Some(blocked) = above(&storm.blocked, 0.5) {
        parts.push(format!(
            "held workers (they wait for others {} of the time)",
            share(blocked)
        ));
    }
    if let Some(up) = middle(storm.up.as_ref()).filter(|up| *up < MISSING) {
        parts.push(format!(
            "missing servers ({} of those wanted are up)",
            share(up)
        ));
    }
    let goodput = middle(storm.goodput.as_ref())
        .map(|goodput| format!(" Meanwhile {place} answers {} in time.", rate(goodput)));
    let kept = match parts.is_empty() {
        true => "What keeps it going: nothing but what started it.".to_owned(),
        false => format!("What keeps it going: {}.", listed(&parts)),
    };
    kept + &goodput.unwrap_or_default()
}

fn no_way_back(storm: &Storm, found: &Recovery) -> Option<String> {
    let chance = storm.no_return.as_ref()?;
    let load = share(middle(storm.usual_load.as_ref())?);
    let place = &storm.place;
    if chance.k == 0 {
        return Some(format!(
            "Taking away what started it helps at any moment: the usual load takes {load} of what \
             {place} can do, and enough is always left to answer it."
        ));
    }
    let at = storm.no_return_s.as_ref().and_then(|at| at.middle())?;
    let late = found.trigger_end_s.is_some_and(|end| at >= end);
    let when = match late {
        true => format!("{}, when that is over already,", instant(at)),
        false => instant(at),
    };
    Some(format!(
        "Past {when} (in {} launches) taking it away no longer helps: the usual load takes {load} \
         of what {place} can do, and by then there are so many attempts for each first try that it \
         alone is too much, and too few are answered in time.",
        k_of_n(Some(chance))
    ))
}

/// One of the servers of a service.
fn server(number: u32) -> String {
    format!("server {number}")
}

/// Whose lane this is: `server 3`, `that server`, `the others`.
pub fn lane(lane: &Lane) -> String {
    match (lane.server, lane.servers) {
        (Some(number), _) => server(number),
        (None, 1) => "that server".to_owned(),
        (None, _) => "the others".to_owned(),
    }
}

/// The server that stands out: `the workers of server 3 are held 98 % of the time, those of the
/// others 41 %`.
pub fn odd(found: &Odd) -> String {
    let of = |e: &Option<Estimate>| estimate(e.as_ref(), Unit::Share);
    let which = match found.server {
        Some(number) => server(number),
        None => "one server, another in each launch,".to_owned(),
    };
    format!(
        "the workers of {which} are held {} of the time, those of the others {}",
        of(&found.held),
        of(&found.others)
    )
}

/// A chance with its interval: `30 of 30 [88.4 %, 100 %]`.
pub fn chance(chance: Option<&Probability>) -> String {
    let Some(found) = chance else {
        return number::ABSENT.to_owned();
    };
    let ends = (share(found.low), share(found.high));
    format!("{} [{}, {}]", k_of_n(Some(found)), ends.0, ends.1)
}

/// A time until something is over; `never` where the end comes first in most launches.
pub fn until(of: Option<&Estimate>) -> String {
    match of {
        Some(found) if found.estimate.is_none() && found.never > 0 => match found.p50 {
            Some(half) => format!(
                "{} (never in {} of {})",
                duration(half),
                found.never,
                found.n
            ),
            None => format!("never (in {} of {})", found.never, found.n),
        },
        _ => estimate(of, Unit::Seconds),
    }
}

/// Horizontal axis of the phase plane.
pub fn waiting_at(place: &str) -> String {
    format!("Waiting at {place} →")
}

/// Where the paths are when the trigger ends.
pub fn trigger_over() -> String {
    "trigger over".to_owned()
}

/// What a colour of paths means.
pub fn paths_that(collapsed: Option<bool>, count: usize) -> String {
    let what = match collapsed {
        Some(true) => "collapsed",
        Some(false) => "not collapsed",
        None => "launches",
    };
    format!("{count} {what}")
}

/// Vertical axis of attempts for each first try.
pub fn attempts_each(place: &str) -> String {
    format!("Attempts at {place} for each first try")
}

/// The lane of load beyond capacity.
pub fn more_than_capacity() -> String {
    "more users than can be served".to_owned()
}

/// The lane of a full resource.
pub fn full_lane(one: &Bottleneck) -> String {
    let kind = match one.resource {
        ResourceKind::Cores => "cores of ",
        _ => "",
    };
    format!("{kind}{} full", one.place)
}

/// The lane of retries.
pub fn retries_lane(place: &str) -> String {
    format!("retries at {place}")
}

/// The lane of an autoscaler that orders or withdraws servers.
pub fn scaler_lane(name: &str, does: &str) -> String {
    format!("autoscaler {name} {does} servers")
}

/// The lane of servers that are wanted and not there.
pub fn missing_lane(place: &str) -> String {
    format!("servers of {place} missing")
}

/// When what is in a lane happens: from begin to end, or how often.
pub fn spans(spans: &[(f64, f64)]) -> String {
    match spans {
        [(from, to)] if to > from => format!("{}–{}", instant(*from), instant(*to)),
        [(from, _)] => instant(*from),
        [first, .., last] => format!(
            "{}–{}, {} times",
            instant(first.0),
            instant(last.1),
            spans.len()
        ),
        [] => String::new(),
    }
}

/// What the phase plane says.
pub fn phase_takeaway(variant: &Variant) -> String {
    let collapsed = variant.recovery.as_ref().and_then(|found| found.collapsed);
    match collapsed {
        Some(found) if found.k > 0 => format!(
            "{} launches do not come back: their paths end far from where they began. A mark \
             stands at the end of each.",
            k_of_n(Some(&found))
        ),
        Some(_) => {
            "Every path comes back to where it began. A mark stands at the end of each.".to_owned()
        }
        None => "The path of each launch; a mark stands at its end.".to_owned(),
    }
}

/// What the growth of attempts says.
pub fn growth_takeaway(variant: &Variant, place: &str) -> String {
    let storm = variant.storm.as_ref().filter(|storm| storm.place == place);
    let rates = storm.and_then(|storm| {
        Some((
            middle(storm.offered.as_ref())?,
            middle(storm.attempts.as_ref())?,
        ))
    });
    match rates {
        Some((offered, attempts)) => format!(
            "While launches of the baseline are in trouble, {} first tries become {} attempts.",
            rate(offered),
            rate(attempts)
        ),
        None => "Retries and reloads count as attempts, and those of callers above too.".to_owned(),
    }
}
