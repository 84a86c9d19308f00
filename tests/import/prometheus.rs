//! Range queries of Prometheus: counters, gauges, histograms, and what goes wrong with them.

use onrush::import::prometheus::import;
use onrush::import::{Asked, Imported};

use super::{bytes, input, is_kept, is_sound};

fn sample(names: &[&str]) -> Imported {
    let all: Vec<(String, Vec<u8>)> = names
        .iter()
        .map(|name| {
            (
                format!("{name}.json"),
                bytes(&format!("prometheus/{name}.json")),
            )
        })
        .collect();
    let inputs = all
        .iter()
        .map(|(name, content)| input(name, content))
        .collect();
    import(inputs, &Asked::default()).unwrap_or_else(|refused| panic!("{}", refused.why))
}

#[test]
fn every_sample_becomes_the_same_model() {
    for names in [
        &["counters", "histograms"][..],
        &["rate"],
        &["broken"],
        &["odd"],
        &["rate-by-le"],
    ] {
        let found = sample(names);
        is_sound(&found);
        is_kept(&format!("prometheus/{}", names[0]), &found);
    }
}

/// Addresses of instances are summed over, and stand nowhere.
#[test]
fn instances_are_summed() {
    let model = sample(&["counters"]).model();
    assert!(!model.contains("10.0.0."), "{model}");
    assert_eq!(model.matches("[arrivals.").count(), 3);
}

#[test]
fn what_is_no_range_is_refused_with_what_to_do() {
    for (content, why) in [
        (bytes("prometheus/instant.json"), "it is a `vector`"),
        (
            bytes("prometheus/error.json"),
            "Prometheus answered with an error: invalid parameter",
        ),
        (b"{}".to_vec(), "it holds no `data.result`"),
        (b"".to_vec(), "it is empty"),
        (
            b"{\"data\":{\"resultType\":\"matrix\",\"result\":[]}}".to_vec(),
            "no series of requests",
        ),
        (b"{\"data\":".to_vec(), "it breaks off in line 1"),
        (b"{]".to_vec(), "it is no JSON in line 1"),
    ] {
        let refused = import(vec![input("x.json", &content)], &Asked::default()).expect_err(why);
        assert!(refused.why.contains(why), "{}", refused.why);
        assert!(
            refused
                .help
                .is_some_and(|help| help.contains("query_range"))
        );
    }
}
