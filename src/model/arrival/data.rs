//! Arrivals from a data file: `file = "times.csv"`, or a table that says how to read it.
//!
//! One idea: what is read is said. Instants since 1970 and dates count from `starts`, or from the
//! first of them; columns are recognised by name; missing rates are bridged with a warning. Where
//! a guess is not safe the file is refused, with the line, the column and what to write.

use std::borrow::Cow;

use super::layout::{Layout, Unclear, layout};
use super::reading::{Calendar, clipped, flow};
use super::replay::{Asked, Gaps, asked};
use super::{Form, Piece};
use crate::base::time::{Span, Time};
use crate::model::document::Node;
use crate::model::files::date::{self, Stamp, Zone, stamp};
use crate::model::files::number::{self, Comma};
use crate::model::files::records::{Record, Records};
use crate::model::files::{comma_of, no_number};
use crate::model::metric::write_span;
use crate::model::reader::Reader;
use crate::model::value::{LONGEST, MOST};
use crate::text::Diagnostic;

/// Units of times since 1970: their nanoseconds, and what they are called.
const UNITS: [(i128, &str); 4] = [
    (1_000_000_000, "seconds"),
    (1_000_000, "milliseconds"),
    (1_000, "microseconds"),
    (1, "nanoseconds"),
];
/// The seconds since 1970 that a file of today may hold: the years 2000 to 2100.
const SINCE_1970: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// What of a record is needed.
struct Row<'a> {
    line: usize,
    time: Cow<'a, str>,
    rate: Cow<'a, str>,
}

/// Times from T+0, and what they were in the file.
struct Times {
    /// Each with the line in which it is written.
    at: Vec<(Time, usize)>,
    /// What was assumed, for a note; nothing if there was nothing to assume.
    assumed: Option<String>,
    /// What T+0 is and why, where the file decided it.
    begins: Option<String>,
}

/// Reads `file`.
pub(super) fn file<'a>(r: &mut Reader<'a>, node: &'a Node, clock: Calendar) -> Option<Form> {
    let asked = asked(r, node)?;
    r.asked.insert(asked.path.clone());
    let text = r.keep(r.files.text(&asked.path, node.place))?;
    let mut said = Vec::new();
    let read = form(text, &asked, clock, &mut said);
    for diagnostic in said {
        r.push(diagnostic.at(node.place));
    }
    let form = read.map_err(|unclear| {
        let found = format!("`{}` cannot be used: {}", asked.path, unclear.why);
        let diagnostic = Diagnostic::new("E025", found).at(node.place);
        diagnostic.maybe_help(unclear.help)
    });
    match r.keep(form)? {
        Form::Flow { pieces, spacing } => {
            let pieces = clipped(pieces, Time::ZERO + clock.run_for);
            Some(Form::Flow { pieces, spacing })
        }
        form => Some(form),
    }
}

fn form(
    text: &str,
    asked: &Asked,
    clock: Calendar,
    said: &mut Vec<Diagnostic>,
) -> Result<Form, Unclear> {
    let records = Records::of(text).map_err(Unclear::new)?;
    let layout = layout(records, &asked.columns)?;
    let rows: Vec<Row<'_>> = rows(records, &layout).collect();
    let comma = comma_of(records, layout.heading, layout.time).map_err(Unclear::new)?;
    let measured = Calendar {
        run_for: clock.run_for.scaled(asked.speed),
        ..clock
    };
    let mut times = times(&rows, &layout, (comma, asked.unit), measured)?;
    times.hasten(asked.speed);
    // Users may stand in any order, rates hardly do.
    let sorted = layout.rate.is_none() || times.at.windows(2).all(|pair| pair[0].0 <= pair[1].0);
    let form = match layout.rate {
        None => {
            let mut instants: Vec<Time> = times.at.iter().map(|(at, _)| *at).collect();
            instants.sort();
            Form::Instants(instants)
        }
        Some(column) => {
            let comma = comma_of(records, layout.heading, column).map_err(Unclear::new)?;
            let rates = rates(&rows, &layout.called(column), comma)?;
            let mut order = in_order(&mut times, rates)?;
            if let (true, Some(per)) = (asked.counts, asked.per) {
                order = with_holes(&mut times, &order, per.scaled(1.0 / asked.speed));
            }
            rising(&times, &order, (asked, per_s(asked, &layout)), said)?
        }
    };
    let end = Time::ZERO + clock.run_for;
    let outside = |is_outside: &dyn Fn(Time) -> bool| {
        times.at.iter().filter(|(at, _)| is_outside(*at)).count()
    };
    let unsaid = Unsaid {
        rows: rows.len(),
        sorted,
        early: outside(&|at| at < Time::ZERO),
        late: outside(&|at| at >= end),
    };
    said.extend(unsaid.note(asked, &layout, &times));
    Ok(form)
}

