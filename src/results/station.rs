//! What services, pools, rooms, stocks and marks saw.
//!
//! One idea: the service's own view, per attempt, beside the callers' view of `request`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, MeanMax, Percentiles, Probability, Times};
use super::overload::{Backlog, Odd};

/// A service over all its instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Service {
    /// Attempts that arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Estimate>,
    /// Those that are first tries, of every caller above too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<Estimate>,
    /// Attempts that were started or let into the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Estimate>,
    /// Attempts worked off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<Estimate>,
    /// Attempts turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Estimate>,
    /// Attempts that left the queue without service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_queue: Option<Estimate>,
    /// Attempts lost by crashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Estimate>,
    /// Work in progress that was stopped because nobody waited for it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Estimate>,
    /// Attempts waiting or in service at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Estimate>,
    /// Attempts arrived ÷ original ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amplification: Option<Estimate>,
    /// Completions per second whose caller was still waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goodput: Option<Estimate>,
    /// Work whose result no waiting caller received.
    pub wasted: Wasted,
    /// Worker-time held ÷ worker-time there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
    /// Core-time executing ÷ core-time there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busy: Option<Estimate>,
    /// Share of held time spent in nested calls, pools and locks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Estimate>,
    /// Instance-time up ÷ nominal instance-time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up: Option<Estimate>,
    /// The same as `held`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilisation: Option<Estimate>,
    /// Attempts waiting or in service, averaged over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_system: Option<Estimate>,
    /// Attempts waiting, summed over instances.
    pub queue: MeanMax,
    /// Its longest queue, and how long until that was gone; absent if hardly anybody ever waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backlog: Option<Backlog>,
    /// The server that differs most from the others, where one does in most launches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odd: Option<Odd>,
    /// Share of accepted attempts that were not started at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited: Option<Estimate>,
    /// Time that accepted attempts spent in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Times>,
    /// Time from arrival to completion, of completed attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Times>,
}

/// Work whose result no waiting caller received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Wasted {
    /// Attempts that got service in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Estimate>,
    /// Core-seconds spent on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_s: Option<Estimate>,
    /// Worker-seconds held by them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_s: Option<Estimate>,
    /// Their share of all worker-seconds held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Estimate>,
}

/// A pool or lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Pool {
    /// Unit-time held ÷ unit-time there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
    /// Units held.
    pub in_use: MeanMax,
    /// Those waiting for a unit.
    pub queue: MeanMax,
    /// Share that had to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited: Option<Estimate>,
    /// Turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Estimate>,
    /// Time spent waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Times>,
}

/// A room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Room {
    /// Users who came to its door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Estimate>,
    /// Users let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admitted: Option<Estimate>,
    /// Users turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Estimate>,
    /// Users lost while waiting or at entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Estimate>,
    /// Users inside.
    pub inside: MeanMax,
    /// Time spent at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Times>,
}

/// Messages to one endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Message {
    /// Messages sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Estimate>,
    /// Messages worked off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Estimate>,
    /// Messages lost, or not worked off by the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undelivered: Option<Estimate>,
    /// From sent to worked off, of all messages sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Percentiles>,
    /// Messages sent and not yet worked off.
    pub backlog: MeanMax,
}

/// A milestone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Mark {
    /// How often it was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Estimate>,
    /// When first, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_s: Option<Estimate>,
    /// When last, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_s: Option<Estimate>,
}

/// A stock of things that users take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Stock {
    /// Units kept by users who ended served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold: Option<Estimate>,
    /// Chance that none is left at some instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold_out: Option<Probability>,
    /// From when on that is so until the end, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold_out_at_s: Option<Estimate>,
    /// When that is so for the first time, seconds from T+0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_sold_out_at_s: Option<Estimate>,
}
