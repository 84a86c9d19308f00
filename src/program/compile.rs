//! From a model to its program: the only place that knows both.
//!
//! One idea: names become numbers in the order of names, structure apart from the numbers that an
//! action may change. It cannot fail, because only a [`Checked`] model gets here, and it does not
//! know how a program is executed.

mod clock;
mod code;
mod deeds;
mod eras;
mod faults;
mod figures;
mod gauges;
mod index;
mod keepers;
mod naming;
mod places;
mod probes;
mod reckon;
mod services;
mod sources;
mod steps;
mod words;

use std::collections::BTreeMap;

use self::code::Structure;
use self::deeds::Deeds;
use self::figures::Figures;
use self::index::Index;
use self::places::Places;
use self::probes::Probes;
use super::source::long_run;
use super::{
    Cache, CacheId, Form, NOT_COUNTED, Origin, Program, Room, RoomId, RoomSettings, ServiceId,
    Settings,
};
use crate::base::table::{Id, Table};
use crate::base::time::Time;
use crate::model::metric::Metric;
use crate::model::tally::{CACHE_COUNTED, LATE_FAILED, STALE_COUNTED};
use crate::model::{Checked, Model};
use crate::observation::{Layout, TallyId};
use crate::random::key::Owner;
use crate::random::popularity::KeyDraw;
pub use reckon::{Reckoner, State};

/// What a study wants to know of a program beyond the model's own objectives.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Further metrics.
    pub metrics: Vec<Metric>,
    /// Where the measured period begins, when a warm-up was found by looking.
    pub cut: Option<Time>,
    /// The most servers that other programs of the study ever ask for, by service: with room for as
    /// many, programs that part midway are the same before.
    pub servers: BTreeMap<String, u32>,
}

/// The program of a model.
///
/// # Panics
/// When an action by the clock changes more than numbers, which a check of the model refuses.
pub fn compile(model: &Checked, asked: &Asked) -> Program {
    let origin = Origin::new(model, asked);
    let eras = eras::eras(model);
    let model = &eras[0].model;
    let index = Index::of(model);
    let servers_max = eras::servers_max(&eras, &asked.servers);
    let places = Places::of_model(model, &index, &servers_max);
    let structure = code::code(model, &index, &places).structure;
    let all = eras::settings(&eras, &index, &places, &structure);
    let versions = eras::versions(model, &index, &places, &structure);
    let faults = faults::faults(model, &index, &structure);
    let clock = clock::clock(model, asked.cut);
    let mut names = naming::names(model, &index, &structure);
    names.faults = faults.iter().map(|(name, _)| name.clone()).collect();
    let layout = layout(model, &structure, &names);
    let figures = Figures {
        index: &index,
        structure: &structure,
        layout,
        steady: clock.tail.is_some(),
    };
    let deeds = Deeds::of(model, &index, &figures.while_running(), &names.faults);
    let perhaps = deeds::reached(model);
    let reached = eras::settings(&perhaps, &index, &places, &structure);
    let probes = Probes::of(model, (&asked.metrics, &clock), &figures);
    names.probes = probes.names;
    names.judges = probes.judges;
    names.headline = probes.headline;
    names.observed = probes.observed;
    let actions = eras::actions(&eras, &all, &deeds);
    let by_clock = sources::sources(&eras, &index, &clock);
    let of_model = sources::sources(&eras[..1], &index, &clock);
    let known: Vec<&Settings> = all.iter().chain(&versions).collect();
    let services = services::services(
        model,
        (&index, &servers_max),
        (&known, &reached),
        (&deeds, &structure.checks),
    );
    let pools = places.pools.clone();
    let keepers = keepers::keepers(eras.iter().chain(&perhaps), &index, &servers_max);
    let hedges = model.hedges.keys();
    let hedges = hedges.map(|name| words::hedge(name, &index)).collect();
    let caches = caches(model, &index, &places, &structure);
    let late_failed = late_failed(model, &index);
    let rooms = rooms(model, &all);
    let reactions = deeds.reactions(model, (index, places, structure.clone()), clock);
    let pours = reactions
        .reckoner
        .as_ref()
        .is_some_and(|reckoner| reckoner.pours());
    Program {
        clock,
        sources: if pours { of_model } else { by_clock },
        services,
        caches,
        late_failed,
        lookups: structure.lookups,
        backs: structure.backs,
        pools,
        keepers,
        hedges,
        rooms,
        stocks: model.stocks.values().map(|stock| stock.units).collect(),
        classes: model.classes.values().map(words::class).collect(),
        keys: model.keys.values().map(words::keys).collect(),
        marks: layout.marks,
        actions,
        versions: versions.iter().map(|one| all[0].patch_to(one)).collect(),
        reactions,
        settings: all.into_iter().next().expect("there is a first era"),
        faults: faults.into_iter().map(|(_, fault)| fault).collect(),
        probes: probes.probes,
        layout,
        names,
        code: structure.code,
        journeys: structure.journeys.into(),
        endpoints: structure.endpoints.into(),
        calls: structure.calls,
        work: structure.work,
        holds: structure.holds,
        enters: structure.enters,
        chooses: structure.chooses,
        repeats: structure.repeats,
        parallels: structure.parallels,
        takes: structure.takes,
        origin,
    }
}

