//! What a model can carry, by the utilisation law, before anything is simulated.
//!
//! Demand D of a resource is what one visit asks of it on average; at λ visits per second it is
//! busy a share λ·D ÷ units of the time (utilisation law: P. J. Denning, J. P. Buzen, "The
//! Operational Analysis of Queueing Network Models", ACM Computing Surveys 10, 1978). Doors,
//! actions and faults are in it (`course`); retries, failures and queues are not: it is the best
//! case.

mod course;

use std::collections::{BTreeMap, BTreeSet};

use self::course::Course;
pub use self::course::Phase;
use super::Model;
use super::arrival::{Arrivals, Form, some_bursts};
use super::pool::PoolScope;
use super::service::Service;
use super::step::{Step, StepKind};
use crate::base::time::Time;
use crate::random::family::Distribution;

/// What a model can carry, and what it has to.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// Every resource that visits ask something of, the most loaded first.
    pub resources: Vec<Resource>,
    /// The instant at which the most loaded resource is loaded most; none if nobody comes by a
    /// rate (a closed population has none).
    pub peak_at: Option<Time>,
    /// Users per second that come then.
    pub peak_rate: f64,
    /// Visits per second, mixed as they are then, that the bottleneck could serve.
    pub visits_per_s: Option<f64>,
    /// What is asked for in order of time, cut where anything changes.
    pub course: Vec<Phase>,
}

/// A resource and its load at the peak.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Which.
    pub kind: ResourceKind,
    /// How many units of it there are: cores (after slowdown), workers, pool units.
    pub units: f64,
    /// Seconds of it that the average visit at the peak asks for.
    pub demand_s: f64,
    /// The share of it that is busy at the peak, above 1 where it is overloaded.
    pub load: f64,
}

/// What kind of resource it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// The cores of a service.
    Cores(String),
    /// The workers of a service.
    Workers(String),
    /// The units of a pool.
    Pool(String),
}

impl ResourceKind {
    /// The thing's name, as messages show it.
    pub fn name(&self) -> &str {
        match self {
            ResourceKind::Cores(name) | ResourceKind::Workers(name) | ResourceKind::Pool(name) => {
                name
            }
        }
    }

    /// What of it is meant, as several.
    pub fn unit(&self) -> &'static str {
        match self {
            ResourceKind::Cores(_) => "cores",
            ResourceKind::Workers(_) => "workers",
            ResourceKind::Pool(_) => "units",
        }
    }

    /// What of it is meant, as one.
    pub fn one(&self) -> &'static str {
        match self {
            ResourceKind::Cores(_) => "core",
            ResourceKind::Workers(_) => "worker",
            ResourceKind::Pool(_) => "unit",
        }
    }
}

/// Seconds of each resource that one visit asks for.
type Demand = BTreeMap<ResourceKind, f64>;

impl Model {
    /// What the model can carry, by the utilisation law, and when it has to.
    pub fn capacity(&self) -> Capacity {
        let course = Course::of(self);
        let (phases, peak) = course.phases();
        let Some(peak) = peak else {
            return Capacity {
                resources: course.idle(),
                peak_at: None,
                peak_rate: 0.0,
                visits_per_s: None,
                course: phases,
            };
        };
        let resources = peak.resources;
        let load = resources.first().map_or(0.0, |resource| resource.load);
        let visits_per_s = (load > 0.0 && load.is_finite()).then(|| peak.rate / load);
        Capacity {
            resources,
            peak_at: Some(peak.at),
            peak_rate: peak.rate,
            visits_per_s,
            course: phases,
        }
    }

    /// The units of every resource.
    fn units(&self) -> Demand {
        let mut units = Demand::new();
        for (name, service) in &self.services {
            let servers = f64::from(service.servers);
            let (cores, workers) = (effective_cores(service), f64::from(service.workers));
            units.insert(ResourceKind::Cores(name.clone()), servers * cores);
            units.insert(ResourceKind::Workers(name.clone()), servers * workers);
        }
        for (name, pool) in &self.pools {
            let users: Vec<&Service> = self
                .services
                .values()
                .filter(|service| holds(service, name))
                .collect();
            let times = match pool.scope {
                PoolScope::Global => 1.0,
                PoolScope::Service => users.len().max(1) as f64,
                PoolScope::Server => users
                    .iter()
                    .map(|service| f64::from(service.servers))
                    .sum::<f64>()
                    .max(1.0),
            };
            units.insert(
                ResourceKind::Pool(name.clone()),
                f64::from(pool.size) * times,
            );
        }
        units
    }
}

fn holds(service: &Service, pool: &str) -> bool {
    let mut found = false;
    for step in service
        .endpoints
        .values()
        .flat_map(|endpoint| &endpoint.steps)
    {
        step.visit(&mut |step| {
            found |= matches!(&step.kind, StepKind::Hold { pool: held, .. } if held == pool);
        });
    }
    found
}

