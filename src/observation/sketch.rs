//! Quantiles with a bounded relative error: log-linear buckets of integer nanoseconds.
//!
//! Every power of two is cut into 128 equal buckets, so a bucket's middle is within 0.4 % of any
//! value in it (below 256 ns the buckets are exact). The same idea as HdrHistogram (G. Tene) and,
//! with logarithms in place of the linear cut, DDSketch (Masson, Rim, Lee 2019). Mergeable:
//! buckets add. A live sketch is a flat array; a finished one keeps only the buckets in use.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use crate::base::rank::rank;

/// Largest relative error of a quantile.
pub const RELATIVE_ERROR: f64 = 0.004;

const SHIFT: u32 = 7;
const PER_OCTAVE: u64 = 1 << SHIFT;

/// Index of the bucket of a value.
#[inline]
pub const fn bucket(ns: u64) -> usize {
    if ns < 2 * PER_OCTAVE {
        return ns as usize;
    }
    let octave = 63 - ns.leading_zeros() - SHIFT;
    (octave as usize) * PER_OCTAVE as usize + (ns >> octave) as usize
}

/// The middle of a bucket, in nanoseconds.
pub const fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * PER_OCTAVE {
        return bucket;
    }
    let octave = bucket / PER_OCTAVE - 1;
    let low = (bucket - octave * PER_OCTAVE) << octave;
    low + ((1 << octave) >> 1)
}

/// A finished or merged sketch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    /// The buckets in use, in order.
    buckets: Box<[u16]>,
    /// How many values are in each.
    counts: Box<[u32]>,
    total: u64,
}

impl Sketch {
    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.buckets) + size_of_val(&*self.counts)
    }

    /// Keeps what is in live buckets, the first of which has this index.
    pub fn from_live(first: usize, live: &[u32]) -> Self {
        Self::of((first..).zip(live.iter().copied()).filter(|(_, n)| *n > 0))
    }

    /// Of buckets in order, none of them empty.
    fn of(used: impl Iterator<Item = (usize, u32)>) -> Self {
        let (mut buckets, mut counts, mut total) = (Vec::new(), Vec::new(), 0);
        for (bucket, n) in used {
            buckets.push(u16::try_from(bucket).expect("64 bits have fewer buckets"));
            counts.push(n);
            total += u64::from(n);
        }
        Self {
            buckets: buckets.into_boxed_slice(),
            counts: counts.into_boxed_slice(),
            total,
        }
    }

    /// Every bucket in use, and how many values it holds.
    fn used(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        let buckets = self.buckets.iter().map(|&bucket| usize::from(bucket));
        buckets.zip(self.counts.iter().copied())
    }

    /// How many values there are.
    pub fn len(&self) -> u64 {
        self.total
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The k-th smallest value (k from 1), in nanoseconds; `None` beyond the last.
    pub fn kth(&self, k: u64) -> Option<u64> {
        let mut left = k;
        for (bucket, n) in self.used() {
            if u64::from(n) >= left {
                return Some(middle(bucket));
            }
            left -= u64::from(n);
        }
        None
    }

    /// The percentile q of `started` values of which those not in the sketch are longer than
    /// any time: the ⌈q·n⌉-th, in nanoseconds. `None` without ten values beyond it.
    pub fn percentile(&self, q: f64, started: u64) -> Option<Percentile> {
        let rank = rank(q, started);
        if started < rank + 10 {
            return None;
        }
        Some(self.kth(rank).map_or(Percentile::Never, Percentile::At))
    }

    /// Adds all values of another sketch.
    pub fn merge(&mut self, other: &Self) {
        let mut sums: BTreeMap<usize, u32> = self.used().collect();
        for (bucket, n) in other.used() {
            *sums.entry(bucket).or_default() += n;
        }
        *self = Self::of(sums.into_iter());
    }

    /// Every bucket in use: its middle in nanoseconds, and how many values it holds.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.used().map(|(bucket, n)| (middle(bucket), n))
    }
}

/// A percentile that may be longer than any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Percentile {
    /// Nanoseconds.
    At(u64),
    /// Fewer than the asked share ended ok.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_middle_is_within_the_stated_error(ns in 1u64..1 << 60) {
            let m = middle(bucket(ns)) as f64;
            prop_assert!((m - ns as f64).abs() <= RELATIVE_ERROR * ns as f64);
        }

        #[test]
        fn buckets_keep_the_order(a in 0u64..1 << 60, b in 0u64..1 << 60) {
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(bucket(a) <= bucket(b));
        }

        #[test]
        fn quantiles_agree_with_sorting_and_with_another_sketch(
            values in proptest::collection::vec(1u64..1 << 45, 30..400), q in 0.01f64..0.9
        ) {
            let mut live = vec![0; bucket(1 << 45) + 1];
            let mut other = sketches_ddsketch::DDSketch::new(
                sketches_ddsketch::Config::new(0.005, 4096, 1e-9),
            );
            for &v in &values {
                live[bucket(v)] += 1;
                other.add(v as f64);
            }
            let n = values.len() as u64;
            let sketch = Sketch::from_live(0, &live);
            let mut sorted = values;
            sorted.sort_unstable();
            let k = rank(q, n);
            let exact = sorted[k as usize - 1] as f64;
            let ours = sketch.kth(k).expect("k is at most n") as f64;
            prop_assert!((ours - exact).abs() <= RELATIVE_ERROR * exact);
            let at = (k - 1) as f64 / (n - 1) as f64;
            if let Ok(Some(theirs)) = other.quantile(at) {
                let low = sorted[(k as usize).saturating_sub(2)] as f64;
                let high = sorted[(k as usize).min(sorted.len() - 1)] as f64;
                prop_assert!(theirs >= low * 0.99 && theirs <= high * 1.01);
            }
        }
    }

    #[test]
    fn merging_adds() {
        let mut a = Sketch::from_live(0, &[0, 1, 0, 2]);
        a.merge(&Sketch::from_live(0, &[0, 0, 0, 0, 0, 7]));
        assert_eq!(a.len(), 10);
        assert_eq!(a.kth(1), Some(1));
        assert_eq!(a.kth(4), Some(5));
        assert_eq!(a.kth(11), None);
    }

    #[test]
    fn a_percentile_needs_ten_values_beyond_it() {
        let mut live = vec![0; 4];
        live[1] = 190;
        let sketch = Sketch::from_live(0, &live);
        assert_eq!(sketch.percentile(0.95, 199), None);
        assert_eq!(sketch.percentile(0.95, 200), Some(Percentile::At(1)));
        assert_eq!(sketch.percentile(0.96, 1000), Some(Percentile::Never));
    }
}
