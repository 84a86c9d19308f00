//! What sets a launch under stress, and what is normal without it.
//!
//! One idea: both are properties of the question, not of a launch: the trigger comes from the
//! model's faults, or else from its load, and what is normal from one replication of the same
//! program with hardly anybody in it. So all variants of a study are judged alike.

use crate::base::time::{Span, Time};
use crate::estimate::order;
use crate::estimate::recovery::{Health, Trigger, WINDOW_S, Window};
use crate::model::Model;
use crate::observation::{LevelId, Observation, UserLevel};
use crate::program::{Form, Program};
use crate::study::demand;
use crate::study::replicate::{Crew, Job, Seat};
use crate::study::stations::Stations;

/// Users of the unloaded replication, about.
const FEW: f64 = 300.0;

/// Launches with more windows are not followed.
const WINDOWS_MAX: usize = 10_000;

/// How launches are judged to be healthy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judge {
    /// In windows from the start of the clock.
    pub(crate) trigger: Trigger,
    /// Median time of a user's request when hardly anybody is there, seconds.
    pub(crate) unloaded_s: Option<f64>,
    /// The rule.
    pub(crate) health: Health,
}

/// The judge of a study, from its baseline. `None` if nothing can be judged: no window, no users.
pub(crate) fn judge(
    model: &Model,
    program: &Program,
    stations: &Stations,
    (crew, job): (&Crew<'_>, &Job<'_>),
) -> Option<Judge> {
    let trigger = trigger(model, program, stations)?;
    let health = Health {
        share_ok: model.recovery.share_ok,
        slower: model.recovery.slower,
        before: model.recovery.before as usize,
        in_a_row: model.recovery.in_a_row as usize,
    };
    Some(Judge {
        trigger,
        unloaded_s: unloaded(program, crew, job),
        health,
    })
}

/// The windows of the trigger: the faults' if there are any; else those in which original work
/// exceeds nominal capacity; if it never does, the one that comes closest.
fn trigger(model: &Model, program: &Program, stations: &Stations) -> Option<Trigger> {
    let window = Span::from_secs_f64(WINDOW_S);
    let clock = &program.clock;
    let ceiling = |at: Time| {
        let after = at.min(clock.horizon).since(clock.start).nanos();
        ((after + window.nanos() - 1) / window.nanos()) as usize
    };
    let floor = |at: Time| (at.since(clock.start).nanos() / window.nanos()) as usize;
    let mut found = match clock.trigger {
        Some((from, to)) => Trigger {
            from: floor(from),
            to: ceiling(to),
        },
        None if ceiling(clock.horizon) > WINDOWS_MAX => return None,
        None => by_load(&demand::loads(model, program, stations, window))?,
    };
    if let Some(ends) = model.recovery.trigger_ends {
        found.to = ceiling(ends);
    }
    found.from = found.from.min(found.to);
    Some(found)
}

fn by_load(loads: &[f64]) -> Option<Trigger> {
    let exceeds = |load: &f64| *load > 1.0;
    if let (Some(first), Some(last)) = (
        loads.iter().position(exceeds),
        loads.iter().rposition(exceeds),
    ) {
        return Some(Trigger {
            from: first,
            to: last + 1,
        });
    }
    let most = loads.iter().copied().fold(0.0, f64::max);
    let peak = loads.iter().position(|load| *load >= most)?;
    Some(Trigger {
        from: peak,
        to: peak + 1,
    })
}

/// The median over windows of a replication with hardly anybody in it and without faults.
fn unloaded(program: &Program, crew: &Crew<'_>, job: &Job<'_>) -> Option<f64> {
    let quiet = thinned(program);
    let job = Job {
        program: &quiet,
        ..*job
    };
    let seen = crew.execute(&job, &mut Seat::apart()).ok()?;
    let medians = seen.windows.iter().filter(|window| window.ok > 0);
    let sorted = order::sorted(medians.map(|window| f64::from(window.median)));
    order::of_sorted(&sorted, 0.5)
}

/// The program with so few users that they do not meet, no faults, and nothing asked.
fn thinned(program: &Program) -> Program {
    let mut quiet = program.clone();
    quiet.faults.clear();
    quiet.probes.clear();
    let sources = program.sources.len().max(1) as f64;
    let few = FEW / sources;
    for source in quiet.sources.values_mut() {
        match &mut source.form {
            Form::Stream { pieces, .. } => {
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
            Form::Crowd { users, .. } => *users = (*users).min(few.ceil() as u64),
            Form::Burst { users, at, .. } => {
                let each = (few / at.len().max(1) as f64).ceil() as u64;
                *users = (*users).min(each);
            }
            Form::Times(times) => {
                let every = (times.len() as f64 / few).ceil().max(1.0) as usize;
                *times = times.iter().copied().step_by(every).collect();
            }
            Form::Population { users } => *users = (*users).min(1),
        }
    }
    quiet
}

/// The windows of an observation as the rule of health reads them. Requests count as open at the
/// end of a window while users are inside in the bin around it.
pub(crate) fn windows(program: &Program, seen: &Observation) -> Vec<Window> {
    let LevelId(inside) = program.layout.user_level(UserLevel::Inside);
    let (levels, bin_s) = (program.layout.levels(), program.clock.bin.as_secs_f64());
    let open = |index: usize| {
        let bin = (((index + 1) as f64 * WINDOW_S / bin_s) as usize).saturating_sub(1);
        let row = bin.min(program.clock.bins.saturating_sub(1) as usize) * levels;
        let level = seen.level_bins.get(row + inside as usize);
        u64::from(level.is_some_and(|level| *level > 0.0))
    };
    seen.windows
        .iter()
        .enumerate()
        .map(|(index, window)| Window {
            started: u64::from(window.started),
            ok: u64::from(window.ok),
            median_s: (window.ok > 0).then(|| f64::from(window.median)),
            open: open(index),
        })
        .collect()
}
