//! Inputs drawn from their ranges: indices of functions that are known, and the command.
//!
//! One idea: the estimator knows no model, so functions with known indices stand in for one
//! (Ishigami & Homma 1990; the g-function, Saltelli & Sobol' 1995). An interval of 95 % that holds
//! fewer than 87 of 100 times is too short (chance of that below 1e-3 if it is right).
//!
//! In full: `ONRUSH_RANGES=100 cargo test --release --locked -- --ignored ranges --nocapture`.

use std::f64::consts::PI;

use onrush::estimate::sensitivity::{indices, split};
use onrush::random::sobol::coordinate;
use onrush::results::{self, Fraction, Results, Stopped};
use onrush::study::{self, Onlooker, Others, Plan, Ranges, Silent};

use crate::replicate::read;
use crate::support::Scene;

/// A function with its indices, first and total.
struct Known {
    inputs: usize,
    points: u32,
    value: fn(&[f64]) -> f64,
    indices: Vec<f64>,
}

const A: f64 = 7.0;
const B: f64 = 0.1;

fn ishigami(u: &[f64]) -> f64 {
    let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
    x[0].sin() + A * x[1].sin().powi(2) + B * x[2].powi(4) * x[0].sin()
}

/// Variance by hand: first ½(1 + bπ⁴/5)², second a²/8, first with third 8b²π⁸/225.
fn known_ishigami() -> Known {
    let parts = [
        0.5 * (1.0 + B * PI.powi(4) / 5.0).powi(2),
        A * A / 8.0,
        8.0 * B * B * PI.powi(8) / 225.0,
    ];
    let all: f64 = parts.iter().sum();
    let [one, two, both] = parts.map(|part| part / all);
    Known {
        inputs: 3,
        points: 128,
        value: ishigami,
        indices: vec![one, two, 0.0, one + both, two, both],
    }
}

const G: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];

fn g_function(u: &[f64]) -> f64 {
    let factors = u
        .iter()
        .zip(G)
        .map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a));
    factors.product()
}

/// Each factor has the variance 1/(3 (1 + a)²) about 1.
fn known_g() -> Known {
    let own = G.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let all = own.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    let first = own.iter().map(|v| v / all);
    let total = own.iter().map(|v| v * (all + 1.0) / (1.0 + v) / all);
    Known {
        inputs: 8,
        points: 320,
        value: g_function,
        indices: first.chain(total).collect(),
    }
}

fn points(known: &Known, seed: u64) -> Vec<Vec<f64>> {
    let point = |point: u32| {
        (0..known.inputs)
            .map(|input| coordinate(point, input, seed))
            .collect()
    };
    (0..known.points).map(point).collect()
}

/// Of so many seeds each index is covered in all but `missed`, by an interval of at most 0.1.
fn covered(known: &Known, seeds: u64, missed: u64) {
    let mut hits = vec![0_u64; known.indices.len()];
    for seed in 0..seeds {
        let at = points(known, seed);
        let values: Vec<Vec<f64>> = at.iter().map(|point| vec![(known.value)(point)]).collect();
        let found = indices(&at, &values, (0.95, seed)).expect("it varies");
        let all: Vec<&Fraction> = found.first.iter().chain(&found.total).collect();
        for ((one, expected), hits) in all.iter().zip(&known.indices).zip(&mut hits) {
            *hits += u64::from((one.low..=one.high).contains(expected));
            assert!(one.high - one.low <= 0.1, "seed {seed}: {all:?}");
        }
    }
    println!("{} inputs, {seeds} seeds: covered {hits:?}", known.inputs);
    assert!(
        hits.iter().all(|hits| hits + missed >= seeds),
        "{hits:?} of {seeds}"
    );
}

#[test]
fn indices_of_known_functions_are_covered() {
    covered(&known_ishigami(), 8, 2);
    covered(&known_g(), 2, 1);
}

fn in_full() -> Option<u64> {
    std::env::var("ONRUSH_RANGES").ok()?.parse().ok()
}

#[test]
#[ignore = "minutes; see the head of this file"]
fn indices_of_known_functions_are_covered_in_full() {
    let seeds = in_full().unwrap_or(100);
    covered(&known_ishigami(), seeds, seeds * 13 / 100);
    covered(&known_g(), seeds, seeds * 13 / 100);
}

/// Numbers of a standard normal law, the same on every machine: the sum of twelve uniform ones.
struct Luck(u64);

