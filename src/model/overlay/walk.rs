//! Walking a path through a document beside the definitions of the language.

use std::collections::BTreeMap;

use super::relative::{relative, worked_out};
use super::{Change, Written};
use crate::model::document::{Entry, Node, Table, Value, parse_value};
use crate::model::elsewhere::{self, Among};
use crate::model::language::ROOT;
use crate::model::step::reading::STEP;
use crate::model::table::{KeyDef, Kind, TableDef};
use crate::model::value::{self, Amount, Params, Thing};
use crate::text::nearest::nearest;
use crate::text::{Diagnostic, FileId, Place};

/// Writes a change to every place that its path names.
pub(super) fn write(
    document: &mut Table,
    change: &Change,
) -> Result<Vec<Written>, Box<Diagnostic>> {
    let params = Snapshot::of(document);
    let segments: Vec<&str> = change.path.split('.').collect();
    let mut walk = Walk {
        change,
        segments,
        params,
        written: Vec::new(),
        misses: Vec::new(),
        problem: None,
    };
    walk.table(document, &ROOT, 0, "");
    if let Some(problem) = walk.problem {
        return Err(Box::new(problem));
    }
    if !walk.written.is_empty() {
        return Ok(walk.written);
    }
    let found = format!("nothing is at the path `{}`", change.path);
    let help = walk.misses.into_iter().next();
    Err(Box::new(
        Diagnostic::new("E070", found)
            .at(change.place)
            .maybe_help(help),
    ))
}

/// The values of parameters as they are when a change is applied.
struct Snapshot {
    values: BTreeMap<String, Node>,
}

impl Snapshot {
    fn of(document: &Table) -> Snapshot {
        let params = document.get("param").and_then(Node::table);
        let entries = params
            .map(|table| table.entries.as_slice())
            .unwrap_or_default();
        let value =
            |entry: &Entry| Some((entry.key.clone(), entry.node.table()?.get("value")?.clone()));
        Snapshot {
            values: entries.iter().filter_map(value).collect(),
        }
    }
}

impl Params for Snapshot {
    fn param(&mut self, name: &str, place: Place) -> Result<Thing, Diagnostic> {
        let unknown = || {
            let found = format!("there is no parameter `{name}` with a value");
            Diagnostic::new("E011", found).at(place)
        };
        let node = self.values.get(name).cloned().ok_or_else(unknown)?;
        match &node.value {
            Value::Integer(number) => Ok(Thing::Amount(Amount::Number(*number as f64))),
            Value::Float(number) => Ok(Thing::Amount(Amount::Number(*number))),
            Value::Text(text) if !text.contains('$') => value::parse(text, place, self),
            _ => Err(unknown()),
        }
    }
}

/// Keys at which a value may stand for a table, and the key of that table that it is.
const IN_SHORT: [(&str, &str); 3] = [
    ("balance", "kind"),
    ("patience", "waiting"),
    ("shed", "share"),
];

/// Which key of the table at a path a value in its place is.
fn stands_for(path: &str) -> Option<&'static str> {
    let (_, last) = path.rsplit_once('.')?;
    let known = IN_SHORT.iter().find(|(key, _)| *key == last);
    known.map(|(_, inner)| *inner)
}

struct Walk<'c> {
    change: &'c Change,
    segments: Vec<&'c str>,
    params: Snapshot,
    written: Vec<Written>,
    /// What could have been meant, where nothing was found.
    misses: Vec<String>,
    /// Why a place that was found cannot be written.
    problem: Option<Diagnostic>,
}

