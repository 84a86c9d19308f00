//! The same changes, made in the middle of a launch.
//!
//! One idea: a fault that is over sooner, a deed that is not done and a spike that is cut short are
//! models of their own; everything else takes effect at an instant as an action does, if an action
//! may change it.

use super::plays::Play;
use crate::base::time::{Span, Time};
use crate::model::Checked;
use crate::model::arrival::{Form, Piece};
use crate::model::fault::Begins;
use crate::model::overlay::Change;

/// Changes made at an instant; nothing if they cannot be made in the middle of a launch.
pub(super) fn later(model: &Checked, changes: &[Change], at: Time) -> Option<Play> {
    let mut play = Play {
        from: Some(at),
        ..Play::default()
    };
    let mut cut: Vec<(String, usize)> = Vec::new();
    for change in changes {
        let path: Vec<&str> = change.path.split('.').collect();
        match path.as_slice() {
            ["fault", name, "on"] => play.changes.extend(sooner(model, (name, change), at)?),
            ["action", name, "on"] => {
                let action = model.actions.get(*name)?;
                play.changes
                    .extend((action.effect() > at).then(|| change.clone()));
            }
            ["arrivals", name, "stages", number, _] => {
                let number: usize = number.parse().ok()?;
                let stage = Stage::of(model, name, number - 1)?;
                if stage.piece.from >= at {
                    play.changes.push(change.clone());
                } else if stage.piece.to > at {
                    cut.push(((*name).to_owned(), number));
                }
            }
            _ => play.later.push(change.clone()),
        }
    }
    for (name, number) in cut {
        play.changes.extend(cut_short(model, (&name, number), at)?);
    }
    // What is read once, before the start, cannot be changed then.
    let possible = play.later.is_empty() || play.model(model).is_some();
    possible.then_some(play)
}

/// A fault that is over at an instant, or does not begin.
fn sooner(model: &Checked, (name, off): (&str, &Change), at: Time) -> Option<Option<Change>> {
    let fault = model.faults.get(name)?;
    let Begins::Clock {
        at: begin,
        every: None,
        jitter: None,
    } = &fault.begins
    else {
        return None;
    };
    if at <= *begin {
        return Some(Some(off.clone()));
    }
    let lasted = at.since(*begin);
    if fault.lasts.is_some_and(|lasts| lasts <= lasted) {
        return Some(None);
    }
    let path = format!("fault.{name}.for");
    Some(Some(Change::new(&path, &lasted.written())))
}

/// A stage of a source.
struct Stage {
    piece: Piece,
    next: Option<Piece>,
}

impl Stage {
    fn of(model: &Checked, name: &str, at: usize) -> Option<Stage> {
        let Form::Flow { pieces, .. } = &model.arrivals.get(name)?.form else {
            return None;
        };
        Some(Stage {
            piece: *pieces.get(at)?,
            next: pieces.get(at + 1).copied(),
        })
    }
}

/// A stage that ends at an instant; the one after it begins then.
fn cut_short(model: &Checked, (name, number): (&str, usize), at: Time) -> Option<Vec<Change>> {
    let stage = Stage::of(model, name, number - 1)?;
    let is_level = (stage.piece.rate_from - stage.piece.rate_to).abs() <= 0.0;
    let next = stage.next.filter(|_| is_level)?;
    let path = |number: usize| format!("arrivals.{name}.stages.{number}.for");
    let lasted: Span = at.since(stage.piece.from);
    let then = next.to.since(at);
    Some(vec![
        Change::new(&path(number), &lasted.written()),
        Change::new(&path(number + 1), &then.written()),
    ])
}

/// When what a change takes away begins and ends, if the clock says it; of what does not end the
/// horizon.
pub(super) fn span(model: &Checked, changes: &[Change]) -> Option<(Time, Time)> {
    let each = changes.iter().filter_map(|change| {
        let path: Vec<&str> = change.path.split('.').collect();
        match path.as_slice() {
            ["fault", name, "on"] => {
                let windows = model.faults.get(*name)?.windows(model.horizon());
                let first = windows.first()?.0;
                let last = windows.last()?.1.unwrap_or(model.horizon());
                Some((first, last))
            }
            ["action", name, "on"] => {
                let at = model.actions.get(*name)?.effect();
                Some((at, model.horizon()))
            }
            ["arrivals", name, "stages", number, _] => {
                let number: usize = number.parse().ok()?;
                let piece = Stage::of(model, name, number - 1)?.piece;
                Some((piece.from, piece.to))
            }
            ["arrivals", name, "burst", _] => match &model.arrivals.get(*name)?.form {
                Form::Burst { at, .. } => Some((*at, model.horizon())),
                _ => None,
            },
            _ => None,
        }
    });
    each.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
