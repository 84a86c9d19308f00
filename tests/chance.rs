//! Random valid models with random faults: nobody is lost, nothing panics, the same bytes.
//!
//! Every run of the tests takes the same 500 models; this takes 20,000, and other ones with
//! `ONRUSH_CHANCE_SEED`:
//!
//! ```console
//! $ ONRUSH_CHANCE=20000 cargo test --locked chance -- --nocapture
//! ```
//!
//! They are written with every key of the language, and actions set every path that may change
//! while a simulation runs.
//!
//! A failure is made smaller, then printed with its seed and model; it becomes a trace among the
//! semantics. `reach.rs` lists what the models must reach.

mod action;
pub(crate) mod books;
mod guards;
mod fork;
pub(crate) mod model;
mod queues;
mod reach;
mod reacting;
mod short_ways;

use std::cell::RefCell;

use onrush::engine::Arena;
use onrush::observation::Observation;
use onrush::program::{Asked, Program, compile};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::replicate::{checked, replicate, replication};
use books::conserved;
use model::Written;
use reach::Reach;

/// Models of every run; so many reach whatever the language has.
const USUAL: u64 = 500;

/// A number from the environment.
fn asked_for(name: &str, otherwise: u64) -> u64 {
    let asked = std::env::var(name).ok();
    asked.map_or(otherwise, |n| n.parse().expect("it is a number"))
}

/// So many models of this seed; a failure is made smaller in so many steps (`ONRUSH_SHRINK`).
fn config(cases: u64, seed: u64) -> Config {
    Config {
        cases: u32::try_from(cases).expect("nobody waits for more"),
        rng_seed: RngSeed::Fixed(asked_for("ONRUSH_CHANCE_SEED", seed)),
        failure_persistence: None,
        max_shrink_iters: u32::try_from(asked_for("ONRUSH_SHRINK", 400)).expect("it is small"),
        ..Config::default()
    }
}

#[test]
fn random_models_conserve_everybody_and_repeat() {
    let cases = asked_for("ONRUSH_CHANCE", USUAL);
    let config = config(cases, 1);
    let (events, reach) = (RefCell::new(Vec::new()), RefCell::new(Reach::default()));
    let started = std::time::Instant::now();
    let result = TestRunner::new(config).run(&model::models(), |written| {
        let (program, seen) = holds(&written)?;
        events.borrow_mut().push(seen.events);
        reach.borrow_mut().add(&written.text, &program, &seen);
        Ok(())
    });
    if let Err(why) = result {
        panic!("{why}");
    }
    let events = events.into_inner();
    println!(
        "{cases} models, {} events each, at most {}, {:.1} s",
        events.iter().sum::<u64>() / cases,
        events.iter().max().expect("there are models"),
        started.elapsed().as_secs_f64()
    );
    let missed = reach.into_inner().missed();
    assert!(cases < USUAL || missed.is_empty(), "{}", missed.join("\n"));
}

/// Checks one model; returns its program and what its first replication saw.
fn holds(written: &Written) -> Result<(Program, Observation), TestCaseError> {
    let program = compile(&checked(&written.text, &[]), &Asked::default());
    let mut arena = Arena::default();
    let first = replication(&program, written.seed, 0, &mut arena);
    conserved(&program, &first).map_err(TestCaseError::fail)?;
    let second = replication(&program, written.seed, 1, &mut arena);
    conserved(&program, &second).map_err(TestCaseError::fail)?;
    let again = replication(&program, written.seed, 0, &mut arena);
    same(&first, &again, "in a used arena")?;
    let both = replicate(&program, written.seed, 2, 2, &|seen| seen);
    same(&first, &both[0], "on two threads")?;
    same(&second, &both[1], "on two threads")?;
    Ok((program, first))
}

fn same(one: &Observation, other: &Observation, when: &str) -> Result<(), TestCaseError> {
    // Every field and every bit: floats are printed so that they can be read back exactly.
    let (one, other) = (format!("{one:?}"), format!("{other:?}"));
    let same = one == other;
    if same {
        return Ok(());
    }
    Err(TestCaseError::fail(format!(
        "another observation {when}:\n{one}\n{other}"
    )))
}
