//! What may change while a simulation runs: what actions do to a model.
//!
//! One idea: the definitions of the language mark the keys that are read again and again while a
//! simulation runs ([`KeyDef::live`]); all the rest is read once, so an action cannot change it,
//! and no parameter that it uses either.

use std::collections::{BTreeMap, BTreeSet};

use super::{errors_of, growth, mentioned_in};
use crate::model::Model;
use crate::model::action::{Action, Trigger};
use crate::model::arrival::Form;
use crate::model::document::{Node, Table, Value};
use crate::model::fault::FaultKind;
use crate::model::language::ROOT;
use crate::model::overlay::{Change, Written, apply};
use crate::model::step::reading::STEP;
use crate::model::table::{KeyDef, Kind, TableDef};
use crate::model::variant::Variant;
use crate::text::Diagnostic;

/// Tables that may mention a parameter and are no part of what runs.
const BESIDE: [&str; 3] = ["action", "param", "variant"];

/// Checks every action: what it may change, then what it makes of the model when its turn comes.
pub(super) fn actions(model: &Model) -> Vec<Diagnostic> {
    let (mut found, mut allowed) = (Vec::new(), Vec::new());
    let fixed = Fixed::of(model);
    for action in model.actions.values() {
        let problems = fixed.refused(&action.set);
        if problems.is_empty() {
            allowed.push(action);
        }
        found.extend(problems);
    }
    let mut alone = Vec::new();
    for trigger in model.triggers.values() {
        let problems = fixed.refused(&trigger.set);
        if problems.is_empty() {
            alone.push(trigger);
        }
        found.extend(problems);
    }
    if model.is_sound() {
        found.extend(in_turn(model, allowed));
        found.extend(at_any_time(model, &alone));
        found.extend(growth::beyond_bounds(model));
    }
    found.extend(deploys(model));
    found
}

/// What a deploy may set of the steps of its service's endpoints.
const OF_STEPS: [&str; 4] = ["cpu", "wait", "repeat", "share"];
/// What it may set of the service itself.
const OF_SERVICE: [&str; 4] = [
    "cores",
    "workers",
    "slowdown.contention",
    "slowdown.coherency",
];

/// Checks every deploy: what it may set, and what the model is then.
fn deploys(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for fault in model.faults.values() {
        let FaultKind::Deploy { service, set, .. } = &fault.kind else {
            continue;
        };
        let before = found.len();
        let own = format!("service.{service}.");
        for change in set {
            let mut document = Table::clone(&model.origin.document);
            let (written, problems) = apply(&mut document, std::slice::from_ref(change));
            found.extend(problems);
            let fits = |path: &str| {
                let inside = path.strip_prefix(&own).unwrap_or_default();
                let last = inside.rsplit('.').next().unwrap_or_default();
                let of_steps = inside.starts_with("endpoint.") && OF_STEPS.contains(&last);
                of_steps || OF_SERVICE.contains(&inside)
            };
            if let Some(one) = written.iter().find(|one| !fits(&one.path)) {
                let text = format!("a deploy of `{service}` cannot change `{}`", one.path);
                let help = "it may change times and shares in its endpoints, `cores`, \
                            `workers` and `slowdown`";
                found.push(Diagnostic::new("E074", text).at(change.place).help(help));
            }
        }
        if found.len() == before && model.is_sound() {
            let (after, diagnostics) = model.without_actions().changed(set);
            if !after.is_sound() {
                found.extend(errors_of(&diagnostics));
            }
        }
    }
    found
}

/// What is wrong with the actions of a model only where a variant has changed it.
pub(super) fn actions_of(changed: &Model, variant: &Variant) -> Vec<Diagnostic> {
    if !changed.is_sound() {
        return Vec::new();
    }
    let label = format!("with what the variant `{}` changes", variant.name);
    let found = errors_of(&actions(changed)).into_iter();
    found
        .map(|diagnostic| diagnostic.related(variant.place, label.clone()))
        .collect()
}

/// What is wrong with the model after each action, on what those before it have made.
fn in_turn(model: &Model, mut actions: Vec<&Action>) -> Vec<Diagnostic> {
    // Stable: actions that take effect together stay in the order of names.
    actions.sort_by_key(|action| action.effect());
    let (mut now, mut found) = (model.without_actions(), Vec::new());
    for action in actions {
        let (after, diagnostics) = now.after(action);
        match after.is_sound() {
            true => now = after,
            false => found.extend(errors_of(&diagnostics)),
        }
    }
    found
}

/// What is wrong with the model once an action that a metric trips has taken effect, on the model
/// as it is written. What several of them make together is known only when it happens.
fn at_any_time(model: &Model, triggers: &[&Trigger]) -> Vec<Diagnostic> {
    let bare = model.without_actions();
    let after = triggers
        .iter()
        .map(|trigger| bare.after_changes(&trigger.set));
    after
        .flat_map(|(_, diagnostics)| errors_of(&diagnostics))
        .collect()
}

/// What stays as it is while a model runs.
struct Fixed<'m> {
    model: &'m Model,
    /// Parameters that something fixed uses, each with the first place that does.
    params: BTreeMap<String, String>,
}

