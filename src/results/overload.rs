//! What overload does and what keeps it going: backlogs, storms, and the paths of launches through
//! queue and orbit.
//!
//! One idea: a storm has a begin, something that feeds it, and a moment past which taking its cause
//! away no longer ends it; each of these is a figure here, so that the sentence about it can be
//! checked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Probability};

/// The longest queue of a service, and how long it took until it was gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Backlog {
    /// The most that waited on average in a bin of the timeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak: Option<Estimate>,
    /// When that was: the begin of the bin, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_at_s: Option<Estimate>,
    /// From the end of that bin until no more than a twentieth of the peak waits, and less than one
    /// where that is more; `never` where the horizon comes before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drained_s: Option<Estimate>,
}

/// What went on at the service where it broke, while launches were unhealthy: from the end of the
/// trigger on, or from the onset if that is later or there is nothing after the trigger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Storm {
    /// The service: the cause of the trouble, else the one whose attempts grew most.
    #[serde(rename = "where")]
    pub place: String,
    /// Attempts a second that are first tries of every caller above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<Estimate>,
    /// Attempts a second that arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Estimate>,
    /// Attempts a second that are worked off while their callers wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goodput: Option<Estimate>,
    /// Share of what arrives that is no first try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_share: Option<Estimate>,
    /// Share of what is worked off that nobody waits for any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasted_share: Option<Estimate>,
    /// Share of the time of held workers that they wait for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Estimate>,
    /// First tries per user who comes, as a multiple of what they were before the trigger: above
    /// one where more of the work reaches the service than usual, as past a cold cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misses: Option<Estimate>,
    /// Servers that are up, as a share of those that are wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up: Option<Estimate>,
    /// Share of the service's capacity that the original load before the trigger needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_load: Option<Estimate>,
    /// The largest number of attempts for each first try in any ten seconds or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amplification_max: Option<Estimate>,
    /// The moment past which taking the trigger away no longer helps: from here on there are so
    /// many attempts for each first try, and so much dearer ones, that the usual load alone is more
    /// than the service can do (Huang et al. 2022, theorem 4), while fewer are answered in time
    /// than usually come. Seconds from T+0; of launches that did not come back when the trigger was
    /// over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_return_s: Option<Estimate>,
    /// Chance that a launch, of the unhealthy, comes to that moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_return: Option<Probability>,
}

/// The paths of some launches through queue and orbit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Phase {
    /// Whose queue.
    #[serde(rename = "where")]
    pub place: String,
    /// When the paths begin, seconds from T+0.
    pub start_s: f64,
    /// Seconds from one point of a path to the next.
    pub step_s: f64,
    /// The paths.
    pub paths: Vec<Path>,
}

/// The path of a launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Path {
    /// The number of the replication, from 0.
    pub launch: u32,
    /// Whether it collapsed; absent where that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collapsed: Option<bool>,
    /// Waiting for a worker, average from one point to the next.
    pub queue: Vec<f64>,
    /// Trying again, or at home before another visit: average likewise.
    pub orbit: Vec<f64>,
}

/// The server of a service that stands out among the others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Odd {
    /// Its number, from 1; absent where it is another in each launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<u32>,
    /// Share of its workers' time that was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
    /// The same of the others, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<Estimate>,
    /// The servers over time, at most 24 of them, this one among them; where it is another in each
    /// launch, it and the others on average.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<Lane>,
}

/// A server over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Lane {
    /// Its number, from 1; absent where it is another in each launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<u32>,
    /// Of how many servers this is the mean.
    pub servers: u32,
    /// Share of each bin of the timeline in which all its workers were taken: the mean over the
    /// launches in which it stands out.
    pub full: Vec<f64>,
}
