//! The clock on the wall: which date and time of day an instant is called.
//!
//! One idea: `starts` names T+0, and every label is counted on from it in the same zone, as it was
//! written. Only labels know the calendar; nothing that is simulated does, and no zone is converted
//! into another.

const DAY_S: i64 = 86_400;

/// T+0 on the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Seconds from 1970-01-01 00:00 to T+0, both in the zone of `starts`.
    start_s: i64,
    /// The zone as it was written; empty if none was.
    zone: String,
}

impl Calendar {
    /// Reads what a model writes as `starts`: `2014-10-27T15:00:00+01:00`, with a space in place of
    /// the `T`, without seconds, without a zone, or a date alone; `None` for anything else.
    pub fn read(text: &str) -> Option<Calendar> {
        let text = text.trim();
        let (day, rest) = text.split_at_checked(10)?;
        let mut parts = day.split('-').map(whole);
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let (seconds, zone) = match rest.strip_prefix(['T', 't', ' ']) {
            None if rest.is_empty() => (0, ""),
            None => return None,
            Some(rest) => {
                let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
                let (time, zone) = rest.split_at(zone_at);
                (time_of_day(time)?, zone)
            }
        };
        Some(Calendar {
            start_s: days(year, month, day) * DAY_S + seconds,
            zone: zone.to_owned(),
        })
    }

    /// The zone as people say it: `UTC`, `+01:00`; empty if none was written.
    pub fn zone(&self) -> &str {
        match self.zone.as_str() {
            "Z" | "z" => "UTC",
            other => other,
        }
    }

    /// T+0 in full: `2014-10-27 15:00:00 UTC`.
    pub fn start(&self) -> String {
        let (date, time) = (self.date(0.0), self.time_of_day(0.0));
        format!("{date} {time} {}", self.zone())
            .trim_end()
            .to_owned()
    }

    /// The date of an instant, in seconds from T+0: `2014-10-27`.
    pub fn date(&self, secs: f64) -> String {
        let (year, month, day) = civil(self.at(secs).div_euclid(DAY_S));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The time of day of an instant, to the second: `15:04:40`.
    pub fn time_of_day(&self, secs: f64) -> String {
        let of_day = self.at(secs).rem_euclid(DAY_S);
        let (hours, minutes) = (of_day / 3_600, of_day / 60 % 60);
        format!("{hours:02}:{minutes:02}:{:02}", of_day % 60)
    }

    /// The time of day of an instant, with its date if that is not the date of T+0.
    pub fn label(&self, secs: f64) -> String {
        let (date, time) = (self.date(secs), self.time_of_day(secs));
        match date == self.date(0.0) {
            true => time,
            false => format!("{date} {time}"),
        }
    }

    /// Seconds from 1970 to an instant, to the nearest.
    fn at(&self, secs: f64) -> i64 {
        self.start_s.saturating_add(secs.round() as i64)
    }
}

/// A whole number of digits alone.
fn whole(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// `15:00`, `15:00:30` or `15:00:30.5` in seconds; parts of a second are cut off.
fn time_of_day(text: &str) -> Option<i64> {
    let mut parts = text.split('.').next()?.split(':').map(whole);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let is_time = hours < 24 && minutes < 60 && seconds < 61 && parts.next().is_none();
    is_time.then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, whose years begin in March here so
/// that the leap day is the last.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day so many days after 1970-01-01: [`days`] turned round.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let from_era_0 = days.saturating_add(719_468);
    let era = from_era_0.div_euclid(146_097);
    let of_era = from_era_0.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = match month_from_march < 10 {
        true => month_from_march + 3,
        false => month_from_march - 9,
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_is_found_again() {
        let mut before = civil(-200_000);
        for day in -199_999..100_000 {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
            assert!((year, month, date) > before);
            before = (year, month, date);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn instants_are_counted_on_in_the_zone_as_written() {
        let calendar = Calendar::read("2014-10-27T15:00:00+01:00").unwrap();
        assert_eq!(calendar.start(), "2014-10-27 15:00:00 +01:00");
        assert_eq!(calendar.label(280.0), "15:04:40");
        assert_eq!(calendar.label(-120.0), "14:58:00");
        assert_eq!(calendar.label(32_400.0), "2014-10-28 00:00:00");
        assert_eq!(calendar.label(-54_001.0), "2014-10-26 23:59:59");
    }

    #[test]
    fn every_way_to_write_a_start_is_read() {
        for (text, start) in [
            ("2014-10-27T15:00:00Z", "2014-10-27 15:00:00 UTC"),
            ("2014-10-27 15:00", "2014-10-27 15:00:00"),
            ("2014-10-27t15:00:00.75z", "2014-10-27 15:00:00 UTC"),
            ("2014-10-27T15:00:00-05:30", "2014-10-27 15:00:00 -05:30"),
            ("2016-02-29", "2016-02-29 00:00:00"),
        ] {
            assert_eq!(Calendar::read(text).unwrap().start(), start, "{text}");
        }
        for text in [
            "15:00:00",
            "",
            "2014-13-01",
            "2014-10-27X",
            "2014-10-27T",
            "äöü-ßß-ñ",
        ] {
            assert_eq!(Calendar::read(text), None, "{text}");
        }
    }
}
