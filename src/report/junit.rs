//! `junit.xml`: objectives as test cases, so that a build server shows them.
//!
//! One idea: met passes, failed fails, and unclear is skipped with its reason, unless whoever asked
//! wants it to fail. The baseline of a comparison is what the variants are held against, so it is
//! no test case unless it is required. Times are simulated ones, all launches together: no clock,
//! host or identity is written, so the same study gives the same bytes.

// A length of time; no clock.
use core::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::number::{GAP, MINUS};
use super::{reading, words};
use crate::results::{Objective, ObjectiveVerdict, Results, Variant};

/// What must not be let pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strictness {
    /// What becomes of an objective that is unclear.
    pub unclear: Unclear,
    /// The variant whose objectives are required, if one is named.
    pub require: Option<String>,
}

/// What becomes of an objective that is unclear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unclear {
    /// It is skipped: nothing was shown, for or against it.
    #[default]
    Skips,
    /// It fails.
    Fails,
}

/// One suite for each variant, one case for each of its objectives.
pub fn junit(results: &Results, strictness: &Strictness) -> String {
    let mut report = Report::new(format!("onrush {}", results.model.file));
    let judged = reading::variants(results);
    for (name, variant) in judged.filter(|(name, _)| is_judged(results, name, strictness)) {
        report.add_test_suite(suite(results, (name, variant), strictness.unclear));
    }
    let mut text = report.to_string().expect("names and messages are text");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn is_judged(results: &Results, name: &str, strictness: &Strictness) -> bool {
    let is_baseline = results.order.first().is_some_and(|first| first == name);
    let required = strictness.require.as_deref() == Some(name);
    results.command == "run" || !is_baseline || required
}

fn suite(results: &Results, (name, variant): (&str, &Variant), unclear: Unclear) -> TestSuite {
    let mut suite = TestSuite::new(name);
    let simulated = simulated(results);
    suite.set_time(simulated);
    for objective in &variant.objectives {
        let mut case = TestCase::new(objective.that.clone(), status(objective, unclear));
        case.set_classname(name);
        case.set_time(simulated);
        suite.add_test_case(case);
    }
    suite
}

/// The simulated time of all launches together: what an objective was judged by.
fn simulated(results: &Results) -> Duration {
    let launch_s = results.model.to_s - results.model.from_s;
    let all_s = launch_s * f64::from(results.replications);
    Duration::try_from_secs_f64(all_s).unwrap_or_default()
}

fn status(objective: &Objective, unclear: Unclear) -> TestCaseStatus {
    let mut status = match (objective.verdict, unclear) {
        (ObjectiveVerdict::Met, _) => return TestCaseStatus::success(),
        (ObjectiveVerdict::Unclear, Unclear::Skips) => TestCaseStatus::skipped(),
        _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    let value = words::estimate(objective.value.as_ref(), objective.unit);
    let text = format!("{value}; {}", words::objective_reason(objective));
    status.set_message(text.replace(GAP, " ").replace(MINUS, "-"));
    status.set_type(words::objective_word(objective.verdict));
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn objectives_are_cases_and_nothing_changes_between_two_writings() {
        let usual = Strictness::default();
        let text = junit(&sample::compare(), &usual);
        assert_eq!(text, junit(&sample::compare(), &usual));
        assert_eq!(text.matches("<testsuite ").count(), 4);
        assert_eq!(text.matches("<testcase ").count(), 12);
        assert!(text.starts_with("<?xml"));
        assert!(text.trim_end().ends_with("</testsuites>"));
        for word in ["timestamp", "uuid", "hostname"] {
            assert!(!text.contains(word), "{word}");
        }
        insta::assert_snapshot!(junit(&sample::run(), &usual));
    }

    #[test]
    fn the_baseline_of_a_comparison_is_a_case_only_if_it_is_required() {
        let with = |require: Option<&str>| {
            let require = require.map(str::to_owned);
            let unclear = Unclear::Skips;
            junit(&sample::compare(), &Strictness { unclear, require })
        };
        let baseline = "<testsuite name=\"baseline\"";
        assert!(!with(None).contains(baseline));
        assert!(with(Some("baseline")).contains(baseline));
        assert!(junit(&sample::run(), &Strictness::default()).contains(baseline));
    }

    #[test]
    fn what_is_unclear_is_skipped_unless_it_must_not_be() {
        let mut unclear = sample::run();
        let variant = unclear.variants.get_mut("baseline").expect("it is there");
        for objective in &mut variant.objectives {
            objective.verdict = ObjectiveVerdict::Unclear;
            objective.settled_by = Some(29);
        }
        let with = |unclear_is: Unclear| {
            let strictness = Strictness {
                unclear: unclear_is,
                require: None,
            };
            junit(&unclear, &strictness)
        };
        let skipped = with(Unclear::Skips);
        assert!(
            skipped.contains("skipped=\"3\" errors=\"0\" failures=\"0\""),
            "{skipped}"
        );
        assert!(
            skipped.contains("<skipped message=\"42.9 %; met in "),
            "{skipped}"
        );
        assert!(with(Unclear::Fails).contains("skipped=\"0\" errors=\"0\" failures=\"3\""));
    }

    #[test]
    fn times_are_simulated_ones() {
        let sample = sample::run();
        let seconds = (sample.model.to_s - sample.model.from_s) * f64::from(sample.replications);
        let text = junit(&sample, &Strictness::default());
        let time = format!("time=\"{seconds:.3}\"");
        assert_eq!(text.matches(&time).count(), 4, "{time}: {text}");
    }

    #[test]
    fn what_is_open_is_closed() {
        let text = junit(&sample::compare(), &Strictness::default());
        let mut open: Vec<&str> = Vec::new();
        for tag in text.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') && !tag.starts_with('?') {
                open.push(tag.split(' ').next().unwrap());
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}
