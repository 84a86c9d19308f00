//! How much is enough, as rows.

use super::Table;
use crate::report::words;
use crate::results::Results;

/// The values that were looked at.
pub(crate) fn sized(results: &Results) -> Table {
    let mut table = Table::new(words::SIZED, &[]);
    if let Some(size) = &results.answers.size {
        table.head = words::sized_head(size);
        let rungs = size.rungs.iter();
        table
            .rows
            .extend(rungs.map(|rung| words::sized_row(size, rung)));
    }
    table
}
