//! The reference tells the truth: every key, every message, and examples that are read.

use super::*;
use onrush::model::reference::key_lists;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const REFERENCE: &str = include_str!("../../src/model/reference.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The reference with its key lists as the definitions have them.
fn rewritten() -> String {
    let mut text = REFERENCE.to_owned();
    for (path, list) in key_lists() {
        let mark = format!("<!-- keys {path} -->\n");
        let from = text
            .find(&mark)
            .unwrap_or_else(|| panic!("`{path}` has no section"));
        let from = from + mark.len();
        let to = from + text[from..].find("<!-- end -->").expect("the list ends");
        text.replace_range(from..to, &list);
    }
    text
}

/// Run with `ONRUSH_BLESS=1` to write the lists into the reference.
#[test]
fn every_key_is_listed() {
    let expected = rewritten();
    if std::env::var_os("ONRUSH_BLESS").is_some() {
        let path = root().join("src/model/reference.md");
        std::fs::write(path, &expected).expect("the reference can be written");
        return;
    }
    assert!(
        REFERENCE == expected,
        "run with ONRUSH_BLESS=1 to list the keys anew"
    );
}

/// Tables that examples lean on; one that an example defines itself is left out.
const FRAME: &[(&str, &str)] = &[
    ("[model]", "run_for = \"30m\""),
    ("[param.crowd]", "value = 1000"),
    ("[param.work]", "value = \"2ms\""),
    ("[arrivals.all]", "journey = \"visit\"\nrate = \"1/s\""),
    (
        "[journey.visit]",
        "steps = [ { call = \"shop.home\", timeout = \"9s\" } ]",
    ),
    (
        "[service.shop]",
        "zones = [\"a\", \"b\"]\nqueue.limit = 10\nendpoint.home = []\nendpoint.login = []",
    ),
    ("[service.db]", "endpoint.session = []"),
    ("[room.doors]", "opens = \"0s\""),
    ("[stock.phones]", "units = 5"),
    ("[cache.objects]", "keys = 100\nsize = 10"),
    ("[retry.app]", "attempts = 2"),
];

/// What was measured, where an example reads it.
const INCIDENT: &str = "timestamp,rps,p95_ms\n0,1.5,120\n60,2,130\n";

fn examples() -> Vec<String> {
    let fenced = REFERENCE.split("```toml\n").skip(1);
    fenced
        .map(|rest| rest.split("```").next().expect("a fence ends").to_owned())
        .collect()
}

#[test]
fn every_example_is_read() {
    let examples = examples();
    assert!(examples.len() > 12, "the reference has examples");
    for example in examples {
        let whole = example.contains("[[objective]]") && example.contains("[model]");
        let missing = FRAME
            .iter()
            .filter(|(heading, _)| !whole && !example.contains(heading));
        let frame: String = missing
            .map(|(head, body)| format!("{head}\n{body}\n"))
            .collect();
        let mut files = Files::new();
        files.insert("incident.csv", INCIDENT.to_owned());
        let source = Source::new("model.toml", &format!("{frame}{example}"));
        let (model, diagnostics) = model::read(source, files);
        let errors: Vec<Diagnostic> = diagnostics
            .into_iter()
            .filter(|one| one.code.starts_with('E'))
            .collect();
        let seen = render(&errors, model.sources(), Colour::Plain, Frame::Ascii);
        assert_eq!(seen, "", "{example}");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The codes that a text mentions between two marks.
fn codes(text: &str, before: &str, after: &str) -> BTreeSet<String> {
    let is_code = |code: &str| {
        let (letter, digits) = code.split_at(1);
        "EWN".contains(letter) && digits.chars().all(|c| c.is_ascii_digit())
    };
    let candidates = text.match_indices(before).filter_map(|(at, _)| {
        let start = at + before.len();
        let code = text.get(start..start + 4)?;
        let closed = text[start + 4..].starts_with(after);
        (closed && is_code(code)).then(|| code.to_owned())
    });
    candidates.collect()
}

#[test]
fn every_message_is_explained_and_shown() {
    let mut paths = Vec::new();
    sources(&root().join("src/model"), &mut paths);
    let text = |path: &PathBuf| std::fs::read_to_string(path).expect("the file can be read");
    let rust = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let written: BTreeSet<String> = rust
        .flat_map(|path| codes(&text(path), "\"", "\""))
        .collect();
    assert_eq!(
        codes(REFERENCE, "\n| ", " |"),
        written,
        "explained, and in the code"
    );
    let mut snapshots = Vec::new();
    sources(&root().join("tests/language/snapshots"), &mut snapshots);
    let shown: BTreeSet<String> = snapshots
        .iter()
        .flat_map(|path| codes(&text(path), "[", "]:"))
        .collect();
    assert_eq!(
        shown, written,
        "every message has a broken model that shows it"
    );
}
