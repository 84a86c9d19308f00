//! `completions`: what a shell needs to complete commands and flags.

use super::args::{self, Completions};
use super::console::Console;
use super::exit::Ending;

/// Prints the completions.
///
/// # Errors
/// If stdout cannot be written.
pub(super) fn answer(asked: &Completions, console: &Console) -> Result<Ending, Ending> {
    let mut bytes = Vec::new();
    clap_complete::generate(asked.shell, &mut args::definition(), "onrush", &mut bytes);
    console.document(&String::from_utf8_lossy(&bytes))?;
    Ok(Ending::done(format!("completions for {}", asked.shell)))
}
