//! Those who wait for a worker: how many may, who is next, and for how long they may wait.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;

/// Those who wait for a worker of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Waiting at most (per instance, or in total if shared); no limit if absent.
    pub limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
    /// With the order `fair`: who takes turns.
    pub by: TurnBy,
    /// With the order `priority`: a newcomer takes a worker from a class behind its own.
    pub preempt: bool,
    /// One queue for all instances.
    pub shared: bool,
    /// Whether the refused hear nothing.
    pub silent: bool,
    /// Whether the refused are told not to try again.
    pub is_final: bool,
    /// Who has waited so long is refused when a worker would take it; never if absent.
    pub max_age: Option<Span>,
    /// The same after a time that depends on how long the queue has stood.
    pub codel: Option<Codel>,
}

/// Who is next in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueOrder {
    /// Who came first.
    Fifo,
    /// Who came last.
    Lifo,
    /// Anyone, by luck.
    Random,
    /// Who came last while the queue stands, else who came first.
    AdaptiveLifo,
    /// The class with the lowest priority number.
    Priority,
    /// The earliest deadline.
    Deadline,
    /// The least work, as it was at arrival.
    Shortest,
    /// The least work left; a newcomer with less takes a worker.
    ShortestRemaining,
    /// Users, classes or keys in turn, one attempt each.
    Fair,
}

/// Who takes turns in a fair queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnBy {
    /// Users.
    User,
    /// Classes.
    Class,
    /// What is asked for.
    Key,
}

/// Controlled delay: the longest wait is `target` while the queue stands, else `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codel {
    /// Whether waits are limited at all.
    pub on: bool,
    /// The longest wait while the queue was never empty for an interval.
    pub target: Span,
    /// The longest wait otherwise, and how far back is looked.
    pub interval: Span,
}

impl Codel {
    const DEFAULT: Codel = Codel {
        on: true,
        target: Span::from_millis(5),
        interval: Span::from_millis(100),
    };
}

impl Queue {
    /// Whether a newcomer may take a worker.
    pub fn preempts(&self) -> bool {
        match self.order {
            QueueOrder::ShortestRemaining => true,
            QueueOrder::Priority => self.preempt,
            _ => false,
        }
    }

    /// How far back it is looked for an empty queue.
    pub fn interval(&self) -> Span {
        self.codel.map_or(Codel::DEFAULT.interval, |c| c.interval)
    }
}

/// `queue` of a service.
pub(crate) static QUEUE: TableDef = TableDef {
    name: "`queue`",
    doc: "Those who wait for a worker; work in service is not counted.",
    keys: &[
        key(
            "limit",
            Kind::Count,
            "no limit",
            "the most that may wait; further attempts are refused",
        )
        .live(),
        key("order", Kind::Words(ALL_WORDS), "\"fifo\"", "who is next").live(),
        key(
            "by",
            Kind::Words(BY_WORDS),
            "\"user\"",
            "who takes turns in the order `fair`",
        )
        .live(),
        key(
            "preempt",
            Kind::Flag,
            "false",
            "in the order `priority`, a newcomer takes the worker of a class behind its own",
        )
        .live(),
        key(
            "shared",
            Kind::Flag,
            "false",
            "one queue for all instances; `limit` is then its total",
        )
        .live(),
        key(
            "silent",
            Kind::Flag,
            "false",
            "refused callers find out only by their timeout",
        )
        .live(),
        key(
            "final",
            Kind::Flag,
            "false",
            "refused callers are told that it is overloaded: they do not try again",
        )
        .live(),
        key(
            "max_age",
            Kind::Duration,
            "no limit",
            "who has waited so long is refused when a worker would take it",
        )
        .live(),
        key(
            "codel",
            Kind::Table(&CODEL),
            "none",
            "the longest wait, short while the queue stands",
        ),
    ],
};

static CODEL: TableDef = TableDef {
    name: "`codel`",
    doc: "Controlled delay: who has waited too long is refused when a worker would take it.",
    keys: &[
        key("on", Kind::Flag, "true", "`false` switches it off").live(),
        key(
            "target",
            Kind::Duration,
            "\"5ms\"",
            "the longest wait while the queue was never empty for an `interval`",
        )
        .live(),
        key(
            "interval",
            Kind::Duration,
            "\"100ms\"",
            "the longest wait otherwise",
        )
        .live(),
    ],
};

const ALL_WORDS: &[&str] = &[
    "fifo",
    "lifo",
    "random",
    "adaptive-lifo",
    "priority",
    "deadline",
    "shortest",
    "shortest-remaining",
    "fair",
];
const ALL: [(&str, QueueOrder); 9] = [
    ("fifo", QueueOrder::Fifo),
    ("lifo", QueueOrder::Lifo),
    ("random", QueueOrder::Random),
    ("adaptive-lifo", QueueOrder::AdaptiveLifo),
    ("priority", QueueOrder::Priority),
    ("deadline", QueueOrder::Deadline),
    ("shortest", QueueOrder::Shortest),
    ("shortest-remaining", QueueOrder::ShortestRemaining),
    ("fair", QueueOrder::Fair),
];
/// Those of pools.
pub(crate) const ORDER_WORDS: &[&str] = &["fifo", "lifo", "random"];
pub(crate) const ORDER: [(&str, QueueOrder); 3] = [
    ("fifo", QueueOrder::Fifo),
    ("lifo", QueueOrder::Lifo),
    ("random", QueueOrder::Random),
];
const BY_WORDS: &[&str] = &["user", "class", "key"];
const BY: [(&str, TurnBy); 3] = [
    ("user", TurnBy::User),
    ("class", TurnBy::Class),
    ("key", TurnBy::Key),
];

impl QueueOrder {
    /// Its word.
    pub fn word(self) -> &'static str {
        let words = ALL.iter().find(|(_, order)| *order == self);
        words.map_or("", |(word, _)| word)
    }

    /// Whether who is next depends on more than who came when.
    pub fn is_ranked(self) -> bool {
        match self {
            Self::Fifo | Self::Lifo | Self::Random | Self::AdaptiveLifo => false,
            Self::Priority
            | Self::Deadline
            | Self::Shortest
            | Self::ShortestRemaining
            | Self::Fair => true,
        }
    }
}

/// Reads `queue` of a service.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Queue {
    let fields = fields.table(r, "queue", &QUEUE);
    let mut flag = |key| fields.and_then(|f| f.flag(r, key)).unwrap_or(false);
    let (preempt, shared, silent) = (flag("preempt"), flag("shared"), flag("silent"));
    let is_final = flag("final");
    Queue {
        limit: fields.and_then(|f| f.count(r, "limit", 0..=u64::MAX)),
        order: fields
            .and_then(|f| f.word(r, "order", &ALL))
            .unwrap_or(QueueOrder::Fifo),
        by: fields
            .and_then(|f| f.word(r, "by", &BY))
            .unwrap_or(TurnBy::User),
        preempt,
        shared,
        silent,
        is_final,
        max_age: fields.and_then(|f| f.period(r, "max_age")),
        codel: fields
            .and_then(|f| f.table(r, "codel", &CODEL))
            .map(|f| codel(r, &f)),
    }
}

fn codel<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Codel {
    Codel {
        on: fields.flag(r, "on").unwrap_or(Codel::DEFAULT.on),
        target: fields.period(r, "target").unwrap_or(Codel::DEFAULT.target),
        interval: fields
            .period(r, "interval")
            .unwrap_or(Codel::DEFAULT.interval),
    }
}
