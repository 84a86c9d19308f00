//! Quantities over time, and the spectrum of percentiles.

use std::collections::BTreeMap;

use crate::base::decimal::significant;
use crate::estimate::{quantile, series};
use crate::observation::{CallCounter, CallSample, HeatCell};
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
                .map(|seen| shown.series(&seen.columns[index], bin_s))
                .collect();
            let found = series::over_replications(n, &each);
            all.insert(name.clone(), rounded(found));
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
            *value = significant(*value, DIGITS)
                .parse()
                .expect("a printed number reads back");
        }
    }
    series
}

/// How many requests of every call step took how long, by time of start. Classes that nobody is in
/// are left out at both ends.
pub(super) fn heat(sight: &Sight<'_>) -> BTreeMap<String, Heat> {
    let program = sight.lens.program;
    let bins = program.clock.bins as usize;
    let cells = || sight.seen.iter().flat_map(|seen| &seen.totals.heat);
    let named = program.names.calls.iter().zip(&program.names.messages);
    let of_call = |(call, (name, message)): (usize, (&String, &bool))| {
        let cells = || cells().filter(|cell| cell.call as usize == call && !message);
        let first = cells().map(|cell| cell.class).min()?;
        let last = cells().map(|cell| cell.class).max()?;
        let mut counts = vec![vec![0; (last - first + 1) as usize]; bins];
        for cell in cells() {
            counts[cell.bin as usize][(cell.class - first) as usize] += u64::from(cell.n);
        }
        let edges = (first..=last + 1).map(|class| HeatCell::edge_ns(class) as f64 * 1e-9);
        let edges_s = edges.collect();
        Some((name.clone(), Heat { edges_s, counts }))
    };
    named.enumerate().filter_map(of_call).collect()
}

/// The spectrum of every call step.
pub(super) fn spectra(sight: &Sight<'_>) -> BTreeMap<String, Spectrum> {
    let program = sight.lens.program;
    let calls = program.names.calls.iter().zip(&program.names.messages);
    calls
        .enumerate()
        .filter(|(_, (_, message))| !**message)
        .filter_map(|(call, (name, _))| Some((name.clone(), spectrum(sight, call as u32)?)))
        .collect()
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
    let found = quantile::spectrum(&samples, &QUANTILES);
    let existing = QUANTILES
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
