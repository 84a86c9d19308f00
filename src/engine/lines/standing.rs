//! Where somebody stands in a queue that is not in the order of arrival, and those who stand so:
//! by a rank, or in turns.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::engine::calendar::key::Number;
use crate::engine::lines::turns::Turns;

/// Where somebody stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Standing {
    /// Who has less is before; among equals the order of arrival.
    pub(in crate::engine) rank: u64,
    /// Before all of the same rank, whenever they came.
    pub(in crate::engine) is_first: bool,
    /// Whose turn it needs, where there are turns.
    pub(in crate::engine) turn: u64,
}

/// How those who wait are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) enum Keeping {
    /// In the order of arrival.
    #[default]
    Arrival,
    /// By their ranks.
    Ranks,
    /// In turns.
    Turns,
}

/// Those who wait by rank or in turns.
#[derive(Clone, Debug)]
pub(super) enum Sorted {
    Ranks(Ranks),
    Turns(Turns),
}

impl Sorted {
    /// Nobody yet.
    pub(super) fn new(keeping: Keeping) -> Option<Box<Sorted>> {
        match keeping {
            Keeping::Arrival => None,
            Keeping::Ranks => Some(Box::new(Sorted::Ranks(Ranks::default()))),
            Keeping::Turns => Some(Box::new(Sorted::Turns(Turns::default()))),
        }
    }

    pub(super) fn join(&mut self, entry: (u32, Number), standing: Standing) {
        match self {
            Self::Ranks(ranks) => ranks.join(entry, standing),
            Self::Turns(turns) => turns.join(standing.turn, entry),
        }
    }

    /// Somebody has left, with this turn; `waiting` are left in all.
    pub(super) fn left(&mut self, turn: u64, waiting: u32, waits: impl Fn(u32, Number) -> bool) {
        match self {
            Self::Ranks(ranks) => ranks.sweep(waiting, waits),
            Self::Turns(turns) => turns.left(turn, waits),
        }
    }

    /// Takes out whoever is next of those who still wait.
    pub(super) fn next(&mut self, waits: impl Fn(u32, Number) -> bool) -> Option<u32> {
        match self {
            Self::Ranks(ranks) => ranks.next(waits),
            Self::Turns(turns) => turns.next(waits),
        }
    }

    /// Who has waited longest of those who still wait.
    pub(super) fn eldest(&self, waits: impl Fn(u32, Number) -> bool) -> Option<u32> {
        let (mut least, mut eldest) = (Number::MAX, None);
        let mut see = |(slot, number): (u32, Number)| {
            if number < least && waits(slot, number) {
                (least, eldest) = (number, Some(slot));
            }
        };
        match self {
            Self::Ranks(ranks) => {
                let all = ranks.heap.iter();
                all.for_each(|Reverse(entry)| see((entry.slot, entry.number)));
            }
            Self::Turns(turns) => turns.each(see),
        }
        eldest
    }

    /// Takes everybody out.
    pub(super) fn drain(&mut self) -> Vec<(u32, Number)> {
        match self {
            Self::Ranks(ranks) => ranks.drain(),
            Self::Turns(turns) => std::mem::take(turns).everybody(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ranks(ranks) => ranks.heap.capacity() * size_of::<Ranked>(),
            Self::Turns(turns) => turns.bytes(),
        }
    }
}

/// Somebody in the order of (rank, place); places of those who stand first run backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    rank: u64,
    place: i64,
    slot: u32,
    number: Number,
}

/// Those who wait by rank.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranks {
    heap: BinaryHeap<Reverse<Ranked>>,
    joined: i64,
    put_first: i64,
}

impl Ranks {
    fn join(&mut self, (slot, number): (u32, Number), standing: Standing) {
        let place = if standing.is_first {
            self.put_first += 1;
            -self.put_first
        } else {
            self.joined += 1;
            self.joined
        };
        self.heap.push(Reverse(Ranked {
            rank: standing.rank,
            place,
            slot,
            number,
        }));
    }

    fn sweep(&mut self, waiting: u32, waits: impl Fn(u32, Number) -> bool) {
        if self.heap.len() > 64 && self.heap.len() > 2 * waiting as usize {
            self.heap
                .retain(|Reverse(entry)| waits(entry.slot, entry.number));
        }
    }

    fn next(&mut self, waits: impl Fn(u32, Number) -> bool) -> Option<u32> {
        while let Some(Reverse(entry)) = self.heap.pop() {
            if waits(entry.slot, entry.number) {
                return Some(entry.slot);
            }
        }
        None
    }

    fn drain(&mut self) -> Vec<(u32, Number)> {
        let all = self.heap.drain();
        all.map(|Reverse(entry)| (entry.slot, entry.number))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(rank: u64) -> Standing {
        Standing {
            rank,
            ..Standing::default()
        }
    }

    #[test]
    fn the_least_rank_is_next_and_equals_in_the_order_of_arrival() {
        let mut ranks = Ranks::default();
        for (slot, of) in [(1, 7), (2, 3), (3, 7), (4, 3)] {
            ranks.join((slot, slot), rank(of));
        }
        // Two are put back at the head of rank 7, the later before the earlier.
        for slot in [5, 6] {
            let head = Standing {
                is_first: true,
                ..rank(7)
            };
            ranks.join((slot, slot), head);
        }
        let order = std::iter::from_fn(|| ranks.next(|slot, _| slot != 3));
        assert_eq!(order.collect::<Vec<_>>(), [2, 4, 6, 5, 1]);
    }

    #[test]
    fn those_who_left_are_swept_out_when_they_are_the_majority() {
        let mut ranks = Ranks::default();
        for slot in 0..100 {
            ranks.join((slot, slot), rank(u64::from(slot % 7)));
        }
        ranks.sweep(40, |slot, _| slot >= 60);
        assert_eq!(ranks.heap.len(), 40);
    }
}
