//! Characters that show nothing themselves, made visible.
//!
//! One idea: a text that somebody hands in may hold characters that move a terminal's cursor, ring
//! its bell, or turn the direction of what follows. None of them reaches a reader as it is: models
//! that hold them are refused, names of files and stored results are shown with symbols in their
//! places.

use std::borrow::Cow;

/// Whether a character shows nothing itself but changes how others are shown, or may stand in no
/// page: controls, line and paragraph separators, marks of direction, marks of byte order.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
        )
}

/// The text with a symbol for each hidden character: `␛` for an escape, `\u{202e}` for a mark of
/// direction.
pub fn visible(text: &str) -> Cow<'_, str> {
    mapped(text, is_hidden, |c, out| match picture(c) {
        Some(picture) => out.push(picture),
        None => out.extend(c.escape_unicode()),
    })
}

/// The text of a file with exactly one character for each hidden one, so that columns stay; the
/// ends of its lines and its tabs stay too.
pub fn in_place(text: &str) -> Cow<'_, str> {
    let changes = |c: char| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
    mapped(text, changes, |c, out| {
        out.push(picture(c).unwrap_or(char::REPLACEMENT_CHARACTER));
    })
}

/// The text in one line: a tab, and the end of a line with the blanks around it, is one space.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\t']) {
        return Cow::Borrowed(text);
    }
    let lines = text
        .split('\n')
        .map(|line| line.trim_matches([' ', '\t', '\r']));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    Cow::Owned(lines.join(" ").replace('\t', " "))
}

/// The symbol that Unicode has for a control character of ASCII.
fn picture(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        _ => None,
    }
}

fn mapped(
    text: &str,
    changes: impl Fn(char) -> bool,
    show: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    if !text.contains(&changes) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match changes(c) {
            true => show(c, &mut out),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_hidden_character_has_a_symbol() {
        assert_eq!(visible("a\u{1b}[31m\u{7}\r\0\u{7f}"), "a␛[31m␇␍␀␡");
        assert_eq!(visible("x\u{202e}y\u{9b}"), "x\\u{202e}y\\u{9b}");
        assert_eq!(in_place("a\tb\u{202e}\u{1b}\r\n"), "a\tb\u{fffd}␛\r\n");
        assert_eq!(one_line("  a  b\r\n\n  c\td\n"), "a  b c d");
        let seen = "Größe · ✓ 👩‍🚀 שלום سلام 日本 e\u{301}";
        assert!(matches!(visible(seen), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_is_shown_hides_nothing_and_is_shown_once(text in any::<String>()) {
            let shown = visible(&text);
            prop_assert!(!shown.contains(is_hidden));
            prop_assert_eq!(&visible(&shown), &shown);
            let placed = in_place(&text);
            prop_assert_eq!(placed.chars().count(), text.chars().count());
            prop_assert!(!placed.contains(|c| is_hidden(c) && !"\n\r\t".contains(c)));
        }
    }
}
