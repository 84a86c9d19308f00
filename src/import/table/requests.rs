//! Rows of a table that are requests.
//!
//! One idea: whatever wrote them, a request has a time, and perhaps what was asked, how long it
//! took, how it ended and who asked; what is not there is not guessed but said.

use super::super::account::{Account, counted, grouped};
use super::super::csv::NO_TIME;
use super::super::hashed::hash;
use super::super::outline::{Setting, outline};
use super::super::traffic::{Ended, Request, Traffic};
use super::super::{Asked, Imported, Unusable};
use super::columns::Columns;
use super::instants::Instants;
use super::{Cells, Table};
use crate::model::arrival::layout::Layout;
use crate::model::files::number::{self, Comma};

/// Requests that are read from rows.
pub(crate) struct Rows {
    time: usize,
    only: Option<(usize, &'static str)>,
    columns: Columns,
    instants: Instants,
    unit_ns: u64,
    /// Whether the unit of the times that requests took is a guess.
    is_unit_guessed: bool,
    traffic: Traffic,
    /// How people call who asked.
    who: String,
    /// Rows of another kind.
    passed_over: u64,
    /// Rows that sum up others.
    sums: u64,
    /// The most that were at work at once.
    threads: u64,
}

impl Rows {
    /// Those of a table with these columns.
    pub(crate) fn of(table: &Table, layout: &Layout, columns: Columns, asked: &Asked) -> Rows {
        let sample = table.rows(layout.heading);
        let column = |column: usize| {
            let cells = sample.iter().filter_map(move |row| row.cells.get(column));
            cells.map(AsRef::as_ref)
        };
        let (unit_ns, is_unit_guessed) = match (columns.unit_ns, columns.took) {
            (Some(unit), _) => (unit, false),
            (None, Some(took)) => (unit_by_size(column(took)), true),
            (None, None) => (1_000_000, false),
        };
        let who = columns
            .user
            .map(|user| format!("one value of {}", layout.called(user)));
        Rows {
            time: layout.time,
            only: layout.only,
            instants: Instants::of(column(layout.time)),
            columns,
            unit_ns,
            is_unit_guessed,
            traffic: Traffic::new(asked.gap.nanos() / 1_000_000),
            who: who.unwrap_or_default(),
            passed_over: 0,
            sums: 0,
            threads: 0,
        }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, cells: &Cells<'_>) -> Result<(), &'static str> {
        let cell = |column: Option<usize>| {
            let cell = column.and_then(|column| cells.get(column));
            cell.map(AsRef::as_ref)
                .filter(|cell: &&str| !cell.is_empty())
        };
        if let Some((column, word)) = self.only
            && cell(Some(column)) != Some(word)
        {
            self.passed_over += 1;
            return Ok(());
        }
        if let Some((column, word)) = self.columns.sums
            && cell(Some(column)).is_some_and(|cell| cell.starts_with(word))
        {
            self.sums += 1;
            return Ok(());
        }
        let threads = cell(self.columns.threads).and_then(|cell| cell.parse().ok());
        self.threads = self.threads.max(threads.unwrap_or(0));
        let at_ms = cell(Some(self.time)).and_then(|cell| self.instants.ms(cell));
        let at_ms = at_ms.ok_or(NO_TIME)?;
        let columns = &self.columns;
        let took = cell(columns.took).and_then(|cell| nanos(cell, self.unit_ns));
        let (method, path) = asked_for(cell(columns.method), cell(columns.label));
        self.traffic.add(&Request {
            at_ms,
            written_ms: at_ms,
            who: cell(columns.user).map(|who| hash(0, who.as_bytes())),
            method: method.as_bytes(),
            path: path.as_bytes(),
            ended: ended(cell(columns.status), cell(columns.success)),
            took_ns: took,
        });
        Ok(())
    }
}

impl Rows {
    /// What is said of rows that are no requests, and of who made the others.
    fn told(&self, account: &mut Account) {
        if self.passed_over > 0 {
            account.ignored.push(format!(
                "rows of other kinds: {}",
                grouped(self.passed_over)
            ));
        }
        if self.sums > 0 {
            let sums = grouped(self.sums);
            account
                .ignored
                .push(format!("rows that sum up others (transactions): {sums}"));
        }
        if self.threads > 0 {
            account.assumed.push(closed(self.threads));
        }
    }
}

/// What is said of requests that were made by users who wait for their answers.
pub(crate) fn closed(users: u64) -> String {
    format!(
        "the test was closed: {} at most, each of whom asks again when the answer is there. Here \
         the requests come by the clock as they came then (open), and do not slow down with the \
         answers; for users who start over write `population = {users}`",
        counted(users, "user")
    )
}

/// The model of the rows.
pub(crate) fn made(
    mut rows: Rows,
    asked: &Asked,
    mut account: Account,
) -> Result<Imported, Unusable> {
    let unit_s = rows.unit_ns as f64 / 1e9;
    if rows.is_unit_guessed {
        let unit = super::super::number::secs(unit_s);
        account.assumed.push(format!(
            "how long a request took is in steps of {unit}, by the size of the numbers \
             (`--columns took=NAME:ms` says it)"
        ));
    }
    if rows.columns.took.is_some() {
        account
            .assumed
            .push("how long a request took is what its caller waited, queues included".to_owned());
    }
    rows.told(&mut account);
    let is_dated = rows.instants.is_dated();
    account
        .taken
        .push(format!("times are {}", rows.instants.said()));
    let setting = Setting {
        asked,
        source: &account.source.clone(),
        // Seconds are written with digits behind the point.
        grain_s: rows.columns.took.map(|_| unit_s.min(0.001)),
        east_min: 0,
        is_dated,
        who: &rows.who,
    };
    match outline(&mut rows.traffic, &setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => Err(Unusable::new(
            "no row of it can be used".to_owned(),
            None,
            account,
        )),
    }
}

/// Seconds, if most of the numbers have a point and are small; else milliseconds.
fn unit_by_size<'c>(cells: impl Iterator<Item = &'c str>) -> u64 {
    let numbers = cells.filter_map(|cell| number::value(cell, Comma::Groups).map(|n| (cell, n)));
    let (mut all, mut seconds) = (0, 0);
    for (cell, number) in numbers {
        all += 1;
        seconds += u32::from(cell.contains('.') && number < 60.0);
    }
    match seconds * 2 > all {
        true => 1_000_000_000,
        false => 1_000_000,
    }
}

/// A number of units in nanoseconds; none if it is no time that can be.
pub(crate) fn nanos(cell: &str, unit_ns: u64) -> Option<u64> {
    let digits = number::plain(cell, Comma::Groups)?;
    let nanos = number::nanos(&digits, i128::from(unit_ns))?;
    // A month: what takes longer is no request.
    u64::try_from(nanos)
        .ok()
        .filter(|nanos| *nanos < 2_592_000_000_000_000)
}

/// Method and path, or what else it is called.
pub(crate) fn asked_for<'c>(method: Option<&'c str>, label: Option<&'c str>) -> (&'c str, &'c str) {
    let label = label.unwrap_or("request");
    let (first, path) = match label.split_once(' ') {
        Some((first, path)) if path.starts_with('/') || path.contains("://") => (first, path),
        _ => ("", label),
    };
    let is_method = (3..=7).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_uppercase());
    let (first, path) = if is_method {
        (first, path)
    } else {
        ("", label)
    };
    let path = match path.split_once("://") {
        Some((_, behind)) => behind.find('/').map_or("/", |slash| &behind[slash..]),
        None => path,
    };
    (method.unwrap_or(first), path)
}

