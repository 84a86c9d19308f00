//! Two studies side by side: two versions of a model, or two stored results.
//!
//! One idea: the figures stand where those of any comparison stand; here is what is said of the
//! second study beside them, and where times have another shape although their median is the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The answer of `compare` for two files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Versions {
    /// Name of the variant in this document that is the second study.
    pub name: String,
    /// File of the second model.
    pub file: String,
    /// Its hash, as `model.hash` is that of the first.
    pub hash: String,
    /// Seed of the second study.
    pub seed: u64,
    /// Replications of the second study.
    pub replications: u32,
    /// True if both have the same seed, so that their launches are pairs.
    pub paired: bool,
    /// True if the texts of both models were at hand, so that `changes` of the variant are whole.
    pub compared_texts: bool,
    /// Steps whose times have another shape although their median is the same.
    pub shapes: Vec<Shape>,
}

/// Times of a step with the same median and another tail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Shape {
    /// The step.
    pub step: String,
    /// Median of the first study, seconds.
    pub median_was: f64,
    /// Median of the second one.
    pub median_is: f64,
    /// The percentile that differs most, as a share.
    pub percentile: f64,
    /// It in the first study, seconds.
    pub was: f64,
    /// It in the second one.
    pub is: f64,
}
