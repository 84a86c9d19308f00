//! What a replication saw of its users' requests, step by step, in short windows of time: what its
//! health is judged by.
//!
//! One idea: a request belongs to the window in which it *started*, whenever it ended; what ended
//! in a window and what was open at its end stand beside that. It does not know what is healthy.

use serde::{Deserialize, Serialize};

use std::ops::Range;

use crate::base::time::{Span, Time};

/// The requests of users by call step and window. Instants count from the start of the clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    /// Length of a window; zero if none were followed.
    pub width: Span,
    /// When the replication ended: the horizon, or the end of a drain.
    pub ended: Time,
    /// The call steps of journeys; empty if they were not followed.
    pub steps: Vec<StepWindows>,
}

/// The requests of one step. Only whole windows up to the horizon are there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepWindows {
    /// Number of the call.
    pub call: u32,
    /// The windows.
    pub windows: Vec<Window>,
    /// When each request that is still open at the end has started, in order.
    pub open_since: Vec<Time>,
    /// The middle of each class of times, in seconds, in order.
    pub middles_s: Vec<f32>,
    /// By window, then class of times: how many of those that started in it ended ok after so long.
    pub times: Vec<u32>,
}

/// The requests of one step in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// How many started.
    pub started: u32,
    /// How many of those ended ok, whenever that was.
    pub ok: u32,
    /// How many ended ok in it, whenever they had started.
    pub ended_ok: u32,
    /// How many were open at its end, whenever they had started.
    pub open: u32,
}

impl StepWindows {
    /// How many of those that started in a window ended ok after so long, by class of times.
    pub fn times_of(&self, window: usize) -> &[u32] {
        let classes = self.middles_s.len();
        &self.times[window * classes..(window + 1) * classes]
    }

    /// When those requests started in these windows that are still open at the end.
    pub fn still_open(&self, windows: &Range<usize>, width: Span) -> &[Time] {
        let from = |window: usize| {
            let begin = Time(width.0 * window as i64);
            self.open_since.partition_point(|since| *since < begin)
        };
        &self.open_since[from(windows.start)..from(windows.end)]
    }
}