/// How a request ended, by its status and by what is said of its success.
pub(crate) fn ended(status: Option<&str>, success: Option<&str>) -> Ended {
    let by_status = match status.map(str::parse::<u16>) {
        // What is no number tells of something that went wrong before there was an answer.
        Some(Err(_)) | Some(Ok(0)) => Ended::Failed,
        Some(Ok(status)) => Ended::of(status),
        None => Ended::Ok,
    };
    let is_bad = success.is_some_and(|word| {
        !matches!(
            word.to_lowercase().as_str(),
            "true" | "1" | "yes" | "ok" | "passed" | "pass"
        )
    });
    match (by_status, is_bad) {
        (Ended::Ok, true) => Ended::Failed,
        (by_status, _) => by_status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_paths_or_names() {
        for (method, label, expected) in [
            (None, Some("login"), ("", "login")),
            (None, Some("GET /a/1"), ("GET", "/a/1")),
            (Some("POST"), Some("https://x.example/a"), ("POST", "/a")),
            (None, Some("https://x.example"), ("", "/")),
            (None, Some("HTTP Request 1"), ("", "HTTP Request 1")),
            (None, None, ("", "request")),
        ] {
            assert_eq!(asked_for(method, label), expected);
        }
    }

    #[test]
    fn endings_are_told_by_status_and_success() {
        assert_eq!(ended(Some("200"), Some("true")), Ended::Ok);
        assert_eq!(ended(Some("200"), Some("false")), Ended::Failed);
        assert_eq!(ended(Some("404"), Some("false")), Ended::Declined);
        assert_eq!(ended(Some("Non HTTP response code"), None), Ended::Failed);
        assert_eq!(
            (ended(None, None), ended(Some("503"), None)),
            (Ended::Ok, Ended::Refused)
        );
    }

    #[test]
    fn units_are_told_by_size() {
        assert_eq!(
            unit_by_size(["0.012", "1.5", "x"].into_iter()),
            1_000_000_000
        );
        assert_eq!(unit_by_size(["12", "1500"].into_iter()), 1_000_000);
        assert_eq!(nanos("1.5", 1_000_000), Some(1_500_000));
        assert_eq!(
            (nanos("-1", 1), nanos("9e99", 1), nanos("", 1)),
            (None, None, None)
        );
    }
}
