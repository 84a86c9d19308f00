//! Published overloads: who comes back by himself, and what the stuck state looks like.
//!
//! P1 is the running example of "Metastable failures" at HotOS 2025, P3 the retry example of
//! Bronson et al. at HotOS 2021 (§2.1), P5 the stable capacity of Huang et al. at OSDI 2022, P13 a
//! collector's pause under deterministic load, P8 (h) the crash loop of Beyer et al. (2016, chapter
//! 22), P16 the fan-out of Dean and Barroso (2013).

use proptest::prelude::*;

use crate::replicate::{Question, checked, replicate, threads};

const HOTOS25: &str = include_str!("hotos25.toml");
const HOTOS21: &str = include_str!("hotos21.toml");
const DYNAMODB: &str = include_str!("../../models/dynamodb-2015.toml");
const PAUSE: &str = include_str!("pause.toml");

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

fn mean(all: &[Vec<f64>], at: usize) -> f64 {
    all.iter().map(|a| a[at]).sum::<f64>() / all.len() as f64
}

/// Seeds that recover: of the requests of some minutes long after the trigger almost all are ok.
fn recovered(all: &[Vec<f64>], at: usize) -> usize {
    let good = |share: f64| {
        assert!(
            !(0.05..=0.95).contains(&share),
            "neither stuck nor well: {share}"
        );
        share > 0.95
    };
    all.iter().filter(|a| good(a[at])).count()
}

const LATE: [&str; 2] = [
    "rate(desk.arrived) between 1600s and 2600s",
    "rate(desk.goodput) between 1600s and 2600s",
];

#[test]
fn a_long_queue_stays_stuck_after_the_load_has_gone() {
    for queue in ["150", "100", "75"] {
        let seen = answers(HOTOS25, &[("param.queue.value", queue)], &LATE, 20);
        let well = seen.iter().filter(|a| a[1] > 0.05).count();
        assert_eq!(well, 0, "none of 20 comes back with a queue of {queue}");
        let attempts = mean(&seen, 0);
        let goodput = mean(&seen, 1);
        println!("P1 queue {queue}: {attempts:.2} attempts/s, goodput {goodput:.4}/s");
        assert!((attempts - 29.7).abs() <= 0.5, "{attempts} attempts/s");
    }
}

#[test]
fn a_short_queue_recovers() {
    for queue in ["50", "45", "40", "35"] {
        let seen = answers(HOTOS25, &[("param.queue.value", queue)], &LATE, 20);
        let well = seen.iter().filter(|a| a[1] > 4.5 && a[0] < 5.5).count();
        println!(
            "P1 queue {queue}: {well} of 20 recover, {:.2} attempts/s",
            mean(&seen, 0)
        );
        assert_eq!(well, 20, "all of 20 come back with a queue of {queue}");
    }
}

const AFTER: [&str; 3] = [
    "rate(db.arrived) between 700s and 1100s",
    "rate(db.goodput) between 700s and 1100s",
    "share(db.query.ok) between 700s and 1100s",
];

#[test]
fn one_retry_keeps_a_healthy_load_stuck_for_ever() {
    let seen = answers(HOTOS21, &[], &AFTER, 20);
    let (attempts, goodput) = (mean(&seen, 0), mean(&seen, 1));
    println!("P3 280/s: {attempts:.2} attempts/s, goodput {goodput}");
    assert!((attempts - 560.0).abs() <= 6.0, "{attempts} attempts/s");
    assert!(goodput == 0.0, "every query times out: {goodput}");
}

#[test]
fn half_the_load_recovers_and_little_more_does_not() {
    for (rate, expected) in [("120/s", 20), ("140/s", 20), ("160/s", 0)] {
        let seen = answers(HOTOS21, &[("param.rate.value", rate)], &AFTER, 20);
        let well = recovered(&seen, 2);
        println!("P3 {rate}: {well} of 20 recover");
        assert_eq!(well, expected, "of 20 come back at {rate}");
    }
}

#[test]
fn without_the_outage_the_load_is_carried() {
    let changes = [("fault.switch.on", "false")];
    let seen = answers(HOTOS21, &changes, &AFTER, 5);
    assert_eq!(recovered(&seen, 2), 5);
}

