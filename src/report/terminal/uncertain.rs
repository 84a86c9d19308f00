//! What a study with drawn inputs prints: how often each conclusion holds.
//!
//! One idea: nothing is asserted that rests on guessed inputs; the share of draws is printed with
//! its interval.

use super::super::words::Asked;
use super::super::{reading, table, words};
use super::calibrate::set;
use super::layout::{Page, cell, columns};
use super::run::{head, notes, objectives};
use super::{Screen, Tone, WIDTH};
use crate::results::Results;

/// The answer to `uncertain` for a terminal, without its last line.
pub fn ranged(results: &Results, _asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    page.blank();
    if let Some(text) = words::ranged(results) {
        page.wrapped(&text, 0, Tone::Heading);
    }
    for text in words::ranging(results) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    set(&mut page, &table::worth_knowing(results));
    set(&mut page, &table::regrets(results));
    let mut text = page.finish() + &drawn(results, screen);
    let mut page = Page::new(screen);
    if let Some(variant) = reading::baseline(results) {
        objectives(&mut page, results, variant);
    }
    notes(&mut page, results);
    text.push_str(&page.finish());
    text
}

/// The answer about drawn inputs for a terminal, to stand below that of the comparison; empty if
/// none were drawn.
pub fn uncertain(results: &Results, screen: Screen) -> String {
    if results.answers.uncertain.is_none() {
        return String::new();
    }
    let mut text = drawn(results, screen);
    let mut page = Page::new(screen);
    for sentence in words::ranging(results) {
        page.wrapped(&sentence, 0, Tone::Normal);
    }
    text.push_str(&page.finish());
    text
}

/// What was drawn, what holds, and where the kept draws lie.
fn drawn(results: &Results, screen: Screen) -> String {
    if results.answers.uncertain.is_none() {
        return String::new();
    }
    let mut page = Page::new(screen);
    if let Some(text) = words::uncertain(results) {
        page.blank();
        page.wrapped(&text, 0, Tone::Normal);
    }
    let conclusions = table::conclusions(results);
    if !conclusions.is_empty() {
        page.heading(words::CONCLUSIONS, &words::level_note(results.confidence));
        for row in &conclusions.rows {
            page.indented(&row[0], 2);
            page.indented(&row[2], 4);
        }
    }
    let params = table::drawn_params(results);
    if !params.is_empty() {
        page.heading(words::DRAWN_INPUTS, "");
        let names = params
            .rows
            .iter()
            .map(|r| columns(&r[0]))
            .max()
            .unwrap_or(0);
        let (gap, others) = if page.width() < WIDTH {
            (1, 10)
        } else {
            (2, 11)
        };
        let width = (names + gap).clamp(8, 26);
        for row in [&params.head].into_iter().chain(&params.rows) {
            let first = cell(row[0].clone(), width);
            let rest = row[1..].iter().map(|text| cell(text.clone(), others));
            page.line([first].into_iter().chain(rest));
        }
    }
    page.finish()
}
