//! How much is enough: the least capacity that meets every objective, or the largest load that is
//! still carried.
//!
//! One idea: launches are paired, so values are compared under the same luck; a few launches at a
//! few values tell where to look, and the many are spent at the value found and at its two
//! neighbours. That more helps is looked at, not assumed.

mod ladder;

use std::collections::BTreeMap;

use self::ladder::Ladder;
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
/// Values of the first look.
const SCAN: u32 = 9;
/// Launches of the study of what binds.
const BINDING: u32 = 20;

/// What is to be sized.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizing {
    /// What is moved.
    pub knob: Knob,
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
/// it is worse.
///
/// # Errors
/// If the model has no objectives, no value makes a valid model, a launch needs more than it may
/// use, or nothing was finished when somebody stopped it.
pub fn size(
    model: &Checked,
    asked: &Sizing,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    if model.objectives.is_empty() {
        return Err(nothing(
            "the model says nothing that must hold; add an `[[objective]]`",
        ));
    }
    check(model, &asked.knob)?;
    let crew = Crew::new(plan.threads, onlooker);
    let mut ladder = Ladder::new(model, asked, plan, &crew);
    let found = search(&mut ladder, &asked.knob)?;
    crew.rest();
    let at = found.at.unwrap_or(match found.way {
        Some(Way::Down) => 0,
        _ => asked.knob.count() - 1,
    });
    let changed = ladder
        .model(at)
        .ok_or_else(|| nothing("no value of the range makes a valid model"))?;
    let mut results = compare::run(&changed, None, plan, onlooker)?;
    results.command = "size".to_owned();
    let binds = match found.short {
        Some(short) => binding(&ladder, short, plan, onlooker)?,
        None => None,
    };
    results.answers.size = Some(answer(model, &ladder, &found, binds));
    Ok(results)
}

/// Whether the knob moves anything: one of its ends must make a valid model.
fn check(model: &Checked, knob: &Knob) -> Result<(), Failure> {
    let tried = [0, knob.count() - 1].map(|at| {
        let changes = [knob.change(at)];
        (at, contender::apply(model, &knob.said(at), &changes, None))
    });
    let mut failures = tried.into_iter().filter_map(|(_, tried)| tried.err());
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
    at: Option<u32>,
    /// The neighbour that is not enough.
    short: Option<u32>,
    settled: bool,
    /// Values where more is worse.
    against: Vec<u32>,
    /// The value found and its neighbours.
    verified: Vec<u32>,
}

/// The value, with its neighbours looked at.
fn search(ladder: &mut Ladder<'_>, knob: &Knob) -> Result<Found, Failure> {
    let last = knob.count() - 1;
    let scan: Vec<u32> = (0..SCAN.min(knob.count()))
        .map(|part| {
            (u64::from(part) * u64::from(last) / u64::from(SCAN.min(knob.count()).max(2) - 1))
                as u32
        })
        .collect();
    for &at in &scan {
        ladder.glance(at)?;
    }
    let enough: Vec<bool> = scan.iter().map(|&at| ladder.leans(at)).collect();
    let way = match (enough.first(), enough.last()) {
        (Some(false), Some(true)) => Way::Up,
        (Some(true), Some(false)) => Way::Down,
        (Some(true), _) if enough.iter().all(|one| *one) => {
            return all_or_nothing(ladder, &scan, SizeFound::All);
        }
        _ if enough.iter().any(|one| *one) => Way::Up,
        _ => return all_or_nothing(ladder, &scan, SizeFound::Nothing),
    };
    let mut found = Found {
        way: Some(way),
        ..Found::default()
    };
    let mut at = bisect(ladder, &scan, &enough, way)?;
    let better = |at: u32| match way {
        Way::Up => at.checked_add(1).filter(|at| *at <= last),
        Way::Down => at.checked_sub(1),
    };
    let worse = |at: u32| match way {
        Way::Up => at.checked_sub(1),
        Way::Down => at.checked_add(1).filter(|at| *at <= last),
    };
    // To the first value that is enough, then back as long as its neighbour is, too.
    let mut settled = true;
    loop {
        let standing = ladder.settle(at)?;
        settled &= standing.is_known();
        if standing.leans() {
            break;
        }
        let Some(next) = better(at) else {
            found.against = Vec::new();
            return all_or_nothing(ladder, &scan, SizeFound::Nothing);
        };
        (at, settled) = (next, true);
    }
    while let Some(next) = worse(at) {
        let standing = ladder.settle(next)?;
        if !standing.leans() {
            settled &= standing.is_known();
            found.short = Some(next);
            break;
        }
        settled = standing.is_known();
        at = next;
    }
    (found.at, found.settled) = (Some(at), settled);
    found.verified = [worse(at), Some(at), better(at)]
        .into_iter()
        .flatten()
        .collect();
    found.against = against(ladder, (&scan, way), (at, better(at)))?;
    Ok(found)
}

