//! Programs that do the same until they part share what came before, and see what they would have
//! seen alone.

use std::cell::Cell;

use onrush::base::time::Time;
use onrush::engine::{Arena, Limits, Replication, run_together};
use onrush::model::overlay::Change;
use onrush::model::{Checked, Model};
use onrush::observation::Observation;
use onrush::program::{Asked, Program, compile, parting};
use proptest::test_runner::TestRunner;

use super::{asked_for, config, model, same};
use crate::replicate::{checked, replication};

/// Models of every run.
const USUAL: u64 = 100;

#[test]
fn what_was_shared_is_what_each_would_have_seen_alone() {
    let cases = asked_for("ONRUSH_CHANCE", USUAL);
    let config = config(cases, 3);
    let (parted, saved) = (Cell::new(0), Cell::new(0));
    let result = TestRunner::new(config).run(&model::models(), |written| {
        let model = checked(&written.text, &[]);
        let programs = programs(&model);
        let mut alone = Arena::default();
        let (all, events) = together(&programs, written.seed, &mut Arena::default());
        for ((program, _), seen) in programs.iter().zip(&all) {
            same(
                seen,
                &replication(program, written.seed, 0, &mut alone),
                "alone",
            )?;
        }
        parted.set(parted.get() + programs.len() - 1);
        saved.set(saved.get() + events);
        Ok(())
    });
    if let Err(why) = result {
        panic!("{why}");
    }
    let (parted, saved) = (parted.get(), saved.get());
    println!("{parted} parted from {cases}, {saved} events were shared");
    assert!(cases < USUAL || (parted > 50 && saved > 10_000));
}

/// The model as it is, and with each fault and action moved, left out, or lasting longer: those
/// that part from it while users come, in the order in which they do.
fn programs(model: &Checked) -> Vec<(Program, Time)> {
    let whole = compile(model, &Asked::default());
    let (start, horizon) = (whole.clock.start, whole.clock.horizon);
    let later = |at: Time| Time(at.0 + (horizon.0 - at.0) / 3 / 10_000_000 * 10_000_000);
    let mut changes = Vec::new();
    for (name, fault) in whole.names.faults.iter().zip(&whole.faults) {
        let set = |key: &str, ns: i64| (format!("fault.{name}.{key}"), format!("{ns}ns"));
        let Some((from, _)) = fault.windows().next() else {
            continue;
        };
        changes.push(set("at", later(from).0));
        changes.push(set("at", later(Time(from.0 / 2)).0));
        changes.push(set("for", later(from).0 - from.0 + 1));
    }
    for action in &whole.actions {
        let at = format!("action.{}.at", action.name);
        changes.push((at, format!("{}ns", later(action.at).0)));
        let on = format!("action.{}.on", action.name);
        changes.push((on, "false".to_owned()));
    }
    let mut parted: Vec<(Program, Time)> = Vec::new();
    for (path, value) in changes {
        let (changed, _) = Model::with(model, &[Change::new(&path, &value)]);
        let Some(changed) = Checked::new(changed) else {
            continue;
        };
        let program = compile(&changed, &Asked::default());
        if let Some(at) = parting(&whole, &program)
            && (start.0 + 1..horizon.0).contains(&at.0)
        {
            parted.push((program, at));
        }
    }
    parted.sort_by_key(|(_, at)| *at);
    parted.insert(0, (whole, start));
    parted
}

fn together(programs: &[(Program, Time)], seed: u64, arena: &mut Arena) -> (Vec<Observation>, u64) {
    let programs: Vec<(&Program, Time)> = programs.iter().map(|(p, at)| (p, *at)).collect();
    let replication = Replication {
        seed,
        number: 0,
        limits: Limits::default(),
        stop: &|| false,
    };
    let mut all: Vec<Option<Observation>> = programs.iter().map(|_| None).collect();
    let mut seen = |number: usize, seen| all[number] = Some(seen);
    let saved = run_together(&programs, &replication, arena, &mut seen);
    let saved = saved.expect("it is within all limits");
    (all.into_iter().flatten().collect(), saved)
}
