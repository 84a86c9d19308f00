//! The model that the page asks about: its text with changes, and the data that it may use.
//!
//! One idea: no path from the page is opened. The data files that the model named at the start were
//! read then; a model that names another is told so where it names it.

use super::Desk;
use super::asked::Asked;
use crate::model::files::Content;
use crate::model::overlay::Change;
use crate::model::{self, Model};
use crate::study;
use crate::text::{Diagnostic, Level, Source};

/// Why another file is not read.
const NOT_OURS: &str = "the page reads only the files that the model named when it was started";

/// A model as it stands, and what there is to say about it.
pub(super) struct Reading {
    /// The model with its changes.
    pub(super) model: Model,
    /// What is wrong or doubtful.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Reads what is asked about.
    pub(super) fn of(asked: &Asked, desk: &Desk) -> Reading {
        let source = Source::new(&desk.name, &asked.model);
        let set = asked.set.iter();
        let changes: Vec<Change> = set.map(|(path, value)| Change::new(path, value)).collect();
        let mut files = desk.files.clone();
        for name in model::files_needed(&source, &changes) {
            if !desk.files.paths().contains(name.as_str()) {
                files.add(&name, Content::Unreadable(NOT_OURS.to_owned()));
            }
        }
        let (model, diagnostics) = model::read(source, files);
        let (model, mut diagnostics) = match changes.is_empty() {
            true => (model, diagnostics),
            false => model.with(&changes),
        };
        if errors(&diagnostics) == 0 {
            diagnostics.extend(model.beyond(&study::budget(desk.limits)));
        }
        Reading { model, diagnostics }
    }

    /// Whether it can be run.
    pub(super) fn is_sound(&self) -> bool {
        errors(&self.diagnostics) == 0
    }
}

/// How many of them are errors.
pub(super) fn errors(found: &[Diagnostic]) -> usize {
    let errors = found.iter().filter(|one| one.level == Level::Error);
    errors.count()
}
