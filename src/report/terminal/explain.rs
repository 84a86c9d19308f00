//! What `explain` prints: the impact, what each cause carries, the chain of events, what would have
//! prevented it.

use super::super::words::{self, Asked};
use super::super::{reading, table};
use super::calibrate::set;
use super::layout::Page;
use super::run::{head, measured, notes};
use super::{Screen, Tone};
use crate::results::Results;

/// The answer to `explain` for a terminal, without its last line.
pub fn explain(results: &Results, _asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    page.blank();
    if let Some(text) = words::impact(results) {
        page.wrapped(&text, 0, Tone::Heading);
    }
    for text in words::causes(results) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    set(&mut page, &table::chain(results));
    let preventions = words::preventions(results);
    if !preventions.is_empty() {
        page.heading(&words::PREVENTIONS.to_uppercase(), "");
    }
    for text in preventions {
        page.wrapped(&text, 2, Tone::Normal);
    }
    if let Some(variant) = reading::baseline(results) {
        measured(&mut page, results, variant);
    }
    page.blank();
    if let Some(found) = &results.answers.explain {
        if let Some(text) = words::cleared(found) {
            page.wrapped(&text, 0, Tone::Normal);
        }
        page.wrapped(&words::how_explained(found), 0, Tone::Normal);
    }
    notes(&mut page, results);
    page.finish()
}
