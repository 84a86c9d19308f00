//! Paired differences of a variant from the baseline, and their words.
//!
//! One idea: words are given to headline metrics only, at intervals that hold together; all other
//! differences show a plain interval and no word.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A paired difference: variant minus baseline, in the metric's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The word; absent for descriptive metrics and where pairs are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Correlation of the pairs; absent when the difference never varies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// (s₁² + s₂²) ÷ s_D²: by how much pairing divides the variance of the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance_reduction: Option<f64>,
    /// For one unclear: replications that would settle it at 80 % power.
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
    /// The headline metrics, those of the objectives and `share(served)`.
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
