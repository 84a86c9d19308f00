//! The reports in `reports/` are what their models give today, byte for byte.
//!
//! Each is made anew at the replications that the everyday suite can afford and compared with the
//! folder; `ONRUSH_BLESS=1 cargo test reports` writes them. `ONRUSH_FULL=1` does the same for the
//! dear ones that the README quotes (`cargo test --release reports` then takes minutes, with the
//! draws over the ranges of the inputs half an hour). So a change of behaviour is a readable
//! difference in a review. What is too large to keep (results, timeline, page) is pinned by its
//! digest, with one for each part of it (`parts.txt`), so that a difference says what moved;
//! bitmaps are checked for their shape elsewhere. Of the starters words and figures alone are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use onrush::report::number;

use crate::support::Scene;

/// A report: its folder, its model, and what is typed.
struct Report<'a> {
    folder: &'a str,
    model: &'a str,
    words: &'a [&'a str],
}

const QUEUE: Report = Report {
    folder: "hello-queue",
    model: "hello-queue",
    words: &["run", "--replications", "10"],
};
const STORM: Report = Report {
    folder: "login-storm",
    model: "login-storm",
    words: &["compare", "--replications", "3"],
};
const RETRIES: Report = Report {
    folder: "retry-storm",
    model: "retry-storm",
    words: &[
        "compare",
        "--variants",
        "short-queue,no-retries",
        "--replications",
        "3",
    ],
};
const SALE: Report = Report {
    folder: "oneplus-2014-quick",
    model: "oneplus-2014",
    words: &[
        "compare",
        "--variants",
        "double-servers,patch-login,both",
        "--replications",
        "2",
    ],
};
/// What the README quotes: at the replications of the model.
const SALE_IN_FULL: Report = Report {
    folder: "oneplus-2014",
    model: "oneplus-2014",
    words: &["compare"],
};
/// Thirty launches, and the conclusions held against draws of the inputs: words without pictures.
const SALE_WITH_DRAWS: Report = Report {
    folder: "oneplus-2014-full",
    model: "oneplus-2014",
    words: &["compare", "--full"],
};

/// How much would have been enough, of the sale as it was and with the login patched.
const SALE_SIZED: Report = Report {
    folder: "oneplus-2014-size",
    model: "oneplus-2014",
    words: &["size", "--knob", "param.capacity=1..100"],
};
const SALE_SIZED_PATCHED: Report = Report {
    folder: "oneplus-2014-size-patched",
    model: "oneplus-2014",
    words: &[
        "size",
        "--knob",
        "param.capacity=0.25..2:0.25",
        "--variant",
        "patch-login",
    ],
};

