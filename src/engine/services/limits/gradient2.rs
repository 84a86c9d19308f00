//! Gradient2: the limit shrinks as a time exceeds the long average of times.
//!
//! Source: Netflix, concurrency-limits, `Gradient2Limit`: L · max(½, min(1, tolerance · long ÷
//! short)) + queue, smoothed; the long average is exponential after the first ten, and falls by
//! 5 % whenever it is more than twice the time.

use crate::engine::services::limits::ended::Ended;
use crate::program::Gradient2;

/// Times that are plainly averaged before the average becomes exponential.
const FIRST: u32 = 10;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    limit: f64,
    long: f64,
    sum: f64,
    count: u32,
}

impl State {
    pub(in crate::engine::services) fn new(of: &Gradient2) -> State {
        State {
            limit: f64::from(of.initial),
            long: 0.0,
            sum: 0.0,
            count: 0,
        }
    }

    pub(in crate::engine::services) fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// An attempt has ended.
    pub(in crate::engine::services) fn ended(&mut self, of: &Gradient2, end: Ended) {
        if end.took <= 0 {
            return;
        }
        let short = end.took as f64;
        if self.count < FIRST {
            self.count += 1;
            self.sum += short;
            self.long = self.sum / f64::from(self.count);
        } else {
            let factor = 2.0 / (f64::from(of.long_window) + 1.0);
            self.long = self.long * (1.0 - factor) + short * factor;
        }
        let long = self.long;
        if long / short > 2.0 {
            self.long *= 0.95;
        }
        if f64::from(end.in_flight) < self.limit / 2.0 {
            return;
        }
        let gradient = (of.tolerance * long / short).clamp(0.5, 1.0);
        let new = self.limit * gradient + f64::from(of.queue);
        let new = self.limit * (1.0 - of.smoothing) + new * of.smoothing;
        self.limit = new.min(f64::from(of.max)).max(f64::from(of.min));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Gradient2 = Gradient2 {
        initial: 40,
        min: 20,
        max: 200,
        smoothing: 0.2,
        long_window: 600,
        tolerance: 1.5,
        queue: 4,
    };

    fn end(took: i64, in_flight: u32) -> Ended {
        Ended {
            took,
            in_flight,
            dropped: false,
        }
    }

    /// Worked by hand with the formula of the source.
    #[test]
    fn steps_by_hand() {
        let mut state = State::new(&OF);
        let near = |state: &State, limit: f64| (state.limit - limit).abs() < 1e-9;
        // Gradient 1: 40 + 4, of which a fifth: 40.8.
        state.ended(&OF, end(100, 40));
        assert!(near(&state, 40.8));
        // The mean of 100 and 300 is 200: 1.5 · 200 ÷ 300 = 1: 41.6.
        state.ended(&OF, end(300, 41));
        assert!(near(&state, 41.6));
        // The mean of 100, 300 and 800 is 400: 1.5 · 400 ÷ 800 = 0.75: 41.6 · 0.75 + 4 = 35.2;
        // 41.6 + (35.2 − 41.6) ÷ 5 = 40.32.
        state.ended(&OF, end(800, 41));
        assert!(near(&state, 40.32));
        // Fewer than half in flight: nothing but the mean, (1200 + 400) ÷ 4 = 400.
        state.ended(&OF, end(400, 20));
        assert!(near(&state, 40.32) && (state.long - 400.0).abs() < 1e-9);
        // 1600 + 100 over five is 340, more than twice 100: 323 from now on; gradient 1: 41.12.
        state.ended(&OF, end(100, 41));
        assert!(near(&state, 41.12) && (state.long - 323.0).abs() < 1e-9);
        // Never by more than a half: 41.12 · 0.5 + 4 = 24.56; 41.12 + (24.56 − 41.12) ÷ 5.
        state.ended(&OF, end(1_000_000, 41));
        assert!(near(&state, 37.808));
    }

    #[test]
    fn the_limit_stays_between_the_least_and_the_greatest() {
        let mut state = State::new(&OF);
        for _ in 0..10_000 {
            let in_flight = state.limit();
            state.ended(&OF, end(100, in_flight));
        }
        assert_eq!(state.limit(), 200);
        // While times double for ever, the long average is behind: it falls to the least.
        let mut took = 1_000;
        for _ in 0..40 {
            took *= 2;
            let in_flight = state.limit();
            state.ended(&OF, end(took, in_flight));
        }
        assert_eq!(state.limit(), 20);
    }
}
