//! Results of JMeter: JTL as CSV.
//!
//! One idea: it is a table of requests whose columns are known. Its settings decide which columns
//! there are; without a heading they stand in JMeter's own order.

use super::account::Account;
use super::csv::rows;
use super::lines::{Input, Lines};
use super::table::columns::Columns;
use super::table::{LONGEST, Table, known};
use super::{Asked, Imported, Unusable, source};
use crate::model::arrival::layout::{Layout, layout};

/// The columns of a file without a heading, as JMeter writes them by default.
const DEFAULT: [&str; 17] = [
    "timeStamp",
    "elapsed",
    "label",
    "responseCode",
    "responseMessage",
    "threadName",
    "dataType",
    "success",
    "failureMessage",
    "bytes",
    "sentBytes",
    "grpThreads",
    "allThreads",
    "URL",
    "Latency",
    "IdleTime",
    "Connect",
];

/// Reads JTL files.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(inputs: Vec<Input<'_>>, asked: &Asked) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, LONGEST);
    if lines.ahead().trim_ascii_start().starts_with(b"<") {
        let help = "have it written as CSV: `jmeter.save.saveservice.output_format=csv`";
        let why = "it is XML".to_owned();
        return Err(Unusable::new(why, Some(help.to_owned()), account));
    }
    let found = Table::of(&mut lines).and_then(|table| Ok((layout_of(&table)?, table)));
    let (mut layout, table) = match found {
        Ok(found) => found,
        Err(why) => {
            let help = "it needs a heading with `timeStamp` and `elapsed`; `onrush import csv` \
                        reads other tables";
            return Err(Unusable::new(why, Some(help.to_owned()), account));
        }
    };
    let mut columns = Columns::default();
    if layout.heading == 0 {
        account
            .assumed
            .push("it has no heading: its columns are in JMeter's order".to_owned());
    }
    known::adapt(&table, &mut layout, &mut columns);
    rows(&table, (&layout, &columns), lines, asked, account)
}

fn layout_of(table: &Table) -> Result<Layout, String> {
    let records = table.records()?;
    let found = layout(records, &[]);
    if let Ok(found) = found
        && found.known_as == Some("a JMeter log")
    {
        return Ok(found);
    }
    let first = records.iter().next().ok_or("it is empty")?;
    let is_time = |cell: &str| cell.len() == 13 && cell.bytes().all(|byte| byte.is_ascii_digit());
    match first.cells.first() {
        Some(cell) if is_time(cell) && first.cells.len() >= 8 => Ok(Layout {
            known_as: Some("a JMeter log"),
            time: 0,
            rate: None,
            only: None,
            heading: 0,
            names: DEFAULT.map(str::to_owned).to_vec(),
            chosen: true,
        }),
        _ => Err("it is no log of JMeter".to_owned()),
    }
}
