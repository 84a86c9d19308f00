//! Words for the results: what the ids of a program are called. The engine never looks.

use std::collections::BTreeMap;

use super::Tally;

/// Which probes judge an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judge {
    /// The value of its metric.
    pub value: usize,
    /// With `except`: seconds of the longest breach, which may be no longer than that.
    pub breach: Option<usize>,
    /// In a steady study: its metric over the first and over the last half of the measured time,
    /// where it is a metric of the whole of it. They have no name: nobody asked for them.
    pub halves: Option<[usize; 2]>,
}

/// Words for the results, in the order of the ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Sources of users.
    pub sources: Vec<String>,
    /// Journeys.
    pub journeys: Vec<String>,
    /// Top-level steps of each journey, as the funnel shows them.
    pub journey_steps: Vec<Vec<String>>,
    /// For each of these, the calls among the steps that it has itself, in order.
    pub journey_calls: Vec<Vec<Vec<String>>>,
    /// Services.
    pub services: Vec<String>,
    /// Endpoints, as `service.endpoint`.
    pub endpoints: Vec<String>,
    /// Call steps as metrics name them: the shortest name that is unique.
    pub calls: Vec<String>,
    /// What reports call steps, by the name of the call or of the top-level step.
    pub labels: BTreeMap<String, String>,
    /// Whether each of `calls` is a message (`send`).
    pub messages: Vec<bool>,
    /// Pools.
    pub pools: Vec<String>,
    /// Hedges.
    pub hedges: Vec<String>,
    /// Rooms.
    pub rooms: Vec<String>,
    /// What mechanisms count beside the usual, in the order of their ids.
    pub tallies: Vec<Tally>,
    /// Stocks.
    pub stocks: Vec<String>,
    /// Marks.
    pub marks: Vec<String>,
    /// Words of the model's own for outcomes, in the order of their numbers.
    pub own_outcomes: Vec<String>,
    /// Faults, in the order of [`Program::faults`](super::Program::faults).
    pub faults: Vec<String>,
    /// Metrics, normalised, in the order of [`Program::probes`](super::Program::probes).
    pub probes: Vec<String>,
    /// What judges each objective, in the order of the file.
    pub judges: Vec<Judge>,
    /// Probes of the metrics that words are given to: those of objectives, else who is served.
    pub headline: Vec<usize>,
    /// By measured series, the probes of its stretches. They have no name.
    pub observed: Vec<Vec<usize>>,
    /// Services in the order in which journeys reach them (rows of the heat map).
    pub services_in_call_order: Vec<String>,
}
