//! Where a command takes its texts and its launches from: from this machine, or from what was made
//! ready elsewhere.
//!
//! One idea: a command asks for both here and cannot tell the difference, so a study in shards is
//! the same command on another supply.

use std::collections::BTreeMap;
use std::path::Path;

use super::load::{self, Unreadable};
use crate::model::files::Files;
use crate::study;

/// What a command is given.
#[derive(Clone, Copy, Default)]
pub(super) struct Supply<'a> {
    /// The texts; the files of this machine where there are none.
    pub(super) texts: Option<&'a Texts>,
    /// The launches; the store of this machine where there are none.
    pub(super) launches: Option<&'a dyn study::Store>,
    /// Whether launches that are missing are done without.
    pub(super) is_partial: bool,
}

/// Texts that were read before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Texts {
    /// Of models, by their paths as typed.
    pub(super) models: BTreeMap<String, String>,
    /// Of data files, by their paths as the models write them.
    pub(super) files: Files,
}

impl Supply<'_> {
    /// The text of a model.
    ///
    /// # Errors
    /// If it cannot be read, or is not text.
    pub(super) fn text(&self, path: &Path) -> Result<String, Unreadable> {
        let known = self.texts.and_then(|texts| {
            let name = path.to_str()?;
            texts.models.get(name).cloned()
        });
        known.map_or_else(|| load::text(path), Ok)
    }
}
