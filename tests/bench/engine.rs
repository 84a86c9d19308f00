//! Events per second of named models: a record, not a gate.
//!
//! W1 is M/M/1 at 0.9, W2 M/M/100 at 0.95, W3 a launch with a login that times out, retries and
//! refuses. An event here is an event that the engine executed.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use onrush::engine::{Arena, Limits, Replication, run};
use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::program::{Asked, Program, compile};
use onrush::text::Source;

const W1: &str = r#"
[model]
title = "M/M/1"
run_for = "100000s"
[arrivals.users]
journey = "visit"
rate = "0.9/s"
[journey.visit]
steps = [ { call = "desk.serve" } ]
[service.desk]
endpoint.serve = [ { cpu = "exp(1s)" } ]
"#;

const W2: &str = r#"
[model]
title = "M/M/100"
run_for = "1000s"
[arrivals.users]
journey = "visit"
rate = "95/s"
[journey.visit]
steps = [ { call = "desk.serve" } ]
[service.desk]
workers = 100
endpoint.serve = [ { cpu = "exp(1s)" } ]
"#;

const W3: &str = r#"
[model]
title = "Launch with retries"
run_for = "600s"
drain = true
[arrivals.users]
journey = "visit"
stages = [ { rate = "100/s", for = "60s" }, { rate = "2000/s", for = "2m" },
           { rate = "200/s", for = "7m" } ]
[journey.visit]
steps = [
  { call = "web.page" },
  { name = "login", call = "auth.login", timeout = "2s", retry = "app" },
  { call = "catalog.list" },
  { think = "exp(3s)" },
  { call = "checkout.pay" },
]
[retry.app]
attempts = 4
backoff = { kind = "exponential", base = "1s", jitter = "exponential" }
[service.web]
workers = 8
endpoint.page = [ { cpu = "exp(2ms)" } ]
[service.auth]
workers = 16
queue = { limit = 2000 }
on_timeout = "dequeue"
endpoint.login = [ { cpu = "exp(20ms)" } ]
[service.catalog]
workers = 32
endpoint.list = [ { cpu = "lognormal(mean=10ms, cv=1)" } ]
[service.checkout]
workers = 16
endpoint.pay = [ { cpu = "exp(8ms)" } ]
"#;

fn program(text: &str) -> Program {
    let (model, _) = read(Source::new("bench.toml", text), Files::new());
    let model = Checked::new(model).expect("the model is sound");
    compile(&model, &Asked::default())
}

fn events(program: &Program, arena: &mut Arena) -> u64 {
    let replication = Replication {
        seed: 1,
        number: 0,
        limits: Limits::default(),
        stop: &|| false,
    };
    run(program, &replication, arena)
        .expect("it is within its limits")
        .events
}

fn engine(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("engine");
    group.sample_size(10);
    for (name, text) in [("W1", W1), ("W2", W2), ("W3", W3)] {
        let (program, mut arena) = (program(text), Arena::default());
        group.throughput(Throughput::Elements(events(&program, &mut arena)));
        group.bench_function(name, |b| b.iter(|| events(&program, &mut arena)));
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
