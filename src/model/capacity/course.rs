//! What is asked of every resource in order of time: as doors, actions and faults make it.
//!
//! One idea: time is cut into phases in which nothing changes but who comes, and each phase into
//! windows. Who comes before a door opens asks for what lies behind it when it opens, all at once;
//! who comes after it has closed asks for nothing there.

use std::collections::{BTreeMap, BTreeSet};

use super::epoch::{Epoch, Rate, Rates, windows};
use super::roster::{JourneyId, ResourceId, Roster};
use super::{Resource, ResourceKind, rate_between};
use crate::base::time::{Span, Time};
use crate::model::Model;
use crate::model::action::Action;
use crate::model::arrival::Arrivals;
use crate::model::step::{Step, StepKind};

/// Windows into which all of the time is cut.
const WINDOWS: f64 = 400.0;
/// Windows of a phase at least.
const LEAST: f64 = 20.0;

/// A stretch of time in which nothing changes but who comes.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// From.
    pub from: Time,
    /// To.
    pub to: Time,
    /// What changes at its begin, in words: `the door `doors` opens`.
    pub begins: Vec<String>,
    /// Users per second who come in it, on average.
    pub rate: f64,
    /// Users who waited at a door and are let in at its begin, if none of them has left.
    pub at_once: f64,
    /// How long the resource that they keep busy longest works for them.
    pub at_once_for: Option<(ResourceKind, f64)>,
    /// The most loaded resource in its worst window, and its load then.
    pub most: Option<(ResourceKind, f64)>,
}

/// The worst window of all.
pub(super) struct Peak {
    pub(super) at: Time,
    pub(super) rate: f64,
    pub(super) resources: Vec<Resource>,
}

/// A door of a journey.
#[derive(Clone, Copy, Default)]
struct Door<'m> {
    name: &'m str,
    opens: Option<Time>,
    closes: Option<Time>,
}

/// A source, and the first door that its users come to.
struct Source<'m> {
    arrivals: &'m Arrivals,
    journey: JourneyId,
    door: Door<'m>,
}

/// The worst window so far.
struct Worst<'c> {
    at: Time,
    load: f64,
    epoch: &'c Epoch,
    rates: Rates,
}

/// A model in order of time.
pub(super) struct Course<'m> {
    model: &'m Model,
    roster: Roster<'m>,
    sources: Vec<Source<'m>>,
    epochs: Vec<Epoch>,
}

