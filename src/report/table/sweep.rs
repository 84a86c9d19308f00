//! One or two inputs over their values, and measured pairs, as rows.

use super::Table;
use crate::report::words;
use crate::results::Results;

/// Every combination that was played.
pub(crate) fn swept(results: &Results) -> Table {
    let mut table = Table::new(words::SWEPT, &[]);
    if let Some(sweep) = &results.answers.sweep {
        table.head = words::swept_head(sweep);
        let all = 0..sweep.launches.len();
        table
            .rows
            .extend(all.map(|number| words::swept_row(sweep, number)));
    }
    if let Some(found) = &results.answers.scalability {
        words::PAIRS.clone_into(&mut table.caption);
        table.head = words::pairs_head(found);
        let pairs = found.pairs.iter();
        table
            .rows
            .extend(pairs.map(|pair| words::pairs_row(found, *pair)));
    }
    table
}
