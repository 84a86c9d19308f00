//! The key lists of the reference, made from the definitions of the language.
//!
//! The prose and the examples stand in `reference.md`; a test puts these lists into it, so that
//! no key is missing there and none is invented.

use super::language::ROOT;
use super::step::reading::STEP;
use super::table::{Kind, TableDef};

/// Every table of the language: its path and its keys as a Markdown table; and under `live` what an
/// action may change of each.
pub fn key_lists() -> Vec<(String, String)> {
    let mut lists = Vec::new();
    list("", &ROOT, &mut lists);
    list("step", &STEP, &mut lists);
    lists.push(("live".to_owned(), live()));
    lists
}

/// What an action may change, by table.
fn live() -> String {
    let tables = ROOT.keys.iter().filter_map(|key| match &key.kind {
        Kind::Map(def) => Some((format!("`{}.NAME`", key.name), *def)),
        kind => Some((format!("`{}`", key.name), kind.table()?)),
    });
    let mut text = String::from("| of | an action may change |\n|---|---|\n");
    for (of, def) in tables.chain([("a step".to_owned(), &STEP)]) {
        let keys: Vec<String> = def.live().iter().map(|key| format!("`{key}`")).collect();
        if !keys.is_empty() {
            text.push_str(&format!("| {of} | {} |\n", keys.join(", ")));
        }
    }
    text
}

fn list(path: &str, def: &'static TableDef, lists: &mut Vec<(String, String)>) {
    let name = if path.is_empty() { "top" } else { path };
    let mut text = String::from("| key | value | default | meaning |\n|---|---|---|---|\n");
    for key in def.keys {
        let kind = kind(&key.kind);
        text.push_str(&format!(
            "| `{}` | {kind} | {} | {} |\n",
            key.name, key.default, key.doc
        ));
    }
    lists.push((name.to_owned(), text));
    // What may stand at several keys, such as a choice of servers, is listed at the first.
    for key in def.keys {
        if let Some(inner) = inner(&key.kind).filter(|inner| is_new(inner, lists)) {
            let path = match path {
                "" => key.name.to_owned(),
                path => format!("{path}.{}", key.name),
            };
            list(&path, inner, lists);
        }
    }
}

/// Whether a table that has a name of its own, `servers`, is in no list yet.
fn is_new(def: &TableDef, lists: &[(String, String)]) -> bool {
    let name = def.name.trim_matches('`');
    let is_shared = ["servers", "shed"].contains(&name);
    !(is_shared
        && lists
            .iter()
            .any(|(path, _)| path.ends_with(&format!(".{name}"))))
}

/// The table that a key holds in whatever form.
fn inner(kind: &Kind) -> Option<&'static TableDef> {
    match kind {
        Kind::Table(def) | Kind::Map(def) | Kind::Tables(def) | Kind::StepsByName(def) => Some(def),
        Kind::Either(kinds) => kinds.iter().find_map(inner),
        _ => None,
    }
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Date => "date and time".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Count => "count".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Share => "share".to_owned(),
        Kind::Rate => "rate".to_owned(),
        Kind::Size => "size".to_owned(),
        Kind::SizeRate => "rate of data".to_owned(),
        Kind::Duration => "duration".to_owned(),
        Kind::Instant => "time from T+0".to_owned(),
        Kind::Times => "distribution of durations".to_owned(),
        Kind::Counts => "distribution of counts".to_owned(),
        Kind::Gaps => "spacing".to_owned(),
        Kind::Words(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Kind::Name(table) => format!("name of a `{table}`"),
        Kind::Endpoint => "`service.endpoint`".to_owned(),
        Kind::File => "path".to_owned(),
        Kind::Any => "any value".to_owned(),
        Kind::Range => "`[low, high]`".to_owned(),
        Kind::Condition => "condition".to_owned(),
        Kind::Texts => "list of texts".to_owned(),
        Kind::Numbers => "list of numbers".to_owned(),
        Kind::Settings => "paths and values".to_owned(),
        Kind::Matches => "columns and metrics".to_owned(),
        Kind::Steps => "steps".to_owned(),
        Kind::Branches => "lists of steps".to_owned(),
        Kind::Table(_) => "table".to_owned(),
        Kind::Map(_) => "tables by name".to_owned(),
        Kind::StepsByName(_) => "steps by name".to_owned(),
        Kind::Tables(_) => "list of tables".to_owned(),
        Kind::Either(kinds) => kinds
            .iter()
            .map(self::kind)
            .collect::<Vec<_>>()
            .join(" or "),
    }
}
