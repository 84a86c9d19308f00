//! What was measured beside what is simulated, as rows.
//!
//! One idea: a series is a row with its score; its values stand behind its chart.

use super::{ROWS, Table};
use crate::report::{number, words};
use crate::results::{ObservedSeries, Variant};

/// The measured series, each with how well it agrees.
pub(crate) fn measured(variant: &Variant) -> Table {
    let mut table = Table::new(words::MEASURED, &words::MEASURED_HEAD);
    let series = variant.observed.iter().flat_map(|one| &one.series);
    table.rows.extend(series.map(words::series_row));
    table
}

/// The published figures, each with where the launches lie.
pub(crate) fn figures(variant: &Variant) -> Table {
    let mut table = Table::new(words::FIGURES, &words::FIGURES_HEAD);
    let figures = variant.observed.iter().flat_map(|one| &one.figures);
    table.rows.extend(figures.map(words::figure_row));
    table
}

/// The values of a series behind its chart, at even distances where there are many.
pub(super) fn values(variant: &Variant, at: usize) -> Table {
    let head = [words::TIME, words::MEASURED_VALUE, words::MEAN_OF_LAUNCHES];
    let mut table = Table::new(words::BY_TIME, &head);
    table.head.extend(["p10".to_owned(), "p90".to_owned()]);
    let found = variant.observed.as_ref().and_then(|one| one.series.get(at));
    let Some(series) = found else {
        return table;
    };
    let step = series.from_s.len().div_ceil(ROWS).max(1);
    let rows = (0..series.from_s.len()).step_by(step);
    table.rows.extend(rows.map(|row| cells(series, row)));
    table
}

fn cells(series: &ObservedSeries, row: usize) -> Vec<String> {
    let value = |v: Option<f64>| {
        v.map_or_else(
            || number::ABSENT.to_owned(),
            |v| number::value(v, series.unit),
        )
    };
    let at = |values: &[Option<f64>]| value(values.get(row).copied().flatten());
    vec![
        number::instant(series.from_s[row]),
        value(series.observed.get(row).copied()),
        at(&series.mean),
        at(&series.p10),
        at(&series.p90),
    ]
}
