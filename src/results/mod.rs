//! The results document: the only serialised types, their schema and version.
//!
//! One idea: a study is known to reports, pages and other tools only through this document, so
//! every figure that is printed anywhere has a path in it. It is data alone: it knows neither
//! models nor engines, computes nothing, and holds no wall-clock time, host or path of a machine,
//! so that the same model, seed and version give the same bytes.
//!
//! Conventions, everywhere: times in seconds, rates per second, shares from 0 to 1; what does not
//! exist is absent, never 0 or NaN; maps are sorted by key, and where order matters a list beside
//! them gives it.

mod answer;
mod attribution;
mod best;
mod bottleneck;
mod calibrate;
mod chain;
mod difference;
mod estimate;
mod explain;
mod judgement;
mod observed;
pub mod key;
mod overload;
mod request;
mod size;
mod station;
mod subject;
mod sweep;
mod timeline;
mod uncertain;
mod tip;
mod user;
mod variant;
mod versions;
mod written;

pub use answer::{Answered, Answers, Cheaper, Cheapest, Deciding, Said, Settled, Steady};
pub use attribution::{
    Attribution, AttributionMethod, AttributionPart, Factorial, Interaction, MainEffect,
};
pub use best::{Best, BestRow};
pub use bottleneck::{
    Bottleneck, BottleneckKind, Effect, Event, EventKind, Holder, Lost, Moment, OutKind, Place,
    Recovery, ResourceKind, Split, Stable, Symptom, SymptomTest, TriggerKind,
};
pub use calibrate::{Calibrate, FittedParam, FittedPart, Untold, UntoldParam};
pub use chain::{Chain, ChainLaunch, ChainWhich};
pub use difference::{
    Because, Better, ChangedSides, Difference, Family, FamilyOf, Measure, NeverPairs, Unit,
    Verdict, WithinIs,
};
pub use estimate::{
    Estimate, MeanMax, Percentiles, Pooled, PooledPercentile, Probability, Rare, Times,
};
pub use explain::{
    AtInput, Cause, CauseKind, CausePair, Cleared, ClearedWhy, Explain, Impact, ImpactKind, Latest,
    Link, LinkKind, Prevention, Sensitive, Set, ShareMethod, Smallest, Together,
};
pub use judgement::{Objective, ObjectiveVerdict, Standing, StandingVerdict};
pub use observed::{Inside, Observed, ObservedFigure, ObservedSeries, Outside};
pub use overload::{Backlog, Lane, Odd, Path, Phase, Storm};
pub use request::{Attempts, Request};
pub use size::{Binding, Frontier, FrontierPoint, Rung, Size, SizeFound, SizedKnob};
pub use station::{Mark, Message, Pool, Room, Service, Stock, Wasted};
pub use subject::{
    CallFacts, FaultFacts, Known, Labels, ModelFacts, NoteAt, ParamFacts, SourceFacts, Study,
};
pub use sweep::{
    Curve, CurveKnee, Fitted, Line, LineLaw, Scalability, Sweep, SweptInput, UslFit, UslMethod,
};
pub use timeline::{Heat, Series, Spectrum, Timeline};
pub use tip::{Tip, TipCell, TipColumn, TipFound, TipKnob, TipWorse};
pub use uncertain::{
    Conclusion, Draw, DrawnParam, Fraction, InputWorth, OutcomeOverRanges, Regret, Surrogate,
    Uncertain, VarianceSplit, VariantRegret,
};
pub use user::{Journey, Outcomes, StepFlow, Users};
pub use variant::{Change, Checks, Cost, Variant};
pub use versions::{Shape, Versions};

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::visible::{is_hidden, visible};

/// The name and version of the document that this build writes and reads.
pub const SCHEMA: &str = "onrush.results/1";

