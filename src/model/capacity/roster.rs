//! Every resource and journey of a model by number.
//!
//! One idea: names are looked up while steps are read, and never while windows of time are gone
//! through. Numbers stand in the order of what they name, so the first of two that are equal is the
//! first by name. Actions change no names, so one roster holds for all of the time.

use super::ResourceKind;
use crate::base::table::{Id, Table, id};
use crate::model::Model;

id! {
    /// A resource of the model.
    pub(super) struct ResourceId;
    /// A journey of the model.
    pub(super) struct JourneyId;
}

/// The names of a model in order.
pub(super) struct Roster<'m> {
    services: Vec<&'m str>,
    pools: Vec<&'m str>,
    journeys: Vec<&'m str>,
}

impl<'m> Roster<'m> {
    /// The names of a model.
    pub(super) fn of(model: &'m Model) -> Roster<'m> {
        Roster {
            services: model.services.keys().map(String::as_str).collect(),
            pools: model.pools.keys().map(String::as_str).collect(),
            journeys: model.journeys.keys().map(String::as_str).collect(),
        }
    }

    /// How many resources there are.
    pub(super) fn resources(&self) -> usize {
        2 * self.services.len() + self.pools.len()
    }

    /// All journeys, with `filler` for each.
    pub(super) fn journeys<T: Clone>(&self, filler: T) -> Table<JourneyId, T> {
        Table::filled(self.journeys.len(), filler)
    }

    /// The journey of a name.
    pub(super) fn journey(&self, name: &str) -> Option<JourneyId> {
        position(&self.journeys, name).map(JourneyId::from_index)
    }

    /// The cores of a service.
    pub(super) fn cores(&self, service: &str) -> Option<ResourceId> {
        position(&self.services, service).map(ResourceId::from_index)
    }

    /// The workers of a service.
    pub(super) fn workers(&self, service: &str) -> Option<ResourceId> {
        let found = position(&self.services, service)?;
        Some(ResourceId::from_index(self.services.len() + found))
    }

    /// The units of a pool.
    pub(super) fn pool(&self, name: &str) -> Option<ResourceId> {
        let found = position(&self.pools, name)?;
        Some(ResourceId::from_index(2 * self.services.len() + found))
    }

    /// What stands behind a number.
    pub(super) fn kind(&self, id: ResourceId) -> ResourceKind {
        let (index, services) = (id.index(), self.services.len());
        match index / services.max(1) {
            0 if services > 0 => ResourceKind::Cores(self.services[index].to_owned()),
            1 if services > 0 => ResourceKind::Workers(self.services[index - services].to_owned()),
            _ => ResourceKind::Pool(self.pools[index - 2 * services].to_owned()),
        }
    }
}

/// Where a name stands in a list of names in order.
fn position(names: &[&str], name: &str) -> Option<usize> {
    names.binary_search(&name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::Files;
    use crate::model::read;
    use crate::text::Source;

    #[test]
    fn numbers_stand_in_the_order_of_what_they_name() {
        let text = "[service.b]\n[service.a]\n[pool.p]\nsize = 1\n[journey.j]\nsteps = []";
        let (model, _) = read(Source::new("model.toml", text), Files::new());
        let roster = Roster::of(&model);
        let ids = (0..roster.resources()).map(ResourceId::from_index);
        let kinds: Vec<ResourceKind> = ids.map(|id| roster.kind(id)).collect();
        assert!(kinds.is_sorted());
        assert_eq!(kinds.len(), 5);
        let known = [
            (roster.cores("b"), ResourceKind::Cores("b".to_owned())),
            (roster.workers("a"), ResourceKind::Workers("a".to_owned())),
            (roster.pool("p"), ResourceKind::Pool("p".to_owned())),
        ];
        for (id, kind) in known {
            assert_eq!(id.map(|id| roster.kind(id)), Some(kind));
        }
        assert_eq!(roster.journey("j"), Some(JourneyId(0)));
        assert_eq!((roster.pool("a"), roster.cores("p")), (None, None));
    }
}
