//! The model's text as a tree with places.
//!
//! The tree is our own small type, so that overlays can change values and keep the places. TOML is
//! known here and nowhere else; what the keys mean is not known here. All syntax errors of a text
//! are reported at once, and the tree holds what was understood beside them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::elsewhere;
use crate::base::visible::one_line;
use crate::text::{Diagnostic, FileId, Place};

/// A value with the place where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What is written.
    pub value: Value,
    /// Where.
    pub place: Place,
}

/// A value as TOML knows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a point or exponent.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A date or time, as written.
    Date(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

/// A table: entries in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is written.
    pub place: Place,
    /// Its value.
    pub node: Node,
}

/// Reads a text as a tree: what was understood, and all syntax errors.
pub fn parse(text: &str, file: FileId) -> (Table, Vec<Diagnostic>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut reading = Reading {
        file,
        length: text.len(),
        diagnostics: Vec::new(),
    };
    for error in errors {
        let place = reading.place(error.span().unwrap_or(text.len()..text.len()));
        let (found, expected) = syntax_message(error.message());
        let mut diagnostic = Diagnostic::new("E001", found).at(place);
        if let Some(expected) = expected {
            diagnostic = diagnostic.expected(expected);
        }
        if error.message().starts_with(UNQUOTED) {
            diagnostic = diagnostic.maybe_help(in_quotes(text, place));
        }
        reading.diagnostics.push(diagnostic);
    }
    let table = reading.table(document.get_ref());
    (table, reading.diagnostics)
}

/// Reads a single value as it could stand on the right of `=`; `None` if it is none.
pub fn parse_value(text: &str, file: FileId, offset: usize) -> Option<Node> {
    let document = format!("value = {text}");
    let (table, errors) = parse(&document, file);
    if !errors.is_empty() || table.entries.len() != 1 {
        return None;
    }
    let mut node = table.entries.into_iter().next()?.node;
    node.shift("value = ".len(), offset);
    Some(node)
}

/// What the parser says of a value that is no number, list or table, and in no quotes.
const UNQUOTED: &str = "string values must be quoted";

/// How a value without quotes is written: with them, and in the words of the language.
fn in_quotes(text: &str, place: Place) -> Option<String> {
    let start = text[..place.range().start.min(text.len())].rfind('=')? + 1;
    let line = text[start..].lines().next()?;
    let mut depth = 0_i32;
    let ends = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        matches!(c, '#' | ']' | '}') || (c == ',' && depth <= 0)
    };
    let written = line[..line.find(ends).unwrap_or(line.len())].trim();
    let is_text = !written.is_empty() && !written.contains(['"', '\'', '{', '[']);
    let here = match elsewhere::factor(written).or_else(|| elsewhere::value(written)) {
        Some(here) => here,
        None => written.to_owned(),
    };
    is_text.then(|| format!("write it in quotes: \"{here}\""))
}

/// The parser says "what, expected what"; we show the two parts in their own places.
fn syntax_message(message: &str) -> (String, Option<String>) {
    if message.starts_with(UNQUOTED) {
        let expected = "expected a number, a list, a table, or a text in quotes";
        return ("this is not a value".to_owned(), Some(expected.to_owned()));
    }
    match message.split_once(", expected ") {
        Some((found, expected)) => (found.to_owned(), Some(format!("expected {expected}"))),
        None => (message.to_owned(), None),
    }
}

