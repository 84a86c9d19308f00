//! How full one instance of a resource is: a few additions, and more only where the last unit goes
//! or the first one waits.
//!
//! Units in use are integrated as in [`meter`](super::meter). The time at the brim, and that in
//! which somebody waits, count from the instant at which each begins to the one at which it ends;
//! at the end of a window both are read and start anew. It does not know of what the units are.

use crate::base::time::Time;
use crate::observation::fullness::Row;

/// What is known of an instance in the window under way.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Gauge {
    /// Units there are.
    size: u64,
    /// How many of them make one of what is told: a core may be counted in parts.
    grain: u32,
    /// Σ dᵢ·tᵢ of the units in use, modulo 2⁶⁴.
    moment: u64,
    /// Units that were taken.
    taken: u32,
    /// Those who joined the queue, without those taken from it: with `taken` and `refused`, all who
    /// asked.
    others: u32,
    /// Those who were turned away for want of room.
    refused: u32,
    /// Whether all units are in use.
    is_full: bool,
    /// Whether somebody waits.
    is_wanted: bool,
    /// Nanoseconds at the brim; while it lasts, less the instant at which it began.
    brim: i64,
    /// Nanoseconds in which somebody waits, likewise.
    wanted: i64,
    /// Unit nanoseconds in use in the windows before, modulo 2⁶⁴.
    before: u64,
}

impl Gauge {
    /// Of so many units, none of them in use.
    pub(in crate::engine) fn new(size: u64) -> Self {
        Self {
            size,
            grain: 1,
            ..Self::default()
        }
    }

    /// As many things, of which each is counted in so many parts, none of them in use.
    pub(in crate::engine) fn in_parts(size: u64, grain: u32) -> Self {
        Self {
            grain,
            ..Self::new(size)
        }
    }

    /// Units there are.
    pub(in crate::engine) fn size(&self) -> u64 {
        self.size
    }

    /// Whether all units are in use.
    pub(in crate::engine) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Several units are taken at once: so many are in use now.
    pub(in crate::engine) fn take_all(&mut self, units: u64, in_use: u64, now: Time) {
        self.shift((in_use - units, in_use - 1), now);
        self.take(in_use, now);
    }

    /// Several units come back at once: so many are in use now.
    pub(in crate::engine) fn give_all(&mut self, units: u64, in_use: u64, now: Time) {
        self.shift((in_use + units, in_use + 1), now);
        if in_use + units >= self.size && in_use < self.size {
            self.is_full = false;
            self.brim += now.0;
        }
        self.moment = self.moment.wrapping_sub(now.0 as u64);
    }

    /// A unit is taken: so many are in use now.
    #[inline(always)]
    pub(in crate::engine) fn take(&mut self, in_use: u64, now: Time) {
        self.taken += 1;
        self.moment = self.moment.wrapping_add(now.0 as u64);
        if in_use == self.size {
            self.is_full = true;
            self.brim -= now.0;
        }
    }

    /// A unit comes back: so many are in use now.
    #[inline(always)]
    pub(in crate::engine) fn give(&mut self, in_use: u64, now: Time) {
        self.moment = self.moment.wrapping_sub(now.0 as u64);
        if in_use + 1 == self.size {
            self.is_full = false;
            self.brim += now.0;
        }
    }

    /// There are so many units from now on, of which so many are in use.
    pub(in crate::engine) fn resize(&mut self, size: u64, in_use: u64, now: Time) {
        self.size = size;
        let is_full = size > 0 && in_use >= size;
        if is_full != self.is_full {
            self.is_full = is_full;
            self.brim += if is_full { -now.0 } else { now.0 };
        }
    }

    /// The units in use change as their number does, all at once.
    pub(in crate::engine) fn shift(&mut self, (before, after): (u64, u64), now: Time) {
        let change = after.wrapping_sub(before);
        self.moment = self.moment.wrapping_add(change.wrapping_mul(now.0 as u64));
    }

    /// Somebody asks and joins the queue.
    #[inline]
    pub(in crate::engine) fn joined(&mut self) {
        self.others = self.others.wrapping_add(1);
    }

    /// Somebody from the queue takes a unit.
    #[inline]
    pub(in crate::engine) fn called(&mut self) {
        self.others = self.others.wrapping_sub(1);
    }

