//! What holds between two instants at which something changes: units, and what visits ask for.
//!
//! One idea: a window costs as much as there are sources and pairs of a journey and a resource that
//! it asks for, so models of many independent services take no longer than their text.

use std::collections::BTreeMap;

use super::Resource;
use super::demand::{Demand, Demands};
use super::roster::{JourneyId, ResourceId, Roster};
use super::units::{Units, lessen, units};
use crate::base::table::Table;
use crate::base::time::Time;
use crate::model::Model;
use crate::model::fault::Fault;
use crate::model::step::{Step, StepKind};

/// Users per second of a journey.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rate {
    /// Who come.
    pub(super) come: f64,
    /// Who go through the first door as they come.
    pub(super) enter: f64,
}

/// Users per second of all journeys.
pub(super) type Rates = Table<JourneyId, Rate>;

/// Seconds of a resource that one visit asks for before and behind its first door.
#[derive(Clone, Copy, Debug)]
struct Share {
    resource: ResourceId,
    before: f64,
    behind: f64,
}

/// What holds from an instant on.
pub(super) struct Epoch {
    pub(super) from: Time,
    pub(super) begins: Vec<String>,
    units: Units,
    visits: Table<JourneyId, Vec<Share>>,
    /// The resources that any visit asks for, in order.
    used: Vec<ResourceId>,
}

impl Epoch {
    /// What holds from an instant on, by the faults of a model and as the actions done by then
    /// have made it.
    pub(super) fn of(
        (model, now): (&Model, &Model),
        roster: &Roster<'_>,
        from: Time,
        begins: Vec<String>,
    ) -> Epoch {
        let visits = visits(now, roster);
        let all = visits.values().flatten();
        let mut used: Vec<ResourceId> = all.map(|share| share.resource).collect();
        used.sort_unstable();
        used.dedup();
        let mut units = units(now, roster);
        for fault in model.faults.values() {
            for (begin, end) in windows(fault, model) {
                if begin <= from && end.is_none_or(|end| from < end) {
                    lessen(&mut units, (now, roster), &fault.kind);
                }
            }
        }
        Epoch {
            from,
            begins,
            units,
            visits,
            used,
        }
    }

    /// Room for what is asked of every resource.
    pub(super) fn nothing(&self) -> Units {
        Units::filled(self.units.len(), 0.0)
    }

    /// The most loaded resource, the first of several, and its load; `asked` is room to work in.
    pub(super) fn most(&self, rates: &Rates, asked: &mut Units) -> Option<(ResourceId, f64)> {
        self.ask(rates, asked);
        let mut most: Option<(ResourceId, f64)> = None;
        for &id in &self.used {
            let load = self.load(id, asked[id]);
            if most.is_none_or(|(_, known)| load > known) {
                most = Some((id, load));
            }
        }
        most
    }

    /// Every resource that visits ask something of, the most loaded first.
    pub(super) fn resources(&self, roster: &Roster<'_>, rates: &Rates) -> Vec<Resource> {
        let mut asked = self.nothing();
        self.ask(rates, &mut asked);
        let visits: f64 = rates.values().map(|rate| rate.come).sum();
        let resource = |&id: &ResourceId| Resource {
            kind: roster.kind(id),
            units: self.units[id],
            demand_s: if visits > 0.0 {
                asked[id] / visits
            } else {
                0.0
            },
            load: self.load(id, asked[id]),
        };
        let mut resources: Vec<Resource> = self.used.iter().map(resource).collect();
        // Those of equal load stay in their order.
        resources.sort_by(|a, b| b.load.total_cmp(&a.load));
        resources
    }

