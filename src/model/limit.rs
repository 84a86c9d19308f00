//! Rate limits: token buckets before calls, services and endpoints.

use super::reader::{Fields, Reader};
use super::scope::{self, Scope};
use super::table::{Kind, TableDef, key};
use crate::text::{Diagnostic, Place};

/// A token bucket: full at first, one token for each attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Whether it is asked at all.
    pub on: bool,
    /// Tokens a second.
    pub rate: f64,
    /// Tokens at most.
    pub burst: f64,
    /// Who has a bucket of its own.
    pub by: By,
    /// What becomes of those who find no token.
    pub over: Over,
    /// Who shares the buckets; by default a caller's own on a call, one for the service before it.
    pub scope: Option<Scope>,
    /// Where its table begins.
    pub place: Place,
}

/// Who has a bucket of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Nobody: there is one.
    All,
    /// Each user.
    User,
    /// Each class of traffic.
    Class,
    /// Each key.
    Key,
}

/// What becomes of those who find no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// They are refused.
    Refuse,
    /// They wait for one, in the order in which they came.
    Wait,
}

const BY_WORDS: &[&str] = &["all", "user", "class", "key"];
const BY: [(&str, By); 4] = [
    ("all", By::All),
    ("user", By::User),
    ("class", By::Class),
    ("key", By::Key),
];
const OVER_WORDS: &[&str] = &["refuse", "wait"];
const OVER: [(&str, Over); 2] = [("refuse", Over::Refuse), ("wait", Over::Wait)];

/// `[limit.NAME]`.
pub(crate) static LIMIT: TableDef = TableDef {
    name: "a limit",
    doc: "A rate limit: a token bucket on a call, a service or an endpoint.",
    keys: &[
        key("on", Kind::Flag, "true", "`false` switches it off").live(),
        key("rate", Kind::Rate, "", "tokens that come").live(),
        key(
            "burst",
            Kind::Number,
            "what comes in a second, at least 1",
            "tokens at most, and at first",
        )
        .live(),
        key(
            "by",
            Kind::Words(BY_WORDS),
            "\"all\"",
            "who has a bucket of its own: each user, class or key, or nobody",
        ),
        key(
            "over",
            Kind::Words(OVER_WORDS),
            "\"refuse\"",
            "what becomes of those who find no token",
        )
        .live(),
        scope::scope(
            "\"server\" on a call, else \"service\"",
            "who shares the buckets",
        ),
    ],
};

/// Reads `[limit.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Limit {
    let node = fields.require(r, "rate");
    let rate = node.and_then(|node| r.rate(node)).unwrap_or(1.0);
    if let (Some(node), true) = (node, rate <= 0.0) {
        r.out_of_range(node, "a rate above 0/s");
    }
    let burst = fields.number(r, "burst", 1.0).unwrap_or(rate.max(1.0));
    if burst > MOST_BURST {
        let found = Diagnostic::new("E006", "the burst is too large");
        let found = found.at(fields.key_place("burst"));
        r.push(found.expected("expected at most 1000000000"));
    }
    Limit {
        on: fields.flag(r, "on").unwrap_or(true),
        rate,
        burst,
        by: fields.word(r, "by", &BY).unwrap_or(By::All),
        over: fields.word(r, "over", &OVER).unwrap_or(Over::Refuse),
        scope: scope::read(r, fields),
        place: fields.place,
    }
}

/// Tokens of a bucket at most.
const MOST_BURST: f64 = 1e9;
