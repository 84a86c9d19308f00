//! An input that a study moves over a range: `service.shop.servers=1..40`.
//!
//! One idea: the values of a range are counted, so that a search is one over whole numbers and
//! no value depends on how it was reached.

use std::fmt;

use crate::base::decimal::{Decimal, nearest_short};
use crate::model::overlay::Change;

/// Values of a range without a step, its ends counted, where they are not whole numbers.
const PARTS: u32 = 100;
/// The most values of a range.
const MOST: u32 = 1_000_000;
/// Digits of a value: steps of a decimal fraction add up to what a person would write.
const DIGITS: usize = 12;

/// An input with the values that it may take, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// What is changed, as a path of the model.
    pub path: String,
    /// What stands behind each number: `/s`, `ms`, `%`, or nothing.
    pub unit: String,
    low: f64,
    high: f64,
    step: f64,
    count: u32,
}

/// Why a text is no knob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnobError {
    /// There is no `=`, or nothing before it.
    NoPath,
    /// There is no `..`.
    NoRange,
    /// An end or the step is no number.
    NotANumber(String),
    /// The ends have different units.
    Units(String, String),
    /// The upper end is not above the lower one, or the step is not above 0.
    Empty,
    /// There are too many values.
    TooMany,
}

impl fmt::Display for KnobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPath => write!(
                f,
                "a path must come first, as in service.shop.servers=1..40"
            ),
            Self::NoRange => write!(
                f,
                "a range looks like 1..40, or 2/s..12/s:0.5/s with a step"
            ),
            Self::NotANumber(text) => write!(f, "`{text}` is not a number, with or without a unit"),
            Self::Units(low, high) => {
                write!(
                    f,
                    "`{low}` and `{high}` have different units; write both in the same one"
                )
            }
            Self::Empty => write!(f, "the range is empty: it goes up, in steps above 0"),
            Self::TooMany => write!(
                f,
                "the range has more than {MOST} values; give it a larger step"
            ),
        }
    }
}

impl std::error::Error for KnobError {}

impl Knob {
    /// Reads `PATH=LOW..HIGH` or `PATH=LOW..HIGH:STEP`. Without a step, whole numbers go up by one,
    /// and others in a hundred equal steps.
    ///
    /// # Errors
    /// If it is not written like that.
    pub fn parse(text: &str) -> Result<Knob, KnobError> {
        let (path, range) = text.split_once('=').ok_or(KnobError::NoPath)?;
        let path = path.trim();
        if path.is_empty() {
            return Err(KnobError::NoPath);
        }
        let (low, rest) = range.split_once("..").ok_or(KnobError::NoRange)?;
        let (high, step) = match rest.split_once(':') {
            Some((high, step)) => (high, Some(step)),
            None => (rest, None),
        };
        let [low, high] = [low, high].map(|text| measure(text.trim()));
        let (low, high) = (low?, high?);
        let step = step.map(|step| measure(step.trim())).transpose()?;
        // `1..40ms` means 1ms to 40ms.
        let units = [&low.unit, &high.unit].into_iter();
        let units = units.chain(step.as_ref().map(|step| &step.unit));
        let unit = high.unit.clone();
        if let Some(other) = units
            .into_iter()
            .find(|one| !one.is_empty() && **one != unit)
        {
            return Err(KnobError::Units(other.clone(), unit));
        }
        let is_whole = low.number.fract() == 0.0 && high.number.fract() == 0.0;
        let step = match step {
            Some(step) => step.number,
            None if is_whole
                && (unit.is_empty() || high.number - low.number >= f64::from(PARTS)) =>
            {
                1.0
            }
            None => (high.number - low.number) / f64::from(PARTS),
        };
        if high.number <= low.number || step <= 0.0 {
            return Err(KnobError::Empty);
        }
        let steps = ((high.number - low.number) / step + 1e-9).floor();
        if steps >= f64::from(MOST) {
            return Err(KnobError::TooMany);
        }
        Ok(Knob {
            path: path.to_owned(),
            unit,
            low: low.number,
            high: high.number,
            step,
            count: steps as u32 + 1,
        })
    }

    /// How many values it has.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// A value by its number, from 0, in the unit of the knob.
    pub fn value(&self, at: u32) -> f64 {
        let value = self.low + f64::from(at) * self.step;
        nearest_short(value.min(self.high), DIGITS)
    }

    /// The same as written in a model.
    pub fn written(&self, at: u32) -> String {
        format!("{}{}", self.value(at), self.unit)
    }

    /// The number of a value as a model has it, if it is one in the unit of the knob.
    pub fn number(&self, written: &str) -> Option<f64> {
        let digits = written.replace('_', "");
        let found = measure(digits.trim()).ok()?;
        (found.unit == self.unit).then_some(found.number)
    }

    /// What is set to which value.
    pub fn said(&self, at: u32) -> String {
        format!("{} = {}", self.path, self.written(at))
    }

    /// The change that sets it.
    pub fn change(&self, at: u32) -> Change {
        Change::new(&self.path, &self.written(at))
    }
}

/// A number with what stands behind it.
struct Measured {
    number: f64,
    unit: String,
}

fn measure(text: &str) -> Result<Measured, KnobError> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text),
    };
    let (number, unit) =
        Decimal::lead(digits).ok_or_else(|| KnobError::NotANumber(text.to_owned()))?;
    Ok(Measured {
        number: sign * number.to_f64(),
        unit: unit.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let knob = Knob::parse(text).expect("it is a knob");
        (0..knob.count()).map(|at| knob.written(at)).collect()
    }

    #[test]
    fn ranges_are_counted() {
        assert_eq!(values("a.b=1..4"), ["1", "2", "3", "4"]);
        assert_eq!(values("a = 10..21:5"), ["10", "15", "20"]);
        assert_eq!(values("a=0.1..0.4:0.1"), ["0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(values("a=2/s..3/s:0.5/s"), ["2/s", "2.5/s", "3/s"]);
        assert_eq!(values("a=-1..1"), ["-1", "0", "1"]);
        assert_eq!(values("a=1..2ms").len(), 101);
        assert_eq!(values("a=100/s..900/s").len(), 801);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        let refused = |text: &str| Knob::parse(text).unwrap_err();
        assert_eq!(refused("1..4"), KnobError::NoPath);
        assert_eq!(refused("=1..4"), KnobError::NoPath);
        assert_eq!(refused("a=1"), KnobError::NoRange);
        assert_eq!(refused("a=x..4"), KnobError::NotANumber("x".into()));
        assert_eq!(
            refused("a=1s..4ms"),
            KnobError::Units("s".into(), "ms".into())
        );
        assert_eq!(refused("a=4..4"), KnobError::Empty);
        assert_eq!(refused("a=1..4:0"), KnobError::Empty);
        assert_eq!(refused("a=0..1000000000"), KnobError::TooMany);
    }
}
