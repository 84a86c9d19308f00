//! What random models reach: which words they are written with, and what comes to pass in them.
//!
//! One idea: a test by chance says nothing about what chance never makes, so the whole of the
//! language is listed here and missed when it does not turn up.

use std::collections::BTreeMap;

use onrush::model::reference::key_lists;
use onrush::observation::{
    CallCounter, CounterId, MessageCounter, Observation, Outcome, PoolCounter, RoomCounter,
    ServiceCounter, StockCounter, UserCounter,
};
use onrush::program::Program;

/// Pieces of text, each of which some model must hold.
const WRITTEN: &[&str] = &[
    // Steps, and what they may say beside.
    "{ call =",
    "{ send =",
    "{ cpu =",
    "{ wait =",
    "{ think =",
    "{ hold =",
    "{ enter = \"hall\" }",
    "{ enter = \"hall\", steps",
    "{ choose =",
    "{ share = \"30%\"",
    "{ parallel =",
    "{ repeat =",
    "{ take =",
    "{ mark =",
    "{ leave = \"served\"",
    "{ leave = \"failed\"",
    "{ fail = \"failed\" }",
    "{ fail = \"refused\" }",
    "final = true",
    "join = \"all\"",
    "join = \"any\"",
    "join = 1",
    "join = 2",
    "repeat = 0",
    "geometric(",
    "deadline =",
    ", retry =",
    ", hedge =",
    "tied = true",
    "after = \"p95\"",
    "budget = \"30%\"",
    ", or = \"continue\"",
    ", or = \"failed\"",
    ", or = \"sold_out\"",
    ", or = [",
    // People.
    "patience = { waiting",
    "patience = \"",
    "reload = { after",
    "on_error =",
    "at_most =",
    "again = {",
    "on = [\"served\"",
    "on = [\"refused\"",
    // Services.
    "balance = \"round-robin\"",
    "balance = \"random\"",
    "balance = \"least-loaded\"",
    "balance = \"two-choices\"",
    "balance = \"sticky\"",
    "balance = \"hash\"",
    "balance = { kind",
    "stale =",
    "subset =",
    "slow_start =",
    "weight =",
    "on_timeout = \"ignore\"",
    "on_timeout = \"expire\"",
    "on_timeout = \"dequeue\"",
    "on_timeout = \"cancel\"",
    "order = \"fifo\"",
    "order = \"lifo\"",
    "order = \"random\"",
    "order = \"adaptive-lifo\"",
    "order = \"priority\"",
    "order = \"deadline\"",
    "order = \"shortest\"",
    "order = \"shortest-remaining\"",
    "order = \"fair\"",
    "kind = \"vegas\"",
    "kind = \"gradient2\"",
    "kind = \"aimd\"",
    "kind = \"envoy\"",
    "kind = \"dagor\"",
    "kind = \"breakwater\"",
    "tells = false",
    "wait = \"30ms\", every",
    "shared = true",
    "silent = true",
    "network =",
    "refuse_cost =",
    "slowdown =",
    "per_waiting =",
    "at_start = true",
    "connections = {",
    "handshake =",
    "max_age = \"700ms\"",
    "memory =",
    "idle =",
    "boot =",
    "warm_after =",
    "scope = \"server\"",
    "scope = \"service\"",
    "scope = \"global\"",
    // Retries.
    "kind = \"none\"",
    "kind = \"constant\"",
    "kind = \"linear\"",
    "kind = \"exponential\"",
    "jitter = \"none\"",
    "jitter = \"full\"",
    "jitter = \"equal\"",
    "jitter = \"exponential\"",
    "jitter = \"decorrelated\"",
    "cap =",
    // Who comes, and how it is studied.
    "rate = \"",
    "spacing = \"even\"",
    "spacing = \"bursty",
    "stages =",
    "crowd =",
    "burst =",
    "every =",
    "jitter =",
    "states =",
    "population =",
    "drain = true",
    "study = \"steady\"",
    // What goes wrong, and what is done about it.
    "slow = {",
    "pause = {",
    "crash = {",
    "noticed_after",
    "messages = \"kept\"",
    "messages = \"lost\"",
    "messages = \"refused\"",
    "delay = {",
    "error = {",
    "cost =",
    "servers\" = 0",
    "servers\" = \"x2\"",
    "spacing = \"gamma",
    "erlang(",
    "hyperexp(",
    "pareto(",
    "quantiles(",
    "constant(",
    // Rooms, stocks and caches.
    "{ cache = \"things\"",
    "single_flight = true, miss",
    "{ answer = true }",
    "{ back_to =",
    "admit = \"",
    "admit = {",
    "shuffle = true",
    "units = \"uniform(",
    "expired = \"continue\"",
    "expired = \"bored\"",
    "expired = [",
];

/// What turned up in any of the models so far.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    written: BTreeMap<String, u64>,
    happened: BTreeMap<String, u64>,
}

impl Reach {
    /// A model, and what came to pass in it.
    pub(crate) fn add(&mut self, text: &str, program: &Program, seen: &Observation) {
        for piece in WRITTEN {
            *self.written.entry((*piece).to_owned()).or_default() +=
                u64::from(text.contains(piece));
        }
        for (word, is_written) in words(text) {
            *self.written.entry(word).or_default() += u64::from(is_written);
        }
        for (what, id) in counters(program) {
            *self.happened.entry(what).or_default() += seen.counters[id.0 as usize] as u64;
        }
    }

