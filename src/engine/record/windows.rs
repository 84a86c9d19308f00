//! Windows of the requests of users, step by step, where the bins of the timeline tell nothing of
//! them: one addition where a request starts, two where it ends.
//!
//! It does not know what is healthy.

use crate::base::table::Id;
use crate::base::time::{Span, Time};
use crate::engine::record::tally::{COARSE, Took, refill};
use crate::program::{CallId, Clock, Program, Site};

/// Classes of the times of a window: each is four coarse buckets, eight in an octave.
pub(in crate::engine) const CLASSES: usize = COARSE / 4;
/// So many windows are followed, over all steps; where there are more, none is.
const ROWS_MAX: usize = 1 << 16;
/// The number of a call that is no step of a journey, or that nobody waits for.
pub(in crate::engine) const NO_STEP: u32 = u32::MAX;

/// The windows of a replication, while it runs.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct WindowLog {
    width: Span,
    steps: usize,
    /// First row of the window under way, and when that window ends.
    row: usize,
    ends: Time,
    /// By window, then step: how many started, ended ok and failed in it.
    counts: Vec<Count>,
    /// By window in which they started, then step, then class: those that ended ok.
    times: Vec<u32>,
    /// By step: when those still open at the end have started.
    pub(in crate::engine) open_since: Vec<Vec<Time>>,
}

/// What happened to the requests of a step in a window.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Count {
    pub(in crate::engine) started: u32,
    pub(in crate::engine) ok: u32,
    pub(in crate::engine) failed: u32,
}

/// The calls that are steps of journeys and are waited for, in order: a step's number is its place.
pub(in crate::engine) fn steps(program: &Program) -> impl Iterator<Item = CallId> + '_ {
    let calls = (0..program.layout.calls as usize).map(CallId::from_index);
    calls.filter(|&call| program.calls[call].from == Site::Users && !program.calls[call].message)
}

/// Whether every window is some whole bins, in which all requests are recorded.
pub(in crate::engine) fn bins_make_windows(clock: &Clock, width: Span) -> bool {
    width.0 % clock.bin.0 == 0 && clock.cut == clock.start
}

/// How many whole windows there are up to the horizon.
pub(in crate::engine) fn count(clock: &Clock, width: Span) -> usize {
    usize::try_from((clock.horizon - clock.start).0 / width.0.max(1)).unwrap_or(usize::MAX)
}

/// Width and number of the windows that must be logged; none where bins tell of them, where nobody
/// asks for them, and where they are too many.
fn logged(program: &Program) -> Option<(Span, usize)> {
    let width = program.clock.window?;
    let windows = count(&program.clock, width);
    let rows = windows.saturating_mul(steps(program).count());
    let asked = !bins_make_windows(&program.clock, width) && rows > 0 && rows <= ROWS_MAX;
    asked.then_some((width, windows))
}

/// Bytes of the log of a program.
pub(in crate::engine) fn size(program: &Program) -> usize {
    let rows = logged(program).map_or(0, |(_, windows)| windows * steps(program).count());
    rows * (size_of::<Count>() + CLASSES * size_of::<u32>())
}

impl WindowLog {
    /// Makes ready for a replication; keeps what was allocated.
    pub(in crate::engine) fn prepare(&mut self, program: &Program) {
        let (width, windows) = logged(program).unwrap_or((Span::FOREVER, 0));
        self.steps = steps(program).count();
        (self.width, self.row, self.ends) = (width, 0, Time(width.0));
        let rows = windows * self.steps;
        refill(&mut self.counts, rows, Count::default());
        refill(&mut self.times, rows * CLASSES, 0);
        self.open_since.resize_with(self.steps, Vec::new);
        self.open_since.iter_mut().for_each(Vec::clear);
    }

    /// What happened in each window, a row of all steps each; nothing where nothing is logged.
    pub(in crate::engine) fn rows(&self) -> impl Iterator<Item = &[Count]> {
        self.counts.chunks_exact(self.steps.max(1))
    }

    /// The times of those that started in a window, by class.
    pub(in crate::engine) fn times(&self, window: usize, step: usize) -> &[u32] {
        let row = (window * self.steps + step) * CLASSES;
        &self.times[row..row + CLASSES]
    }

    /// The count of a step in the window under way.
    #[inline(always)]
    fn now(&mut self, step: u32, now: Time) -> Option<&mut Count> {
        if now >= self.ends {
            let window = now.0 / self.width.0;
            self.row = window as usize * self.steps;
            self.ends = Time((window + 1) * self.width.0);
        }
        self.counts.get_mut(self.row + step as usize)
    }

    /// A request starts.
    #[inline(always)]
    pub(in crate::engine) fn started(&mut self, step: u32, now: Time) {
        if let Some(count) = self.now(step, now) {
            count.started += 1;
        }
    }

    /// A request that started then ends ok.
    #[inline(always)]
    pub(in crate::engine) fn ok(&mut self, step: u32, asked: Time, now: Time) {
        if self.counts.is_empty() {
            return;
        }
        if let Some(count) = self.now(step, now) {
            count.ok += 1;
        }
        let row = if asked >= self.ends - self.width {
            self.row
        } else {
            (asked.0 / self.width.0) as usize * self.steps
        };
        let class = (row + step as usize) * CLASSES + Took::new(now.0 - asked.0).coarse() / 4;
        if let Some(n) = self.times.get_mut(class) {
            *n += 1;
        }
    }

    /// A request that started then has not ended when the replication does.
    pub(in crate::engine) fn stays_open(&mut self, step: u32, asked: Time) {
        self.open_since[step as usize].push(asked);
    }

    /// A request ends without success.
    pub(in crate::engine) fn failed(&mut self, step: u32, now: Time) {
        if let Some(count) = self.now(step, now) {
            count.failed += 1;
        }
    }
}
