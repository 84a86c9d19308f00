//! Studies of small models, from the text of the model to the document.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::model::files::Files;
use crate::model::{self, Checked};
use crate::results::{AttributionMethod, Estimate, Results, Stopped, to_json};
use crate::text::Source;

/// A shop whose login is too slow for its crowd; what is idle and what changes nothing is there.
const SHOP: &str = r#"
# Would more servers have helped?

[model]
title = "A small rush"
run_for = "15m"
seed = 7
replications = 6

[param.work]
value = "100ms"
range = ["50ms", "200ms"]
known = "assumed"

[arrivals.crowd]
journey = "buy"
crowd = { users = 3_000, from = "0s", arrive = "lognormal(mean=3m, cv=1)" }

[journey.buy]
patience = "exp(90s)"
steps = [
  { name = "login", call = "shop.login", timeout = "8s", retry = "app" },
  { think = "exp(5s)" },
  { take = "phones", or = "sold_out" },
  { name = "order", call = "shop.order", timeout = "10s" },
  { mark = "ordered" },
]

[service.shop]
servers = 2
workers = 40
cores = 4
queue = { limit = 200 }
endpoint.login = [ { cpu = "exp(5ms)" }, { call = "db.session" } ]
endpoint.order = [ { cpu = "exp(8ms)" }, { call = "db.order" }, { send = "mail.confirm" } ]

[service.db]
workers = 20
cores = 1
endpoint.session = [ { cpu = "exp($work)" } ]
endpoint.order = [ { hold = "row", steps = [ { cpu = "exp(2ms)" } ] } ]

[service.mail]
endpoint.confirm = [ { wait = "exp(150ms)" } ]

[pool.row]
size = 1

[stock.phones]
units = 2_500

[retry.app]
attempts = 3
backoff = { kind = "exponential", base = "1s", cap = "8s", jitter = "full" }

[[objective]]
that = "share(served) >= 50%"
[[objective]]
that = "p95(login.time) < 2s"

[variant.more-servers]
set = { "service.shop.servers" = "x2" }
[variant.patch]
set = { "param.work" = "4ms" }
[variant.both]
of = ["more-servers", "patch"]
[variant.nothing]
set = { "service.shop.servers" = 2 }
"#;

fn read(text: &str) -> Checked {
    let (model, diagnostics) = model::read(Source::new("shop.toml", text), Files::new());
    Checked::new(model).unwrap_or_else(|| panic!("{diagnostics:?}"))
}

const ALONE: Onlooker<'static> = Onlooker {
    progress: &Silent,
    stop: &|| false,
    until: None,
    store: None,
};

fn all(model: &Checked, plan: &Plan) -> Results {
    compare(model, &[], plan, ALONE).unwrap()
}

fn mid(estimate: Option<Estimate>) -> f64 {
    estimate.unwrap().estimate.unwrap()
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let model = read(SHOP);
    let on = |threads| Plan {
        threads,
        ..Plan::of(&model)
    };
    let one = to_json(&all(&model, &on(1)));
    assert!(one == to_json(&all(&model, &on(2))));
    assert!(one == to_json(&all(&model, &on(7))));
}

#[test]
fn a_study_adds_up() {
    let model = read(SHOP);
    let results = all(&model, &Plan::of(&model));
    assert_eq!(results.order.len(), 5);
    assert_eq!(
        results.model.question.as_deref(),
        Some("Would more servers have helped?")
    );
    let range = results.model.params["work"].range_written.clone();
    assert_eq!(range, Some(["50ms".to_owned(), "200ms".to_owned()]));
    for variant in results.variants.values() {
        assert!(variant.checks.conserved);
        assert!(variant.checks.little_gap_max.unwrap() < 1e-9);
        assert!(variant.checks.utilisation_gap_max.unwrap() < 1e-9);
        let outcomes = &variant.users.outcome;
        let ended: f64 = [
            outcomes.served,
            outcomes.abandoned,
            outcomes.refused,
            outcomes.failed,
            outcomes.sold_out,
            outcomes.unfinished,
        ]
        .into_iter()
        .map(mid)
        .sum();
        assert!((mid(variant.users.arrived) - ended).abs() < 1e-6);
        let series = &variant.timeline.series;
        assert!(
            series
                .values()
                .all(|one| one.mean.len() == variant.timeline.n as usize)
        );
        let ordered = series["count(ordered)"].mean.last().unwrap().unwrap();
        assert!((ordered - mid(variant.marks["ordered"].count)).abs() < 1.0);
    }
    let baseline = &results.variants["baseline"];
    let cause = &baseline.bottlenecks[0];
    assert_eq!(cause.place, "db", "{:#?}", baseline.bottlenecks);
    assert!(cause.effects.iter().any(|effect| effect.place == "shop"));
    assert!(baseline.events.iter().any(|event| event.what == "db full"));
    assert_eq!(results.family.as_ref().unwrap().m, 8);
    assert!(results.measures.contains_key("p95(login.time)"));
}

