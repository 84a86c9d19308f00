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

/// What is enough for which load.
pub(crate) fn frontier(results: &Results) -> Table {
    let mut table = Table::new(words::FRONTIER, &[]);
    let size = results.answers.size.as_ref();
    if let Some((size, frontier)) = size.and_then(|one| Some((one, one.frontier.as_ref()?))) {
        table.head = words::frontier_head(size, frontier);
        let points = frontier.points.iter();
        table
            .rows
            .extend(points.map(|point| words::frontier_row(size, frontier, point)));
    }
    table
}
