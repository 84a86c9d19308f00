//! The answer to the model's own question.
//!
//! One idea: it is read off the finished document, so it says nothing that does not stand there:
//! yes or no by the objectives of the variant that is asked about, the figure that decides, and the
//! cheapest variant that meets every objective.

use std::cmp::Ordering;

use crate::model::{Question, Yes};
use crate::results::{
    Answered, Cheaper, Cheapest, Deciding, Estimate, Objective, ObjectiveVerdict, Results, Said,
    Variant,
};
use crate::study::contender::BASELINE;

/// Hours that differ by less than this part of them are the same.
const ALIKE: f64 = 0.001;

/// The answer; `None` if the variant that is asked about was not run.
pub(crate) fn answer(results: &Results, question: &Question) -> Option<Answered> {
    let about = question.asks.as_deref().unwrap_or(BASELINE);
    let variant = results.variants.get(about)?;
    let deciding = deciding(results, variant);
    let baseline = results.variants.get(BASELINE);
    let holds = |variant: &Variant| state(&variant.objectives) == Some(ObjectiveVerdict::Met);
    let holds_as_it_is = about != BASELINE && baseline.is_some_and(holds);
    let metric = deciding.as_ref().map(|deciding| deciding.metric.as_str());
    let enough = holds_as_it_is || about == BASELINE && holds(variant);
    Some(Answered {
        question: question.text.clone(),
        about: about.to_owned(),
        said: state(&variant.objectives).map(|state| said(state, question.yes)),
        cheapest: (!enough).then(|| cheapest(results, metric)).flatten(),
        deciding,
        holds_as_it_is,
    })
}

fn said(state: ObjectiveVerdict, yes: Yes) -> Said {
    match (state, yes) {
        (ObjectiveVerdict::Met, Yes::Met) | (ObjectiveVerdict::Failed, Yes::Failed) => Said::Yes,
        (ObjectiveVerdict::Met, Yes::Failed) | (ObjectiveVerdict::Failed, Yes::Met) => Said::No,
        (ObjectiveVerdict::Unclear, _) => Said::NotSettled,
    }
}

/// What all objectives come to: failed if one failed, met if all are. `None` without any.
fn state(objectives: &[Objective]) -> Option<ObjectiveVerdict> {
    let any = |verdict| objectives.iter().any(|one| one.verdict == verdict);
    match (
        any(ObjectiveVerdict::Failed),
        any(ObjectiveVerdict::Unclear),
    ) {
        (true, _) => Some(ObjectiveVerdict::Failed),
        (_, true) => Some(ObjectiveVerdict::Unclear),
        _ => objectives.first().map(|_| ObjectiveVerdict::Met),
    }
}

/// The figure that decides about a variant.
fn deciding(results: &Results, variant: &Variant) -> Option<Deciding> {
    let all = || variant.objectives.iter();
    let wanted = state(&variant.objectives);
    if let Some(at) = all().position(|one| Some(one.verdict) == wanted) {
        let objective = &variant.objectives[at];
        return Some(Deciding {
            metric: objective.metric.clone(),
            objective: Some(at as u32),
            value: objective.value,
        });
    }
    let headline = results.family.iter().flat_map(|family| &family.headline);
    let metric = headline
        .map(String::as_str)
        .next()
        .unwrap_or("share(served)");
    Some(Deciding {
        metric: metric.to_owned(),
        objective: None,
        value: Some(*variant.metrics.get(metric)?),
    })
}

