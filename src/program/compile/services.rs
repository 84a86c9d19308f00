//! What is so of a service whatever is in force.

use std::collections::BTreeSet;

use super::index::{Index, each_step};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::step::StepKind;
use crate::program::{Service, ServiceId, ServiceSettings, Settings};
use crate::random::key::Owner;

/// The services of a model, of which nothing is in force yet.
pub(super) fn services(
    model: &Model,
    index: &Index,
    servers_max: &Table<ServiceId, u32>,
) -> Table<ServiceId, Service> {
    let mut fan_out = BTreeSet::new();
    each_step(model, &mut |service, step| {
        if let (Some(service), StepKind::Parallel { .. }) = (service, &step.kind) {
            fan_out.insert(index.service(service));
        }
    });
    let names = model.services.keys();
    let service = |name: &String| {
        let id = index.service(name);
        Service {
            owner: Owner::named(&format!("service {name}")),
            servers_max: servers_max[id],
            fans_out: fan_out.contains(&id),
            ever_shared: false,
            dedicated: !fan_out.contains(&id),
        }
    };
    names.map(service).collect()
}

/// These numbers hold at some time.
pub(super) fn hold(services: &mut Table<ServiceId, Service>, settings: &Settings) {
    for (id, service) in services.iter_mut() {
        let now = &settings.services[id];
        service.ever_shared |= now.shared;
        service.dedicated &= has_cores_for_all(now);
    }
}

/// Whether every worker has a core to itself, and nothing slows those who work side by side.
fn has_cores_for_all(of: &ServiceSettings) -> bool {
    of.workers <= of.cores
        && of.contention == 0.0
        && of.coherency == 0.0
        && of.refuse_cost.is_none()
}
