//! Rates, shares and counts: how they are written, read and printed.
//!
//! One idea: a number with a unit is a type of its own, so a share never passes for a rate. Knows
//! nothing of what is counted, and nothing of parameters or relative values.

use std::fmt;

use crate::base::decimal::{Decimal, significant};

/// How often something happens: events a second, not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(pub f64);

/// A part of a whole, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(pub f64);

/// A number of things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub u64);

/// The units of time after the stroke of a rate, with their seconds.
const PER: [(&str, f64); 6] = [
    ("s", 1.0),
    ("min", 60.0),
    ("m", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
    ("ms", 0.001),
];

/// The letters after a count, with what they stand for.
const MULTIPLES: [(&str, u64); 4] = [
    ("", 1),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
];

impl Rate {
    /// Reads a rate such as `"100/s"`, `"30/min"`, `"40/h"`, `"5/d"` or `"1.2k/s"`.
    pub fn parse(text: &str) -> Result<Rate, UnitError> {
        let (number, unit) = text.split_once('/').ok_or_else(|| UnitError::NoPer {
            number: text.trim().to_owned(),
        })?;
        let unit = unit.trim();
        let (_, secs) =
            PER.iter()
                .find(|(name, _)| *name == unit)
                .ok_or_else(|| UnitError::UnknownPer {
                    unit: unit.to_owned(),
                })?;
        let (number, factor) = multiple(number.trim())?;
        Ok(Rate(number.to_f64() * factor as f64 / secs))
    }

    /// Events a second.
    #[inline]
    pub const fn per_second(self) -> f64 {
        self.0
    }
}

impl Share {
    /// Reads a share written with a percent sign, `"20%"`, or as a number from 0 to 1, `"0.2"`.
    pub fn parse(text: &str) -> Result<Share, UnitError> {
        let trimmed = text.trim();
        let (number, is_percent) = match trimmed.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (trimmed, false),
        };
        let digits = number.strip_prefix('-').unwrap_or(number);
        let written = Decimal::parse(digits).ok_or_else(|| UnitError::NotANumber {
            text: trimmed.to_owned(),
        })?;
        let share = if is_percent {
            written.percent()
        } else {
            written.to_f64()
        };
        let outside = || UnitError::OutsideShare {
            text: trimmed.to_owned(),
        };
        if digits != number && share > 0.0 {
            return Err(outside());
        }
        Share::new(share).ok_or_else(outside)
    }

    /// The share `value`, when it lies from 0 to 1.
    pub fn new(value: f64) -> Option<Share> {
        (0.0..=1.0).contains(&value).then_some(Share(value))
    }
}

impl Count {
    /// Reads a count such as `"250_000"`, `"250k"` or `"1.2M"`; it must come out whole.
    pub fn parse(text: &str) -> Result<Count, UnitError> {
        let trimmed = text.trim();
        if trimmed.starts_with('-') {
            return Err(UnitError::NegativeCount {
                text: trimmed.to_owned(),
            });
        }
        let (number, factor) = multiple(trimmed)?;
        if number.times(factor).is_none() {
            return Err(UnitError::TooMany {
                text: trimmed.to_owned(),
            });
        }
        number
            .times_exactly(factor)
            .and_then(|whole| u64::try_from(whole).ok())
            .map(Count)
            .ok_or_else(|| UnitError::NotWhole {
                text: trimmed.to_owned(),
            })
    }
}

/// Splits `"1.2M"` into the number and what its letter stands for.
fn multiple(text: &str) -> Result<(Decimal, u64), UnitError> {
    let (number, suffix) = Decimal::lead(text).ok_or_else(|| UnitError::NotANumber {
        text: text.to_owned(),
    })?;
    let suffix = suffix.trim_start();
    MULTIPLES
        .iter()
        .find(|(letter, _)| *letter == suffix)
        .map(|(_, factor)| (number, *factor))
        .ok_or_else(|| UnitError::UnknownMultiple {
            suffix: suffix.to_owned(),
        })
}

/// For people, in the unit of time that leaves at least one: `100/s`, `30/min`, `40/h`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = [("s", 1.0), ("min", 60.0), ("h", 3_600.0)]
            .into_iter()
            // A hair below one counts as one: 1/min is 0.01666… a second.
            .find(|(_, secs)| self.0 == 0.0 || self.0 * secs >= 1.0 - 1e-12);
        let (unit, secs) = unit.unwrap_or(("d", 86_400.0));
        f.pad(&format!("{}/{unit}", significant(self.0 * secs, 4)))
    }
}

/// For people: `20%`, three significant digits.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", significant(self.0 * 100.0, 3)))
    }
}

/// For people, with its thousands apart: `250,000`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

/// Why a text is not a rate, a share or a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitError {
    /// Where a number should stand there is something else.
    NotANumber {
        /// The text as written.
        text: String,
    },
    /// A rate without `/s`.
    NoPer {
        /// The text as written.
        number: String,
    },
    /// A rate per something that is not `s`, `min`, `h` or `d`.
    UnknownPer {
        /// What stands after the stroke.
        unit: String,
    },
    /// Letters after a number that are not `k`, `M` or `G`.
    UnknownMultiple {
        /// The letters.
        suffix: String,
    },
    /// A share that is not between 0 and 1.
    OutsideShare {
        /// The text as written.
        text: String,
    },
    /// A count that is not a whole number.
    NotWhole {
        /// The text as written.
        text: String,
    },
    /// A count below zero.
    NegativeCount {
        /// The text as written.
        text: String,
    },
    /// A count beyond 63 bits.
    TooMany {
        /// The text as written.
        text: String,
    },
}

