//! Laws from what was measured: a file of values, and the names of quantiles.
//!
//! One idea: whoever has a column of times needs no family. The first numeric column of a text is
//! the law, each value as likely as any other, drawn with replacement. Knows no files: the text is
//! handed in.

use std::fmt;

use crate::base::decimal::Decimal;
use crate::random::family::{Distribution, LawError};

/// The signs that may stand between columns; a text uses the one that its first row has most of.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// The law of the first numeric column of `text`, each value times `unit` (seconds for durations:
/// 0.001 for a column of milliseconds; 1 for counts).
///
/// Empty lines and lines that begin with `#` are passed over; rows before the first one with a
/// number are headings. From there on every row must have a number, not negative, in that column.
pub fn file(text: &str, unit: f64) -> Result<Distribution, FileError> {
    let values = first_numeric_column(text)?;
    let scaled = values.into_iter().map(|value| value * unit).collect();
    Distribution::empirical(scaled).map_err(FileError::Law)
}

/// The numbers of the first numeric column of `text`, in the order of its lines.
pub fn first_numeric_column(text: &str) -> Result<Vec<f64>, FileError> {
    // Some tools begin a text with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let rows = || {
        (1..)
            .zip(text.lines())
            .filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('#'))
    };
    let first = rows().next().map_or("", |(_, row)| row);
    let separator = separator_of(first);
    let mut column = None;
    let mut values = Vec::new();
    for (line, row) in rows() {
        let Some(column) = column else {
            column = row.split(separator).position(|cell| number(cell).is_some());
            values.extend(
                column
                    .and_then(|n| row.split(separator).nth(n))
                    .and_then(number),
            );
            continue;
        };
        let cell = row.split(separator).nth(column).unwrap_or("");
        match number(cell) {
            Some(value) => values.push(value),
            None => {
                return Err(FileError::NotANumber {
                    line,
                    text: cell.trim().to_owned(),
                });
            }
        }
    }
    if values.is_empty() {
        Err(FileError::NoNumbers)
    } else {
        Ok(values)
    }
}

/// The separator that the row has most of; of equals the first.
fn separator_of(row: &str) -> char {
    let count = |separator: &char| row.matches(*separator).count();
    // `max_by_key` prefers the last of equals.
    SEPARATORS
        .into_iter()
        .rev()
        .max_by_key(count)
        .expect("there are separators")
}

/// The number in a cell, with or without quotation marks around it.
fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim().trim_matches('"').trim();
    cell.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The share that the name of a quantile stands for: 0.5 for `p50`, 0.999 for `p99.9`.
pub fn quantile_share(name: &str) -> Option<f64> {
    let share = Decimal::parse(name.strip_prefix('p')?)?.percent();
    (share > 0.0 && share < 1.0).then_some(share)
}

/// Why a text is no column of values.
#[derive(Clone, Debug, PartialEq)]
pub enum FileError {
    /// No row has a number.
    NoNumbers,
    /// A row after the first number has none in that column.
    NotANumber {
        /// Its line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// The numbers make no law: one is negative.
    Law(LawError),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::NoNumbers => write!(f, "no row of the file has a number"),
            FileError::NotANumber { line, text } if text.is_empty() => {
                write!(
                    f,
                    "line {line} of the file has no number in the column of the others"
                )
            }
            FileError::NotANumber { line, text } => {
                write!(
                    f,
                    "line {line} of the file has {text:?} in the column of numbers"
                )
            }
            FileError::Law(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numeric_column_is_read() {
        for text in [
            "20\n30\n10\n",
            "time\n20\n30\n10",
            "name,ms\na,20\nb,30\nc,10\n",
            "\u{feff}# measured\nname;ms;note\r\n\r\na;20;1,5\r\nb;30;\r\nc; \"10\" ;x\r\n",
            "at\tms\n2014-10-27T15:00:00Z\t20\n-\t30\n-\t10",
        ] {
            assert_eq!(
                first_numeric_column(text),
                Ok(vec![20.0, 30.0, 10.0]),
                "{text:?}"
            );
        }
    }

    #[test]
    fn values_are_in_their_unit() {
        let law = file("ms\n20\n30\n10\n", 0.001).unwrap();
        assert!((law.mean().unwrap() - 0.02).abs() < 1e-15);
        assert!((law.quantile(1.0) - 0.03).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_column_says_where() {
        assert_eq!(first_numeric_column("a\nb\n"), Err(FileError::NoNumbers));
        assert_eq!(first_numeric_column(""), Err(FileError::NoNumbers));
        let text = "ms\n\n20\nslow\n";
        let error = first_numeric_column(text).unwrap_err();
        assert_eq!(
            error,
            FileError::NotANumber {
                line: 4,
                text: "slow".into()
            }
        );
        let short = first_numeric_column("a,20\nb\n").unwrap_err();
        assert_eq!(
            short,
            FileError::NotANumber {
                line: 2,
                text: String::new()
            }
        );
        assert!(first_numeric_column("1\nNaN\n").is_err());
        assert!(matches!(
            file("1\n-2\n", 1.0),
            Err(FileError::Law(LawError::Negative { .. }))
        ));
    }

    #[test]
    fn quantiles_have_names() {
        assert_eq!(quantile_share("p50"), Some(0.5));
        assert_eq!(quantile_share("p99.9"), Some(0.999));
        for name in ["p0", "p100", "50", "p", "p-1", "q50"] {
            assert_eq!(quantile_share(name), None, "{name}");
        }
    }
}
