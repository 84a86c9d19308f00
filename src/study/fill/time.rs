//! Quantities over time, and the spectrum of percentiles.

use std::collections::BTreeMap;
use std::num::FpCategory;

use crate::base::decimal::nearest_short;
use crate::estimate::{quantile, series};
use crate::observation::classes::{self, CLASSES};
use crate::observation::{CallCounter, CallSample};
use crate::results::{Heat, Series, Spectrum, Timeline};
use crate::study::fill::Sight;

/// Percentiles of a spectrum: ever closer to all.
const QUANTILES: [f64; 26] = [
    0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85,
    0.9, 0.95, 0.975, 0.99, 0.995, 0.9975, 0.999, 0.9995, 0.9999,
];

/// Significant digits of a series: it is drawn, and nobody sees more.
const DIGITS: usize = 5;

/// Every series.
pub(super) fn timeline(sight: &Sight<'_>) -> Timeline {
    let clock = &sight.lens.program.clock;
    let (n, bin_s) = (clock.bins as usize, clock.bin.as_secs_f64());
    let mut all = BTreeMap::new();
    for (index, column) in sight.lens.columns.iter().enumerate() {
        for (name, shown) in &column.shown {
            let each: Vec<Vec<Option<f64>>> = sight
                .seen
                .iter()
                .map(|seen| shown.series(seen.columns[index].values(n), bin_s))
                .collect();
            let found = series::over_replications(n, &each);
            if !found.is_empty() {
                all.insert(name.clone(), rounded(found));
            }
        }
    }
    Timeline {
        start_s: clock.start.as_secs_f64(),
        bin_s,
        n: clock.bins,
        series: all,
    }
}

fn rounded(mut series: Series) -> Series {
    for values in [&mut series.mean, &mut series.p10, &mut series.p90] {
        for value in values.iter_mut().flatten() {
            if !is_short(*value) {
                *value = nearest_short(*value, DIGITS);
            }
        }
    }
    series
}

/// Whether a number is a whole one of no more digits than are kept, as counts mostly are.
fn is_short(value: f64) -> bool {
    value.fract().classify() == FpCategory::Zero && value.abs() < 10_f64.powi(DIGITS as i32)
}

/// The spectrum of every call step.
pub(super) fn spectra(sight: &Sight<'_>) -> BTreeMap<String, Spectrum> {
    by_call(sight, spectrum)
}

/// How long the requests of every call step took, by time of start.
pub(super) fn heat(sight: &Sight<'_>) -> BTreeMap<String, Heat> {
    by_call(sight, heat_of)
}

/// What is known of every call step that waits for an answer, by name.
fn by_call<T>(sight: &Sight<'_>, of: impl Fn(&Sight<'_>, u32) -> Option<T>) -> BTreeMap<String, T> {
    let program = sight.lens.program;
    let calls = program.names.calls.iter().zip(&program.names.messages);
    calls
        .enumerate()
        .filter(|(_, (_, message))| !**message)
        .filter_map(|(call, (name, _))| Some((name.clone(), of(sight, call as u32)?)))
        .collect()
}

/// Summed over replications, without the classes that nobody is in at either end.
fn heat_of(sight: &Sight<'_>, call: u32) -> Option<Heat> {
    let clock = &sight.lens.program.clock;
    let sample = sight
        .lens
        .program
        .layout
        .call_time(call, CallSample::Request);
    let bins = clock.bins as usize;
    let mut sums = vec![0_u64; bins.div_ceil(classes::bins_in_row(bins)) * CLASSES];
    for seen in sight.seen {
        for cell in &seen.totals.heat[sample.0 as usize] {
            let at = usize::from(cell.stretch) * CLASSES + usize::from(cell.class);
            sums[at] += u64::from(cell.count);
        }
    }
    let class = |position: usize| position % CLASSES;
    let used = || sums.iter().enumerate().filter(|(_, count)| **count > 0);
    let first = used().map(|(at, _)| class(at)).min()?;
    let last = used().map(|(at, _)| class(at)).max()?;
    let edges = first..=last + 1;
    let rows = sums.chunks_exact(CLASSES);
    let width = clock.bin.as_secs_f64() * classes::bins_in_row(bins) as f64;
    Some(Heat {
        row_s: width,
        edges_s: edges
            .map(|class| classes::edge(class) as f64 / 1e9)
            .collect(),
        counts: rows.map(|row| row[first..=last].to_vec()).collect(),
    })
}

fn spectrum(sight: &Sight<'_>, call: u32) -> Option<Spectrum> {
    let layout = &sight.lens.program.layout;
    let sample = layout.call_time(call, CallSample::Request);
    let started = layout.call(call, CallCounter::Started);
    let samples = sight.samples(sample, &|reader| reader.count(started) as u64);
    let all: u64 = samples.iter().map(quantile::Sample::len).sum();
    let never: u64 = samples.iter().map(|sample| sample.never).sum();
    if all == 0 {
        return None;
    }
    let quantiles = up_to_never(all, never);
    let found = quantile::spectrum(&samples, &quantiles);
    let existing = quantiles
        .iter()
        .zip(found)
        .filter_map(|(&q, s)| Some((q, s?)));
    let (q, s) = existing
        .map(|(q, s)| (q, Some(s).filter(|s| s.is_finite())))
        .unzip();
    Some(Spectrum {
        q,
        s,
        served_share: (all - never) as f64 / all as f64,
    })
}

/// The usual percentiles, and where some never end ok a few just below their share: a curve that
/// ends there is steep.
fn up_to_never(all: u64, never: u64) -> Vec<f64> {
    const NEAR: [f64; 7] = [0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
    let mut quantiles = QUANTILES.to_vec();
    if never > 0 && never < all {
        let ok = (all - never) as f64;
        let near = NEAR.map(|part| nearest_short(part * ok / all as f64, DIGITS));
        quantiles.extend(near);
        quantiles.push((ok - 0.5) / all as f64);
        quantiles.sort_by(f64::total_cmp);
        quantiles.dedup_by(|a, b| a.total_cmp(b).is_eq());
    }
    quantiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_reach_up_to_those_who_never_end() {
        assert_eq!(up_to_never(1_000, 0), QUANTILES);
        let some = up_to_never(1_000, 400);
        assert!(some.windows(2).all(|pair| pair[0] < pair[1]));
        let last = some.iter().rfind(|q| **q < 0.6);
        assert!(last.is_some_and(|q| *q > 0.599_4));
    }

    #[test]
    fn rounding_would_leave_short_numbers_as_they_are() {
        for whole in [0.0, -0.0, 1.0, 9_999.0, 99_999.0, -12_345.0] {
            assert!(is_short(whole));
            assert_eq!(nearest_short(whole, DIGITS).to_bits(), whole.to_bits());
        }
        assert!(
            ![100_000.0, 0.5, f64::NAN, f64::INFINITY]
                .into_iter()
                .any(is_short)
        );
    }
}
