//! Paired differences of a variant from the baseline, and their words.
//!
//! One idea: words are given to headline metrics only, at intervals that hold together; all other
//! differences show a plain interval and no word. What a word rests on stands beside it: the
//! values, launches in which the metric is never, or an objective that changed sides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A paired difference: variant minus baseline, in the metric's unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Difference {
    /// Mean difference over the pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<f64>,
    /// Lower end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Pairs in which both values exist and are finite.
    pub n: u32,
    /// Replications done.
    pub of: u32,
    /// Confidence of this interval.
    pub confidence: f64,
    /// Headline or descriptive.
    pub family: Family,
    /// What is still the same in practice: a share of the baseline, or in the metric's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<f64>,
    /// How to read `within`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_is: Option<WithinIs>,
    /// The practical threshold in the metric's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The word; absent for descriptive metrics, and where a value is missing in some replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What the word rests on; absent without a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// Pairs by which side is longer; only where the metric is infinite ("never") in some
    /// replication of either side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never: Option<NeverPairs>,
    /// Launches in which an objective on this metric changes sides; only where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_sides: Option<ChangedSides>,
    /// Correlation of the pairs; absent when the difference never varies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// (s₁² + s₂²) ÷ s_D²: by how much pairing divides the variance of the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance_reduction: Option<f64>,
    /// For one unclear: about as many replications would settle it, up to three times as many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<u64>,
    /// At most as many replications should settle it: three times `settled_by`, since the spread is
    /// known badly from a few.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at_most: Option<u64>,
}

impl Difference {
    /// Whether settling an unclear difference would cost at most ten times what was done.
    pub fn is_sensible_to_settle(&self) -> bool {
        self.settled_by
            .is_some_and(|n| n <= 10 * u64::from(self.of))
    }
}

/// What the word for a difference rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The interval of the mean difference.
    Values,
    /// The sign test over pairs, since the metric is infinite ("never") in some replications.
    Never,
    /// An objective that is met on one side and not on the other.
    Objective,
}

/// Pairs of a metric that is infinite ("never") in some replications. Never is longer than any
/// time; a pair counts if its sides differ by more than the practical threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NeverPairs {
    /// Replications of the baseline in which it is infinite.
    pub baseline: u32,
    /// Replications of the variant in which it is infinite.
    pub variant: u32,
    /// Pairs in which the variant's value is the larger one.
    pub higher: u32,
    /// Pairs in which the variant's value is the smaller one.
    pub lower: u32,
    /// Replications in which both sides have a value or never end.
    pub n: u32,
}

/// Launches in which an objective is met on one side and not on the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChangedSides {
    /// The objective as written in the model.
    pub that: String,
    /// Launches in which the baseline meets it and the variant does not.
    pub lost: u32,
    /// Launches in which the variant meets it and the baseline does not.
    pub won: u32,
    /// Launches in which both are judged.
    pub n: u32,
    /// Where so few launches cannot give a word whatever they show: the fewest that can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<u32>,
}

/// The word for a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Better than the baseline.
    Better,
    /// Worse than the baseline.
    Worse,
    /// The same within the practical threshold.
    Same,
    /// Not known at this number of replications.
    Unclear,
}

/// Whether a difference carries a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Its interval holds together with those of all other headline metrics and variants.
    Headline,
    /// Its interval holds by itself; no word.
    #[default]
    Descriptive,
}

/// How a practical threshold is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WithinIs {
    /// A share of the baseline's mean.
    Relative,
    /// In the metric's unit.
    Absolute,
}

/// The metrics that are given words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FamilyOf {
    /// The headline metrics: those of the objectives; without objectives `share(served)`, or
    /// where stock can run out `share(served or sold_out)` and the units sold.
    pub headline: Vec<String>,
    /// Statements that hold together: headline metrics × variants compared.
    pub m: u32,
    /// Confidence of each, so that all hold together (Bonferroni).
    pub confidence_each: f64,
}

/// What a metric is measured in, and which direction is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    /// Its unit.
    pub unit: Unit,
    /// Which direction is better.
    pub better: Better,
}

/// Units of metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Unit {
    /// Seconds, a length of time.
    #[serde(rename = "s")]
    Seconds,
    /// Seconds from T+0, an instant.
    #[serde(rename = "s from T+0")]
    Instant,
    /// A share from 0 to 1.
    #[serde(rename = "share")]
    Share,
    /// Events per second.
    #[serde(rename = "/s")]
    PerSecond,
    /// How many: users, requests, attempts.
    #[default]
    #[serde(rename = "count")]
    Count,
    /// A plain ratio, as an amplification.
    #[serde(rename = "ratio")]
    Ratio,
}

/// Which direction of a metric is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither can be said.
    #[default]
    Neither,
}
