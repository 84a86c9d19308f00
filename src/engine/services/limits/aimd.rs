//! AIMD: one more after each end in time, a share less after each that took too long.
//!
//! Source: Netflix, concurrency-limits, `AIMDLimit`.

use crate::engine::services::limits::ended::Ended;
use crate::program::Aimd;

#[derive(Clone, Debug)]
pub(in crate::engine::services) struct State {
    limit: u32,
}

impl State {
    pub(in crate::engine::services) fn new(of: &Aimd) -> State {
        State { limit: of.initial }
    }

    pub(in crate::engine::services) fn limit(&self) -> u32 {
        self.limit
    }

    /// An attempt has ended.
    pub(in crate::engine::services) fn ended(&mut self, of: &Aimd, end: Ended) {
        let new = if end.dropped || end.took > of.timeout.0 {
            (f64::from(self.limit) * of.backoff) as u32
        } else if 2 * u64::from(end.in_flight) >= u64::from(self.limit) {
            self.limit + 1
        } else {
            self.limit
        };
        self.limit = new.max(of.min).min(of.max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;

    /// Worked by hand: 20 + 1 + 1, the third has too few in flight; then 22 · 0.9 = 19.8, down to
    /// 19; a drop: 17.1, down to 17; and not below 16.
    #[test]
    fn steps_by_hand() {
        let of = Aimd {
            initial: 20,
            min: 16,
            max: 200,
            backoff: 0.9,
            timeout: Span::from_secs(5),
        };
        let mut state = State::new(&of);
        let steps = [
            (1, 20, false, 21),
            (5, 11, false, 22),
            (1, 10, false, 22),
            (6, 22, false, 19),
            (1, 1, true, 17),
            (9, 17, false, 16),
        ];
        for (seconds, in_flight, dropped, expected) in steps {
            let took = seconds * 1_000_000_000;
            let end = Ended {
                took,
                in_flight,
                dropped,
            };
            state.ended(&of, end);
            assert_eq!(state.limit(), expected);
        }
    }
}
