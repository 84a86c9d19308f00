//! How much is enough, in sentences.
//!
//! One idea: the number first, then the chance with which it holds and what was seen one step on
//! either side; what is not known is said as such.

use super::{k_of_n, launches};
use crate::report::number;
use crate::results::{ResourceKind, Results, Rung, Size, SizeFound};

/// Fewer launches than this are a look in passing.
const BRIEF: u32 = 20;

/// Table of the values that were looked at.
pub const SIZED: &str = "Values that were looked at";

/// The answer in one sentence.
pub fn sized(results: &Results) -> Option<String> {
    let size = results.answers.size.as_ref()?;
    let knob = size.knobs.first()?;
    let range = format!("{} to {}", of(size, knob.low), of(size, knob.high));
    let condition = condition(size);
    let at = size.at.and_then(|at| size.rungs.get(at as usize));
    Some(match (size.found, at) {
        (SizeFound::Least, Some(rung)) => format!(
            "{} = {} is the least, of {range}, that {condition}{}.",
            knob.path,
            value(size, rung),
            seen(size, rung)
        ),
        (SizeFound::Most, Some(rung)) => format!(
            "{} = {} is the most, of {range}, that {condition}{}.",
            knob.path,
            value(size, rung),
            seen(size, rung)
        ),
        (SizeFound::All, _) => format!(
            "Every value of {} from {range} {condition}, as far as they were looked at.",
            knob.path
        ),
        _ => format!(
            "No value of {} from {range} {condition}, as far as they were looked at.",
            knob.path
        ),
    })
}

/// `meets every objective in at least 95 % of launches`.
fn condition(size: &Size) -> String {
    match size.chance {
        Some(chance) => format!(
            "meets every objective in at least {} of launches",
            number::level(chance)
        ),
        None => "meets every objective in the long run".to_owned(),
    }
}

/// `: 103 of 103 did`.
fn seen(size: &Size, rung: &Rung) -> String {
    match (&rung.chance, size.chance) {
        (Some(chance), Some(_)) => format!(": {} did", k_of_n(Some(chance))),
        _ => {
            let all = (0..size.objectives.len()).filter_map(|at| figure(size, rung, at));
            let all: Vec<String> = all.collect();
            match all.as_slice() {
                [] => String::new(),
                some => format!(": {}", super::listed(some)),
            }
        }
    }
}

/// A value of the knob with its unit.
fn of(size: &Size, value: f64) -> String {
    let unit = size.knobs.first().map_or("", |knob| knob.unit.as_str());
    format!("{value}{unit}")
}

fn value(size: &Size, rung: &Rung) -> String {
    of(size, rung.values.first().copied().unwrap_or(0.0))
}

/// Title and takeaway of the chart of all values.
pub(super) fn ladder_caption(results: &Results) -> (String, String) {
    let takeaway = sized(results).unwrap_or_default();
    ("How much is enough".to_owned(), takeaway)
}

/// What the chart of all values shows.
pub fn ladder_axis(size: &Size) -> String {
    match size.chance {
        Some(_) => "Launches that meet every objective".to_owned(),
        None => size
            .objectives
            .first()
            .map_or_else(String::new, |that| metric_of(that).to_owned()),
    }
}

/// Its border.
pub fn ladder_limit(size: &Size) -> String {
    match size.chance {
        Some(chance) => format!("{} of launches", number::level(chance)),
        None => size.objectives.first().cloned().unwrap_or_default(),
    }
}

/// A value under its axis.
pub fn ladder_value(size: &Size, value: f64) -> String {
    of(size, value)
}

/// What there is to say beside the answer: the neighbours, what binds, whether more always helps,
/// how it was found.
pub fn sizing(results: &Results) -> Vec<String> {
    let Some(size) = &results.answers.size else {
        return Vec::new();
    };
    let mut all: Vec<String> = short(results, size).into_iter().collect();
    all.extend(binds(size));
    all.extend(doubt(size));
    all.extend(against(size));
    all.extend(was(size));
    all.push(effort(size));
    all
}

/// The neighbour on the wrong side.
fn neighbour(size: &Size) -> Option<&Rung> {
    let at = size.at? as usize;
    match size.found {
        SizeFound::Least => at.checked_sub(1).and_then(|at| size.rungs.get(at)),
        SizeFound::Most => size.rungs.get(at + 1),
        SizeFound::All | SizeFound::Nothing => None,
    }
}

fn short(results: &Results, size: &Size) -> Option<String> {
    let rung = neighbour(size)?;
    if rung.invalid {
        return Some(format!("{} makes no valid model.", value(size, rung)));
    }
    Some(match &rung.chance {
        Some(chance) => format!(
            "With {} it was {}, or {} ({} interval: {} to {}).",
            value(size, rung),
            k_of_n(Some(chance)),
            number::share(chance.estimate),
            number::level(results.confidence),
            number::share(chance.low),
            number::share(chance.high)
        ),
        None => {
            let missed = (0..size.objectives.len())
                .filter(|at| rung.missed.get(*at).is_some_and(|missed| *missed > 0));
            let said: Vec<String> = missed.filter_map(|at| figure(size, rung, at)).collect();
            match said.as_slice() {
                [] => format!("With {} it is not certain.", value(size, rung)),
                some => format!("With {}, {}.", value(size, rung), super::listed(some)),
            }
        }
    })
}

