//! Levels that change in time: time-weighted integrals, updated on change.
//!
//! A level v that changes by d₁, d₂, … at t₁, t₂, … has, up to t, the integral v·t − Σ dᵢ·tᵢ: so a
//! change costs one addition, whenever the one before was. Products and sums have 128 bits: ten
//! thousand users who stay for a month have more unit nanoseconds than 64 bits hold. At the end of
//! a bin its integral is added to the whole and the moments start anew. It does not know what a
//! level means.

use crate::base::time::Time;
use crate::observation::LANES;

const N: usize = LANES as usize;

/// Eight levels and their integrals.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Meter {
    /// Where each level is read: at its own place, or at that of another which is always equal.
    read_at: [u8; N],
    value: [u32; N],
    max: [u32; N],
    /// Σ dᵢ·tᵢ of the bin under way, its first value taken for a change at its beginning.
    moment: [u128; N],
    whole: [u128; N],
    /// What belongs to the warm-up.
    before: [u128; N],
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            read_at: std::array::from_fn(|lane| lane as u8),
            value: [0; N],
            max: [0; N],
            moment: [0; N],
            whole: [0; N],
            before: [0; N],
        }
    }
}

impl Meter {
    /// A level is always equal to another: only that one is told of changes.
    pub(in crate::engine) fn equate(&mut self, lane: usize, to: usize) {
        self.read_at[lane] = to as u8;
    }

    /// Where a level is read.
    #[inline]
    pub(in crate::engine) fn read_at(&self, lane: usize) -> usize {
        usize::from(self.read_at[lane % N]) % N
    }

    /// One more from now on.
    #[inline]
    pub(in crate::engine) fn more(&mut self, lane: usize, now: Time) {
        let lane = lane % N;
        self.value[lane] += 1;
        self.max[lane] = self.max[lane].max(self.value[lane]);
        self.moment[lane] = self.moment[lane].wrapping_add(now.0 as u128);
    }

    /// One less from now on.
    #[inline]
    pub(in crate::engine) fn less(&mut self, lane: usize, now: Time) {
        let lane = lane % N;
        debug_assert!(self.value[lane] > 0, "a level below nothing");
        self.value[lane] -= 1;
        self.moment[lane] = self.moment[lane].wrapping_sub(now.0 as u128);
    }

    /// A new value from now on.
    #[inline]
    pub(in crate::engine) fn set(&mut self, lane: usize, value: u32, now: Time) {
        let lane = lane % N;
        let change = u128::from(value).wrapping_sub(u128::from(self.value[lane]));
        self.value[lane] = value;
        self.max[lane] = self.max[lane].max(value);
        self.moment[lane] = self.moment[lane].wrapping_add(change.wrapping_mul(now.0 as u128));
    }

    /// The value of a level now.
    #[inline]
    pub(in crate::engine) fn value(&self, lane: usize) -> u32 {
        self.value[self.read_at(lane)]
    }

    /// The largest value since the last reset.
    pub(in crate::engine) fn max(&self, lane: usize) -> u32 {
        self.max[self.read_at(lane)]
    }

    /// The integral of the bin under way up to now.
    fn bin(&self, lane: usize, now: Time) -> u128 {
        let product = u128::from(self.value[lane]) * now.0 as u128;
        product.wrapping_sub(self.moment[lane])
    }

    /// The integral from the last reset up to now, in units times nanoseconds.
    pub(in crate::engine) fn integral(&self, lane: usize, now: Time) -> u128 {
        let lane = self.read_at(lane);
        self.whole[lane] + self.bin(lane, now) - self.before[lane]
    }

    /// Ends a bin: its integrals, in units times nanoseconds.
    pub(in crate::engine) fn end_bin(&mut self, now: Time) -> [u128; N] {
        let bins: [u128; N] = std::array::from_fn(|lane| self.bin(lane, now));
        for (lane, bin) in bins.into_iter().enumerate() {
            self.whole[lane] += bin;
            self.moment[lane] = self.moment[lane].wrapping_add(bin);
        }
        std::array::from_fn(|lane| bins[self.read_at(lane)])
    }

    /// Forgets integrals and maxima up to now; values and the bin under way stay.
    pub(in crate::engine) fn reset(&mut self, now: Time) {
        for lane in 0..N {
            self.before[lane] = self.whole[lane] + self.bin(lane, now);
        }
        self.max = self.value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integrals_follow_the_values() {
        let mut m = Meter::default();
        m.more(0, Time(0));
        m.more(0, Time(10));
        m.set(3, 7, Time(10));
        assert_eq!(m.integral(0, Time(15)), 10 + 2 * 5);
        assert_eq!(m.integral(3, Time(15)), 35);
        assert_eq!(m.end_bin(Time(16))[0], 22);
        m.less(0, Time(16));
        assert_eq!((m.integral(0, Time(20)), m.max(0)), (26, 2));
        m.reset(Time(25));
        assert_eq!((m.integral(0, Time(25)), m.max(0), m.value(0)), (0, 1, 1));
    }

    proptest! {
        /// Against a sum of value times length, bin by bin.
        #[test]
        fn agrees_with_a_plain_sum(
            changes in
                proptest::collection::vec((any::<u32>(), 0i64..1 << 54, any::<bool>()), 1..60)
        ) {
            let (mut m, mut now, mut value) = (Meter::default(), 1i64 << 60, 0u32);
            m.set(5, 0, Time(now));
            m.reset(Time(now));
            let (mut bin, mut whole) = (0u128, 0u128);
            for (to, passed, ends) in changes {
                now += passed;
                bin += u128::from(value) * passed as u128;
                if ends {
                    prop_assert_eq!(m.end_bin(Time(now))[5], bin);
                    whole += std::mem::take(&mut bin);
                }
                m.set(5, to, Time(now));
                value = to;
                prop_assert_eq!(m.integral(5, Time(now)), whole + bin);
            }
        }
    }
}
