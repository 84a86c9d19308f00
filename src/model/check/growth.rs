//! How many servers there may ever be, where actions that metrics trip and autoscalers decide it.
//!
//! One idea: nobody knows the order beforehand, so the bound lets every change that grows happen as
//! often as it may, after the largest number that anything sets: first what adds, then what
//! multiplies.

use std::collections::BTreeMap;

use crate::base::time::Span;
use crate::model::Model;
use crate::model::document::Table;
use crate::model::overlay::{Change, apply};
use crate::text::Diagnostic;

/// More servers than this are none that anybody runs.
const MOST: u32 = 10_000_000;
/// The same change at most so often; beyond it the number has no bound.
const MOST_TIMES: u64 = 1_000;

/// A change that grows what it changes, and how often it may happen.
struct Growth {
    change: Change,
    times: u64,
    multiplies: bool,
    /// The services that have more servers by it.
    of: Vec<String>,
}

impl Model {
    /// The model as it is once a list of changes has taken effect.
    pub fn after_changes(&self, changes: &[Change]) -> (Model, Vec<Diagnostic>) {
        self.changed(changes)
    }

    /// The paths that changes write to, each where it leads.
    pub fn written_by(&self, changes: &[Change]) -> Vec<String> {
        let mut document = Table::clone(&self.origin.document);
        let (written, _) = apply(&mut document, changes);
        written.into_iter().map(|one| one.path).collect()
    }

    /// Whether anything of it is decided while it runs.
    pub fn reacts(&self) -> bool {
        !self.triggers.is_empty() || !self.autoscalers.is_empty()
    }

    /// The most servers that each service may ever have, whatever trips when: where something is
    /// decided while it runs. A number without a bound is [`u32::MAX`].
    pub fn most_servers(&self) -> BTreeMap<String, u32> {
        let servers = self.services.iter();
        let mut most: BTreeMap<String, u32> = servers
            .map(|(name, service)| (name.clone(), service.servers))
            .collect();
        if !self.reacts() {
            return most;
        }
        let bare = self.without_actions();
        let (starts, mut grows) = self.changes_of_actions(&bare);
        grows.sort_by_key(|one| one.multiplies);
        for start in starts {
            let mut document = Table::clone(&bare.origin.document);
            apply(&mut document, &start);
            let mut changes = start;
            for one in &grows {
                let times = one.times.min(MOST_TIMES) as usize;
                changes.extend(std::iter::repeat_n(one.change.clone(), times));
            }
            let (grown, _) = bare.after_changes(&changes);
            let too_often = !grown.is_sound() || grows.iter().any(|one| one.times > MOST_TIMES);
            for (name, most) in &mut most {
                let servers = grown.services.get(name).map(|service| service.servers);
                let scalers = grown
                    .autoscalers
                    .values()
                    .filter(|one| one.service == *name);
                let scaled = scalers.map(|one| one.servers[1]).max().unwrap_or(0);
                let grows = || grows.iter().any(|one| one.of.contains(name));
                *most = match too_often && grows() {
                    true => u32::MAX,
                    false => servers.unwrap_or(0).max(scaled).max(*most),
                };
            }
        }
        most
    }

    /// What the changes of all actions can begin with, one after the other alone, and what grows on
    /// it.
    fn changes_of_actions(&self, bare: &Model) -> (Vec<Vec<Change>>, Vec<Growth>) {
        let length = self.horizon().since(self.begins());
        let length = if self.drain { length * 10 } else { length };
        let times = |again: Option<Span>| match again {
            None => 1,
            Some(again) => 1 + (length.nanos() / again.nanos().max(1)) as u64,
        };
        let clock = self.actions.values().map(|action| (&action.set, 1));
        let tripped = self.triggers.values();
        let tripped = tripped.map(|trigger| (&trigger.set, times(trigger.again_after)));
        let (mut starts, mut grows) = (vec![Vec::new()], Vec::new());
        for (set, times) in clock.chain(tripped) {
            for change in set {
                let mut document = Table::clone(&bare.origin.document);
                let (written, _) = apply(&mut document, std::slice::from_ref(change));
                match written.iter().any(|one| one.relative) {
                    false => starts.push(vec![change.clone()]),
                    true => grows.extend(growth(change, times).map(|one| Growth {
                        of: more_servers(bare, change),
                        ..one
                    })),
                }
            }
        }
        for scaler in self.autoscalers.values() {
            let path = format!("service.{}.servers", scaler.service);
            starts.push(vec![Change::new(&path, &scaler.servers[1].to_string())]);
        }
        (starts, grows)
    }
}

/// A relative change, if it makes more of what it changes.
fn growth(change: &Change, times: u64) -> Option<Growth> {
    let text = change.value.text()?.trim();
    let factor = match text.strip_prefix('x') {
        Some(factor) => Some(factor.trim().parse::<f64>().ok()?),
        None => {
            let percent = text
                .strip_suffix('%')
                .and_then(|n| n.trim().parse::<f64>().ok());
            percent.map(|percent| 1.0 + percent / 100.0)
        }
    };
    let grows = factor.map_or(text.starts_with('+'), |factor| factor > 1.0);
    grows.then(|| Growth {
        change: change.clone(),
        times,
        multiplies: factor.is_some(),
        of: Vec::new(),
    })
}

/// The services of which a change makes more servers.
fn more_servers(bare: &Model, change: &Change) -> Vec<String> {
    let (grown, _) = bare.after_changes(std::slice::from_ref(change));
    let more = |name: &&String| {
        let servers = |model: &Model| model.services.get(*name).map(|service| service.servers);
        servers(&grown) != servers(bare)
    };
    bare.services.keys().filter(more).cloned().collect()
}

/// Services whose servers may become too many to be true.
pub(super) fn beyond_bounds(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, most) in model.most_servers() {
        if most <= MOST || !model.reacts() {
            continue;
        }
        let text = format!("nothing bounds the servers of `{name}`");
        let place = model.services.get(&name).map(|service| service.place);
        let mut diagnostic = Diagnostic::new("E075", text);
        diagnostic.place = place;
        let help = "an action that may be taken again and again adds to them: set a number, or \
                    give `again_after` a longer time";
        found.push(diagnostic.help(help));
    }
    found
}