    /// What works longest for users who are let in at once, and how long; none if nothing does.
    pub(super) fn longest(&self, waiting: &BTreeMap<JourneyId, f64>) -> Option<(ResourceId, f64)> {
        let mut work = Demand::new();
        for (journey, users) in waiting {
            for share in &self.visits[*journey] {
                *work.entry(share.resource).or_insert(0.0) += users * share.behind;
            }
        }
        work.into_iter()
            .map(|(id, seconds)| (id, seconds / self.units[id]))
            .filter(|(_, seconds)| *seconds > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Writes down what is asked of every resource, in seconds a second.
    fn ask(&self, rates: &Rates, asked: &mut Units) {
        asked.values_mut().for_each(|sum| *sum = 0.0);
        for (journey, rate) in rates.iter() {
            for share in &self.visits[journey] {
                asked[share.resource] +=
                    times(rate.come, share.before) + times(rate.enter, share.behind);
            }
        }
    }

    fn load(&self, id: ResourceId, asked: f64) -> f64 {
        if asked > 0.0 {
            asked / self.units[id]
        } else {
            0.0
        }
    }
}

/// What users ask for; nobody asks for nothing, even of a law that has no mean.
fn times(rate: f64, seconds: f64) -> f64 {
    if rate > 0.0 { rate * seconds } else { 0.0 }
}

/// What a visit of each journey asks for.
fn visits(now: &Model, roster: &Roster<'_>) -> Table<JourneyId, Vec<Share>> {
    let mut demands = Demands::of(now, roster);
    let mut visits = roster.journeys(Vec::new());
    for (name, journey) in &now.journeys {
        let at = door(now, &journey.steps).unwrap_or(journey.steps.len());
        let before = demands.steps(&journey.steps[..at], None).demand;
        let behind = demands.steps(&journey.steps[at..], None).demand;
        if let Some(id) = roster.journey(name) {
            visits[id] = shares(&before, &behind);
        }
    }
    visits
}

/// How many steps come before the first door of a journey that is there.
fn door(model: &Model, steps: &[Step]) -> Option<usize> {
    steps.iter().position(|step| match &step.kind {
        StepKind::Enter { room, .. } => model.rooms.get(room).is_some_and(|room| room.on),
        _ => false,
    })
}

fn shares(before: &Demand, behind: &Demand) -> Vec<Share> {
    let mut all: BTreeMap<ResourceId, (f64, f64)> = BTreeMap::new();
    for (id, seconds) in before {
        all.entry(*id).or_default().0 = *seconds;
    }
    for (id, seconds) in behind {
        all.entry(*id).or_default().1 = *seconds;
    }
    let share = |(resource, (before, behind))| Share {
        resource,
        before,
        behind,
    };
    all.into_iter().map(share).collect()
}

/// Occurrences of a fault that are looked at: the first of those that come again and again.
const LOOKED_AT: usize = 100;

/// When a fault begins and ends by the clock, without its jitter.
pub(super) fn windows(fault: &Fault, model: &Model) -> Vec<(Time, Option<Time>)> {
    let mut windows = fault.windows(model.horizon());
    windows.truncate(LOOKED_AT);
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::table::Id;
    use crate::model::files::Files;
    use crate::model::read;
    use crate::text::Source;

    fn model(text: &str) -> Model {
        let (model, found) = read(Source::new("model.toml", text), Files::new());
        assert!(model.is_sound(), "{found:?}");
        model
    }

    /// Services that know nothing of each other, each called by a journey of its own.
    fn independent(services: u32) -> Model {
        let one = |n: u32| {
            let rate = n + 1;
            format!(
                "[arrivals.a{n}]\njourney = \"j{n}\"\nrate = \"{rate}/h\"\n\
                 [journey.j{n}]\nsteps = [{{ call = \"s{n}.work\" }}]\n\
                 [service.s{n}]\nendpoint.work = [{{ cpu = \"10ms\" }}]\n"
            )
        };
        let rest: String = (0..services).map(one).collect();
        model(&format!("[model]\nrun_for = \"10m\"\n{rest}"))
    }

    /// What every window of time goes through: pairs of a journey and a resource.
    fn pairs(model: &Model) -> usize {
        let (roster, now) = (Roster::of(model), model.without_actions());
        let epoch = Epoch::of((model, &now), &roster, Time::ZERO, Vec::new());
        epoch.visits.values().map(Vec::len).sum()
    }

    #[test]
    fn a_window_costs_two_pairs_for_every_independent_service() {
        for services in [1, 25, 400] {
            let model = independent(services);
            assert_eq!(pairs(&model), 2 * services as usize);
        }
        let capacity = independent(400).capacity();
        assert_eq!(capacity.resources.len(), 800);
        assert_eq!(capacity.resources[0].kind.name(), "s399");
        let load = 400.0 / 3600.0 * 0.01;
        assert!((capacity.resources[0].load - load).abs() < 1e-12);
    }

    #[test]
    fn the_first_of_two_that_are_loaded_alike_is_the_first_by_name() {
        let mut epoch = Epoch {
            from: Time::ZERO,
            begins: Vec::new(),
            units: Table::from(vec![1.0, 2.0, 2.0]),
            visits: Table::from(vec![Vec::new(), Vec::new()]),
            used: (0..3).map(ResourceId::from_index).collect(),
        };
        let share = |resource, behind| Share {
            resource: ResourceId(resource),
            before: 1.0,
            behind,
        };
        epoch.visits[JourneyId(0)] = vec![share(2, 1.0), share(1, 1.0), share(0, f64::INFINITY)];
        let mut rates = Table::filled(2, Rate::default());
        rates[JourneyId(1)].enter = 9.0;
        let mut asked = epoch.nothing();
        assert_eq!(
            epoch.most(&rates, &mut asked),
            Some((ResourceId(0), 0.0)),
            "nobody asks for nothing"
        );
        rates[JourneyId(0)].come = 4.0;
        assert_eq!(epoch.most(&rates, &mut asked), Some((ResourceId(0), 4.0)));
        epoch.units[ResourceId(0)] = 9.0;
        assert_eq!(epoch.most(&rates, &mut asked), Some((ResourceId(1), 2.0)));
        let waiting = [(JourneyId(0), 3.0)].into();
        assert_eq!(
            epoch.longest(&waiting),
            Some((ResourceId(0), f64::INFINITY))
        );
        assert_eq!(epoch.longest(&[(JourneyId(1), 3.0)].into()), None);
    }
}
