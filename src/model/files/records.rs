//! A text of records: where one ends, what stands between its cells, which of them are in quotes.
//!
//! One idea: what people export differs in its separators, quotes, line ends and marks at the
//! start, and all of that is settled here, once. What the cells mean is not known here.

use std::borrow::Cow;

use super::number;

/// What may stand between cells; of several that fit, the first.
const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];
/// Records by which the separator is found.
const SAMPLE: usize = 20;

/// A text as records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records<'a> {
    text: &'a str,
    /// What stands between cells; none where every record is one cell.
    pub(crate) separator: Option<char>,
}

/// One record: its cells without quotes and outer spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// The line in which it begins, from 1.
    pub(crate) line: usize,
    /// The cells.
    pub(crate) cells: Vec<Cow<'a, str>>,
}

impl<'a> Records<'a> {
    /// The records of a text; its separator is the one that all of its first records have.
    ///
    /// # Errors
    /// If the text holds control characters: then it is something else than data for people.
    pub(crate) fn of(text: &'a str) -> Result<Records<'a>, String> {
        only_text(text)?;
        let text = text.trim_start_matches('\u{feff}');
        let fits = |separator: &char| {
            let records = Records {
                text,
                separator: Some(*separator),
            };
            let mut some = records.iter().take(SAMPLE).peekable();
            some.peek().is_some() && some.all(|record| record.cells.len() > 1)
        };
        let separator = SEPARATORS.into_iter().find(fits);
        Ok(Records { text, separator })
    }

    /// The records in their order; empty lines and those that begin with `#` are none.
    pub(crate) fn iter(self) -> impl Iterator<Item = Record<'a>> {
        let end = if self.text.contains('\n') { '\n' } else { '\r' };
        let mut rest = self.text;
        let mut line = 1;
        std::iter::from_fn(move || {
            loop {
                if rest.is_empty() {
                    return None;
                }
                let begin = line;
                let (cells, after) = cells(rest, self.separator, end);
                let taken = &rest[..rest.len() - after.len()];
                line += taken.matches(end).count();
                rest = after;
                let is_comment = taken.starts_with('#');
                if !is_comment && cells.iter().any(|cell| !cell.is_empty()) {
                    return Some(Record { line: begin, cells });
                }
            }
        })
    }
}

impl Record<'_> {
    /// Whether a record that holds no data can be a heading: it has words, and nothing that is
    /// nearly a number.
    pub(crate) fn is_heading(&self) -> bool {
        let is_word = |cell: &str| {
            let begins = cell
                .chars()
                .next()
                .is_some_and(|c| !"+-.,0123456789".contains(c));
            begins && cell.contains(char::is_alphabetic) && !number::is_missing(cell)
        };
        self.cells.iter().any(|cell| is_word(cell))
            && !self.cells.iter().any(|cell| number::is_beyond(cell))
    }

    /// Why it cannot be used, of the first record without data that is no heading either.
    pub(crate) fn no_heading(&self) -> String {
        let odd = |cell: &&Cow<'_, str>| !cell.is_empty();
        let cell = self.cells.iter().find(odd).map_or("", |cell| cell);
        format!("line {} is neither data nor a heading: `{cell}`", self.line)
    }
}

/// Only what people see: a control character other than tabs and ends of lines is a sign of
/// another format.
fn only_text(text: &str) -> Result<(), String> {
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let Some(at) = text.find(is_odd) else {
        return Ok(());
    };
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].chars().rev().take_while(|c| *c != '\n').count() + 1;
    let odd: String = text[at..].chars().take(1).collect();
    let code = odd.chars().next().map_or(0, u32::from);
    Err(format!(
        "line {line}, column {column} holds the control character `{odd}` (U+{code:04X})"
    ))
}

/// The cells of one line, which is a whole record; none if its quotes do not close.
pub(crate) fn cells_of(line: &str, separator: Option<char>) -> Option<Vec<Cow<'_, str>>> {
    let (cells, rest) = cells(line, separator, '\n');
    let open = |cell: &Cow<'_, str>| cell.starts_with('"') && cell.matches('"').count() == 1;
    (rest.is_empty() && !cells.iter().any(open)).then_some(cells)
}

/// The cells of the first record, and what comes after it.
fn cells(text: &str, separator: Option<char>, end: char) -> (Vec<Cow<'_, str>>, &str) {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let (cell, after) = cell(rest, separator, end);
        found.push(cell);
        match after.chars().next() {
            Some(next) if next != end => rest = &after[next.len_utf8()..],
            Some(_) => return (found, &after[end.len_utf8()..]),
            None => return (found, ""),
        }
    }
}

