//! Inputs drawn from their ranges, as rows.

use super::Table;
use crate::report::words;
use crate::results::Results;

/// What each input decides.
pub(crate) fn worth_knowing(results: &Results) -> Table {
    let mut table = Table::new(words::WORTH_KNOWING, &[]);
    let found = results.answers.uncertain.as_ref();
    if let Some(outcome) = found.and_then(|one| one.outcome.as_ref()) {
        table.head = words::worth_head(outcome);
        let inputs = outcome.inputs.iter();
        let rows = inputs.map(|one| words::worth_row(results, outcome, one));
        table.rows.extend(rows);
    }
    table
}

/// How much each variant is regretted.
pub(crate) fn regrets(results: &Results) -> Table {
    let mut table = Table::new(words::REGRETS, &words::REGRET_HEAD);
    let Some(found) = &results.answers.uncertain else {
        return table;
    };
    if let (Some(outcome), Some(regret)) = (&found.outcome, &found.regret) {
        let rows = regret.rows.iter();
        let rows = rows.map(|row| words::regret_row(results, outcome, row));
        table.rows.extend(rows);
    }
    table
}
