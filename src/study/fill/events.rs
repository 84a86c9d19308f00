//! What happened, by time: peaks, faults, actions, full and sold out.
//!
//! One idea: an event is told at its median over the launches that saw it, with how many did.

use crate::base::time::Time;
use crate::estimate::interval;
use crate::model::metric::{Metric, Quantity, RequestAspect, RequestsOf, Statistic};
use crate::results::{BottleneckKind, Estimate, Event, EventKind, Probability, Unit, Variant, key};
use crate::study::columns::Shown;
use crate::study::fill::Sight;
use crate::study::lens::Seen;
use crate::study::measures;

/// The events of a variant, in order of their median times.
pub(super) fn events(sight: &Sight<'_>, variant: &Variant) -> Vec<Event> {
    let mut events = Vec::new();
    launches(sight, &mut events);
    planned(sight, &mut events);
    saturated(variant, &mut events);
    broken(sight, &mut events);
    for (name, stock) in &variant.stock {
        let some = stock.sold_out.filter(|chance| chance.k > 0);
        events.extend(some.map(|chance| Event {
            what: format!("{name} sold out"),
            kind: EventKind::SoldOut,
            at_s: stock.sold_out_at_s,
            in_launches: Some(chance),
        }));
    }
    let at = |event: &Event| event.at_s.and_then(|at| at.p50).unwrap_or(f64::MAX);
    events.sort_by(|a, b| at(a).total_cmp(&at(b)).then_with(|| a.what.cmp(&b.what)));
    events
}

/// Seconds from T+0 at which a bin begins.
fn bin_s(sight: &Sight<'_>, bin: usize) -> f64 {
    let clock = &sight.lens.program.clock;
    clock.start.as_secs_f64() + bin as f64 * clock.bin.as_secs_f64()
}

/// An event from its time in each launch; none if no launch saw it.
fn seen(sight: &Sight<'_>, what: String, kind: EventKind, at: &[Option<f64>]) -> Option<Event> {
    let k = at.iter().flatten().count() as u32;
    (k > 0).then(|| Event {
        what,
        kind,
        at_s: interval::mean(at, sight.confidence),
        in_launches: interval::probability(k, at.len() as u32, sight.confidence),
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

/// Faults and actions: the same in every launch.
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
        tell(format!("{name} begins"), EventKind::Fault, fault.from);
        tell(format!("{name} ends"), EventKind::Fault, fault.until);
    }
    for epoch in program.epochs.iter().filter(|epoch| !epoch.name.is_empty()) {
        tell(epoch.name.clone(), EventKind::Action, epoch.at);
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
        };
        let full = format!("{} full", one.place);
        events.push(event(full, one.from_s, one.in_launches));
        let over = format!("{} no longer full", one.place);
        events.push(event(over, one.to_s, one.in_launches));
    }
}

/// When the percentiles and shares of requests that objectives limit were first beyond the limit.
fn broken(sight: &Sight<'_>, events: &mut Vec<Event>) {
    for objective in &sight.lens.model.objectives {
        let metric = &objective.metric;
        let Some((times, oks)) = watched(sight, metric) else {
            continue;
        };
        let share_limit = measures::unit(metric) == Unit::Share;
        let breaks = |seen: &Seen, bin: usize| {
            let ok = seen.columns[oks][bin];
            let started = ok >= 0.0;
            if share_limit {
                return started && !objective.comparison.holds(f64::from(ok), objective.limit);
            }
            let Statistic::Percentile(q) = metric.statistic else {
                return false;
            };
            let time = times.map_or(-1.0, |column| seen.columns[column][bin]);
            let late = !objective.comparison.holds(f64::from(time), objective.limit);
            started && (f64::from(ok) < q || late)
        };
        let at: Vec<Option<f64>> = sight
            .seen
            .iter()
            .map(|one| {
                let bins = 0..sight.lens.program.clock.bins as usize;
                let first = bins.into_iter().find(|&bin| breaks(one, bin));
                first.map(|bin| bin_s(sight, bin))
            })
            .collect();
        let what = format!("{} first broken", objective.that);
        events.extend(seen(sight, what, EventKind::Objective, &at));
    }
}

/// The columns of percentile and share ok of the step that an objective is about.
fn watched(sight: &Sight<'_>, metric: &Metric) -> Option<(Option<usize>, usize)> {
    let Quantity::Requests { of, aspect } = &metric.quantity else {
        return None;
    };
    let name = match of {
        RequestsOf::Step { name, .. } => name.clone(),
        RequestsOf::Endpoint { service, endpoint } => format!("{service}.{endpoint}"),
    };
    let column = |key: String| {
        let shown = (key, Shown::Plain);
        let mut columns = sight.lens.columns.iter();
        columns.position(|column| column.shown.contains(&shown))
    };
    let oks = column(key::share_ok(&name))?;
    match (metric.statistic, aspect) {
        (Statistic::Share, RequestAspect::Ok) if metric.predicate.is_none() => Some((None, oks)),
        (Statistic::Percentile(_), RequestAspect::Time) => {
            let word = metric.statistic.word();
            Some((Some(column(key::ok_time(&word, &name))?), oks))
        }
        _ => None,
    }
}