/// The whole answer to one question: what was asked, what every variant did, how they differ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(title = "onrush results")]
pub struct Results {
    /// Always `onrush.results/1`: the version of this document's shape.
    pub schema: String,
    /// Version of onrush that computed it.
    pub onrush: String,
    /// The command that asked: `run`, `compare`, `uncertain` …
    pub command: String,
    /// False if the study ended before everything asked for was done; the rest is then valid for
    /// the replications that were finished.
    pub complete: bool,
    /// Why no further replication was run.
    pub stopped: Stopped,
    /// What was simulated.
    pub model: ModelFacts,
    /// The seed of all luck.
    pub seed: u64,
    /// Replications ("launches") that every figure rests on unless its own `n` says less.
    pub replications: u32,
    /// How many of them are kept in detail, the first ones, where that is not all: tables, series,
    /// events, bottlenecks and `values` are of these, objectives, metrics, recovery, differences
    /// and attribution of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detailed: Option<u32>,
    /// Confidence of each interval that does not give its own, as a share.
    pub confidence: f64,
    /// True if every variant met the same users with the same luck.
    pub paired: bool,
    /// The metrics that are given words, and the confidence at which they hold together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<FamilyOf>,
    /// How exact recorded quantities are, apart from chance.
    pub precision: Precision,
    /// Every variant, baseline first, then as in the file.
    pub order: Vec<String>,
    /// For each metric that occurs as a key in `metrics`, `differences` or `attribution`: its unit
    /// and which direction is better.
    pub measures: BTreeMap<String, Measure>,
    /// What each variant did, by name.
    pub variants: BTreeMap<String, Variant>,
    /// Paired differences from the baseline: variant, then metric.
    pub differences: BTreeMap<String, BTreeMap<String, Difference>>,
    /// What each change of a variant is worth: variant, then metric.
    pub attribution: BTreeMap<String, BTreeMap<String, Attribution>>,
    /// Answers of the commands that ask more than `run` and `compare` do.
    pub answers: Answers,
    /// What a reader should know before believing a figure.
    pub notes: Vec<Note>,
    /// The files of the report that this document belongs to, itself among them, as paths from its
    /// folder; absent in a document that stands alone. The next report to the same folder removes
    /// those that it does not write itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl AsMut<Results> for Results {
    fn as_mut(&mut self) -> &mut Results {
        self
    }
}

/// Why a study ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// The number of replications asked for was done.
    #[default]
    Replications,
    /// The headline metrics are known as exactly as asked.
    Precision,
    /// The largest number of replications allowed was reached before that.
    Budget,
    /// The time that was allowed was over.
    Time,
    /// Launches that were to be played elsewhere are not there.
    Partial,
    /// Somebody interrupted it.
    Interrupted,
}

impl Stopped {
    /// Whether it came to no end of its own, and nobody knows what is still missing.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Stopped::Partial | Stopped::Interrupted)
    }
}

/// How exact recorded quantities are, apart from chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Precision {
    /// Largest relative error of a percentile that comes from a sketch.
    pub sketch_relative: f64,
    /// Width of the bins of time series, seconds.
    pub bin_s: f64,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoteLevel {
    /// Good to know.
    #[default]
    Note,
    /// May make a figure misleading.
    Warning,
}

/// Something that a reader should know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// Stable code, as `N012`.
    pub code: String,
    /// How much it matters.
    pub level: NoteLevel,
    /// A sentence in plain words.
    pub text: String,
    /// The metric, step or service that it is about, if one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Why a text is not a results document of this version.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    /// Not JSON, or a key is missing or of another type.
    #[error("not a results document: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Written by another version of the document.
    #[error("results of version `{found}`; this onrush reads `{SCHEMA}`")]
    OtherVersion {
        /// What the text says it is.
        found: String,
    },
}

/// The document as text: a key a line, a list on one line, a newline at the end; the same bytes for
/// the same results. Every number is printed with as many digits as give it back exactly.
pub fn to_json(results: &Results) -> String {
    written::text(results)
}

/// Reads what [`to_json`] wrote.
///
/// # Errors
/// If the text is not JSON of this shape, or of another version.
pub fn from_json(text: &str) -> Result<Results, ReadFailure> {
    let mut value: Value = serde_json::from_str(text)?;
    show(&mut value);
    let found = value
        .get("schema")
        .and_then(Value::as_str)
        .unwrap_or("none");
    if found != SCHEMA {
        return Err(ReadFailure::OtherVersion {
            found: found.to_owned(),
        });
    }
    Ok(serde_json::from_value(value)?)
}

/// Makes every text of a document visible. A document that a study wrote has nothing to hide; one
/// that came from elsewhere may.
fn show(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(shown) = visible(text) {
                *text = shown;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(show),
        Value::Object(entries) => {
            if entries.keys().any(|key| key.contains(is_hidden)) {
                let shown = std::mem::take(entries).into_iter();
                *entries = shown
                    .map(|(key, value)| (visible(&key).into_owned(), value))
                    .collect();
            }
            entries.values_mut().for_each(show);
        }
        _ => {}
    }
}

/// The files that a document lists as those of its report, whatever its version; none if the text
/// is no such document.
pub fn listed(text: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Listed {
        schema: String,
        files: Vec<String>,
    }
    match serde_json::from_str::<Listed>(text) {
        Ok(listed) if listed.schema.starts_with("onrush.results/") => listed.files,
        _ => Vec::new(),
    }
}

/// JSON Schema of the document; every key is described.
pub fn schema() -> Value {
    schemars::schema_for!(Results).to_value()
}

#[cfg(test)]
mod tests;
