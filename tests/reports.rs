//! The reports in `reports/` are what their models give today, byte for byte.
//!
//! Each is made anew at the replications that the everyday suite can afford and compared with the
//! folder; `ONRUSH_BLESS=1 cargo test reports` writes them. `ONRUSH_FULL=1` does the same for the
//! dear ones that the README quotes (`cargo test --release reports` then takes minutes). So a
//! change of behaviour is a readable difference in a review. What is too large to keep (results,
//! timeline, page) is pinned by its digest; bitmaps are checked for their shape elsewhere.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Scene;

/// A report: its folder, its model, and what is typed.
struct Report {
    folder: &'static str,
    model: &'static str,
    words: &'static [&'static str],
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

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a file of the output is kept as it is.
fn is_kept(name: &str) -> bool {
    name.ends_with(".svg") || name == "summary.md"
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
    let mut digests = String::new();
    for folder in ["", "charts/"] {
        for name in scene.names(&format!("out/{folder}")) {
            let path = scene.path(&format!("out/{folder}{name}"));
            if !path.is_file() || name.ends_with(".png") {
                continue;
            }
            let bytes = fs::read(&path).expect("it was written");
            if is_kept(&name) {
                files.push((format!("{folder}{name}"), bytes));
            } else {
                let line = writeln!(digests, "{:016x} {folder}{name}", digest(&bytes));
                line.expect("text grows");
            }
        }
    }
    files.push(("digests.txt".to_owned(), digests.into_bytes()));
    files
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
             ONRUSH_BLESS=1 cargo test reports",
            report.folder
        );
    }
    assert!(files.len() > 5, "{} has charts", report.folder);
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
fn the_quick_report_of_the_pre_order_is_current() {
    check(&SALE);
}

#[test]
fn the_full_report_of_the_pre_order_is_current() {
    if std::env::var_os("ONRUSH_FULL").is_some() {
        check(&SALE_IN_FULL);
    }
}
