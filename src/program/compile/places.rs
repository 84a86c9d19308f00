//! How many instances each pool has, and which of them a step uses.
//!
//! One idea: a pool of scope `service` or `server` is a pool of its own for each place that holds
//! it; the users are a place like a service, with one server.

use std::collections::{BTreeMap, BTreeSet};

use super::index::{Index, USERS, each_step};
use crate::base::table::Table;
use crate::model::Model;
use crate::model::pool::PoolScope;
use crate::model::step::StepKind;
use crate::program::{Pool, PoolId, Scope, ServiceId, Station};
use crate::random::key::Owner;

/// The instances of all pools.
#[derive(Debug)]
pub(super) struct Places {
    /// Pools with their instances.
    pub(super) pools: Table<PoolId, Pool>,
    first: BTreeMap<(PoolId, Station), (u32, Scope)>,
}

impl Places {
    /// The instances that a model needs with so many servers at most.
    pub(super) fn of_model(
        model: &Model,
        index: &Index,
        servers_max: &Table<ServiceId, u32>,
    ) -> Places {
        let mut users: BTreeMap<PoolId, BTreeSet<Station>> = BTreeMap::new();
        each_step(model, &mut |service, step| {
            if let StepKind::Hold { pool, .. } = &step.kind {
                let station = service.map_or(USERS, |service| index.station(service));
                users.entry(index.pool(pool)).or_default().insert(station);
            }
        });
        let mut places = Places {
            pools: Table::new(),
            first: BTreeMap::new(),
        };
        let mut next = 0;
        for (name, pool) in &model.pools {
            let id = places.pools.next_id();
            let (first, mut homes) = (next, Vec::new());
            for station in users.get(&id).into_iter().flatten() {
                let (instance, scope, further) = match pool.scope {
                    PoolScope::Global => (first, Scope::Shared, 0),
                    PoolScope::Service => (next, Scope::Shared, 1),
                    PoolScope::Server if *station == USERS => (next, Scope::Shared, 1),
                    PoolScope::Server => (next, Scope::Server, servers_max[ServiceId(station - 1)]),
                };
                if scope == Scope::Server {
                    homes.push((next - first, ServiceId(station - 1)));
                }
                places.first.insert((id, *station), (instance, scope));
                next += further;
            }
            // A global pool is there once, and a pool that nobody holds too.
            next = next.max(first + 1);
            let owner = Owner::named(&format!("pool {name}"));
            places.pools.push(Pool {
                first,
                instances: next - first,
                homes,
                owner,
            });
        }
        places
    }

    /// The first instance that a step of a station uses, and whether each server has its own.
    pub(super) fn of(&self, pool: PoolId, station: Station) -> (u32, Scope) {
        let found = self.first.get(&(pool, station));
        *found.expect("the places of every `hold` were counted")
    }
}
