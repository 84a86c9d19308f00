//! `sweep` held against formulas, against `run --set`, and against published pairs.
//!
//! One idea: a figure of a sweep is what a run with that value says, so what is left to test is
//! that every value is played, that the formula stands beside a curve where its conditions hold and
//! nowhere else, and that knees are where the curve turns.

use onrush::results::{Curve, LineLaw, Results, Sweep};
use serde_json::Value;

use crate::support::{Answer, Scene};

/// One desk of two workers at 0.1 s each.
const DESK: &str = r#"
[model]
study = "steady"
run_for = "4000s"
warmup = "400s"
replications = 5
[arrivals.calls]
journey = "call"
rate = "10/s"
[journey.call]
steps = [ { name = "ask", call = "desk.ask" } ]
[service.desk]
workers = 2
[service.desk.endpoint]
ask = [ { wait = "exp(100ms)" } ]
"#;

fn ask(scene: &Scene, words: &[&str]) -> (Answer, Results) {
    let mut all = vec!["sweep", "model.toml", "--json", "-"];
    all.extend(words);
    let answer = scene.run(all);
    let results = onrush::results::from_json(&answer.out)
        .unwrap_or_else(|why| panic!("{why}: {}{}", answer.out, answer.err));
    (answer, results)
}

fn sweep(results: &Results) -> &Sweep {
    results.answers.sweep.as_ref().expect("it was swept")
}

fn means(curve: &Curve) -> Vec<f64> {
    let values = curve.values.iter();
    values
        .map(|v| v.as_ref().and_then(|v| v.estimate).unwrap_or(f64::NAN))
        .collect()
}

/// M/M/2: the formula stands beside the curve, and the intervals hold it.
#[test]
fn a_queue_has_its_formula_beside_it() {
    let scene = Scene::with_model(DESK);
    let words = ["--over", "arrivals.calls.rate=2/s..18/s:4/s"];
    let metrics = [
        "--metric",
        "mean(desk.wait)",
        "--metric",
        "p95(ask.time)",
        "--metric",
        "share(desk.wait <= 50ms)",
        "--metric",
        "mean(desk.in_system)",
    ];
    let (answer, results) = ask(&scene, &[&words[..], &metrics[..]].concat());
    assert_eq!(answer.code, 0, "{}", answer.err);
    let found = sweep(&results);
    assert_eq!(found.inputs[0].values, [2.0, 6.0, 10.0, 14.0, 18.0]);
    assert_eq!(found.launches, [5; 5]);
    for curve in &found.curves {
        let line = curve.line.as_ref().expect("its conditions hold");
        assert_eq!(line.law, LineLaw::Mmc);
        for (value, known) in curve.values.iter().zip(&line.values) {
            let (value, known) = (value.expect("it was played"), known.expect("it has room"));
            let (low, high) = (value.low.expect("five"), value.high.expect("five"));
            // Five intervals of 95 % and four curves: within a half width of the interval.
            let half = (high - low) / 2.0 + 1e-4;
            assert!(
                low - half <= known && known <= high + half,
                "{known}: {value:?}"
            );
        }
    }
    // ρ²/(1 − ρ²)/μ at 14/s: 0.96078 · 0.1 s.
    let wait = found.curves[0].line.as_ref().expect("it has one").values[3];
    let rho: f64 = 0.7;
    assert!((wait.expect("it has room") - 0.1 * rho * rho / (1.0 - rho * rho)).abs() < 1e-9);
    assert!(found.curves[0].knees[0].is_some_and(|knee| (2..=4).contains(&knee.at)));
}

