//! Models that take too long to check: every variant and every action is the model read again.

use super::super::document::{Node, Table, Value};
use crate::model::Model;
use crate::model::step::StepKind;
use crate::text::{Diagnostic, Place};

/// Values read again in all at most.
const MOST_READ: u64 = 5_000_000;
/// Calls and messages of a model at most: each has its own figures for every bin of the timeline.
const MOST_CALLS: usize = 1_000;

/// Why variants and actions are too many for the size of the model.
pub(super) fn too_often(model: &Model) -> Option<Diagnostic> {
    let changing = ["variant", "action"];
    let written = model.origin.document.entries.iter();
    let size: u64 = written
        .filter(|entry| !changing.contains(&entry.key.as_str()))
        .map(|entry| values(&entry.node))
        .sum();
    let variants = model.variants.len() as u64;
    let actions = (model.actions.len() + model.triggers.len()) as u64;
    let times = variants * (1 + actions) + actions;
    if size.saturating_mul(times) <= MOST_READ {
        return None;
    }
    let text = format!(
        "{variants} variants and {actions} actions are too many for {size} values: the model is \
         read again for each action, in each variant"
    );
    let first = changing.map(|table| model.origin.document.entry(table));
    let place = first.into_iter().flatten().next().map(|entry| entry.place);
    let mut diagnostic = Diagnostic::new("E006", text);
    diagnostic.place = place;
    Some(diagnostic.expected(format!("expected at most {MOST_READ} values read in all")))
}

fn values(node: &Node) -> u64 {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(values).sum::<u64>(),
        Value::Table(table) => 1 + in_table(table),
        _ => 1,
    }
}

fn in_table(table: &Table) -> u64 {
    table.entries.iter().map(|entry| values(&entry.node)).sum()
}

/// More calls than a model may have, at the place of those who make most.
pub(super) fn calls(model: &Model) -> Option<Diagnostic> {
    let count = |steps: &[crate::model::step::Step]| {
        let mut calls = 0;
        for step in steps {
            step.visit(&mut |step| {
                let asks = matches!(step.kind, StepKind::Call(_) | StepKind::Send { .. });
                calls += usize::from(asks);
            });
        }
        calls
    };
    let journeys = model.journeys.values();
    let journeys = journeys.map(|journey| (count(&journey.steps), journey.place));
    let services = model.services.values().map(|service| {
        let endpoints = service.endpoints.values();
        (endpoints.map(|one| count(&one.steps)).sum(), service.place)
    });
    let all: Vec<(usize, Place)> = journeys.chain(services).collect();
    let calls: usize = all.iter().map(|one| one.0).sum();
    let (_, place) = all.into_iter().max_by_key(|one| one.0)?;
    (calls > MOST_CALLS).then(|| {
        let text = format!("the model has {calls} steps with `call` or `send`");
        let diagnostic = Diagnostic::new("E006", text).at(place);
        let diagnostic = diagnostic.expected(format!("expected at most {MOST_CALLS}"));
        diagnostic.help("`repeat` does the same again")
    })
}
