//! What a calibration found, as rows.

use super::Table;
use crate::report::{number, words};
use crate::results::{Calibrate, Results};

fn found(results: &Results) -> Option<&Calibrate> {
    results.answers.calibrate.as_ref()
}

/// The fitted inputs.
pub(crate) fn fitted(results: &Results) -> Table {
    let mut table = Table::new(words::FITTED_INPUTS, &words::FITTED_HEAD);
    table.head[2] = words::with_level(&table.head[2], results.confidence);
    let params = found(results).into_iter().flat_map(|one| &one.params);
    table
        .rows
        .extend(params.map(|param| words::fitted_row(results, param)));
    table
}

/// The correlations of the fitted values; nothing of a single one.
pub(crate) fn correlations(results: &Results) -> Table {
    let mut table = Table::new(words::CORRELATIONS, &[""]);
    let Some(found) = found(results).filter(|one| one.params.len() > 1) else {
        return table;
    };
    table
        .head
        .extend(found.params.iter().map(|param| param.name.clone()));
    for (param, row) in found.params.iter().zip(&found.correlations) {
        let cells = row.iter().map(|r| number::ratio(*r));
        table
            .rows
            .push([param.name.clone()].into_iter().chain(cells).collect());
    }
    table
}

/// What was fitted, part by part.
pub(crate) fn fitted_parts(results: &Results) -> Table {
    let mut table = Table::new(words::FITTED_PARTS, &words::PARTS_HEAD);
    let parts = found(results).into_iter().flat_map(|one| &one.parts);
    table.rows.extend(parts.map(words::part_row));
    table
}
