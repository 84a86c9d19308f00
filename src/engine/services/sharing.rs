//! Cores shared by those who work on them, by virtual time.
//!
//! Everybody in `cpu` on a server advances at the same speed, so they finish in the order of
//! (virtual time now + demand): a join or a change of speed costs O(log n), and is exact. Virtual
//! time is demand served to each, in nanoseconds of a core at nominal speed; it starts anew
//! whenever nobody is left, so it keeps its precision. Processor sharing as in Kleinrock,
//! *Queueing Systems* vol. 2 (1976), ch. 4; the speed by the Universal Scalability Law (Gunther
//! 2007, eq. 4.31) beyond the cores there are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::time::{Span, Time};
use crate::engine::calendar::key::{NO_EVENT, Number};

/// Those in `cpu` on one server.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Sharing {
    virtual_ns: f64,
    since: Time,
    speed: f64,
    /// How many there are, those who were given up not counted.
    pub(in crate::engine) working: u32,
    /// Virtual end, number, slot: in the order of ending.
    ends: BinaryHeap<Reverse<u128>>,
    /// The event of the next end.
    pub(in crate::engine) event: Number,
    /// When that is.
    pub(in crate::engine) due: Time,
    /// Whether the next end has to be scheduled anew.
    pub(in crate::engine) dirty: bool,
}

/// The speed of each of n workers on so many cores (semantics#service).
#[inline]
pub(in crate::engine) fn speed(n: u32, cores: f64, contention: f64, coherency: f64) -> f64 {
    let n = f64::from(n);
    let share = (cores / n).min(1.0);
    share / (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0))
}

impl Sharing {
    /// Takes the virtual time up to now. Call it before anything changes.
    #[inline]
    pub(in crate::engine) fn advance(&mut self, now: Time) {
        self.virtual_ns += (now.0 - self.since.0) as f64 * self.speed;
        self.since = now;
        if self.working == 0 {
            self.virtual_ns = 0.0;
            self.ends.clear();
        }
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.ends.capacity() * size_of::<u128>()
    }

    /// Somebody starts work of so many ns.
    #[inline]
    pub(in crate::engine) fn join(&mut self, demand_ns: i64, number: Number, slot: u32) {
        let end = self.virtual_ns + demand_ns as f64;
        let low = (u64::from(number) << 32) | u64::from(slot);
        self.ends
            .push(Reverse((u128::from(end.to_bits()) << 64) | u128::from(low)));
        self.working += 1;
    }

    /// What is left now of the work with which somebody joined under this number.
    pub(in crate::engine) fn left(&self, (slot, number): (u32, Number), now: Time) -> Span {
        let low = (u64::from(number) << 32) | u64::from(slot);
        let mut ends = self.ends.iter().map(|Reverse(end)| *end);
        let end = ends.find(|end| *end as u64 == low);
        let end = end.expect("who works here has joined");
        let served = self.virtual_ns + (now.0 - self.since.0) as f64 * self.speed;
        let left = f64::from_bits((end >> 64) as u64) - served;
        Span(left.max(0.0).round() as i64)
    }

    /// The speed from now on; 0 stands still.
    #[inline]
    pub(in crate::engine) fn set_speed(&mut self, speed: f64) {
        self.speed = speed;
    }

    /// The instant of the next end at the present speed; those given up are forgotten.
    #[inline]
    pub(in crate::engine) fn next_end(
        &mut self,
        works: impl Fn(u32, Number) -> bool,
    ) -> Option<Time> {
        while let Some(Reverse(end)) = self.ends.peek() {
            let (number, slot) = ((*end >> 32) as u32, *end as u32);
            if !works(slot, number) {
                self.ends.pop();
                continue;
            }
            if self.speed <= 0.0 {
                return None;
            }
            let left = f64::from_bits((*end >> 64) as u64) - self.virtual_ns;
            let ns = (left.max(0.0) / self.speed).round();
            return Some(Time(self.since.0.saturating_add(ns as i64)));
        }
        None
    }

    /// Takes out whoever ends next: the slot.
    #[inline]
    pub(in crate::engine) fn finish(&mut self, works: impl Fn(u32, Number) -> bool) -> Option<u32> {
        while let Some(Reverse(end)) = self.ends.pop() {
            let (number, slot) = ((end >> 32) as u32, end as u32);
            if works(slot, number) {
                self.virtual_ns = f64::from_bits((end >> 64) as u64).max(self.virtual_ns);
                return Some(slot);
            }
        }
        None
    }

    /// Nobody is left: after a crash.
    pub(in crate::engine) fn clear(&mut self, now: Time) {
        *self = Self {
            since: now,
            event: NO_EVENT,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_follows_the_law() {
        assert!((speed(1, 1.0, 0.02, 0.01) - 1.0).abs() < 1e-15);
        assert!((speed(4, 2.0, 0.0, 0.0) - 0.5).abs() < 1e-15);
        // 3 on 8 cores, σ 0.1, κ 0.01: 1 / (1 + 0.2 + 0.06)
        assert!((speed(3, 8.0, 0.1, 0.01) - 1.0 / 1.26).abs() < 1e-15);
    }
}
