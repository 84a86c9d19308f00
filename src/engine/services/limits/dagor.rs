//! DAGOR: after each window of overload fewer are let in, the least important first; after any
//! other more.
//!
//! Source: Zhou et al., *Overload Control for Scaling WeChat Microservices* (SoCC 2018), section 4
//! and algorithm 1. A level is (class, user), the most important first; a window ends after its
//! time or its number of requests, whichever comes first; it is overload when the mean wait in the
//! queue is above the threshold.

use crate::base::time::{Span, Time};
use crate::program::Dagor;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    /// Levels up to here are let in.
    level: u32,
    /// Those who came in this window, by level.
    came: Vec<u32>,
    all: u32,
    let_in: u32,
    waited: Span,
    started: u32,
    ends: Time,
}

impl State {
    /// All of so many levels are let in.
    pub(in crate::engine::services) fn new(of: &Dagor, levels: u32, now: Time) -> State {
        State {
            level: levels - 1,
            came: vec![0; levels as usize],
            all: 0,
            let_in: 0,
            waited: Span(0),
            started: 0,
            ends: now + of.window,
        }
    }

    pub(in crate::engine::services) fn bytes(&self) -> usize {
        self.came.capacity() * size_of::<u32>()
    }

    /// Whether one of this level is let in who comes now.
    pub(in crate::engine::services) fn admits(
        &mut self,
        of: &Dagor,
        level: u32,
        now: Time,
    ) -> bool {
        if self.all >= of.requests {
            self.next_window(of, now);
        }
        self.tick(of, now);
        let level = level.min(self.came.len() as u32 - 1);
        self.came[level as usize] += 1;
        self.all += 1;
        let admits = level <= self.level;
        self.let_in += u32::from(admits);
        admits
    }

    /// The level in force now.
    pub(in crate::engine::services) fn level(&mut self, of: &Dagor, now: Time) -> u32 {
        self.tick(of, now);
        self.level
    }

    /// A caller that knows the level has stopped one who would have come now.
    pub(in crate::engine::services) fn stopped(&mut self, of: &Dagor, level: u32, now: Time) {
        self.tick(of, now);
        let level = level.min(self.came.len() as u32 - 1);
        self.came[level as usize] += 1;
    }

    /// The window ends when it is time.
    fn tick(&mut self, of: &Dagor, now: Time) {
        if now >= self.ends {
            self.next_window(of, now);
        }
    }

    /// A worker takes somebody who has waited so long.
    pub(in crate::engine::services) fn started(&mut self, waited: Span) {
        self.waited += waited;
        self.started += 1;
    }

    fn next_window(&mut self, of: &Dagor, now: Time) {
        let overload = self.waited.0 > of.delay.0.saturating_mul(i64::from(self.started));
        let (mut prefix, last) = (f64::from(self.let_in), self.came.len() as u32 - 1);
        let came = |level: u32| f64::from(self.came[level as usize]);
        if overload {
            let expected = (1.0 - of.alpha) * prefix;
            while prefix > expected && self.level > 0 {
                prefix -= came(self.level);
                self.level -= 1;
            }
        } else {
            let expected = (1.0 + of.beta) * prefix;
            while prefix < expected && self.level < last {
                self.level += 1;
                prefix += came(self.level);
            }
            // Who lets nobody in, and is not overloaded, has room for the next level.
            if self.let_in == 0 && self.level < last {
                self.level += 1;
            }
        }
        self.came.fill(0);
        (self.all, self.let_in) = (0, 0);
        (self.waited, self.started) = (Span(0), 0);
        self.ends = now + of.window;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Dagor = Dagor {
        delay: Span::from_millis(20),
        window: Span::from_secs(1),
        requests: 2_000,
        alpha: 0.05,
        beta: 0.01,
        levels: 10,
        tells: true,
    };

    /// Ten levels; in every window ten of each level come. Worked by hand with algorithm 1.
    #[test]
    fn steps_by_hand() {
        let mut state = State::new(&OF, 10, Time(0));
        let mut window = |second: i64, wait: Span| {
            let now = Time(second * 1_000_000_000);
            for n in 0..100 {
                if state.admits(&OF, n % 10, now) {
                    state.started(wait);
                }
            }
            // The window is closed by the first who comes after it.
            let mut seen = state.clone();
            seen.next_window(&OF, now);
            (state.let_in, seen.level)
        };
        let (bad, good) = (Span::from_millis(21), Span::from_millis(20));
        // 100 let in, 95 expected: without level 9 they are 90.
        assert_eq!(window(0, bad), (100, 8));
        // 90 let in, 85.5 expected: 80.
        assert_eq!(window(1, bad), (90, 7));
        // 80 let in, 80.8 expected: with level 8 they are 90.
        assert_eq!(window(2, good), (80, 8));
        assert_eq!(window(3, good), (90, 9));
        assert_eq!(window(4, good), (100, 9));
    }

    #[test]
    fn a_window_also_ends_after_its_number_of_requests() {
        let of = Dagor { requests: 10, ..OF };
        let mut state = State::new(&of, 10, Time(0));
        for n in 0..10 {
            assert!(state.admits(&of, n, Time(0)));
            state.started(Span::from_millis(50));
        }
        assert!(
            !state.admits(&of, 9, Time(0)),
            "ten came, 9.5 were expected"
        );
        assert!(state.admits(&of, 8, Time(0)));
    }
}
