//! `compare` with two files: what it says of two models is what it says of a variant of one, stored
//! results say the same as a run, and a tail that the median hides is told.

use serde_json::Value;

use crate::support::{Answer, Scene};

const DESK: &str = r#"[model]
title = "A desk"
run_for = "10m"
seed = 11
replications = 8
[arrivals.users]
journey = "visit"
rate = "4/s"
[journey.visit]
steps = [ { name = "ask", call = "desk.ask", timeout = "20s" } ]
[service.desk]
workers = 3
[service.desk.endpoint]
ask = [ { choose = [
  { share = "2%", steps = [ { wait = "SLOW" } ] },
  { share = "rest", steps = [ { wait = "exp(400ms)" } ] },
] } ]
[[objective]]
that = "p95(ask.time) < 2s"
[variant.more]
set = { "service.desk.workers" = 4 }
"#;

fn desk(slow: &str) -> String {
    DESK.replace("SLOW", slow)
}

fn document(answer: &Answer) -> Value {
    serde_json::from_str(&answer.out).expect("it is a document")
}

/// A variant written as a file of its own differs by the same figures as the variant does.
#[test]
fn two_files_differ_as_a_variant_does() {
    let more = desk("400ms").replace("workers = 3", "workers = 4");
    let scene = Scene::new()
        .file("old.toml", &desk("400ms"))
        .file("new.toml", &more);
    let json = ["--json", "-"];
    let files = scene.run(["compare", "old.toml", "new.toml"].into_iter().chain(json));
    let variant = scene.run(["compare", "old.toml"].into_iter().chain(json));
    let (files, variant) = (document(&files), document(&variant));
    let found =
        |of: &Value, name: &str, what: &str| of["differences"][name]["p95(ask.time)"][what].clone();
    for what in ["estimate", "low", "high", "n", "verdict", "correlation"] {
        let both = [found(&files, "new", what), found(&variant, "more", what)];
        assert_eq!(both[0], both[1], "{what}");
        assert!(!both[0].is_null(), "{what}");
    }
    assert_eq!(
        files["variants"]["new"]["users"],
        variant["variants"]["more"]["users"]
    );
    let changes = &files["variants"]["new"]["changes"];
    assert_eq!(changes["service.desk.workers"]["was"], "3");
    assert_eq!(changes["service.desk.workers"]["now"], "4");
    assert_eq!(
        changes.as_object().map(serde_json::Map::len),
        Some(1),
        "{changes}"
    );
    // What was run and stored before says the same.
    scene.run(["run", "old.toml", "--out", "a"]);
    scene.run(["run", "new.toml", "--out", "b"]);
    let stored = ["compare", "a/results.json", "b/results.json"];
    let stored = document(&scene.run(stored.into_iter().chain(json)));
    assert_eq!(stored["differences"]["b"], files["differences"]["new"]);
    assert_eq!(&stored["variants"]["b"]["changes"], changes);
    assert_eq!(stored["answers"]["versions"]["paired"], true);
}

/// One call in fifty is slow: the median is the same, and the tail is told with its figures.
#[test]
fn a_tail_that_the_median_hides_is_told() {
    let scene = Scene::new()
        .file(
            "old.toml",
            &desk("400ms").replace("workers = 3", "workers = 90"),
        )
        .file(
            "new.toml",
            &desk("9s").replace("workers = 3", "workers = 90"),
        );
    let said = scene.run(["compare", "old.toml", "new.toml"]);
    assert!(!said.out.contains("Next:"), "{}", said.out);
    let words: Vec<&str> = said.out.split_whitespace().collect();
    let words = words.join(" ");
    assert!(
        words.contains("The times of ask have another shape: the median is"),
        "{words}"
    );
    assert!(
        words.contains("the tail is longer: 99 % take up to 9"),
        "{words}"
    );
    assert!(
        words.contains("steps.wait (400ms, now 9s)") || words.contains("now 9s"),
        "{words}"
    );
    let same = scene.run(["compare", "old.toml", "old.toml", "--json", "-"]);
    let same = document(&same);
    assert_eq!(
        same["answers"]["versions"]["shapes"],
        Value::Array(Vec::new())
    );
}

/// With other seeds launches are no pairs, which is said; files of two kinds are not compared.
#[test]
fn luck_that_differs_is_said() {
    let scene = Scene::new().file("old.toml", &desk("400ms"));
    scene.run(["run", "old.toml", "--json", "a.json"]);
    scene.run([
        "run",
        "old.toml",
        "--seed",
        "12",
        "--replications",
        "6",
        "--json",
        "b.json",
    ]);
    let said = scene.run(["compare", "a.json", "b.json"]);
    let words = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("with seed 12 and not 11, so luck differs too"),
        "{words}"
    );
    assert!(words.contains("their inputs are the same"), "{words}");
    let found = document(&scene.run(["compare", "a.json", "b.json", "--json", "-"]));
    assert_eq!(found["differences"]["b"]["p95(ask.time)"]["n"], 6);
    scene.run(["compare", "old.toml", "a.json"]).expect(2);
    scene
        .run(["compare", "old.toml", "old.toml", "--full"])
        .expect(2);
    scene.run(["compare", "a.json", "none.json"]).expect(1);
}