impl UnitError {
    /// How to write it instead, where that can be said.
    pub fn help(&self) -> Option<String> {
        match self {
            UnitError::NoPer { number } if Decimal::parse(number).is_some() => {
                Some(format!("write \"{number}/s\""))
            }
            UnitError::NoPer { .. } | UnitError::UnknownPer { .. } => {
                Some("rates look like \"100/s\", \"30/min\", \"40/h\", \"5/d\"".to_owned())
            }
            UnitError::UnknownMultiple { suffix } if suffix == "m" => {
                Some("a million is a capital M".to_owned())
            }
            UnitError::UnknownMultiple { suffix } if suffix == "K" => {
                Some("a thousand is a small k".to_owned())
            }
            UnitError::UnknownMultiple { .. } => Some("write k, M or G, or nothing".to_owned()),
            UnitError::OutsideShare { .. } => Some("shares go from 0% to 100%".to_owned()),
            UnitError::NotANumber { .. }
            | UnitError::NotWhole { .. }
            | UnitError::NegativeCount { .. }
            | UnitError::TooMany { .. } => None,
        }
    }
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnitError::NotANumber { text } => write!(f, "{text:?} is not a number"),
            UnitError::NoPer { number } => write!(f, "{number:?} does not say per what"),
            UnitError::UnknownPer { unit } => write!(f, "{unit:?} is not a unit of time"),
            UnitError::UnknownMultiple { suffix } => {
                write!(f, "{suffix:?} does not belong after a number")
            }
            UnitError::OutsideShare { text } => write!(f, "{text} is not between 0% and 100%"),
            UnitError::NotWhole { text } => write!(f, "{text} is not a whole number"),
            UnitError::NegativeCount { text } => write!(f, "{text} is below zero"),
            UnitError::TooMany { text } => write!(f, "{text} is too large"),
        }
    }
}

impl std::error::Error for UnitError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-15 * b.abs()
    }

    #[test]
    fn rates_are_read_per_second() {
        for (text, rate) in [
            ("100/s", 100.0),
            ("40/h", 40.0 / 3_600.0),
            ("30/min", 0.5),
            ("30/m", 0.5),
            ("5/d", 5.0 / 86_400.0),
            ("1.2k/s", 1_200.0),
            (" 0.5 / s ", 0.5),
        ] {
            assert!(close(Rate::parse(text).unwrap().0, rate), "{text}");
        }
        assert_eq!(
            Rate::parse("100"),
            Err(UnitError::NoPer {
                number: "100".into()
            })
        );
        assert_eq!(
            Rate::parse("100/x"),
            Err(UnitError::UnknownPer { unit: "x".into() })
        );
        assert_eq!(
            Rate::parse("a/s"),
            Err(UnitError::NotANumber { text: "a".into() })
        );
        assert!(
            Rate::parse("100")
                .unwrap_err()
                .help()
                .unwrap()
                .contains("\"100/s\"")
        );
    }

    #[test]
    fn shares_are_read() {
        assert!(close(Share::parse("20%").unwrap().0, 0.2));
        assert!(close(Share::parse("0.2").unwrap().0, 0.2));
        assert!(close(Share::parse("0.01%").unwrap().0, 0.0001));
        assert!(Share::parse("120%").is_err());
        assert!(Share::parse("-5%").is_err());
        assert!(Share::parse("much").is_err());
    }

    #[test]
    fn counts_are_read_exactly() {
        for (text, count) in [
            ("250k", 250_000),
            ("1.2M", 1_200_000),
            ("2_000", 2_000),
            ("0", 0),
            ("2.0M", 2_000_000),
        ] {
            assert_eq!(Count::parse(text), Ok(Count(count)));
        }
        assert_eq!(
            Count::parse("2.5"),
            Err(UnitError::NotWhole { text: "2.5".into() })
        );
        assert_eq!(
            Count::parse("-1"),
            Err(UnitError::NegativeCount { text: "-1".into() })
        );
        assert_eq!(
            Count::parse("1m"),
            Err(UnitError::UnknownMultiple { suffix: "m".into() })
        );
        let many = "9999999999G";
        assert_eq!(
            Count::parse(many),
            Err(UnitError::TooMany { text: many.into() })
        );
    }

    #[test]
    fn units_are_printed_for_people() {
        assert_eq!(Rate(100.0).to_string(), "100/s");
        assert_eq!(Rate(0.5).to_string(), "30/min");
        assert_eq!(Rate(40.0 / 3_600.0).to_string(), "40/h");
        assert_eq!(Rate(1.0 / 60.0).to_string(), "1/min");
        assert_eq!(Rate(5.0 / 86_400.0).to_string(), "5/d");
        assert_eq!(Rate(0.0).to_string(), "0/s");
        assert_eq!(Share(0.2).to_string(), "20%");
        assert_eq!(Share(0.000_123_4).to_string(), "0.0123%");
        assert_eq!(Count(1_234_567).to_string(), "1,234,567");
        assert_eq!(Count(12).to_string(), "12");
    }
}
