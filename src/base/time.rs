//! Instants and durations: integer nanoseconds, read from and printed for people.
//!
//! One idea: a clock of integers makes order and results exact and the same everywhere. Knows no
//! calendar; [`Time`] counts from T+0, and only labels know which date that was.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use crate::base::decimal::{Decimal, significant};

const NANOS_IN_SECOND: i64 = 1_000_000_000;

/// Every unit of a written duration, the longest first, with its nanoseconds.
const UNITS: [(&str, i64); 10] = [
    ("d", 86_400 * NANOS_IN_SECOND),
    ("h", 3_600 * NANOS_IN_SECOND),
    ("m", 60 * NANOS_IN_SECOND),
    ("s", NANOS_IN_SECOND),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000), // U+00B5, the micro sign
    ("μs", 1_000), // U+03BC, the Greek letter
    ("ns", 1),
    ("min", 60 * NANOS_IN_SECOND),
];

/// An instant: nanoseconds relative to T+0, before it negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Time(pub i64);

/// A duration in nanoseconds. Negative only as the difference of instants taken backwards.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span(pub i64);

impl Time {
    /// T+0, where a model starts.
    pub const ZERO: Time = Time(0);
    /// The earliest instant.
    pub const EARLIEST: Time = Time(i64::MIN);
    /// Later than everything: an instant that does not come. Adding to it leaves it where it is.
    pub const NEVER: Time = Time(i64::MAX);

    /// The instant `nanos` nanoseconds after T+0.
    #[inline]
    pub const fn from_nanos(nanos: i64) -> Time {
        Time(nanos)
    }

    /// Nanoseconds since T+0.
    #[inline]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The instant `secs` seconds after T+0, to the nearest nanosecond, halves away from zero.
    ///
    /// Saturates at [`Time::EARLIEST`] and [`Time::NEVER`]; a NaN is T+0.
    #[inline]
    pub fn from_secs_f64(secs: f64) -> Time {
        Time(nanos_of(secs))
    }

