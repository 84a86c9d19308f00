//! Runs of the page: what they answer, and that none is left behind.

use std::io::Read as _;

use serde_json::{Value, json};

use super::asking::{ENDLESS, SMALL, Served, asked};

/// What the command line says of the same.
fn results_of(served: &Served, words: &[&str]) -> String {
    let all = [words, &["--json", "-", "--quiet"]].concat();
    let answer = served.scene.run(all);
    assert!(answer.code == 0 || answer.code >= 97, "{answer:?}");
    answer.out
}

#[test]
fn a_model_is_checked_with_the_words_of_the_command_line() {
    let served = Served::of(SMALL);
    let wrong = SMALL
        .replace("web.page\"", "web.pge\"")
        .replace("workers = 2", "worker = 2");
    let checked = served.post("/api/check", &asked(&wrong, &[])).json();
    assert_eq!(checked["sound"], false);
    std::fs::write(served.scene.path("wrong.toml"), &wrong).expect("it can be written");
    let told = served.scene.run(["check", "wrong.toml"]).err;
    let found = checked["diagnostics"].as_array().expect("a list");
    assert!(found.len() >= 2, "{checked}");
    for one in found {
        let shown = one["shown"].as_str().expect("as it is shown");
        let shown = shown.replace("model.toml", "wrong.toml");
        assert!(told.contains(shown.trim_end()), "{shown}\n--- told\n{told}");
        let at = &one["at"];
        let from = at["from"].as_u64().expect("a place") as usize;
        let line = wrong[..from].matches('\n').count() + 1;
        assert_eq!(at["line"], line);
    }
    let near = found.iter().find_map(|one| one["help"].as_str());
    assert!(
        near.is_some_and(|help| help.contains("`page`") || help.contains("`workers`")),
        "{checked}"
    );
}

#[test]
fn sliders_come_with_range_unit_and_what_is_known() {
    let served = Served::of(SMALL);
    let checked = served.post("/api/check", &asked(SMALL, &[])).json();
    let knobs = checked["knobs"].as_array().expect("a list");
    let paths: Vec<&str> = knobs
        .iter()
        .filter_map(|knob| knob["path"].as_str())
        .collect();
    let expected = [
        "param.rate",
        "service.web.servers",
        "service.web.workers",
        "service.web.cores",
    ];
    assert_eq!(paths, expected);
    let rate = &knobs[0];
    assert_eq!(
        (&rate["label"], &rate["known"], &rate["unit"]),
        (&json!("Visitors"), &json!("assumed"), &json!("/s"))
    );
    let stops = rate["stops"].as_array().expect("stops");
    assert_eq!(
        (stops.first(), stops.last()),
        (Some(&json!("1")), Some(&json!("20")))
    );
    assert_eq!(stops[rate["at"].as_u64().expect("a number") as usize], "5");
    assert_eq!(
        checked["variants"],
        json!([{ "name": "more", "label": "more" }])
    );
}

#[test]
fn the_copied_command_gives_the_same_bytes() {
    let served = Served::of(SMALL);
    for more in [
        vec![],
        vec![("variants", json!(["more"]))],
        vec![
            ("variants", json!(["more"])),
            (
                "set",
                json!([["param.rate", "7/s"], ["service.web.servers", "2"]]),
            ),
            ("seed", json!(7)),
            ("replications", json!(2)),
        ],
    ] {
        let ran = served.post("/api/run", &asked(SMALL, &more));
        let lines = ran.lines();
        assert_eq!(lines[0]["kind"], "begun", "{ran:?}");
        let answer = ran.last();
        assert_eq!(answer["kind"], "answer", "{answer}");
        let command = answer["command"].as_str().expect("a command");
        assert_eq!(
            command,
            served.post("/api/command", &asked(SMALL, &more)).body
        );
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(words[0], "onrush");
        let out = words
            .iter()
            .position(|word| *word == "--out")
            .expect("it writes a report");
        let typed = results_of(&served, &words[1..out]);
        assert!(answer["results"] == typed, "{command}");
        // The whole command writes a page; the page makes the same of the same results.
        if more.len() < 3 {
            continue;
        }
        let written = served.scene.run(words[1..].iter().copied());
        assert!(written.code == 0 || written.code >= 97, "{written:?}");
        let report = served.post("/api/report", &typed);
        assert_eq!(report.status, 200);
        assert!(
            report.body == served.scene.text("out/report.html"),
            "{command}"
        );
    }
}

