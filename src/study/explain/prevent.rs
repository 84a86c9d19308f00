//! What would have prevented it: by how much, the smallest step that helps, the latest moment.
//!
//! One idea: a prevention is measured launch by launch against what happened; how small it may be
//! and how late it may come is found by halving, until it avoids half as much as the whole step
//! from the start. All preventions are halved side by side, so that launches fill the machine.

use super::candidates::Candidate;
use super::later::{later, span};
use super::plays::{Play, Plays, is_above_zero, mean};
use super::shares::{estimate, part_of, sets};
use super::way::part_way;
use crate::base::time::{Span, Time};
use crate::model::overlay::Change;
use crate::results::{Latest, Prevention, Results, Smallest};
use crate::study::contender::{BASELINE, identity};
use crate::study::plan::Failure;

/// Times that a way or a time is halved.
const HALVED: u32 = 6;

/// What a smaller or later step must avoid, as a part of what the whole one does from the start.
const HELPS: f64 = 0.5;

/// A prevention as it is looked into.
struct Case {
    told: Prevention,
    changes: Vec<Change>,
    /// What it must avoid to help still.
    enough: f64,
    /// Whether it avoids anything that can be seen.
    helps: bool,
}

/// The preventions of a document: the author's what-ifs, then the first causes taken away.
pub(super) fn preventions(
    plays: &mut Plays<'_>,
    results: &Results,
    causes: &[Candidate],
) -> Result<Vec<Prevention>, Failure> {
    let mut cases: Vec<Case> = Vec::new();
    for name in results.order.iter().filter(|name| *name != BASELINE) {
        let own = plays.model.changes(name);
        let of = |changes: &[Change]| {
            let same = |one: &&Candidate| identity(&one.changes) == identity(changes);
            causes.iter().find(same)
        };
        let named = |one: &&Candidate| format!("without-{}", one.key()) == *name;
        let cause = match &own {
            Some(changes) => of(changes),
            None => causes.iter().find(named),
        };
        let changes = own.or_else(|| cause.map(|one| one.changes.clone()));
        let Some(changes) = changes else { continue };
        cases.push(Case {
            told: Prevention {
                variant: name.clone(),
                cause: cause.map(Candidate::key),
                set: sets(&changes),
                ..Prevention::default()
            },
            changes,
            enough: 0.0,
            helps: false,
        });
    }
    let whole: Vec<Play> = cases
        .iter()
        .map(|one| Play::of(one.changes.clone()))
        .collect();
    plays.play(&whole)?;
    let base: Vec<f64> = plays.base().iter().map(|one| one.value).collect();
    let confidence = plays.plan.confidence;
    for (case, play) in cases.iter_mut().zip(&whole) {
        let Some(avoided) = plays.avoided(play) else {
            continue;
        };
        case.told.avoids = estimate(&avoided, confidence);
        case.told.part = part_of(&avoided, &base, confidence);
        case.enough = HELPS * mean(&avoided);
        case.helps = is_above_zero(&avoided, confidence);
    }
    smallest(plays, &mut cases)?;
    latest(plays, &mut cases)?;
    Ok(cases.into_iter().map(|one| one.told).collect())
}

/// Ways between nothing and the whole of something, for each case, until they are narrow.
struct Halving {
    /// Which case.
    case: usize,
    /// Where it is not enough, and where it is.
    short: f64,
    long: f64,
}

/// Finds the smallest step of each case that has a size.
fn smallest(plays: &mut Plays<'_>, cases: &mut [Case]) -> Result<(), Failure> {
    let model = plays.model;
    let step = |case: &Case, way: f64| part_way(model, &case.changes, way);
    let sized = cases.iter().enumerate();
    let sized = sized.filter(|(_, one)| one.helps && step(one, 0.5).is_some());
    let mut all: Vec<Halving> = sized
        .map(|(case, _)| Halving {
            case,
            short: 0.0,
            long: 1.0,
        })
        .collect();
    for _ in 0..HALVED {
        let middle = |one: &Halving| {
            let way = f64::midpoint(one.short, one.long);
            Play::of(step(&cases[one.case], way).unwrap_or_default())
        };
        let tried: Vec<Play> = all.iter().map(middle).collect();
        plays.play(&tried)?;
        for (one, play) in all.iter_mut().zip(&tried) {
            let avoided = plays.avoided(play);
            let enough = avoided.is_some_and(|gone| mean(&gone) >= cases[one.case].enough);
            let way = f64::midpoint(one.short, one.long);
            *(if enough {
                &mut one.long
            } else {
                &mut one.short
            }) = way;
        }
    }
    let confidence = plays.plan.confidence;
    for one in &all {
        let case = &mut cases[one.case];
        let changes = step(case, one.long).unwrap_or_default();
        let avoided = plays.avoided(&Play::of(changes.clone()));
        case.told.smallest = Some(Smallest {
            way: one.long,
            set: sets(&changes),
            avoids: avoided.and_then(|gone| estimate(&gone, confidence)),
        });
    }
    Ok(())
}

