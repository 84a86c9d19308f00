//! The tick under way: its events in order, without sorting them.
//!
//! The tick is cut into 512 slots of some four microseconds; a bit tells that a slot is taken, and
//! the lowest bit is the next event. Two events rarely share a slot: the later comer is handed
//! back then, and waits elsewhere. So nothing branches on what was drawn, as sorting would. It
//! does not know which tick it is, nor what an event is.

use crate::engine::calendar::key::{Key, instant};
use crate::engine::calendar::wheel::TICK;

/// Nanoseconds of a slot, as a power of two.
const SLOT: u32 = TICK - 9;
/// Slots of a tick, in words of 64.
const SLOTS: usize = 512;
const WORDS: usize = SLOTS / 64;

/// The events of one tick, at most one a slot.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Near {
    /// The lowest slot in use.
    first: usize,
    /// One bit for each word of those that is not zero, and always that of the one beyond them.
    words: u32,
    /// One bit for each slot in use, and always one beyond them: so there is a lowest. Twice as
    /// many words as are needed, for their number is a power of two.
    taken: [u64; 2 * WORDS],
    /// The events of the slots in use; beyond them the largest key.
    keys: Box<[Key; 2 * SLOTS]>,
}

impl Default for Near {
    fn default() -> Self {
        let mut near = Self {
            first: SLOTS,
            words: 0,
            taken: [0; 2 * WORDS],
            keys: Box::new([Key::MAX; 2 * SLOTS]),
        };
        near.clear();
        near
    }
}

impl Near {
    pub(in crate::engine) fn clear(&mut self) {
        self.first = SLOTS;
        self.words = 1 << WORDS;
        self.taken = [0; 2 * WORDS];
        self.taken[WORDS] = 1;
    }

    /// Whether there is no event.
    #[inline]
    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.first == SLOTS
    }

    /// The first event; the largest key if there is none.
    #[inline]
    pub(in crate::engine) fn first(&self) -> Key {
        self.keys[self.first % (2 * SLOTS)]
    }

    /// Takes in an event of the tick, unless its slot is in use.
    #[inline]
    pub(in crate::engine) fn takes(&mut self, key: Key) -> bool {
        let slot = (instant(key) >> SLOT) as usize % SLOTS;
        let (word, bit) = (slot / 64, 1 << (slot % 64));
        let free = self.taken[word] & bit == 0;
        if free {
            self.taken[word] |= bit;
            self.words |= 1 << word;
            self.keys[slot] = key;
            self.first = self.first.min(slot);
        }
        free
    }

    /// Takes the first event out, if there is one.
    #[inline]
    pub(in crate::engine) fn pop(&mut self) {
        let word = self.first / 64 % WORDS;
        let rest = self.taken[word] & self.taken[word].wrapping_sub(1);
        self.taken[word] = rest;
        self.words &= !(u32::from(rest == 0) << word);
        let word = self.words.trailing_zeros() as usize % (2 * WORDS);
        self.first = 64 * word + self.taken[word].trailing_zeros() as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A key of an instant within a tick, and a lower half.
    fn key(at: u32, low: u64) -> Key {
        (Key::from(at) << 67) | Key::from(low)
    }

    proptest! {
        /// Whatever comes in and goes out: the first is the smallest of those taken, and one is
        /// handed back only where another is within four microseconds.
        #[test]
        fn the_first_is_the_smallest(
            moves in proptest::collection::vec((0u32..1 << TICK, any::<bool>()), 1..400),
        ) {
            let mut near = Near::default();
            let mut inside: Vec<Key> = Vec::new();
            for (number, (at, comes)) in (0..).zip(moves) {
                if comes {
                    let key = key(at, number);
                    let slot = u64::from(at >> SLOT);
                    let shares = inside.iter().any(|k| instant(*k) >> SLOT == slot);
                    prop_assert_eq!(near.takes(key), !shares);
                    inside.extend((!shares).then_some(key));
                } else {
                    let least = inside.iter().copied().min();
                    inside.retain(|k| Some(*k) != least);
                    near.pop();
                }
                prop_assert_eq!(near.first(), inside.iter().copied().min().unwrap_or(Key::MAX));
                prop_assert_eq!(near.is_empty(), inside.is_empty());
            }
        }
    }
}
