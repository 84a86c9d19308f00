//! What every chart over time marks: faults, actions, doors, stocks that ran out, notes.
//!
//! One idea: what the model plans or remarks has its instant from the model of the variant itself,
//! so a variant that opens its doors later is marked later; a stock has the median of its launches.

use crate::base::time::Time;
use crate::results::{EventKind, Moment, Variant};
use crate::study::fill::Sight;
use crate::study::subject;

/// The moments of a variant, by time.
pub(super) fn moments(sight: &Sight<'_>, variant: &Variant) -> Vec<Moment> {
    let mut all = Vec::new();
    faults(sight, &mut all);
    let program = sight.lens.program;
    for by in &program.actions {
        all.extend(during(sight, action(&by.name), EventKind::Action, by.at));
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
        let at = stock
            .first_sold_out_at_s
            .and_then(|at| at.p50.or(at.estimate));
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
        let what = format!("{name}: {}", subject::what(&fault.kind));
        let inside = |(_, until): &(Time, Option<Time>)| until.is_none_or(|u| u >= clock.start);
        let mut windows = fault.windows(clock.horizon);
        windows.retain(inside);
        let (first, last) = (windows.first().copied(), windows.last().copied());
        let (what, windows) = match (first, last) {
            (None, None) if fault.first().is_none() => {
                (format!("{what}, at random"), vec![(clock.start, None)])
            }
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
