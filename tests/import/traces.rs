//! Traces of OpenTelemetry, and recordings of browsers.

use onrush::import::{Asked, Imported, har, otlp};

use super::{bytes, input, is_kept, is_sound, scene};

fn traces(name: &str) -> Imported {
    let text = bytes(&format!("otlp/{name}.json"));
    let found = otlp::import(
        vec![input(&format!("{name}.json"), &text)],
        &Asked::default(),
    );
    found.unwrap_or_else(|refused| panic!("{name}: {}", refused.why))
}

#[test]
fn every_sample_becomes_the_same_model() {
    for name in ["traces", "broken"] {
        let found = traces(name);
        is_sound(&found);
        is_kept(&format!("otlp/{name}"), &found);
    }
    for name in ["visit", "broken", "odd"] {
        let text = bytes(&format!("har/{name}.har"));
        let found = har::import(vec![input(&format!("{name}.har"), &text)]).expect("a recording");
        is_sound(&found);
        is_kept(&format!("har/{name}"), &found);
        assert!(!found.model().contains("secret"));
    }
}

/// Lines and one document over many lines say the same.
#[test]
fn a_document_is_the_same_as_its_lines() {
    let document = traces("document");
    is_sound(&document);
    let text = String::from_utf8(bytes("otlp/traces.json")).expect("it is text");
    let lines: String = text.split_inclusive('\n').take(20).collect();
    let lines = otlp::import(
        vec![input("document.json", lines.as_bytes())],
        &Asked::default(),
    );
    let model = |found: &Imported| {
        let model = found.model();
        model[model.find("[model]").expect("it has one")..].to_owned()
    };
    assert_eq!(model(&document), model(&lines.expect("they are traces")));
}

/// What one of its endpoints calls, side by side and in vain, is in the model.
#[test]
fn a_call_graph_runs() {
    let scene = scene("otlp/traces.json", "t.json");
    scene
        .run(["import", "otlp", "t.json", "--out", "m.toml", "-q"])
        .expect(0);
    let model = scene.text("m.toml");
    for part in [
        "parallel = [",
        "retry = \"seen\"",
        "send = \"cart.orders-process\"",
        "[service.postgresql]",
    ] {
        assert!(model.contains(part), "{part}: {model}");
    }
    let answer = scene.run(["run", "m.toml", "--replications", "2", "-q"]);
    assert!([0, 98, 99].contains(&answer.code), "{}", answer.err);
}

/// So many traces that not all are kept: those that are stand for all.
#[test]
fn too_many_traces_are_a_sample() {
    let span = |n: u64| {
        format!(
            "{{\"traceId\":\"{n:032x}\",\"spanId\":\"{n:016x}\",\"kind\":2,\"name\":\"a\",\
             \"startTimeUnixNano\":\"{}\",\"endTimeUnixNano\":\"{}\"}}",
            1_717_236_000_000_000_000 + n * 1_000_000,
            1_717_236_000_005_000_000 + n * 1_000_000
        )
    };
    let line = |batch: u64| {
        let spans: Vec<String> = (batch * 1_000..(batch + 1) * 1_000).map(span).collect();
        format!(
            "{{\"resourceSpans\":[{{\"resource\":{{}},\"scopeSpans\":[{{\"spans\":[{}]}}]}}]}}\n",
            spans.join(",")
        )
    };
    let text: String = (0..1_100).map(line).collect();
    let asked = Asked {
        window: onrush::import::Window::All,
        ..Asked::default()
    };
    let found = otlp::import(vec![input("t.json", text.as_bytes())], &asked).expect("traces");
    let said = found.account.text();
    assert!(said.contains("were left out, by chance"), "{said}");
    let users: f64 = found.files()[1]
        .1
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .nth(1)
                .expect("a value")
                .parse::<f64>()
                .expect("a number")
        })
        .sum();
    assert!((users / 1.1e6 - 1.0).abs() < 0.01, "{users}");
}

#[test]
fn what_is_no_trace_is_refused() {
    for text in [
        "",
        "{}",
        "hello",
        "{\"resourceSpans\":[]}",
        "{\"resourceSpans\":[{\"scopeSpans\":7}]}",
    ] {
        let refused = otlp::import(vec![input("x", text.as_bytes())], &Asked::default());
        assert!(refused.expect_err(text).help.is_some());
        assert!(
            har::import(vec![input("x", text.as_bytes())])
                .expect_err(text)
                .help
                .is_some()
        );
    }
}
