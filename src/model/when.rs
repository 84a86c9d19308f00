//! Conditions and metrics that are looked at while a simulation runs: what trips an action, what a
//! `choose` asks, what an autoscaler follows.
//!
//! One idea: a metric read while running covers the last complete seconds, or is the level at this
//! instant; what it would need the end for is refused here, so nothing further right need ask.

use super::document::Node;
use super::metric::names::Names;
use super::metric::parse::{running_metric, trigger};
use super::metric::{Comparison, Metric};
use super::reader::{Reader, inside};
use crate::base::time::Span;
use crate::text::Place;

/// A condition that is looked at while a simulation runs.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// What is read.
    pub metric: Metric,
    /// How it is held against the limit.
    pub comparison: Comparison,
    /// The limit, in the metric's unit.
    pub limit: f64,
    /// For how long it must have been true.
    pub lasts: Span,
    /// The condition as it is written.
    pub written: String,
    /// Where it is written.
    pub place: Place,
}

/// Reads `when`.
pub(crate) fn read(r: &mut Reader<'_>, node: &Node, names: &Names) -> Option<When> {
    let text = r.text(node)?;
    let read = trigger(&text, inside(node), names, r);
    let (found, lasts) = r.keep(read)?;
    Some(When {
        metric: found.metric,
        comparison: found.comparison,
        limit: found.limit,
        lasts,
        written: found.written,
        place: node.place,
    })
}

/// Reads a metric that is followed while a simulation runs.
pub(crate) fn metric(r: &mut Reader<'_>, node: &Node, names: &Names) -> Option<Metric> {
    let text = r.text(node)?;
    let read = running_metric(&text, inside(node), names, r);
    r.keep(read)
}
