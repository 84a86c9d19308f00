//! What one visit asks of every resource.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::{ResourceId, Roster};
use crate::model::Model;
use crate::model::journey::Journey;
use crate::model::step::{Call, Step, StepKind};
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
        // What is never done costs nothing, even if it has no end.
        if weight <= 0.0 {
            return;
        }
        for (id, seconds) in &other.demand {
            *self.demand.entry(*id).or_insert(0.0) += seconds * weight;
        }
        self.seconds += other.seconds * weight;
    }

    /// So many times as much.
    fn times(mut self, factor: f64) -> Cost {
        let all = self.demand.values_mut().chain([&mut self.seconds]);
        // Nothing stays nothing, also without end.
        for seconds in all.filter(|seconds| **seconds > 0.0) {
            *seconds *= factor;
        }
        self
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
    /// Whether every call is tried as often as it may be.
    at_worst: bool,
    /// How often a person asks at worst, in the journey being worked out.
    reloads: f64,
}

impl<'m> Demands<'m> {
    /// Nothing worked out so far.
    pub(super) fn of(model: &'m Model, roster: &'m Roster<'m>) -> Demands<'m> {
        Demands {
            model,
            roster,
            known: BTreeMap::new(),
            under_way: BTreeSet::new(),
            at_worst: false,
            reloads: 1.0,
        }
    }

    /// The same with everybody asking as often as the model allows.
    pub(super) fn at_worst(model: &'m Model, roster: &'m Roster<'m>) -> Demands<'m> {
        Demands {
            at_worst: true,
            ..Demands::of(model, roster)
        }
    }

    /// What a visit asks for; at worst, with those by which its user comes again.
    pub(super) fn visit(&mut self, journey: &'m Journey) -> Demand {
        self.reloads = match &journey.reload {
            Some(reload) if self.at_worst => at_most(reload.at_most),
            _ => 1.0,
        };
        let visits = match &journey.again {
            Some(again) if self.at_worst => visits(again.share, again.at_most),
            _ => 1.0,
        };
        self.steps(&journey.steps, None).times(visits).demand
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
            StepKind::Call(call) => {
                let asker = if service.is_none() { self.reloads } else { 1.0 };
                let tries = self.tries(call, asker);
                cost = self.call(&call.service, &call.endpoint).times(tries);
            }
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
            StepKind::Hold {
                pool, units, steps, ..
            } => {
                cost = self.steps(steps, service);
                cost.ask(self.roster.pool(pool), cost.seconds * f64::from(*units));
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
            StepKind::Lookup { cache, miss, .. } => {
                let one = self.steps(miss, service);
                cost.add(&one, self.model.miss_share(cache));
            }
            StepKind::Enter { steps: None, .. }
            | StepKind::Answer
            | StepKind::BackTo { .. }
            | StepKind::Take { .. }
            | StepKind::Mark(_)
            | StepKind::Leave(_)
            | StepKind::Fail { .. } => {}
        }
        cost
    }

    /// How often a call is tried, where who asks begins its policy so many times.
    fn tries(&self, call: &Call, times: f64) -> f64 {
        if !self.at_worst {
            return 1.0;
        }
        let policy = call
            .retry
            .as_ref()
            .and_then(|name| self.model.retries.get(name));
        let attempts = policy.map_or(1.0, |retry| f64::from(retry.attempts));
        attempts * times
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

/// Once, and so often again.
fn at_most(again: Option<u32>) -> f64 {
    again.map_or(f64::INFINITY, |again| 1.0 + f64::from(again))
}

/// Visits of a user who comes again with this chance each time.
fn visits(share: f64, again: Option<u32>) -> f64 {
    match again {
        _ if share < 1.0 => {
            let not_yet = again.map_or(0.0, |again| share.powi(again as i32 + 1));
            (1.0 - not_yet) / (1.0 - share)
        }
        again => at_most(again),
    }
}

/// The mean in seconds or counts; a law without one asks for more than there ever is.
fn mean(law: &Distribution) -> f64 {
    law.mean().unwrap_or(f64::INFINITY)
}
