//! Rates in time: what comes, and what an action changes of it.

use proptest::prelude::*;

use super::{AROUND, LAUNCH, program_of};
use crate::base::time::{Span, Time};
use crate::program::{Form, Piece, Program, expected_users};

/// A model whose people come as `arrivals` says, for `run_for` seconds.
fn coming(arrivals: &str, run_for: u32) -> Program {
    coming_with(arrivals, run_for, "")
}

/// The same beside further tables.
fn coming_with(arrivals: &str, run_for: u32, further: &str) -> Program {
    let people = "[arrivals.people]\nrate = \"1/s\"";
    let text = AROUND.replace(people, &format!("[arrivals.people]\n{arrivals}"));
    let text = text.replace("run_for = \"10s\"", &format!("run_for = \"{run_for}s\""));
    program_of(&(text + "[journey.visit]\nsteps = [ { call = \"app.work\" } ]\n" + further))
}

fn pieces(program: &Program) -> &[Piece] {
    match &program.sources.as_slice()[0].form {
        Form::Stream { pieces, .. } => pieces,
        other => panic!("{other:?} is no stream"),
    }
}

fn at(secs: i64) -> Time {
    Time::ZERO + Span::from_secs(secs)
}

#[test]
fn an_action_changes_the_rate_from_its_effect_on() {
    let arrivals =
        "stages = [ { rate = \"10/s\", for = \"60s\" }, { to = \"30/s\", for = \"40s\" } ]";
    let action =
        "[action.more]\nat = \"70s\"\ntakes = \"10s\"\nset = { \"arrivals.people.scale\" = 2 }\n";
    let program = coming_with(arrivals, 100, action);
    let piece = |from, length, rate, rate_end| Piece {
        from: at(from),
        length: Span::from_secs(length),
        rate,
        rate_end,
    };
    let expected = [
        piece(0, 60, 10.0, 10.0),
        piece(60, 20, 10.0, 20.0),
        piece(80, 20, 40.0, 60.0),
    ];
    assert_eq!(pieces(&program), expected);
}

#[test]
fn an_action_on_something_else_moves_nobody() {
    let arrivals = "stages = [ { to = \"30/s\", for = \"40s\" } ]";
    let action = "[action.more]\nat = \"20s\"\nset = { \"service.app.servers\" = 2 }\n";
    let (with, without) = (coming_with(arrivals, 100, action), coming(arrivals, 100));
    assert_eq!(pieces(&with), pieces(&without));
    assert_eq!(pieces(&with).len(), 1);
}

#[test]
fn bursts_come_again_until_the_horizon() {
    let program = coming("burst = { users = 7, at = \"10s\", every = \"30s\" }", 100);
    let Form::Burst {
        at: instants,
        spread: None,
        users: 7,
        ..
    } = &program.sources.as_slice()[0].form
    else {
        panic!("{:?}", program.sources);
    };
    assert_eq!(instants, &[at(10), at(40), at(70)]);
    assert!((expected_users(&program) - 21.0).abs() < 1e-9);
}

#[test]
fn all_sources_count() {
    let users = 250_000.0 + 30.0 * 75.0 * 60.0;
    assert!((expected_users(&program_of(LAUNCH)) - users).abs() < 1e-6);
}

proptest! {
    /// Whatever the stages, `total` users are expected, `scale` times as many with it.
    #[test]
    fn pieces_integrate_to_the_total(
        stages in prop::collection::vec((0.0f64..50.0, any::<bool>(), 1u32..500), 1..6),
        total in 1u32..1_000_000,
        scale in 0.1f64..10.0,
    ) {
        let words: Vec<String> = stages
            .iter()
            .map(|(rate, ramp, secs)| {
                let key = if *ramp { "to" } else { "rate" };
                format!("{{ {key} = \"{:.3}/s\", for = \"{secs}s\" }}", rate + 0.001)
            })
            .collect();
        let length: u32 = stages.iter().map(|(_, _, secs)| secs).sum();
        let stages = words.join(", ");
        let arrivals = format!("stages = [ {stages} ]\ntotal = {total}\nscale = {scale:.6}");
        let users = expected_users(&coming(&arrivals, length));
        let expected = f64::from(total) * format!("{scale:.6}").parse::<f64>().unwrap();
        prop_assert!((users - expected).abs() <= 1e-6 * expected, "{users} of {expected}");
    }

    /// An action that changes the rate at any instant leaves what was before, and scales the rest.
    #[test]
    fn a_change_scales_what_is_left(
        from in 0.0f64..50.0, to in 0.0f64..50.0, when in 1i64..100, factor in 1u32..5,
    ) {
        let first = format!("{{ rate = \"{from:.3}/s\", for = \"40s\" }}");
        let arrivals = format!("stages = [ {first}, {{ to = \"{to:.3}/s\", for = \"60s\" }} ]");
        let action = format!(
            "[action.more]\nat = \"{when}s\"\nset = {{ \"arrivals.people.scale\" = {factor} }}\n"
        );
        let plain = coming(&arrivals, 100);
        let scaled = coming_with(&arrivals, 100, &action);
        let users = |program: &Program, range: (Time, Time)| -> f64 {
            let inside = pieces(program).iter().filter(|p| p.from >= range.0 && p.from < range.1);
            inside.map(Piece::users).sum()
        };
        let before = users(&scaled, (at(0), at(when)));
        let after = users(&scaled, (at(when), at(100)));
        let all = expected_users(&plain);
        let expected = before + (all - before) * f64::from(factor);
        prop_assert!((before + after - expected).abs() <= 1e-6 * (1.0 + expected));
        let held = scaled_at(pieces(&scaled), at(when)) / scaled_at(pieces(&plain), at(when));
        prop_assert!(held.is_nan() || (held - f64::from(factor)).abs() < 1e-6, "{held}");
    }
}

/// The rate at an instant.
fn scaled_at(pieces: &[Piece], at: Time) -> f64 {
    let here = pieces.iter().rev().find(|piece| piece.from <= at);
    here.map_or(0.0, |piece| {
        let part = at.since(piece.from).as_secs_f64() / piece.length.as_secs_f64();
        piece.rate + (piece.rate_end - piece.rate) * part
    })
}
