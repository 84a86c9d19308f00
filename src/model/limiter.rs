//! Limits that a server finds for itself: how many it takes in at once, or whom.
//!
//! Names and defaults are those of the systems that made each kind common.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::Diagnostic;
use crate::text::nearest::suggestion;

/// How a server limits itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limiter {
    /// By the queue that its times betray.
    Vegas(Vegas),
    /// By the short against the long average of its times.
    Gradient2(Gradient2),
    /// One more for each that ends in time, a share less for each that does not.
    Aimd(Aimd),
    /// By the median of its times against that of an idle server.
    Envoy(Envoy),
    /// By the waits of its queue: some levels of importance are refused.
    Dagor(Dagor),
    /// By the age of its queue: credits.
    Breakwater(Breakwater),
}

/// After TCP Vegas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vegas {
    /// The first limit.
    pub initial: u32,
    /// The greatest limit.
    pub max: u32,
    /// How much of the new limit counts against the old.
    pub smoothing: f64,
    /// After so many times the limit ends, the least time is measured anew.
    pub probe: u32,
}

/// The gradient of times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient2 {
    /// The first limit.
    pub initial: u32,
    /// The least limit.
    pub min: u32,
    /// The greatest limit.
    pub max: u32,
    /// How much of the new limit counts against the old.
    pub smoothing: f64,
    /// Ends that the long average covers.
    pub long_window: u32,
    /// How many times the long average a time may be.
    pub tolerance: f64,
    /// Those who may wait.
    pub queue: u32,
}

/// Additive increase, multiplicative decrease.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aimd {
    /// The first limit.
    pub initial: u32,
    /// The least limit.
    pub min: u32,
    /// The greatest limit.
    pub max: u32,
    /// What is left of the limit after one that took too long.
    pub backoff: f64,
    /// What is too long.
    pub timeout: Span,
}

/// The gradient controller of Envoy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envoy {
    /// The least limit, in force while the least time is measured.
    pub min: u32,
    /// The greatest limit.
    pub max: u32,
    /// Ends by which the least time is measured.
    pub samples: u32,
    /// How often it is measured.
    pub interval: Span,
    /// How much later that may be, as a share of `interval`.
    pub jitter: f64,
    /// How much longer than the least time a time may be.
    pub buffer: f64,
    /// How often the limit changes.
    pub update: Span,
}

/// Admission by importance, as in the backend of a messenger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dagor {
    /// A longer mean wait is overload.
    pub delay: Span,
    /// A window lasts so long.
    pub window: Span,
    /// Or until so many have come.
    pub requests: u32,
    /// The share of those let in that are refused after a window of overload.
    pub alpha: f64,
    /// The share more that are let in after any other.
    pub beta: f64,
    /// Levels of users within a class.
    pub levels: u32,
    /// Whether answers tell callers the level, who stop what it would refuse.
    pub tells: bool,
}

/// Credits by the delay of the queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breakwater {
    /// The delay that is aimed at; twice as much refuses all.
    pub target: Span,
    /// The first credits.
    pub initial: u32,
    /// The least credits.
    pub min: u32,
    /// The most credits.
    pub max: u32,
    /// Credits more for each caller while the delay is below the target; at least one in all.
    pub alpha: f64,
    /// The share of credits that goes for each target's length of delay above it.
    pub beta: f64,
    /// Callers among whom the credits are dealt out.
    pub callers: u32,
    /// How often credits change.
    pub every: Span,
    /// Whether answers grant callers credits, who send nothing without one.
    pub tells: bool,
    /// Who waits longer for a credit is stopped.
    pub wait: Span,
}