/// The starters: few launches, and words without pictures.
const STARTERS: [&str; 8] = [
    "autoscaler-lag",
    "cache-stampede",
    "deploy-gone-bad",
    "dynamodb-2015",
    "gc-spiral",
    "pool-exhaustion",
    "waiting-room",
    "zone-loss",
];
/// The incidents of the gallery, likewise, each with the variants that say most.
const INCIDENTS: [(&str, &str); 13] = [
    (
        "incidents/aws-2025-ec2-leases",
        "only-restart,limit-from-the-start",
    ),
    ("incidents/ecensus-2016", "load-alone,twice-the-load"),
    ("incidents/ffxiv-2021", "longer-queue,a-third-more-places"),
    ("incidents/fortnite-2018", "double-servers,two-writers"),
    ("incidents/gcp-2025-restart-herd", "nobody-throttles,grows"),
    (
        "incidents/healthcare-gov-2013",
        "october-waiting-room,december-23",
    ),
    ("incidents/hotos-2021", "half-the-load,retries-under-20"),
    ("incidents/kinesis-2020", "larger-servers,thrice-the-pace"),
    (
        "incidents/oneplus-2014-both-sales",
        "cloud-alone,servers-alone",
    ),
    ("incidents/pokemon-go-2016", "worst-case,nodes-there"),
    (
        "incidents/register-to-vote-2016",
        "double-servers,waiting-room",
    ),
    ("incidents/slack-2021", "no-cpu-signal,servers-kept"),
    ("incidents/ticketmaster-2022", "larger-shop,bots-stay-out"),
];
const FEW_LAUNCHES: &[&str] = &["compare", "--no-attribution", "--replications", "2"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the pictures of a report are kept.
fn has_pictures(report: &Report) -> bool {
    let in_words = ["--full", "size"];
    !report.words.iter().any(|word| in_words.contains(word)) && !is_starter(report)
}

/// Whether it is one of those that pin words and figures alone: how pages and charts look is pinned
/// by the others.
fn is_starter(report: &Report) -> bool {
    STARTERS.contains(&report.model) || report.model.starts_with("incidents/")
}

/// Whether a file of the output is a picture or a page.
fn is_drawn(name: &str) -> bool {
    name.ends_with(".svg") || name.ends_with(".html")
}

/// Whether a file of the output is kept as it is.
fn is_kept(report: &Report, name: &str) -> bool {
    (name.ends_with(".svg") && has_pictures(report)) || name == "summary.md"
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo).
fn digest(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    bytes.iter().fold(start, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Every file that a report consists of, with its bytes.
fn made(report: &Report) -> Vec<(String, Vec<u8>)> {
    let file = format!("{}.toml", report.model);
    let text = fs::read_to_string(root().join("models").join(&file)).expect("the model is there");
    let scene = Scene::new().file(&file, &text);
    let mut words = vec![report.words[0], &file, "--out", "out", "--plain"];
    words.extend(&report.words[1..]);
    let answer = scene.run(words.iter().copied());
    let went_well = answer.code == 0 || (97..100).contains(&answer.code);
    assert!(
        went_well,
        "{}: {}\n{}",
        report.model, answer.code, answer.err
    );
    let mut files = vec![("terminal.txt".to_owned(), answer.out.into_bytes())];
    let (mut digests, mut parts) = (String::new(), BTreeMap::new());
    let mut document = serde_json::Value::Null;
    for folder in ["", "charts/"] {
        for name in scene.names(&format!("out/{folder}")) {
            let path = scene.path(&format!("out/{folder}{name}"));
            let is_left_out = name.ends_with(".png") || (is_starter(report) && is_drawn(&name));
            if !path.is_file() || is_left_out {
                continue;
            }
            let bytes = fs::read(&path).expect("it was written");
            assert!(
                bytes.len() < most_bytes(&name),
                "{name}: {} bytes",
                bytes.len()
            );
            if name == "results.json" {
                document = serde_json::from_slice(&bytes).expect("results are JSON");
                parts.extend(parts_of_results(&document));
            } else if name == "timeline.csv" {
                parts.extend(parts_of_timeline(&String::from_utf8_lossy(&bytes)));
            }
            if is_kept(report, &name) {
                files.push((format!("{folder}{name}"), bytes));
            } else {
                let line = writeln!(digests, "{:016x} {folder}{name}", digest(&bytes));
                line.expect("text grows");
            }
        }
    }
    for (_, bytes) in files.iter().filter(|(name, _)| name == "summary.md") {
        let summary = String::from_utf8_lossy(bytes);
        assert!(
            summary.lines().count() <= 150,
            "a summary is read in a comment"
        );
        let strangers = strangers(&summary, &document);
        assert!(strangers.is_empty(), "not in results.json: {strangers:?}");
    }
    let parts = parts
        .iter()
        .map(|(part, text)| format!("{:016x} {part}\n", digest(text.as_bytes())));
    let parts: String = parts.collect();
    files.push(("parts.txt".to_owned(), parts.into_bytes()));
    files.push(("digests.txt".to_owned(), digests.into_bytes()));
    files
}

/// What a file of a report is smaller than: a page is sent by mail, a summary is a comment on a
/// pull request.
fn most_bytes(name: &str) -> usize {
    match name {
        "report.html" => 1_000_000,
        "summary.md" => 60_000,
        _ => usize::MAX,
    }
}

/// The parts of a results document, those of all variants together.
fn parts_of_results(document: &serde_json::Value) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in document.as_object().expect("results are an object") {
        if key != "variants" {
            parts.insert(format!("results.json {key}"), value.to_string());
            continue;
        }
        let variants = value.as_object().expect("variants have names");
        for (part, value) in variants.values().filter_map(|v| v.as_object()).flatten() {
            let part = parts.entry(format!("results.json variants.*.{part}"));
            *part.or_default() += &value.to_string();
        }
    }
    parts
}

/// The lines of a timeline by metric.
fn parts_of_timeline(text: &str) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().skip(1) {
        // A metric may have commas in it, and is in quotes then.
        let metric = line.split_once(',').map_or("", |(_, rest)| rest);
        let metric = match metric.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => metric.split(',').next(),
        };
        let part = format!("timeline.csv {}", metric.unwrap_or_default());
        *parts.entry(part).or_default() += line;
    }
    parts
}

/// The lines of one text that another has not.
fn moved(there: &[u8], here: &[u8]) -> Vec<String> {
    let there = String::from_utf8_lossy(there);
    let known: BTreeSet<&str> = there.lines().collect();
    let here = String::from_utf8_lossy(here);
    let new = here.lines().filter(|line| !known.contains(line));
    new.map(str::to_owned).collect()
}

/// Figures of a summary that no part of its document spells. What only charts show is left out, so
/// that a figure cannot stand there by chance.
fn strangers(summary: &str, document: &serde_json::Value) -> Vec<String> {
    let mut known = BTreeSet::new();
    collect(document, &mut known);
    // Counts of a percentile and heads of columns are words, not figures of the study; of the hash
    // only the beginning is printed.
    known.extend(["8", "9", "10", "5", "50", "95", "99"].map(str::to_owned));
    let hash = document["model"]["hash"].as_str().unwrap_or_default();
    known.extend(figures(&hash[..hash.len().min(6)]));
    let mut all = figures(summary);
    all.retain(|figure| !known.contains(figure));
    all
}

