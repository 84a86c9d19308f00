//! The series of a data file: one column of times, and one for each metric.
//!
//! One idea: what is missing stays missing. A row counts from its time on until the next row, or
//! for as long as rows usually do where the next is further away; a cell without a number is a gap,
//! and nothing is put into it.

use super::Stretch;
use crate::base::time::{Span, Time};
use crate::model::arrival::layout::{Table, table};
use crate::model::files::comma_of;
use crate::model::files::instants::{self, Calendar, Cell, Times};
use crate::model::files::no_number;
use crate::model::files::number::{self, Comma};
use crate::model::files::records::Records;
use crate::model::files::unclear::Unclear;
use crate::model::reader::Reader;
use crate::model::value::MOST;
use crate::text::{Diagnostic, Place};

/// How a file of measurements is read.
pub(super) struct Asked<'a> {
    /// Its path as the model writes it.
    pub(super) path: &'a str,
    /// The column of the times, if it is named.
    pub(super) time: Option<String>,
    /// The unit of its times, nanoseconds.
    pub(super) unit: Option<i128>,
    /// For how long a row counts, if that is said.
    pub(super) per: Option<Span>,
    /// What is added to its times; absent while nobody knows.
    pub(super) offset: Option<Span>,
    /// The model's clock.
    pub(super) clock: Calendar,
    /// Where the path is written.
    pub(super) place: Place,
}

/// A column that is a metric.
pub(super) struct Column {
    /// Its name, or its number from 1.
    pub(super) name: String,
    /// What its numbers are multiplied by.
    pub(super) factor: f64,
    /// Whether they are times, and so never below zero.
    pub(super) is_time: bool,
    /// Where it is written.
    pub(super) place: Place,
}

/// The stretches of every column, in their order.
pub(super) fn series(
    r: &mut Reader<'_>,
    asked: &Asked<'_>,
    columns: &[Column],
) -> Option<Vec<Vec<Stretch>>> {
    r.asked.insert(asked.path.to_owned());
    let text = r.keep(r.files.text(asked.path, asked.place))?;
    let read = read(text, asked, columns);
    let read = read.map_err(|unclear| unclear.about(asked.path).at(asked.place));
    let (all, note) = r.keep(read)?;
    r.push(note.at(asked.place));
    for (column, stretches) in columns.iter().zip(&all) {
        if stretches.is_empty() {
            let found = format!(
                "no value of `{}` lies within what is simulated",
                column.name
            );
            let help = "compare the times of the file with `starts` and `run_for` in `[model]`, or \
                        move them by `offset`";
            r.push(Diagnostic::new("E085", found).at(column.place).help(help));
        }
    }
    Some(all)
}

type Read = (Vec<Vec<Stretch>>, Diagnostic);

fn read(text: &str, asked: &Asked<'_>, columns: &[Column]) -> Result<Read, Unclear> {
    let records = Records::of(text).map_err(Unclear::new)?;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let table = table(records, asked.time.as_deref(), &names)?;
    let rows: Vec<_> = records.iter().skip(table.heading).collect();
    let cell = |row: usize, column: usize| rows[row].cells.get(column).map_or("", |cell| cell);
    let instants: Vec<Cell<'_>> = (0..rows.len())
        .map(|row| Cell {
            text: cell(row, table.time),
            line: rows[row].line,
        })
        .collect();
    let comma = comma_of(records, table.heading, table.time).map_err(Unclear::new)?;
    let unit = asked.unit;
    let written = instants::Written { comma, unit };
    let times = instants::times(&instants, &table.called(table.time), written, asked.clock)?;
    let lasting = Lasting::of(&times, asked)?;
    let mut all = Vec::new();
    let mut missing = 0;
    for (column, place) in columns.iter().zip(&table.columns) {
        let comma = comma_of(records, table.heading, *place).map_err(Unclear::new)?;
        let called = table.called(*place);
        let mut found = Vec::new();
        for &(row, from, to) in &lasting.rows {
            let line = rows[row].line;
            match number_in(cell(row, *place), (line, &called), (column, comma))? {
                Some(value) => found.push(Stretch { from, to, value }),
                None => missing += 1,
            }
        }
        all.push(found);
    }
    let gaps = (missing, lasting.holes);
    Ok((all, said(asked, &table, &times, (&lasting, gaps))))
}