/// `limiter` of a service.
pub(crate) static LIMITER: TableDef = TableDef {
    name: "`limiter`",
    doc: "A limit that each server finds for itself, before its workers and its queue.",
    keys: &[
        key("on", Kind::Flag, "true", "`false` switches it off").live(),
        key("kind", Kind::Words(KIND_WORDS), "", "by what it is found"),
        key(
            "initial",
            Kind::Count,
            "20",
            "the first limit, or the first credits",
        ),
        key(
            "min",
            Kind::Count,
            "20 (envoy 3, breakwater 1)",
            "the least limit",
        ),
        key(
            "max",
            Kind::Count,
            "1000 (gradient2 and aimd 200)",
            "the greatest limit",
        ),
        key(
            "smoothing",
            Kind::Share,
            "vegas 1, gradient2 0.2",
            "how much of the new limit counts against the old",
        ),
        key(
            "probe",
            Kind::Count,
            "30",
            "vegas: after so many times the limit ends the least time is measured anew",
        ),
        key(
            "long_window",
            Kind::Count,
            "600",
            "gradient2: ends that the long average covers",
        ),
        key(
            "tolerance",
            Kind::Number,
            "1.5",
            "gradient2: how many times the long average a time may be",
        ),
        key("queue", Kind::Count, "4", "gradient2: those who may wait"),
        key(
            "backoff",
            Kind::Share,
            "0.9",
            "aimd: what is left of the limit after one that took too long",
        ),
        key(
            "timeout",
            Kind::Duration,
            "\"5s\"",
            "aimd: what is too long",
        ),
        key(
            "samples",
            Kind::Count,
            "50",
            "envoy: ends by which the least time is measured",
        ),
        key(
            "interval",
            Kind::Duration,
            "\"60s\"",
            "envoy: how often the least time is measured",
        ),
        key(
            "jitter",
            Kind::Share,
            "15%",
            "envoy: how much later that may be",
        ),
        key(
            "buffer",
            Kind::Share,
            "25%",
            "envoy: how much longer than the least time a time may be",
        ),
        key(
            "update",
            Kind::Duration,
            "\"100ms\"",
            "envoy: how often the limit changes",
        ),
        key(
            "delay",
            Kind::Duration,
            "\"20ms\"",
            "dagor: a longer mean wait in the queue is overload",
        ),
        key(
            "window",
            Kind::Duration,
            "\"1s\"",
            "dagor: how long waits are averaged",
        ),
        key(
            "requests",
            Kind::Count,
            "2000",
            "dagor: or until so many have come",
        ),
        key(
            "alpha",
            Kind::Share,
            "dagor 5%, breakwater 0.1%",
            "the share refused after overload; credits more for each caller",
        ),
        key(
            "beta",
            Kind::Share,
            "dagor 1%, breakwater 2%",
            "the share let in again; credits less for a delay above the target",
        ),
        key(
            "levels",
            Kind::Count,
            "128",
            "dagor: levels of users within a class",
        ),
        key(
            "tells",
            Kind::Flag,
            "true",
            "dagor: answers tell callers the level, who stop what it would refuse; breakwater: \
             they grant callers credits, who send nothing without one",
        ),
        key(
            "wait",
            Kind::Duration,
            "2.5 × `target`",
            "breakwater: who waits longer for a credit is stopped by the caller",
        ),
        key(
            "target",
            Kind::Duration,
            "",
            "breakwater: the delay that is aimed at (40 % of the allowed time)",
        ),
        key(
            "callers",
            Kind::Count,
            "1000",
            "breakwater: callers among whom credits are dealt out",
        ),
        key(
            "every",
            Kind::Duration,
            "\"10ms\"",
            "breakwater: how often credits change (a round trip)",
        ),
    ],
};

const KIND_WORDS: &[&str] = &["vegas", "gradient2", "aimd", "envoy", "dagor", "breakwater"];

#[derive(Clone, Copy)]
enum Word {
    Vegas,
    Gradient2,
    Aimd,
    Envoy,
    Dagor,
    Breakwater,
}

const KIND: [(&str, Word); 6] = [
    ("vegas", Word::Vegas),
    ("gradient2", Word::Gradient2),
    ("aimd", Word::Aimd),
    ("envoy", Word::Envoy),
    ("dagor", Word::Dagor),
    ("breakwater", Word::Breakwater),
];

impl Limiter {
    /// Whether answers tell callers what a server has found, so that they can heed it.
    pub fn tells(&self) -> bool {
        match self {
            Self::Dagor(of) => of.tells,
            Self::Breakwater(of) => of.tells,
            Self::Vegas(_) | Self::Gradient2(_) | Self::Aimd(_) | Self::Envoy(_) => false,
        }
    }
}

impl Word {
    /// Its own keys beside `on` and `kind`.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Vegas => &["initial", "max", "smoothing", "probe"],
            Self::Gradient2 => &[
                "initial",
                "min",
                "max",
                "smoothing",
                "long_window",
                "tolerance",
                "queue",
            ],
            Self::Aimd => &["initial", "min", "max", "backoff", "timeout"],
            Self::Envoy => &[
                "min", "max", "samples", "interval", "jitter", "buffer", "update",
            ],
            Self::Dagor => &[
                "delay", "window", "requests", "alpha", "beta", "levels", "tells",
            ],
            Self::Breakwater => &[
                "target", "initial", "min", "max", "alpha", "beta", "callers", "every", "tells",
                "wait",
            ],
        }
    }

    fn word(self) -> &'static str {
        KIND_WORDS[self as usize]
    }
}

