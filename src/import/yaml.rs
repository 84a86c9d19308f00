//! YAML, and JSON where it may be either.
//!
//! One idea: what a file of settings says is a value like one of JSON, and is looked at the same
//! way. How deep it may be, and how much its aliases may bring, is bounded by the reader.

use serde_json::Value;

use super::account::Account;
use super::json;
use super::lines::Lines;

/// Bytes of a file at most: people write these.
const LARGEST: usize = 8 * 1024 * 1024;

/// All documents of all streams.
///
/// # Errors
/// Says why they are none.
pub(super) fn all(lines: &mut Lines<'_>, account: &mut Account) -> Result<Vec<Value>, String> {
    let text = json::rest(lines, account)?;
    if text.len() > LARGEST {
        return Err("it is larger than 8 MB".to_owned());
    }
    let text = &*json::read_as_text(&text, account);
    if text.trim_start().starts_with(['{', '[']) {
        let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let values: Result<Vec<Value>, serde_json::Error> = values.collect();
        if let Ok(values) = values {
            return Ok(values);
        }
    }
    let found: Result<Vec<Value>, serde_saphyr::Error> = serde_saphyr::from_multiple(text);
    let found = found.map_err(|why| {
        let said = why.to_string();
        let first = said.lines().next().unwrap_or_default().trim();
        format!("it is no YAML: {first}")
    })?;
    let found: Vec<Value> = found.into_iter().filter(|value| !value.is_null()).collect();
    match found.is_empty() {
        true => Err(json::EMPTY.to_owned()),
        false => Ok(found),
    }
}

/// Seconds of `60`, `"1m30s"`, `"90"`, `1.5h`; a bare number is in seconds.
pub(super) fn secs(value: Option<&Value>) -> Option<f64> {
    use crate::base::time::Span;
    let secs = match value? {
        Value::Number(secs) => secs.as_f64()?,
        Value::String(text) => match text.trim().parse::<f64>() {
            Ok(secs) => secs,
            Err(_) => Span::parse(&short(text)).ok()?.as_secs_f64(),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (0.0..=31_536_000.0).contains(&secs).then_some(secs)
}

/// A time with units as people write them in words: `2 minutes` is `2m`.
fn short(text: &str) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let units = [
        ("milliseconds", "ms"),
        ("millis", "ms"),
        ("seconds", "s"),
        ("second", "s"),
        ("secs", "s"),
        ("sec", "s"),
        ("minutes", "m"),
        ("minute", "m"),
        ("mins", "m"),
        ("min", "m"),
        ("hours", "h"),
        ("hour", "h"),
        ("days", "d"),
        ("day", "d"),
    ];
    units
        .iter()
        .fold(text, |text, (long, short)| text.replace(long, short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let read = |text: &str| secs(serde_json::from_str(text).ok().as_ref());
        let found = [
            "60",
            "\"1m30s\"",
            "\"90\"",
            "\"2 minutes\"",
            "\"1.5h\"",
            "-1",
            "\"soon\"",
            "[]",
        ];
        let expected = [
            Some(60.0),
            Some(90.0),
            Some(90.0),
            Some(120.0),
            Some(5_400.0),
        ];
        assert_eq!(found.map(read)[..5], expected);
        assert_eq!(found.map(read)[5..], [None, None, None]);
    }
}
