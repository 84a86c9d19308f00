//! Bytes as text: UTF-8, or the place where they cease to be it.
//!
//! One idea: a file that another program saved tells by its first bytes, or by its first wrong one,
//! what it is; so the answer says that, and what to do.

use super::source::{Position, Source};

/// Where bytes cease to be text, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotText {
    /// The place of the first byte that is wrong.
    pub at: Position,
    /// What is there, and what to do.
    pub found: String,
}

/// The mark that some programs put before UTF-8.
const MARK: char = '\u{feff}';

/// How files begin that are no UTF-8 text, and what they are; of two that fit, the first.
const BEGINNINGS: [(&[u8], &str); 6] = [
    (&[0xFF, 0xFE, 0, 0], "UTF-32 (little-endian)"),
    (&[0, 0, 0xFE, 0xFF], "UTF-32 (big-endian)"),
    (&[0xFF, 0xFE], "UTF-16 (little-endian)"),
    (&[0xFE, 0xFF], "UTF-16 (big-endian)"),
    (&[0x50, 0x4B, 3, 4], "a zip archive or a spreadsheet"),
    (&[0x1F, 0x8B], "compressed with gzip"),
];

/// The text of some bytes, without the mark of UTF-8.
///
/// # Errors
/// If they are not UTF-8, or hold a zero byte, which no text does.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    if let Some((mark, form)) = BEGINNINGS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        let mark: Vec<String> = mark.iter().map(|byte| format!("{byte:02X}")).collect();
        let found = format!("it begins with the bytes {}: it is {form}", mark.join(" "));
        return Err(not_text("", &found));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let (why, bytes) = (error.utf8_error(), error.as_bytes());
        let (before, rest) = bytes.split_at(why.valid_up_to());
        let before = String::from_utf8_lossy(before);
        let found = match why.error_len() {
            None => "the file ends in the middle of a character".to_owned(),
            Some(_) => wrong(rest[0]),
        };
        not_text(&before, &format!("the byte 0x{:02X}: {found}", rest[0]))
    })?;
    match text.find('\0') {
        Some(at) => Err(not_text(&text[..at], "the byte 0x00: no text has it")),
        None if text.starts_with(MARK) => Ok(text[MARK.len_utf8()..].to_owned()),
        None => Ok(text),
    }
}

/// What is behind the text that is fine.
fn not_text(before: &str, found: &str) -> NotText {
    NotText {
        at: Source::new("", before).position(before.len()),
        found: format!("{found}; save it as UTF-8 text"),
    }
}

/// What a byte that begins no character probably was.
fn wrong(byte: u8) -> String {
    match byte {
        0xA0..=0xFF => format!("it is `{}` in Latin-1", char::from(byte)),
        _ => "no character begins so".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(bytes: &[u8]) -> (usize, usize, String) {
        let why = decode(bytes.to_vec()).expect_err("it is no text");
        (why.at.line, why.at.column, why.found)
    }

    #[test]
    fn the_first_wrong_byte_is_named_with_its_place() {
        let told =
            |line, column, found: &str| (line, column, format!("{found}; save it as UTF-8 text"));
        let cases: [(&[u8], _); 6] = [
            (
                b"a = 1\nb\xC3\xBC = \"\xFC\"",
                told(2, 7, "the byte 0xFC: it is `ü` in Latin-1"),
            ),
            (b"\x80", told(1, 1, "the byte 0x80: no character begins so")),
            (
                b"a\nb\xE2\x82",
                told(
                    2,
                    2,
                    "the byte 0xE2: the file ends in the middle of a character",
                ),
            ),
            (b"[\0m\0", told(1, 2, "the byte 0x00: no text has it")),
            (
                b"\xFF\xFEa\0",
                told(
                    1,
                    1,
                    "it begins with the bytes FF FE: it is UTF-16 (little-endian)",
                ),
            ),
            (
                b"\xFF\xFE\0\0a\0\0\0",
                told(
                    1,
                    1,
                    "it begins with the bytes FF FE 00 00: it is UTF-32 (little-endian)",
                ),
            ),
        ];
        for (bytes, told) in cases {
            assert_eq!(refused(bytes), told, "{bytes:?}");
        }
        assert_eq!(decode(b"\xEF\xBB\xBFa".to_vec()).as_deref(), Ok("a"));
    }

    proptest! {
        #[test]
        fn whatever_is_text_is_taken_as_it_is(text in "[^\0\u{feff}]*") {
            prop_assert_eq!(decode(text.clone().into_bytes()), Ok(text));
        }

        #[test]
        fn whatever_is_not_has_a_place_before_it(bytes in any::<Vec<u8>>()) {
            if let Err(why) = decode(bytes.clone()) {
                prop_assert!(why.at.line >= 1 && why.at.column >= 1);
                prop_assert!(why.at.line + why.at.column <= bytes.len() + 2);
            }
        }
    }
}
