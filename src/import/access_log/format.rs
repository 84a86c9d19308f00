//! The format of a line, and a line taken apart by it.
//!
//! One idea: a format is fields with literal text between them, whoever wrote it; a field ends
//! where the text after it begins, in quotes at the first quote that is not escaped. All that a
//! model needs is picked on the way, as bytes of the line, and nothing is copied.

use memchr::memchr;

use super::super::hashed::hash;
use super::clock::Clock;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Who asked; of several such fields all count.
    Who,
    /// `17/May/2015:10:05:03 +0000`, with or without brackets around.
    ClfTime,
    /// `2015-05-17T10:05:03+00:00`.
    IsoTime,
    /// `2015-05-17`.
    Day,
    /// `10:05:03`, UTC.
    TimeOfDay,
    /// A number since 1970, in units of so many nanoseconds.
    Since1970(u32),
    /// `GET /path?query HTTP/1.1`.
    Request,
    Method,
    /// A path, or a whole address.
    Path,
    Status,
    /// How long it took, in units of so many nanoseconds.
    Took(u32),
    /// How long it took: seconds if there is a point, else milliseconds.
    TookW3c,
    /// How long the servers behind took, in seconds, one after the other.
    Upstream,
    /// Something else.
    Other,
}

/// A field, and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The text before it, if not the piece before it ends with that.
    pub(super) before: Vec<u8>,
    pub(super) field: Field,
    /// The text behind it; empty at the end of the line.
    pub(super) then: Vec<u8>,
    /// Whether it stands in quotes.
    pub(super) quoted: bool,
}

/// The format of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// What it is called.
    pub(super) name: String,
    /// The text before the first field.
    pub(super) begin: Vec<u8>,
    pub(super) pieces: Vec<Piece>,
    /// How many of them a line must have; it may end before the others.
    pub(super) least: usize,
    /// Whether the instant is that of the end of a request, as nginx writes it.
    pub(super) at_end: bool,
}

/// What a line says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// Who asked, hashed; none if the format does not say.
    pub(super) who: Option<u64>,
    /// When, in milliseconds since 1970.
    pub(super) at_ms: i64,
    pub(super) method: &'a [u8],
    pub(super) path: &'a [u8],
    pub(super) status: u16,
    /// How long it took, in nanoseconds.
    pub(super) took_ns: Option<u64>,
    /// How long the servers behind took.
    pub(super) upstream_ns: Option<u64>,
}

/// The years 1970 to 2199 in milliseconds.
const YEARS_MS: std::ops::Range<i64> = 0..7_258_118_400_000;

/// Why a line says nothing.
pub(super) type Why = &'static str;

pub(super) const OTHER_FORM: Why = "it does not have the form of the others";
pub(super) const NO_TIME: Why = "its time cannot be read";
pub(super) const NO_LOG_YET: Why = "its year is none in which there are logs";
pub(super) const NO_STATUS: Why = "its status is no number of three digits";
pub(super) const NO_REQUEST: Why = "it holds no request that can be read";

impl Format {
    /// Takes a line apart.
    ///
    /// # Errors
    /// Says why a line cannot be used.
    pub(super) fn record<'a>(&self, line: &'a [u8], clock: &mut Clock) -> Result<Record<'a>, Why> {
        Ok(self.split(line, clock)?.0)
    }

    /// What stands behind all fields of a line; none if it does not have them.
    pub(super) fn behind<'a>(&self, line: &'a [u8], clock: &mut Clock) -> Option<&'a [u8]> {
        Some(self.split(line, clock).ok()?.1)
    }

    fn split<'a>(&self, line: &'a [u8], clock: &mut Clock) -> Result<(Record<'a>, &'a [u8]), Why> {
        let mut rest = behind(line, &self.begin).ok_or(OTHER_FORM)?;
        let mut taken = Taken {
            record: Record::default(),
            at_ms: None,
            day: None,
        };
        for (n, piece) in self.pieces.iter().enumerate() {
            let optional = n >= self.least;
            let (text, behind) = match behind(rest, &piece.before) {
                Some(inside) => match piece.end(inside) {
                    Some(end) => (&inside[..end], &inside[end + piece.then.len()..]),
                    // A line may end with the last field that it must have.
                    None if n + 1 >= self.least && !piece.quoted => (inside, &inside[..0]),
                    None if optional => break,
                    None => return Err(OTHER_FORM),
                },
                None if optional => break,
                None => return Err(OTHER_FORM),
            };
            rest = behind;
            taken.field(piece.field, text, clock)?;
        }
        taken.record.at_ms = taken.at_ms.ok_or(NO_TIME)?;
        if !YEARS_MS.contains(&taken.record.at_ms) {
            return Err(NO_LOG_YET);
        }
        Ok((taken.record, rest))
    }

    /// Whether lines of it say this.
    pub(super) fn has(&self, is: impl Fn(Field) -> bool) -> bool {
        self.pieces.iter().any(|piece| is(piece.field))
    }
}

