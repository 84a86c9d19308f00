//! What an operator does by the clock, or when a metric trips. Actions that are switched off are
//! not in the model.

use super::document::{Node, Table, Value};
use super::fault::Target;
use super::fault::reading::target;
use super::fault::words::{SELECTOR, SERVERS_DOC};
use super::metric::names::Names;
use super::overlay::Change;
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use super::when::{self, When};
use crate::base::time::{Span, Time};
use crate::text::{Diagnostic, Place};

/// `[action.NAME]`.
pub(crate) static ACTION: TableDef = TableDef {
    name: "an action",
    doc: "What an operator does, by the clock or when a metric trips.",
    keys: &[
        key("at", Kind::Instant, "", "when it is decided"),
        key(
            "when",
            Kind::Condition,
            "",
            "instead of `at`: it is decided when this holds, looked at every second",
        ),
        key(
            "again_after",
            Kind::Duration,
            "once only",
            "how long after a decision by `when` it may be decided again",
        ),
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
        key(
            "restart",
            Kind::Table(&RESTART),
            "",
            "instead of `set`: servers of a service stop and boot",
        ),
        key("on", Kind::Flag, "true", "whether it happens at all"),
    ],
};

static RESTART: TableDef = TableDef {
    name: "`restart`",
    doc: "Servers of a service stop, and boot again.",
    keys: &[
        key("service", Kind::Name("service"), "", "whose servers"),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
        key(
            "drain",
            Kind::Flag,
            "true",
            "whether they finish their queue and work first; else that fails as in a crash",
        ),
    ],
};

/// What an action counts that a metric trips: its effects, and those that would have made no model
/// of what was in force, so that nothing changed.
pub(crate) const COUNTED: [&str; 2] = ["taken", "impossible"];

/// A change of the model at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// When it is decided.
    pub at: Time,
    /// From decision to effect; `boot` comes on top.
    pub takes: Span,
    /// What it changes, on what is in force at its effect.
    pub set: Vec<Change>,
    /// The servers that it restarts.
    pub restart: Option<Restart>,
    /// Where its table begins.
    pub place: Place,
}

/// A change of the model when a metric trips.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// When it is decided.
    pub when: When,
    /// How long after a decision it may be decided again; once only if absent.
    pub again_after: Option<Span>,
    /// From decision to effect; `boot` comes on top.
    pub takes: Span,
    /// What it changes, on what is in force at its effect.
    pub set: Vec<Change>,
    /// The servers that it restarts.
    pub restart: Option<Restart>,
    /// Where its table begins.
    pub place: Place,
}

/// Servers that are restarted.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// Whose, and which of those that are up.
    pub on: Target,
    /// Whether they finish what they have.
    pub drain: bool,
}

/// What an operator does: by the clock, or when a metric trips.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// By the clock.
    Clock(Action),
    /// When a metric trips.
    Trigger(Box<Trigger>),
}

impl Action {
    /// The instant at which it changes something.
    pub fn effect(&self) -> Time {
        self.at + self.takes
    }
}

/// Reads `[action.NAME]`; `None` if it is switched off or not understood.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, names: &Names) -> Option<Deed> {
    let on = fields.flag(r, "on").unwrap_or(true);
    let takes = fields.duration(r, "takes").unwrap_or(Span::ZERO);
    let again_after = fields.period(r, "again_after");
    let place = fields.place;
    let (set, restart) = does(r, fields)?;
    let deed = match fields.get("when") {
        Some(node) => {
            if fields.get("at").is_some() {
                let diagnostic = Diagnostic::new("E081", "write `at` or `when`, not both");
                r.push(diagnostic.at(fields.key_place("at")));
            }
            Deed::Trigger(Box::new(Trigger {
                when: when::read(r, node, names)?,
                again_after,
                takes,
                set,
                restart,
                place,
            }))
        }
        None => {
            if fields.get("again_after").is_some() {
                let found = "`again_after` belongs to `when`: at an instant it happens once";
                let place = fields.key_place("again_after");
                r.push(Diagnostic::new("E081", found).at(place));
            }
            let at = fields.require(r, "at").and_then(|node| r.instant(node));
            Deed::Clock(Action {
                at: at?,
                takes,
                set,
                restart,
                place,
            })
        }
    };
    on.then_some(deed)
}

/// What it does: one of `set` and `restart`.
fn does<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<(Vec<Change>, Option<Restart>)> {
    let Some(restart) = fields.table(r, "restart", &RESTART) else {
        let set = fields.require(r, "set").and_then(|node| settings(r, node));
        return Some((set?, None));
    };
    if fields.get("set").is_some() {
        let found = "an action does one thing; found `set` and `restart`";
        let diagnostic = Diagnostic::new("E050", found).at(fields.key_place("restart"));
        r.push(diagnostic.help("write two actions"));
        return None;
    }
    let on = target(r, &restart);
    let drain = restart.flag(r, "drain").unwrap_or(true);
    let restart = Restart { on: on?, drain };
    Some((Vec::new(), Some(restart)))
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