/// Every value that was looked at is enough, or none is: known of the end that is nearest to the
/// contrary.
fn all_or_nothing(
    ladder: &mut Ladder<'_>,
    scan: &[u32],
    found: SizeFound,
) -> Result<Found, Failure> {
    let ends = [scan.first(), scan.last()].into_iter().flatten().copied();
    let ends: Vec<u32> = ends.collect();
    let mut settled = true;
    for &at in &ends {
        let standing = ladder.settle(at)?;
        settled &= standing.is_known() && standing.leans() == (found == SizeFound::All);
    }
    Ok(Found {
        settled,
        short: (found == SizeFound::Nothing).then(|| ends[ends.len() - 1]),
        verified: ends,
        ..Found::default()
    })
}

/// The first value that seems enough, seen from the worse end: between two neighbours of the scan
/// by halves.
fn bisect(
    ladder: &mut Ladder<'_>,
    scan: &[u32],
    enough: &[bool],
    way: Way,
) -> Result<u32, Failure> {
    let (mut short, mut at) = match way {
        Way::Up => {
            let first = enough.iter().position(|one| *one).unwrap_or(0);
            (first.checked_sub(1).map(|before| scan[before]), scan[first])
        }
        Way::Down => {
            let last = enough.iter().rposition(|one| *one).unwrap_or(0);
            (scan.get(last + 1).copied(), scan[last])
        }
    };
    while let Some(low) = short.filter(|low| low.abs_diff(at) > 1) {
        let middle = low.midpoint(at);
        ladder.glance(middle)?;
        match ladder.leans(middle) {
            true => at = middle,
            false => short = Some(middle),
        }
    }
    Ok(at)
}

/// Values where it is worse again although there is more: the neighbour of the value found, and
/// those of the scan, if many launches say so too.
fn against(
    ladder: &mut Ladder<'_>,
    (scan, way): (&[u32], Way),
    (at, next): (u32, Option<u32>),
) -> Result<Vec<u32>, Failure> {
    let beyond = |one: u32| match way {
        Way::Up => one > at,
        Way::Down => one < at,
    };
    let mut suspects: Vec<u32> = scan.iter().copied().filter(|&one| beyond(one)).collect();
    suspects.retain(|&one| !ladder.leans(one));
    suspects.extend(next);
    suspects.sort_unstable();
    suspects.dedup();
    let mut found = Vec::new();
    for one in suspects {
        let standing = ladder.settle(one)?;
        if standing.is_known() && !standing.leans() {
            found.push(one);
        }
    }
    Ok(found)
}

/// What keeps a value from being enough.
fn binding(
    ladder: &Ladder<'_>,
    at: u32,
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
    let seen = compare::run(&model, None, &plan, onlooker)?;
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
    ladder: &Ladder<'_>,
    found: &Found,
    binds: Option<results::Binding>,
) -> results::Size {
    let (knob, rungs) = (&ladder.asked.knob, ladder.rungs());
    let number: BTreeMap<u32, u32> = (0..)
        .zip(rungs.iter())
        .map(|(n, (at, _))| (*at, n))
        .collect();
    let launches = |at: &u32| ladder.launches(*at);
    let objectives = || model.objectives.iter();
    results::Size {
        objectives: objectives().map(|one| one.that.clone()).collect(),
        limits: objectives().map(|one| one.limit).collect(),
        units: objectives()
            .map(|one| measures::unit(&one.metric))
            .collect(),
        knobs: vec![SizedKnob {
            path: knob.path.clone(),
            unit: knob.unit.clone(),
            low: knob.value(0),
            high: knob.value(knob.count() - 1),
            was: model.written_at(&knob.path),
            value: found.at.map(|at| knob.value(at)),
        }],
        chance: ladder.chance(),
        confidence: ladder.confidence(),
        found: match (found.way, found.at) {
            (Some(Way::Up), Some(_)) => SizeFound::Least,
            (Some(Way::Down), Some(_)) => SizeFound::Most,
            _ if found.short.is_none() => SizeFound::All,
            _ => SizeFound::Nothing,
        },
        settled: found.settled,
        at: found.at.map(|at| number[&at]),
        against: found.against.iter().map(|at| number[at]).collect(),
        binds,
        launches: rungs.iter().map(|(at, _)| launches(at)).sum(),
        verified_by: found.verified.iter().map(launches).sum(),
        rungs: rungs.into_iter().map(|(_, rung)| rung).collect(),
    }
}
