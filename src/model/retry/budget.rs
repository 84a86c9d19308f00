//! How many retries all requests of one caller together may cause.
//!
//! Sources of the kinds: SRE book, chapter 21 (`ratio`); Finagle's `RetryBudget` (`leaky`); Envoy's
//! retry budget (`concurrent`); M. Brooker's adaptive retries (`tokens`); the retry quota of the
//! AWS SDKs (`quota`); gRFC A6 (`grpc`). It does not know who shares a budget.

use crate::base::time::Span;
use crate::model::reader::{Fields, Reader};
use crate::model::table::{Kind, TableDef, key};
use crate::text::Diagnostic;

/// What a retry needs beside its policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Whether it is asked at all.
    pub on: bool,
    /// By which rule it allows.
    pub rule: Rule,
}

/// By which rule a budget allows a retry.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// Retries in the window < share × requests started in it.
    Ratio {
        /// Retries for each request.
        share: f64,
        /// How long things count.
        window: Span,
    },
    /// Each request deposits `share`, for `ttl`; a retry takes 1, for `ttl`.
    Leaky {
        /// What a request deposits.
        share: f64,
        /// How long things count.
        ttl: Span,
        /// Retries a second that are allowed without deposits.
        min: f64,
    },
    /// Retries under way < max(`min`, share × requests under way).
    Concurrent {
        /// Retries for each request under way.
        share: f64,
        /// So many are always allowed.
        min: f64,
    },
    /// Full at first; what is told below adds `refill`, a retry takes 1.
    Tokens {
        /// Tokens at most.
        size: f64,
        /// What comes back.
        refill: f64,
        /// For what.
        per: Per,
    },
    /// A retry takes its cost; a success returns what its last retry took, or adds a little.
    Quota {
        /// Units at most, and at first.
        size: f64,
        /// What a retry takes.
        retry: f64,
        /// What a retry takes after a timeout.
        timeout: f64,
        /// What a success without a retry adds.
        success: f64,
    },
    /// A failed attempt takes 1, one that ends ok adds `ratio`; retries only above half.
    Grpc {
        /// Tokens at most, and at first.
        tokens: f64,
        /// What an attempt that ends ok adds.
        ratio: f64,
    },
}

/// What fills tokens again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// A request that ends ok.
    Success,
    /// A request that starts.
    Request,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Ratio,
    Leaky,
    Concurrent,
    Tokens,
    Quota,
    Grpc,
}

const WORDS: &[&str] = &["ratio", "leaky", "concurrent", "tokens", "quota", "grpc"];
const KIND: [(&str, Word); 6] = [
    ("ratio", Word::Ratio),
    ("leaky", Word::Leaky),
    ("concurrent", Word::Concurrent),
    ("tokens", Word::Tokens),
    ("quota", Word::Quota),
    ("grpc", Word::Grpc),
];
const PER_WORDS: &[&str] = &["success", "request"];
const PER: [(&str, Per); 2] = [("success", Per::Success), ("request", Per::Request)];

