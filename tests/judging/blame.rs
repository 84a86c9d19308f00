//! Who is full, and who is to blame: cases that were answered wrongly, and small models of known
//! blame, of which the cause must be named right in every launch.

mod known;

use onrush::engine::Arena;
use onrush::estimate::blame::findings;
use onrush::results::{Bottleneck, BottleneckKind, ResourceKind, Results, Variant};
use onrush::study::{Attribute, Effort, Plan, compare, run};

use crate::replicate::{ALONE, Question, checked, replication};

fn plan(text: &str, launches: Option<u32>) -> (onrush::model::Checked, Plan) {
    let model = checked(text, &[]);
    let mut plan = Plan {
        attribute: Attribute::Nothing,
        ..Plan::of(&model)
    };
    if let Some(launches) = launches {
        plan.effort = Effort::Replications(launches);
    }
    (model, plan)
}

/// All variants of a model.
fn compared(text: &str, launches: u32) -> Results {
    let (model, plan) = plan(text, Some(launches));
    compare(&model, &[], &plan, ALONE).expect("the study is small")
}

/// The model as it is, with its own number of launches.
pub(super) fn alone(text: &str, launches: Option<u32>) -> Variant {
    let (model, plan) = plan(text, launches);
    let mut results = run(&model, None, &plan, ALONE).expect("the study is small");
    results
        .variants
        .remove("baseline")
        .expect("the model was run")
}

/// Those of a kind that every launch has seen.
pub(super) fn always(variant: &Variant, kind: BottleneckKind) -> Vec<(&str, ResourceKind)> {
    let all = variant.bottlenecks.iter();
    let always = all.filter(|one| {
        let chance = one.in_launches.expect("there were launches");
        one.kind == kind && chance.k == chance.n
    });
    always
        .map(|one| (one.place.as_str(), one.resource))
        .collect()
}

/// Those of a kind that any launch has seen.
pub(super) fn ever(variant: &Variant, kind: BottleneckKind) -> Vec<(&str, ResourceKind)> {
    let all = variant.bottlenecks.iter().filter(|one| one.kind == kind);
    all.map(|one| (one.place.as_str(), one.resource)).collect()
}

fn of<'a>(variant: &'a Variant, place: &str) -> &'a Bottleneck {
    let mut all = variant.bottlenecks.iter();
    let found = all.find(|one| one.place == place);
    found.unwrap_or_else(|| panic!("{place} is not among {:#?}", variant.bottlenecks))
}

fn mid(estimate: Option<onrush::results::Estimate>) -> f64 {
    let estimate = estimate.expect("it was estimated");
    estimate.estimate.expect("it has a mean")
}

use BottleneckKind::{Cause, Waits};
use ResourceKind::{Cores, Pool, Workers};

#[test]
fn a_pool_before_a_slow_database_waits_for_its_core() {
    let seen = alone(include_str!("pool-before-slow-database.toml"), None);
    assert_eq!(ever(&seen, Cause), [("db", Cores)], "{seen:#?}");
    assert_eq!(ever(&seen, Waits), [("conn", Pool), ("web", Workers)]);
    let db = of(&seen, "db");
    // 150/s from 4:00 to 7:00 at a core that does 100/s: 9,000 are left, whose work is done though
    // their callers leave after 5 s; at 50/s more that takes until 10:00.
    assert!(
        (235.0..=250.0).contains(&mid(db.from_s)) && (540.0..=600.0).contains(&mid(db.to_s)),
        "{db:#?}"
    );
    assert_eq!(of(&seen, "conn").waits_for.as_deref(), Some("db"));
    assert!(mid(db.held) > 0.99 && db.instances == 1);
    let events: Vec<&str> = seen.events.iter().map(|one| one.what.as_str()).collect();
    assert!(events.contains(&"db full") && !events.contains(&"conn full"));
}

#[test]
fn a_flushed_cache_fills_the_database() {
    let seen = alone(include_str!("cache-flush-outage.toml"), None);
    let causes = always(&seen, Cause);
    assert_eq!(causes, [("db", Cores)], "{:#?}", seen.bottlenecks);
    assert_eq!(
        ever(&seen, Cause),
        [("db", Cores)],
        "{:#?}",
        seen.bottlenecks
    );
    assert!(always(&seen, Waits).contains(&("dbconn", Pool)));
    assert_eq!(of(&seen, "dbconn").waits_for.as_deref(), Some("db"));
    let db = of(&seen, "db");
    assert!((1_190.0..=1_215.0).contains(&mid(db.from_s)), "{db:#?}");
}

/// The same outage with a cache in place of a choice whose share is changed: empty, it lets all
/// through.
#[test]
fn a_cache_that_is_flushed_fills_the_database_as_the_choice_did() {
    let seen = alone(include_str!("cache-flush-words.toml"), Some(3));
    let causes = always(&seen, Cause);
    assert!(causes.contains(&("db", Cores)), "{:#?}", seen.bottlenecks);
    let db = of(&seen, "db");
    assert!((1_190.0..=1_215.0).contains(&mid(db.from_s)), "{db:#?}");
}

/// Two workers of 147 ms take two of every eight who come in 160 ms: 75 % are turned away.
#[test]
fn who_refuses_three_quarters_is_full() {
    for (text, place) in [
        (include_str!("bulkhead-refuses.toml"), ("api", Workers)),
        (include_str!("pool-refuses.toml"), ("vu", Pool)),
    ] {
        let seen = alone(text, None);
        assert_eq!(always(&seen, Cause), [place], "{:#?}", seen.bottlenecks);
        let full = of(&seen, place.0);
        assert!((mid(full.refused_share) - 0.75).abs() < 0.002, "{full:#?}");
    }
    let seen = alone(include_str!("pool-refuses.toml"), None);
    let vu = of(&seen, "vu");
    assert_eq!(
        (vu.holders[0].place.as_str(), vu.holders[0].resource),
        ("api", Workers)
    );
    assert!(mid(vu.holders[0].share) > 0.99 && (mid(vu.held_each_s) - 0.147).abs() < 0.001);
}