    /// Somebody asks and is turned away for want of room.
    #[inline]
    pub(in crate::engine) fn refuse(&mut self) {
        self.refused += 1;
    }

    /// So many wait from now on.
    #[inline]
    pub(in crate::engine) fn want(&mut self, waiting: u32, now: Time) {
        let is_wanted = waiting > 0;
        if is_wanted != self.is_wanted {
            self.is_wanted = is_wanted;
            self.wanted += if is_wanted { -now.0 } else { now.0 };
        }
    }

    /// Whether nothing has happened in the window under way; where nothing is in use.
    #[inline]
    pub(in crate::engine) fn is_idle(&self) -> bool {
        self.taken == 0
            && self.others == 0
            && self.refused == 0
            && self.moment == 0
            && !self.is_wanted
            && self.wanted == 0
    }

    /// Unit nanoseconds in use so far, modulo 2⁶⁴, where so many are in use now.
    pub(in crate::engine) fn so_far(&self, in_use: u64, now: Time) -> u64 {
        let held = in_use.wrapping_mul(now.0 as u64).wrapping_sub(self.moment);
        self.before.wrapping_add(held)
    }

    /// Ends a window: its row, and the unit nanoseconds in use, of which there are so many now.
    pub(in crate::engine) fn end(&mut self, in_use: u64, (began, now): (Time, Time)) -> (Row, u64) {
        let began_anew = in_use.wrapping_mul(now.0 as u64);
        let held = began_anew.wrapping_sub(self.moment);
        let grain = u64::from(self.grain.max(1));
        let told = held / grain;
        let length = (now.0 - began.0).max(1) as f64;
        let time = |ns: i64, lasts: bool| if lasts { ns + now.0 } else { ns };
        let share = |ns: i64| (ns as f64 / length) as f32;
        let row = Row {
            instance: 0,
            size: self.size.div_ceil(grain).min(u64::from(u32::MAX)) as u32,
            brim: share(time(self.brim, self.is_full)),
            wanted: share(time(self.wanted, self.is_wanted)),
            held: (held as f64 / grain as f64 / length) as f32,
            taken: self.taken,
            asked: self.taken.wrapping_add(self.others) + self.refused,
            refused: self.refused,
        };
        *self = Self {
            before: self.before.wrapping_add(held),
            moment: began_anew,
            taken: 0,
            others: 0,
            refused: 0,
            brim: if self.is_full { -now.0 } else { 0 },
            wanted: if self.is_wanted { -now.0 } else { 0 },
            ..*self
        };
        (row, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two units: one in use from 2, both from 3 to 7 and from 12 on; somebody waits from 5 to 7.
    /// Held up to 10: 8 + 4; then, up to 20, both but for 10 to 12.
    #[test]
    fn brim_and_wait_and_units_by_hand() {
        let mut gauge = Gauge::new(2);
        gauge.take(1, Time(2));
        gauge.take(2, Time(3));
        gauge.joined();
        gauge.want(3, Time(5));
        gauge.want(0, Time(7));
        gauge.give(1, Time(7));
        gauge.refuse();
        let (row, held) = gauge.end(1, (Time(0), Time(10)));
        assert_eq!(held, 12);
        assert_eq!((row.brim, row.wanted, row.held), (0.4, 0.2, 1.2));
        assert_eq!((row.taken, row.asked, row.refused), (2, 4, 1));
        gauge.called();
        gauge.take(2, Time(12));
        let (row, held) = gauge.end(2, (Time(10), Time(20)));
        assert_eq!((held, row.brim, row.wanted), (18, 0.8, 0.0));
        assert_eq!((row.taken, row.asked, row.refused), (1, 0, 0));
        let (row, _) = gauge.end(2, (Time(20), Time(30)));
        assert_eq!((row.brim, row.held), (1.0, 2.0));
    }

    /// Three units in use; from 4 on there are two: full, also when one comes back, until the next
    /// one does at 8.
    #[test]
    fn a_size_below_what_is_in_use_is_full() {
        let mut gauge = Gauge::new(4);
        (1..=3).for_each(|n| gauge.take(n, Time(0)));
        gauge.resize(2, 3, Time(4));
        gauge.give(2, Time(5));
        gauge.give(1, Time(8));
        let (row, held) = gauge.end(1, (Time(0), Time(10)));
        assert_eq!((row.brim, held), (0.4, 23));
    }
}
