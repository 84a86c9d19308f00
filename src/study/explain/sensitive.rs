//! How the first cause fares if the inputs are not what was assumed.
//!
//! One idea: each input that has a range is put at either end of it, all others as they are; the
//! model is played there as it is and without its first cause.

use super::candidates::Candidate;
use super::plays::{Play, Plays};
use super::shares::{estimate, part_of};
use crate::model::overlay::Change;
use crate::model::param::{Param, ParamUnit};
use crate::results::{AtInput, Sensitive};
use crate::study::plan::Failure;

/// Inputs that are looked at.
const INPUTS: usize = 8;

/// What the first cause carries alone at the ends of the ranges of the inputs.
pub(super) fn sensitive(
    plays: &mut Plays<'_>,
    first: Option<&Candidate>,
) -> Result<Vec<Sensitive>, Failure> {
    let Some(first) = first else {
        return Ok(Vec::new());
    };
    let params = plays.model.params.iter();
    let ranged = params.filter_map(|(name, param)| {
        let (low, high) = param.range?;
        let put = |value: f64| {
            Some(Change::new(
                &format!("param.{name}"),
                &spelled(param, value)?,
            ))
        };
        Some((name, [(low, put(low)?), (high, put(high)?)]))
    });
    let ranged: Vec<(&String, [(f64, Change); 2])> = ranged.take(INPUTS).collect();
    let both = |change: &Change| {
        let without = [std::slice::from_ref(change), &first.changes].concat();
        [Play::of(vec![change.clone()]), Play::of(without)]
    };
    let each = ranged.iter().flat_map(|(_, ends)| ends);
    let all: Vec<Play> = each.flat_map(|(_, change)| both(change)).collect();
    plays.play(&all)?;
    let confidence = plays.plan.confidence;
    let at = |(value, change): &(f64, Change)| {
        let [with, without] = both(change);
        let of = |play: &Play| {
            let row = plays.row(play)?.iter();
            Some(row.map(|one| one.value).collect::<Vec<f64>>())
        };
        let (with, without) = (of(&with)?, of(&without)?);
        let gone: Vec<f64> = with.iter().zip(&without).map(|(a, b)| a - b).collect();
        Some(AtInput {
            value: *value,
            impact: estimate(&with, confidence),
            part: part_of(&gone, &with, confidence),
        })
    };
    let found = ranged.iter().map(|(name, [low, high])| Sensitive {
        param: (*name).clone(),
        low: at(low),
        high: at(high),
    });
    Ok(found.collect())
}

/// A value in the unit of a parameter as a model writes it.
fn spelled(param: &Param, value: f64) -> Option<String> {
    Some(match param.unit {
        ParamUnit::Number => format!("{value}"),
        ParamUnit::Seconds => format!("{value}s"),
        ParamUnit::PerSecond => format!("{value}/s"),
        ParamUnit::Bytes => format!("{value}B"),
        ParamUnit::BytesPerSecond => format!("{value}B/s"),
        ParamUnit::Share => format!("{}%", value * 100.0),
        ParamUnit::Other => return None,
    })
}
