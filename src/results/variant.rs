//! What one variant did: users, requests, stations, objectives, time.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Settled;
use super::bottleneck::{Bottleneck, Event, Moment, Recovery, Split, Stable};
use super::estimate::{Estimate, MeanMax};
use super::judgement::{Objective, Standing};
use super::observed::Observed;
use super::overload::{Phase, Storm};
use super::request::Request;
use super::station::{Mark, Message, Pool, Room, Service, Stock};
use super::timeline::{Heat, Spectrum, Timeline};
use super::user::{Journey, Users};

/// Everything that was seen of one variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Variant {
    /// What it changes, by path; empty for the baseline.
    pub changes: BTreeMap<String, Change>,
    /// The variants that it is made of, in the order of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// How it stands against the baseline; absent for the baseline itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// All users.
    pub users: Users,
    /// Users by journey.
    pub journeys: BTreeMap<String, Journey>,
    /// The callers' view, by step as metrics name it (`login`, `preorder.login`,
    /// `shop.login` for an endpoint).
    pub requests: BTreeMap<String, Request>,
    /// The services' own view.
    pub services: BTreeMap<String, Service>,
    /// Pools and locks.
    pub pools: BTreeMap<String, Pool>,
    /// Rooms.
    pub rooms: BTreeMap<String, Room>,
    /// Users with a request whose first attempt has failed or was given up and that has not ended,
    /// and those at home before another visit.
    pub orbit: MeanMax,
    /// Those of them without an attempt under way: in backoff, or at home.
    pub orbit_waiting: MeanMax,
    /// What went on where it broke, while launches were unhealthy; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storm: Option<Storm>,
    /// The paths of some launches through queue and orbit; absent if hardly anybody is in orbit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Messages, by endpoint.
    pub messages: BTreeMap<String, Message>,
    /// What mechanisms counted beside the usual, by their path in the model and what was counted.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mechanisms: BTreeMap<String, BTreeMap<String, Estimate>>,
    /// Milestones.
    pub marks: BTreeMap<String, Mark>,
    /// Stocks.
    pub stock: BTreeMap<String, Stock>,
    /// What it costs.
    pub cost: Cost,
    /// Saturated resources, causes first, then by start.
    pub bottlenecks: Vec<Bottleneck>,
    /// Collapse and recovery; absent (with a note) if the horizon is too short to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// The load below which nothing leaves it stuck; only where anything is tried more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable: Option<Stable>,
    /// Headline metrics by whether the launch collapsed; only where some did and some did not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub split: BTreeMap<String, Split>,
    /// The objectives in the order of the file.
    pub objectives: Vec<Objective>,
    /// What happened, by time.
    pub events: Vec<Event>,
    /// What charts over time mark: faults, actions, doors, stocks that ran out, notes; by time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moments: Vec<Moment>,
    /// Metrics asked for, as written in the grammar, normalised.
    pub metrics: BTreeMap<String, Estimate>,
    /// The same in each replication that is kept in detail, in order; `null` where absent or
    /// infinite.
    pub values: BTreeMap<String, Vec<Option<f64>>>,
    /// What was measured, and how this variant compares; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
    /// Percentile spectra by step.
    pub spectrum: BTreeMap<String, Spectrum>,
    /// Quantities over time.
    pub timeline: Timeline,
    /// Latency histograms over time, by step.
    pub heat: BTreeMap<String, Heat>,
    /// Of a steady study: whether it was watched for long enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// What must hold for any of this to be believed.
    pub checks: Checks,
}

/// One change that a variant makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Change {
    /// The change as written, as `x2` or `3ms`.
    pub set: String,
    /// What stood there before, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What stands there now, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

/// What a variant costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cost {
    /// What the hours of servers cost, by the prices of `[cost]`, in its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Estimate>,
    /// Hours of servers, all services together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_hours: Option<Estimate>,
    /// Hours of cores, all services together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core_hours: Option<Estimate>,
}

/// Laws that a correct simulation cannot break, and how closely they were met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Checks {
    /// Whether users, requests and attempts add up exactly in every replication.
    pub conserved: bool,
    /// Largest relative gap of Little's law at any station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub little_gap_max: Option<f64>,
    /// Largest relative gap of the utilisation law at any station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilisation_gap_max: Option<f64>,
    /// Users still there at the end, as a share of those who came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished_share: Option<Estimate>,
    /// Users already there when statistics began (steady studies), summed over replications.
    pub present_at_start: u64,
}
