//! How variants differ from the baseline, pair by pair.
//!
//! One idea: headline metrics share the chance of error and get words, all others get a plain
//! interval. Thresholds: the plan's, else the objective's, else the usual one,
//! which knows the objective's limit and how many events a launch has.

use std::collections::BTreeMap;

use crate::estimate::measure::{Quantity, Scale, Threshold};
use crate::estimate::paired::Paired;
use crate::estimate::verdict::{self, Question, Sides};
use crate::estimate::{share, standing};
use crate::model::Model;
use crate::model::objective::SameWithin;
use crate::results::{Difference, Estimate, Family, FamilyOf, Measure, Standing, Variant, key};
use crate::study::fill::{Sight, objectives};
use crate::study::plan::Plan;

/// What differences are judged by.
pub(crate) struct Scales<'a> {
    /// The metrics that words are given to.
    pub(crate) family: &'a FamilyOf,
    /// Unit and better direction of each metric.
    pub(crate) measures: &'a BTreeMap<String, Measure>,
    /// The model, for the limits and thresholds of its objectives.
    pub(crate) model: &'a Model,
    /// The plan, for thresholds and confidence.
    pub(crate) plan: &'a Plan,
    /// What the baseline did, for how many events a launch has.
    pub(crate) baseline: &'a Variant,
}

/// Every metric's difference of one variant from the baseline.
pub(crate) fn differences(
    baseline: &Sight<'_>,
    variant: &Sight<'_>,
    scales: &Scales<'_>,
) -> BTreeMap<String, Difference> {
    let clock = &baseline.lens.program.clock;
    let bin_s = clock.bin.as_secs_f64();
    let launch_s = clock.horizon.since(clock.cut).as_secs_f64();
    let all_sides = objectives::sides(baseline, variant, scales.family.confidence_each);
    let find = |name: &str| {
        let is_headline = scales.family.headline.iter().any(|known| known == name);
        let (family, confidence) = if is_headline {
            (Family::Headline, scales.family.confidence_each)
        } else {
            (Family::Descriptive, scales.plan.confidence)
        };
        let of_metric = all_sides.iter().filter(|(metric, _)| metric == name);
        let sides: Vec<Sides> = of_metric.map(|(_, sides)| sides.clone()).collect();
        let measure = scales.measures.get(name).copied().unwrap_or_default();
        let centre = variant
            .pooled(name)
            .zip(baseline.pooled(name))
            .map(|(variant, baseline)| variant - baseline)
            .filter(|centre| centre.is_finite());
        let both = [baseline, variant].map(|sight| sight.metric(name));
        let [was, is] = match centre {
            Some(_) => [baseline.sections(&both[0]), variant.sections(&both[1])],
            None => [&*both[0], &*both[1]],
        };
        let question = Question {
            baseline: was,
            variant: is,
            unit: measure.unit,
            better: measure.better,
            family,
            confidence,
            sides: &sides,
            centre,
        };
        let scale = Scale {
            limit: None,
            events: events(scales.baseline, name),
            bin_s,
            launch_s,
        };
        let threshold = |base: f64| scales.threshold(name, base, scale);
        let mut difference = verdict::difference(&question, threshold)?;
        if matches!(Quantity::of(name), Quantity::Share | Quantity::Chance)
            && let Some(pairs) = Paired::of(question.baseline, question.variant)
        {
            share::clip_difference(&mut difference, pairs.baseline);
        }
        Some((name.to_owned(), difference))
    };
    baseline.metric_names().filter_map(find).collect()
}

/// How a variant stands against the baseline, from its differences.
pub(crate) fn standing(
    family: &FamilyOf,
    (baseline, variant): (&Variant, &Variant),
    differences: &BTreeMap<String, Difference>,
) -> Standing {
    let word = |metric: &String| differences.get(metric).and_then(|found| found.verdict);
    let headline = family.headline.iter();
    let words: Vec<_> = headline
        .map(|metric| (metric.as_str(), word(metric)))
        .collect();
    standing::standing(&words, &baseline.objectives, &variant.objectives)
}

