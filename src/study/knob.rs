//! An input that a study moves over a range, `service.shop.servers=1..40`, or a list,
//! `service.shop.servers=1,2,4,8`.
//!
//! One idea: the values are counted, so that a search is one over whole numbers and no value
//! depends on how it was reached.

use std::fmt;

use crate::base::decimal::{Decimal, nearest_short};
use crate::base::math::{log10, pow};
use crate::model::overlay::Change;

/// Values of a range without a step, its ends counted, where they are not whole numbers.
const PARTS: u32 = 100;
/// The most values of a range.
const MOST: u32 = 1_000_000;
/// The most values of a sweep over a range without a step.
const SWEPT: u32 = 20;
/// Digits of a value: steps of a decimal fraction add up to what a person would write.
const DIGITS: usize = 12;

/// An input with the values that it may take, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// What is changed, as a path of the model.
    pub path: String,
    /// What stands behind each number: `/s`, `ms`, `%`, or nothing.
    pub unit: String,
    values: Values,
}

/// The values, in the unit of the knob.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    /// From one to the other.
    Range {
        low: f64,
        high: f64,
        step: f64,
        count: u32,
        /// Whether the step is ours, not the author's.
        is_usual: bool,
    },
    /// These, upwards.
    List(Vec<f64>),
}