/// What was taken from a line so far.
struct Taken<'a> {
    record: Record<'a>,
    at_ms: Option<i64>,
    day: Option<&'a [u8]>,
}

impl<'a> Taken<'a> {
    fn field(&mut self, field: Field, text: &'a [u8], clock: &mut Clock) -> Result<(), Why> {
        let record = &mut self.record;
        match field {
            Field::Other => {}
            Field::Who => record.who = Some(hash(record.who.unwrap_or(0), text)),
            Field::ClfTime => self.at_ms = Some(clock.clf(text).ok_or(NO_TIME)?),
            Field::IsoTime => self.at_ms = Some(clock.iso(text).ok_or(NO_TIME)?),
            Field::Day => self.day = Some(text),
            Field::TimeOfDay => {
                self.at_ms = Some(clock.day_and_time(self.day, text).ok_or(NO_TIME)?);
            }
            Field::Since1970(unit) => {
                let nanos = decimal(text, u64::from(unit)).ok_or(NO_TIME)?;
                self.at_ms = Some((nanos / 1_000_000) as i64);
            }
            Field::Request => {
                (record.method, record.path) = request(text).ok_or(NO_REQUEST)?;
            }
            Field::Method => record.method = method(text).ok_or(NO_REQUEST)?,
            Field::Path => record.path = path(text).ok_or(NO_REQUEST)?,
            Field::Status => record.status = status(text).ok_or(NO_STATUS)?,
            Field::Took(unit) => record.took_ns = decimal(text, u64::from(unit)),
            Field::TookW3c => {
                let unit = match text.contains(&b'.') {
                    true => 1_000_000_000,
                    false => 1_000_000,
                };
                record.took_ns = decimal(text, unit);
            }
            Field::Upstream => record.upstream_ns = upstream(text),
        }
        Ok(())
    }
}

