//! Why it broke: causes and how much of the outage each carries, the chain of events, and what
//! would have prevented it.
//!
//! One idea: a cause is a change of the model that takes something away; what it carries is its
//! Shapley share of the impact that all of them together take away, so shares add up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bottleneck::ResourceKind;
use super::estimate::{Estimate, Probability};

/// The answer of `explain`. The document also holds the variants that it speaks of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Explain {
    /// The variant of the model that is explained; absent where that is the model as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What is counted.
    pub impact: Impact,
    /// How shares were found.
    pub method: ShareMethod,
    /// Orders of taking causes away that were drawn, where not all of them were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<u32>,
    /// Launches of each combination.
    pub replications: u32,
    /// Launches of all combinations together.
    pub launches: u64,
    /// What carries something of the impact, the most first; of those that carry the same, what
    /// changed before what was always there.
    pub causes: Vec<Cause>,
    /// Sum of what they carry: what is gone if all of them are taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<Estimate>,
    /// What is left then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Estimate>,
    /// Causes of which two do not simply add up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<CausePair>,
    /// What was tried as well, and carries nothing that can be seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<Cleared>,
    /// What happened in which order.
    pub chain: Vec<Link>,
    /// What would have prevented it.
    pub preventions: Vec<Prevention>,
    /// What the first cause is worth if an input is not what was assumed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<Sensitive>,
}

/// What an outage is measured by: one number for each launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Impact {
    /// What is counted.
    pub kind: ImpactKind,
    /// The metric behind it; absent for time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The objective that it comes from, as written; absent where no objective says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective: Option<String>,
    /// How many, or how many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Estimate>,
    /// Their part of all of them; of time, of the whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Estimate>,
}

/// What is counted of an outage.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ImpactKind {
    /// Users who did not get what they came for.
    #[default]
    Users,
    /// Requests that missed what an objective asks of them.
    Requests,
    /// Seconds in which a launch was unhealthy.
    Unhealthy,
}

/// How shares were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ShareMethod {
    /// All combinations.
    #[default]
    All,
    /// Orders drawn by luck, each with its reverse (Castro, Gómez & Tejada 2009).
    Orders,
}

/// What kind of thing a cause is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CauseKind {
    /// A fault.
    #[default]
    Fault,
    /// What an operator did.
    Action,
    /// More users than usual for a time.
    Spike,
    /// Users who all come at once, beside others.
    Burst,
    /// A crowd, against half of it.
    Crowd,
    /// Programs that try again.
    Retries,
    /// People who try again, or come back.
    Reloads,
    /// Second attempts beside slow ones.
    Hedges,
    /// Work that takes much longer than other work.
    SlowPath,
    /// Fewer units than the load without faults needs.
    Capacity,
    /// An autoscaler that is late.
    ScalerDelay,
    /// An autoscaler and what it does.
    Scaler,
    /// A cache that is empty at the start.
    ColdCache,
    /// Work for callers who have left.
    WorkInVain,
    /// A defence that turns away: a breaker, a throttle, a limit, a limiter.
    Guard,
}

/// A change as it would be given by `--set`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Set {
    /// The path.
    pub path: String,
    /// The value as written.
    pub value: String,
}

/// Something that carries a part of the impact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cause {
    /// Unique among the causes.
    pub key: String,
    /// What kind of thing it is.
    pub kind: CauseKind,
    /// Its name in the model: of a fault, a policy, a service.
    pub name: String,
    /// Which resource, of a capacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceKind>,
    /// What takes it away.
    pub set: Vec<Set>,
    /// True for what changed in the launch, false for what was there all the time.
    pub changed: bool,
    /// What it carries: its Shapley share of the impact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carries: Option<Estimate>,
    /// The same as a part of the whole impact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Estimate>,
    /// What is gone if it alone is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<Estimate>,
    /// What comes back if of all causes it alone stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Estimate>,
}

/// Two causes that do not simply add up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CausePair {
    /// Their keys.
    pub keys: [String; 2],
    /// How they go together.
    pub how: Together,
    /// What is gone with both, less what is gone with each alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Estimate>,
}

/// How two causes go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Together {
    /// Both were needed: taking either away is nearly as good as both.
    #[default]
    BothNeeded,
    /// Each suffices: taking one away helps little while the other is there.
    EachSuffices,
}

/// Something that was tried and carries nothing that can be seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cleared {
    /// What kind of thing it is.
    pub kind: CauseKind,
    /// Its name in the model.
    pub name: String,
    /// Which resource, of a capacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceKind>,
    /// Why.
    pub why: ClearedWhy,
    /// What is gone if it alone is taken away; negative if things then get worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<Estimate>,
}

/// Why something is no cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClearedWhy {
    /// Taking it away changes nothing that can be seen.
    #[default]
    Nothing,
    /// Taking it away makes things worse.
    Helps,
    /// There are enough units for the load without faults.
    Enough,
    /// It carries less than those that are told.
    Less,
}

/// An event of the chain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Link {
    /// Which part of the incident it is.
    pub kind: LinkKind,
    /// What happened, in words of the model.
    pub what: String,
    /// When, seconds from T+0, over the launches that saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<Estimate>,
    /// In how many launches.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub in_launches: Option<Probability>,
    /// The median on the clock, where the model says when it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
}

/// Parts of an incident.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// What started it.
    #[default]
    Trigger,
    /// The first resource that was full.
    Saturated,
    /// The first objective that was broken.
    Broken,
    /// Users fared worse than usual.
    Unhealthy,
    /// Somebody noticed: the first remark or deed after it began.
    Noticed,
    /// The last instant at which taking the trigger away still lets the launch recover.
    NoReturn,
    /// What started it was over.
    TriggerOver,
    /// It was well again.
    Recovered,
}

/// What would have prevented it, in whole or in part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Prevention {
    /// The variant of this document that shows it.
    pub variant: String,
    /// The cause that it takes away; absent for a what-if of the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What it changes.
    pub set: Vec<Set>,
    /// What it avoids of the impact, launch by launch; negative if it adds to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avoids: Option<Estimate>,
    /// The same as a part of the impact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Estimate>,
    /// The smallest step of the same kind that avoids at least half as much; absent where it has
    /// no size, or avoids nothing that can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smallest: Option<Smallest>,
    /// The latest moment at which it still avoids at least half as much; absent where it cannot be
    /// done in the middle of a launch, or avoids nothing that can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Latest>,
}

/// The smallest step that helps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Smallest {
    /// How much of the way from what is written to the whole step: 0 to 1.
    pub way: f64,
    /// The changes.
    pub set: Vec<Set>,
    /// What it avoids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avoids: Option<Estimate>,
}

/// The latest moment that helps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Latest {
    /// Seconds from T+0; absent if even the first moment of the outage is too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
    /// How finely it was looked for, seconds.
    pub step_s: f64,
    /// What it avoids, done then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avoids: Option<Estimate>,
}

/// What the first cause is worth at the ends of the range of an input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sensitive {
    /// The input.
    pub param: String,
    /// At the low end of its range; absent where that makes no valid model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<AtInput>,
    /// At the high end of its range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<AtInput>,
}

/// An outage at another value of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AtInput {
    /// The value, in the unit of the input.
    pub value: f64,
    /// The impact there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<Estimate>,
    /// The part of it that is gone without the first cause alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Estimate>,
}
