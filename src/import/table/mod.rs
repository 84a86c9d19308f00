//! Tables of text: what stands between commas, semicolons or tabs, a row at a time.
//!
//! One idea: the first rows tell the separator, the heading, the columns and the kind of the times,
//! by the same rules by which a model reads a data file; all rows are then read by that, one after
//! the other, in bounded memory. A row that does not fit is left out and counted.

pub(super) mod columns;
pub(super) mod instants;
pub(super) mod known;
pub(super) mod requests;

use std::borrow::Cow;

use super::account::{Account, excerpt};
use super::lines::{Lines, Next};
use crate::model::files::records::{Record, Records, cells_of};

/// Bytes of a row at most.
pub(super) const LONGEST: usize = 128 * 1024;
pub(super) const TOO_LONG: &str = "it is longer than 128 kB";
const OPEN: &str = "its quotes do not close";

/// How a table is written.
pub(super) struct Table {
    /// What stands between cells.
    separator: Option<char>,
    /// The first rows, the heading among them, as text.
    pub(super) sample: String,
}

/// The cells of a row.
pub(super) type Cells<'a> = [Cow<'a, str>];

impl Table {
    /// The table that some lines begin.
    ///
    /// # Errors
    /// Says why it is none.
    pub(super) fn of(lines: &mut Lines<'_>) -> Result<Table, String> {
        let ahead = lines.ahead();
        // A character that nobody sees is one of a broken row, not of another kind of file.
        let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        let text = String::from_utf8_lossy(ahead).replace(is_odd, "\u{fffd}");
        let sample = alike(&text);
        let records = Records::of(&sample)?;
        Ok(Table {
            separator: records.separator,
            sample,
        })
    }

    /// The first rows.
    pub(super) fn records(&self) -> Result<Records<'_>, String> {
        Records::of(&self.sample)
    }

    /// The first rows that hold data.
    pub(super) fn rows(&self, heading: usize) -> Vec<Record<'_>> {
        let records = self.records().into_iter();
        records
            .flat_map(|records| records.iter().skip(heading))
            .take(200)
            .collect()
    }

    /// Hands over the cells of every row behind the heading; what is refused is counted.
    pub(super) fn each(
        &self,
        lines: &mut Lines<'_>,
        heading: usize,
        account: &mut Account,
        mut row: impl FnMut(&Cells<'_>) -> Result<(), &'static str>,
    ) {
        // Every stream has its heading.
        let (mut headings, mut before) = (heading, 0);
        while let Some(next) = lines.next() {
            let failed = match next {
                Next::Line(line, number) => {
                    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
                    headings = if number <= before { heading } else { headings };
                    before = number;
                    if line.starts_with(b"#") || line.trim_ascii().is_empty() {
                        continue;
                    }
                    if headings > 0 {
                        headings -= 1;
                        continue;
                    }
                    self.row(line, &mut row).map_err(|why| (why, excerpt(line)))
                }
                Next::Long(_) => Err((TOO_LONG, String::new())),
            };
            if let Err((why, begins)) = failed {
                account.bad(why, lines.at(), begins);
            }
        }
        account.read = lines.read;
        account.breaks(lines);
    }

    fn row(
        &self,
        line: &[u8],
        row: &mut impl FnMut(&Cells<'_>) -> Result<(), &'static str>,
    ) -> Result<(), &'static str> {
        let text = String::from_utf8_lossy(line);
        let cells = cells_of(&text, self.separator).ok_or(OPEN)?;
        row(&cells)
    }
}

/// What may stand between cells; of several that fit, the first.
const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];
/// Rows that are looked at.
const SAMPLE: usize = 400;

/// The first rows of a text that look like most of them: a broken one decides nothing.
fn alike(text: &str) -> String {
    let end = if text.contains('\n') { '\n' } else { '\r' };
    let is_whole = |line: &&str| line.matches('"').count().is_multiple_of(2);
    let rows = || {
        text.split(end)
            .filter(|line| !line.trim().is_empty())
            .take(SAMPLE)
    };
    let all = rows().filter(|line| !line.starts_with('#')).count();
    let has = |separator: char| rows().filter(|line| line.contains(separator)).count();
    let most = SEPARATORS
        .into_iter()
        .find(|separator| has(*separator) * 5 >= all * 4);
    let fits = |line: &&str| most.is_none_or(|separator| line.contains(separator));
    let kept: Vec<&str> = rows().filter(is_whole).filter(fits).collect();
    kept.join("\n")
}