impl<'m> Course<'m> {
    /// The course of a model.
    pub(super) fn of(model: &'m Model) -> Course<'m> {
        let begin = model.begins();
        let mut cuts: BTreeMap<Time, Vec<String>> = [(begin, Vec::new())].into();
        let mut cut = |at: Time, what: String| {
            if at > begin && at < model.horizon() {
                cuts.entry(at).or_default().push(what);
            } else if at <= begin {
                cuts.entry(begin).or_default().push(what);
            }
        };
        for (name, fault) in &model.faults {
            for (from, end) in windows(fault, model) {
                cut(from, format!("the fault `{name}` begins"));
                if let Some(end) = end {
                    cut(end, format!("the fault `{name}` ends"));
                }
            }
        }
        for (name, action) in &model.actions {
            cut(action.effect(), format!("the action `{name}` takes effect"));
        }
        let doors: BTreeSet<&str> = model
            .journeys
            .values()
            .filter_map(|journey| Some(door(model, &journey.steps)?.name))
            .collect();
        for name in doors {
            let Some(room) = model.rooms.get(name) else {
                continue;
            };
            if let Some(opens) = room.opens.filter(|opens| *opens > begin) {
                cut(opens, format!("the door `{name}` opens"));
            }
            if let Some(closes) = room.closes {
                cut(closes, format!("the door `{name}` closes"));
            }
        }
        let roster = Roster::of(model);
        Course {
            model,
            sources: sources(model, &roster),
            epochs: epochs(model, &roster, cuts),
            roster,
        }
    }

    /// Every resource that visits ask something of, without anybody there.
    pub(super) fn idle(&self) -> Vec<Resource> {
        let Some(epoch) = self.epochs.first() else {
            return Vec::new();
        };
        epoch.resources(&self.roster, &self.nobody())
    }

    /// The phases, and the worst window of all of them.
    pub(super) fn phases(&self) -> (Vec<Phase>, Option<Peak>) {
        let end = self.model.horizon();
        let (mut phases, mut peak): (Vec<Phase>, Option<Worst<'_>>) = (Vec::new(), None);
        for (n, epoch) in self.epochs.iter().enumerate() {
            let to = self.epochs.get(n + 1).map_or(end, |next| next.from);
            let most = self.worst(epoch, to, &mut peak);
            phases.push(self.phase(epoch, to, most));
        }
        let peak = peak.map(|worst| Peak {
            at: worst.at,
            rate: worst.rates.values().map(|rate| rate.come).sum::<f64>(),
            resources: worst.epoch.resources(&self.roster, &worst.rates),
        });
        (phases, peak)
    }

    /// The most loaded resource in the worst window of a phase; keeps the worst window of all in
    /// which anybody comes.
    fn worst<'c>(
        &'c self,
        epoch: &'c Epoch,
        to: Time,
        peak: &mut Option<Worst<'c>>,
    ) -> Option<(ResourceId, f64)> {
        let (windows, length) = self.windows(epoch, to);
        let mut most: Option<(ResourceId, f64)> = None;
        let mut asked = epoch.nothing();
        for index in 0..windows {
            let at = epoch.from + length * index;
            let rates = self.rates(at, at + length);
            let Some((id, load)) = epoch.most(&rates, &mut asked) else {
                continue;
            };
            if load > 0.0 && most.is_none_or(|(_, known)| load > known) {
                most = Some((id, load));
            }
            let higher = peak.as_ref().is_none_or(|known| load > known.load);
            if higher && rates.values().any(|rate| rate.come + rate.enter > 0.0) {
                *peak = Some(Worst {
                    at,
                    load,
                    epoch,
                    rates,
                });
            }
        }
        most
    }

    /// How many windows a phase has, and how long each is.
    fn windows(&self, epoch: &Epoch, to: Time) -> (i64, Span) {
        let whole = self.model.horizon().since(self.model.begins());
        let length = to.since(epoch.from);
        let share = length.as_secs_f64() / whole.as_secs_f64().max(1e-9);
        let windows = (WINDOWS * share).max(LEAST).ceil() as i64;
        (windows, Span((length.nanos() / windows).max(1)))
    }

    fn phase(&self, epoch: &Epoch, to: Time, most: Option<(ResourceId, f64)>) -> Phase {
        let come = self.rates(epoch.from, to);
        let waiting = self.waiting(epoch.from);
        let named = |(id, figure): (ResourceId, f64)| (self.roster.kind(id), figure);
        Phase {
            from: epoch.from,
            to,
            begins: epoch.begins.clone(),
            rate: come.values().map(|rate| rate.come).sum(),
            at_once: waiting.values().sum(),
            at_once_for: epoch.longest(&waiting).map(named),
            most: most.map(named),
        }
    }

    fn nobody(&self) -> Rates {
        self.roster.journeys(Rate::default())
    }

    /// Users per second by journey from one instant to another.
    fn rates(&self, from: Time, to: Time) -> Rates {
        let seconds = to.since(from).as_secs_f64();
        let mut rates = self.nobody();
        for source in &self.sources {
            let Some(come) = rate_between(source.arrivals, from, to) else {
                continue;
            };
            let door = source.door;
            let open = from.max(door.opens.unwrap_or(from)).min(to);
            let close = to.min(door.closes.unwrap_or(to)).max(open);
            let inside = close.since(open).as_secs_f64();
            let enter = match inside > 0.0 {
                true => {
                    rate_between(source.arrivals, open, close).unwrap_or(0.0) * inside / seconds
                }
                false => 0.0,
            };
            let rate = &mut rates[source.journey];
            (rate.come, rate.enter) = (rate.come + come, rate.enter + enter);
        }
        rates
    }

    /// Users by journey who wait at their first door until it opens at this instant.
    fn waiting(&self, at: Time) -> BTreeMap<JourneyId, f64> {
        let begin = self.model.begins();
        let mut waiting = BTreeMap::new();
        for source in &self.sources {
            if at > begin && source.door.opens == Some(at) {
                let seconds = at.since(begin).as_secs_f64();
                let users = rate_between(source.arrivals, begin, at).unwrap_or(0.0) * seconds;
                *waiting.entry(source.journey).or_insert(0.0) += users;
            }
        }
        waiting
    }
}

/// What holds between the instants at which something changes.
fn epochs(model: &Model, roster: &Roster<'_>, cuts: BTreeMap<Time, Vec<String>>) -> Vec<Epoch> {
    let mut actions: Vec<&Action> = model.actions.values().collect();
    actions.sort_by_key(|action| action.effect());
    let mut actions = actions.into_iter().peekable();
    let mut now = model.without_actions();
    let mut epochs = Vec::new();
    for (from, begins) in cuts {
        while let Some(action) = actions.next_if(|action| action.effect() <= from) {
            let (after, _) = now.after(action);
            if after.is_sound() {
                now = after;
            }
        }
        epochs.push(Epoch::of((model, &now), roster, from, begins));
    }
    epochs
}

/// The sources whose journey is known, with the door that their users come to.
fn sources<'m>(model: &'m Model, roster: &Roster<'_>) -> Vec<Source<'m>> {
    let source = |arrivals: &'m Arrivals| {
        let journey = model.journeys.get(&arrivals.journey)?;
        Some(Source {
            arrivals,
            journey: roster.journey(&arrivals.journey)?,
            door: door(model, &journey.steps).unwrap_or_default(),
        })
    };
    model.arrivals.values().filter_map(source).collect()
}

/// The first door of a journey that is there.
fn door<'m>(model: &'m Model, steps: &'m [Step]) -> Option<Door<'m>> {
    steps.iter().find_map(|step| match &step.kind {
        StepKind::Enter { room, .. } => {
            let (name, found) = model.rooms.get_key_value(room)?;
            found.on.then_some(Door {
                name,
                opens: found.opens,
                closes: found.closes,
            })
        }
        _ => None,
    })
}
