//! What is in force when: the model, and what it is after each action by the clock.
//!
//! One idea: an action changes the model itself, so that every model after an action is compiled
//! like the first; only its numbers may differ.

use std::collections::BTreeMap;

use super::code::{Coded, Structure, code};
use super::deeds::Deeds;
use super::index::Index;
use super::places::Places;
use super::words;
use crate::base::table::Table;
use crate::base::time::Time;
use crate::model::action;
use crate::model::fault::{Fault, FaultKind};
use crate::model::{Checked, Model};
use crate::program::{Action, Patch, ServiceId, Settings};

/// A model and when it begins to hold.
#[derive(Debug)]
pub(super) struct Era {
    /// When.
    pub(super) at: Time,
    /// By which action; empty for the first.
    pub(super) name: String,
    /// What.
    pub(super) model: Model,
}

/// What is in force one after the other: the model, then what it is after each action by the
/// clock, in the order of effect and name.
pub(super) fn eras(model: &Checked) -> Vec<Era> {
    let mut actions: Vec<(&String, &action::Action)> = model.actions.iter().collect();
    // Stable: actions that take effect together stay in the order of names.
    actions.sort_by_key(|(_, action)| action.effect());
    let begin = Era {
        at: model.begins(),
        name: String::new(),
        model: Model::clone(model),
    };
    let mut eras = vec![begin];
    let check = |model: &Model, name: &str| {
        let sound = model.is_sound();
        assert!(sound, "the effect of the action `{name}` was checked");
    };
    // What changes again and again need not hold all the actions that do it.
    let mut now = model.without_actions();
    for (name, action) in actions {
        now = now.after(action).0;
        check(&now, name);
        if action.effect() < model.begins() {
            eras[0].model = eras[0].model.after(action).0;
            check(&eras[0].model, name);
        } else {
            eras.push(Era {
                at: action.effect(),
                name: name.clone(),
                model: now.clone(),
            });
        }
    }
    eras
}

/// The most instances of each service in any era, or of what others ask for.
pub(super) fn servers_max(eras: &[Era], others: &BTreeMap<String, u32>) -> Table<ServiceId, u32> {
    let names = eras[0].model.services.keys();
    let at_any_time = eras[0].model.most_servers();
    let most = |name: &String| {
        let servers = eras.iter().filter_map(|era| era.model.services.get(name));
        let servers = servers.map(|service| service.servers);
        let most = servers.chain(others.get(name).copied()).max().unwrap_or(0);
        most.max(at_any_time.get(name).copied().unwrap_or(0))
    };
    names.map(most).collect()
}

/// The numbers of every era.
///
/// # Panics
/// Where an action changes more than numbers, which a check of the model refuses.
pub(super) fn settings(
    eras: &[Era],
    index: &Index,
    places: &Places,
    structure: &Structure,
) -> Vec<Settings> {
    let numbers = |era: &Era| {
        let coded = code(&era.model, index, places);
        let same = coded.structure == *structure;
        let name = &era.name;
        assert!(
            same,
            "the action `{name}` was checked to change numbers only"
        );
        numbers(&era.model, index, coded)
    };
    eras.iter().map(numbers).collect()
}

/// The numbers that servers have which a deploy has reached, in the order of the names of faults.
///
/// # Panics
/// Where a deploy changes more than numbers, which a check of the model refuses.
pub(super) fn versions(
    model: &Model,
    index: &Index,
    places: &Places,
    structure: &Structure,
) -> Vec<Settings> {
    let deployed = |fault: &Fault| match &fault.kind {
        FaultKind::Deploy { set, .. } => Some(model.deployed(set)),
        _ => None,
    };
    let numbers = |model: Model| {
        let coded = code(&model, index, places);
        let same = coded.structure == *structure;
        assert!(same, "a deploy was checked to change numbers only");
        numbers(&model, index, coded)
    };
    let all = model.faults.values().filter_map(deployed);
    all.map(numbers).collect()
}

/// What each action changes of the numbers before it.
pub(super) fn actions(eras: &[Era], all: &[Settings], deeds: &Deeds) -> Vec<Action> {
    let changes = all.windows(2).map(|pair| pair[0].patch_to(&pair[1]));
    let action = |(era, patch): (&Era, Patch)| Action {
        at: era.at,
        name: era.name.clone(),
        patch,
        does: deeds.of_clock(&era.name),
    };
    eras[1..].iter().zip(changes).map(action).collect()
}

/// The numbers of a model.
pub(super) fn numbers(model: &Model, index: &Index, coded: Coded) -> Settings {
    let own = index.own_outcomes();
    let people = |journey| words::people(journey, own);
    Settings {
        work: coded.demands,
        calls: coded.callers,
        holds: coded.hold_timeouts,
        takes: coded.reservations,
        choices: coded.choices,
        services: model.services.values().map(words::service).collect(),
        endpoints: {
            let services = model.services.values();
            let endpoints = services.flat_map(|service| service.endpoints.values());
            endpoints.map(words::endpoint).collect()
        },
        pools: model.pools.values().map(words::pool).collect(),
        hedges: model.hedges.values().map(words::hedge_settings).collect(),
        caches: model.caches.values().map(words::cache).collect(),
        rooms: model.rooms.values().map(words::room).collect(),
        journeys: model.journeys.values().map(people).collect(),
        budgets: model
            .retries
            .values()
            .map(|one| one.budget.clone())
            .collect(),
        breakers: model.breakers.values().map(words::breaker).collect(),
        throttles: model.throttles.values().map(words::throttle).collect(),
        limits: model.limits.values().map(words::limit).collect(),
        scalers: model.autoscalers.values().map(words::scaler).collect(),
    }
}
