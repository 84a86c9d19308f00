//! Percentiles of times: within one replication, and over all replications together.
//!
//! One idea: a percentile is the ⌈q·n⌉-th value and needs ten values beyond it. What did not end
//! ok is longer than any time, so a percentile may be infinite. Times inside a replication are not
//! independent, so the interval of a pooled percentile comes from a bootstrap over whole
//! replications (Efron 1979, percentile method; clusters after Davison & Hinkley 1997, §3.8).

use super::order::{self, BEYOND};
use super::resample::Luck;
use crate::base::rank::rank;
use crate::results::{Pooled, PooledPercentile};

/// Replicas of a bootstrap.
const REPLICAS: usize = 400;

/// Percentiles that the results document pools: 50, 90, 95, 99 and 99.9 %.
const POOLED: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 0.999];

/// The times of one replication, counted: exact values, or the middles of a sketch's classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// A time and how often it occurs, rising.
    pub counted: Vec<(f64, u64)>,
    /// How many never ended ok.
    pub never: u64,
}

impl Sample {
    /// How many there are.
    pub fn len(&self) -> u64 {
        self.counted.iter().map(|(_, count)| count).sum::<u64>() + self.never
    }

    /// Both together.
    pub fn with(self, other: Sample) -> Sample {
        let mut counted = [self.counted, other.counted].concat();
        counted.sort_by(|a, b| a.0.total_cmp(&b.0));
        Sample {
            counted,
            never: self.never + other.never,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The q-quantile, infinite if it falls among those that never ended; `None` with fewer than
    /// ten values beyond it.
    pub fn percentile(&self, q: f64) -> Option<f64> {
        let n = self.len();
        let rank = rank(q, n);
        if n < rank + BEYOND {
            return None;
        }
        let mut below = 0;
        for &(value, count) in &self.counted {
            below += count;
            if below >= rank {
                return Some(value);
            }
        }
        Some(f64::INFINITY)
    }
}

/// The replicas of a bootstrap: how often each replication counts in each. All samples of a study
/// share them.
#[derive(Clone, Debug)]
pub struct Replicas {
    /// Row by row, one number a replication.
    times: Vec<u32>,
    /// Replications.
    of: usize,
}

impl Replicas {
    /// Those of so many replications that belong to a seed.
    pub fn new(replications: usize, seed: u64) -> Replicas {
        let (mut luck, n) = (Luck::new(seed), replications);
        let mut times = vec![0; REPLICAS * n];
        for replica in times.chunks_exact_mut(n.max(1)) {
            for _ in 0..n {
                replica[luck.below(n)] += 1;
            }
        }
        Replicas { times, of: n }
    }

    fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.times.chunks_exact(self.of.max(1))
    }
}

/// All percentiles of all replications' times put together. The replicas are of as many.
pub fn pooled(replications: &[Sample], confidence: f64, replicas: &Replicas) -> Option<Pooled> {
    let grid = Grid::of(replications)?;
    let [p50, p90, p95, p99, p999] = POOLED.map(|q| grid.percentile(q, replicas, confidence));
    Some(Pooled {
        p50,
        p90,
        p95,
        p99,
        p999,
    })
}

/// One percentile of all replications' times put together, for a spectrum: infinite if it falls
/// among those that never ended, `None` with fewer than ten values beyond it.
pub fn spectrum(replications: &[Sample], quantiles: &[f64]) -> Vec<Option<f64>> {
    let Some(grid) = Grid::of(replications) else {
        return vec![None; quantiles.len()];
    };
    let once = vec![1; replications.len()];
    quantiles
        .iter()
        .map(|&q| grid.at(q, &once, BEYOND))
        .collect()
}

/// The counts of all replications, cumulated over the values that occur in any of them.
struct Grid {
    values: Vec<f64>,
    /// Row by row, one a value: how many of each replication are at or below it.
    up_to: Vec<u64>,
    /// How many each replication has.
    sizes: Vec<u64>,
}

impl Grid {
    fn of(replications: &[Sample]) -> Option<Grid> {
        let sizes: Vec<u64> = replications.iter().map(Sample::len).collect();
        if sizes.iter().all(|&size| size == 0) {
            return None;
        }
        let (mut values, mut spare) = (Vec::new(), Vec::new());
        for sample in replications {
            merge(&values, &sample.counted, &mut spare);
            std::mem::swap(&mut values, &mut spare);
        }
        let mut rest: Vec<&[(f64, u64)]> = replications.iter().map(|r| &r.counted[..]).collect();
        let mut so_far = vec![0; replications.len()];
        let mut up_to = Vec::with_capacity(values.len() * replications.len());
        for &value in &values {
            for (rest, so_far) in rest.iter_mut().zip(&mut so_far) {
                while let [(at, count), after @ ..] = rest
                    && *at <= value
                {
                    *so_far += count;
                    *rest = after;
                }
            }
            up_to.extend_from_slice(&so_far);
        }
        Some(Grid {
            values,
            up_to,
            sizes,
        })
    }

