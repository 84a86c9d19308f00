//! Vegas: the limit follows the queue L · (1 − least time ÷ time) that each end betrays.
//!
//! Source: Netflix, concurrency-limits, `VegasLimit`, after Brakmo and Peterson, *TCP Vegas*
//! (1995): below log₁₀ L the limit grows by 6 log₁₀ L, below 3 log₁₀ L by one log₁₀ L, above
//! 6 log₁₀ L, or after a drop, it falls by one.

use crate::engine::services::limits::ended::Ended;
use crate::program::Vegas;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    limit: f64,
    /// The least time, in ns; 0 while there is none.
    least: i64,
    /// Ends since it was measured.
    ends: u32,
    /// Where between a half and the whole of `probe` it is measured anew.
    spread: f64,
}

/// ⌊log₁₀⌋, at least 1.
fn log_root(limit: f64) -> f64 {
    f64::from((limit as u32).max(1).ilog10().max(1))
}

impl State {
    pub(in crate::engine::services) fn new(of: &Vegas, luck: f64) -> State {
        State {
            limit: f64::from(of.initial),
            least: 0,
            ends: 0,
            spread: 0.5 + luck / 2.0,
        }
    }

    pub(in crate::engine::services) fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// An attempt has ended; `luck` is a uniform number for the next measurement.
    pub(in crate::engine::services) fn ended(
        &mut self,
        of: &Vegas,
        end: Ended,
        luck: impl FnOnce() -> f64,
    ) {
        if end.took <= 0 {
            return;
        }
        self.ends += 1;
        if self.spread * f64::from(of.probe) * self.limit <= f64::from(self.ends) {
            self.spread = 0.5 + luck() / 2.0;
            self.ends = 0;
            self.least = end.took;
            return;
        }
        if self.least == 0 || end.took < self.least {
            self.least = end.took;
            return;
        }
        let root = log_root(self.limit);
        let queue = (self.limit * (1.0 - self.least as f64 / end.took as f64)).ceil();
        let new = if end.dropped {
            self.limit - root
        } else if f64::from(end.in_flight) * 2.0 < self.limit {
            return;
        } else if queue <= root {
            self.limit + 6.0 * root
        } else if queue < 3.0 * root {
            self.limit + root
        } else if queue > 6.0 * root {
            self.limit - root
        } else {
            return;
        };
        let new = new.min(f64::from(of.max)).max(1.0);
        self.limit = (1.0 - of.smoothing) * self.limit + of.smoothing * new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Vegas = Vegas {
        initial: 20,
        max: 1_000,
        smoothing: 1.0,
        probe: 30,
    };

    fn end(took: i64, in_flight: u32) -> Ended {
        Ended {
            took,
            in_flight,
            dropped: false,
        }
    }

    /// Worked by hand: log₁₀ of 20 … 99 is 1, so 6, 1 and −1; of 100 it is 2.
    #[test]
    fn steps_by_hand() {
        let mut state = State::new(&OF, 0.5);
        let mut after = |took, in_flight| {
            state.ended(&OF, end(took, in_flight), || unreachable!("no probe yet"));
            state.limit()
        };
        assert_eq!(after(100, 20), 20, "the first time is the least");
        assert_eq!(after(100, 20), 26, "no queue: + 6");
        assert_eq!(after(100, 12), 26, "fewer than half in flight: nothing");
        assert_eq!(after(108, 26), 27, "26 · 8/108 = 1.93, up to 2: + 1");
        assert_eq!(after(120, 27), 27, "27 · 20/120 = 4.5, up to 5: nothing");
        assert_eq!(after(150, 27), 26, "27 · 50/150 = 9: − 1");
        assert_eq!(after(90, 26), 26, "a new least");
        assert_eq!(after(101, 26), 26, "26 · 11/101 = 2.83, up to 3: nothing");
        let mut state = State::new(&OF, 0.5);
        state.limit = 98.0;
        state.least = 100;
        state.ended(&OF, end(100, 98), || 0.0);
        assert_eq!(state.limit(), 104);
        state.ended(&OF, end(100, 104), || 0.0);
        assert_eq!(state.limit(), 116, "log₁₀ 104 is 2: + 12");
        let dropped = Ended {
            dropped: true,
            ..end(100, 3)
        };
        state.ended(&OF, dropped, || 0.0);
        assert_eq!(state.limit(), 114);
    }

    #[test]
    fn the_least_time_is_measured_anew_after_30_times_the_limit_or_less() {
        let mut state = State::new(&OF, 0.0);
        // 0.5 · 30 · 20 = 300 ends, of which none changes the limit: fewer than half in flight.
        for n in 1..=300 {
            state.ended(&OF, end(if n == 1 { 50 } else { 80 }, 1), || 0.25);
            assert_eq!(state.least, if n == 300 { 80 } else { 50 });
        }
        assert!((state.spread - 0.625).abs() < 1e-12 && state.ends == 0);
    }
}
