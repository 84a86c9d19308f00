//! How much is enough: the least capacity that meets every objective, or the largest load.
//!
//! One idea: an answer is worth what was seen on both sides of it, so the values one step below and
//! one step above stand beside it, each with its chance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bottleneck::ResourceKind;
use super::difference::Unit;
use super::estimate::Probability;

/// The answer of `size`. The variant in the document is the model with the knobs as found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Size {
    /// The objectives, as written.
    pub objectives: Vec<String>,
    /// The unit of the metric of each.
    pub units: Vec<Unit>,
    /// The limit of each, in that unit.
    pub limits: Vec<f64>,
    /// What was moved, in the order of asking.
    pub knobs: Vec<SizedKnob>,
    /// Price of an hour with the values found; absent for one knob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f64>,
    /// Share of launches that must meet every objective; absent in a steady study, where the
    /// interval of each value is held against its limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
    /// Confidence of every word, all looks at the same value together.
    pub confidence: f64,
    /// What came out.
    pub found: SizeFound,
    /// True if the value found and its neighbours were told apart; false if that would take more
    /// launches than allowed.
    pub settled: bool,
    /// The values that were looked at, upwards.
    pub rungs: Vec<Rung>,
    /// Number of the value found in `rungs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<u32>,
    /// Values where the objectives are missed again although there is more, as numbers in `rungs`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<u32>,
    /// Number in `rungs` of a neighbour on the wrong side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<u32>,
    /// What keeps the next value on the wrong side from being enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binds: Option<Binding>,
    /// Launches in all.
    pub launches: u32,
    /// Launches at the value found and at its neighbours: what the answer rests on.
    pub verified_by: u32,
    /// What would be enough for other loads, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontier: Option<Frontier>,
}

/// What would be enough for which load. Each point is looked at in passing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Frontier {
    /// Path of the load in the model.
    pub path: String,
    /// What stands behind each number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The load that the model has, if it is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<f64>,
    /// By knob, what the model has, if it is a number.
    pub had: Vec<Option<f64>>,
    /// Price of an hour of that; absent for one knob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub had_price: Option<f64>,
    /// What the model carries with what it has: the most of the range, all of it, or nothing of it.
    pub carries: SizeFound,
    /// The largest load that it carries, if that is within the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carries_up_to: Option<f64>,
    /// Load by load, upwards.
    pub points: Vec<FrontierPoint>,
}

/// What is enough for a load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FrontierPoint {
    /// The load.
    pub load: f64,
    /// The values of the knobs; empty where none of the range is enough.
    pub values: Vec<f64>,
    /// Price of an hour with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f64>,
    /// True if that is the least of the range, so that less may be enough, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub or_less: bool,
    /// Launches, all values together.
    pub launches: u32,
}

/// An input that was moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SizedKnob {
    /// Its path in the model.
    pub path: String,
    /// What stands behind each number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Its lowest value.
    pub low: f64,
    /// Its highest value.
    pub high: f64,
    /// As written in the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Its value as found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// What came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SizeFound {
    /// The least value that is enough.
    Least,
    /// The largest value that still holds.
    Most,
    /// Every value that was looked at is enough.
    All,
    /// None is.
    #[default]
    Nothing,
}

/// One value of the knobs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Rung {
    /// The values of the knobs, in their order.
    pub values: Vec<f64>,
    /// Price of an hour with them; absent for one knob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f64>,
    /// Launches.
    pub launches: u32,
    /// Chance that a launch meets every objective; absent in a steady study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<Probability>,
    /// By objective, the mean of its metric over the launches in which it exists.
    pub metric: Vec<Option<f64>>,
    /// By objective, in how many launches it was missed; of a steady study 1 where its interval is
    /// on the wrong side.
    pub missed: Vec<u32>,
    /// Whether it is enough; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enough: Option<bool>,
    /// True if this value makes no valid model.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invalid: bool,
}

/// What keeps a value from being enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Binding {
    /// The objective that was missed most, as written.
    pub objective: String,
    /// The service or pool that is full there; empty if none is.
    #[serde(rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Which resource of it.
    pub resource: ResourceKind,
}
