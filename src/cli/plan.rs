//! From flags to the plan of a study: the model proposes, the command line disposes.

use std::collections::BTreeMap;
use std::thread;

use super::args::Effort;
use super::exit::{Ending, Exit};
use super::memory;
use crate::base::time::{Span, Time};
use crate::base::unit::{Rate, Share};
use crate::base::visible::visible;
use crate::estimate::measure::Threshold;
use crate::model::metric::Unit;
use crate::model::{Model, Study};
use crate::study::{self, AT_MOST, Plan};

/// Threads for each core, at most.
const THREADS_A_CORE: usize = 4;

/// The plan for a model.
///
/// # Errors
/// If a threshold names no metric of the model, or does not fit its unit.
pub(super) fn plan(
    model: &Model,
    asked: &Effort,
    set: &[(String, String)],
) -> Result<Plan, Ending> {
    let mut plan = Plan::of(model);
    plan.seed = asked.seed.unwrap_or(plan.seed);
    plan.effort = effort(plan.effort, asked)?;
    plan.confidence = asked.confidence.unwrap_or(plan.confidence);
    plan.within = asked.within;
    plan.fresh = asked.fresh;
    plan.threads = threads(asked.threads);
    plan.limits.bytes = memory::limit(asked.memory);
    plan.limits.events = asked.events.unwrap_or(plan.limits.events);
    plan.set = set
        .iter()
        .map(|(path, value)| (visible(path).into_owned(), visible(value).into_owned()))
        .collect();
    plan.same_within = thresholds(model, &asked.same_within)?;
    Ok(plan)
}

/// The instant from which variants apply.
///
/// # Errors
/// If it is no instant in the middle of what is simulated.
pub(super) fn from(model: &Model, asked: Option<Time>) -> Result<Option<Time>, Ending> {
    let Some(at) = asked else { return Ok(None) };
    let wrong = |why: String| Err(Ending::new(Exit::Usage, why));
    if model.study != Study::Launch {
        return wrong("--from needs a launch: a steady study has no middle".to_owned());
    }
    if !model.is_midway(at) {
        let (begins, ends) = (model.begins(), model.horizon());
        return wrong(format!(
            "--from {at} is not in the middle of the launch: write an instant after {begins} and \
             before {ends}"
        ));
    }
    Ok(Some(at))
}

/// As many as asked for, else one for each core; more than some for each core help nobody.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    asked.map_or(cores, usize::from).min(THREADS_A_CORE * cores)
}

fn effort(proposed: study::Effort, asked: &Effort) -> Result<study::Effort, Ending> {
    use study::Effort::{Precision, Replications};
    let at_most = asked.at_most.unwrap_or(AT_MOST);
    Ok(match (asked.replications, asked.precision, proposed) {
        (Some(replications), ..) => Replications(replications),
        (_, Some(relative), _) | (_, _, Precision { relative, .. }) => {
            Precision { relative, at_most }
        }
        _ if asked.within.is_some() => Replications(at_most),
        (_, _, proposed) if asked.at_most.is_none() => proposed,
        _ => {
            let why = "--at-most needs --precision or --within";
            return Err(Ending::new(Exit::Usage, why));
        }
    })
}

fn thresholds(
    model: &Model,
    asked: &[(String, String)],
) -> Result<BTreeMap<String, Threshold>, Ending> {
    let mut thresholds = BTreeMap::new();
    for (metric, value) in asked {
        let wrong = |why: &str| {
            let flag = format!("--same-within `{metric}={value}`: {why}");
            Ending::new(Exit::Usage, flag)
        };
        let found = model
            .metric(metric)
            .map_err(|diagnostic| match &diagnostic.help {
                Some(help) => wrong(&format!("{}; {help}", diagnostic.found)),
                None => wrong(&diagnostic.found),
            })?;
        let threshold = threshold(value, found.unit());
        let threshold = threshold.ok_or_else(|| wrong("it does not fit the unit of the metric"))?;
        thresholds.insert(model.key_of(&found), threshold);
    }
    Ok(thresholds)
}

/// A percentage is a part of the baseline, unless the metric itself is a share: then points.
fn threshold(value: &str, unit: Unit) -> Option<Threshold> {
    let share = || Share::parse(value).ok().map(|share| share.0);
    match unit {
        Unit::Share => share().map(Threshold::absolute),
        _ if value.ends_with('%') => share().map(Threshold::relative),
        Unit::Seconds => Span::parse(value)
            .ok()
            .map(Span::as_secs_f64)
            .map(Threshold::absolute),
        Unit::PerSecond => Rate::parse(value)
            .ok()
            .map(|rate| Threshold::absolute(rate.0)),
        _ => {
            let number = value.replace('_', "").parse().ok();
            number
                .filter(|number: &f64| number.is_finite() && *number >= 0.0)
                .map(Threshold::absolute)
        }
    }
}
