//! What keeps a balancer from servers that do not answer: checks, and ejection after failures.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::Diagnostic;
use crate::text::nearest::suggestion;

/// Checks of the servers of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Health {
    /// From one check to the next.
    pub every: Span,
    /// When a check that was not answered counts as missed.
    pub timeout: Span,
    /// Good checks in a row after which a server is used again.
    pub rise: u32,
    /// Missed checks in a row after which it is no longer used.
    pub fall: u32,
    /// With a smaller share of healthy servers, all are used.
    pub panic: f64,
}

/// Ejection of servers that fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eject {
    /// Failures in a row.
    pub consecutive: u32,
    /// Without an ejection for so long, the next lasts one time less.
    pub interval: Span,
    /// How long the first lasts; the n-th n times as long.
    pub base: Span,
    /// The largest share of servers that is ejected, but one.
    pub at_most: f64,
    /// With a smaller share of servers left, all are used.
    pub panic: f64,
}

/// `health` of a service.
pub(super) static HEALTH: TableDef = TableDef {
    name: "`health`",
    doc: "Checks by which the balancer notices servers that are down or stand still.",
    keys: &[
        key(
            "every",
            Kind::Duration,
            "\"10s\"",
            "from one check to the next",
        )
        .live(),
        key(
            "timeout",
            Kind::Duration,
            "\"1s\"",
            "when a check without an answer counts as missed",
        )
        .live(),
        key(
            "rise",
            Kind::Count,
            "2",
            "good checks in a row until a server is used again",
        )
        .live(),
        key(
            "fall",
            Kind::Count,
            "3",
            "missed checks in a row until it is no longer used",
        )
        .live(),
        key(
            "panic",
            Kind::Share,
            "0%",
            "with a smaller share of healthy servers, all are used",
        )
        .live(),
        key(
            "call",
            Kind::Text,
            "none",
            "the endpoint that a check asks, through queue and workers; else it costs nothing",
        ),
    ],
};

/// `eject` of a service.
pub(super) static EJECT: TableDef = TableDef {
    name: "`eject`",
    doc: "Servers that fail again and again are left out for a while.",
    keys: &[
        key(
            "consecutive",
            Kind::Count,
            "5",
            "errors, refusals and timeouts in a row, over all callers",
        )
        .live(),
        key(
            "interval",
            Kind::Duration,
            "\"10s\"",
            "without an ejection for so long, the next is one `base` shorter",
        )
        .live(),
        key(
            "base",
            Kind::Duration,
            "\"30s\"",
            "how long the first lasts; the n-th n times as long, at most 300 s",
        )
        .live(),
        key(
            "at_most",
            Kind::Share,
            "\"10%\"",
            "the largest share of servers left out, but one may always be",
        )
        .live(),
        key(
            "panic",
            Kind::Share,
            "\"50%\"",
            "with a smaller share of servers left, all are used",
        )
        .live(),
    ],
};

/// Reads `health`.
pub(super) fn health<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Health> {
    let fields = fields.table(r, "health", &HEALTH)?;
    let every = fields.period(r, "every").unwrap_or(Span::from_secs(10));
    let timeout = fields.duration(r, "timeout").unwrap_or(Span::from_secs(1));
    if timeout > every {
        let diagnostic =
            Diagnostic::new("E006", "checks overlap: `timeout` is longer than `every`");
        let diagnostic = diagnostic.at(fields.key_place("timeout"));
        r.push(diagnostic.related(fields.key_place("every"), "`every` is here"));
    }
    Some(Health {
        every,
        timeout,
        rise: fields.small(r, "rise", 1).unwrap_or(2),
        fall: fields.small(r, "fall", 1).unwrap_or(3),
        panic: fields.share(r, "panic").unwrap_or(0.0),
    })
}

/// Reads `call` of `health`: an endpoint of the service itself.
pub(super) fn call<'a>(r: &mut Reader<'a>, service: &str, fields: &Fields<'a>) -> Option<String> {
    let own = fields.get("health").and_then(|node| node.table())?;
    let node = own.get("call")?;
    let name = r.text(node)?;
    let known = r.endpoints(service);
    if known.contains(&name.as_str()) {
        return Some(name);
    }
    let found = format!("the service `{service}` has no endpoint `{name}`");
    let help = suggestion(&name, known);
    r.push(
        Diagnostic::new("E010", found)
            .at(node.place)
            .maybe_help(help),
    );
    None
}

/// Reads `eject`.
pub(super) fn eject<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Eject> {
    let fields = fields.table(r, "eject", &EJECT)?;
    Some(Eject {
        consecutive: fields.small(r, "consecutive", 1).unwrap_or(5),
        interval: fields.period(r, "interval").unwrap_or(Span::from_secs(10)),
        base: fields.period(r, "base").unwrap_or(Span::from_secs(30)),
        at_most: fields.share(r, "at_most").unwrap_or(0.1),
        panic: fields.share(r, "panic").unwrap_or(0.5),
    })
}