/// The caches with their instances.
fn caches(
    model: &Model,
    index: &Index,
    places: &Places,
    structure: &Structure,
) -> Table<CacheId, Cache> {
    let mut caches = Table::new();
    for ((id, (instances, homes)), (name, cache)) in places.caches.iter().zip(&model.caches) {
        let mut lookups = structure.lookups.values();
        caches.push(Cache {
            owner: Owner::named(&format!("cache {name}")),
            keys: cache.keys.as_ref().map(|name| index.keys(name)),
            own: match cache.keys {
                Some(_) => None,
                None => Some(KeyDraw::new(cache.count, cache.popularity)),
            },
            instances: *instances,
            homes: homes.clone(),
            starts_warm: cache.starts_warm,
            shares: lookups.any(|step| step.cache == id && step.single_flight),
            counts: {
                let of = format!("cache.{name}");
                let [a, b, c, d, e, f] = CACHE_COUNTED.map(|word| index.tally(&of, word));
                let stale = STALE_COUNTED.map(|word| index.counted(&of, word));
                // What only an action adds has no count.
                let [g, h] = stale.map(|tally| tally.unwrap_or(NOT_COUNTED));
                [a, b, c, d, e, f, g, h]
            },
        });
    }
    caches
}

/// By service, what counts attempts that fail after they have answered, where any can.
fn late_failed(model: &Model, index: &Index) -> Table<ServiceId, Option<TallyId>> {
    let names = model.services.keys();
    let tally = |name: &String| {
        let of = format!("service.{name}");
        let known = index.tallies().iter();
        let mut late = known.filter(|tally| tally.of == of && tally.word == LATE_FAILED);
        late.next().map(|tally| index.tally(&tally.of, LATE_FAILED))
    };
    names.map(tally).collect()
}

/// The rooms, whose numbers are these, one set after the other.
fn rooms(model: &Model, all: &[Settings]) -> Table<RoomId, Room> {
    let limited = |id: RoomId| {
        let is_limited = |room: &RoomSettings| room.active.is_some() || room.queue_limit.is_some();
        all.iter().any(|settings| is_limited(&settings.rooms[id]))
    };
    let room = |(number, name): (usize, &String)| Room {
        owner: Owner::named(&format!("room {name}")),
        limited: limited(RoomId::from_index(number)),
    };
    model.rooms.keys().enumerate().map(room).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).expect("no model has four billion of anything")
}

fn layout(model: &Model, structure: &Structure, names: &super::Names) -> Layout {
    Layout {
        journeys: count(model.journeys.len()),
        calls: count(structure.calls.len()),
        services: count(model.services.len()),
        endpoints: count(structure.endpoints.len()),
        pools: count(model.pools.len()),
        rooms: count(model.rooms.len()),
        stocks: count(model.stocks.len()),
        marks: count(names.marks.len()),
        tallies: count(names.tallies.len()),
        own_outcomes: u8::try_from(names.own_outcomes.len())
            .expect("the number of outcomes was checked"),
    }
}

/// How many users the sources are expected to send before the horizon; a closed population counts
/// once.
pub fn expected_users(program: &Program) -> f64 {
    let horizon = program.clock.horizon;
    let before = |at: &&Time| **at < horizon;
    let users = |form: &Form| match form {
        Form::Stream { pieces, .. } => {
            let pieces = pieces.iter().filter(|piece| piece.from < horizon);
            pieces.map(super::Piece::users).sum()
        }
        Form::Switching { stays, rates, .. } => {
            let rates = rates.first().map_or(&[][..], |(_, rates)| rates);
            long_run(stays, rates) * (horizon - Time::ZERO).as_secs_f64()
        }
        Form::Crowd { users, .. } | Form::Population { users } => *users as f64,
        Form::Burst { users, at, .. } => *users as f64 * at.iter().filter(before).count() as f64,
        Form::Times(at) => at.iter().filter(before).count() as f64,
    };
    program
        .sources
        .iter()
        .map(|(_, source)| users(&source.form))
        .sum()
}

#[cfg(test)]
mod tests;
