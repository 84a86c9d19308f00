//! When a program begins, is measured, and ends.

use crate::base::time::{Span, Time};
use crate::model::{Model, Study, Warmup};
use crate::program::Clock;

/// Widths of bins in seconds, up to a day; beyond the last they double.
const BINS_S: [i64; 14] = [
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400,
];
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
    let steady = matches!(model.study, Study::Steady(_));
    let (bin, bins) = bins(horizon - start);
    Clock {
        start,
        cut: cut.min(horizon),
        horizon,
        drain: (model.drain && !steady).then(|| Time::ZERO + model.run_for * DRAIN_MAX),
        tail: steady.then(|| horizon + model.run_for),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_the_least_width_that_gives_at_most_400() {
        for (length_s, width_s, count) in [
            (400, 1, 400),
            (401, 2, 201),
            (24_000, 60, 400),
            (24_001, 120, 201),
            (48_001, 300, 161),
            (120_001, 600, 201),
            (240_001, 1_800, 134),
            (720_001, 3_600, 201),
            (1_440_001, 7_200, 201),
            (2_880_001, 21_600, 134),
            (8_640_001, 86_400, 101),
            (34_560_001, 172_800, 201),
        ] {
            let found = bins(Span::from_secs(length_s));
            assert_eq!(found, (Span::from_secs(width_s), count), "{length_s} s");
        }
    }
}
