//! Lines of any number of streams, one after the other, in bounded memory.
//!
//! One idea: a line is bytes between two ends of lines, whatever they mean; one that is longer than
//! a line can be is passed over and said, and a stream that breaks off ends with what came before.

use std::io::{ErrorKind, Read};

use memchr::memchr;

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
        if let Some(input) = &self.current {
            self.at = Position {
                name: input.name.clone(),
                line: 0,
            };
            self.read.streams += 1;
        }
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
