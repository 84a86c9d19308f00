//! UTF-16 as UTF-8, on its way.
//!
//! One idea: every format is looked at as bytes of UTF-8; what Windows writes in two bytes a
//! character becomes that before anybody looks. A half of a pair alone becomes the character that
//! stands for what cannot be read.

use std::io::{self, Read};

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// Which of the two bytes of a character comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The smaller one, as Windows has it.
    Little,
    /// The larger one.
    Big,
}

/// Whether a text that begins so is UTF-16: it says so, or every other byte of it is zero.
pub(super) fn utf16(begin: &[u8]) -> Option<Order> {
    match *begin {
        [0xff, 0xfe, ..] => Some(Order::Little),
        [0xfe, 0xff, ..] => Some(Order::Big),
        [a, 0, b, 0, ..] if a > 0 && b > 0 => Some(Order::Little),
        [0, a, 0, b, ..] if a > 0 && b > 0 => Some(Order::Big),
        _ => None,
    }
}

/// A stream of UTF-16, read as UTF-8.
pub(super) struct Utf16<R> {
    stream: R,
    order: Order,
    raw: Vec<u8>,
    /// The first half of a pair whose second half has not come yet.
    half: Option<u16>,
    is_first: bool,
    text: Vec<u8>,
    from: usize,
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(stream: R, order: Order) -> Utf16<R> {
        Utf16 {
            stream,
            order,
            raw: Vec::new(),
            half: None,
            is_first: true,
            text: Vec::new(),
            from: 0,
        }
    }

    /// Reads more; false at the end.
    fn more(&mut self) -> io::Result<bool> {
        self.text.clear();
        self.from = 0;
        let kept = self.raw.len();
        self.raw.resize(kept + CHUNK, 0);
        let read = self.stream.read(&mut self.raw[kept..]);
        self.raw
            .truncate(kept + read.as_ref().map_or(0, |read| *read));
        let is_end = read? == 0;
        let whole = self.raw.len() / 2 * 2;
        let mut units: Vec<u16> = self.half.take().into_iter().collect();
        units.extend(self.raw[..whole].chunks_exact(2).map(|pair| {
            let pair = [pair[0], pair[1]];
            match self.order {
                Order::Little => u16::from_le_bytes(pair),
                Order::Big => u16::from_be_bytes(pair),
            }
        }));
        self.raw.drain(..whole);
        if !is_end
            && units
                .last()
                .is_some_and(|unit| (0xd800..0xdc00).contains(unit))
        {
            self.half = units.pop();
        }
        for char in char::decode_utf16(units) {
            let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
            // The mark of the order of bytes is no text.
            if !(std::mem::take(&mut self.is_first) && char == '\u{feff}') {
                self.text
                    .extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        Ok(!is_end)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.from == self.text.len() {
            if !self.more()? && self.text.is_empty() {
                return Ok(0);
            }
        }
        let some = buffer.len().min(self.text.len() - self.from);
        buffer[..some].copy_from_slice(&self.text[self.from..self.from + some]);
        self.from += some;
        Ok(some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let some = self.0.len().min(self.1).min(buffer.len());
            buffer[..some].copy_from_slice(&self.0[..some]);
            self.0 = &self.0[some..];
            Ok(some)
        }
    }

    #[test]
    fn both_orders_are_read_however_the_bytes_come() {
        let text = "ab, Grüße, 日本, 😀😀\n";
        for order in [Order::Little, Order::Big] {
            let bytes: Vec<u8> = std::iter::once(0xfeff)
                .chain(text.encode_utf16())
                .flat_map(|unit: u16| match order {
                    Order::Little => unit.to_le_bytes(),
                    Order::Big => unit.to_be_bytes(),
                })
                .collect();
            assert_eq!(utf16(&bytes), Some(order));
            assert_eq!(utf16(&bytes[2..]), Some(order), "also without its mark");
            for some in [1, 2, 3, 7, 1_000] {
                let mut found = String::new();
                let mut stream = Utf16::new(Slow(&bytes, some), order);
                stream.read_to_string(&mut found).expect("it is text");
                assert_eq!(found, text, "{some} bytes at a time");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_said_by_its_character() {
        let mut found = String::new();
        let bytes = [0xff, 0xfe, b'a', 0, 0x3d, 0xd8, b'b', 0, 0x3d, 0xd8, 0];
        let mut stream = Utf16::new(&bytes[..], Order::Little);
        stream.read_to_string(&mut found).expect("it is text");
        assert_eq!(found, "a\u{fffd}b\u{fffd}");
        for text in [&b"a"[..], b"", b"abcd", b"\0\0\0\0", b"a\0\0\0"] {
            assert_eq!(utf16(text), None);
        }
    }
}
