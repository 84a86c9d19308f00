//! What each change of a variant is worth.
//!
//! One idea: shares sum exactly to the total, and what only comes about together is shown apart.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difference::Verdict;
use super::estimate::Estimate;

/// The worth of the changes of one variant on one metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Attribution {
    /// How it was found.
    pub method: AttributionMethod,
    /// Difference of all changes together from the baseline, over the replications in which every
    /// combination was run: `n` of `of`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Estimate>,
    /// The word for the total, over all replications; where it is *same* there is nothing to share
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Total minus the sum of each change alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction: Option<Estimate>,
    /// The changes in the order of the file.
    pub order: Vec<String>,
    /// The worth of each change.
    pub parts: BTreeMap<String, AttributionPart>,
    /// What each change does on average over all combinations of the others, and how two of them
    /// help or hinder each other; absent unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factorial: Option<Factorial>,
}

/// A full factorial: every combination of the changes, run with the same luck.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Factorial {
    /// Combinations that were run.
    pub combinations: u32,
    /// The changes in the order of the file.
    pub effects: Vec<MainEffect>,
    /// Every two of them.
    pub interactions: Vec<Interaction>,
}

/// What a change does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MainEffect {
    /// The change.
    pub change: String,
    /// By how much the metric is higher with it than without it, on average over all combinations
    /// of the others.
    pub effect: Estimate,
}

/// How two changes help or hinder each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Interaction {
    /// One.
    pub first: String,
    /// The other.
    pub second: String,
    /// By how much more the first moves the metric when the second is made too, on average over all
    /// combinations of the others; the other way round it is the same.
    pub more: Estimate,
}

/// The worth of one change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AttributionPart {
    /// Its Shapley share of the total; absent if only each change alone was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Estimate>,
    /// Difference of this change alone from the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<Estimate>,
}

/// How worth was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttributionMethod {
    /// Shapley shares over all combinations of the changes.
    #[default]
    Shapley,
    /// Each change alone and all together: too many for all combinations.
    OneAtATime,
}
