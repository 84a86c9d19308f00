//! Published figures that follow from rates: Beyer et al., "Site Reliability Engineering" (2016),
//! chapters 18 and 22; the stable capacity of Huang et al. (OSDI 2022); and the starter that shows
//! a collector which holds a service down.

use proptest::prelude::*;

use crate::replicate::{Question, checked, replicate, threads};

/// The answers of some replications, all of which must exist.
fn answers(text: &str, changes: &[(&str, &str)], metrics: &[&str], count: u32) -> Vec<Vec<f64>> {
    let question = Question::new(&checked(text, changes), metrics);
    let exist = |answers: Vec<Option<f64>>| {
        let exist = |a: Option<f64>| a.expect("every replication answers");
        answers.into_iter().map(exist).collect()
    };
    let keep = |seen| exist(question.answers(&seen));
    replicate(&question.program, 7, count, threads(), &keep)
}

/// P8 (c): 10,000 a second are let in, 10,100 come, and who is refused asks again a second later:
/// 10,200, 10,300, … a second. The work is a hundredth of a millisecond short of a second, so that
/// every place is free again before the next user who comes.
#[test]
fn a_hundred_too_many_grow_by_a_hundred_a_second() {
    let text = "[model]\nrun_for = \"6s\"\n\
                [arrivals.all]\njourney = \"ask\"\nrate = \"10100/s\"\nspacing = \"even\"\n\
                [journey.ask]\nsteps = [ { call = \"s.ask\", retry = \"on\" } ]\n\
                [retry.on]\nattempts = 99\nbackoff = { kind = \"constant\", base = \"1s\" }\n\
                [service.s]\nworkers = 10_000\nqueue = { limit = 0 }\n\
                endpoint.ask = [ { wait = \"999.99ms\" } ]\n";
    let windows = [
        "count(s.arrived) between 500ms and 1500ms",
        "count(s.arrived) between 1500ms and 2500ms",
        "count(s.arrived) between 2500ms and 3500ms",
        "count(s.arrived) between 3500ms and 4500ms",
    ];
    let seen = answers(text, &[], &windows, 1);
    for (found, expected) in seen[0].iter().zip([10_100.0, 10_200.0, 10_300.0, 10_400.0]) {
        assert!((found - expected).abs() <= 1.0, "{found}, not {expected}");
    }
}

/// P8 (g): clusters of 5,000 a second, a peak of 19,000: six carry it with two of them gone, five
/// do not; without a loss four are enough and three are not.
#[test]
fn six_clusters_carry_the_peak_with_two_gone() {
    let load = |servers: u32, lost: u32| {
        let fault = match lost {
            0 => String::new(),
            lost => format!(
                "[fault.gone]\nat = \"1s\"\nfor = \"9s\"\ncrash = {{ service = \"s\", servers = \
                 {lost} }}\n"
            ),
        };
        let text = format!(
            "[model]\nrun_for = \"20s\"\n\
             [arrivals.all]\njourney = \"ask\"\nrate = \"19000/s\"\n\
             [journey.ask]\nsteps = [ {{ call = \"s.ask\" }} ]\n\
             [service.s]\nservers = {servers}\nworkers = 5000\n\
             endpoint.ask = [ {{ wait = \"1s\" }} ]\n{fault}"
        );
        checked(&text, &[]).capacity().resources[0].load
    };
    let needed = |lost| (lost + 1..20).find(|&servers| load(servers, lost) <= 1.0);
    assert_eq!(needed(0), Some(4));
    assert_eq!(needed(2), Some(6));
}

const SPIRAL: &str = include_str!("../../models/gc-spiral.toml");

/// The starter: stuck after its pause; back with twice the memory, with half the queue, or without
/// retries.
#[test]
fn a_collector_holds_a_service_down_and_memory_frees_it() {
    let late = ["share(ask.ok) between 8m and 14m"];
    let cases: [(&[(&str, &str)], bool); 4] = [
        (&[], false),
        (&[("retry.eager.attempts", "1")], true),
        (&[("service.api.memory.limit", "8GB")], true),
        (&[("service.api.queue.limit", "58")], true),
    ];
    for (changes, comes_back) in cases {
        let seen = answers(SPIRAL, changes, &late, 5);
        for ok in seen.iter().map(|answers| answers[0]) {
            println!("{changes:?}: {ok:.4} ok");
            match comes_back {
                true => assert!(ok > 0.95, "{changes:?}: {ok}"),
                false => assert!(ok < 0.05, "{changes:?}: {ok}"),
            }
        }
    }
}

const SWITCH: &str = include_str!("hotos21.toml");

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// P5: any load below C_stable, as the model itself tells it, recovers from any trigger.
    #[test]
    fn below_its_own_stable_capacity_a_model_recovers(
        attempts in 1u32..6, part in 0.1f64..0.85, outage in 1u32..40, kind in 0usize..4
    ) {
        let fault = [
            "cut = { between = [\"users\", \"db\"], messages = \"kept\" }",
            "pause = { service = \"db\" }",
            "slow = { service = \"db\", factor = 20 }",
            "crash = { service = \"db\" }",
        ][kind];
        let written = "cut = { between = [\"users\", \"db\"], messages = \"kept\" }";
        let text = SWITCH.replace(written, fault);
        let (attempts, outage) = (attempts.to_string(), format!("{outage}s"));
        let mut changes = vec![
            ("retry.once.attempts", attempts.as_str()),
            ("fault.switch.for", outage.as_str()),
        ];
        let stable = checked(&text, &changes).stable().expect("it carries something");
        let carried = 300.0 / attempts.parse::<f64>().expect("a number");
        prop_assert!((stable.stable_per_s / carried - 1.0).abs() < 1e-9);
        let rate = format!("{}/s", part * stable.stable_per_s);
        changes.push(("param.rate.value", rate.as_str()));
        let seen = answers(&text, &changes, &["share(db.query.ok) between 700s and 1100s"], 1);
        prop_assert!(seen[0][0] > 0.95, "{}", seen[0][0]);
    }
}
