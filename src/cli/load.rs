//! Models from files: the text, the data files that it names, the changes of the command line.
//!
//! One idea: everything that a model needs from the world is read here, once, and handed in as
//! text; what is wrong with it is shown in full before anything is refused.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::console::Console;
use super::exit::{Ending, Exit};
use super::write::reason;
use crate::base::visible::visible;
use crate::model::files::Files;
use crate::model::overlay::Change;
use crate::model::{self, Model};
use crate::report::words;
use crate::text::encoding::{NotText, decode};
use crate::text::{Diagnostic, FileId, Level, Source};

/// The name of stdin on the command line.
pub(super) const STDIN: &str = "-";

/// A model as it stands, and what there is to say about it.
pub(super) struct Loaded {
    /// The model with the changes of the command line.
    pub(super) model: Model,
    /// What is wrong or doubtful.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The text as written, without changes.
    pub(super) text: String,
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// The world stands in the way.
    #[error("cannot read `{}`: {}", named(path), reason(why))]
    Kept {
        /// The file.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// It is no text.
    #[error("`{}:{}:{}` is no UTF-8 text: {}", shown(path), why.at.line, why.at.column, why.found)]
    NotText {
        /// The file.
        path: PathBuf,
        /// Where it ceases to be text, and why.
        why: NotText,
    },
}

/// The text of a file, or of stdin.
///
/// # Errors
/// If it cannot be read, or is not text.
pub(super) fn text(path: &Path) -> Result<String, Unreadable> {
    let read = match path.as_os_str() == STDIN {
        true => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        false => fs::read(path),
    };
    match read {
        Ok(bytes) => decoded(path, bytes),
        Err(why) => Err(Unreadable::Kept {
            path: path.to_owned(),
            why,
        }),
    }
}

fn decoded(path: &Path, bytes: Vec<u8>) -> Result<String, Unreadable> {
    decode(bytes).map_err(|why| Unreadable::NotText {
        path: path.to_owned(),
        why,
    })
}

/// The name under which users see what is read.
pub(super) fn shown(path: &Path) -> String {
    match path.as_os_str() == STDIN {
        true => "<stdin>".to_owned(),
        false => named(path),
    }
}

/// A path as users see it: what in it cannot be seen is shown by symbols.
pub(super) fn named(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

/// Reads a model with its data files and applies changes, those of `--set` before those of a
/// variant.
///
/// # Errors
/// If a file cannot be read.
pub(super) fn model(path: &Path, set: &[(String, String)]) -> Result<Loaded, Unreadable> {
    let text = text(path)?;
    let source = Source::new(&shown(path), &text);
    let files = data_files(&source, path.parent().unwrap_or(Path::new("")))?;
    let (mut model, mut diagnostics) = model::read(source, files);
    if !set.is_empty() {
        let changes: Vec<Change> = set
            .iter()
            .map(|(path, value)| Change::new(path, value))
            .collect();
        (model, diagnostics) = model.with(&changes);
    }
    Ok(Loaded {
        model,
        diagnostics,
        text,
    })
}

/// The data files that a model names. One that does not exist is left out: the model's reader
/// knows the place where it is named.
fn data_files(source: &Source, folder: &Path) -> Result<Files, Unreadable> {
    let mut files = Files::new();
    for name in model::files_needed(source) {
        let path = folder.join(&name);
        match fs::read(&path) {
            Ok(bytes) => files.insert(&name, decoded(&path, bytes)?),
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(Unreadable::Kept { path, why }),
        }
    }
    Ok(files)
}

impl Loaded {
    /// The model as a variant changes it.
    ///
    /// # Errors
    /// If there is no such variant.
    pub(super) fn variant(self, name: Option<&str>) -> Result<Loaded, Ending> {
        let Some(name) = name else { return Ok(self) };
        let (model, diagnostics) = self
            .model
            .variant(name)
            .ok_or_else(|| no_variant(&self.model, name))?;
        Ok(Loaded {
            model,
            diagnostics,
            ..self
        })
    }

    /// Shows everything that there is to say, and refuses a model with errors.
    ///
    /// # Errors
    /// If the model has errors.
    pub(super) fn sound(self, console: &Console) -> Result<Loaded, Ending> {
        console.diagnostics(&self.diagnostics, self.model.sources());
        match errors(&self.diagnostics) {
            0 => Ok(self),
            n => Err(invalid(&self.model, n)),
        }
    }
}

/// How many of them are errors.
pub(super) fn errors(found: &[Diagnostic]) -> usize {
    found
        .iter()
        .filter(|diagnostic| diagnostic.level == Level::Error)
        .count()
}

/// The ending of a model with so many errors.
pub(super) fn invalid(model: &Model, errors: usize) -> Ending {
    let name = model.sources().get(FileId::MODEL).map_or("", Source::name);
    let counted = if errors == 1 {
        "1 error".to_owned()
    } else {
        format!("{errors} errors")
    };
    Ending::new(Exit::InvalidModel, format!("{counted} in `{name}`"))
}

/// The refusal of a variant that the model does not have, with those that it has.
pub(super) fn no_variant(model: &Model, name: &str) -> Ending {
    let known: Vec<&str> = model
        .variants
        .iter()
        .map(|variant| variant.name.as_str())
        .collect();
    let near = crate::text::nearest::nearest(name, known.iter().copied());
    let near = near
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    let all: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let all = match all.as_slice() {
        [] => "the model has no variants".to_owned(),
        [one] => format!("the only variant is {one}"),
        all => format!("the variants are {}", words::listed(all)),
    };
    let mark = if near.is_empty() { ";" } else { "" };
    let why = format!("no variant is called `{name}`{near}{mark} {all}");
    Ending::new(Exit::Usage, why)
}
