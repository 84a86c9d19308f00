//! `timeline.csv`: every quantity over time, a row for each variant, metric and bin.
//!
//! One idea: long and narrow, so that any tool can pick and plot it; figures have every digit that
//! the document has. What never moves has one row, from the start to the end; what has no value
//! has none.

use super::reading;
use crate::results::Results;

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
            for bin in 0..bins {
                let at = |edge: usize| {
                    (timeline.start_s + timeline.bin_s * (edge * width) as f64).to_string()
                };
                let text = |values: &[Option<f64>]| {
                    let value = values.get(bin).copied().flatten();
                    value.map_or_else(String::new, |v| v.to_string())
                };
                let n = series.n.get(bin).copied().unwrap_or(0).to_string();
                let row = [
                    cell(name),
                    cell(metric),
                    at(bin),
                    at(bin + 1),
                    text(&series.mean),
                    text(&series.p10),
                    text(&series.p90),
                    n,
                ];
                table.push_str(&row.join(","));
                table.push('\n');
            }
        }
    }
    table.into_bytes()
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
