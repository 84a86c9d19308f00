//! Breakwater: a server deals out credits, a few more while its queue is young, fewer as it ages.
//!
//! Source: Cho et al., *Overload Control for µs-scale RPCs with Breakwater* (OSDI 2020), section
//! 4: each round trip, credits grow by max(α · callers, 1) while the delay is below the target,
//! else they are multiplied by max(1 − β (d − target) ÷ target, ½); whoever comes while the delay
//! is above twice the target is turned away. The delay is the age of whoever has waited longest.
//! Here a credit is a place: so many may be at the server, and the others are turned away where
//! in the paper they wait at their callers.

use crate::base::time::{Span, Time};
use crate::program::Breakwater;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    credits: f64,
    next: Time,
}

impl State {
    pub(in crate::engine::services) fn new(of: &Breakwater, now: Time) -> State {
        State {
            credits: f64::from(of.initial),
            next: now + of.every,
        }
    }

    pub(in crate::engine::services) fn limit(&self) -> u32 {
        self.credits as u32
    }

    /// Whether somebody who comes now is taken in, with so many there and this delay.
    pub(in crate::engine::services) fn admits(
        &mut self,
        of: &Breakwater,
        (in_flight, delay): (u32, Span),
        now: Time,
    ) -> bool {
        self.tick(of, delay, now);
        delay.0 <= 2 * of.target.0 && in_flight < self.limit()
    }

    /// Credits change when it is time.
    pub(in crate::engine::services) fn tick(&mut self, of: &Breakwater, delay: Span, now: Time) {
        if now < self.next {
            return;
        }
        self.next = now + of.every;
        let (d, target) = (delay.0 as f64, of.target.0 as f64);
        self.credits = if d < target {
            self.credits + (of.alpha * f64::from(of.callers)).max(1.0)
        } else {
            self.credits * (1.0 - of.beta * (d - target) / target).max(0.5)
        };
        self.credits = self.credits.min(f64::from(of.max)).max(f64::from(of.min));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand with the formula of the paper.
    #[test]
    fn steps_by_hand() {
        let of = Breakwater {
            target: Span::from_millis(10),
            initial: 20,
            min: 1,
            max: 1_000,
            alpha: 0.001,
            beta: 0.02,
            callers: 3_000,
            every: Span::from_millis(5),
        };
        let mut state = State::new(&of, Time(0));
        let mut after = |ms: i64, delay_ms: i64| {
            let delay = Span::from_millis(delay_ms);
            state.tick(&of, delay, Time(ms * 1_000_000));
            state.credits
        };
        let near = |credits: f64, expected: f64| (credits - expected).abs() < 1e-9;
        assert!(near(after(4, 0), 20.0), "not yet a round trip");
        assert!(near(after(5, 9), 23.0), "0.001 · 3000 more");
        assert!(near(after(9, 9), 23.0));
        assert!(near(after(10, 10), 23.0), "at the target: times 1");
        assert!(near(after(15, 20), 22.54), "times 1 − 0.02 · 1");
        assert!(near(after(20, 260), 11.27), "times 1 − 0.02 · 25");
        assert!(near(after(25, 9_000), 5.635), "never by more than a half");
        let now = Time(26_000_000);
        assert!(state.admits(&of, (4, Span::from_millis(20)), now));
        assert!(!state.admits(&of, (5, Span::from_millis(20)), now));
        assert!(!state.admits(&of, (0, Span::from_millis(21)), now));
    }
}
