//! What was found over all combinations of changes, as rows.

use super::Table;
use crate::report::{reading, words};
use crate::results::{Factorial, Results};

/// A table for each variant that was taken apart so.
pub(crate) fn factorials(results: &Results) -> Vec<Table> {
    let all = reading::factorials(results).into_iter();
    all.map(|of| rows(results, of)).collect()
}

/// The table of one of them.
pub(crate) fn factorial(results: &Results, name: &str, metric: &str) -> Table {
    let mut all = reading::factorials(results).into_iter();
    let found = all.find(|of| (of.0, of.1) == (name, metric));
    found.map_or_else(Table::default, |of| rows(results, of))
}

fn rows(results: &Results, (name, metric, found): (&str, &str, &Factorial)) -> Table {
    let title = words::factorial_title(results, name, metric);
    let mut table = Table::new(title, &words::FACTORIAL_HEAD);
    table.head[1] = words::with_level(&table.head[1], results.confidence);
    let unit = reading::measure(results, metric).unit;
    let effects = found.effects.iter().map(|one| {
        let change = words::variant_label(results, &one.change);
        vec![change, words::estimate_of_change(Some(&one.effect), unit)]
    });
    let pairs = found.interactions.iter().map(|one| {
        let pair = words::pair_label(results, one);
        vec![pair, words::estimate_of_change(Some(&one.more), unit)]
    });
    table.rows.extend(effects.chain(pairs));
    table
}
