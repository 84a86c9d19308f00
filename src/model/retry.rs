//! How a program tries again.

pub mod budget;

use self::budget::{BUDGET, Budget};
use super::reader::{Fields, Reader};
use super::scope::{self, Scope};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::{Diagnostic, Place};

/// A named retry policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Attempts at most, the first included.
    pub attempts: u32,
    /// How long to wait before each further one.
    pub backoff: Backoff,
    /// What further ones need beside.
    pub budget: Option<Budget>,
    /// Who shares the budget.
    pub scope: Scope,
    /// Where its table begins.
    pub place: Place,
}

/// The wait before the n-th retry, from the instant the failure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// How it grows with n.
    pub kind: BackoffKind,
    /// The unit of growth.
    pub base: Span,
    /// The most; no limit if absent.
    pub cap: Option<Span>,
    /// How luck changes it.
    pub jitter: Jitter,
}

/// How a backoff grows with the number n of the retry; v is its value before jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackoffKind {
    /// v = 0.
    None,
    /// v = base.
    Constant,
    /// v = base · n.
    Linear,
    /// v = base · 2ⁿ⁻¹.
    Exponential,
}

/// How luck changes a backoff v.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// v.
    None,
    /// U(0, v).
    Full,
    /// v/2 + U(0, v/2).
    Equal,
    /// Exp(mean v).
    Exponential,
    /// min(cap, U(base, 3 · previous wait)), whatever the kind.
    Decorrelated,
}

/// `[retry.NAME]`.
pub(crate) static RETRY: TableDef = TableDef {
    name: "a retry policy",
    doc: "How a program tries again; any number of calls may name it.",
    keys: &[
        key(
            "attempts",
            Kind::Count,
            "3",
            "the most attempts, the first included",
        )
        .live(),
        key(
            "backoff",
            Kind::Table(&BACKOFF),
            "none",
            "how long to wait before each further one",
        ),
        key(
            "budget",
            Kind::Table(&BUDGET),
            "none",
            "how many retries all requests of one caller together may cause",
        ),
        scope::scope("\"server\"", "who shares a budget"),
    ],
};

static BACKOFF: TableDef = TableDef {
    name: "`backoff`",
    doc: "The wait v before the n-th retry, from the instant the failure is known.",
    keys: &[
        key(
            "kind",
            Kind::Words(KIND_WORDS),
            "\"exponential\"",
            "how v grows with n",
        )
        .live(),
        key("base", Kind::Duration, "", "the wait from which v grows").live(),
        key("cap", Kind::Duration, "no limit", "the most that v can be").live(),
        key(
            "jitter",
            Kind::Words(JITTER_WORDS),
            "\"none\"",
            "how chance changes v",
        )
        .live(),
    ],
};

const KIND_WORDS: &[&str] = &["none", "constant", "linear", "exponential"];
const KIND: [(&str, BackoffKind); 4] = [
    ("none", BackoffKind::None),
    ("constant", BackoffKind::Constant),
    ("linear", BackoffKind::Linear),
    ("exponential", BackoffKind::Exponential),
];
const JITTER_WORDS: &[&str] = &["none", "full", "equal", "exponential", "decorrelated"];
const JITTER: [(&str, Jitter); 5] = [
    ("none", Jitter::None),
    ("full", Jitter::Full),
    ("equal", Jitter::Equal),
    ("exponential", Jitter::Exponential),
    ("decorrelated", Jitter::Decorrelated),
];

/// Attempts of one request at most.
const MOST_ATTEMPTS: u32 = 65_535;

/// Reads `[retry.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Retry {
    let backoff = match fields.table(r, "backoff", &BACKOFF) {
        Some(fields) => backoff(r, &fields),
        None => {
            let (kind, jitter) = (BackoffKind::None, Jitter::None);
            Backoff {
                kind,
                base: Span::ZERO,
                cap: None,
                jitter,
            }
        }
    };
    let attempts = fields.within(r, "attempts", 1..=MOST_ATTEMPTS).unwrap_or(3);
    Retry {
        attempts,
        backoff,
        budget: fields
            .table(r, "budget", &BUDGET)
            .map(|fields| budget::read(r, &fields)),
        scope: scope::read(r, fields).unwrap_or(Scope::Server),
        place: fields.place,
    }
}

fn backoff<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Backoff {
    let kind = fields
        .word(r, "kind", &KIND)
        .unwrap_or(BackoffKind::Exponential);
    let jitter = fields.word(r, "jitter", &JITTER).unwrap_or(Jitter::None);
    if kind != BackoffKind::None || jitter == Jitter::Decorrelated {
        fields.require(r, "base");
    }
    let base = fields.duration(r, "base").unwrap_or(Span::ZERO);
    let cap = fields.duration(r, "cap");
    if let Some(cap) = cap
        && cap < base
    {
        let diagnostic = Diagnostic::new("E006", "`cap` is shorter than `base`");
        let place = fields.key_place("cap");
        r.push(
            diagnostic
                .at(place)
                .related(fields.key_place("base"), "`base` is here"),
        );
    }
    Backoff {
        kind,
        base,
        cap,
        jitter,
    }
}