impl<'c> Walk<'c> {
    fn segment(&self, at: usize) -> Option<&'c str> {
        self.segments.get(at).copied()
    }

    fn miss<'n>(&mut self, at: usize, known: impl IntoIterator<Item = &'n str> + Clone) {
        let Some(written) = self.segment(at) else {
            return;
        };
        let here = match at {
            0 => "at the top".to_owned(),
            _ => format!("in `{}`", self.segments[..at].join(".")),
        };
        self.misses.push(match nearest(written, known.clone()) {
            Some(near) => {
                let mut path: Vec<&str> = self.segments.clone();
                path[at] = near;
                format!("did you mean `{}`?", path.join("."))
            }
            None => {
                let mut names: Vec<String> =
                    known.into_iter().map(|name| format!("`{name}`")).collect();
                names.truncate(12);
                match names.len() {
                    0 => format!("nothing is written {here}"),
                    _ => format!("known {here}: {}", names.join(", ")),
                }
            }
        });
    }

    /// A segment is a key of a table.
    fn table(&mut self, table: &mut Table, def: &'static TableDef, at: usize, path: &str) {
        let Some(segment) = self.segment(at) else {
            self.misses
                .push(format!("`{path}` is a table; name one of its keys"));
            return;
        };
        let Some(key) = def.key(segment) else {
            let among = match self.segments.first() {
                Some(&"journey") => Among::Journey,
                _ => Among::Endpoint,
            };
            match elsewhere::key(segment, def, among) {
                Some(key) => {
                    let mut path = self.segments.clone();
                    path[at] = key;
                    self.misses
                        .push(format!("did you mean `{}`?", path.join(".")));
                }
                None => self.miss(at, def.names()),
            }
            return;
        };
        let path = join(path, segment);
        if at + 1 == self.segments.len() && !matches!(key.kind, Kind::Map(_) | Kind::Table(_)) {
            self.put(table, (def, key), path);
            return;
        }
        let index = table.entries.iter().position(|entry| entry.key == segment);
        let index = index.or_else(|| {
            // What is optional may be set inside a table that is not yet written.
            let fresh = key.kind.table().filter(|_| at + 1 < self.segments.len());
            fresh.map(|_| {
                let value = Value::Table(Table::default());
                let node = Node {
                    value,
                    place: self.change.place,
                };
                let place = self.change.place;
                table.entries.push(Entry {
                    key: segment.to_owned(),
                    place,
                    node,
                });
                table.entries.len() - 1
            })
        });
        match index {
            Some(index) if matches!(key.kind, Kind::Range) && at + 2 == self.segments.len() => {
                self.end_of_range(&mut table.entries[index].node, (def, key), at + 1, &path);
            }
            Some(index) => {
                let node = &mut table.entries[index].node;
                self.inside(node, &key.kind, at + 1, path);
                // An attempt that found nothing must leave nothing behind.
                let empty = |node: &Node| node.table().is_some_and(|t| t.entries.is_empty());
                if self.written.is_empty() && empty(&table.entries[index].node) {
                    table.entries.remove(index);
                }
            }
            None => self.misses.push(format!("nothing is written at `{path}`")),
        }
    }

    /// A segment is inside of a value of this kind.
    fn inside(&mut self, node: &mut Node, kind: &'static Kind, at: usize, path: String) {
        turn_into_table(node, kind);
        match (kind, &mut node.value) {
            (Kind::Map(def), Value::Table(table)) => self.named(table, def, at, &path),
            (Kind::StepsByName(def), Value::Table(table)) => {
                self.each(table, at, &path, |walk, node, path| {
                    walk.steps_or_table(node, def, at + 1, path);
                });
            }
            (Kind::Tables(def), Value::List(items)) => self.numbered(items, def, at, &path),
            (Kind::Branches, Value::List(items)) => {
                if let Some(item) = self.item(items, at) {
                    let path = join(&path, self.segments[at]);
                    self.list_or_step(item, at + 1, path);
                }
            }
            (kind, Value::List(_)) if kind.holds_steps() => self.list_or_step(node, at, path),
            (kind, Value::Table(table)) => match kind.table() {
                Some(def) => self.table(table, def, at, &path),
                None => self.misses.push(format!("nothing is inside of `{path}`")),
            },
            (kind, _) if kind.table().is_some() && stands_for(&path).is_some() => {
                self.in_place_of_a_value(node, kind, at, &path);
            }
            _ => self.misses.push(format!("nothing is inside of `{path}`")),
        }
    }

    /// A segment is a key of the table that a value stands for: the value becomes one of its keys.
    fn in_place_of_a_value(&mut self, node: &mut Node, kind: &'static Kind, at: usize, path: &str) {
        let (Some(def), Some(key)) = (kind.table(), stands_for(path)) else {
            return;
        };
        let before = node.clone();
        let mut table = Table::default();
        table.entries.push(Entry {
            key: key.to_owned(),
            place: node.place,
            node: before.clone(),
        });
        let written = self.written.len();
        self.table(&mut table, def, at, path);
        if self.written.len() > written {
            node.value = Value::Table(table);
        }
    }

    /// A segment is a name or `*`.
    fn named(&mut self, table: &mut Table, def: &'static TableDef, at: usize, path: &str) {
        self.each(table, at, path, |walk, node, path| {
            let Value::Table(inner) = &mut node.value else {
                return;
            };
            let is_param = path.starts_with("param.") && at + 1 == walk.segments.len();
            match def.key("value").filter(|_| is_param) {
                Some(value) => walk.put(inner, (def, value), path),
                None => walk.table(inner, def, at + 1, &path),
            }
        });
    }

    fn each(
        &mut self,
        table: &mut Table,
        at: usize,
        path: &str,
        mut go: impl FnMut(&mut Self, &mut Node, String),
    ) {
        let Some(segment) = self.segment(at) else {
            self.misses
                .push(format!("`{path}` holds several; name one of them"));
            return;
        };
        let mut found = false;
        for entry in &mut table.entries {
            if segment == "*" || entry.key == segment {
                found = true;
                go(self, &mut entry.node, join(path, &entry.key));
            }
        }
        if !found {
            let names: Vec<String> = table.keys().map(str::to_owned).collect();
            self.miss(at, names.iter().map(String::as_str));
        }
    }

    /// A segment is a number from 1.
    fn numbered(&mut self, items: &mut [Node], def: &'static TableDef, at: usize, path: &str) {
        let segment = self.segment(at).unwrap_or_default();
        if let Some(item) = self.item(items, at)
            && let Value::Table(table) = &mut item.value
        {
            self.table(table, def, at + 1, &join(path, segment));
        }
    }

    /// A segment is the number of an end of a range, 1 or 2.
    fn end_of_range(
        &mut self,
        node: &mut Node,
        (def, key): (&'static TableDef, &'static KeyDef),
        at: usize,
        path: &str,
    ) {
        let Value::List(items) = &mut node.value else {
            self.misses.push(format!("nothing is inside of `{path}`"));
            return;
        };
        let path = join(path, self.segments[at]);
        if let Some(item) = self.item(items, at) {
            let kind = match item.value {
                Value::Integer(_) => &Kind::Count,
                _ => &Kind::Any,
            };
            self.replace(item, kind, (def, Some(key)), path);
        }
    }

    fn item<'n>(&mut self, items: &'n mut [Node], at: usize) -> Option<&'n mut Node> {
        let number = self
            .segment(at)
            .and_then(|segment| segment.parse::<usize>().ok());
        let count = items.len();
        let found = number.and_then(|number| items.get_mut(number.checked_sub(1)?));
        if found.is_none() {
            self.misses
                .push(format!("expected a number from 1 to {count}"));
        }
        found
    }

    /// A list of steps, or a table that holds them beside other things; a list becomes such a table
    /// when another key of it is set. `endpoint.order.steps.2` and `endpoint.order.2` are the same
    /// place.
    fn steps_or_table(&mut self, node: &mut Node, def: &'static TableDef, at: usize, path: String) {
        let segment = self.segment(at);
        let is_steps = segment == Some("steps");
        if !is_steps && let Some(key) = segment.and_then(|segment| def.key(segment)) {
            if let Value::List(_) = &node.value {
                let steps = Entry {
                    key: "steps".to_owned(),
                    place: node.place,
                    node: node.clone(),
                };
                let mut table = Table::default();
                table.entries.push(steps);
                node.value = Value::Table(table);
            }
            debug_assert!(key.name != "steps", "the list is looked at below");
            if let Value::Table(table) = &mut node.value {
                self.table(table, def, at, &path);
            }
            return;
        }
        let skip = usize::from(is_steps);
        match &mut node.value {
            Value::Table(table) if segment.is_some() => {
                let steps = table.entries.iter_mut().find(|entry| entry.key == "steps");
                match steps {
                    Some(steps) => self.list_or_step(&mut steps.node, at + skip, path),
                    None => self.misses.push(format!("nothing is inside of `{path}`")),
                }
            }
            _ => self.list_or_step(node, at + skip, path),
        }
    }

    /// A whole list of steps, or a step in it by name at any depth or by number from 1.
    fn list_or_step(&mut self, node: &mut Node, at: usize, path: String) {
        let Some(segment) = self.segment(at) else {
            let written = (&STEP, None);
            self.replace(node, &Kind::Steps, written, path);
            return;
        };
        let Value::List(items) = &mut node.value else {
            self.misses.push(format!("nothing is inside of `{path}`"));
            return;
        };
        let path = join(&path, segment);
        let number = segment
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        let found = match number {
            Some(number) => items.get_mut(number),
            None => step_called(items, segment),
        };
        match found.map(|node| &mut node.value) {
            Some(Value::Table(step)) => self.table(step, &STEP, at + 1, &path),
            _ => {
                let mut names = Vec::new();
                step_names(items, &mut names);
                self.miss(at, names.iter().map(String::as_str));
            }
        }
    }

    /// Writes the value at a key of a table.
    fn put(
        &mut self,
        table: &mut Table,
        (def, key): (&'static TableDef, &'static KeyDef),
        path: String,
    ) {
        let written = (def, Some(key));
        let index = table.entries.iter().position(|entry| entry.key == key.name);
        match index {
            Some(index) => {
                self.replace(&mut table.entries[index].node, &key.kind, written, path);
            }
            None => {
                let default = parse_value(key.default, FileId::MODEL, 0);
                let Some(mut node) = default.or_else(|| self.absolute(&key.kind)) else {
                    let found =
                        format!("nothing is written at `{path}`, so there is nothing to change");
                    let diagnostic = Diagnostic::new("E071", found).at(self.change.value.place);
                    self.problem = Some(diagnostic.help("write the value first"));
                    return;
                };
                self.replace(&mut node, &key.kind, written, path);
                let place = self.change.place;
                table.entries.push(Entry {
                    key: key.name.to_owned(),
                    place,
                    node,
                });
            }
        }
    }

    /// The value itself, unless it is relative.
    fn absolute(&self, kind: &Kind) -> Option<Node> {
        let value = &self.change.value;
        relative(value, kind).is_none().then(|| value.clone())
    }

    fn replace(
        &mut self,
        node: &mut Node,
        kind: &Kind,
        (table, key): (&'static TableDef, Option<&'static KeyDef>),
        path: String,
    ) {
        let value = &self.change.value;
        let turned = value
            .text()
            .filter(|_| kind.is_amount())
            .and_then(elsewhere::factor);
        if let Some(factor) = turned {
            let found = format!("`{}` is not a value", value.written());
            let diagnostic = Diagnostic::new("E071", found).at(value.place);
            let diagnostic = diagnostic.expected("expected a factor such as `x2` or `-20%`");
            self.problem = Some(diagnostic.help(format!("write \"{factor}\"")));
            return;
        }
        let relative = relative(value, kind);
        let new = match &relative {
            None => Ok(value.clone()),
            Some(relative) => worked_out(node, relative, kind, value.place, &mut self.params),
        };
        match new {
            Ok(new) => {
                *node = new;
                self.written.push(Written {
                    path,
                    relative: relative.is_some(),
                    table,
                    key,
                });
            }
            Err(problem) => self.problem = Some(problem),
        }
    }
}

