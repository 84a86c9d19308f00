//! Where and when it broke: full resources, collapse and recovery, events in time order.
//!
//! One idea: a held worker that waits for a nested call is not the bottleneck, so a cause and
//! those that only wait for it are told apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Probability};

/// A resource that was full. All figures are those of the time in which it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bottleneck {
    /// The service or pool.
    #[serde(rename = "where")]
    pub place: String,
    /// Which resource of it.
    pub resource: ResourceKind,
    /// Cause, or only waiting for another.
    pub kind: BottleneckKind,
    /// Chance that a launch sees it full in this way.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub in_launches: Option<Probability>,
    /// Start of the spell, seconds from T+0; of several spells the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_s: Option<Estimate>,
    /// End of the spell, seconds from T+0; of several spells the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_s: Option<Estimate>,
    /// Number of spells between the two, in launches that see any; absent where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spells: Option<Estimate>,
    /// Instances (servers, or pools of their own) that were full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_instances: Option<Estimate>,
    /// Of so many that were asked at all.
    #[serde(skip_serializing_if = "is_one")]
    pub instances: u32,
    /// Share of their units that was in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
    /// How many waited, on average, at all instances together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Estimate>,
    /// Share of those who asked that was turned away for want of room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_share: Option<Estimate>,
    /// How long a unit was held each time, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_each_s: Option<Estimate>,
    /// Share of the attempts that arrived in the spell that were not original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_share: Option<Estimate>,
    /// Share of the worker-time held in the spell that was wasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasted_share: Option<Estimate>,
    /// Of servers that were down or stood still: the attempts that were sent to them in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swallowed: Option<Lost>,
    /// For one that waits: the cause that it waits for most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// Further causes that it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_also: Vec<String>,
    /// For a cause: others that are full in the same way, so that neither alone helps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub together_with: Vec<String>,
    /// What its holders were at, the most first; several branches of a `parallel` may be at several
    /// things. Absent where it can only be the work of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<Holder>,
    /// For a cause: what it did to others in its spell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

fn is_one(instances: &u32) -> bool {
    *instances <= 1
}

/// What a resource is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The service, pool or room; empty where it is none.
    pub name: String,
    /// Which resource of it.
    pub resource: ResourceKind,
}

/// Kinds of resources, and what else a holder can be at.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// The workers of a service.
    #[default]
    Workers,
    /// The cores of a service.
    Cores,
    /// The units of a pool or a lock.
    Pool,
    /// A room.
    Room,
    /// A user's own time.
    Think,
    /// On the way there or back.
    Network,
    /// The wait before another try.
    Pause,
}

/// What the holders of a resource were at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Holder {
    /// The service, pool or room; empty where it is none.
    #[serde(rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Which resource of it, or what else.
    pub resource: ResourceKind,
    /// Share of the time of the holders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Estimate>,
}

/// Attempts that were sent to servers in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Lost {
    /// Why they did not answer.
    pub why: OutKind,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Estimate>,
    /// Their share of all that were sent to the service meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Estimate>,
}

/// Why a server does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutKind {
    /// It has crashed, and the balancer does not know it yet.
    #[default]
    Down,
    /// It stands still.
    Paused,
}

/// What a bottleneck did to another resource in its spell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Effect {
    /// The service or pool that was held up.
    #[serde(rename = "where")]
    pub place: String,
    /// Share of the time of its holders that was spent on anything but time of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Estimate>,
    /// Share of its units that was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
}

/// Why a resource was full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BottleneckKind {
    /// Its holders waited for nothing else that was full.
    #[default]
    Cause,
    /// They waited for another that was full.
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
    /// A stock was sold out.
    SoldOut,
    /// A remark, or a milestone of the launch as the arrival peak.
    #[default]
    Milestone,
}
