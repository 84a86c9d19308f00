//! What a name that stands for nothing may have meant: everything there is to choose from.

use std::collections::BTreeSet;

use super::Names;
use super::aspect::{MESSAGE, REQUEST, words};

impl Names {
    /// What figures are about, in order: named calls, endpoints, services, pools, rooms.
    pub(in crate::model::metric) fn things(&self) -> Vec<String> {
        let mut all: Vec<String> = self.steps.iter().map(|(_, name)| name.clone()).collect();
        for (service, endpoints) in &self.services {
            all.extend(
                endpoints
                    .iter()
                    .map(|endpoint| format!("{service}.{endpoint}")),
            );
        }
        all.extend(self.services.keys().cloned());
        all.extend(self.pools.iter().chain(&self.rooms).cloned());
        all
    }

    /// The services that have an endpoint of this name.
    pub(in crate::model::metric) fn services_with(&self, endpoint: &str) -> Vec<&str> {
        let all = self.services.iter();
        let having = all.filter(|(_, endpoints)| endpoints.iter().any(|known| known == endpoint));
        having.map(|(service, _)| service.as_str()).collect()
    }

    /// What can be asked of a thing, by its short or its full name.
    pub(in crate::model::metric) fn aspects_of(&self, thing: &str) -> Vec<&'static str> {
        let last = thing.rsplit('.').next().unwrap_or(thing);
        let is_endpoint = thing.contains('.') && !self.services_with(last).is_empty();
        match self.aspects(last) {
            _ if is_endpoint => words(&REQUEST).into_iter().chain(words(&MESSAGE)).collect(),
            Some((_, known)) => known,
            None => Vec::new(),
        }
    }

    /// Everything that a name can begin with.
    pub(in crate::model::metric) fn all(&self) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = self.steps.iter().map(|(_, name)| name.clone()).collect();
        all.extend(self.journeys.keys().cloned());
        all.extend(self.journeys.values().flatten().cloned());
        all.extend(self.services.keys().cloned());
        for set in [&self.pools, &self.rooms, &self.stocks, &self.marks] {
            all.extend(set.iter().cloned());
        }
        all.extend(["users", "arrived", "orbit", "recovery"].map(str::to_owned));
        all
    }
}
