//! Which columns of a data file hold the arrivals: those of a load test, a dashboard, a plain list.
//!
//! One idea: what people have names its columns, and the names tell whether a row is one user or a
//! rate. Where they do not, the file is refused with what to write, never guessed.

use std::borrow::Cow;

use crate::base::visible::one_line;
use crate::model::files::date::{Stamp, stamp};
use crate::model::files::number::{self, Comma};
use crate::model::files::records::{Record, Records};
use crate::model::files::unclear::Unclear;

/// Names of columns with the instants, letters and digits alone.
const TIME: [&str; 20] = [
    "timestamp",
    "time",
    "timestamputc",
    "timeutc",
    "timestampms",
    "ts",
    "date",
    "datetime",
    "starttime",
    "start",
    "startedat",
    "begin",
    "at",
    "when",
    "arrival",
    "arrivaltime",
    "instant",
    "epoch",
    "bucket",
    "timebucket",
];
/// Names of columns with rates, or with how many came.
const RATE: [&str; 32] = [
    "rps",
    "qps",
    "tps",
    "rpm",
    "rate",
    "rates",
    "requestrate",
    "arrivalrate",
    "persecond",
    "requestspersecond",
    "requestspersec",
    "requestss",
    "reqs",
    "reqss",
    "users",
    "userss",
    "requestspermin",
    "requestsperminute",
    "requestsmin",
    "reqmin",
    "usersmin",
    "value",
    "requests",
    "count",
    "hits",
    "n",
    "arrivals",
    "visits",
    "visitors",
    "sessions",
    "throughput",
    "load",
];
/// Those of them that count users of a minute.
const PER_MINUTE: [&str; 6] = [
    "rpm",
    "requestspermin",
    "requestsperminute",
    "requestsmin",
    "reqmin",
    "usersmin",
];
/// Names of columns that describe one request: a row is one user.
const DETAIL: [&str; 26] = [
    "elapsed",
    "latency",
    "duration",
    "durationms",
    "responsetime",
    "responsetimems",
    "ms",
    "responsecode",
    "status",
    "statuscode",
    "code",
    "bytes",
    "sentbytes",
    "size",
    "success",
    "id",
    "userid",
    "user",
    "connect",
    "idletime",
    "port",
    "seq",
    "grpthreads",
    "allthreads",
    "pid",
    "threadid",
];
/// Names of columns that count who is there at once: that is no arrival.
const AT_ONCE: [&str; 8] = [
    "vus",
    "activeusers",
    "concurrentusers",
    "concurrency",
    "vusers",
    "activesessions",
    "threads",
    "inflight",
];
/// Records by which the columns are found.
const SAMPLE: usize = 50;

/// Which columns hold what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What it is, where it was recognised: `a JMeter log`.
    pub(crate) known_as: Option<&'static str>,
    /// The column of the instants, or of the begins of rates.
    pub(crate) time: usize,
    /// The column of the rates; without one a row is one user.
    pub(crate) rate: Option<usize>,
    /// Only records that say this word in this column count.
    pub(crate) only: Option<(usize, &'static str)>,
    /// Records before the first one with data.
    pub(crate) heading: usize,
    /// The names of the columns, if it has any.
    pub(crate) names: Vec<String>,
    /// Whether other columns than those were passed over by their names.
    pub(crate) chosen: bool,
}

impl Layout {
    /// How a column is called: by its name, else by its number from 1.
    pub(crate) fn called(&self, column: usize) -> String {
        match self.names.get(column).filter(|name| !name.is_empty()) {
            Some(name) => format!("column `{name}`"),
            None => format!("column {}", column + 1),
        }
    }

    /// Letters and digits of a column's name, in lower case; nothing if it has none.
    fn simple_name(&self, column: usize) -> String {
        self.names
            .get(column)
            .map_or_else(String::new, |name| simple(name))
    }

    /// The seconds in which a rate counts its users, if its name says so.
    pub(crate) fn per_s(&self) -> Option<f64> {
        let name = simple(self.names.get(self.rate?)?);
        PER_MINUTE.contains(&name.as_str()).then_some(60.0)
    }
}

/// Finds the columns; `wanted` are those that the model names, the instants first.
pub(crate) fn layout(records: Records<'_>, wanted: &[String]) -> Result<Layout, Unclear> {
    let sample: Vec<Record<'_>> = records.iter().take(SAMPLE).collect();
    let found = headed(&sample)?;
    let sample = &sample[found.heading..];
    if !wanted.is_empty() {
        return named(found, wanted, sample);
    }
    match load_test(&found, records, sample) {
        Some(known) => Ok(known),
        None => by_names(found, sample),
    }
}

