//! What mechanisms count beside the usual: how often each said no, opened, or did whatever it is
//! there for.
//!
//! One idea: a mechanism lists its words where it is defined, and everything else (where a count
//! stands, metrics, results, tables of the report) follows from this list.

use super::limiter::Limiter;
use super::step::StepKind;
use super::{Model, action, autoscaler, hedge};

/// A number of things that one mechanism counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// The path of the mechanism, as `breaker.pricing` or `service.web.limiter`.
    pub of: String,
    /// What is counted: a past participle, as `stopped`.
    pub word: &'static str,
}

/// All that the mechanisms of a model count, in order.
pub fn tallies(model: &Model) -> Vec<Tally> {
    // A line for each mechanism, as `named(&mut all, "breaker", model.breakers.keys(), COUNTED)`.
    let mut all = Vec::new();
    let budgets = model
        .retries
        .iter()
        .filter(|(_, retry)| retry.budget.is_some());
    named(
        &mut all,
        "retry",
        budgets.map(|(name, _)| name),
        &["allowed", "stopped"],
    );
    let opens = ["closed", "opened", "stopped"];
    named(&mut all, "breaker", model.breakers.keys(), &opens);
    named(&mut all, "throttle", model.throttles.keys(), &["stopped"]);
    named(
        &mut all,
        "limit",
        model.limits.keys(),
        &["stopped", "waited"],
    );
    named(&mut all, "action", model.triggers.keys(), &action::COUNTED);
    named(
        &mut all,
        "autoscaler",
        model.autoscalers.keys(),
        &autoscaler::COUNTED,
    );
    all.extend(of_services(model));
    for (name, service) in &model.services {
        let memory = service.memory.map(|_| ("memory", ["crashed", "paused"]));
        let idle = service.idle.as_ref().map(|_| ("idle", ["slept", "woken"]));
        let connections = service.connections.as_ref();
        let connections = connections.map(|_| ("connections", ["opened", "refused"]));
        for (what, words) in memory.into_iter().chain(idle).chain(connections) {
            all.extend(words.map(|word| Tally {
                of: format!("service.{name}.{what}"),
                word,
            }));
        }
    }
    for (name, service) in &model.services {
        let of = |word| Tally {
            of: format!("service.{name}.{word}"),
            word: if word == "health" {
                "fallen"
            } else {
                "ejected"
            },
        };
        all.extend(service.health.map(|_| of("health")));
        all.extend(service.eject.map(|_| of("eject")));
    }
    what_may_dry(&mut all, model);
    named(&mut all, "hedge", model.hedges.keys(), &hedge::COUNTED);
    named(&mut all, "cache", model.caches.keys(), &CACHE_COUNTED);
    let stale = model
        .caches
        .iter()
        .filter(|(_, cache)| cache.stale.is_some());
    let stale = stale.map(|(name, _)| name);
    named(&mut all, "cache", stale, &STALE_COUNTED);
    late(&mut all, model);
    all.sort();
    all
}

/// Pools and services of which all may be held by those who wait for more count how often.
fn what_may_dry(all: &mut Vec<Tally>, model: &Model) {
    named(all, "pool", super::dry::pools(model).iter(), &[DRIED]);
    all.extend(super::dry::services(model).iter().map(|name| Tally {
        of: format!("service.{name}.workers"),
        word: DRIED,
    }));
}

/// What services count beside the usual, as far as they do it at some time.
fn of_services(model: &Model) -> Vec<Tally> {
    let may_come = |word: &str| {
        let triggers = model.triggers.values().flat_map(|trigger| &trigger.set);
        let actions = model.actions.values().flat_map(|action| &action.set);
        let mut set = actions.chain(triggers);
        set.any(|change| change.path.starts_with("service.") && change.path.contains(word))
    };
    let (queues, sheds) = (may_come(".queue"), may_come(".shed"));
    let endpoints = may_come(".endpoint.");
    let mut all = Vec::new();
    for (name, service) in &model.services {
        let queue = &service.queue;
        let tells = service.limiter.is_some_and(|limiter| limiter.tells());
        let grants = matches!(service.limiter, Some(Limiter::Breakwater(of)) if of.tells);
        let ages = queue.max_age.is_some() || queue.codel.is_some();
        for (endpoint, body) in &service.endpoints {
            let is_there = !body.on || body.shed.share > 0.0 || endpoints;
            let tally = |word| Tally {
                of: format!("service.{name}.endpoint.{endpoint}"),
                word,
            };
            all.extend(ENDPOINT_COUNTED.into_iter().map(tally).filter(|_| is_there));
        }
        let parts: [(&str, &[&'static str], bool); 6] = [
            ("queue", &["expired"], ages || queues),
            ("queue", &["preempted"], queue.preempts() || queues),
            ("shed", &["refused"], service.shed.share > 0.0 || sheds),
            ("limiter", &["refused"], service.limiter.is_some()),
            ("limiter", &["stopped"], tells),
            ("limiter", &["waited"], grants),
        ];
        for (part, words, is_there) in parts {
            let tally = |word: &&'static str| Tally {
                of: format!("service.{name}.{part}"),
                word,
            };
            all.extend(words.iter().map(tally).filter(|_| is_there));
        }
    }
    all
}

/// What a cache counts: requests that found their entry, that did not, and that waited for the miss
/// of another; entries that gave way to others, grew too old, and were lost at once.
pub const CACHE_COUNTED: [&str; 6] = ["hit", "missed", "shared", "evicted", "expired", "flushed"];
/// What it counts where it gives old entries: hits of those, and old entries that were filled anew
/// for nobody.
pub const STALE_COUNTED: [&str; 2] = ["stale", "refilled"];
/// What an endpoint counts: attempts that found it closed, and those that it shed.
pub const ENDPOINT_COUNTED: [&str; 2] = ["closed", "shed"];
/// How often all that there is was held by those who wait for more.
pub const DRIED: &str = "dried";
/// Attempts that failed after they had answered.
pub const LATE_FAILED: &str = "late_failed";

/// Services with an endpoint that answers before it ends count what fails afterwards.
fn late(all: &mut Vec<Tally>, model: &Model) {
    for (name, service) in &model.services {
        let mut answers = false;
        for step in service
            .endpoints
            .values()
            .flat_map(|endpoint| &endpoint.steps)
        {
            step.visit(&mut |step| answers |= step.kind == StepKind::Answer);
        }
        all.extend(answers.then(|| Tally {
            of: format!("service.{name}"),
            word: LATE_FAILED,
        }));
    }
}

/// What every mechanism of a table counts, by its name.
fn named<'a>(
    all: &mut Vec<Tally>,
    table: &str,
    names: impl Iterator<Item = &'a String>,
    words: &[&'static str],
) {
    for name in names {
        all.extend(words.iter().map(|word| Tally {
            of: format!("{table}.{name}"),
            word,
        }));
    }
}
