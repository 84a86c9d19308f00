//! What is told of durations by the bin in which they started: percentiles of every bin, classes
//! for heat maps, and the windows that collapse and recovery are judged by.
//!
//! All of it reads the coarse buckets of the bins, and of those only the range that is in use.

use std::ops::Range;

use crate::base::table::Id;
use crate::engine::Sim;
use crate::engine::recorder::{WINDOW, WINDOW_BUCKETS, bins_make_windows, call_of};
use crate::engine::tally::{COARSE, coarse_middle};
use crate::observation::classes::{self, CLASSES};
use crate::observation::{BinTimes, SampleId, Window};
use crate::program::CallId;

/// Coarse buckets of one class.
const OF_CLASS: usize = COARSE / CLASSES;
/// Coarse buckets of one of a window.
const OF_WINDOW: usize = COARSE / WINDOW_BUCKETS;

impl Sim<'_> {
    /// Durations of a sample by the bin in which they started.
    pub(super) fn bins_of(&self, sample: SampleId) -> Vec<BinTimes> {
        let Some(call) = call_of(&self.program.layout, sample) else {
            return Vec::new();
        };
        let used = self.rec.used(call, 1);
        let bins = self.rec.bins_of(call).chunks_exact(COARSE);
        bins.zip(self.rec.started_of(call))
            .map(|(buckets, started)| {
                let buckets = &buckets[used.clone()];
                let ok: u32 = buckets.iter().sum();
                let at = |q: f64, n: u32| percentile(buckets, n, q, (used.start, 1));
                BinTimes {
                    started,
                    ok,
                    p50: at(0.5, ok),
                    p95: at(0.95, ok),
                    p99: at(0.99, ok),
                    p95_all: at(0.95, started),
                }
            })
            .collect()
    }

    /// How many requests took how long, by the stretch of bins in which they started.
    pub(super) fn heat_of(&self, sample: SampleId) -> Vec<u32> {
        let Some(call) = call_of(&self.program.layout, sample) else {
            return Vec::new();
        };
        let used = self.rec.used(call, OF_CLASS);
        let row = COARSE * classes::bins_in_row(self.rec.bins);
        let rows = self.rec.bins_of(call).chunks(row);
        rows.flat_map(|bins| {
            let mut counts = [0; CLASSES];
            for bin in bins.chunks_exact(COARSE) {
                add_in_groups(&mut counts, bin, &used);
            }
            counts
        })
        .collect()
    }

    /// The windows of the replication.
    pub(super) fn windows(&self) -> Vec<Window> {
        if bins_make_windows(&self.program.clock) {
            return self.windows_of_bins();
        }
        let times = self.rec.window_times.chunks_exact(WINDOW_BUCKETS);
        let windows = self.rec.windows.iter().zip(times);
        windows
            .map(|(&(started, ok), buckets)| Window {
                started,
                ok,
                median: median(buckets, ok),
            })
            .collect()
    }

    /// The same where a window is some bins.
    fn windows_of_bins(&self) -> Vec<Window> {
        let rec = &self.rec;
        let calls = (0..self.program.layout.calls)
            .filter(|&call| self.program.calls[CallId::from_index(call as usize)].from == 0);
        let read: Vec<Requests<'_>> = calls
            .map(|call| Requests {
                bins: rec.bins_of(call),
                started: rec.started_of(call).collect(),
                used: rec.used(call, OF_WINDOW),
            })
            .collect();
        let bins = (WINDOW.0 / rec.bin_width.0) as usize;
        let windows = (self.horizon.0 / WINDOW.0) as usize;
        (0..windows)
            .map(|window| window_of(&read, bins * window..bins * (window + 1)))
            .collect()
    }
}

/// The requests of a call, by bin.
struct Requests<'a> {
    /// By bin and coarse bucket.
    bins: &'a [u32],
    /// How many started.
    started: Vec<u32>,
    /// The coarse buckets in use.
    used: Range<usize>,
}

/// What the requests of some calls come to in some bins.
fn window_of(read: &[Requests<'_>], bins: Range<usize>) -> Window {
    let mut buckets = [0; WINDOW_BUCKETS];
    let mut started = 0;
    for requests in read {
        started += requests.started[bins.clone()].iter().sum::<u32>();
        let rows = &requests.bins[COARSE * bins.start..COARSE * bins.end];
        for row in rows.chunks_exact(COARSE) {
            add_in_groups(&mut buckets, row, &requests.used);
        }
    }
    let ok = buckets.iter().sum();
    Window {
        started,
        ok,
        median: median(&buckets, ok),
    }
}

/// Adds the coarse buckets of a bin to groups of as many each; those that are used begin and end
/// with a group.
fn add_in_groups<const N: usize>(sums: &mut [u32; N], bin: &[u32], used: &Range<usize>) {
    let size = COARSE / N;
    let groups = bin[used.clone()].chunks_exact(size);
    for (sum, group) in sums[used.start / size..].iter_mut().zip(groups) {
        *sum += group.iter().sum::<u32>();
    }
}

fn median(buckets: &[u32], n: u32) -> f32 {
    percentile(buckets, n, 0.5, (0, OF_WINDOW)).max(0.0)
}

/// The ⌈q·n⌉-th of n values in coarse buckets from `first` on (or in groups of `size`), in
/// seconds; −1 without any.
fn percentile(buckets: &[u32], n: u32, q: f64, (first, size): (usize, usize)) -> f32 {
    let mut left = crate::observation::sketch::rank(q, u64::from(n)).max(1);
    for (i, &count) in buckets.iter().enumerate() {
        if u64::from(count) >= left {
            let middle = coarse_middle((first + i) * size + size / 2);
            return (middle as f64 / 1e9) as f32;
        }
        left -= u64::from(count);
    }
    -1.0
}
