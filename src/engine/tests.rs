//! A replication under way is one value: whoever copies it has two that end alike.

use super::*;
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
