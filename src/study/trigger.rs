//! What sets a launch under stress, and what is usual without it.
//!
//! One idea: both are properties of the question, not of a launch: the trigger comes from the
//! model's faults and actions and from the work that is expected, and what is usual from one
//! replication of the same program with hardly anybody in it. So all variants of a study are judged
//! alike. Faults that are in force from the first arrival, or to the end, are conditions, no
//! trigger.

use crate::base::time::{Span, Time};
use crate::estimate::health::{Rule, Usual, usual};
use crate::estimate::recovery::Trigger;
use crate::model::Model;
use crate::model::arrival::{Arrivals, Form};
use crate::program::source::long_run;
use crate::program::{Fault, Form as Source, Program};
use crate::results::TriggerKind;
use crate::study::offered;
use crate::study::replicate::{Crew, Job, Seat};
use crate::study::stations::Stations;

/// Users of the unloaded replication, about.
const FEW: f64 = 300.0;

/// Launches with more windows are not followed.
const WINDOWS_MAX: i64 = 1 << 16;

/// How launches are judged to be healthy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judge {
    /// What sets them under stress.
    pub(crate) kind: TriggerKind,
    /// When it begins and ends; absent where each launch has its own.
    pub(crate) trigger: Option<(Time, Time)>,
    /// By the name of a step: how its requests fare when hardly anybody is there.
    pub(crate) unloaded: Vec<(String, Usual)>,
}

/// The judge of a study, from its baseline. `None` where health is not followed.
pub(crate) fn judge(
    model: &Model,
    program: &Program,
    stations: &Stations,
    (crew, job): (&Crew<'_>, &Job<'_>),
) -> Option<Judge> {
    let window = program.clock.window?;
    let length = program.clock.horizon - program.clock.start;
    if length.nanos() / window.nanos().max(1) > WINDOWS_MAX {
        return None;
    }
    let (kind, trigger) = changes_and_overload(model, program, stations);
    Some(Judge {
        kind,
        trigger,
        unloaded: unloaded(program, crew, job),
    })
}

impl Judge {
    /// The windows of the trigger in a program.
    pub(crate) fn windows(&self, program: &Program) -> Option<Trigger> {
        let (begin, end) = self.trigger?;
        let clock = &program.clock;
        let window = clock.window?.nanos();
        let after = |at: Time| at.min(clock.horizon).since(clock.start).nanos().max(0);
        let from = (after(begin) / window) as usize;
        let to = ((after(end) + window - 1) / window) as usize;
        Some(Trigger {
            from,
            to: to.max(from),
        })
    }
}

/// The rule of health of a model.
pub(crate) fn rule(model: &Model) -> Rule {
    Rule {
        share_ok: model.recovery.share_ok,
        slower: model.recovery.slower,
        before: model.recovery.before as usize,
        in_a_row: model.recovery.in_a_row as usize,
    }
}

/// The span in which the work that is expected exceeds nominal capacity.
fn overload(program: &Program, loads: &[f64], window: Span) -> Option<(Time, Time)> {
    let exceeds = |load: &f64| *load > 1.0;
    let first = loads.iter().position(exceeds)?;
    let last = loads.iter().rposition(exceeds)?;
    let begin = |index: usize| program.clock.start + window * index as i64;
    Some((begin(first), begin(last + 1)))
}

/// The trigger: from the first begin to the last end of faults, actions and overload. Overload that
/// lasts to the end is a condition like a fault that does, unless there is nothing else. (Overload
/// counts beside an action because who scales in the middle of a surge would otherwise take the
/// surge for what is usual, and who scales before it would seem to collapse in it.)
pub(crate) fn changes_and_overload(
    model: &Model,
    program: &Program,
    stations: &Stations,
) -> (TriggerKind, Option<(Time, Time)>) {
    let changes = changes(model, program);
    let window = program.clock.window.unwrap_or(program.clock.bin);
    let loads = offered::loads(model, program, stations, window);
    let overload = overload(program, &loads, window);
    let lasts = |(_, end): &(Time, Time)| *end + window > program.clock.horizon;
    let (kind, mut found) = match (changes, overload) {
        (Some(changes), Some(overload)) if !lasts(&overload) => (
            TriggerKind::ChangeAndOverload,
            Some((changes.0.min(overload.0), changes.1.max(overload.1))),
        ),
        (Some(changes), _) => (TriggerKind::Change, Some(changes)),
        (None, Some(overload)) => (TriggerKind::Overload, Some(overload)),
        (None, None) => (TriggerKind::Onset, None),
    };
    let Some(ends) = model.recovery.trigger_ends else {
        return (kind, found);
    };
    let begin = found.map_or(ends, |(begin, _)| begin.min(ends));
    found = Some((begin, ends));
    match kind {
        TriggerKind::Onset => (TriggerKind::Given, found),
        _ => (kind, found),
    }
}

