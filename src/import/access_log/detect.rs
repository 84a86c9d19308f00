//! Which format a log has, by its first lines.
//!
//! One idea: logs nearly always begin as the common or the combined format does, and what people
//! add stands behind it. So the beginning is tried as it is known, and each word behind it is
//! looked at on its own: a number of seconds with a point is nginx's, a whole one Apache's
//! microseconds, and `rt=0.1` says what it is. What was found is said, so that a wrong guess is
//! seen.

use super::clock::Clock;
use super::directive::directive;
use super::format::{Field, Format, Piece};

/// Lines that are looked at.
const SAMPLE: usize = 200;
/// Words behind a known format that are looked at.
const WORDS: usize = 16;

const COMMON: &str = "%h %l %u %t \"%r\" %>s %b";
const BEGINNINGS: [(&str, &str); 4] = [
    ("combined", " \"%{Referer}i\" \"%{User-Agent}i\""),
    ("common", ""),
    ("combined", " \"%{Referer}i\" \"%{User-Agent}i\""),
    ("common", ""),
];

/// The format of most lines; none if none is known.
pub(super) fn detect(text: &[u8]) -> Option<Format> {
    let lines = || {
        let lines = text.split(|byte| *byte == b'\n').take(SAMPLE);
        lines
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .filter(|line| !line.is_empty())
    };
    let first = lines().next()?;
    if let Some(at) = text.windows(8).position(|eight| eight == b"#Fields:")
        && first.starts_with(b"#")
    {
        let line = text[at..]
            .split(|byte| matches!(byte, b'\n' | b'\r'))
            .next()?;
        return super::directive::fields(std::str::from_utf8(line).ok()?).ok();
    }
    let mut known = Vec::new();
    for (n, (name, behind)) in BEGINNINGS.iter().enumerate() {
        let host = if n < 2 { "" } else { "%v " };
        let mut format = directive(&format!("{host}{COMMON}{behind}")).ok()?;
        format.name = match n {
            0 | 1 => (*name).to_owned(),
            _ => format!("{name} behind the name of a host"),
        };
        // A word may follow the last field, which ends before it.
        if let Some(last) = format.pieces.last_mut().filter(|last| last.then.is_empty()) {
            last.then = b" ".to_vec();
        }
        let fitting = fitted(
            &format,
            lines().filter(|line| is_behind_host(line) == (n >= 2)),
        );
        known.push((fitting.len(), with_words(format, &fitting)));
    }
    // Every line of a combined log is one of a common log, so a few broken ones decide nothing.
    let most = known.iter().map(|(fitting, _)| *fitting).max()?;
    let (fitting, format) = known
        .into_iter()
        .find(|(fitting, _)| fitting * 10 >= most * 9)?;
    (fitting > 0 && fitting * 2 >= lines().count()).then_some(format)
}

/// Whether the address is the second word of a line, not the first.
fn is_behind_host(line: &[u8]) -> bool {
    let second = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    second.len() > 2 && second.iter().any(|byte| matches!(byte, b'.' | b':'))
}

/// What stands behind a format in the lines that have it.
fn fitted<'a>(format: &Format, lines: impl Iterator<Item = &'a [u8]>) -> Vec<&'a [u8]> {
    let mut clock = Clock::new();
    lines
        .filter_map(|line| format.behind(line, &mut clock))
        .collect()
}

/// The format with the words that stand behind it in most lines.
fn with_words(mut format: Format, behind: &[&[u8]]) -> Format {
    let Some(example) = behind.iter().find(|rest| !rest.is_empty()) else {
        return format;
    };
    let count = words(example).len();
    let alike = behind.iter().filter(|rest| words(rest).len() == count);
    let alike: Vec<Vec<&[u8]>> = alike.map(|rest| words(rest)).collect();
    // What varies from line to line is passed over as a whole.
    if alike.len() * 10 < behind.len() * 9 || count > WORDS {
        return format;
    }
    let mut said = Vec::new();
    for word in 0..count {
        let column: Vec<&[u8]> = alike.iter().map(|words| words[word]).collect();
        let found = kind(&column);
        let quote = if found.quoted { "\"" } else { "" };
        // What ends with a space has taken it.
        let spaced = format.pieces.last().is_some_and(|last| last.then == b" ");
        let space = if spaced { "" } else { " " };
        let then = if found.quoted { "\"" } else { " " };
        format.pieces.push(Piece {
            before: format!("{space}{}{quote}", found.key).into_bytes(),
            field: found.field,
            then: then.as_bytes().to_vec(),
            quoted: found.quoted,
        });
        said.extend(found.says.map(str::to_owned));
    }
    if !said.is_empty() {
        format.name = format!("{} with {}", format.name, said.join(" and "));
        format.at_end = said.iter().any(|said| said.contains("request_time"));
    }
    format
}

/// What a word behind a known format is.
struct Kind {
    field: Field,
    /// `rt=` before it.
    key: String,
    quoted: bool,
    /// What is said about it.
    says: Option<&'static str>,
}

fn kind(column: &[&[u8]]) -> Kind {
    let first = column.first().copied().unwrap_or(b"");
    let key = match first.iter().position(|byte| *byte == b'=') {
        Some(at)
            if first[..at]
                .iter()
                .all(|byte| byte.is_ascii_lowercase() || *byte == b'_') =>
        {
            String::from_utf8_lossy(&first[..=at]).into_owned()
        }
        _ => String::new(),
    };
    let key = match column.iter().all(|word| word.starts_with(key.as_bytes())) {
        true => key,
        false => String::new(),
    };
    let bare = |word: &&[u8]| -> Vec<u8> { word[key.len()..].to_vec() };
    let values: Vec<Vec<u8>> = column.iter().map(bare).collect();
    let quoted = values.iter().all(|word| word.len() > 1 && word[0] == b'"');
    let inner: Vec<&[u8]> = values
        .iter()
        .map(|word| {
            if quoted {
                &word[1..word.len() - 1]
            } else {
                word.as_slice()
            }
        })
        .collect();
    let (field, says) = match key.as_str() {
        "rt=" | "request_time=" => (Field::Took(1_000_000_000), Some("`$request_time`")),
        "urt=" | "upstream_response_time=" | "ut=" => {
            (Field::Upstream, Some("`$upstream_response_time`"))
        }
        "" => of_numbers(&inner),
        _ => (Field::Other, None),
    };
    Kind {
        field,
        key,
        quoted,
        says,
    }
}

/// What numbers without a name are.
fn of_numbers(column: &[&[u8]]) -> (Field, Option<&'static str>) {
    let is_number = |word: &&&[u8]| super::format::decimal(word, 1).is_some();
    let known: Vec<&&[u8]> = column.iter().filter(|word| ***word != b"-"[..]).collect();
    let numbers = known.iter().filter(|word| is_number(word)).count();
    if known.is_empty() || numbers < known.len() {
        return (Field::Other, None);
    }
    match known.iter().any(|word| word.contains(&b'.')) {
        true => (
            Field::Took(1_000_000_000),
            Some("a time in seconds (`$request_time`)"),
        ),
        false => (Field::Took(1_000), Some("a time in microseconds (`%D`)")),
    }
}

/// The words of a line's end; what stands in quotes is one.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let (mut begin, mut quoted) = (0, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b' ' if !quoted => {
                found.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[begin..]);
    found.into_iter().filter(|word| !word.is_empty()).collect()
}
