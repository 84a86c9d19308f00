//! What is so of a service whatever is in force.

use std::collections::{BTreeMap, BTreeSet};

use super::deeds::Deeds;
use super::index::{Index, each_step};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::fault::FaultKind;
use crate::model::step::StepKind;
use crate::model::tally::DRIED;
use crate::program::{
    CallId, NOT_COUNTED, QueueOrder, Service, ServiceId, ServiceSettings, ServiceTallies, Settings,
    THOUSANDTHS,
};
use crate::random::key::Owner;

/// The services of a model, which has so many servers at most and these numbers one after the
/// other, and perhaps those that effects reach in any order.
pub(super) fn services(
    model: &Model,
    (index, servers_max): (&Index, &Table<ServiceId, u32>),
    (all, reached): (&[&Settings], &[Settings]),
    (deeds, checks): (&Deeds, &BTreeMap<String, CallId>),
) -> Table<ServiceId, Service> {
    let mut fan_out = BTreeSet::new();
    each_step(model, &mut |service, step| {
        if let (Some(service), StepKind::Parallel { .. }) = (service, &step.kind) {
            fan_out.insert(index.service(service));
        }
    });
    // A fault that takes cores may leave a worker without one.
    let loses_cores = |name: &String| {
        model.faults.values().any(|fault| match &fault.kind {
            FaultKind::Capacity { on, cores, .. } => on.service == *name && *cores < 1.0,
            _ => false,
        })
    };
    let counted =
        |name: &str, part: &str, word: &str| index.counted(&format!("service.{name}.{part}"), word);
    let names = model.services.keys();
    let service = |name: &String| {
        let id = index.service(name);
        // What only an action adds has no count.
        let both = |what: &str, words: [&str; 2], is_there: bool| match is_there {
            true => words.map(|word| index.tally(&format!("service.{name}.{what}"), word)),
            false => [NOT_COUNTED; 2],
        };
        Service {
            owner: Owner::named(&format!("service {name}")),
            check: checks.get(name).copied(),
            standing: {
                let service = &model.services[name];
                let counted = |is_there: bool, what: &str, word: &str| match is_there {
                    true => index.tally(&format!("service.{name}.{what}"), word),
                    false => NOT_COUNTED,
                };
                [
                    counted(service.health.is_some(), "health", "fallen"),
                    counted(service.eject.is_some(), "eject", "ejected"),
                ]
            },
            limit: model.services[name]
                .limit
                .as_ref()
                .map(|name| index.limit(name)),
            memory: both(
                "memory",
                ["crashed", "paused"],
                model.services[name].memory.is_some(),
            ),
            connections: both(
                "connections",
                ["opened", "refused"],
                model.services[name].connections.is_some(),
            ),
            idle: both(
                "idle",
                ["slept", "woken"],
                model.services[name].idle.is_some(),
            ),
            servers_max: servers_max[id],
            grain: grain(
                all.iter()
                    .copied()
                    .chain(reached)
                    .map(|now| &now.services[id]),
            ),
            fans_out: fan_out.contains(&id),
            counts: ServiceTallies {
                expired: counted(name, "queue", "expired"),
                preempted: counted(name, "queue", "preempted"),
                shed: counted(name, "shed", "refused"),
                dried: counted(name, "workers", DRIED),
                limited: counted(name, "limiter", "refused"),
                heeded: counted(name, "limiter", "stopped"),
                waited: counted(name, "limiter", "waited"),
            },
            ever_preempts: all
                .iter()
                .copied()
                .chain(reached)
                .any(|now| preempts(&now.services[id])),
            ever_shared: all
                .iter()
                .copied()
                .chain(reached)
                .any(|now| now.services[id].shared),
            dedicated: !fan_out.contains(&id)
                && !loses_cores(name)
                && all.iter().all(|now| has_cores_for_all(&now.services[id]))
                && reached
                    .iter()
                    .all(|now| same_cores(&now.services[id], &all[0].services[id]))
                && !deeds.reactions.reads_cores_of(id),
        }
    };
    names.map(service).collect()
}

/// Whether a newcomer may take a worker from another.
fn preempts(of: &ServiceSettings) -> bool {
    match of.order {
        QueueOrder::ShortestRemaining => true,
        QueueOrder::Priority => of.preempt,
        _ => false,
    }
}

/// Into how many parts a core of a service is cut, so that a server always has a whole number of
/// them.
fn grain<'a>(mut ever: impl Iterator<Item = &'a ServiceSettings>) -> u32 {
    match ever.all(|now| is_whole(now.cores)) {
        true => 1,
        false => THOUSANDTHS,
    }
}

fn is_whole(cores: f64) -> bool {
    cores.fract() == 0.0
}

/// Whether every worker has a core to itself, and nothing slows those who work side by side.
fn has_cores_for_all(of: &ServiceSettings) -> bool {
    f64::from(of.workers) <= of.cores
        && is_whole(of.cores)
        && of.contention == 0.0
        && of.coherency == 0.0
        && of.per_waiting == 0.0
        && of.memory.is_none()
        && of.refuse_cost.is_none()
}

/// Whether nothing has changed of what decides that.
fn same_cores(now: &ServiceSettings, before: &ServiceSettings) -> bool {
    now.workers == before.workers
        && now.cores.to_bits() == before.cores.to_bits()
        && now.contention.to_bits() == before.contention.to_bits()
        && now.coherency.to_bits() == before.coherency.to_bits()
        && now.refuse_cost.is_none() == before.refuse_cost.is_none()
}
