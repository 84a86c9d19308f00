//! What is asked of every resource in order of time: as doors, actions and faults make it.
//!
//! One idea: time is cut into phases in which nothing changes but who comes, and each phase into
//! windows. Who comes before a door opens asks for what lies behind it when it opens, all at once;
//! who comes after it has closed asks for nothing there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cost, Demand, Demands, Resource, ResourceKind, rate_between};
use crate::base::time::{Span, Time};
use crate::model::Model;
use crate::model::action::Action;
use crate::model::arrival::Arrivals;
use crate::model::fault::{Fault, FaultKind, Selector};
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

/// What one visit asks for before and behind its first door.
#[derive(Clone, Debug, Default)]
struct Split {
    before: Demand,
    behind: Demand,
}

/// What holds from an instant on.
struct Epoch {
    from: Time,
    begins: Vec<String>,
    units: Demand,
    visits: BTreeMap<String, Split>,
}

/// A door of a journey.
#[derive(Clone, Copy, Default)]
struct Door<'m> {
    name: &'m str,
    opens: Option<Time>,
    closes: Option<Time>,
}

/// A model in order of time.
pub(super) struct Course<'m> {
    model: &'m Model,
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
            cut(fault.at, format!("the fault `{name}` begins"));
            if let Some(end) = end(fault) {
                cut(end, format!("the fault `{name}` ends"));
            }
        }
        for (name, action) in &model.actions {
            cut(action.effect(), format!("the action `{name}` takes effect"));
        }
        let doors: BTreeSet<&str> = model
            .journeys
            .values()
            .filter_map(|journey| Some(door(model, &journey.steps)?.1.name))
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
            epochs.push(epoch((model, &now), from, begins));
        }
        Course { model, epochs }
    }

    /// Every resource that visits ask something of, without anybody there.
    pub(super) fn idle(&self) -> Vec<Resource> {
        let Some(epoch) = self.epochs.first() else {
            return Vec::new();
        };
        epoch.resources(&BTreeMap::new())
    }

    /// The phases, and the worst window of all of them.
    pub(super) fn phases(&self) -> (Vec<Phase>, Option<Peak>) {
        let (begin, end) = (self.model.begins(), self.model.horizon());
        let whole = end.since(begin).as_secs_f64().max(1e-9);
        let (mut phases, mut peak): (Vec<Phase>, Option<Peak>) = (Vec::new(), None);
        for (n, epoch) in self.epochs.iter().enumerate() {
            let to = self.epochs.get(n + 1).map_or(end, |next| next.from);
            let length = to.since(epoch.from);
            let windows = (WINDOWS * length.as_secs_f64() / whole).max(LEAST).ceil() as i64;
            let window = Span((length.nanos() / windows).max(1));
            let mut most: Option<(ResourceKind, f64)> = None;
            for index in 0..windows {
                let from = epoch.from + window * index;
                let rates = self.rates(from, from + window);
                let resources = epoch.resources(&rates);
                let Some(first) = resources.first() else {
                    continue;
                };
                let load = first.load;
                let rate = rates.values().map(|(come, _)| come).sum::<f64>();
                if load > 0.0 && most.as_ref().is_none_or(|(_, known)| load > *known) {
                    most = Some((first.kind.clone(), load));
                }
                let known = peak.as_ref().map(Peak::load);
                if rates.values().any(|(come, enter)| come + enter > 0.0)
                    && known.is_none_or(|known| load > known)
                {
                    let at = from;
                    peak = Some(Peak {
                        at,
                        rate,
                        resources,
                    });
                }
            }
            phases.push(self.phase(epoch, to, most));
        }
        (phases, peak)
    }

    fn phase(&self, epoch: &Epoch, to: Time, most: Option<(ResourceKind, f64)>) -> Phase {
        let come = self.rates(epoch.from, to);
        let waiting: BTreeMap<&str, f64> = self.waiting(epoch.from);
        let mut work = Demand::new();
        for (journey, users) in &waiting {
            if let Some(split) = epoch.visits.get(*journey) {
                for (kind, seconds) in &split.behind {
                    *work.entry(kind.clone()).or_insert(0.0) += users * seconds;
                }
            }
        }
        let lasts = work.into_iter().map(|(kind, seconds)| {
            let units = epoch.units.get(&kind).copied().unwrap_or(0.0);
            (kind, seconds / units)
        });
        let longest = lasts.max_by(|a, b| a.1.total_cmp(&b.1));
        Phase {
            from: epoch.from,
            to,
            begins: epoch.begins.clone(),
            rate: come.values().map(|(come, _)| come).sum(),
            at_once: waiting.values().sum(),
            at_once_for: longest.filter(|(_, seconds)| *seconds > 0.0),
            most,
        }
    }

    /// Users per second by journey from one instant to another: who come, and who go through the
    /// first door as they come.
    fn rates(&self, from: Time, to: Time) -> BTreeMap<&'m str, (f64, f64)> {
        let seconds = to.since(from).as_secs_f64();
        let mut rates = BTreeMap::new();
        for source in self.model.arrivals.values() {
            let Some(come) = rate_between(source, from, to) else {
                continue;
            };
            let door = self.door(source);
            let open = from.max(door.opens.unwrap_or(from)).min(to);
            let close = to.min(door.closes.unwrap_or(to)).max(open);
            let inside = close.since(open).as_secs_f64();
            let enter = match inside > 0.0 {
                true => rate_between(source, open, close).unwrap_or(0.0) * inside / seconds,
                false => 0.0,
            };
            let sum = rates.entry(source.journey.as_str()).or_insert((0.0, 0.0));
            *sum = (sum.0 + come, sum.1 + enter);
        }
        rates
    }

    /// Users by journey who wait at their first door until it opens at this instant.
    fn waiting(&self, at: Time) -> BTreeMap<&'m str, f64> {
        let begin = self.model.begins();
        let mut waiting = BTreeMap::new();
        for source in self.model.arrivals.values() {
            if at > begin && self.door(source).opens == Some(at) {
                let seconds = at.since(begin).as_secs_f64();
                let users = rate_between(source, begin, at).unwrap_or(0.0) * seconds;
                *waiting.entry(source.journey.as_str()).or_insert(0.0) += users;
            }
        }
        waiting
    }

    fn door(&self, source: &Arrivals) -> Door<'m> {
        let journey = self.model.journeys.get(&source.journey);
        let found = journey.and_then(|journey| door(self.model, &journey.steps));
        found.map(|(_, door)| door).unwrap_or_default()
    }
}

