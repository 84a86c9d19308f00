//! Doors with a clock, and waiting rooms behind them: how many may be inside, and at what pace they
//! are let in.

use super::queue::QueueOrder;
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::{Span, Time};
use crate::random::family::Distribution;
use crate::text::{Diagnostic, Place};

/// A door: who is early waits, who is late is turned away. With a limit or a pace it is a waiting
/// room.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// When it opens; always open before `closes` if absent.
    pub opens: Option<Time>,
    /// When it closes; never if absent.
    pub closes: Option<Time>,
    /// Users inside at most.
    pub active: Option<u64>,
    /// The pace of admission.
    pub admit: Option<Admit>,
    /// Waiting at most.
    pub queue_limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
    /// Whether those who wait when it opens are mixed.
    pub shuffle: bool,
    /// The share of those admitted that fails at once.
    pub lost_at_entry: f64,
    /// How long until somebody who waits fails.
    pub lost_waiting: Option<Distribution>,
    /// Whether it is there at all: a room that is off lets everyone through at once.
    pub on: bool,
    /// Where its table begins.
    pub place: Place,
}

/// The pace of admission.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Admit {
    /// So many at once.
    Batch {
        /// How many at most.
        users: u64,
        /// From one batch to the next.
        every: Span,
    },
    /// One at a time, at least so long after the one before.
    OneBy(Span),
}

impl Admit {
    /// Users per second at most.
    pub fn rate(self) -> f64 {
        match self {
            Admit::Batch { users, every } => users as f64 / every.as_secs_f64(),
            Admit::OneBy(gap) => 1.0 / gap.as_secs_f64(),
        }
    }
}

/// `[room.NAME]`.
pub(crate) static ROOM: TableDef = TableDef {
    name: "a room",
    doc: "A door with a clock: who is early waits, who is late is turned away. With `active` or \
          `admit` it is a waiting room.",
    keys: &[
        key("opens", Kind::Instant, "always open", "when it opens").live(),
        key("closes", Kind::Instant, "never", "when it closes").live(),
        key("active", Kind::Count, "no limit", "users inside at most").live(),
        key(
            "admit",
            Kind::Either(&[Kind::Rate, Kind::Table(&ADMIT)]),
            "at once",
            "the pace of admission: one at a time at a rate, or so many at once",
        )
        .live(),
        key(
            "queue",
            Kind::Table(&QUEUE),
            "no limit",
            "those who wait for admission",
        ),
        key(
            "shuffle",
            Kind::Flag,
            "false",
            "whether those who wait when it opens are let in by lot, before all who come later",
        )
        .live(),
        key(
            "lost_at_entry",
            Kind::Share,
            "0%",
            "the share of those admitted that fails at once, and frees the place",
        )
        .live(),
        key(
            "lost_waiting",
            Kind::Times,
            "never",
            "how long until somebody who waits fails",
        )
        .live(),
        key("on", Kind::Flag, "true", "whether the room is there at all").live(),
    ],
};

static ADMIT: TableDef = TableDef {
    name: "`admit`",
    doc: "Users who are let in together.",
    keys: &[
        key(
            "users",
            Kind::Count,
            "",
            "how many at most; what is left of a batch lapses",
        )
        .live(),
        key(
            "every",
            Kind::Duration,
            "",
            "from one batch to the next, the first when the room opens",
        )
        .live(),
    ],
};

static QUEUE: TableDef = TableDef {
    name: "`queue` of a room",
    doc: "Those who wait for admission.",
    keys: &[
        key(
            "limit",
            Kind::Count,
            "no limit",
            "the most that may wait; who comes later is refused",
        )
        .live(),
        key("order", Kind::Words(ORDER_WORDS), "\"fifo\"", "who is next").live(),
    ],
};

const ORDER_WORDS: &[&str] = &["fifo", "random"];
const ORDER: [(&str, QueueOrder); 2] = [("fifo", QueueOrder::Fifo), ("random", QueueOrder::Random)];

/// Reads `[room.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Room {
    let queue = fields.table(r, "queue", &QUEUE);
    let room = Room {
        opens: fields.instant(r, "opens"),
        closes: fields.instant(r, "closes"),
        active: fields.count(r, "active", 0..=u64::from(u32::MAX)),
        admit: admit(r, fields),
        queue_limit: queue.and_then(|queue| queue.count(r, "limit", 0..=u64::MAX)),
        order: queue
            .and_then(|queue| queue.word(r, "order", &ORDER))
            .unwrap_or(QueueOrder::Fifo),
        shuffle: fields.flag(r, "shuffle").unwrap_or(false),
        lost_at_entry: fields.share(r, "lost_at_entry").unwrap_or(0.0),
        lost_waiting: fields.times(r, "lost_waiting"),
        on: fields.flag(r, "on").unwrap_or(true),
        place: fields.place,
    };
    if let (Some(opens), Some(closes)) = (room.opens, room.closes)
        && closes <= opens
    {
        let diagnostic = Diagnostic::new("E006", "the room closes before it opens");
        let place = fields.key_place("closes");
        r.push(
            diagnostic
                .at(place)
                .related(fields.key_place("opens"), "it opens here"),
        );
    }
    if room.shuffle && room.opens.is_none() {
        let found = "`shuffle` mixes those who wait when the room opens, and it has no `opens`";
        let diagnostic = Diagnostic::new("E006", found).at(fields.key_place("shuffle"));
        r.push(diagnostic.help("give it an instant such as `opens = \"0s\"`"));
    }
    room
}

fn admit<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Admit> {
    let node = fields.get("admit")?;
    if node.table().is_some() {
        let batch = r.fields(node, &ADMIT)?;
        batch.require(r, "users");
        batch.require(r, "every");
        let users = batch.count(r, "users", 1..=u64::from(u32::MAX));
        let every = batch.period(r, "every");
        return Some(Admit::Batch {
            users: users?,
            every: every?,
        });
    }
    let rate = r.rate(node)?;
    let gap = Span::from_secs_f64(1.0 / rate);
    if rate <= 0.0 || gap.is_zero() {
        r.out_of_range(node, "a rate above zero such as \"150/min\"");
        return None;
    }
    Some(Admit::OneBy(gap))
}
