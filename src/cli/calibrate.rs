//! `calibrate`: which inputs reproduce what was measured, and what the measurements cannot tell.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::args::Calibrate;
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load;
use super::memory;
use super::plan::plan;
use super::study;
use super::supply::Supply;
use super::write::{self, Existing, Page};
use crate::model::Model;
use crate::model::fitted::in_place;
use crate::report::junit::Strictness;
use crate::results::Stopped;
use crate::study::{Fit, LAUNCHES, NEAR};

/// Fits the free inputs and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or nothing is to be fitted.
pub(super) fn answer(
    asked: &Calibrate,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let effort = asked.basics.effort(None);
    let set = changes(asked)?;
    let memory = memory::limit(asked.basics.memory);
    let loaded = load::model(supply, &asked.model, &set, memory)?.sound(console)?;
    let plan = plan(&loaded.model, &effort, &asked.set)?;
    refuse_too_much(&loaded.model, plan.limits, console)?;
    deliver::probe(&asked.output)?;
    if let Some(path) = &asked.write {
        write::probe(path)?;
    }
    let fit = Fit {
        free: free(&loaded.model, &asked.free)?,
        replications: asked.replications.unwrap_or(NEAR),
        at_most: asked.at_most.unwrap_or(LAUNCHES),
    };
    let done = study::calibrated(loaded.model, &fit, &plan, (console, supply))?;
    let text = in_place(&loaded.text, &done.values).unwrap_or_else(|| done.model.written());
    let answer = Answer {
        results: &done.results,
        model: Some(match asked.set.is_empty() {
            true => text.clone(),
            false => done.model.written(),
        }),
        asked: deliver::asked(&asked.model, (&asked.set, None), &effort),
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    // Values that rest on a part of the launches are told, not kept.
    let is_partial = done.results.stopped == Stopped::Partial;
    if let Some(path) = asked.write.as_ref().filter(|_| !is_partial) {
        let page = Page {
            path: path.clone(),
            bytes: text.into_bytes(),
        };
        write::all(&[page], Existing::Replace)?;
        console.note(&format!("wrote {}", load::named(path)));
    }
    Ok(exit::of_calibrate(&done.results))
}

/// The changes of the command line: `--observed` is one of them.
///
/// # Errors
/// If the measured file cannot be named from where the model is.
pub(super) fn changes(asked: &Calibrate) -> Result<Vec<(String, String)>, Ending> {
    let mut set = asked.set.clone();
    if let Some(file) = &asked.observed {
        set.push(("observed.file".to_owned(), from_model(&asked.model, file)?));
    }
    Ok(set)
}

/// A path as seen from the folder of the model: the same on every machine, wherever that can be
/// said without a folder of this one.
fn from_model(model: &Path, file: &Path) -> Result<String, Ending> {
    let folder = model.parent().unwrap_or(Path::new(""));
    let is_another = |path: &PathBuf| {
        let there = fs::canonicalize(folder.join(path)).ok();
        fs::canonicalize(file).is_ok_and(|here| there != Some(here))
    };
    let path: PathBuf = match relative(folder, file).filter(|path| !is_another(path)) {
        Some(path) => path,
        None => std::path::absolute(file).map_err(|why| Ending::could_not(&why))?,
    };
    Ok(path.to_string_lossy().into_owned())
}

/// A path from a folder, where both are known from the same place and no link is on the way.
fn relative(folder: &Path, file: &Path) -> Option<PathBuf> {
    match (folder.is_absolute(), file.is_absolute()) {
        (_, true) => return Some(file.to_owned()),
        (true, false) => return None,
        (false, false) => {}
    }
    let shared = folder.components().zip(file.components());
    let shared = shared.take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared);
    let up: Option<PathBuf> = up
        .map(|part| matches!(part, Component::Normal(_)).then_some(".."))
        .collect();
    Some(up?.join(file.components().skip(shared).collect::<PathBuf>()))
}

/// The free parameters: those that were named, else all with a range.
fn free(model: &Model, asked: &[String]) -> Result<Vec<String>, Ending> {
    let ranged = || {
        model
            .params
            .iter()
            .filter(|(_, param)| param.range.is_some())
    };
    if asked.is_empty() {
        let all: Vec<String> = ranged().map(|(name, _)| name.clone()).collect();
        return match all.is_empty() {
            true => Err(Ending::new(
                Exit::Usage,
                "no parameter has a `range` to look in; give those that are to be fitted one",
            )),
            false => Ok(all),
        };
    }
    for name in asked {
        let name = name.strip_prefix("param.").unwrap_or(name);
        if !model.params.contains_key(name) {
            let known = model.params.keys().map(String::as_str);
            let near = crate::text::nearest::suggestion(name, known);
            let near = near.map_or_else(String::new, |near| format!("; {near}"));
            return Err(Ending::new(
                Exit::Usage,
                format!("there is no parameter `{name}`{near}"),
            ));
        }
    }
    Ok(asked.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_file_is_named_from_the_folder_of_the_model() {
        for (folder, file, expected) in [
            ("", "cpu.csv", Some("cpu.csv")),
            ("models", "models/cpu.csv", Some("cpu.csv")),
            ("models", "cpu.csv", Some("../cpu.csv")),
            ("a/b", "a/c/cpu.csv", Some("../c/cpu.csv")),
            ("../models", "../data/cpu.csv", Some("../data/cpu.csv")),
            ("models", "/data/cpu.csv", Some("/data/cpu.csv")),
            ("/models", "cpu.csv", None),
            ("../models", "cpu.csv", None),
        ] {
            let found = relative(Path::new(folder), Path::new(file));
            assert_eq!(found, expected.map(PathBuf::from), "{file} from {folder}");
        }
    }
}
