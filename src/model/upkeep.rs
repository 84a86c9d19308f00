//! What a server needs beside its requests: memory that fills up and is collected, and the sleep of
//! those who have nothing to do.
//!
//! One idea: both follow from how many are at the server, and act on all of them.

use super::reader::{Fields, Reader, zero};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::random::family::Distribution;
use crate::text::Diagnostic;

/// Memory of each server: `base` and what the requests there take, up to a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Bytes in use with nobody there.
    pub base: f64,
    /// Bytes for each request that waits or is in service.
    pub per_request: f64,
    /// Bytes at which the server crashes.
    pub limit: f64,
    /// The collector.
    pub gc: Collector,
}

/// A garbage collector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collector {
    /// How much slower all `cpu` is at the limit: 1 plus this times.
    pub share: f64,
    /// The share of the limit from which on it costs anything.
    pub at: f64,
    /// How often and for how long it stops everything, if it does.
    pub pause: Option<Pause>,
}

/// A stop of everything, again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// From one beginning to the next.
    pub every: Span,
    /// How long; shorter than `every`.
    pub length: Span,
}

/// Servers that fall asleep.
#[derive(Clone, Debug, PartialEq)]
pub struct Idle {
    /// How long a server is idle before it sleeps.
    pub sleep_after: Span,
    /// Seconds from the first request that it gets until it works.
    pub setup: Distribution,
}

/// `memory` of a service.
pub(crate) static MEMORY: TableDef = TableDef {
    name: "`memory`",
    doc: "The memory of each server, and what its collector costs.",
    keys: &[
        key("base", Kind::Size, "\"0B\"", "in use with nobody there").live(),
        key(
            "per_request",
            Kind::Size,
            "\"0B\"",
            "for each request that waits or is in service",
        )
        .live(),
        key(
            "limit",
            Kind::Size,
            "",
            "the server crashes when this much is in use, and boots again",
        )
        .live(),
        key("gc", Kind::Table(&GC), "", "what collecting costs"),
    ],
};

/// `gc` of `memory`.
static GC: TableDef = TableDef {
    name: "`gc`",
    doc: "A collector: the fuller the memory, the slower all `cpu`; and pauses by the clock.",
    keys: &[
        key(
            "share",
            Kind::Share,
            "70%",
            "how much slower all `cpu` is with the memory full",
        )
        .live(),
        key(
            "at",
            Kind::Share,
            "80%",
            "the part of the limit from which on it is slower",
        )
        .live(),
        key(
            "pause",
            Kind::Table(&PAUSE),
            "none",
            "when it stops all work",
        ),
    ],
};

/// `pause` of `gc`.
static PAUSE: TableDef = TableDef {
    name: "`pause`",
    doc: "A stop of all work on a server, again and again.",
    keys: &[
        key("every", Kind::Duration, "", "from one to the next"),
        key("for", Kind::Duration, "", "how long each lasts"),
    ],
};

/// `idle` of a service.
pub(crate) static IDLE: TableDef = TableDef {
    name: "`idle`",
    doc: "Servers that sleep when there is nothing to do, and have to be set up again.",
    keys: &[
        key(
            "sleep_after",
            Kind::Duration,
            "\"0s\"",
            "how long a server has nothing to do before it sleeps",
        )
        .live(),
        key(
            "setup",
            Kind::Times,
            "",
            "from the request that wakes it until it works",
        )
        .live(),
    ],
};

/// A collector costs this much with the memory full (Cai et al. 2022, quoted by Brooker).
const GC_SHARE: f64 = 0.7;
/// And begins to cost anything here.
const GC_AT: f64 = 0.8;

/// Reads `memory`.
pub(crate) fn memory<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Memory> {
    let fields = fields.table(r, "memory", &MEMORY)?;
    let base = fields.size(r, "base").unwrap_or(0.0);
    let per_request = fields.size(r, "per_request").unwrap_or(0.0);
    let gc = collector(r, &fields);
    let limit = fields.require(r, "limit").and_then(|node| r.size(node))?;
    if base >= limit {
        let found = "the memory is full with nobody there";
        let diagnostic = Diagnostic::new("E006", found).at(fields.key_place("base"));
        r.push(diagnostic.expected("expected `base` below `limit`"));
        return None;
    }
    Some(Memory {
        base,
        per_request,
        limit,
        gc,
    })
}

fn collector<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Collector {
    let Some(fields) = fields.table(r, "gc", &GC) else {
        return Collector {
            share: 0.0,
            at: 1.0,
            pause: None,
        };
    };
    Collector {
        share: fields.share(r, "share").unwrap_or(GC_SHARE),
        at: fields.share(r, "at").unwrap_or(GC_AT),
        pause: pause(r, &fields),
    }
}

fn pause<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Pause> {
    let fields = fields.table(r, "pause", &PAUSE)?;
    let every = fields.require(r, "every").is_some();
    let length = fields.require(r, "for").is_some();
    if !every || !length {
        return None;
    }
    let (every, length) = (fields.period(r, "every")?, fields.period(r, "for")?);
    if length >= every {
        let found = "a pause is not over when the next begins";
        let diagnostic = Diagnostic::new("E006", found).at(fields.key_place("for"));
        r.push(diagnostic.expected("expected `for` shorter than `every`"));
        return None;
    }
    Some(Pause { every, length })
}

/// Reads `idle`.
pub(crate) fn idle<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Idle> {
    let fields = fields.table(r, "idle", &IDLE)?;
    let setup = fields.require(r, "setup").and_then(|node| r.times(node));
    Some(Idle {
        sleep_after: fields.duration(r, "sleep_after").unwrap_or(Span::ZERO),
        setup: setup.unwrap_or_else(zero),
    })
}

impl Memory {
    /// Bytes in use with so many there, and so many lost to a leak.
    #[inline]
    pub fn used(&self, there: u32, leaked: f64) -> f64 {
        self.base + leaked + self.per_request * f64::from(there)
    }

    /// How many times slower all `cpu` is with so much in use.
    #[inline]
    pub fn slower(&self, used: f64) -> f64 {
        let above = used / self.limit - self.gc.at;
        if above <= 0.0 {
            return 1.0;
        }
        1.0 + self.gc.share * (above / (1.0 - self.gc.at)).min(1.0)
    }
}
