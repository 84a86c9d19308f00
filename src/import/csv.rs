//! Tables of anything: a series of rates or counts, or a row for each request.
//!
//! One idea: the columns are those that a model would read in the same file (`file` of arrivals); a
//! column of rates makes a series, and without one every row is a request, with what else stands in
//! the row: how long it took, what was asked, how it ended, who asked.

use super::account::Account;
use super::lines::{Input, Lines};
use super::measured::{Kind, Measured};
use super::rates;
use super::table::columns::{Columns, Role, unit_ns};
use super::table::instants::Instants;
use super::table::known;
use super::table::requests::{self, Rows};
use super::table::{Cells, LONGEST, Table};
use super::{Asked, Imported, Unusable, source};
use crate::base::time::Span;
use crate::model::arrival::layout::{Layout, layout, simple};
use crate::model::files::number::{self, Comma};
use crate::model::files::{comma_of, no_number};

/// Names of columns whose values count, and are no rates.
const COUNTS: [&str; 8] = [
    "requests", "count", "hits", "n", "arrivals", "visits", "visitors", "sessions",
];
pub(super) const NO_TIME: &str = "its time cannot be read";
const NO_VALUE: &str = "its value is not a number";
const TOO_LARGE: &str = "its value is infinite, or too large to be counted with";
const NEGATIVE: &str = "its value is below zero";
const SHORT: &str = "it has too few cells";
/// The largest value that is taken.
const LARGEST: f64 = 1e12;

/// How a table is to be read, where that is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Csv {
    /// Columns by name or number: of the times, of the values, then others as `took=…`.
    pub columns: Vec<String>,
    /// Whether values are rates or counts.
    pub is: Option<Is>,
    /// The time in which a rate counts users.
    pub per: Option<Span>,
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// Users in a time.
    Rate,
    /// Users until the next value.
    Count,
}

/// Reads tables.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(inputs: Vec<Input<'_>>, csv: &Csv, asked: &Asked) -> Result<Imported, Unusable> {
    let account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, LONGEST);
    let opened = Table::of(&mut lines).map_err(|why| (why, None));
    let found = opened.and_then(|table| {
        let (layout, columns) = layout_of(&table, csv)?;
        Ok((table, layout, columns))
    });
    match found {
        Err((why, help)) => Err(Unusable::new(why, help, account)),
        Ok((table, layout, columns)) => match layout.rate {
            Some(value) => series(
                &table,
                (&layout, value, &columns),
                lines,
                (csv, asked),
                account,
            ),
            None => requests(&table, (&layout, &columns), lines, asked, account),
        },
    }
}

/// Why something cannot be used, and what to do.
type Refused = (String, Option<String>);

/// The columns that are asked for, else those that are found.
fn layout_of(table: &Table, csv: &Csv) -> Result<(Layout, Columns), Refused> {
    let (mut wanted, mut others) = (Vec::new(), Vec::new());
    for text in &csv.columns {
        match text.split_once('=') {
            None => wanted.push(text.clone()),
            Some(("time", name)) => wanted.insert(0, name.to_owned()),
            Some(("value", name)) => wanted.push(name.to_owned()),
            Some(other) => others.push(other),
        }
    }
    let records = table.records().map_err(|why| (why, None))?;
    let help = "choose with `--columns TIME,VALUE`; `--columns TIME` alone makes every row one \
                request";
    let found = layout(records, &wanted).map_err(|unclear| {
        let help = match unclear.help {
            Some(help) if !help.contains("columns = ") => help,
            _ => help.to_owned(),
        };
        (unclear.why, Some(help))
    })?;
    let mut columns = Columns::of(&found);
    for (role, name) in others {
        let (name, unit) = name
            .split_once(':')
            .map_or((name, None), |(n, unit)| (n, Some(unit)));
        let place = place_of(&found, name).ok_or_else(|| {
            let known = found.names.join("`, `");
            (
                format!("it has no column `{name}`"),
                Some(format!("its columns are `{known}`")),
            )
        })?;
        let role = role_of(role).ok_or_else(|| {
            let help = "roles are time, value, took, label, method, status, success and user";
            (
                format!("`{role}` is nothing that a column holds"),
                Some(help.to_owned()),
            )
        })?;
        *columns.place(role) = Some(place);
        if let Some(unit) = unit {
            columns.unit_ns = Some(unit_ns(unit).ok_or_else(|| {
                let help = "units are ns, us, ms and s: `took=duration:ms`".to_owned();
                (format!("`{unit}` is no unit of time"), Some(help))
            })?);
        }
    }
    Ok((found, columns))
}

fn place_of(found: &Layout, name: &str) -> Option<usize> {
    let by_name = found
        .names
        .iter()
        .position(|known| known.trim() == name.trim());
    by_name.or_else(|| name.trim().parse::<usize>().ok()?.checked_sub(1))
}

fn role_of(role: &str) -> Option<Role> {
    Some(match role {
        "took" => Role::Took,
        "label" => Role::Label,
        "method" => Role::Method,
        "status" => Role::Status,
        "success" => Role::Success,
        "user" => Role::User,
        _ => return None,
    })
}

