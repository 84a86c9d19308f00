//! Deterministic traces: exact to 2 ns for every event of the chain.

use onrush::observation::{CallSample, Observation};
use onrush::program::Program;

use crate::replicate::{checked, replicate};

const LINDLEY: &str = include_str!("lindley.toml");
const SHARING: &str = include_str!("sharing.toml");
const BURST: &str = include_str!("burst.toml");

/// What one replication saw of a model without chance.
fn seen(text: &str, changes: &[(&str, &str)]) -> (Program, Observation) {
    let program = onrush::program::compile(&checked(text, changes), &Default::default());
    let mut all = replicate(&program, 1, 1, 1, &|seen| seen);
    let seen = all.pop().expect("there was one replication");
    (program, seen)
}

/// The seconds from reaching each call step to its answer, in the order of the journeys.
fn times(program: &Program, seen: &Observation) -> Vec<f64> {
    let time = |call: u32| {
        let tally = &seen.tallies[program.layout.call_time(call, CallSample::Request).0 as usize];
        assert_eq!(tally.count, 1, "each call is made once");
        tally.sum as f64 * 1e-9
    };
    (0..program.layout.calls).map(time).collect()
}

fn agree(found: &[f64], expected: &[f64], events: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let gap = (found - expected).abs();
        assert!(gap <= 2.05e-9 * events, "{found} is not {expected}");
    }
}

/// V67: waits 0, 2, 2, 3, 0, 0.5, 2; departures 3, 4, 6, 6.5, 8, 10, 10.25.
#[test]
fn lindley_waits_and_departures() {
    let arrivals = [0.0, 1.0, 2.0, 3.0, 7.0, 7.5, 8.0];
    let services = [3.0, 1.0, 2.0, 0.5, 1.0, 2.0, 0.25];
    let (program, seen) = seen(LINDLEY, &[]);
    let times = times(&program, &seen);
    let waits: Vec<f64> = times.iter().zip(services).map(|(t, s)| t - s).collect();
    let departures: Vec<f64> = times.iter().zip(arrivals).map(|(t, a)| t + a).collect();
    agree(&waits, &[0.0, 2.0, 2.0, 3.0, 0.0, 0.5, 2.0], 7.0);
    agree(&departures, &[3.0, 4.0, 6.0, 6.5, 8.0, 10.0, 10.25], 7.0);
}

/// V69 A: one unit of work each, at 0.5, 0.7 and 2.0. From 0.7 two share: at 2.0 the first has
/// 0.15 left, the second 0.35. Three share: the first leaves at 2.45; then two, the second at
/// 2.85; the third alone with 0.65 left until 3.5.
#[test]
fn sharing_among_latecomers() {
    let (program, seen) = seen(SHARING, &[]);
    let times = times(&program, &seen);
    let arrivals = [0.5, 0.7, 2.0];
    let departures: Vec<f64> = times.iter().zip(arrivals).map(|(t, a)| t + a).collect();
    agree(&departures, &[2.45, 2.85, 3.5], 6.0);
}

/// V69 B: work 1, 2 and 3, all at 0.5: three share until 3.5, two until 5.5, one until 6.5.
#[test]
fn sharing_from_one_instant() {
    let changes = [
        ("param.second.value", "500ms"),
        ("param.third.value", "500ms"),
        ("param.work_b.value", "2s"),
        ("param.work_c.value", "3s"),
    ];
    let (program, seen) = seen(SHARING, &changes);
    let departures: Vec<f64> = times(&program, &seen).iter().map(|t| t + 0.5).collect();
    agree(&departures, &[3.5, 5.5, 6.5], 6.0);
}

/// V70: twenty rounds of fifty: the last ends at 4 s, and the mean is (0.2 + 4) / 2.
#[test]
fn a_burst_goes_in_rounds() {
    let (program, seen) = seen(BURST, &[]);
    let tally = &seen.tallies[program.layout.call_time(0, CallSample::Request).0 as usize];
    assert_eq!(tally.count, 1000);
    agree(&[tally.max as f64 * 1e-9], &[4.0], 20.0);
    agree(&[tally.sum as f64 * 1e-9 / 1000.0], &[2.1], 20.0);
    agree(&[seen.ended.as_secs_f64()], &[4.0], 20.0);
}
