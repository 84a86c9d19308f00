//! Numbers as people read them: durations, instants, shares, counts, rates, with their signs.
//!
//! One idea: a number is printed with as many digits as a planner uses, always by the same rule
//! for its unit, so the same figure looks the same in the terminal, in charts and in pages. It
//! knows no sentence. Groups of three digits and units are set off by a narrow no-break space.

use crate::base::decimal::significant;
use crate::base::time::{Span, Time};
use crate::results::Unit;

/// Between groups of digits, and between a number and its unit.
pub const GAP: char = '\u{202f}';

/// The minus sign.
pub const MINUS: char = '−';

/// What is printed where a figure does not exist.
pub const ABSENT: &str = "–";

/// Bytes, in the unit that suits them: `1.2 GB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [(&str, f64); 3] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let value = value as f64;
    let unit = UNITS.iter().find(|(_, size)| value >= *size);
    match unit {
        Some((unit, size)) => format!("{:.1}{GAP}{unit}", value / size),
        None => format!("{value} bytes"),
    }
}

/// A whole number in groups of three digits: `48 210`.
pub fn whole(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(GAP);
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" {
        text.insert(0, MINUS);
    }
    text
}

/// How many: whole from 100 on, three significant digits below.
pub fn count(value: f64) -> String {
    if value.abs() >= 99.5 {
        whole(value)
    } else {
        minus(&significant(value, 3))
    }
}

/// A share from 0 to 1 in percent with one decimal: `65.3 %`. Only nothing is `0 %` and only
/// everything is `100 %`.
pub fn share(value: f64) -> String {
    let percent = value * 100.0;
    let text = format!("{:.1}", percent.abs());
    let number = match text.as_str() {
        "0.0" if percent == 0.0 => "0".to_owned(),
        "0.0" => "<0.1".to_owned(),
        "100.0" if percent < 100.0 => ">99.9".to_owned(),
        _ => text
            .strip_suffix(".0")
            .filter(|t| *t == "100")
            .unwrap_or(&text)
            .to_owned(),
    };
    format!("{}{number}{GAP}%", if percent < 0.0 { "−" } else { "" })
}

/// A difference of shares in percentage points, without sign or unit: `29.2`.
pub fn points(value: f64) -> String {
    let text = format!("{:.1}", (value * 100.0).abs());
    match text.as_str() {
        "0.0" if value != 0.0 => "<0.1".to_owned(),
        "0.0" => "0".to_owned(),
        _ => text,
    }
}

/// A share that somebody chose, as a confidence: `95 %`, `99.6 %`; close to all with as many digits
/// as tell it from that: `99.96 %`.
pub fn level(value: f64) -> String {
    let text = share(value).replacen(".0", "", 1);
    if !text.starts_with('>') {
        return text;
    }
    let digits = (2..=9).map(|digits| format!("{:.digits$}", value * 100.0));
    let mut exact = digits.filter(|text| !text.starts_with("100"));
    exact.next().map_or(text, |exact| format!("{exact}{GAP}%"))
}

/// A percentile as a share, with as many digits as it needs: `99.9 %`.
pub fn percentile(value: f64) -> String {
    format!("{}{GAP}%", significant(value * 100.0, 6))
}

/// A length of time in seconds: `212 ms`, `41.2 s`, `1m31s`, `1h4m`.
pub fn duration(secs: f64) -> String {
    if !secs.is_finite() {
        return "never".to_owned();
    }
    let text = Span::from_secs_f64(secs).to_string();
    minus(&text.replace(' ', &GAP.to_string()))
}

/// An instant in seconds from T+0: `T+04:40`.
pub fn instant(secs: f64) -> String {
    Time::from_secs_f64(secs).to_string()
}

/// A rate per second: `92/s`.
pub fn rate(value: f64) -> String {
    format!("{}/s", count(value))
}

/// A plain ratio: `1.84`.
pub fn ratio(value: f64) -> String {
    minus(&significant(value, 3))
}

/// A value in its unit.
pub fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => duration(value),
        Unit::Instant => instant(value),
        Unit::Share => share(value),
        Unit::PerSecond => rate(value),
        Unit::Count => count(value),
        Unit::Ratio => ratio(value),
    }
}

/// A difference in its unit, always with its sign: `+0.8 pt`, `−38.1 s`; no difference is `0`.
pub fn change(value: f64, unit: Unit) -> String {
    let size = match unit {
        Unit::Seconds | Unit::Instant => duration(value.abs()),
        Unit::Share => format!("{}{GAP}pt", points(value)),
        Unit::PerSecond => rate(value.abs()),
        Unit::Count => count(value.abs()),
        Unit::Ratio => ratio(value.abs()),
    };
    if value == 0.0 {
        size
    } else if value < 0.0 {
        format!("{MINUS}{size}")
    } else {
        format!("+{size}")
    }
}

