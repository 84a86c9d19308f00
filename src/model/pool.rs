//! Things that steps hold: connections, threads, locks (a lock is a pool of one).

use super::service::QueueOrder;
use crate::text::Place;

/// A pool of identical units.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Units, in each place that `scope` names.
    pub size: u32,
    /// How many such pools there are.
    pub scope: PoolScope,
    /// Waiting at most; no limit if absent, 0 refuses at once when full.
    pub queue_limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
    /// Where its table begins.
    pub place: Place,
}

/// How many pools of one name there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolScope {
    /// One for each instance of the service that runs the step.
    Server,
    /// One for each service that runs the step.
    Service,
    /// One.
    Global,
}
