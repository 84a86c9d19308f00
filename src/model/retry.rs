//! How a program tries again.

use crate::base::time::Span;
use crate::text::Place;

/// A named retry policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Attempts at most, the first included.
    pub attempts: u32,
    /// How long to wait before each further one.
    pub backoff: Backoff,
    /// Where its table begins.
    pub place: Place,
}

/// The wait before the n-th retry, from the instant the failure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// How it grows with n.
    pub kind: BackoffKind,
    /// The unit of growth.
    pub base: Span,
    /// The most; no limit if absent.
    pub cap: Option<Span>,
    /// How luck changes it.
    pub jitter: Jitter,
}

/// How a backoff grows with the number n of the retry; v is its value before jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackoffKind {
    /// v = 0.
    None,
    /// v = base.
    Constant,
    /// v = base · n.
    Linear,
    /// v = base · 2ⁿ⁻¹.
    Exponential,
}

/// How luck changes a backoff v.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// v.
    None,
    /// U(0, v).
    Full,
    /// v/2 + U(0, v/2).
    Equal,
    /// Exp(mean v).
    Exponential,
    /// min(cap, U(base, 3 · previous wait)), whatever the kind.
    Decorrelated,
}
