//! What a terminal shows, held as text.

use super::*;
use crate::report::sample;
use crate::report::words::Asked;
use crate::results::Results;

/// A baseline and two variants: few enough for columns.
fn few() -> Results {
    let mut results = sample::compare();
    results.order.retain(|name| name != "second-sale");
    results.order.retain(|name| name != "double-servers");
    results
}

/// As from the folder of the model.
fn asked() -> Asked {
    Asked::of(&sample::run())
}

#[test]
fn run_fits_its_width() {
    let text = run(&sample::run(), &asked(), Look::Symbols);
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn compare_stands_side_by_side() {
    let text = compare(&few(), &asked(), Look::Symbols);
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn many_variants_stand_in_blocks() {
    let text = compare(&sample::compare(), &asked(), Look::Symbols);
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn drawn_inputs_are_answered_by_shares_of_draws() {
    let text = uncertain(&sample::uncertain(), Look::Symbols);
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn plain_is_ascii_with_words_for_symbols() {
    let text = run(&sample::run(), &asked(), Look::Plain);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("FAIL"));
    assert_fits(&text);
    let text = compare(&few(), &asked(), Look::Plain);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("better"));
    assert_fits(&text);
}

#[test]
fn colour_changes_no_word() {
    let plain = run(&sample::run(), &asked(), Look::Symbols);
    let coloured = run(&sample::run(), &asked(), Look::Colour);
    assert_ne!(plain, coloured);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn nothing_done_is_printed_too() {
    for text in [
        run(&sample::nothing(), &asked(), Look::Plain),
        compare(&sample::nothing(), &asked(), Look::Plain),
    ] {
        assert!(text.contains("Nothing was run"), "{text}");
    }
}

fn assert_fits(text: &str) {
    for line in text.lines() {
        assert!(
            line.chars().count() <= WIDTH,
            "{} columns: {line}",
            line.chars().count()
        );
    }
}