/// When the outage begins, as far as the clock says it: what happens before that is too early to
/// be called late.
fn begins(plays: &Plays<'_>, cases: &[Case]) -> Time {
    let model = plays.model;
    let of_causes = cases.iter().filter(|one| one.told.cause.is_some());
    let clock = of_causes.filter_map(|one| span(model, &one.changes));
    let first = clock.map(|(begin, _)| begin).min();
    let trigger = plays.judge.and_then(|judge| judge.trigger);
    let first = first.or(trigger.map(|(begin, _)| begin));
    first.unwrap_or(Time::ZERO).max(Time::ZERO)
}

/// The moments at which preventions are tried: parts of the time from the begin of the outage on.
struct Moments {
    begin: Time,
    length: f64,
}

impl Moments {
    fn at(&self, part: f64) -> Time {
        let after = (self.length * part).round();
        self.begin + Span::SECOND * after as i64
    }

    /// The first: nothing takes effect at the very beginning.
    fn first(&self) -> f64 {
        1.0_f64.max(self.length / 1_000.0) / self.length.max(1.0)
    }

    fn play(&self, plays: &Plays<'_>, case: &Case, part: f64) -> Option<Play> {
        later(plays.model, &case.changes, self.at(part))
    }
}

/// Finds the latest moment at which each case still helps.
fn latest(plays: &mut Plays<'_>, cases: &mut [Case]) -> Result<(), Failure> {
    let begin = begins(plays, cases);
    let moments = Moments {
        begin,
        length: plays.model.horizon().since(begin).as_secs_f64(),
    };
    let confidence = plays.plan.confidence;
    let step_s = moments.length / f64::from(1_u32 << HALVED);
    let mut late = in_time(plays, cases, &moments, step_s)?;
    for _ in 0..HALVED {
        let middle = |one: &Halving| f64::midpoint(one.short, one.long);
        let tried: Vec<Play> = late
            .iter()
            .map(|one| moments.play(plays, &cases[one.case], middle(one)))
            .map(Option::unwrap_or_default)
            .collect();
        plays.play(&tried)?;
        for (one, tried) in late.iter_mut().zip(&tried) {
            let avoided = plays.avoided(tried);
            let enough = avoided.is_some_and(|gone| mean(&gone) >= cases[one.case].enough);
            let part = middle(one);
            *(if enough {
                &mut one.long
            } else {
                &mut one.short
            }) = part;
        }
    }
    for one in &late {
        let play = moments.play(plays, &cases[one.case], one.long);
        let avoided = play.and_then(|play| plays.avoided(&play));
        cases[one.case].told.latest = Some(Latest {
            at_s: Some(moments.at(one.long).as_secs_f64()),
            step_s,
            avoids: avoided.and_then(|gone| estimate(&gone, confidence)),
        });
    }
    Ok(())
}

/// The cases that help at the first moment; of those that can be done then and do not, that.
fn in_time(
    plays: &mut Plays<'_>,
    cases: &mut [Case],
    moments: &Moments,
    step_s: f64,
) -> Result<Vec<Halving>, Failure> {
    let first = moments.first();
    let mut all: Vec<(usize, Play)> = Vec::new();
    for (number, case) in cases.iter().enumerate().filter(|(_, one)| one.helps) {
        all.extend(moments.play(plays, case, first).map(|play| (number, play)));
    }
    let starts: Vec<Play> = all.iter().map(|(_, play)| play.clone()).collect();
    plays.play(&starts)?;
    let mut late: Vec<Halving> = Vec::new();
    for (number, play) in all {
        let avoided = plays.avoided(&play);
        let case = &mut cases[number];
        if avoided
            .as_ref()
            .is_some_and(|gone| mean(gone) >= case.enough)
        {
            late.push(Halving {
                case: number,
                short: 1.0,
                long: first,
            });
            continue;
        }
        case.told.latest = Some(Latest {
            at_s: None,
            step_s,
            avoids: avoided.and_then(|gone| estimate(&gone, plays.plan.confidence)),
        });
    }
    Ok(late)
}