/// Eight units for 7.35 that are held refuse nobody; seven turn away one of eight.
#[test]
fn a_pool_with_room_is_not_full() {
    let results = compared(include_str!("pool-refuses.toml"), 3);
    assert_eq!(ever(&results.variants["eight"], Cause), []);
    let seven = of(&results.variants["seven"], "vu");
    assert!((mid(seven.refused_share) - 0.125).abs() < 0.002);
}

#[test]
fn a_crashed_server_is_named_with_what_it_took() {
    let results = compared(include_str!("crashed-server-swallows.toml"), 30);
    let swallowed = |variant: &str| {
        let one = of(&results.variants[variant], "api");
        assert_eq!((one.kind, one.instances), (Cause, 3));
        assert!((mid(one.full_instances) - 1.0).abs() < 1e-9);
        assert!((mid(one.from_s) - 8.0).abs() < 1e-6 && (mid(one.to_s) - 18.0).abs() < 1e-6);
        mid(one.swallowed.expect("it took some").share)
    };
    let shares = ["baseline", "round-robin", "random", "two-choices"].map(swallowed);
    // What is answered ok meanwhile is the rest: 13 %, 67 %, 67 % and 36 %.
    for (share, ok) in shares.into_iter().zip([0.13, 0.67, 0.67, 0.36]) {
        assert!((share - (1.0 - ok)).abs() < 0.03, "{shares:?}");
    }
    let noticed = &results.variants["noticed"];
    assert!(
        noticed
            .bottlenecks
            .iter()
            .all(|one| one.swallowed.is_none())
    );
}

#[test]
fn one_slow_server_of_twenty_is_full() {
    let seen = alone(include_str!("one-slow-server-of-twenty.toml"), None);
    assert_eq!(
        always(&seen, Cause),
        [("web", Workers)],
        "{:#?}",
        seen.bottlenecks
    );
    let web = of(&seen, "web");
    assert_eq!((mid(web.full_instances), web.instances), (1.0, 20));
    assert!((120.0..=160.0).contains(&mid(web.from_s)), "{web:#?}");
    assert!((1_050.0..=1_200.0).contains(&mid(web.to_s)));
}

#[test]
fn connections_and_workers_alike_are_a_cause_together() {
    let results = compared(include_str!("pool-and-database-alike.toml"), 5);
    let seen = &results.variants["baseline"];
    let causes = always(seen, Cause);
    assert_eq!(
        causes,
        [("conn", Pool), ("db", Workers)],
        "{:#?}",
        seen.bottlenecks
    );
    assert_eq!(of(seen, "conn").together_with, ["db"]);
    assert_eq!(of(seen, "db").together_with, ["conn"]);
    let more = &results.variants["more-conn"];
    assert_eq!(
        always(more, Cause),
        [("db", Workers)],
        "{:#?}",
        more.bottlenecks
    );
    let more = &results.variants["more-db"];
    assert_eq!(
        always(more, Cause),
        [("conn", Pool)],
        "{:#?}",
        more.bottlenecks
    );
}

/// In how many of sixty launches anything is full.
fn launches_that_are_full(text: &str) -> usize {
    let program = Question::new(&checked(text, &[]), &[]).program;
    let mut arena = Arena::default();
    let is_full = |number: &u32| {
        let seen = replication(&program, 12, *number, &mut arena);
        !findings(&seen.fullness).is_empty()
    };
    (0..60).filter(is_full).count()
}

/// A queue with one server at 80 % is full in at most 5 of 60 launches of an hour, at 95 % in at
/// least 55: by bins of ten seconds either would be in all.
#[test]
fn a_busy_server_is_told_from_a_full_one() {
    let queue = |rate: &str| {
        format!(
            "[model]
            run_for = '70m'
            study = 'steady'
            warmup = '10m'
            seed = 12
            [arrivals.a]
            journey = 'j'
            rate = '{rate}'
            [journey.j]
            steps = [ {{ call = 's.e' }} ]
            [service.s]
            endpoint.e = [ {{ cpu = 'exp(100ms)' }} ]"
        )
    };
    let busy = launches_that_are_full(&queue("8/s"));
    assert!(busy <= 5, "at 0.8: {busy} of 60");
    let full = launches_that_are_full(&queue("9.5/s"));
    assert!(full >= 55, "at 0.95: {full} of 60");
}

/// Erlang B: of 10 workers at 3.2 erlangs, 0.24 % are turned away; of 4 at the same, 20 %.
#[test]
fn a_loss_system_is_full_only_when_it_turns_away_a_twentieth() {
    let loss = |workers: u32| {
        format!(
            "[model]
            run_for = '60m'
            seed = 12
            [arrivals.a]
            journey = 'j'
            rate = '32/s'
            [journey.j]
            steps = [ {{ call = 's.e' }} ]
            [service.s]
            workers = {workers}
            queue = {{ limit = 0 }}
            endpoint.e = [ {{ wait = 'exp(100ms)' }} ]"
        )
    };
    assert_eq!(launches_that_are_full(&loss(9)), 0);
    assert_eq!(launches_that_are_full(&loss(4)), 60);
}
