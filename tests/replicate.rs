//! A model text, compiled and replicated: what the tests of theory, determinism and chance share.
//!
//! Replications run on plain threads, each with its own arena, and what is kept of them stands in
//! the order of their numbers, so no result knows how many threads there were.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use onrush::engine::{self, Arena, Limits, Replication};
use onrush::model::files::Files;
use onrush::model::metric::Metric;
use onrush::model::overlay::Change;
use onrush::model::{self, Checked, Model};
use onrush::observation::Observation;
use onrush::program::{Asked, Program, compile};
use onrush::study::{Onlooker, Silent};
use onrush::text::render::{Colour, Frame, render};
use onrush::text::{Diagnostic, Source};

/// A data file that models may name.
const LOG: (&str, &str) = ("log.csv", "at,users\n0.5,1\n1,2\n4,3\n");

/// Nobody looks on: no progress, no end, no store.
pub(crate) const ALONE: Onlooker<'static> = Onlooker {
    progress: &Silent,
    stop: &|| false,
    until: None,
    store: None,
};

/// The model of a text without errors.
pub(crate) fn read(text: &str) -> Checked {
    checked(text, &[])
}

/// The model of a text without errors, with changes worked in.
pub(crate) fn checked(text: &str, changes: &[(&str, &str)]) -> Checked {
    let mut files = Files::new();
    files.insert(LOG.0, LOG.1.to_owned());
    let (model, diagnostics) = model::read(Source::new("model.toml", text), files);
    let model = sound(model, &diagnostics);
    if changes.is_empty() {
        return model;
    }
    let changes: Vec<Change> = changes.iter().map(|(p, v)| Change::new(p, v)).collect();
    let (model, diagnostics) = model.with(&changes);
    sound(model, &diagnostics)
}

fn sound(model: Model, diagnostics: &[Diagnostic]) -> Checked {
    let seen = render(diagnostics, model.sources(), Colour::Plain, Frame::Ascii);
    let written = model.written();
    Checked::new(model).unwrap_or_else(|| panic!("{seen}\n{written}"))
}

/// A program, and where it answers the metrics that were asked.
pub(crate) struct Question {
    pub(crate) program: Program,
    at: Vec<usize>,
}

impl Question {
    /// Compiles a model so that it answers these metrics.
    pub(crate) fn new(model: &Checked, metrics: &[&str]) -> Question {
        let metrics: Vec<Metric> = metrics
            .iter()
            .map(|text| {
                let metric = model.metric(text);
                metric.unwrap_or_else(|why| panic!("{text}: {why:?}"))
            })
            .collect();
        let names: Vec<String> = metrics.iter().map(ToString::to_string).collect();
        let program = compile(
            model,
            &Asked {
                metrics,
                ..Asked::default()
            },
        );
        let place = |name: &String| {
            let found = program.names.probes.iter().position(|probe| probe == name);
            found.unwrap_or_else(|| panic!("{name} is not answered"))
        };
        let at = names.iter().map(place).collect();
        Question { program, at }
    }

    /// The answers of one replication, in the order of the metrics.
    pub(crate) fn answers(&self, seen: &Observation) -> Vec<Option<f64>> {
        self.at.iter().map(|at| seen.metrics[*at]).collect()
    }
}

/// One replication, whole.
pub(crate) fn replication(
    program: &Program,
    seed: u64,
    number: u32,
    arena: &mut Arena,
) -> Observation {
    let replication = Replication {
        seed,
        number,
        limits: Limits {
            events: 100_000_000,
            ..Limits::default()
        },
        stop: &|| false,
    };
    engine::run(program, &replication, arena)
        .unwrap_or_else(|why| panic!("seed {seed}, replication {number}: {why}"))
}

/// What is kept of `count` replications on `threads` threads, in the order of their numbers.
pub(crate) fn replicate<T: Send>(
    program: &Program,
    seed: u64,
    count: u32,
    threads: usize,
    keep: &(dyn Fn(Observation) -> T + Sync),
) -> Vec<T> {
    let next = AtomicU32::new(0);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                let mut arena = Arena::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let kept = keep(replication(program, seed, number, &mut arena));
                    sender.send((number, kept)).expect("the receiver outlives");
                }
            });
        }
    });
    drop(sender);
    let mut kept: Vec<(u32, T)> = receiver.into_iter().collect();
    kept.sort_by_key(|(number, _)| *number);
    kept.into_iter().map(|(_, kept)| kept).collect()
}

/// As many threads as the machine has.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}
