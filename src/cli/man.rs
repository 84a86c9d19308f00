//! `man`: the man page of onrush, or of one command.

use super::args::{self, Man};
use super::console::Console;
use super::exit::{Ending, Exit};
use crate::text::nearest::suggestion;

/// Prints the page.
///
/// # Errors
/// If there is no such command, or stdout cannot be written.
pub(super) fn answer(asked: &Man, console: &Console) -> Result<Ending, Ending> {
    let page = match &asked.command {
        None => args::definition(),
        Some(name) => args::definition_of(name).ok_or_else(|| {
            let names = args::names();
            let help = suggestion(name, names.iter().map(String::as_str));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            Ending::new(Exit::Usage, format!("no command is called `{name}`{help}"))
        })?,
    };
    let name = page.get_name().to_owned();
    let mut bytes = Vec::new();
    let rendered = clap_mangen::Man::new(page).render(&mut bytes);
    rendered.map_err(|why| Ending::could_not(&why))?;
    console.document(&String::from_utf8_lossy(&bytes))?;
    Ok(Ending::done(format!("the man page of {name}")))
}