/// Attempts and goodput a second, in ten whole seconds long after the pause.
const PERIODIC: [&str; 2] = [
    "count(desk.arrived) between 180s and 190s",
    "count(desk.goodput) between 180s and 190s",
];

#[test]
fn a_pause_of_a_second_is_for_ever() {
    for (pause, attempts, goodput) in [
        ("300ms", 70.0, 70.0),
        ("400ms", 70.0, 70.0),
        ("500ms", 70.0, 70.0),
        ("700ms", 280.0, 0.0),
        ("1s", 280.0, 0.0),
        ("2s", 280.0, 0.0),
    ] {
        let seen = answers(PAUSE, &[("param.pause.value", pause)], &PERIODIC, 1);
        assert_eq!(seen[0], [attempts, goodput], "after a pause of {pause}");
    }
}

#[test]
fn without_retries_a_pause_is_survived() {
    let changes = [("retry.app.attempts", "1")];
    let seen = answers(PAUSE, &changes, &PERIODIC, 1);
    assert_eq!(seen[0], [70.0, 70.0]);
}

const CRASH_LOOP: &str = include_str!("crash-loop.toml");

/// P8 (h), a tenth of the size: healthy at 1,000 a second, crashing at 1,100. From then on servers
/// come back one by one, each into the whole load, and crash again: 900 or 500 a second do not end
/// it, only a load that the few who are up can carry does, 100 a second.
#[test]
fn who_crashes_under_load_comes_back_only_with_a_tenth_of_it() {
    let late = ["share(s.ask.ok) between 4m and 290s"];
    for (load, spike, comes_back) in [
        ("1000/s", "1000/s", true),
        ("900/s", "1100/s", false),
        ("500/s", "1100/s", false),
        ("100/s", "1100/s", true),
    ] {
        let changes = [("param.load.value", load), ("param.spike.value", spike)];
        let seen = answers(CRASH_LOOP, &changes, &late, 20);
        let well = recovered(&seen, 0);
        println!("P8 (h) {load} after {spike}: {well} of 20 are well");
        assert_eq!(
            well,
            if comes_back { 20 } else { 0 },
            "{load} after {spike}"
        );
    }
}

/// A journey that waits for a hundred answers, each of them slow once in a hundred times.
const FAN_OUT: &str = include_str!("fan-out.toml");

#[test]
fn a_hedge_cuts_the_tail_of_a_wide_fan_out() {
    // P16: of a fan-out of 100, 1 − 0.99¹⁰⁰ = 63.4 % wait for a slow answer. With a hedge, which
    // one request in a hundred sends, both copies must be slow: 1 − 0.9999¹⁰⁰ = 1.0 %.
    let asked = [
        "share(page.time > 500ms)",
        "count(leaf.arrived)",
        "count(leaf.get.started)",
    ];
    let slow = |seen: &[Vec<f64>]| {
        let (mean, n) = (mean(seen, 0), seen.len() as f64);
        let spread: f64 = seen.iter().map(|a| (a[0] - mean).powi(2)).sum();
        (mean, (spread / (n * (n - 1.0))).sqrt())
    };
    for (hedged, expected) in [
        ("false", 1.0 - 0.99_f64.powi(100)),
        ("true", 1.0 - 0.9999_f64.powi(100)),
    ] {
        let seen = answers(FAN_OUT, &[("hedge.twice.on", hedged)], &asked, 30);
        let ((share, error), extra) = (slow(&seen), mean(&seen, 1) / mean(&seen, 2) - 1.0);
        println!("P16 hedge {hedged}: {share:.4} ± {error:.4} slow, {extra:.4} extra");
        assert!(
            (share - expected).abs() <= 5.0 * error,
            "{share}, not {expected}"
        );
        let more = if hedged == "true" { 0.01 } else { 0.0 };
        assert!((extra - more).abs() <= 0.001, "{extra} more attempts");
    }
}

const STATION: &str = include_str!("station.toml");

