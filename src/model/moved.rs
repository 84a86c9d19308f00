//! What a change moves: from what stood there to what stands there now, as it is written.
//!
//! One idea: a reader wants to see the old value beside the new one, so where a whole list or table
//! is replaced, only what differs inside of it is told; what is too long to print is counted.

use super::Model;
use super::document::{Entry, Node, Table, Value};

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Where it stands.
    pub path: String,
    /// What stood there; `None` if nothing did.
    pub was: Option<String>,
    /// What stands there now; `None` if nothing does.
    pub now: Option<String>,
}

/// Longest text of a value, characters.
const LONGEST: usize = 48;

impl Model {
    /// What differs between this model and another, by place.
    pub fn differs_from(&self, other: &Model) -> Vec<Moved> {
        let (before, after) = (&self.origin.document, &other.origin.document);
        let added = after
            .entries
            .iter()
            .filter(|one| before.get(&one.key).is_none());
        let mut all = Vec::new();
        for Entry { key, .. } in before.entries.iter().chain(added) {
            differ(key, before.get(key), after.get(key), &mut all);
        }
        all
    }

    /// What differs between this model and another at a path as changes are written, with `*` and
    /// names or numbers of steps; by place.
    pub fn moved(&self, after: &Model, path: &str) -> Vec<Moved> {
        let segments: Vec<&str> = path.split('.').collect();
        let find = |model: &Model| {
            let mut found = Vec::new();
            let document = &model.origin.document;
            in_table(document, &segments, "", &mut found);
            found
        };
        let (before, after) = (find(self), find(after));
        let mut all = Vec::new();
        for (at, node) in &before {
            let now = after.iter().find(|(other, _)| other == at);
            differ(at, Some(node), now.map(|(_, node)| node), &mut all);
        }
        for (at, node) in &after {
            if !before.iter().any(|(other, _)| other == at) {
                differ(at, None, Some(node), &mut all);
            }
        }
        for one in &mut all {
            if let Some(param) = one.path.strip_suffix(".value")
                && one.path.starts_with("param.")
            {
                one.path = param.to_owned();
            }
        }
        all
    }
}

/// The places below a table that a path names.
fn in_table(table: &Table, segments: &[&str], at: &str, found: &mut Vec<(String, Node)>) {
    let Some((first, rest)) = segments.split_first() else {
        return;
    };
    for Entry { key, node, .. } in &table.entries {
        if *first == "*" || key == first {
            below(node, rest, join(at, key), found);
        }
    }
}

fn below(node: &Node, segments: &[&str], at: String, found: &mut Vec<(String, Node)>) {
    match (&node.value, segments) {
        (_, []) => found.push((at, node.clone())),
        (Value::Table(table), _) => in_table(table, segments, &at, found),
        // `endpoint.order.steps.2` and `endpoint.order.2` are the same place.
        (Value::List(_), ["steps", rest @ ..]) => {
            below(node, rest, join(&at, "steps"), found);
        }
        (Value::List(items), [first, rest @ ..]) => {
            let number = first.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let item = match number {
                Some(number) => items.get(number),
                None => called(items, first),
            };
            if let Some(item) = item {
                below(item, rest, join(&at, first), found);
            }
        }
        _ => {}
    }
}

/// A step of this name, at any depth.
fn called<'n>(items: &'n [Node], name: &str) -> Option<&'n Node> {
    items.iter().find_map(|item| {
        if let Some(branch) = item.list() {
            return called(branch, name);
        }
        let table = item.table()?;
        if table.get("name").and_then(Node::text) == Some(name) {
            return Some(item);
        }
        let mut lists = table.entries.iter().filter_map(|entry| entry.node.list());
        lists.find_map(|list| called(list, name))
    })
}

/// Tells what differs between two values of a place.
fn differ(at: &str, before: Option<&Node>, after: Option<&Node>, all: &mut Vec<Moved>) {
    let pair = before.zip(after).map(|(a, b)| (&a.value, &b.value));
    match pair {
        Some((Value::Table(a), Value::Table(b))) if verb(a) == verb(b) => {
            let added = b.entries.iter().filter(|entry| a.get(&entry.key).is_none());
            for entry in a.entries.iter().chain(added) {
                let key = &entry.key;
                differ(&join(at, key), a.get(key), b.get(key), all);
            }
        }
        Some((Value::List(a), Value::List(b))) if a.len() == b.len() && holds_tables(a) => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                let name = a.table().and_then(|t| t.get("name")).and_then(Node::text);
                let name = name.map_or_else(|| (index + 1).to_string(), str::to_owned);
                differ(&join(at, &name), Some(a), Some(b), all);
            }
        }
        _ => {
            let (was, now) = (before.map(told), after.map(told));
            if was != now {
                let path = at.to_owned();
                all.push(Moved { path, was, now });
            }
        }
    }
}

