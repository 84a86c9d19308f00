//! Where a system tips, as rows.

use super::Table;
use crate::report::words;
use crate::results::Results;

/// Both sides of every border.
pub(crate) fn tipped(results: &Results) -> Table {
    let mut table = Table::new(words::BORDERS, &[]);
    if let Some(tip) = &results.answers.tip {
        table.head = words::tip_head(tip);
        let columns = tip.columns.iter();
        table
            .rows
            .extend(columns.flat_map(|column| words::tip_rows(tip, column)));
    }
    table
}
