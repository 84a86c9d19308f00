//! Adaptive throttling (semantics#guards): a caller whose attempts are refused turns some away
//! itself, with the probability max(0, (requests − k · accepted) ÷ (requests + 1)).

use crate::base::time::{Span, Time};
use crate::engine::guards::recent::Recent;

/// Slices of a window.
const SLICES: usize = 1024;

const REQUEST: usize = 0;

/// A throttle under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Throttled {
    /// Attempts that the caller wanted, and those that were accepted.
    recent: Recent<2, SLICES>,
}

impl Throttled {
    /// The probability that an attempt is stopped now.
    pub(in crate::engine) fn chance(&mut self, k: f64, at: (Time, Span)) -> f64 {
        let [requests, accepted] = self.recent.sums(at).map(f64::from);
        ((requests - k * accepted) / (requests + 1.0)).max(0.0)
    }

    /// An attempt was wanted.
    pub(in crate::engine) fn wanted(&mut self, at: (Time, Span)) {
        self.recent.count([1, 0], at);
    }

    /// A later guard has stopped the latest attempt.
    pub(in crate::engine) fn takes_back(&mut self) {
        self.recent.take_back(REQUEST);
    }

    /// An attempt was accepted.
    pub(in crate::engine) fn accepted(&mut self, at: (Time, Span)) {
        self.recent.count([0, 1], at);
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.recent.bytes()
    }
}
