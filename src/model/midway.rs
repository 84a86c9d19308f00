//! What-ifs from the middle: changes that take effect at an instant, as an action of the model.
//!
//! One idea: what begins midway is an action by the clock like any other, so it may change what
//! actions may change, on what is in force when its turn comes, and is written with the model.

use std::sync::Arc;

use super::document::{Entry, Node, Table, Value};
use super::overlay::Change;
use super::{Model, assembly, check};
use crate::base::time::Time;
use crate::text::{Diagnostic, Place};

impl Model {
    /// The model with changes that stand in it and take effect at an instant, under the name of
    /// those who make them; checked for itself with its actions.
    pub fn with_own_from(
        &self,
        at: Time,
        name: &str,
        changes: &[Change],
    ) -> (Model, Vec<Diagnostic>) {
        let mut document = Table::clone(&self.origin.document);
        let place = changes.first().map_or(Place::default(), |one| one.place);
        let mut free = self.free_name(name);
        let actions = table_of(&mut document, "action", place);
        for set in in_turn(changes) {
            let ns = Value::Text(format!("{}ns", at.0));
            let action = Table {
                entries: vec![
                    entry("at", ns, place),
                    entry("set", Value::Table(set), place),
                ],
            };
            actions
                .entries
                .push(entry(&free, Value::Table(action), place));
            free.push('+');
        }
        let sources = self.origin.sources.clone();
        let files = &self.origin.files;
        let (mut model, mut diagnostics) = assembly::assemble(&Arc::new(document), sources, files);
        diagnostics.extend(check::check_one(&model));
        diagnostics.extend(check::actions(&model));
        for diagnostic in &mut diagnostics {
            told_of_midway(diagnostic);
        }
        model.origin.errors = assembly::count_errors(&diagnostics);
        (model, diagnostics)
    }

    /// Whether an instant is one from which changes may hold: after the first arrivals may come,
    /// and before the horizon.
    pub fn is_midway(&self, at: Time) -> bool {
        at > self.begins() && at < self.horizon()
    }

    /// The name, with signs that tell it from the actions there are.
    fn free_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.origin.document.get("action").is_some_and(|all| {
            let all = all.table();
            all.is_some_and(|all| all.get(&name).is_some())
        }) {
            name.push('\'');
        }
        name
    }
}

/// The changes as tables, in which no path stands twice: they take effect one after the other.
fn in_turn(changes: &[Change]) -> Vec<Table> {
    let mut tables = vec![Table::default()];
    for change in changes {
        let last = tables.last().expect("there is a first");
        if last.get(&change.path).is_some() {
            tables.push(Table::default());
        }
        let last = tables.last_mut().expect("there is a first");
        last.entries.push(Entry {
            key: change.path.clone(),
            place: change.place,
            node: change.value.clone(),
        });
    }
    tables
}

fn entry(key: &str, value: Value, place: Place) -> Entry {
    Entry {
        key: key.to_owned(),
        place,
        node: Node { value, place },
    }
}

/// The table of a name in a document, made where there is none.
fn table_of<'d>(document: &'d mut Table, name: &str, place: Place) -> &'d mut Table {
    let known = document.entries.iter().position(|entry| entry.key == name);
    let at = known.unwrap_or_else(|| {
        let made = entry(name, Value::Table(Table::default()), place);
        document.entries.push(made);
        document.entries.len() - 1
    });
    let node = &mut document.entries[at].node;
    if node.table().is_none() {
        node.value = Value::Table(Table::default());
    }
    match &mut node.value {
        Value::Table(table) => table,
        _ => unreachable!("it was made one"),
    }
}

/// Says of a change that cannot take effect midway what the matter is.
fn told_of_midway(diagnostic: &mut Diagnostic) {
    if diagnostic.code != "E074" {
        return;
    }
    let found = &mut diagnostic.found;
    *found = found.replacen("an action cannot change", "`--from` cannot change", 1);
    if let Some(help) = &mut diagnostic.help {
        let from = "without `--from` the variant changes it from the start";
        *help = help.replacen("a variant may change it", from, 1);
    }
}
