//! Checks that need the whole model: what each table says is fine, what they say together is not.
//!
//! Errors make a model unusable, warnings say that it hardly is what was meant, notes that it is
//! worth knowing.

mod attempts;
mod calls;
mod changes;
mod closed;
pub(crate) mod growth;
mod guards;
mod held;
mod reach;
mod running;
mod size;
mod ways;

use std::collections::BTreeSet;

use super::Model;
use super::arrival::Form;
use super::document::{Node, Table, Value};
use super::fault::MOST_OCCURRENCES;
use super::metric::Statistic;
use super::step::StepKind;
use crate::text::{Diagnostic, Level};

/// Outcomes in words of the model's own that can be told apart.
const MOST_OUTCOMES: usize = 255;

/// Everything that is wrong or doubtful about a model as a whole, its variants included.
pub(crate) fn check(model: &Model) -> Vec<Diagnostic> {
    let mut found = check_one(model);
    found.extend(unused(model));
    let too_often = size::too_often(model);
    if too_often.is_some() {
        found.extend(too_often);
        return found;
    }
    let actions = running::actions(model);
    found.extend(changes::variants(model, &actions));
    found.extend(actions);
    found.extend(reach::objectives(model));
    found.extend(reach::load(model));
    found.extend(closed::closed(model));
    found
}

/// The checks that hold for every variant as well.
pub(crate) fn check_one(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    found.extend(arrivals(model));
    found.extend(nobody(model));
    found.extend(size::calls(model));
    found.extend(attempts::too_many(model));
    found.extend(calls::without_end(model));
    found.extend(calls::circles(model));
    found.extend(held::circles(model));
    found.extend(calls::impatient_reloads(model));
    found.extend(guards::budgets(model));
    found.extend(guards::limits(model));
    found.extend(clock(model));
    found.extend(outcomes(model));
    found.extend(ways::answers(model));
    found.extend(ways::backs(model));
    found
}

/// What the actions of a model do, one after the other.
pub(crate) fn actions(model: &Model) -> Vec<Diagnostic> {
    running::actions(model)
}

/// The errors among what was found.
fn errors_of(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.level == Level::Error)
        .cloned()
        .collect()
}

/// More words for outcomes than can be told apart.
fn outcomes(model: &Model) -> Option<Diagnostic> {
    let words = model.own_outcomes().len();
    let text = format!("the journeys have {words} outcomes of their own");
    let place = model.journeys.values().next()?.place;
    (words > MOST_OUTCOMES).then(|| {
        let diagnostic = Diagnostic::new("E006", text).at(place);
        diagnostic.expected(format!("expected at most {MOST_OUTCOMES}"))
    })
}

fn arrivals(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if model.origin.document.get("arrivals").is_none() {
        let diagnostic = Diagnostic::new("E003", "nobody comes: a model needs arrivals");
        found.push(diagnostic.help("add a table `[arrivals.NAME]` with a `journey` and a `rate`"));
    }
    for (name, source) in &model.arrivals {
        let Some(journey) = model.journeys.get(&source.journey) else {
            continue;
        };
        let mut takes_time = false;
        for step in &journey.steps {
            step.visit(&mut |step| {
                takes_time |= match &step.kind {
                    StepKind::Think(law) => law.as_constant().is_none_or(|secs| secs > 0.0),
                    StepKind::Call(_) => true,
                    _ => false,
                };
            });
        }
        if matches!(source.form, Form::Population(_)) && !takes_time {
            let text = format!("the users of `{name}` start over without any time passing");
            let diagnostic = Diagnostic::new("E042", text).at(source.place);
            let help = format!(
                "give the journey `{}` a `think` or a `call`",
                source.journey
            );
            found.push(diagnostic.help(help));
        }
    }
    found
}

