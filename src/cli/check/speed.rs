//! How long a run takes on this machine.
//!
//! One idea: a launch of the model itself is simulated for a moment, against the clock; what it
//! does in that time tells what all launches take. Nothing of it reaches a result.

use std::time::{Duration, Instant};

use super::cost;
use crate::engine::{self, Arena, Exceeded, Limits, Replication};
use crate::model::{Checked, Effort, Model};
use crate::program::{self, Asked, Program};
use crate::report::{number, words};

/// Events that are tried first, and how much more may be tried after that.
const FIRST: u64 = 100_000;
/// How long may be tried.
const TRIAL: Duration = Duration::from_millis(600);

/// How long the launches of the model take here; empty if that is not known.
pub(super) fn said(model: &Model, limits: Limits) -> String {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let Some(launch_s) = launch_s(model, limits) else {
        return String::new();
    };
    let (launches, what) = match model.effort {
        Effort::Replications(n) => (f64::from(n), words::launches(n)),
        Effort::Precision(_) => (1.0, "each launch".to_owned()),
    };
    let verb = if launches > 1.0 { "take" } else { "takes" };
    let rounds = (launches / threads as f64).ceil();
    let mut text = format!(
        "            {what} {verb} {} on this machine",
        roughly(launch_s * rounds)
    );
    let variants = model.variants.len();
    if variants > 0 && launches > 1.0 {
        let all = launch_s * (launches * (variants + 1) as f64 / threads as f64).ceil();
        let named = if variants == 1 {
            "the variant"
        } else {
            "all variants"
        };
        text.push_str(&format!("; to compare {named}, {}", roughly(all)));
    }
    text.push('\n');
    text
}

/// Seconds that a launch takes here.
fn launch_s(model: &Model, limits: Limits) -> Option<f64> {
    let events = cost::events(model).max(1.0);
    let model = Checked::new(model.clone())?;
    let program = program::compile(&model, &Asked::default());
    let mut arena = Arena::default();
    let first = trial(
        &program,
        &mut arena,
        Limits {
            events: FIRST,
            ..limits
        },
    );
    let (done, took_s) = match first {
        Trial::Whole(took_s) => return Some(took_s),
        Trial::Part(events, took_s) => (events, took_s),
        Trial::None => return None,
    };
    let more = (done as f64 / took_s.max(1e-6) * TRIAL.as_secs_f64()) as u64;
    let events_allowed = more.max(2 * FIRST).min(limits.events);
    let limits = Limits {
        events: events_allowed,
        ..limits
    };
    match trial(&program, &mut arena, limits) {
        Trial::Whole(took_s) => Some(took_s),
        Trial::Part(done, took_s) => Some(took_s * (events / done as f64).max(1.0)),
        Trial::None => Some(took_s * (events / done as f64).max(1.0)),
    }
}

/// What came of a launch that may take so many events.
enum Trial {
    /// It was simulated to its end in so many seconds.
    Whole(f64),
    /// So many events took so many seconds.
    Part(u64, f64),
    /// Nothing that could be measured.
    None,
}

fn trial(program: &Program, arena: &mut Arena, limits: Limits) -> Trial {
    let began = Instant::now();
    let replication = Replication {
        seed: 1,
        number: 0,
        limits,
        stop: &|| began.elapsed() > 4 * TRIAL,
    };
    let ran = engine::run(program, &replication, arena);
    let took_s = began.elapsed().as_secs_f64();
    match ran {
        Ok(_) => Trial::Whole(took_s),
        Err(Exceeded::Events { limit, .. }) => Trial::Part(limit, took_s),
        // So few are allowed here that one busy instant seems endless.
        Err(Exceeded::Standstill { events, .. }) => Trial::Part(events, took_s),
        Err(_) => Trial::None,
    }
}

/// `less than 1 s`, `about 20 s`, `about 3m`.
fn roughly(seconds: f64) -> String {
    let step = match seconds {
        ..1.0 => return "less than 1 s".to_owned(),
        ..10.0 => 1.0,
        ..60.0 => 5.0,
        ..600.0 => 60.0,
        ..3600.0 => 300.0,
        _ => 1800.0,
    };
    format!("about {}", number::duration((seconds / step).ceil() * step))
}
