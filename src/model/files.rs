//! Data files that a model names, handed in as text by whoever can read files.

use std::collections::{BTreeMap, BTreeSet};

/// The texts of data files by the paths that the model writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    texts: BTreeMap<String, String>,
}

impl Files {
    /// No files.
    pub fn new() -> Files {
        Files::default()
    }

    /// Adds the text of a path.
    pub fn insert(&mut self, path: &str, text: String) {
        self.texts.insert(path.to_owned(), text);
    }

    /// The text of a path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The paths that there are.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.texts.keys().map(String::as_str).collect()
    }
}

/// The numeric columns of a text with a record a line and cells between commas, semicolons or tabs.
///
/// A first line without numbers is a heading. The error says which line is wrong, and why.
pub(crate) fn numeric_columns(text: &str, wanted: usize) -> Result<Vec<Vec<f64>>, String> {
    columns(text, wanted, cell)
}

/// As [`numeric_columns`], where dates with a time of day count as numbers: as seconds from
/// `origin`, itself in seconds since 1970, or from the first date of the text.
pub(crate) fn dated_columns(
    text: &str,
    wanted: usize,
    origin: Option<f64>,
) -> Result<Dated, String> {
    let dates = text.lines().flat_map(|line| line.split([',', ';', '\t']));
    let Some(first) = dates.filter_map(date).next() else {
        return Ok(Dated {
            columns: numeric_columns(text, wanted)?,
            dates: false,
        });
    };
    let origin = origin.unwrap_or(first);
    let found = columns(text, wanted, |text| {
        date(text).map(|at| at - origin).or_else(|| cell(text))
    })?;
    Ok(Dated {
        columns: found,
        dates: true,
    })
}

/// Columns of numbers, and whether there are dates among them.
pub(crate) struct Dated {
    pub(crate) columns: Vec<Vec<f64>>,
    pub(crate) dates: bool,
}

fn columns(
    text: &str,
    wanted: usize,
    cell: impl Fn(&str) -> Option<f64>,
) -> Result<Vec<Vec<f64>>, String> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let numbers: Vec<Option<f64>> = line.split([',', ';', '\t']).map(&cell).collect();
        if columns.is_empty() {
            chosen = (0..numbers.len())
                .filter(|i| numbers[*i].is_some())
                .take(wanted)
                .collect();
            if chosen.is_empty() {
                if n == 0 {
                    continue;
                }
                return Err(format!("line {} has no number", n + 1));
            }
            columns = vec![Vec::new(); chosen.len()];
        }
        for (column, place) in columns.iter_mut().zip(&chosen) {
            match numbers.get(*place).copied().flatten() {
                Some(number) => column.push(number),
                None => {
                    return Err(format!(
                        "line {} has no number in column {}",
                        n + 1,
                        place + 1
                    ));
                }
            }
        }
    }
    if columns.is_empty() {
        return Err("it has no numbers".to_owned());
    }
    Ok(columns)
}

fn cell(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('"').trim();
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The seconds since 1970 of a date with a time of day, `2014-10-27T15:00:00.5Z`: a space in place
/// of the `T` will do, and without a zone it is UTC.
pub(crate) fn date(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('"').trim();
    let (day, rest) = text.split_at_checked(10)?;
    let mut parts = day.split('-').map(|part| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| digits)
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day) && parts.next().is_none();
    let rest = rest.strip_prefix(['T', 't', ' ']).filter(|_| is_day)?;
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone_at);
    let east = match zone {
        "" | "Z" | "z" => 0.0,
        _ => {
            let sign = if zone.starts_with('-') { -1.0 } else { 1.0 };
            sign * time_of_day(&zone[1..])?
        }
    };
    Some(days(year, month, day) as f64 * 86_400.0 + time_of_day(time)? - east)
}

/// `15:00` or `15:00:00.5` in seconds.
fn time_of_day(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(|part| {
        let numeric = part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        part.parse::<f64>().ok().filter(|_| numeric)
    });
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0.0))?;
    let is_time = hours < 25.0 && minutes < 60.0 && seconds < 61.0 && parts.next().is_none();
    is_time.then_some(hours * 3_600.0 + minutes * 60.0 + seconds)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, whose years begin in March here so
/// that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
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
    fn dates_are_seconds_from_an_origin_or_from_the_first() {
        assert_eq!(date("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(date("2000-03-01 00:00"), Some(951_868_800.0));
        assert_eq!(date("\"2014-10-27T15:00:00.5Z\""), Some(1_414_422_000.5));
        assert_eq!(date("2014-10-27T16:00:00+01:00"), Some(1_414_422_000.0));
        for no_date in [
            "2014-10-27",
            "2014-13-27T15:00",
            "1.5",
            "2014-10-27T1e1:00",
            "x",
        ] {
            assert_eq!(date(no_date), None, "{no_date}");
        }
        let text = "when,n\n2014-10-27 15:00:00,3\n2014-10-27 15:05:00,4\n";
        let from = |origin| dated_columns(text, 2, origin).map(|found| found.columns);
        assert_eq!(from(None), Ok(vec![vec![0.0, 300.0], vec![3.0, 4.0]]));
        let later = Some(1_414_422_060.0);
        assert_eq!(from(later), Ok(vec![vec![-60.0, 240.0], vec![3.0, 4.0]]));
        let plain = dated_columns("1,2\n", 2, later).map(|found| (found.columns, found.dates));
        assert_eq!(plain, Ok((vec![vec![1.0], vec![2.0]], false)));
    }

    #[test]
    fn bad_lines_are_named() {
        let error = numeric_columns("1\nx\n", 1);
        assert_eq!(error, Err("line 2 has no number in column 1".to_owned()));
        assert_eq!(numeric_columns("", 1), Err("it has no numbers".to_owned()));
        assert_eq!(
            numeric_columns("a\nb\n", 1),
            Err("line 2 has no number".to_owned())
        );
    }
}
