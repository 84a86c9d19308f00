//! What a launch costs in events, and the refusal of one that cannot be paid.
//!
//! One idea: an event is a change that the engine has to make: someone arrives, work ends, an
//! answer comes. Retries, reloads and coming again are not counted: nobody knows them beforehand.

use std::collections::{BTreeMap, BTreeSet};

use super::super::console::Console;
use super::super::exit::Ending;
use super::super::load;
use crate::engine::Limits;
use crate::model::Model;
use crate::model::step::{Step, StepKind};
use crate::study;

/// Refuses a model that is known beforehand to need more than a launch may take.
///
/// # Errors
/// If it is so.
pub(in super::super) fn refuse_too_much(
    model: &Model,
    limits: Limits,
    console: &Console,
) -> Result<(), Ending> {
    let found = model.beyond(&study::budget(limits));
    console.diagnostics(&found, model.sources());
    match load::errors(&found) {
        0 => Ok(()),
        n => Err(load::invalid(model, n)),
    }
}

/// Expected events of a launch.
pub(super) fn events(model: &Model) -> f64 {
    let mut walk = Walk {
        model,
        known: BTreeMap::new(),
        under_way: BTreeSet::new(),
    };
    let horizon = model.horizon();
    let of_source = |source: &crate::model::arrival::Arrivals| {
        let journey = model.journeys.get(&source.journey);
        let visit = journey.map_or(0.0, |journey| walk.steps(&journey.steps));
        source.users_expected(horizon) * (1.0 + visit)
    };
    model.arrivals.values().map(of_source).sum()
}

struct Walk<'m> {
    model: &'m Model,
    known: BTreeMap<(String, String), f64>,
    /// Endpoints being counted: a circle of calls ends where it would begin anew.
    under_way: BTreeSet<(String, String)>,
}

impl Walk<'_> {
    fn steps(&mut self, steps: &[Step]) -> f64 {
        steps.iter().map(|step| self.step(step)).sum()
    }

    fn step(&mut self, step: &Step) -> f64 {
        match &step.kind {
            // It arrives, and its answer comes.
            StepKind::Call(call) => 2.0 + self.endpoint(&call.service, &call.endpoint),
            StepKind::Send { service, endpoint } => 1.0 + self.endpoint(service, endpoint),
            StepKind::Cpu(_) | StepKind::Wait(_) | StepKind::Think(_) => 1.0,
            StepKind::Hold { steps, .. } => 1.0 + self.steps(steps),
            StepKind::Enter { steps, .. } => 1.0 + self.steps(steps.as_deref().unwrap_or_default()),
            StepKind::Choose(branches) => branches
                .iter()
                .map(|branch| branch.share * self.steps(&branch.steps))
                .sum(),
            StepKind::Parallel { branches, .. } => {
                branches.iter().map(|branch| self.steps(branch)).sum()
            }
            StepKind::Repeat { times, steps } => times.mean().unwrap_or(1.0) * self.steps(steps),
            StepKind::Lookup { cache, miss, .. } => {
                let share = self.model.miss_share(cache);
                share * self.steps(miss)
            }
            StepKind::Take { .. }
            | StepKind::Answer
            | StepKind::BackTo { .. }
            | StepKind::Mark(_)
            | StepKind::Leave(_)
            | StepKind::Fail { .. } => 0.0,
        }
    }

    fn endpoint(&mut self, service: &str, endpoint: &str) -> f64 {
        let key = (service.to_owned(), endpoint.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let found = self.model.services.get(service);
        let Some(body) = found.and_then(|service| service.endpoints.get(endpoint)) else {
            return 0.0;
        };
        if !self.under_way.insert(key.clone()) {
            return 0.0;
        }
        let events = self.steps(&body.steps);
        self.under_way.remove(&key);
        self.known.insert(key, events);
        events
    }
}
