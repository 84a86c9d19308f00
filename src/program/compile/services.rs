//! What is so of a service whatever is in force.

use std::collections::BTreeSet;

use super::index::{Index, each_step};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::fault::FaultKind;
use crate::model::step::StepKind;
use crate::program::{Service, ServiceId, ServiceSettings, Settings};
use crate::random::key::Owner;

/// The services of a model, which has so many servers at most and these numbers one after the
/// other.
pub(super) fn services(
    model: &Model,
    index: &Index,
    (servers_max, all): (&Table<ServiceId, u32>, &[&Settings]),
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
    let names = model.services.keys();
    let service = |name: &String| {
        let id = index.service(name);
        Service {
            owner: Owner::named(&format!("service {name}")),
            limit: model.services[name]
                .limit
                .as_ref()
                .map(|name| index.limit(name)),
            servers_max: servers_max[id],
            fans_out: fan_out.contains(&id),
            ever_shared: all.iter().any(|now| now.services[id].shared),
            dedicated: !fan_out.contains(&id)
                && !loses_cores(name)
                && all.iter().all(|now| has_cores_for_all(&now.services[id])),
        }
    };
    names.map(service).collect()
}

/// Whether every worker has a core to itself, and nothing slows those who work side by side.
fn has_cores_for_all(of: &ServiceSettings) -> bool {
    of.workers <= of.cores
        && of.contention == 0.0
        && of.coherency == 0.0
        && of.per_waiting == 0.0
        && of.memory.is_none()
        && of.refuse_cost.is_none()
}
