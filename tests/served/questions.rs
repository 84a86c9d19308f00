//! The planner's questions at the page: each answers as its command does, and what is wrong with a
//! range is said in the same words.

use serde_json::{Value, json};

use super::asking::{SMALL, Served, asked};

/// A pause in the middle, so that there is something to tip over.
fn small() -> String {
    format!("{SMALL}[fault.stop]\nat = \"20s\"\nfor = \"5s\"\npause = {{ service = \"web\" }}\n")
}

#[test]
fn a_model_is_asked_what_it_can_answer() {
    let served = Served::of(SMALL);
    let offered = |model: &str| -> Vec<String> {
        let checked = served.post("/api/check", &asked(model, &[])).json();
        let all = checked["questions"].as_array().expect("a list").iter();
        all.map(|one| {
            let words = one["words"].as_str().expect("words");
            let inputs = one["inputs"].as_array().expect("a list").iter();
            let first = inputs.map(|input| {
                let one = &input["proposals"][0];
                format!(" {}={}", one["path"], one["range"]).replace('"', "")
            });
            words.to_owned() + &first.collect::<String>()
        })
        .collect()
    };
    let held = "Will it hold, and which change helps?";
    assert_eq!(
        offered(&small()),
        [
            held,
            "How much is enough? service.web.cores=1..8",
            "Where is the knee? param.rate=1/s..20/s",
            "Where does it tip? fault.stop.for=1.2s..20s param.rate=1/s..20/s:4.75/s",
            "Which guess decides?",
        ]
    );
    // Without a fault nothing tips, without a range nothing is guessed, without an objective
    // nothing is enough.
    let bare = SMALL.replace("range = [\"1/s\", \"20/s\"]\n", "");
    let bare = bare.replace("[[objective]]\nthat = \"share(served) >= 95%\"\n", "");
    assert_eq!(
        offered(&bare),
        [held, "Where is the knee? service.web.cores=1..8"]
    );
}

/// Asks, and holds the answer against the command that the page gives for it.
fn check(ask: &str, knobs: &[&str], section: &str, sentence: &str) {
    let model = small();
    let served = Served::of(&model);
    // Time enough for all of it, on any machine.
    let more = [
        ("ask", json!(ask)),
        ("knobs", json!(knobs)),
        ("within", json!(3_600)),
        ("variants", json!([])),
    ];
    let answer = served.post("/api/run", &asked(&model, &more)).last();
    assert_eq!(answer["kind"], "answer", "{answer}");
    let said = answer["sentence"].as_str().expect("a sentence");
    assert!(said.contains(sentence), "{said}");
    let page = answer["page"].as_str().expect("a page");
    assert!(page.contains("<main>") && page.contains("<svg"), "{page}");
    let text = answer["results"].as_str().expect("a document");
    let results: Value = serde_json::from_str(text).expect("it is JSON");
    assert_eq!(results["command"], ask);
    assert!(results["answers"][section].is_object(), "{text}");
    let command = answer["command"].as_str().expect("a command");
    let words: Vec<&str> = command.split(' ').collect();
    let (words, out) = words.split_at(words.len() - 2);
    assert_eq!(
        (words[0], words[1], out),
        ("onrush", ask, &["--out", "out"][..])
    );
    let typed = [&words[1..], &["--json", "-", "--quiet"]].concat();
    let typed = served.scene.run(typed);
    assert!(typed.out == text, "{command}\n{typed:?}");
}

#[test]
fn how_much_is_enough() {
    check(
        "size",
        &["service.web.workers=1..2"],
        "size",
        "service.web.workers from 1 to 2",
    );
}

#[test]
fn where_is_the_knee() {
    check(
        "sweep",
        &["param.rate=2/s..20/s:6/s"],
        "sweep",
        "param.rate = 2/s to 20/s",
    );
}

#[test]
fn where_does_it_tip() {
    check(
        "tip",
        &["fault.stop.for=1s..9s:4s", "param.rate=2/s,3/s"],
        "tip",
        "fault.stop.for",
    );
}

#[test]
fn which_guess_decides() {
    check("uncertain", &[], "uncertain", "launches");
}

#[test]
fn what_is_wrong_with_a_range_is_said_as_on_a_command_line() {
    let model = small();
    let served = Served::of(&model);
    let refused = |ask: &str, knobs: &[&str]| -> Value {
        let more = [("ask", json!(ask)), ("knobs", json!(knobs))];
        let last = served.post("/api/run", &asked(&model, &more)).last();
        assert_eq!(last["kind"], "refused", "{last}");
        last
    };
    for (ask, flag, knob) in [
        ("size", "--knob", "service.web.workers=4..1"),
        ("size", "--knob", "service.web.workers=4"),
        ("sweep", "--over", "param.rate=2/s..9ms"),
        ("tip", "--knob", "1s..9s"),
    ] {
        let last = refused(ask, &[knob]);
        let why = last["why"].as_str().expect("a reason");
        let (said, why) = why.split_once(": ").expect("what, and why");
        assert_eq!(said, format!("`{knob}`"));
        let told = served.scene.run([ask, "model.toml", flag, knob]);
        assert!(told.err.contains(why), "{why}\n{told:?}");
    }
    // A path that leads nowhere is shown where it stands, with what is near.
    let last = refused("size", &["service.web.worker=1..4"]);
    let told = served
        .scene
        .run(["size", "model.toml", "--knob", "service.web.worker=1..4"]);
    let shown = last["diagnostics"][0]["shown"].as_str().expect("a finding");
    assert!(shown.contains("workers"), "{last}");
    assert!(told.err.contains(shown.trim_end()), "{shown}\n{told:?}");
    let last = refused("sweep", &[]);
    assert_eq!(
        last["why"],
        "nothing is moved: a path and a range are needed, as in service.shop.servers=1..40"
    );
    let preview = [("ask", json!("size")), ("stage", json!("preview"))];
    let said = served.post("/api/run", &asked(&model, &preview));
    assert_eq!(
        (said.status, said.json()["why"].as_str()),
        (400, Some("only a run has a preview"))
    );
}
