//! How much happened within a window that ends now: exact while it is little, in slices beyond.
//!
//! One idea: things are noted one by one, until there are so many that those of half as many slices
//! of the window are put together. What is a window old is over.

use std::collections::VecDeque;

use crate::base::time::{Span, Time};

/// Things of one slice.
#[derive(Clone, Copy, Debug)]
struct Slice<const K: usize> {
    from: Time,
    counts: [u32; K],
}

/// Things of `K` kinds, noted in at most `MOST` slices.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Recent<const K: usize, const MOST: usize> {
    slices: VecDeque<Slice<K>>,
    sums: [u32; K],
    /// What is so near to the begin of the last slice belongs to it.
    grain: Span,
}

impl<const K: usize, const MOST: usize> Default for Recent<K, MOST> {
    fn default() -> Self {
        Self {
            slices: VecDeque::new(),
            sums: [0; K],
            grain: Span(0),
        }
    }
}

impl<const K: usize, const MOST: usize> Recent<K, MOST> {
    /// Something happens now.
    #[inline]
    pub(in crate::engine) fn count(&mut self, what: [u32; K], (now, window): (Time, Span)) {
        for (sum, more) in self.sums.iter_mut().zip(what) {
            *sum += more;
        }
        if let Some(last) = self.slices.back_mut()
            && (last.from == now || now - last.from < self.grain)
        {
            for (count, more) in last.counts.iter_mut().zip(what) {
                *count += more;
            }
            return;
        }
        if self.slices.len() >= MOST {
            self.make_room((now, window));
        }
        self.slices.push_back(Slice {
            from: now,
            counts: what,
        });
    }

    /// The latest of a kind has not happened after all.
    pub(in crate::engine) fn take_back(&mut self, what: usize) {
        let mut slices = self.slices.iter_mut().rev();
        if let Some(slice) = slices.find(|slice| slice.counts[what] > 0) {
            slice.counts[what] -= 1;
            self.sums[what] -= 1;
        }
    }

    /// How much of each kind happened within the window.
    pub(in crate::engine) fn sums(&mut self, (now, window): (Time, Span)) -> [u32; K] {
        while let Some(first) = self.slices.front()
            && now - first.from >= window
        {
            for (sum, gone) in self.sums.iter_mut().zip(first.counts) {
                *sum -= gone;
            }
            self.slices.pop_front();
        }
        self.sums
    }

    /// Puts slices together where there are too many.
    fn make_room(&mut self, (now, window): (Time, Span)) {
        self.sums((now, window));
        let half = MOST / 2;
        if self.slices.len() <= half {
            self.grain = Span(0);
            return;
        }
        self.grain = Span(window.0 / half as i64);
        let mut kept: usize = 0;
        for at in 1..self.slices.len() {
            let slice = self.slices[at];
            if slice.from - self.slices[kept].from < self.grain {
                for (count, more) in self.slices[kept].counts.iter_mut().zip(slice.counts) {
                    *count += more;
                }
            } else {
                kept += 1;
                self.slices[kept] = slice;
            }
        }
        self.slices.truncate(kept + 1);
    }

    /// Nothing has happened.
    pub(in crate::engine) fn clear(&mut self) {
        self.slices.clear();
        (self.sums, self.grain) = ([0; K], Span(0));
    }

    /// Bytes of its list, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.slices.capacity() * size_of::<Slice<K>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Span = Span(1_000);

    #[test]
    fn what_is_a_window_old_is_over() {
        let mut recent = Recent::<2, 8>::default();
        recent.count([1, 0], (Time(0), WINDOW));
        recent.count([0, 1], (Time(500), WINDOW));
        recent.count([1, 0], (Time(500), WINDOW));
        assert_eq!(recent.sums((Time(999), WINDOW)), [2, 1]);
        assert_eq!(recent.sums((Time(1_000), WINDOW)), [1, 1]);
        recent.take_back(0);
        assert_eq!(recent.sums((Time(1_499), WINDOW)), [0, 1]);
        assert_eq!(recent.sums((Time(1_500), WINDOW)), [0, 0]);
    }

    #[test]
    fn many_things_are_kept_in_few_slices_and_lose_no_more_than_one() {
        let mut recent = Recent::<1, 8>::default();
        for at in 0..100_000 {
            recent.count([1], (Time(at), WINDOW));
            let seen = i64::from(recent.sums((Time(at), WINDOW))[0]);
            let slice = WINDOW.0 / 4;
            assert!(
                (seen - (at + 1).min(1_000)).abs() <= slice,
                "{seen} at {at}"
            );
        }
        assert!(recent.slices.len() <= 8);
    }
}