/// The cheapest of the named variants that meets every objective; else of those that did so in
/// every launch so far.
fn cheapest(results: &Results, metric: Option<&str>) -> Option<Cheapest> {
    let named = || {
        let names = results.order.iter().filter(|name| *name != BASELINE);
        names.filter_map(|name| Some((name, results.variants.get(name)?)))
    };
    let proven = |variant: &Variant| state(&variant.objectives) == Some(ObjectiveVerdict::Met);
    let so_far = |variant: &Variant| {
        let mut all = variant.objectives.iter();
        all.all(|one| one.verdict == ObjectiveVerdict::Met || one.is_met_so_far())
            && !variant.objectives.is_empty()
    };
    let mut found: Vec<_> = named().filter(|(_, variant)| proven(variant)).collect();
    let is_so_far = found.is_empty();
    if is_so_far {
        found = named().filter(|(_, variant)| so_far(variant)).collect();
    }
    found.sort_by(|(_, one), (_, other)| order(one, other).0);
    let (name, variant) = *found.first()?;
    let by = found.get(1).map(|(_, next)| order(variant, next).1);
    let baseline = results.variants.get(BASELINE);
    Some(Cheapest {
        variant: name.clone(),
        so_far: is_so_far,
        by,
        same_cost: baseline.is_some_and(|baseline| cost(baseline, variant).0.is_eq()),
        value: metric
            .and_then(|metric| variant.metrics.get(metric))
            .copied(),
    })
}

/// Which of two variants is cheaper, and by what.
fn order(one: &Variant, other: &Variant) -> (Ordering, Cheaper) {
    let changes = one.changes.len().cmp(&other.changes.len());
    match (cost(one, other), changes) {
        ((Ordering::Equal, _), Ordering::Equal) => (Ordering::Equal, Cheaper::Order),
        ((Ordering::Equal, _), changes) => (changes, Cheaper::Changes),
        (differs, _) => differs,
    }
}

/// Which of two variants costs less where hours have prices; else which needs fewer server-hours,
/// else fewer core-hours.
fn cost(one: &Variant, other: &Variant) -> (Ordering, Cheaper) {
    if one.cost.price.is_some() && other.cost.price.is_some() {
        return (hours(one.cost.price, other.cost.price), Cheaper::Price);
    }
    let servers = hours(one.cost.server_hours, other.cost.server_hours);
    match servers {
        Ordering::Equal => {
            let cores = hours(one.cost.core_hours, other.cost.core_hours);
            (cores, Cheaper::CoreHours)
        }
        differs => (differs, Cheaper::ServerHours),
    }
}

