//! What `size` prints: the number first, then what it rests on.

use super::super::words::{self, Asked};
use super::super::{reading, table};
use super::calibrate::set;
use super::layout::Page;
use super::run::{head, notes, objectives};
use super::{Screen, Tone};
use crate::results::Results;

/// The answer to `size` for a terminal, without its last line.
pub fn size(results: &Results, _asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    if let Some(text) = words::sized(results) {
        page.blank();
        page.wrapped(&text, 0, Tone::Heading);
    }
    for text in words::sizing(results) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    set(&mut page, &table::sized(results));
    set(&mut page, &table::frontier(results));
    if let Some(variant) = reading::baseline(results) {
        objectives(&mut page, results, variant);
    }
    notes(&mut page, results);
    page.finish()
}
