//! Counters, on two shelves.
//!
//! A thing that is counted began at some instant: a user arrived, a request was asked, an attempt
//! was sent. Counts of things that began in the measured period stand on one shelf, those of all
//! others on another. The first tells what became of those who began in it, however late that was
//! seen; both together, up to the horizon, tell what happened in it. What happens in a warm-up is
//! dropped at the cut. It does not know what is counted.

use crate::base::time::Time;
use crate::engine::record::recorder::Recorder;
use crate::observation::CounterId;
use crate::program::Clock;

impl Recorder {
    /// Whether something that began then belongs to the measured period.
    #[inline(always)]
    pub(in crate::engine) fn counts(&self, began: Time) -> bool {
        !self.has_others || self.began_in_time(began)
    }

    /// The same where there may be others.
    #[inline(never)]
    fn began_in_time(&self, began: Time) -> bool {
        // Before the cut the difference is negative, which is beyond every length.
        (began.0 - self.cut.0) as u64 <= self.counted_ns
    }

    /// Where the shelf begins on which things stand that began then.
    #[inline(always)]
    fn shelf(&self, began: Time) -> usize {
        if self.counts(began) {
            0
        } else {
            self.others_at
        }
    }

    /// Adds nanoseconds to a counter of things that belong to the measured period.
    #[inline(always)]
    pub(in crate::engine) fn add_ns(&mut self, counter: CounterId, ns: u64) {
        self.sums[counter.0 as usize] += u128::from(ns);
    }

    /// Adds nanoseconds to a counter, of a thing that began then.
    #[inline]
    pub(in crate::engine) fn add_ns_of(&mut self, counter: CounterId, ns: u64, began: Time) {
        let at = self.shelf(began) + counter.0 as usize;
        self.sums[at] += u128::from(ns);
    }

    /// Adds to a counter, of a thing that began then.
    #[inline]
    pub(in crate::engine) fn add(&mut self, counter: CounterId, n: u32, began: Time) {
        let [count] = self.row(counter, began);
        *count += n;
    }

    /// Counters that stand in a row, from its first, for a thing that began then.
    #[inline(always)]
    pub(in crate::engine) fn row<const N: usize>(
        &mut self,
        first: CounterId,
        began: Time,
    ) -> &mut [u32; N] {
        // Two ways to one place, so that a launch has nothing to add up.
        if !self.counts(began) {
            return self.row_at(self.others_at + first.0 as usize);
        }
        self.row_at(first.0 as usize)
    }

    #[inline(always)]
    fn row_at<const N: usize>(&mut self, first: usize) -> &mut [u32; N] {
        let row = &mut self.counts[first..first + N];
        row.try_into().expect("as many as were asked for")
    }

    /// Counts one thing that began then.
    #[inline]
    pub(in crate::engine) fn count(&mut self, counter: CounterId, began: Time) {
        self.add(counter, 1, began);
    }

    /// The value of a counter, of things that began in the measured period.
    pub(in crate::engine) fn total(&self, counter: CounterId) -> u128 {
        self.on_shelf(&self.counter_bins, 0, counter)
    }

    /// What was counted since the cut, of things that began whenever.
    pub(in crate::engine) fn happened(&self, counter: CounterId) -> u128 {
        let others = self.on_shelf(&self.other_bins, self.layout.counters(), counter);
        self.total(counter) + others
    }

    fn on_shelf(&self, bins: &[u32], shelf: usize, counter: CounterId) -> u128 {
        let index = counter.0 as usize;
        let rows = bins.iter().skip(index).step_by(self.layout.counters());
        let counted: u128 = rows.map(|&n| u128::from(n)).sum();
        counted + u128::from(self.counts[shelf + index]) + self.sums[shelf + index]
    }

    /// Every counter, of things that began in the measured period.
    pub(in crate::engine) fn totals(&self) -> Vec<u128> {
        let all = (0..self.layout.counters() as u32).map(CounterId);
        all.map(|counter| self.total(counter)).collect()
    }

    /// Every counter since the cut, of things that began whenever.
    pub(in crate::engine) fn all_that_happened(&self) -> Vec<u128> {
        let all = (0..self.layout.counters() as u32).map(CounterId);
        all.map(|counter| self.happened(counter)).collect()
    }

    /// What happened in each bin, up to the horizon.
    pub(in crate::engine) fn counts_by_bin(&self) -> Vec<u32> {
        let mut bins = self.counter_bins[..self.layout.counters() * self.bins].to_vec();
        for (count, others) in bins.iter_mut().zip(&self.other_bins) {
            *count += others;
        }
        bins
    }
}

/// Whether things may happen that did not begin in the measured period.
pub(in crate::engine) fn has_others(clock: &Clock) -> bool {
    clock.cut > clock.start || clock.tail.is_some()
}
