//! Which variant is best, and who fell out when.
//!
//! One idea: a selection spends launches only on those who may still be the best, so each variant
//! has its own number of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difference::{Better, Unit};
use super::estimate::Estimate;

/// The answer of `compare --best`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Best {
    /// The metric.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// The best variant; the one with the best mean so far if it is not settled.
    pub variant: String,
    /// True if every other variant fell out.
    pub settled: bool,
    /// Chance that the best is picked, where it is better than every other by at least `zone`.
    pub confidence: f64,
    /// Difference that matters, in the unit of the metric: of two that are closer either may be
    /// picked.
    pub zone: f64,
    /// Launches of all variants together.
    pub launches: u32,
    /// The variants, the one that stayed longest first.
    pub rows: Vec<BestRow>,
}

/// One variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BestRow {
    /// The variant.
    pub variant: String,
    /// Its launches.
    pub launches: u32,
    /// The metric over them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// What the metric is beyond that of the best, over the launches that both made; absent of the
    /// best itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Estimate>,
    /// Who was plainly better when it fell out; absent of those who are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beaten_by: Option<String>,
}
