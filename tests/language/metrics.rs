//! The grammar of metrics: what is asked, in one normal form that reads back as itself.

use super::*;
use onrush::model::metric::{Metric, Statistic, Unit};
use proptest::prelude::*;

fn model() -> Model {
    read(PREORDER).0
}

fn normal(model: &Model, text: &str) -> String {
    let metric = model
        .metric(text)
        .unwrap_or_else(|error| panic!("{text}: {}", error.found));
    let normal = metric.normal();
    assert_eq!(again(model, &normal), metric, "{text} reads back as itself");
    normal
}

fn again(model: &Model, text: &str) -> Metric {
    model
        .metric(text)
        .unwrap_or_else(|error| panic!("{text}: {}", error.found))
}

#[test]
fn every_form_of_the_contract_has_a_normal_form() {
    let model = model();
    let forms = [
        ("p95( login.time )", "p95(login.time)"),
        ("p95(login.ok.time)", "p95(login.ok.time)"),
        ("p95(login.ok_time)", "p95(login.ok.time)"),
        ("p99.9(preorder.login.time)", "p99.9(login.time)"),
        ("p50(journey.preorder.steps.login.time)", "p50(login.time)"),
        ("share(users.served)", "share(served)"),
        (
            "share(preorder.sold_out or preorder.served)",
            "share(preorder.served or preorder.sold_out)",
        ),
        ("share(login.ok)", "share(login.ok)"),
        ("share(login.time<=2000ms)", "share(login.time <= 2s)"),
        ("share(db.in_system ≥ 5)", "share(db.in_system >= 5)"),
        ("rate(shop.order)", "rate(shop.order)"),
        ("rate(shop.login.attempts)", "rate(shop.login.attempts)"),
        ("count(login)", "count(login)"),
        ("max(db.queue)", "max(db.queue)"),
        ("total(db.queue)", "total(db.queue)"),
        ("at(db.in_system, 8s)", "at(db.in_system, 8s)"),
        ("at(db.in_system, -60s)", "at(db.in_system, -1m)"),
        ("mean(shop.utilisation)", "mean(shop.utilisation)"),
        ("max(service.shop.queue)", "max(shop.queue)"),
        ("count(ordered)", "count(ordered)"),
        ("count(mark.ordered)", "count(ordered)"),
        (
            "p99(mail.confirmation.delay)",
            "p99(mail.confirmation.delay)",
        ),
        ("recovery.time", "recovery.time"),
        ("p95(login.time, 60s)", "p95(login.time, 1m)"),
        (
            "p95(login.time) between 10m and 20m",
            "p95(login.time) between 10m and 20m",
        ),
        ("share(served) before 90s", "share(served) before 1m30s"),
        ("mean(doors.inside)", "mean(doors.inside)"),
        ("p95(room.doors.wait)", "p95(doors.wait)"),
        ("mean(pool.stock_row.in_use)", "mean(stock_row.in_use)"),
        ("count(phones.sold)", "count(phones.sold)"),
        ("phones.sold_out_at", "phones.sold_out_at"),
        ("mean(orbit)", "mean(orbit)"),
        ("count(arrived)", "count(arrived)"),
        ("rate(browse.arrived)", "rate(browse.arrived)"),
        ("p95(browse.time)", "p95(browse.time)"),
        ("mean(login.amplification)", "mean(login.amplification)"),
        ("share(shop.wasted)", "share(shop.wasted)"),
        ("p95(login.attempt_time)", "p95(login.attempt_time)"),
        ("availability(login)", "share(login.ok)"),
        ("availability(login, 60s)", "share(login.ok, 1m)"),
        ("availability(browse)", "share(browse.served)"),
        ("availability(shop.order)", "share(shop.order.ok)"),
        ("budget_spent( login,99.9% )", "budget_spent(login, 99.9%)"),
        (
            "budget_spent(browse, 99%) before 90s",
            "budget_spent(browse, 99%) before 1m30s",
        ),
    ];
    for (written, expected) in forms {
        assert_eq!(normal(&model, written), expected);
    }
}

/// `at(x, 2.5s)` was stored as `at(x, 2s500ms)`, where nobody looked for it.
#[test]
fn a_figure_is_stored_as_it_is_written() {
    let model = model();
    let forms = [
        ("at(db.in_system, 2.5s)", "at(db.in_system, 2.5s)"),
        ("p95( login.time,60s )", "p95(login.time, 60s)"),
        (
            "share(login.time ≤ 1500ms)  before 90s",
            "share(login.time <= 1500ms) before 90s",
        ),
        (
            "max(service.db.queue) between 0s and 1h30m",
            "max(service.db.queue) between 0s and 1h30m",
        ),
        ("share(served or sold_out)", "share(served or sold_out)"),
    ];
    for (written, key) in forms {
        assert_eq!(again(&model, written).to_string(), key);
    }
    let equal = [
        (
            "at(db.in_system, 2.5s)",
            "at(service.db.in_system, 2s500ms)",
        ),
        ("p95(login.time, 60s)", "p95(preorder.login.time, 1m)"),
    ];
    for (one, other) in equal {
        let (one, other) = (again(&model, one), again(&model, other));
        assert_eq!(one, other);
        assert_eq!(one.normal(), other.normal());
    }
    let normal = again(&model, "at(db.in_system, 2s500ms)").normal();
    assert_eq!(normal, "at(db.in_system, 2.5s)");
}

