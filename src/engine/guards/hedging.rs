//! What owners of hedges know: how many requests there were, how many hedges, and how long the
//! latest ok attempts took (semantics#hedge).

use std::collections::VecDeque;

use crate::base::rank::rank;
use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::guards::kept::Remembered;
use crate::program::{CallId, HedgeId};

/// How many are remembered.
const KEPT: usize = 1_000;
/// How many there must be before a percentile is told.
const FEWEST: usize = 20;

/// The latest durations, in the order of their coming and in that of their length.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Latest {
    latest: VecDeque<i64>,
    sorted: Vec<i64>,
}

impl Latest {
    /// One more.
    pub(in crate::engine) fn add(&mut self, took: Span) {
        if self.latest.len() == KEPT
            && let Some(oldest) = self.latest.pop_front()
        {
            let at = self.sorted.partition_point(|&ns| ns < oldest);
            self.sorted.remove(at);
        }
        self.latest.push_back(took.0);
        let at = self.sorted.partition_point(|&ns| ns < took.0);
        self.sorted.insert(at, took.0);
    }

    /// The q-quantile; absent while there are too few.
    pub(in crate::engine) fn quantile(&self, q: f64) -> Option<Span> {
        let n = self.sorted.len();
        (n >= FEWEST).then(|| Span(self.sorted[rank(q, n as u64) as usize - 1]))
    }

    fn bytes(&self) -> usize {
        (self.latest.capacity() + self.sorted.capacity()) * size_of::<i64>()
    }
}

/// What one owner of a hedge knows.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Known {
    /// Requests so far.
    pub(in crate::engine) requests: u64,
    /// Hedges so far.
    pub(in crate::engine) hedges: u64,
    /// The latest ok attempts.
    pub(in crate::engine) latest: Latest,
}

impl Known {
    /// Whether a budget has room for one more hedge; it is taken from it.
    pub(in crate::engine) fn may_hedge(&mut self, budget: Option<f64>) -> bool {
        let most = budget.map_or(f64::INFINITY, |share| share * self.requests as f64 + 1e-9);
        let fits = (self.hedges + 1) as f64 <= most;
        self.hedges += u64::from(fits);
        fits
    }

    pub(super) fn bytes(&self) -> usize {
        self.latest.bytes()
    }
}

impl Sim<'_> {
    /// What the owner of a hedge knows for whom a task asks.
    pub(in crate::engine) fn known_to(
        &mut self,
        (slot, call): (u32, CallId),
        hedge: HedgeId,
    ) -> &mut Known {
        let from = self.rules.program.calls[call].from;
        let keeper = self.rules.program.keepers.hedges.of(hedge, from);
        let what = Remembered::Hedge(hedge);
        let at = match self.remembers(slot, what, keeper) {
            Some(at) => at,
            None => {
                let state = self.callers.guards().hedges.begin(Known::default());
                self.remember(slot, what, state)
            }
        };
        self.callers.guards().hedges.at(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_that_of_the_last_thousand_and_absent_below_twenty() {
        let mut recent = Latest::default();
        for ns in 1..20 {
            recent.add(Span(ns));
            assert_eq!(recent.quantile(0.95), None);
        }
        recent.add(Span(20));
        assert_eq!(recent.quantile(0.95), Some(Span(19)));
        assert_eq!(recent.quantile(0.5), Some(Span(10)));
        for ns in 21..=3_000 {
            recent.add(Span(ns));
        }
        assert_eq!(recent.quantile(0.95), Some(Span(2_950)));
        assert_eq!(recent.quantile(0.001), Some(Span(2_001)));
        for _ in 0..1_000 {
            recent.add(Span(7));
        }
        assert_eq!(recent.quantile(0.999), Some(Span(7)));
        assert_eq!(recent.sorted.len(), 1_000);
    }
}
