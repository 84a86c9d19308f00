//! What was full, why, what it did to others, and whether a variant moves it.
//!
//! One idea: a cause is told by its resource (workers, cores, units), with what its holders do if
//! it is not work of their own; whoever waits for it is named after it.

use super::{k_of_n, listed};
use crate::report::number::{duration, instant, share, whole};
use crate::report::reading;
use crate::results::{
    Bottleneck, BottleneckKind, Estimate, Holder, OutKind, ResourceKind, Results, Variant,
};

/// Everything is in use from this share on.
const ALL: f64 = 0.99;
/// The least share of turned away or swallowed that is told.
const TOLD: f64 = 0.001;
/// Who is named at most beside the main cause.
const NAMED: usize = 4;

fn middle(e: Option<Estimate>) -> Option<f64> {
    e.and_then(Estimate::middle)
}

fn mean(e: Option<Estimate>) -> Option<f64> {
    e.and_then(|e| e.estimate)
}

/// ` from T+04:40 to T+31:20 in 18 of 30 launches`; the count only if it is not all.
pub(super) fn spell(bottleneck: &Bottleneck) -> String {
    let at = |e: Option<Estimate>| middle(e).map(instant);
    let mut text = match (at(bottleneck.from_s), at(bottleneck.to_s)) {
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        (Some(from), None) => format!(" from {from} on"),
        _ => String::new(),
    };
    if bottleneck.spells.is_some() {
        text.push_str(", with breaks,");
    }
    if let Some(chance) = bottleneck.in_launches.filter(|p| p.k < p.n) {
        text.push_str(&format!(" in {} launches", k_of_n(Some(&chance))));
    }
    text.trim_end_matches(',').to_owned()
}

/// `db`, or `1 of 20 servers of web`.
fn subject(one: &Bottleneck) -> String {
    let full = middle(one.full_instances).map_or(1.0, f64::round);
    if one.instances <= 1 || full >= f64::from(one.instances) {
        return one.place.clone();
    }
    format!(
        "{} of {} {} of {}",
        whole(full),
        whole(f64::from(one.instances)),
        kind_of(one),
        one.place
    )
}

/// What each instance is.
fn kind_of(one: &Bottleneck) -> &'static str {
    match one.resource {
        ResourceKind::Pool => "pools",
        ResourceKind::Room => "rooms",
        _ => "servers",
    }
}

/// ` is` or ` are`, after a [`subject`].
fn is(one: &Bottleneck) -> &'static str {
    let full = middle(one.full_instances).map_or(1.0, f64::round);
    if one.instances > 1 && full >= 1.5 && full < f64::from(one.instances) {
        "are"
    } else {
        "is"
    }
}

/// `its cores are busy all the time`, or what else makes it full.
fn why_full(one: &Bottleneck) -> String {
    let held = mean(one.held).unwrap_or(1.0);
    let time = if held >= ALL {
        "all the time".to_owned()
    } else {
        format!("{} of the time", share(held))
    };
    let refused = mean(one.refused_share).filter(|r| *r >= TOLD);
    let mut text = match one.resource {
        ResourceKind::Cores => format!("its cores are busy {time}"),
        ResourceKind::Pool => format!("it is fully in use {time}"),
        ResourceKind::Room => format!("its places are taken {time}"),
        _ => format!("its workers are in use {time}"),
    };
    if let Some(refused) = refused {
        text.push_str(&format!(
            ", and it turns away {} of those who ask",
            share(refused)
        ));
    }
    text
}

/// `db is full from T+4:00 to T+7:20: its cores are busy all the time.`
fn cause(one: &Bottleneck) -> String {
    if one.swallowed.is_some() {
        return out(one);
    }
    let mut text = format!(
        "{} {} full{}: {}.",
        subject(one),
        is(one),
        spell(one),
        why_full(one)
    );
    if !one.together_with.is_empty() {
        text.push_str(&format!(
            " So {} {}: neither alone would help, both together would.",
            if one.together_with.len() > 1 {
                "are"
            } else {
                "is"
            },
            listed(&one.together_with)
        ));
    } else if let Some(told) = holders(one) {
        text.push_str(&told);
    }
    text
}