/// The number of a cell in the unit of its metric; nothing where none was measured.
fn number_in(
    cell: &str,
    (line, called): (usize, &str),
    (column, comma): (&Column, Comma),
) -> Result<Option<f64>, Unclear> {
    let refuse = |why: &str| {
        let why = format!("`{cell}` in line {line}, {called}, {why}");
        Err(Unclear::new(why).help("leave the cell empty where nothing was measured"))
    };
    match number::value(cell, comma) {
        _ if number::is_missing(cell) => Ok(None),
        Some(value) if column.is_time && value < 0.0 => refuse("is below zero"),
        Some(value) if value.abs() > MOST => refuse(&format!("is more than {MOST}")),
        Some(value) => Ok(Some(value * column.factor)),
        None => refuse(no_number(cell)),
    }
}

/// From when to when each row counts.
struct Lasting {
    /// Number, begin and end of the rows within what is simulated, in order of time.
    rows: Vec<(usize, Time, Time)>,
    /// How long a row usually counts.
    step: Span,
    /// Rows that are not in order of time.
    sorted: bool,
    /// Rows outside of what is simulated.
    outside: usize,
    /// Times after a row at which the next should be, and is not.
    holes: usize,
}

impl Lasting {
    fn of(times: &Times, asked: &Asked<'_>) -> Result<Lasting, Unclear> {
        let shift = asked.offset.unwrap_or(Span::ZERO);
        let at = |row: usize| times.at[row].0 + shift;
        let mut order: Vec<usize> = (0..times.at.len()).collect();
        let sorted = times.at.windows(2).all(|pair| pair[0].0 <= pair[1].0);
        order.sort_by_key(|row| times.at[*row].0);
        if let Some(pair) = order.windows(2).find(|pair| at(pair[0]) == at(pair[1])) {
            let lines = (times.at[pair[0]].1, times.at[pair[1]].1);
            let why = format!(
                "lines {} and {} hold values of the same time",
                lines.0, lines.1
            );
            return Err(Unclear::new(why).help("keep one row for each time"));
        }
        let mut lengths: Vec<Span> = order
            .windows(2)
            .map(|pair| at(pair[1]).since(at(pair[0])))
            .collect();
        lengths.sort_unstable();
        let usual = lengths.get(lengths.len() / 2).copied();
        let Some(step) = asked.per.or(usual) else {
            let why = "one row alone does not say for how long it counts";
            return Err(Unclear::new(why).help("say it: `per = \"1m\"`"));
        };
        // Half a row more is no hole: clocks of measurements are not that exact.
        let most = step + step.scaled(0.5);
        let (begin, end) = (Time::ZERO, Time::ZERO + asked.clock.run_for);
        let mut lasting = Lasting {
            rows: Vec::new(),
            step,
            sorted,
            outside: 0,
            holes: 0,
        };
        for (place, &row) in order.iter().enumerate() {
            let from = at(row);
            let next = order.get(place + 1).map(|next| at(*next));
            let far = next.is_some_and(|next| next.since(from) > most);
            lasting.holes += usize::from(far);
            let to = match next {
                Some(next) if asked.per.is_none() && !far => next,
                Some(next) => next.min(from + step),
                None => from + step,
            };
            match asked.offset.is_none() || from >= begin && to <= end {
                true => lasting.rows.push((row, from, to)),
                false => lasting.outside += 1,
            }
        }
        Ok(lasting)
    }
}

/// What a reader of the model would not know of the file.
fn said(
    asked: &Asked<'_>,
    table: &Table,
    times: &Times,
    (lasting, (missing, holes)): (&Lasting, (usize, usize)),
) -> Diagnostic {
    let counted = |n: usize, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let kind = times.assumed.as_deref().unwrap_or("from T+0");
    let found = format!(
        "`{}`: {} of {} each{}; times in {} ({kind})",
        asked.path,
        counted(lasting.rows.len(), "row", "rows"),
        lasting.step.written(),
        match asked.offset {
            Some(_) => " within what is simulated",
            None => "",
        },
        table.called(table.time),
    );
    let mut help: Vec<String> = times.begins.iter().cloned().collect();
    if asked.offset.is_none() {
        help.push("their offset is found when the model runs".to_owned());
    }
    if !lasting.sorted {
        help.push("the rows are not in order of time; they were sorted".to_owned());
    }
    if lasting.outside > 0 {
        let outside = counted(lasting.outside, "row is", "rows are");
        help.push(format!("{outside} outside and left out"));
    }
    if missing > 0 {
        let missing = counted(missing, "value is", "values are");
        help.push(format!("{missing} missing and left out"));
    }
    if holes > 0 {
        let holes = counted(holes, "hole", "holes");
        help.push(format!(
            "{holes} between rows, in which nothing is compared"
        ));
    }
    let diagnostic = Diagnostic::new("N010", found);
    match help.is_empty() {
        true => diagnostic,
        false => diagnostic.help(help.join("; ")),
    }
}
