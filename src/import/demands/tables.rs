//! Rates and utilisation in tables: a column for each endpoint, or one with the names of endpoints.
//!
//! One idea: what a column holds is told by its name, and said; `--columns` says it better. A table
//! may hold any of it: rates in one file and processors in another are read alike.

use super::super::account::Account;
use super::super::csv::NO_TIME;
use super::super::lines::Lines;
use super::super::table::instants::Instants;
use super::super::table::{Cells, Table};
use super::How;
use super::joined::Readings;
use super::names::{self, Holds, Unit};
use crate::base::time::Span;
use crate::model::arrival::layout::{self, simple};
use crate::model::files::comma_of;
use crate::model::files::number::{self, Comma};
use crate::model::files::records::Record;

const NO_NUMBER: &str = "a value is not a number";
const NEGATIVE: &str = "a value is below zero";
const TOO_LARGE: &str = "a value is too large to be counted with";
/// The largest value that is taken.
pub(super) const LARGEST: f64 = 1e9;
const SHORT: &str = "it has too few cells";
/// Names of columns with the names of endpoints, letters and digits alone.
const LABELS: [&str; 8] = [
    "endpoint",
    "handler",
    "path",
    "route",
    "uri",
    "url",
    "operation",
    "label",
];
/// The service where processors have no name.
pub(super) const SERVICE: &str = "site";

/// Columns, and what they hold by the command line.
type Said = Vec<(usize, Holds)>;

/// Why a table cannot be used, and what to do.
type Refused = (String, Option<String>);

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
struct Column {
    at: usize,
    holds: Holds,
    /// The endpoint or the service; none where a row says it, or nobody.
    about: Option<String>,
    comma: Comma,
    called: String,
}

/// Reads a table.
pub(super) fn read(
    lines: &mut Lines<'_>,
    how: &How,
    readings: &mut Readings,
    account: &mut Account,
) -> Result<(), Refused> {
    let table = Table::of(lines).map_err(|why| (why, None))?;
    let wanted = Wanted::of(how)?;
    let records = table.records().map_err(|why| (why, None))?;
    let head = layout::table(records, wanted.time.as_deref(), &[])
        .map_err(|unclear| (unclear.why, unclear.help))?;
    let heading: Vec<String> = match head.heading {
        0 => Vec::new(),
        _ => records.iter().next().map_or_else(Vec::new, |record| {
            record
                .cells
                .iter()
                .map(|cell| cell.trim().to_owned())
                .collect()
        }),
    };
    let sample = table.rows(head.heading);
    let (columns, label) = wanted.columns(&table, &head, &heading, &sample)?;
    let times = sample
        .iter()
        .filter_map(|row| row.cells.get(head.time))
        .map(AsRef::as_ref);
    let mut instants = Instants::of(times);
    said(
        &columns,
        (&head, &instants),
        label.map(|at| head.called(at)),
        account,
    );
    ignored(&columns, label, (&head, heading.len()), account);
    let mut rows = Counts::default();
    table.each(lines, head.heading, account, |cells| {
        let at = instants
            .ms(cells.get(head.time).ok_or(SHORT)?)
            .ok_or(NO_TIME)?;
        row(
            cells,
            at,
            (&columns, label),
            readings,
            how.is_count.then_some(&mut rows),
        )
    });
    rows.end(readings);
    readings.is_dated |= instants.is_dated();
    Ok(())
}

/// Takes what a row holds.
fn row(
    cells: &Cells<'_>,
    at: i64,
    (columns, label): (&[Column], Option<usize>),
    readings: &mut Readings,
    mut counts: Option<&mut Counts>,
) -> Result<(), &'static str> {
    let label = label.and_then(|label| cells.get(label)).map(AsRef::as_ref);
    for column in columns {
        let cell = cells.get(column.at).map_or("", AsRef::as_ref);
        if number::is_missing(cell) || cell.is_empty() {
            readings.missing += 1;
            continue;
        }
        let value = number::value(cell, column.comma).ok_or(NO_NUMBER)?;
        if value < 0.0 {
            return Err(NEGATIVE);
        }
        if value > LARGEST {
            return Err(TOO_LARGE);
        }
        match column.holds {
            Holds::Rate(per) => {
                let about = column.about.as_deref().or(label).unwrap_or("requests");
                match &mut counts {
                    Some(counts) => counts.add(about, at, value),
                    None => readings.rate(about, at, value / per),
                }
            }
            Holds::Busy(unit) => {
                let service = column.about.as_deref().unwrap_or(SERVICE).to_owned();
                let busy = readings.busy.entry(service).or_default();
                (busy.unit, busy.called) = (unit, column.called.clone());
                busy.values.push((at, value));
            }
            Holds::Cores => readings.cores.push((at, value)),
            Holds::AtWork => readings.at_work.push((at, value)),
            Holds::Sum => {}
        }
    }
    Ok(())
}