/// The first cell, and the text from what ends it.
fn cell(text: &str, separator: Option<char>, end: char) -> (Cow<'_, str>, &str) {
    let ends = |c: char| c == end || Some(c) == separator;
    let lead = text.len() - text.trim_start_matches(' ').len();
    let quoted = text[lead..].strip_prefix('"').and_then(quoted);
    match quoted {
        Some((inside, after)) => {
            let stop = after.find(ends).unwrap_or(after.len());
            match after[..stop].trim().is_empty() {
                true => (inside, &after[stop..]),
                // What stands behind the quotes is a part of the cell, and shows what is wrong.
                false => {
                    let whole = &text[..text.len() - after.len() + stop];
                    (Cow::Borrowed(whole.trim()), &after[stop..])
                }
            }
        }
        None => {
            let stop = text.find(ends).unwrap_or(text.len());
            (Cow::Borrowed(text[..stop].trim()), &text[stop..])
        }
    }
}

/// What stands in quotes, from behind the first one; none if they never close.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    loop {
        let close = from + text[from..].find('"')?;
        let after = &text[close + 1..];
        if !after.starts_with('"') {
            let inside = text[..close].trim();
            let inside = match inside.contains("\"\"") {
                true => Cow::Owned(inside.replace("\"\"", "\"")),
                false => Cow::Borrowed(inside),
            };
            return Some((inside, after));
        }
        from = close + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Vec<String>)> {
        let records = Records::of(text).expect("it is text").iter();
        records
            .map(|record| {
                (
                    record.line,
                    record.cells.iter().map(ToString::to_string).collect(),
                )
            })
            .collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn marks_line_ends_quotes_and_separators_are_settled() {
        let expected = vec![(1, cells(&["Time", "rps"])), (3, cells(&["10:00", "12.5"]))];
        for text in [
            "Time,rps\n\n10:00,12.5\n",
            "\u{feff}Time;rps\r\n\r\n10:00;12.5\r\n",
            "Time\trps\r\r10:00\t12.5",
            "\"Time\", \"rps\"\n# a remark\n\"10:00\" ,\"12.5\"\n",
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_quotes() {
        let text = "a,\"1,234\nand \"\"more\"\"\",c\nx,y,z\n";
        let second = "1,234\nand \"more\"";
        assert_eq!(
            read(text),
            [
                (1, cells(&["a", second, "c"])),
                (3, cells(&["x", "y", "z"]))
            ]
        );
        assert_eq!(
            read("a,\"b\nc,d\n"),
            [(1, cells(&["a", "\"b"])), (2, cells(&["c", "d"]))]
        );
    }

    #[test]
    fn what_stands_behind_quotes_is_not_lost() {
        assert_eq!(read("\"1\"2,3\n"), [(1, cells(&["\"1\"2", "3"]))]);
        assert_eq!(read("\"1,5\" s,3\n"), [(1, cells(&["\"1,5\" s", "3"]))]);
    }

    #[test]
    fn control_characters_are_refused_with_their_place() {
        let refused = |text| Records::of(text).expect_err("it is no text for people");
        let said = refused("a,b\n1,\0\n");
        assert_eq!(
            said,
            "line 2, column 3 holds the control character `\0` (U+0000)"
        );
        assert!(refused("\u{1b}[31m\n").starts_with("line 1, column 1 "));
        assert!(refused("1\n2\n\u{1a}").starts_with("line 3, column 1 "));
    }

    #[test]
    fn headings_are_words() {
        let is_heading = |text| {
            let records = Records::of(text).expect("it is text");
            records.iter().next().expect("there is one").is_heading()
        };
        for text in [
            "time",
            "@timestamp,5xx",
            ",rps",
            "\"p50\"",
            "Zeit;Nutzer",
            "_time|%",
            "时间",
        ] {
            assert!(is_heading(text), "{text}");
        }
        for text in [
            "\"1",
            "--",
            "NaN",
            "n/a,null",
            "time,inf",
            "1e400",
            "1.5s",
            "-,x1e999,inf",
        ] {
            assert!(!is_heading(text), "{text}");
        }
    }

    #[test]
    fn a_separator_is_one_that_every_record_has() {
        let separator = |text| Records::of(text).expect("it is text").separator;
        assert_eq!(separator("t;n\n1;2,5\n"), Some(';'));
        assert_eq!(separator("t,n,tags\n1,2,a;b\n"), Some(','));
        assert_eq!(separator("1.5\n2.5\n"), None);
        assert_eq!(separator(""), None);
    }
}