    /// Seconds since T+0.
    #[inline]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_IN_SECOND as f64
    }

    /// How long after `earlier` this instant is, and zero when it is before. Saturates.
    #[inline]
    pub const fn since(self, earlier: Time) -> Span {
        let difference = self.0.saturating_sub(earlier.0);
        Span(if difference < 0 { 0 } else { difference })
    }

    /// Reads an instant such as `"30m"`, `"1h30m"` or `"-2m"`: a duration from T+0.
    pub fn parse(text: &str) -> Result<Time, DurationError> {
        let trimmed = text.trim();
        match trimmed.strip_prefix('-') {
            Some(rest) => Span::parse(rest.trim_start()).map(|span| Time(-span.0)),
            None => {
                Span::parse(trimmed.strip_prefix('+').unwrap_or(trimmed)).map(|span| Time(span.0))
            }
        }
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// The longest duration, some 292 years: longer than any run.
    pub const FOREVER: Span = Span(i64::MAX);
    /// One nanosecond, the smallest step of the clock.
    pub const NANOSECOND: Span = Span(1);
    /// One microsecond.
    pub const MICROSECOND: Span = Span(1_000);
    /// One millisecond.
    pub const MILLISECOND: Span = Span(1_000_000);
    /// One second.
    pub const SECOND: Span = Span(NANOS_IN_SECOND);
    /// One minute.
    pub const MINUTE: Span = Span(60 * NANOS_IN_SECOND);
    /// One hour.
    pub const HOUR: Span = Span(3_600 * NANOS_IN_SECOND);
    /// Twenty-four hours.
    pub const DAY: Span = Span(86_400 * NANOS_IN_SECOND);

    /// A duration of `nanos` nanoseconds.
    #[inline]
    pub const fn from_nanos(nanos: i64) -> Span {
        Span(nanos)
    }

    /// A duration of `millis` milliseconds. Saturates.
    #[inline]
    pub const fn from_millis(millis: i64) -> Span {
        Span(millis.saturating_mul(1_000_000))
    }

    /// A duration of `secs` seconds. Saturates.
    #[inline]
    pub const fn from_secs(secs: i64) -> Span {
        Span(secs.saturating_mul(NANOS_IN_SECOND))
    }

    /// A duration of `nanos` nanoseconds, to the nearest one, halves away from zero. Saturates.
    #[inline]
    pub fn from_nanos_f64(nanos: f64) -> Span {
        Span(nearest(nanos))
    }

    /// A duration of `secs` seconds, to the nearest nanosecond, halves away from zero.
    ///
    /// Saturates at [`Span::FOREVER`]; a NaN is no time at all.
    #[inline]
    pub fn from_secs_f64(secs: f64) -> Span {
        Span(nanos_of(secs))
    }

    /// Nanoseconds.
    #[inline]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Seconds.
    #[inline]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_IN_SECOND as f64
    }

    /// Whether this is no time at all.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This duration times `factor`, to the nearest nanosecond, halves away from zero. Saturates.
    #[inline]
    pub fn scaled(self, factor: f64) -> Span {
        Span(nearest(self.0 as f64 * factor))
    }

    /// This duration divided by `divisor`, to the nearest nanosecond, halves away from zero.
    /// Saturates.
    #[inline]
    pub fn divided(self, divisor: f64) -> Span {
        Span(nearest(self.0 as f64 / divisor))
    }

    /// Reads a written duration such as `"20ms"`, `"1.5s"` or `"1h30m"`, to the nearest nanosecond.
    ///
    /// Units are `ns us ms s m h d`, with `µs` for `us` and `min` for `m`; several parts stand in
    /// falling order of their units. Spaces between the parts and their units are allowed.
    pub fn parse(text: &str) -> Result<Span, DurationError> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(DurationError::Empty);
        }
        if rest.starts_with('-') {
            return Err(DurationError::Negative);
        }
        let mut total: i64 = 0;
        let mut unit_before = i64::MAX;
        while !rest.is_empty() {
            let (number, after) = Decimal::lead(rest).ok_or_else(|| DurationError::NotANumber {
                text: rest.to_owned(),
            })?;
            let written = rest[..rest.len() - after.len()].to_owned();
            let (unit, nanos, tail) = lead_unit(after.trim_start(), written)?;
            if nanos >= unit_before {
                return Err(DurationError::UnitOrder {
                    unit: unit.to_owned(),
                });
            }
            unit_before = nanos;
            total = number
                .times(nanos.unsigned_abs())
                .and_then(|part| total.checked_add(part))
                .ok_or(DurationError::TooLong)?;
            rest = tail.trim_start();
        }
        Ok(Span(total))
    }

    /// The shortest exact text that [`Span::parse`] reads back: `"1m31.5s"`, `"20ms"`, `"0s"`.
    pub fn written(self) -> String {
        let mut rest = self.0.unsigned_abs();
        if rest == 0 {
            return "0s".to_owned();
        }
        let mut text = String::from(if self.0 < 0 { "-" } else { "" });
        for (unit, nanos) in [("d", Span::DAY), ("h", Span::HOUR), ("m", Span::MINUTE)] {
            let nanos = nanos.0.unsigned_abs();
            if rest >= nanos {
                text.push_str(&format!("{}{unit}", rest / nanos));
                rest %= nanos;
            }
        }
        if rest > 0 {
            let (unit, nanos) = largest_unit_below_a_minute(rest);
            text.push_str(&fraction(rest, nanos));
            text.push_str(unit);
        }
        text
    }
}

/// Splits the unit off the start of `text`; `number` is what stood before it, for the message.
fn lead_unit(text: &str, number: String) -> Result<(&str, i64, &str), DurationError> {
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    let (unit, tail) = text.split_at(end);
    if unit.is_empty() {
        return match tail.chars().next() {
            None => Err(DurationError::NoUnit { number }),
            Some(c) if c.is_ascii_digit() => Err(DurationError::NoUnit { number }),
            Some(_) => Err(DurationError::NotANumber {
                text: format!("{number}{tail}"),
            }),
        };
    }
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    let (_, nanos) = known.ok_or_else(|| DurationError::UnknownUnit {
        unit: unit.to_owned(),
    })?;
    Ok((unit, *nanos, tail))
}

