//! What was full, why, what it did to others, and whether a variant moves it.

use super::k_of_n;
use crate::report::number::{instant, share};
use crate::report::reading;
use crate::results::{Bottleneck, BottleneckKind, Estimate, Results, Variant};

/// ` from T+04:40 to T+31:20 in 18 of 30 launches`; the count only if it is not all.
pub(super) fn spell(bottleneck: &Bottleneck) -> String {
    let at = |e: Option<Estimate>| e.and_then(|e| e.p50.or(e.estimate)).map(instant);
    let mut text = match (at(bottleneck.from_s), at(bottleneck.to_s)) {
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        (Some(from), None) => format!(" from {from} on"),
        _ => String::new(),
    };
    if let Some(chance) = bottleneck.in_launches.filter(|p| p.k < p.n) {
        text.push_str(&format!(" in {} launches", k_of_n(Some(&chance))));
    }
    text
}

/// Which resource broke, why, and what it did to others.
pub(super) fn what_broke(name: &str, variant: &Variant) -> String {
    let causes: Vec<&Bottleneck> = of_kind(variant, BottleneckKind::Cause);
    let Some(first) = causes.first() else {
        return format!("In {name} no service and no pool is saturated by work of its own.");
    };
    let mut text = format!(
        "In {name}, {} is the bottleneck{}: its own work fills it.",
        first.place,
        spell(first)
    );
    if let Some(retries) = first
        .retry_share
        .and_then(|e| e.estimate)
        .filter(|r| *r > 0.0)
    {
        text.push_str(&format!(
            " {} of what reaches it in that time is not a first try",
            share(retries)
        ));
        match first
            .wasted_share
            .and_then(|e| e.estimate)
            .filter(|w| *w > 0.0)
        {
            Some(wasted) => text.push_str(&format!(
                ", and {} of its work is for callers who have left.",
                share(wasted)
            )),
            None => text.push('.'),
        }
    }
    for effect in &first.effects {
        if let Some(blocked) = effect.blocked.and_then(|e| e.estimate) {
            text.push_str(&format!(
                " It holds up {}: of the time that workers are held there, {} is spent waiting \
                 for others.",
                effect.place,
                share(blocked)
            ));
        }
    }
    for other in causes.iter().skip(1) {
        text.push_str(&format!(
            " {} is full as well{}.",
            other.place,
            spell(other)
        ));
    }
    text.push_str(&who_only_waits(variant));
    text
}

/// ` api is held too, but only waits for login.db.`
fn who_only_waits(variant: &Variant) -> String {
    let mut text = String::new();
    for waiter in of_kind(variant, BottleneckKind::Waits) {
        let whom = waiter.waits_for.as_deref().unwrap_or("what it calls");
        text.push_str(&format!(
            " {} is held too{}, but only waits for {whom}.",
            waiter.place,
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
pub(super) fn where_it_moved(results: &Results, name: &str, variant: &Variant) -> String {
    let before = reading::baseline(results).and_then(reading::cause);
    let causes = of_kind(variant, BottleneckKind::Cause);
    let stays = causes
        .iter()
        .find(|now| before.is_some_and(|b| b.place == now.place));
    if let Some(now) = stays {
        return format!(
            "With {name}, {} is still the bottleneck{}.",
            now.place,
            spell(now)
        );
    }
    match (before, reading::cause(variant)) {
        (Some(before), Some(now)) => {
            format!(
                "With {name}, {} is no longer full; now {} is full{}.",
                before.place,
                now.place,
                spell(now)
            )
        }
        (None, Some(now)) => {
            format!(
                "With {name}, {} becomes the bottleneck{}.",
                now.place,
                spell(now)
            )
        }
        (Some(before), None) => {
            format!(
                "With {name}, neither {} nor anything else is saturated.",
                before.place
            )
        }
        (None, None) => format!("With {name}, nothing is saturated either."),
    }
}

/// Why a resource was full: `cause, T+04:40 to T+31:20; 41.0 % are not first tries`.
pub fn bottleneck_remark(found: &Bottleneck) -> String {
    let mut text = match (found.kind, &found.waits_for) {
        (BottleneckKind::Cause, _) => format!("cause{}", spell(found)),
        (BottleneckKind::Waits, Some(whom)) => format!("waits for {whom}{}", spell(found)),
        (BottleneckKind::Waits, None) => format!("only waits{}", spell(found)),
    };
    if let Some(retries) = found
        .retry_share
        .and_then(|e| e.estimate)
        .filter(|r| *r > 0.0)
    {
        text.push_str(&format!(
            "; {} of arrivals are not first tries",
            share(retries)
        ));
    }
    if let Some(wasted) = found
        .wasted_share
        .and_then(|e| e.estimate)
        .filter(|w| *w > 0.0)
    {
        text.push_str(&format!("; {} of its work is in vain", share(wasted)));
    }
    text
}