impl Luck {
    fn normal(&mut self) -> f64 {
        let mut uniform = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..12).map(|_| uniform()).sum::<f64>() - 6.0
    }
}

/// Ishigami's function has a variance of 13.84; luck of variance 4 makes it 77.6 % of the whole.
/// The indices are those of the function without it.
#[test]
fn luck_is_told_from_what_is_not_known() {
    let known = Known {
        points: 256,
        ..known_ishigami()
    };
    let (mut shares, mut hits) = (0, 0);
    for seed in 0..5 {
        let mut luck = Luck(seed + 1);
        let at = points(&known, seed);
        let launches = |point: &Vec<f64>| -> Vec<f64> {
            let value = ishigami(point);
            (0..2).map(|_| value + 2.0 * luck.normal()).collect()
        };
        let values: Vec<Vec<f64>> = at.iter().map(launches).collect();
        let found = split(&values, 0.95, seed).expect("it has points enough");
        shares += u32::from((found.share.low..=found.share.high).contains(&0.7758));
        let found = indices(&at, &values, (0.95, seed)).expect("it varies");
        let all = found.first.iter().chain(&found.total).zip(&known.indices);
        hits += all
            .filter(|(one, known)| (one.low..=one.high).contains(known))
            .count();
    }
    assert!(shares >= 4 && hits >= 27, "{shares} of 5, {hits} of 30");
}

/// A shop of four workers whose crowd, work and patience are guesses.
const SHOP: &str = r#"# Will the shop hold, whatever the crowd and the work turn out to be?
[model]
title = "A shop with guesses"
run_for = "30s"
replications = 4
[param.peak]
value = "20/s"
range = ["8/s", "40/s"]
known = "assumed"
[param.work]
value = "120ms"
range = ["60ms", "240ms"]
known = "assumed"
[param.patience]
value = "10s"
range = ["8s", "12s"]
known = "measured"
[arrivals.users]
journey = "visit"
rate = "$peak"
[journey.visit]
patience = { waiting = "exp($patience)" }
steps = [ { name = "ask", call = "shop.ask" } ]
[service.shop]
workers = 4
[service.shop.endpoint]
ask = [ { cpu = "exp($work)" } ]
[[objective]]
that = "share(served) >= 95%"
[variant.more]
label = "Twice the workers"
set = { "service.shop.workers" = "x2" }
[variant.fewer]
label = "One worker less"
set = { "service.shop.workers" = 3 }
"#;

fn asked(scene: &Scene, flags: &[&str], code: i32) -> Results {
    let words = ["uncertain", "model.toml", "--points", "32", "--json", "-"];
    let answer = scene
        .run(words.into_iter().chain(flags.iter().copied()))
        .expect(code);
    results::from_json(&answer.out).expect("it is a document")
}

/// More workers are never regretted, patience hardly matters, and what is known of the inputs is
/// the same on any number of threads.
#[test]
fn guesses_are_ordered_and_the_better_variant_is_not_regretted() {
    let scene = Scene::with_model(SHOP);
    let results = asked(&scene, &["--threads", "1"], 98);
    assert_eq!(results, asked(&scene, &["--threads", "2"], 98));
    assert_eq!(results.command, "uncertain");
    let found = results
        .answers
        .uncertain
        .as_ref()
        .expect("inputs were drawn");
    assert_eq!((found.draws, found.kept, found.replications), (32, 32, 2));
    assert!(
        found
            .rows
            .iter()
            .all(|row| row.values.iter().all(|all| all.len() == 2))
    );
    let outcome = found.outcome.as_ref().expect("there are points enough");
    assert_eq!(
        (outcome.metric.as_str(), outcome.points),
        ("share(served)", 32)
    );
    let split = outcome.variance.expect("two launches tell luck apart");
    assert!(split.share.low > 0.9, "{split:?}");
    assert_eq!(
        outcome.inputs.last().map(|one| one.name.as_str()),
        Some("patience")
    );
    let work = outcome
        .inputs
        .iter()
        .find(|one| one.name == "work")
        .expect("it has a range");
    let at =
        |end: Option<results::Estimate>| end.and_then(|end| end.estimate).expect("it is known");
    assert!(at(work.at_low) > at(work.at_base) && at(work.at_base) > at(work.at_high));
    let regret = found.regret.as_ref().expect("there are variants");
    assert_eq!(
        (regret.least_largest.as_str(), regret.least_mean.as_str()),
        ("more", "more")
    );
    assert!(
        regret.settled && regret.rows[0].largest < 0.02,
        "{regret:?}"
    );
}