/// Nanoseconds of `secs` seconds, the nearest, halves away from zero, saturating.
#[inline]
fn nanos_of(secs: f64) -> i64 {
    nearest(secs * NANOS_IN_SECOND as f64)
}

/// The nearest integer, halves away from zero, saturating; a NaN is 0.
#[inline]
fn nearest(value: f64) -> i64 {
    /// From here on doubles are whole numbers, one after the other: their bits count them.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    // Of what is not negative the bits are in order; those of all else are beyond them.
    if value.to_bits() >= WHOLE.to_bits() {
        return nearest_of_any(value);
    }
    // The sum is rounded to the nearest whole number, halves to even. What that left over is
    // exact, and a half so rare that this branch is always guessed: nobody waits for it.
    let sum = value + WHOLE;
    let whole = (sum.to_bits() - WHOLE.to_bits()) as i64;
    if value - (sum - WHOLE) >= 0.5 {
        whole + 1
    } else {
        whole
    }
}

/// The same for what is negative, or whole, or no number.
#[cold]
fn nearest_of_any(value: f64) -> i64 {
    // The cast truncates and saturates. What it cut off is exact, so no half is misjudged.
    let whole = value as i64;
    let cut_off = value - whole as f64;
    whole.saturating_add(i64::from(cut_off >= 0.5) - i64::from(cut_off <= -0.5))
}

/// The largest of s, ms, µs and ns that is not longer than `nanos`.
fn largest_unit_below_a_minute(nanos: u64) -> (&'static str, u64) {
    match nanos {
        1_000_000_000.. => ("s", 1_000_000_000),
        1_000_000.. => ("ms", 1_000_000),
        1_000.. => ("us", 1_000),
        _ => ("ns", 1),
    }
}

/// `nanos` in units of `unit` (a power of ten), exactly, without trailing zeros.
fn fraction(nanos: u64, unit: u64) -> String {
    let (whole, part) = (nanos / unit, nanos % unit);
    if part == 0 {
        return whole.to_string();
    }
    let places = unit.ilog10() as usize;
    format!("{whole}.{part:0places$}")
        .trim_end_matches('0')
        .to_owned()
}

impl Add<Span> for Time {
    type Output = Time;

