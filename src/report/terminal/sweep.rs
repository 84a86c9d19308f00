//! What `sweep` prints: where the curve turns first, then every value.

use super::super::words::{self, Asked};
use super::super::{reading, table};
use super::calibrate::set;
use super::layout::Page;
use super::run::{head, notes};
use super::{Screen, Tone};
use crate::results::Results;

/// The answer to `sweep` for a terminal, without its last line.
pub fn sweep(results: &Results, _asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    if reading::baseline(results).is_some() {
        head(&mut page, results);
        page.blank();
    }
    if let Some(text) = words::swept(results) {
        page.wrapped(&text, 0, Tone::Heading);
    }
    for text in words::sweeping(results) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    set(&mut page, &table::swept(results));
    notes(&mut page, results);
    page.finish()
}
