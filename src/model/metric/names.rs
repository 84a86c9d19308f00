//! Names of quantities: what `login.time` or `service.shop.queue` stands for in a given model.
//!
//! A name may be short (`login.time`) as long as it fits one thing only. Every reading that makes
//! sense is looked at; none is an error with the nearest spelling, two are an error naming both.

mod aspect;
mod near;

use std::collections::{BTreeMap, BTreeSet};

use self::aspect::{
    MESSAGE, POOL, RECOVERY, REQUEST, ROOM, SERVICE, STOCK, VISIT, aspect, word, words,
};
use super::quantity::{OutcomeOf, Quantity, RequestsOf, StepOwner, VisitAspect};
use crate::model::Model;
use crate::model::step::{Step, StepKind};
use crate::model::tally::{Tally, tallies};
use crate::text::nearest::closest;

/// Everything that a metric can name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Named `call` steps.
    steps: Vec<(StepOwner, String)>,
    /// Named steps that are no calls, with what they are, for messages.
    others: BTreeSet<String>,
    /// Outcomes by journey.
    journeys: BTreeMap<String, Vec<String>>,
    /// Endpoints by service.
    services: BTreeMap<String, Vec<String>>,
    /// `service.endpoint` that messages are sent to.
    sent: BTreeSet<String>,
    pools: BTreeSet<String>,
    rooms: BTreeSet<String>,
    stocks: BTreeSet<String>,
    marks: BTreeSet<String>,
    tallies: Vec<Tally>,
}

/// Why a name stands for nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// Nothing is called so; what is nearest among that with which names begin.
    Unknown(Vec<String>),
    /// The thing exists, but has no such aspect; the aspects it has.
    NoAspect {
        /// The thing, as `the service `shop``.
        thing: String,
        /// What was asked of it.
        aspect: String,
        /// What can be asked.
        known: Vec<&'static str>,
    },
    /// It fits several things, in full spelling.
    Ambiguous(Vec<String>),
}

/// Names that an error lists at most.
const LISTED: usize = 8;

impl Names {
    /// The names of a model.
    pub(crate) fn of(model: &Model) -> Names {
        let mut names = Names {
            pools: model.pools.keys().cloned().collect(),
            rooms: model.rooms.keys().cloned().collect(),
            stocks: model.stocks.keys().cloned().collect(),
            tallies: tallies(model),
            ..Names::default()
        };
        for (name, journey) in &model.journeys {
            names.journeys.insert(name.clone(), journey.outcomes());
            names.collect(&journey.steps, &StepOwner::Journey(name.clone()));
        }
        for (name, service) in &model.services {
            names
                .services
                .insert(name.clone(), service.endpoints.keys().cloned().collect());
            for (endpoint, body) in &service.endpoints {
                let (service, endpoint) = (name.clone(), endpoint.clone());
                names.collect(&body.steps, &StepOwner::Endpoint { service, endpoint });
            }
        }
        names
    }

    fn collect(&mut self, steps: &[Step], owner: &StepOwner) {
        for step in steps {
            step.visit(&mut |step| {
                match (&step.kind, &step.name) {
                    (StepKind::Call(_), Some(name)) => {
                        self.steps.push((owner.clone(), name.clone()));
                    }
                    (_, Some(name)) => {
                        self.others.insert(name.clone());
                    }
                    _ => {}
                }
                match &step.kind {
                    StepKind::Mark(word) => {
                        self.marks.insert(word.clone());
                    }
                    StepKind::Send { service, endpoint } => {
                        self.sent.insert(format!("{service}.{endpoint}"));
                    }
                    _ => {}
                }
            });
        }
    }

    /// What a name stands for.
    pub(crate) fn resolve(&self, name: &str) -> Result<Quantity, Unresolved> {
        let mut found = self.readings(name);
        match found.len() {
            0 => Err(self.unresolved(name)),
            1 => Ok(found.swap_remove(0)),
            _ => Err(Unresolved::Ambiguous(
                found.iter().map(|of| self.full(of)).collect(),
            )),
        }
    }

