//! How long a study may take.
//!
//! One idea: time decides how many launches are made, never what one of them shows. A study that is
//! short of time begins nothing that would not be done in time, and what it has done by then is
//! its answer.

use std::time::{Duration, Instant};

/// A time that was allowed, running.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    began: Instant,
    allowed: Duration,
}

impl Deadline {
    /// So long from now on.
    pub fn after(allowed: Duration) -> Deadline {
        Deadline {
            began: Instant::now(),
            allowed,
        }
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        self.began.elapsed() >= self.allowed
    }

    /// A deadline of the same beginning, with a part of its time, 0 to 1.
    pub(crate) fn part(self, share: f64) -> Deadline {
        Deadline {
            began: self.began,
            allowed: self.allowed.mul_f64(share),
        }
    }

    /// Whether there is time for something that takes so long.
    pub(crate) fn has_room_for(&self, needed: Duration) -> bool {
        self.began.elapsed() + needed <= self.allowed
    }
}
