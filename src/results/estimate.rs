//! A number with what is known about it: mean, interval, spread of launches.
//!
//! One idea: an average's interval is not the range of launches, so both travel together. Holds
//! numbers only; `estimate` computes them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A quantity over replications: its mean, the interval of that mean, and the spread of launches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Estimate {
    /// Mean over the `n` replications in which it exists; absent if it is infinite in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<f64>,
    /// Lower end of its interval, at the confidence of the study: Student's t of the mean; of a
    /// share whose rarer side has fewer than thirty events the wider of that and the
    /// Clopper–Pearson interval of the pooled counts; of a percentile in a steady study Student's
    /// t about the percentile of all replications. Absent for fewer than two values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of that interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Replications in which the quantity exists, those in which it is infinite included.
    pub n: u32,
    /// Replications done.
    pub of: u32,
    /// One launch in ten is at or below this; absent if it is infinite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p10: Option<f64>,
    /// Half of the launches are at or below this; absent if it is infinite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// Nine launches in ten are at or below this; absent if it is infinite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    /// Replications in which it is infinite ("never"); absent if there is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub never: u32,
    /// Of a share, where few launches hold any of the rarer side: the interval is then given
    /// launches like these, and this says how many other launches there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<Rare>,
}

impl Estimate {
    /// The median of the launches; where there is none, the mean.
    ///
    /// Where it was inlined, `rustc` 1.95 read either value before it knew that there is an
    /// estimate at all, and the process died; so it is a call.
    #[inline(never)]
    pub fn middle(self) -> Option<f64> {
        self.p50.or(self.estimate)
    }
}

/// What was seen of the rarer side of a share: of those who failed where most are served, of those
/// who were served where most fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Rare {
    /// How many there are of it over all launches.
    pub events: u64,
    /// Of how many in all.
    pub of: u64,
    /// Launches that hold any.
    pub launches: u32,
    /// At most this share of launches holds any: the one-sided Clopper–Pearson bound at the
    /// confidence of the study. Failures that come together are not seen by counting requests.
    pub launches_high: f64,
}

/// A chance, from k of n, with its Clopper–Pearson interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Probability {
    /// k ÷ n.
    pub estimate: f64,
    /// Lower end of the two-sided interval.
    pub low: f64,
    /// Upper end of the two-sided interval.
    pub high: f64,
    /// Replications in which it happened.
    pub k: u32,
    /// Replications in which it could have happened.
    pub n: u32,
}

/// A mean and a maximum over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MeanMax {
    /// Average over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// Largest value at any instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Estimate>,
}

/// Times in seconds of those that ended ok (at a service: of accepted attempts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Times {
    /// How many there are, a replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Estimate>,
    /// Mean time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// Standard deviation of the times in a replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sd: Option<Estimate>,
    /// Half are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<Estimate>,
    /// 90 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<Estimate>,
    /// 95 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<Estimate>,
    /// 99 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<Estimate>,
    /// 99.9 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p999: Option<Estimate>,
    /// The longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Estimate>,
    /// Percentiles of all replications' times put together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pooled: Option<Pooled>,
}

/// Times in seconds of all that started. One that did not end ok counts as longer than any time,
/// so a percentile may be infinite ("never").
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Percentiles {
    /// How many started, a replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Estimate>,
    /// Half are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<Estimate>,
    /// 90 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<Estimate>,
    /// 95 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<Estimate>,
    /// 99 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<Estimate>,
    /// 99.9 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p999: Option<Estimate>,
    /// Percentiles of all replications' times put together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pooled: Option<Pooled>,
}

/// Percentiles of all replications' times put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Pooled {
    /// Half are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<PooledPercentile>,
    /// 90 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<PooledPercentile>,
    /// 95 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<PooledPercentile>,
    /// 99 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<PooledPercentile>,
    /// 99.9 % are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p999: Option<PooledPercentile>,
}

/// One percentile over all replications, its interval from a bootstrap over replications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PooledPercentile {
    /// The percentile in seconds; absent if it is infinite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<f64>,
    /// Lower end of its interval; absent if infinite or from one replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of its interval; absent if infinite or from one replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Values that it rests on.
    pub observations: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde calls"
)]
fn is_zero(n: &u32) -> bool {
    *n == 0
}
