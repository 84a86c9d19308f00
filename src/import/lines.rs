//! Lines of any number of streams, one after the other, in bounded memory.
//!
//! One idea: a line is bytes between two ends of lines, whatever they mean; one that is longer than
//! a line can be is passed over and said, and a stream that breaks off ends with what came before.
//! A mark at the begin of a text is passed over, and UTF-16 is read as UTF-8.

use std::io::{self, BufRead, Cursor, ErrorKind, Read};

use memchr::memchr;

use super::encoding::{Utf16, utf16};

/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;

/// A stream, and what it is called.
pub struct Input<'a> {
    /// Its name for people.
    pub name: String,
    /// Its bytes.
    pub stream: Box<dyn Read + 'a>,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'b> {
    /// A line without its end, and its number in its stream, from 1.
    Line(&'b [u8], u64),
    /// A line of so many bytes, which is too long.
    Long(u64),
}

/// The lines of some streams.
pub(super) struct Lines<'a> {
    coming: std::vec::IntoIter<Input<'a>>,
    current: Option<Input<'a>>,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    /// Bytes of a line at most.
    longest: usize,
    at: Position,
    /// What was read so far, in all streams.
    pub(super) read: Volume,
    /// Why the present stream has broken off.
    failed: Option<String>,
    /// The streams that broke off: where, and why.
    pub(super) broken: Vec<(Position, String)>,
    /// Whether nothing of the present stream was looked at.
    is_new: bool,
    /// Whether bytes were passed that end no line.
    is_open: bool,
    /// The streams that were UTF-16.
    pub(super) translated: Vec<String>,
}

/// Where a line stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The name of the stream.
    pub(super) name: String,
    /// The line, from 1.
    pub(super) line: u64,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Volume {
    /// Streams.
    pub(super) streams: u64,
    /// Lines.
    pub(super) lines: u64,
    /// Bytes.
    pub(super) bytes: u64,
}

impl<'a> Lines<'a> {
    /// The lines of the streams, none of which is longer than so many bytes.
    pub(super) fn new(inputs: Vec<Input<'a>>, longest: usize) -> Lines<'a> {
        let mut lines = Lines {
            coming: inputs.into_iter(),
            current: None,
            buffer: vec![0; CHUNK],
            from: 0,
            to: 0,
            longest,
            at: Position::default(),
            read: Volume::default(),
            failed: None,
            broken: Vec::new(),
            is_new: false,
            is_open: false,
            translated: Vec::new(),
        };
        lines.turn();
        lines
    }

    /// Where the line stands that was given last.
    pub(super) fn at(&self) -> &Position {
        &self.at
    }

    /// Lets lines be so long.
    pub(super) fn allow(&mut self, longest: usize) {
        self.longest = longest;
    }

    /// What comes, without taking it: as much as is read at once.
    pub(super) fn ahead(&mut self) -> &[u8] {
        while self.to - self.from < CHUNK / 2 && self.fill() {}
        &self.buffer[self.from..self.to]
    }

    /// The next line; none when the last stream has ended.
    pub(super) fn next(&mut self) -> Option<Next<'_>> {
        let mut searched = 0;
        loop {
            let unread = &self.buffer[self.from..self.to];
            if let Some(end) = memchr(b'\n', &unread[searched..]) {
                let end = self.from + searched + end;
                return Some(self.given(end, end + 1));
            }
            searched = unread.len();
            if searched > self.longest {
                return Some(self.long());
            }
            if self.fill() {
                continue;
            }
            if self.from < self.to {
                return Some(self.given(self.to, self.to));
            }
            self.current.as_ref()?;
            self.turn();
            searched = 0;
        }
    }

    /// The line up to `end`; the next one begins at `next`.
    fn given(&mut self, end: usize, next: usize) -> Next<'_> {
        self.count();
        let begin = std::mem::replace(&mut self.from, next);
        let line = &self.buffer[begin..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.len() > self.longest {
            true => Next::Long(line.len() as u64),
            false => Next::Line(line, self.at.line),
        }
    }

    /// Passes over a line whose end is not in the buffer.
    fn long(&mut self) -> Next<'_> {
        self.count();
        let mut length = 0;
        loop {
            let unread = &self.buffer[self.from..self.to];
            if let Some(end) = memchr(b'\n', unread) {
                self.from += end + 1;
                return Next::Long(length + end as u64);
            }
            length += unread.len() as u64;
            self.from = self.to;
            if !self.fill() {
                return Next::Long(length);
            }
        }
    }

    fn count(&mut self) {
        self.at.line += 1;
        self.read.lines += 1;
    }

    /// Reads more of the present stream; false at its end.
    fn fill(&mut self) -> bool {
        let is_more = self.read_more();
        if std::mem::take(&mut self.is_new) {
            // How a text is written is seen in its first four bytes.
            while self.to - self.from < 4 && self.read_more() {}
            self.begin();
        }
        is_more
    }

    /// Passes over the mark of a text, and has UTF-16 read as UTF-8 from here on.
    fn begin(&mut self) {
        let unread = &self.buffer[self.from..self.to];
        if unread.starts_with(b"\xef\xbb\xbf") {
            self.from += 3;
        }
        let (Some(order), Some(input)) = (utf16(unread), &mut self.current) else {
            return;
        };
        let stream = std::mem::replace(&mut input.stream, Box::new(io::empty()));
        let whole = Cursor::new(unread.to_vec()).chain(stream);
        input.stream = Box::new(Utf16::new(whole, order));
        self.translated.push(input.name.clone());
        self.read.bytes -= unread.len() as u64;
        self.to = self.from;
    }

    fn read_more(&mut self) -> bool {
        let Some(input) = &mut self.current else {
            return false;
        };
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        if self.buffer.len() - self.to < CHUNK / 2 {
            self.buffer.resize(self.to + CHUNK, 0);
        }
        loop {
            match input.stream.read(&mut self.buffer[self.to..]) {
                Ok(0) => return false,
                Ok(more) => {
                    self.to += more;
                    self.read.bytes += more as u64;
                    return true;
                }
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => {
                    let said = match why.kind() {
                        ErrorKind::UnexpectedEof => "what is packed ends too early".to_owned(),
                        ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                            "what is packed is damaged".to_owned()
                        }
                        _ => why.to_string(),
                    };
                    self.failed = Some(said);
                    // What it would give after that cannot be trusted.
                    input.stream = Box::new(std::io::empty());
                    return false;
                }
            }
        }
    }

    /// Goes on with the next stream.
    fn turn(&mut self) {
        if let Some(why) = self.failed.take() {
            self.broken.push((self.at.clone(), why));
        }
        self.current = self.coming.next();
        self.is_new = true;
        if let Some(input) = &self.current {
            self.at = Position {
                name: input.name.clone(),
                line: 0,
            };
            self.read.streams += 1;
        }
    }
}

