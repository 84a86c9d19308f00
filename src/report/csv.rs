//! `timeline.csv`: every quantity over time, a row for each variant, metric and bin.
//!
//! One idea: long and narrow, so that any tool can pick and plot it; figures have every digit that
//! the document has. What never moves has one row, from the start to the end; what has no value
//! has none.

use std::fmt::{self, Display, Formatter, Write};

use super::{reading, words};
use crate::results::{Estimate, Results};

/// Heads of the columns.
const HEAD: [&str; 8] = [
    "variant", "metric", "from_s", "to_s", "mean", "p10", "p90", "n",
];

/// The timelines of all variants.
pub fn timeline(results: &Results) -> Vec<u8> {
    let mut table = HEAD.join(",") + "\n";
    for (name, variant) in reading::variants(results) {
        let timeline = &variant.timeline;
        for (metric, series) in &timeline.series {
            let bins = match (series.is_empty(), series.constant()) {
                (true, _) => 0,
                (false, Some(_)) => 1,
                (false, None) => timeline.n as usize,
            };
            let width = timeline.n as usize / bins.max(1);
            let at = |edge: usize| timeline.start_s + timeline.bin_s * (edge * width) as f64;
            let head = format!("{},{}", cell(name), cell(metric));
            for bin in 0..bins {
                let of = |values: &[Option<f64>]| Cell(values.get(bin).copied().flatten());
                let [mean, p10, p90] = [&series.mean, &series.p10, &series.p90].map(|v| of(v));
                let n = series.n.get(bin).copied().unwrap_or(0);
                let (from, to) = (at(bin), at(bin + 1));
                writeln!(table, "{head},{from},{to},{mean},{p10},{p90},{n}")
                    .expect("writing into memory");
            }
        }
    }
    table.into_bytes()
}

/// Heads of the columns of a sweep behind its inputs.
const SWEPT: [&str; 7] = ["metric", "value", "low", "high", "launches", "never", "law"];

/// Every value of a sweep, a row for each metric and combination; of measured pairs the pairs.
pub fn sweep(results: &Results) -> Vec<u8> {
    let mut table = String::new();
    if let Some(sweep) = &results.answers.sweep {
        let heads = sweep.inputs.iter().map(|input| match input.unit.as_str() {
            "" => cell(&input.path),
            unit => cell(&format!("{} [{unit}]", input.path)),
        });
        let heads = heads.chain(SWEPT.map(str::to_owned));
        table = heads.collect::<Vec<_>>().join(",") + "\n";
        for curve in &sweep.curves {
            for (number, launches) in sweep.launches.iter().enumerate() {
                let mut rest = number;
                for input in &sweep.inputs {
                    let count = input.values.len().max(1);
                    let value = input.values.get(rest % count).copied();
                    write!(table, "{},", Cell(value)).expect("writing into memory");
                    rest /= count;
                }
                let found = curve.values.get(number).and_then(Option::as_ref);
                let of = |part: fn(&Estimate) -> Option<f64>| Cell(found.and_then(part));
                let law = curve.line.as_ref();
                let law = law.and_then(|line| line.values.get(number).copied().flatten());
                writeln!(
                    table,
                    "{},{},{},{},{launches},{},{}",
                    cell(&curve.metric),
                    of(|one| one.estimate),
                    of(|one| one.low),
                    of(|one| one.high),
                    found.map_or(0, |one| one.never),
                    Cell(law)
                )
                .expect("writing into memory");
            }
        }
    }
    if let Some(found) = &results.answers.scalability {
        let fits = found
            .fits
            .iter()
            .map(|fit| cell(words::way_of_fit(fit.method)));
        let heads = [cell(&found.load), cell(&found.throughput)].into_iter();
        table = heads.chain(fits).collect::<Vec<_>>().join(",") + "\n";
        for pair in &found.pairs {
            let fits = found.fits.iter().map(|fit| fit.throughput(pair[0]));
            let row = pair.iter().copied().chain(fits).map(|v| v.to_string());
            table += &(row.collect::<Vec<_>>().join(",") + "\n");
        }
    }
    table.into_bytes()
}

/// A figure as a cell: empty where there is none.
struct Cell(Option<f64>);

impl Display for Cell {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |value| value.fmt(f))
    }
}

/// A name as a cell: in quotes where it holds what parts cells (RFC 4180).
fn cell(name: &str) -> String {
    match name.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_row_for_each_variant_metric_and_bin() {
        let results = sample::compare();
        let bytes = timeline(&results);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(reader.headers().unwrap().len(), HEAD.len());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let of = |v: &crate::results::Variant| -> usize {
            let rows = v.timeline.series.values().map(|series| {
                let moves = series.constant().is_none() && !series.is_empty();
                if moves { v.timeline.n as usize } else { 1 }
            });
            rows.sum()
        };
        assert_eq!(rows.len(), results.variants.values().map(of).sum::<usize>());
        assert_eq!((&rows[0][2], &rows[0][3]), ("-120", "-90"));
        let arrived = rows.iter().find(|r| &r[1] == "rate(arrived)").unwrap();
        assert_eq!(arrived[4].parse::<f64>().unwrap().to_string(), arrived[4]);
    }

    #[test]
    fn names_are_cells_whatever_they_hold() {
        let mut results = sample::compare();
        let odd = r#"p95(login.time, 60s) of "all""#;
        for variant in results.variants.values_mut() {
            let series = variant.timeline.series.remove("rate(arrived)");
            let series = series.expect("there is one");
            variant.timeline.series.insert(odd.to_owned(), series);
        }
        let bytes = timeline(&results);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let named = |row: csv::Result<csv::StringRecord>| &row.expect("it is a row")[1] == odd;
        assert!(reader.records().any(named));
    }
}
