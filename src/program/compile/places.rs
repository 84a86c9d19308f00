//! How many instances each pool and each cache has, and which of them a step uses.
//!
//! One idea: a pool or a cache of scope `service` or `server` is one of its own for each place that
//! holds it; the users are a place like a service, with one server.

use std::collections::{BTreeMap, BTreeSet};

use super::index::{Index, each_step};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::scope::Scope as ModelScope;
use crate::model::step::StepKind;
use crate::model::tally::DRIED;
use crate::program::{CacheId, Pool, PoolId, Scope, ServiceId, Site};
use crate::random::key::Owner;

/// The instances of all pools.
#[derive(Debug)]
pub(super) struct Places {
    /// Pools with their instances.
    pub(super) pools: Table<PoolId, Pool>,
    first: BTreeMap<(PoolId, Site), (u32, Scope)>,
    /// Of each cache how many instances, and those of the servers of services.
    pub(super) caches: Table<CacheId, Stores>,
    store: BTreeMap<(CacheId, Site), (u32, Scope)>,
}

/// The instances of a cache: how many, and where those of the servers of a service begin.
pub(super) type Stores = (u32, Vec<(u32, ServiceId)>);

impl Places {
    /// The instances that a model needs with so many servers at most.
    pub(super) fn of_model(
        model: &Model,
        index: &Index,
        servers_max: &Table<ServiceId, u32>,
    ) -> Places {
        let mut users: BTreeMap<PoolId, BTreeSet<Site>> = BTreeMap::new();
        each_step(model, &mut |service, step| {
            if let StepKind::Hold { pool, .. } = &step.kind {
                let site = service.map_or(Site::Users, |name| Site::Service(index.service(name)));
                users.entry(index.pool(pool)).or_default().insert(site);
            }
        });
        let mut places = Places {
            pools: Table::new(),
            first: BTreeMap::new(),
            caches: Table::new(),
            store: BTreeMap::new(),
        };
        places.add_caches(model, index, servers_max);
        let mut next = 0;
        for (name, pool) in &model.pools {
            let id = places.pools.next_id();
            let (first, mut homes) = (next, Vec::new());
            for site in users.get(&id).into_iter().flatten() {
                let (instance, scope, further) = match (pool.scope, *site) {
                    (ModelScope::Global, _) => (first, Scope::Shared, 0),
                    (ModelScope::Service, _) | (ModelScope::Server, Site::Users) => {
                        (next, Scope::Shared, 1)
                    }
                    (ModelScope::Server, Site::Service(service)) => {
                        homes.push((next - first, service));
                        (next, Scope::Server, servers_max[service])
                    }
                };
                places.first.insert((id, *site), (instance, scope));
                next += further;
            }
            // A global pool is there once, and a pool that nobody holds too.
            next = next.max(first + 1);
            let owner = Owner::named(&format!("pool {name}"));
            places.pools.push(Pool {
                dried: index.counted(&format!("pool.{name}"), DRIED),
                first,
                instances: next - first,
                homes,
                owner,
            });
        }
        places
    }

    /// The instances of caches: every service that looks into one is a place.
    fn add_caches(&mut self, model: &Model, index: &Index, servers_max: &Table<ServiceId, u32>) {
        let mut users: BTreeMap<CacheId, BTreeSet<ServiceId>> = BTreeMap::new();
        each_step(model, &mut |service, step| {
            if let (StepKind::Lookup { cache, .. }, Some(name)) = (&step.kind, service) {
                let looks = users.entry(index.cache(cache)).or_default();
                looks.insert(index.service(name));
            }
        });
        for cache in model.caches.values() {
            let id = self.caches.next_id();
            let (mut next, mut homes) = (0, Vec::new());
            for &service in users.get(&id).into_iter().flatten() {
                let (instance, scope, further) = match cache.scope {
                    ModelScope::Global => (0, Scope::Shared, 0),
                    ModelScope::Service => (next, Scope::Shared, 1),
                    ModelScope::Server => {
                        homes.push((next, service));
                        (next, Scope::Server, servers_max[service])
                    }
                };
                let site = Site::Service(service);
                self.store.insert((id, site), (instance, scope));
                next += further;
            }
            self.caches.push((next.max(1), homes));
        }
    }

    /// The same of a cache.
    pub(super) fn of_cache(&self, cache: CacheId, site: Site) -> (u32, Scope) {
        let found = self.store.get(&(cache, site));
        *found.expect("the places of every `cache` were counted")
    }

    /// The first instance that a step uses at a site, and whether each server has its own.
    pub(super) fn of(&self, pool: PoolId, site: Site) -> (u32, Scope) {
        let found = self.first.get(&(pool, site));
        *found.expect("the places of every `hold` were counted")
    }
}