    /// What never turned up.
    pub(crate) fn missed(&self) -> Vec<String> {
        let written = self.written.iter();
        let written = written.map(|(piece, n)| (format!("nobody wrote `{piece}`"), *n));
        let happened = self.happened.iter();
        let happened = happened.map(|(what, n)| (format!("it never happened: {what}"), *n));
        let never = written.chain(happened).filter(|(_, n)| *n == 0);
        never.map(|(what, _)| what).collect()
    }
}

/// Whether a text gives a key a value, or a table this name.
fn has_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let is_begin = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let after = text[at + key.len()..].trim_start_matches(' ');
        is_begin && after.starts_with(['=', '.', ']'])
    })
}

/// Every key of the language and every path that an action may change, and whether a text has them.
fn words(text: &str) -> Vec<(String, bool)> {
    let set: Vec<&str> = text
        .split("set = {")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect();
    let mut found = Vec::new();
    // What was measured is held beside a run and changes nothing in it.
    let of_runs = |table: &str| !table.starts_with("observed");
    for (table, list) in key_lists().into_iter().filter(|(table, _)| of_runs(table)) {
        let rows = list
            .lines()
            .filter(|row| !row.contains("*not yet supported*"));
        for row in rows.filter(|row| row.contains("| `") || row.contains("a step")) {
            let mut keys = row.split('`').skip(1).step_by(2);
            if table != "live" {
                let key = keys.next().unwrap_or_default();
                let is_written = table == "top" || has_key(text, key);
                found.push((format!("{table}.{key}"), is_written));
                continue;
            }
            let of = match row.starts_with("| a step") {
                true => ".steps.",
                false => keys.next().unwrap_or_default().trim_end_matches("NAME"),
            };
            for key in keys {
                // Branches of a `choose` have numbers.
                let end = key.strip_prefix("choose.").unwrap_or(key);
                // So do endpoints have names.
                let end = end.split_once("NAME.").map_or(end, |(_, end)| end);
                let end = if of == "param." {
                    "\" =".to_owned()
                } else {
                    format!(".{end}\" =")
                };
                let is_set = set.iter().any(|set| set.contains(of) && set.contains(&end));
                found.push((format!("{of}{key} by an action"), is_set));
            }
        }
    }
    found
}

/// Every counter of a program, by what it counts.
fn counters(program: &Program) -> Vec<(String, CounterId)> {
    let layout = program.layout;
    let mut all = vec![(
        "people return".to_owned(),
        layout.users(UserCounter::Returned),
    )];
    for outcome in Outcome::GENERAL {
        all.push((
            format!("users end {}", outcome.word(&[])),
            layout.users_ended(outcome),
        ));
    }
    for call in 0..layout.calls {
        let message = program.names.messages[call as usize];
        let counted = [
            CallCounter::Ok,
            CallCounter::Failed,
            CallCounter::Unfinished,
            CallCounter::AttemptOk,
            CallCounter::AttemptRefused,
            CallCounter::AttemptTimedOut,
            CallCounter::AttemptError,
            CallCounter::AttemptCancelled,
            CallCounter::AttemptUnfinished,
            CallCounter::Reloaded,
        ];
        for what in counted.into_iter().filter(|_| !message) {
            all.push((format!("requests {what:?}"), layout.call(call, what)));
        }
    }
    for service in 0..layout.services {
        let counted = [
            ServiceCounter::Waited,
            ServiceCounter::Completed,
            ServiceCounter::Refused,
            ServiceCounter::LeftQueue,
            ServiceCounter::Lost,
            ServiceCounter::Goodput,
            ServiceCounter::Wasted,
        ];
        for what in counted {
            all.push((format!("work {what:?}"), layout.service(service, what)));
        }
    }
    for pool in 0..layout.pools {
        let counted = [
            PoolCounter::Granted,
            PoolCounter::Waited,
            PoolCounter::Refused,
            PoolCounter::GaveUp,
        ];
        for what in counted {
            all.push((format!("units {what:?}"), layout.pool(pool, what)));
        }
    }
    for room in 0..layout.rooms {
        for what in [
            RoomCounter::Admitted,
            RoomCounter::Refused,
            RoomCounter::Arrived,
            RoomCounter::Lost,
        ] {
            all.push((format!("rooms {what:?}"), layout.room(room, what)));
        }
    }
    for stock in 0..layout.stocks {
        for what in [
            StockCounter::Taken,
            StockCounter::GivenBack,
            StockCounter::SoldOut,
            StockCounter::Sold,
            StockCounter::Expired,
        ] {
            all.push((format!("stock {what:?}"), layout.stock(stock, what)));
        }
    }
    for endpoint in 0..layout.endpoints {
        for what in [MessageCounter::Delivered, MessageCounter::Undelivered] {
            all.push((format!("messages {what:?}"), layout.message(endpoint, what)));
        }
    }
    for mark in 0..layout.marks {
        all.push(("marks".to_owned(), layout.mark(mark)));
    }
    all
}
