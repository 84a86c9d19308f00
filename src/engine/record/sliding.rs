//! A window that slides over durations: what is asked of those inside, at every stop.
//!
//! One idea: durations are ranked once, and a tree of counts over the ranks (Fenwick 1994, "A new
//! data structure for cumulative frequency tables") finds the k-th of those inside, so a window
//! costs what comes in and goes out, not all that is in it. Sums are of integers, so that what goes
//! out leaves nothing behind.

use crate::base::rank::rank;
use crate::engine::record::answers::seconds;
use crate::engine::record::samples::NEVER;
use crate::observation::Statistic;

/// Durations in the order of their start, and which of them are inside.
pub(in crate::engine) struct Sliding {
    statistic: Statistic,
    /// By start: the rank of the duration.
    ranks: Vec<u32>,
    /// By rank: the duration.
    sorted: Vec<i64>,
    /// Counts of those inside, as a Fenwick tree over ranks; the first is not used.
    tree: Vec<u32>,
    inside: u32,
    /// Sum of those inside that ended.
    sum: i128,
    /// How many of those inside never ended.
    endless: u32,
    /// How many of those inside are within the limit of a share.
    within: u32,
}

impl Sliding {
    /// Nobody of these is inside.
    pub(in crate::engine) fn new(values: &[i64], statistic: Statistic) -> Self {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_unstable_by_key(|&i| (values[i as usize], i));
        let mut ranks = vec![0; values.len()];
        for (rank, &i) in order.iter().enumerate() {
            ranks[i as usize] = rank as u32;
        }
        Self {
            statistic,
            ranks,
            sorted: order.iter().map(|&i| values[i as usize]).collect(),
            tree: vec![0; values.len() + 1],
            inside: 0,
            sum: 0,
            endless: 0,
            within: 0,
        }
    }

    /// The i-th comes in.
    pub(in crate::engine) fn come(&mut self, i: usize) {
        self.count(i, |count| count + 1, |sum, one| sum + one);
    }

    /// The i-th goes out.
    pub(in crate::engine) fn go(&mut self, i: usize) {
        self.count(i, |count| count - 1, |sum, one| sum - one);
    }

    fn count(&mut self, i: usize, n: impl Fn(u32) -> u32, add: impl Fn(i128, i128) -> i128) {
        let value = self.sorted[self.ranks[i] as usize];
        self.inside = n(self.inside);
        if value == NEVER {
            self.endless = n(self.endless);
        } else {
            self.sum = add(self.sum, i128::from(value));
        }
        if let Statistic::Share(comparison, limit) = self.statistic
            && comparison.holds(seconds(value), limit)
        {
            self.within = n(self.within);
        }
        let mut at = self.ranks[i] as usize + 1;
        while at < self.tree.len() {
            self.tree[at] = n(self.tree[at]);
            at += at & at.wrapping_neg();
        }
    }

    /// The k-th smallest of those inside, from 1, if there are so many.
    fn smallest(&self, k: u32) -> Option<i64> {
        if k == 0 || k > self.inside {
            return None;
        }
        let (mut at, mut left) = (0, k);
        let mut step = (self.tree.len() - 1).next_power_of_two();
        while step > 0 {
            if let Some(&count) = self.tree.get(at + step)
                && count < left
            {
                at += step;
                left -= count;
            }
            step /= 2;
        }
        Some(self.sorted[at])
    }

    /// The statistic of those inside, if it exists; a deviation is not followed and never does.
    pub(in crate::engine) fn value(&self) -> Option<f64> {
        let n = self.inside;
        match self.statistic {
            _ if n == 0 => None,
            Statistic::Max => self.smallest(n).map(seconds),
            Statistic::Percentile(q) => {
                let k = rank(q, u64::from(n)) as u32;
                let found = (n >= k + 10).then(|| self.smallest(k)).flatten();
                found.map(seconds)
            }
            Statistic::Mean if self.endless > 0 => Some(f64::INFINITY),
            Statistic::Mean => Some(self.sum as f64 / (f64::from(n) * 1e9)),
            Statistic::Share(..) => Some(f64::from(self.within) / f64::from(n)),
            Statistic::Deviation => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_kth_is_that_of_a_sorted_list(
            values in prop::collection::vec(0i64..50, 1..80), from in 0usize..80, k in 1u32..80
        ) {
            let mut sliding = Sliding::new(&values, Statistic::Mean);
            for i in 0..values.len() {
                sliding.come(i);
            }
            let from = from.min(values.len());
            for i in 0..from {
                sliding.go(i);
            }
            let mut left = values[from..].to_vec();
            left.sort_unstable();
            prop_assert_eq!(sliding.smallest(k), left.get(k as usize - 1).copied());
            let sum: i64 = left.iter().sum();
            let mean = sum as f64 / (left.len() as f64 * 1e9);
            prop_assert_eq!(sliding.value(), (!left.is_empty()).then_some(mean));
        }
    }
}
