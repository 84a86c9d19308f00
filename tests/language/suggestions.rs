//! What an error suggests is right when it is typed: each suggestion is applied, and the error is
//! gone.
//!
//! One idea: a case writes a word of another tool, or a wrong one; the test replaces what is
//! underlined by what is suggested, as its reader would.

use super::*;
use onrush::model::overlay::Change;

/// A model in which everything has a name; `@` lines are replaced by a case.
const FRAME: &str = r#"[model]
run_for = "10m"
@model
[arrivals.all]
journey = "visit"
@arrivals
[journey.visit]
@journey
steps = [
  { name = "login", call = "web.login", timeout = "9s", retry = "app" },
  { call = "web.home", timeout = "9s" },
  { take = "seats", or = "sold_out" },
  @step
]
[service.web]
@service
endpoint.login = [ { cpu = "1ms" } ]
endpoint.home = [ { cpu = "1ms" }, { call = "db.read" }, @inner ]
[service.db]
workers = 4
endpoint.read = [ { hold = "conn", steps = [ { cpu = "1ms" } ] } ]
[pool.conn]
@pool
[stock.seats]
units = 5
[retry.app]
@retry
[fault.one]
at = "1m"
@fault
[[objective]]
@objective
[variant.more]
set = { "service.db.workers" = @set }
"#;

/// The sound values of the places that a case replaces.
const SOUND: [(&str, &str); 11] = [
    ("@model", ""),
    ("@arrivals", "rate = \"1/s\""),
    ("@journey", ""),
    ("@step", ""),
    ("@service", "workers = 8"),
    ("@inner", "{ wait = \"1ms\" }"),
    ("@pool", "size = 4"),
    ("@retry", "attempts = 2"),
    ("@fault", "pause = { service = \"db\" }\nfor = \"1m\""),
    ("@objective", "that = \"share(served) >= 50%\""),
    ("@set", "\"x2\""),
];

fn model_with(place: &str, written: &str) -> String {
    let mut text = FRAME.replace(place, written);
    for (other, sound) in SOUND {
        text = text.replace(other, sound);
    }
    text
}

/// What an error suggests to write in place of what it underlines.
fn suggested(diagnostic: &Diagnostic) -> Option<String> {
    let help = diagnostic.help.as_deref()?;
    let rest = help
        .strip_prefix("did you mean ")
        .or_else(|| help.strip_prefix("write it in quotes: "))
        .or_else(|| help.strip_prefix("write for example "))
        .or_else(|| help.strip_prefix("write "))?;
    let end = if rest.starts_with('"') { '"' } else { '`' };
    let (suggestion, _) = rest[1..].split_once(if end == '"' { "\"" } else { "`" })?;
    Some(match end {
        // What is in quotes replaces what is in quotes, or in none.
        '"' => format!("\"{suggestion}\""),
        _ => suggestion.to_owned(),
    })
}

/// Replaces what an error underlines by its suggestion.
fn applied(text: &str, diagnostic: &Diagnostic) -> String {
    let range = diagnostic.place.expect("it has a place").range();
    let suggestion = suggested(diagnostic).unwrap_or_else(|| panic!("{diagnostic:?}"));
    let bytes = text.as_bytes();
    let in_quotes = bytes[range.start - 1] == b'"' || bytes[range.start] == b'"';
    let (mut from, mut to) = (range.start, range.end);
    let is_key = suggestion.contains(" = ");
    if suggestion.starts_with('"') && in_quotes {
        from = text[..=from].rfind('"').expect("a quote opens");
        to = from + 1 + text[from + 1..].find('"').expect("a quote closes") + 1;
    } else if suggestion.starts_with('"') || is_key {
        let end = |c: char| matches!(c, '\n' | ',' | '}' | ']' | '#');
        let begin = if is_key {
            from
        } else {
            text[..from].rfind('=').expect("a value") + 2
        };
        (from, to) = (begin, begin + text[begin..].find(end).expect("a line ends"));
        to = from + text[from..to].trim_end().len();
    } else if diagnostic.code == "E060" || diagnostic.code == "E061" || diagnostic.code == "E063" {
        // The whole metric is meant, of which a part is underlined.
        let open = text[..range.start].rfind('"').expect("a quote opens") + 1;
        let line = &text[open..];
        let signs: &[&str] = match line.find(['(', '<', '>', '"']) {
            Some(at) if line[at..].starts_with('(') => &[")"],
            _ => &[" <", " >", "\""],
        };
        let length = signs
            .iter()
            .filter_map(|sign| line.find(sign))
            .min()
            .expect("a quote closes");
        let length = length + usize::from(signs == [")"]);
        (from, to) = (open, open + length);
    }
    format!("{}{suggestion}{}", &text[..from], &text[to..])
}

