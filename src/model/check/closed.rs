//! Services without servers and pools without units: closed for a while, or for ever.
//!
//! One idea: 0 is a size like others while something by the clock gives it and takes it away. What
//! has nothing from the beginning to the end serves nobody, which is hardly what was meant.

use std::collections::BTreeMap;

use crate::base::time::Time;
use crate::model::Model;
use crate::model::action::Action;
use crate::text::{Diagnostic, Place};

/// What may be closed: its table, its name, and the key that says how much there is of it.
type Shop = (&'static str, String, &'static str);

/// How much there is of each thing in a model.
fn sizes(model: &Model) -> BTreeMap<Shop, u64> {
    let services = model.services.iter().map(|(name, service)| {
        let shop = ("service", name.clone(), "servers");
        (shop, u64::from(service.servers))
    });
    let pools = model.pools.iter().map(|(name, pool)| {
        let shop = ("pool", name.clone(), "size");
        (shop, u64::from(pool.size))
    });
    services.chain(pools).collect()
}

/// What is closed from the beginning to the end, as an error, and what is closed by an action, as a
/// note.
pub(super) fn closed(model: &Model) -> Vec<Diagnostic> {
    if !model.is_sound() {
        return Vec::new();
    }
    let mut actions: Vec<&Action> = model.actions.values().collect();
    actions.sort_by_key(|action| action.effect());
    let begin = sizes(model);
    let mut most = begin.clone();
    let (mut before, mut now) = (begin.clone(), model.without_actions());
    let mut notes = Vec::new();
    for action in actions {
        let (after, _) = now.after(action);
        if !after.is_sound() {
            return Vec::new();
        }
        let sizes = sizes(&after);
        for (shop, &size) in &sizes {
            if size == 0 && before.get(shop).is_some_and(|&size| size > 0) {
                notes.push(note(shop, action.effect(), action.place));
            }
            let seen = most.entry(shop.clone()).or_insert(0);
            *seen = size.max(*seen);
        }
        (before, now) = (sizes, after);
    }
    for trigger in model.triggers.values() {
        let (after, _) = model.without_actions().after_changes(&trigger.set);
        for (shop, size) in sizes(&after) {
            let seen = most.entry(shop).or_insert(0);
            *seen = size.max(*seen);
        }
    }
    for scaler in model.autoscalers.values() {
        let shop = ("service", scaler.service.clone(), "servers");
        let seen = most.entry(shop).or_insert(0);
        *seen = u64::from(scaler.servers[1]).max(*seen);
    }
    let never = most.iter().filter(|(_, most)| **most == 0);
    let mut found: Vec<Diagnostic> = never.map(|(shop, _)| error(model, shop)).collect();
    found.extend(notes);
    found
}

/// It never has anything.
fn error(model: &Model, (table, name, key): &Shop) -> Diagnostic {
    let written = model.origin.document.get(table);
    let written = written.and_then(|node| node.table()?.get(name)?.table()?.get(key));
    let text = match *table {
        "service" => format!("the service `{name}` has no servers, from beginning to end"),
        _ => format!("the pool `{name}` has no units, from beginning to end"),
    };
    let help = format!(
        "to close it for a while, let an action set `{table}.{name}.{key}` to 0, or another one \
         open it later"
    );
    let mut diagnostic = Diagnostic::new("E090", text);
    diagnostic.place = written.map(|node| node.place);
    diagnostic.expected("expected at least 1").help(help)
}

/// It has nothing from an instant on.
fn note((table, name, _): &Shop, at: Time, place: Place) -> Diagnostic {
    let text = match *table {
        "service" => format!(
            "from {at} on the service `{name}` has no servers: every attempt is refused there \
             until it has"
        ),
        _ => format!(
            "from {at} on the pool `{name}` has no units: whoever asks waits until it has, or is \
             refused by its queue"
        ),
    };
    Diagnostic::new("N011", text).at(place)
}
