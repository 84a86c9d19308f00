//! Where it broke: full resources, collapse and recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::Time;
use crate::estimate::bottleneck::{Strain, summarise};
use crate::estimate::recovery::{self, Teller};
use crate::model::Model;
use crate::model::step::StepKind;
use crate::results::{
    Bottleneck, BottleneckKind, Effect, Estimate, Holder, Objective, Recovery, Split, Stable,
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

/// Collapse and recovery.
pub(super) fn recovery(sight: &Sight<'_>) -> Option<Recovery> {
    let lens = sight.lens;
    let judge = lens.judge?;
    let (program, layout) = (lens.program, lens.program.layout);
    let start_s = program.clock.start.as_secs_f64();
    let followed = (0..layout.calls).filter(|call| lens.is_step(*call));
    let steps: Vec<&str> = followed.map(|call| lens.step_name(call)).collect();
    let teller = Teller {
        start_s,
        window_s: lens.window_s(),
        steps: &steps,
        confidence: sight.confidence,
    };
    let at = |window: usize| start_s + window as f64 * lens.window_s();
    let trigger = judge.windows(program);
    Some(Recovery {
        trigger: judge.kind,
        trigger_begin_s: trigger.map(|trigger| at(trigger.from)),
        trigger_end_s: trigger.map(|trigger| at(trigger.to)),
        doors_close_s: doors_close_s(lens.model),
        ..teller.summarise(sight.metrics.fates())?
    })
}

/// When the last door closes of those that users pass; none if users come in elsewhere.
fn doors_close_s(model: &Model) -> Option<f64> {
    let closes = model.arrivals.values().map(|source| {
        let journey = model.journeys.get(&source.journey)?;
        let doors = journey.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Enter { room, .. } => model.rooms.get(room),
            _ => None,
        });
        doors
            .filter(|room| room.on)
            .filter_map(|room| room.closes)
            .min()
    });
    let closes: Option<Vec<Time>> = closes.collect();
    let last = closes?.into_iter().max()?;
    (last < model.horizon()).then(|| last.as_secs_f64())
}

/// Headline metrics of the launches that collapsed beside those of the others.
pub(super) fn split(sight: &Sight<'_>, objectives: &[Objective]) -> BTreeMap<String, Split> {
    let headline: BTreeSet<&str> = objectives
        .iter()
        .map(|objective| objective.metric.as_str())
        .chain([SERVED])
        .collect();
    let fates = sight.metrics.fates();
    headline
        .into_iter()
        .filter_map(|name| {
            let found = recovery::split(&sight.metric(name), fates, sight.confidence)?;
            Some((name.to_owned(), found))
        })
        .collect()
}

/// The load below which nothing leaves it stuck, where launches are judged and anything is tried
/// more than once.
pub(super) fn stable(sight: &Sight<'_>) -> Option<Stable> {
    sight.lens.judge?;
    let found = sight
        .lens
        .model
        .stable()
        .filter(|found| found.worst > 1.0)?;
    Some(Stable {
        normal_per_s: found.normal_per_s,
        stable_per_s: found.stable_per_s,
        worst: Some(found.worst).filter(|worst| worst.is_finite()),
        by: found.by.name().to_owned(),
        offered_per_s: found.offered_per_s,
        headroom: found.headroom(),
    })
}