    /// The shortest spelling that stands for this quantity alone.
    pub(crate) fn canonical(&self, quantity: &Quantity) -> String {
        if let Quantity::Outcomes(outcomes) = quantity {
            let spelled = |of: &OutcomeOf| match &of.journey {
                Some(journey) => format!("{journey}.{}", of.outcome),
                None => of.outcome.clone(),
            };
            return outcomes
                .iter()
                .map(spelled)
                .collect::<Vec<_>>()
                .join(" or ");
        }
        let spellings = self.spellings(quantity);
        let alone =
            |name: &&String| matches!(self.readings(name).as_slice(), [one] if one == quantity);
        let shortest = spellings.iter().find(alone).or(spellings.last());
        shortest.cloned().unwrap_or_default()
    }

    fn full(&self, quantity: &Quantity) -> String {
        match quantity {
            Quantity::Outcomes(outcomes) if outcomes.len() == 1 => match &outcomes[0].journey {
                Some(journey) => format!("journey.{journey}.{}", outcomes[0].outcome),
                None => format!("users.{}", outcomes[0].outcome),
            },
            _ => self.spellings(quantity).pop().unwrap_or_default(),
        }
    }

    /// Spellings from the shortest to the full one.
    fn spellings(&self, quantity: &Quantity) -> Vec<String> {
        let dotted = |name: String, aspect: &str| match aspect {
            "" => name,
            aspect => format!("{name}.{aspect}"),
        };
        let thing = |kind: &str, name: &str, aspect: &str| {
            vec![
                dotted(name.to_owned(), aspect),
                dotted(format!("{kind}.{name}"), aspect),
            ]
        };
        match quantity {
            Quantity::Outcomes(_) => Vec::new(),
            Quantity::Visits {
                journey: None,
                aspect: VisitAspect::Arrived,
            } => {
                vec!["arrived".to_owned(), "users.arrived".to_owned()]
            }
            Quantity::Visits {
                journey: None,
                aspect,
            } => {
                vec![format!("users.{}", word(&VISIT, *aspect))]
            }
            Quantity::Visits {
                journey: Some(journey),
                aspect,
            } => thing("journey", journey, word(&VISIT, *aspect)),
            Quantity::Requests { of, aspect } => {
                let names = request_names(of);
                names
                    .into_iter()
                    .map(|name| dotted(name, word(&REQUEST, *aspect)))
                    .collect()
            }
            Quantity::Messages {
                service,
                endpoint,
                aspect,
            } => {
                let of = RequestsOf::Endpoint {
                    service: service.clone(),
                    endpoint: endpoint.clone(),
                };
                let names = request_names(&of);
                names
                    .into_iter()
                    .map(|name| dotted(name, word(&MESSAGE, *aspect)))
                    .collect()
            }
            Quantity::Service { service, aspect } => {
                thing("service", service, word(&SERVICE, *aspect))
            }
            Quantity::Pool { pool, aspect } => thing("pool", pool, word(&POOL, *aspect)),
            Quantity::Room { room, aspect } => thing("room", room, word(&ROOM, *aspect)),
            Quantity::Stock { stock, aspect } => thing("stock", stock, word(&STOCK, *aspect)),
            Quantity::Tally(tally) => vec![format!("{}.{}", tally.of, tally.word)],
            Quantity::Mark(mark) => thing("mark", mark, ""),
            Quantity::Orbit => vec!["orbit".to_owned()],
            Quantity::OrbitWaiting => vec!["orbit.waiting".to_owned()],
            Quantity::Recovery(aspect) => vec![format!("recovery.{}", word(&RECOVERY, *aspect))],
        }
    }

    /// Every reading of a name that makes sense.
    fn readings(&self, name: &str) -> Vec<Quantity> {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let mut found = self.people(first, rest);
        for (owner, step) in self.steps.iter().filter(|(_, step)| step == first) {
            found.extend(self.request(
                RequestsOf::Step {
                    owner: owner.clone(),
                    name: step.clone(),
                },
                rest,
            ));
        }
        found.extend(self.service(first, rest));
        found.extend(self.thing(first, rest, None));
        found.extend(self.tally(name).cloned().map(Quantity::Tally));
        let (second, third) = rest.split_once('.').unwrap_or((rest, ""));
        match first {
            // In full spelling the thing's own figure comes before its parts of the same name.
            "service" => found.extend(self.service(second, third).into_iter().take(1)),
            "journey" => found.extend(self.journey(second, third).into_iter().take(1)),
            "pool" | "room" | "stock" | "mark" => {
                found.extend(self.thing(second, third, Some(first)));
            }
            "orbit" if rest.is_empty() => found.push(Quantity::Orbit),
            "orbit" if rest == "waiting" => found.push(Quantity::OrbitWaiting),
            "recovery" => found.extend(aspect(&RECOVERY, rest).map(Quantity::Recovery)),
            _ => {}
        }
        found.dedup();
        found
    }

