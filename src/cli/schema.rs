//! `schema`: what editors and programs need to know of model files and of the results document.

use super::args::{Described, Schema};
use super::console::Console;
use super::exit::Ending;
use crate::{model, results};

/// Prints the schema.
///
/// # Errors
/// If stdout cannot be written.
pub(super) fn answer(asked: &Schema, console: &Console) -> Result<Ending, Ending> {
    match asked.what {
        Described::Model => {
            console.document(&model::schema::schema())?;
            Ok(Ending::done("the schema of models"))
        }
        Described::Results => {
            console.document(&format!("{:#}\n", results::schema()))?;
            Ok(Ending::done("the schema of results"))
        }
    }
}