struct Reading {
    file: FileId,
    length: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Reading {
    fn place(&self, range: std::ops::Range<usize>) -> Place {
        Place::new(
            self.file,
            range.start.min(self.length)..range.end.min(self.length),
        )
    }

    fn table(&mut self, table: &DeTable<'_>) -> Table {
        let mut entries: Vec<Entry> = Vec::with_capacity(table.len());
        for (key, value) in table {
            let place = self.place(key.span());
            entries.push(Entry {
                key: key.get_ref().to_string(),
                place,
                node: self.node(value),
            });
        }
        // The parser sorts by name; the language keeps the order of the file.
        entries.sort_by_key(|entry| entry.place.start);
        Table { entries }
    }

    fn node(&mut self, value: &Spanned<DeValue<'_>>) -> Node {
        let place = self.place(value.span());
        let value = match value.get_ref() {
            // A text may be written over several lines; it is one line to everybody who reads it.
            DeValue::String(text) => Value::Text(one_line(text).into_owned()),
            DeValue::Integer(number) => {
                let read = i64::from_str_radix(number.as_str(), number.radix());
                match read {
                    Ok(number) => Value::Integer(number),
                    Err(_) => self.unreadable(place, &number.to_string()),
                }
            }
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => self.unreadable(place, &number.to_string()),
            },
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(items) => {
                Value::List(items.iter().map(|item| self.node(item)).collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Node { value, place }
    }

    fn unreadable(&mut self, place: Place, number: &str) -> Value {
        let found = format!("`{number}` is not a number that can be used");
        let diagnostic = Diagnostic::new("E001", found).at(place);
        self.diagnostics
            .push(diagnostic.expected("expected a finite number of up to 18 digits"));
        Value::Integer(0)
    }
}

impl Node {
    /// Moves every place by `to - from`, for a value that was read out of its context.
    fn shift(&mut self, from: usize, to: usize) {
        let moved = |place: &mut Place| {
            let range = place.range();
            let start = (range.start + to).saturating_sub(from);
            *place = Place::new(place.file, start..(range.end + to).saturating_sub(from));
        };
        self.each_place(&moved);
    }

    /// Puts every place of the value into another text, keeping the ranges.
    pub fn refile(&mut self, file: FileId) {
        self.each_place(&|place: &mut Place| place.file = file);
    }

    fn each_place(&mut self, change: &impl Fn(&mut Place)) {
        change(&mut self.place);
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.each_place(change)),
            Value::Table(table) => {
                for entry in &mut table.entries {
                    change(&mut entry.place);
                    entry.node.each_place(change);
                }
            }
            _ => {}
        }
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// How the value would be written, shortened for messages.
    pub fn written(&self) -> String {
        match &self.value {
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Date(date) => date.clone(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        }
    }

    /// What kind of value it is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a text",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Flag(_) => "a switch",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

impl Table {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Forgets every place, so that two readings compare by what they say.
    pub fn forget_places(&mut self) {
        for entry in &mut self.entries {
            entry.place = Place::default();
            entry
                .node
                .each_place(&|place: &mut Place| *place = Place::default());
        }
    }

    /// The keys in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> + Clone {
        self.entries.iter().map(|entry| entry.key.as_str())
    }
}

/// The document as TOML text that reads back as the same values in the same order.
pub(crate) fn write(table: &Table) -> String {
    let mut text = String::new();
    write_table(&mut text, table, "");
    text
}

/// Values first, then tables under their headings, as TOML wants it.
fn write_table(text: &mut String, table: &Table, path: &str) {
    let is_heading = |node: &Node| match &node.value {
        Value::Table(_) => true,
        Value::List(items) => !items.is_empty() && items.iter().all(|item| item.table().is_some()),
        _ => false,
    };
    let deep = path.split('.').filter(|part| !part.is_empty()).count() >= 2;
    let (tables, values): (Vec<&Entry>, Vec<&Entry>) = table
        .entries
        .iter()
        .partition(|entry| !deep && is_heading(&entry.node));
    for entry in values {
        text.push_str(&format!(
            "{} = {}\n",
            quoted_key(&entry.key),
            inline(&entry.node)
        ));
    }
    for entry in tables {
        let path = match path {
            "" => quoted_key(&entry.key),
            path => format!("{path}.{}", quoted_key(&entry.key)),
        };
        match &entry.node.value {
            Value::Table(inner) => {
                let only_tables = !inner.entries.is_empty()
                    && inner.entries.iter().all(|entry| is_heading(&entry.node));
                if !only_tables || path.contains('.') {
                    text.push_str(&format!("\n[{path}]\n"));
                }
                write_table(text, inner, &path);
            }
            _ => {
                for item in entry.node.list().unwrap_or_default() {
                    text.push_str(&format!("\n[[{path}]]\n"));
                    if let Some(inner) = item.table() {
                        write_table(text, inner, &format!("{path}.item"));
                    }
                }
            }
        }
    }
}

fn inline(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Float(number) => format!("{number:?}"),
        Value::Integer(_) | Value::Flag(_) | Value::Date(_) => node.written(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let entries = table.entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{} = {}", quoted_key(&entry.key), inline(&entry.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn quoted_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Table, Vec<Diagnostic>) {
        parse(text, FileId::MODEL)
    }

    #[test]
    fn values_keep_their_places_and_the_order_of_the_file() {
        let text = "[b]\nx = 1_000\n[a]\ny = [ { z = \"20ms\" } ]\n";
        let (table, errors) = read(text);
        assert_eq!(errors, []);
        assert_eq!(table.keys().collect::<Vec<_>>(), ["b", "a"]);
        let x = table
            .get("b")
            .and_then(|b| b.table()?.get("x"))
            .expect("x is written");
        assert_eq!(
            (&x.value, &text[x.place.range()]),
            (&Value::Integer(1000), "1_000")
        );
        let list = table
            .get("a")
            .and_then(|a| a.table()?.get("y")?.list())
            .expect("y is a list");
        let z = list[0]
            .table()
            .and_then(|item| item.get("z"))
            .expect("z is written");
        assert_eq!(&text[z.place.range()], "\"20ms\"");
    }

    #[test]
    fn all_syntax_errors_are_reported_and_the_rest_is_read() {
        let (table, errors) = read("a = 20ms\nb = \nc = 3\n");
        assert_eq!(errors.len(), 2);
        assert_eq!(table.get("c").map(|c| &c.value), Some(&Value::Integer(3)));
    }

    #[test]
    fn numbers_out_of_range_are_errors() {
        let (_, errors) = read("a = 99999999999999999999\nb = inf\n");
        assert_eq!(errors.len(), 2);
    }
}