#[test]
fn another_outcome_of_another_variant_is_taken_apart() {
    let scene = Scene::with_model(SHOP);
    let flags = [
        "--variant",
        "more",
        "--metric",
        "mean(shop.utilisation)",
        "--variants",
        "more",
    ];
    let results = asked(&scene, &flags, 98);
    let found = results.answers.uncertain.expect("inputs were drawn");
    assert_eq!(found.variants, ["baseline", "more"]);
    let outcome = found.outcome.expect("there are points enough");
    assert_eq!(
        (outcome.variant.as_str(), outcome.metric.as_str()),
        ("more", "mean(shop.utilisation)")
    );
    assert_eq!(outcome.inputs[2].name, "patience");
    let wrong = scene
        .run(["uncertain", "model.toml", "--metric", "mean(ask.tme)"])
        .expect(2);
    assert!(
        wrong.last_line().contains("--metric"),
        "{}",
        wrong.last_line()
    );
    scene
        .run(["uncertain", "model.toml", "--variants", "moer"])
        .expect(2);
    let known = SHOP.replace("range", "#");
    let none = Scene::with_model(&known)
        .run(["uncertain", "model.toml"])
        .expect(2);
    assert!(
        none.last_line().contains("no parameter"),
        "{}",
        none.last_line()
    );
}

/// The first sentence has number, unit, chance and condition.
#[test]
fn the_first_sentence_says_how_often_it_holds() {
    let words = ["uncertain", "model.toml", "--points", "32", "--plain"];
    let answer = Scene::with_model(SHOP).run(words).expect(98);
    let said: Vec<&str> = answer.out.lines().skip(3).take(2).collect();
    insta::assert_snapshot!(said.join("\n"));
}

/// What was drawn before somebody stops it is kept, and said to be a part.
#[test]
fn draws_before_an_interruption_are_kept() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let model = read(SHOP);
    let asked = AtomicU32::new(0);
    let stop = || asked.fetch_add(1, Ordering::Relaxed) > 12;
    let ranges = Ranges {
        points: Some(64),
        replications: 2,
        variant: None,
        metric: None,
        others: Others::These(Vec::new()),
    };
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &stop,
        until: None,
        store: None,
    };
    let mut results = Results::default();
    let plan = Plan {
        threads: 1,
        ..Plan::of(&model)
    };
    study::drawn(&mut results, &model, &ranges, &plan, onlooker).expect("some are finished");
    let found = results.answers.uncertain.expect("some are finished");
    assert!(found.draws > 0 && found.draws < 64, "{} drawn", found.draws);
    assert_eq!(results.stopped, Stopped::Interrupted);
}

/// On the pre-order two inputs decide whatever the luck of the points: of so many seeds nine in ten
/// agree on them. `ONRUSH_RANGES` says how many points.
#[test]
#[ignore = "an hour; see the head of this file"]
fn the_same_two_guesses_decide_the_pre_order() {
    const SEEDS: u64 = 20;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/oneplus-2014.toml");
    let text = std::fs::read_to_string(path).expect("the model is there");
    // Without its conclusions, for whose sake other variants would be run as well.
    let alone = text
        .split("[uncertain]")
        .next()
        .expect("there is a first part");
    let model = read(alone);
    let ranges = Ranges {
        points: Some(in_full().unwrap_or(100) as u32),
        replications: 1,
        variant: None,
        metric: None,
        others: Others::These(Vec::new()),
    };
    let mut seen: std::collections::BTreeMap<Vec<String>, u64> = Default::default();
    for seed in 0..SEEDS {
        let plan = Plan {
            seed,
            ..Plan::of(&model)
        };
        let alone = Onlooker {
            progress: &Silent,
            stop: &|| false,
            until: None,
            store: None,
        };
        let mut results = Results::default();
        study::drawn(&mut results, &model, &ranges, &plan, alone).expect("it can be drawn");
        let outcome = results
            .answers
            .uncertain
            .and_then(|one| one.outcome)
            .expect("it varies");
        let top = outcome.inputs.iter().take(2);
        let mut top: Vec<String> = top.map(|one| one.name.clone()).collect();
        top.sort();
        println!("seed {seed}: {top:?}, {:?}", outcome.surrogate);
        *seen.entry(top).or_default() += 1;
    }
    let most = seen.values().copied().max().unwrap_or(0);
    assert!(most + 2 >= SEEDS, "{seen:?}");
}
