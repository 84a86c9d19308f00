//! What may run dry because it is held by those who wait for more of it: pools that are held again
//! inside a hold of their own, and services that are called again inside their own work.
//!
//! One idea: the way inwards from one thing, through calls and structured steps, until the thing
//! itself turns up. Circles through several pools are told by `check` only.

use std::collections::BTreeSet;

use super::Model;
use super::step::{Step, StepKind};

/// What is looked for on a way inwards.
#[derive(Clone, Copy, Debug)]
enum Sought<'m> {
    Pool(&'m str),
    Service(&'m str),
}

/// Pools that are awaited while a unit of them is held.
pub fn pools(model: &Model) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let journeys = model.journeys.values().flat_map(|journey| &journey.steps);
    let services = model.services.values();
    let endpoints = services.flat_map(|service| service.endpoints.values());
    for step in journeys.chain(endpoints.flat_map(|endpoint| &endpoint.steps)) {
        step.visit(&mut |step| {
            if let StepKind::Hold { pool, steps, .. } = &step.kind
                && !found.contains(pool)
                && Way::new(model, Sought::Pool(pool)).leads(steps)
            {
                found.insert(pool.clone());
            }
        });
    }
    found
}

/// Services that are called and waited for, through others or at once, by work of their own.
pub fn services(model: &Model) -> BTreeSet<String> {
    let leads = |name: &str| {
        let endpoints = model.services[name].endpoints.values();
        let mut all = endpoints.map(|endpoint| endpoint.steps.as_slice());
        all.any(|steps| Way::new(model, Sought::Service(name)).leads(steps))
    };
    let names = model.services.keys();
    names.filter(|name| leads(name)).cloned().collect()
}

/// A way inwards.
struct Way<'m> {
    model: &'m Model,
    sought: Sought<'m>,
    seen: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Way<'m> {
    fn new(model: &'m Model, sought: Sought<'m>) -> Self {
        Self {
            model,
            sought,
            seen: BTreeSet::new(),
        }
    }

    /// Whether these steps lead to what is sought.
    fn leads(&mut self, steps: &'m [Step]) -> bool {
        let mut found = false;
        let mut asked = Vec::new();
        for step in steps {
            step.visit(&mut |step| match (&step.kind, self.sought) {
                (StepKind::Hold { pool, .. }, Sought::Pool(sought)) => found |= pool == sought,
                (StepKind::Call(call), sought) => {
                    let is_it = matches!(sought, Sought::Service(name) if name == call.service);
                    found |= is_it;
                    asked.push((call.service.as_str(), call.endpoint.as_str()));
                }
                _ => {}
            });
        }
        found || asked.into_iter().any(|asked| self.leads_through(asked))
    }

    fn leads_through(&mut self, (service, endpoint): (&'m str, &'m str)) -> bool {
        if !self.seen.insert((service, endpoint)) {
            return false;
        }
        let service = self.model.services.get(service);
        let body = service.and_then(|service| service.endpoints.get(endpoint));
        body.is_some_and(|body| self.leads(&body.steps))
    }
}
