//! Outages whose causes are known, given to `explain`.
//!
//! One idea: what a cause carries is a game whose value can be worked out by hand, and an incident
//! that is made by breaking one thing has that one thing as its cause.
//!
//! In full, with a line for each incident: `ONRUSH_SYNTHETIC=30 cargo test --release --locked --
//! --ignored true_cause_is_found_in_many --nocapture`.

mod incidents;

use std::sync::atomic::{AtomicU32, Ordering};

use onrush::model::Checked;
use onrush::results::{
    Cause, ClearedWhy, Explain, ImpactKind, LinkKind, Results, Stopped, Together, to_json,
};
use onrush::study::{Effort, Failure, Onlooker, Plan, explain};

use crate::replicate::{ALONE, read};

/// Explains a model by so many launches of each combination.
fn results(model: &Checked, replications: u32, threads: usize) -> Results {
    let plan = Plan {
        effort: Effort::Replications(replications),
        threads,
        ..Plan::of(model)
    };
    explain(model, None, &plan, ALONE).expect("it is small")
}

fn explained(text: &str, replications: u32) -> Explain {
    let found = results(&read(text), replications, 1);
    found.answers.explain.expect("it was explained")
}

fn cause<'a>(found: &'a Explain, key: &str) -> &'a Cause {
    let mut causes = found.causes.iter();
    causes
        .find(|cause| cause.key == key)
        .unwrap_or_else(|| panic!("{key} is no cause: {:#?}", found.causes))
}

fn carries(found: &Explain, key: &str) -> f64 {
    let carries = cause(found, key).carries.expect("it carries something");
    carries.estimate.expect("a number")
}

/// Ten users a second, evenly, ask `a`, then `b`; nothing takes time.
const TWO: &str = "
[model]
run_for = '10m'
[arrivals.users]
journey = 'visit'
rate = '10/s'
spacing = 'even'
[journey.visit]
steps = [ { name = 'first', call = 'a.ask' }, { name = 'then', call = 'b.ask' } ]
[service.a]
workers = 100
endpoint.ask = [ { wait = '1ms' } ]
[service.b]
workers = 100
endpoint.ask = [ { wait = '1ms' } ]
";

/// Faults at different times add up: 600 and 300 users, exactly, in every launch; a third fault,
/// of a service in the time of whose answers nobody is hurt, carries nothing.
#[test]
fn what_adds_up_is_shared_out_exactly() {
    let model = format!(
        "{TWO}
        [fault.long]
        at = '2m'
        for = '60s'
        error = {{ service = 'a' }}
        [fault.short]
        at = '5m'
        for = '30s'
        error = {{ service = 'b' }}
        [fault.harmless]
        at = '7m'
        for = '60s'
        slow = {{ service = 'b', factor = 2 }}"
    );
    let found = explained(&model, 2);
    assert_eq!(found.impact.kind, ImpactKind::Users);
    let keys: Vec<&str> = found.causes.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["fault-long", "fault-short"]);
    assert_eq!(carries(&found, "fault-long").to_bits(), 600_f64.to_bits());
    assert_eq!(carries(&found, "fault-short").to_bits(), 300_f64.to_bits());
    assert_eq!(found.impact.value.expect("it is").estimate, Some(900.0));
    let part = cause(&found, "fault-long").part.expect("a part");
    assert!((part.estimate.expect("a number") - 2.0 / 3.0).abs() < 1e-12);
    assert!(found.pairs.is_empty());
    let cleared: Vec<(&str, ClearedWhy)> = found
        .cleared
        .iter()
        .map(|one| (one.name.as_str(), one.why))
        .collect();
    assert_eq!(cleared, [("harmless", ClearedWhy::Nothing)]);
    assert_eq!(found.left.expect("it is").estimate, Some(0.0));
}

/// Two faults of which each suffices: 600 users meet both. Neither alone helps, so each carries
/// half.
#[test]
fn where_each_suffices_neither_alone_helps() {
    let model = format!(
        "{TWO}
        [fault.one]
        at = '2m'
        for = '60s'
        error = {{ service = 'a' }}
        [fault.other]
        at = '119s'
        for = '62s'
        error = {{ service = 'b' }}"
    );
    let read = read(&model);
    let found = results(&read, 2, 1);
    let again = results(&read, 2, 3);
    assert_eq!(to_json(&found), to_json(&again), "threads change no byte");
    let found = found.answers.explain.expect("it was explained");
    // Twenty more meet the second one alone.
    assert_eq!(carries(&found, "fault-one").to_bits(), 300_f64.to_bits());
    assert_eq!(carries(&found, "fault-other").to_bits(), 320_f64.to_bits());
    let alone = cause(&found, "fault-one").alone.expect("it was tried");
    assert_eq!(alone.estimate, Some(0.0));
    assert_eq!(found.pairs.len(), 1);
    assert_eq!(found.pairs[0].how, Together::EachSuffices);
}

