//! `report`: the page, charts and tables of stored results, without running again.

use std::mem;
use std::path::Path;

use super::args::Report;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{Ending, Exit};
use super::load::{self, shown};
use crate::report::MODEL;
use crate::report::junit::Strictness;
use crate::report::words::Asked;
use crate::results::{self, Results};

/// The text of the model that the results belong to, if they stand in the folder of a report that
/// has it.
pub(super) fn model_beside(results: &Path, files: &[String]) -> Option<String> {
    let has_model = files.iter().any(|name| name == MODEL);
    has_model.then(|| load::text(&results.with_file_name(MODEL)).ok())?
}

/// The results in a file.
///
/// # Errors
/// If the file cannot be read or is no results document of this version.
pub(super) fn stored(path: &Path) -> Result<Results, Ending> {
    // What is no text is no stored study either, and no invalid model.
    let text = load::results(path).map_err(|failure| Ending::could_not(&failure))?;
    results::from_json(&text).map_err(|failure| {
        let why = format!("`{}` is not a stored study: {failure}", shown(path));
        Ending::new(Exit::CouldNot, why)
    })
}

/// Reads the results and delivers them anew.
///
/// # Errors
/// If the file cannot be read or is no results document of this version.
pub(super) fn answer(asked: &Report, console: &Console) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let name = shown(&asked.results);
    let mut found = stored(&asked.results)?;
    deliver::probe(&asked.output)?;
    let model = model_beside(&asked.results, &mem::take(&mut found.files));
    let answer = Answer {
        results: &found,
        model,
        asked: Asked::of(&found),
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(Ending::done(format!("reported `{name}`")))
}
