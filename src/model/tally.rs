//! What mechanisms count beside the usual: how often each said no, opened, or did whatever it is
//! there for.
//!
//! One idea: a mechanism lists its words where it is defined, and everything else (where a count
//! stands, metrics, results, tables of the report) follows from this list.

use super::Model;

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
    all.sort();
    all
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
