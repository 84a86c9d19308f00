//! What a step asks of every service and pool, and what these have.
//!
//! One idea: the utilisation law (Denning & Buzen 1978): load = arrivals × mean demand ÷ capacity,
//! without retries, reloads, queues and faults. `or` branches do not count.

use std::collections::BTreeMap;

use crate::base::table::Id;
use crate::base::time::Time;
use crate::model::Model;
use crate::model::arrival::Piece;
use crate::model::step::{Join, Step, StepKind};
use crate::program::{PoolId, Program, ServiceId, Settings};
use crate::random::family::Distribution;
use crate::study::stations::Stations;

/// Calls nested deeper than this are a cycle and are not followed.
const DEPTH: usize = 24;

/// What one visit asks of a station, on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Demand {
    /// Seconds of a core.
    pub(crate) cpu_s: f64,
    /// Seconds of a worker, or of a unit of a pool, without any waiting.
    pub(crate) held_s: f64,
}

/// What a step of a journey asks of the stations that it uses, in order, for each user who comes to
/// it, and how many seconds it takes.
pub(crate) fn of_step(
    model: &Model,
    stations: &Stations,
    step: &Step,
) -> (BTreeMap<usize, Demand>, f64) {
    let mut walk = Walk {
        model,
        stations,
        known: BTreeMap::new(),
    };
    let cost = walk.step(step, None, 0);
    (cost.demands, cost.takes_s)
}

/// What steps ask of the stations that they use, and how long they take.
#[derive(Clone, Debug, Default)]
struct Cost {
    demands: BTreeMap<usize, Demand>,
    takes_s: f64,
}

impl Cost {
    /// It takes so long, and asks for nothing.
    fn lasting(takes_s: f64) -> Cost {
        Cost {
            takes_s,
            ..Cost::default()
        }
    }

    fn add(&mut self, other: &Cost, weight: f64) {
        for (station, demand) in &other.demands {
            let sum = self.demands.entry(*station).or_default();
            sum.cpu_s += weight * demand.cpu_s;
            sum.held_s += weight * demand.held_s;
        }
        self.takes_s += weight * other.takes_s;
    }

    fn hold(&mut self, station: usize, held_s: f64) {
        self.demands.entry(station).or_default().held_s += held_s;
    }
}

struct Walk<'a> {
    model: &'a Model,
    stations: &'a Stations,
    /// What endpoints cost, so deep in a chain of calls: each is worked out once.
    known: BTreeMap<(usize, &'a str, usize), Cost>,
}

fn mean(law: &Distribution) -> f64 {
    law.mean().unwrap_or(0.0)
}

impl<'a> Walk<'a> {
    /// What steps cost that a service does, or users.
    fn steps(&mut self, steps: &'a [Step], by: Option<usize>, depth: usize) -> Cost {
        let mut cost = Cost::default();
        for step in steps {
            cost.add(&self.step(step, by, depth), 1.0);
        }
        cost
    }

