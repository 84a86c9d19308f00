//! Fitted values written back into a model's text.
//!
//! One idea: the author's text stays as it is, comments and all; only the values change, and how
//! they are known. What was written is read again, and given up where it does not say what it
//! should.

use super::document::{self, Node, Table};
use crate::text::FileId;

/// The text with these parameters at these values, each known as fitted; nothing where a
/// parameter is not written so that its value can be replaced.
pub fn in_place(text: &str, values: &[(String, String)]) -> Option<String> {
    let (document, _) = document::parse(text, FileId::MODEL);
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (name, value) in values {
        let param = param(&document, name)?;
        let at = param.get("value")?.place.range();
        let written = literal(value);
        match param.get("known") {
            Some(known) => {
                edits.push((at, written));
                edits.push((known.place.range(), FITTED.to_owned()));
            }
            None => {
                let known = beside(text, at.end, name);
                edits.push((at, written + &known));
            }
        }
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut new = text.to_owned();
    for (range, with) in edits {
        new.replace_range(range, &with);
    }
    says(&new, values).then_some(new)
}

const FITTED: &str = "\"fitted\"";

fn param<'a>(document: &'a Table, name: &str) -> Option<&'a Table> {
    document.get("param")?.table()?.get(name)?.table()
}

/// A value as TOML: a number as it is, anything else in quotes.
fn literal(value: &str) -> String {
    match value.parse::<f64>().is_ok_and(f64::is_finite) {
        true => value.to_owned(),
        false => format!("\"{value}\""),
    }
}

/// `known` behind a value: on the next line, or before the comma or brace of a table in one line.
fn beside(text: &str, end: usize, name: &str) -> String {
    let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let next = text[end..].trim_start_matches([' ', '\t']).chars().next();
    if matches!(next, Some(',' | '}')) {
        return format!(", known = {FITTED}");
    }
    let begins = text[line..end].trim_start();
    match begins.split_once('=').map_or("", |(key, _)| key.trim()) {
        "value" => format!("\nknown = {FITTED}"),
        // A dotted key names the table again.
        key => {
            let table = key.strip_suffix(".value").unwrap_or(name);
            format!("\n{table}.known = {FITTED}")
        }
    }
}

/// Whether a text holds these values as fitted.
fn says(text: &str, values: &[(String, String)]) -> bool {
    let (document, wrong) = document::parse(text, FileId::MODEL);
    let holds = |(name, value): &(String, String)| {
        let written = |key: &str| param(&document, name)?.get(key).map(Node::written);
        let known = written("known").is_some_and(|known| known.trim_matches('"') == "fitted");
        let number = |text: &str| text.replace('_', "").parse::<f64>().ok();
        let same = written("value").is_some_and(|found| {
            let found = found.trim_matches('"');
            found == value || number(found).is_some_and(|f| Some(f) == number(value))
        });
        known && same
    };
    wrong.is_empty() && values.iter().all(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(text: &str, value: &str) -> Option<String> {
        in_place(text, &[("work".to_owned(), value.to_owned())])
    }

    #[test]
    fn comments_stay_and_values_change() {
        let text =
            "# Why?\n[param.work]\nvalue = \"60ms\" # a guess\nrange = [\"20ms\", \"90ms\"]\n";
        let new = fitted(text, "44.9ms").expect("it is written plainly");
        let expected = "# Why?\n[param.work]\nvalue = \"44.9ms\"\nknown = \"fitted\" # a guess\n\
                        range = [\"20ms\", \"90ms\"]\n";
        assert_eq!(new, expected);
    }

    #[test]
    fn what_was_assumed_is_fitted() {
        let text = "[param.work]\nknown = \"assumed\"\nvalue = 1_000\n";
        let new = fitted(text, "1234").expect("it is written plainly");
        assert_eq!(new, "[param.work]\nknown = \"fitted\"\nvalue = 1234\n");
        assert_eq!(fitted(&new, "1234").as_deref(), Some(new.as_str()));
    }

    #[test]
    fn tables_in_one_line_and_dotted_keys_are_followed() {
        let line = fitted("param.work = { value = 3, range = [1, 9] }\n", "4");
        assert_eq!(
            line.as_deref(),
            Some("param.work = { value = 4, known = \"fitted\", range = [1, 9] }\n")
        );
        let dotted = fitted("[param]\nwork.value = \"3ms\"\n", "4ms");
        assert_eq!(
            dotted.as_deref(),
            Some("[param]\nwork.value = \"4ms\"\nwork.known = \"fitted\"\n")
        );
        assert_eq!(fitted("[param.other]\nvalue = 3\n", "4"), None);
    }
}
