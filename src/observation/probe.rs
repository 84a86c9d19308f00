//! What a metric asks of one replication, in terms of counters, levels and samples.
//!
//! A probe is the compiled form of a metric: the engine records what it needs beyond the usual,
//! and evaluates it at the end of the replication to one number, infinite for "longer than any
//! time", absent where the metric does not exist.

use super::layout::{CounterId, LevelId, SampleId};
use crate::base::time::{Span, Time};

/// A term of a quotient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Term {
    /// The value of a counter: what happened.
    Count(CounterId),
    /// The same of things that began in the measured period, however late it happened.
    Began(CounterId),
    /// The integral of a level over time, in seconds.
    Integral(LevelId),
    /// The seconds of the period itself.
    Seconds,
}

/// How a value is held against a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Whether the value stands so to the limit.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
        }
    }
}

/// What is asked of a collection of durations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// Mean, in seconds.
    Mean,
    /// Standard deviation (n − 1), in seconds.
    Deviation,
    /// Maximum, in seconds.
    Max,
    /// The ⌈q·n⌉-th value, in seconds; absent without ten values beyond it.
    Percentile(f64),
    /// The share that stands so to a limit in seconds.
    Share(Comparison, f64),
}

/// Of which things durations are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// Of all that started: those that did not end ok are longer than any time.
    Started,
    /// Only of those that ended ok.
    Ok,
}

/// Over which time a metric is taken: left-closed, within the measured period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Period {
    /// From this instant; `None` is the beginning of the measured period.
    pub from: Option<Time>,
    /// Up to this instant; `None` is its end.
    pub until: Option<Time>,
    /// The period as a whole, or windows in it.
    pub view: View,
}

/// How a period becomes one value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum View {
    /// The period as a whole.
    #[default]
    Whole,
    /// The worst of the windows of this length that begin at whole seconds.
    Worst {
        /// Length of a window.
        window: Span,
        /// Which is the worst.
        is: Worst,
    },
    /// Seconds of the longest run of adjacent slices whose value breaks a limit.
    LongestBreach {
        /// Length of a slice.
        slice: Span,
        /// The relation that should hold.
        comparison: Comparison,
        /// The limit.
        limit: f64,
    },
}

/// Which of the windows is the worst one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// The largest value.
    Largest,
    /// The smallest value.
    Smallest,
}

/// A metric as one replication can answer it.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// Σ above ÷ Σ below; without below, Σ above. Absent when the denominator is 0.
    Quotient {
        /// Weighted terms of the numerator.
        above: Vec<(f64, Term)>,
        /// Weighted terms of the denominator.
        below: Vec<(f64, Term)>,
        /// Over which time.
        period: Period,
    },
    /// The largest value of a level.
    LevelMax {
        /// Which.
        of: LevelId,
        /// Over which time (no window).
        period: Period,
    },
    /// The value of a level at an instant, after all that happens at it.
    LevelAt {
        /// Which.
        of: LevelId,
        /// When.
        at: Time,
    },
    /// The share of time in which a level stands so to a limit.
    LevelShare {
        /// Which.
        of: LevelId,
        /// How.
        comparison: Comparison,
        /// To what.
        limit: f64,
        /// Over which time (no window).
        period: Period,
    },
    /// A statistic of durations by the instant they started.
    Sample {
        /// Which, all together.
        of: Vec<SampleId>,
        /// Of which of the things that started.
        among: Among,
        /// What.
        statistic: Statistic,
        /// Over which time.
        period: Period,
    },
    /// When a mark was first passed, in seconds from T+0.
    FirstMark(u32),
    /// When a mark was last passed, in seconds from T+0.
    LastMark(u32),
    /// From when on nothing was left of a stock until the end, in seconds from T+0.
    SoldOut(u32),
    /// When nothing was left of a stock for the first time, likewise.
    FirstSoldOut(u32),
    /// A figure of the collapse and recovery (estimated later from the windows).
    Recovery(RecoveryFigure),
}

impl Probe {
    /// Over which time it is taken, if that can be said.
    pub fn period(&self) -> Option<&Period> {
        match self {
            Self::Quotient { period, .. }
            | Self::LevelMax { period, .. }
            | Self::LevelShare { period, .. }
            | Self::Sample { period, .. } => Some(period),
            _ => None,
        }
    }

    /// Takes it over another time.
    pub fn set_period(&mut self, over: Period) {
        match self {
            Self::Quotient { period, .. }
            | Self::LevelMax { period, .. }
            | Self::LevelShare { period, .. }
            | Self::Sample { period, .. } => *period = over,
            _ => {}
        }
    }
}

/// Which figure of the recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryFigure {
    /// Seconds from the trigger's end until healthy again.
    Time,
    /// 1 when collapsed, else 0.
    Collapsed,
    /// 1 when it was unhealthy at any time, else 0.
    Unhealthy,
    /// 1 when it recovered, 0 when it did not, absent when it was never unhealthy.
    Recovered,
}
