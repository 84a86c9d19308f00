//! Things that steps hold: connections, threads, locks (a lock is a pool of one).

use super::queue::{ORDER, ORDER_WORDS, QueueOrder};
use super::reader::{Fields, Reader};
use super::scope::{self, Scope};
use super::table::{Kind, TableDef, key};
use crate::text::Place;

/// A pool of identical units.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Units, in each place that `scope` names.
    pub size: u32,
    /// How many such pools there are.
    pub scope: Scope,
    /// Waiting at most; no limit if absent, 0 refuses at once when full.
    pub queue_limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
    /// Where its table begins.
    pub place: Place,
}

/// `[pool.NAME]`.
pub(crate) static POOL: TableDef = TableDef {
    name: "a pool",
    doc: "Things that steps hold; a lock is a pool of one.",
    keys: &[
        key(
            "size",
            Kind::Count,
            "",
            "how many units, in each place that `scope` names",
        )
        .live(),
        scope::scope("\"global\"", "how many such pools there are"),
        key(
            "queue",
            Kind::Table(&QUEUE),
            "no limit",
            "those who wait for a unit",
        ),
    ],
};

static QUEUE: TableDef = TableDef {
    name: "`queue` of a pool",
    doc: "Those who wait for a unit.",
    keys: &[
        key(
            "limit",
            Kind::Count,
            "no limit",
            "the most that may wait; 0 refuses at once when all units are in use",
        )
        .live(),
        key("order", Kind::Words(ORDER_WORDS), "\"fifo\"", "who is next").live(),
    ],
};

/// Reads `[pool.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Pool {
    fields.require(r, "size");
    let queue = fields.table(r, "queue", &QUEUE);
    Pool {
        size: fields.small(r, "size", 0).unwrap_or(1),
        scope: scope::read(r, fields).unwrap_or(Scope::Global),
        queue_limit: queue.and_then(|queue| queue.count(r, "limit", 0..=u64::MAX)),
        order: queue
            .and_then(|queue| queue.word(r, "order", &ORDER))
            .unwrap_or(QueueOrder::Fifo),
        place: fields.place,
    }
}
