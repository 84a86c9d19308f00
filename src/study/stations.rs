//! Which resource asks which: services that call, pools that are held meanwhile.
//!
//! One idea: services and pools stand in one list, so that "who waits for whom" is one relation.
//! It is read from the model's steps; messages make nobody wait and do not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::step::{Step, StepKind};

/// Services, then pools, each in the order of names, and what each waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stations {
    /// Their names.
    pub(crate) names: Vec<String>,
    /// How many of them are services.
    pub(crate) services: usize,
    /// What each waits for while it is held, directly.
    asks: Vec<BTreeSet<usize>>,
}

impl Stations {
    /// The stations of a model.
    pub(crate) fn of(model: &Model) -> Stations {
        let names: Vec<String> = model
            .services
            .keys()
            .chain(model.pools.keys())
            .cloned()
            .collect();
        let services = model.services.len();
        let mut stations = Stations {
            asks: vec![BTreeSet::new(); names.len()],
            names,
            services,
        };
        let index = Index::of(model);
        for (from, service) in model.services.values().enumerate() {
            for endpoint in service.endpoints.values() {
                stations.read(&index, Some(from), &endpoint.steps);
            }
        }
        for journey in model.journeys.values() {
            stations.read(&index, None, &journey.steps);
        }
        stations
    }

    /// Notes what the steps ask for on behalf of a station and of the pools held in them.
    fn read(&mut self, index: &Index<'_>, from: Option<usize>, steps: &[Step]) {
        for step in steps {
            let mut within = None;
            match &step.kind {
                StepKind::Call(call) => {
                    let asked = index.services.get(call.service.as_str()).copied();
                    self.note(from, asked);
                }
                StepKind::Hold { pool, .. } => {
                    let asked = index.pools.get(pool.as_str()).copied();
                    self.note(from, asked);
                    within = asked;
                }
                _ => {}
            }
            for list in step.lists() {
                self.read(index, from, list);
                if within.is_some() {
                    self.read(index, within, list);
                }
            }
        }
    }

    fn note(&mut self, from: Option<usize>, asked: Option<usize>) {
        if let (Some(from), Some(asked)) = (from, asked)
            && from != asked
        {
            self.asks[from].insert(asked);
        }
    }

    /// What a station waits for while it is held, directly.
    pub(crate) fn asks(&self, station: usize) -> impl Iterator<Item = usize> + '_ {
        self.asks[station].iter().copied()
    }

    /// Everyone who waits for a station, directly or through others.
    pub(crate) fn waiting_for(&self, station: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut look = vec![station];
        while let Some(asked) = look.pop() {
            for from in 0..self.names.len() {
                if self.asks[from].contains(&asked) && from != station && found.insert(from) {
                    look.push(from);
                }
            }
        }
        found
    }
}

struct Index<'a> {
    services: BTreeMap<&'a str, usize>,
    pools: BTreeMap<&'a str, usize>,
}

impl<'a> Index<'a> {
    fn of(model: &'a Model) -> Index<'a> {
        let services = model.services.keys().enumerate();
        let pools = model.pools.keys().enumerate();
        Index {
            services: services.map(|(i, name)| (name.as_str(), i)).collect(),
            pools: pools
                .map(|(i, name)| (name.as_str(), model.services.len() + i))
                .collect(),
        }
    }
}