/// The greatest limit that can be written.
const MOST: u32 = 1_000_000;
/// The most levels of users.
const MOST_LEVELS: u32 = 1_024;

/// Reads `limiter`; nothing where it is switched off.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Limiter> {
    let fields = fields.table(r, "limiter", &LIMITER)?;
    fields.require(r, "kind");
    let kind = fields.word(r, "kind", &KIND)?;
    only_own_keys(r, &fields, kind);
    let on = fields.flag(r, "on").unwrap_or(true);
    let limiter = match kind {
        Word::Vegas => Limiter::Vegas(Vegas {
            initial: limit(r, &fields, "initial", 20),
            max: limit(r, &fields, "max", 1_000),
            smoothing: share(r, &fields, "smoothing", 1.0),
            probe: limit(r, &fields, "probe", 30),
        }),
        Word::Gradient2 => Limiter::Gradient2(Gradient2 {
            initial: limit(r, &fields, "initial", 20),
            min: limit(r, &fields, "min", 20),
            max: limit(r, &fields, "max", 200),
            smoothing: share(r, &fields, "smoothing", 0.2),
            long_window: limit(r, &fields, "long_window", 600),
            tolerance: fields.number(r, "tolerance", 1.0).unwrap_or(1.5),
            queue: fields.within(r, "queue", 0..=MOST).unwrap_or(4),
        }),
        Word::Aimd => Limiter::Aimd(Aimd {
            initial: limit(r, &fields, "initial", 20),
            min: limit(r, &fields, "min", 20),
            max: limit(r, &fields, "max", 200),
            backoff: share(r, &fields, "backoff", 0.9),
            timeout: period(r, &fields, "timeout", Span::from_secs(5)),
        }),
        Word::Envoy => Limiter::Envoy(Envoy {
            min: limit(r, &fields, "min", 3),
            max: limit(r, &fields, "max", 1_000),
            samples: limit(r, &fields, "samples", 50),
            interval: period(r, &fields, "interval", Span::from_secs(60)),
            jitter: share(r, &fields, "jitter", 0.15),
            buffer: share(r, &fields, "buffer", 0.25),
            update: period(r, &fields, "update", Span::from_millis(100)),
        }),
        Word::Dagor => Limiter::Dagor(Dagor {
            delay: period(r, &fields, "delay", Span::from_millis(20)),
            window: period(r, &fields, "window", Span::from_secs(1)),
            requests: limit(r, &fields, "requests", 2_000),
            alpha: share(r, &fields, "alpha", 0.05),
            beta: share(r, &fields, "beta", 0.01),
            levels: fields.within(r, "levels", 1..=MOST_LEVELS).unwrap_or(128),
            tells: fields.flag(r, "tells").unwrap_or(true),
        }),
        Word::Breakwater => {
            fields.require(r, "target");
            let target = period(r, &fields, "target", Span::from_millis(20));
            Limiter::Breakwater(Breakwater {
                target,
                initial: limit(r, &fields, "initial", 20),
                min: limit(r, &fields, "min", 1),
                max: limit(r, &fields, "max", 1_000),
                alpha: share(r, &fields, "alpha", 0.001),
                beta: share(r, &fields, "beta", 0.02),
                callers: limit(r, &fields, "callers", 1_000),
                every: period(r, &fields, "every", Span::from_millis(10)),
                tells: fields.flag(r, "tells").unwrap_or(true),
                // The target is 40 % of the time that is allowed.
                wait: period(r, &fields, "wait", target.scaled(2.5)),
            })
        }
    };
    on.then_some(limiter)
}

fn limit<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, key: &str, default: u32) -> u32 {
    fields.within(r, key, 1..=MOST).unwrap_or(default)
}

fn share<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, key: &str, default: f64) -> f64 {
    fields.share(r, key).unwrap_or(default)
}

fn period<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, key: &str, default: Span) -> Span {
    fields.period(r, key).unwrap_or(default)
}

/// Reports keys that belong to another kind.
fn only_own_keys<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, kind: Word) {
    let known = |key: &str| matches!(key, "on" | "kind") || kind.keys().contains(&key);
    let wrong = fields.written().filter(|key| !known(key));
    for key in wrong.collect::<Vec<_>>() {
        if LIMITER.key(key).is_none() {
            continue;
        }
        let found = format!("a limiter of kind `{}` has no key `{key}`", kind.word());
        let help = suggestion(key, kind.keys().iter().copied());
        let diagnostic = Diagnostic::new("E002", found).at(fields.key_place(key));
        r.push(diagnostic.maybe_help(help));
    }
}
