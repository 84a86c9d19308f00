//! Where it broke: saturated resources, collapse and recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::Time;
use crate::estimate::bottleneck::{Spell, summarise};
use crate::estimate::interval;
use crate::estimate::recovery::{self, Fate, Teller};
use crate::model::Model;
use crate::model::step::StepKind;
use crate::results::{Bottleneck, BottleneckKind, Effect, Objective, Recovery, Split};
use crate::study::fill::Sight;
use crate::study::lens::SERVED;
use crate::study::strain::Strain;

/// Saturated resources, causes first, then by the start of their spells.
pub(super) fn bottlenecks(sight: &Sight<'_>) -> Vec<Bottleneck> {
    let clock = &sight.lens.program.clock;
    let times = (clock.start.as_secs_f64(), clock.bin.as_secs_f64());
    let names = sight.lens.stations.names.iter().enumerate();
    let mut all: Vec<Bottleneck> = names
        .flat_map(|(station, name)| {
            let strains: Vec<Option<&Strain>> = sight
                .seen
                .iter()
                .map(|seen| seen.strains[station].as_ref())
                .collect();
            let spells: Vec<Option<Spell>> = strains
                .iter()
                .map(|s| s.map(|strain| strain.spell))
                .collect();
            let mut found = summarise(name, &spells, times, sight.confidence);
            for bottleneck in &mut found {
                describe(sight, bottleneck, &strains);
            }
            found
        })
        .collect();
    all.sort_by(|a, b| {
        let waits = |one: &Bottleneck| one.kind == BottleneckKind::Waits;
        let from = |one: &Bottleneck| one.from_s.and_then(|from| from.p50).unwrap_or(f64::MAX);
        waits(a)
            .cmp(&waits(b))
            .then(from(a).total_cmp(&from(b)))
            .then_with(|| a.place.cmp(&b.place))
    });
    all
}

/// What the spells of one kind did.
fn describe(sight: &Sight<'_>, found: &mut Bottleneck, strains: &[Option<&Strain>]) {
    let of_kind: Vec<Option<&Strain>> = strains
        .iter()
        .map(|strain| strain.filter(|s| s.spell.kind == found.kind))
        .collect();
    let share = |of: &dyn Fn(&Strain) -> Option<f64>| {
        let values: Vec<Option<f64>> = of_kind.iter().map(|s| s.and_then(of)).collect();
        interval::share(&values, sight.confidence)
    };
    found.retry_share = share(&|strain| strain.retry_share);
    found.wasted_share = share(&|strain| strain.wasted_share);
    let names = &sight.lens.stations.names;
    found.waits_for = most_often(of_kind.iter().flatten().filter_map(|s| s.waits_for))
        .map(|station| names[station].clone());
    let held_up: BTreeSet<usize> = of_kind
        .iter()
        .flatten()
        .flat_map(|strain| strain.effects.iter().map(|(station, _, _)| *station))
        .collect();
    for station in held_up {
        let effect = |strain: &Strain| {
            let mut effects = strain.effects.iter();
            effects.find(|(place, _, _)| *place == station).copied()
        };
        found.effects.push(Effect {
            place: names[station].clone(),
            blocked: share(&|strain| effect(strain)?.1),
            held: share(&|strain| effect(strain)?.2),
        });
    }
}

/// The one that occurs most often; of several the first.
fn most_often(all: impl Iterator<Item = usize>) -> Option<usize> {
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    for one in all {
        *times.entry(one).or_default() += 1;
    }
    let most = times.values().copied().max()?;
    times
        .into_iter()
        .find(|(_, n)| *n == most)
        .map(|(one, _)| one)
}

fn fates(sight: &Sight<'_>) -> Vec<Option<Fate>> {
    sight.seen.iter().map(|seen| seen.fate.clone()).collect()
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
        ..teller.summarise(&fates(sight))?
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
    let fates = fates(sight);
    headline
        .into_iter()
        .filter_map(|name| {
            let found = recovery::split(&sight.metric(name), &fates, sight.confidence)?;
            Some((name.to_owned(), found))
        })
        .collect()
}