    /// The q-quantile when each replication counts `times` times.
    fn at(&self, q: f64, times: &[u32], beyond: u64) -> Option<f64> {
        let index = self.index(q, times, beyond, self.values.len() / 2)?;
        Some(self.value(index))
    }

    fn value(&self, index: usize) -> f64 {
        self.values.get(index).copied().unwrap_or(f64::INFINITY)
    }

    /// The index of that value, sought from `near` on, in steps that double.
    fn index(&self, q: f64, times: &[u32], beyond: u64, near: usize) -> Option<usize> {
        let n = weighted(&self.sizes, times);
        let rank = rank(q, n);
        if n == 0 || n < rank + beyond {
            return None;
        }
        let row = |value: usize| &self.up_to[value * times.len()..][..times.len()];
        let is_below = |value: usize| weighted(row(value), times) < rank;
        let (last, mut step) = (self.values.len(), 1);
        let (mut low, mut high) = (near, near);
        while high < last && is_below(high) {
            low = high + 1;
            high = (high + step).min(last);
            step *= 2;
        }
        while low > 0 && !is_below(low - 1) {
            high = low - 1;
            low = low.saturating_sub(step);
            step *= 2;
        }
        while low < high {
            let middle = low.midpoint(high);
            match is_below(middle) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Some(low)
    }

    fn percentile(&self, q: f64, replicas: &Replicas, confidence: f64) -> Option<PooledPercentile> {
        let middle = self.values.len() / 2;
        let near = self.index(q, &vec![1; self.sizes.len()], BEYOND, middle)?;
        let estimate = self.value(near);
        let found = replicas
            .rows()
            .filter_map(|times| self.index(q, times, 0, near));
        let found = order::sorted(found.map(|index| self.value(index)));
        let several = self.sizes.len() > 1;
        let bound = |p| order::of_sorted(&found, p).filter(|value| several && value.is_finite());
        Some(PooledPercentile {
            estimate: Some(estimate).filter(|value| value.is_finite()),
            low: bound(0.5 - confidence / 2.0).map(|low| low.min(estimate)),
            high: bound(0.5 + confidence / 2.0).map(|high| high.max(estimate)),
            observations: self.sizes.iter().sum(),
        })
    }
}

/// Rising values together with those of a sample, each once: samples share most of theirs, so this
/// takes less than sorting all of them.
fn merge(values: &[f64], counted: &[(f64, u64)], all: &mut Vec<f64>) {
    all.clear();
    let mut rest = values;
    for &(value, _) in counted {
        while let [next, after @ ..] = rest
            && next.total_cmp(&value).is_le()
        {
            all.push(*next);
            rest = after;
        }
        if all.last().is_none_or(|last| last.total_cmp(&value).is_lt()) {
            all.push(value);
        }
    }
    all.extend_from_slice(rest);
}

fn weighted(counts: &[u64], times: &[u32]) -> u64 {
    counts
        .iter()
        .zip(times)
        .map(|(count, &weight)| count * u64::from(weight))
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one_to(n: u32, never: u64) -> Sample {
        Sample {
            counted: (1..=n).map(|v| (f64::from(v), 1)).collect(),
            never,
        }
    }

    /// The k-th of the values 1 … n is k, so the value is the rank.
    #[test]
    fn ten_values_must_lie_beyond() {
        assert_eq!(one_to(1_000, 0).percentile(0.95), Some(950.0));
        assert_eq!(one_to(1_000, 0).percentile(0.99), Some(990.0));
        assert_eq!(one_to(1_000, 0).percentile(0.999), None);
        assert_eq!(one_to(999, 0).percentile(0.99), None);
        assert_eq!(one_to(10_000, 0).percentile(0.999), Some(9_990.0));
        assert_eq!(Sample::default().percentile(0.5), None);
    }

    #[test]
    fn who_never_ends_is_beyond_every_time() {
        let sample = one_to(650, 350);
        assert_eq!(sample.percentile(0.5), Some(500.0));
        assert_eq!(sample.percentile(0.65), Some(650.0));
        assert_eq!(sample.percentile(0.66), Some(f64::INFINITY));
    }

    /// Row V79: of 1,000 independent values, ranks 936 and 964 bracket p95 with 95.8 % confidence.
    /// Replications of one value each are independent values, so the bootstrap must come close.
    #[test]
    fn the_bootstrap_agrees_with_order_statistics() {
        let replications: Vec<Sample> = (1..=1_000)
            .map(|v| Sample {
                counted: vec![(f64::from(v), 1)],
                never: 0,
            })
            .collect();
        let found = pooled(&replications, 0.95, &Replicas::new(replications.len(), 1))
            .unwrap()
            .p95
            .unwrap();
        assert_eq!((found.estimate, found.observations), (Some(950.0), 1_000));
        let (low, high) = (found.low.unwrap(), found.high.unwrap());
        assert!((931.0..=941.0).contains(&low), "{low}");
        assert!((959.0..=969.0).contains(&high), "{high}");
    }

    #[test]
    fn pooling_finds_what_no_replication_can() {
        let replications = vec![one_to(500, 0); 20];
        assert_eq!(replications[0].percentile(0.99), None);
        let found = pooled(&replications, 0.95, &Replicas::new(replications.len(), 7)).unwrap();
        let p99 = found.p99.unwrap();
        assert_eq!(
            (p99.estimate, p99.low, p99.high),
            (Some(495.0), Some(495.0), Some(495.0))
        );
        assert_eq!(
            found,
            pooled(&replications, 0.95, &Replicas::new(replications.len(), 7)).unwrap()
        );
        assert_eq!(
            pooled(&[Sample::default()], 0.95, &Replicas::new(1, 7)),
            None
        );
        let never = pooled(&vec![one_to(50, 50); 20], 0.95, &Replicas::new(20, 7))
            .unwrap()
            .p90
            .unwrap();
        assert_eq!(
            (never.estimate, never.low, never.observations),
            (None, None, 2_000)
        );
        assert_eq!(
            spectrum(&replications, &[0.5, 0.999, 0.9999]),
            [Some(250.0), Some(500.0), None]
        );
    }

    proptest! {
        #[test]
        fn pooled_intervals_contain_their_estimate(
            all in prop::collection::vec(prop::collection::vec(0.0..100.0, 0..60), 1..12),
            never in 0_u64..40,
        ) {
            let samples: Vec<Sample> = all
                .into_iter()
                .map(|values| Sample {
                    counted: order::sorted(values.into_iter()).iter().map(|&v| (v, 1)).collect(),
                    never,
                })
                .collect();
            let replicas = Replicas::new(samples.len(), 3);
            let found = pooled(&samples, 0.95, &replicas);
            for found in found.into_iter().filter_map(|p| p.p50) {
                if let Some(mid) = found.estimate {
                    prop_assert!(found.low.is_none_or(|low| low <= mid));
                    prop_assert!(found.high.is_none_or(|high| mid <= high));
                }
            }
        }
    }
}
