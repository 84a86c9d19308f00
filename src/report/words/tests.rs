//! Sentences as a planner sees them.

use super::*;
use crate::report::number::GAP;
use crate::report::sample;

fn seen(text: &str) -> String {
    text.replace(GAP, " ")
}

#[test]
fn a_compare_is_answered_variant_by_variant() {
    let results = sample::compare();
    let all: Vec<String> = reading::others(&results)
        .map(|(name, _)| seen(&verdict_sentence(&results, name)))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_story_is_told_in_paragraphs() {
    let text = in_words(&sample::compare()).join("\n\n");
    insta::assert_snapshot!(seen(&text));
}

#[test]
fn a_run_is_answered_by_its_objectives_and_its_bottleneck() {
    insta::assert_snapshot!(seen(&answer(&sample::run())));
}

#[test]
fn nothing_done_is_said_and_breaks_nothing() {
    let nothing = sample::nothing();
    assert_eq!(answer(&nothing), "Nothing was run.");
    assert!(in_words(&nothing).is_empty());
}
