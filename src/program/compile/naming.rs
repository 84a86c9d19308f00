//! Words for the results: how a call is called, and in which order services are reached.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Structure, Written};
use super::index::Index;
use crate::model::Model;
use crate::model::metric::StepOwner;
use crate::model::step::{Step, StepKind};
use crate::program::Names;

/// The names of everything but probes.
pub(super) fn names(model: &Model, index: &Index, structure: &Structure) -> Names {
    let journeys = model.journeys.values();
    let endpoints = model.services.iter().flat_map(|(service, body)| {
        body.endpoints
            .keys()
            .map(move |endpoint| format!("{service}.{endpoint}"))
    });
    Names {
        sources: model.arrivals.keys().cloned().collect(),
        journeys: model.journeys.keys().cloned().collect(),
        journey_steps: journeys.map(|journey| top_level(&journey.steps)).collect(),
        journey_calls: within_steps(model, structure),
        services: model.services.keys().cloned().collect(),
        endpoints: endpoints.collect(),
        labels: labels(model, structure),
        calls: calls(&structure.written),
        messages: structure
            .calls
            .iter()
            .map(|(_, call)| call.message)
            .collect(),
        pools: model.pools.keys().cloned().collect(),
        hedges: model.hedges.keys().cloned().collect(),
        rooms: model.rooms.keys().cloned().collect(),
        stocks: model.stocks.keys().cloned().collect(),
        tallies: index.tallies().to_vec(),
        marks: index.marks().cloned().collect(),
        own_outcomes: index.own_outcomes().to_vec(),
        services_in_call_order: in_call_order(model),
        ..Names::default()
    }
}

/// What reports call steps, where the model says so.
fn labels(model: &Model, structure: &Structure) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for journey in model.journeys.values() {
        let named = top_level(&journey.steps).into_iter().zip(&journey.steps);
        labels.extend(named.filter_map(|(name, step)| Some((name, step.label.clone()?))));
    }
    let calls = calls(&structure.written).into_iter();
    let named = calls.zip(&structure.written);
    labels.extend(named.filter_map(|(name, call)| Some((name, call.label.clone()?))));
    labels
}

/// For each top-level step of each journey, the names of the calls that it holds.
fn within_steps(model: &Model, structure: &Structure) -> Vec<Vec<Vec<String>>> {
    let names = calls(&structure.written);
    let mut taken = vec![false; names.len()];
    let mut name_of = |owner: &StepOwner, step: &Step| {
        let StepKind::Call(call) = &step.kind else {
            return None;
        };
        let is_it = |written: &Written| {
            written.owner == *owner
                && written.name == step.name
                && (&written.service, &written.endpoint) == (&call.service, &call.endpoint)
        };
        let mut all = structure.written.iter().enumerate();
        let (at, _) = all.find(|(at, written)| !taken[*at] && is_it(written))?;
        taken[at] = true;
        Some(names[at].clone())
    };
    let journeys = model.journeys.iter().map(|(journey, body)| {
        let owner = StepOwner::Journey(journey.clone());
        let steps = body.steps.iter().map(|top| {
            let mut held = Vec::new();
            top.visit(&mut |step| {
                let name = name_of(&owner, step);
                held.extend(name.filter(|_| !std::ptr::eq(step, top)));
            });
            held
        });
        steps.collect()
    });
    journeys.collect()
}

/// The top-level steps of a journey: by name, else by what they do; repeated ones are counted.
fn top_level(steps: &[Step]) -> Vec<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let named = steps.iter().map(|step| {
        let name = step.name.clone().unwrap_or_else(|| words(&step.kind));
        let times = seen.entry(name.clone()).or_insert(0);
        *times += 1;
        if *times == 1 {
            name
        } else {
            format!("{name} #{times}")
        }
    });
    named.collect()
}

