//! What is said of overload: backlogs and budgets by hand, a published storm, what-ifs from the
//! middle, and the moment past which taking the trigger away no longer helps.

use serde_json::Value;

use crate::support::Scene;

fn results(text: &str, words: &[&str]) -> Value {
    let mut all = vec![words[0], "model.toml", "--json", "-"];
    all.extend(&words[1..]);
    let answer = Scene::with_model(text).run(all);
    assert!([0, 98, 99].contains(&answer.code), "{}", answer.err);
    serde_json::from_str(&answer.out).unwrap_or_else(|why| panic!("{why}: {}", answer.out))
}

fn estimate(value: &Value) -> f64 {
    value["estimate"]
        .as_f64()
        .unwrap_or_else(|| panic!("no estimate: {value}"))
}

/// Ten at once, a second each: nine wait, one fewer each second. So the bin of the peak is the
/// first, and one waits in the bin that begins after eight seconds, seven after the end of the
/// first. Whoever is served after more than five seconds has left: five of ten end ok, and of a
/// target of 90 % five times the budget is spent.
#[test]
fn a_backlog_and_a_budget_by_hand() {
    const TEXT: &str = r#"
[model]
title = "Ten at once"
run_for = "20s"
[arrivals.all]
journey = "visit"
burst = { users = 10, at = "0s" }
[journey.visit]
steps = [ { name = "ask", call = "api.ask", timeout = "5s" } ]
[service.api]
workers = 1
cores = 1
on_timeout = "ignore"
endpoint.ask = [ { cpu = "1s" } ]
[[objective]]
that = "availability(ask) >= 50%"
[[objective]]
that = "budget_spent(ask, 90%) <= 1"
[[objective]]
that = "budget_spent(visit, 50%) <= 1"
"#;
    let results = results(TEXT, &["run", "--replications", "2"]);
    let found = &results["variants"]["baseline"];
    let backlog = &found["services"]["api"]["backlog"];
    let near = |found: f64, expected: f64| (found - expected).abs() < 1e-12;
    assert!(near(estimate(&backlog["peak"]), 9.0));
    assert!(near(estimate(&backlog["peak_at_s"]), 0.0));
    assert!(near(estimate(&backlog["drained_s"]), 7.0));
    let metric = |name: &str| estimate(&found["metrics"][name]);
    assert!(near(metric("availability(ask)"), 0.5));
    assert!(near(metric("budget_spent(ask, 90%)"), 5.0));
    assert!(near(metric("budget_spent(visit, 50%)"), 1.0));
}

/// The running example of Isaacs et al. (HotOS 2025): one thread of 10/s, five retries, a queue
/// that says nothing when it is full; 5/s, in the spike 15/s.
const STORM: &str = r#"
[model]
title = "A spike"
run_for = "20m"
seed = 3
replications = 5
[arrivals.users]
journey = "visit"
stages = [
  { rate = "5/s", for = "3m" }, { rate = "15/s", for = "4m" }, { rate = "5/s", for = "13m" },
]
[journey.visit]
steps = [ { name = "ask", call = "api.ask", timeout = "5s", retry = "eager" } ]
[retry.eager]
attempts = 6
backoff = { kind = "none" }
[service.api]
workers = 1
queue = { limit = 150, silent = true }
on_timeout = "ignore"
endpoint.ask = [ { cpu = "exp(100ms)" } ]
[variant.short-queue]
set = { "service.api.queue.limit" = 35 }
[variant.no-retries]
set = { "retry.eager.attempts" = 1 }
[variant.reads-once]
set = { "service.api.endpoint.ask.steps.1.cpu" = "50ms", "model.run_for" = "21m" }
"#;

/// Published of the collapsed state: 29.7 attempts a second for 5 first tries, none in time. The
/// usual load is half of what the service can do, so from two attempts for each first try on there
/// is no way back; with a short queue all come back, and so there was one all the time.
#[test]
fn a_published_storm_is_told_with_its_figures() {
    let words = [
        "compare",
        "--variants",
        "short-queue,no-retries",
        "--no-attribution",
    ];
    let results = results(STORM, &words);
    let storm = |name: &str| &results["variants"][name]["storm"];
    let baseline = storm("baseline");
    assert_eq!(baseline["where"], "api");
    let near = |key: &str, expected: f64, within: f64| {
        let found = estimate(&baseline[key]);
        assert!(
            (found - expected).abs() <= within,
            "{key}: {found}, not {expected}"
        );
    };
    near("offered", 5.0, 0.15);
    // Those who tried again in the spike are still there at first.
    near("attempts", 29.7, 2.0);
    near("goodput", 0.0, 0.01);
    near("retry_share", 5.0 / 6.0, 0.01);
    near("wasted_share", 1.0, 0.01);
    near("usual_load", 0.5, 0.03);
    assert_eq!(baseline["no_return"]["k"], 5);
    let at = estimate(&baseline["no_return_s"]);
    assert!((180.0..420.0).contains(&at), "{at} lies in the spike");
    for other in ["short-queue", "no-retries"] {
        assert_eq!(storm(other)["no_return"]["k"], 0, "{other} comes back");
        let recovered = &results["variants"][other]["recovery"]["recovered"];
        assert_eq!(recovered["k"], 5, "{other}");
    }
}

