//! What the guards of a call look at: one byte, so that a call without guards pays for nothing.

use crate::engine::route::Guarded;
use crate::program::{BudgetRule, Keeper, Settings};

/// What the guards of a call look at: nothing, for most calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Watch(u8);

impl Watch {
    const SENDING: u8 = 1;
    const ENDINGS: u8 = 2;
    const RETRIES: u8 = 4;
    const STARTS: u8 = 8;
    const ENDS: u8 = 16;
    const AIMS: u8 = 32;

    pub(in crate::engine) fn of(guards: &Guarded, settings: &Settings) -> Self {
        let asked = guards.throttle.is_some() || guards.limit.is_some();
        // A user's budget begins with the first failure.
        let begins = matches!(guards.budget, Some((_, Keeper::Users)));
        let hears = guards.throttle.is_some() || guards.breaker.is_some() || begins;
        let bit = |is: bool, bit: u8| if is { bit } else { 0 };
        let links = guards.links.is_some();
        let budget = guards
            .budget
            .and_then(|(id, _)| settings.budgets[id].as_ref());
        let hears_of = |of: fn(&BudgetRule) -> bool| budget.is_some_and(|budget| of(&budget.rule));
        let hears = hears || links || guards.told.is_some() || hears_of(BudgetRule::hears_attempts);
        Self(
            bit(asked || guards.breaker.is_some(), Self::SENDING)
                | bit(hears, Self::ENDINGS)
                | bit(links || guards.told.is_some(), Self::AIMS)
                | bit(budget.is_some(), Self::RETRIES)
                | bit(hears_of(BudgetRule::hears_starts), Self::STARTS)
                | bit(hears_of(BudgetRule::hears_ends), Self::ENDS),
        )
    }

    /// Whether nobody looks.
    #[inline(always)]
    pub(in crate::engine) fn is_quiet(self) -> bool {
        self.0 == 0
    }

    /// Whether somebody is asked before an attempt is sent.
    #[inline(always)]
    pub(in crate::engine) fn sending(self) -> bool {
        self.0 & Self::SENDING != 0
    }

    /// Whether somebody hears how attempts end.
    #[inline(always)]
    pub(in crate::engine) fn endings(self) -> bool {
        self.0 & Self::ENDINGS != 0
    }

    /// Whether the server of an attempt is known when it is sent: by a connection that its caller
    /// keeps, or because the caller heeds what that server has told it.
    #[inline(always)]
    pub(in crate::engine) fn aims(self) -> bool {
        self.0 & Self::AIMS != 0
    }

    /// Whether somebody is asked before a retry.
    #[inline(always)]
    pub(in crate::engine) fn retries(self) -> bool {
        self.0 & Self::RETRIES != 0
    }

    /// Whether somebody is asked or hears after an attempt that has failed.
    #[inline(always)]
    pub(in crate::engine) fn failures(self) -> bool {
        self.0 & (Self::ENDINGS | Self::RETRIES) != 0
    }

    /// Whether somebody hears that requests start.
    #[inline(always)]
    pub(in crate::engine) fn starts(self) -> bool {
        self.0 & Self::STARTS != 0
    }

    /// Whether somebody hears how requests end.
    #[inline(always)]
    pub(in crate::engine) fn ends(self) -> bool {
        self.0 & Self::ENDS != 0
    }
}