/// A fault that comes more often than this is a condition, like one that lasts to the end.
const OFTEN: usize = 10;

/// From the first begin to the last end of the faults and actions that begin after the first
/// arrival and do not last to the end. An action has no length.
fn changes(model: &Model, program: &Program) -> Option<(Time, Time)> {
    let horizon = program.clock.horizon;
    let faults = program.faults.iter();
    let faults = faults.filter(|fault| fault.windows().count() <= OFTEN);
    let faults = faults.flat_map(Fault::windows);
    let actions = program.actions.iter();
    let actions = actions.map(|epoch| (epoch.at, epoch.at));
    let first = model.arrivals.values().filter_map(first_arrival).min()?;
    faults
        .chain(actions)
        .filter(|(begin, end)| *begin > first && *end < horizon)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// The earliest instant at which anybody of a source can come.
fn first_arrival(source: &Arrivals) -> Option<Time> {
    let Form::Flow { pieces, .. } = &source.form else {
        return Some(source.begins());
    };
    let mut pieces = pieces.iter();
    let first = pieces.find(|piece| piece.rate_from > 0.0 || piece.rate_to > 0.0);
    first.map(|piece| piece.from)
}

/// How the requests of each step fare in a replication with hardly anybody in it and without
/// faults.
fn unloaded(program: &Program, crew: &Crew<'_>, job: &Job<'_>) -> Vec<(String, Usual)> {
    let quiet = thinned(program);
    let job = Job {
        program: &quiet,
        ..*job
    };
    let Ok(seen) = crew.execute(&job, &mut Seat::apart()) else {
        return Vec::new();
    };
    let windows = &seen.windows;
    let steps = windows.steps.iter().filter_map(|step| {
        let found = usual(step, &(0..step.windows.len()), windows.width)?;
        Some((program.names.calls[step.call as usize].clone(), found))
    });
    steps.collect()
}

/// The program with so few users that they do not meet, no faults, and nothing asked.
fn thinned(program: &Program) -> Program {
    let mut quiet = program.clone();
    quiet.faults.clear();
    quiet.probes.clear();
    quiet.reactions.triggers.clear();
    let sources = program.sources.len().max(1) as f64;
    let few = FEW / sources;
    for source in quiet.sources.values_mut() {
        match &mut source.form {
            Source::Stream { pieces, .. } => {
                let users: f64 = pieces
                    .iter()
                    .map(|piece| {
                        f64::midpoint(piece.rate, piece.rate_end) * piece.length.as_secs_f64()
                    })
                    .sum();
                let factor = (few / users.max(few)).min(1.0);
                for piece in pieces {
                    piece.rate *= factor;
                    piece.rate_end *= factor;
                }
            }
            Source::Switching { stays, rates, .. } => {
                let first = rates.first().map_or(&[][..], |(_, rates)| rates);
                let length = (quiet.clock.horizon - Time::ZERO).as_secs_f64();
                let users = long_run(stays, first) * length;
                let factor = (few / users.max(few)).min(1.0);
                for rate in rates.iter_mut().flat_map(|(_, rates)| rates) {
                    *rate *= factor;
                }
            }
            Source::Crowd { users, .. } => *users = (*users).min(few.ceil() as u64),
            Source::Burst { users, at, .. } => {
                let each = (few / at.len().max(1) as f64).ceil() as u64;
                *users = (*users).min(each);
            }
            Source::Times(times) => {
                let every = (times.len() as f64 / few).ceil().max(1.0) as usize;
                *times = times.iter().copied().step_by(every).collect();
            }
            Source::Population { users } => *users = (*users).min(1),
        }
    }
    quiet
}
