//! Words as a shell takes them, for commands that are shown to be typed again.

use std::borrow::Cow;

/// A word as a shell takes it: in quotes where it is more than letters, digits and the usual signs.
pub fn typed(word: &str) -> Cow<'_, str> {
    let is_usual = |c: char| c.is_alphanumeric() || "_-./,:=%+@".contains(c);
    match !word.is_empty() && word.chars().all(is_usual) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("'{}'", word.replace('\'', r"'\''"))),
    }
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(typed("param.storm=180/s"), "param.storm=180/s");
        assert_eq!(typed("a b"), "'a b'");
        assert_eq!(typed("it's"), r"'it'\''s'");
        assert_eq!(typed("$(x)"), "'$(x)'");
        assert_eq!(typed(""), "''");
    }
}
