//! Where a system tips, in sentences.
//!
//! One idea: what is survived first, as a number with its chance and its condition; then how far
//! from it the plan is, what theory says, and what is not known.

use super::{k_of_n, launches, listed};
use crate::base::decimal::significant;
use crate::report::number;
use crate::results::{Results, Tip, TipCell, TipColumn, TipFound, TipKnob, TipWorse};

/// Table of borders.
pub const BORDERS: &str = "What is survived, and what is not";
/// Vertical axis of the chance to survive.
pub const SURVIVE_AXIS: &str = "Launches that survive";
/// What is survived, in the picture.
pub const SURVIVED_AREA: &str = "survived";
/// What is not.
pub const TIPPED_AREA: &str = "collapses";
/// The stable capacity, in the picture.
pub const STABLE_LINE: &str = "stable capacity";

/// The answer in one sentence.
pub fn tipped(results: &Results) -> Option<String> {
    let tip = results.answers.tip.as_ref()?;
    let column = of_the_plan(tip)?;
    Some(about(tip, column))
}

/// A value of an input with its unit.
pub fn tip_value(knob: &TipKnob, value: f64) -> String {
    format!("{value}{}", knob.unit)
}

/// The column to speak of first: of the loads that are at least as planned the lowest, else of
/// those with a border the middle one, else the last.
fn of_the_plan(tip: &Tip) -> Option<&TipColumn> {
    let known = || {
        tip.columns
            .iter()
            .filter(|one| one.found != TipFound::Nothing)
    };
    let planned = tip.knobs.get(1).and_then(|load| load.planned);
    let of_plan = planned
        .and_then(|planned| known().find(|one| one.value.is_some_and(|value| value >= planned)));
    let borders: Vec<&TipColumn> = known().filter(|one| !one.borders.is_empty()).collect();
    let middle = borders.get(borders.len() / 2).copied();
    of_plan.or(middle).or_else(|| known().next_back())
}

/// `At param.load = 120/s, `.
fn condition(tip: &Tip, column: &TipColumn) -> String {
    match (tip.knobs.get(1), column.value) {
        (Some(load), Some(value)) => format!("At {} = {}, ", load.path, tip_value(load, value)),
        _ => String::new(),
    }
}

fn chance(tip: &Tip) -> String {
    format!("in at least {} of launches", number::level(tip.chance))
}

/// One column in a sentence.
fn about(tip: &Tip, column: &TipColumn) -> String {
    let Some(trigger) = tip.knobs.first() else {
        return String::new();
    };
    let (at, chance) = (condition(tip, column), chance(tip));
    let range = format!(
        "{} to {}",
        tip_value(trigger, trigger.low),
        tip_value(trigger, trigger.high)
    );
    match (column.found, sides(tip, column)) {
        (TipFound::Border, Some((good, bad))) => {
            let [good_at, bad_at] = [good, bad].map(|cell| value_of(trigger, cell));
            let way = if first(good) < first(bad) {
                "up to"
            } else {
                "from"
            };
            format!(
                "{at}{} {way} {good_at} is survived {chance}: {} are at {good_at}, {} at {bad_at}.",
                trigger.path,
                survived(good),
                survived(bad)
            )
        }
        (TipFound::Survives, _) => format!(
            "{at}{} = {range} is survived {chance}, wherever it was looked at.",
            trigger.path
        ),
        (TipFound::Border | TipFound::Collapses, _) => super::capital(&format!(
            "{at}no value of {} = {range} is survived {chance}, wherever it was looked at.",
            trigger.path
        )),
        (TipFound::Nothing, _) => super::capital(&format!("{at}nothing is known yet.")),
    }
}

fn first(cell: &TipCell) -> f64 {
    cell.values.first().copied().unwrap_or(0.0)
}

fn value_of(knob: &TipKnob, cell: &TipCell) -> String {
    tip_value(knob, first(cell))
}

/// `103 of 103`.
fn survived(cell: &TipCell) -> String {
    let turned = cell.collapsed.map(|one| crate::results::Probability {
        k: one.n - one.k,
        ..one
    });
    k_of_n(turned.as_ref())
}

/// Both sides of the first border.
fn sides<'a>(tip: &'a Tip, column: &TipColumn) -> Option<(&'a TipCell, &'a TipCell)> {
    let [good, bad] = column.borders.first()?;
    Some((
        tip.cells.get(*good as usize)?,
        tip.cells.get(*bad as usize)?,
    ))
}

/// What there is to say beside the answer.
pub fn tipping(results: &Results) -> Vec<String> {
    let Some(tip) = &results.answers.tip else {
        return Vec::new();
    };
    let mut all: Vec<String> = margin(tip).into_iter().collect();
    all.extend(chances(results, tip));
    all.extend(always(tip));
    all.extend(never(tip));
    all.extend(stable(tip));
    all.extend(against(tip));
    all.extend(doubt(tip));
    all.extend(unjudged(tip));
    all.push(effort(tip));
    all
}