/// Whatever else a model has makes it no such queue.
#[test]
fn a_formula_stands_only_where_its_conditions_hold() {
    let has_line = |text: &str, over: &str, metric: &str| {
        let scene = Scene::with_model(text);
        let words = ["--over", over, "--metric", metric, "--replications", "2"];
        let (_, results) = ask(&scene, &words);
        sweep(&results).curves[0].line.is_some()
    };
    let desk = DESK.replace("4000s", "200s").replace("400s", "20s");
    let rate = "arrivals.calls.rate=2/s,4/s";
    assert!(has_line(&desk, rate, "mean(desk.wait)"));
    assert!(has_line(
        &desk,
        "service.desk.workers=2,3",
        "mean(desk.wait)"
    ));
    assert!(!has_line(&desk, rate, "max(desk.queue)"));
    for (before, after) in [
        ("exp(100ms)", "100ms"),
        ("exp(100ms)", "gamma(mean=100ms, cv=0.5)"),
        (
            "workers = 2",
            "workers = 2\nslowdown = { contention = \"5%\" }",
        ),
        ("rate = \"10/s\"", "rate = \"10/s\"\nspacing = \"even\""),
        ("workers = 2", "workers = 2\nservers = 2"),
        ("workers = 2", "workers = 2\nqueue = { limit = 5 }"),
        ("workers = 2", "workers = 2\nnetwork = \"1ms\""),
        ("workers = 2", "workers = 2\nqueue = { order = \"lifo\" }"),
        (
            "call = \"desk.ask\"",
            "call = \"desk.ask\", timeout = \"1s\"",
        ),
        ("[journey.call]", "[journey.call]\npatience = \"exp(1s)\""),
        ("study = \"steady\"", "study = \"launch\""),
        (
            "[service.desk]",
            "[fault.slow]\nat = \"50s\"\nfor = \"9s\"\nslow = { service = \"desk\", factor = 2 }\n\
             [service.desk]",
        ),
    ] {
        let mut text = desk.replace(before, after);
        if after == "study = \"launch\"" {
            text = text.replace("warmup = \"20s\"\n", "");
        }
        assert_ne!(text, desk, "{before}");
        assert!(!has_line(&text, rate, "mean(desk.wait)"), "{after}");
    }
}

/// A value is what `run --set` says of it.
#[test]
fn a_value_is_a_run_with_that_value() {
    let desk = DESK.replace("4000s", "200s").replace("400s", "20s");
    let scene = Scene::with_model(&desk);
    let metric = "mean(desk.wait)";
    let (_, results) = ask(
        &scene,
        &["--over", "service.desk.workers=2,3", "--metric", metric],
    );
    let swept = means(&sweep(&results).curves[0]);
    for (workers, value) in ["2", "3"].into_iter().zip(&swept) {
        let set = format!("service.desk.workers={workers}");
        let answer = scene.run(["run", "model.toml", "--json", "-", "--set", &set]);
        let alone: Value = serde_json::from_str(&answer.out).expect("it is JSON");
        let alone = &alone["variants"]["baseline"]["metrics"][metric]["estimate"];
        assert_eq!(alone.as_f64(), Some(*value), "{workers} workers");
    }
    assert!(swept[0] > swept[1]);
}

/// Two inputs make a map, the first running fastest; the CSV has a row for each.
#[test]
fn two_inputs_make_a_map() {
    let desk = DESK.replace("4000s", "200s").replace("400s", "20s");
    let scene = Scene::with_model(&desk);
    let words = [
        "--over",
        "arrivals.calls.rate=4/s,8/s,12/s",
        "--over",
        "service.desk.workers=2,3",
        "--metric",
        "mean(desk.wait)",
        "--out",
        "out",
        "--csv",
        "values.csv",
        "--replications",
        "3",
    ];
    let (answer, results) = ask(&scene, &words);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let found = sweep(&results);
    assert_eq!((found.launches.len(), found.curves[0].values.len()), (6, 6));
    let waits = means(&found.curves[0]);
    // More load waits longer, more workers shorter.
    assert!(waits[0] < waits[1] && waits[1] < waits[2] && waits[3] < waits[4]);
    assert!(waits[0] > waits[3] && waits[2] > waits[5]);
    let csv = scene.text("values.csv");
    assert_eq!(csv, scene.text("out/sweep.csv"));
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some(
            "arrivals.calls.rate [/s],service.desk.workers,metric,value,low,high,launches,never,law"
        )
    );
    assert_eq!(lines.count(), 6);
    assert!(scene.text("out/summary.md").contains("lowest"));
}

