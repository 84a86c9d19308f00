//! `report`: the page, charts and tables of stored results, without running again.

use super::args::Report;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{Ending, Exit};
use super::load::{self, shown};
use crate::report::junit::Strictness;
use crate::report::words::Asked;
use crate::results;

/// Reads the results and delivers them anew.
///
/// # Errors
/// If the file cannot be read or is no results document of this version.
pub(super) fn answer(asked: &Report, console: &Console) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let text = load::text(&asked.results)?;
    let name = shown(&asked.results);
    let found = results::from_json(&text).map_err(|failure| {
        Ending::new(
            Exit::CouldNot,
            format!("`{name}` is not a stored study: {failure}"),
        )
    })?;
    deliver::probe(&asked.output)?;
    let answer = Answer {
        results: &found,
        model: None,
        asked: Asked::of(&found),
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(Ending::done(format!("reported `{name}`")))
}
