//! Arrivals from a data file: `file = "times.csv"`, or a table that says how to read it.
//!
//! One idea: what is read is said. Instants since 1970 and dates count from `starts`, or from the
//! first of them; columns are recognised by name; missing rates are bridged with a warning. Where
//! a guess is not safe the file is refused, with the line, the column and what to write.

use std::borrow::Cow;

use super::layout::{Layout, layout};
use super::reading::{clipped, flow};
use super::replay::{Asked, Gaps, asked};
use super::{Form, Piece};
use crate::base::time::{Span, Time};
use crate::model::document::Node;
use crate::model::files::instants::{self, Calendar, Cell, Times};
use crate::model::files::number::{self, Comma};
use crate::model::files::records::{Record, Records};
use crate::model::files::unclear::Unclear;
use crate::model::files::{comma_of, no_number};
use crate::model::metric::write_span;
use crate::model::reader::Reader;
use crate::model::value::MOST;
use crate::text::Diagnostic;

/// What of a record is needed.
struct Row<'a> {
    line: usize,
    time: Cow<'a, str>,
    rate: Cow<'a, str>,
}

impl Row<'_> {
    fn instant(&self) -> Cell<'_> {
        Cell {
            text: &self.time,
            line: self.line,
        }
    }
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
    let form = read.map_err(|unclear| unclear.about(&asked.path).at(node.place));
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
    let cells: Vec<Cell<'_>> = rows.iter().map(Row::instant).collect();
    let called = layout.called(layout.time);
    let unit = asked.unit;
    let written = instants::Written { comma, unit };
    let mut times = instants::times(&cells, &called, written, measured)?;
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
