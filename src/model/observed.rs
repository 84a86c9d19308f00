//! What was measured: series and published figures that a simulation is held against.
//!
//! One idea: a measured value says something of a stretch of time, and the same metric of the
//! simulation can be taken over exactly that stretch. So a series is a list of stretches, each with
//! its value, in the unit of its metric. How close a simulation comes is not known here.

mod measured;
mod reading;

pub(crate) use reading::{OBSERVED, read};

use super::metric::Metric;
use crate::base::time::{Span, Time};
use crate::text::Place;

/// Stretches of one series at most: a longer one is averaged, so many rows at a time.
pub const MOST_STRETCHES: usize = 400;

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// How much is added to the times of the file.
    pub offset: Offset,
    /// The series, in the order of the model.
    pub series: Vec<Series>,
    /// Published single figures, in the order of the model.
    pub figures: Vec<Figure>,
}

/// How much is added to the times of a file, to be times from T+0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// This much.
    Given(Span),
    /// What makes the series most alike, found by comparing them.
    Auto,
}

/// A measured series beside the metric that it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The column that it stands in.
    pub column: String,
    /// What it measures; over which time is said by each stretch.
    pub metric: Metric,
    /// The values that exist, in order of time, the offset added if it is given.
    pub stretches: Vec<Stretch>,
    /// The standard error of one value.
    pub give: Give,
    /// Whether it is only held against a fit, and never used for it.
    pub check: bool,
    /// Where it is written.
    pub place: Place,
}

/// A value over a part of the time, left-closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// From.
    pub from: Time,
    /// To.
    pub to: Time,
    /// The value in the unit of its metric.
    pub value: f64,
}

/// A standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Give {
    /// In the unit of the metric.
    Absolute(f64),
    /// As a part of the value.
    Relative(f64),
}

/// A published single figure of the incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it is.
    pub metric: Metric,
    /// The least that it was, in the unit of the metric.
    pub low: f64,
    /// The most that it was; the same if one value is known.
    pub high: f64,
    /// Its standard error, in the unit of the metric, beside what the range says.
    pub give: f64,
    /// Whether it is only held against a fit, and never used for it.
    pub check: bool,
    /// Where it is written.
    pub place: Place,
}

impl Give {
    /// The standard error of a value, in its unit.
    pub fn of(self, value: f64) -> f64 {
        match self {
            Give::Absolute(error) => error,
            Give::Relative(part) => (part * value).abs(),
        }
    }
}

impl Observed {
    /// Whether the offset is still to be found.
    pub fn is_adrift(&self) -> bool {
        self.offset == Offset::Auto && !self.series.is_empty()
    }
}

impl Series {
    /// The usual length of a stretch.
    pub fn step(&self) -> Option<Span> {
        let mut lengths: Vec<Span> = self.stretches.iter().map(Stretch::length).collect();
        lengths.sort_unstable();
        lengths.get(lengths.len() / 2).copied()
    }

    /// The stretches that lie wholly within a part of the time, and few enough to be followed: of
    /// many, neighbours without a gap between them are averaged, the same number at a time.
    pub fn within(&self, from: Time, to: Time) -> Vec<Stretch> {
        let inside = self.stretches.iter();
        let inside: Vec<Stretch> = inside
            .filter(|one| one.from >= from && one.to <= to)
            .copied()
            .collect();
        let together = inside.len().div_ceil(MOST_STRETCHES).max(1);
        let mut all: Vec<Vec<Stretch>> = Vec::new();
        for one in inside {
            match all.last_mut() {
                Some(last)
                    if last.len() < together && last.last().is_some_and(|l| l.to == one.from) =>
                {
                    last.push(one);
                }
                _ => all.push(vec![one]),
            }
        }
        all.iter()
            .filter_map(|some| Stretch::average(some))
            .collect()
    }
}

impl Stretch {
    /// How long it is.
    pub fn length(&self) -> Span {
        self.to.since(self.from)
    }

    /// Neighbours as one, each worth its length.
    fn average(some: &[Stretch]) -> Option<Stretch> {
        let (first, last) = (some.first()?, some.last()?);
        let whole: f64 = some.iter().map(|one| one.length().as_secs_f64()).sum();
        let parts = some
            .iter()
            .map(|one| one.value * one.length().as_secs_f64());
        let value = match some {
            [one] => one.value,
            _ => parts.sum::<f64>() / whole,
        };
        Some(Stretch {
            from: first.from,
            to: last.to,
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[(i64, f64)]) -> Vec<Stretch> {
        let one = |(at, value): &(i64, f64)| Stretch {
            from: Time::ZERO + Span::from_secs(*at),
            to: Time::ZERO + Span::from_secs(*at + 1),
            value: *value,
        };
        values.iter().map(one).collect()
    }

    #[test]
    fn neighbours_are_averaged_by_their_length() {
        let some = series(&[(0, 1.0), (1, 2.0), (2, 6.0)]);
        let whole = Stretch::average(&some).expect("there are some");
        assert!((whole.value - 3.0).abs() < 1e-12);
        assert_eq!(whole.length(), Span::from_secs(3));
        assert_eq!(Stretch::average(&[]), None);
    }

    #[test]
    fn an_error_is_a_part_or_an_amount() {
        assert!((Give::Relative(0.1).of(-20.0) - 2.0).abs() < 1e-12);
        assert!((Give::Absolute(3.0).of(-20.0) - 3.0).abs() < 1e-12);
    }
}
