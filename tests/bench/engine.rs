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

const W1: &str = include_str!("w1.toml");
const W2: &str = include_str!("w2.toml");
const W3: &str = include_str!("w3.toml");

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