/// Counts until the next row of the same endpoint.
#[derive(Default)]
struct Counts {
    by_name: std::collections::BTreeMap<String, Vec<(i64, f64)>>,
}

impl Counts {
    fn add(&mut self, about: &str, at: i64, value: f64) {
        self.by_name
            .entry(about.to_owned())
            .or_default()
            .push((at, value));
    }

    /// Counts as rates: what stands in a row came until the next.
    fn end(self, readings: &mut Readings) {
        for (name, mut values) in self.by_name {
            values.sort_by_key(|(at, _)| *at);
            let mut steps: Vec<i64> = values
                .windows(2)
                .map(|pair| pair[1].0 - pair[0].0)
                .collect();
            steps.sort_unstable();
            let usual = steps.get(steps.len() / 2).copied().unwrap_or(60_000).max(1);
            for (at, count) in values {
                readings.rate(&name, at, count / (usual as f64 / 1e3));
            }
        }
    }
}

/// What was asked of the columns.
struct Wanted {
    time: Option<String>,
    rates: Vec<String>,
    others: Vec<(&'static str, String, Option<Unit>)>,
    per_s: Option<f64>,
}

impl Wanted {
    fn of(how: &How) -> Result<Wanted, Refused> {
        let mut wanted = Wanted {
            time: None,
            rates: Vec::new(),
            others: Vec::new(),
            per_s: how.per.map(Span::as_secs_f64),
        };
        for text in &how.columns {
            let (role, name) = text.split_once('=').unwrap_or(("", text));
            let (name, unit) = match name.rsplit_once(':') {
                Some((name, unit)) if role == "cpu" => {
                    let known = Unit::of(unit).ok_or_else(|| {
                        let help = "units are fraction, percent, cores and millicores";
                        (format!("`{unit}` is no unit of CPU"), Some(help.to_owned()))
                    })?;
                    (name, Some(known))
                }
                _ => (name, None),
            };
            match role {
                "" if wanted.time.is_none() => wanted.time = Some(name.to_owned()),
                "time" => wanted.time = Some(name.to_owned()),
                "" | "rate" => wanted.rates.push(name.to_owned()),
                "cpu" => wanted.others.push(("cpu", name.to_owned(), unit)),
                "cores" => wanted.others.push(("cores", name.to_owned(), None)),
                "users" => wanted.others.push(("users", name.to_owned(), None)),
                "label" => wanted.others.push(("label", name.to_owned(), None)),
                _ => {
                    let help = "roles are time, rate, cpu, cores, users and label";
                    let why = format!("`{role}` is nothing that a column holds");
                    return Err((why, Some(help.to_owned())));
                }
            }
        }
        Ok(wanted)
    }