/// How far the plan is from the border.
fn margin(tip: &Tip) -> Option<String> {
    let trigger = tip.knobs.first()?;
    let planned = trigger.planned?;
    let column = of_the_plan(tip)?;
    let (good, bad) = sides(tip, column)?;
    let plan = tip_value(trigger, planned);
    let worse_by = match tip.worse {
        TipWorse::Up => first(good) / planned,
        TipWorse::Down => planned / first(good),
    };
    let (is_inside, is_beyond) = match tip.worse {
        TipWorse::Up => (planned <= first(good), planned >= first(bad)),
        TipWorse::Down => (planned >= first(good), planned <= first(bad)),
    };
    Some(match (is_inside, is_beyond) {
        (true, _) if worse_by.is_finite() => format!(
            "The model has {} = {plan}: on the safe side, with a margin of {} times.",
            trigger.path,
            significant(worse_by, 2)
        ),
        (true, _) => format!("The model has {} = {plan}: on the safe side.", trigger.path),
        (_, true) => format!(
            "The model has {} = {plan}, beyond the border.",
            trigger.path
        ),
        _ => format!("The model has {} = {plan}, at the border.", trigger.path),
    })
}

/// Collapse and recovery with their intervals, on both sides.
fn chances(results: &Results, tip: &Tip) -> Option<String> {
    let trigger = tip.knobs.first()?;
    let (good, bad) = sides(tip, of_the_plan(tip)?)?;
    let said = |cell: &TipCell| {
        let collapsed = cell.collapsed.as_ref()?;
        let recovered = match &cell.recovered {
            Some(one) => format!("of {} unhealthy ones {} recover", one.n, one.k),
            None => "none is unhealthy".to_owned(),
        };
        Some(format!(
            "with {} the chance to collapse is {} ({} interval: {} to {}), and {recovered}",
            value_of(trigger, cell),
            number::share(collapsed.estimate),
            number::level(results.confidence),
            number::share(collapsed.low),
            number::share(collapsed.high)
        ))
    };
    Some(super::capital(&format!("{}; {}.", said(good)?, said(bad)?)))
}

/// Loads at which everything is survived.
fn always(tip: &Tip) -> Option<String> {
    let load = tip.knobs.get(1)?;
    let all = tip
        .columns
        .iter()
        .filter(|one| one.found == TipFound::Survives);
    let values: Vec<f64> = all.filter_map(|one| one.value).collect();
    let text = spans(tip, &values, load)?;
    Some(format!(
        "Every trigger that was looked at is survived at {} = {text}.",
        load.path
    ))
}

/// Loads at which nothing is.
fn never(tip: &Tip) -> Option<String> {
    let load = tip.knobs.get(1)?;
    let all = tip
        .columns
        .iter()
        .filter(|one| one.found == TipFound::Collapses);
    let values: Vec<f64> = all.filter_map(|one| one.value).collect();
    let text = spans(tip, &values, load)?;
    Some(format!(
        "No trigger that was looked at is survived at {} = {text}.",
        load.path
    ))
}

/// `20/s to 140/s and 180/s`: neighbouring columns as one span.
fn spans(tip: &Tip, values: &[f64], load: &TipKnob) -> Option<String> {
    let mut all: Vec<(f64, f64)> = Vec::new();
    let mut was_in = false;
    for column in tip.columns.iter().filter_map(|one| one.value) {
        let is_in = values.iter().any(|value| value.total_cmp(&column).is_eq());
        match all.last_mut().filter(|_| was_in && is_in) {
            Some(last) => last.1 = column,
            None if is_in => all.push((column, column)),
            None => {}
        }
        was_in = is_in;
    }
    let all: Vec<String> = all
        .into_iter()
        .map(|(from, to)| match from.total_cmp(&to).is_eq() {
            true => tip_value(load, from),
            false => format!("{} to {}", tip_value(load, from), tip_value(load, to)),
        })
        .collect();
    (!all.is_empty()).then(|| listed(&all))
}

/// What theory says, and whether what was seen is above it everywhere.
fn stable(tip: &Tip) -> Option<String> {
    let at = tip.stable_at?;
    let knob = tip.knobs.last()?;
    let broken = tip.columns.iter().filter(|one| {
        one.stable == Some(true) && matches!(one.found, TipFound::Border | TipFound::Collapses)
    });
    let mut broken: Vec<String> = broken
        .filter_map(|one| Some(tip_value(knob, one.value?)))
        .collect();
    if tip.knobs.len() == 1 {
        // Along the load alone a border must not lie below it.
        let sides = tip.columns.iter().filter_map(|one| sides(tip, one));
        let lost = sides.map(|(_, bad)| first(bad)).filter(|bad| *bad <= at);
        broken.extend(lost.map(|bad| tip_value(knob, bad)));
    }
    let seen = match broken.as_slice() {
        [] => "what was played agrees".to_owned(),
        some => format!(
            "but at {} launches collapsed all the same, so something in this model is not in the \
             formula",
            listed(some)
        ),
    };
    Some(format!(
        "Below {} = {} no trigger can leave it stuck, by the capacity at the worst amplification \
         of retries (C_stable, Huang et al. 2022); {seen}.",
        knob.path,
        tip_value(knob, at)
    ))
}