fn hours(one: Option<Estimate>, other: Option<Estimate>) -> Ordering {
    let of = |hours: Option<Estimate>| hours.and_then(|e| e.estimate).unwrap_or(0.0);
    let (one, other) = (of(one), of(other));
    match (one - other).abs() <= ALIKE * one.max(other) {
        true => Ordering::Equal,
        false => one.total_cmp(&other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Change, Cost, Probability};
    use ObjectiveVerdict::{Failed, Met, Unclear};

    fn e(value: f64) -> Option<Estimate> {
        Some(Estimate {
            estimate: Some(value),
            ..Estimate::default()
        })
    }

    /// A variant with its objectives, server-hours, core-hours and number of changed values.
    fn variant(verdicts: &[ObjectiveVerdict], servers: f64, cores: f64, changes: usize) -> Variant {
        let objective = |(at, verdict): (usize, &ObjectiveVerdict)| Objective {
            metric: format!("metric {at}"),
            verdict: *verdict,
            needed: Some(29),
            chance: Some(Probability {
                k: u32::from(*verdict != Failed) * 10,
                n: 10,
                ..Probability::default()
            }),
            ..Objective::default()
        };
        let change = |at: usize| (format!("path.{at}"), Change::default());
        Variant {
            objectives: verdicts.iter().enumerate().map(objective).collect(),
            changes: (0..changes).map(change).collect(),
            cost: Cost {
                server_hours: e(servers),
                core_hours: e(cores),
                price: None,
            },
            ..Variant::default()
        }
    }

    fn asked(asks: Option<&str>, yes: Yes, variants: Vec<(&str, Variant)>) -> Option<Answered> {
        let order = variants.iter().map(|(name, _)| (*name).to_owned());
        let results = Results {
            order: order.collect(),
            variants: variants
                .into_iter()
                .map(|(name, variant)| (name.to_owned(), variant))
                .collect(),
            ..Results::default()
        };
        let question = Question {
            text: "Does it hold?".to_owned(),
            asks: asks.map(str::to_owned),
            yes,
        };
        answer(&results, &question)
    }

    #[test]
    fn yes_and_no_follow_the_objectives() {
        for (verdicts, yes, expected, decides) in [
            (vec![Met, Met], Yes::Met, Said::Yes, 0),
            (vec![Met, Failed], Yes::Met, Said::No, 1),
            (vec![Unclear, Failed], Yes::Met, Said::No, 1),
            (vec![Met, Unclear], Yes::Met, Said::NotSettled, 1),
            (vec![Met, Failed], Yes::Failed, Said::Yes, 1),
            (vec![Met, Met], Yes::Failed, Said::No, 0),
        ] {
            let found = asked(
                None,
                yes,
                vec![("baseline", variant(&verdicts, 1.0, 1.0, 0))],
            );
            let found = found.unwrap();
            assert_eq!(found.said, Some(expected), "{verdicts:?}");
            assert_eq!(
                found.deciding.unwrap().objective,
                Some(decides),
                "{verdicts:?}"
            );
        }
        let none = asked(
            None,
            Yes::Met,
            vec![("baseline", variant(&[], 1.0, 1.0, 0))],
        );
        assert_eq!(none.unwrap().said, None);
        assert_eq!(asked(Some("more"), Yes::Met, vec![]), None);
    }

    #[test]
    fn the_cheapest_is_by_servers_then_cores_then_changes_then_order() {
        let base = || ("baseline", variant(&[Failed], 10.0, 40.0, 0));
        let found = |others: Vec<(&'static str, Variant)>| {
            let mut all = vec![base()];
            all.extend(others);
            let found = asked(None, Yes::Met, all).unwrap().cheapest.unwrap();
            (found.variant, found.by, found.same_cost)
        };
        let of = |servers, cores, changes| variant(&[Met], servers, cores, changes);
        let dear = || ("dear", of(20.0, 80.0, 1));
        let cheaper = |name: &str, by, same| (name.to_owned(), by, same);
        assert_eq!(found(vec![dear()]), cheaper("dear", None, false));
        assert_eq!(
            found(vec![dear(), ("patch", of(10.0, 40.0, 2))]),
            cheaper("patch", Some(Cheaper::ServerHours), true)
        );
        assert_eq!(
            found(vec![dear(), ("slim", of(20.0, 60.0, 2))]),
            cheaper("slim", Some(Cheaper::CoreHours), false)
        );
        assert_eq!(
            found(vec![("many", of(20.0, 80.0, 3)), dear()]),
            cheaper("dear", Some(Cheaper::Changes), false)
        );
        assert_eq!(
            found(vec![dear(), ("twin", of(20.0, 80.0, 1))]),
            cheaper("dear", Some(Cheaper::Order), false)
        );
    }

    #[test]
    fn what_is_proven_goes_before_what_was_met_so_far() {
        let base = ("baseline", variant(&[Failed], 10.0, 40.0, 0));
        let open = ("open", variant(&[Unclear], 10.0, 40.0, 1));
        let bad = ("bad", variant(&[Failed], 5.0, 20.0, 1));
        let met = ("met", variant(&[Met], 30.0, 90.0, 1));
        let found = |all| asked(None, Yes::Met, all).unwrap().cheapest;
        let all = vec![base.clone(), bad.clone(), open.clone(), met];
        let proven = found(all).unwrap();
        assert_eq!((proven.variant.as_str(), proven.so_far), ("met", false));
        let open = found(vec![base.clone(), bad.clone(), open]).unwrap();
        assert_eq!((open.variant.as_str(), open.so_far), ("open", true));
        assert_eq!(found(vec![base, bad]), None);
    }

    #[test]
    fn what_holds_as_it_is_needs_nothing() {
        let all = vec![
            ("baseline", variant(&[Met], 10.0, 40.0, 0)),
            ("more", variant(&[Met], 20.0, 80.0, 1)),
        ];
        let found = asked(Some("more"), Yes::Met, all.clone()).unwrap();
        assert!(found.holds_as_it_is && found.cheapest.is_none());
        let found = asked(None, Yes::Met, all).unwrap();
        assert!(!found.holds_as_it_is && found.cheapest.is_none());
    }
}
