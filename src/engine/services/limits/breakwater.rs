//! Breakwater: a server deals out credits, a few more while its queue is young, fewer as it ages.
//!
//! Source: Cho et al., *Overload Control for µs-scale RPCs with Breakwater* (OSDI 2020), section
//! 4: each round trip, credits grow by max(α · callers, 1) while the delay is below the target,
//! else they are multiplied by max(1 − β (d − target) ÷ target, ½); whoever comes while the delay
//! is above twice the target is turned away. The delay is the age of whoever has waited longest.
//! Callers that are instances of services hold credits and wait for them at their side
//! (semantics#credits). For users a credit is a place: so many may be at the server, and the others
//! are turned away.

use crate::base::time::{Span, Time};
use crate::program::Breakwater;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    credits: f64,
    next: Time,
    /// What each caller has, by its row; nothing to those who never asked.
    granted: Vec<Option<u32>>,
    /// All of it.
    issued: u32,
    /// Those who have asked.
    callers: u32,
}

impl State {
    pub(in crate::engine::services) fn new(of: &Breakwater, now: Time) -> State {
        State {
            credits: f64::from(of.initial),
            next: now + of.every,
            granted: Vec::new(),
            issued: 0,
            callers: 0,
        }
    }

    pub(in crate::engine::services) fn bytes(&self) -> usize {
        self.granted.capacity() * size_of::<Option<u32>>()
    }

    /// What a caller has from now on that wants so many: what it wants and a part of what is left,
    /// or one less where too many are issued.
    pub(in crate::engine::services) fn grant(&mut self, row: u32, wants: u32) -> u32 {
        let row = row as usize;
        if self.granted.len() <= row {
            self.granted.resize(row + 1, None);
        }
        if self.granted[row].is_none() {
            self.callers += 1;
        }
        let (has, total) = (self.granted[row].unwrap_or(0), self.limit());
        let left = total.saturating_sub(self.issued);
        let most = wants + (left / self.callers).max(1);
        let grant = match self.issued <= total {
            true => most.min(has + left),
            false => most.min(has.saturating_sub(1)),
        };
        self.granted[row] = Some(grant);
        self.issued = self.issued - has + grant;
        grant
    }

    /// A caller is gone, and gives back what it had.
    pub(in crate::engine::services) fn forget(&mut self, row: u32) {
        if let Some(had) = self.granted.get_mut(row as usize).and_then(Option::take) {
            self.issued -= had;
            self.callers -= 1;
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
            tells: true,
            wait: Span::from_millis(25),
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

    /// Worked by hand with the formulas of the paper: twelve credits, three callers.
    #[test]
    fn credits_are_granted_by_what_is_wanted_and_what_is_left() {
        let of = Breakwater {
            target: Span::from_millis(10),
            initial: 12,
            min: 1,
            max: 1_000,
            alpha: 0.001,
            beta: 0.02,
            callers: 1,
            every: Span::from_secs(9),
            tells: true,
            wait: Span::from_millis(25),
        };
        let mut state = State::new(&of, Time(0));
        // Twelve are left, one has asked: 2 + 12, but no more than twelve.
        assert_eq!(state.grant(0, 2), 12);
        // None are left: 2 + 1, so that nine come back.
        assert_eq!(state.grant(0, 2), 3);
        // Nine are left for two: 1 + 4.
        assert_eq!(state.grant(1, 1), 5);
        // Four are left for three: 9 + 1, but no more than four.
        assert_eq!(state.grant(2, 9), 4);
        // Half of them are gone: whoever is answered has one less.
        state.credits = 6.0;
        assert_eq!((state.grant(2, 9), state.grant(0, 9)), (3, 2));
        state.forget(1);
        // Five are issued to two, and one is left.
        assert_eq!(state.grant(0, 9), 3);
    }
}