impl<'m> Fixed<'m> {
    fn of(model: &'m Model) -> Fixed<'m> {
        let mut fixed = Fixed {
            model,
            params: BTreeMap::new(),
        };
        if !model.actions.is_empty() || !model.triggers.is_empty() {
            let document = &model.origin.document;
            let parts = document.entries.iter();
            let parts = parts.filter(|entry| !BESIDE.contains(&entry.key.as_str()));
            for (entry, key) in parts.filter_map(|entry| Some((entry, ROOT.key(&entry.key)?))) {
                fixed.look(&entry.node, key, &key.kind, &entry.key);
            }
        }
        fixed
    }

    /// Notes the parameters that are mentioned where a value is fixed, beside the definitions.
    fn look(&mut self, node: &Node, key: &'static KeyDef, kind: &'static Kind, path: &str) {
        match (kind, &node.value) {
            (Kind::Map(def), Value::Table(table)) => {
                for entry in &table.entries {
                    self.look_in(&entry.node, def, &format!("{path}.{}", entry.key));
                }
            }
            (Kind::StepsByName(def), Value::Table(table)) => {
                for entry in &table.entries {
                    let path = format!("{path}.{}", entry.key);
                    match &entry.node.value {
                        Value::Table(_) => self.look_in(&entry.node, def, &path),
                        _ => self.look(&entry.node, key, &Kind::Steps, &path),
                    }
                }
            }
            (Kind::Tables(def), Value::List(items)) => {
                for (number, item) in (1..).zip(items) {
                    self.look_in(item, def, &format!("{path}.{number}"));
                }
            }
            (Kind::Branches, Value::List(items)) => {
                for (number, item) in (1..).zip(items) {
                    self.look(item, key, &Kind::Steps, &format!("{path}.{number}"));
                }
            }
            (kind, Value::List(items)) if kind.holds_steps() => {
                for (number, item) in (1..).zip(items) {
                    self.look_in(item, &STEP, &format!("{path}.{number}"));
                }
            }
            (kind, Value::Table(_)) if kind.table().is_some() => {
                kind.table()
                    .into_iter()
                    .for_each(|def| self.look_in(node, def, path));
            }
            _ if key.live && !self.is_certain(path) && !self.switches(path) => {}
            _ => {
                let mut names = BTreeSet::new();
                mentioned_in(node, &mut names);
                for name in names {
                    self.params.entry(name).or_insert_with(|| path.to_owned());
                }
            }
        }
    }

    /// The same inside of a table.
    fn look_in(&mut self, node: &Node, def: &'static TableDef, path: &str) {
        for entry in node.table().into_iter().flat_map(|table| &table.entries) {
            if let Some(key) = def.key(&entry.key) {
                let path = format!("{path}.{}", entry.key);
                self.look(&entry.node, key, &key.kind, &path);
            }
        }
    }

    /// Whether a path is the scale of a source whose users are certain before the start.
    fn is_certain(&self, path: &str) -> bool {
        let name = path
            .strip_prefix("arrivals.")
            .and_then(|rest| rest.strip_suffix(".scale"));
        let source = name.and_then(|name| self.model.arrivals.get(name));
        source.is_some_and(|source| !source.is_stream())
    }

    /// Whether a path is the scale of a source that switches between states, in a model whose
    /// changes are reckoned while it runs.
    fn switches(&self, path: &str) -> bool {
        let name = path
            .strip_prefix("arrivals.")
            .and_then(|rest| rest.strip_suffix(".scale"));
        let source = name.and_then(|name| self.model.arrivals.get(name));
        let switches = |form: &Form| matches!(form, Form::States { .. });
        self.model.reacts() && source.is_some_and(|source| switches(&source.form))
    }

    /// Why an action cannot do what it does, if it cannot.
    fn refused(&self, set: &[Change]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut document = Table::clone(&self.model.origin.document);
        for change in set {
            let (written, problems) = apply(&mut document, std::slice::from_ref(change));
            found.extend(problems);
            found.extend(written.iter().find_map(|one| self.refuses(one, change)));
        }
        found
    }

    /// Why an action cannot change what it has written to, if it cannot.
    fn refuses(&self, written: &Written, change: &Change) -> Option<Diagnostic> {
        let path = &written.path;
        let refuse = |why: String, help: String| {
            let text = format!("an action cannot change `{path}`: {why}");
            Some(
                Diagnostic::new("E074", text)
                    .at(change.place)
                    .help(format!("{help}; a variant may change it")),
            )
        };
        if !written.key.is_some_and(|key| key.live) {
            let why = "it is read only once, before the start".to_owned();
            let (whose, live) = (written.table.name, written.table.live());
            let live: Vec<String> = live.iter().map(|key| format!("`{key}`")).collect();
            let help = match live.is_empty() {
                true => format!("nothing of {whose} may change while a simulation runs"),
                false => format!("of {whose} an action may change {}", live.join(", ")),
            };
            return refuse(why, help);
        }
        if self.is_certain(path) {
            let why = "its users are certain before the start".to_owned();
            let help = "an action may change the `scale` of a source with a rate".to_owned();
            return refuse(why, help);
        }
        if self.switches(path) {
            let why = "its states change by their own luck, and something is decided while the \
                       model runs";
            let help = "an action may change the `scale` of a source with a rate".to_owned();
            return refuse(why.to_owned(), help);
        }
        let name = path.strip_prefix("param.")?;
        let name = name.strip_suffix(".value").unwrap_or(name);
        let user = self.params.get(name)?;
        let why = format!("`{user}` uses it, which is read only once, before the start");
        let help = "give that a parameter of its own".to_owned();
        refuse(why, help)
    }
}