/// The errors of a model.
fn errors(text: &str) -> Vec<Diagnostic> {
    let (_, found) = read(text);
    found
        .into_iter()
        .filter(|one| one.code.starts_with('E'))
        .collect()
}

/// Checks that a word at a place is answered with a suggestion, which is right.
fn teaches(place: &str, written: &str, expected: &str) {
    let text = model_with(place, written);
    let mut text_now = text.clone();
    let first = errors(&text);
    assert!(!first.is_empty(), "{written} is an error");
    let said = seen(&text);
    assert!(
        said.contains(expected),
        "{written}: {expected} is not in\n{said}"
    );
    for _ in 0..3 {
        let left = errors(&text_now);
        let Some(error) = left.iter().find(|one| suggested(one).is_some()) else {
            assert_eq!(left, [], "{written}\n{text_now}");
            return;
        };
        text_now = applied(&text_now, error);
    }
    let left = errors(&text_now);
    assert_eq!(left, [], "{written}\n{text_now}");
}

#[test]
fn the_frame_is_sound() {
    assert_eq!(errors(&model_with("@none", "")), []);
}

#[test]
fn keys_of_other_tools_get_the_right_word() {
    let cases = [
        ("@service", "instances = 3", "`servers`"),
        ("@service", "replicas = 3", "`servers`"),
        ("@service", "pods = 3", "`servers`"),
        ("@service", "threads = 8", "`workers`"),
        ("@service", "concurrency = 8", "`workers`"),
        ("@service", "maxConnections = 8", "`workers`"),
        ("@service", "cpus = 2", "`cores`"),
        ("@service", "vcpu = 2", "`cores`"),
        ("@service", "latency = \"1ms\"", "`network`"),
        ("@service", "lb = \"random\"", "`balance`"),
        ("@service", "queue_size = 9", "`queue.limit`"),
        ("@service", "queue = { size = 9 }", "`limit`"),
        ("@service", "balance = \"least_conn\"", "`least-loaded`"),
        ("@service", "boot_ms = 500", "`boot = \"500ms\"`"),
        (
            "@service",
            "warm_after_seconds = 9",
            "`warm_after = \"9s\"`",
        ),
        ("@pool", "max_connections = 4", "`size`"),
        ("@pool", "connections = 4", "`size`"),
        ("@inner", "{ sleep = \"1ms\" }", "`wait`"),
        ("@inner", "{ loop = 3, steps = [] }", "`repeat`"),
        ("@step", "{ sleep = \"1s\" }", "`think`"),
        (
            "@step",
            "{ loop = 3, steps = [ { think = \"1s\" } ] }",
            "`repeat`",
        ),
        (
            "@step",
            "{ request = \"web.home\", timeout = \"1s\" }",
            "`call`",
        ),
        (
            "@step",
            "{ call = \"web.home\", timeout_ms = 500 }",
            "`timeout = \"500ms\"`",
        ),
        ("@retry", "max_attempts = 3", "`attempts`"),
        ("@retry", "backoff = { initial_delay = \"1s\" }", "`base`"),
        ("@arrivals", "rps = 100", "`rate = \"100/s\"`"),
        ("@arrivals", "qps = \"100/s\"", "`rate`"),
        ("@arrivals", "vus = 50", "`population`"),
        (
            "@arrivals",
            "ramp = [ { to = \"9/s\", for = \"1m\" } ]",
            "`stages`",
        ),
        (
            "@arrivals",
            "stages = [ { to = \"9/s\", duration = \"1m\" } ]",
            "`for`",
        ),
        (
            "@fault",
            "pause = { service = \"db\" }\nduration = \"1m\"",
            "`for`",
        ),
        ("@fault", "kill = { service = \"db\" }", "`crash`"),
        ("@model", "runs = 9", "`replications`"),
        ("@objective", "expr = \"share(served) >= 50%\"", "`that`"),
        ("@service", "workrs = 3", "`workers`"),
    ];
    for (place, written, expected) in cases {
        teaches(place, written, expected);
    }
}

