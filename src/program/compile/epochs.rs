//! What is in force when: the model, and what it is after each action by the clock.
//!
//! One idea: an action changes the model itself, so that every model after an action is compiled
//! like the first; only its numbers may differ.

use super::code::Coded;
use super::words;
use crate::base::table::Table;
use crate::base::time::Time;
use crate::model::Model;
use crate::program::{ServiceId, Settings};

/// A model and when it begins to hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Era<'m> {
    /// When.
    pub(super) at: Time,
    /// By which action; empty for the first.
    pub(super) name: &'m str,
    /// What.
    pub(super) model: &'m Model,
}

/// The most instances of each service in any era.
pub(super) fn servers_max(eras: &[Era<'_>]) -> Table<ServiceId, u32> {
    let names = eras[0].model.services.keys();
    let most = |name: &String| {
        let servers = eras.iter().filter_map(|era| era.model.services.get(name));
        servers.map(|service| service.servers).max().unwrap_or(0)
    };
    names.map(most).collect()
}

/// The numbers of a model.
pub(super) fn settings(model: &Model, coded: Coded) -> Settings {
    Settings {
        work: coded.demands,
        calls: coded.callers,
        holds: coded.hold_timeouts,
        choices: coded.choices,
        services: model.services.values().map(words::service).collect(),
        pools: model.pools.values().map(words::pool).collect(),
        rooms: model.rooms.values().map(words::room).collect(),
        journeys: model.journeys.values().map(words::people).collect(),
    }
}
