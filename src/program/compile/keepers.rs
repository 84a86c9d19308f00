//! Who keeps what guards remember: a state for each (named table, owner).
//!
//! One idea: a row of states grows by one for each owner that steps at a place have, or by one for
//! each server there may ever be; who comes again finds his own.

use std::collections::BTreeMap;

use super::eras::Era;
use super::index::{Index, each_step};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::retry::Retry;
use crate::model::scope::Scope;
use crate::model::step::{Call, StepKind};
use crate::program::{Counted, Keeper, Keepers, NOT_COUNTED, ServiceId, Site};

/// A row of states of named tables of one kind.
struct Row<'a, I> {
    servers_max: &'a Table<ServiceId, u32>,
    known: BTreeMap<(I, Option<Site>, bool), Keeper>,
    states: u32,
}

impl<'a, I: Copy + Ord> Row<'a, I> {
    fn new(servers_max: &'a Table<ServiceId, u32>) -> Self {
        Self {
            servers_max,
            known: BTreeMap::new(),
            states: 0,
        }
    }

    /// Who keeps the state of a table of this scope, for steps at a place.
    fn keeper(&mut self, id: I, site: Site, scope: Scope) -> Keeper {
        let first = self.states;
        let (owner, keeper, further) = match (scope, site) {
            (Scope::Global, _) => (None, Keeper::All(first), 1),
            (Scope::Service, _) => (Some(site), Keeper::All(first), 1),
            (Scope::Server, Site::Users) => (Some(site), Keeper::Users, 0),
            (Scope::Server, Site::Service(service)) => {
                let servers = self.servers_max[service].max(1);
                (Some(site), Keeper::Servers(first), servers)
            }
        };
        let known = self.known.entry((id, owner, scope == Scope::Server));
        *known.or_insert_with(|| {
            self.states += further;
            keeper
        })
    }
}

/// The keepers of a model, which has so many servers at most and is so at some time or other.
pub(super) fn keepers<'a>(
    eras: impl Iterator<Item = &'a Era> + Clone,
    index: &Index,
    servers_max: &Table<ServiceId, u32>,
) -> Keepers {
    let mut keepers = Keepers::default();
    let (mut budgets, mut breakers) = (Row::new(servers_max), Row::new(servers_max));
    let (mut hedges, mut links) = (Row::new(servers_max), Row::new(servers_max));
    let (mut throttles, mut limits) = (Row::new(servers_max), Row::new(servers_max));
    let mut told = Row::new(servers_max);
    for era in eras.clone() {
        let model = &era.model;
        each_call(model, index, &mut |site, call| {
            if let Some(name) = &call.retry {
                let id = index.retry(name);
                let keeper = budgets.keeper(id, site, model.retries[name].scope);
                keepers.budgets.add(id, site, keeper);
            }
            if let Some(name) = &call.breaker {
                let id = index.breaker(name);
                let keeper = breakers.keeper(id, site, model.breakers[name].scope);
                keepers.breakers.add(id, site, keeper);
            }
            if let Some(name) = &call.throttle {
                let id = index.throttle(name);
                let keeper = throttles.keeper(id, site, model.throttles[name].scope);
                keepers.throttles.add(id, site, keeper);
            }
            if let Some(name) = &call.hedge {
                let id = index.hedge(name);
                let keeper = hedges.keeper(id, site, model.hedges[name].scope);
                keepers.hedges.add(id, site, keeper);
            }
            if let Some(name) = &call.limit {
                let id = index.limit(name);
                let scope = model.limits[name].scope.unwrap_or(Scope::Server);
                let keeper = limits.keeper(id, site, scope);
                keepers.limits.add(id, site, keeper);
            }
        });
        of_services(model, index, [&mut links, &mut told], &mut keepers);
        for (service, body) in &model.services {
            let site = Site::Service(index.service(service));
            let endpoints = body.endpoints.values().map(|endpoint| &endpoint.limit);
            for name in endpoints.chain([&body.limit]).flatten() {
                let id = index.limit(name);
                // Before the balancer there is no server yet.
                let scope = match model.limits[name].scope {
                    Some(Scope::Global) => Scope::Global,
                    _ => Scope::Service,
                };
                keepers
                    .arrivals
                    .add(id, site, limits.keeper(id, site, scope));
            }
        }
    }
    keepers.budgets.states = budgets.states;
    keepers.breakers.states = breakers.states;
    keepers.throttles.states = throttles.states;
    keepers.limits.states = limits.states;
    keepers.hedges.states = hedges.states;
    keepers.links.states = links.states;
    keepers.told.states = told.states;
    let mut eras = eras;
    let first = eras.next().expect("there is a first era");
    keepers.counted = counted(&first.model, index);
    keepers
}

/// Who keeps connections to services, and what their servers have told.
fn of_services(
    model: &Model,
    index: &Index,
    [links, told]: [&mut Row<'_, ServiceId>; 2],
    keepers: &mut Keepers,
) {
    each_asked(model, index, &mut |site, service| {
        let (id, body) = (index.service(service), &model.services[service]);
        if body.connections.is_some() {
            let keeper = links.keeper(id, site, Scope::Server);
            keepers.links.add(id, site, keeper);
        }
        if body.limiter.is_some_and(|limiter| limiter.tells()) {
            let keeper = told.keeper(id, site, Scope::Server);
            keepers.told.add(id, site, keeper);
        }
    });
}

/// Where the guards of a model count what they do.
fn counted(model: &Model, index: &Index) -> Counted {
    let of = |table: &str, name: &str, words: [&str; 2]| {
        words.map(|word| index.tally(&format!("{table}.{name}"), word))
    };
    let retry = |(name, retry): (&String, &Retry)| match retry.budget {
        Some(_) => of("retry", name, ["allowed", "stopped"]),
        None => [NOT_COUNTED; 2],
    };
    let breaker = |name: &String| {
        let path = format!("breaker.{name}");
        ["closed", "opened", "stopped"].map(|word| index.tally(&path, word))
    };
    let throttle = |name: &String| index.tally(&format!("throttle.{name}"), "stopped");
    Counted {
        budgets: model.retries.iter().map(retry).collect(),
        breakers: model.breakers.keys().map(breaker).collect(),
        throttles: model.throttles.keys().map(throttle).collect(),
        limits: {
            let limits = model.limits.keys();
            limits
                .map(|name| of("limit", name, ["stopped", "waited"]))
                .collect()
        },
    }
}

/// Looks at every call of a model, with the place of who asks.
fn each_call<'m>(model: &'m Model, index: &Index, look: &mut dyn FnMut(Site, &'m Call)) {
    each_step(model, &mut |service, step| {
        if let StepKind::Call(call) = &step.kind {
            let site = service.map_or(Site::Users, |name| Site::Service(index.service(name)));
            look(site, call);
        }
    });
}

/// Looks at every service that is called or sent to, with the place of who asks.
fn each_asked(model: &Model, index: &Index, look: &mut dyn FnMut(Site, &str)) {
    each_step(model, &mut |service, step| {
        let site = service.map_or(Site::Users, |name| Site::Service(index.service(name)));
        match &step.kind {
            StepKind::Call(call) => look(site, &call.service),
            StepKind::Send { service, .. } => look(site, service),
            _ => {}
        }
    });
}
