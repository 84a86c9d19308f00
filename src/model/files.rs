//! Data files that a model names, handed in as text by whoever can read files.
//!
//! One idea: a file is a text of records (`records`), a cell is a number (`number`) or a date
//! (`date`) or neither; what a column is for is decided by whoever asks for it.

pub(crate) mod date;
pub(crate) mod instants;
pub(crate) mod number;
pub(crate) mod records;
pub(crate) mod unclear;

use std::collections::{BTreeMap, BTreeSet};

use self::number::{Comma, Hint};
use self::records::{Record, Records};
use crate::text::{Diagnostic, Place};

/// The texts of data files by the paths that the model writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<String, Content>,
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its text.
    Text(String),
    /// It is there, but was not read yet; what needs it is left out of the model.
    Later,
    /// It cannot be read, for this reason.
    Unreadable(String),
}

impl Files {
    /// No files.
    pub fn new() -> Files {
        Files::default()
    }

    /// Adds the text of a path.
    pub fn insert(&mut self, path: &str, text: String) {
        self.add(path, Content::Text(text));
    }

    /// Adds what is known of a path.
    pub fn add(&mut self, path: &str, content: Content) {
        self.files.insert(path.to_owned(), content);
    }

    /// The text of a path.
    ///
    /// # Errors
    /// If there is none; what is said about that is at `place`, where the model names the path.
    pub fn text(&self, path: &str, place: Place) -> Result<&str, Diagnostic> {
        let said = match self.files.get(path) {
            Some(Content::Text(text)) => return Ok(text),
            Some(Content::Later) => {
                let found = format!("`{path}` is read when the model has no other errors");
                Diagnostic::new("N003", found)
            }
            Some(Content::Unreadable(why)) => {
                Diagnostic::new("E025", format!("the file `{path}` cannot be read: {why}"))
            }
            None => Diagnostic::new("E025", format!("the file `{path}` was not found"))
                .help("paths count from the folder of the model"),
        };
        Err(said.at(place))
    }

    /// The text of a path, if it was read.
    pub fn written(&self, path: &str) -> Option<&str> {
        match self.files.get(path)? {
            Content::Text(text) => Some(text),
            Content::Later | Content::Unreadable(_) => None,
        }
    }

    /// Whether one of them is there, but was not read yet.
    pub fn has_later(&self) -> bool {
        self.files.values().any(|known| *known == Content::Later)
    }

    /// The paths that there are.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.files.keys().map(String::as_str).collect()
    }
}

/// The first numeric columns of a text.
///
/// A first record without numbers is a heading. The error says which line is wrong, and why.
pub(crate) fn numeric_columns(text: &str, wanted: usize) -> Result<Vec<Vec<f64>>, String> {
    let records = Records::of(text)?;
    // One that cannot be used is named when it is read; it does not hide its column.
    let is_number = |cell: &str| {
        let read = |comma| number::value(cell, comma).is_some();
        read(Comma::Groups) || read(Comma::Decimal) || number::is_beyond(cell)
    };
    let numeric = |record: &Record<'_>| -> Vec<usize> {
        let cells = record.cells.iter().enumerate();
        let numeric = cells.filter(|(_, cell)| is_number(cell));
        numeric.map(|(place, _)| place).take(wanted).collect()
    };
    let mut some = records.iter();
    let Some(first) = some.next() else {
        return Err("it has no numbers".to_owned());
    };
    let (chosen, heading) = match (numeric(&first), some.next()) {
        (chosen, Some(second)) if chosen.is_empty() => {
            if !first.is_heading() {
                return Err(first.no_heading());
            }
            (numeric(&second), second.line)
        }
        (chosen, _) => (chosen, first.line),
    };
    if chosen.is_empty() {
        return Err(format!("line {heading} has no number"));
    }
    let skipped = usize::from(heading > first.line);
    let columns = chosen.into_iter().map(|place| {
        let comma = comma_of(records, skipped, place)?;
        let rows = records.iter().skip(skipped);
        rows.map(|record| number_at(&record, place, comma))
            .collect()
    });
    columns.collect()
}

fn number_at(record: &Record<'_>, place: usize, comma: Comma) -> Result<f64, String> {
    let cell = record.cells.get(place).map_or("", |cell| cell);
    let (line, column) = (record.line, place + 1);
    number::value(cell, comma).ok_or_else(|| match cell {
        "" => format!("line {line} has no number in column {column}"),
        cell => format!(
            "`{cell}` in line {line}, column {column}, {}",
            no_number(cell)
        ),
    })
}