#[test]
fn two_choices_are_as_good_as_their_closed_form() {
    // P15, V48: with many servers the mean time is Σ λ^(2^i − 2), 2.6141 at a load of 0.9.
    let closed: f64 = (1..40).map(|i| 0.9_f64.powf(2_f64.powi(i) - 2.0)).sum();
    let changes = [
        ("param.rate.value", "450/s"),
        ("service.desk.servers", "500"),
        ("service.desk.balance", "two-choices"),
        ("param.warmup.value", "60s"),
        ("param.horizon.value", "160s"),
    ];
    let seen = answers(STATION, &changes, &["mean(desk.time)"], 8);
    let found = mean(&seen, 0);
    println!("P15: {found:.4} s, closed form {closed:.4} s");
    assert!((closed - 2.6141).abs() < 1e-4);
    assert!(
        (found / closed - 1.0).abs() <= 0.02,
        "{found}, not {closed}"
    );
}

#[test]
fn the_least_loaded_are_overrun_by_all_who_saw_the_same_loads() {
    // Brooker (2012): ten servers; as what is known of loads grows old, the best of all is worse
    // than the better of two, and worse than luck.
    let time = |balance: &str| {
        let changes = [
            ("param.rate.value", "1/s"),
            ("param.work.value", "exp(8s)"),
            ("service.desk.servers", "10"),
            ("service.desk.balance", balance),
            ("param.horizon.value", "6000s"),
        ];
        mean(&answers(STATION, &changes, &["mean(desk.time)"], 8), 0)
    };
    let (fresh, old) = (
        ["least-loaded", "two-choices", "random"].map(time),
        ["least-loaded", "two-choices"]
            .map(|kind| time(&format!("{{ kind = \"{kind}\", stale = \"40s\" }}"))),
    );
    println!("fresh {fresh:.2?}, 40 s old {old:.2?}");
    assert!(fresh[0] < fresh[1] && fresh[1] < fresh[2]);
    assert!(old[1] < old[0] && fresh[2] < old[0], "{old:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// P5: any load below normal capacity ÷ amplification recovers from any trigger. The
    /// database carries 300/s and one retry doubles the load, so below 150/s.
    #[test]
    fn below_the_stable_capacity_everything_recovers(
        rate in 20u32..140, outage in 1u32..40, kind in 0usize..3
    ) {
        let rate = format!("{rate}/s");
        let outage = format!("{outage}s");
        let fault = [
            "cut = { between = [\"users\", \"db\"], messages = \"kept\" }",
            "pause = { service = \"db\" }",
            "slow = { service = \"db\", factor = 20 }",
        ][kind];
        let written = "cut = { between = [\"users\", \"db\"], messages = \"kept\" }";
        let text = HOTOS21.replace(written, fault);
        let changes = [("param.rate.value", rate.as_str()), ("fault.switch.for", &outage)];
        let seen = answers(&text, &changes, &AFTER, 1);
        prop_assert_eq!(recovered(&seen, 2), 1);
    }
}

/// P24, Amazon DynamoDB on 20 September 2015: a disruption of minutes at 02:19, an error rate of
/// about 55 % by 02:37, nothing better until requests are paused at 05:06 so that capacity can be
/// added, normal at 07:10. One storage server of the thousand without membership is 0.1 %.
#[test]
fn a_disruption_of_minutes_lasts_until_requests_are_paused() {
    let asked = [
        "max(orbit) before 4m",
        "at(orbit, 22m)",
        "mean(orbit) between 60m and 170m",
        "at(orbit, 295m)",
    ];
    let seen = answers(DYNAMODB, &[], &asked, 20);
    let out = mean(&seen, 1) / 1_000.0;
    println!("P24: {:.1} % at 02:37", 100.0 * out);
    assert!((0.50..=0.60).contains(&out), "{out}");
    for launch in &seen {
        assert!(launch[0] < 50.0, "calm before: {launch:?}");
        assert!(launch[2] > 550.0, "stuck for hours: {launch:?}");
        assert!(launch[3] < 50.0, "normal at 07:10: {launch:?}");
    }
    let control = answers(DYNAMODB, &[("fault.disruption.on", "false")], &asked, 5);
    assert!(control.iter().all(|launch| launch[2] < 50.0));
    let unpaused = answers(DYNAMODB, &[("action.pause.on", "false")], &asked, 5);
    assert!(unpaused.iter().all(|launch| launch[3] > 550.0));
}