/// ` Each unit is held 200 ms, 98 % of it at partner, which has room.`: where it is mostly held for
/// something else.
fn holders(one: &Bottleneck) -> Option<String> {
    let most = one.holders.first()?;
    let own = most.place == one.place && most.resource == one.resource;
    let part = mean(most.share).filter(|part| *part >= 0.5)?;
    if own || (most.place == one.place && one.resource == ResourceKind::Workers) {
        return None;
    }
    let each = mean(one.held_each_s).map_or_else(String::new, |s| format!(" {}", duration(s)));
    let unit = match one.resource {
        ResourceKind::Pool => "unit",
        ResourceKind::Room => "place",
        _ => "worker",
    };
    let cure = match (one.resource, most.resource) {
        (ResourceKind::Pool, ResourceKind::Workers | ResourceKind::Cores | ResourceKind::Pool) => {
            format!(": more units help, or a quicker {}", most.place)
        }
        (ResourceKind::Room, ResourceKind::Workers | ResourceKind::Cores | ResourceKind::Pool) => {
            format!(": more places help, or a quicker {}", most.place)
        }
        (_, ResourceKind::Workers | ResourceKind::Cores | ResourceKind::Pool) => {
            format!(": more workers help, or a quicker {}", most.place)
        }
        _ => String::new(),
    };
    Some(format!(
        " Each {unit} is held{each}, {} of it {}{cure}.",
        share(part),
        doing(most)
    ))
}

fn doing(holder: &Holder) -> String {
    match holder.resource {
        ResourceKind::Workers | ResourceKind::Cores | ResourceKind::Pool => {
            format!("waiting for {}, which has room", holder.place)
        }
        ResourceKind::Room => format!("waiting at {}", holder.place),
        ResourceKind::Think => "while users do something else".to_owned(),
        ResourceKind::Network => "on the network".to_owned(),
        ResourceKind::Pause => "waiting to try again".to_owned(),
    }
}

/// `A crashed server of api took 66 % of the calls from T+0:08 to T+0:18, until it was noticed.`
fn out(one: &Bottleneck) -> String {
    let lost = one.swallowed.unwrap_or_default();
    let full = middle(one.full_instances).map_or(1.0, f64::round);
    let servers = if full < 1.5 {
        format!("of {}", one.place)
    } else {
        format!("of {}: {}", one.place, whole(full))
    };
    let part = mean(lost.share).map_or_else(String::new, share);
    match (lost.why, full < 1.5) {
        (OutKind::Down, true) => format!(
            "A crashed server {servers} took {part} of the calls{}, until it was noticed.",
            spell(one)
        ),
        (OutKind::Down, false) => format!(
            "Crashed servers {servers} took {part} of the calls{}, until they were noticed.",
            spell(one)
        ),
        (OutKind::Paused, true) => format!(
            "A server {servers} that stood still took {part} of the calls{}.",
            spell(one)
        ),
        (OutKind::Paused, false) => format!(
            "Servers {servers} stood still and took {part} of the calls{}.",
            spell(one)
        ),
        (OutKind::CutOff, true) => format!(
            "A server {servers} that was cut off took {part} of the calls{}.",
            spell(one)
        ),
        (OutKind::CutOff, false) => format!(
            "Servers {servers} that were cut off took {part} of the calls{}.",
            spell(one)
        ),
    }
}

/// Which resource broke, why, and what it did to others.
pub(super) fn what_broke(variant: &Variant) -> String {
    let causes: Vec<&Bottleneck> = of_kind(variant, BottleneckKind::Cause);
    let Some(first) = causes.first() else {
        return "nothing is full.".to_owned();
    };
    let mut text = lower(&cause(first));
    text.push_str(&in_vain(first));
    let beside: Vec<&Bottleneck> = causes
        .iter()
        .skip(1)
        .filter(|other| !first.together_with.contains(&other.place))
        .copied()
        .collect();
    for other in beside.iter().take(NAMED) {
        text.push_str(&format!(" {}", cause(other)));
    }
    if beside.len() > NAMED {
        text.push_str(&format!(
            " So it goes {} more times.",
            whole((beside.len() - NAMED) as f64)
        ));
    }
    text.push_str(&who_waits(variant));
    text
}

