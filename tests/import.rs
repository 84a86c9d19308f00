//! What planners already have, made into models: samples of every format, whole and broken.
//!
//! One idea: a sample is a file as its tool writes it; what a user gets for it (the model, and what
//! is said of it) is kept beside the tests and compared. Every model is read, checked and run.

mod access_log;
mod csv;
mod demands;
mod dress;
mod experiments;
mod gzip;
mod load_tests;
mod prometheus;
mod replay;
mod traces;

use std::fs;
use std::path::PathBuf;

use onrush::import::{Imported, Input};
use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::text::Source;

use crate::support::Scene;

/// A sample.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/import")
        .join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// Bytes as a stream.
fn input<'a>(name: &str, bytes: &'a [u8]) -> Input<'a> {
    Input {
        name: name.to_owned(),
        stream: Box::new(bytes),
    }
}

/// Fails unless a model is one without errors, with its data inside and beside it.
#[track_caller]
fn is_sound(found: &Imported) {
    let mut files = Files::new();
    let pages = found.files();
    for (name, text) in &pages[1..] {
        files.insert(name, text.clone());
    }
    for (text, files) in [(found.model(), Files::new()), (pages[0].1.clone(), files)] {
        let (model, said) = read(Source::new("model.toml", &text), files);
        assert!(Checked::new(model).is_some(), "{said:#?}\n{text}");
    }
}

/// A model and what is said of it, as they are kept.
fn told(found: &Imported) -> String {
    format!("{}\n===\n\n{}", found.account.text(), found.model())
}

/// Compares what a sample becomes with what is kept.
#[track_caller]
fn is_kept(sample: &str, found: &Imported) {
    let name = sample.replace(['/', '.'], "-");
    insta::with_settings!(
        { prepend_module_to_snapshot => false, snapshot_path => "import/snapshots" },
        { insta::assert_snapshot!(name, told(found)) }
    );
}

/// A folder with a sample in it.
fn scene(sample: &str, name: &str) -> Scene {
    let scene = Scene::new();
    fs::write(scene.path(name), bytes(sample)).expect("files can be written there");
    scene
}

/// The samples that the page on importing means by the names of its files.
const NAMED: [(&str, &str); 21] = [
    ("access.log", "access-log/nginx.log"),
    ("elb_request_count.csv", "csv/elb_request_count.csv"),
    ("requests.csv", "csv/requests.csv"),
    ("scenarios.json", "k6/scenarios.json"),
    ("counters.json", "prometheus/counters.json"),
    ("histograms.json", "prometheus/histograms.json"),
    ("shape.py", "locust/shape.py"),
    ("Launch.scala", "gatling/Launch.scala"),
    ("launch.yml", "artillery/launch.yml"),
    ("shop.csv", "demands/shop.csv"),
    ("requests.json", "demands/requests.json"),
    ("cpu.json", "demands/cpu.json"),
    ("taurus.yml", "taurus/launch.yml"),
    ("traces.json", "otlp/traces.json"),
    ("visit.har", "har/visit.har"),
    ("openslo.yaml", "slo/openslo.yaml"),
    ("sloth.yaml", "slo/sloth.yaml"),
    ("chaos.yaml", "chaos/mesh.yaml"),
    ("experiment.json", "chaos/toolkit.json"),
    ("results.jtl", "jtl/results.jtl"),
    ("results.csv", "vegeta/results.csv"),
];

/// What the page on importing shows: its commands run, and what stands below them is what they say.
#[test]
fn the_page_shows_what_happens() {
    let page = fs::read_to_string(path("../../docs/import.md")).expect("the page is here");
    let blocks: Vec<&str> = page.split("```").collect();
    let mut shown = 0;
    for (n, block) in blocks.iter().enumerate() {
        let Some(commands) = block.strip_prefix("console\n") else {
            continue;
        };
        let mut scene = Scene::new();
        for (name, sample) in NAMED {
            fs::write(scene.path(name), bytes(sample)).expect("files can be written there");
        }
        let mut said = String::new();
        for command in commands
            .lines()
            .filter_map(|line| line.strip_prefix("$ onrush "))
        {
            let (command, to) = match command.split_once(" > ") {
                Some((command, to)) => (command, Some(to)),
                None => (command, None),
            };
            let answer = scene.run(words(command));
            assert!(
                [0, 98, 99].contains(&answer.code),
                "{command}: {}",
                answer.err
            );
            said = format!("{}{}", answer.out, answer.err);
            if let Some(to) = to {
                scene = scene.file(to, &answer.out);
            }
        }
        let expected = blocks
            .get(n + 2)
            .and_then(|block| block.strip_prefix("text\n"));
        for line in expected
            .unwrap_or_default()
            .lines()
            .filter(|line| *line != "…")
        {
            assert!(said.contains(line), "{line}\n---\n{said}");
            shown += 1;
        }
    }
    assert!(shown >= 10, "{shown}");
}

/// The words of a command, one of which may stand in quotes.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (n, part) in command.split('\'').enumerate() {
        match n % 2 {
            0 => words.extend(part.split_whitespace()),
            _ => words.push(part),
        }
    }
    words
}
