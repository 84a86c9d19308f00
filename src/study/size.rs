//! How much is enough: the least capacity that meets every objective, or the largest load that is
//! still carried.
//!
//! One idea: launches are paired, so values are compared under the same luck; a few launches at a
//! few values tell where to look, and the many are spent at the value found and at its two
//! neighbours. That more helps is looked at, not assumed.

mod cheapest;
mod frontier;
mod ladder;
mod least;

use std::collections::{BTreeMap, BTreeSet};

use self::ladder::{Closely, Ladder, Point};
use crate::model::Checked;
use crate::results::{self, BottleneckKind, Results, SizeFound, SizedKnob};
use crate::study::knob::Knob;
use crate::study::plan::{Effort, Failure, Plan};
use crate::study::replicate::{Crew, Onlooker};
use crate::study::{compare, contender, measures};

/// Share of launches that must meet every objective, unless told otherwise.
pub const CHANCE: f64 = 0.95;
/// Launches at one value at most, unless told otherwise.
pub const AT_A_VALUE: u32 = 1_000;
/// Launches of the study of what binds.
const BINDING: u32 = 20;

/// What is to be sized.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizing {
    /// What is moved; where there are several, the combination with the lowest price is looked for.
    pub knobs: Vec<Knob>,
    /// A load, for what would be enough at others than the one planned.
    pub against: Option<Knob>,
    /// Share of launches that must meet every objective.
    pub chance: f64,
    /// Launches at one value at most.
    pub at_most: u32,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// More capacity.
    Up,
    /// Less load.
    Down,
}

/// Finds the least value of a knob with which every objective is met, or the largest where more of
/// it is worse; of several knobs the combination with the lowest price of an hour.
///
/// # Errors
/// If the model has no objectives or, for several knobs, no prices, no value makes a valid model,
/// or a launch needs more than it may use.
pub fn size(
    model: &Checked,
    asked: &Sizing,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    check(model, asked)?;
    let crew = Crew::new(plan.threads, onlooker);
    let effort = Closely {
        chance: asked.chance,
        at_most: asked.at_most,
    };
    let mut ladder = Ladder::new(model, (&asked.knobs, effort), (plan, &crew));
    let found = frontier::search(&mut ladder)?;
    let frontier = match &asked.against {
        Some(load) => Some(frontier::frontier(model, (asked, load), (plan, &crew))?),
        None => None,
    };
    let is_stopped = ladder.is_stopped();
    if ladder.rungs().iter().all(|(_, rung)| rung.launches == 0) {
        return Err(crew.nothing());
    }
    crew.rest();
    let at = found.at.clone().unwrap_or_else(|| {
        let end = |knob: &Knob| knob.count() - 1;
        asked.knobs.iter().map(end).collect()
    });
    let changed = ladder
        .model(&at)
        .ok_or_else(|| nothing("no value of the range makes a valid model"))?;
    let binds = match &found.short {
        Some(short) if !is_stopped => binding(&ladder, short, plan, onlooker)?,
        _ => None,
    };
    let mut results = match compare::run(&changed, None, plan, onlooker) {
        Err(Failure::Interrupted | Failure::OutOfTime) => {
            compare::unfinished(&changed, plan, crew.stopped())
        }
        other => other?,
    };
    results.command = "size".to_owned();
    if is_stopped {
        results.stopped = crew.stopped();
        results.complete &= !results.stopped.is_unfinished();
    }
    let mut answer = answer(model, (asked, &ladder), &found, binds);
    answer.frontier = frontier;
    results.answers.size = Some(answer);
    Ok(results)
}

/// Whether this can be asked: something must hold, several knobs need prices, and one of the ends
/// must make a valid model.
fn check(model: &Checked, asked: &Sizing) -> Result<(), Failure> {
    if model.objectives.is_empty() {
        return Err(nothing(
            "the model says nothing that must hold; add an `[[objective]]`",
        ));
    }
    if asked.knobs.len() > 1 && model.prices.is_empty() {
        return Err(nothing(
            "with several knobs the cheapest combination is looked for, so the model needs prices; \
             add `[cost]`, for example `\"service.web.servers\" = 0.40`",
        ));
    }
    let ends = |last: bool| -> Point {
        let end = |knob: &Knob| if last { knob.count() - 1 } else { 0 };
        asked.knobs.iter().map(end).collect()
    };
    let said: Vec<String> = asked.knobs.iter().map(|knob| knob.said(0)).collect();
    let tried = [ends(false), ends(true)].map(|at| {
        let changes = ladder::changes(&asked.knobs, &at);
        contender::apply(model, &said.join(", "), &changes, None)
    });
    let mut failures = tried.into_iter().filter_map(Result::err);
    match (failures.next(), failures.next()) {
        (Some(_), Some(last)) => Err(last),
        _ => Ok(()),
    }
}

