//! Collapse, recovery and events: models of a dozen lines that were judged wrongly.

use onrush::model::{self, Checked, files::Files};
use onrush::report::words;
use onrush::results::{EventKind, Probability, Recovery, SymptomTest, TriggerKind, Variant};
use onrush::study::{Attribute, Effort, Onlooker, Plan, Silent, run};
use onrush::text::Source;

/// The variant that a case comes to in so many launches.
fn run_case(text: &str, launches: u32) -> Variant {
    let (model, diagnostics) = model::read(Source::new("case.toml", text), Files::new());
    let model = Checked::new(model).unwrap_or_else(|| panic!("{diagnostics:?}"));
    let plan = Plan {
        effort: Effort::Replications(launches),
        attribute: Attribute::Nothing,
        threads: 2,
        ..Plan::of(&model)
    };
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    let results = run(&model, None, &plan, onlooker);
    let mut results = results.unwrap_or_else(|failure| panic!("{failure:?}"));
    results.variants.remove("baseline").expect("it was run")
}

/// The health of a case.
fn health(text: &str, launches: u32) -> Recovery {
    let found = run_case(text, launches).recovery;
    found.expect("its health can be told")
}

fn k_of_n(chance: Option<Probability>) -> (u32, u32) {
    chance.map_or((0, 0), |chance| (chance.k, chance.n))
}

/// Nothing is wrong, or so little that no step is worse off than usual.
#[test]
fn what_is_usual_is_no_collapse() {
    for (case, text) in [
        ("change-of-mix", include_str!("change-of-mix.toml")),
        ("long-steps", include_str!("long-steps.toml")),
        ("always-declined", include_str!("always-declined.toml")),
    ] {
        let variant = run_case(text, 3);
        let found = variant.recovery.as_ref().expect(case);
        assert_eq!(k_of_n(found.unhealthy), (0, 3), "{case}: {found:?}");
        assert_eq!(k_of_n(found.collapsed), (0, 3), "{case}");
        assert_eq!(found.symptoms, [], "{case}");
        assert_eq!(
            variant.metrics["recovery.time"].estimate,
            Some(0.0),
            "{case}"
        );
        let said = words::recovery(&variant).expect(case);
        let expected = "In 3 of 3 launches the requests of users fare as usual throughout: \
                        nothing collapses.";
        assert_eq!(said, expected, "{case}");
    }
}

/// Errors without an end are a condition; the outage is the trigger, and what is over with it.
#[test]
fn a_fault_without_an_end_is_no_trigger() {
    let found = health(include_str!("background-errors.toml"), 5);
    assert_eq!(found.trigger, TriggerKind::Change);
    assert_eq!(found.trigger_begin_s, Some(180.0));
    assert_eq!(found.trigger_end_s, Some(240.0));
    assert_eq!(k_of_n(found.unhealthy), (5, 5));
    assert_eq!(k_of_n(found.collapsed), (0, 5));
    assert_eq!(k_of_n(found.recovered), (5, 5));
    assert_eq!(found.time_s.and_then(|time| time.estimate), Some(0.0));
}

/// A closed crowd of 200: the database stands still for ten minutes, nobody loses patience, so
/// almost nothing starts and nothing fails.
#[test]
fn requests_that_are_stuck_are_an_outage() {
    let variant = run_case(include_str!("all-stuck.toml"), 5);
    let found = variant.recovery.as_ref().expect("it can be told");
    assert_eq!(k_of_n(found.unhealthy), (5, 5));
    assert_eq!(k_of_n(found.collapsed), (0, 5));
    assert_eq!(k_of_n(found.recovered), (5, 5));
    let all = |estimate: Option<onrush::results::Estimate>| {
        estimate
            .map(|e| (e.p10, e.p90))
            .expect("all were unhealthy")
    };
    assert_eq!(all(found.onset_s), (Some(600.0), Some(600.0)));
    assert_eq!(all(found.over_s), (Some(1_200.0), Some(1_200.0)));
    assert_eq!(found.symptoms[0].step, "page");
    assert_eq!(found.symptoms[0].test, SymptomTest::Stuck);
    assert_eq!(k_of_n(found.symptoms[0].in_launches), (5, 5));
}

/// Three times the load for five minutes: the load after it is that before it.
#[test]
fn a_surge_that_passes_is_over_in_ten_seconds() {
    let found = health(include_str!("surge-that-passes.toml"), 10);
    assert_eq!(found.trigger, TriggerKind::Overload);
    assert_eq!(found.trigger_begin_s, Some(480.0));
    assert_eq!(found.trigger_end_s, Some(780.0));
    assert_eq!(k_of_n(found.unhealthy), (10, 10));
    assert_eq!(k_of_n(found.collapsed), (0, 10));
    assert_eq!(k_of_n(found.recovered), (10, 10));
    let time = found.time_s.expect("all recover");
    assert_eq!((time.n, time.p90), (10, Some(10.0)));
}

