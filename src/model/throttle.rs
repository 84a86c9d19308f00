//! Adaptive throttling: a caller whose attempts are refused turns some of them away itself.
//!
//! Source: SRE book, chapter 21, "Client-Side Throttling".

use super::reader::{Fields, Reader};
use super::scope::{self, Scope};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::Place;

/// Throttling at the caller: stopped with the probability
/// max(0, (requests − k · accepted) ÷ (requests + 1)).
#[derive(Clone, Debug, PartialEq)]
pub struct Throttle {
    /// Whether it is asked at all.
    pub on: bool,
    /// Attempts allowed for each that is accepted.
    pub k: f64,
    /// How long things count.
    pub window: Span,
    /// Who shares its state.
    pub scope: Scope,
    /// Where its table begins.
    pub place: Place,
}

/// `[throttle.NAME]`.
pub(crate) static THROTTLE: TableDef = TableDef {
    name: "a throttle",
    doc: "Adaptive throttling: a caller that is refused turns some attempts away itself.",
    keys: &[
        key("on", Kind::Flag, "true", "`false` switches it off").live(),
        key(
            "k",
            Kind::Number,
            "2",
            "attempts allowed for each one accepted",
        )
        .live(),
        key("window", Kind::Duration, "\"2m\"", "how long things count").live(),
        scope::scope("\"server\"", "who shares its state"),
    ],
};

/// Reads `[throttle.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Throttle {
    Throttle {
        on: fields.flag(r, "on").unwrap_or(true),
        k: fields.number(r, "k", 1.0).unwrap_or(2.0),
        window: fields.period(r, "window").unwrap_or(Span::from_secs(120)),
        scope: scope::read(r, fields).unwrap_or(Scope::Server),
        place: fields.place,
    }
}
