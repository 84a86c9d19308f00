//! Measured numbers as the language writes them: short, with a unit, read back within 0.05 %.
//!
//! One idea: a person reads the model, so a number has four digits that count and the unit that
//! makes it easy to say.

use crate::base::time::Span;

/// A number of seconds as a duration: `12.3ms`, `1.5s`, `90s`.
pub(super) fn secs(secs: f64) -> String {
    let (factor, unit) = match secs {
        0.0 => return "0s".to_owned(),
        s if s < 1e-6 => (1e9, "ns"),
        s if s < 1e-3 => (1e6, "us"),
        s if s < 1.0 => (1e3, "ms"),
        s if s < 600.0 => (1.0, "s"),
        s if s < 36_000.0 => (1.0 / 60.0, "m"),
        s if s < 864_000.0 => (1.0 / 3_600.0, "h"),
        _ => (1.0 / 86_400.0, "d"),
    };
    format!("{}{unit}", digits(secs * factor))
}

/// A length of time that is whole seconds, as it is said: `1h30m`.
pub(super) fn whole(secs: i64) -> String {
    Span(secs.saturating_mul(1_000_000_000)).written()
}

/// Users per second as a rate: `12.5/s`, `3.2/min`, `4/h`.
pub(super) fn rate(per_s: f64) -> String {
    let (factor, unit) = match per_s {
        r if r == 0.0 || r >= 1.0 => (1.0, "s"),
        r if r * 60.0 >= 1.0 => (60.0, "min"),
        _ => (3_600.0, "h"),
    };
    format!("{}/{unit}", digits(per_s * factor))
}

/// A share as percent, rounded down so that many of them stay below 100 %.
pub(super) fn share(share: f64) -> String {
    let percent = share.clamp(0.0, 1.0) * 100.0;
    let scale = match percent {
        p if p >= 1.0 => 1e2,
        p if p >= 0.01 => 1e4,
        _ => 1e6,
    };
    format!("{}%", (percent * scale).floor() / scale)
}

/// Four digits that count, zeros at the end left out.
pub(super) fn digits(value: f64) -> String {
    let mut scale = 1.0;
    while value.abs() * scale < 1_000.0 && scale < 1e9 {
        scale *= 10.0;
    }
    format!("{}", (value * scale).round() / scale)
}

/// The least of 1, 2, 5, 10, 20 … that is not below a value.
pub(super) fn round_up(value: f64) -> f64 {
    if value.is_nan() || value <= 0.0 {
        return 0.0;
    }
    let mut power = 1e-9;
    while power * 10.0 <= value {
        power *= 10.0;
    }
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let enough = steps.into_iter().find(|step| *step >= value * 0.999_999);
    enough.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_their_unit() {
        let said = [
            0.0,
            4e-9,
            0.000_012_345,
            0.0123,
            1.5,
            90.0,
            5_400.0,
            86_400.0,
        ]
        .map(secs);
        assert_eq!(
            said,
            [
                "0s", "4ns", "12.35us", "12.3ms", "1.5s", "90s", "90m", "24h"
            ]
        );
        assert_eq!(
            [0.0, 123.456, 0.5, 0.001].map(rate),
            ["0/s", "123.5/s", "30/min", "3.6/h"]
        );
        assert_eq!(
            [0.333_333, 0.012, 0.000_5].map(share),
            ["33.33%", "1.2%", "0.05%"]
        );
        assert_eq!(whole(5_400), "1h30m");
    }

    #[test]
    fn rounding_up_stays_near() {
        for (value, up) in [
            (0.0, 0.0),
            (0.3, 0.5),
            (1.0, 1.0),
            (1.1, 2.0),
            (70.0, 100.0),
        ] {
            assert!(
                (round_up(value) - up).abs() < 1e-9,
                "{value}: {}",
                round_up(value)
            );
        }
    }
}
