//! One or two inputs over their values, and the universal scalability law of measured pairs.
//!
//! One idea: a curve is its values with their intervals; the knee and the line of a formula stand
//! beside it, each with the name of its method.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difference::{Better, Unit};
use super::estimate::Estimate;

/// The answer of `sweep`. The variant in the document is the model as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sweep {
    /// What was moved, in the order of asking; one or two.
    pub inputs: Vec<SweptInput>,
    /// Launches of each combination, the values of the first input running fastest; 0 where the
    /// combination makes no valid model or was not reached before somebody stopped it.
    pub launches: Vec<u32>,
    /// The curves.
    pub curves: Vec<Curve>,
}

/// An input that was moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SweptInput {
    /// Its path in the model.
    pub path: String,
    /// What stands behind each number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Its values, upwards.
    pub values: Vec<f64>,
    /// As written in the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

/// A metric over all combinations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Curve {
    /// The metric, as written.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Which direction is better.
    pub better: Better,
    /// The limit of the first objective on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// By combination; absent where it does not exist.
    pub values: Vec<Option<Estimate>>,
    /// The knee along the first input, by value of the second (one without a second): the point
    /// farthest from the straight line between the ends (Kneedle, Satopää et al. 2011); absent
    /// where there is none, or what there is could be luck.
    pub knees: Vec<Option<CurveKnee>>,
    /// The line of a formula, where its conditions hold at every value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
}

/// The knee of a curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CurveKnee {
    /// Number of the value of the first input.
    pub at: u32,
    /// Distance from the straight line, as a part of the height of the curve.
    pub distance: f64,
}

/// What a formula says beside a curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Line {
    /// Which.
    pub law: LineLaw,
    /// By combination; absent where the queue grows without end.
    pub values: Vec<Option<f64>>,
    /// The law that was fitted, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<UslFit>,
}

/// A formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineLaw {
    /// A queue with Poisson arrivals, exponential work and so many servers (Erlang C).
    #[default]
    Mmc,
    /// The universal scalability law, fitted to the curve itself.
    Usl,
}

/// The answer of `sweep --fit usl`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Scalability {
    /// Name of the column of loads.
    pub load: String,
    /// Name of the column of throughputs.
    pub throughput: String,
    /// The pairs as measured, by load.
    pub pairs: Vec<[f64; 2]>,
    /// The law; Gunther's fit first where the throughput at load 1 was measured.
    pub fits: Vec<UslFit>,
}

/// The universal scalability law, X(N) = λN ÷ (1 + σ(N − 1) + κN(N − 1)), fitted to pairs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UslFit {
    /// How.
    pub method: UslMethod,
    /// λ: throughput at load 1.
    pub lambda: Fitted,
    /// σ: contention.
    pub sigma: Fitted,
    /// κ: coherency.
    pub kappa: Fitted,
    /// N*: the load with the largest throughput; absent where it never falls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_at_most: Option<Fitted>,
    /// X(N*): the largest throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<Fitted>,
    /// Root of the mean square by which the throughput misses, in its unit.
    pub misses: f64,
}

impl UslFit {
    /// X(N): the throughput at a load.
    pub fn throughput(&self, load: f64) -> f64 {
        let others = load - 1.0;
        let slower = 1.0 + self.sigma.value * others + self.kappa.value * load * others;
        self.lambda.value * load / slower
    }
}

/// How a law was fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UslMethod {
    /// Gunther's parabola of N ÷ C − 1, with C the throughput as a multiple of that at load 1.
    #[default]
    Normalised,
    /// Least squares of the throughput, λ among the unknowns.
    LeastSquares,
}

/// A number that was fitted, with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Fitted {
    /// The number.
    pub value: f64,
    /// From; absent where it was measured, or cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// To.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}
