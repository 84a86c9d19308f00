//! What a step asks of every service and pool, and what these have.
//!
//! One idea: the utilisation law (Denning & Buzen 1978): load = arrivals × mean demand ÷ capacity,
//! without retries, reloads, queues and faults. `or` branches do not count.

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

/// What a step of a journey asks of every station for each user who comes to it, and how many
/// seconds it takes.
pub(crate) fn of_step(model: &Model, stations: &Stations, step: &Step) -> (Vec<Demand>, f64) {
    let mut walk = Walk {
        model,
        stations,
        demands: vec![Demand::default(); stations.names.len()],
    };
    let takes_s = walk.step(step, 1.0, None, 0);
    (walk.demands, takes_s)
}

struct Walk<'a> {
    model: &'a Model,
    stations: &'a Stations,
    demands: Vec<Demand>,
}

fn mean(law: &Distribution) -> f64 {
    law.mean().unwrap_or(0.0)
}

impl Walk<'_> {
    /// Adds the demands of steps done `weight` times by a service, and returns how long they take.
    fn steps(&mut self, steps: &[Step], weight: f64, by: Option<usize>, depth: usize) -> f64 {
        steps
            .iter()
            .map(|step| self.step(step, weight, by, depth))
            .sum()
    }

    fn step(&mut self, step: &Step, weight: f64, by: Option<usize>, depth: usize) -> f64 {
        match &step.kind {
            StepKind::Call(call) => self.ask((&call.service, &call.endpoint), weight, depth),
            StepKind::Send { service, endpoint } => {
                self.ask((service, endpoint), weight, depth);
                0.0
            }
            StepKind::Cpu(law) => {
                if let Some(service) = by {
                    self.demands[service].cpu_s += weight * mean(law);
                }
                mean(law)
            }
            StepKind::Wait(law) | StepKind::Think(law) => mean(law),
            StepKind::Hold { pool, steps, .. } => {
                let takes = self.steps(steps, weight, by, depth);
                let pools = &self.stations.names[self.stations.services..];
                if let Some(index) = pools.iter().position(|name| name == pool) {
                    self.demands[self.stations.services + index].held_s += weight * takes;
                }
                takes
            }
            StepKind::Enter { steps, .. } => {
                self.steps(steps.as_deref().unwrap_or(&[]), weight, by, depth)
            }
            StepKind::Choose(branches) => branches
                .iter()
                .map(|branch| {
                    branch.share * self.steps(&branch.steps, weight * branch.share, by, depth)
                })
                .sum(),
            StepKind::Parallel { branches, join } => {
                let takes = branches
                    .iter()
                    .map(|steps| self.steps(steps, weight, by, depth))
                    .collect();
                decided(takes, *join)
            }
            StepKind::Repeat { times, steps } => {
                let turns = mean(times);
                turns * self.steps(steps, weight * turns, by, depth)
            }
            StepKind::Take { .. }
            | StepKind::Mark(_)
            | StepKind::Leave(_)
            | StepKind::Fail { .. } => 0.0,
        }
    }

    fn ask(&mut self, (service, endpoint): (&str, &str), weight: f64, depth: usize) -> f64 {
        let services = &self.stations.names[..self.stations.services];
        let asked = services.iter().position(|name| name == service);
        let (Some(asked), Some(of)) = (asked, self.model.services.get(service)) else {
            return 0.0;
        };
        let Some(body) = of.endpoints.get(endpoint).filter(|_| depth < DEPTH) else {
            return 0.0;
        };
        let takes = self.steps(&body.steps, weight, Some(asked), depth + 1);
        self.demands[asked].held_s += weight * takes;
        takes + 2.0 * mean(&of.network)
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
    let n = f64::from(service.cores.min(service.workers)).max(1.0);
    let slowed = 1.0 + service.contention * (n - 1.0) + service.coherency * n * (n - 1.0);
    share(demand.cpu_s, servers * n / slowed)
        .max(share(demand.held_s, servers * f64::from(service.workers)))
}