/// The bytes of one stream as they come, for those who look at no lines.
pub(super) struct Raw<'l, 'a>(&'l mut Lines<'a>);

impl<'a> Lines<'a> {
    /// Goes on to what is no blank, in this stream or a later one; false when all have ended.
    pub(super) fn is_more(&mut self) -> bool {
        loop {
            let unread = &self.buffer[self.from..self.to];
            let blank = unread.iter().take_while(|byte| byte.is_ascii_whitespace());
            let blank = blank.count();
            let is_found = blank < unread.len();
            self.pass(blank);
            if is_found {
                return true;
            }
            if !self.fill() {
                if self.current.is_none() {
                    return false;
                }
                self.end();
            }
        }
    }

    /// What is left of the present stream.
    pub(super) fn raw(&mut self) -> Raw<'_, 'a> {
        Raw(self)
    }

    /// Leaves out what is left of the present stream.
    pub(super) fn end(&mut self) {
        self.pass(self.to - self.from);
        while self.fill() {
            self.pass(self.to - self.from);
        }
        self.read.lines += u64::from(std::mem::take(&mut self.is_open));
        self.turn();
    }

    fn pass(&mut self, bytes: usize) {
        let passed = &self.buffer[self.from..self.from + bytes];
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        self.is_open = passed.last().map_or(self.is_open, |last| *last != b'\n');
        self.at.line += lines;
        self.read.lines += lines;
        self.from += bytes;
    }
}

impl Read for Raw<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let unread = self.fill_buf()?;
        let some = unread.len().min(buffer.len());
        buffer[..some].copy_from_slice(&unread[..some]);
        self.consume(some);
        Ok(some)
    }
}

impl BufRead for Raw<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.0.from == self.0.to && self.0.fill() {}
        Ok(&self.0.buffer[self.0.from..self.0.to])
    }

    fn consume(&mut self, bytes: usize) {
        self.0.pass(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes a few at a time, then breaks off.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let some = self.0.len().min(self.1).min(buffer.len());
            if some == 0 {
                return Err(std::io::Error::other("the line is cut"));
            }
            buffer[..some].copy_from_slice(&self.0[..some]);
            self.0 = &self.0[some..];
            Ok(some)
        }
    }

    fn input<'a>(name: &str, stream: impl Read + 'a) -> Input<'a> {
        Input {
            name: name.to_owned(),
            stream: Box::new(stream),
        }
    }

    fn all(lines: &mut Lines<'_>) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(next) = lines.next() {
            found.push(match next {
                Next::Line(line, _) => String::from_utf8_lossy(line).into_owned(),
                Next::Long(length) => format!("<{length}>"),
            });
        }
        found
    }

    #[test]
    fn streams_follow_one_another_and_the_last_line_needs_no_end() {
        let inputs = vec![
            input("a", &b"one\r\ntwo"[..]),
            input("b", &b""[..]),
            input("c", &b"\nthree\n"[..]),
        ];
        let mut lines = Lines::new(inputs, 100);
        assert_eq!(all(&mut lines), ["one", "two", "", "three"]);
        assert_eq!((lines.at().name.as_str(), lines.at().line), ("c", 2));
        let read = lines.read;
        assert_eq!((read.streams, read.lines, read.bytes), (3, 4, 15));
    }

    #[test]
    fn a_stream_that_breaks_off_gives_what_came_before() {
        let inputs = vec![
            input("a", Slow(b"one\ntwo\nth", 3)),
            input("b", &b"four"[..]),
        ];
        let mut lines = Lines::new(inputs, 100);
        assert_eq!(all(&mut lines), ["one", "two", "th", "four"]);
        let (at, why) = &lines.broken[0];
        assert_eq!((at.name.as_str(), at.line), ("a", 3));
        assert_eq!(why, "the line is cut");
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(3 * CHUNK);
        let text = format!("one\n{long}\ntwo\n{}", &long[..200]);
        for step in [7_777, CHUNK * 4] {
            let bytes = text.as_bytes();
            let mut lines = Lines::new(
                vec![input(
                    "a",
                    bytes.chunks(step).fold(
                        Box::new(std::io::empty()) as Box<dyn Read>,
                        |before, chunk| Box::new(before.chain(chunk)),
                    ),
                )],
                100,
            );
            assert_eq!(all(&mut lines), ["one", "<786432>", "two", "<200>"]);
            assert!(lines.buffer.len() <= 2 * CHUNK);
        }
    }
}
