//! `junit.xml`: objectives as test cases, so that a build server shows them.
//!
//! One idea: met passes, failed fails, and unclear is skipped with its reason, unless whoever asked
//! wants it to fail. The baseline of a comparison is what the variants are held against, so it is
//! no test case unless it is required. Times are simulated ones, all launches together: no clock,
//! host or identity is written, so the same study gives the same bytes.

use quick_xml::events::{BytesDecl, Event};
use quick_xml::{ElementWriter, Writer};

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
    let judged = reading::variants(results);
    let suites: Vec<Suite<'_>> = judged
        .filter(|(name, _)| is_judged(results, name, strictness))
        .map(|(name, variant)| suite(name, variant, strictness.unclear))
        .collect();
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let cut = words::incomplete(results).filter(|_| results.stopped.is_unfinished());
    let tests = all().count() + usize::from(cut.is_some());
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 4);
    let head = BytesDecl::new("1.0", Some("UTF-8"), None);
    xml.write_event(Event::Decl(head)).expect(MEMORY);
    let report = xml
        .create_element("testsuites")
        .with_attribute(("name", format!("onrush {}", results.model.file).as_str()))
        .with_attribute(("tests", tests.to_string().as_str()))
        .with_attribute(("skipped", number(all().filter(is(Told::Skipped))).as_str()))
        .with_attribute(("failures", number(all().filter(is(Told::Failed))).as_str()))
        .with_attribute(("errors", if cut.is_some() { "1" } else { "0" }));
    let time = simulated(results);
    let written = report.write_inner_content(|xml| {
        suites.iter().for_each(|suite| write(xml, suite, &time));
        cut.iter().for_each(|why| write_cut(xml, why));
        Ok(())
    });
    written.expect(MEMORY);
    let text = String::from_utf8(xml.into_inner()).expect("all that was written is text");
    text + "\n"
}

/// Why writing cannot fail.
const MEMORY: &str = "writing into memory";

/// The objectives of a variant.
struct Suite<'r> {
    name: &'r str,
    cases: Vec<Case<'r>>,
}

/// What a build server is told of an objective.
struct Case<'r> {
    told: Told,
    objective: &'r Objective,
}

/// How a case ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Passed,
    Skipped,
    Failed,
}

fn is_judged(results: &Results, name: &str, strictness: &Strictness) -> bool {
    let is_baseline = results.order.first().is_some_and(|first| first == name);
    let required = strictness.require.as_deref() == Some(name);
    results.command == "run" || !is_baseline || required
}

fn suite<'r>(name: &'r str, variant: &'r Variant, unclear: Unclear) -> Suite<'r> {
    let case = |objective: &'r Objective| Case {
        told: match (objective.verdict, unclear) {
            (ObjectiveVerdict::Met, _) => Told::Passed,
            (ObjectiveVerdict::Unclear, Unclear::Skips) => Told::Skipped,
            _ => Told::Failed,
        },
        objective,
    };
    let cases = variant.objectives.iter().map(case).collect();
    Suite { name, cases }
}

fn is(told: Told) -> impl Fn(&&Case<'_>) -> bool {
    move |case| case.told == told
}

fn number<'c>(cases: impl Iterator<Item = &'c Case<'c>>) -> String {
    cases.count().to_string()
}

/// The simulated time of all launches together, in seconds: what an objective was judged by.
fn simulated(results: &Results) -> String {
    let launch_s = results.model.to_s - results.model.from_s;
    let all_s = launch_s * f64::from(results.replications);
    format!("{:.3}", if all_s >= 0.0 { all_s } else { 0.0 })
}

fn write(xml: &mut Writer<Vec<u8>>, suite: &Suite<'_>, time: &str) {
    let cases = || suite.cases.iter();
    let element = xml
        .create_element("testsuite")
        .with_attribute(("name", suite.name))
        .with_attribute(("tests", number(cases()).as_str()))
        .with_attribute((
            "skipped",
            number(cases().filter(is(Told::Skipped))).as_str(),
        ))
        .with_attribute(("errors", "0"))
        .with_attribute((
            "failures",
            number(cases().filter(is(Told::Failed))).as_str(),
        ))
        .with_attribute(("time", time));
    let written = match suite.cases.is_empty() {
        true => element.write_empty(),
        false => element.write_inner_content(|xml| {
            cases().for_each(|case| write_case(xml, case, (suite.name, time)));
            Ok(())
        }),
    };
    written.expect(MEMORY);
}

/// A study that came to no end of its own is an error: whatever is met, not all of it was seen.
fn write_cut(xml: &mut Writer<Vec<u8>>, why: &str) {
    let counts = [
        ("tests", "1"),
        ("skipped", "0"),
        ("errors", "1"),
        ("failures", "0"),
    ];
    let suite = xml
        .create_element("testsuite")
        .with_attribute(("name", "study"));
    let suite = counts
        .into_iter()
        .fold(suite, ElementWriter::with_attribute);
    let written = suite.write_inner_content(|xml| {
        let case = xml
            .create_element("testcase")
            .with_attribute(("name", "all launches are there"))
            .with_attribute(("classname", "study"));
        let case = case.write_inner_content(|xml| {
            let error = xml.create_element("error");
            let error = error.with_attribute(("message", why));
            error.write_empty().map(drop)
        });
        case.map(drop)
    });
    written.expect(MEMORY);
}

fn write_case(xml: &mut Writer<Vec<u8>>, case: &Case<'_>, (name, time): (&str, &str)) {
    let element = xml
        .create_element("testcase")
        .with_attribute(("name", case.objective.that.as_str()))
        .with_attribute(("classname", name))
        .with_attribute(("time", time));
    let tag = match case.told {
        Told::Passed => {
            element.write_empty().expect(MEMORY);
            return;
        }
        Told::Skipped => "skipped",
        Told::Failed => "failure",
    };
    let written = element.write_inner_content(|xml| {
        let reason = xml
            .create_element(tag)
            .with_attribute(("message", message(case.objective).as_str()))
            .with_attribute(("type", words::objective_word(case.objective.verdict)));
        reason.write_empty().map(drop)
    });
    written.expect(MEMORY);
}

fn message(objective: &Objective) -> String {
    let value = words::estimate(objective.value.as_ref(), objective.unit);
    let text = format!("{value}; {}", words::objective_reason(objective));
    text.replace(GAP, " ").replace(MINUS, "-")
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
