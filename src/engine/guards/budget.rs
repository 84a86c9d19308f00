//! A retry budget (semantics#guards): what one owner's requests together may retry.

use crate::base::time::Time;
use crate::engine::guards::recent::Recent;
use crate::engine::tasks::population::Failure;
use crate::program::{BudgetRule, Per};

/// Slices of a window.
const SLICES: usize = 1024;

const STARTED: [u32; 2] = [1, 0];
const RETRIED: [u32; 2] = [0, 1];

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Ended {
    /// Ok, without a retry.
    Ok,
    /// Ok, by a retry; the last of them came after a timeout, or not.
    OkByRetry {
        /// Whether it came after a timeout.
        after_timeout: bool,
    },
    /// Otherwise.
    Failed,
}

/// A budget under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Spending {
    /// Requests that started and retries.
    recent: Recent<2, SLICES>,
    /// Requests under way.
    requests: u32,
    /// Retries under way, from the decision on.
    retries: u32,
    /// What is missing of what there is at most.
    missing: f64,
}

impl BudgetRule {
    /// Whether it looks at requests that start.
    pub(in crate::engine) fn hears_starts(&self) -> bool {
        match self {
            Self::Ratio { .. } | Self::Leaky { .. } | Self::Concurrent { .. } => true,
            Self::Tokens { per, .. } => *per == Per::Request,
            Self::Quota { .. } | Self::Grpc { .. } => false,
        }
    }

    /// Whether it looks at attempts that end.
    pub(in crate::engine) fn hears_attempts(&self) -> bool {
        matches!(self, Self::Grpc { .. }) || self.follows_retries()
    }

    /// Whether it looks at requests that end.
    pub(in crate::engine) fn hears_ends(&self) -> bool {
        match self {
            Self::Concurrent { .. } | Self::Quota { .. } => true,
            Self::Tokens { per, .. } => *per == Per::Success,
            Self::Ratio { .. } | Self::Leaky { .. } | Self::Grpc { .. } => false,
        }
    }

    /// Whether it follows retries to their end.
    pub(in crate::engine) fn follows_retries(&self) -> bool {
        matches!(self, Self::Concurrent { .. })
    }
}

impl Spending {
    /// That of a user who was not followed until now, and has one request under way.
    pub(in crate::engine) fn of_one_request() -> Self {
        Self {
            requests: 1,
            ..Self::default()
        }
    }

    /// A request starts.
    #[inline]
    pub(in crate::engine) fn started(&mut self, rule: &BudgetRule, now: Time) {
        match *rule {
            BudgetRule::Ratio { window, .. } => self.recent.count(STARTED, (now, window)),
            BudgetRule::Leaky { ttl, .. } => self.recent.count(STARTED, (now, ttl)),
            BudgetRule::Concurrent { .. } => self.requests += 1,
            BudgetRule::Tokens {
                refill,
                per: Per::Request,
                ..
            } => self.give(refill),
            BudgetRule::Tokens { .. } | BudgetRule::Quota { .. } | BudgetRule::Grpc { .. } => {}
        }
    }

    /// Whether a retry is allowed now, after this failure; then it is charged.
    pub(in crate::engine) fn allows(
        &mut self,
        rule: &BudgetRule,
        (now, after): (Time, Failure),
    ) -> bool {
        match *rule {
            BudgetRule::Ratio { share, window } => {
                let [requests, retries] = self.recent.sums((now, window));
                let allowed = f64::from(retries) < share * f64::from(requests) - A_HAIR;
                if allowed {
                    self.recent.count(RETRIED, (now, window));
                }
                allowed
            }
            BudgetRule::Leaky { share, ttl, min } => {
                let [requests, retries] = self.recent.sums((now, ttl));
                let deposits = share * f64::from(requests) + min * ttl.as_secs_f64();
                let allowed = deposits - f64::from(retries) >= 1.0 - A_HAIR;
                if allowed {
                    self.recent.count(RETRIED, (now, ttl));
                }
                allowed
            }
            BudgetRule::Concurrent { share, min } => {
                let most = min.max(share * f64::from(self.requests));
                let allowed = f64::from(self.retries) < most - A_HAIR;
                self.retries += u32::from(allowed);
                allowed
            }
            BudgetRule::Tokens { size, .. } => self.pay(1.0, size),
            BudgetRule::Quota {
                size,
                retry,
                timeout,
                ..
            } => match after {
                Failure::TimedOut => self.pay(timeout, size),
                _ => self.pay(retry, size),
            },
            BudgetRule::Grpc { tokens, .. } => tokens - self.missing > tokens / 2.0 + A_HAIR,
        }
    }

    /// An attempt has ended ok, or has failed.
    #[inline]
    pub(in crate::engine) fn attempt_ended(&mut self, rule: &BudgetRule, ok: AttemptWas) {
        if let BudgetRule::Grpc { tokens, ratio } = *rule {
            match ok {
                AttemptWas::Ok => self.give(ratio),
                AttemptWas::Failed => self.missing = (self.missing + 1.0).min(tokens),
            }
        }
    }

    /// A retry has ended, or will not be made after all.
    pub(in crate::engine) fn retry_ended(&mut self) {
        self.retries = self.retries.saturating_sub(1);
    }

    /// A request has ended.
    #[inline]
    pub(in crate::engine) fn request_ended(&mut self, rule: &BudgetRule, how: Ended) {
        match (rule, how) {
            (BudgetRule::Concurrent { .. }, _) => {
                self.requests = self.requests.saturating_sub(1);
            }
            (
                BudgetRule::Tokens {
                    refill,
                    per: Per::Success,
                    ..
                },
                Ended::Ok | Ended::OkByRetry { .. },
            ) => self.give(*refill),
            (BudgetRule::Quota { success, .. }, Ended::Ok) => self.give(*success),
            (BudgetRule::Quota { retry, timeout, .. }, Ended::OkByRetry { after_timeout }) => {
                self.give(if after_timeout { *timeout } else { *retry });
            }
            _ => {}
        }
    }

    /// Takes so much of what there is, if it is there.
    fn pay(&mut self, cost: f64, size: f64) -> bool {
        let allowed = size - self.missing >= cost - A_HAIR;
        if allowed {
            self.missing += cost;
        }
        allowed
    }

    fn give(&mut self, amount: f64) {
        self.missing = (self.missing - amount).max(0.0);
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.recent.bytes()
    }
}

/// How an attempt has ended, as far as a budget cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum AttemptWas {
    Ok,
    Failed,
}

/// Shares and tokens are sums of decimals, which may be a hair off.
const A_HAIR: f64 = 1e-9;