/// Who fails at the first is answered by the second: both faults were needed, and each carries half
/// of the 600.
#[test]
fn where_both_were_needed_they_share_alike() {
    let model = TWO.replace(
        "{ name = 'first', call = 'a.ask' }, { name = 'then', call = 'b.ask' }",
        "{ name = 'first', call = 'a.ask', or = [ { name = 'then', call = 'b.ask' } ] }",
    );
    let model = format!(
        "{model}
        [fault.one]
        at = '2m'
        for = '90s'
        error = {{ service = 'a' }}
        [fault.other]
        at = '2m'
        for = '60s'
        error = {{ service = 'b' }}
        [action.help]
        at = '150s'
        set = {{ 'service.b.workers' = 50 }}"
    );
    let found = explained(&model, 2);
    assert_eq!(carries(&found, "fault-one").to_bits(), 300_f64.to_bits());
    assert_eq!(carries(&found, "fault-other").to_bits(), 300_f64.to_bits());
    assert_eq!(found.pairs[0].how, Together::BothNeeded);
    let alone = cause(&found, "fault-other").alone.expect("it was tried");
    assert_eq!(alone.estimate, Some(600.0));
}

/// The published storm: spike, retries, too few workers and work in vain are all needed, so each
/// carries a quarter; past a moment taking the spike away no longer helps, and a queue need not be
/// as short as the author's to help.
#[test]
fn a_storm_needs_its_spike_and_its_retries() {
    let model = read(include_str!("../models/retry-storm.toml"));
    let found = results(&model, 2, 0)
        .answers
        .explain
        .expect("it was explained");
    let first: Vec<&str> = found
        .causes
        .iter()
        .map(|one| one.key.as_str())
        .take(1)
        .collect();
    assert_eq!(first, ["spike-users"], "what changed goes first");
    for one in &found.causes {
        let part = one.part.and_then(|part| part.estimate).expect("a part");
        let each = 1.0 / found.causes.len() as f64;
        assert!((part - each).abs() < 0.02, "{} {part}", one.key);
    }
    cause(&found, "retries-eager");
    let link = |kind: LinkKind| {
        let mut chain = found.chain.iter();
        let at = chain
            .find(|link| link.kind == kind)
            .and_then(|link| link.at_s);
        at.and_then(|at| at.p50)
    };
    assert_eq!(link(LinkKind::Trigger), Some(300.0));
    assert_eq!(link(LinkKind::TriggerOver), Some(900.0));
    let late = link(LinkKind::NoReturn).expect("there is no way back");
    assert!((300.0..420.0).contains(&late), "{late}");
    assert_eq!(link(LinkKind::Recovered), None);
    let of = |name: &str| {
        let mut all = found.preventions.iter();
        all.find(|one| one.variant == name).expect("it was tried")
    };
    let queue = of("short-queue");
    let small = queue.smallest.as_ref().expect("a queue has a length");
    let limit: f64 = small.set[0].value.parse().expect("a number");
    assert!((36.0..150.0).contains(&limit), "{limit}");
    let late = queue.latest.as_ref().and_then(|latest| latest.at_s);
    assert!(late.expect("it helps in the middle, too") > 900.0);
    let once = of("no-retries")
        .smallest
        .as_ref()
        .expect("attempts are counted");
    assert!(["2", "3", "4"].contains(&once.set[0].value.as_str()));
}

/// A launch in which nobody is lost has nothing to explain.
#[test]
fn a_good_launch_has_nothing_to_explain() {
    let found = explained(TWO, 2);
    assert!(found.causes.is_empty());
    assert_eq!(
        found.impact.value.and_then(|value| value.estimate),
        Some(0.0)
    );
}

/// A defence is no cause: without it, more are lost.
#[test]
fn what_helped_is_told_as_such() {
    let model = format!(
        "{}
        [fault.down]
        at = '2m'
        for = '60s'
        error = {{ service = 'a', share = '50%' }}
        [retry.again]
        attempts = 3
        backoff = {{ kind = 'none' }}",
        TWO.replace("call = 'a.ask'", "call = 'a.ask', retry = 'again'")
    );
    let found = explained(&model, 3);
    let keys: Vec<&str> = found.causes.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["fault-down"]);
    let helped = found.cleared.iter().find(|one| one.name == "again");
    assert_eq!(helped.expect("it was tried").why, ClearedWhy::Helps);
}

/// Whoever is stopped before the causes are told apart keeps the launches of the model as it is.
#[test]
fn launches_are_kept_when_somebody_stops() {
    let fault = "[fault.long]\nat = '2m'\nfor = '60s'\nerror = { service = 'a' }\n";
    let model = read(&format!("{TWO}{fault}"));
    let plan = Plan {
        effort: Effort::Replications(4),
        threads: 1,
        ..Plan::of(&model)
    };
    let mut kept = 0;
    for looks in [0, 2, 8, 12, 20, 40] {
        let asked = AtomicU32::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) >= looks;
        let onlooker = Onlooker {
            stop: &stop,
            ..ALONE
        };
        match explain(&model, None, &plan, onlooker) {
            Ok(found) if found.complete => {}
            Ok(found) => {
                assert_eq!(found.stopped, Stopped::Interrupted);
                assert_eq!(
                    (found.command.as_str(), found.answers.explain),
                    ("run", None)
                );
                assert!(found.replications > 0);
                kept += 1;
            }
            Err(failure) => assert!(matches!(failure, Failure::Interrupted), "{failure}"),
        }
    }
    assert!(kept > 0);
}
