//! Where a system tips: which triggers it survives, at which load.
//!
//! One idea: the border is what is asked for, so the document holds both sides of it with their
//! launches, and every other combination that was looked at on the way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::Probability;

/// The answer of `tip`. The variant in the document is the model as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Tip {
    /// What was moved: first the trigger, along which the border is searched, then the load, if two
    /// inputs were asked for.
    pub knobs: Vec<TipKnob>,
    /// Share of launches that must survive.
    pub chance: f64,
    /// Confidence of every word, all looks at the same combination together.
    pub confidence: f64,
    /// Which direction of the first input is worse.
    pub worse: TipWorse,
    /// By value of the second input, upwards; one without a second.
    pub columns: Vec<TipColumn>,
    /// Every combination that was looked at.
    pub cells: Vec<TipCell>,
    /// The value of the last input at which its load is the stable capacity, C_norm ÷ (w_L* ·
    /// w_C*): below it no trigger leaves the system stuck. Absent where it does not lie in the
    /// range, or depends on the other input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable_at: Option<f64>,
    /// Launches in all.
    pub launches: u32,
    /// Events that were simulated for them.
    pub events: u64,
}

/// An input that was moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TipKnob {
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
    /// The same as a number in that unit, where it is one and lies within the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<f64>,
}

/// Which direction is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TipWorse {
    /// More.
    #[default]
    Up,
    /// Less.
    Down,
}

/// All values of the first input at one value of the second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TipColumn {
    /// The value of the second input; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What came out.
    pub found: TipFound,
    /// Both sides of each border, as numbers in `cells`: the one that is survived, then the one
    /// that is not. More than one where more is not always worse.
    pub borders: Vec<[u32; 2]>,
    /// True if each side of each border, or the worse end where there is none, is certain.
    pub settled: bool,
    /// Whether its load is at most the stable capacity, so that nothing can leave it stuck; absent
    /// where that cannot be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable: Option<bool>,
}

/// What came out at one value of the second input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TipFound {
    /// It tips between two values of the first input.
    Border,
    /// Every value that was looked at is survived.
    Survives,
    /// None is.
    Collapses,
    /// It was not looked at before somebody stopped.
    #[default]
    Nothing,
}

/// A combination that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TipCell {
    /// The values of the inputs, in their order.
    pub values: Vec<f64>,
    /// Launches that could be judged.
    pub launches: u32,
    /// Launches that could not: those that had not come back when they ended, too early after the
    /// trigger for a word.
    #[serde(skip_serializing_if = "is_none_of_them")]
    pub unjudged: u32,
    /// Chance to collapse for good: to be unhealthy, and not to be well again when the grace time
    /// after the trigger is over, nor before the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collapsed: Option<Probability>,
    /// Chance to recover, of those that were unhealthy; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Probability>,
    /// Whether it is survived with the chance asked for; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survives: Option<bool>,
    /// True if this combination makes no valid model.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invalid: bool,
}

fn is_none_of_them(count: &u32) -> bool {
    *count == 0
}
