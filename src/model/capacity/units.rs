//! How many units of every resource there are, and what faults take of them.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::{ResourceId, Roster};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::fault::{FaultKind, Selector};
use crate::model::pool::Pool;
use crate::model::scope::Scope;
use crate::model::service::Service;
use crate::model::step::StepKind;

/// Units of every resource.
pub(super) type Units = Table<ResourceId, f64>;

/// The units of every resource while nothing is wrong.
pub(super) fn units(model: &Model, roster: &Roster<'_>) -> Units {
    let mut units = Units::filled(roster.resources(), 0.0);
    let mut set = |id: Option<ResourceId>, value: f64| {
        if let Some(slot) = id.and_then(|id| units.get_mut(id)) {
            *slot = value;
        }
    };
    for (name, service) in &model.services {
        let servers = f64::from(service.servers);
        set(roster.cores(name), servers * effective_cores(service));
        set(roster.workers(name), servers * f64::from(service.workers));
    }
    let users = users_of_pools(model);
    for (name, pool) in &model.pools {
        let users = users.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let copies = copies(pool, users);
        set(roster.pool(name), f64::from(pool.size) * copies);
    }
    units
}

/// How many there are of a pool that these services hold.
fn copies(pool: &Pool, users: &[&Service]) -> f64 {
    match pool.scope {
        Scope::Global => 1.0,
        Scope::Service => users.len().max(1) as f64,
        Scope::Server => {
            let servers = users.iter().map(|service| f64::from(service.servers));
            servers.sum::<f64>().max(1.0)
        }
    }
}

/// The services that hold each pool.
fn users_of_pools(model: &Model) -> BTreeMap<&str, Vec<&Service>> {
    let mut users: BTreeMap<&str, Vec<&Service>> = BTreeMap::new();
    for service in model.services.values() {
        for pool in held(service) {
            users.entry(pool).or_default().push(service);
        }
    }
    users
}

/// The pools that a service holds.
fn held(service: &Service) -> BTreeSet<&str> {
    let mut pools = BTreeSet::new();
    let endpoints = service.endpoints.values();
    for step in endpoints.flat_map(|endpoint| &endpoint.steps) {
        step.visit(&mut |step| {
            if let StepKind::Hold { pool, .. } = &step.kind {
                pools.insert(pool.as_str());
            }
        });
    }
    pools
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

/// Takes away the capacity that a fault takes.
pub(super) fn lessen(units: &mut Units, (model, roster): (&Model, &Roster<'_>), fault: &FaultKind) {
    // What is left of the cores and of the workers of those that it hits.
    let (on, left) = match fault {
        FaultKind::Slow {
            on,
            factor,
            share: None,
            ..
        } => (on, [1.0 / factor; 2]),
        FaultKind::Slow {
            on,
            factor,
            share: Some(share),
            ..
        } => (on, [1.0 / (1.0 - share + share * factor); 2]),
        FaultKind::Pause(on) | FaultKind::Crash { on, .. } => (on, [0.0; 2]),
        FaultKind::Capacity { on, cores, workers } => (on, [*cores, *workers]),
        FaultKind::Out { zone } => return lose_zone(units, (model, roster), zone),
        _ => return,
    };
    let found = model.services.get(&on.service);
    let Some(found) = found.filter(|found| found.servers > 0) else {
        return;
    };
    let all = f64::from(found.servers);
    let hit = f64::from(on.servers.of(found.servers));
    let ids = [roster.cores(&on.service), roster.workers(&on.service)];
    for (id, left) in ids.into_iter().zip(left) {
        if let Some(id) = id {
            units[id] *= (all - hit + hit * left) / all;
        }
    }
}

/// Takes away what the servers of a zone do, in every service that has it.
fn lose_zone(units: &mut Units, (model, roster): (&Model, &Roster<'_>), zone: &str) {
    for (name, service) in &model.services {
        let at = service.zones.iter().position(|own| own == zone);
        let Some(at) = at.filter(|_| service.servers > 0) else {
            continue;
        };
        let (of, at) = (service.zones.len() as u32, at as u32);
        let lost = Selector::Zone { of, at }.of(service.servers);
        let left = 1.0 - f64::from(lost) / f64::from(service.servers);
        for id in [roster.cores(name), roster.workers(name)]
            .into_iter()
            .flatten()
        {
            units[id] *= left;
        }
    }
}
