//! What holds when the inputs are drawn from their ranges, and which of them decides.
//!
//! One idea: a conclusion from guessed inputs is worth the share of plausible inputs under which it
//! holds; what is not known and what is luck stand apart, since only one of them can be measured.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difference::{Better, Unit};
use super::estimate::{Estimate, Probability};

/// What holds when the inputs are drawn from their ranges: points of Sobol', scrambled (Owen).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Uncertain {
    /// Points drawn.
    pub draws: u32,
    /// Draws whose `keep_metric` lies within the published range.
    pub kept: u32,
    /// Draws that were not run: they make no valid model, or need more than a replication may.
    pub unplayed: u32,
    /// Replications of each variant at each draw.
    pub replications: u32,
    /// The metric that decides whether a draw is plausible.
    pub keep_metric: String,
    /// The published range of that metric: least and most.
    pub keep_range: [f64; 2],
    /// The variants that were run at each draw, in order.
    pub variants: Vec<String>,
    /// What was concluded from the base case, and how often it holds; in the order of printing.
    pub conclusions: Vec<Conclusion>,
    /// The inputs, and where the kept draws lie.
    pub params: BTreeMap<String, DrawnParam>,
    /// The outcome over the ranges, and which input decides it; absent with too few draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeOverRanges>,
    /// Which variant is regretted least, whatever the inputs turn out to be; absent where only one
    /// was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regret: Option<Regret>,
    /// Every draw.
    pub rows: Vec<Draw>,
}

/// A conclusion, held against the draws.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Conclusion {
    /// Short name, as `doubling does not prevent the collapse`.
    pub name: String,
    /// The rule by which it is decided in a draw, in words.
    pub rule: String,
    /// Share of kept draws in which it holds; absent if none was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Probability>,
    /// Share of all draws in which it holds; absent where only kept ones were run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Probability>,
}

/// An input that was drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DrawnParam {
    /// Its 5 % point.
    pub low: f64,
    /// Its 95 % point.
    pub high: f64,
    /// Least value among kept draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_min: Option<f64>,
    /// Median among kept draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_median: Option<f64>,
    /// Largest value among kept draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_max: Option<f64>,
}

/// One draw of all inputs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Draw {
    /// The value of each input.
    pub params: BTreeMap<String, f64>,
    /// The metric that decides whether the draw is plausible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_value: Option<f64>,
    /// Whether it lies within the published range.
    pub kept: bool,
    /// False if the draw makes no valid model, or needs more than a replication may.
    pub played: bool,
    /// For each conclusion, in their order, whether it holds in the first launch; absent where it
    /// cannot be said.
    pub holds: Vec<Option<bool>>,
    /// For each variant, in their order, the outcome of each launch; nothing of a variant that was
    /// not run here, absent where the outcome does not exist or is never reached.
    pub values: Vec<Vec<Option<f64>>>,
    /// In how many launches of the first variant every objective is met.
    pub met: u32,
}

/// The outcome over the ranges, and which input decides it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OutcomeOverRanges {
    /// The variant that it is about.
    pub variant: String,
    /// The metric.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// The objectives, as written.
    pub objectives: Vec<String>,
    /// Chance that a launch meets every objective, inputs and luck together, over the draws that
    /// are kept: launches of one draw are alike, which makes its interval wider (Korn & Graubard
    /// 1998). Absent without objectives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<Probability>,
    /// Share of launches that must meet every objective: the largest that an objective asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<f64>,
    /// Chance that a launch meets every objective, as whole launches out of twenty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_twenty: Option<u32>,
    /// Points that count.
    pub points: u32,
    /// Points that do not: a launch there has no finite value.
    pub left_out: u32,
    /// The mean over all points that count, with its interval, and the spread of points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// The variance of launches, taken apart; absent with one launch a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance: Option<VarianceSplit>,
    /// What the indices rest on; absent where nothing varies, or points are too few.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surrogate: Option<Surrogate>,
    /// The inputs, the one that decides most first.
    pub inputs: Vec<InputWorth>,
    /// Launches at each end of each input, with the others at their base case.
    pub tornado_launches: u32,
}

/// The variance of launches, taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VarianceSplit {
    /// Of what is not known: the variance between points.
    pub unknown: f64,
    /// Of luck: the variance between launches at the same point.
    pub luck: f64,
    /// What is not known as a share of both.
    pub share: Fraction,
}

/// A share with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Fraction {
    /// The estimate.
    pub estimate: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What stands in for more launches: a sparse polynomial chaos through the points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Surrogate {
    /// Share of the variance between points that it foretells at points that it never saw (Q²),
    /// luck apart; what it misses widens the interval of every index on both sides.
    pub foretold: f64,
    /// Its terms.
    pub terms: u32,
    /// The highest degree in one input.
    pub degree: u32,
}

/// How much an input decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct InputWorth {
    /// The parameter.
    pub name: String,
    /// Its base case; absent if that is a distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<f64>,
    /// Its 5 % point.
    pub low: f64,
    /// Its 95 % point.
    pub high: f64,
    /// The outcome at its 5 % point, the others at their base case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_low: Option<Estimate>,
    /// The outcome at its 95 % point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_high: Option<Estimate>,
    /// The outcome at the base case of all, under the same luck.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_base: Option<Estimate>,
    /// First-order Sobol' index: by this share the variance between points falls when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Fraction>,
    /// Total Sobol' index: this share of it is left while it is not known and all else is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Fraction>,
    /// Chance that the variant chosen is not the best, if this input were known before choosing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong_if_known: Option<f64>,
}

/// Which variant is regretted least.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Regret {
    /// The variants, the one of least largest regret first.
    pub rows: Vec<VariantRegret>,
    /// Points that count: all variants have a value there.
    pub points: u32,
    /// The variant whose largest regret is least.
    pub least_largest: String,
    /// The variant whose mean regret is least.
    pub least_mean: String,
    /// Whether its mean is known to be less than that of every other one, all at once.
    pub settled: bool,
    /// Chance that the variant of least mean regret is not the best, as far as the inputs decide;
    /// absent where the variants cannot be foretold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong: Option<f64>,
}

/// How much worse a variant is than the best one at the same inputs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VariantRegret {
    /// The variant.
    pub variant: String,
    /// Over the points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// At the point where it is largest.
    pub largest: f64,
    /// Points at which it is the best, or as good.
    pub best_in: u32,
}