    fn step(&mut self, step: &'a Step, by: Option<usize>, depth: usize) -> Cost {
        match &step.kind {
            StepKind::Call(call) => self.ask((&call.service, &call.endpoint), depth),
            StepKind::Send { service, endpoint } => Cost {
                takes_s: 0.0,
                ..self.ask((service, endpoint), depth)
            },
            StepKind::Cpu(law) => {
                let mut cost = Cost::lasting(mean(law));
                if let Some(service) = by {
                    cost.demands.entry(service).or_default().cpu_s += mean(law);
                }
                cost
            }
            StepKind::Wait(law) | StepKind::Think(law) => Cost::lasting(mean(law)),
            StepKind::Hold {
                pool, units, steps, ..
            } => {
                let mut cost = self.steps(steps, by, depth);
                let pools = &self.stations.names[self.stations.services..];
                if let Some(index) = pools.iter().position(|name| name == pool) {
                    let held_s = cost.takes_s * f64::from(*units);
                    cost.hold(self.stations.services + index, held_s);
                }
                cost
            }
            StepKind::Enter { steps, .. } => self.steps(steps.as_deref().unwrap_or(&[]), by, depth),
            StepKind::Choose(branches) => {
                let mut cost = Cost::default();
                for branch in branches {
                    cost.add(&self.steps(&branch.steps, by, depth), branch.share);
                }
                cost
            }
            StepKind::Parallel { branches, join } => {
                let (mut cost, mut takes) = (Cost::default(), Vec::new());
                for steps in branches {
                    let branch = self.steps(steps, by, depth);
                    cost.add(&branch, 1.0);
                    takes.push(branch.takes_s);
                }
                cost.takes_s = decided(takes, *join);
                cost
            }
            StepKind::Repeat { times, steps } => {
                let mut cost = Cost::default();
                cost.add(&self.steps(steps, by, depth), mean(times));
                cost
            }
            StepKind::Lookup { cache, miss, .. } => {
                let mut cost = Cost::default();
                let share = self.model.miss_share(cache);
                cost.add(&self.steps(miss, by, depth), share);
                cost
            }
            StepKind::Take { .. }
            | StepKind::Answer
            | StepKind::BackTo { .. }
            | StepKind::Mark(_)
            | StepKind::Leave(_)
            | StepKind::Fail { .. } => Cost::default(),
        }
    }

    fn ask(&mut self, (service, endpoint): (&str, &str), depth: usize) -> Cost {
        let services = &self.stations.names[..self.stations.services];
        let asked = services.iter().position(|name| name == service);
        let (Some(asked), Some(of)) = (asked, self.model.services.get(service)) else {
            return Cost::default();
        };
        let body = of.endpoints.get_key_value(endpoint);
        let Some((endpoint, body)) = body.filter(|_| depth < DEPTH) else {
            return Cost::default();
        };
        let key = (asked, endpoint.as_str(), depth);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let mut cost = self.steps(&body.steps, Some(asked), depth + 1);
        cost.hold(asked, cost.takes_s);
        cost.takes_s += 2.0 * mean(&of.network);
        self.known.insert(key, cost.clone());
        cost
    }
}

/// When a parallel step is decided if its branches take so long.
fn decided(mut takes: Vec<f64>, join: Join) -> f64 {
    takes.sort_unstable_by(f64::total_cmp);
    let needed = join.needed(takes.len()).max(1);
    takes.get(needed - 1).copied().unwrap_or(0.0)
}

/// Users expected of a stretch of a flow between two instants.
pub(crate) fn flowing(piece: &Piece, from: Time, to: Time) -> f64 {
    let (begin, end) = (piece.from.max(from), piece.to.min(to));
    let length = piece.to.since(piece.from).as_secs_f64();
    if begin >= end || length <= 0.0 {
        return 0.0;
    }
    let rate = |t: Time| {
        let part = t.since(piece.from).as_secs_f64() / length;
        piece.rate_from + (piece.rate_to - piece.rate_from) * part
    };
    f64::midpoint(rate(begin), rate(end)) * end.since(begin).as_secs_f64()
}

/// Demand over nominal capacity, in seconds.
pub(crate) fn load(
    program: &Program,
    settings: &Settings,
    (station, services): (usize, usize),
    demand: &Demand,
) -> f64 {
    let share = |demand: f64, capacity: f64| {
        if demand <= 0.0 {
            0.0
        } else {
            demand / capacity.max(f64::MIN_POSITIVE)
        }
    };
    if station >= services {
        let id = PoolId::from_index(station - services);
        let units = settings.pools[id].size as f64 * f64::from(program.pools[id].instances);
        return share(demand.held_s, units);
    }
    let service = &settings.services[ServiceId::from_index(station)];
    let servers = f64::from(service.servers);
    let n = service.cores.min(f64::from(service.workers));
    let others = (n - 1.0).max(0.0);
    let slowed = 1.0 + others * (service.contention + service.coherency * n);
    share(demand.cpu_s, servers * n / slowed)
        .max(share(demand.held_s, servers * f64::from(service.workers)))
}
