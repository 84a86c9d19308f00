//! Which variant is best, as rows.

use super::Table;
use crate::report::words;
use crate::results::Results;

/// The variants, the one that stayed longest first.
pub(crate) fn best(results: &Results) -> Table {
    let mut table = Table::new(words::BEST, &words::BEST_HEAD);
    if let Some(best) = &results.answers.best {
        let rows = best.rows.iter();
        table
            .rows
            .extend(rows.map(|row| words::best_row(results, best, row)));
    }
    table
}