/// The most work that an instance does per second: n requests at the speed that the Universal
/// Scalability Law leaves them, for the best n that its workers allow.
fn effective_cores(service: &Service) -> f64 {
    let speed = |n: u32| {
        let n = f64::from(n);
        let (sigma, kappa) = (service.slowdown.contention, service.slowdown.coherency);
        n.min(service.cores) / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0))
    };
    (1..=service.workers.min(10_000))
        .map(speed)
        .fold(0.0, f64::max)
}

/// Users per second whom a source brings on average between two instants.
fn rate_between(source: &Arrivals, from: Time, to: Time) -> Option<f64> {
    let seconds = to.since(from).as_secs_f64();
    let part = |law: &Distribution, start: Time| {
        let upto = |time: Time| match time.since(start).as_secs_f64() {
            late if late >= 0.0 => law.cdf(late),
            _ => 0.0,
        };
        upto(to) - upto(from)
    };
    let users = match &source.form {
        Form::Flow { pieces, .. } => {
            let rate = |piece: &super::arrival::Piece, at: Time| {
                let length = piece.to.since(piece.from).as_secs_f64();
                let done = at.since(piece.from).as_secs_f64();
                piece.rate_from + (piece.rate_to - piece.rate_from) * done / length
            };
            let inside = pieces
                .iter()
                .filter(|piece| piece.from < to && piece.to > from);
            let users = inside.map(|piece| {
                let (start, end) = (piece.from.max(from), piece.to.min(to));
                let mean = (rate(piece, start) + rate(piece, end)) / 2.0;
                mean * end.since(start).as_secs_f64()
            });
            users.sum()
        }
        Form::Crowd {
            users,
            from: start,
            arrive,
        } => *users as f64 * part(arrive, *start),
        Form::Burst {
            users,
            at,
            every,
            spread,
        } => {
            let bursts = some_bursts(*at, *every, to);
            let share = bursts.map(|(burst, many)| many * part(spread, burst));
            *users as f64 * share.sum::<f64>()
        }
        Form::Instants(instants) => {
            let first = instants.partition_point(|instant| *instant < from);
            let last = instants.partition_point(|instant| *instant < to);
            (last - first) as f64
        }
        Form::Population(_) => return None,
    };
    Some(users / seconds)
}

/// What a list of steps asks for, and how long it takes when nobody else is there.
#[derive(Clone, Debug, Default)]
struct Cost {
    demand: Demand,
    seconds: f64,
}

impl Cost {
    fn add(&mut self, other: &Cost, weight: f64) {
        for (kind, seconds) in &other.demand {
            *self.demand.entry(kind.clone()).or_insert(0.0) += seconds * weight;
        }
        self.seconds += other.seconds * weight;
    }

    fn ask(&mut self, kind: ResourceKind, seconds: f64) {
        *self.demand.entry(kind).or_insert(0.0) += seconds;
    }
}

struct Demands<'m> {
    model: &'m Model,
    known: BTreeMap<(String, String), Cost>,
    /// Endpoints being worked out: a circle of calls ends where it would begin anew.
    under_way: BTreeSet<(String, String)>,
}

impl Demands<'_> {
    fn steps(&mut self, steps: &[Step], service: Option<&str>) -> Cost {
        let mut cost = Cost::default();
        for step in steps {
            let one = self.step(step, service);
            cost.add(&one, 1.0);
        }
        cost
    }

    fn step(&mut self, step: &Step, service: Option<&str>) -> Cost {
        let mut cost = Cost::default();
        match &step.kind {
            StepKind::Call(call) => cost = self.call(&call.service, &call.endpoint),
            StepKind::Send { service, endpoint } => {
                cost = self.call(service, endpoint);
                cost.seconds = 0.0;
            }
            StepKind::Cpu(law) => {
                cost.seconds = mean(law);
                if let Some(service) = service {
                    cost.ask(ResourceKind::Cores(service.to_owned()), cost.seconds);
                }
            }
            StepKind::Wait(law) | StepKind::Think(law) => cost.seconds = mean(law),
            StepKind::Hold { pool, steps, .. } => {
                cost = self.steps(steps, service);
                cost.ask(ResourceKind::Pool(pool.clone()), cost.seconds);
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

    fn call(&mut self, service: &str, endpoint: &str) -> Cost {
        let key = (service.to_owned(), endpoint.to_owned());
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
        if !self.under_way.insert(key.clone()) {
            return Cost::default();
        }
        let mut cost = self.steps(&body.steps, Some(service));
        self.under_way.remove(&key);
        cost.ask(ResourceKind::Workers(service.to_owned()), cost.seconds);
        cost.seconds += 2.0 * mean(&found.network);
        self.known.insert(key, cost.clone());
        cost
    }
}

/// The mean in seconds or counts; a law without one asks for more than there ever is.
fn mean(law: &Distribution) -> f64 {
    law.mean().unwrap_or(f64::INFINITY)
}
