//! The data files that a model names: they are read before the model is.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document::{Node, Table, Value};
use super::overlay::{self, Change};
use super::{assembly, document};
use crate::text::{FileId, Source, Sources};

/// The paths of the data files that a model names with these changes, variants included.
pub fn files_needed(source: &Source, changes: &[Change]) -> BTreeSet<String> {
    let (mut document, _) = document::parse(source.text(), FileId::MODEL);
    overlay::apply(&mut document, changes);
    let mut written = BTreeSet::new();
    paths_in("", &document, &mut written);
    let sources = Sources::new(source.clone());
    let (model, _) = assembly::assemble(&Arc::new(document), sources, &Arc::default());
    written.extend(model.origin.asked);
    written
}

/// The paths in every `file(…)` and `file = …` of a table, also where only a variant would use it;
/// the table has this key.
fn paths_in(of: &str, table: &Table, paths: &mut BTreeSet<String>) {
    fn look((of, key): (&str, &str), node: &Node, paths: &mut BTreeSet<String>) {
        match &node.value {
            Value::Text(text) => {
                if is_file(of, key) {
                    paths.insert(text.clone());
                }
                for part in text.split("file(").skip(1) {
                    let end = part.find([',', ')']).unwrap_or(part.len());
                    paths.insert(part[..end].trim().to_owned());
                }
            }
            Value::List(items) => items.iter().for_each(|item| look((of, ""), item, paths)),
            Value::Table(table) => paths_in(key, table, paths),
            _ => {}
        }
    }
    for entry in &table.entries {
        look((of, &entry.key), &entry.node, paths);
    }
}

/// Whether a key, perhaps a path in a `set`, says which file is read; `of` is the table's own.
fn is_file(of: &str, key: &str) -> bool {
    let (before, last) = key.rsplit_once('.').unwrap_or((of, key));
    last == "file" && of != "match" || last == "path" && before.rsplit('.').next() == Some("file")
}
