//! `junit.xml`: objectives as test cases, so that a build server shows them.
//!
//! One idea: met passes, failed fails, and unclear is an error, since it was not shown. No time,
//! host or identity is written, so the same study gives the same bytes.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::number::{GAP, MINUS};
use super::{reading, words};
use crate::results::{Objective, ObjectiveVerdict, Results};

/// One suite for each variant, one case for each of its objectives.
pub fn junit(results: &Results) -> String {
    let mut report = Report::new(format!("onrush {}", results.model.file));
    for (name, variant) in reading::variants(results) {
        let mut suite = TestSuite::new(name);
        for objective in &variant.objectives {
            suite.add_test_case(case(name, objective));
        }
        report.add_test_suite(suite);
    }
    let mut text = report.to_string().expect("names and messages are text");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn case(variant: &str, objective: &Objective) -> TestCase {
    let kind = match objective.verdict {
        ObjectiveVerdict::Met => None,
        ObjectiveVerdict::Failed => Some(NonSuccessKind::Failure),
        ObjectiveVerdict::Unclear => Some(NonSuccessKind::Error),
    };
    let status = match kind {
        None => TestCaseStatus::success(),
        Some(kind) => {
            let mut status = TestCaseStatus::non_success(kind);
            let value = words::estimate(objective.value.as_ref(), objective.unit);
            let text = format!("{value}; {}", words::objective_reason(objective));
            status.set_message(text.replace(GAP, " ").replace(MINUS, "-"));
            status.set_type(words::objective_word(objective.verdict));
            status
        }
    };
    let mut case = TestCase::new(objective.that.clone(), status);
    case.set_classname(variant);
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn objectives_are_cases_and_nothing_changes_between_two_writings() {
        let text = junit(&sample::compare());
        assert_eq!(text, junit(&sample::compare()));
        assert_eq!(text.matches("<testsuite ").count(), 5);
        assert_eq!(text.matches("<testcase ").count(), 15);
        assert!(text.starts_with("<?xml"));
        assert!(text.trim_end().ends_with("</testsuites>"));
        for word in ["timestamp", "uuid", "hostname", "time="] {
            assert!(!text.contains(word), "{word}");
        }
        insta::assert_snapshot!(junit(&sample::run()));
    }

    #[test]
    fn what_is_open_is_closed() {
        let text = junit(&sample::compare());
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
