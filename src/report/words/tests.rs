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

/// The study, but the variant of two changes leaves the lead metric the same.
fn same_in_all() -> crate::results::Results {
    let mut results = sample::compare();
    let by_metric = results.differences.get_mut("both").unwrap();
    by_metric.get_mut("share(served)").unwrap().verdict = Some(Verdict::Same);
    results
}

#[test]
fn where_nothing_changes_nothing_is_shared_out() {
    let results = same_in_all();
    let told = in_words(&results).join("\n");
    let line = "both: share(served) stays the same";
    assert_eq!(told.matches(line).count(), 1, "{told}");
    assert!(!told.contains("each change is worth"), "{told}");
    let summary = crate::report::markdown::summary(&results);
    assert!(!summary.contains("its share of the whole"), "{summary}");
    let pictures = crate::report::chart::pictures(&results);
    assert!(!pictures.iter().any(|p| p.name.starts_with("worth-")));
}

#[test]
fn changes_that_cure_the_same_overlap() {
    let mut results = sample::compare();
    let found = results.attribution.get_mut("both").unwrap();
    let found = found.get_mut("share(served)").unwrap();
    found.interaction = Some(sample::around(-0.007, 0.0));
    let told = |results: &crate::results::Results| in_words(results).join("\n");
    assert!(
        !told(&results).contains("overlap"),
        "less than what matters is not told"
    );
    let found = results.attribution.get_mut("both").unwrap();
    let found = found.get_mut("share(served)").unwrap();
    found.interaction = Some(sample::around(-0.2, 0.0));
    let second = found.parts.get_mut("double-servers").unwrap();
    second.alone = Some(sample::around(0.2, 0.0));
    let text = told(&results);
    let line = "The two overlap by 20.0 points: beside patch-login, double-servers adds nothing.";
    assert!(text.contains(line), "{text}");
}

#[test]
fn levels_that_differ_are_said_each() {
    let mut results = sample::compare();
    let text = crate::report::markdown::summary(&results);
    for head in [
        "average \\[95 %\\]",
        "difference \\[99.4 %\\]",
        "alone \\[95 %\\]",
    ] {
        assert!(seen(&text).contains(head), "{head}: {text}");
    }
    let by_metric = results.differences.get_mut("both").unwrap();
    by_metric.get_mut("share(served)").unwrap().confidence = 0.975;
    let text = seen(&crate::report::markdown::summary(&results));
    assert!(text.contains("\\] (97.5 %) |"), "{text}");
    assert!(text.contains("\\] (99.4 %) |"), "{text}");
}

#[test]
fn what_is_said_of_several_variants_is_said_once() {
    let sentences = [
        ("a".to_owned(), "db is full.".to_owned()),
        ("b".to_owned(), "nothing is full.".to_owned()),
        ("c".to_owned(), "db is full.".to_owned()),
    ];
    assert_eq!(
        once_each(sentences.to_vec()),
        ["a and c: db is full.", "b: nothing is full."]
    );
}
