//! Relative values: `x2`, `-20%`, `+10`.
//!
//! Multiplying a written value leaves it a product (`2 * exp(20ms)`), which every reader of values
//! understands; adding works the sum out in the unit of what was written.

use crate::base::time::Time;
use crate::model::document::{Node, Value};
use crate::model::metric::write_time;
use crate::model::table::Kind;
use crate::model::value::{self, Amount, Params, Thing};
use crate::text::{Diagnostic, Place};

/// What a relative value does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Relative {
    /// Multiplies.
    Times(f64),
    /// Adds; the text is signed and may have a unit.
    Plus(String),
}

/// Whether a value of `set` is relative for a key of this kind.
pub(super) fn relative(value: &Node, kind: &Kind) -> Option<Relative> {
    let text = value.text()?.trim();
    if let Some(factor) = text.strip_prefix('x') {
        return value::number(factor.trim())
            .filter(|f| *f >= 0.0)
            .map(Relative::Times);
    }
    let signed = text.starts_with(['+', '-']);
    if !signed {
        return None;
    }
    if let Some(percent) = text.strip_suffix('%').and_then(value::number) {
        return Some(Relative::Times(1.0 + percent / 100.0));
    }
    let digits = text[1..].trim_start();
    let begins = digits.starts_with(|c: char| c.is_ascii_digit());
    // An instant before T+0 is written with a minus.
    let absolute = text.starts_with('-') && may_be_instant(kind);
    (begins && !absolute).then(|| Relative::Plus(text.to_owned()))
}

fn may_be_instant(kind: &Kind) -> bool {
    matches!(kind, Kind::Instant)
        || matches!(kind, Kind::Either(kinds) if kinds.iter().any(may_be_instant))
}

/// The value that a relative one makes of what is written.
pub(super) fn worked_out(
    base: &Node,
    relative: &Relative,
    kind: &Kind,
    place: Place,
    params: &mut dyn Params,
) -> Result<Node, Diagnostic> {
    let value = match relative {
        Relative::Times(factor) => times(base, *factor, kind, params),
        Relative::Plus(text) => plus(base, text, place, params)?,
    };
    value.map(|value| Node { value, place }).ok_or_else(|| {
        let found = format!(
            "`{}` cannot be changed by a factor or a sum",
            base.written()
        );
        let help = "write the new value itself";
        Diagnostic::new("E071", found).at(place).help(help)
    })
}

fn times(base: &Node, factor: f64, kind: &Kind, params: &mut dyn Params) -> Option<Value> {
    match &base.value {
        Value::Integer(number) => Some(number_value(*number as f64 * factor, kind)),
        Value::Float(number) => Some(number_value(number * factor, kind)),
        Value::Text(text) => {
            value::parse(text, base.place, params).ok()?;
            Some(Value::Text(format!("{factor} * {text}")))
        }
        _ => None,
    }
}

/// Counts stay whole, halves going up.
fn number_value(number: f64, kind: &Kind) -> Value {
    let whole = match kind {
        Kind::Count => true,
        Kind::Either(kinds) => kinds.iter().any(|kind| matches!(kind, Kind::Count)),
        _ => false,
    };
    match whole {
        true if number.abs() < 9.0e15 => Value::Integer((number + 0.5).floor() as i64),
        _ => Value::Float(number),
    }
}

fn plus(
    base: &Node,
    text: &str,
    place: Place,
    params: &mut dyn Params,
) -> Result<Option<Value>, Diagnostic> {
    let refuse = |found: &str, expected: String| {
        Err(Diagnostic::new("E071", found).at(place).expected(expected))
    };
    let start = match &base.value {
        Value::Integer(number) => Thing::Amount(Amount::Number(*number as f64)),
        Value::Float(number) => Thing::Amount(Amount::Number(*number)),
        Value::Text(text) => match value::parse(text, base.place, params) {
            Ok(thing) => thing,
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    let Thing::Amount(start) = start else {
        let found = "nothing can be added to a distribution";
        return refuse(found, "expected a factor such as `x2` or `-20%`".to_owned());
    };
    let step = value::amount(text.trim_start_matches('+').trim(), place)?;
    let step = match step {
        Amount::Number(number) => in_unit_of(base, start, number, place)?,
        other => other,
    };
    let sum = match (start, step) {
        (Amount::Number(a), Amount::Number(b)) => Amount::Number(a + b),
        (Amount::Percent(a), Amount::Percent(b)) => Amount::Percent(a + b),
        (Amount::Time(a), Amount::Time(b)) => Amount::Time(a + b.since(Time::ZERO)),
        (Amount::Rate(a), Amount::Rate(b)) => Amount::Rate(a + b),
        (Amount::Size(a), Amount::Size(b)) => Amount::Size(a + b),
        (Amount::SizeRate(a), Amount::SizeRate(b)) => Amount::SizeRate(a + b),
        _ => {
            let expected = format!("expected {}, as `{}` is", start.kind(), base.written());
            return refuse(&format!("{} cannot be added here", step.kind()), expected);
        }
    };
    Ok(Some(match sum {
        Amount::Number(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => {
            Value::Integer(number as i64)
        }
        Amount::Number(number) => Value::Float(number),
        Amount::Percent(share) => Value::Text(format!("{}%", share * 100.0)),
        Amount::Time(time) => Value::Text(write_time(time)),
        Amount::Rate(rate) => Value::Text(format!("{rate}/s")),
        Amount::Size(bytes) => Value::Text(format!("{bytes}B")),
        Amount::SizeRate(rate) => Value::Text(format!("{rate}B/s")),
    }))
}

/// A bare number counts in the unit in which the value is written: `20ms` and `+10` is `30ms`.
fn in_unit_of(base: &Node, start: Amount, number: f64, place: Place) -> Result<Amount, Diagnostic> {
    if matches!(start, Amount::Number(_)) {
        return Ok(Amount::Number(number));
    }
    let written = base.text().unwrap_or_default().trim();
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | ' ');
    let unit = written.trim_start_matches(digits);
    if unit.contains(digits) || unit.contains(['*', '$']) {
        let diagnostic = Diagnostic::new("E071", format!("`{number}` needs a unit here"));
        return Err(diagnostic
            .at(place)
            .expected(format!("expected {}", start.kind())));
    }
    let one = value::amount(&format!("1{unit}"), place)?;
    Ok(one.times(number))
}