#[test]
fn a_preview_is_the_same_study_with_fewer_launches() {
    let served = Served::of(SMALL);
    let more = [("stage", json!("preview")), ("variants", json!(["more"]))];
    let ran = served.post("/api/run", &asked(SMALL, &more));
    let (begun, answer) = (ran.lines().remove(0), ran.last());
    assert_eq!(
        (&begun["stage"], &begun["launches"]),
        (&json!("preview"), &json!(2))
    );
    assert_eq!(
        (&answer["stage"], &answer["launches"]),
        (&json!("preview"), &json!(2))
    );
    assert!(
        answer["width"]
            .as_str()
            .is_some_and(|width| width.starts_with("± ")),
        "{answer}"
    );
    let words = [
        "compare",
        "model.toml",
        "--variants",
        "more",
        "--replications",
        "2",
        "--no-attribution",
    ];
    assert!(answer["results"] == results_of(&served, &words));
}

#[test]
fn a_newer_run_or_a_cancel_ends_the_one_before() {
    let served = Served::of(SMALL);
    let endless = asked(ENDLESS, &[]);
    let mut before = served.begin(&endless);
    served.wait_until_running(true);
    let ran = served.post("/api/run", &asked(SMALL, &[])).last();
    assert_eq!(ran["kind"], "answer", "{ran}");
    let mut text = String::new();
    before.read_to_string(&mut text).expect("it is ended");
    assert!(text.contains("another run has begun"), "{text}");
    let mut before = served.begin(&endless);
    served.wait_until_running(true);
    assert_eq!(served.post("/api/cancel", "{}").status, 200);
    let mut text = String::new();
    before.read_to_string(&mut text).expect("it is ended");
    assert!(text.contains("\"cancelled\""), "{text}");
    served.wait_until_running(false);
}

#[test]
fn two_hundred_quick_runs_leave_none_behind() {
    let served = Served::of(SMALL);
    let mut open = Vec::new();
    for n in 0..200 {
        open.push(served.begin(&asked(ENDLESS, &[("turn", json!(n))])));
        // A browser keeps a few connections, and lets go of those it needs no more.
        if n % 4 == 3 {
            open.clear();
        }
    }
    let late = asked(SMALL, &[("turn", json!(200))]);
    let last = served.post("/api/run", &late).last();
    assert_eq!(last["kind"], "answer", "{last}");
    // What was asked before and comes late is not begun.
    let late = served
        .post("/api/run", &asked(ENDLESS, &[("turn", json!(199))]))
        .last();
    assert_eq!(
        late,
        json!({ "kind": "gone", "why": "another run has begun" })
    );
    drop(open);
    served.wait_until_running(false);
    assert_eq!(served.post("/api/check", &asked(SMALL, &[])).status, 200);
}

#[test]
fn a_connection_that_closes_stops_its_run_and_frees_what_it_holds() {
    let served = Served::of(SMALL);
    // A queue without end fills the memory as long as it goes on.
    let growing = ENDLESS.replace("\"1ms\"", "\"1h\"");
    let run = served.begin(&asked(&growing, &[]));
    served.wait_until_running(true);
    drop(run);
    served.wait_until_running(false);
    if let Some(kilobytes) = resident(served.id()) {
        assert!(kilobytes < 1_000_000, "{kilobytes} kB are still held");
    }
}

/// Kilobytes that a process holds, where the system tells.
fn resident(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn it_says_where_it_is_and_why_it_cannot_be() {
    let served = Served::of(SMALL);
    assert_eq!(served.url, format!("http://127.0.0.1:{}/", served.port));
    let port = served.port.to_string();
    let again = served
        .scene
        .run(["serve", "model.toml", "--port", &port])
        .expect(1);
    assert!(
        again
            .last_line()
            .contains(&format!("cannot listen at `127.0.0.1`, port {port}")),
        "{again:?}"
    );
    served.scene.run(["serve", "absent.toml"]).expect(1);
    let state: Value = served.get("/api/state").json();
    assert_eq!(state, json!({ "running": false }));
}