    /// Saturates, so what never comes stays [`Time::NEVER`].
    #[inline]
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    #[inline]
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Time {
    type Output = Time;

    /// Saturates.
    #[inline]
    fn sub(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl Sub for Time {
    type Output = Span;

    /// From `earlier` to this instant; negative when it is the later one. Saturates.
    #[inline]
    fn sub(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Span;

    /// Saturates, so what lasts for ever stays [`Span::FOREVER`].
    #[inline]
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    #[inline]
    fn add_assign(&mut self, other: Span) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Span;

    /// Saturates.
    #[inline]
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Span {
    #[inline]
    fn sub_assign(&mut self, other: Span) {
        *self = *self - other;
    }
}

impl Mul<i64> for Span {
    type Output = Span;

    /// Saturates.
    #[inline]
    fn mul(self, factor: i64) -> Span {
        Span(self.0.saturating_mul(factor))
    }
}

impl Div<i64> for Span {
    type Output = Span;

    /// Rounds towards zero.
    #[inline]
    fn div(self, divisor: i64) -> Span {
        Span(self.0 / divisor)
    }
}

impl Neg for Span {
    type Output = Span;

    /// Saturates.
    #[inline]
    fn neg(self) -> Span {
        Span(self.0.saturating_neg())
    }
}

impl std::iter::Sum for Span {
    fn sum<I: Iterator<Item = Span>>(spans: I) -> Span {
        spans.fold(Span::ZERO, Add::add)
    }
}

/// For people: `20 ms`, `1.5 s`, `1m31s`, `2h`, `1d4h`.
///
/// Three significant digits below a minute, whole seconds from a minute, whole minutes from a day.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let text = if nanos == 0 {
            "0 s".to_owned()
        } else {
            people(nanos)
        };
        f.pad(&format!("{sign}{text}"))
    }
}

/// The text of a duration that is not zero, without its sign.
fn people(nanos: u64) -> String {
    const MINUTE: u64 = 60_000_000_000;
    if nanos < MINUTE {
        let (unit, in_unit) = largest_unit_below_a_minute(nanos);
        let unit = if unit == "us" { "µs" } else { unit };
        let text = significant(nanos as f64 / in_unit as f64, 3);
        // What rounds up to the next unit is said in it: 999.9 ms is 1 s, 59.99 s is 1m.
        match (text.as_str(), unit) {
            ("1000", "ns") => return "1 µs".to_owned(),
            ("1000", "µs") => return "1 ms".to_owned(),
            ("1000", "ms") => return "1 s".to_owned(),
            ("60", "s") => return "1m".to_owned(),
            _ => return format!("{text} {unit}"),
        }
    }
    let mut secs = (nanos + 500_000_000) / 1_000_000_000;
    if secs >= 86_400 {
        secs = (secs + 30) / 60 * 60;
    }
    let parts = [
        (secs / 86_400, "d"),
        (secs / 3_600 % 24, "h"),
        (secs / 60 % 60, "m"),
        (secs % 60, "s"),
    ];
    parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect()
}

/// For people: `T+04:40`, `T-02:00`, `T+1:04:40`, to the nearest second.
///
/// The alternate form `{:#}` adds what is left of the second, exactly: `T+04:40.25`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Time::NEVER {
            return f.pad("never");
        }
        let nanos = self.0.unsigned_abs();
        let (secs, part) = if f.alternate() {
            (nanos / 1_000_000_000, nanos % 1_000_000_000)
        } else {
            ((nanos + 500_000_000) / 1_000_000_000, 0)
        };
        let sign = if self.0 < 0 && (secs, part) != (0, 0) {
            '-'
        } else {
            '+'
        };
        let hours = if secs >= 3_600 {
            format!("{}:", secs / 3_600)
        } else {
            String::new()
        };
        let mut text = format!("T{sign}{hours}{:02}:{:02}", secs / 60 % 60, secs % 60);
        if part > 0 {
            text.push_str(format!(".{part:09}").trim_end_matches('0'));
        }
        f.pad(&text)
    }
}

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing is written.
    Empty,
    /// A number without a unit.
    NoUnit {
        /// The number as written.
        number: String,
    },
    /// A unit that is not one of `ns us ms s m h d`.
    UnknownUnit {
        /// The unit as written.
        unit: String,
    },
    /// Where a number should stand there is something else.
    NotANumber {
        /// The text from there on.
        text: String,
    },
    /// A unit that is not smaller than the one before it, as in `30m1h`.
    UnitOrder {
        /// The unit that comes too late.
        unit: String,
    },
    /// Below zero where a duration is meant.
    Negative,
    /// Longer than the clock can count (292 years).
    TooLong,
}

impl DurationError {
    /// How to write it instead, where that can be said.
    pub fn help(&self) -> Option<String> {
        match self {
            DurationError::NoUnit { number } => Some(format!(
                "write \"{number}s\" for seconds, or \"{number}ms\""
            )),
            DurationError::UnknownUnit { .. } => {
                Some("units are ns, us, ms, s, m, h, d".to_owned())
            }
            DurationError::UnitOrder { .. } => {
                Some("write the longest unit first, each once: \"1h30m\"".to_owned())
            }
            DurationError::Empty | DurationError::NotANumber { .. } => {
                Some("durations look like \"20ms\", \"1.5s\", \"1h30m\"".to_owned())
            }
            DurationError::Negative | DurationError::TooLong => None,
        }
    }
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationError::Empty => write!(f, "nothing is written"),
            DurationError::NoUnit { number } => write!(f, "{number} has no unit"),
            DurationError::UnknownUnit { unit } => write!(f, "{unit:?} is not a unit of time"),
            DurationError::NotANumber { text } => write!(f, "{text:?} is not a number with a unit"),
            DurationError::UnitOrder { unit } => {
                write!(f, "the unit {unit:?} stands after one that is not longer")
            }
            DurationError::Negative => write!(f, "a duration cannot be negative"),
            DurationError::TooLong => write!(f, "longer than 292 years"),
        }
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests;