/// Every run of digits with what belongs to it.
fn figures(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == number::GAP;
    let runs = text.split(|c| !is_part(c));
    runs.map(|run| run.trim_matches(['.', number::GAP]).to_owned())
        .filter(|run| run.contains(|c: char| c.is_ascii_digit()))
        .collect()
}

fn collect(value: &serde_json::Value, known: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Number(n) => {
            for spelling in number::spellings(n.as_f64().expect("a number")) {
                known.extend(figures(&spelling));
            }
        }
        serde_json::Value::String(text) => known.extend(figures(text)),
        serde_json::Value::Array(all) => all.iter().for_each(|value| collect(value, known)),
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                // Of all metrics in all launches; those of knobs are a list.
                let of_launches = key == "values" && value.is_object();
                let drawn = ["timeline", "heat", "spectrum", "rows"].contains(&key.as_str());
                if !of_launches && !drawn {
                    known.extend(figures(key));
                    collect(value, known);
                }
            }
        }
        _ => {}
    }
}

fn write(folder: &Path, files: &[(String, Vec<u8>)]) {
    let _ = fs::remove_dir_all(folder);
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders");
        fs::write(path, bytes).expect("files");
    }
}

fn check(report: &Report) {
    let files = made(report);
    let folder = root().join("reports").join(report.folder);
    if std::env::var_os("ONRUSH_BLESS").is_some() {
        write(&folder, &files);
    }
    for (name, bytes) in &files {
        let there = fs::read(folder.join(name)).unwrap_or_default();
        assert!(
            &there == bytes,
            "reports/{}/{name} is not what the model gives; if that is meant, run: \
             ONRUSH_BLESS=1 cargo test reports\n{}",
            report.folder,
            moved(&there, bytes).join("\n")
        );
    }
    let pictures = files.iter().filter(|(name, _)| name.ends_with(".svg"));
    assert_eq!(
        pictures.count() > 2,
        has_pictures(report),
        "{} has charts, or words alone",
        report.folder
    );
}

#[test]
fn the_report_of_the_textbook_queue_is_current() {
    check(&QUEUE);
}

#[test]
fn the_report_of_the_login_storm_is_current() {
    check(&STORM);
}

#[test]
fn the_report_of_the_retry_storm_is_current() {
    check(&RETRIES);
}

#[test]
fn the_reports_of_the_starters_are_current() {
    for model in STARTERS {
        check(&Report {
            folder: model,
            model,
            words: FEW_LAUNCHES,
        });
    }
}

/// Of incidents whose names begin with some letters, so that threads share them.
fn check_incidents(letters: std::ops::RangeInclusive<char>) {
    let of_letters = |model: &str| {
        let first = model.trim_start_matches("incidents/").chars().next();
        first.is_some_and(|first| letters.contains(&first))
    };
    for (model, variants) in INCIDENTS.iter().filter(|(model, _)| of_letters(model)) {
        let words = [FEW_LAUNCHES, &["--variants", variants]].concat();
        check(&Report {
            folder: model,
            model,
            words: &words,
        });
    }
}

#[test]
fn the_reports_of_incidents_from_a_to_g_are_current() {
    check_incidents('a'..='g');
}

#[test]
fn the_reports_of_incidents_from_h_to_o_are_current() {
    check_incidents('h'..='o');
}

#[test]
fn the_reports_of_incidents_from_p_to_s_are_current() {
    check_incidents('p'..='s');
}

#[test]
fn the_reports_of_incidents_from_t_on_are_current() {
    check_incidents('t'..='z');
}

#[test]
fn the_quick_report_of_the_pre_order_is_current() {
    check(&SALE);
}

#[test]
fn the_full_reports_of_the_pre_order_are_current() {
    if std::env::var_os("ONRUSH_FULL").is_some() {
        check(&SALE_IN_FULL);
        check(&SALE_WITH_DRAWS);
    }
}

#[test]
fn what_would_have_been_enough_is_current() {
    if std::env::var_os("ONRUSH_FULL").is_some() {
        check(&SALE_SIZED);
    }
}

#[test]
fn what_would_have_been_enough_with_the_patch_is_current() {
    if std::env::var_os("ONRUSH_FULL").is_some() {
        check(&SALE_SIZED_PATCHED);
    }
}

#[test]
fn a_figure_that_is_not_in_the_document_is_noticed() {
    let document = serde_json::json!({ "served": 0.2468, "timeline": { "n": [71.3] } });
    let summary = |served: &str| format!("baseline serves {served} % of those who came");
    assert!(strangers(&summary("24.7"), &document).is_empty());
    assert_eq!(strangers(&summary("24.8"), &document), ["24.8"]);
    assert_eq!(strangers(&summary("71.3"), &document), ["71.3"]);
}
