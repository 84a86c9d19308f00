//! Who waits, and who is next: first, last, anybody, or by where each stands.
//!
//! An entry is a slot and the number that the waiting task carries; one who has left carries
//! another number, so leaving costs nothing here but an entry that is skipped later. Entries of
//! those who left are swept out when they are the majority, so space follows those who wait.

use std::collections::VecDeque;

use crate::engine::calendar::key::Number;
use crate::engine::lines::standing::{Keeping, Sorted, Standing};
use crate::program::QueueOrder;

/// A waiting line.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Queue {
    entries: VecDeque<(u32, Number)>,
    waiting: u32,
    /// Those who are not kept in the order of arrival.
    sorted: Option<Box<Sorted>>,
}

impl Queue {
    /// How many wait.
    #[inline]
    pub(in crate::engine) fn len(&self) -> u32 {
        self.waiting
    }

    /// Who has waited longest, as far as is known without a look at who has left.
    #[inline]
    pub(in crate::engine) fn front(&self) -> Option<u32> {
        self.entries.front().map(|&(slot, _)| slot)
    }

    /// Who has waited longest of those who still wait.
    pub(in crate::engine) fn eldest(&self, waits: impl Fn(u32, Number) -> bool) -> Option<u32> {
        match &self.sorted {
            None => {
                let mut all = self.entries.iter();
                all.find(|&&(slot, number)| waits(slot, number))
                    .map(|&(slot, _)| slot)
            }
            Some(sorted) => sorted.eldest(waits),
        }
    }

    /// Those who still wait, in no order that means anything.
    pub(in crate::engine) fn those(&self, waits: impl Fn(u32, Number) -> bool) -> Vec<u32> {
        let all: Vec<(u32, Number)> = match &self.sorted {
            None => self.entries.iter().copied().collect(),
            Some(sorted) => sorted.clone().drain(),
        };
        let still = all
            .into_iter()
            .filter(|&(slot, number)| waits(slot, number));
        still.map(|(slot, _)| slot).collect()
    }

    /// Adds a task that carries this number.
    #[inline]
    pub(in crate::engine) fn join(&mut self, slot: u32, number: Number) {
        self.entries.push_back((slot, number));
        self.waiting += 1;
    }

    /// Adds a task that carries this number where it stands.
    pub(in crate::engine) fn join_as(&mut self, (slot, number): (u32, Number), standing: Standing) {
        match &mut self.sorted {
            None => self.join(slot, number),
            Some(sorted) => {
                sorted.join((slot, number), standing);
                self.waiting += 1;
            }
        }
    }

    /// Keeps those who join from now on in another way: whoever waited, in the order of arrival,
    /// has to join again.
    pub(in crate::engine) fn keep(
        &mut self,
        keeping: Keeping,
        waits: impl Fn(u32, Number) -> bool,
    ) -> Vec<(u32, Number)> {
        let waited = self.empty(waits);
        self.sorted = Sorted::new(keeping);
        waited
    }

    /// A task has left that stood there by turns; `waits` tells whether an entry still does.
    pub(in crate::engine) fn left_turn(&mut self, turn: u64, waits: impl Fn(u32, Number) -> bool) {
        match &mut self.sorted {
            None => self.left(waits),
            Some(sorted) => {
                self.waiting -= 1;
                sorted.left(turn, self.waiting, waits);
            }
        }
    }

    /// A task has left and carries another number now; `waits` tells whether an entry still does.
    #[inline]
    pub(in crate::engine) fn left(&mut self, waits: impl Fn(u32, Number) -> bool) {
        self.waiting -= 1;
        if self.entries.len() > 64 && self.entries.len() > 2 * self.waiting as usize {
            self.entries.retain(|&(slot, number)| waits(slot, number));
        }
    }

    /// Takes the next of those who still wait; `draw` gives uniform numbers for a random order.
    #[inline]
    pub(in crate::engine) fn next(
        &mut self,
        order: QueueOrder,
        waits: impl Fn(u32, Number) -> bool,
        mut draw: impl FnMut() -> f64,
    ) -> Option<u32> {
        if self.waiting == 0 {
            self.entries.clear();
            return None;
        }
        if let Some(sorted) = &mut self.sorted {
            self.waiting -= 1;
            return Some(sorted.next(waits).expect("somebody waits"));
        }
        loop {
            let entry = match order {
                QueueOrder::Lifo => self.entries.pop_back(),
                QueueOrder::Random => {
                    let n = self.entries.len();
                    let i = ((draw() * n as f64) as usize).min(n.saturating_sub(1));
                    self.entries.swap_remove_back(i)
                }
                _ => self.entries.pop_front(),
            };
            let (slot, number) = entry.expect("somebody waits");
            if waits(slot, number) {
                self.waiting -= 1;
                return Some(slot);
            }
        }
    }

    /// Takes everybody out, in the order of arrival.
    pub(in crate::engine) fn drain(&mut self, waits: impl Fn(u32, Number) -> bool) -> Vec<u32> {
        let all = self.empty(waits).into_iter();
        all.map(|(slot, _)| slot).collect()
    }

    /// The same with their numbers, which tell the order of arrival.
    fn empty(&mut self, waits: impl Fn(u32, Number) -> bool) -> Vec<(u32, Number)> {
        self.waiting = 0;
        let mut all: Vec<(u32, Number)> = match &mut self.sorted {
            None => self.entries.drain(..).collect(),
            Some(sorted) => sorted.drain(),
        };
        all.retain(|&(slot, number)| waits(slot, number));
        all.sort_unstable_by_key(|&(_, number)| number);
        all
    }

    /// Those who still wait stand in the order of what is drawn for each, ties as they came.
    pub(in crate::engine) fn mix(
        &mut self,
        waits: impl Fn(u32, Number) -> bool,
        draw: impl Fn(u32) -> u64,
    ) {
        self.entries.retain(|&(slot, number)| waits(slot, number));
        let entries = self.entries.make_contiguous();
        entries.sort_by_cached_key(|&(slot, _)| draw(slot));
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let sorted = self.sorted.as_ref().map_or(0, |sorted| sorted.bytes());
        self.entries.capacity() * size_of::<(u32, Number)>() + sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everybody(_: u32, _: Number) -> bool {
        true
    }

    #[test]
    fn each_order_takes_its_own() {
        for (order, expected) in [(QueueOrder::Fifo, [1, 2, 3]), (QueueOrder::Lifo, [3, 2, 1])] {
            let mut q = Queue::default();
            for slot in 1..=3 {
                q.join(slot, slot);
            }
            let taken: Vec<u32> = std::iter::from_fn(|| q.next(order, everybody, || 0.0)).collect();
            assert_eq!(taken, expected);
        }
    }

    #[test]
    fn those_who_left_are_skipped_and_swept() {
        let mut q = Queue::default();
        for slot in 0..100 {
            q.join(slot, slot);
        }
        let stays = |slot: u32, _| slot >= 60;
        for _ in 0..60 {
            q.left(stays);
        }
        assert!(q.len() == 40 && q.entries.len() < 100);
        assert_eq!(q.next(QueueOrder::Fifo, stays, || 0.0), Some(60));
        assert_eq!(q.next(QueueOrder::Random, stays, || 0.999), Some(99));
        assert_eq!(q.drain(stays).len(), 38);
    }
}
