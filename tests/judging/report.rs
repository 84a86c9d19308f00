//! What a report shows beside its figures: what was done and when, the clock on the wall, the level
//! of every interval.

use serde_json::Value;

use crate::support::Scene;

/// What a chart over time of the model marks, whichever variant it is of.
const MARKED: [&str; 6] = [
    "room hall opens",
    "the operator restarts the balancer",
    "slow-disk: all servers of shop 2 times slower",
    "action more-workers",
    "a newspaper reports &lt;the sale&gt;",
    "room hall closes",
];

/// A folder with the report of the sale with everything marked, and what was said.
fn reported(words: &[&str]) -> (Scene, String) {
    let scene = Scene::with_model(include_str!("everything-marked.toml"));
    let mut all = vec![words[0], "model.toml", "--out", "out"];
    all.extend(&words[1..]);
    let answer = scene.run(all);
    assert!([0, 97, 98, 99].contains(&answer.code), "{}", answer.err);
    (scene, answer.out)
}

/// The charts over time in the report, by their names.
fn charts_over_time(scene: &Scene) -> Vec<(String, String)> {
    let kinds = ["outcomes-", "services-", "times-", "spread-", "variants"];
    let names = scene.names("out/charts").into_iter();
    names
        .filter(|name| name.ends_with(".svg") && kinds.iter().any(|kind| name.starts_with(kind)))
        .map(|name| (name.clone(), scene.text(&format!("out/charts/{name}"))))
        .collect()
}

/// The words that are drawn in a picture, and what is read to those who do not see it.
fn words_in(svg: &str) -> (String, String) {
    let spoken = svg
        .split("<desc")
        .nth(1)
        .and_then(|rest| rest.split("</desc>").next());
    let drawn: Vec<&str> = svg
        .split("<text")
        .skip(1)
        .filter_map(|rest| rest.split_once('>')?.1.split("</text>").next())
        .map(str::trim)
        .collect();
    (drawn.join(" "), spoken.unwrap_or_default().to_owned())
}

#[test]
fn every_chart_over_time_marks_what_was_done_and_when() {
    let (scene, _) = reported(&["compare"]);
    let charts = charts_over_time(&scene);
    assert_eq!(
        charts.len(),
        9,
        "four kinds of two variants, and the variants side by side"
    );
    for (name, svg) in &charts {
        let (drawn, spoken) = words_in(svg);
        for what in MARKED {
            assert!(
                drawn.contains(what),
                "{name} does not show `{what}`: {drawn}"
            );
            assert!(
                spoken.contains(what),
                "{name} does not say `{what}`: {spoken}"
            );
        }
        // The tickets run out in most launches of the baseline only.
        let is_sold_out = !name.contains("later-doors");
        assert_eq!(drawn.contains("tickets sold out"), is_sold_out, "{name}");
    }
}

#[test]
fn a_variant_that_opens_its_doors_later_is_marked_later() {
    let (scene, _) = reported(&["compare"]);
    let charts = charts_over_time(&scene);
    let drawn = |name: &str| {
        let found = charts
            .iter()
            .find(|chart| chart.0 == name)
            .expect("it was drawn");
        words_in(&found.1).0
    };
    let baseline = drawn("outcomes-baseline.svg");
    assert!(
        baseline.contains("room hall opens, T+01:00 (23:51:00)"),
        "{baseline}"
    );
    let later = drawn("outcomes-later-doors.svg");
    assert!(
        later.contains("room hall opens, T+02:00 (23:52:00)"),
        "{later}"
    );
    // Side by side, one letter means both, so it has no time.
    let both = drawn("variants.svg");
    assert!(both.contains("A: room hall opens"), "{both}");
    assert!(!both.contains("room hall opens,"), "{both}");
}

#[test]
fn the_clock_on_the_wall_stands_under_every_axis_of_time() {
    let (scene, _) = reported(&["compare"]);
    for (name, svg) in charts_over_time(&scene) {
        let (drawn, _) = words_in(&svg);
        // Side by side there is room for short labels alone.
        let labels = if name == "variants.svg" {
            "+10m"
        } else {
            "T+00:00"
        };
        for label in [
            labels,
            "23:50",
            "10-28 00:00",
            "T+0 is 2014-10-27 23:50:00 +01:00",
        ] {
            assert!(drawn.contains(label), "{name} lacks `{label}`: {drawn}");
        }
    }
}

#[test]
fn every_timeline_lists_notes_doors_and_the_clock() {
    let (scene, said) = reported(&["run"]);
    for line in [
        "T+01:00     23:51:00             room hall opens",
        "T+03:00     23:53:00             note: the operator restarts the balancer",
        "T+05:00     23:55:00             slow-disk begins",
        "T+08:00     23:58:00             action more-workers",
        "T+12:00     2014-10-28 00:02:00  note: a newspaper reports <the sale>",
        "T+18:00     2014-10-28 00:08:00  room hall closes",
    ] {
        assert!(said.contains(line), "{line}:\n{said}");
    }
    let summary = scene.text("out/summary.md");
    assert!(summary.contains("| T+03:00 | 23:53:00 | note: the operator restarts the balancer |"));
    let page = scene.text("out/report.html");
    assert!(page.contains("note: a newspaper reports &lt;the sale&gt;"));
    let document: Value = serde_json::from_str(&scene.text("out/results.json")).expect("JSON");
    let events = document["variants"]["baseline"]["events"]
        .as_array()
        .expect("events");
    let note = events
        .iter()
        .find(|event| event["kind"] == "note")
        .expect("a note");
    assert_eq!(note["what"], "the operator restarts the balancer");
    assert_eq!(note["clock"], "23:53:00");
    assert_eq!(note["at_s"]["p50"], 180.0);
}

#[test]
fn without_a_date_nothing_is_said_of_the_clock() {
    let text = include_str!("everything-marked.toml");
    let undated = text.replace("starts  = 2014-10-27T23:50:00+01:00\n", "");
    let scene = Scene::with_model(&undated);
    let answer = scene.run(["run", "model.toml", "--out", "out"]);
    assert!(
        answer.out.contains("T+03:00     note: the operator"),
        "{}",
        answer.out
    );
    assert!(!answer.out.contains("T+0 is"), "{}", answer.out);
    for (name, svg) in charts_over_time(&scene) {
        assert!(!svg.contains("23:50"), "{name}");
    }
}
