//! What would be the next event anyway happens at once, and an attempt that a free worker takes
//! needs no task: short ways that must change nothing. While a delay is in force, also one that
//! strikes nobody, every message takes the long way; what is seen must be the same.

use onrush::base::time::Time;
use onrush::engine::Arena;
use onrush::observation::Observation;
use onrush::program::{Asked, compile};
use proptest::test_runner::TestRunner;

use super::{asked_for, config, model, same};
use crate::replicate::{checked, replication};

/// Models of every run.
const USUAL: u64 = 120;

#[test]
fn the_short_ways_of_messages_change_nothing() {
    let cases = asked_for("ONRUSH_CHANCE", USUAL);
    let config = config(cases, 2);
    let result = TestRunner::new(config).run(&model::models(), |written| {
        let short = seen(&written.text, written.seed);
        let slowed = format!("{}{}", written.text, nobody_delayed(&written.text));
        same(&short, &seen(&slowed, written.seed), "on the long way")
    });
    if let Err(why) = result {
        panic!("{why}");
    }
}

/// A delay of nobody, from the first arrival on.
fn nobody_delayed(text: &str) -> String {
    let service = text
        .lines()
        .find_map(|line| line.strip_prefix("[service.")?.split([']', '.']).next())
        .expect("every model has a service");
    let begins = compile(&checked(text, &[]), &Asked::default()).clock.start;
    format!(
        "[fault.nobody-delayed]\nat = \"{}ns\"\n\
         delay = {{ between = [\"users\", \"{service}\"], by = \"1s\", share = \"0%\" }}\n",
        begins.nanos()
    )
}

/// What a replication sees, but for what the fault itself adds: its beginning is an event.
fn seen(text: &str, seed: u64) -> Observation {
    let program = compile(&checked(text, &[]), &Asked::default());
    let seen = replication(&program, seed, 0, &mut Arena::default());
    Observation {
        events: 0,
        spent: 0,
        ended: Time(0),
        ..seen
    }
}