impl Piece {
    /// Where the field ends.
    fn end(&self, rest: &[u8]) -> Option<usize> {
        let Some(first) = self.then.first() else {
            return Some(rest.len());
        };
        let mut from = 0;
        loop {
            let at = from + memchr(*first, &rest[from..])?;
            if behind(&rest[at..], &self.then).is_some()
                && !(self.quoted && is_escaped(&rest[..at]))
            {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

/// What stands behind a beginning. Beginnings are a few bytes at most, for which a call of the
/// system's comparison takes longer than the comparison.
fn behind<'a>(text: &'a [u8], begin: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = text.split_at_checked(begin.len())?;
    found.iter().zip(begin).all(|(a, b)| a == b).then_some(rest)
}

/// Whether what follows is escaped: an odd number of backslashes stands before it.
fn is_escaped(before: &[u8]) -> bool {
    let slashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    !slashes.count().is_multiple_of(2)
}

/// Method and path of a request line.
fn request(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr(b' ', text)?;
    let method = method(&text[..space])?;
    let rest = &text[space + 1..];
    // A path may hold spaces where a server lets it; the protocol is last, or there is none.
    let end = match rest.iter().rposition(|byte| *byte == b' ') {
        Some(space) if rest[space + 1..].starts_with(b"HTTP/") => space,
        _ => rest.len(),
    };
    Some((method, path(&rest[..end])?))
}

fn method(text: &[u8]) -> Option<&[u8]> {
    let fine = |byte: &u8| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_');
    ((3..=20).contains(&text.len()) && text.iter().all(fine)).then_some(text)
}

/// The path of a target, which may be a whole address.
fn path(text: &[u8]) -> Option<&[u8]> {
    match text.first()? {
        b'/' => Some(text),
        b'*' => Some(b"/*"),
        _ => {
            let scheme = text.windows(3).position(|three| three == b"://")?;
            let behind = &text[scheme + 3..];
            Some(memchr(b'/', behind).map_or(b"/", |slash| &behind[slash..]))
        }
    }
}

fn status(text: &[u8]) -> Option<u16> {
    match text {
        // IIS writes a part of it behind a point.
        [a, b, c] | [a, b, c, b'.', ..] => {
            let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
            Some(digit(a)? * 100 + digit(b)? * 10 + digit(c)?)
        }
        _ => None,
    }
}

/// A number, not below zero, in units of so many nanoseconds.
pub(super) fn decimal(text: &[u8], unit: u64) -> Option<u64> {
    let point = text.iter().position(|byte| *byte == b'.');
    let (whole, part) = text.split_at(point.unwrap_or(text.len()));
    let digits = |text: &[u8]| {
        text.iter().try_fold(0_u64, |number, byte| {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
            number.checked_mul(10)?.checked_add(digit)
        })
    };
    if whole.is_empty() {
        return None;
    }
    let part = part.get(1..).unwrap_or(b"");
    let part = &part[..part.len().min(9)];
    let scale = 10_u64.pow(part.len() as u32);
    let part = u128::from(digits(part)?) * u128::from(unit) / u128::from(scale);
    digits(whole)?.checked_mul(unit)?.checked_add(part as u64)
}

/// The sum of what the servers took that were asked one after the other: `0.010, 0.002 : 0.1`.
fn upstream(text: &[u8]) -> Option<u64> {
    let parts = text.split(|byte| matches!(byte, b',' | b':' | b' '));
    let times = parts.filter_map(|part| decimal(part, 1_000_000_000));
    times.fold(None, |sum: Option<u64>, time| {
        Some(sum.unwrap_or(0).saturating_add(time))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_a_method_and_a_path() {
        let read = |text: &'static str| request(text.as_bytes());
        let is =
            |method: &'static str, path: &'static str| Some((method.as_bytes(), path.as_bytes()));
        assert_eq!(read("GET /a?b=c HTTP/1.1"), is("GET", "/a?b=c"));
        assert_eq!(read("GET /a b HTTP/1.0"), is("GET", "/a b"));
        assert_eq!(read("GET /old"), is("GET", "/old"));
        assert_eq!(read("OPTIONS * HTTP/1.1"), is("OPTIONS", "/*"));
        assert_eq!(read("GET http://x.example/a HTTP/1.1"), is("GET", "/a"));
        assert_eq!(read("GET http://x.example HTTP/1.1"), is("GET", "/"));
        for odd in [
            "",
            "-",
            "\\x16\\x03\\x01",
            "get /a HTTP/1.1",
            "GET  HTTP/1.1",
            "GET a b",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn numbers_are_exact_and_bounded() {
        let secs = |text: &str| decimal(text.as_bytes(), 1_000_000_000);
        assert_eq!(secs("0.123"), Some(123_000_000));
        assert_eq!(secs("12"), Some(12_000_000_000));
        assert_eq!(secs("1.0000000019"), Some(1_000_000_001));
        for odd in [
            "",
            "-",
            "-1",
            ".5",
            "1e3",
            "1.x",
            "99999999999999999999",
            "18446744074",
        ] {
            assert_eq!(secs(odd), None, "{odd}");
        }
        assert_eq!(upstream(b"0.010, 0.002 : 0.1"), Some(112_000_000));
        assert_eq!(
            (upstream(b"-"), upstream(b"-, 0.5")),
            (None, Some(500_000_000))
        );
        assert_eq!(
            (status(b"200"), status(b"404.0"), status(b"0")),
            (Some(200), Some(404), None)
        );
    }

    #[test]
    fn quotes_end_where_they_are_not_escaped() {
        let piece = Piece {
            before: Vec::new(),
            field: Field::Other,
            then: b"\" ".to_vec(),
            quoted: true,
        };
        assert_eq!(piece.end(br#"a \" b" c"#), Some(6));
        assert_eq!(piece.end(br#"a \\" c"#), Some(4));
        assert_eq!(piece.end(b"never"), None);
    }
}
