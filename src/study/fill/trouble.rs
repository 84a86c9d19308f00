//! Where it broke: full resources, collapse and recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::estimate::bottleneck::{Strain, summarise};
use crate::estimate::recovery::{self, Fate, WINDOW_S};
use crate::results::{
    Bottleneck, BottleneckKind, Effect, Estimate, Holder, Objective, Recovery, Split,
};
use crate::study::fill::Sight;
use crate::study::lens::SERVED;
use crate::study::strain::place;

/// Full resources, causes first, then by the start of their spells.
pub(super) fn bottlenecks(sight: &Sight<'_>) -> Vec<Bottleneck> {
    let launches: Vec<&[Strain]> = sight
        .seen
        .iter()
        .map(|seen| seen.strains.as_slice())
        .collect();
    let name = |thing| place(sight.lens.program, thing);
    let mut all = summarise(&launches, &name, sight.confidence);
    let effects: Vec<Vec<Effect>> = all.iter().map(|one| effects(one, &all)).collect();
    for (one, effects) in all.iter_mut().zip(effects) {
        one.effects = effects;
    }
    all.sort_by(|a, b| {
        let waits = |one: &Bottleneck| one.kind == BottleneckKind::Waits;
        waits(a)
            .cmp(&waits(b))
            .then(middle(a.from_s).total_cmp(&middle(b.from_s)))
            .then_with(|| a.place.cmp(&b.place))
            .then(a.resource.cmp(&b.resource))
    });
    all
}

fn middle(at: Option<Estimate>) -> f64 {
    at.and_then(|at| at.p50).unwrap_or(f64::MAX)
}

/// What a cause did to those who waited for it at that time.
fn effects(cause: &Bottleneck, all: &[Bottleneck]) -> Vec<Effect> {
    if cause.kind != BottleneckKind::Cause {
        return Vec::new();
    }
    let waits = |one: &&Bottleneck| {
        let names = one.waits_for.iter().chain(&one.waits_also);
        let meets =
            middle(one.from_s) < middle(cause.to_s) && middle(one.to_s) > middle(cause.from_s);
        meets && names.into_iter().any(|name| *name == cause.place) && one.place != cause.place
    };
    let effect = |one: &Bottleneck| Effect {
        place: one.place.clone(),
        blocked: blocked(one),
        held: one.held,
    };
    all.iter().filter(waits).map(effect).collect()
}

/// The share of the time of the holders of a resource that was not time of its own: the rest of
/// what it, or its cores, took.
fn blocked(one: &Bottleneck) -> Option<Estimate> {
    let own = |holder: &&Holder| holder.place == one.place;
    let shares: Vec<Estimate> = one
        .holders
        .iter()
        .filter(own)
        .filter_map(|h| h.share)
        .collect();
    let all = one.holders.first().and_then(|holder| holder.share)?;
    let rest = |of: fn(&Estimate) -> Option<f64>| {
        let own = shares.iter().map(|share| of(share).unwrap_or(0.0));
        Some((1.0 - own.sum::<f64>()).clamp(0.0, 1.0))
    };
    Some(Estimate {
        estimate: rest(|e| e.estimate),
        low: all.low.and_then(|_| rest(|e| e.high)),
        high: all.high.and_then(|_| rest(|e| e.low)),
        p10: rest(|e| e.p90),
        p50: rest(|e| e.p50),
        p90: rest(|e| e.p10),
        ..all
    })
}

fn fates(sight: &Sight<'_>) -> Vec<Option<Fate>> {
    sight.seen.iter().map(|seen| seen.fate).collect()
}

/// Collapse and recovery.
pub(super) fn recovery(sight: &Sight<'_>) -> Option<Recovery> {
    let judge = sight.lens.judge.as_ref()?;
    let clock = &sight.lens.program.clock;
    let end = clock.start.as_secs_f64() + judge.trigger.to as f64 * WINDOW_S;
    recovery::summarise(&fates(sight), WINDOW_S, end, sight.confidence)
}

/// Headline metrics of the launches that collapsed beside those of the others.
pub(super) fn split(sight: &Sight<'_>, objectives: &[Objective]) -> BTreeMap<String, Split> {
    let headline: BTreeSet<&str> = objectives
        .iter()
        .map(|objective| objective.metric.as_str())
        .chain([SERVED])
        .collect();
    let fates = fates(sight);
    headline
        .into_iter()
        .filter_map(|name| {
            let found = recovery::split(&sight.metric(name), &fates, sight.confidence)?;
            Some((name.to_owned(), found))
        })
        .collect()
}