#[test]
fn what_changes_nothing_differs_by_exactly_nothing() {
    let model = read(SHOP);
    let results = all(&model, &Plan::of(&model));
    let differences = &results.differences["nothing"];
    assert!(differences.len() > 40, "{}", differences.len());
    for (metric, difference) in differences {
        let zero = [difference.estimate, difference.low, difference.high];
        assert!(
            zero.into_iter()
                .flatten()
                .all(|d| d.to_bits() == 0.0_f64.to_bits()),
            "{metric}: {zero:?}"
        );
    }
    let (nothing, baseline) = (&results.variants["nothing"], &results.variants["baseline"]);
    assert_eq!(nothing.values, baseline.values);
    assert!(results.notes.iter().any(|note| note.code == "N205"));
}

#[test]
fn worth_sums_to_the_total_and_shares_the_runs_of_variants() {
    let model = read(SHOP);
    let results = all(&model, &Plan::of(&model));
    assert_eq!(results.attribution.keys().collect::<Vec<_>>(), ["both"]);
    let served = &results.attribution["both"]["share(served)"];
    assert_eq!(served.method, AttributionMethod::Shapley);
    assert_eq!(served.order, ["more-servers", "patch"]);
    let shares: f64 = served.parts.values().map(|part| mid(part.share)).sum();
    assert!((shares - mid(served.total)).abs() < 1e-12);
    let alone = mid(served.parts["patch"].alone);
    let difference = results.differences["patch"]["share(served)"]
        .estimate
        .unwrap();
    assert!((alone - difference).abs() < 1e-12);
}

#[test]
fn run_gives_one_variant() {
    let model = read(SHOP);
    let results = run(&model, Some("patch"), &Plan::of(&model), ALONE).unwrap();
    assert_eq!(results.order, ["patch"]);
    assert!(results.differences.is_empty() && results.family.is_none());
    let compared = all(&model, &Plan::of(&model));
    assert_eq!(
        results.variants["patch"].values,
        compared.variants["patch"].values
    );
    let change = &results.variants["patch"].changes["param.work"];
    assert_eq!(
        (
            change.set.as_str(),
            change.was.as_deref(),
            change.now.as_deref()
        ),
        ("4ms", Some("100ms"), Some("4ms"))
    );
    let failure = run(&model, Some("path"), &Plan::of(&model), ALONE).unwrap_err();
    assert_eq!(failure.to_string(), "no variant is called `path`");
}

#[test]
fn an_interruption_keeps_whole_pairs() {
    let model = read(SHOP);
    let asked = AtomicU32::new(0);
    struct Count<'a>(&'a AtomicU32);
    impl Progress for Count<'_> {
        fn advanced(&self, done: u64, _of: u64) {
            self.0.store(done as u32, Ordering::Relaxed);
        }
        fn narrowed(&self, _replications: u32, _width: f64) {}
    }
    let stop = || asked.load(Ordering::Relaxed) >= 13;
    let onlooker = Onlooker {
        progress: &Count(&asked),
        stop: &stop,
        until: None,
        store: None,
    };
    let plan = Plan {
        threads: 1,
        ..Plan::of(&model)
    };
    let results = compare(&model, &[], &plan, onlooker).unwrap();
    assert_eq!((results.replications, results.complete), (2, false));
    assert_eq!(results.stopped, Stopped::Interrupted);
    assert!(
        results
            .variants
            .values()
            .all(|one| one.values["share(served)"].len() == 2)
    );
    let never = Onlooker {
        progress: &Silent,
        stop: &|| true,
        until: None,
        store: None,
    };
    assert!(matches!(
        compare(&model, &[], &plan, never),
        Err(Failure::Interrupted)
    ));
}