/// With what is written for the middle, the launches are those of the baseline up to there; what is
/// said is the same to the byte whether that was shared (one thread) or not (more threads than
/// there are launches).
#[test]
fn what_ifs_from_the_middle_share_what_came_before() {
    let words = |threads: &'static str| {
        let from = [
            "compare",
            "--from",
            "8m",
            "--variants",
            "short-queue,no-retries",
        ];
        let rest = [
            "--no-attribution",
            "--replications",
            "1",
            "--threads",
            threads,
        ];
        let scene = Scene::with_model(STORM);
        let all = from.into_iter().chain(rest).chain(["--json", "-"]);
        let all: Vec<&str> = all.collect();
        scene.run([&all[..1], &["model.toml"], &all[1..]].concat())
    };
    let (shared, alone) = (words("1"), words("4"));
    assert_eq!(shared.out, alone.out);
    assert!(
        shared.err.contains("events were not simulated again"),
        "{}",
        shared.err
    );
    assert!(
        !alone.err.contains("events were not simulated again"),
        "{}",
        alone.err
    );
    let results: Value = serde_json::from_str(&shared.out).expect("it is JSON");
    assert_eq!(results["model"]["variants_from_s"], 480.0);
    let queue = |name: &str, bin: usize| {
        let series = &results["variants"][name]["timeline"]["series"]["mean(api.queue)"];
        series["mean"][bin].as_f64().expect("a queue")
    };
    let bin_s = results["precision"]["bin_s"].as_f64().expect("a width");
    let before = (480.0 / bin_s) as usize;
    for bin in 0..before {
        let (short, long) = (queue("short-queue", bin), queue("baseline", bin));
        assert_eq!(short.to_bits(), long.to_bits());
    }
    assert!(queue("short-queue", before + 2) < 50.0);
    assert!(queue("baseline", before + 2) > 140.0);
}

#[test]
fn what_cannot_begin_in_the_middle_is_refused_by_name() {
    let run = |words: &[&str]| {
        let answer = Scene::with_model(STORM).run(words.iter().copied());
        (answer.code, answer.err)
    };
    let (code, err) = run(&[
        "compare",
        "model.toml",
        "--from",
        "8m",
        "--variants",
        "reads-once",
    ]);
    assert_eq!(code, 104, "{err}");
    assert!(
        err.contains("`--from` cannot change `model.run_for`"),
        "{err}"
    );
    assert!(
        err.contains("without `--from` the variant changes it from the start"),
        "{err}"
    );
    let (code, err) = run(&["compare", "model.toml", "--from", "20m"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("is not in the middle of the launch"), "{err}");
    let (code, err) = run(&["run", "model.toml", "--from", "8m"]);
    assert_eq!(code, 2, "{err}");
}

/// Three servers take turns at 36 users a minute: each is asked every five seconds and works for
/// 1.25 s, so its only worker is taken a quarter of every ten seconds. Meanwhile one is eight times
/// slower: ten seconds of work every five seconds, so it is full all the time. Which one it is
/// stands in the model, or luck says it in each launch.
#[test]
fn the_server_that_stands_out_has_a_lane_of_its_own() {
    let text = |which: &str| {
        format!(
            r#"
[model]
title = "One of three"
run_for = "400s"
[arrivals.all]
journey = "visit"
rate = "36/min"
spacing = "even"
[journey.visit]
steps = [ {{ name = "ask", call = "api.ask" }} ]
[service.api]
servers = 3
workers = 1
cores = 1
balance = "round-robin"
endpoint.ask = [ {{ cpu = "1.25s" }} ]
[fault.bad-host]
at = "100s"
for = "200s"
slow = {{ service = "api", factor = 8, {which} }}
"#
        )
    };
    let lanes = |which: &str| -> Vec<(Option<u64>, u64, f64, f64)> {
        let results = results(&text(which), &["run", "--replications", "6"]);
        let odd = &results["variants"]["baseline"]["services"]["api"]["odd"];
        let lanes = odd["lanes"].as_array().expect("one stands out").iter();
        let of = |lane: &Value| {
            let full = |bin: usize| lane["full"][bin].as_f64().expect("a share");
            let servers = lane["servers"].as_u64().expect("a number");
            (lane["server"].as_u64(), servers, full(55), full(205))
        };
        lanes.map(of).collect()
    };
    let usual = |server| (Some(server), 1, 0.25, 0.25);
    let by_number = [usual(1), (Some(2), 1, 0.25, 1.0), usual(3)];
    assert_eq!(lanes("servers = { numbers = [2] }"), by_number);
    let by_luck = [(None, 1, 0.25, 1.0), (None, 2, 0.25, 0.25)];
    assert_eq!(lanes("servers = 1"), by_luck);
}
