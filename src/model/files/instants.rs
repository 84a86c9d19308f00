//! The instants of a data file: dates, times since 1970, times from T+0.
//!
//! One idea: what a column of instants counts from is found once, for all who read such files, and
//! said: dates and times since 1970 count from `starts`, or from the first of them. Where a guess
//! is not safe the file is refused, with the line, the column and what to write.

use super::date::{self, Stamp, Zone, stamp};
use super::no_number;
use super::number::{self, Comma};
use super::unclear::Unclear;
use crate::base::time::{Span, Time};
use crate::model::value::LONGEST;

/// What a reader of instants must know of the model's clock.
#[derive(Clone, Copy)]
pub(crate) struct Calendar {
    /// The horizon, from T+0.
    pub(crate) run_for: Span,
    /// T+0 in nanoseconds since 1970, if the model says when that is.
    pub(crate) starts: Option<i128>,
}

/// A cell of the column of instants.
#[derive(Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// What is written.
    pub(crate) text: &'a str,
    /// The line in which it stands, from 1.
    pub(crate) line: usize,
}

/// How the cells are written.
#[derive(Clone, Copy)]
pub(crate) struct Written {
    /// What the commas of the column are.
    pub(crate) comma: Comma,
    /// The unit of its numbers in nanoseconds, if somebody says so.
    pub(crate) unit: Option<i128>,
}

/// Times from T+0, and what they were in the file.
pub(crate) struct Times {
    /// Each with the line in which it is written.
    pub(crate) at: Vec<(Time, usize)>,
    /// What was assumed, for a note; nothing if there was nothing to assume.
    pub(crate) assumed: Option<String>,
    /// What T+0 is and why, where the file decided it.
    pub(crate) begins: Option<String>,
}

/// The instants of all rows.
///
/// # Errors
/// If one of them is none, or what they count from is not certain; `called` names their column.
pub(crate) fn times(
    rows: &[Cell<'_>],
    called: &str,
    written: Written,
    clock: Calendar,
) -> Result<Times, Unclear> {
    let dated = rows
        .first()
        .is_some_and(|row| matches!(stamp(row.text), Stamp::At(..)));
    let mut found: Vec<(i128, usize)> = Vec::with_capacity(rows.len());
    let mut numbers: Vec<(String, usize)> = Vec::new();
    let mut zoned = true;
    for row in rows {
        let text = row.text;
        match (dated, stamp(text)) {
            (true, Stamp::At(nanos, zone)) => {
                zoned &= zone == Zone::Written;
                found.push((nanos, row.line));
            }
            (dated, other) => match number::plain(text, written.comma).filter(|_| !dated) {
                Some(digits) => numbers.push((digits, row.line)),
                None => return Err(no_instant(*row, called, (dated, other))),
            },
        }
    }
    if dated {
        let what = if zoned {
            "dates"
        } else {
            "dates, taken as UTC"
        };
        return from_origin(found, what, clock);
    }
    since_1970(&numbers, written.unit, clock)
}

fn no_instant(row: Cell<'_>, called: &str, (dated, stamp): (bool, Stamp)) -> Unclear {
    let (text, line) = (row.text, row.line);
    let why = match stamp {
        Stamp::Doubtful(why) => format!("`{text}` in line {line}, {called}: {why}"),
        _ if text.is_empty() => format!("line {line} has no time in {called}"),
        _ if dated => format!("`{text}` in line {line}, {called}, is not a date"),
        _ => format!("`{text}` in line {line}, {called}, {}", no_number(text)),
    };
    Unclear::new(why).help("every row needs its time; leave out what was not measured")
}

/// Numbers: times from T+0 in their unit, or times since 1970 if they are so large.
fn since_1970(
    numbers: &[(String, usize)],
    unit: Option<i128>,
    clock: Calendar,
) -> Result<Times, Unclear> {
    let values: Vec<f64> = numbers
        .iter()
        .filter_map(|(text, _)| text.parse().ok())
        .collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let epoch = date::since_1970(least, most);
    let nanos = |unit: i128| -> Result<Vec<(i128, usize)>, Unclear> {
        let one = |(text, line): &(String, usize)| {
            let nanos = number::nanos(text, unit);
            nanos
                .map(|nanos| (nanos, *line))
                .ok_or_else(|| Unclear::new(format!("`{text}` in line {line} is too large")))
        };
        numbers.iter().map(one).collect()
    };
    match (epoch, unit) {
        (Some((found, name)), None) => {
            from_origin(nanos(found)?, &format!("{name} since 1970"), clock)
        }
        (Some((found, name)), Some(unit)) if unit == found => {
            from_origin(nanos(unit)?, &format!("{name} since 1970"), clock)
        }
        (Some((_, name)), Some(_)) => {
            let why = format!("its times look like {name} since 1970, which `unit` contradicts");
            Err(Unclear::new(why).help("leave out `unit`, or write the times from T+0"))
        }
        (None, unit) => {
            let found = nanos(unit.unwrap_or(1_000_000_000))?;
            let (assumed, begins) = (None, None);
            let at = from(0, found)?;
            Ok(Times {
                at,
                assumed,
                begins,
            })
        }
    }
}

/// Instants of the calendar, counted from `starts`, else from the first of them.
fn from_origin(found: Vec<(i128, usize)>, what: &str, clock: Calendar) -> Result<Times, Unclear> {
    let first = found.iter().map(|(at, _)| *at).min().unwrap_or(0);
    let last = found.iter().map(|(at, _)| *at).max().unwrap_or(0);
    let origin = clock.starts.unwrap_or(first);
    let run_for = i128::from(clock.run_for.nanos());
    if clock.starts.is_some() && (last < origin - run_for || first > origin + run_for) {
        let why = format!(
            "its times, {} to {}, are far from `starts`, {}",
            date::written(first),
            date::written(last),
            date::written(origin)
        );
        let help = "correct `starts` in `[model]`, or leave it out: T+0 is then the first of them";
        return Err(Unclear::new(why).help(help));
    }
    let begins = match clock.starts {
        Some(_) => format!(
            "T+0 is `starts`; the first of them is {}",
            date::written(first)
        ),
        None => format!(
            "T+0 is the first of them, {}; `starts` in `[model]` sets another T+0",
            date::written(first)
        ),
    };
    Ok(Times {
        at: from(origin, found)?,
        assumed: Some(what.to_owned()),
        begins: Some(begins),
    })
}

/// Times from T+0, which the clock can count.
fn from(origin: i128, found: Vec<(i128, usize)>) -> Result<Vec<(Time, usize)>, Unclear> {
    let longest = i128::from(LONGEST.nanos());
    let one = |(at, line): (i128, usize)| match at.checked_sub(origin) {
        Some(since) if since.abs() <= longest => Ok((Time(since as i64), line)),
        _ => {
            let longest = LONGEST.written();
            let why = format!("the time in line {line} is more than {longest} away from T+0");
            Err(Unclear::new(why).help("correct the line, or leave it out"))
        }
    };
    found.into_iter().map(one).collect()
}

impl Times {
    /// The same so many times faster.
    pub(crate) fn hasten(&mut self, speed: f64) {
        if speed.to_bits() != 1.0_f64.to_bits() {
            for (at, _) in &mut self.at {
                *at = Time::ZERO + (*at - Time::ZERO).scaled(1.0 / speed);
            }
        }
    }
}
