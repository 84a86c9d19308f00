//! What `calibrate` prints: the fitted inputs first, then how good the fit is and what it cannot
//! tell.

use super::super::words::{self, Asked};
use super::super::{reading, table};
use super::layout::{Page, cell, columns};
use super::run::{head, measured, notes};
use super::{Screen, Tone};
use crate::results::Results;

/// The answer to `calibrate` for a terminal, without its last line.
pub fn calibrate(results: &Results, _asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    if let Some(text) = words::fitted(results) {
        page.blank();
        page.wrapped(&text, 0, Tone::Heading);
    }
    let told = words::calibrated(results);
    for text in &told {
        page.wrapped(text, 0, Tone::Normal);
    }
    for table in [table::fitted(results), table::correlations(results)] {
        set(&mut page, &table);
    }
    if let Some(variant) = reading::baseline(results) {
        measured(&mut page, results, variant);
    }
    notes(&mut page, results);
    page.finish()
}

/// A table in columns as wide as what stands in them.
pub(super) fn set(page: &mut Page, table: &table::Table) {
    if table.is_empty() {
        return;
    }
    page.heading(&table.caption.to_uppercase(), "");
    let rows = || [&table.head].into_iter().chain(&table.rows);
    let wide = |at: usize| {
        rows()
            .filter_map(|row| row.get(at))
            .map(|text| columns(text))
            .max()
    };
    for row in rows() {
        let cells = row.iter().enumerate();
        let cells = cells.map(|(at, text)| cell(text.clone(), wide(at).unwrap_or(0) + 2));
        page.line([cell("", 2)].into_iter().chain(cells));
    }
}