/// A word or a value inside of which a key is set becomes its table first: the word is the table's
/// `kind`, the value its `share` or what counts as `waiting`.
fn turn_into_table(node: &mut Node, kind: &'static Kind) {
    let Some(def) = kind.table() else { return };
    let is_value = !matches!(node.value, Value::Table(_) | Value::List(_));
    let mut of = ["kind", "share", "waiting"].into_iter();
    if let Some(key) = of.find(|key| def.key(key).is_some())
        && is_value
    {
        let inner = node.clone();
        let place = node.place;
        node.value = Value::Table(Table {
            entries: vec![Entry {
                key: key.to_owned(),
                place,
                node: inner,
            }],
        });
    }
}

fn join(path: &str, segment: &str) -> String {
    if path.is_empty() {
        segment.to_owned()
    } else {
        format!("{path}.{segment}")
    }
}

/// The lists of steps directly inside a step.
fn lists(step: &mut Table) -> Vec<&mut Vec<Node>> {
    let mut found = Vec::new();
    for entry in &mut step.entries {
        let Value::List(items) = &mut entry.node.value else {
            continue;
        };
        match entry.key.as_str() {
            "steps" | "or" | "expired" | "miss" => found.push(items),
            "parallel" => found.extend(items.iter_mut().filter_map(as_list)),
            "choose" => {
                let branches = items.iter_mut().filter_map(|item| match &mut item.value {
                    Value::Table(table) => {
                        let steps = table.entries.iter_mut().find(|entry| entry.key == "steps");
                        steps.and_then(|entry| as_list(&mut entry.node))
                    }
                    _ => None,
                });
                found.extend(branches);
            }
            _ => {}
        }
    }
    found
}

fn as_list(node: &mut Node) -> Option<&mut Vec<Node>> {
    match &mut node.value {
        Value::List(items) => Some(items),
        _ => None,
    }
}

fn name_of(node: &Node) -> Option<&str> {
    node.table()?.get("name")?.text()
}

fn step_called<'n>(items: &'n mut [Node], name: &str) -> Option<&'n mut Node> {
    for item in items {
        if name_of(item) == Some(name) {
            return Some(item);
        }
        if let Value::Table(step) = &mut item.value {
            let inner = lists(step)
                .into_iter()
                .find_map(|list| step_called(list, name));
            if inner.is_some() {
                return inner;
            }
        }
    }
    None
}

fn step_names(items: &mut [Node], names: &mut Vec<String>) {
    for item in items {
        names.extend(name_of(item).map(str::to_owned));
        if let Value::Table(step) = &mut item.value {
            lists(step)
                .into_iter()
                .for_each(|list| step_names(list, names));
        }
    }
}
