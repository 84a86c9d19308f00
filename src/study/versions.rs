//! Two studies side by side: two versions of a model, or two stored results.
//!
//! One idea: a finished document holds every metric of every launch, so two of them are compared as
//! two variants are, wherever they came from. With the same seed their launches are pairs; with
//! another one they are as good as drawn anew, and pairing them by number is as right as any other
//! way, only wider.

use std::collections::BTreeMap;

use crate::estimate::measure::{Quantity, Scale};
use crate::estimate::verdict::{self, Question};
use crate::estimate::{paired::Paired, share};
use crate::model::{Checked, Model};
use crate::results::{
    Change, Difference, Family, Measure, Percentiles, PooledPercentile, Results, Shape, Variant,
    Versions,
};
use crate::study::contender::BASELINE;
use crate::study::differences::standing;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::Onlooker;
use crate::study::{compare, notes};

/// Medians that differ by less than this part are the same.
const SAME_MEDIAN: f64 = 0.05;
/// A tail that differs by less than this part is.
const SAME_TAIL: f64 = 0.10;

/// What differs between two models: at each place what stands in the first and in the second.
pub type Differs = BTreeMap<String, Change>;

/// What differs between the texts of two models.
pub fn differs(first: &Model, second: &Model) -> Differs {
    let moved = first.differs_from(second).into_iter();
    moved
        .map(|one| {
            let change = Change {
                set: one.now.clone().unwrap_or_else(|| "left out".to_owned()),
                was: one.was,
                now: one.now,
            };
            (one.path, change)
        })
        .collect()
}

/// Runs two versions of a model with the same luck, and compares the second with the first.
///
/// # Errors
/// If a replication of either needs more than it may use, or nothing was finished when somebody
/// stopped it.
pub fn versions(
    (first, second): (&Checked, &Checked),
    name: &str,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let one = compare::run(first, None, plan, onlooker)?;
    let other = compare::run(second, None, plan, onlooker)?;
    Ok(side_by_side(
        (one, other),
        name,
        Some(differs(first, second)),
    ))
}

/// Two stored results as one comparison, the second as a variant of this name. What differs between
/// their models is known from the texts if they are at hand, else from the inputs in the results.
pub fn side_by_side(
    (first, second): (Results, Results),
    name: &str,
    differs: Option<Differs>,
) -> Results {
    let compared_texts = differs.is_some();
    let changes = differs.unwrap_or_else(|| params(&first, &second));
    let mut results = first;
    let baseline = own(&mut results);
    let mut second = second;
    let mut variant = own(&mut second);
    variant.changes = changes;
    let headline = headline(&results, &baseline, &variant);
    let family = verdict::family(headline, 1, results.confidence);
    results.measures.extend(second.measures.clone());
    let differences = differences(&results, (&baseline, &variant), &family);
    variant.standing = Some(standing(&family, (&baseline, &variant), &differences));
    results.command = "compare".to_owned();
    results.complete &= second.complete;
    results.paired = results.seed == second.seed;
    results.answers = crate::results::Answers {
        versions: Some(Versions {
            name: name.to_owned(),
            file: second.model.file.clone(),
            hash: second.model.hash.clone(),
            seed: second.seed,
            replications: second.replications,
            paired: results.paired,
            compared_texts,
            shapes: shapes(&baseline, &variant),
        }),
        steady: results.answers.steady,
        ..Default::default()
    };
    results.order = vec![BASELINE.to_owned(), name.to_owned()];
    results.differences = [(name.to_owned(), differences)].into();
    results.attribution = BTreeMap::new();
    results.family = Some(family);
    results.variants = [(BASELINE.to_owned(), baseline), (name.to_owned(), variant)].into();
    results.files = Vec::new();
    results.notes = notes::notes(&results);
    results
}

/// What the model of a study did as it is, or as the one variant that was run.
fn own(results: &mut Results) -> Variant {
    let first = results.order.first().cloned().unwrap_or_default();
    results.variants.remove(&first).unwrap_or_default()
}

/// The metrics that words are given to: those of the objectives that both know.
fn headline(results: &Results, baseline: &Variant, variant: &Variant) -> Vec<String> {
    let known = results.family.iter().flat_map(|one| one.headline.iter());
    let asked = baseline.objectives.iter().map(|one| &one.metric);
    let mut all: Vec<String> = Vec::new();
    for metric in asked.chain(known) {
        let both = [baseline, variant].map(|one| one.values.contains_key(metric));
        if both == [true, true] && !all.contains(metric) {
            all.push(metric.clone());
        }
    }
    all
}

