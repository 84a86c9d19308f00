//! What became of requests and attempts, as their callers saw them.
//!
//! One idea: requests started = ok + failed + unfinished, and attempts sent = ok + refused +
//! timed out + error + cancelled + unfinished, exactly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Percentiles, Times};

/// The requests of one step, or all those to one endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Request {
    /// Requests started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Estimate>,
    /// Requests that ended with an answer in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<Estimate>,
    /// Requests that failed for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Estimate>,
    /// Requests that were open at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Estimate>,
    /// ok ÷ started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_ok: Option<Estimate>,
    /// Requests ended ok per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goodput: Option<Estimate>,
    /// Attempts ÷ requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amplification: Option<Estimate>,
    /// What became of the attempts.
    pub attempts: Attempts,
    /// Time of all requests that started, from reaching the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Percentiles>,
    /// Time of the requests that ended ok.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok_time: Option<Times>,
    /// Time of all attempts, from sending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_time: Option<Percentiles>,
    /// Time of the attempts that ended ok.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_ok_time: Option<Times>,
}

/// What became of attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Attempts {
    /// Attempts sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Estimate>,
    /// Answered in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<Estimate>,
    /// Turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Estimate>,
    /// Those of them that a guard of their caller turned away: they were never sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Estimate>,
    /// Given up by the caller's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timed_out: Option<Estimate>,
    /// Answered with an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Estimate>,
    /// Given up for another reason: patience, a reload, a lost join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Estimate>,
    /// Open at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Estimate>,
}
