//! How much is enough for which load: the same question at a few loads, and how far the model as it
//! is would carry.
//!
//! One idea: a planner does not know the crowd, so the answer is a line, with the plan on it or
//! beside it. Each point is looked at in passing, twenty launches at what is just enough and at
//! one step less; only the answer for the plan is settled.

use super::ladder::{Closely, Ladder};
use super::{Found, Sizing, cheapest, least};
use crate::model::Checked;
use crate::results::{Frontier, FrontierPoint, SizeFound};
use crate::study::knob::Knob;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::Crew;

/// Loads that are looked at.
const LOADS: u32 = 7;
/// Launches at a value in passing, at most.
const PASSING: u32 = 20;

/// The line of what is enough.
pub(super) fn frontier(
    model: &Checked,
    (asked, load): (&Sizing, &Knob),
    (plan, crew): (&Plan, &Crew<'_>),
) -> Result<Frontier, Failure> {
    let effort = Closely {
        chance: asked.chance,
        at_most: PASSING.min(asked.at_most),
    };
    let last = load.count() - 1;
    let loads = LOADS.min(load.count());
    let mut points = Vec::new();
    for part in 0..loads {
        let at = (u64::from(part) * u64::from(last) / u64::from(loads.max(2) - 1)) as u32;
        let Some(loaded) = Checked::new(model.with(&[load.change(at)]).0) else {
            continue;
        };
        let mut ladder = Ladder::new(&loaded, (&asked.knobs, effort), (plan, crew));
        let found = search(&mut ladder)?;
        if ladder.is_stopped() {
            break;
        }
        // Where the least of the range is enough, less may be, too.
        let or_less = found.what() == SizeFound::All;
        let least = vec![0; asked.knobs.len()];
        let best = found.at.as_ref().or(or_less.then_some(&least));
        points.push(FrontierPoint {
            load: load.value(at),
            values: best.map_or_else(Vec::new, |at| super::ladder::values(&asked.knobs, at)),
            price: best.and_then(|at| ladder.price(at)),
            or_less,
            launches: ladder.rungs().iter().map(|(_, rung)| rung.launches).sum(),
        });
    }
    let (carries, carries_up_to) = carries(model, load, (plan, crew, effort))?;
    Ok(Frontier {
        path: load.path.clone(),
        unit: load.unit.clone(),
        planned: written(model, load),
        had: asked
            .knobs
            .iter()
            .map(|knob| written(model, knob))
            .collect(),
        had_price: model.price_an_hour().filter(|_| asked.knobs.len() > 1),
        carries,
        carries_up_to,
        points,
    })
}

/// One knob or several.
pub(super) fn search(ladder: &mut Ladder<'_>) -> Result<Found, Failure> {
    match ladder.knobs {
        [_] => least::search(ladder),
        _ => cheapest::search(ladder),
    }
}

/// What the model has for a knob, if it is a number.
fn written(model: &Checked, knob: &Knob) -> Option<f64> {
    knob.number(&model.written_at(&knob.path)?)
}

/// Which loads of the range the model carries as it is, and the largest of them.
fn carries(
    model: &Checked,
    load: &Knob,
    (plan, crew, effort): (&Plan, &Crew<'_>, Closely),
) -> Result<(SizeFound, Option<f64>), Failure> {
    let knobs = [load.clone()];
    let mut ladder = Ladder::new(model, (&knobs, effort), (plan, crew));
    let found = least::search(&mut ladder)?;
    Ok((found.what(), found.at.map(|at| load.value(at[0]))))
}
