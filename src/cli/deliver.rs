//! Where an answer goes: words to the terminal, files where they were asked for.
//!
//! One idea: people read the answer before anything is written, so that a full disk does not cost
//! them a study; and what cannot be written is found out before the study begins.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

use super::args::{Effort, Output};
use super::console::Console;
use super::exit::Ending;
use super::folder::{self, Folder};
use super::load::{Loaded, STDIN, named};
use super::place::{self, Place};
use super::write::{self, Existing, Page, Unwritable};
use crate::base::shell::typed;
use crate::base::time::{Span, Time};
use crate::base::visible::one_line;
use crate::model::Model;
use crate::report::terminal::{self, Screen};
use crate::report::words::Asked;
use crate::report::{self, Part, junit, markdown};
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

/// The console for an answer: words go to stderr when stdout is taken by a document.
pub(super) fn console(output: &Output, console: &Console) -> Console {
    match alone(output).any(is_stdout) {
        true => console.beside_a_document(),
        false => *console,
    }
}

/// Where single documents go.
fn alone(output: &Output) -> impl Iterator<Item = &Path> {
    let all = [&output.json, &output.junit, &output.markdown];
    all.into_iter().flatten().map(PathBuf::as_path)
}

/// Whether a path stands for stdout, by its sign or by a name that the system has for it.
fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == STDIN || place::of(path).is_ok_and(|place| place == Place::Stdout)
}

/// Finds out whether the files could be written, before any work is done.
///
/// # Errors
/// If one of them could not.
pub(super) fn probe(output: &Output) -> Result<(), Ending> {
    if let Some(folder) = &output.out {
        folder::probe(folder)?;
    }
    for path in alone(output).filter(|path| !is_stdout(path)) {
        write::probe(path)?;
    }
    Ok(())
}

/// Prints the answer and writes every file that was asked for; a failure of the one does not cost
/// the other.
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
    let mut printed = console.result(&said(told, &answer.asked, console.screen()));
    let (to_stdout, pages): (Vec<Page>, Vec<Page>) = documents(answer, output)
        .into_iter()
        .partition(|page| is_stdout(&page.path));
    for document in &to_stdout {
        let text = String::from_utf8_lossy(&document.bytes);
        printed = printed.and_then(|()| console.document(&text));
    }
    let written = write(answer, output, pages);
    printed?;
    if written? {
        console.note(&wrote(output, answer.results));
    }
    Ok(())
}

/// Writes single documents and the report. Whether there was anything to write.
fn write(answer: &Answer<'_>, output: &Output, mut pages: Vec<Page>) -> Result<bool, Unwritable> {
    let Some(path) = &output.out else {
        write::all(&pages, Existing::Replace)?;
        return Ok(!pages.is_empty());
    };
    let parts = report::parts(answer.results, &answer.strictness, answer.model.as_deref());
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let files = parts.iter().zip(made(&parts));
    pages.extend(files.map(|(part, bytes)| Page {
        path: path.join(&part.name),
        bytes,
    }));
    let folder = Folder::take(path)?;
    write::instead(&pages, &folder.gone(&names), Existing::Replace)?;
    Ok(true)
}

/// The bytes of every file of a report: each core makes the next that nobody has begun.
fn made(parts: &[Part<'_>]) -> Vec<Vec<u8>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = turns.map_while(|turn| Some((turn, parts.get(turn)?.bytes())));
        mine.collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut all: Vec<(usize, Vec<u8>)> = thread::scope(|scope| {
        let spawned = (1..threads).filter_map(|_| Builder::new().spawn_scoped(scope, work).ok());
        let others: Vec<_> = spawned.collect();
        let mut all = work();
        for other in others {
            all.extend(other.join().unwrap_or_else(|why| resume_unwind(why)));
        }
        all
    });
    all.sort_unstable_by_key(|(turn, _)| *turn);
    all.into_iter().map(|(_, bytes)| bytes).collect()
}

/// The single documents that were asked for.
fn documents(answer: &Answer<'_>, output: &Output) -> Vec<Page> {
    let results = answer.results;
    let json = || to_json(results);
    let junit = || junit::junit(results, &answer.strictness);
    let markdown = || markdown::summary(results);
    let all: [(&Option<PathBuf>, &dyn Fn() -> String); 3] = [
        (&output.json, &json),
        (&output.junit, &junit),
        (&output.markdown, &markdown),
    ];
    let asked = all.into_iter().filter_map(|(path, text)| {
        Some(Page {
            path: path.clone()?,
            bytes: text().into_bytes(),
        })
    });
    asked.collect()
}

/// The text of the model that a study is of: as written, or with what a variant and the command
/// line change.
pub(super) fn text(loaded: &Loaded, variant: Option<&Model>, set: &[(String, String)]) -> String {
    match (variant, set.is_empty()) {
        (Some(changed), _) => changed.written(),
        (None, false) => loaded.model.written(),
        (None, true) => loaded.text.clone(),
    }
}

/// How a study of a model was asked for, as it would be typed again; a text that went over several
/// lines says the same in one.
pub(super) fn asked(
    model: &Path,
    (set, from): (&[(String, String)], Option<Time>),
    effort: &Effort,
) -> Asked {
    let mut words = vec![typed(&named(model)).into_owned()];
    for (path, value) in set {
        let set = format!("{path}={value}");
        words.push(format!("--set {}", typed(&one_line(&set))));
    }
    words.extend(from.map(|from| format!("--from {}", Span(from.0).written())));
    words.extend(effort.seed.map(|seed| format!("--seed {seed}")));
    Asked {
        model: words.join(" "),
        variant: None,
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
        "calibrate" => terminal::calibrate(results, asked, screen),
        "size" => terminal::size(results, asked, screen),
        "uncertain" => terminal::ranged(results, asked, screen),
        "sweep" => terminal::sweep(results, asked, screen),
        "tip" => terminal::tip(results, asked, screen),
        "explain" => terminal::explain(results, asked, screen),
        _ => terminal::compare(results, asked, screen) + &terminal::uncertain(results, screen),
    }
}

/// What was written, the page first.
fn wrote(output: &Output, results: &Results) -> String {
    let mut names = Vec::new();
    if let Some(folder) = &output.out {
        names.push(named(&folder.join("report.html")));
        if report::postmortem::is_known(results) {
            names.extend(["postmortem.html", "postmortem.md"].map(str::to_owned));
        }
        names.extend(["summary.md", "results.json", "charts"].map(str::to_owned));
    }
    let alone = alone(output).filter(|path| !is_stdout(path));
    names.extend(alone.map(named));
    format!("wrote {}", names.join(", "))
}
