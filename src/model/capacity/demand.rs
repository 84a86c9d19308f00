//! What one visit asks of every resource.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::{ResourceId, Roster};
use crate::model::Model;
use crate::model::step::{Step, StepKind};
use crate::random::family::Distribution;

/// Seconds of each resource that are asked for.
pub(super) type Demand = BTreeMap<ResourceId, f64>;

/// What a list of steps asks for, and how long it takes when nobody else is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    pub(super) demand: Demand,
    seconds: f64,
}

impl Cost {
    fn add(&mut self, other: &Cost, weight: f64) {
        for (id, seconds) in &other.demand {
            *self.demand.entry(*id).or_insert(0.0) += seconds * weight;
        }
        self.seconds += other.seconds * weight;
    }

    fn ask(&mut self, resource: Option<ResourceId>, seconds: f64) {
        if let Some(id) = resource {
            *self.demand.entry(id).or_insert(0.0) += seconds;
        }
    }
}

/// The costs of all endpoints of a model, each worked out once.
pub(super) struct Demands<'m> {
    model: &'m Model,
    roster: &'m Roster<'m>,
    known: BTreeMap<(&'m str, &'m str), Cost>,
    /// Endpoints being worked out: a circle of calls ends where it would begin anew.
    under_way: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Demands<'m> {
    /// Nothing worked out so far.
    pub(super) fn of(model: &'m Model, roster: &'m Roster<'m>) -> Demands<'m> {
        Demands {
            model,
            roster,
            known: BTreeMap::new(),
            under_way: BTreeSet::new(),
        }
    }

    /// What a list of steps asks for; the service that runs it, if it is an endpoint's.
    pub(super) fn steps(&mut self, steps: &'m [Step], service: Option<&str>) -> Cost {
        let mut cost = Cost::default();
        for step in steps {
            let one = self.step(step, service);
            cost.add(&one, 1.0);
        }
        cost
    }

    fn step(&mut self, step: &'m Step, service: Option<&str>) -> Cost {
        let mut cost = Cost::default();
        match &step.kind {
            StepKind::Call(call) => cost = self.call(&call.service, &call.endpoint),
            StepKind::Send { service, endpoint } => {
                cost = self.call(service, endpoint);
                cost.seconds = 0.0;
            }
            StepKind::Cpu(law) => {
                cost.seconds = mean(law);
                let cores = service.and_then(|service| self.roster.cores(service));
                cost.ask(cores, cost.seconds);
            }
            StepKind::Wait(law) | StepKind::Think(law) => cost.seconds = mean(law),
            StepKind::Hold { pool, steps, .. } => {
                cost = self.steps(steps, service);
                cost.ask(self.roster.pool(pool), cost.seconds);
            }
            StepKind::Enter {
                steps: Some(steps), ..
            } => cost = self.steps(steps, service),
            StepKind::Choose(branches) => {
                for branch in branches {
                    let one = self.steps(&branch.steps, service);
                    cost.add(&one, branch.share);
                }
            }
            StepKind::Parallel { branches, .. } => {
                let mut longest: f64 = 0.0;
                for branch in branches {
                    let one = self.steps(branch, service);
                    longest = longest.max(one.seconds);
                    cost.add(&one, 1.0);
                }
                cost.seconds = longest;
            }
            StepKind::Repeat { times, steps } => {
                let turn = self.steps(steps, service);
                cost.add(&turn, mean(times));
            }
            StepKind::Enter { steps: None, .. }
            | StepKind::Take { .. }
            | StepKind::Mark(_)
            | StepKind::Leave(_)
            | StepKind::Fail { .. } => {}
        }
        cost
    }

    fn call(&mut self, service: &'m str, endpoint: &'m str) -> Cost {
        let key = (service, endpoint);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let model = self.model;
        let found = model
            .services
            .get(service)
            .and_then(|found| Some((found, found.endpoints.get(endpoint)?)));
        let Some((found, body)) = found else {
            return Cost::default();
        };
        if !self.under_way.insert(key) {
            return Cost::default();
        }
        let mut cost = self.steps(&body.steps, Some(service));
        self.under_way.remove(&key);
        cost.ask(self.roster.workers(service), cost.seconds);
        cost.seconds += 2.0 * mean(&found.network);
        self.known.insert(key, cost.clone());
        cost
    }
}

/// The mean in seconds or counts; a law without one asks for more than there ever is.
fn mean(law: &Distribution) -> f64 {
    law.mean().unwrap_or(f64::INFINITY)
}