/// `A crashed …` within a sentence.
fn lower(text: &str) -> String {
    match text.strip_prefix("A ") {
        Some(rest) => format!("a {rest}"),
        None => text.to_owned(),
    }
}

/// How much of the work in that time is tried again, and in vain.
fn in_vain(one: &Bottleneck) -> String {
    let Some(retries) = mean(one.retry_share).filter(|r| *r > 0.0) else {
        return String::new();
    };
    let mut text = format!(
        " {} of what reaches it in that time is not a first try",
        share(retries)
    );
    match mean(one.wasted_share).filter(|w| *w > 0.0) {
        Some(wasted) => text.push_str(&format!(
            ", and {} of its work is for callers who have left.",
            share(wasted)
        )),
        None => text.push('.'),
    }
    text
}

/// ` api waits for login.db from T+4:10 to T+7:20.`
fn who_waits(variant: &Variant) -> String {
    let mut text = String::new();
    let waiting = of_kind(variant, BottleneckKind::Waits);
    for waiter in waiting.iter().take(NAMED) {
        let whom = waiter.waits_for.iter().chain(&waiter.waits_also);
        let whom: Vec<String> = whom.cloned().collect();
        text.push_str(&format!(
            " {} waits for {}{}.",
            waiter.place,
            listed(&whom),
            spell(waiter)
        ));
    }
    text
}

fn of_kind(variant: &Variant, kind: BottleneckKind) -> Vec<&Bottleneck> {
    let mut found = reading::bottlenecks(variant);
    found.retain(|b| b.kind == kind);
    found
}

/// Whether the bottleneck of the baseline stays, moves, or is gone in a variant.
pub(super) fn where_it_moved(results: &Results, variant: &Variant) -> String {
    let before = reading::baseline(results).and_then(reading::cause);
    let causes = of_kind(variant, BottleneckKind::Cause);
    let stays = causes
        .iter()
        .find(|now| before.is_some_and(|b| b.place == now.place));
    if let Some(now) = stays {
        return format!("{} is still the bottleneck{}.", now.place, spell(now));
    }
    match (before, reading::cause(variant)) {
        (Some(before), Some(now)) => {
            format!(
                "{} is no longer full; now {} {} full{}.",
                before.place,
                subject(now),
                is(now),
                spell(now)
            )
        }
        (None, Some(now)) => {
            format!("{} becomes the bottleneck{}.", now.place, spell(now))
        }
        (Some(before), None) => {
            format!("neither {} nor anything else is full.", before.place)
        }
        (None, None) => "nothing is full either.".to_owned(),
    }
}

/// Why a resource was full: `cause from T+04:40 to T+31:20: its cores are busy all the time`.
pub fn bottleneck_remark(found: &Bottleneck) -> String {
    let mut text = match (&found.swallowed, found.kind, &found.waits_for) {
        (Some(lost), ..) => {
            let part = mean(lost.share).map_or_else(String::new, share);
            format!("took {part} of the calls in vain{}", spell(found))
        }
        (None, BottleneckKind::Cause, _) => {
            format!("cause{}: {}", spell(found), why_full(found))
        }
        (None, BottleneckKind::Waits, Some(whom)) => format!("waits for {whom}{}", spell(found)),
        (None, BottleneckKind::Waits, None) => format!("only waits{}", spell(found)),
    };
    let full = middle(found.full_instances).map_or(1.0, f64::round);
    if found.instances > 1 && full < f64::from(found.instances) {
        text.push_str(&format!(
            "; {} of its {} {}",
            whole(full),
            whole(f64::from(found.instances)),
            kind_of(found)
        ));
    }
    if !found.together_with.is_empty() {
        text.push_str(&format!("; together with {}", listed(&found.together_with)));
    }
    if let Some(retries) = mean(found.retry_share).filter(|r| *r > 0.0) {
        text.push_str(&format!(
            "; {} of arrivals are not first tries",
            share(retries)
        ));
    }
    if let Some(wasted) = mean(found.wasted_share).filter(|w| *w > 0.0) {
        text.push_str(&format!("; {} of its work is in vain", share(wasted)));
    }
    text
}
