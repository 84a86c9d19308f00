//! JSON, a value on each line or one in all.
//!
//! One idea: a value is looked at as it stands, what is missing is `None`, and nothing is assumed
//! of the order of keys. A document that is one value has to fit into the memory, so it is
//! bounded.

use serde_json::Value;

use super::account::{Account, excerpt};
use super::lines::{Lines, Next};

/// Bytes of a line at most.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;
/// Bytes of a document at most.
const DOCUMENT: usize = 256 * 1024 * 1024;
const TOO_LONG: &str = "it is longer than 4 MB";
const TOO_LARGE: &str = "it is larger than 256 MB";
const NO_JSON: &str = "it is no JSON";

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

/// All that is left of the lines as one value.
///
/// # Errors
/// Says why it is none.
pub(super) fn whole(lines: &mut Lines<'_>, account: &mut Account) -> Result<Value, String> {
    let text = rest(lines, account)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    serde_json::from_slice(text).map_err(|why| no_json(&why))
}

/// All that is left of the lines.
///
/// # Errors
/// If it is too large.
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
    Ok(text)
}

/// All that is left of the lines as values, one after the other.
///
/// # Errors
/// Says why they are none.
pub(super) fn all(lines: &mut Lines<'_>, account: &mut Account) -> Result<Vec<Value>, String> {
    let text = rest(lines, account)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    let values: Result<Vec<Value>, serde_json::Error> = values.collect();
    match values {
        Ok(values) if values.is_empty() => Err("it is empty".to_owned()),
        values => values.map_err(|why| no_json(&why)),
    }
}

fn no_json(why: &serde_json::Error) -> String {
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