/// A service three times slower for eight seconds leaves a queue of callers who have gone. Its
/// windows of a second are used; it is well within the minute, though not within the grace.
#[test]
fn the_window_of_the_model_is_used() {
    let variant = run_case(include_str!("recovery-window.toml"), 10);
    let found = variant.recovery.as_ref().expect("it can be told");
    assert!((found.window_s - 1.0).abs() < 1e-12);
    assert_eq!(found.trigger_begin_s, Some(8.0));
    assert_eq!(found.trigger_end_s, Some(16.0));
    assert_eq!(k_of_n(found.unhealthy), (10, 10));
    assert_eq!(k_of_n(found.recovered), (10, 10));
    let time = found.time_s.expect("all recover");
    assert!(
        time.estimate
            .is_some_and(|time| (20.0..60.0).contains(&time))
    );
    assert_eq!(variant.metrics["recovery.time"].estimate, time.estimate);
}

/// The sale of 2014, full for three hours: over because the doors close.
#[test]
fn over_because_the_doors_closed_is_no_recovery() {
    let variant = run_case(include_str!("../../models/oneplus-2014.toml"), 2);
    let found = variant.recovery.as_ref().expect("it can be told");
    assert_eq!(found.trigger, TriggerKind::Overload);
    assert_eq!(found.doors_close_s, Some(10_800.0));
    assert_eq!(k_of_n(found.unhealthy), (2, 2));
    assert_eq!(k_of_n(found.collapsed), (2, 2));
    assert_eq!(k_of_n(found.recovered), (0, 2));
    assert_eq!(k_of_n(found.ended), (2, 2));
    assert_eq!(found.time_s.and_then(|time| time.estimate), None);
    assert_eq!(variant.metrics["recovery.time"].never, 2);
    let said = words::recovery(&variant).expect("there is something to say");
    let expected = "They stay unhealthy until the doors close at T+3:00:00: none recovers.";
    assert!(said.contains(expected), "{said}");
}

/// The events that say that an objective was broken.
fn broken(text: &str, launches: u32) -> Vec<(String, Option<f64>, (u32, u32))> {
    let events = run_case(text, launches).events.into_iter();
    events
        .filter(|event| event.kind == EventKind::Objective)
        .map(|event| {
            let at = event.at_s.and_then(|at| at.p50);
            (event.what, at, k_of_n(event.in_launches))
        })
        .collect()
}

/// Errors from 8 to 10 s, of one second each.
fn outage(objective: &str) -> String {
    let case = include_str!("objective-in-its-interval.toml");
    let at = case.find("[[objective]]").expect("it asks for something");
    format!("{}[[objective]]\nthat = \"{objective}\"", &case[..at])
}

#[test]
fn an_objective_is_broken_only_in_its_own_part_of_the_time() {
    let case = include_str!("objective-in-its-interval.toml");
    assert_eq!(broken(case, 5), []);
    for unbroken in [
        "share(ask.ok) before 8s >= 90%",
        "share(ask.ok) between 10s and 110s >= 90%",
        // It holds over the whole time, whatever two seconds were.
        "share(ask.ok) >= 90%",
        // Two seconds of errors are a fifth of ten.
        "share(ask.ok, 10s) >= 50%",
        // No breach lasts longer than is allowed.
        "share(ask.ok) >= 90% except 3s",
        "p95(ask.time) between 20s and 110s < 500ms",
    ] {
        assert_eq!(broken(&outage(unbroken), 5), [], "{unbroken}");
    }
}

#[test]
fn an_objective_that_is_broken_is_so_when_its_limit_first_is() {
    for (objective, at_s) in [
        ("share(ask.ok) between 5s and 15s >= 90%", 8.0),
        ("share(ask.ok) between 9s and 12s >= 90%", 9.0),
        ("share(ask.ok) >= 90% except 1s", 8.0),
        ("share(ask.ok, 4s) >= 90%", 5.0),
        ("p95(ask.time) between 5s and 15s < 500ms", 8.0),
    ] {
        let found = broken(&outage(objective), 5);
        let [(what, at, in_launches)] = &found[..] else {
            panic!("{objective}: {found:?}");
        };
        assert!(what.ends_with(" first broken"), "{what}");
        assert_eq!((*at, *in_launches), (Some(at_s), (5, 5)), "{objective}");
    }
}
