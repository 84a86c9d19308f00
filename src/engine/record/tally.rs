//! Durations of one kind while a replication runs: fine buckets for the whole of it, coarse ones
//! by bin, and what means and deviations are made of.
//!
//! It does not know what takes so long, nor which of it counts.

use std::ops::Range;

use crate::base::time::Time;
use crate::engine::record::instruments::Recent;
use crate::engine::record::octaves::{OCTAVE, OCTAVES, Octaves};
use crate::observation::sketch::bucket;
use crate::observation::{Sketch, Tally};

/// Coarse buckets: 32 in an octave, from a microsecond up, within 1.6 %.
pub(in crate::engine) const COARSE: usize = OCTAVE * OCTAVES;

/// The middle of a coarse bucket, in ns.
pub(in crate::engine) const fn coarse_middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 64 {
        return (bucket << 10) + 512;
    }
    let octave = (bucket >> 5) - 1;
    let low = (bucket - (octave << 5)) << octave;
    (low << 10) + ((1 << octave) << 9)
}

/// Fine buckets up to 2⁵⁸ ns, nine years: longer than the longest time that can be written.
const FINE: usize = bucket(1 << 58);

/// Fine buckets that are added at a time where a duration is beyond those that are there: an
/// octave.
const AT_A_TIME: usize = 128;

/// From here on, 2¹⁶ ns, coarse buckets hold four of the fine ones.
const MERGED: usize = bucket(1 << 16);

/// The coarse bucket of a fine one from [`MERGED`] on.
#[inline]
fn merged(bucket: usize) -> usize {
    (bucket / 4 - (MERGED / 4 - 64)).min(COARSE - 1)
}

/// Durations of one kind.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct LiveTally {
    /// The fine buckets of the octaves from the shortest duration to the longest.
    buckets: Vec<u32>,
    /// The first of them.
    first: usize,
    pub(in crate::engine) sum: u128,
    /// In ns².
    pub(in crate::engine) squares: u128,
    pub(in crate::engine) max: u64,
    /// By bin and coarse bucket; only for requests.
    pub(in crate::engine) bins: Octaves,
    /// Every duration with its start, where a probe asks for it.
    pub(in crate::engine) log: Option<Vec<(Time, i64)>>,
    /// Those of the last seconds, where somebody reads them while the replication runs.
    recent: Option<Box<Recent>>,
    /// Whether there is any of both.
    keeps: bool,
}

/// A duration and its place in a sketch.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Took {
    /// In nanoseconds.
    pub(in crate::engine) ns: i64,
    bucket: usize,
}

impl Took {
    #[inline]
    pub(in crate::engine) fn new(ns: i64) -> Self {
        debug_assert!(ns >= 0);
        Self {
            ns,
            bucket: bucket(ns as u64).min(FINE),
        }
    }

    /// Its coarse bucket.
    #[inline]
    pub(in crate::engine) fn coarse(self) -> usize {
        if self.bucket < MERGED {
            (self.ns >> 10) as usize
        } else {
            merged(self.bucket)
        }
    }
}

impl LiveTally {
    /// Makes ready for a replication of so many bins; keeps what was allocated.
    pub(in crate::engine) fn clear(&mut self, bins: usize) {
        self.buckets.clear();
        self.bins.clear(bins);
        (self.sum, self.squares, self.max) = (0, 0, 0);
        (self.log, self.recent, self.keeps) = (None, None, false);
    }

    /// Keeps every duration from now on.
    pub(in crate::engine) fn keep_all(&mut self) {
        self.log = Some(Vec::new());
        self.keeps = true;
    }

    /// Keeps those of so many complete seconds at least.
    pub(in crate::engine) fn keep_recent(&mut self, seconds: usize) {
        self.recent.get_or_insert_default().ask_for(seconds);
        self.keeps = true;
    }

    /// Those of the last seconds.
    pub(in crate::engine) fn recent(&self) -> Option<&Recent> {
        self.recent.as_deref()
    }

    /// The same, to be changed.
    pub(in crate::engine) fn recent_mut(&mut self) -> Option<&mut Recent> {
        self.recent.as_deref_mut()
    }

    /// Adds a duration to what is held of the whole replication.
    #[inline(always)]
    pub(in crate::engine) fn add(&mut self, took: Took) {
        let ns = u128::from(took.ns as u64);
        self.count(took.bucket, 1);
        self.sum += ns;
        self.squares = self.squares.saturating_add(ns * ns);
        self.max = self.max.max(took.ns as u64);
    }

    /// Counts so many more in a fine bucket.
    #[inline(always)]
    pub(in crate::engine) fn count(&mut self, bucket: usize, n: u32) {
        match self.buckets.get_mut(bucket.wrapping_sub(self.first)) {
            Some(count) => *count += n,
            None => self.count_beyond(bucket, n),
        }
    }

