//! Dates with a time of day, in whole nanoseconds since 1970.
//!
//! One idea: a date that can be read in one way only is read; one that could be another day is not
//! guessed. Without a zone it is UTC.

use crate::base::calendar::{civil, days};

/// Nanoseconds of a second.
const SECOND: i128 = 1_000_000_000;
/// Seconds of a day.
const DAY: i128 = 86_400;

/// Units of times since 1970: their nanoseconds, and what they are called.
const UNITS: [(i128, &str); 4] = [
    (1_000_000_000, "seconds"),
    (1_000_000, "milliseconds"),
    (1_000, "microseconds"),
    (1, "nanoseconds"),
];
/// The seconds since 1970 that a file of today may hold: the years 2000 to 2100.
const SINCE_1970: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// The unit in which numbers from one to another are times since 1970, if they are: its nanoseconds
/// and its name.
pub(crate) fn since_1970(least: f64, most: f64) -> Option<(i128, &'static str)> {
    let fits = |(unit, _): &(i128, &str)| {
        let seconds = |value: f64| value * *unit as f64 / 1e9;
        SINCE_1970.contains(&seconds(least)) && SINCE_1970.contains(&seconds(most))
    };
    UNITS.into_iter().find(fits)
}

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// A date: nanoseconds since 1970, and whether its zone is written.
    At(i128, Zone),
    /// It looks like a date, but cannot be used; why, and what to write instead.
    Doubtful(&'static str),
    /// Something else.
    Other,
}

/// Whether the zone of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// It is written.
    Written,
    /// It is not: UTC is assumed.
    Assumed,
}

/// Reads `2014-10-27T15:00:00.5Z`, `2014-10-27 16:00:00+01:00`, `2014/10/27 15:00` or
/// `2014-10-27`.
pub(crate) fn stamp(text: &str) -> Stamp {
    let text = text.trim();
    let Some((day, rest)) = text.split_at_checked(10) else {
        return short(text);
    };
    let Some(days) = day_of(day) else {
        return short(text);
    };
    let midnight = days * DAY * SECOND;
    if rest.is_empty() {
        return Stamp::At(midnight, Zone::Assumed);
    }
    let Some(rest) = rest.strip_prefix(['T', 't', ' ']) else {
        return Stamp::Other;
    };
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')))
        .unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let Some(time) = time_of_day(&time.replace(',', ".")) else {
        return Stamp::Other;
    };
    match east(zone.trim()) {
        Some((east, zone)) => Stamp::At(midnight + time - east, zone),
        None => Stamp::Doubtful(
            "its zone is not known here; write `Z` for UTC, or an offset such as `+02:00`",
        ),
    }
}

/// A text that does not begin with a year: a day whose month is not certain, or a time of day.
fn short(text: &str) -> Stamp {
    let first = text.split([' ', 'T', ',']).next().unwrap_or_default();
    let parts: Vec<&str> = first.split(['/', '.', '-']).collect();
    let short = |part: &&str| (1..=2).contains(&part.len()) && is_digits(part);
    match parts.as_slice() {
        [a, b, year] if short(a) && short(b) && year.len() == 4 && is_digits(year) => {
            Stamp::Doubtful("day and month can be mixed up; write it as `2014-10-27 15:00:00`")
        }
        _ if time_of_day(first).is_some() => {
            Stamp::Doubtful("it has no day; write it as `2014-10-27 15:00:00`")
        }
        _ => Stamp::Other,
    }
}

/// The date of a text, if it is one that has a time of day.
pub(crate) fn date(text: &str) -> Option<i128> {
    match stamp(text) {
        Stamp::At(nanos, _) if text.trim().len() > 10 => Some(nanos),
        _ => None,
    }
}

/// A date as it would be written: `2014-10-27T15:00:00Z`.
pub(crate) fn written(nanos: i128) -> String {
    let (secs, part) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
    let (days, time) = (secs.div_euclid(DAY), secs.rem_euclid(DAY));
    let (year, month, day) = civil(i64::try_from(days).unwrap_or(i64::MAX));
    let mut text = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        time / 3_600,
        time / 60 % 60,
        time % 60
    );
    if part > 0 {
        text.push_str(format!(".{part:09}").trim_end_matches('0'));
    }
    text.push('Z');
    text
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The day of `2014-10-27` or `2014/10/27`, counted from 1970.
fn day_of(text: &str) -> Option<i128> {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let number = |part: &str| part.parse::<u16>().ok().filter(|_| is_digits(part));
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let found = days(year, month, day);
    let exists = (1..=12).contains(&month) && civil(found) == (year, month, day);
    exists.then_some(i128::from(found))
}

