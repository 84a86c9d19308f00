//! What was measured, beside what the launches of a variant do.
//!
//! One idea: every measured value is held against the same metric of each launch over the same
//! stretch of time. The one number is the share of values between the 5 % and the 95 % point of
//! launches: nine in ten if the incident was one launch of the model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difference::Unit;

/// What was measured, and how a variant compares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Observed {
    /// What was added to the times of the file, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset_s: Option<f64>,
    /// True if the offset was found by comparing, false if the model gives it.
    pub offset_found: bool,
    /// How many values of all series lie within the p5–p95 band; absent without a series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<Inside>,
    /// The series, in the order of the model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<ObservedSeries>,
    /// The published figures, in the order of the model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<ObservedFigure>,
}

/// How many values lie where nine launches in ten do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Inside {
    /// Values between the 5 % and the 95 % point of launches.
    pub inside: u32,
    /// Values compared.
    pub of: u32,
    /// The one as a share of the other.
    pub share: f64,
}

/// A measured series and the same metric of the launches, stretch by stretch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ObservedSeries {
    /// The column of the file.
    pub column: String,
    /// What it measures.
    pub metric: String,
    /// The unit of all values.
    pub unit: Unit,
    /// True if a calibration never uses it.
    pub check: bool,
    /// Begin of each stretch, seconds from T+0.
    pub from_s: Vec<f64>,
    /// End of each stretch, seconds from T+0.
    pub to_s: Vec<f64>,
    /// What was measured in each stretch.
    pub observed: Vec<f64>,
    /// The mean over launches; `null` where the metric does not exist, or is infinite in one.
    pub mean: Vec<Option<f64>>,
    /// One launch in twenty is at or below this.
    pub p5: Vec<Option<f64>>,
    /// One launch in ten is at or below this.
    pub p10: Vec<Option<f64>>,
    /// Nine launches in ten are at or below this; `null` where it is infinite.
    pub p90: Vec<Option<f64>>,
    /// Nineteen launches in twenty are at or below this; `null` where it is infinite.
    pub p95: Vec<Option<f64>>,
    /// What was measured less the mean over launches.
    pub residual: Vec<Option<f64>>,
    /// How many values lie within the p5–p95 band of launches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<Inside>,
    /// Root of the mean square of the residuals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rmse: Option<f64>,
    /// The same as a part of the mean size of what was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nrmse: Option<f64>,
    /// Mean of the residuals as a part of the mean size of what was measured: below 0 if the
    /// simulation is too high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias: Option<f64>,
    /// The longest time without a value inside the band; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Outside>,
}

/// A part of the time in which every value lies on the same side of the p5–p95 band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Outside {
    /// Its begin, seconds from T+0.
    pub from_s: f64,
    /// Its end, seconds from T+0.
    pub to_s: f64,
    /// Values in it.
    pub values: u32,
    /// True if what was measured is above what launches do.
    pub above: bool,
}

/// A published figure and the same metric of the launches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ObservedFigure {
    /// What it is.
    pub that: String,
    /// Its unit.
    pub unit: Unit,
    /// The least that was published.
    pub low: f64,
    /// The most that was published; the same where one value was.
    pub high: f64,
    /// Its standard error beside the range, in its unit.
    pub give: f64,
    /// True if a calibration never uses it.
    pub check: bool,
    /// Launches in which it exists.
    pub n: u32,
    /// The mean over launches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// One launch in twenty is at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p5: Option<f64>,
    /// Half of the launches are at or below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// Nineteen launches in twenty are at or below this; absent if it is infinite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// Whether what was published, give and take, meets the span from p5 to p95.
    pub inside: bool,
}
