//! Quantities over time, and distributions drawn as charts.
//!
//! One idea: everything shares the bins of one clock. Latencies and shares belong to the bin in
//! which the thing started, counts to the bin in which they happen, queues and utilisations are
//! averages of the bin; bins are left-closed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Series over the bins of one clock. `results::key` lists the keys that are always there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Timeline {
    /// Start of the first bin, seconds from T+0.
    pub start_s: f64,
    /// Width of a bin, seconds.
    pub bin_s: f64,
    /// Number of bins: the length of every array of every series.
    pub n: u32,
    /// By metric as written in the grammar. `count(x)` is the number so far at the bin's end,
    /// `rate(x)` the number in the bin per second.
    pub series: BTreeMap<String, Series>,
}

/// One quantity in every bin, over replications; `null` where it does not exist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Series {
    /// Mean over the replications in which it exists.
    pub mean: Vec<Option<f64>>,
    /// One launch in ten is at or below this.
    pub p10: Vec<Option<f64>>,
    /// Nine launches in ten are at or below this.
    pub p90: Vec<Option<f64>>,
    /// Replications in which it exists.
    pub n: Vec<u32>,
}

/// How long those took that ended ok, by time of start: each row a histogram, summed over
/// replications.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Heat {
    /// Width of a row, seconds: some bins of the timeline, from its start on.
    pub row_s: f64,
    /// Edges of the latency classes, seconds, rising; class i lies between edges i and i + 1.
    pub edges_s: Vec<f64>,
    /// For each row, the number in each class.
    pub counts: Vec<Vec<u64>>,
}

/// Percentiles of the time of all that started, pooled over replications.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Spectrum {
    /// Percentiles as shares, rising.
    pub q: Vec<f64>,
    /// Time at each, seconds; `null` means never.
    pub s: Vec<Option<f64>>,
    /// Share that ended ok: beyond it every percentile is never.
    pub served_share: f64,
}