fn nothing(why: &str) -> Failure {
    Failure::NothingToSize {
        why: why.to_owned(),
    }
}

/// What a search found.
#[derive(Debug, Default)]
struct Found {
    way: Option<Way>,
    /// The value found.
    at: Option<Point>,
    /// A neighbour that is not enough.
    short: Option<Point>,
    settled: bool,
    /// Values where more is worse.
    against: Vec<Point>,
    /// The value found and its neighbours.
    verified: Vec<Point>,
}

impl Found {
    fn what(&self) -> SizeFound {
        match (self.way, &self.at) {
            (Some(Way::Up), Some(_)) => SizeFound::Least,
            (Some(Way::Down), Some(_)) => SizeFound::Most,
            _ if self.short.is_none() => SizeFound::All,
            _ => SizeFound::Nothing,
        }
    }
}

/// What keeps a value from being enough.
fn binding(
    ladder: &Ladder<'_>,
    at: &[u32],
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Option<results::Binding>, Failure> {
    let Some(model) = ladder.model(at) else {
        return Ok(None);
    };
    let few = match plan.effort {
        Effort::Replications(n) => n.min(BINDING),
        Effort::Precision { .. } => BINDING,
    };
    let plan = Plan {
        effort: Effort::Replications(few.max(2)),
        ..plan.clone()
    };
    let seen = match compare::run(&model, None, &plan, onlooker) {
        Err(Failure::Interrupted | Failure::OutOfTime) => return Ok(None),
        other => other?,
    };
    let Some(variant) = seen.variants.get("baseline") else {
        return Ok(None);
    };
    let missed = ladder.missed(at);
    let most = (0..missed.len()).rev().max_by_key(|&number| missed[number]);
    let objective = most.and_then(|number| variant.objectives.get(number));
    let causes = variant.bottlenecks.iter();
    let mut causes = causes.filter(|one| one.kind == BottleneckKind::Cause);
    let cause = causes.next();
    Ok(objective.map(|objective| results::Binding {
        objective: objective
            .label
            .clone()
            .unwrap_or_else(|| objective.that.clone()),
        place: cause.map(|one| one.place.clone()).unwrap_or_default(),
        resource: cause.map(|one| one.resource).unwrap_or_default(),
    }))
}

fn answer(
    model: &Checked,
    (asked, ladder): (&Sizing, &Ladder<'_>),
    found: &Found,
    binds: Option<results::Binding>,
) -> results::Size {
    let rungs = ladder.rungs();
    let number: BTreeMap<&Point, u32> = (0..)
        .zip(rungs.iter())
        .map(|(n, (at, _))| (at, n))
        .collect();
    let launches = |at: &Point| ladder.launches(at);
    let objectives = || model.objectives.iter();
    let knobs = asked.knobs.iter().enumerate();
    // The ends of a range are their own neighbours.
    let verified: BTreeSet<&Point> = found.verified.iter().collect();
    results::Size {
        objectives: objectives().map(|one| one.that.clone()).collect(),
        limits: objectives().map(|one| one.limit).collect(),
        units: objectives()
            .map(|one| measures::unit(&one.metric))
            .collect(),
        knobs: knobs
            .map(|(at, knob)| SizedKnob {
                path: knob.path.clone(),
                unit: knob.unit.clone(),
                low: knob.value(0),
                high: knob.value(knob.count() - 1),
                was: model.written_at(&knob.path),
                value: found.at.as_ref().map(|found| knob.value(found[at])),
            })
            .collect(),
        price: found
            .at
            .as_ref()
            .and_then(|at| ladder.price(at))
            .filter(|_| asked.knobs.len() > 1),
        chance: ladder.chance(),
        confidence: ladder.confidence(),
        found: found.what(),
        settled: found.settled,
        at: found.at.as_ref().and_then(|at| number.get(at).copied()),
        against: found.against.iter().map(|at| number[at]).collect(),
        short: found.short.as_ref().and_then(|at| number.get(at).copied()),
        binds,
        launches: rungs.iter().map(|(at, _)| launches(at)).sum(),
        verified_by: verified.into_iter().map(launches).sum(),
        frontier: None,
        rungs: rungs.iter().map(|(_, rung)| rung.clone()).collect(),
    }
}
