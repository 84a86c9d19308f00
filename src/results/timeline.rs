//! Quantities over time, and distributions drawn as charts.
//!
//! One idea: everything shares the bins of one clock. Latencies and shares belong to the bin in
//! which the thing started, counts to the bin in which they happen, queues and utilisations are
//! averages of the bin; bins are left-closed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Series over the bins of one clock. `results::key` lists the keys that charts rely on. What has
/// no value in any bin of any replication is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Stored", into = "Stored")]
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

/// Series over the bins of one clock, by metric as written in the grammar. `count(x)` is the
/// number so far at the bin's end, `rate(x)` the number in the bin per second. A quantity that has
/// no value in any bin is in neither map: nothing to count, nobody who took any time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "Timeline")]
struct Stored {
    /// Start of the first bin, seconds from T+0.
    start_s: f64,
    /// Width of a bin, seconds.
    bin_s: f64,
    /// Number of bins: the length of every array of every series.
    n: u32,
    /// Quantities that are the same in every bin of every replication, most of them 0.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    constant: BTreeMap<String, Constant>,
    /// All other quantities.
    series: BTreeMap<String, Series>,
}

/// A quantity that never moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Constant {
    /// Its value in every bin.
    value: f64,
    /// Replications in which it exists.
    n: u32,
}

/// Bins over which constants are spread where no series says how many there are: a document from
/// elsewhere may claim any number.
const BINS_UNSEEN: usize = 1_000;

impl From<Stored> for Timeline {
    fn from(stored: Stored) -> Timeline {
        let longest = stored.series.values().map(|series| series.mean.len()).max();
        let bins = (stored.n as usize).min(longest.unwrap_or(0).max(BINS_UNSEEN));
        let constant = stored.constant.into_iter();
        let spread = constant.map(|(key, constant)| (key, Series::of(constant, bins)));
        let mut series = stored.series;
        series.extend(spread);
        Timeline {
            start_s: stored.start_s,
            bin_s: stored.bin_s,
            n: stored.n,
            series,
        }
    }
}

impl From<Timeline> for Stored {
    fn from(timeline: Timeline) -> Stored {
        let mut stored = Stored {
            start_s: timeline.start_s,
            bin_s: timeline.bin_s,
            n: timeline.n,
            ..Stored::default()
        };
        for (key, series) in timeline.series {
            match series.constant() {
                Some((value, n)) => {
                    stored.constant.insert(key, Constant { value, n });
                }
                None if series.is_empty() => {}
                None => {
                    stored.series.insert(key, series);
                }
            }
        }
        stored
    }
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

impl Series {
    fn of(constant: Constant, bins: usize) -> Series {
        let values = vec![Some(constant.value); bins];
        Series {
            mean: values.clone(),
            p10: values.clone(),
            p90: values,
            n: vec![constant.n; bins],
        }
    }

    /// Whether it has no value in any bin.
    pub fn is_empty(&self) -> bool {
        self.mean.iter().all(Option::is_none)
    }

    /// Its value and the replications that have it, if both are the same in every bin.
    pub fn constant(&self) -> Option<(f64, u32)> {
        let (value, n) = ((*self.mean.first()?)?, *self.n.first()?);
        let same = |values: &[Option<f64>]| {
            let mut all = values.iter();
            values.len() == self.mean.len()
                && all.all(|v| v.is_some_and(|v| v.to_bits() == value.to_bits()))
        };
        let all = same(&self.mean) && same(&self.p10) && same(&self.p90);
        let counts = self.n.len() == self.mean.len() && self.n.iter().all(|other| *other == n);
        (all && counts).then_some((value, n))
    }
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
