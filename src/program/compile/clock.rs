//! When a program begins, is measured, and ends.

use crate::base::time::{Span, Time};
use crate::model::{Model, Study, Warmup};
use crate::program::Clock;

/// Widths of bins in seconds; beyond the last they double.
const BINS_S: [i64; 11] = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];
/// The most bins that a timeline has.
const BINS_MAX: i64 = 400;
/// With `drain`, the simulation lasts at most so many times `run_for`.
const DRAIN_MAX: i64 = 10;

/// The clock of a model; `cut` is the end of a warm-up that was found.
pub(super) fn clock(model: &Model, cut: Option<Time>) -> Clock {
    let (start, horizon) = (model.begins(), model.horizon());
    let cut = match model.study {
        Study::Launch => start,
        Study::Steady(Warmup::Given(warmup)) => cut.unwrap_or(start + warmup),
        Study::Steady(Warmup::Auto) => cut.unwrap_or(start),
    };
    let (bin, bins) = bins(horizon - start);
    Clock {
        start,
        cut: cut.min(horizon),
        horizon,
        drain: model.drain.then(|| Time::ZERO + model.run_for * DRAIN_MAX),
        bin,
        bins,
        window: (model.study == Study::Launch).then_some(model.recovery.window),
    }
}

/// The least width of which at most 400 bins fill the length, and how many they are.
fn bins(length: Span) -> (Span, u32) {
    let count = |width: Span| (length.nanos().max(1) - 1) / width.nanos() + 1;
    let written = BINS_S.into_iter().map(Span::from_secs);
    let last = Span::from_secs(BINS_S[BINS_S.len() - 1]);
    let doubled = std::iter::successors(Some(last), |width| Some(*width * 2));
    let mut widths = written.chain(doubled.skip(1));
    let width = widths.find(|width| count(*width) <= BINS_MAX);
    let width = width.expect("doubled widths hold every length in the end");
    (width, count(width) as u32)
}
