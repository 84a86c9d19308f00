//! `compare --best` and `compare --factorial`: who is chosen, after how much, and which changes go
//! together.

use onrush::results::{self, Estimate, Results};

use crate::support::Scene;

/// A shop that can do half of what is asked of it, and three ways to help: two of them help each
/// other, since a faster till is of no use while there are too few workers before it.
const SHOP: &str = r#"[model]
title = "Which of three"
run_for = "40s"
replications = 12
[arrivals.users]
journey = "visit"
rate = "20/s"
[journey.visit]
patience = { waiting = "exp(2s)" }
steps = [ { name = "ask", call = "desk.ask" }, { name = "pay", call = "till.pay" } ]
[service.desk]
workers = 1
[service.desk.endpoint]
ask = [ { cpu = "exp(100ms)" } ]
[service.till]
workers = 1
[service.till.endpoint]
pay = [ { cpu = "exp(100ms)" } ]
[[objective]]
that = "share(served) >= 95%"
[variant.desk]
set = { "service.desk.workers" = 4 }
[variant.till]
set = { "service.till.workers" = 4 }
[variant.both]
of = ["desk", "till"]
"#;

fn asked(scene: &Scene, flags: &[&str], code: i32) -> Results {
    let words = ["compare", "model.toml", "--json", "-"];
    let answer = scene
        .run(words.into_iter().chain(flags.iter().copied()))
        .expect(code);
    results::from_json(&answer.out).expect("it is a document")
}

#[test]
fn the_best_is_found_and_the_others_fall_out() {
    let scene = Scene::with_model(SHOP);
    let results = asked(&scene, &["--best", "--threads", "1"], 0);
    assert_eq!(results, asked(&scene, &["--best", "--threads", "2"], 0));
    let best = results.answers.best.expect("it was asked for");
    assert_eq!(
        (best.variant.as_str(), best.settled, best.rows.len()),
        ("both", true, 4)
    );
    assert_eq!(best.metric, "share(served)");
    let mean = best.rows[0]
        .mean
        .and_then(|mean| mean.estimate)
        .expect("it has launches");
    assert!((best.zone - 0.05 * mean).abs() < 0.01, "{best:?}");
    assert!(best.rows[0].beaten_by.is_none());
    assert!(
        best.rows[1..]
            .iter()
            .all(|row| row.beaten_by.is_some() && row.launches >= 10)
    );
    assert_eq!(
        best.launches,
        best.rows.iter().map(|row| row.launches).sum::<u32>()
    );
}

/// Two variants that are the same within the zone: either is as good; within almost nothing it is
/// not settled with few launches, and the exit code says so.
#[test]
fn what_is_too_close_is_not_settled() {
    let near = "[variant.near]\nset = { \"journey.visit.patience.waiting\" = \"exp(2500ms)\" }\n";
    let scene = Scene::with_model(&format!("{SHOP}{near}"));
    let few = ["--best", "--variants", "near", "--at-most", "12"];
    let narrow = ["--same-within", "share(served)=0.001%"];
    let flags: Vec<&str> = few.into_iter().chain(narrow).collect();
    let best = asked(&scene, &flags, 98)
        .answers
        .best
        .expect("it was asked for");
    assert_eq!((best.settled, best.rows[0].launches), (false, 12));
    let wide = [
        "--best",
        "--variants",
        "near",
        "--same-within",
        "share(served)=20%",
    ];
    assert!(
        asked(&scene, &wide, 0)
            .answers
            .best
            .is_some_and(|best| best.settled)
    );
    let wrong = scene.run([
        "compare",
        "model.toml",
        "--best",
        "--metric",
        "mean(as.time)",
    ]);
    assert!(wrong.expect(2).last_line().contains("--metric"));
}

fn mean(found: &Estimate) -> f64 {
    found.estimate.expect("it has launches")
}

/// Effects and the interaction are those of the four means: with d, t, b and o for desk, till, both
/// and none, the desk brings ((d − o) + (b − t))/2, and b − d − t + o more together with the till.
#[test]
fn every_combination_is_played() {
    let scene = Scene::with_model(SHOP);
    let results = asked(&scene, &["--factorial"], 0);
    let found = results.attribution["both"]["share(served)"]
        .factorial
        .clone();
    let found = found.expect("it was asked for");
    assert_eq!(found.combinations, 4);
    let chosen = asked(&scene, &["--factorial", "--variants", "desk,till"], 0);
    assert_eq!(chosen.order, ["baseline", "desk", "till", "together"]);
    let again = chosen.attribution["together"]["share(served)"]
        .factorial
        .clone();
    assert_eq!(again, Some(found.clone()), "either way it is the same");
    let served = |name: &str| {
        let share = chosen.variants[name].users.share.served;
        share
            .and_then(|share| share.estimate)
            .expect("it has launches")
    };
    let [none, desk, till, both] = ["baseline", "desk", "till", "together"].map(served);
    let close = |found: f64, known: f64| assert!((found - known).abs() < 1e-9, "{found} {known}");
    close(
        mean(&found.effects[0].effect),
        (desk - none + both - till) / 2.0,
    );
    let pair = &found.interactions[0];
    assert_eq!(
        (pair.first.as_str(), pair.second.as_str()),
        ("desk", "till")
    );
    close(mean(&pair.more), both - desk - till + none);
    assert!(pair.more.low > Some(0.05), "they help each other: {pair:?}");
    scene
        .run(["compare", "model.toml", "--factorial", "--variants", "desk"])
        .expect(2);
}

/// The sentences as they are read.
#[test]
fn the_choice_is_told_in_words() {
    let scene = Scene::with_model(SHOP);
    let best = scene
        .run(["compare", "model.toml", "--best", "--plain"])
        .expect(0);
    let lines: Vec<&str> = best.out.lines().skip(3).take(3).collect();
    let all = scene
        .run(["compare", "model.toml", "--factorial", "--plain"])
        .expect(0);
    let from = |words: &str| {
        let at = all.out.find(words).unwrap_or_else(|| panic!("{words}"));
        all.out[at..].lines()
    };
    let first = from("Averaged over").take(3);
    let told: Vec<&str> = first.chain(from("desk and till").take(2)).collect();
    insta::assert_snapshot!(format!("{}\n\n{}", lines.join("\n"), told.join("\n")));
}

/// Both have a picture, and the choice a section of its own on the page.
#[test]
fn choices_and_combinations_are_drawn() {
    let scene = Scene::with_model(SHOP);
    let out = ["model.toml", "--out", "out"];
    let drawn = |asked: &[&str], name: &str, ids: &[&str]| {
        let words = ["compare"].into_iter().chain(asked.iter().copied());
        scene.run(words.chain(out)).expect(0);
        let page = scene.text("out/report.html");
        for id in ids {
            assert!(
                page.contains(&format!("<section class=\"question\" id=\"{id}\"")),
                "{id}"
            );
        }
        scene.text(&format!("out/charts/{name}.svg"))
    };
    let behind = drawn(&["--best"], "behind-the-best", &["best", "who", "sure"]);
    for said in ["Difference from both", "out after 10 launches", "\ndesk\n"] {
        assert!(behind.contains(said), "{said}\n{behind}");
    }
    let combined = drawn(&["--factorial"], "combined-both", &["who", "worth"]);
    for said in ["desk x till", "over all 4 combinations", "\ntill\n"] {
        assert!(combined.contains(said), "{said}\n{combined}");
    }
}
