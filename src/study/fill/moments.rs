//! What every chart over time marks: faults, actions, doors, stocks that ran out, notes.
//!
//! One idea: what the model plans or remarks has its instant from the model of the variant itself,
//! so a variant that opens its doors later is marked later; a stock, and whatever waits for
//! something or for chance, has the median of its launches.

use crate::base::time::Time;
use crate::estimate::interval;
use crate::model::fault::FaultKind;
use crate::results::{Estimate, EventKind, Moment, Variant};
use crate::study::fill::Sight;
use crate::study::fill::unplanned::{self, Happened, Surprise};
use crate::study::subject;

/// The moments of a variant, by time.
pub(super) fn moments(sight: &Sight<'_>, variant: &Variant) -> Vec<Moment> {
    let mut all = Vec::new();
    faults(sight, &mut all);
    let program = sight.lens.program;
    for by in &program.actions {
        all.extend(during(sight, action(&by.name), EventKind::Action, by.at));
    }
    for one in unplanned::surprises(sight) {
        all.extend(surprise(sight, &one));
    }
    doors(sight, &mut all);
    for note in &sight.lens.model.notes {
        all.push(Moment {
            what: note.text.clone(),
            kind: EventKind::Note,
            at_s: note.at.as_secs_f64(),
            ..Moment::default()
        });
    }
    for (name, stock) in &variant.stock {
        let at = stock.first_sold_out_at_s.and_then(Estimate::middle);
        all.extend(at.map(|at_s| Moment {
            what: format!("{name} sold out"),
            kind: EventKind::SoldOut,
            at_s,
            in_launches: stock.sold_out.filter(|chance| chance.k < chance.n),
            ..Moment::default()
        }));
    }
    all.sort_by(|a, b| a.at_s.total_cmp(&b.at_s).then_with(|| a.what.cmp(&b.what)));
    all
}

/// What an action is called.
pub(super) fn action(name: &str) -> String {
    format!("action {name}")
}

/// What a fault is called, with what it does.
fn fault_named(name: &str, kind: &FaultKind) -> String {
    format!("{name}: {}", subject::what(kind))
}

/// What launches decide or suffer at instants of their own: at the median.
fn surprise(sight: &Sight<'_>, one: &Surprise) -> Option<Moment> {
    let (at, in_all) = one.median_s(sight);
    let does = |name: &String| {
        let fault = sight.lens.model.faults.get(name)?;
        Some(fault_named(name, &fault.kind))
    };
    let (named, kind) = one.what.told();
    let what = match &one.what {
        Happened::Action(_) => named,
        // It decides again and again: charts have its servers, and the lanes when it did.
        Happened::Scaler(_) => return None,
        Happened::Fault(name, _) => does(name)?,
        Happened::Breakdown(name) => format!("{}, at random", does(name)?),
    };
    let clock = &sight.lens.program.clock;
    let ends = one.ends_s(clock.horizon);
    let ends = ends.and_then(|ends| interval::mean(&ends, sight.confidence));
    let k = one.at_s.iter().flatten().count() as u32;
    let chance = interval::probability(k, one.at_s.len() as u32, sight.confidence);
    let at_s = at?.max(clock.start.as_secs_f64());
    Some(Moment {
        what,
        kind,
        at_s,
        to_s: ends.and_then(Estimate::middle).filter(|to| *to > at_s),
        in_launches: chance.filter(|_| !in_all),
    })
}

/// A moment, if it lies between the start of the clock and the horizon.
fn during(sight: &Sight<'_>, what: String, kind: EventKind, at: Time) -> Option<Moment> {
    let clock = &sight.lens.program.clock;
    (at >= clock.start && at <= clock.horizon).then(|| Moment {
        what,
        kind,
        at_s: at.as_secs_f64(),
        ..Moment::default()
    })
}

/// Occurrences of a fault that are marked one by one; more are one mark from first to last.
const MARKED: usize = 50;

/// Faults, with what they do and when they end.
fn faults(sight: &Sight<'_>, all: &mut Vec<Moment>) {
    let clock = &sight.lens.program.clock;
    for (name, fault) in &sight.lens.model.faults {
        let what = fault_named(name, &fault.kind);
        let inside = |(_, until): &(Time, Option<Time>)| until.is_none_or(|u| u >= clock.start);
        let mut windows = fault.windows(clock.horizon);
        windows.retain(inside);
        let (first, last) = (windows.first().copied(), windows.last().copied());
        let (what, windows) = match (first, last) {
            (Some(first), Some(last)) if windows.len() > MARKED => {
                (format!("{what}, again and again"), vec![(first.0, last.1)])
            }
            _ => (what, windows),
        };
        for (from, until) in windows {
            let end = until.filter(|until| *until <= clock.horizon);
            let moment = during(sight, what.clone(), EventKind::Fault, from.max(clock.start));
            all.extend(moment.map(|moment| Moment {
                to_s: end.map(Time::as_secs_f64),
                ..moment
            }));
        }
    }
}

/// Rooms that open or close while the clock runs.
fn doors(sight: &Sight<'_>, all: &mut Vec<Moment>) {
    for (name, room) in sight.lens.model.rooms.iter().filter(|(_, room)| room.on) {
        for (at, does) in [(room.opens, "opens"), (room.closes, "closes")] {
            let what = format!("room {name} {does}");
            let moment = at.and_then(|at| during(sight, what, EventKind::Door, at));
            all.extend(moment);
        }
    }
}
