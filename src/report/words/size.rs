//! How much is enough, in sentences.
//!
//! One idea: the number first, then the chance with which it holds and what was seen one step on
//! either side; what is not known is said as such.

use super::{k_of_n, launches};
use crate::report::number;
use crate::results::{
    Frontier, FrontierPoint, ResourceKind, Results, Rung, Size, SizeFound, SizedKnob,
};

/// Fewer launches than this are a look in passing.
const BRIEF: u32 = 20;

/// What combinations of several knobs are told apart by.
const PRICE_AN_HOUR: &str = "price of an hour";

/// Table of the values that were looked at.
pub const SIZED: &str = "Values that were looked at";

/// The answer in one sentence.
pub fn sized(results: &Results) -> Option<String> {
    let size = results.answers.size.as_ref()?;
    let condition = condition(size);
    let at = size.at.and_then(|at| size.rungs.get(at as usize));
    let ranges: Vec<String> = size.knobs.iter().map(range).collect();
    let ranges = super::listed(&ranges);
    if size.knobs.len() > 1 {
        return Some(match (size.found, at) {
            (SizeFound::Least, Some(rung)) => format!(
                "{}{} is the cheapest that {condition}{}.",
                super::listed(&settings(size, rung)),
                size.price.map_or_else(String::new, |price| format!(
                    ", at {} an hour,",
                    money(price)
                )),
                seen(size, rung)
            ),
            (SizeFound::All, _) => format!(
                "Every combination of {ranges} {condition}, as that with the least of each shows."
            ),
            _ => format!(
                "No combination of {ranges} {condition}: that with the most of each does not."
            ),
        });
    }
    let knob = size.knobs.first()?;
    let (path, range) = (&knob.path, span(knob));
    Some(match (size.found, at) {
        (SizeFound::Least, Some(rung)) => format!(
            "{path} = {} is the least, of {range}, that {condition}{}.",
            value(size, rung),
            seen(size, rung)
        ),
        (SizeFound::Most, Some(rung)) => format!(
            "{path} = {} is the most, of {range}, that {condition}{}.",
            value(size, rung),
            seen(size, rung)
        ),
        (SizeFound::All, _) => format!(
            "Every value of {path} from {range} {condition}, as far as they were looked at."
        ),
        _ => format!("No value of {path} from {range} {condition}, as far as they were looked at."),
    })
}

/// `1 to 40`.
fn span(knob: &SizedKnob) -> String {
    format!("{} to {}", of(knob, knob.low), of(knob, knob.high))
}

/// `service.shop.servers from 1 to 40`.
fn range(knob: &SizedKnob) -> String {
    format!("{} from {}", knob.path, span(knob))
}

/// `service.shop.servers = 8`, knob by knob.
fn settings(size: &Size, rung: &Rung) -> Vec<String> {
    let each = size.knobs.iter().zip(&rung.values);
    each.map(|(knob, value)| format!("{} = {}", knob.path, of(knob, *value)))
        .collect()
}