#[test]
fn what_is_computed_is_stored_as_it_came_out() {
    let text = format!(
        "{PREORDER}[param.slow]\nvalue = \"1500ms\"\n[[objective]]\n\
         that = \"p95(order.time, 2 * 30s) <= $slow except 90s\"\n"
    );
    let (model, found) = read(&text);
    assert!(model.is_sound(), "{found:?}");
    let last = model.objectives.last().expect("it was added");
    assert_eq!(last.that, "p95(order.time, 1m) <= 1.5s except 90s");
    assert_eq!(last.metric.to_string(), "p95(order.time, 1m)");
}

/// Two objectives on one metric have one key, that of the first.
#[test]
fn one_metric_has_one_key() {
    let text = format!(
        "{PREORDER}[[objective]]\nthat = \"p95(order.time, 90s) < 2s\"\n\
         [[objective]]\nthat = \"p95(order.time, 1m30s) < 3s\"\n"
    );
    let (model, _) = read(&text);
    let [.., first, second] = model.objectives.as_slice() else {
        panic!("two were added")
    };
    assert_eq!(first.metric.to_string(), second.metric.to_string());
    assert_eq!(second.that, "p95(order.time, 1m30s) < 3s");
    let asked = again(&model, "p95(order.time, 1.5m)");
    assert_eq!(model.key_of(&asked), "p95(order.time, 90s)");
}

#[test]
fn windows_have_whole_seconds() {
    let wrong = model().metric("mean(db.queue, 1500ms)");
    assert_eq!(
        wrong.expect_err("it has not").found,
        "a window must be a whole number of seconds"
    );
}

#[test]
fn a_name_that_fits_two_things_is_spelled_out() {
    let text = PREORDER.replace("[pool.stock_row]", "[pool.db]\nsize = 1\n[pool.stock_row]");
    let (model, _) = read(&text);
    let error = model
        .metric("max(db.queue)")
        .expect_err("two things are called db");
    assert_eq!(
        error.found,
        "`db.queue` fits `service.db.queue` and `pool.db.queue`"
    );
    assert_eq!(normal(&model, "max(pool.db.queue)"), "max(pool.db.queue)");
    assert_eq!(
        normal(&model, "mean(db.in_use)"),
        "mean(db.in_use)",
        "only the pool is in use"
    );
}

#[test]
fn a_part_named_like_a_figure_leaves_the_full_spellings() {
    let text = PREORDER.replace("home  = [", "queue = []\nhome  = [");
    let (model, _) = read(&text);
    let error = model
        .metric("max(shop.queue)")
        .expect_err("it may be the endpoint");
    let both = "`shop.queue` fits `service.shop.queue` and `service.shop.endpoint.queue`";
    assert_eq!(error.found, both);
    assert_eq!(
        normal(&model, "max(service.shop.queue)"),
        "max(service.shop.queue)"
    );
    let endpoint = "count(service.shop.endpoint.queue)";
    assert_eq!(normal(&model, endpoint), endpoint);
}

#[test]
fn units_follow_from_statistic_and_quantity() {
    let model = model();
    let unit = |text: &str| again(&model, text).unit();
    assert_eq!(unit("p95(login.time)"), Unit::Seconds);
    assert_eq!(unit("share(served)"), Unit::Share);
    assert_eq!(unit("mean(shop.held)"), Unit::Share);
    assert_eq!(unit("rate(shop.order)"), Unit::PerSecond);
    assert_eq!(unit("count(ordered)"), Unit::Count);
    assert_eq!(unit("max(db.queue)"), Unit::Count);
    assert_eq!(unit("total(db.queue)"), Unit::CountSeconds);
    assert_eq!(unit("mean(login.amplification)"), Unit::Ratio);
    assert_eq!(unit("phones.sold_out_at"), Unit::Seconds);
    assert!(!again(&model, "share(served)").small_is_good());
    assert!(again(&model, "p95(login.time)").small_is_good());
    assert_eq!(
        again(&model, "p99.9(login.time)").statistic,
        Statistic::Percentile(0.999)
    );
}

fn quantities() -> impl Strategy<Value = (&'static str, Vec<&'static str>)> {
    let times = vec!["p50", "p95", "p99", "p99.9"];
    let averages = vec!["mean", "sd", "max", "p90"];
    prop_oneof![
        Just(("login.time", times.clone())),
        Just(("preorder.time", times.clone())),
        Just(("shop.home.time", times)),
        Just(("order.ok.time", averages.clone())),
        Just(("db.wait", averages)),
        Just(("db.queue", vec!["mean", "max", "total"])),
        Just(("stock_row.in_use", vec!["mean", "max", "total"])),
        Just(("served", vec!["share", "count", "rate"])),
        Just((
            "preorder.abandoned or browse.refused",
            vec!["share", "count", "rate"]
        )),
        Just(("login.attempts", vec!["count", "rate"])),
        Just(("shop.held", vec!["mean"])),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_itself(
        (quantity, statistics) in quantities(),
        choice in 0usize..8,
        window in prop::option::of(1i64..100_000),
        part in prop::option::of((0i64..5_000, 1i64..5_000)),
    ) {
        let model = model();
        let statistic = statistics[choice % statistics.len()];
        let mut text = format!("{statistic}({quantity}");
        if let Some(seconds) = window {
            text.push_str(&format!(", {seconds}s"));
        }
        text.push(')');
        if let Some((from, length)) = part {
            text.push_str(&format!(" between {from}s and {}s", from + length));
        }
        normal(&model, &text);
    }

    #[test]
    fn no_text_makes_the_grammar_panic(text in "[a-z0-9.()<>=, %$*µ-]{0,40}") {
        let _ = model().metric(&text);
        let _ = model().metric(&format!("p95(login.time{text}"));
    }
}