#[test]
fn precision_stops_where_the_figures_are_known() {
    let model = read(SHOP);
    let plan = Plan {
        effort: Effort::Precision {
            relative: 0.5,
            at_most: 40,
        },
        ..Plan::of(&model)
    };
    let results = run(&model, Some("patch"), &plan, ALONE).unwrap();
    assert_eq!(
        (results.replications, results.stopped),
        (15, Stopped::Precision)
    );
    let hard = Plan {
        effort: Effort::Precision {
            relative: 1e-9,
            at_most: 12,
        },
        ..Plan::of(&model)
    };
    let results = run(&model, None, &hard, ALONE).unwrap();
    assert_eq!(
        (results.replications, results.stopped),
        (12, Stopped::Budget)
    );
}

#[test]
fn limits_fail_with_the_replication() {
    let model = read(SHOP);
    let mut plan = Plan::of(&model);
    plan.limits.bytes = 1;
    let failure = run(&model, None, &plan, ALONE);
    let failure = failure.map(|_| ()).unwrap_err().to_string();
    assert!(
        failure.starts_with("replication 0 of `baseline` needs too much: "),
        "{failure}"
    );
}

/// As `compare --full` asks.
const FULL: Ranges = Ranges {
    points: None,
    replications: 1,
    variant: None,
    metric: None,
    others: Others::Spoken,
};

/// Of the draws of the work of a login, those in which the sale goes half well are kept: in them
/// the patch helps by construction, and nobody can be served more than all.
#[test]
fn conclusions_are_held_against_draws() {
    let uncertain = r#"
[param.prepared]
value = "60%"
range = ["30%", "85%"]

[uncertain]
draws = 16
keep = { that = "share(served)", is = ["5%", "80%"] }

[[uncertain.conclusion]]
that = "the patch saves the sale"
holds = ["patch: share(served) >= 50%", "baseline: share(served) < 90%"]

[[uncertain.conclusion]]
that = "more servers serve everybody"
holds = ["more-servers: share(served) > 99%"]
"#;
    let model = read(&format!("{SHOP}{uncertain}"));
    let on = |threads| Plan {
        threads,
        ..Plan::of(&model)
    };
    let answer = |threads| {
        let mut results = Results::default();
        drawn(&mut results, &model, &FULL, &on(threads), ALONE).unwrap();
        results
    };
    let results = answer(2);
    assert!(to_json(&results) == to_json(&answer(1)));
    let found = results.answers.uncertain.unwrap();
    assert_eq!((found.draws, found.rows.len()), (16, 16));
    assert!(found.kept > 0 && found.kept < 16, "{} kept", found.kept);
    assert_eq!(found.unplayed, 0, "a drawn share is a share");
    let prepared = found.rows.iter().map(|row| row.params["prepared"]);
    assert!(prepared.clone().all(|share| 0.0 < share && share < 1.0));
    let [patch, servers] = found.conclusions.as_slice() else {
        panic!("{:?}", found.conclusions);
    };
    let patch = patch.kept.unwrap();
    assert_eq!((patch.k, patch.n), (found.kept, found.kept));
    assert_eq!(servers.kept.unwrap().k, 0);
    let work = &found.params["work"];
    assert!((work.low - 0.05).abs() < 1e-9 && (work.high - 0.2).abs() < 1e-9);
    // One draw in every sixteenth of the distribution: half of them above its median of 100 ms.
    let above = found
        .rows
        .iter()
        .filter(|row| row.params["work"] > 0.1)
        .count();
    assert_eq!(above, 8);
    let known = read(&SHOP.replace("range = [\"50ms\", \"200ms\"]\n", ""));
    let failure = drawn(&mut Results::default(), &known, &FULL, &on(1), ALONE);
    assert!(matches!(failure, Err(Failure::NothingUncertain)));
}
