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
pub(crate) mod model;
mod reach;

use std::cell::RefCell;

use onrush::engine::Arena;
use onrush::observation::{
    CallCounter, Observation, Outcome, PoolCounter, ServiceCounter, StockCounter, UserCounter,
};
use onrush::program::{Asked, Program, compile};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::replicate::{checked, replicate, replication};
use model::Written;
use reach::Reach;

/// Models of every run; so many reach whatever the language has.
const USUAL: u64 = 500;

/// A number from the environment.
fn asked_for(name: &str, otherwise: u64) -> u64 {
    let asked = std::env::var(name).ok();
    asked.map_or(otherwise, |n| n.parse().expect("it is a number"))
}

#[test]
fn random_models_conserve_everybody_and_repeat() {
    let cases = asked_for("ONRUSH_CHANCE", USUAL);
    let config = Config {
        cases: u32::try_from(cases).expect("nobody waits for more"),
        rng_seed: RngSeed::Fixed(asked_for("ONRUSH_CHANCE_SEED", 1)),
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::default()
    };
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
    conserved(&program, &first)?;
    let second = replication(&program, written.seed, 1, &mut arena);
    conserved(&program, &second)?;
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

fn equal(what: &str, left: u64, right: u64) -> Result<(), TestCaseError> {
    if left == right {
        return Ok(());
    }
    Err(TestCaseError::fail(format!(
        "{what}: {left} is not {right}"
    )))
}

/// Arrived = the sum of what became of them, for users, requests, attempts, work and units.
fn conserved(program: &Program, seen: &Observation) -> Result<(), TestCaseError> {
    let layout = program.layout;
    let count = |id: onrush::observation::CounterId| seen.counters[id.0 as usize] as u64;
    let sum = |ids: &mut dyn Iterator<Item = onrush::observation::CounterId>| -> u64 {
        ids.map(count).sum()
    };
    let arrived = count(layout.users(UserCounter::Arrived));
    let outcomes = || Outcome::all(layout.own_outcomes);
    let ended = sum(&mut outcomes().map(|o| layout.users_ended(o)));
    equal("users", arrived, ended)?;
    let mut all = 0;
    for journey in 0..layout.journeys {
        let arrived = count(layout.journey(journey, UserCounter::Arrived));
        let ended = sum(&mut outcomes().map(|o| layout.journey_ended(journey, o)));
        equal("users of a journey", arrived, ended)?;
        all += arrived;
    }
    equal("users of all journeys", all, arrived)?;
    for call in (0..layout.calls).filter(|call| !program.names.messages[*call as usize]) {
        let n = |what| count(layout.call(call, what));
        let ended = n(CallCounter::Ok) + n(CallCounter::Failed) + n(CallCounter::Unfinished);
        equal("requests", n(CallCounter::Started), ended)?;
        let ended = n(CallCounter::AttemptOk)
            + n(CallCounter::AttemptRefused)
            + n(CallCounter::AttemptTimedOut)
            + n(CallCounter::AttemptError)
            + n(CallCounter::AttemptCancelled)
            + n(CallCounter::AttemptUnfinished);
        equal("attempts", n(CallCounter::Sent), ended)?;
    }
    let launch = program.clock.cut == program.clock.start;
    for service in (0..layout.services).filter(|_| launch) {
        let n = |what| count(layout.service(service, what));
        let turned = n(ServiceCounter::Accepted) + n(ServiceCounter::Refused);
        at_most("accepted and refused", turned, n(ServiceCounter::Arrived))?;
        let left = n(ServiceCounter::Completed) + n(ServiceCounter::LeftQueue);
        let left = left + n(ServiceCounter::Lost);
        at_most("left a service", left, n(ServiceCounter::Arrived))?;
        at_most(
            "useful work",
            n(ServiceCounter::Goodput),
            n(ServiceCounter::Completed),
        )?;
    }
    for pool in (0..layout.pools).filter(|_| launch) {
        let n = |what| count(layout.pool(pool, what));
        let ended = n(PoolCounter::Granted) + n(PoolCounter::Refused) + n(PoolCounter::GaveUp);
        at_most("granted, refused or given up", ended, n(PoolCounter::Asked))?;
    }
    for (stock, units) in program.stocks.iter() {
        let n = |what| count(layout.stock(stock.0, what));
        if launch {
            let back = n(StockCounter::GivenBack);
            at_most("given back", back, n(StockCounter::Taken))?;
            at_most("taken for good", n(StockCounter::Taken) - back, *units)?;
        }
    }
    Ok(())
}

fn at_most(what: &str, part: u64, whole: u64) -> Result<(), TestCaseError> {
    if part <= whole {
        return Ok(());
    }
    Err(TestCaseError::fail(format!("{what}: {part} of {whole}")))
}