/// Where more is not always worse.
fn against(tip: &Tip) -> Option<String> {
    let trigger = tip.knobs.first()?;
    let many: Vec<&TipColumn> = tip
        .columns
        .iter()
        .filter(|one| one.borders.len() > 1)
        .collect();
    let column = many.first()?;
    let values = column.borders.iter().filter_map(|[good, bad]| {
        let sides = [
            tip.cells.get(*good as usize)?,
            tip.cells.get(*bad as usize)?,
        ];
        Some(sides.map(|cell| value_of(trigger, cell)).join(" and "))
    });
    let values: Vec<String> = values.collect();
    let at = condition(tip, column);
    Some(super::capital(&format!(
        "{at}it tips more than once, between {}: more of {} is not always worse, so look at the \
         model there before you trust a value in between.",
        listed(&values),
        trigger.path
    )))
}

fn doubt(tip: &Tip) -> Option<String> {
    let open = tip.columns.iter().filter(|one| !one.settled);
    let open: Vec<&TipColumn> = open.filter(|one| one.found != TipFound::Nothing).collect();
    if open.is_empty() {
        return None;
    }
    let at = match tip.knobs.get(1) {
        Some(load) => {
            let values: Vec<String> = open
                .iter()
                .filter_map(|one| Some(tip_value(load, one.value?)))
                .collect();
            format!("At {} = {} this", load.path, listed(&values))
        }
        None => "This".to_owned(),
    };
    Some(format!(
        "{at} is not certain: even after as many launches as are allowed a value next to the \
         border is too close to {} of launches to tell on which side it is. Allow \
         more with --at-most.",
        number::level(tip.chance)
    ))
}

/// Launches without a word.
fn unjudged(tip: &Tip) -> Option<String> {
    let all: u32 = tip.cells.iter().map(|cell| cell.unjudged).sum();
    (all > 0).then(|| {
        format!(
            "{} had not come back when the launch ended, too soon after the trigger to say that \
             they never would: they are left out. A longer `run_for` gives them their word.",
            super::capital(&launches(all))
        )
    })
}

fn effort(tip: &Tip) -> String {
    format!(
        "Found with {} at {} combinations ({} events), most of them next to the border.",
        launches(tip.launches),
        number::whole(tip.cells.len() as f64),
        number::count(tip.events as f64)
    )
}

/// Title and takeaway of the picture.
pub(super) fn tip_caption(results: &Results) -> (String, String) {
    let takeaway = tipped(results).unwrap_or_default();
    ("Where it tips".to_owned(), takeaway)
}

/// The columns of the table of borders.
pub fn tip_head(tip: &Tip) -> Vec<String> {
    let mut head: Vec<String> = tip
        .knobs
        .iter()
        .skip(1)
        .map(|load| load.path.clone())
        .collect();
    let heads = [
        "survived",
        "of launches",
        "not survived",
        "of launches",
        "certain",
    ];
    head.extend(heads.map(str::to_owned));
    head
}

/// One column as rows: one for each border.
pub fn tip_rows(tip: &Tip, column: &TipColumn) -> Vec<Vec<String>> {
    let Some(trigger) = tip.knobs.first() else {
        return Vec::new();
    };
    let load = tip.knobs.get(1).zip(column.value);
    let load = load.map(|(knob, value)| tip_value(knob, value));
    let certain = if column.settled { "yes" } else { "no" };
    let row = |cells: [String; 4]| {
        let mut row: Vec<String> = load.iter().cloned().collect();
        row.extend(cells);
        row.push(certain.to_owned());
        row
    };
    let absent = || number::ABSENT.to_owned();
    match column.found {
        TipFound::Nothing => Vec::new(),
        TipFound::Survives => vec![row([
            "all".to_owned(),
            absent(),
            "none".to_owned(),
            absent(),
        ])],
        TipFound::Collapses => vec![row([
            "none".to_owned(),
            absent(),
            "all".to_owned(),
            absent(),
        ])],
        TipFound::Border => column
            .borders
            .iter()
            .filter_map(|[good, bad]| {
                let good = tip.cells.get(*good as usize)?;
                let bad = tip.cells.get(*bad as usize)?;
                Some(row([
                    value_of(trigger, good),
                    survived(good),
                    value_of(trigger, bad),
                    survived(bad),
                ]))
            })
            .collect(),
    }
}
