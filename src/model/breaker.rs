//! Circuit breakers: who fails too often is not asked for a while.
//!
//! Names and defaults are those of resilience4j; `consecutive` is the older rule of so many
//! failures in a row.

use super::reader::{Fields, Reader};
use super::scope::{self, Scope};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::Diagnostic;

/// A circuit breaker.
#[derive(Clone, Debug, PartialEq)]
pub struct Breaker {
    /// Whether it is asked at all.
    pub on: bool,
    /// When it opens.
    pub rule: Rule,
    /// How long it stays open.
    pub open: Span,
    /// Attempts that are let through when that is over, and decide.
    pub half_open: u32,
    /// Who shares its state.
    pub scope: Scope,
    /// Where its table begins.
    pub place: crate::text::Place,
}

/// When a breaker opens.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// So many failures in a row.
    Consecutive(u32),
    /// A share of the results in a window.
    Rates(Rates),
}

/// What opens a breaker that looks at a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    /// The share of failures that opens it.
    pub failure: f64,
    /// The share of slow results that opens it.
    pub slow: f64,
    /// What is slow: longer than this.
    pub slower_than: Span,
    /// What is looked at.
    pub window: Window,
    /// Results that there must be at least.
    pub min_calls: u32,
}

/// The results that a breaker looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The latest, so many.
    Calls(u32),
    /// The latest, for so long.
    Time(Span),
}

/// Results in a window at most: a breaker fits into a kilobyte.
const MOST_CALLS: u32 = 2_000;

/// `[breaker.NAME]`.
pub(crate) static BREAKER: TableDef = TableDef {
    name: "a breaker",
    doc: "A circuit breaker: who fails too often is not asked for a while.",
    keys: &[
        key("on", Kind::Flag, "true", "`false` switches it off").live(),
        key(
            "failure_rate",
            Kind::Share,
            "50%",
            "the share of failures among the results in the window that opens it",
        )
        .live(),
        key(
            "slow_rate",
            Kind::Share,
            "100%",
            "the share of slow ones that opens it",
        )
        .live(),
        key(
            "slow",
            Kind::Duration,
            "\"60s\"",
            "an attempt is slow that takes longer",
        )
        .live(),
        key(
            "window",
            Kind::Either(&[Kind::Count, Kind::Duration]),
            "100",
            "the results that it looks at: so many, or those of so long",
        ),
        key(
            "min_calls",
            Kind::Count,
            "100, at most `window`",
            "results that there must be before it may open",
        )
        .live(),
        key(
            "consecutive",
            Kind::Count,
            "",
            "instead of rates: so many failures in a row open it",
        )
        .live(),
        key("open", Kind::Duration, "\"60s\"", "how long it stays open").live(),
        key(
            "half_open",
            Kind::Count,
            "10; 2 with `consecutive`",
            "attempts that are let through then, and decide",
        )
        .live(),
        scope::scope("\"server\"", "who shares its state"),
    ],
};

/// Reads `[breaker.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Breaker {
    let consecutive = fields.small(r, "consecutive", 1);
    if fields.get("consecutive").is_some() {
        for key in ["failure_rate", "slow_rate", "slow", "window", "min_calls"] {
            if fields.get(key).is_some() {
                let found = format!("write `consecutive` or `{key}`, not both");
                r.push(Diagnostic::new("E081", found).at(fields.key_place(key)));
            }
        }
    }
    let rule = match consecutive {
        Some(failures) => Rule::Consecutive(failures),
        None => Rule::Rates(rates(r, fields)),
    };
    let usual = if consecutive.is_some() { 2 } else { 10 };
    Breaker {
        on: fields.flag(r, "on").unwrap_or(true),
        rule,
        open: fields.duration(r, "open").unwrap_or(Span::from_secs(60)),
        half_open: fields.small(r, "half_open", 1).unwrap_or(usual),
        scope: scope::read(r, fields).unwrap_or(Scope::Server),
        place: fields.place,
    }
}

fn rates<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Rates {
    let mut share = |key, usual| {
        let share = fields.share(r, key).unwrap_or(usual);
        if share <= 0.0 && fields.get(key).is_some() {
            let found = format!("a `{key}` of zero opens the breaker at once");
            let diagnostic = Diagnostic::new("E006", found).at(fields.key_place(key));
            r.push(diagnostic.help("`on = false` switches the breaker off"));
        }
        share
    };
    let (failure, slow) = (share("failure_rate", 0.5), share("slow_rate", 1.0));
    let window = window(r, fields).unwrap_or(Window::Calls(100));
    let most = match window {
        Window::Calls(calls) => calls,
        Window::Time(_) => u32::MAX,
    };
    Rates {
        failure,
        slow,
        slower_than: fields.duration(r, "slow").unwrap_or(Span::from_secs(60)),
        window,
        min_calls: fields
            .within(r, "min_calls", 1..=most)
            .unwrap_or(most.min(100)),
    }
}

fn window<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Window> {
    let node = fields.get("window")?;
    let expanded = r.expand(node)?;
    let is_time = expanded
        .text()
        .is_some_and(|text| Span::parse(text.trim()).is_ok());
    if is_time {
        fields.period(r, "window").map(Window::Time)
    } else {
        fields
            .within(r, "window", 1..=MOST_CALLS)
            .map(Window::Calls)
    }
}
