//! The same model, seed and version give the same bytes.
//!
//! Not on how many threads, nor in which order the tables stand, nor what stands beside: neither a
//! service that nobody calls nor another variant moves anybody's luck.

use onrush::results::{Results, to_json};
use onrush::study::{Effort, Onlooker, Plan, Silent, compare};
use serde_json::Value;

use crate::replicate::checked;

/// A shop with most of what the language knows, as tables that may stand in any order.
const SHOP: &str = include_str!("determinism/shop.toml");
/// Objectives and variants, whose order says something.
const ASKED: &str = r#"
[[objective]]
that = "share(served) >= 50%"
[[objective]]
that = "p95(login.time) < 400ms"
[variant.patch]
set = { "param.login_work" = "4ms" }
[variant.double]
set = { "service.shop.servers" = "x2" }
[variant.both]
of = ["patch", "double"]
"#;

fn results(text: &str, threads: usize) -> Results {
    let model = checked(text, &[]);
    let mut plan = Plan::of(&model);
    plan.threads = threads;
    plan.effort = Effort::Replications(10);
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    compare(&model, &[], &plan, onlooker).expect("nothing is in its way")
}

/// What a study says, without what names its text.
fn said(text: &str, threads: usize) -> Value {
    let json = to_json(&results(text, threads));
    let mut said: Value = serde_json::from_str(&json).expect("it is a document");
    said["model"]["hash"] = Value::Null;
    said
}

fn shop() -> String {
    format!("{SHOP}{ASKED}")
}

#[test]
fn threads_change_no_byte() {
    let one = to_json(&results(&shop(), 1));
    assert!(one.len() > 10_000, "the document says something");
    for threads in [2, 7] {
        assert!(
            to_json(&results(&shop(), threads)) == one,
            "{threads} threads say something else"
        );
    }
}

#[test]
fn the_order_of_tables_changes_no_number() {
    let mut tables: Vec<&str> = SHOP.split("\n\n").collect();
    assert!(tables.len() > 10);
    tables.reverse();
    let turned = format!("{}\n{ASKED}", tables.join("\n\n"));
    assert_eq!(said(&shop(), 2), said(&turned, 2));
}

/// Asserts that whatever one document says the other says too.
fn contained(part: &Value, whole: &Value, path: &str) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (key, value) in part {
                let path = format!("{path}/{key}");
                let other = whole.get(key).unwrap_or(&Value::Null);
                contained(value, other, &path);
            }
        }
        _ => assert_eq!(part, whole, "at {path}"),
    }
}

#[test]
fn an_idle_service_changes_no_number() {
    let idle = "[service.basement]\nservers = 3\nendpoint.sleep = [ { cpu = \"exp(1s)\" } ]\n";
    let before = said(&shop(), 2);
    let mut after = said(&format!("{}{idle}", shop()), 2);
    // The list of services names it, and its servers cost hours though nobody calls them.
    after["model"]["services"] = before["model"]["services"].clone();
    for variant in ["baseline", "patch", "double", "both"] {
        after["variants"][variant]["cost"] = before["variants"][variant]["cost"].clone();
    }
    contained(&before, &after, "");
}

#[test]
fn another_variant_changes_no_number() {
    let other = "[variant.tiny]\nset = { \"service.shop.servers\" = 1 }\n";
    let (before, after) = (said(&shop(), 2), said(&format!("{}{other}", shop()), 2));
    for variant in ["baseline", "patch", "double", "both"] {
        let path = format!("variants/{variant}");
        contained(
            &before["variants"][variant],
            &after["variants"][variant],
            &path,
        );
    }
    contained(&before["attribution"], &after["attribution"], "attribution");
    // Intervals hold together, so that one more comparison makes each a little wider; what was
    // found stays.
    for variant in ["patch", "double", "both"] {
        let metrics = before["differences"][variant].as_object();
        let metrics = metrics.expect("every variant is compared");
        assert!(!metrics.is_empty());
        for (metric, difference) in metrics {
            let later = &after["differences"][variant][metric];
            for figure in ["estimate", "n", "of", "correlation", "variance_reduction"] {
                assert_eq!(difference[figure], later[figure], "{variant}, {metric}");
            }
        }
    }
}

#[test]
fn a_variant_that_changes_nothing_differs_by_nothing() {
    let same =
        "[variant.same]\nset = { \"service.shop.servers\" = 3, \"param.login_work\" = \"20ms\" }\n";
    let said = said(&format!("{}{same}", shop()), 2);
    let metrics = said["differences"]["same"].as_object();
    let metrics = metrics.expect("it is compared");
    assert!(metrics.len() >= 2);
    for (metric, difference) in metrics {
        for figure in ["estimate", "low", "high"] {
            assert_eq!(
                difference[figure].as_f64(),
                Some(0.0),
                "{figure} of {metric}"
            );
        }
    }
    let (one, other) = (&said["variants"]["baseline"], &said["variants"]["same"]);
    for part in [
        "users", "journeys", "requests", "services", "metrics", "timeline", "heat",
    ] {
        assert_eq!(one[part], other[part], "{part}");
    }
}
