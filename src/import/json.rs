//! JSON, a value on each line or one in all.
//!
//! One idea: a value is looked at as it stands, what is missing is `None`, and nothing is assumed
//! of the order of keys. A document is handed over item by item of the list that fills it, so it
//! may be long, and one that breaks off gives what came before; one that is looked at as a whole
//! has to fit into the memory, so it is bounded.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::account::{Account, excerpt, grouped};
use super::lines::{Lines, Next};

/// Bytes of a line at most.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;
/// Bytes of a document at most.
const DOCUMENT: usize = 256 * 1024 * 1024;
const TOO_LONG: &str = "it is longer than 4 MB";
const TOO_LARGE: &str = "it is larger than 256 MB";
const NO_JSON: &str = "it is no JSON";
/// What nothing is answered with, in every format.
pub(super) const EMPTY: &str = "it is empty";

/// Hands over every line that holds one of some words, as a value; what is refused is counted.
pub(super) fn each(
    lines: &mut Lines<'_>,
    account: &mut Account,
    is_needed: impl Fn(&[u8]) -> bool,
    mut take: impl FnMut(&Value) -> Result<(), &'static str>,
) {
    while let Some(next) = lines.next() {
        let failed = match next {
            Next::Line(line, _) if line.trim_ascii().is_empty() || !is_needed(line) => Ok(()),
            Next::Line(line, _) => serde_json::from_slice(line)
                .map_err(|_| NO_JSON)
                .and_then(|value: Value| take(&value))
                .map_err(|why| (why, excerpt(line))),
            Next::Long(_) => Err((TOO_LONG, String::new())),
        };
        if let Err((why, begins)) = failed {
            account.bad(why, lines.at(), begins);
        }
    }
    account.read = lines.read;
    account.breaks(lines);
}

/// A part of a document.
pub(super) enum Part {
    /// An item of the list at the path.
    Item(Value),
    /// All beside that list, when the document has ended; null if it broke off.
    Rest(Value),
}

/// Hands over documents, each as the items of the list at a path of keys and then as all else.
///
/// # Errors
/// Says why nothing could be handed over.
pub(super) fn documents(
    lines: &mut Lines<'_>,
    account: &mut Account,
    path: &[&str],
    mut take: impl FnMut(Part),
) -> Result<(), String> {
    let (mut items, mut whole, mut failed) = (0, 0, None);
    while lines.is_more() {
        let mut item = |value| {
            items += 1;
            take(Part::Item(value));
        };
        let take_item: &mut dyn FnMut(Value) = &mut item;
        let walk = Walk { path, take_item };
        let mut raw = lines.raw();
        let found = walk.deserialize(&mut serde_json::Deserializer::from_reader(&mut raw));
        match found {
            Ok(rest) => {
                whole += 1;
                take(Part::Rest(rest));
            }
            Err(why) => {
                take(Part::Rest(Value::Null));
                let at = lines.at().clone();
                let line = grouped(at.line + 1);
                let what = if why.is_eof() {
                    "it breaks off"
                } else {
                    NO_JSON
                };
                failed.get_or_insert(format!("{what} in line {line}"));
                account.doubtful.push(format!(
                    "{}: {what} in line {line}; what came before was taken",
                    at.name
                ));
                lines.end();
            }
        }
    }
    account.read = lines.read;
    account.breaks(lines);
    match failed {
        Some(why) if items + whole == 0 => Err(why),
        None if items + whole == 0 => Err(EMPTY.to_owned()),
        _ => Ok(()),
    }
}

/// Goes down a path of keys to a list.
struct Walk<'w> {
    path: &'w [&'w str],
    take_item: &'w mut dyn FnMut(Value),
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut rest = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = match self.path.split_first() {
                Some((first, path)) if *first == key => map.next_value_seed(Walk {
                    path,
                    take_item: &mut *self.take_item,
                })?,
                Some(_) | None => map.next_value()?,
            };
            rest.insert(key, value);
        }
        Ok(Value::Object(rest))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut rest = Vec::new();
        while let Some(value) = list.next_element()? {
            match self.path.is_empty() {
                true => (self.take_item)(value),
                false => rest.push(value),
            }
        }
        Ok(Value::Array(rest))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

/// All that is left of the lines.
///
/// # Errors
/// If it is too large, or empty.
pub(super) fn rest(lines: &mut Lines<'_>, account: &mut Account) -> Result<Vec<u8>, String> {
    // Programs write all of it into one line.
    lines.allow(DOCUMENT);
    let mut text = Vec::new();
    while let Some(next) = lines.next() {
        match next {
            Next::Line(line, _) => {
                text.extend_from_slice(line);
                text.push(b'\n');
            }
            Next::Long(_) => return Err(TOO_LARGE.to_owned()),
        }
        if text.len() > DOCUMENT {
            return Err(TOO_LARGE.to_owned());
        }
    }
    account.read = lines.read;
    account.breaks(lines);
    match text.trim_ascii().is_empty() {
        true => Err(EMPTY.to_owned()),
        false => Ok(text),
    }
}

/// As text, and says where it is none.
pub(super) fn read_as_text<'t>(text: &'t [u8], account: &mut Account) -> Cow<'t, str> {
    if let Err(why) = std::str::from_utf8(text) {
        let line = 1 + memchr::memchr_iter(b'\n', &text[..why.valid_up_to()]).count();
        account.doubtful.push(format!(
            "line {} is no UTF-8: what cannot be read of it is `\u{fffd}`",
            grouped(line as u64)
        ));
    }
    String::from_utf8_lossy(text)
}

pub(super) fn no_json(why: &serde_json::Error) -> String {
    format!(
        "it is no JSON: line {}, column {}",
        why.line(),
        why.column()
    )
}

/// What stands at a path of keys.
pub(super) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// A text at a path of keys.
pub(super) fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(value, path)?.as_str()
}

/// A number at a path of keys, also if it is written as a text.
pub(super) fn number(value: &Value, path: &[&str]) -> Option<f64> {
    let number = match at(value, path)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.filter(|number| number.is_finite())
}
