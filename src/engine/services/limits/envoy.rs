//! The gradient controller of Envoy: the limit is multiplied by the least time ÷ the time now,
//! both medians, and grows by its root.
//!
//! Source: Envoy, adaptive concurrency, `gradient_controller.cc`. The least time is the median of
//! some ends while only `min` are let in: at the start, every `interval` and a jitter later, and
//! when the limit was found to be `min` five times in a row. Its timers are looked up whenever
//! somebody comes or ends, and nothing can tell the difference.

use crate::base::time::{Span, Time};
use crate::engine::services::limits::ended::Ended;
use crate::program::Envoy;

/// Times in a row at the least limit after which the least time is measured anew.
const SUSPICIOUS: u32 = 5;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    limit: u32,
    /// The limit before the measurement under way, if one is.
    before: Option<u32>,
    /// Since when times count for it.
    epoch: Time,
    /// Times of this window, in ns.
    times: Vec<i64>,
    least: i64,
    next_update: Time,
    next_measurement: Time,
    at_least: u32,
}

/// The ⌈n/2⌉-th of n.
fn median(times: &mut [i64]) -> i64 {
    let middle = (times.len() - 1) / 2;
    *times.select_nth_unstable(middle).1
}

impl State {
    pub(in crate::engine::services) fn new(of: &Envoy, now: Time) -> State {
        State {
            limit: of.min,
            before: Some(of.min),
            epoch: now,
            times: Vec::new(),
            least: 0,
            next_update: Time::NEVER,
            next_measurement: Time::NEVER,
            at_least: 0,
        }
    }

    pub(in crate::engine::services) fn limit(&self) -> u32 {
        self.limit
    }

    pub(in crate::engine::services) fn bytes(&self) -> usize {
        self.times.capacity() * size_of::<i64>()
    }

    /// What timers would have done until now.
    pub(in crate::engine::services) fn tick(&mut self, of: &Envoy, now: Time) {
        while self.before.is_none() {
            if self.next_measurement <= self.next_update && self.next_measurement <= now {
                self.measure(of, self.next_measurement);
            } else if self.next_update <= now {
                let at = self.next_update;
                self.update(of, at);
                self.next_update = if self.times.is_empty() && self.next_update + of.update < now {
                    // Nothing happens at an update without ends.
                    let passed = (now.0 - at.0) / of.update.0;
                    at + of.update * passed
                } else {
                    at + of.update
                };
            } else {
                return;
            }
        }
    }

    /// A measurement of the least time begins.
    fn measure(&mut self, of: &Envoy, now: Time) {
        self.before = Some(self.limit);
        self.limit = of.min;
        self.at_least = 0;
        self.times.clear();
        self.epoch = now;
    }

    fn update(&mut self, of: &Envoy, at: Time) {
        if self.times.is_empty() {
            return;
        }
        let time = median(&mut self.times);
        self.times.clear();
        let least = self.least as f64;
        let gradient = ((least + least * of.buffer) / time.max(1) as f64).clamp(0.5, 2.0);
        let limit = f64::from(self.limit) * gradient;
        let new = (limit + limit.sqrt()) as u32;
        let new = new.min(of.max).max(of.min);
        let stays = self.limit == of.min && new == of.min;
        self.at_least = if stays { self.at_least + 1 } else { 0 };
        self.limit = new;
        if self.at_least >= SUSPICIOUS {
            self.next_measurement = at;
        }
    }

    /// An attempt has ended; `luck` is a uniform number for the jitter.
    pub(in crate::engine::services) fn ended(
        &mut self,
        of: &Envoy,
        (end, now): (Ended, Time),
        luck: impl FnOnce() -> f64,
    ) {
        self.tick(of, now);
        if now.0 - end.took < self.epoch.0 || end.dropped {
            return;
        }
        self.times.push(end.took);
        if let Some(before) = self.before
            && self.times.len() >= of.samples as usize
        {
            self.least = median(&mut self.times);
            self.times.clear();
            self.limit = before;
            self.before = None;
            self.next_update = now + of.update;
            let spread = of.interval.0 as f64 * of.jitter * luck();
            self.next_measurement = now + of.interval + Span(spread as i64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;
    const OF: Envoy = Envoy {
        min: 3,
        max: 1_000,
        samples: 5,
        interval: Span::from_secs(60),
        jitter: 0.0,
        buffer: 0.25,
        update: Span::from_millis(100),
    };

    fn at(ms: i64) -> Time {
        Time(ms * MS)
    }

    fn end(state: &mut State, now: i64, took: i64) {
        let end = Ended {
            took: took * MS,
            in_flight: 3,
            dropped: false,
        };
        state.ended(&OF, (end, at(now)), || 0.0);
    }

    /// Worked by hand with the formulas of the source.
    #[test]
    fn steps_by_hand() {
        let mut state = State::new(&OF, at(0));
        for (now, took) in [(20, 10), (30, 12), (40, 8), (50, 9)] {
            end(&mut state, now, took);
            assert!(state.before.is_some() && state.limit() == 3);
        }
        // The median of 8, 9, 10, 12, 30 is 10.
        end(&mut state, 60, 30);
        assert_eq!((state.least, state.limit()), (10 * MS, 3));
        // At 160: one end of 5: gradient 12.5 ÷ 5 = 2.5, at most 2: 6 + √6 = 8.4.
        end(&mut state, 100, 5);
        state.tick(&OF, at(159));
        assert_eq!(state.limit(), 3);
        state.tick(&OF, at(160));
        assert_eq!(state.limit(), 8);
        // At 260: the median of 25 and 50 is 25: gradient ½: 4 + 2 = 6.
        end(&mut state, 200, 25);
        end(&mut state, 250, 50);
        state.tick(&OF, at(300));
        assert_eq!(state.limit(), 6);
        // Nothing ends: nothing changes. At 960 an end of 12.5, seen at 1,000: 6 + √6 = 8.4.
        end(&mut state, 930, 12);
        state.tick(&OF, at(959));
        assert_eq!(state.limit(), 6);
        state.tick(&OF, at(960));
        // 12.5 ÷ 12 · 6 = 6.25; 6.25 + 2.5 = 8.75.
        assert_eq!(state.limit(), 8);
    }

    #[test]
    fn five_times_at_the_least_limit_measure_anew() {
        let mut state = State::new(&OF, at(0));
        for now in 1..=5 {
            end(&mut state, now, 1);
        }
        // Updates at 105, 205, …: gradient ½: 1.5 + 1.22 = 2.7, so 3.
        for n in 1..=5 {
            assert!(state.before.is_none(), "{n}");
            end(&mut state, 5 + 100 * n - 50, 30);
            state.tick(&OF, at(5 + 100 * n));
            assert_eq!(state.limit(), 3);
        }
        assert!(state.before.is_some());
        assert_eq!(state.epoch, at(505));
    }

    #[test]
    fn the_least_time_is_measured_every_interval() {
        let mut state = State::new(&OF, at(0));
        for now in 1..=5 {
            end(&mut state, now, 1);
        }
        state.tick(&OF, at(60_004));
        assert!(state.before.is_none());
        state.tick(&OF, at(60_005));
        assert!(state.before.is_some());
        // What was sent before does not count.
        end(&mut state, 60_006, 2);
        assert!(state.times.is_empty());
    }
}
