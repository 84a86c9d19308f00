//! What happened, by time: peaks, faults, actions, doors, full and sold out, notes.
//!
//! One idea: an event is told at its median over the launches that saw it, with how many did.

use crate::base::calendar::Calendar;
use crate::base::time::Time;
use crate::estimate::interval;
use crate::results::{BottleneckKind, Estimate, Event, EventKind, Moment, Probability, Variant};
use crate::study::fill::unplanned::Happened;
use crate::study::fill::{Sight, broken, moments, unplanned};
use crate::study::lens::Seen;

/// The events of a variant, in order of their median times.
pub(super) fn events(sight: &Sight<'_>, variant: &Variant) -> Vec<Event> {
    let mut events = Vec::new();
    launches(sight, &mut events);
    planned(sight, &mut events);
    surprises(sight, &mut events);
    told(sight, variant, &mut events);
    saturated(variant, &mut events);
    dried(sight, &mut events);
    events.extend(broken::events(sight));
    for (name, stock) in &variant.stock {
        let some = stock.sold_out.filter(|chance| chance.k > 0);
        events.extend(some.map(|chance| Event {
            what: format!("{name} sold out"),
            kind: EventKind::SoldOut,
            at_s: stock.first_sold_out_at_s,
            in_launches: Some(chance),
            ..Event::default()
        }));
    }
    let starts = sight.lens.model.starts.as_deref();
    if let Some(calendar) = starts.and_then(Calendar::read) {
        for event in &mut events {
            let at = event.at_s.and_then(Estimate::middle);
            event.clock = at.map(|at| calendar.label(at));
        }
    }
    let at = |event: &Event| event.at_s.and_then(|at| at.p50).unwrap_or(f64::MAX);
    events.sort_by(|a, b| at(a).total_cmp(&at(b)).then_with(|| a.what.cmp(&b.what)));
    events
}

/// Seconds from T+0 at which a bin begins.
pub(super) fn bin_s(sight: &Sight<'_>, bin: usize) -> f64 {
    let clock = &sight.lens.program.clock;
    clock.start.as_secs_f64() + bin as f64 * clock.bin.as_secs_f64()
}

/// An event from its time in each launch; none if no launch saw it.
pub(super) fn seen(
    sight: &Sight<'_>,
    what: String,
    kind: EventKind,
    at: &[Option<f64>],
) -> Option<Event> {
    let k = at.iter().flatten().count() as u32;
    (k > 0).then(|| Event {
        what,
        kind,
        at_s: interval::mean(at, sight.confidence),
        in_launches: interval::probability(k, at.len() as u32, sight.confidence),
        ..Event::default()
    })
}

fn launches(sight: &Sight<'_>, events: &mut Vec<Event>) {
    let width = sight.lens.program.clock.bin.as_secs_f64();
    let peaks: Vec<Option<f64>> = sight
        .seen
        .iter()
        .map(|one| one.peak.map(|peak| bin_s(sight, peak.bin) + width / 2.0))
        .collect();
    let timeouts: Vec<Option<f64>> = sight
        .seen
        .iter()
        .map(|one| one.first_timeout.map(|bin| bin_s(sight, bin)))
        .collect();
    let milestone = EventKind::Milestone;
    events.extend(seen(sight, "arrival peak".to_owned(), milestone, &peaks));
    events.extend(seen(
        sight,
        "first timeout".to_owned(),
        milestone,
        &timeouts,
    ));
}

/// Occurrences of a fault that are told one by one.
const TOLD: usize = 50;

/// Faults and actions: the same in every launch, but for jitter.
fn planned(sight: &Sight<'_>, events: &mut Vec<Event>) {
    let program = sight.lens.program;
    let n = sight.seen.len();
    let horizon = program.clock.horizon;
    let mut tell = |what: String, kind: EventKind, at: Time| {
        if at <= horizon {
            events.extend(seen(sight, what, kind, &vec![Some(at.as_secs_f64()); n]));
        }
    };
    for (fault, name) in program.faults.iter().zip(&program.names.faults) {
        for (from, until) in fault.windows().take(TOLD) {
            tell(format!("{name} begins"), EventKind::Fault, from);
            tell(format!("{name} ends"), EventKind::Fault, until);
        }
    }
    for action in &program.actions {
        tell(moments::action(&action.name), EventKind::Action, action.at);
    }
}

/// What launches decide or suffer at instants of their own.
fn surprises(sight: &Sight<'_>, events: &mut Vec<Event>) {
    for one in unplanned::surprises(sight) {
        let (what, kind) = one.what.told();
        events.extend(seen(sight, what, kind, &one.at_s));
        if let (Happened::Fault(name, _), Some(ends)) =
            (&one.what, one.ends_s(sight.lens.program.clock.horizon))
        {
            events.extend(seen(sight, format!("{name} ends"), kind, &ends));
        }
    }
}

/// Doors and notes: the same in every launch.
fn told(sight: &Sight<'_>, variant: &Variant, events: &mut Vec<Event>) {
    let is_told = |one: &&Moment| matches!(one.kind, EventKind::Door | EventKind::Note);
    for moment in variant.moments.iter().filter(is_told) {
        let at = vec![Some(moment.at_s); sight.seen.len()];
        events.extend(seen(sight, moment.what.clone(), moment.kind, &at));
    }
}

/// Pools and services of which all was held by those who waited for more of it.
fn dried(sight: &Sight<'_>, events: &mut Vec<Event>) {
    let names = &sight.lens.program.names;
    let pools = names
        .pools
        .iter()
        .map(|name| format!("{name} ran dry: those who held its units waited for more of them"));
    let services = names
        .services
        .iter()
        .map(|name| format!("{name} ran dry: those who held its workers waited for another"));
    for (number, what) in pools.chain(services).enumerate() {
        let first = |seen: &Seen| seen.totals.dried.get(number).copied().flatten();
        let at: Vec<Option<f64>> = sight
            .seen
            .iter()
            .map(|one| first(one).map(Time::as_secs_f64))
            .collect();
        events.extend(seen(sight, what, EventKind::Dried, &at));
    }
}

/// What was full, and waited for nothing else that was.
fn saturated(variant: &Variant, events: &mut Vec<Event>) {
    let causes = variant
        .bottlenecks
        .iter()
        // Servers that do not answer are told by the fault that stopped them.
        .filter(|one| one.kind == BottleneckKind::Cause && one.swallowed.is_none());
    for one in causes {
        let event = |what: String, at_s: Option<Estimate>, chance: Option<Probability>| Event {
            what,
            kind: EventKind::Saturated,
            at_s,
            in_launches: chance,
            ..Event::default()
        };
        let full = format!("{} full", one.place);
        events.push(event(full, one.from_s, one.in_launches));
        let over = format!("{} no longer full", one.place);
        events.push(event(over, one.to_s, one.in_launches));
    }
}