/// `lead [low, high]`, where the unit stands only once if all three have the same.
pub fn with_interval(lead: &str, low: &str, high: &str) -> String {
    let unit = unit_of(lead);
    let bare = |text: &str| text.strip_suffix(unit).unwrap_or(text).to_owned();
    if !unit.is_empty() && low.ends_with(unit) && high.ends_with(unit) {
        format!("{lead} [{}, {}]", bare(low), bare(high))
    } else {
        format!("{lead} [{low}, {high}]")
    }
}

/// The unit at the end of a printed number, if it is set off from it.
fn unit_of(text: &str) -> &str {
    match text.rfind([GAP, '/']) {
        Some(at) if !text[at..].chars().any(|c| c.is_ascii_digit()) => &text[at..],
        _ => "",
    }
}

/// With a proper minus sign.
fn minus(text: &str) -> String {
    text.replacen('-', &MINUS.to_string(), 1)
}

/// Every way in which a report may print `value`, without sign: for whoever checks that a printed
/// figure stands in the document.
pub fn spellings(value: f64) -> Vec<String> {
    let size = value.abs();
    let mut all = vec![
        whole(size),
        count(size),
        share(size),
        level(size),
        points(size),
        duration(size),
        instant(value),
        rate(size),
        ratio(size),
        size.to_string(),
    ];
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spaces of every kind as plain ones.
    fn seen(text: &str) -> String {
        text.replace(GAP, " ")
    }

    #[test]
    fn counts_are_grouped_from_the_right() {
        for (number, text) in [
            (0.0, "0"),
            (7.25, "7.25"),
            (99.4, "99.4"),
            (99.7, "100"),
            (999.6, "1 000"),
            (48_210.2, "48 210"),
            (-1_234_567.0, "−1 234 567"),
        ] {
            assert_eq!(seen(&count(number)), text);
        }
    }

    #[test]
    fn only_everything_is_a_hundred_percent() {
        for (number, text) in [
            (0.0, "0 %"),
            (0.0001, "<0.1 %"),
            (0.05, "5.0 %"),
            (0.6534, "65.3 %"),
            (0.9999, ">99.9 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(seen(&share(number)), text);
        }
    }

    #[test]
    fn a_level_close_to_all_is_told_from_it() {
        for (number, text) in [
            (0.95, "95 %"),
            (0.9958, "99.6 %"),
            (0.999_583, "99.96 %"),
            (0.999_999, "99.9999 %"),
        ] {
            assert_eq!(seen(&level(number)), text);
        }
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        for (secs, text) in [
            (0.0, "0 s"),
            (0.0004, "400 µs"),
            (0.2124, "212 ms"),
            (3.1, "3.1 s"),
            (41.23, "41.2 s"),
            (91.2, "1m31s"),
            (f64::INFINITY, "never"),
        ] {
            assert_eq!(seen(&duration(secs)), text);
        }
        assert_eq!(instant(280.0), "T+04:40");
        assert_eq!(instant(-120.0), "T-02:00");
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(seen(&change(0.292, Unit::Share)), "+29.2 pt");
        assert_eq!(seen(&change(-0.0081, Unit::Share)), "−0.8 pt");
        assert_eq!(seen(&change(0.0, Unit::Share)), "0 pt");
        assert_eq!(seen(&change(-38.1, Unit::Seconds)), "−38.1 s");
        assert_eq!(seen(&change(14_095.0, Unit::Count)), "+14 095");
    }

    #[test]
    fn a_unit_stands_once() {
        let text = with_interval(&share(0.653), &share(0.649), &share(0.657));
        assert_eq!(seen(&text), "65.3 % [64.9, 65.7]");
        let text = with_interval(&duration(0.98), &duration(0.95), &duration(1.01));
        assert_eq!(seen(&text), "980 ms [950 ms, 1.01 s]");
        let text = with_interval(&duration(91.0), &duration(80.0), &duration(100.0));
        assert_eq!(seen(&text), "1m31s [1m20s, 1m40s]");
    }

    #[test]
    fn every_spelling_is_found() {
        assert!(spellings(-0.292).contains(&"29.2".to_owned()));
        assert!(spellings(48_210.4).contains(&whole(48_210.0)));
    }
}