/// A file of measurements: a column of instants, and one for each of some names.
pub(crate) struct Table {
    /// Records before the first one with data.
    pub(crate) heading: usize,
    /// The column of the instants.
    pub(crate) time: usize,
    /// The columns of the names, in their order.
    pub(crate) columns: Vec<usize>,
    found: Layout,
}

impl Table {
    /// How a column is called: by its name, else by its number from 1.
    pub(crate) fn called(&self, column: usize) -> String {
        self.found.called(column)
    }
}

/// Finds the columns of some names, and that of the instants by its own name if none is given.
pub(crate) fn table(
    records: Records<'_>,
    time: Option<&str>,
    names: &[&str],
) -> Result<Table, Unclear> {
    let sample: Vec<Record<'_>> = records.iter().take(SAMPLE).collect();
    let found = headed(&sample)?;
    let sample = &sample[found.heading..];
    let column = |name: &str| named(found.clone(), &[name.to_owned()], sample);
    let columns: Result<Vec<usize>, Unclear> =
        names.iter().map(|name| Ok(column(name)?.time)).collect();
    let time = match time {
        Some(name) => column(name)?.time,
        None => instants(&found, sample)?,
    };
    Ok(Table {
        heading: found.heading,
        time,
        columns: columns?,
        found,
    })
}

/// What stands above the data, of the first records.
fn headed(sample: &[Record<'_>]) -> Result<Layout, Unclear> {
    let Some(first) = sample.first() else {
        return Err(Unclear::new("it is empty"));
    };
    let is_heading = !first.cells.iter().any(|cell| is_data(cell));
    if is_heading && !first.is_heading() {
        let help = "instants are numbers, or dates such as `2014-10-27 15:00:00`";
        return Err(Unclear::new(first.no_heading()).help(help));
    }
    let heading = usize::from(is_heading);
    let names: Vec<String> = match is_heading {
        true => first
            .cells
            .iter()
            .map(|cell| one_line(cell).into_owned())
            .collect(),
        false => Vec::new(),
    };
    if sample.len() == heading {
        let why = format!("it has no data: line {} is the only one", first.line);
        return Err(Unclear::new(why));
    }
    Ok(Layout {
        known_as: None,
        time: 0,
        rate: None,
        only: None,
        heading,
        names,
        chosen: false,
    })
}

/// The columns that the model names, by name or by number from 1.
fn named(found: Layout, wanted: &[String], sample: &[Record<'_>]) -> Result<Layout, Unclear> {
    let width = width(sample);
    let place = |name: &String| {
        let by_name = found
            .names
            .iter()
            .position(|known| known.trim() == name.trim());
        let by_number = || name.trim().parse::<usize>().ok()?.checked_sub(1);
        by_name.or_else(by_number).filter(|place| *place < width)
    };
    let mut places = Vec::new();
    for name in wanted {
        let Some(place) = place(name) else {
            let help = match found.names.is_empty() {
                true => format!("its columns are numbered from 1 to {width}"),
                false => format!("its columns are {}", listed(found.names.iter())),
            };
            return Err(Unclear::new(format!("it has no column `{name}`")).help(help));
        };
        places.push(place);
    }
    Ok(Layout {
        time: places[0],
        rate: places.get(1).copied(),
        ..found
    })
}

/// What load tests write: JMeter, k6, vegeta.
fn load_test(found: &Layout, records: Records<'_>, sample: &[Record<'_>]) -> Option<Layout> {
    let named = |name: &str| found.names.iter().position(|known| simple(known) == name);
    let known = |known_as: &'static str, time: usize| Layout {
        known_as: Some(known_as),
        time,
        chosen: true,
        ..found.clone()
    };
    if let (Some(time), Some(_)) = (named("timestamp"), named("elapsed")) {
        return Some(known("a JMeter log", time));
    }
    if let (Some(metric), Some(time)) = (named("metricname"), named("timestamp")) {
        let says = |word: &str| {
            let mut all = records.iter();
            all.any(|record| record.cells.get(metric).is_some_and(|cell| cell == word))
        };
        let only = ["http_reqs", "iterations", "grpc_reqs"]
            .into_iter()
            .find(|word| says(word));
        return only.map(|word| Layout {
            only: Some((metric, word)),
            ..known("a k6 log", time)
        });
    }
    let is_vegeta = |record: &Record<'_>| {
        let cells = &record.cells;
        let code = |cell: &Cow<'_, str>| cell.parse::<u16>().is_ok_and(|code| code < 600);
        let nanos = |cell: &Cow<'_, str>| cell.len() == 19 && cell.parse::<i64>().is_ok();
        cells.len() >= 8 && nanos(&cells[0]) && code(&cells[1])
    };
    let vegeta = found.heading == 0 && sample.iter().all(is_vegeta);
    vegeta.then(|| known("a vegeta log", 0))
}

