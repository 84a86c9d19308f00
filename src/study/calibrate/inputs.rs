//! Free inputs: a parameter's range as 0 to 1, and back to the text that a model holds.
//!
//! One idea: where both ends are above zero equal steps are equal factors, since an effect is
//! mostly one of proportion; a share moves in equal points.

use crate::base::decimal::nearest_short;
use crate::base::math::{exp, ln};
use crate::model::Model;
use crate::model::overlay::Change;
use crate::model::param::{Param, ParamUnit};
use crate::study::plan::Failure;
use crate::study::ranges::spelled;

/// Digits of a fitted value: more than any interval is worth.
const DIGITS: usize = 5;

/// A parameter that a calibration moves.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Its name.
    pub(super) name: String,
    /// The low end of its range.
    pub(super) low: f64,
    /// The high end.
    pub(super) high: f64,
    /// Its value in the model.
    pub(super) was: Option<f64>,
    param: Param,
}

/// The free inputs of these names.
pub(super) fn inputs(model: &Model, free: &[String]) -> Result<Vec<Input>, Failure> {
    let no = |why: String| Failure::NothingToFit { why };
    let mut all: Vec<Input> = Vec::new();
    for name in free {
        let name = name.strip_prefix("param.").unwrap_or(name);
        let param = model
            .params
            .get(name)
            .ok_or_else(|| no(format!("the model has no parameter `{name}`")))?;
        let (low, high) = param
            .range
            .ok_or_else(|| no(format!("the parameter `{name}` has no `range` to look in")))?;
        if all.iter().any(|one| one.name == name) {
            return Err(no(format!("the parameter `{name}` is free twice")));
        }
        all.push(Input {
            name: name.to_owned(),
            low,
            high,
            was: param.value,
            param: param.clone(),
        });
    }
    match all.is_empty() {
        true => Err(no("no parameter is free".to_owned())),
        false => Ok(all),
    }
}

impl Input {
    fn is_of_proportion(&self) -> bool {
        self.low > 0.0 && self.param.unit != ParamUnit::Share
    }

    /// The value at a part of its range, 0 to 1.
    pub(super) fn at(&self, part: f64) -> f64 {
        match self.is_of_proportion() {
            true => exp(ln(self.low) + part * (ln(self.high) - ln(self.low))),
            false => self.low + part * (self.high - self.low),
        }
    }

    /// The part of its range at which a value lies, 0 to 1.
    pub(super) fn part_of(&self, value: f64) -> f64 {
        let part = match self.is_of_proportion() {
            true => (ln(value) - ln(self.low)) / (ln(self.high) - ln(self.low)),
            false => (value - self.low) / (self.high - self.low),
        };
        part.clamp(0.0, 1.0)
    }

    /// The value as a model holds it, and the number that this means.
    pub(super) fn spelled(&self, part: f64) -> (f64, String) {
        spelled(&self.param, nearest_short(self.at(part), DIGITS))
    }

    /// The change that sets it.
    pub(super) fn change(&self, part: f64) -> Change {
        Change::new(&format!("param.{}", self.name), &self.spelled(part).1)
    }

    /// The change that says how its value is known.
    pub(super) fn known(&self) -> Change {
        Change::new(&format!("param.{}.known", self.name), "fitted")
    }

    /// The step between two values that can be told apart, as a part of the range: of whole numbers
    /// one.
    pub(super) fn grain(&self) -> f64 {
        let near = self.at(0.5);
        let (here, _) = spelled(&self.param, near);
        match (self.param.unit, here.fract() == 0.0 && near.fract() != 0.0) {
            (ParamUnit::Number, true) => 1.0 / (self.high - self.low),
            _ => 0.0,
        }
    }
}