/// `budget` of a retry policy.
pub(super) static BUDGET: TableDef = TableDef {
    name: "`budget`",
    doc: "How many retries all requests of one caller together may cause.",
    keys: &[
        key(
            "kind",
            Kind::Words(WORDS),
            "\"ratio\"",
            "by which rule it allows a retry",
        ),
        key("on", Kind::Flag, "true", "`false` switches the budget off").live(),
        key(
            "share",
            Kind::Share,
            "10% (`ratio`), 20% (`leaky`, `concurrent`)",
            "retries for each request",
        )
        .live(),
        key(
            "window",
            Kind::Duration,
            "\"10s\" (`ratio`)",
            "how long things count",
        )
        .live(),
        key(
            "ttl",
            Kind::Duration,
            "\"10s\" (`leaky`)",
            "how long things count",
        )
        .live(),
        key(
            "min",
            Kind::Either(&[Kind::Rate, Kind::Number]),
            "\"10/s\" (`leaky`), 3 (`concurrent`)",
            "retries that are always allowed",
        )
        .live(),
        key(
            "size",
            Kind::Number,
            "5 (`tokens`), 500 (`quota`)",
            "what there is at most, and at first",
        )
        .live(),
        key("refill", Kind::Number, "0.1 (`tokens`)", "what comes back").live(),
        key(
            "per",
            Kind::Words(PER_WORDS),
            "\"success\" (`tokens`)",
            "what brings it back: a request that ends ok, or one that starts",
        )
        .live(),
        key("retry", Kind::Number, "5 (`quota`)", "what a retry takes").live(),
        key(
            "timeout",
            Kind::Number,
            "10 (`quota`)",
            "what a retry takes after a timeout",
        )
        .live(),
        key(
            "success",
            Kind::Number,
            "1 (`quota`)",
            "what a success without a retry adds",
        )
        .live(),
        key(
            "tokens",
            Kind::Number,
            "10 (`grpc`)",
            "tokens at most, and at first",
        )
        .live(),
        key(
            "ratio",
            Kind::Number,
            "0.1 (`grpc`)",
            "what an attempt that ends ok adds",
        )
        .live(),
    ],
};

impl Word {
    /// The keys that belong to it.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Word::Ratio => &["share", "window"],
            Word::Leaky => &["share", "ttl", "min"],
            Word::Concurrent => &["share", "min"],
            Word::Tokens => &["size", "refill", "per"],
            Word::Quota => &["size", "retry", "timeout", "success"],
            Word::Grpc => &["tokens", "ratio"],
        }
    }

    fn word(self) -> &'static str {
        KIND.iter()
            .find(|(_, one)| *one == self)
            .map_or("", |(word, _)| word)
    }
}

/// Reads `budget`.
pub(super) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Budget {
    let kind = fields.word(r, "kind", &KIND).unwrap_or(Word::Ratio);
    for key in fields.written() {
        let known = ["kind", "on"].contains(&key) || kind.keys().contains(&key);
        if !known && BUDGET.names().any(|name| name == key) {
            let found = format!(
                "`{key}` does not belong to a budget of kind `{}`",
                kind.word()
            );
            let keys: Vec<String> = kind.keys().iter().map(|k| format!("`{k}`")).collect();
            let diagnostic = Diagnostic::new("E031", found).at(fields.key_place(key));
            r.push(diagnostic.help(format!("it knows {}", keys.join(", "))));
        }
    }
    let mut number = |key, usual| fields.number(r, key, 0.0).unwrap_or(usual);
    let rule = match kind {
        Word::Tokens => Rule::Tokens {
            size: number("size", 5.0),
            refill: number("refill", 0.1),
            per: fields.word(r, "per", &PER).unwrap_or(Per::Success),
        },
        Word::Quota => Rule::Quota {
            size: number("size", 500.0),
            retry: number("retry", 5.0),
            timeout: number("timeout", 10.0),
            success: number("success", 1.0),
        },
        Word::Grpc => Rule::Grpc {
            tokens: number("tokens", 10.0),
            ratio: number("ratio", 0.1),
        },
        Word::Ratio => Rule::Ratio {
            share: fields.share(r, "share").unwrap_or(0.1),
            window: fields.period(r, "window").unwrap_or(TEN_SECONDS),
        },
        Word::Leaky => Rule::Leaky {
            share: fields.share(r, "share").unwrap_or(0.2),
            ttl: fields.period(r, "ttl").unwrap_or(TEN_SECONDS),
            min: fields
                .get("min")
                .and_then(|node| r.rate(node))
                .unwrap_or(10.0),
        },
        Word::Concurrent => Rule::Concurrent {
            share: fields.share(r, "share").unwrap_or(0.2),
            min: fields.number(r, "min", 0.0).unwrap_or(3.0),
        },
    };
    Budget {
        on: fields.flag(r, "on").unwrap_or(true),
        rule,
    }
}

const TEN_SECONDS: Span = Span::from_secs(10);
