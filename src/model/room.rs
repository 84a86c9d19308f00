//! Doors with a clock.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::Time;
use crate::text::{Diagnostic, Place};

/// A door: who is early waits, who is late is turned away.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// When it opens; always open before `closes` if absent.
    pub opens: Option<Time>,
    /// When it closes; never if absent.
    pub closes: Option<Time>,
    /// Whether it is there at all: a room that is off lets everyone through at once.
    pub on: bool,
    /// Where its table begins.
    pub place: Place,
}

/// `[room.NAME]`.
pub(crate) static ROOM: TableDef = TableDef {
    name: "a room",
    doc: "A door with a clock: who is early waits, who is late is turned away.",
    keys: &[
        key("opens", Kind::Instant, "always open", "when it opens").live(),
        key("closes", Kind::Instant, "never", "when it closes").live(),
        key("on", Kind::Flag, "true", "whether the room is there at all").live(),
        key("active", Kind::Later, "", "users inside at most"),
        key("admit", Kind::Later, "", "the pace of admission"),
        key("queue", Kind::Later, "", "those who wait for admission"),
        key(
            "shuffle",
            Kind::Later,
            "",
            "mixes the early ones when it opens",
        ),
        key(
            "lost_at_entry",
            Kind::Later,
            "",
            "the share that fails after admission",
        ),
        key(
            "lost_waiting",
            Kind::Later,
            "",
            "how long until a waiting user fails",
        ),
    ],
};

/// Reads `[room.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Room {
    let room = Room {
        opens: fields.instant(r, "opens"),
        closes: fields.instant(r, "closes"),
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
    room
}