    /// The columns that are read, and the one with the names of endpoints.
    fn columns(
        &self,
        table: &Table,
        head: &layout::Table,
        heading: &[String],
        sample: &[Record<'_>],
    ) -> Result<(Vec<Column>, Option<usize>), Refused> {
        let (asked, label) = self.asked(heading)?;
        let is_label = |at: &usize| {
            heading
                .get(*at)
                .is_some_and(|name| LABELS.contains(&simple(name).as_str()))
                && !is_numeric(sample, *at)
        };
        let label = label.or_else(|| (0..heading.len()).find(is_label));
        let width = sample.iter().map(|row| row.cells.len()).max();
        let mut columns = Vec::new();
        for at in (0..width.unwrap_or(0)).filter(|at| *at != head.time && Some(*at) != label) {
            let (found, about) = names::of(heading.get(at).map_or("", String::as_str));
            let said = asked.iter().find(|(place, _)| *place == at);
            let Some(holds) = self.holds(said.map(|(_, holds)| *holds), found) else {
                continue;
            };
            if !is_numeric(sample, at) {
                continue;
            }
            let comma = table.records();
            let comma = comma.and_then(|all| comma_of(all, head.heading, at));
            columns.push(Column {
                at,
                // Beside a column of names a rate is of the endpoint that the row names.
                about: match (holds, label) {
                    (Holds::Rate(_), Some(_)) => None,
                    (Holds::Rate(_), None) => about.or_else(|| Some(format!("column {}", at + 1))),
                    (Holds::Busy(_) | Holds::Cores | Holds::AtWork | Holds::Sum, _) => about,
                },
                holds,
                comma: comma.map_err(|why| (why, None))?,
                called: head.called(at),
            });
        }
        Ok((columns, label))
    }

    /// What columns hold by the command line, and the one with the names of endpoints.
    fn asked(&self, heading: &[String]) -> Result<(Said, Option<usize>), Refused> {
        let place = |name: &str| {
            let by_name = heading.iter().position(|known| known == name.trim());
            let by_number = || name.trim().parse::<usize>().ok()?.checked_sub(1);
            by_name.or_else(by_number).ok_or_else(|| {
                let help = format!("its columns are `{}`", heading.join("`, `"));
                (format!("it has no column `{name}`"), Some(help))
            })
        };
        let (mut asked, mut label) = (Vec::new(), None);
        for (role, name, unit) in &self.others {
            let at = place(name)?;
            match *role {
                "label" => label = Some(at),
                "cpu" => asked.push((at, Holds::Busy(*unit))),
                "cores" => asked.push((at, Holds::Cores)),
                _ => asked.push((at, Holds::AtWork)),
            }
        }
        for name in &self.rates {
            asked.push((place(name)?, Holds::Rate(1.0)));
        }
        Ok((asked, label))
    }

    /// What a column holds by the command line and by its name; nothing if it is not wanted.
    fn holds(&self, said: Option<Holds>, found: Holds) -> Option<Holds> {
        let holds = match (said, found) {
            (Some(Holds::Busy(None)), Holds::Busy(unit)) => Holds::Busy(unit),
            (Some(Holds::Rate(_)), Holds::Rate(per)) => Holds::Rate(per),
            (Some(said), _) => said,
            // Whoever names the rates wants no others.
            (None, Holds::Rate(_)) if !self.rates.is_empty() => return None,
            (None, Holds::Sum) => return None,
            (None, found) => found,
        };
        Some(match (holds, self.per_s) {
            (Holds::Rate(_), Some(per)) => Holds::Rate(per),
            (holds, _) => holds,
        })
    }
}

/// Whether most cells of a column are numbers, or missing.
fn is_numeric(sample: &[Record<'_>], at: usize) -> bool {
    let cells = || sample.iter().filter_map(|row| row.cells.get(at));
    let known = |cell: &str| number::is_missing(cell) || cell.is_empty();
    let numbers = cells().filter(|cell| number::value(cell, Comma::Groups).is_some());
    let all = cells().filter(|cell| !known(cell)).count();
    all > 0 && numbers.count() * 5 >= all * 4
}

fn said(
    columns: &[Column],
    (head, instants): (&layout::Table, &Instants),
    label: Option<String>,
    account: &mut Account,
) {
    let of = |wanted: fn(&Column) -> bool| -> Vec<&str> {
        columns
            .iter()
            .filter(|one| wanted(one))
            .map(|one| one.called.as_str())
            .collect()
    };
    let times = format!("times in {} ({})", head.called(head.time), instants.said());
    account.taken.push(times);
    let rates = of(|one| matches!(one.holds, Holds::Rate(_)));
    if !rates.is_empty() {
        let names = label.map_or_else(String::new, |label| format!(", by endpoint in {label}"));
        let per = columns.iter().find_map(|one| match one.holds {
            Holds::Rate(per) => Some(super::super::number::secs(per)),
            Holds::Busy(_) | Holds::Cores | Holds::AtWork | Holds::Sum => None,
        });
        let per = per.unwrap_or_default();
        account
            .taken
            .push(format!("requests in {per}: {}{names}", rates.join(", ")));
    }
    let busy = of(|one| matches!(one.holds, Holds::Busy(_)));
    if !busy.is_empty() {
        account
            .taken
            .push(format!("how busy processors were: {}", busy.join(", ")));
    }
    for (what, found) in [
        (
            "how many cores there are",
            of(|one| one.holds == Holds::Cores),
        ),
        ("how many are at work", of(|one| one.holds == Holds::AtWork)),
    ] {
        if !found.is_empty() {
            account.taken.push(format!("{what}: {}", found.join(", ")));
        }
    }
}

fn ignored(
    columns: &[Column],
    label: Option<usize>,
    (head, width): (&layout::Table, usize),
    account: &mut Account,
) {
    let is_used = |at: usize| {
        at == head.time || Some(at) == label || columns.iter().any(|column| column.at == at)
    };
    let others: Vec<String> = (0..width)
        .filter(|at| !is_used(*at))
        .map(|at| head.called(at))
        .take(12)
        .collect();
    if !others.is_empty() {
        account.ignored.push(others.join(", "));
    }
}
