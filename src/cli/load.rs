//! Models from files: the text, the data files that it names, the changes of the command line.
//!
//! One idea: everything that a model needs from the world is read here, once, and handed in as
//! text; what is wrong with it is shown in full before anything is refused.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::console::Console;
use super::exit::{Ending, Exit};
use super::supply::Supply;
use super::write::reason;
use super::{memory, read};
use crate::base::visible::visible;
use crate::model::files::{Content, Files};
use crate::model::overlay::Change;
use crate::model::{self, Model};
use crate::report::words;
use crate::text::encoding::{NotText, decode};
use crate::text::{Diagnostic, FileId, Level, Source};

/// The name of stdin on the command line.
pub(super) const STDIN: &str = "-";

/// Bytes of a model at most: no hand writes that much, and no reader reads it.
const LARGEST_MODEL: u64 = 64_000_000;

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
    #[error("cannot read `{}`: {}", shown(path), reason(why))]
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
    at_most(path, LARGEST_MODEL)
}

/// The text of stored results, from a file or from stdin.
///
/// # Errors
/// If it cannot be read, or is not text.
pub(super) fn results(path: &Path) -> Result<String, Unreadable> {
    at_most(path, share_of(memory::limit(None)))
}

/// What one file may take of the memory: what is made of it takes many times its size.
fn share_of(memory: usize) -> u64 {
    memory as u64 / 32
}

fn at_most(path: &Path, bytes: u64) -> Result<String, Unreadable> {
    let read = match path.as_os_str() == STDIN {
        true => read::bytes_from(io::stdin().lock(), bytes),
        // A pipe will do: it is what a shell makes of `<(command)`.
        false => File::open(path).and_then(|file| read::bytes_from(file, bytes)),
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
pub(super) fn model(
    supply: &Supply<'_>,
    path: &Path,
    set: &[(String, String)],
    memory: usize,
) -> Result<Loaded, Unreadable> {
    let text = supply.text(path)?;
    let source = Source::new(&shown(path), &text);
    let changes: Vec<Change> = set
        .iter()
        .map(|(path, value)| Change::new(path, value))
        .collect();
    let read = |files| {
        let (model, diagnostics) = model::read(source.clone(), files);
        match changes.is_empty() {
            true => (model, diagnostics),
            false => model.with(&changes),
        }
    };
    if let Some(texts) = supply.texts {
        let (model, diagnostics) = read(texts.files.clone());
        return Ok(Loaded {
            model,
            diagnostics,
            text,
        });
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let data = DataFiles {
        folder,
        names: model::files_needed(&source, &changes),
        most: share_of(memory),
    };
    let (mut model, mut diagnostics) = read(data.later());
    if errors(&diagnostics) == 0 && !data.names.is_empty() {
        (model, diagnostics) = read(data.read()?);
    }
    Ok(Loaded {
        model,
        diagnostics,
        text,
    })
}

/// The text of a model and of the data files that it names, whatever is wrong with it.
///
/// # Errors
/// If a file cannot be read.
#[cfg(feature = "serve")]
pub(super) fn written(path: &Path, memory: usize) -> Result<(String, Files), Unreadable> {
    let text = text(path)?;
    let data = DataFiles {
        folder: path.parent().unwrap_or(Path::new("")),
        names: model::files_needed(&Source::new(&shown(path), &text), &[]),
        most: share_of(memory),
    };
    let files = data.read()?;
    Ok((text, files))
}

/// The data files that a model names, or a change of the command line.
struct DataFiles<'a> {
    folder: &'a Path,
    names: BTreeSet<String>,
    most: u64,
}

impl DataFiles<'_> {
    /// None of them is opened: a model with errors needs none. What cannot be read is known all the
    /// same.
    fn later(&self) -> Files {
        let mut files = Files::new();
        for name in &self.names {
            match read::regular(&self.folder.join(name), self.most) {
                Ok(()) => files.add(name, Content::Later),
                Err(why) => absent(&mut files, name, &why),
            }
        }
        files
    }

    /// All of them. For one that cannot be read, the model's reader knows the place where it is
    /// named.
    fn read(&self) -> Result<Files, Unreadable> {
        let mut files = Files::new();
        for name in &self.names {
            let path = self.folder.join(name);
            match read::bytes(&path, self.most) {
                Ok(bytes) => files.insert(name, decoded(&path, bytes)?),
                Err(why) => absent(&mut files, name, &why),
            }
        }
        Ok(files)
    }
}

/// Hands in why a file has no text, unless it is not there at all.
fn absent(files: &mut Files, name: &str, why: &io::Error) {
    if why.kind() != ErrorKind::NotFound {
        files.add(name, Content::Unreadable(reason(why)));
    }
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
