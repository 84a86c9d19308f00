//! Literals in the text of a program: lists, dictionaries, numbers, words in quotes.
//!
//! One idea: a program is never executed. What stands in it as a plain literal is read; where a
//! literal holds anything else, such as a name or a sum, it is none.

use serde_json::{Map, Number, Value};

/// Literals within each other at most.
const DEEP: usize = 32;

/// The literal that a text begins, as Python or JavaScript writes it.
pub(super) fn literal(text: &str) -> Option<Value> {
    Reader { rest: text }.value(0)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.blanks();
        let first = self.rest.chars().next().filter(|_| depth < DEEP)?;
        match first {
            '[' => self.list(']', depth),
            '(' => self.list(')', depth),
            '{' => self.dictionary(depth),
            '"' | '\'' => self.word(first).map(Value::String),
            _ => self.atom(),
        }
    }

    /// Blanks, ends of lines and remarks.
    fn blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let end = match self.rest {
                rest if rest.starts_with(['#']) || rest.starts_with("//") => rest.find('\n'),
                rest if rest.starts_with("/*") => rest[2..].find("*/").map(|end| end + 4),
                _ => return,
            };
            self.rest = &self.rest[end.unwrap_or(self.rest.len())..];
        }
    }

    fn take(&mut self, c: char) -> bool {
        self.blanks();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn list(&mut self, close: char, depth: usize) -> Option<Value> {
        self.rest = &self.rest[1..];
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.value(depth + 1)?);
            if !self.take(',') {
                return self.take(close).then_some(Value::Array(items));
            }
        }
        Some(Value::Array(items))
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.rest = &self.rest[1..];
        let mut items = Map::new();
        while !self.take('}') {
            self.blanks();
            let key = match self.rest.chars().next()? {
                quote @ ('"' | '\'') => self.word(quote)?,
                _ => self.name()?,
            };
            if !self.take(':') {
                return None;
            }
            items.insert(key, self.value(depth + 1)?);
            if !self.take(',') {
                return self.take('}').then_some(Value::Object(items));
            }
        }
        Some(Value::Object(items))
    }

    fn word(&mut self, quote: char) -> Option<String> {
        let inside = &self.rest[quote.len_utf8()..];
        let end = inside.find([quote, '\n', '\\'])?;
        let rest = inside[end..].strip_prefix(quote)?;
        self.rest = rest;
        Some(inside[..end].to_owned())
    }

    /// A key without quotes.
    fn name(&mut self) -> Option<String> {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        is_name(name).then(|| name.to_owned())
    }

    /// A number, or one of the words that are values.
    fn atom(&mut self) -> Option<Value> {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || "._+-".contains(c)));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        match word {
            "True" | "true" => Some(Value::Bool(true)),
            "False" | "false" => Some(Value::Bool(false)),
            "None" => Some(Value::Null),
            // A name stands for what the program knows: for nothing here.
            word if is_name(word) => Some(Value::Null),
            word => {
                let number: f64 = word.replace('_', "").parse().ok()?;
                Number::from_f64(number).map(Value::Number)
            }
        }
    }
}

fn is_name(word: &str) -> bool {
    let begins = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    begins && word.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_literals_are_read_and_nothing_else() {
        let read = |text| literal(text).map(|value| value.to_string());
        let text =
            "[ # stages\n {'duration': 60, \"users\": 1_000, 'x': None,},\n (1, 2.5), ] + more";
        let expected = "[{\"duration\":60.0,\"users\":1000.0,\"x\":null},[1.0,2.5]]";
        assert_eq!(read(text).as_deref(), Some(expected));
        let script = "{ stages: [ // up\n { target: 5, duration: '1m' }, /* down */ ], x: true }";
        let expected = r#"{"stages":[{"duration":"1m","target":5.0}],"x":true}"#;
        assert_eq!(read(script).as_deref(), Some(expected));
        let names = "{'users': 5, 'user_classes': [Buyer, shop.Editor]}";
        let expected = "{\"user_classes\":[null,null],\"users\":5.0}";
        assert_eq!(read(names).as_deref(), Some(expected));
        for text in [
            "",
            "[",
            "[1",
            "{'a': f(1)}",
            "{'a': 2 * 3}",
            "{1: 1}",
            "{a 1}",
            "{...a}",
            "{'a': x || 1}",
            "['a\\n']",
            "[1,,2]",
            "[os.system('x')]",
            "[inf]",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(literal(&"[".repeat(1_000)), None);
    }
}
