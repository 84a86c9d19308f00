//! What happened in two launches, one after the other: a typical one and a bad one.
//!
//! One idea: means over launches tell no story, a single launch does; so two are told whole, each
//! with its own instants.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bottleneck::{Bottleneck, Event, Recovery};
use super::difference::Unit;
use super::overload::Storm;

/// The answer of `run --explain`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Chain {
    /// By which metric launches were chosen: that of the first objective.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// The typical launch, then the bad one; only one where all are alike.
    pub launches: Vec<ChainLaunch>,
}

/// One launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChainLaunch {
    /// Why it was chosen.
    pub which: ChainWhich,
    /// Its number, from 0.
    pub launch: u32,
    /// Of so many.
    pub of: u32,
    /// The metric in it; absent where it does not exist or is never reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What happened in it, by time.
    pub events: Vec<Event>,
    /// What was full in it.
    pub bottlenecks: Vec<Bottleneck>,
    /// How its users fared, and whether it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// What went on where it broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storm: Option<Storm>,
}

/// Why a launch was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChainWhich {
    /// Half of the launches are no better.
    #[default]
    Typical,
    /// Nineteen of twenty are no worse; of fewer than twenty the worst.
    Bad,
}
