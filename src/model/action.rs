//! What an operator does by the clock. Actions that are switched off are not in the model.

use super::document::{Node, Table, Value};
use super::overlay::Change;
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::{Span, Time};
use crate::text::Place;

/// `[action.NAME]`.
pub(crate) static ACTION: TableDef = TableDef {
    name: "an action",
    doc: "What an operator does by the clock.",
    keys: &[
        key("at", Kind::Instant, "", "when it is decided"),
        key(
            "takes",
            Kind::Duration,
            "\"0s\"",
            "from decision to effect; `boot` comes on top",
        ),
        key(
            "set",
            Kind::Settings,
            "",
            "what it changes, starting from the values in force when it takes effect",
        ),
        key("on", Kind::Flag, "true", "whether it happens at all"),
        key("when", Kind::Later, "", "a metric that trips it"),
        key("again_after", Kind::Later, "", "when it may happen again"),
    ],
};

/// A change of the model at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// When it is decided.
    pub at: Time,
    /// From decision to effect; `boot` comes on top.
    pub takes: Span,
    /// What it changes, on what is in force at its effect.
    pub set: Vec<Change>,
    /// Where its table begins.
    pub place: Place,
}

impl Action {
    /// The instant at which it changes something.
    pub fn effect(&self) -> Time {
        self.at + self.takes
    }
}

/// Reads `[action.NAME]`; `None` if it is switched off or not understood.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Action> {
    let on = fields.flag(r, "on").unwrap_or(true);
    if fields.written().any(|key| key == "when") {
        return None;
    }
    let at = fields.require(r, "at").and_then(|node| r.instant(node));
    let takes = fields.duration(r, "takes").unwrap_or(Span::ZERO);
    let set = fields.require(r, "set").and_then(|node| settings(r, node));
    let action = Action {
        at: at?,
        takes,
        set: set?,
        place: fields.place,
    };
    on.then_some(action)
}

/// Reads `set`: paths in quotes, or tables inside one another, with what they are set to.
pub(crate) fn settings(r: &mut Reader<'_>, node: &Node) -> Option<Vec<Change>> {
    let Some(table) = node.table() else {
        r.wrong_kind(
            node,
            "paths with values, such as `{ \"service.shop.servers\" = \"x2\" }`",
        );
        return None;
    };
    let mut changes = Vec::new();
    flatten(table, "", &mut changes);
    Some(changes)
}

fn flatten(table: &Table, prefix: &str, changes: &mut Vec<Change>) {
    for entry in &table.entries {
        let path = match prefix {
            "" => entry.key.clone(),
            prefix => format!("{prefix}.{}", entry.key),
        };
        match &entry.node.value {
            Value::Table(inner) if !inner.entries.is_empty() => flatten(inner, &path, changes),
            _ => changes.push(Change::written(path, entry.node.clone(), entry.place)),
        }
    }
}
