//! Objectives and whether they are met.
//!
//! One idea: an objective is judged in each launch, and the word is about the chance of launches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difference::Unit;
use super::estimate::{Estimate, Probability};

/// An objective of the model, judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Objective {
    /// As written in the model.
    pub that: String,
    /// Its metric: a key of `metrics`.
    pub metric: String,
    /// Its relation: `<`, `<=`, `>`, `>=`.
    pub relation: String,
    /// What the metric is held against, in the metric's unit.
    pub limit: f64,
    /// Unit of limit and value.
    pub unit: Unit,
    /// The metric over replications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Estimate>,
    /// Replications in which the metric is infinite.
    pub never: u32,
    /// Replications in which the metric does not exist: the objective counts as not met.
    pub absent: u32,
    /// Chance that a launch meets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<Probability>,
    /// The chance that is required.
    pub required: f64,
    /// The word.
    pub verdict: ObjectiveVerdict,
    /// For one unclear: replications that would settle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<u64>,
}

/// Whether an objective is met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectiveVerdict {
    /// The lower bound of its chance reaches what is required.
    Met,
    /// The upper bound stays below it.
    Failed,
    /// Neither, yet.
    #[default]
    Unclear,
}
