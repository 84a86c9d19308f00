//! Guards: who is asked before an attempt is sent or lets itself in, and hears how it ends
//! (semantics#guards).
//!
//! What a guard remembers belongs to (named table, owner). Owners that are there from the
//! beginning have their states in a row; what a user's guard remembers hangs at the visitor's task,
//! from the first failure on.

pub(in crate::engine) mod advice;
pub(in crate::engine) mod asking;
pub(in crate::engine) mod breaker;
pub(in crate::engine) mod budget;
pub(in crate::engine) mod credits;
pub(in crate::engine) mod hearing;
pub(in crate::engine) mod hedging;
pub(in crate::engine) mod kept;
pub(in crate::engine) mod limit;
pub(in crate::engine) mod links;
mod recent;
pub(in crate::engine) mod throttle;
pub(in crate::engine) mod watch;

use crate::engine::guards::advice::Advice;
use crate::engine::guards::breaker::Breaker;
use crate::engine::guards::budget::Spending;
use crate::engine::guards::credits::Credits;
use crate::engine::guards::hedging::Known;
use crate::engine::guards::kept::{Kept, Remembered};
use crate::engine::guards::limit::Buckets;
use crate::engine::guards::links::Links;
use crate::engine::guards::throttle::Throttled;
use crate::program::Keepers;

/// What all guards remember.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Guards {
    breakers: Kept<Breaker>,
    budgets: Kept<Spending>,
    throttles: Kept<Throttled>,
    limits: Kept<Buckets>,
    hedges: Kept<Known>,
    links: Links,
    advice: Kept<Advice>,
    credits: Kept<Credits>,
}

impl Guards {
    /// Nothing has happened yet.
    pub(in crate::engine) fn new(keepers: &Keepers) -> Self {
        Self {
            breakers: Kept::new(keepers.breakers.states),
            budgets: Kept::new(keepers.budgets.states),
            throttles: Kept::new(keepers.throttles.states),
            limits: Kept::new(keepers.limits.states),
            hedges: Kept::new(keepers.hedges.states),
            links: Links::new(keepers.links.states),
            advice: Kept::new(keepers.told.states),
            credits: Kept::new(keepers.told.states),
        }
    }

    /// Connections to servers.
    pub(in crate::engine) fn links(&mut self) -> &mut Links {
        &mut self.links
    }

    /// Credits at services.
    pub(in crate::engine) fn credits(&mut self) -> &mut Kept<Credits> {
        &mut self.credits
    }

    /// A user has left for good, with what hung at the task.
    fn forget(&mut self, what: Remembered, state: u32) {
        match what {
            Remembered::Breaker(_) => self.breakers.forget(state),
            Remembered::Budget(_) => self.budgets.forget(state),
            Remembered::Throttle(_) => self.throttles.forget(state),
            Remembered::Limit(_) => self.limits.forget(state),
            Remembered::Hedge(_) => self.hedges.forget(state),
            Remembered::Links(_) => self.links.forget(state),
            Remembered::Advice(_) => self.advice.forget(state),
            Remembered::Credits(_) => self.credits.forget(state),
        }
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.breakers.bytes(Breaker::bytes)
            + self.budgets.bytes(Spending::bytes)
            + self.throttles.bytes(Throttled::bytes)
            + self.limits.bytes(Buckets::bytes)
            + self.hedges.bytes(Known::bytes)
            + self.links.bytes()
            + self.advice.bytes(Advice::bytes)
            + self.credits.bytes(Credits::bytes)
    }
}
