//! Levels that change in time: time-weighted integrals, updated on change.
//!
//! Eight levels that change together share a meter, which is advanced once for all of them.
//! Within a bin integrals are integers (units times nanoseconds) and exact; at the end of the bin
//! they are added to the whole and start anew. It does not know what a level means.

use crate::base::time::Time;
use crate::observation::LANES;

const N: usize = LANES as usize;

/// Eight levels and their integrals.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meter {
    value: [u32; N],
    last: Time,
    bin: [u64; N],
    max: [u32; N],
    whole: [u128; N],
    /// What belongs to the warm-up.
    before: [u128; N],
}

impl Meter {
    /// Takes the integrals up to now.
    #[inline]
    pub(super) fn advance(&mut self, now: Time) {
        let passed = (now.0 - self.last.0) as u64;
        if passed == 0 {
            return;
        }
        self.last = now;
        for lane in 0..N {
            self.bin[lane] += u64::from(self.value[lane]) * passed;
        }
    }

    /// One more. Call [`Meter::advance`] first.
    #[inline]
    pub(super) fn more(&mut self, lane: usize) {
        let lane = lane % N;
        self.value[lane] += 1;
        self.max[lane] = self.max[lane].max(self.value[lane]);
    }

    /// One less. Call [`Meter::advance`] first.
    #[inline]
    pub(super) fn less(&mut self, lane: usize) {
        let lane = lane % N;
        debug_assert!(self.value[lane] > 0, "a level below nothing");
        self.value[lane] -= 1;
    }

    /// A new value. Call [`Meter::advance`] first.
    #[inline]
    pub(super) fn set(&mut self, lane: usize, value: u32) {
        let lane = lane % N;
        self.value[lane] = value;
        self.max[lane] = self.max[lane].max(value);
    }

    /// The value of a level now.
    #[inline]
    pub(super) fn value(&self, lane: usize) -> u32 {
        self.value[lane % N]
    }

    /// The largest value since the last reset.
    pub(super) fn max(&self, lane: usize) -> u32 {
        self.max[lane % N]
    }

    /// The integral since the last reset, up to the last advance, in units times nanoseconds.
    pub(super) fn integral(&self, lane: usize) -> u128 {
        let lane = lane % N;
        self.whole[lane] + u128::from(self.bin[lane]) - self.before[lane]
    }

    /// Ends a bin: its integrals, in units times nanoseconds.
    pub(super) fn end_bin(&mut self, now: Time) -> [u64; N] {
        self.advance(now);
        let bin = std::mem::take(&mut self.bin);
        for (whole, &bin) in self.whole.iter_mut().zip(&bin) {
            *whole += u128::from(bin);
        }
        bin
    }

    /// Forgets integrals and maxima up to now; values and the bin under way stay.
    pub(super) fn reset(&mut self, now: Time) {
        self.advance(now);
        for lane in 0..N {
            self.before[lane] = self.whole[lane] + u128::from(self.bin[lane]);
        }
        self.max = self.value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_follow_the_values() {
        let mut m = Meter::default();
        m.more(0);
        m.advance(Time(10));
        m.more(0);
        m.set(3, 7);
        m.advance(Time(15));
        assert_eq!(m.integral(0), 10 + 2 * 5);
        assert_eq!(m.integral(3), 35);
        assert_eq!(m.end_bin(Time(16))[0], 22);
        m.less(0);
        m.advance(Time(20));
        assert_eq!((m.integral(0), m.max(0)), (26, 2));
        m.reset(Time(25));
        assert_eq!((m.integral(0), m.max(0), m.value(0)), (0, 1, 1));
    }
}
