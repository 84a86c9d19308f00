//! What the author meant: the words of the language, read and checked.
//!
//! A [`Model`] is complete and resolved: defaults filled in, parameters substituted, names
//! verified. It knows nothing of how it will be executed. Named things are kept sorted by name, so
//! that the order of tables in a file changes no number; variants, objectives and steps keep the
//! order of the file.

pub mod document;
pub mod param;
pub mod arrival;
pub mod journey;
pub mod step;
pub mod service;
pub mod pool;
pub mod room;
pub mod stock;
pub mod retry;
pub mod fault;
pub mod action;
pub mod metric;
pub mod objective;
pub mod variant;
pub mod overlay;

use std::collections::BTreeMap;
use std::ops::Deref;

use crate::base::time::{Span, Time};
use crate::text::Sources;

use self::action::Action;
use self::arrival::Arrivals;
use self::fault::Fault;
use self::journey::Journey;
use self::objective::Objective;
use self::param::Param;
use self::pool::Pool;
use self::retry::Retry;
use self::room::Room;
use self::service::Service;
use self::stock::Stock;
use self::variant::Variant;

/// A model as far as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Its title; the file's name if it has none.
    pub title: String,
    /// Which date T+0 was, as written; only labels know it.
    pub starts: Option<String>,
    /// The horizon, from T+0.
    pub run_for: Span,
    /// Whether the simulation runs on until everyone has left.
    pub drain: bool,
    /// What kind of question it is.
    pub study: Study,
    /// The seed of all luck.
    pub seed: u64,
    /// How many replications are made.
    pub effort: Effort,
    /// The confidence of intervals, 0 to 1.
    pub confidence: f64,
    /// Named inputs.
    pub params: BTreeMap<String, Param>,
    /// Who comes.
    pub arrivals: BTreeMap<String, Arrivals>,
    /// What they do.
    pub journeys: BTreeMap<String, Journey>,
    /// What they hit.
    pub services: BTreeMap<String, Service>,
    /// What steps hold.
    pub pools: BTreeMap<String, Pool>,
    /// Doors.
    pub rooms: BTreeMap<String, Room>,
    /// What runs out.
    pub stocks: BTreeMap<String, Stock>,
    /// Retry policies.
    pub retries: BTreeMap<String, Retry>,
    /// What goes wrong; only what is switched on.
    pub faults: BTreeMap<String, Fault>,
    /// What operators do; only what is switched on.
    pub actions: BTreeMap<String, Action>,
    /// What must hold, in file order.
    pub objectives: Vec<Objective>,
    /// The what-ifs, in file order.
    pub variants: Vec<Variant>,
    /// Remarks for the timeline, in order of time.
    pub notes: Vec<Note>,
    /// When a system counts as healthy again.
    pub recovery: Recovery,
    origin: Origin,
}

/// Where a model came from. It takes no part in comparing: two models are equal when they say the
/// same, whatever text said it.
#[derive(Clone, Debug, Default)]
struct Origin {
    sources: Sources,
    errors: usize,
}

impl PartialEq for Origin {
    fn eq(&self, _: &Origin) -> bool {
        true
    }
}

/// What kind of question a model asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Study {
    /// A launch: from a beginning to an end, everything counts.
    Launch,
    /// A steady state: the beginning does not count.
    Steady(Warmup),
}

/// How the beginning of a steady state is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warmup {
    /// By this much.
    Given(Span),
    /// Where the simulation itself shows that it has settled.
    Auto,
}

/// How many replications are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effort {
    /// So many.
    Replications(u32),
    /// As many as it takes for this half-width relative to the value, 0 to 1.
    Precision(f64),
}

/// A remark for the timeline of reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// When.
    pub at: Time,
    /// What.
    pub text: String,
}

/// When a system counts as healthy, and how long it may take to be so again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// The length of a window.
    pub window: Span,
    /// The least share of requests ok in a healthy window.
    pub share_ok: f64,
    /// The most that the median of ok requests may exceed that before the trigger, as a factor.
    pub slower: f64,
    /// Windows before the trigger that say what is normal.
    pub before: u32,
    /// Windows in a row that make it healthy or unhealthy.
    pub in_a_row: u32,
    /// The end of the trigger; found from faults and load if absent.
    pub trigger_ends: Option<Time>,
}

/// A model without errors: the only kind that can be compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked(Model);

impl Checked {
    /// The model if it has no errors.
    pub fn new(model: Model) -> Option<Checked> {
        (model.origin.errors == 0).then_some(Checked(model))
    }

    /// The model itself, to change it.
    pub fn into_model(self) -> Model {
        self.0
    }
}

impl Deref for Checked {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.0
    }
}

impl Model {
    /// The texts that it was read from, to show diagnostics.
    pub fn sources(&self) -> &Sources {
        &self.origin.sources
    }

    /// The horizon as an instant.
    pub fn horizon(&self) -> Time {
        Time::ZERO + self.run_for
    }

    /// Where the clock starts: T+0, or the earliest possible arrival if that is before.
    pub fn begins(&self) -> Time {
        let earliest = self.arrivals.values().map(Arrivals::begins).min();
        earliest.map_or(Time::ZERO, |begin| begin.min(Time::ZERO))
    }
}
