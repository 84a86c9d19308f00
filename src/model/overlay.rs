//! Paths and changes: `service.shop.servers = "x2"`.
//!
//! Variants, `--set`, actions, sweeps and sliders are all lists of [`Change`]s of the document; a
//! changed document is read again like any other. Paths are walked beside the definitions of the
//! language, so that a key that is not yet written can be set, and one that does not exist cannot.

mod relative;
mod walk;

use super::document::{Node, Table, Value, parse_value};
use super::moved;
use super::table::{KeyDef, TableDef};
use crate::base::visible::one_line;
use crate::text::{Diagnostic, FileId, Place, Source, Sources};

/// A change of one path, as an entry of `set` or `--set` says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is changed, as written.
    pub path: String,
    /// The new value, possibly relative.
    pub value: Node,
    /// Where the path is written.
    pub place: Place,
    /// The text of a change that does not stand in the model.
    text: Option<String>,
}

impl Change {
    /// A change from outside of the model, as `--set PATH=VALUE` gives it. A value that TOML does
    /// not know without quotes (`20ms`, `x2`) is taken as a text.
    pub fn new(path: &str, value: &str) -> Change {
        let (path, value) = (path.trim(), value.trim());
        let text = format!("{path}={value}");
        let at = path.len() + 1;
        let quoted = |place| Node {
            value: Value::Text(one_line(value).into_owned()),
            place,
        };
        let whole = Place::new(FileId::MODEL, at..text.len());
        let node = match parse_value(value, FileId::MODEL, at) {
            Some(node) if !is_relative_number(value) => node,
            _ => quoted(whole),
        };
        let place = Place::new(FileId::MODEL, 0..path.len());
        Change {
            path: path.to_owned(),
            value: node,
            place,
            text: Some(text),
        }
    }

    /// A change that stands in the model.
    pub(crate) fn written(path: String, value: Node, place: Place) -> Change {
        Change {
            path,
            value,
            place,
            text: None,
        }
    }

    /// The value as it would be shown.
    pub fn written_value(&self) -> String {
        moved::told(&self.value)
    }

    /// The change with its own text among the sources, if it has one.
    pub(crate) fn placed(&self, sources: &mut Sources) -> Change {
        let mut change = self.clone();
        if let Some(text) = change.text.take() {
            let file = sources.add(Source::new("--set", &text));
            change.place.file = file;
            change.value.refile(file);
        }
        change
    }
}

/// `+10` is a number for TOML, but a relative value here.
fn is_relative_number(value: &str) -> bool {
    value.starts_with('+')
}

/// A place that was written to.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Its path, in full.
    pub(crate) path: String,
    /// Whether the new value was worked out from what stood there.
    pub(crate) relative: bool,
    /// The table that it is in, or the steps in a list that was written whole.
    pub(crate) table: &'static TableDef,
    /// Its key; none of a list of steps that has only a name.
    pub(crate) key: Option<&'static KeyDef>,
}

/// Applies changes in order to a document; what cannot be applied is reported and left out.
pub(crate) fn apply(document: &mut Table, changes: &[Change]) -> (Vec<Written>, Vec<Diagnostic>) {
    let (mut written, mut diagnostics) = (Vec::new(), Vec::new());
    for change in changes {
        match walk::write(document, change) {
            Ok(paths) => written.extend(paths),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    (written, diagnostics)
}
