//! What must hold.

use super::metric::{Comparison, Metric};
use crate::base::time::Span;
use crate::text::Place;

/// A condition that each launch is judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// The whole condition in normalised form, as reports name it.
    pub that: String,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared with the limit.
    pub comparison: Comparison,
    /// The limit in the metric's unit (seconds, 0 to 1, per second, a number).
    pub limit: f64,
    /// The share of launches that must meet it.
    pub required: f64,
    /// Differences within this count as the same; the metric's usual threshold if absent.
    pub same_within: Option<SameWithin>,
    /// No breach lasts longer than this; no breach at all if absent.
    pub except: Option<Span>,
    /// Where it is written.
    pub place: Place,
}

/// A practical threshold for differences of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SameWithin {
    /// In the metric's unit.
    Absolute(f64),
    /// As a share of the baseline.
    Relative(f64),
}
