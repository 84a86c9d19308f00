//! A step of some size: a part of the way from what is written to what a change writes.
//!
//! One idea: between two numbers of one unit lies every number, and a factor is a way in itself;
//! between two words, or switched on and off, lies nothing.

use crate::base::decimal::nearest_short;
use crate::model::Model;
use crate::model::overlay::Change;

/// A number with its unit as written: `1.5s`, `20%`, `8`.
fn parsed(text: &str) -> Option<(f64, &str)> {
    let text = text.trim().trim_matches('"');
    let digits = |c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-'));
    let end = text.find(digits).unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    Some((number, text[end..].trim()))
}

/// How many of the smallest unit of its kind one of this unit is; the kind.
fn unit(text: &str) -> Option<(f64, &'static str)> {
    Some(match text {
        "" => (1.0, ""),
        "k" => (1e3, ""),
        "M" => (1e6, ""),
        "%" => (0.01, ""),
        "ns" => (1e-9, "s"),
        "us" => (1e-6, "s"),
        "ms" => (1e-3, "s"),
        "s" => (1.0, "s"),
        "m" => (60.0, "s"),
        "h" => (3_600.0, "s"),
        "/s" => (1.0, "/s"),
        "/min" => (1.0 / 60.0, "/s"),
        "/h" => (1.0 / 3_600.0, "/s"),
        _ => return None,
    })
}

/// A value a part of the way from one to the other; whole numbers stay whole.
fn between(was: &str, now: &str, way: f64) -> Option<String> {
    let ((a, unit_a), (b, unit_b)) = (parsed(was)?, parsed(now)?);
    let ((one_a, kind), (one_b, other)) = (unit(unit_a)?, unit(unit_b)?);
    if kind != other {
        return None;
    }
    let mid = a * one_a + (b * one_b - a * one_a) * way;
    let whole = (a * one_a).fract().abs() + (b * one_b).fract().abs() <= 0.0;
    Some(match kind {
        "" if unit_b == "%" || unit_a == "%" => format!("{}%", short(mid * 100.0)),
        "" if whole => format!("{}", towards(mid, (a * one_a, b * one_b))),
        "" => short(mid),
        kind => format!("{}{kind}", short(mid)),
    })
}

/// The next whole number on the side of where it goes.
fn towards(mid: f64, (from, to): (f64, f64)) -> f64 {
    match to > from {
        true => mid.ceil(),
        false => mid.floor(),
    }
}

/// Six digits of a number, no more than are needed.
fn short(value: f64) -> String {
    format!("{}", nearest_short(value, 6))
}

/// What is written at a path, or what a model takes where nothing is.
fn written(model: &Model, path: &str) -> Option<String> {
    model.written_at(path).or_else(|| {
        let parts: Vec<&str> = path.split('.').collect();
        let whole = match parts.as_slice() {
            ["retry", name, "attempts"] => f64::from(model.retries.get(*name)?.attempts),
            ["service", name, key] => {
                let service = model.services.get(*name)?;
                match *key {
                    "servers" => f64::from(service.servers),
                    "workers" => f64::from(service.workers),
                    "cores" => service.cores,
                    _ => return None,
                }
            }
            ["arrivals", _, "scale"] => 1.0,
            _ => return None,
        };
        Some(format!("{whole}"))
    })
}

/// Some changes, each a part of its way; nothing if one of them has no size.
pub(super) fn part_way(model: &Model, changes: &[Change], way: f64) -> Option<Vec<Change>> {
    let each = changes.iter().map(|change| {
        let value = change.written_value();
        let value = value.trim().trim_matches('"');
        let made = if let Some(factor) = value.strip_prefix('x') {
            let factor: f64 = factor.trim().parse().ok()?;
            format!("x{}", short(1.0 + (factor - 1.0) * way))
        } else if value.starts_with(['+', '-']) {
            let (by, unit) = parsed(&value[1..])?;
            let sign = &value[..1];
            format!("{sign}{}{unit}", short(by * way))
        } else {
            between(&written(model, &change.path)?, value, way)?
        };
        Some(Change::new(&change.path, &made))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_values_lies_a_part_of_the_way() {
        let of = |was: &str, now: &str, way: f64| between(was, now, way);
        assert_eq!(of("1s", "500ms", 0.5).as_deref(), Some("0.75s"));
        assert_eq!(of("6", "1", 0.5).as_deref(), Some("3"));
        assert_eq!(of("10", "20", 0.25).as_deref(), Some("13"));
        assert_eq!(of("20%", "0%", 0.5).as_deref(), Some("10%"));
        assert_eq!(of("30/min", "1/s", 0.5).as_deref(), Some("0.75/s"));
        assert_eq!(of("exp(1s)", "exp(2s)", 0.5), None);
        assert_eq!(of("1s", "2", 0.5), None);
        assert_eq!(of("ignore", "cancel", 0.5), None);
    }
}
