//! From names to ids: every table in the order of its names.
//!
//! One idea: the order of the tables in a file changes nothing, because ids follow the order of
//! names. Endpoints stand in the order of their services, then of their own names.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::base::table::Id;
use crate::model::Model;
use crate::model::step::{Step, StepKind};
use crate::model::tally::{Tally, tallies};
use crate::observation::{Outcome, TallyId};
use crate::program::{
    BreakerId, CacheId, ClassId, EndpointId, HedgeId, JourneyId, KeysId, LimitId, MarkId, PoolId,
    RetryId, RoomId, ServiceId, StockId, ThrottleId,
};

/// The ids of everything that a model names.
#[derive(Debug)]
pub(super) struct Index {
    journeys: BTreeMap<String, JourneyId>,
    services: BTreeMap<String, ServiceId>,
    endpoints: BTreeMap<(String, String), EndpointId>,
    pools: BTreeMap<String, PoolId>,
    hedges: BTreeMap<String, HedgeId>,
    rooms: BTreeMap<String, RoomId>,
    stocks: BTreeMap<String, StockId>,
    caches: BTreeMap<String, CacheId>,
    classes: BTreeMap<String, ClassId>,
    keys: BTreeMap<String, KeysId>,
    marks: BTreeMap<String, MarkId>,
    /// What mechanisms count beside the usual, in order.
    tallies: Vec<Tally>,
    retries: BTreeMap<String, RetryId>,
    breakers: BTreeMap<String, BreakerId>,
    throttles: BTreeMap<String, ThrottleId>,
    limits: BTreeMap<String, LimitId>,
    /// Words that the model has for outcomes of its own, in order.
    outcomes: Vec<String>,
}

impl Index {
    /// The index of a model.
    pub(super) fn of(model: &Model) -> Index {
        let endpoints = model.services.iter().flat_map(|(service, body)| {
            body.endpoints
                .keys()
                .map(move |endpoint| (service.clone(), endpoint.clone()))
        });
        Index {
            journeys: numbered(model.journeys.keys().cloned()),
            services: numbered(model.services.keys().cloned()),
            endpoints: numbered(endpoints),
            pools: numbered(model.pools.keys().cloned()),
            hedges: numbered(model.hedges.keys().cloned()),
            rooms: numbered(model.rooms.keys().cloned()),
            stocks: numbered(model.stocks.keys().cloned()),
            caches: numbered(model.caches.keys().cloned()),
            classes: numbered(model.classes.keys().cloned()),
            keys: numbered(model.keys.keys().cloned()),
            marks: numbered(marks(model).into_iter()),
            tallies: tallies(model),
            retries: numbered(model.retries.keys().cloned()),
            breakers: numbered(model.breakers.keys().cloned()),
            throttles: numbered(model.throttles.keys().cloned()),
            limits: numbered(model.limits.keys().cloned()),
            outcomes: model.own_outcomes(),
        }
    }

    /// The id of a journey.
    pub(super) fn journey(&self, name: &str) -> JourneyId {
        found(self.journeys.get(name), name)
    }

    /// The id of a service.
    pub(super) fn service(&self, name: &str) -> ServiceId {
        found(self.services.get(name), name)
    }

    /// The id of an endpoint.
    pub(super) fn endpoint(&self, service: &str, endpoint: &str) -> EndpointId {
        found(
            self.endpoints
                .get(&(service.to_owned(), endpoint.to_owned())),
            endpoint,
        )
    }

    /// The id of a pool.
    pub(super) fn pool(&self, name: &str) -> PoolId {
        found(self.pools.get(name), name)
    }

    /// The id of a hedge.
    pub(super) fn hedge(&self, name: &str) -> HedgeId {
        found(self.hedges.get(name), name)
    }

    /// The id of a room.
    pub(super) fn room(&self, name: &str) -> RoomId {
        found(self.rooms.get(name), name)
    }

    /// The id of a stock.
    pub(super) fn stock(&self, name: &str) -> StockId {
        found(self.stocks.get(name), name)
    }

    /// The id of a cache.
    pub(super) fn cache(&self, name: &str) -> CacheId {
        found(self.caches.get(name), name)
    }

    /// The id of a class.
    pub(super) fn class(&self, name: &str) -> ClassId {
        found(self.classes.get(name), name)
    }

    /// The id of a space of keys.
    pub(super) fn keys(&self, name: &str) -> KeysId {
        found(self.keys.get(name), name)
    }

    /// The id of a mark.
    pub(super) fn mark(&self, word: &str) -> MarkId {
        found(self.marks.get(word), word)
    }

    /// The id of what the mechanism at a path counts under a word.
    pub(super) fn tally(&self, of: &str, word: &str) -> TallyId {
        let mut all = self.tallies.iter();
        let found = all.position(|tally| tally.of == of && tally.word == word);
        let found = found.unwrap_or_else(|| panic!("`{of}.{word}` stands among the tallies"));
        TallyId(u32::try_from(found).expect("no model has four billion of anything"))
    }

    /// The same where it may not be counted.
    pub(super) fn counted(&self, of: &str, word: &str) -> Option<TallyId> {
        let mut all = self.tallies.iter();
        let found = all.position(|tally| tally.of == of && tally.word == word)?;
        u32::try_from(found).ok().map(TallyId)
    }

    /// What mechanisms count beside the usual, in the order of their ids.
    pub(super) fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The id of a retry policy.
    pub(super) fn retry(&self, name: &str) -> RetryId {
        found(self.retries.get(name), name)
    }

    /// The id of a circuit breaker.
    pub(super) fn breaker(&self, name: &str) -> BreakerId {
        found(self.breakers.get(name), name)
    }

    /// The id of a throttle.
    pub(super) fn throttle(&self, name: &str) -> ThrottleId {
        found(self.throttles.get(name), name)
    }

    /// The id of a rate limit.
    pub(super) fn limit(&self, name: &str) -> LimitId {
        found(self.limits.get(name), name)
    }

    /// The words of all marks, in order.
    pub(super) fn marks(&self) -> impl Iterator<Item = &String> {
        self.marks.keys()
    }

    /// The words of the model's own outcomes, in order.
    pub(super) fn own_outcomes(&self) -> &[String] {
        &self.outcomes
    }

    /// An outcome by its word.
    pub(super) fn outcome(&self, word: &str) -> Outcome {
        let own = &self.outcomes;
        let found = words::outcomes(own).find(|outcome| outcome.word(own) == word);
        found.expect("the words of outcomes were checked")
    }
}

fn numbered<N: Ord, I: Id>(names: impl Iterator<Item = N>) -> BTreeMap<N, I> {
    names
        .enumerate()
        .map(|(number, name)| (name, I::from_index(number)))
        .collect()
}

fn found<I: Copy>(id: Option<&I>, name: &str) -> I {
    match id {
        Some(id) => *id,
        None => panic!("`{name}` was checked to be in the model"),
    }
}

fn marks(model: &Model) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    each_step(model, &mut |_, step| {
        if let StepKind::Mark(word) = &step.kind {
            words.insert(word.clone());
        }
    });
    words
}

/// Looks at every step of a model in the order of the code: journeys, then services; with the
/// service that runs it, or none for users.
pub(super) fn each_step<'a>(model: &'a Model, look: &mut dyn FnMut(Option<&'a str>, &'a Step)) {
    for journey in model.journeys.values() {
        for step in &journey.steps {
            step.visit(&mut |step| look(None, step));
        }
    }
    for (name, service) in &model.services {
        for endpoint in service.endpoints.values() {
            for step in &endpoint.steps {
                step.visit(&mut |step| look(Some(name), step));
            }
        }
    }
}
