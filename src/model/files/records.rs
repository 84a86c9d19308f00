//! A text of records: where one ends, what stands between its cells, which of them are in quotes.
//!
//! One idea: what people export differs in its separators, quotes, line ends and marks at the
//! start, and all of that is settled here, once. What the cells mean is not known here.

use std::borrow::Cow;

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
    pub(crate) fn of(text: &'a str) -> Records<'a> {
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
        Records { text, separator }
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
            (inside, &after[stop..])
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
        let records = Records::of(text).iter();
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
    fn a_separator_is_one_that_every_record_has() {
        assert_eq!(Records::of("t;n\n1;2,5\n").separator, Some(';'));
        assert_eq!(Records::of("t,n,tags\n1,2,a;b\n").separator, Some(','));
        assert_eq!(Records::of("1.5\n2.5\n").separator, None);
        assert_eq!(Records::of("").separator, None);
    }
}