/// Why a cell is no number, as the end of a sentence.
pub(crate) fn no_number(cell: &str) -> &'static str {
    match number::is_beyond(cell) {
        true => "is infinite, or too large to be counted with",
        false => "is not a number",
    }
}

/// What the commas of a column are, or why that is not certain.
pub(crate) fn comma_of(
    records: Records<'_>,
    skipped: usize,
    place: usize,
) -> Result<Comma, String> {
    let mut certain: Option<(Comma, usize)> = None;
    let mut either: Option<(String, usize)> = None;
    for record in records.iter().skip(skipped) {
        let cell = record.cells.get(place).map_or("", |cell| cell);
        match (number::hint(cell), certain) {
            (Hint::Is(comma), Some((known, line))) if comma != known => {
                return Err(format!(
                    "the commas of column {} are decimals in one of lines {line} and {}, and \
                     group thousands in the other",
                    place + 1,
                    record.line
                ));
            }
            (Hint::Is(comma), None) => certain = Some((comma, record.line)),
            (Hint::Either, _) if either.is_none() => {
                either = Some((cell.to_owned(), record.line));
            }
            _ => {}
        }
    }
    match (certain, either) {
        (Some((comma, _)), _) => Ok(comma),
        // Where commas part the cells, one within a cell groups thousands.
        (None, Some(_)) if records.separator == Some(',') => Ok(Comma::Groups),
        (None, Some((cell, line))) => Err(format!(
            "`{cell}` in line {line}, column {}, may be {} or {}; write numbers without thousands \
             separators",
            place + 1,
            cell.replace(',', ""),
            cell.replace(',', ".")
        )),
        (None, None) => Ok(Comma::Groups),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_text_columns_are_passed_over() {
        let text = "when,seconds,n\na,1.5,2\nb,2.5,3\n";
        assert_eq!(numeric_columns(text, 1), Ok(vec![vec![1.5, 2.5]]));
        assert_eq!(
            numeric_columns(text, 2),
            Ok(vec![vec![1.5, 2.5], vec![2.0, 3.0]])
        );
    }

    #[test]
    fn commas_are_what_their_column_says() {
        let decimals = numeric_columns("ms;n\n12,5;1.234,0\n1,250;7,5\n", 2);
        assert_eq!(decimals, Ok(vec![vec![12.5, 1.25], vec![1234.0, 7.5]]));
        let groups = numeric_columns("n,m\n\"1,234\",x\n\"999\",y\n", 1);
        assert_eq!(groups, Ok(vec![vec![1234.0, 999.0]]));
        let either = numeric_columns("n;m\n1,234;1\n", 1).expect_err("it may be two numbers");
        assert!(either.starts_with("`1,234` in line 2, column 1, may be 1234 or 1.234"));
        let both = numeric_columns("n;m\n1,5;1\n1,234.5;1\n", 1).expect_err("it is both");
        assert!(both.contains("lines 2 and 3"), "{both}");
    }

    #[test]
    fn bad_lines_are_named() {
        let error = numeric_columns("1\nx\n", 1);
        let told = "`x` in line 2, column 1, is not a number";
        assert_eq!(error, Err(told.to_owned()));
        assert_eq!(numeric_columns("", 1), Err("it has no numbers".to_owned()));
        assert_eq!(
            numeric_columns("a\nb\n", 1),
            Err("line 2 has no number".to_owned())
        );
        for (text, told) in [
            (
                "1\ninf\n",
                "`inf` in line 2, column 1, is infinite, or too large to be counted with",
            ),
            (
                "inf,1\n",
                "`inf` in line 1, column 1, is infinite, or too large to be counted with",
            ),
            ("1\nNaN\n", "`NaN` in line 2, column 1, is not a number"),
            (
                "x,2\n,1e400\n",
                "`1e400` in line 2, column 2, is infinite, or too large to be counted with",
            ),
            ("1;2\n3,4\n", "line 1 is neither data nor a heading: `1;2`"),
            ("\"1\n2\n", "line 1 is neither data nor a heading: `\"1`"),
            (
                "2\n\n1\t\n\n\"\"\n3 4\n",
                "`3 4` in line 6, column 1, is not a number",
            ),
        ] {
            assert_eq!(numeric_columns(text, 1), Err(told.to_owned()), "{text}");
        }
    }
}