fn words(kind: &StepKind) -> String {
    match kind {
        StepKind::Call(call) => format!("{}.{}", call.service, call.endpoint),
        StepKind::Send { service, endpoint } => format!("{service}.{endpoint}"),
        StepKind::Cpu(_) => "cpu".to_owned(),
        StepKind::Wait(_) => "wait".to_owned(),
        StepKind::Think(_) => "think".to_owned(),
        StepKind::Hold { pool, .. } => format!("hold {pool}"),
        StepKind::Enter { room, .. } => format!("enter {room}"),
        StepKind::Choose(_) => "choose".to_owned(),
        StepKind::Parallel { .. } => "parallel".to_owned(),
        StepKind::Repeat { .. } => "repeat".to_owned(),
        StepKind::Take { stock, .. } => format!("take {stock}"),
        StepKind::Lookup { cache, .. } => format!("cache {cache}"),
        StepKind::Answer => "answer".to_owned(),
        StepKind::BackTo { step, .. } => format!("back to {step}"),
        StepKind::Mark(word) => format!("mark {word}"),
        StepKind::Leave(word) => format!("leave {word}"),
        StepKind::Fail { .. } => "fail".to_owned(),
    }
}

/// The shortest name of each call that no other call can have.
fn calls(written: &[Written]) -> Vec<String> {
    let all: Vec<Vec<String>> = written.iter().map(candidates).collect();
    let mut fits: BTreeMap<&str, u32> = BTreeMap::new();
    for name in all.iter().flatten() {
        *fits.entry(name).or_insert(0) += 1;
    }
    let mut ranks: BTreeMap<&str, u32> = BTreeMap::new();
    let shortest = all.iter().map(|names| {
        let alone = names.iter().find(|name| fits[name.as_str()] == 1);
        alone.cloned().unwrap_or_else(|| {
            let full = names.last().expect("a call has a name at least");
            let rank = ranks.entry(full).or_insert(0);
            *rank += 1;
            format!("{full}#{rank}")
        })
    });
    shortest.collect()
}

/// The names that a call may go by, the shortest first.
fn candidates(call: &Written) -> Vec<String> {
    let asked = format!("{}.{}", call.service, call.endpoint);
    let mut names = Vec::new();
    match (&call.owner, &call.name) {
        (StepOwner::Journey(journey), Some(name)) => {
            names.extend([name.clone(), format!("{journey}.{name}")]);
        }
        (StepOwner::Endpoint { service, endpoint }, Some(name)) => {
            names.extend([name.clone(), format!("{service}.{endpoint}.{name}")]);
        }
        (StepOwner::Journey(journey), None) => {
            names.extend([asked.clone(), format!("{journey}.{asked}")]);
        }
        (StepOwner::Endpoint { service, endpoint }, None) => {
            names.extend([asked.clone(), format!("{service}.{endpoint}>{asked}")]);
        }
    }
    names
}

/// Services in the order in which the journeys reach them, then the others.
fn in_call_order(model: &Model) -> Vec<String> {
    let mut reached = Reached {
        model,
        services: Vec::new(),
        endpoints: BTreeSet::new(),
    };
    for journey in model.journeys.values() {
        reached.follow(&journey.steps);
    }
    let mut services = reached.services;
    for name in model.services.keys() {
        if !services.contains(name) {
            services.push(name.clone());
        }
    }
    services
}

struct Reached<'m> {
    model: &'m Model,
    services: Vec<String>,
    endpoints: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Reached<'m> {
    fn follow(&mut self, steps: &'m [Step]) {
        for step in steps {
            let mut asked = Vec::new();
            step.visit(&mut |step| match &step.kind {
                StepKind::Call(call) => asked.push((&call.service, &call.endpoint)),
                StepKind::Send { service, endpoint } => asked.push((service, endpoint)),
                _ => {}
            });
            for (service, endpoint) in asked {
                self.reach(service, endpoint);
            }
        }
    }

    fn reach(&mut self, service: &'m str, endpoint: &'m str) {
        if !self.endpoints.insert((service, endpoint)) {
            return;
        }
        if !self.services.iter().any(|known| known == service) {
            self.services.push(service.to_owned());
        }
        let model = self.model;
        let body = model
            .services
            .get(service)
            .and_then(|body| body.endpoints.get(endpoint));
        self.follow(&body.expect("the endpoints of calls were checked").steps);
    }
}
