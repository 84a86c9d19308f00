//! Attempts that multiply: a visit that makes more of them than any system could answer.
//!
//! One idea: an endpoint makes as many attempts whoever asks it, so each is worked out once, and
//! what multiplies are figures. Without retries, reloads and failures, as in a launch in which all
//! goes well.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::step::{Step, StepKind};
use crate::text::Diagnostic;

/// Attempts of one visit at most.
const MOST: f64 = 1e7;

/// Journeys of which one visit makes too many attempts.
pub(super) fn too_many(model: &Model) -> Vec<Diagnostic> {
    let mut walk = Walk {
        model,
        known: BTreeMap::new(),
        under_way: BTreeSet::new(),
    };
    let mut found = Vec::new();
    for (name, journey) in &model.journeys {
        let attempts = walk.steps(&journey.steps);
        if attempts > MOST {
            let text = format!(
                "one visit of `{name}` makes about {attempts:.0} attempts: each call makes several \
                 further ones, and those multiply"
            );
            let diagnostic = Diagnostic::new("E084", text).at(journey.place);
            let diagnostic = diagnostic.expected(format!("expected at most {MOST:.0}"));
            found.push(diagnostic.help("see how often each endpoint calls the next one"));
        }
    }
    found
}

struct Walk<'m> {
    model: &'m Model,
    known: BTreeMap<(&'m str, &'m str), f64>,
    /// Endpoints being worked out: a circle of calls ends where it would begin anew.
    under_way: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Walk<'m> {
    fn steps(&mut self, steps: &'m [Step]) -> f64 {
        steps.iter().map(|step| self.step(step)).sum()
    }

    fn step(&mut self, step: &'m Step) -> f64 {
        match &step.kind {
            StepKind::Call(call) => self.asked(&call.service, &call.endpoint),
            StepKind::Send { service, endpoint } => self.asked(service, endpoint),
            StepKind::Choose(branches) => branches
                .iter()
                .map(|branch| branch.share * self.steps(&branch.steps))
                .sum(),
            StepKind::Repeat { times, steps } => times.mean().unwrap_or(1.0) * self.steps(steps),
            StepKind::Hold { steps, .. } => self.steps(steps),
            StepKind::Enter { steps, .. } => self.steps(steps.as_deref().unwrap_or_default()),
            StepKind::Parallel { branches, .. } => {
                branches.iter().map(|branch| self.steps(branch)).sum()
            }
            StepKind::Lookup { miss, .. } => self.steps(miss),
            StepKind::Answer
            | StepKind::BackTo { .. }
            | StepKind::Cpu(_)
            | StepKind::Wait(_)
            | StepKind::Think(_)
            | StepKind::Take { .. }
            | StepKind::Mark(_)
            | StepKind::Leave(_)
            | StepKind::Fail { .. } => 0.0,
        }
    }

    /// An attempt, with those that it makes.
    fn asked(&mut self, service: &'m str, endpoint: &'m str) -> f64 {
        let key = (service, endpoint);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let found = self.model.services.get(service);
        let body = found.and_then(|found| found.endpoints.get(endpoint));
        let Some(body) = body.filter(|_| self.under_way.insert(key)) else {
            return 1.0;
        };
        let attempts = 1.0 + self.steps(&body.steps);
        self.under_way.remove(&key);
        self.known.insert(key, attempts);
        attempts
    }
}
