//! The first sentence of each answer, as a terminal of eighty columns shows it: the number with its
//! unit, its chance, and its condition.

use crate::support::Scene;

const DESK: &str = r#"[model]
title = "A desk at noon"
run_for = "10m"
seed = 11
replications = 8
[param.rate]
value = "6/s"
range = ["5/s", "7/s"]
[arrivals.users]
journey = "visit"
rate = "$rate"
[journey.visit]
patience = "exp(5s)"
steps = [ { name = "ask", call = "desk.ask", timeout = "20s" } ]
[service.desk]
workers = 3
endpoint.ask = [ { wait = "exp(500ms)" } ]
[[objective]]
that = "share(served) >= 80%"
[variant.more]
set = { "service.desk.workers" = 4 }
[variant.quicker]
set = { "service.desk.endpoint.ask.steps.1.wait" = "exp(300ms)" }
"#;

/// What stands between the title and the next empty line or table.
fn first_sentence(out: &str) -> String {
    let mut lines = out.lines().skip_while(|line| *line != "A desk at noon");
    lines.next();
    let lines = lines.skip_while(|line| line.is_empty());
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    assert!(paragraph.iter().all(|line| line.chars().count() <= 80));
    let text = paragraph.join("\n");
    // The first sentence ends with a full stop before the end of a line or before a new sentence.
    let ends = text.match_indices('.').map(|(at, _)| at + 1);
    let mut ends = ends.filter(|at| text[*at..].chars().next().is_none_or(char::is_whitespace));
    let end = ends.next().unwrap_or(text.len());
    text[..end].to_owned()
}

#[test]
fn first_sentences_say_number_chance_and_condition() {
    let second = DESK.replace("workers = 3", "workers = 4");
    let scene = Scene::with_model(DESK).file("second.toml", &second);
    let cases: [(&str, &[&str]); 8] = [
        ("size", &["size", "--knob", "service.desk.workers=1..12"]),
        (
            "largest-load",
            &["size", "--knob", "param.rate=1/s..9/s:1/s"],
        ),
        ("sweep", &["sweep", "--over", "service.desk.workers=1..8"]),
        ("uncertain", &["uncertain", "--points", "16"]),
        ("best", &["compare", "--best"]),
        ("factorial", &["compare", "--factorial"]),
        ("versions", &["compare"]),
        ("explained", &["run", "--explain"]),
    ];
    for (name, words) in cases {
        let second = (name == "versions").then_some("second.toml");
        let files = ["model.toml"].into_iter().chain(second);
        let words = words.iter().copied().chain(files);
        let answer = scene.run(words.chain(["--plain"]));
        insta::assert_snapshot!(name, first_sentence(&answer.out));
    }
}
