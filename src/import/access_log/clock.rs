//! The instants of a log: dates that are read once for all lines of the same second.
//!
//! One idea: most lines have the date of the line before, so its bytes are compared first and read
//! only when they differ. The zone of each line counts, and where it changes is remembered.

use crate::base::calendar::days;
use crate::model::files::date::{Stamp, stamp};

/// Bytes of a date that are remembered.
const LONG: usize = 40;
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Reads dates, and remembers the last one.
#[derive(Debug)]
pub(super) struct Clock {
    last: [u8; LONG],
    length: usize,
    ms: i64,
    day: (Vec<u8>, i64),
    /// The zone of the first date, in minutes ahead of UTC.
    pub(super) east_min: Option<i64>,
    /// The zone of the present date.
    zone: i64,
    /// How often the zone was another than that of the line before.
    pub(super) zone_changes: u64,
}

impl Clock {
    /// No date was read yet.
    pub(super) fn new() -> Clock {
        Clock {
            last: [0; LONG],
            length: usize::MAX,
            ms: 0,
            day: (Vec::new(), 0),
            east_min: None,
            zone: 0,
            zone_changes: 0,
        }
    }

    /// `17/May/2015:10:05:03 +0000`, also in brackets and with a part of the second: milliseconds
    /// since 1970.
    pub(super) fn clf(&mut self, text: &[u8]) -> Option<i64> {
        self.again(text, |text| {
            let text = text.strip_prefix(b"[").unwrap_or(text);
            clf(text.strip_suffix(b"]").unwrap_or(text))
        })
    }

    /// `2015-05-17T10:05:03+00:00`.
    pub(super) fn iso(&mut self, text: &[u8]) -> Option<i64> {
        self.again(text, |text| {
            let text = std::str::from_utf8(text).ok()?;
            match stamp(text) {
                Stamp::At(nanos, _) => {
                    let ms = i64::try_from(nanos.div_euclid(1_000_000)).ok()?;
                    Some((ms, offset(text.as_bytes()).unwrap_or(0)))
                }
                Stamp::Doubtful(_) | Stamp::Other => None,
            }
        })
    }

    /// `2015-05-17` and `10:05:03`, UTC.
    pub(super) fn day_and_time(&mut self, day: Option<&[u8]>, time: &[u8]) -> Option<i64> {
        let day = day?;
        if self.day.0 != day {
            let text = std::str::from_utf8(day).ok()?;
            let Stamp::At(nanos, _) = stamp(text) else {
                return None;
            };
            self.day = (day.to_owned(), i64::try_from(nanos / 1_000_000).ok()?);
        }
        let midnight = self.day.1;
        self.east_min.get_or_insert(0);
        Some(midnight + time_of_day(time)?)
    }

    fn again(
        &mut self,
        text: &[u8],
        read: impl FnOnce(&[u8]) -> Option<(i64, i64)>,
    ) -> Option<i64> {
        if self.length == text.len() && self.last[..self.length] == *text {
            return Some(self.ms);
        }
        let (ms, east_min) = read(text)?;
        if east_min != self.zone && self.east_min.is_some() {
            self.zone_changes += 1;
        }
        self.zone = east_min;
        self.east_min.get_or_insert(east_min);
        self.ms = ms;
        self.length = usize::MAX;
        if let Some(last) = self.last.get_mut(..text.len()) {
            last.copy_from_slice(text);
            self.length = text.len();
        }
        Some(ms)
    }
}

/// Milliseconds since 1970, and minutes ahead of UTC.
fn clf(text: &[u8]) -> Option<(i64, i64)> {
    let (date, zone) = match text.iter().position(|byte| *byte == b' ') {
        Some(space) => (&text[..space], &text[space + 1..]),
        None => (text, &b"+0000"[..]),
    };
    let [d1, d2, b'/', m1, m2, m3, b'/', year @ ..] = date else {
        return None;
    };
    let (year, time) = year.split_at_checked(4)?;
    let month = MONTHS.iter().position(|month| **month == [*m1, *m2, *m3])?;
    let day = number(&[*d1, *d2])?;
    let days = days(number(year)?, month as i64 + 1, day);
    let time = time_of_day(time.strip_prefix(b":")?)?;
    let east_min = offset(zone)?;
    (1..=31).contains(&day).then_some(())?;
    Some((days * 86_400_000 + time - east_min * 60_000, east_min))
}

/// `10:05:03.250` in milliseconds.
fn time_of_day(text: &[u8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, part @ ..] = text else {
        return None;
    };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    let secs = number(&[*s1, *s2])?;
    if hours > 23 || minutes > 59 || secs > 60 {
        return None;
    }
    let part = match part {
        [] => 0,
        [b'.' | b',', digits @ ..] if !digits.is_empty() => {
            let digits = &digits[..digits.len().min(3)];
            number(digits)? * 10_i64.pow(3 - digits.len() as u32)
        }
        _ => return None,
    };
    Some(((hours * 60 + minutes) * 60 + secs) * 1_000 + part)
}

/// The `+0200`, `-01:30` or `Z` at the end of a text, in minutes.
fn offset(text: &[u8]) -> Option<i64> {
    if text.ends_with(b"Z") || text.ends_with(b"z") {
        return Some(0);
    }
    let at = text.iter().rposition(|byte| matches!(byte, b'+' | b'-'))?;
    let digits: Vec<u8> = text[at + 1..]
        .iter()
        .copied()
        .filter(|byte| *byte != b':')
        .collect();
    let [h1, h2, m1, m2] = digits.as_slice() else {
        return None;
    };
    let minutes = number(&[*h1, *h2])? * 60 + number(&[*m1, *m2])?;
    Some(if text[at] == b'-' { -minutes } else { minutes })
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_both_kinds_are_read() {
        let mut clock = Clock::new();
        let at = 1_431_857_103_000;
        for text in [
            "17/May/2015:10:05:03 +0000",
            "[17/May/2015:12:05:03 +0200]",
            "17/May/2015:08:35:03 -0130",
            "17/May/2015:10:05:03",
        ] {
            assert_eq!(clock.clf(text.as_bytes()), Some(at), "{text}");
            assert_eq!(clock.clf(text.as_bytes()), Some(at), "{text}");
        }
        assert_eq!((clock.east_min, clock.zone_changes), (Some(0), 3));
        assert_eq!(clock.clf(b"17/May/2015:10:05:03.25 +0000"), Some(at + 250));
        assert_eq!(clock.iso(b"2015-05-17T12:05:03+02:00"), Some(at));
        assert_eq!(clock.iso(b"2015-05-17T10:05:03Z"), Some(at));
        assert_eq!(
            clock.day_and_time(Some(b"2015-05-17"), b"10:05:03"),
            Some(at)
        );
    }

    #[test]
    fn what_is_no_date_is_none() {
        let mut clock = Clock::new();
        for text in [
            "",
            "17/May/2015",
            "17/Mai/2015:10:05:03 +0000",
            "00/May/2015:10:05:03 +0000",
            "17/May/2015:24:05:03 +0000",
            "17/May/2015:10:05:03 CEST",
            "17/May/2015:10:05:03 +00",
            "99/May/9999:10:05:03 +0000",
        ] {
            assert_eq!(clock.clf(text.as_bytes()), None, "{text}");
        }
        assert_eq!(clock.iso(b"yesterday"), None);
        assert_eq!(clock.day_and_time(None, b"10:05:03"), None);
    }
}
