//! The document is complete, described and stable.

use super::*;

fn small() -> Results {
    let awkward = 0.1 + 0.2;
    let estimate = Estimate {
        estimate: Some(awkward),
        low: Some(1.0 / 3.0),
        high: Some(5e-324),
        n: 30,
        of: 30,
        p10: Some(123_456_789.123_456_78),
        ..Estimate::default()
    };
    let mut variant = Variant::default();
    variant.metrics.insert("share(served)".into(), estimate);
    variant
        .values
        .insert("share(served)".into(), vec![Some(awkward), None]);
    let mut results = Results {
        schema: SCHEMA.into(),
        seed: u64::MAX,
        ..Results::default()
    };
    results.order.push("baseline".into());
    results.variants.insert("baseline".into(), variant);
    results
}

#[test]
fn what_is_written_is_read_back_to_the_bit() {
    let text = to_json(&small());
    let read = from_json(&text).unwrap();
    assert_eq!(read, small());
    assert_eq!(to_json(&read), text);
    assert!(text.ends_with("}\n"));
}

#[test]
fn a_key_has_a_line_and_a_list_too() {
    let mut results = small();
    results.order.push("more".into());
    let text = to_json(&results);
    assert!(
        text.contains("\n  \"order\": [\"baseline\",\"more\"],\n"),
        "{text}"
    );
}

#[test]
fn what_does_not_exist_is_absent() {
    let value: Value = serde_json::from_str(&to_json(&small())).unwrap();
    fn no_null_key(value: &Value) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, inner)| {
                assert!(!inner.is_null(), "`{key}` is null");
                no_null_key(inner);
            }),
            Value::Array(list) => list.iter().filter(|v| !v.is_null()).for_each(no_null_key),
            _ => {}
        }
    }
    no_null_key(&value);
    assert!(value["variants"]["baseline"].get("recovery").is_none());
    assert!(
        value["variants"]["baseline"]["metrics"]["share(served)"]
            .get("never")
            .is_none()
    );
}

#[test]
fn another_version_is_refused_by_name() {
    let text = to_json(&small()).replace(SCHEMA, "onrush.results/9");
    let failure = from_json(&text).unwrap_err().to_string();
    assert_eq!(
        failure,
        "results of version `onrush.results/9`; this onrush reads `onrush.results/1`"
    );
    assert!(
        from_json("{")
            .unwrap_err()
            .to_string()
            .starts_with("not a results document")
    );
}

#[test]
fn every_key_of_the_schema_is_described() {
    let schema = schema();
    let mut keys = 0;
    fn walk(value: &Value, keys: &mut usize) {
        match value {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    for (key, property) in properties {
                        *keys += 1;
                        assert!(
                            property.get("description").is_some(),
                            "`{key}` says nothing"
                        );
                    }
                }
                map.values().for_each(|inner| walk(inner, keys));
            }
            Value::Array(list) => list.iter().for_each(|inner| walk(inner, keys)),
            _ => {}
        }
    }
    walk(&schema, &mut keys);
    assert!(keys > 200, "only {keys} keys");
}

#[test]
fn the_core_keys_of_the_contract_are_there() {
    let schema = schema().to_string();
    for key in [
        "stopped",
        "confidence_each",
        "sketch_relative",
        "peak_rate",
        "sold_out_at_s",
        "first_sold_out_at_s",
        "left_queue",
        "amplification",
        "retry_share",
        "trigger_end_s",
        "settled_by",
        "variance_reduction",
        "interaction",
        "little_gap_max",
        "served_share",
        "edges_s",
        "where",
        "in",
        "undelivered",
        "server_hours",
        "within_is",
        "observations",
    ] {
        assert!(
            schema.contains(&format!("\"{key}\":")),
            "`{key}` is missing"
        );
    }
}