/// The most cells of a record.
fn width(sample: &[Record<'_>]) -> usize {
    let widths = sample.iter().map(|record| record.cells.len());
    widths.max().unwrap_or(0)
}

/// The columns that mostly hold what passes a test: a cell that cannot be read is named later; it
/// does not hide its column.
fn holding(sample: &[Record<'_>], test: &dyn Fn(&str) -> bool) -> Vec<usize> {
    let holds = |place: &usize| {
        let cells = sample.iter().filter_map(|record| record.cells.get(*place));
        let (all, good) = cells.fold((0, 0), |(all, good), cell| {
            (all + 1, good + usize::from(test(cell)))
        });
        all > 0 && 2 * good >= all
    };
    (0..width(sample)).filter(holds).collect()
}

/// The column of the instants by its name, else the first that holds numbers or dates.
fn instants(found: &Layout, sample: &[Record<'_>]) -> Result<usize, Unclear> {
    let times = holding(sample, &|cell| is_data(cell) || number::is_beyond(cell));
    let is_time = |place: &usize| TIME.contains(&found.simple_name(*place).as_str());
    let called = times.iter().copied().find(is_time);
    let called = called.or_else(|| (0..width(sample)).find(is_time));
    called.or(times.first().copied()).ok_or_else(|| {
        let line = sample.first().map_or(1, |record| record.line);
        let why = format!("line {line} has neither a number nor a date");
        let help = "instants are numbers, or dates such as `2014-10-27 15:00:00`";
        Unclear::new(why).help(help)
    })
}

/// The columns by their names, else the first two that hold data.
fn by_names(found: Layout, sample: &[Record<'_>]) -> Result<Layout, Unclear> {
    let width = width(sample);
    let time = instants(&found, sample)?;
    let could_be = |cell: &str| is_number(cell) || number::is_missing(cell);
    let numbers = holding(sample, &|cell| could_be(cell) || number::is_beyond(cell));
    let others: Vec<usize> = numbers.into_iter().filter(|place| *place != time).collect();
    let those = |words: &[&str]| -> Vec<usize> {
        let known = others.iter().copied();
        known
            .filter(|place| words.contains(&found.simple_name(*place).as_str()))
            .collect()
    };
    let (rates, details, at_once) = (those(&RATE), those(&DETAIL), those(&AT_ONCE));
    let rate = match (rates.as_slice(), others.as_slice()) {
        ([one], _) => Some(*one),
        ([], []) => None,
        ([], _) if !at_once.is_empty() => return Err(no_arrivals(&found, at_once[0])),
        ([], _) if !details.is_empty() => None,
        // Without names, only a file of two columns says what the second one is.
        ([], [one]) if width == 2 || !found.names.is_empty() => Some(*one),
        ([], _) => return Err(several(&found, time, &others)),
        (_, _) => return Err(several(&found, time, &rates)),
    };
    let passed_over = width > 1 + usize::from(rate.is_some());
    Ok(Layout {
        time,
        rate,
        chosen: passed_over,
        ..found
    })
}

fn no_arrivals(found: &Layout, column: usize) -> Unclear {
    let called = found.called(column);
    let why = format!("{called} counts users who are there at the same time, not arrivals");
    Unclear::new(why).help(
        "use `population` for a fixed number of users, or a rate: users at the same time ÷ how \
         long each one stays",
    )
}

fn several(found: &Layout, time: usize, columns: &[usize]) -> Unclear {
    let names: Vec<String> = columns.iter().map(|column| found.called(*column)).collect();
    let written = |column: usize| match found.names.get(column) {
        Some(name) => name.clone(),
        None => (column + 1).to_string(),
    };
    let (time, first) = (written(time), written(columns[0]));
    Unclear::new(format!(
        "several columns may be the rates: {}",
        names.join(", ")
    ))
    .help(format!(
        "choose with `columns = [\"{time}\", \"{first}\"]`; `columns = [\"{time}\"]` alone makes \
         every row one user"
    ))
}

fn listed<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.take(16).map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Letters and digits of a name, in lower case: `Response Time [ms]` → `responsetimems`.
pub(crate) fn simple(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_number(cell: &str) -> bool {
    number::value(cell, Comma::Groups).is_some() || number::value(cell, Comma::Decimal).is_some()
}

/// Whether a cell may be an instant, certain or not.
fn is_data(cell: &str) -> bool {
    is_number(cell) || stamp(cell) != Stamp::Other
}
