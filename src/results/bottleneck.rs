//! Where and when it broke: saturated resources, collapse and recovery, events in time order.
//!
//! One idea: a held worker that waits for a nested call is not the bottleneck, so a cause and
//! those that only wait for it are told apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Probability};

/// A resource that was saturated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bottleneck {
    /// The service or pool.
    #[serde(rename = "where")]
    pub place: String,
    /// Cause, or only waiting for another.
    pub kind: BottleneckKind,
    /// Chance that a launch sees it saturated in this way.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub in_launches: Option<Probability>,
    /// Start of the spell, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_s: Option<Estimate>,
    /// End of the spell, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_s: Option<Estimate>,
    /// Share of the attempts that arrived in the spell that were not original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_share: Option<Estimate>,
    /// Share of the worker-time held in the spell that was wasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasted_share: Option<Estimate>,
    /// For one that waits: the resource that it waits for most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// For a cause: what it did to others in its spell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// What a bottleneck did to another resource in its spell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Effect {
    /// The service or pool that was held up.
    #[serde(rename = "where")]
    pub place: String,
    /// Share of its held time that it was blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Estimate>,
    /// Share of its worker-time that was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
}

/// Why a resource was saturated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BottleneckKind {
    /// Its own work filled it: blocked less than half of its held time.
    #[default]
    Cause,
    /// It was held while waiting for another.
    Waits,
}

/// Whether launches collapse, and whether they recover by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Recovery {
    /// Chance of being unhealthy and not healthy again by `trigger_end_s` plus the grace time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collapsed: Option<Probability>,
    /// Chance of three bad windows in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy: Option<Probability>,
    /// Chance, of the unhealthy, of three healthy windows in a row before the horizon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Probability>,
    /// From the trigger's end to recovery, of those that recovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_s: Option<Estimate>,
    /// Width of a window, seconds.
    pub window_s: f64,
    /// When the trigger ends, seconds from T+0.
    pub trigger_end_s: f64,
}

/// A metric of the launches that collapsed, beside that of those that did not: where launches fall
/// into two groups, their mean is the figure of none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Split {
    /// Over the replications that collapsed; its `n` is their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collapsed: Option<Estimate>,
    /// Over the other replications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<Estimate>,
}

/// Something that happened, at its time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Event {
    /// In a few words.
    pub what: String,
    /// What kind of thing.
    pub kind: EventKind,
    /// When, seconds from T+0; its `p50` is the median over the launches that saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<Estimate>,
    /// Chance that a launch sees it.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub in_launches: Option<Probability>,
    /// The median by the clock that `starts` gives, in its zone, as `15:04:40`; with its date if
    /// that is not the date of T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
}

/// What every chart over time marks: something that the model plans or remarks, or a stock that ran
/// out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Moment {
    /// In a few words.
    pub what: String,
    /// What kind of thing: `fault`, `action`, `door`, `sold_out` or `note`.
    pub kind: EventKind,
    /// When it begins, seconds from T+0; for a stock the median over the launches that sold out.
    pub at_s: f64,
    /// For a fault that ends before the horizon: when, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_s: Option<f64>,
    /// For a stock: chance that a launch sells out; absent for what every launch sees.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub in_launches: Option<Probability>,
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A resource became full, or ceased to be.
    Saturated,
    /// A fault began or ended.
    Fault,
    /// An objective was first broken.
    Objective,
    /// An action took effect.
    Action,
    /// A room opened or closed its doors.
    Door,
    /// A stock was sold out.
    SoldOut,
    /// A remark of the model.
    Note,
    /// A milestone of the launch, as the arrival peak.
    #[default]
    Milestone,
}
