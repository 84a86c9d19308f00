//! A list that is in order nearly by itself: what happens at the present instant.

use crate::engine::calendar::key::Key;

/// Events at the present instant, in order; emptied before the clock moves.
#[derive(Clone, Debug, Default)]
pub(super) struct Ring {
    keys: Vec<Key>,
    head: usize,
}

impl Ring {
    /// So many that have gone are swept out when they are the majority: an instant may be long.
    const MUCH: usize = 4096;

    /// Room for so many.
    pub(super) fn capacity(&self) -> usize {
        self.keys.capacity()
    }

    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.head = 0;
    }

    /// Adds an event, nearly always as the last.
    #[inline]
    pub(super) fn push(&mut self, key: Key) {
        let mut at = self.keys.len();
        while at > self.head && self.keys[at - 1] > key {
            at -= 1;
        }
        self.keys.insert(at, key);
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    #[inline]
    pub(super) fn front(&self) -> Option<Key> {
        self.keys.get(self.head).copied()
    }

    #[inline]
    pub(super) fn pop(&mut self) {
        self.head += 1;
        if self.head == self.keys.len() {
            self.clear();
        } else if self.head >= Self::MUCH && 2 * self.head >= self.keys.len() {
            self.keys.drain(..self.head);
            self.head = 0;
        }
    }
}
