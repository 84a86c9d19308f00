//! How variants differ from the baseline, pair by pair.
//!
//! One idea: headline metrics share the chance of error and get words, all others get a plain
//! interval. Thresholds: the plan's, else the objective's, else the usual one.

use std::collections::BTreeMap;

use crate::estimate::measure::{Quantity, Threshold};
use crate::estimate::paired::Paired;
use crate::estimate::share;
use crate::estimate::verdict::{self, Question};
use crate::model::Model;
use crate::model::objective::SameWithin;
use crate::results::{Better, Difference, Family, FamilyOf, Measure};
use crate::study::fill::Sight;
use crate::study::plan::Plan;

/// What differences are judged by.
pub(crate) struct Scales<'a> {
    /// The metrics that words are given to.
    pub(crate) family: &'a FamilyOf,
    /// Unit and better direction of each metric.
    pub(crate) measures: &'a BTreeMap<String, Measure>,
    /// The model, for the thresholds of its objectives.
    pub(crate) model: &'a Model,
    /// The plan, for thresholds and confidence.
    pub(crate) plan: &'a Plan,
}

/// Every metric's difference of one variant from the baseline.
pub(crate) fn differences(
    baseline: &Sight<'_>,
    variant: &Sight<'_>,
    scales: &Scales<'_>,
) -> BTreeMap<String, Difference> {
    let bin_s = baseline.lens.program.clock.bin.as_secs_f64();
    let find = |name: &str| {
        let is_headline = scales.family.headline.iter().any(|known| known == name);
        let (family, confidence) = if is_headline {
            (Family::Headline, scales.family.confidence_each)
        } else {
            (Family::Descriptive, scales.plan.confidence)
        };
        let measure = scales.measures.get(name);
        let question = Question {
            baseline: &baseline.metric(name),
            variant: &variant.metric(name),
            better: measure.map_or(Better::Neither, |measure| measure.better),
            family,
            confidence,
            centre: variant
                .pooled(name)
                .zip(baseline.pooled(name))
                .map(|(variant, baseline)| variant - baseline)
                .filter(|centre| centre.is_finite()),
        };
        let given = scales.threshold(name);
        let threshold =
            |base: f64| given.unwrap_or_else(|| Quantity::of(name).threshold(base, bin_s));
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

impl Scales<'_> {
    /// The threshold that somebody gave for a metric.
    fn threshold(&self, name: &str) -> Option<Threshold> {
        let mut objectives = self.model.objectives.iter();
        let asked = objectives.find(|objective| objective.metric.to_string() == name);
        let within = asked.and_then(|objective| objective.same_within);
        let of_objective = within.map(|within| match within {
            SameWithin::Absolute(within) => Threshold::absolute(within),
            SameWithin::Relative(within) => Threshold::relative(within),
        });
        self.plan.same_within.get(name).copied().or(of_objective)
    }
}
