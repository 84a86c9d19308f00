//! What a study is to do: seed, how many replications, at which confidence, within which limits.
//!
//! One idea: the model proposes, the command line disposes; the plan is what came out of both.

use std::collections::BTreeMap;

use crate::base::time::{Span, Time};
use crate::engine::{Exceeded, LISTED_BYTES, Limits, SERVER_BYTES};
use crate::estimate::measure::Threshold;
use crate::model::budget::Budget;
use crate::model::{self, Model};
use crate::text::Diagnostic;

/// The most replications of a sequential study unless told otherwise.
pub const AT_MOST: u32 = 1_000;

/// What a study is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The seed of all luck.
    pub seed: u64,
    /// How many replications.
    pub effort: Effort,
    /// Confidence of every interval, 0 to 1.
    pub confidence: f64,
    /// Threads; 0 is one for each core. No result depends on it.
    pub threads: usize,
    /// Practical thresholds by metric, before those of objectives and the usual ones.
    pub same_within: BTreeMap<String, Threshold>,
    /// What one replication may use.
    pub limits: Limits,
    /// Which variants are taken apart into the worth of their changes.
    pub attribute: Attribute,
    /// How long it may take; no limit where nothing is said.
    pub within: Option<Span>,
    /// Whether every replication is played, also those that are in the store.
    pub fresh: bool,
    /// From when on variants apply; from the start where nothing is said.
    pub from: Option<Time>,
    /// Changes that were made to the model on the command line: path and value as written.
    pub set: BTreeMap<String, String>,
}

/// How many replications are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effort {
    /// So many.
    Replications(u32),
    /// As many as it takes.
    Precision {
        /// Half width of every headline metric as a share of its mean.
        relative: f64,
        /// The most replications allowed.
        at_most: u32,
    },
}

/// Which variants are taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attribute {
    /// Every one with more than one change.
    #[default]
    Every,
    /// Every one with more than one change, from all replications, with effects and interactions.
    Factorial,
    /// Only those made of other variants.
    Composed,
    /// None.
    Nothing,
}

impl Plan {
    /// What the model itself proposes.
    pub fn of(model: &Model) -> Plan {
        Plan {
            seed: model.seed,
            effort: match model.effort {
                model::Effort::Replications(n) => Effort::Replications(n),
                model::Effort::Precision(relative) => Effort::Precision {
                    relative,
                    at_most: AT_MOST,
                },
            },
            confidence: model.confidence,
            threads: 0,
            same_within: BTreeMap::new(),
            limits: Limits::default(),
            attribute: Attribute::Every,
            within: None,
            fresh: false,
            from: None,
            set: BTreeMap::new(),
        }
    }
}

/// What a launch within these limits may cost, for what is known of a model before it runs.
pub fn budget(limits: Limits) -> Budget {
    Budget {
        events: limits.events,
        bytes: limits.bytes,
        bytes_of_user: LISTED_BYTES,
        bytes_of_server: SERVER_BYTES,
    }
}

/// Why a study could not answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A replication needed more than it may use.
    #[error("replication {replication} of `{variant}` needs too much: {why}")]
    Exceeded {
        /// The variant.
        variant: String,
        /// The number of the replication, from 0.
        replication: u32,
        /// What was exceeded.
        why: Exceeded,
    },
    /// A replication found no room beside what is kept of those before it.
    #[error(
        "replication {replication} of `{variant}` finds no room: what is kept of the {finished} \
         finished so far takes {bytes} of the {limit} bytes allowed: make fewer replications, or \
         raise `--memory`"
    )]
    Full {
        /// The variant.
        variant: String,
        /// The number of the replication, from 0.
        replication: u32,
        /// How many are finished, of all variants.
        finished: usize,
        /// What is kept of them.
        bytes: usize,
        /// What may be used.
        limit: usize,
    },
    /// The time that was allowed was over before any replication was finished.
    #[error("the time is over before a replication was finished: allow more with `--within`")]
    OutOfTime,
    /// Somebody asked to stop before any replication was finished.
    #[error("interrupted before a replication was finished")]
    Interrupted,
    /// No parameter has a range.
    #[error("no parameter of the model has a `range`, so there is nothing to draw")]
    NothingUncertain,
    /// A calibration has nothing to fit, or nothing to fit to.
    #[error("{why}")]
    NothingToFit {
        /// What is missing.
        why: String,
    },
    /// There is nothing that must hold, or no value makes a valid model.
    #[error("{why}")]
    NothingToSize {
        /// What is missing.
        why: String,
    },
    /// A sweep or the search for a tipping point cannot be made as asked.
    #[error("{why}")]
    NothingToSweep {
        /// What is missing or wrong.
        why: String,
    },
    /// No variant of the model has this name.
    #[error("no variant is called `{name}`")]
    UnknownVariant {
        /// The name.
        name: String,
        /// Names that exist, in the order of the file.
        known: Vec<String>,
    },
    /// A variant is no valid model.
    #[error("the variant `{variant}` is not a valid model")]
    Invalid {
        /// The variant.
        variant: String,
        /// What is wrong with it.
        diagnostics: Vec<Diagnostic>,
        /// The texts that the diagnostics point into.
        sources: Box<crate::text::Sources>,
    },
}