/// A price in the model's own currency.
fn money(price: f64) -> String {
    number::count(price)
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

/// A value of a knob with its unit.
fn of(knob: &SizedKnob, value: f64) -> String {
    format!("{value}{}", knob.unit)
}

/// The value of the only knob, or those of all.
fn value(size: &Size, rung: &Rung) -> String {
    match size.knobs.as_slice() {
        [knob] => of(knob, rung.values.first().copied().unwrap_or(0.0)),
        _ => super::listed(&settings(size, rung)),
    }
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
    match size.knobs.as_slice() {
        [knob] => of(knob, value),
        _ => money(value),
    }
}

/// What its horizontal axis shows.
pub fn ladder_along(size: &Size) -> &str {
    match size.knobs.as_slice() {
        [knob] => &knob.path,
        _ => PRICE_AN_HOUR,
    }
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
    all.extend(size.frontier.as_ref().map(|one| headroom(size, one)));
    all.push(effort(size));
    all
}

/// A neighbour on the wrong side.
fn neighbour(size: &Size) -> Option<&Rung> {
    size.at?;
    size.rungs.get(size.short? as usize)
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
         it is. Allow more with --at-most, or more time.",
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
    let had = |knob: &SizedKnob| {
        let was = knob.was.as_ref()?;
        Some(match size.knobs.len() {
            1 => was.clone(),
            _ => format!("{} = {was}", knob.path),
        })
    };
    let all: Vec<String> = size.knobs.iter().filter_map(had).collect();
    (!all.is_empty()).then(|| format!("The model as it is written has {}.", super::listed(&all)))
}

/// How far the model would carry as it is, beside the load that is planned.
fn headroom(size: &Size, frontier: &Frontier) -> String {
    let load = |value: f64| format!("{value}{}", frontier.unit);
    let condition = condition(size);
    let path = &frontier.path;
    let what = match (frontier.carries, frontier.carries_up_to) {
        (SizeFound::All, _) => format!("every {path} of the range"),
        (SizeFound::Most, Some(most)) => format!("{path} up to {}", load(most)),
        _ => format!("no {path} of the range"),
    };
    let beside = frontier.planned.map_or_else(String::new, |planned| {
        let said = format!("; planned are {}", load(planned));
        match frontier.carries_up_to.filter(|_| planned > 0.0) {
            Some(most) if most >= planned => {
                let room = number::share(most / planned - 1.0);
                format!("{said}, so the headroom is {room}")
            }
            Some(most) => {
                let missing = number::share(1.0 - most / planned);
                format!("{said}, so {missing} of it is not carried")
            }
            None => said,
        }
    });
    format!("As it is written, the model {condition} with {what}{beside}.")
}

/// Title and takeaway of the chart of what is enough for which load.
pub(super) fn frontier_caption(results: &Results) -> (String, String) {
    let size = results.answers.size.as_ref();
    let found = size.and_then(|size| Some(headroom(size, size.frontier.as_ref()?)));
    (
        "What is enough for which load".to_owned(),
        found.unwrap_or_default(),
    )
}

/// What its vertical axis shows.
pub fn frontier_up(size: &Size) -> &str {
    ladder_along(size)
}

/// The mark of the plan in it.
pub const PLAN: &str = "as written";

/// What is between the plan and the largest load that it carries.
pub fn frontier_room(frontier: &Frontier) -> Option<String> {
    let (planned, most) = (frontier.planned?, frontier.carries_up_to?);
    (planned > 0.0 && most > planned)
        .then(|| format!("headroom {}", number::share(most / planned - 1.0)))
}

/// A load under its axis.
pub fn frontier_load(frontier: &Frontier, load: f64) -> String {
    format!("{}{}", number::count(load), frontier.unit)
}

/// Table of what is enough for which load.
pub const FRONTIER: &str = "What is enough for which load";

/// What the column of a knob is called: its path, or where there are several its last two words.
fn column(size: &Size, knob: &SizedKnob) -> String {
    let words: Vec<&str> = knob.path.split('.').collect();
    match size.knobs.len() {
        1 => knob.path.clone(),
        _ => words[words.len().saturating_sub(2)..].join("."),
    }
}

/// Its columns.
pub fn frontier_head(size: &Size, frontier: &Frontier) -> Vec<String> {
    let mut head = vec![frontier.path.clone()];
    head.extend(size.knobs.iter().map(|knob| column(size, knob)));
    if size.knobs.len() > 1 {
        head.push(PRICE_AN_HOUR.to_owned());
    }
    head
}

/// One load.
pub fn frontier_row(size: &Size, frontier: &Frontier, point: &FrontierPoint) -> Vec<String> {
    let mut row = vec![format!("{}{}", point.load, frontier.unit)];
    row.extend(size.knobs.iter().enumerate().map(|(at, knob)| {
        let value = point.values.get(at);
        match value {
            Some(value) if point.or_less => format!("{} or less", of(knob, *value)),
            Some(value) => of(knob, *value),
            None if at == 0 => "none is enough".to_owned(),
            None => number::ABSENT.to_owned(),
        }
    }));
    if size.knobs.len() > 1 {
        row.push(point.price.map_or_else(|| number::ABSENT.to_owned(), money));
    }
    row
}

fn values_in_all(count: usize) -> String {
    match count {
        1 => "one value".to_owned(),
        n => format!("{} values", number::whole(n as f64)),
    }
}

fn effort(size: &Size) -> String {
    format!(
        "Found with {} at {}; {} of them at what was found and its neighbours.",
        launches(size.launches),
        values_in_all(size.rungs.len()),
        number::whole(f64::from(size.verified_by))
    )
}

/// The columns of the table.
pub fn sized_head(size: &Size) -> Vec<String> {
    let mut head: Vec<String> = size.knobs.iter().map(|knob| column(size, knob)).collect();
    if size.knobs.len() > 1 {
        head.push(PRICE_AN_HOUR.to_owned());
    }
    head.extend(match size.chance {
        Some(_) => ["meet all", "share"].map(str::to_owned).to_vec(),
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
    let each = size.knobs.iter().zip(&rung.values);
    let mut row: Vec<String> = each.map(|(knob, value)| of(knob, *value)).collect();
    if size.knobs.len() > 1 {
        row.push(rung.price.map_or_else(|| number::ABSENT.to_owned(), money));
    }
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
