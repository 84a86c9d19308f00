//! A level held against a limit, or its largest value in a part of the time.

use crate::base::time::Time;
use crate::observation::{Comparison, LevelId};

/// Follows one level for one probe.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Watch {
    pub(in crate::engine) probe: u32,
    pub(in crate::engine) level: LevelId,
    limit: Option<(Comparison, f64)>,
    from: Time,
    until: Time,
    since: Time,
    value: u32,
    true_ns: i64,
    max: Option<u32>,
}

impl Watch {
    pub(in crate::engine) fn new(
        probe: u32,
        level: LevelId,
        limit: Option<(Comparison, f64)>,
        (from, until): (Time, Time),
    ) -> Self {
        let since = Time(0);
        Self {
            probe,
            level,
            limit,
            from,
            until,
            since,
            value: 0,
            true_ns: 0,
            max: None,
        }
    }

    /// The level has had its value until now.
    pub(in crate::engine) fn advance(&mut self, now: Time) {
        let (from, until) = (self.since.max(self.from), now.min(self.until));
        if until > from {
            self.max = Some(self.max.unwrap_or(0).max(self.value));
            if let Some((comparison, limit)) = self.limit
                && comparison.holds(f64::from(self.value), limit)
            {
                self.true_ns += (until - from).0;
            }
        }
        self.since = now;
    }

    /// The level has another value from now on.
    pub(in crate::engine) fn set(&mut self, value: u32, now: Time) {
        self.advance(now);
        self.value = value;
    }

    /// The largest value, and nanoseconds in which the limit held, up to now; both begin anew.
    pub(in crate::engine) fn take(&mut self, now: Time) -> (Option<u32>, i64) {
        self.advance(now);
        (self.max.take(), std::mem::take(&mut self.true_ns))
    }

    /// The share of time in which the limit held, or the largest value.
    pub(in crate::engine) fn value_at_end(&self) -> Option<f64> {
        let length = (self.until - self.from).0;
        match self.limit {
            None => self.max.map(f64::from),
            Some(_) => (length > 0).then(|| self.true_ns as f64 / length as f64),
        }
    }
}
