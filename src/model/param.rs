//! Named inputs: what sliders, sweeps, calibration and uncertainty studies move.
//!
//! Every `$param` is already substituted in the rest of the model; this table is what remains to
//! be reported: value, range and how well it is known.

use crate::random::family::Distribution;
use crate::text::Place;

/// A named input of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The base case, as written (`250_000`, `45ms`, `exp(20ms)`).
    pub written: String,
    /// The base case as a number in `unit`; absent if it is a distribution or a word.
    pub value: Option<f64>,
    /// What kind of quantity it is.
    pub unit: ParamUnit,
    /// Its 5 % and 95 % points, in `unit`.
    pub range: Option<(f64, f64)>,
    /// Its distribution, if given instead of a range; in `unit`.
    pub dist: Option<Distribution>,
    /// What it is in the planner's words; its name if nothing is said.
    pub label: String,
    /// How well it is known.
    pub known: Known,
    /// Where its table begins.
    pub place: Place,
}

/// What kind of quantity a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamUnit {
    /// A plain number or count.
    Number,
    /// A duration, in seconds.
    Seconds,
    /// A rate, per second.
    PerSecond,
    /// A share, 0 to 1.
    Share,
    /// A distribution, a word or a switch: no number.
    Other,
}

/// How well an input is known; shown in every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Measured in the system itself.
    Measured,
    /// Taken from a publication.
    Published,
    /// Found by fitting the model to measurements.
    Fitted,
    /// Guessed.
    Assumed,
}

impl Known {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Known::Measured => "measured",
            Known::Published => "published",
            Known::Fitted => "fitted",
            Known::Assumed => "assumed",
        }
    }
}