    /// Users, journeys and outcomes.
    fn people(&self, first: &str, rest: &str) -> Vec<Quantity> {
        let mut found = Vec::new();
        let outcome = |word: &str| self.journeys.values().flatten().any(|known| known == word);
        let all = |word: &str| {
            Quantity::Outcomes(vec![OutcomeOf {
                journey: None,
                outcome: word.to_owned(),
            }])
        };
        if rest.is_empty() && outcome(first) {
            found.push(all(first));
        }
        if rest.is_empty() && first == "arrived" {
            found.push(Quantity::Visits {
                journey: None,
                aspect: VisitAspect::Arrived,
            });
        }
        if first == "users" {
            let visits = aspect(&VISIT, rest);
            found.extend(visits.map(|aspect| Quantity::Visits {
                journey: None,
                aspect,
            }));
            if outcome(rest) {
                found.push(all(rest));
            }
        }
        found.extend(self.journey(first, rest));
        found
    }

    fn journey(&self, name: &str, rest: &str) -> Vec<Quantity> {
        let Some(outcomes) = self.journeys.get(name) else {
            return Vec::new();
        };
        let journey = Some(name.to_owned());
        let mut found = Vec::new();
        if let Some(aspect) = aspect(&VISIT, rest) {
            found.push(Quantity::Visits {
                journey: journey.clone(),
                aspect,
            });
        }
        if outcomes.iter().any(|outcome| outcome == rest) {
            found.push(Quantity::Outcomes(vec![OutcomeOf {
                journey,
                outcome: rest.to_owned(),
            }]));
        }
        let owner = StepOwner::Journey(name.to_owned());
        found.extend(self.step_of(&owner, rest));
        found
    }

    /// `step.aspect` among the steps of one owner.
    fn step_of(&self, owner: &StepOwner, rest: &str) -> Vec<Quantity> {
        let rest = rest.strip_prefix("steps.").unwrap_or(rest);
        let (step, rest) = rest.split_once('.').unwrap_or((rest, ""));
        let exists = self
            .steps
            .iter()
            .any(|(known, name)| known == owner && name == step);
        let of = RequestsOf::Step {
            owner: owner.clone(),
            name: step.to_owned(),
        };
        if exists {
            self.request(of, rest)
        } else {
            Vec::new()
        }
    }

    fn request(&self, of: RequestsOf, rest: &str) -> Vec<Quantity> {
        let aspect = aspect(&REQUEST, rest);
        aspect
            .map(|aspect| Quantity::Requests { of, aspect })
            .into_iter()
            .collect()
    }

    fn service(&self, name: &str, rest: &str) -> Vec<Quantity> {
        let Some(endpoints) = self.services.get(name) else {
            return Vec::new();
        };
        let service = name.to_owned();
        let mut found = Vec::new();
        if let Some(aspect) = aspect(&SERVICE, rest) {
            found.push(Quantity::Service {
                service: service.clone(),
                aspect,
            });
        }
        let rest = rest.strip_prefix("endpoint.").unwrap_or(rest);
        let (endpoint, rest) = rest.split_once('.').unwrap_or((rest, ""));
        if endpoints.iter().any(|known| known == endpoint) {
            let endpoint = endpoint.to_owned();
            let owner = StepOwner::Endpoint {
                service: service.clone(),
                endpoint: endpoint.clone(),
            };
            found.extend(self.step_of(&owner, rest));
            if let Some(aspect) = aspect(&MESSAGE, rest) {
                found.push(Quantity::Messages {
                    service,
                    endpoint,
                    aspect,
                });
            } else {
                found.extend(self.request(RequestsOf::Endpoint { service, endpoint }, rest));
            }
        }
        found
    }

    /// What a mechanism counts, by its path and word.
    fn tally(&self, name: &str) -> Option<&Tally> {
        let (of, word) = name.rsplit_once('.')?;
        let mut all = self.tallies.iter();
        all.find(|tally| tally.of == of && tally.word == word)
    }