/// The rows that count.
fn rows<'a>(records: Records<'a>, layout: &Layout) -> impl Iterator<Item = Row<'a>> {
    let kept = |record: &Record<'_>| match layout.only {
        Some((column, word)) => record.cells.get(column).is_some_and(|cell| cell == word),
        None => true,
    };
    let row = |mut record: Record<'a>| {
        let mut cell = |column: usize| record.cells.get_mut(column).map(std::mem::take);
        let time = cell(layout.time).unwrap_or_default();
        let rate = layout.rate.and_then(&mut cell).unwrap_or_default();
        let line = record.line;
        Row { line, time, rate }
    };
    records.iter().skip(layout.heading).filter(kept).map(row)
}

/// The instants of all rows.
fn times(
    rows: &[Row<'_>],
    layout: &Layout,
    (comma, unit): (Comma, Option<i128>),
    clock: Calendar,
) -> Result<Times, Unclear> {
    let dated = rows
        .first()
        .is_some_and(|row| matches!(stamp(&row.time), Stamp::At(..)));
    let mut found: Vec<(i128, usize)> = Vec::with_capacity(rows.len());
    let mut numbers: Vec<(String, usize)> = Vec::new();
    let mut zoned = true;
    for row in rows {
        let text: &str = &row.time;
        match (dated, stamp(text)) {
            (true, Stamp::At(nanos, zone)) => {
                zoned &= zone == Zone::Written;
                found.push((nanos, row.line));
            }
            (dated, other) => match number::plain(text, comma).filter(|_| !dated) {
                Some(digits) => numbers.push((digits, row.line)),
                None => return Err(no_instant(row, layout, (dated, other))),
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
    since_1970(&numbers, unit, clock)
}

fn no_instant(row: &Row<'_>, layout: &Layout, (dated, stamp): (bool, Stamp)) -> Unclear {
    let (text, line) = (&row.time, row.line);
    let called = layout.called(layout.time);
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
    let fits = |(unit, _): &&(i128, &str)| {
        let seconds = |value: f64| value * *unit as f64 / 1e9;
        SINCE_1970.contains(&seconds(least)) && SINCE_1970.contains(&seconds(most))
    };
    let epoch = UNITS.iter().find(fits);
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
            from_origin(nanos(*found)?, &format!("{name} since 1970"), clock)
        }
        (Some((found, name)), Some(unit)) if unit == *found => {
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

/// The rates as written; absent where there is none.
fn rates(rows: &[Row<'_>], called: &str, comma: Comma) -> Result<Vec<Option<f64>>, Unclear> {
    let rate = |row: &Row<'_>| {
        let text: &str = &row.rate;
        let refuse = |why: &str| {
            let why = format!("`{text}` in line {}, {called}, {why}", row.line);
            Err(Unclear::new(why).help("leave the cell empty where nothing was measured"))
        };
        match number::value(text, comma) {
            _ if number::is_missing(text) => Ok(None),
            Some(rate) if rate < 0.0 => refuse("is below zero"),
            Some(rate) if rate > MOST => refuse(&format!("is more than {MOST}")),
            Some(rate) => Ok(Some(rate)),
            None => refuse(no_number(text)),
        }
    };
    rows.iter().map(rate).collect()
}

/// Rates in the order of their times, two of which must not be the same.
fn in_order(times: &mut Times, rates: Vec<Option<f64>>) -> Result<Vec<Option<f64>>, Unclear> {
    if times.at.len() < 2 {
        let why = "rates need at least two rows, so that their length is known";
        return Err(Unclear::new(why));
    }
    let mut all: Vec<((Time, usize), Option<f64>)> = times.at.drain(..).zip(rates).collect();
    all.sort_by_key(|(at, _)| *at);
    let twice = all.windows(2).find(|pair| pair[0].0.0 == pair[1].0.0);
    if let Some([(one, _), (other, _)]) = twice.map(|pair| [pair[0], pair[1]]) {
        let why = format!(
            "lines {} and {} hold rates of the same time",
            one.1, other.1
        );
        return Err(Unclear::new(why).help(
            "keep one row for each time; if each row is one user, name the column of the times \
             alone: `columns = [\"1\"]`",
        ));
    }
    let (at, rates): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    times.at = at;
    Ok(rates)
}

impl Times {
    /// The same so many times faster.
    fn hasten(&mut self, speed: f64) {
        if speed.to_bits() != 1.0_f64.to_bits() {
            for (at, _) in &mut self.at {
                *at = Time::ZERO + (*at - Time::ZERO).scaled(1.0 / speed);
            }
        }
    }
}

/// The seconds in which a value counts users; nothing where each counts until the next row.
fn per_s(asked: &Asked, layout: &Layout) -> Option<f64> {
    let per = asked.per.map(Span::as_secs_f64);
    match asked.counts {
        true => per,
        false => Some(per.or(layout.per_s()).unwrap_or(1.0)),
    }
}

/// Counts that cover `per` each, with a missing one wherever the next row is further away.
fn with_holes(times: &mut Times, counts: &[Option<f64>], per: Span) -> Vec<Option<f64>> {
    let (mut at, mut all) = (Vec::new(), Vec::new());
    for (row, count) in counts.iter().enumerate() {
        let (from, line) = times.at[row];
        at.push((from, line));
        all.push(*count);
        let next = times.at.get(row + 1).map(|(next, _)| *next);
        // Half a row more is no hole: clocks of measurements are not that exact.
        if next.is_some_and(|next| next.since(from) > per + per.scaled(0.5)) {
            at.push((from + per, line));
            all.push(None);
        }
    }
    times.at = at;
    all
}

/// Each rate lasts until the next row begins, the last as long as the one before it.
fn rising(
    times: &Times,
    rates: &[Option<f64>],
    (asked, per_s): (&Asked, Option<f64>),
    said: &mut Vec<Diagnostic>,
) -> Result<Form, Unclear> {
    let gaps: Vec<usize> = (0..rates.len())
        .filter(|row| rates[*row].is_none())
        .collect();
    if gaps.len() == rates.len() {
        return Err(Unclear::new("none of its rates is a number"));
    }
    if let (Some(first), None) = (gaps.first(), asked.gaps) {
        said.push(gap(asked, times, &gaps, times.at[*first].0));
    }
    let whole = filled(times, rates, asked.gaps.unwrap_or(Gaps::Bridge));
    let begins: Vec<Time> = times.at.iter().map(|(at, _)| *at).collect();
    let length = begins[begins.len() - 1] - begins[begins.len() - 2];
    let ends = begins[1..]
        .iter()
        .copied()
        .chain([begins[begins.len() - 1] + length]);
    let pieces = begins
        .iter()
        .zip(ends)
        .zip(whole)
        .map(|((from, to), value)| {
            let rate = match per_s {
                Some(per_s) => value * asked.speed / per_s,
                None => value / to.since(*from).as_secs_f64(),
            };
            Piece {
                from: *from,
                to,
                rate_from: rate,
                rate_to: rate,
            }
        });
    Ok(flow(pieces.collect()))
}

/// The warning that rates are missing, and what holds there.
fn gap(asked: &Asked, times: &Times, gaps: &[usize], first: Time) -> Diagnostic {
    let lines: Vec<String> = gaps
        .iter()
        .take(8)
        .map(|row| times.at[*row].1.to_string())
        .collect();
    let more = match gaps.len() - lines.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (rates, lines_are) = match gaps.len() {
        1 => ("1 rate is".to_owned(), "line"),
        n => (format!("{n} rates are"), "lines"),
    };
    let found = format!(
        "{rates} missing in `{}`, {lines_are} {}{more}, the first at {first}: they are taken to \
         lie on a straight line between their neighbours",
        asked.path,
        lines.join(", ")
    );
    let path = &asked.path;
    let help = format!(
        "say what holds there: `file = {{ path = \"{path}\", gaps = \"bridge\" }}` for a straight \
         line, `\"hold\"` for the rate before, `\"zero\"` if nobody came"
    );
    Diagnostic::new("W010", found).help(help)
}

/// Rates with the missing ones filled in; before the first and after the last known one its
/// value holds.
fn filled(times: &Times, rates: &[Option<f64>], gaps: Gaps) -> Vec<f64> {
    let at = |row: usize| times.at[row].0.as_secs_f64();
    let known = |last: &mut Option<(f64, f64)>, row: usize| {
        *last = rates[row].map(|rate| (at(row), rate)).or(*last);
        Some(*last)
    };
    let before: Vec<Option<(f64, f64)>> = (0..rates.len()).scan(None, known).collect();
    let mut after: Vec<_> = (0..rates.len()).rev().scan(None, known).collect();
    after.reverse();
    let fill = |row: usize| match (gaps, before[row], after[row]) {
        (Gaps::Zero, ..) | (_, None, None) => 0.0,
        (Gaps::Hold, Some((_, rate)), _) | (_, Some((_, rate)), None) => rate,
        (_, None, Some((_, rate))) => rate,
        (_, Some((from, low)), Some((to, high))) => {
            low + (high - low) * (at(row) - from) / (to - from)
        }
    };
    let each = rates.iter().enumerate();
    each.map(|(row, rate)| rate.unwrap_or_else(|| fill(row)))
        .collect()
}

/// What a reader of the model would not know of a file that was read.
struct Unsaid {
    rows: usize,
    sorted: bool,
    /// Rows before T+0.
    early: usize,
    /// Rows at the horizon or later.
    late: usize,
}

impl Unsaid {
    /// What becomes of rows before T+0 and after the end.
    fn outside(&self, layout: &Layout) -> Vec<String> {
        let counted = |n: usize| match n {
            1 => "1 row is".to_owned(),
            n => format!("{n} rows are"),
        };
        let mut said = Vec::new();
        if self.early > 0 {
            let then = match layout.rate.is_some() {
                true => "left out",
                false => "simulated too: the clock starts with the first of them",
            };
            said.push(format!("{} before T+0 and {then}", counted(self.early)));
        }
        if self.late > 0 {
            let late = counted(self.late);
            said.push(format!(
                "{late} after the end and left out; see `run_for` in `[model]`"
            ));
        }
        said
    }

    /// What was assumed, if anything was.
    fn note(&self, asked: &Asked, layout: &Layout, times: &Times) -> Option<Diagnostic> {
        let plain = times.assumed.is_none() && !layout.chosen && self.sorted;
        if plain && self.early + self.late == 0 {
            return None;
        }
        let time = layout.called(layout.time);
        let kind = times.assumed.as_deref().unwrap_or("from T+0");
        let known = layout
            .known_as
            .map(|known| format!(" is {known}"))
            .unwrap_or_default();
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            n => format!("{n} rows"),
        };
        let what = match layout.rate {
            Some(rate) => {
                let what = if asked.counts { "counts" } else { "rates" };
                let per = per_s(asked, layout).map(Span::from_secs_f64);
                let per = per.map_or("until the next row".to_owned(), |per| {
                    format!("in {}", write_span(per))
                });
                format!("{what} of {rows}, in {} (users {per})", layout.called(rate))
            }
            None => format!("{rows}, each of which is one user"),
        };
        let found = format!("`{}`{known}: {what}; times in {time} ({kind})", asked.path);
        let mut help: Vec<String> = times.begins.iter().cloned().collect();
        if let Some((column, word)) = layout.only {
            let column = layout.called(column);
            help.push(format!("only rows with `{word}` in {column} count"));
        }
        if !self.sorted {
            help.push("the rows are not in order of time; they were sorted".to_owned());
        }
        if layout.rate.is_some() && asked.per.is_none() && !asked.counts {
            help.push("`per` sets the time in which its rates count users".to_owned());
        }
        help.extend(self.outside(layout));
        let diagnostic = Diagnostic::new("N010", found);
        Some(match help.is_empty() {
            true => diagnostic,
            false => diagnostic.help(help.join("; ")),
        })
    }
}