/// A launch in which nobody comes, or hardly anybody.
fn nobody(model: &Model) -> Option<Diagnostic> {
    let horizon = model.horizon();
    let sources = model.arrivals.iter();
    let users: f64 = sources
        .map(|(_, source)| source.users_before(horizon))
        .sum();
    let (name, first) = model.arrivals.iter().next()?;
    if users >= 0.5 || !model.is_sound() {
        return None;
    }
    let text = match users > 0.0 {
        true => format!("hardly anybody comes: {users:.2} users are expected in a launch"),
        false => "nobody comes in this launch".to_owned(),
    };
    let help = match &first.form {
        _ if first.begins() >= horizon => format!(
            "the first user of `{name}` comes at {}, but the simulation ends at {horizon}, by \
             `run_for`",
            first.begins()
        ),
        Form::Instants(instants) if instants.is_empty() => {
            format!("the file of `{name}` brings no users")
        }
        Form::Flow { pieces, .. } if pieces.is_empty() => format!(
            "no rate of `{name}` falls between T+0 and the end of the simulation at {horizon}, \
             by `run_for`"
        ),
        _ => format!("see the numbers of `[arrivals.{name}]`, and `run_for`"),
    };
    let diagnostic = Diagnostic::new("W011", text).at(first.place);
    Some(diagnostic.help(help))
}

/// What is set for a time that never comes.
fn clock(model: &Model) -> Vec<Diagnostic> {
    let horizon = model.horizon();
    let mut found = Vec::new();
    let faults = model
        .faults
        .iter()
        .filter_map(|(name, fault)| Some(("fault", name, fault.first()?, fault.place)));
    let actions = model
        .actions
        .iter()
        .map(|(name, action)| ("action", name, action.effect(), action.place));
    for (kind, name, at, place) in faults.chain(actions) {
        if at >= horizon {
            let text = format!("the {kind} `{name}` comes after the end of the simulation");
            let help = format!("the simulation ends at {horizon}, by `run_for`");
            found.push(Diagnostic::new("W008", text).at(place).help(help));
        }
    }
    for (name, fault) in &model.faults {
        let most = MOST_OCCURRENCES as usize;
        if fault.windows(horizon).len() >= most {
            let text = format!("the fault `{name}` comes {most} times or more");
            let help = "lengthen `every`, or shorten `run_for`";
            found.push(Diagnostic::new("E006", text).at(fault.place).help(help));
        }
    }
    for objective in &model.objectives {
        let metric = &objective.metric;
        let at = match metric.statistic {
            Statistic::At(at) => Some(at),
            _ => metric
                .within
                .map(|within| within.from.unwrap_or(model.begins())),
        };
        if at.is_some_and(|at| at >= horizon) {
            let diagnostic = Diagnostic::new("E065", "this is never measured");
            let help = "the simulation ends before that; see `run_for`";
            found.push(diagnostic.at(objective.place).help(help));
        }
    }
    found
}

/// Journeys that nobody makes, parameters that nothing mentions.
fn unused(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let made: BTreeSet<&str> = model
        .arrivals
        .values()
        .map(|source| source.journey.as_str())
        .collect();
    for (name, journey) in &model.journeys {
        // A source that was not understood, or whose file comes later, may be what makes it.
        let all_known = model.is_sound() && !model.origin.files.has_later();
        if !made.contains(name.as_str()) && all_known {
            let text = format!("no source uses the journey `{name}`");
            let help = format!("write `journey = \"{name}\"` in a source of arrivals");
            found.push(Diagnostic::new("W005", text).at(journey.place).help(help));
        }
    }
    let mut mentioned = BTreeSet::new();
    mentions(&model.origin.document, &mut mentioned);
    for (name, param) in &model.params {
        if !mentioned.contains(name) && model.is_sound() {
            let text = format!("nothing uses the parameter `{name}`");
            let help = format!("write `\"${name}\"` where its value belongs");
            found.push(Diagnostic::new("W005", text).at(param.place).help(help));
        }
    }
    found
}

/// The names after every `$` of a table.
fn mentions(table: &Table, names: &mut BTreeSet<String>) {
    let entries = table.entries.iter();
    entries.for_each(|entry| mentioned_in(&entry.node, names));
}

/// The names after every `$` of a value.
fn mentioned_in(node: &Node, names: &mut BTreeSet<String>) {
    match &node.value {
        Value::Text(text) => {
            for part in text.split('$').skip(1) {
                let end = part.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
                names.insert(part[..end.unwrap_or(part.len())].to_owned());
            }
        }
        Value::List(items) => items.iter().for_each(|item| mentioned_in(item, names)),
        Value::Table(table) => mentions(table, names),
        _ => {}
    }
}
