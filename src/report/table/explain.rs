//! What an explanation found, as rows.

use super::Table;
use crate::report::{reading, words};
use crate::results::{Explain, Results};

fn found(results: &Results) -> Option<&Explain> {
    results.answers.explain.as_ref()
}

/// The causes, the first first.
pub(crate) fn causes(results: &Results) -> Table {
    let mut table = Table::new(words::CAUSES, &words::CAUSE_HEAD);
    let Some(found) = found(results) else {
        return table;
    };
    table.head[1] = format!("{}, {}", table.head[1], words::impact_unit(found));
    let rows = found.causes.iter();
    table
        .rows
        .extend(rows.map(|cause| words::cause_row(found, cause)));
    table
}

/// What was tried as well.
pub(crate) fn cleared(results: &Results) -> Table {
    let mut table = Table::new(words::CLEARED, &words::CLEARED_HEAD);
    if let Some(found) = found(results) {
        let rows = found.cleared.iter();
        table
            .rows
            .extend(rows.map(|one| words::cleared_row(found, one)));
    }
    table
}

/// The chain of events.
pub(crate) fn chain(results: &Results) -> Table {
    let mut table = Table::new(words::CHAIN, &words::CHAIN_HEAD);
    if let Some(found) = found(results) {
        let rows = found.chain.iter();
        table
            .rows
            .extend(rows.map(|link| words::link_row(found, link)));
    }
    table
}

/// What would have prevented it.
pub(crate) fn preventions(results: &Results) -> Table {
    let mut table = Table::new(words::PREVENTIONS, &words::PREVENTION_HEAD);
    let Some(found) = found(results) else {
        return table;
    };
    table.head[1] = format!("{}, {}", table.head[1], words::impact_unit(found));
    let rows = found.preventions.iter();
    table
        .rows
        .extend(rows.map(|one| words::prevention_row(results, found, one)));
    table
}

/// What the first cause is worth at the ends of the ranges of the inputs.
pub(crate) fn sensitive(results: &Results) -> Table {
    let mut table = Table::new(words::SENSITIVE, &words::SENSITIVE_HEAD);
    if let Some(found) = found(results) {
        let all = found.sensitive.iter();
        table
            .rows
            .extend(all.flat_map(|one| words::sensitive_rows(results, found, one)));
    }
    table
}

/// The objectives as they came out in the launch that is explained.
pub(crate) fn broken(results: &Results) -> Table {
    let base = words::variant_label(results, reading::baseline_name(results));
    let mut table = super::objectives(results);
    table.rows.retain(|row| row.first() == Some(&base));
    table
}

/// Candidates for action items.
pub(crate) fn actions(results: &Results) -> Table {
    let mut table = Table::new(words::ACTIONS, &words::ACTION_HEAD);
    table.rows = words::action_rows(results);
    table
}
