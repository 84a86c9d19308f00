//! What `tip` prints: what is survived first, then both sides of the border at each load.

use super::super::table;
use super::super::words::{self, Asked};
use super::calibrate::set;
use super::layout::Page;
use super::run::{head, notes};
use super::{Screen, Tone};
use crate::results::Results;

/// The answer to `tip` for a terminal, without its last line.
pub fn tip(results: &Results, _asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    if let Some(text) = words::tipped(results) {
        page.blank();
        page.wrapped(&text, 0, Tone::Heading);
    }
    for text in words::tipping(results) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    set(&mut page, &table::tipped(results));
    notes(&mut page, results);
    page.finish()
}
