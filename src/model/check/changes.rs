//! What variants and actions change: paths that exist, changes that do not contradict one another,
//! results that are models.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::closed::closed;
use crate::model::action::Action;
use crate::model::document::Table;
use crate::model::overlay::{Written, apply};
use crate::model::variant::Variant;
use crate::model::{Model, assembly};
use crate::text::{Diagnostic, Level};

/// Whether two documents make the same model.
fn same(one: &Table, other: &Table, model: &Model) -> bool {
    let read = |table: &Table| {
        let mut table = table.clone();
        table.forget_places();
        let files = &model.origin.files;
        let (mut read, _) =
            assembly::assemble(&Arc::new(table), model.origin.sources.clone(), files);
        // What is never simulated does not count.
        read.params.clear();
        read.variants.clear();
        read
    };
    read(one) == read(other)
}

/// Checks every variant.
pub(super) fn variants(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let (unchanged, mut base) = model.changed(&[]);
    base.extend(closed(&unchanged));
    let base = errors_of(&base);
    for variant in &model.variants {
        let before = found.len();
        let mut document = Table::clone(&model.origin.document);
        let (own, problems) = apply(&mut document, &variant.set);
        found.extend(problems);
        found.extend(contradictions(model, variant));
        let Some(changes) = model.changes(&variant.name) else {
            continue;
        };
        let (changed, mut diagnostics) = model.changed(&changes);
        diagnostics.extend(closed(&changed));
        // What a member does wrong is told there; what is wrong without any change, in the model.
        let mine = diagnostics.into_iter().filter(|diagnostic| {
            let known = base.contains(diagnostic) || found.contains(diagnostic);
            diagnostic.level == Level::Error && !known && diagnostic.code != "E070"
        });
        let mine: Vec<Diagnostic> = mine.collect();
        found.extend(mine);
        let mut whole = Table::clone(&model.origin.document);
        let (_, broken) = apply(&mut whole, &changes);
        let clean = broken.is_empty() && found.len() == before;
        if clean && base.is_empty() && same(&model.origin.document, &whole, model) {
            let text = format!("the variant `{}` changes nothing", variant.name);
            let mut diagnostic = Diagnostic::new("W002", text).at(variant.place);
            if let [only] = own.as_slice() {
                diagnostic = diagnostic.help(format!("`{}` has this value already", only.path));
            }
            found.push(diagnostic);
        }
    }
    found
}

fn errors_of(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.level == Level::Error)
        .cloned()
        .collect()
}

/// Two members of `of` that set one path to a value of their own.
fn contradictions(model: &Model, variant: &Variant) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for member in &variant.of {
        let Some(changes) = model.changes(member) else {
            continue;
        };
        let mut document = Table::clone(&model.origin.document);
        let (written, _) = apply(&mut document, &changes);
        for Written { path, relative } in written {
            if relative {
                continue;
            }
            match first.get(path.as_str()) {
                Some(other) if other != member => {
                    let text = format!("`{other}` and `{member}` both set `{path}`");
                    let diagnostic = Diagnostic::new("E072", text).at(variant.place);
                    found
                        .push(diagnostic.help(
                            "members of `of` must not set the same path to different values",
                        ));
                }
                _ => {
                    first.insert(path, member);
                }
            }
        }
    }
    found
}

/// The tables that are read while a simulation runs.
const RUNNING: [&str; 7] = [
    "service", "pool", "room", "retry", "journey", "arrivals", "param",
];

/// Checks every action.
pub(super) fn actions(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for action in model.actions.values() {
        for change in &action.set {
            if let Some(why) = fixed(&change.path) {
                let text = format!("an action cannot change `{}`: {why}", change.path);
                let diagnostic = Diagnostic::new("E074", text).at(change.place);
                found.push(diagnostic.help("a variant can"));
            }
        }
        let mut document = Table::clone(&model.origin.document);
        let (_, problems) = apply(&mut document, &action.set);
        let broken = !problems.is_empty();
        found.extend(problems);
        if !broken && model.is_sound() {
            let (_, diagnostics) = model.changed(&action.set);
            found.extend(diagnostics.into_iter().filter(|d| d.level == Level::Error));
        }
    }
    if found.is_empty() && model.is_sound() {
        found.extend(in_turn(model));
    }
    found
}

/// Actions that are fine alone, but not on what those before them have made.
fn in_turn(model: &Model) -> Vec<Diagnostic> {
    let mut actions: Vec<&Action> = model.actions.values().collect();
    actions.sort_by_key(|action| action.effect());
    let mut now = model.clone();
    for action in actions {
        let (after, diagnostics) = now.after(action);
        if !after.is_sound() {
            return errors_of(&diagnostics);
        }
        now = after;
    }
    Vec::new()
}

/// Why a path cannot change while a simulation runs.
fn fixed(path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.split('.').collect();
    match segments.as_slice() {
        [table, ..] if !RUNNING.contains(table) => Some("it is read only once, before the start"),
        ["arrivals", _, "scale"] => None,
        ["arrivals", ..] => Some("of arrivals only `scale` can change"),
        ["journey", _, "steps"] | ["service", _, "endpoint", _] => {
            Some("lists of steps stay as they are")
        }
        ["service", _, "endpoint", _, "steps"] => Some("lists of steps stay as they are"),
        _ => None,
    }
}