impl Scales<'_> {
    /// What is the same in practice: as somebody said, or as is usual. Of several objectives on one
    /// metric the strictest counts.
    fn threshold(&self, name: &str, baseline: f64, scale: Scale) -> Threshold {
        if let Some(given) = self.plan.same_within.get(name) {
            return *given;
        }
        let quantity = Quantity::of(name);
        let objectives = self.model.objectives.iter();
        let asked = objectives.filter(|objective| objective.metric.to_string() == name);
        let of_objective = asked.map(|objective| match objective.same_within {
            Some(SameWithin::Absolute(within)) => Threshold::absolute(within),
            Some(SameWithin::Relative(within)) => Threshold::relative(within),
            None => {
                let limit = Some(objective.limit);
                quantity.threshold(baseline, &Scale { limit, ..scale })
            }
        });
        let strictest = of_objective.min_by(|one, other| {
            let (one, other) = (one.in_units(baseline), other.in_units(baseline));
            one.total_cmp(&other)
        });
        strictest.unwrap_or_else(|| quantity.threshold(baseline, &scale))
    }
}

/// How many events a launch of the baseline has of which a metric is a share: users who came,
/// requests that started, messages sent, attempts that arrived. `None` for shares of time and
/// whatever is no share of events.
fn events(baseline: &Variant, metric: &str) -> Option<f64> {
    let inside = metric.strip_prefix("share(")?;
    let subject = inside.split([',', ')', '<', '>']).next()?;
    let first = subject.split(" or ").next()?.trim();
    let (whose, what) = first.rsplit_once('.').unwrap_or(("", first));
    let whose = whose.strip_suffix(".ok").unwrap_or(whose);
    let outcome = key::OUTCOMES.contains(&what) || baseline.users.outcome.own.contains_key(what);
    let request = || {
        let timed = ["ok", "failed", "unfinished", "time"].contains(&what);
        baseline.requests.get(whose).filter(|_| timed)?.started
    };
    let journey = || {
        let found = baseline.journeys.get(whose)?;
        (outcome || what == "time").then_some(found.users.arrived)?
    };
    let service = || {
        let found = baseline.services.get(whose)?;
        (what == "refused").then_some(found.arrived)?
    };
    let message = || baseline.messages.get(whose)?.sent;
    let all: Option<Estimate> = match whose {
        "" => baseline.users.arrived.filter(|_| outcome),
        _ => request().or_else(journey).or_else(message).or_else(service),
    };
    all?.estimate.filter(|events| *events > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Journey, Message, Request, Service, Users};

    fn some(n: f64) -> Option<Estimate> {
        Some(Estimate {
            estimate: Some(n),
            ..Estimate::default()
        })
    }

    #[test]
    fn shares_know_of_how_many_events_they_are() {
        let users = |n| Users {
            arrived: some(n),
            ..Users::default()
        };
        let baseline = Variant {
            users: users(1_000.0),
            journeys: [(
                "buy".to_owned(),
                Journey {
                    users: users(400.0),
                    ..Journey::default()
                },
            )]
            .into(),
            requests: [(
                "home".to_owned(),
                Request {
                    started: some(3_000.0),
                    ..Request::default()
                },
            )]
            .into(),
            messages: [(
                "mail.confirm".to_owned(),
                Message {
                    sent: some(70.0),
                    ..Message::default()
                },
            )]
            .into(),
            services: [(
                "db".to_owned(),
                Service {
                    arrived: some(9_000.0),
                    ..Service::default()
                },
            )]
            .into(),
            ..Variant::default()
        };
        for (metric, expected) in [
            ("share(served)", Some(1_000.0)),
            ("share(served or sold_out)", Some(1_000.0)),
            ("share(buy.served or buy.sold_out)", Some(400.0)),
            ("share(home.ok)", Some(3_000.0)),
            ("share(home.ok, 60s)", Some(3_000.0)),
            ("share(home.time <= 2s)", Some(3_000.0)),
            ("share(home.ok.time <= 2s) between 1m and 2m", Some(3_000.0)),
            ("share(mail.confirm.delivered)", Some(70.0)),
            ("share(db.refused)", Some(9_000.0)),
            ("share(db.in_system >= 5)", None),
            ("mean(db.utilisation)", None),
            ("p95(home.time)", None),
        ] {
            assert_eq!(events(&baseline, metric), expected, "{metric}");
        }
    }
}
