//! Guards of callers and services: which stand where, who keeps what they remember, and their
//! numbers.
//!
//! A state belongs to (named table, owner): those of a named table stand in a row, in the order of
//! the places that use it, each server's own one after the other. What belongs to a user is kept
//! with the user. It does not know what a guard remembers.

use std::collections::BTreeMap;

use super::patch::{in_part, whole};
use super::{BreakerId, HedgeId, LimitId, RetryId, ServiceId, Site, ThrottleId};
use crate::base::table::Table;
use crate::base::time::Span;
use crate::observation::TallyId;

pub use crate::model::breaker::{Rates, Rule as BreakerRule, Window};
pub use crate::model::limit::{By, Over};
pub use crate::model::retry::budget::{Budget, Per, Rule as BudgetRule};

/// The guards of a call, asked in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallGuards {
    /// Throttling at the caller.
    pub throttle: Option<ThrottleId>,
    /// A rate limit.
    pub limit: Option<LimitId>,
    /// A circuit breaker.
    pub breaker: Option<BreakerId>,
}

/// Who keeps a state, for the steps that stand at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// All who stand there: this state.
    All(u32),
    /// Each server of the service that runs the steps: the first server's state.
    Servers(u32),
    /// Each user.
    Users,
}

/// Who keeps the states of named tables of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBy<I> {
    keepers: BTreeMap<(I, Site), Keeper>,
    /// States that are kept, but for those of users.
    pub states: u32,
}

impl<I: Ord + Copy> KeptBy<I> {
    /// Who keeps nothing yet.
    pub fn new() -> Self {
        Self {
            keepers: BTreeMap::new(),
            states: 0,
        }
    }

    /// States of a table are kept by these, for steps at a place.
    pub fn add(&mut self, id: I, site: Site, keeper: Keeper) {
        self.keepers.insert((id, site), keeper);
    }

    /// Who keeps the state of a table, for steps at a place.
    ///
    /// # Panics
    /// Where no step at the place uses the table.
    pub fn of(&self, id: I, site: Site) -> Keeper {
        self.find(id, site).expect("what a step uses is kept")
    }

    /// The first of the states, in each row of those of servers, of steps at a place.
    pub fn rows_at(&self, site: Site) -> impl Iterator<Item = u32> {
        let here = self.keepers.iter().filter(move |((_, at), _)| *at == site);
        here.filter_map(|(_, keeper)| match keeper {
            Keeper::Servers(first) => Some(*first),
            Keeper::All(_) | Keeper::Users => None,
        })
    }

    /// The same, if a step there uses it.
    pub fn find(&self, id: I, site: Site) -> Option<Keeper> {
        self.keepers.get(&(id, site)).copied()
    }
}

impl<I: Ord + Copy> Default for KeptBy<I> {
    fn default() -> Self {
        Self::new()
    }
}

/// Of a guard that counts nothing.
pub const NOT_COUNTED: TallyId = TallyId(u32::MAX);

/// Where guards count what they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Retries that a budget allowed, and those that it stopped.
    pub budgets: Table<RetryId, [TallyId; 2]>,
    /// How often a breaker closed and opened, and the attempts that it stopped.
    pub breakers: Table<BreakerId, [TallyId; 3]>,
    /// Attempts that a throttle stopped.
    pub throttles: Table<ThrottleId, TallyId>,
    /// Attempts that a limit stopped, and those that waited for it.
    pub limits: Table<LimitId, [TallyId; 2]>,
}

/// Who keeps what guards remember.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keepers {
    /// Retry budgets.
    pub budgets: KeptBy<RetryId>,
    /// Circuit breakers.
    pub breakers: KeptBy<BreakerId>,
    /// Throttles.
    pub throttles: KeptBy<ThrottleId>,
    /// Hedges.
    pub hedges: KeptBy<HedgeId>,
    /// Connections to services.
    pub links: KeptBy<ServiceId>,
    /// What servers of services told them.
    pub told: KeptBy<ServiceId>,
    /// Rate limits of calls.
    pub limits: KeptBy<LimitId>,
    /// Rate limits before services and endpoints, at the places of the services: their states
    /// stand in the same row.
    pub arrivals: KeptBy<LimitId>,
    /// Where they count what they do.
    pub counted: Counted,
}

in_part! {
/// A circuit breaker (semantics#guards).
pub struct BreakerSettings,
/// What an action changes of a circuit breaker.
pub struct BreakerPatch {
    /// Whether it is asked at all.
    pub on: bool,
    /// When it opens.
    pub rule: BreakerRule,
    /// How long it stays open.
    pub open: Span,
    /// Attempts that are let through then, and decide.
    pub half_open: u32,
}
}

in_part! {
/// A throttle (semantics#guards).
pub struct ThrottleSettings,
/// What an action changes of a throttle.
pub struct ThrottlePatch {
    /// Whether it is asked at all.
    pub on: bool,
    /// Attempts allowed for each that is accepted.
    pub k: f64,
    /// How long things count.
    pub window: Span,
}
}

in_part! {
/// A rate limit (semantics#guards).
pub struct LimitSettings,
/// What an action changes of a rate limit.
pub struct LimitPatch {
    /// Whether it is asked at all.
    pub on: bool,
    /// Tokens a second.
    pub rate: f64,
    /// Tokens at most.
    pub burst: f64,
    /// Who has a bucket of its own.
    pub by: By,
    /// What becomes of those who find no token.
    pub over: Over,
}
}

whole!(Option<Budget>);
