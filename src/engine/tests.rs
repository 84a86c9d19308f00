//! A replication under way is one value: whoever copies it has two that end alike.

use super::*;
use crate::base::time::Span;
use crate::model::files::Files;
use crate::model::{self, Checked};
use crate::program::{Asked, compile};
use crate::text::Source;

/// Users with patience and reloads, retries, a shared queue and cores, a pool, a room, a stock,
/// faults and an action: something of everything that a copy must take along.
const MODEL: &str = include_str!("tests/everything.toml");

fn program() -> Program {
    let (model, diagnostics) = model::read(Source::new("everything.toml", MODEL), Files::new());
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    compile(&Checked::new(model).unwrap(), &Asked::default())
}

/// A copy goes on alone, as does the original; both see what a replication sees that was never
/// copied.
#[test]
fn a_copy_goes_on_as_the_original_does() {
    let program = program();
    let replication = Replication {
        seed: 7,
        number: 0,
        limits: Limits::default(),
        stop: &|| false,
    };
    let whole = run(&program, &replication, &mut Arena::default()).unwrap();
    assert!(whole.events > 3_000, "{} events", whole.events);
    for before in [0, 1, 100, 1_000, 2_000, whole.events - 1] {
        let mut arena = Arena::default();
        let first = begin(&program, &mut arena);
        let mut original = Sim::new(&program, &first, &replication, &mut arena);
        assert!(original.list_arrivals());
        while original.course.events < before {
            original.step();
        }
        let mut copy = original.clone();
        for sim in [&mut original, &mut copy] {
            sim.go_on().unwrap();
            assert_eq!(sim.observe(0), whole, "copied after {before} events");
        }
    }
}

/// Copies may go different ways: what is put into force in one is not in force in the other, and
/// each opens the lanes of its own timeouts.
#[test]
fn copies_may_change_in_different_ways() {
    let program = program();
    let patch = |ms: i64| {
        let mut after = program.settings.clone();
        for call in after.calls.values_mut().filter(|c| c.timeout.is_some()) {
            call.timeout = Some(Span(ms * 1_000_000));
        }
        program.settings.patch_to(&after)
    };
    let replication = Replication {
        seed: 7,
        number: 0,
        limits: Limits::default(),
        stop: &|| false,
    };
    let alone = |ms: i64| {
        let mut arena = Arena::default();
        let first = begin(&program, &mut arena);
        let mut sim = Sim::new(&program, &first, &replication, &mut arena);
        assert!(sim.list_arrivals());
        sim.rules.change(&patch(ms), &mut sim.agenda);
        sim.go_on().unwrap();
        sim.observe(0)
    };
    let mut arena = Arena::default();
    let first = begin(&program, &mut arena);
    let mut original = Sim::new(&program, &first, &replication, &mut arena);
    assert!(original.list_arrivals());
    let mut copy = original.clone();
    for (sim, ms) in [(&mut original, 40), (&mut copy, 900)] {
        sim.rules.change(&patch(ms), &mut sim.agenda);
        sim.go_on().unwrap();
        assert_eq!(sim.observe(0), alone(ms), "timeouts of {ms} ms");
    }
    assert_ne!(alone(40), alone(900));
}
