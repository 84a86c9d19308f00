//! Connections that callers keep to the servers of a service.

use super::reader::{Fields, Reader, zero};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::random::family::Distribution;

/// How callers keep connections to the servers of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Connections {
    /// Seconds before the first attempt on one.
    pub handshake: Distribution,
    /// How long one stays open without an attempt; for ever if absent.
    pub keep: Option<Span>,
    /// How long one stays open in all; for ever if absent.
    pub max_age: Option<Span>,
    /// Open ones that one server accepts; no limit if absent.
    pub at_most: Option<u32>,
}

/// `connections` of a service.
pub(super) static CONNECTIONS: TableDef = TableDef {
    name: "`connections`",
    doc: "Each caller keeps a connection to the server that was chosen when it was opened.",
    keys: &[
        key(
            "handshake",
            Kind::Times,
            "\"0s\"",
            "what comes before the first attempt on a connection, inside its timeout",
        )
        .live(),
        key(
            "keep",
            Kind::Duration,
            "no end",
            "how long a connection stays open without an attempt",
        )
        .live(),
        key(
            "max_age",
            Kind::Duration,
            "no end",
            "how long a connection stays open in all; attempts under way end on it",
        )
        .live(),
        key(
            "at_most",
            Kind::Count,
            "no limit",
            "open connections that one server accepts; further callers are refused",
        )
        .live(),
    ],
};

/// Reads `connections`.
pub(super) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Connections> {
    let own = fields.table(r, "connections", &CONNECTIONS)?;
    Some(Connections {
        handshake: own.times(r, "handshake").unwrap_or_else(zero),
        keep: own.period(r, "keep"),
        max_age: own.period(r, "max_age"),
        at_most: own.small(r, "at_most", 1),
    })
}
