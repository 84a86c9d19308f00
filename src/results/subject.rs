//! What was simulated: the facts of the model that a report must repeat.
//!
//! One idea: a stored result is reported without its model, so whatever a reader needs of the
//! model (title, inputs and how well they are known, names in reading order) is copied here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The facts of the model that a report repeats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ModelFacts {
    /// The model's own title.
    pub title: String,
    /// The question that the model is there to answer: as it says itself, else its first comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What reports call things.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// Name of the model's file, without folders.
    pub file: String,
    /// Hash of the model's text and of the changes given on the command line.
    pub hash: String,
    /// Launch or steady.
    pub study: Study,
    /// Start of clock and statistics, seconds from T+0.
    pub from_s: f64,
    /// The horizon, seconds from T+0.
    pub to_s: f64,
    /// True if runs go on after the horizon until everyone has left.
    pub drain: bool,
    /// What T+0 is called on the calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// From when on the variants apply, seconds from T+0; absent where that is from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variants_from_s: Option<f64>,
    /// Changes given on the command line: path and value as written.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// Named inputs.
    pub params: BTreeMap<String, ParamFacts>,
    /// Sources of users.
    pub sources: BTreeMap<String, SourceFacts>,
    /// Names of the steps of each journey, in order; also the keys of `requests` for calls.
    pub journeys: BTreeMap<String, Vec<String>>,
    /// Services in call order: callers before those they call. Rows of the heat map.
    pub services: Vec<String>,
    /// Who calls whom, users first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallFacts>,
    /// Faults, in order of time.
    pub faults: Vec<FaultFacts>,
    /// The variants that the model has, run or not, in the order of the file.
    pub variants: Vec<String>,
    /// Remarks of the model for the timeline.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteAt>,
}

/// What reports call things that the model gives a label, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Labels {
    /// Variants.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, String>,
    /// Services.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, String>,
    /// Steps, by their names in `journeys` and `requests`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<String, String>,
}

impl Labels {
    /// Whether nothing has a label.
    pub fn is_empty(&self) -> bool {
        self.variants.is_empty() && self.services.is_empty() && self.steps.is_empty()
    }
}

/// Whether a study ends by itself or looks at the long run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Study {
    /// Terminating: everything from the first arrival to the horizon counts.
    #[default]
    Launch,
    /// Steady state: a warm-up is cut off.
    Steady,
}

/// How an input is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Measured on the real system.
    Measured,
    /// Taken from a publication.
    Published,
    /// Found by calibration.
    Fitted,
    /// A guess.
    #[default]
    Assumed,
}

/// A named input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ParamFacts {
    /// The base case as a number (durations in seconds, shares 0–1); absent if it is a
    /// distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The base case as written in the model.
    pub written: String,
    /// Its 5 % point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Its 95 % point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The range as written in the model: 5 % and 95 % point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_written: Option<[String; 2]>,
    /// How it is known.
    pub known: Known,
    /// What it means, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Unit of `value`: `s`, `/s`, `share`, `count`, `bytes`, `bytes/s`, or a word of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A source of users.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SourceFacts {
    /// The journey that its users make.
    pub journey: String,
    /// Its form: `rate`, `stages`, `crowd`, `burst`, `file` or `population`.
    pub form: String,
    /// Users that it is expected to send until the horizon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_users: Option<f64>,
}

/// The calls of users or of a service to a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CallFacts {
    /// The calling service; absent for users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The service that is called.
    pub to: String,
    /// Messages: nobody waits for an answer.
    pub message: bool,
    /// The steps that call, by their names in `requests`; of messages the endpoints, as in
    /// `messages`.
    pub names: Vec<String>,
}

/// A fault of the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FaultFacts {
    /// Its name in the model.
    pub name: String,
    /// Its start, seconds from T+0.
    pub from_s: f64,
    /// Its end, seconds from T+0; absent if it lasts to the horizon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_s: Option<f64>,
    /// What it does, in words of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// A remark of the model for the timeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoteAt {
    /// Seconds from T+0.
    pub at_s: f64,
    /// Its text.
    pub text: String,
}
