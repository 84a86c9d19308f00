//! What is told of durations by the bin in which they started: percentiles of every bin, classes
//! for heat maps, and the windows that collapse and recovery are judged by.
//!
//! All of it reads the coarse buckets of the bins, and of those only the range that is in use.

use std::ops::Range;

use crate::base::table::Id;
use crate::engine::Sim;
use crate::engine::recorder::{WINDOW, WINDOW_BUCKETS, bins_make_windows, is_request};
use crate::engine::tally::{COARSE, LiveTally, coarse_middle};
use crate::observation::classes::{self, CLASSES};
use crate::observation::{BinTimes, CallSample, SampleId, Window};
use crate::program::CallId;

/// Coarse buckets of one class.
const OF_CLASS: usize = COARSE / CLASSES;
/// Coarse buckets of one of a window.
const OF_WINDOW: usize = COARSE / WINDOW_BUCKETS;

impl Sim<'_> {
    /// Durations of a sample by the bin in which they started.
    pub(super) fn bins_of(&self, sample: SampleId) -> Vec<BinTimes> {
        let tally = &self.rec.tallies[sample.0 as usize];
        let used = self.rec.used(sample, 1);
        let bins = tally.started.iter().zip(tally.bins.chunks_exact(COARSE));
        bins.take(self.rec.bins)
            .map(|(&started, buckets)| {
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
        if !is_request(&self.program.layout, sample) {
            return Vec::new();
        }
        let used = self.rec.used(sample, OF_CLASS);
        let bins = &self.rec.tallies[sample.0 as usize].bins[..self.rec.bins * COARSE];
        let rows = bins.chunks(COARSE * classes::bins_in_row(self.rec.bins));
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
        let (rec, layout) = (&self.rec, self.program.layout);
        let bins = (WINDOW.0 / rec.bin_width.0) as usize;
        let calls = (0..layout.calls).filter(|&call| {
            let id = CallId::from_index(call as usize);
            self.program.calls[id].from == 0
        });
        let requests = |call| layout.call_time(call, CallSample::Request);
        let read: Vec<_> = calls
            .map(requests)
            .map(|id| (&rec.tallies[id.0 as usize], rec.used(id, OF_WINDOW)))
            .collect();
        let windows = self.horizon.0 / WINDOW.0;
        (0..windows as usize)
            .map(|window| window_of(&read, bins * window..bins * (window + 1)))
            .collect()
    }
}

/// What some samples hold in some bins.
fn window_of(read: &[(&LiveTally, Range<usize>)], bins: Range<usize>) -> Window {
    let mut buckets = [0; WINDOW_BUCKETS];
    let mut started = 0;
    for (tally, used) in read {
        started += tally.started[bins.clone()].iter().sum::<u32>();
        let rows = &tally.bins[COARSE * bins.start..COARSE * bins.end];
        for row in rows.chunks_exact(COARSE) {
            add_in_groups(&mut buckets, row, used);
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