/// The first key of a step, which says what it does; a table of other kinds has none.
fn verb(table: &Table) -> Option<&str> {
    const VERBS: [&str; 5] = ["call", "cpu", "wait", "think", "enter"];
    VERBS.into_iter().find(|verb| table.get(verb).is_some())
}

fn is_steps(items: &[Node]) -> bool {
    let mut tables = items.iter().filter_map(Node::table);
    tables.any(|table| verb(table).is_some())
}

fn holds_tables(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.table().is_some())
}

/// A value as it is written, or what it holds if that is long.
pub(crate) fn told(node: &Node) -> String {
    let text = written(node);
    if text.chars().count() <= LONGEST {
        return text;
    }
    match &node.value {
        Value::List(items) if is_steps(items) => counted(items.len(), "step", "steps"),
        Value::List(items) => counted(items.len(), "entry", "entries"),
        Value::Table(table) => counted(table.entries.len(), "key", "keys"),
        _ => {
            let start: String = text.chars().take(LONGEST - 1).collect();
            format!("{start}…")
        }
    }
}

/// `1 entry`, `2 entries`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn written(node: &Node) -> String {
    match &node.value {
        Value::List(items) if holds_tables(items) || items.is_empty() => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            items.join(", ")
        }
        Value::Table(table) => {
            let entries = table.entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{} {}", entry.key, written(&entry.node)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        _ => node.written(),
    }
}

fn join(at: &str, key: &str) -> String {
    match at {
        "" => key.to_owned(),
        _ => format!("{at}.{key}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Checked;
    use crate::model::files::Files;
    use crate::text::Source;

    const MODEL: &str = r#"
        [model]
        run_for = "1m"
        [param.size]
        value = 4
        [arrivals.all]
        journey = "visit"
        rate = "1/s"
        [journey.visit]
        steps = [ { name = "home", call = "web.home", timeout = "5s" } ]
        [service.web]
        servers = 20
        workers = 4
        [service.web.endpoint]
        home = [ { cpu = "3ms" }, { name = "seats", call = "db.get" } ]
        [service.db]
        workers = "$size"
        [service.db.endpoint]
        get = [ { cpu = "5ms" } ]
        [variant.some.set]
        "#;

    /// What a change moves, as `path was → now`.
    fn moves(path: &str, value: &str) -> Vec<String> {
        let text = format!("{MODEL}\"{path}\" = {value}\n");
        let source = Source::new("model.toml", &text);
        let (model, found) = crate::model::read(source, Files::default());
        assert!(found.is_empty(), "{found:?}");
        let model = Checked::new(model).unwrap();
        let changes = model.changes("some").unwrap();
        let (after, found) = model.with_own(&changes);
        assert!(found.is_empty(), "{found:?}");
        let nothing = || "nothing".to_owned();
        let moved = model.moved(&after, path).into_iter();
        moved
            .map(|one| {
                let (was, now) = (
                    one.was.unwrap_or_else(nothing),
                    one.now.unwrap_or_else(nothing),
                );
                format!("{} {was} → {now}", one.path)
            })
            .collect()
    }

    #[test]
    fn a_value_has_what_stood_there_before() {
        assert_eq!(
            moves("service.web.servers", "\"x2\""),
            ["service.web.servers 20 → 40"]
        );
        assert_eq!(moves("param.size", "8"), ["param.size 4 → 8"]);
        assert_eq!(
            moves("service.web.endpoint.home.steps.seats.timeout", "\"1s\""),
            ["service.web.endpoint.home.steps.seats.timeout nothing → 1s"]
        );
    }

    #[test]
    fn a_star_is_every_place_that_it_names() {
        assert_eq!(moves("service.*.workers", "\"x2\"").len(), 2,);
    }

    #[test]
    fn of_a_list_only_what_differs_is_told() {
        assert_eq!(
            moves(
                "service.web.endpoint.home",
                r#"[ { cpu = "2ms" }, { name = "seats", call = "db.get" } ]"#
            ),
            ["service.web.endpoint.home.1.cpu 3ms → 2ms"]
        );
        assert_eq!(
            moves("service.web.endpoint.home", r#"[ { cpu = "3ms" } ]"#),
            ["service.web.endpoint.home [{cpu 3ms}, {name seats, call db.get}] → [{cpu 3ms}]"]
        );
        let long =
            r#"[ { cpu = "1ms" }, { wait = "10s" }, { cpu = "lognormal(mean=1ms, cv=0.5)" } ]"#;
        assert_eq!(
            moves("service.web.endpoint.home", long),
            ["service.web.endpoint.home [{cpu 3ms}, {name seats, call db.get}] → 3 steps"]
        );
        assert_eq!(
            moves(
                "service.web.endpoint.home",
                r#"[ { wait = "3ms" }, { call = "db.get" } ]"#
            ),
            [
                "service.web.endpoint.home.1 {cpu 3ms} → {wait 3ms}",
                "service.web.endpoint.home.seats.name seats → nothing",
            ]
        );
    }
}
