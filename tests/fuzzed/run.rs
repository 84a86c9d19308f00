//! What any valid model must hold when it is run: the books balance, threads change no byte, and
//! what cannot matter does not.
//!
//! The models are small ones, made of bytes (`model`).

use onrush::engine::Arena;
use onrush::model::Checked;
use onrush::program::{Asked, compile};
use onrush::results::{from_json, to_json};
use onrush::study::{Effort, Onlooker, Plan, Silent, run};
use serde_json::Value;

use super::model::made_of;
use crate::chance::books::conserved;
use crate::replicate::{checked, replication};

/// Runs the model that the bytes stand for.
pub(crate) fn survives(bytes: &[u8]) {
    let (text, seed) = made_of(bytes);
    let model = checked(&text, &[]);
    let program = compile(&model, &Asked::default());
    // Little's law is audited by the engine itself, in builds with assertions.
    let seen = replication(&program, seed, 0, &mut Arena::default());
    if let Err(why) = conserved(&program, &seen) {
        panic!("{why}\n{text}");
    }
    let one = said((&model, &text), seed, 1);
    let document = to_json(&from_json(&one).expect("it is a document"));
    assert!(
        document == one,
        "a number is lost where it is written\n{text}"
    );
    assert!(
        said((&model, &text), seed, 2) == one,
        "two threads say something else\n{text}"
    );
    let (what, changed, spared) = idle(&text, seed);
    let other = said((&checked(&changed, &[]), &changed), seed, 2);
    contained(&one, &other, (what, spared, &text));
}

/// The document of two launches of a model, which has this text.
fn said((model, text): (&Checked, &str), seed: u64, threads: usize) -> String {
    let mut plan = Plan::of(model);
    (plan.seed, plan.threads) = (seed, threads);
    plan.effort = Effort::Replications(2);
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    let results = run(model, None, &plan, onlooker);
    to_json(&results.unwrap_or_else(|why| panic!("{why}\n{text}")))
}

/// What tells of a fault even where it strikes nobody: when it was, and what came after.
const TOLD_OF_FAULTS: [&str; 3] = ["events", "moments", "recovery"];

/// The model with something that cannot matter, and the parts of the document that say so anyway.
fn idle(text: &str, seed: u64) -> (&'static str, String, &'static [&'static str]) {
    let with = |table: &str| format!("{text}{table}");
    let fault = |kind: &str| {
        with(&format!(
            "[fault.nobody]\nat = \"300ms\"\nfor = \"1s\"\n{kind}\n"
        ))
    };
    match seed % 7 {
        0 => (
            "an error of nobody",
            fault("error = { service = \"s0\", share = \"0%\" }"),
            &TOLD_OF_FAULTS,
        ),
        1 => (
            "a delay of nobody",
            fault("delay = { between = [\"users\", \"s0\"], by = \"1s\", share = \"0%\" }"),
            &TOLD_OF_FAULTS,
        ),
        2 => ("patience", patient(text), &[]),
        3 => (
            "an idle service",
            with("[service.attic]\nservers = 2\nendpoint.sleep = [ { cpu = \"exp(1s)\" } ]\n"),
            &["cost"],
        ),
        4 => ("a mark", marked(text), &[]),
        5 => ("another order of tables", turned(text), &[]),
        _ => (
            "a pool that nobody holds",
            with("[pool.spare]\nsize = 3\n"),
            &[],
        ),
    }
}

/// Journeys without patience get more than anybody needs.
fn patient(text: &str) -> String {
    let given = |section: &str| match section.split_once('\n') {
        Some((head, rest)) if head.starts_with("[journey.") && !rest.contains("\npatience") => {
            let has = rest.starts_with("patience");
            let patience = if has { "" } else { "patience = \"100h\"\n" };
            format!("{head}\n{patience}{rest}")
        }
        _ => section.to_owned(),
    };
    sections(text)
        .iter()
        .map(|section| given(section))
        .collect()
}

/// A mark behind the last step of a journey.
fn marked(text: &str) -> String {
    let given = |section: &str| match section.starts_with("[journey.buy]") {
        true => section.replace("\n]\n", ",\n  { mark = \"behind\" }\n]\n"),
        false => section.to_owned(),
    };
    sections(text)
        .iter()
        .map(|section| given(section))
        .collect()
}

/// The tables in another order; objectives keep theirs, which is that of the report.
fn turned(text: &str) -> String {
    let (asked, tables): (Vec<&str>, Vec<&str>) = sections(text)
        .into_iter()
        .partition(|table| table.starts_with("[[objective"));
    tables.into_iter().rev().chain(asked).collect()
}

/// A text cut before each table.
fn sections(text: &str) -> Vec<&str> {
    let begins = text.match_indices("\n[").map(|(at, _)| at + 1);
    let begins: Vec<usize> = std::iter::once(0)
        .chain(begins)
        .chain([text.len()])
        .collect();
    begins
        .windows(2)
        .map(|ends| &text[ends[0]..ends[1]])
        .collect()
}

/// Whatever one document says of the model, the other says too.
fn contained(one: &str, other: &str, (what, spared, text): (&str, &[&str], &str)) {
    let baseline = |document: &str| {
        let mut all: Value = serde_json::from_str(document).expect("it is a document");
        let mut baseline = all["variants"]["baseline"].take();
        let parts = baseline.as_object_mut().expect("it is there");
        spared.iter().for_each(|part| drop(parts.remove(*part)));
        // The peak of the load is looked for at the instants at which the model changes, so that
        // more of them find a peak that is a little higher.
        drop(parts.remove("stable"));
        baseline
    };
    if let Some(path) = differs(&baseline(one), &baseline(other)) {
        panic!("{what} changes {path}\n{text}");
    }
}

/// Where a part is not as it is in the whole.
fn differs(part: &Value, whole: &Value) -> Option<String> {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part.iter().find_map(|(key, value)| {
            let found = differs(value, whole.get(key).unwrap_or(&Value::Null));
            found.map(|path| format!("{key}/{path}"))
        }),
        // Things that are listed may get more of their kind, figures may not.
        (Value::Array(part), Value::Array(whole))
            if part.len() == whole.len()
                || part.len() < whole.len() && part.iter().all(Value::is_object) =>
        {
            let mut pairs = part.iter().zip(whole).enumerate();
            pairs.find_map(|(n, (part, whole))| {
                differs(part, whole).map(|path| format!("{n}/{path}"))
            })
        }
        _ => (part != whole).then(|| format!(": {part} is now {whole}")),
    }
}