/// Rates or counts.
fn series(
    table: &Table,
    (layout, value, columns): (&Layout, usize, &Columns),
    mut lines: Lines<'_>,
    (csv, asked): (&Csv, &Asked),
    mut account: Account,
) -> Result<Imported, Unusable> {
    let sample = table.rows(layout.heading);
    let times = sample
        .iter()
        .filter_map(|row| row.cells.get(layout.time))
        .map(AsRef::as_ref);
    let mut instants = Instants::of(times);
    let records = table
        .records()
        .and_then(|records| comma_of(records, layout.heading, value));
    let comma = match records {
        Ok(comma) => comma,
        Err(why) => return Err(Unusable::new(why, None, account)),
    };
    let kind = kind_of(layout, value, csv, &mut account);
    let mut measured = Measured::default();
    table.each(&mut lines, layout.heading, &mut account, |cells| {
        let at = instants
            .ms(cells.get(layout.time).ok_or(SHORT)?)
            .ok_or(NO_TIME)?;
        let label = columns.label.and_then(|label| cells.get(label));
        let label = label.map_or("requests", AsRef::as_ref);
        measured.add(label, at, self::value(cells, value, comma)?);
        Ok(())
    });
    let missing = measured.missing;
    let Some(grid) = measured.grid(kind) else {
        return Err(Unusable::new(
            "no row of it can be used".to_owned(),
            None,
            account,
        ));
    };
    let every = super::number::secs(grid.step_s);
    account.taken.push(format!(
        "{} in {}, a value every {every}; times in {} ({})",
        match kind {
            Kind::Count => "counts".to_owned(),
            Kind::Rate(secs) => format!("users in {}", super::number::secs(secs)),
        },
        layout.called(value),
        layout.called(layout.time),
        instants.said()
    ));
    if missing + grid.bridged > 0 {
        account.doubtful.push(format!(
            "values that are missing: {}; a straight line joins their neighbours, in {} bins",
            super::account::grouped(missing),
            super::account::grouped(grid.bridged)
        ));
    }
    ignored(layout, columns, &mut account);
    let setting = rates::Setting {
        asked,
        source: &account.source.clone(),
        is_dated: instants.is_dated(),
        noun: noun(layout, value),
        known: std::collections::BTreeMap::new(),
    };
    let skeleton = rates::outline(grid, &setting, &mut account);
    Ok(Imported::new(skeleton, account))
}

/// What a value counts.
fn noun(layout: &Layout, value: usize) -> &'static str {
    let name = layout
        .names
        .get(value)
        .map(|name| simple(name))
        .unwrap_or_default();
    let visits = ["user", "visit", "session", "arrival"];
    match visits.into_iter().any(|word| name.starts_with(word)) {
        true => "visit",
        false => "request",
    }
}

/// The value of a row; none where it is missing.
fn value(cells: &Cells<'_>, column: usize, comma: Comma) -> Result<Option<f64>, &'static str> {
    let cell = cells.get(column).map_or("", AsRef::as_ref);
    match number::value(cell, comma) {
        _ if number::is_missing(cell) => Ok(None),
        Some(value) if value < 0.0 => Err(NEGATIVE),
        Some(value) if value > LARGEST => Err(TOO_LARGE),
        Some(value) => Ok(Some(value)),
        None if no_number(cell).starts_with("is infinite") => Err(TOO_LARGE),
        None => Err(NO_VALUE),
    }
}

/// Whether values are rates or counts: as asked, else by the name of their column.
fn kind_of(layout: &Layout, value: usize, csv: &Csv, account: &mut Account) -> Kind {
    let per = csv.per.map(Span::as_secs_f64);
    let name = layout
        .names
        .get(value)
        .map(|name| simple(name))
        .unwrap_or_default();
    let file = simple(&account.source);
    let called = layout.called(value);
    let counts = COUNTS.contains(&name.as_str());
    let in_file = ["count", "requests", "volume", "hits"]
        .into_iter()
        .any(|w| file.contains(w));
    match (csv.is, per.or(layout.per_s())) {
        (Some(Is::Count), _) => Kind::Count,
        (_, Some(per_s)) => Kind::Rate(per_s),
        (Some(Is::Rate), None) => Kind::Rate(1.0),
        (None, None) if counts || (in_file && matches!(name.as_str(), "value" | "")) => {
            let said = "counts who came until the next row (`--is rate` if it is users a second)";
            account.assumed.push(format!("{called} {said}"));
            Kind::Count
        }
        (None, None) => {
            let said = "is users a second (`--per 1m` for users a minute, `--is count` for counts)";
            account.assumed.push(format!("{called} {said}"));
            Kind::Rate(1.0)
        }
    }
}

/// Says which columns were passed over.
pub(super) fn ignored(layout: &Layout, columns: &Columns, account: &mut Account) {
    let used = [
        Some(layout.time),
        layout.rate,
        layout.only.map(|(column, _)| column),
        columns.took,
        columns.label,
        columns.method,
        columns.status,
        columns.success,
        columns.user,
        columns.threads,
        columns.sums.map(|(column, _)| column),
    ];
    let others = (0..layout.names.len()).filter(|column| !used.contains(&Some(*column)));
    let others: Vec<String> = others.map(|column| layout.called(column)).collect();
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().take(12).map(String::as_str).collect();
        account.ignored.push(names.join(", "));
    }
}

/// A row for each request.
fn requests(
    table: &Table,
    (layout, columns): (&Layout, &Columns),
    lines: Lines<'_>,
    asked: &Asked,
    account: Account,
) -> Result<Imported, Unusable> {
    let (mut layout, mut columns) = (layout.clone(), columns.clone());
    known::adapt(table, &mut layout, &mut columns);
    rows(table, (&layout, &columns), lines, asked, account)
}

/// The rows that columns say, as a model.
pub(super) fn rows(
    table: &Table,
    (layout, columns): (&Layout, &Columns),
    mut lines: Lines<'_>,
    asked: &Asked,
    mut account: Account,
) -> Result<Imported, Unusable> {
    let known = layout.known_as.map(|known| format!("it is {known}"));
    account.taken.extend(known);
    account.taken.extend(columns.said(layout));
    let mut rows = Rows::of(table, layout, columns.clone(), asked);
    table.each(&mut lines, layout.heading, &mut account, |cells| {
        rows.add(cells)
    });
    ignored(layout, columns, &mut account);
    requests::made(rows, asked, account)
}
