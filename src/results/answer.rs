//! Answers of the commands that ask more than `run` and `compare` do.
//!
//! One idea: a question has an answer in a word, with the figure that decides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::best::Best;
use super::calibrate::Calibrate;
use super::chain::Chain;
use super::estimate::Estimate;
use super::explain::Explain;
use super::size::Size;
use super::sweep::{Scalability, Sweep};
use super::tip::Tip;
use super::uncertain::Uncertain;
use super::versions::Versions;

/// One part for each kind of question; absent if it was not asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Answers {
    /// The model's own question, if it asks one of a variant that was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Answered>,
    /// Inputs drawn from their ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertain: Option<Uncertain>,
    /// Which variant is best, by as few launches as that takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Best>,
    /// The inputs that reproduce what was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibrate: Option<Calibrate>,
    /// How much is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// What happened in a typical launch and in a bad one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<Chain>,
    /// One or two inputs over their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// The universal scalability law of measured pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalability: Option<Scalability>,
    /// Which triggers are survived at which load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tip: Option<Tip>,
    /// Why it broke, and what would have prevented it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explain>,
    /// Two versions of a model, or two stored results, side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
    /// The beginning of a steady state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steady: Option<Steady>,
}

/// The answer to the model's question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Answered {
    /// The question as the model asks it.
    pub question: String,
    /// The variant that it is about.
    pub about: String,
    /// Yes, no, or not settled; absent without objectives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// The figure that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deciding: Option<Deciding>,
    /// True if the model meets every objective as it is, and the question is about a variant.
    pub holds_as_it_is: bool,
    /// The cheapest of the variants compared that meets every objective; absent if none does, or
    /// if the model does as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cheapest: Option<Cheapest>,
}

/// The word of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Not known at this number of replications.
    #[default]
    NotSettled,
}

/// The figure that decides an answer: of the first objective that failed, else of the first that is
/// unclear, else of the first; without objectives the first headline metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Deciding {
    /// The metric.
    pub metric: String,
    /// The number of the objective in the order of the file, from 0; absent without objectives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective: Option<u32>,
    /// The metric in the variant that the question is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Estimate>,
}

/// A variant that meets every objective for the least.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cheapest {
    /// The variant.
    pub variant: String,
    /// True if it met every objective in every launch so far, and the launches are too few to
    /// prove it.
    pub so_far: bool,
    /// What makes it cheaper than the next; absent if no other variant meets every objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Cheaper>,
    /// True if its server-hours and core-hours are those of the model as it is.
    pub same_cost: bool,
    /// The metric that decides the answer, in this variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Estimate>,
}

/// What makes one variant cheaper than another: the first of these that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cheaper {
    /// A lower price.
    Price,
    /// Fewer server-hours.
    ServerHours,
    /// Fewer core-hours.
    CoreHours,
    /// Fewer changed values.
    Changes,
    /// It stands first in the file.
    Order,
}

/// Where a steady state begins: what came before does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Steady {
    /// Seconds cut off from the start of the clock.
    pub warmup_s: f64,
    /// True if it was found by looking, false if the model gives it.
    pub found: bool,
    /// False if the run of any variant is too short to have settled; each says so itself.
    pub converged: bool,
    /// Replications that were looked at.
    pub pilot: u32,
}

/// Whether a variant of a steady study was watched for long enough. The measured part of every
/// replication must not drift, and must be 100 autocorrelation times long for means and shares, 500
/// for the 99th percentile and beyond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Settled {
    /// Whether means, shares and percentiles below the 99th are those of the long run.
    pub means: bool,
    /// Whether the 99th percentile and those beyond are.
    pub tails: bool,
    /// True if what is in the system rises or falls over the measured time.
    pub drifts: bool,
    /// True if more work comes in the measured time than some service or pool can do, so that it
    /// may never settle.
    pub overloaded: bool,
    /// The autocorrelation time, seconds: the length that is worth one independent value. That of
    /// the number of users inside, or in a service, that changes most slowly. Absent where nothing
    /// varies, or where the measured time is too short to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autocorrelation_s: Option<f64>,
    /// Autocorrelation times in the measured part of a replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lengths: Option<f64>,
    /// The `run_for`, seconds, that should do for means; absent where they have settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means_need_s: Option<f64>,
    /// The `run_for`, seconds, that should do for the 99th percentile and beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tails_need_s: Option<f64>,
}
