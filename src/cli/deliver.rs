//! Where an answer goes: words to the terminal, files where they were asked for.
//!
//! One idea: people read the answer before anything is written, so that a full disk does not cost
//! them a study; and what cannot be written is found out before the study begins.

use std::path::{Path, PathBuf};

use super::args::{Effort, Output};
use super::console::Console;
use super::exit::Ending;
use super::load::{STDIN, named};
use super::write::{self, Existing, Page};
use crate::base::visible::one_line;
use crate::report::terminal::{self, Screen};
use crate::report::words::Asked;
use crate::report::{self, junit, markdown};
use crate::results::{Results, to_json};

/// The results of a study, and the model that they are of.
pub(super) struct Answer<'a> {
    /// The results.
    pub(super) results: &'a Results,
    /// The text of the model as it was simulated, if it is at hand.
    pub(super) model: Option<String>,
    /// How it was asked for.
    pub(super) asked: Asked,
    /// What must not be let pass.
    pub(super) strictness: junit::Strictness,
}

/// The file among those of a report that depends on what must not be let pass.
const JUNIT: &str = "junit.xml";

/// The console for an answer: words go to stderr when stdout is taken by the document.
pub(super) fn console(output: &Output, console: &Console) -> Console {
    match output.json.as_deref().is_some_and(is_stdout) {
        true => console.beside_a_document(),
        false => *console,
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// Finds out whether the files could be written, before any work is done.
///
/// # Errors
/// If one of them could not.
pub(super) fn probe(output: &Output) -> Result<(), Ending> {
    let in_folder = output.out.iter().map(|folder| folder.join("results.json"));
    let alone = [&output.json, &output.junit, &output.markdown]
        .into_iter()
        .flatten();
    for path in in_folder.chain(alone.filter(|path| !is_stdout(path)).cloned()) {
        write::probe(&path)?;
    }
    Ok(())
}

/// Prints the answer and writes every file that was asked for.
///
/// # Errors
/// If something cannot be printed or written.
pub(super) fn deliver(
    answer: &Answer<'_>,
    output: &Output,
    console: &Console,
) -> Result<(), Ending> {
    let quiet;
    let told = match console.is_quiet() {
        false => answer.results,
        true => {
            quiet = without_notes(answer.results);
            &quiet
        }
    };
    console.result(&said(told, &answer.asked, console.screen()))?;
    if output.json.as_deref().is_some_and(is_stdout) {
        console.document(&to_json(answer.results))?;
    }
    let pages = pages(answer, output);
    write::all(&pages, Existing::Replace)?;
    if !pages.is_empty() {
        console.note(&wrote(output));
    }
    Ok(())
}

/// How a study of a model was asked for, as it would be typed again; a text that went over several
/// lines says the same in one.
pub(super) fn asked(model: &Path, set: &[(String, String)], effort: &Effort) -> Asked {
    let mut words = vec![typed(&named(model))];
    for (path, value) in set {
        let set = format!("{path}={value}");
        words.push(format!("--set {}", typed(&one_line(&set))));
    }
    words.extend(effort.seed.map(|seed| format!("--seed {seed}")));
    Asked {
        model: words.join(" "),
        variant: None,
    }
}

/// A word as a shell takes it: in quotes where it is more than letters, digits and the usual signs.
fn typed(word: &str) -> String {
    let is_usual = |c: char| c.is_alphanumeric() || "_-./,:=%+@".contains(c);
    match word.chars().all(is_usual) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The results without what is only said by the way.
fn without_notes(results: &Results) -> Results {
    Results {
        notes: Vec::new(),
        ..results.clone()
    }
}

fn said(results: &Results, asked: &Asked, screen: Screen) -> String {
    match results.command.as_str() {
        "run" => terminal::run(results, asked, screen),
        _ => terminal::compare(results, asked, screen) + &terminal::uncertain(results, screen),
    }
}

fn pages(answer: &Answer<'_>, output: &Output) -> Vec<Page> {
    let results = answer.results;
    let mut pages = Vec::new();
    let mut add = |path: PathBuf, bytes: Vec<u8>| pages.push(Page { path, bytes });
    let junit = || junit::junit(results, &answer.strictness).into_bytes();
    if let Some(folder) = &output.out {
        for (name, bytes) in report::files(results) {
            let bytes = if name == JUNIT { junit() } else { bytes };
            add(folder.join(name), bytes);
        }
        if let Some(model) = &answer.model {
            add(folder.join("model.toml"), model.clone().into_bytes());
        }
    }
    if let Some(path) = output.json.as_ref().filter(|path| !is_stdout(path)) {
        add(path.clone(), to_json(results).into_bytes());
    }
    if let Some(path) = &output.junit {
        add(path.clone(), junit());
    }
    if let Some(path) = &output.markdown {
        add(path.clone(), markdown::summary(results).into_bytes());
    }
    pages
}

/// What was written, the page first.
fn wrote(output: &Output) -> String {
    let mut names = Vec::new();
    if let Some(folder) = &output.out {
        names.push(named(&folder.join("report.html")));
        names.extend(["summary.md", "results.json", "charts"].map(str::to_owned));
    }
    let alone = [&output.json, &output.junit, &output.markdown]
        .into_iter()
        .flatten();
    names.extend(
        alone
            .filter(|path| !is_stdout(path))
            .map(|path| named(path)),
    );
    format!("wrote {}", names.join(", "))
}
