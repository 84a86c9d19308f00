//! What a request carries beside its times, in sixteen bits.

use crate::engine::tasks::population::Failure;

/// What a request carries: whether it counts in the orbit; and of what guards have said the period
/// in which a breaker let its latest attempt through, whether that attempt is a retry that a budget
/// follows, and whether the latest retry came after a timeout. Sixteen bits, for a user is not to
/// grow by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Pass(u16);

impl Pass {
    const ORBIT: u16 = 1 << 13;
    const RETRIES: u16 = 1 << 14;
    const AFTER_TIMEOUT: u16 = 1 << 15;
    /// Periods of breakers are numbered up to here.
    pub(in crate::engine) const PERIOD: u16 = Self::ORBIT - 1;

    /// Whether it counts in the orbit.
    #[inline]
    pub(in crate::engine) fn is_in_orbit(self) -> bool {
        self.0 & Self::ORBIT != 0
    }

    /// It counts in the orbit from now on; whether it did before.
    #[inline]
    pub(in crate::engine) fn enters_orbit(&mut self) -> bool {
        let was = self.is_in_orbit();
        self.0 |= Self::ORBIT;
        was
    }

    /// It no longer does; whether it did before.
    #[inline]
    pub(in crate::engine) fn leaves_orbit(&mut self) -> bool {
        let was = self.is_in_orbit();
        self.0 &= !Self::ORBIT;
        was
    }

    /// The period of the breaker.
    pub(in crate::engine) fn period(self) -> u16 {
        self.0 & Self::PERIOD
    }

    /// An attempt was let through in this period.
    pub(in crate::engine) fn through_in(&mut self, period: u16) {
        self.0 = self.0 & !Self::PERIOD | period & Self::PERIOD;
    }

    /// A retry was allowed, after this failure.
    pub(in crate::engine) fn retries(&mut self, after: Failure) {
        let timeout = match after {
            Failure::TimedOut => Self::AFTER_TIMEOUT,
            _ => 0,
        };
        self.0 = self.0 & !Self::AFTER_TIMEOUT | Self::RETRIES | timeout;
    }

    /// Whether the latest retry came after a timeout.
    pub(in crate::engine) fn is_after_timeout(self) -> bool {
        self.0 & Self::AFTER_TIMEOUT != 0
    }

    /// The retry is over, if there is one.
    pub(in crate::engine) fn retry_ends(&mut self) -> bool {
        let was = self.0 & Self::RETRIES != 0;
        self.0 &= !Self::RETRIES;
        was
    }
}