/// Why a text is no knob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnobError {
    /// There is no `=`, or nothing before it.
    NoPath,
    /// There is neither `..` nor a comma.
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
                "a range looks like 1..40, or 2/s..12/s:0.5/s with a step; a list looks like 1,2,4"
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
    /// Reads `PATH=LOW..HIGH`, `PATH=LOW..HIGH:STEP` or `PATH=A,B,C`. Without a step, whole numbers
    /// go up by one, and others in a hundred equal steps.
    ///
    /// # Errors
    /// If it is not written like that.
    pub fn parse(text: &str) -> Result<Knob, KnobError> {
        let (path, values) = text.split_once('=').ok_or(KnobError::NoPath)?;
        let path = path.trim();
        if path.is_empty() {
            return Err(KnobError::NoPath);
        }
        let (unit, values) = match values.split_once("..") {
            Some((low, rest)) => range(low, rest)?,
            None if values.contains(',') => list(values)?,
            None => return Err(KnobError::NoRange),
        };
        Ok(Knob {
            path: path.to_owned(),
            unit,
            values,
        })
    }

    /// The same for a study that looks at every value: of a range without a step its ends and the
    /// multiples of a round number between them (1, 2 or 5 with zeros), at most twenty in all.
    #[must_use]
    pub fn coarse(&self) -> Knob {
        let values = match &self.values {
            Values::Range {
                low,
                high,
                count,
                is_usual: true,
                ..
            } if *count > SWEPT => Values::List(round_values(*low, *high)),
            other => other.clone(),
        };
        Knob {
            values,
            ..self.clone()
        }
    }

    /// How many values it has.
    pub fn count(&self) -> u32 {
        match &self.values {
            Values::Range { count, .. } => *count,
            Values::List(values) => values.len() as u32,
        }
    }

    /// A value by its number, from 0, in the unit of the knob.
    pub fn value(&self, at: u32) -> f64 {
        match &self.values {
            Values::Range {
                low, high, step, ..
            } => nearest_short((low + f64::from(at) * step).min(*high), DIGITS),
            Values::List(values) => values[at as usize],
        }
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

/// What stands behind the first dots of a range, and before them.
fn range(low: &str, rest: &str) -> Result<(String, Values), KnobError> {
    let (high, step) = match rest.split_once(':') {
        Some((high, step)) => (high, Some(step)),
        None => (rest, None),
    };
    let [low, high] = [low, high].map(|text| measure(text.trim()));
    let (low, high) = (low?, high?);
    let step = step.map(|step| measure(step.trim())).transpose()?;
    // `1..40ms` means 1ms to 40ms.
    let unit = high.unit.clone();
    for one in [Some(&low), step.as_ref()].into_iter().flatten() {
        in_unit(one, &unit)?;
    }
    let is_whole = low.number.fract() == 0.0 && high.number.fract() == 0.0;
    let is_usual = step.is_none();
    let step = match step {
        Some(step) => step.number,
        None if is_whole && (unit.is_empty() || high.number - low.number >= f64::from(PARTS)) => {
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
    let values = Values::Range {
        low: low.number,
        high: high.number,
        step,
        count: steps as u32 + 1,
        is_usual,
    };
    Ok((unit, values))
}

/// Values that are named one by one: upwards, each once.
fn list(text: &str) -> Result<(String, Values), KnobError> {
    let all = text.split(',').map(|one| measure(one.trim()));
    let all: Vec<Measured> = all.collect::<Result<_, _>>()?;
    // `1,2,4ms` means 1ms, 2ms and 4ms.
    let unit = all.last().map_or_else(String::new, |one| one.unit.clone());
    for one in &all {
        in_unit(one, &unit)?;
    }
    let mut values: Vec<f64> = all.iter().map(|one| one.number).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    match values.len() {
        0 | 1 => Err(KnobError::Empty),
        n if n >= MOST as usize => Err(KnobError::TooMany),
        _ => Ok((unit, Values::List(values))),
    }
}

fn in_unit(one: &Measured, unit: &str) -> Result<(), KnobError> {
    match one.unit.is_empty() || one.unit == unit {
        true => Ok(()),
        false => Err(KnobError::Units(one.unit.clone(), unit.to_owned())),
    }
}

/// Both ends of a range and the multiples of a round number between them, at most twenty in all.
fn round_values(low: f64, high: f64) -> Vec<f64> {
    let room = f64::from(SWEPT - 2);
    let decade = pow(10.0, log10((high - low) / room).floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade);
    // One step of the last is at least that much, so it always fits.
    let fits = |step: &&f64| (high - low) / **step <= room;
    let step = steps.iter().find(fits).unwrap_or(&steps[3]);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    let between = (first..=last).map(|n| nearest_short(n as f64 * step, DIGITS));
    let between = between.filter(|value| *value > low && *value < high);
    [low].into_iter().chain(between).chain([high]).collect()
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
    fn lists_go_upwards_in_one_unit() {
        assert_eq!(values("a=1,2,4"), ["1", "2", "4"]);
        assert_eq!(values("a = 4, 1 ,4,2"), ["1", "2", "4"]);
        assert_eq!(values("a=10,20,50ms"), ["10ms", "20ms", "50ms"]);
        let refused = |text: &str| Knob::parse(text).unwrap_err();
        assert_eq!(
            refused("a=1s,4ms"),
            KnobError::Units("s".into(), "ms".into())
        );
        assert_eq!(refused("a=4,4"), KnobError::Empty);
        assert_eq!(refused("a=1,"), KnobError::NotANumber(String::new()));
    }

    #[test]
    fn a_range_that_is_swept_has_round_values() {
        let swept = |text: &str| {
            let knob = Knob::parse(text).expect("it is a knob").coarse();
            (0..knob.count())
                .map(|at| knob.written(at))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(swept("a=1..8"), "1 2 3 4 5 6 7 8");
        assert_eq!(swept("a=1..60"), "1 5 10 15 20 25 30 35 40 45 50 55 60");
        assert_eq!(
            swept("a=0.5/s..2/s"),
            "0.5/s 0.6/s 0.7/s 0.8/s 0.9/s 1/s 1.1/s 1.2/s 1.3/s 1.4/s 1.5/s 1.6/s 1.7/s 1.8/s \
             1.9/s 2/s"
        );
        assert_eq!(swept("a=-3..100"), "-3 0 10 20 30 40 50 60 70 80 90 100");
        // Whoever writes a step gets it.
        let knob = Knob::parse("a=1..60:1").expect("it is a knob");
        assert_eq!(knob.coarse().count(), 60);
        for text in ["a=1..1000000", "a=0.001..0.0011", "a=7..7000ms"] {
            let knob = Knob::parse(text).expect("it is a knob").coarse();
            assert!((8..=20).contains(&knob.count()), "{text}: {}", knob.count());
        }
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