/// `share(desk.wait <= 20s) is 79.6 %`.
fn figure(size: &Size, rung: &Rung, at: usize) -> Option<String> {
    let mean = (*rung.metric.get(at)?)?;
    let unit = *size.units.get(at)?;
    let metric = metric_of(size.objectives.get(at)?);
    Some(format!("{metric} is {}", number::value(mean, unit)))
}

/// What an objective is about: `share(desk.wait <= 20s)` of `share(desk.wait <= 20s) >= 80%`.
fn metric_of(that: &str) -> &str {
    let before = that.rsplit_once(' ').map_or(that, |(before, _)| before);
    before.trim_end_matches(['<', '>', '=', ' '])
}

/// What is missed there, and what is full.
fn binds(size: &Size) -> Option<String> {
    let one = size.binds.as_ref()?;
    let rung = neighbour(size).or_else(|| size.rungs.last());
    let at = rung.map_or_else(String::new, |rung| format!("At {}, ", value(size, rung)));
    let full = match (one.place.as_str(), one.resource) {
        ("", _) => String::new(),
        (place, ResourceKind::Cores) => format!("; the cores of {place} are full"),
        (place, ResourceKind::Workers) => format!("; the workers of {place} are all in use"),
        (place, ResourceKind::Pool | ResourceKind::Room) => format!("; {place} is full"),
        (place, ResourceKind::Think | ResourceKind::Network | ResourceKind::Pause) => {
            format!("; {place} holds things up")
        }
    };
    Some(format!("{at}`{}` is missed most{full}.", one.objective))
}

fn doubt(size: &Size) -> Option<String> {
    if size.settled {
        return None;
    }
    let most = size
        .rungs
        .iter()
        .map(|rung| rung.launches)
        .max()
        .unwrap_or(0);
    let close = size.chance.map_or_else(
        || "a limit".to_owned(),
        |chance| format!("{} of launches", number::level(chance)),
    );
    Some(format!(
        "This is not certain: even after {} a value is too close to {close} to tell on which side \
         it is. Allow more with --at-most.",
        launches(most)
    ))
}

fn against(size: &Size) -> Option<String> {
    let rungs = size
        .against
        .iter()
        .filter_map(|at| size.rungs.get(*at as usize));
    let values: Vec<String> = rungs.map(|rung| value(size, rung)).collect();
    let side = match size.found {
        SizeFound::Most => "Less is not always easier",
        _ => "More is not always better",
    };
    (!values.is_empty()).then(|| {
        format!(
            "{side}: with {} the objectives are missed again, so look at the model there before \
             you trust a value in between.",
            super::listed(&values)
        )
    })
}

/// What the model has.
fn was(size: &Size) -> Option<String> {
    let knob = size.knobs.first()?;
    let was = knob.was.as_ref()?;
    Some(format!("The model as it is written has {was}."))
}

fn effort(size: &Size) -> String {
    format!(
        "Found with {} at {} values; {} of them at the value found and its neighbours.",
        launches(size.launches),
        number::whole(size.rungs.len() as f64),
        number::whole(f64::from(size.verified_by))
    )
}

/// The columns of the table.
pub fn sized_head(size: &Size) -> Vec<String> {
    let knob = size.knobs.first();
    let path = knob.map_or("value", |knob| knob.path.as_str());
    let mut head = vec![path.to_owned()];
    head.extend(match size.chance {
        Some(_) => ["launches that meet all", "share"]
            .map(str::to_owned)
            .to_vec(),
        None => size.objectives.clone(),
    });
    head.push("enough".to_owned());
    head
}

/// One value.
pub fn sized_row(size: &Size, rung: &Rung) -> Vec<String> {
    let enough = match (rung.invalid, rung.enough) {
        (true, _) => "no valid model",
        (_, Some(true)) => "yes",
        (_, Some(false)) => "no",
        (_, None) if rung.launches < BRIEF => "a brief look",
        (_, None) => "not settled",
    };
    let mut row = vec![value(size, rung)];
    match &rung.chance {
        Some(chance) => row.extend([k_of_n(Some(chance)), number::share(chance.estimate)]),
        None => row.extend((0..size.objectives.len()).map(|at| {
            let mean = rung.metric.get(at).copied().flatten();
            mean.zip(size.units.get(at)).map_or_else(
                || number::ABSENT.to_owned(),
                |(mean, unit)| number::value(mean, *unit),
            )
        })),
    }
    row.push(enough.to_owned());
    row
}
