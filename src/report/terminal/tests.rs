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
    let text = run(&sample::run(), &asked(), symbols());
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn compare_stands_side_by_side() {
    let text = compare(&few(), &asked(), symbols());
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn many_variants_stand_in_blocks() {
    let text = compare(&sample::compare(), &asked(), symbols());
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn drawn_inputs_are_answered_by_shares_of_draws() {
    let text = uncertain(&sample::uncertain(), symbols());
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn plain_is_ascii_with_words_for_symbols() {
    let text = run(&sample::run(), &asked(), plain());
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("FAIL"));
    assert_fits(&text);
    let text = compare(&few(), &asked(), plain());
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("better"));
    assert_fits(&text);
}

#[test]
fn colour_changes_no_word() {
    let plain = run(&sample::run(), &asked(), symbols());
    let coloured = run(&sample::run(), &asked(), Screen::new(Look::Colour, WIDTH));
    assert_ne!(plain, coloured);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn nothing_done_is_printed_too() {
    for text in [
        run(&sample::nothing(), &asked(), plain()),
        compare(&sample::nothing(), &asked(), plain()),
    ] {
        assert!(text.contains("Nothing was run"), "{text}");
    }
}

fn symbols() -> Screen {
    Screen::new(Look::Symbols, WIDTH)
}

fn plain() -> Screen {
    Screen::new(Look::Plain, WIDTH)
}

#[test]
fn a_narrow_screen_reads_well() {
    let screen = Screen::new(Look::Symbols, 60);
    let mut text = run(&sample::run(), &asked(), screen);
    text.push_str(&compare(&few(), &asked(), screen));
    text.push_str(&uncertain(&sample::uncertain(), screen));
    insta::assert_snapshot!(text);
}

#[test]
fn no_line_is_longer_than_any_width() {
    for columns in [0, 60, 61, 67, 73, 79, 80, 93, 100, 119, 120, 400] {
        for look in [Look::Plain, Look::Symbols] {
            let screen = Screen::new(look, columns);
            let all = [
                run(&sample::run(), &asked(), screen),
                compare(&few(), &asked(), screen),
                compare(&sample::compare(), &asked(), screen),
                uncertain(&sample::uncertain(), screen),
            ];
            let most = columns.clamp(60, 120);
            for line in all.iter().flat_map(|text| text.lines()) {
                assert!(line.chars().count() <= most, "{columns} columns: {line}");
            }
        }
    }
}

#[test]
fn a_wide_screen_holds_more_variants_side_by_side() {
    let text = compare(
        &sample::compare(),
        &asked(),
        Screen::new(Look::Symbols, 120),
    );
    let head = "baseline     double-servers patch-login    both           second-sale";
    assert!(text.contains(head), "{text}");
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

/// The answer to `size`: the number first, its chance and its neighbours.
#[test]
fn a_size_as_it_is_read() {
    let results = sample::sized();
    let screen = Screen::new(Look::Plain, WIDTH);
    let text = size(&results, &Asked::of(&results), screen);
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

/// The answer to `uncertain`: how often it holds first, then which guess decides.
#[test]
fn ranges_as_they_are_read() {
    let results = sample::ranged();
    let screen = Screen::new(Look::Plain, WIDTH);
    let text = ranged(&results, &Asked::of(&results), screen);
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

/// The answer to `sweep`: the knee first, with what it is there; and the law of measured pairs.
#[test]
fn a_sweep_as_it_is_read() {
    let all = [
        sample::sweep::swept(),
        sample::sweep::mapped(),
        sample::sweep::scalability(),
    ]
    .map(|results| {
        let screen = Screen::new(Look::Plain, WIDTH);
        let text = sweep(&results, &Asked::of(&results), screen);
        let sentences = text.split("\n\n").filter(|part| !part.contains("  "));
        sentences.for_each(assert_fits);
        text
    });
    insta::assert_snapshot!(all.join("\n=====\n"));
}

/// The answer to `tip`: what is survived first, with its chance and its load.
#[test]
fn a_tip_as_it_is_read() {
    let all = [sample::sweep::tipped(), sample::sweep::tipped_alone()].map(|results| {
        let screen = Screen::new(Look::Plain, WIDTH);
        tip(&results, &Asked::of(&results), screen)
    });
    insta::assert_snapshot!(all.join("\n=====\n"));
}

/// The answer to a calibration: values first, then how good the fit is and what it cannot tell.
#[test]
fn a_calibration_as_it_is_read() {
    let results = sample::calibrated();
    let screen = Screen::new(Look::Plain, WIDTH);
    let text = calibrate(&results, &Asked::of(&results), screen);
    insta::assert_snapshot!(text);
}