    /// The same where there is no such bucket yet.
    #[cold]
    fn count_beyond(&mut self, bucket: usize, n: u32) {
        let first = bucket / AT_A_TIME * AT_A_TIME;
        if self.buckets.is_empty() {
            self.first = first;
        }
        let before = self.first.saturating_sub(first);
        self.buckets.splice(0..0, std::iter::repeat_n(0, before));
        self.first -= before;
        let all = (first + AT_A_TIME - self.first).max(self.buckets.len());
        self.buckets.resize(all, 0);
        self.buckets[bucket - self.first] += n;
    }

    /// Bytes in use, but for logs and bins that nothing is in.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let recent = self.recent.as_ref().map_or(0, |recent| recent.bytes());
        self.buckets.capacity() * size_of::<u32>() + self.bins.bytes() + recent
    }

    /// Adds a duration to a bin.
    #[inline(always)]
    pub(in crate::engine) fn add_to_bin(&mut self, took: Took, bin: usize) {
        self.bins.add(bin, took.coarse());
    }

    /// Keeps a duration, where a probe asks for it, of something that began then.
    #[inline(always)]
    pub(in crate::engine) fn note(&mut self, began: Time, ns: i64) {
        if self.keeps {
            self.keep(began, ns);
        }
    }

    #[inline(never)]
    fn keep(&mut self, began: Time, ns: i64) {
        if let Some(log) = &mut self.log {
            log.push((began, ns));
        }
        if let Some(recent) = &mut self.recent {
            recent.push(ns);
        }
    }

    /// The coarse buckets of what it has recorded, from the first in use to the last.
    pub(in crate::engine) fn used(&self) -> Range<usize> {
        match self.buckets.iter().position(|&n| n > 0) {
            None => 0..0,
            Some(first) => {
                let first = self.first + first;
                let from = if first < MERGED { 0 } else { merged(first) };
                from..Took::new(self.max as i64).coarse() + 1
            }
        }
    }

    /// What it has recorded of the whole replication, without bins.
    pub(in crate::engine) fn whole(&self) -> Self {
        let mut whole = Self::default();
        whole.clear(0);
        whole.merge(self);
        whole
    }

    /// Adds what another has recorded.
    pub(in crate::engine) fn merge(&mut self, other: &Self) {
        for (bucket, &n) in (other.first..).zip(&other.buckets) {
            if n > 0 {
                self.count(bucket, n);
            }
        }
        self.sum += other.sum;
        self.squares = self.squares.saturating_add(other.squares);
        self.max = self.max.max(other.max);
    }

    /// What it has recorded, as an observation holds it.
    pub(in crate::engine) fn finished(&self) -> Tally {
        let sketch = Sketch::from_live(self.first, &self.buckets);
        Tally {
            count: sketch.len(),
            sketch,
            sum: self.sum,
            squares: self.squares as f64 / 1e18,
            max: self.max,
        }
    }
}

/// Makes a list as long as this, of this value; keeps what was allocated.
pub(in crate::engine) fn refill<T: Clone>(values: &mut Vec<T>, len: usize, value: T) {
    values.clear();
    values.resize(len, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::classes::{self, CLASSES};
    use proptest::prelude::*;

    #[test]
    fn classes_begin_where_coarse_buckets_do() {
        for class in 0..CLASSES {
            let edge = Took::new(classes::edge(class) as i64);
            assert_eq!(edge.coarse(), class * COARSE / CLASSES);
        }
    }

    #[test]
    fn fine_buckets_reach_from_the_shortest_to_the_longest() {
        let mut tally = LiveTally::default();
        tally.clear(0);
        let times: [i64; 5] = [1_000_000, 0, 1 << 57, 1_000_000, 2_000_000];
        times.iter().for_each(|ns| tally.add(Took::new(*ns)));
        let mut other = LiveTally::default();
        other.clear(0);
        assert!(other.used().is_empty());
        other.add(Took::new(2_000_000));
        assert!(other.bytes() <= 2 * AT_A_TIME * size_of::<u32>());
        other.merge(&tally);
        let found: Vec<u32> = other.finished().sketch.buckets().map(|(_, n)| n).collect();
        assert_eq!(found, [1, 2, 2, 1]);
    }

    proptest! {
        #[test]
        fn the_coarse_middle_is_within_two_percent(ns in 64u64 << 10..1 << 45) {
            let m = coarse_middle(Took::new(ns as i64).coarse()) as f64;
            prop_assert!((m - ns as f64).abs() <= 0.0161 * ns as f64);
        }
    }
}