/// `15:00` or `15:00:00.5` in nanoseconds.
fn time_of_day(text: &str) -> Option<i128> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] => (hours, minutes, "0"),
        [hours, minutes, seconds] => (hours, minutes, *seconds),
        _ => return None,
    };
    let number = |part: &str| part.parse::<i128>().ok().filter(|_| is_digits(part));
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let (hours, minutes, whole) = (number(hours)?, number(minutes)?, number(whole)?);
    if !is_digits(part) || hours > 24 || minutes > 59 || whole > 60 {
        return None;
    }
    let part: String = part.chars().chain("000000000".chars()).take(9).collect();
    Some((hours * 3_600 + minutes * 60 + whole) * SECOND + part.parse::<i128>().ok()?)
}

/// How far east of UTC a zone is, in nanoseconds.
fn east(zone: &str) -> Option<(i128, Zone)> {
    match zone {
        "" => return Some((0, Zone::Assumed)),
        "Z" | "z" | "UTC" | "GMT" => return Some((0, Zone::Written)),
        _ => {}
    }
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let zone = zone[1..].trim_end_matches("UTC").trim();
    let time = match (zone.contains(':'), zone.len()) {
        (true, _) => zone.to_owned(),
        (false, 4) => format!("{}:{}", zone.get(..2)?, zone.get(2..)?),
        (false, _) => format!("{zone}:00"),
    };
    Some((sign * time_of_day(&time)?, Zone::Written))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds since 1970.
    fn millis(text: &str) -> Option<i128> {
        match stamp(text) {
            Stamp::At(nanos, _) => Some(nanos / 1_000_000),
            _ => None,
        }
    }

    #[test]
    fn dates_are_read_in_the_forms_that_are_certain() {
        let forms = [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-03-01 00:00", 951_868_800_000),
            ("2014-10-27T15:00:00.5Z", 1_414_422_000_500),
            ("2014-10-27T16:00:00+01:00", 1_414_422_000_000),
            ("2014-10-27 16:00:00 +0100", 1_414_422_000_000),
            ("2014-10-27 15:00:00 UTC", 1_414_422_000_000),
            ("2014-10-27 15:00:00 +0000 UTC", 1_414_422_000_000),
            ("2014/10/27 15:00:00.250", 1_414_422_000_250),
            ("2014-10-27 15:00:00,250", 1_414_422_000_250),
            ("2014-10-27", 1_414_368_000_000),
        ];
        for (text, at) in forms {
            assert_eq!(millis(text), Some(at), "{text}");
        }
    }

    #[test]
    fn what_could_be_another_instant_is_not_guessed() {
        for text in [
            "27/10/2014 15:00",
            "10/27/2014",
            "27.10.2014 15:00",
            "15:00:00",
            "9:30",
        ] {
            assert!(matches!(stamp(text), Stamp::Doubtful(_)), "{text}");
        }
        let zone = "2014-10-27 15:00:00 CET";
        assert!(matches!(stamp(zone), Stamp::Doubtful(_)));
        for text in [
            "2014-13-27T15:00",
            "2014-02-30 15:00",
            "1.5",
            "",
            "2014-10-27T1e1:00",
            "x",
        ] {
            assert_eq!(stamp(text), Stamp::Other, "{text}");
        }
        assert_eq!(
            date("2014-10-27"),
            None,
            "the start of a model has a time of day"
        );
    }

    #[test]
    fn dates_are_written_as_they_are_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2023-11-14T22:13:20Z",
            "2024-02-29T23:59:59.25Z",
            "1969-12-31T23:59:59Z",
        ] {
            let Stamp::At(nanos, _) = stamp(text) else {
                panic!("{text} is a date")
            };
            assert_eq!(written(nanos), text);
        }
    }
}