impl Peak {
    fn load(&self) -> f64 {
        self.resources.first().map_or(0.0, |resource| resource.load)
    }
}

impl Epoch {
    /// Every resource that visits ask something of, the most loaded first.
    fn resources(&self, rates: &BTreeMap<&str, (f64, f64)>) -> Vec<Resource> {
        let visits: f64 = rates.values().map(|(come, _)| come).sum();
        let resource = |(kind, units): (&ResourceKind, &f64)| {
            let of = |demand: &Demand| demand.get(kind).copied().unwrap_or(0.0);
            let used = self.visits.values();
            let used = used
                .clone()
                .any(|s| s.before.contains_key(kind) || s.behind.contains_key(kind));
            let asked: f64 = rates
                .iter()
                .filter_map(|(journey, rate)| Some((self.visits.get(*journey)?, rate)))
                .map(|(split, (come, enter))| come * of(&split.before) + enter * of(&split.behind))
                .sum();
            used.then(|| Resource {
                kind: kind.clone(),
                units: *units,
                demand_s: if visits > 0.0 { asked / visits } else { 0.0 },
                load: if asked > 0.0 { asked / units } else { 0.0 },
            })
        };
        let mut resources: Vec<Resource> = self.units.iter().filter_map(resource).collect();
        resources.sort_by(|a, b| b.load.total_cmp(&a.load).then_with(|| a.kind.cmp(&b.kind)));
        resources
    }
}

/// The first door of a journey that is there, and how many steps come before it.
fn door<'m>(model: &'m Model, steps: &'m [Step]) -> Option<(usize, Door<'m>)> {
    steps
        .iter()
        .enumerate()
        .find_map(|(n, step)| match &step.kind {
            StepKind::Enter { room, .. } => {
                let (name, found) = model.rooms.get_key_value(room)?;
                found.on.then_some((
                    n,
                    Door {
                        name,
                        opens: found.opens,
                        closes: found.closes,
                    },
                ))
            }
            _ => None,
        })
}

fn end(fault: &Fault) -> Option<Time> {
    fault.lasts.map(|lasts| fault.at + lasts)
}

/// What holds from an instant on, by the faults of a model and as the actions done by then have
/// made it.
fn epoch((model, now): (&Model, &Model), from: Time, begins: Vec<String>) -> Epoch {
    let mut demands = Demands {
        model: now,
        known: BTreeMap::new(),
        under_way: BTreeSet::new(),
    };
    let mut visits = BTreeMap::new();
    for (name, journey) in &now.journeys {
        let at = door(now, &journey.steps).map_or(journey.steps.len(), |(at, _)| at);
        let mut of = |steps: &[Step]| -> Cost { demands.steps(steps, None) };
        let (before, behind) = (of(&journey.steps[..at]), of(&journey.steps[at..]));
        let (before, behind) = (before.demand, behind.demand);
        visits.insert(name.clone(), Split { before, behind });
    }
    let mut units = now.units();
    for fault in model.faults.values() {
        if fault.at <= from && end(fault).is_none_or(|end| from < end) {
            lessen(&mut units, now, &fault.kind);
        }
    }
    Epoch {
        from,
        begins,
        units,
        visits,
    }
}

/// Takes away the capacity that a fault takes.
fn lessen(units: &mut Demand, model: &Model, fault: &FaultKind) {
    let (service, servers, left): (&String, Selector, f64) = match fault {
        FaultKind::Slow {
            service,
            factor,
            servers,
        } => (service, *servers, 1.0 / factor),
        FaultKind::Pause { service, servers }
        | FaultKind::Crash {
            service, servers, ..
        } => (service, *servers, 0.0),
        FaultKind::Cut { .. } | FaultKind::Delay { .. } | FaultKind::Error { .. } => return,
    };
    let Some(found) = model
        .services
        .get(service)
        .filter(|found| found.servers > 0)
    else {
        return;
    };
    let all = f64::from(found.servers);
    let hit = f64::from(servers.of(found.servers));
    let share = (all - hit + hit * left) / all;
    for kind in [
        ResourceKind::Cores(service.clone()),
        ResourceKind::Workers(service.clone()),
    ] {
        if let Some(units) = units.get_mut(&kind) {
            *units *= share;
        }
    }
}
