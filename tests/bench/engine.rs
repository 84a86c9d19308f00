//! Events per second of named models: a record, not a gate.
//!
//! W1 is M/M/1 at 0.9, W2 M/M/100 at 0.95, W3 a launch with a login that times out, retries and
//! refuses; W3 guarded the same with a breaker and a budget that have nothing to do. A room lets a
//! crowd in; ten and a hundred services call five others each. An event here is an event that the
//! engine executed.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use onrush::engine::{Arena, Limits, Replication, run};
use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::program::{Asked, Program, compile};
use onrush::text::Source;

const W1: &str = include_str!("w1.toml");
const W2: &str = include_str!("w2.toml");
const W3: &str = include_str!("w3.toml");
const W3_GUARDED: &str = include_str!("w3-guarded.toml");
const ROOM: &str = include_str!("room.toml");

/// So many services; whoever comes asks one of them, which asks the next five.
fn mesh(services: usize) -> String {
    let share = format!("{}%", 100.0 / services as f64);
    let asks = |n| format!("{{ share = \"{share}\", steps = [ {{ call = \"s{n}.ask\" }} ] }}");
    let choose: Vec<String> = (1..services).map(asks).collect();
    let mut text = format!(
        "[model]\nrun_for = \"200s\"\n[arrivals.all]\njourney = \"visit\"\nrate = \"500/s\"\n\
         [journey.visit]\nsteps = [ {{ choose = [ {}, \
         {{ share = \"rest\", steps = [ {{ call = \"s0.ask\" }} ] }} ] }} ]\n",
        choose.join(", ")
    );
    for n in 0..services {
        let calls = (1..=5).map(|k| format!("{{ call = \"s{}.leaf\" }}", (n + k) % services));
        let calls: Vec<String> = calls.collect();
        text += &format!(
            "[service.s{n}]\nworkers = {}\nendpoint.leaf = [ {{ cpu = \"exp(5ms)\" }} ]\n\
             endpoint.ask = [ {{ cpu = \"exp(5ms)\" }}, {} ]\n",
            1_000 / services,
            calls.join(", ")
        );
    }
    text
}

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
    let (ten, hundred) = (mesh(10), mesh(100));
    for (name, text) in [
        ("W1", W1),
        ("W2", W2),
        ("W3", W3),
        ("W3 guarded", W3_GUARDED),
        ("room", ROOM),
        ("ten services", &ten),
        ("a hundred services", &hundred),
    ] {
        let (program, mut arena) = (program(text), Arena::default());
        group.throughput(Throughput::Elements(events(&program, &mut arena)));
        group.bench_function(name, |b| b.iter(|| events(&program, &mut arena)));
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