/// Every metric that both know.
fn differences(
    results: &Results,
    (baseline, variant): (&Variant, &Variant),
    family: &crate::results::FamilyOf,
) -> BTreeMap<String, Difference> {
    let find = |(name, was): (&String, &Vec<Option<f64>>)| {
        let is = variant.values.get(name)?;
        let n = was.len().min(is.len());
        let is_headline = family.headline.contains(name);
        let measure: Measure = results.measures.get(name).copied().unwrap_or_default();
        let question = Question {
            baseline: &was[..n],
            variant: &is[..n],
            unit: measure.unit,
            better: measure.better,
            family: match is_headline {
                true => Family::Headline,
                false => Family::Descriptive,
            },
            confidence: match is_headline {
                true => family.confidence_each,
                false => results.confidence,
            },
            sides: &[],
            centre: None,
        };
        let objectives = baseline.objectives.iter();
        let scale = Scale {
            limit: objectives
                .filter(|one| one.metric == *name)
                .map(|one| one.limit)
                .next(),
            events: None,
            bin_s: results.precision.bin_s,
            launch_s: results.model.to_s - results.model.from_s,
        };
        let quantity = Quantity::of(name);
        let threshold = |base: f64| quantity.threshold(base, &scale);
        let mut difference = verdict::difference(&question, threshold)?;
        if matches!(quantity, Quantity::Share | Quantity::Chance)
            && let Some(pairs) = Paired::of(question.baseline, question.variant)
        {
            share::clip_difference(&mut difference, pairs.baseline);
        }
        Some((name.clone(), difference))
    };
    baseline.values.iter().filter_map(find).collect()
}

/// The inputs that differ, as far as results hold them.
fn params(first: &Results, second: &Results) -> Differs {
    let (before, after) = (&first.model.params, &second.model.params);
    let names = before.keys().chain(after.keys());
    let mut all = Differs::new();
    for name in names {
        let said = |of: &BTreeMap<String, crate::results::ParamFacts>| {
            of.get(name).map(|one| one.written.clone())
        };
        let (was, now) = (said(before), said(after));
        if was != now {
            let set = now.clone().unwrap_or_else(|| "left out".to_owned());
            all.insert(format!("param.{name}"), Change { set, was, now });
        }
    }
    all
}

/// Steps whose median is the same and whose tail is not.
fn shapes(baseline: &Variant, variant: &Variant) -> Vec<Shape> {
    let steps = baseline.requests.iter();
    let both = steps.filter_map(|(name, was)| {
        let times = was
            .time
            .as_ref()
            .zip(variant.requests.get(name)?.time.as_ref())?;
        shape(name, times)
    });
    both.collect()
}

/// A step with the same median: the percentile that differs most, if its intervals are apart.
fn shape(step: &str, (was, is): (&Percentiles, &Percentiles)) -> Option<Shape> {
    let (was, is) = (was.pooled.as_ref()?, is.pooled.as_ref()?);
    let median = |of: Option<PooledPercentile>| of?.estimate.filter(|value| *value > 0.0);
    let (median_was, median_is) = (median(was.p50)?, median(is.p50)?);
    if (median_is / median_was - 1.0).abs() > SAME_MEDIAN {
        return None;
    }
    let tails = [
        (0.9, was.p90, is.p90),
        (0.95, was.p95, is.p95),
        (0.99, was.p99, is.p99),
    ];
    let apart = tails.into_iter().filter_map(|(percentile, was, is)| {
        let (was, is) = (was?, is?);
        let (low, high) = (is.low? > was.high?, is.high? < was.low?);
        let ratio = is.estimate? / was.estimate?;
        ((low || high) && times(ratio) > 1.0 + SAME_TAIL).then(|| Shape {
            step: step.to_owned(),
            median_was,
            median_is,
            percentile,
            was: was.estimate.unwrap_or_default(),
            is: is.estimate.unwrap_or_default(),
        })
    });
    let far = |one: &Shape| times(one.is / one.was);
    apart.max_by(|a, b| far(a).total_cmp(&far(b)))
}

/// How many times as large one is as the other, whichever is larger.
fn times(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio)
}
