//! Which inputs reproduce what was measured, and what the measurements cannot tell.
//!
//! One idea: a fitted value is worth its interval, and a direction of the inputs that no
//! measurement tells is worth a sentence of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The answer of a calibration. The variant in the document is the model with the fitted values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Calibrate {
    /// Combinations of inputs that were simulated.
    pub points: u32,
    /// Launches of all of them together.
    pub launches: u32,
    /// Launches of each combination near the best fit.
    pub replications: u32,
    /// Combinations that were not simulated: they make no valid model, or need too much.
    pub unplayed: u32,
    /// The inputs that were free, in the order of asking.
    pub params: Vec<FittedParam>,
    /// Correlations of the fitted values, in the same order.
    pub correlations: Vec<Vec<f64>>,
    /// How many combinations of the inputs the measurements tell; all of them if as many as there
    /// are inputs.
    pub rank: u32,
    /// Combinations that they do not tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Untold>,
    /// How far the best fit is off: squares of the differences in units of their covariance. About
    /// `degrees` if the model is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misfit: Option<f64>,
    /// Differences less combinations that are told.
    pub degrees: u32,
    /// By how much the misfit exceeds what launches explain; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess: Option<f64>,
    /// How many times as wide the intervals are for it: its root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub widened: Option<f64>,
    /// What was fitted, part by part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<FittedPart>,
    /// True if there were points enough for intervals; false if it was interrupted before.
    pub settled: bool,
}

/// A free input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FittedParam {
    /// Its name in the model.
    pub name: String,
    /// The low end of its range, in the unit of the parameter.
    pub low: f64,
    /// The high end of its range.
    pub high: f64,
    /// Its value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<f64>,
    /// The value that fits best.
    pub value: f64,
    /// The same as written in a model.
    pub written: String,
    /// The low end of its interval; absent where it could not be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// The high end of its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// True if the interval reaches the low end of the range: lower values may fit as well.
    pub at_low: bool,
    /// True if the interval reaches the high end of the range: higher values may fit as well.
    pub at_high: bool,
    /// Values of the input, rising.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profile_at: Vec<f64>,
    /// How much worse the best fit with each of them is: fall of 2·ln likelihood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profile_fall: Vec<f64>,
    /// The fall at which the interval ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_limit: Option<f64>,
}

/// A combination of inputs that the measurements do not tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Untold {
    /// The inputs in it, the most important first.
    pub params: Vec<UntoldParam>,
    /// The metric whose measurement would tell most of it; absent if none would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_tell: Option<String>,
}

/// An input in such a combination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UntoldParam {
    /// Its name.
    pub name: String,
    /// How much of the combination it is, −1 to 1: inputs of unlike sign trade off, those of like
    /// sign rise together.
    pub part: f64,
}

/// A part of what was fitted: the average of a block of a series, or a figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FittedPart {
    /// The column of the series, or the figure.
    pub of: String,
    /// Where it begins, seconds from T+0; absent for a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_s: Option<f64>,
    /// Where it ends, seconds from T+0; absent for a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_s: Option<f64>,
    /// What was measured less what fits best, in standard errors.
    pub off: f64,
}