    /// Pools, rooms, stocks and marks; only of one kind if it is named.
    fn thing(&self, name: &str, rest: &str, kind: Option<&str>) -> Vec<Quantity> {
        let asked = |word: &str| kind.is_none_or(|kind| kind == word);
        let owned = || name.to_owned();
        let mut found = Vec::new();
        if asked("pool") && self.pools.contains(name) {
            let aspect = aspect(&POOL, rest);
            found.extend(aspect.map(|aspect| Quantity::Pool {
                pool: owned(),
                aspect,
            }));
        }
        if asked("room") && self.rooms.contains(name) {
            let aspect = aspect(&ROOM, rest);
            found.extend(aspect.map(|aspect| Quantity::Room {
                room: owned(),
                aspect,
            }));
        }
        if asked("stock") && self.stocks.contains(name) {
            let aspect = aspect(&STOCK, rest);
            found.extend(aspect.map(|aspect| Quantity::Stock {
                stock: owned(),
                aspect,
            }));
        }
        if asked("mark") && self.marks.contains(name) && rest.is_empty() {
            found.push(Quantity::Mark(owned()));
        }
        found
    }

    /// Why nothing fits.
    fn unresolved(&self, name: &str) -> Unresolved {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let known = self.aspects(first);
        if let Some((thing, known)) = known {
            let thing = format!("{thing} `{first}`");
            return Unresolved::NoAspect {
                thing,
                aspect: rest.to_owned(),
                known,
            };
        }
        if let Some((of, aspect)) = name.rsplit_once('.')
            && self.tallies.iter().any(|tally| tally.of == of)
        {
            let words = self.tallies.iter().filter(|tally| tally.of == of);
            return Unresolved::NoAspect {
                thing: format!("`{of}`"),
                aspect: aspect.to_owned(),
                known: words.map(|tally| tally.word).collect(),
            };
        }
        if self.others.contains(first) {
            let thing = format!("the step `{first}` is no call and");
            return Unresolved::NoAspect {
                thing,
                aspect: rest.to_owned(),
                known: Vec::new(),
            };
        }
        let all = self.all();
        let near = closest(first, all.iter().map(String::as_str), LISTED);
        Unresolved::Unknown(near.into_iter().map(str::to_owned).collect())
    }

    /// What can be asked of the first thing of this name.
    fn aspects(&self, name: &str) -> Option<(&'static str, Vec<&'static str>)> {
        let is_step = self.steps.iter().any(|(_, step)| step == name);
        Some(match name {
            "users" => ("the users", words(&VISIT)),
            "recovery" => ("the quantity", words(&RECOVERY)),
            _ if is_step => ("the step", words(&REQUEST)),
            _ if self.journeys.contains_key(name) => ("the journey", words(&VISIT)),
            _ if self.services.contains_key(name) => ("the service", words(&SERVICE)),
            _ if self.pools.contains(name) => ("the pool", words(&POOL)),
            _ if self.rooms.contains(name) => ("the room", words(&ROOM)),
            _ if self.stocks.contains(name) => ("the stock", words(&STOCK)),
            _ => return None,
        })
    }

    /// Whether anything is sent to an endpoint: only then its delay can exist.
    pub(crate) fn is_sent_to(&self, service: &str, endpoint: &str) -> bool {
        self.sent.contains(&format!("{service}.{endpoint}"))
    }
}

fn request_names(of: &RequestsOf) -> Vec<String> {
    match of {
        RequestsOf::Step {
            owner: StepOwner::Journey(journey),
            name,
        } => {
            vec![
                name.clone(),
                format!("{journey}.{name}"),
                format!("journey.{journey}.{name}"),
            ]
        }
        RequestsOf::Step {
            owner: StepOwner::Endpoint { service, endpoint },
            name,
        } => vec![
            name.clone(),
            format!("{service}.{endpoint}.{name}"),
            format!("service.{service}.endpoint.{endpoint}.steps.{name}"),
        ],
        RequestsOf::Endpoint { service, endpoint } => vec![
            format!("{service}.{endpoint}"),
            format!("service.{service}.endpoint.{endpoint}"),
        ],
    }
}
