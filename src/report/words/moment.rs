//! What happened when: instants with the clock on the wall beside them, what charts mark.
//!
//! One idea: whoever was there remembers the time of day, whoever reads a model counts from T+0;
//! where the model says what T+0 is called, both are said.

use super::k_of_n;
use crate::base::calendar::Calendar;
use crate::report::number::instant;
use crate::results::{EventKind, Moment, Results};

/// The calendar of a study, if its model names T+0.
fn calendar(results: &Results) -> Option<Calendar> {
    results.model.starts.as_deref().and_then(Calendar::read)
}

/// What T+0 is called: `T+0 is 2014-10-27 15:00:00 UTC`.
pub fn t_zero(results: &Results) -> Option<String> {
    Some(format!("T+0 is {}", calendar(results)?.start()))
}

/// The head of a column of times of day: `clock, UTC`.
pub fn clock_head(results: &Results) -> Option<String> {
    let calendar = calendar(results)?;
    let head = format!("clock, {}", calendar.zone());
    Some(head.trim_end_matches([',', ' ']).to_owned())
}

/// An instant with the clock on the wall: `T+04:40 (15:04:40)`.
fn both(secs: f64, calendar: Option<&Calendar>) -> String {
    match calendar {
        Some(calendar) => format!("{} ({})", instant(secs), calendar.label(secs)),
        None => instant(secs),
    }
}

/// What a letter in a chart means: `db-slow: all servers of db 3 times slower, T+10:00 to T+15:00`.
pub fn moment(found: &Moment, calendar: Option<&Calendar>) -> String {
    let at = both(found.at_s, calendar);
    let when = match (found.kind, found.to_s) {
        (EventKind::Fault, Some(to)) => format!("{at} to {}", both(to, calendar)),
        (EventKind::Fault, None) => format!("from {at} on"),
        _ => at,
    };
    match &found.in_launches {
        Some(chance) => format!(
            "{}, {when}, in {} launches",
            found.what,
            k_of_n(Some(chance))
        ),
        None => format!("{}, {when}", found.what),
    }
}

/// The marks of a chart, for those who do not see it.
pub fn marked(key: &[String]) -> String {
    match key {
        [] => String::new(),
        some => format!("Marked: {}.", some.join("; ")),
    }
}

/// At the end of a key that has no room for all.
pub fn more_in_the_timeline(more: usize) -> String {
    format!("… and {more} more, in the timeline")
}

/// A text in which the clock on the wall stands beside every instant.
pub fn with_clock(results: &Results, text: &str) -> String {
    let Some(calendar) = calendar(results) else {
        return text.to_owned();
    };
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("T+").into_iter().chain(rest.find("T-")).min() {
        let (before, from) = rest.split_at(at);
        told.push_str(before);
        let is_part = |c: char| c.is_ascii_digit() || c == ':';
        let end = from[2..]
            .find(|c| !is_part(c))
            .map_or(from.len(), |n| n + 2);
        let (token, after) = from.split_at(end);
        told.push_str(token);
        if let Some(secs) = seconds(token) {
            told.push_str(&format!(" ({})", calendar.label(secs)));
        }
        rest = after;
    }
    told.push_str(rest);
    told
}

/// The seconds of `T+1:04:40`; `None` if it is no instant.
fn seconds(token: &str) -> Option<f64> {
    let digits = token.get(2..)?;
    if !digits.contains(':') {
        return None;
    }
    let mut secs = 0.0;
    for part in digits.split(':') {
        secs = secs * 60.0 + part.parse::<f64>().ok()?;
    }
    Some(if token.starts_with("T-") { -secs } else { secs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_clock_stands_beside_every_instant() {
        let results = sample::run();
        for (text, told) in [
            (
                "full from T+04:40 to T+1:00:00.",
                "full from T+04:40 (15:04:40) to T+1:00:00 (16:00:00).",
            ),
            ("T-02:00", "T-02:00 (14:58:00)"),
            (
                "T+0 is not told twice, nor T+",
                "T+0 is not told twice, nor T+",
            ),
            ("T+9:30:00", "T+9:30:00 (2014-10-28 00:30:00)"),
        ] {
            assert_eq!(with_clock(&results, text), told);
        }
        let undated = sample::undated();
        assert_eq!(with_clock(&undated, "at T+04:40"), "at T+04:40");
    }
}
