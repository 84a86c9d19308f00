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
    /// It is up, and cut off from those who ask.
    CutOff,
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

/// The load below which no trigger leaves the system stuck, by the utilisation law and the worst
/// case of attempts (Huang et al., OSDI 2022, theorem 2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Stable {
    /// Visits per second that it carries when all goes well.
    pub normal_per_s: f64,
    /// Visits per second below which it comes back from anything; 0 if there is no such load.
    pub stable_per_s: f64,
    /// How many times the work at worst; absent without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<f64>,
    /// The service or pool that limits it.
    pub by: String,
    /// Visits per second at the peak, if they come by a rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered_per_s: Option<f64>,
    /// `stable_per_s` as a multiple of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom: Option<f64>,
}

/// Whether launches collapse, and whether they recover by themselves. A window is bad if one of the
/// steps that users call is: if surely fewer of its requests end ok than usual, if their median is
/// several times the usual one, or if ten or more are open and none ends ok.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Recovery {
    /// Chance of being unhealthy without three healthy windows in a row in the grace time after the
    /// trigger's end, or after the onset if that is later: as long as the trigger, at least twenty
    /// windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collapsed: Option<Probability>,
    /// Chance of three bad windows in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy: Option<Probability>,
    /// Chance, of the unhealthy, of three healthy windows in a row before the horizon while at
    /// least half of the usual original work is expected, and of no three bad ones after them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Probability>,
    /// Chance, of the unhealthy, that it was over only because the crowd had gone: no recovery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Probability>,
    /// Chance, of the unhealthy, of three bad windows in a row after a recovery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relapsed: Option<Probability>,
    /// From the trigger's end to recovery (the last one, if it relapsed), of those that recovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_s: Option<Estimate>,
    /// When the unhealthy ones fell ill: the begin of the first of three bad windows in a row,
    /// seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onset_s: Option<Estimate>,
    /// When it was over, of those that recovered or ended, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_s: Option<Estimate>,
    /// Which steps were bad when launches fell ill, and by which test; the commonest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub symptoms: Vec<Symptom>,
    /// Width of a window, seconds.
    pub window_s: f64,
    /// What set launches under stress.
    pub trigger: TriggerKind,
    /// When the trigger begins, seconds from T+0; absent where each launch has its own onset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_begin_s: Option<f64>,
    /// When the trigger ends, seconds from T+0; absent where each launch has its own onset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_end_s: Option<f64>,
    /// When the last door that users pass closes, seconds from T+0; absent if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doors_close_s: Option<f64>,
}

/// What set launches under stress.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerKind {
    /// Nothing that is known beforehand: in each launch the first of three bad windows in a row.
    #[default]
    Onset,
    /// Faults and actions that begin after the first arrival and do not last to the end.
    Change,
    /// Original work beyond nominal capacity.
    Overload,
    /// Both: work beyond capacity, and faults or actions.
    ChangeAndOverload,
    /// `trigger_ends` of the model, and nothing else.
    Given,
}

/// A step that was bad when launches fell ill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Symptom {
    /// Which step.
    pub step: String,
    /// By which test.
    pub test: SymptomTest,
    /// In how many launches.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub in_launches: Option<Probability>,
    /// What was seen in the first bad window: the share ok, the median in seconds, or how many
    /// requests were open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Estimate>,
    /// What is usual: the share ok, or the median in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<Estimate>,
}

/// By which test a step is bad.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SymptomTest {
    /// Surely fewer end ok than usual.
    #[default]
    ShareOk,
    /// The median of those that end ok is several times the usual one.
    Median,
    /// Ten or more are open and none ends ok.
    Stuck,
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
    /// When it begins, seconds from T+0; for what only launches know (stocks that run out, actions
    /// and faults by `when`, faults at random) the median over those that saw it.
    pub at_s: f64,
    /// For a fault that ends before the horizon: when, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_s: Option<f64>,
    /// Chance that a launch sees it; absent for what every launch sees.
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
    /// An action took effect, or an autoscaler ordered or withdrew servers.
    Action,
    /// A room opened or closed its doors.
    Door,
    /// A stock was sold out.
    SoldOut,
    /// All units of a pool, or all workers of a service, were held by those who waited for more.
    Dried,
    /// A remark of the model.
    Note,
    /// A milestone of the launch, as the arrival peak.
    #[default]
    Milestone,
}