/// The law of a closed population's throughput, fitted to the curve that it is beside.
#[test]
fn a_closed_population_has_its_law() {
    let text = r#"
[model]
study = "steady"
run_for = "300s"
warmup = "30s"
replications = 3
[arrivals.staff]
journey = "work"
population = 4
[journey.work]
steps = [ { name = "ask", call = "desk.ask" } ]
[service.desk]
workers = 64
cores = 64
slowdown = { contention = "5%", coherency = "0.2%" }
[service.desk.endpoint]
ask = [ { cpu = "exp(100ms)" } ]
"#;
    let scene = Scene::with_model(text);
    let words = [
        "--over",
        "arrivals.staff.population=1,2,4,8,16,32",
        "--metric",
        "rate(desk.completed)",
    ];
    let (_, results) = ask(&scene, &words);
    let curve = &sweep(&results).curves[0];
    let line = curve.line.as_ref().expect("its conditions hold");
    let fit = line.fit.as_ref().expect("it was fitted");
    assert_eq!(line.law, LineLaw::Usl);
    // The model slows work by that very law, whoever is at work.
    assert!((fit.lambda.value - 10.0).abs() < 0.5, "{fit:?}");
    assert!((fit.sigma.value - 0.05).abs() < 0.015, "{fit:?}");
    assert!((fit.kappa.value - 0.002).abs() < 0.0006, "{fit:?}");
}

/// P18: the data set of SPEC SDM 91, as it is typed.
#[test]
fn measured_pairs_have_their_law() {
    let scene = Scene::new().file(
        "specsdm91.csv",
        "load,throughput\n1,64.9\n18,995.9\n36,1652.4\n72,1853.2\n108,1828.9\n144,1775.0\n\
         216,1702.2\n",
    );
    let answer = scene.run(["sweep", "--fit", "usl", "specsdm91.csv", "--out", "out"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let said = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.starts_with("Throughput is largest at load N* = 111.6 ("),
        "{said}"
    );
    assert!(said.contains("X_max = 1876.6 ("), "{said}");
    assert!(
        said.contains("(sigma) is 0.01705 (") && said.contains("(kappa) is 0.00007892 ("),
        "{said}"
    );
    let text = scene.text("out/results.json");
    let results = onrush::results::from_json(&text).expect("it is a document");
    let law = results.answers.scalability.expect("it was fitted");
    assert!((law.fits[0].throughput(216.0) - 1682.7).abs() < 0.2);
    assert!(
        law.fits[1]
            .load_at_most
            .is_some_and(|at| (at.value - 96.52).abs() < 0.01)
    );
    assert!(scene.text("out/report.html").contains("111.6"));
    let scene = scene.file("few.csv", "load,throughput\n1,10\n2,19\n");
    let answer = scene.run(["sweep", "--fit", "usl", "few.csv"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("three unknowns"), "{}", answer.err);
}

#[test]
fn what_cannot_be_swept_is_refused() {
    let scene = Scene::with_model(DESK);
    let refused = |words: &[&str]| {
        let mut all = vec!["sweep", "model.toml"];
        all.extend(words);
        let answer = scene.run(all);
        (answer.code, answer.err)
    };
    assert_eq!(refused(&[]).0, 2);
    assert_eq!(refused(&["--over", "service.desk.workers=3"]).0, 2);
    assert_eq!(refused(&["--over", "service.dsk.workers=1,2"]).0, 104);
    let (code, said) = refused(&[
        "--over",
        "service.desk.workers=1,2",
        "--metric",
        "p95(x.time)",
    ]);
    assert_eq!(code, 2);
    assert!(said.contains("--metric `p95(x.time)`"), "{said}");
    let (code, said) = refused(&["--over", "service.desk.workers=1..9999:1"]);
    assert_eq!(code, 2);
    assert!(said.contains("larger step"), "{said}");
}

/// The same bytes on any number of threads.
#[test]
fn threads_change_no_byte_of_a_sweep() {
    let desk = DESK.replace("4000s", "100s").replace("400s", "10s");
    let scene = Scene::with_model(&desk);
    let words = [
        "--over",
        "service.desk.workers=2..4",
        "--metric",
        "mean(desk.wait)",
    ];
    let [one, three] = ["1", "3"].map(|threads| {
        let (answer, _) = ask(&scene, &[&words[..], &["--threads", threads]].concat());
        answer.out
    });
    assert_eq!(one, three);
}
