//! Who waits, and who is next: first, last, or anybody.
//!
//! An entry is a slot and the number that the waiting task carries; one who has left carries
//! another number, so leaving costs nothing here but an entry that is skipped later. Entries of
//! those who left are swept out when they are the majority, so space follows those who wait.

use std::collections::VecDeque;

use crate::engine::calendar::key::Number;
use crate::program::QueueOrder;

/// A waiting line.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Queue {
    entries: VecDeque<(u32, Number)>,
    waiting: u32,
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

    /// Adds a task that carries this number.
    #[inline]
    pub(in crate::engine) fn join(&mut self, slot: u32, number: Number) {
        self.entries.push_back((slot, number));
        self.waiting += 1;
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
        loop {
            let entry = match order {
                QueueOrder::Fifo => self.entries.pop_front(),
                QueueOrder::Lifo => self.entries.pop_back(),
                QueueOrder::Random => {
                    let n = self.entries.len();
                    let i = ((draw() * n as f64) as usize).min(n.saturating_sub(1));
                    self.entries.swap_remove_back(i)
                }
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
        self.waiting = 0;
        let all = self.entries.drain(..);
        all.filter(|&(slot, number)| waits(slot, number))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<(u32, Number)>()
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
