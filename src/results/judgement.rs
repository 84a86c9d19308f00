//! Objectives and whether they are met; a variant's word against the baseline.
//!
//! One idea: an objective is judged in each launch, and the word is about the chance of launches;
//! a variant has one word, from its objectives and those of its headline metrics.

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
    /// What reports call it, if the model says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
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
    /// The fewest replications that prove `required`, if it is met in every one of them; absent
    /// in steady studies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<u32>,
    /// For one unclear: replications that would settle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<u64>,
}

impl Objective {
    /// Whether it was met in every launch so far, and only their number is too small for a word.
    pub fn is_met_so_far(&self) -> bool {
        let every = self.chance.is_some_and(|chance| chance.k == chance.n);
        every && self.needed.is_some() && self.verdict == ObjectiveVerdict::Unclear
    }
}

/// How a variant stands against the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Standing {
    /// The word.
    pub verdict: StandingVerdict,
    /// True if the word is *better* because the variant meets every objective and the baseline
    /// fails one.
    pub by_objectives: bool,
    /// Headline metrics that are better, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub better: Vec<String>,
    /// Headline metrics that are worse, in order; also where the variant is better by its
    /// objectives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worse: Vec<String>,
    /// Headline metrics that are unclear or have no word, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unclear: Vec<String>,
}

/// The word for a variant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StandingVerdict {
    /// It meets every objective and the baseline fails one; or a headline metric is better and
    /// none is worse.
    Better,
    /// A headline metric is worse and none is better.
    Worse,
    /// Some headline metrics are better and some are worse.
    Mixed,
    /// All headline metrics are the same.
    Same,
    /// Not known at this number of replications.
    #[default]
    Unclear,
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