#[test]
fn metrics_of_other_tools_get_the_right_words() {
    let cases = [
        ("utilization(db) < 80%", "`mean(db.utilisation)`"),
        ("mean(db.utilization) < 80%", "`mean(db.utilisation)`"),
        ("utilization(conn) < 80%", "`mean(conn.held)`"),
        ("p99(home) < 1s", "`p99(web.home.time)`"),
        ("p99(login) < 1s", "`p99(login.time)`"),
        ("p99.9(db) < 1s", "`p99.9(db.time)`"),
        ("p999(login.time) < 1s", "`p99.9(login.time)`"),
        ("avg(login.time) < 1s", "`mean(login.ok.time)`"),
        ("mean(login.time) < 1s", "`mean(login.ok.time)`"),
        ("median(login.time) < 1s", "`p50(login.time)`"),
        ("P95(login.time) < 1s", "`p95(login.time)`"),
        ("latency(login) < 1s", "`p95(login.time)`"),
        ("latency < 1s", "`p95(login.time)`"),
        ("login.latency < 1s", "`p95(login.time)`"),
        ("throughput(db) > 1/s", "`rate(db.completed)`"),
        ("throughput(home) > 1/s", "`rate(web.home.ok)`"),
        ("error_rate < 1%", "`share(login.failed)`"),
        ("error_rate(home) < 1%", "`share(web.home.failed)`"),
        ("availability > 99%", "`share(login.ok)`"),
        ("availability(home) > 99%", "`share(web.home.ok)`"),
        ("success_rate(login) > 99%", "`share(login.ok)`"),
        ("queue_length(db) < 5", "`mean(db.queue)`"),
        ("mean(seats.sold_out_at) > 1m", "`seats.sold_out_at`"),
        ("lgin.time < 1s", "`p95(login.time)`"),
        ("p95(lgin.tme) < 1s", "`p95(login.time)`"),
        ("login.time < 1s", "`p95(login.time)`"),
        ("p95(served) > 1%", "`share(served)`"),
        ("max(db.queue >= 3) < 50%", "`share(db.queue >= 3)`"),
        ("share(login.time) > 50%", "`share(login.time <= 2s)`"),
    ];
    for (written, expected) in cases {
        teaches("@objective", &format!("that = \"{written}\""), expected);
    }
}

/// A branch of a half, beside another.
const HALF: &str = r#"{ choose = [ { share = "50 percent", steps = [] },
    { share = "rest", steps = [] } ] }"#;

#[test]
fn values_of_other_tools_are_written_as_here() {
    let cases = [
        ("@arrivals", "rate = \"1200 rpm\"", "\"1200/min\""),
        ("@arrivals", "rate = \"100 rps\"", "\"100/s\""),
        ("@arrivals", "rate = \"5 users/s\"", "\"5/s\""),
        ("@arrivals", "rate = 100 rps", "\"100/s\""),
        ("@arrivals", "rate = 100/s", "\"100/s\""),
        ("@arrivals", "rate = 100", "\"100/s\""),
        ("@set", "\"2x\"", "\"x2\""),
        ("@set", "2x", "\"x2\""),
        ("@set", "x2", "\"x2\""),
        ("@inner", "{ cpu = 10ms }", "\"10ms\""),
        ("@inner", "{ cpu = 1s }", "\"1s\""),
        ("@inner", "{ cpu = exp(10ms) }", "\"exp(10ms)\""),
        ("@inner", "{ cpu = \"exp(10 msec)\" }", "`10ms`"),
        ("@inner", "{ cpu = \"10 seconds\" }", "\"10s\""),
        ("@inner", "{ cpu = \"1,5s\" }", "\"1.5s\""),
        ("@step", HALF, "\"50%\""),
        (
            "@step",
            "{ choose = [ { share = 50, steps = [] }, { share = \"rest\", steps = [] } ] }",
            "\"50%\"",
        ),
        (
            "@fault",
            "pause = { service = \"db\" }\nfor = 10m",
            "\"10m\"",
        ),
    ];
    for (place, written, expected) in cases {
        teaches(place, written, expected);
    }
}

#[test]
fn what_is_unknown_lists_what_is_near() {
    let said = seen(&model_with(
        "@objective",
        "that = \"p95(checkout.time) < 1s\"",
    ));
    assert!(said.contains("nothing is called `checkout`") || said.contains("`checkout.time`"));
    assert!(
        said.contains("names begin with ") && said.contains("`conn`"),
        "{said}"
    );
}

/// An error that a flag causes points at the flag, wherever the value is used.
#[test]
fn what_a_flag_breaks_is_shown_at_the_flag() {
    let text = model_with("@arrivals", "rate = \"$pace\"").replace(
        "[arrivals.all]",
        "[param.pace]\nvalue = \"1/s\"\n[arrivals.all]",
    );
    let (model, found) = read(&text);
    assert!(model.is_sound(), "{found:?}");
    for (path, value) in [
        ("param.pace", "5ms"),
        ("model.run_for", "0s"),
        ("service.db.servers", "2x"),
        ("service.db.severs", "2"),
    ] {
        let (model, found) = model.with(&[Change::new(path, value)]);
        let is_error = |one: &Diagnostic| one.code.starts_with('E');
        let errors: Vec<Diagnostic> = found.into_iter().filter(is_error).collect();
        let seen = render(&errors, model.sources(), Colour::Plain, Frame::Ascii);
        let first = seen.lines().nth(1).unwrap_or_default();
        assert!(first.contains("--> --set:1:"), "{path}={value}\n{seen}");
        assert!(seen.contains(&format!("{path}={value}")), "{seen}");
    }
}
