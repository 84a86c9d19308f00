//! A second attempt beside the first, for the slow ones.

use super::document::Node;
use super::reader::{Fields, Reader};
use super::scope::{self, Scope};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::{Diagnostic, Place};

/// A named way to hedge.
#[derive(Clone, Debug, PartialEq)]
pub struct Hedge {
    /// Whether anybody hedges.
    pub on: bool,
    /// When a further attempt is sent.
    pub after: After,
    /// Further attempts of a round at most.
    pub at_most: u32,
    /// The most hedges, as a part of the requests so far; no limit if absent.
    pub budget: Option<f64>,
    /// Whether the copy that begins takes the other out of its queue.
    pub tied: bool,
    /// Who shares answers seen and budget.
    pub scope: Scope,
    /// Where its table begins.
    pub place: Place,
}

/// When a further attempt is sent, from the first of its round on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    /// After so long.
    Time(Span),
    /// After the time that this part of the latest ok attempts took at most.
    Percentile(f64),
}

/// What a hedge counts: further attempts sent, those that answered first, those that the budget
/// stopped, and copies that left a queue because the other had begun.
pub const COUNTED: [&str; 4] = ["sent", "won", "stopped", "untied"];

/// `[hedge.NAME]`.
pub(crate) static HEDGE: TableDef = TableDef {
    name: "a hedge",
    doc: "A further attempt beside one that is slow; the first ok answer wins.",
    keys: &[
        key(
            "on",
            Kind::Flag,
            "true",
            "whether further attempts are sent at all",
        )
        .live(),
        key(
            "after",
            Kind::Either(&[Kind::Duration, Kind::Text]),
            "\"p95\"",
            "how long after the first attempt; `pNN`: of the last 1,000 ok attempts",
        )
        .live(),
        key(
            "at_most",
            Kind::Count,
            "1",
            "further attempts beside the first, each `after` later than the one before",
        )
        .live(),
        key(
            "budget",
            Kind::Share,
            "no limit",
            "the most further attempts, as a part of the requests so far",
        )
        .live(),
        key(
            "tied",
            Kind::Flag,
            "false",
            "whether the copy that begins takes the other out of its queue",
        )
        .live(),
        scope::scope("\"server\"", "who shares the answers seen and the budget"),
    ],
};

/// Further attempts of a round at most.
pub const MOST_HEDGES: u32 = 4;

/// Reads `[hedge.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Hedge {
    let at_most = fields.within(r, "at_most", 1..=MOST_HEDGES).unwrap_or(1);
    let tied = fields.flag(r, "tied").unwrap_or(false);
    if tied && at_most > 1 {
        let found = "only two copies can be tied to each other";
        let diagnostic = Diagnostic::new("E006", found).at(fields.key_place("at_most"));
        let diagnostic = diagnostic.expected("expected `at_most = 1` beside `tied = true`");
        r.push(diagnostic.related(fields.key_place("tied"), "`tied` is here"));
    }
    Hedge {
        on: fields.flag(r, "on").unwrap_or(true),
        after: fields
            .get("after")
            .and_then(|node| after(r, node))
            .unwrap_or(After::Percentile(0.95)),
        at_most,
        budget: fields.share(r, "budget"),
        tied,
        scope: scope::read(r, fields).unwrap_or(Scope::Server),
        place: fields.place,
    }
}

/// A time, or a percentile such as `p95`.
fn after(r: &mut Reader<'_>, node: &Node) -> Option<After> {
    let node = r.expand(node)?;
    let digits = node.text().and_then(|text| text.trim().strip_prefix('p'));
    let plain =
        |digits: &&str| digits.len() <= 9 && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let Some(digits) = digits.filter(plain) else {
        return r.duration(&node).map(After::Time);
    };
    match format!("{digits}e-2").parse::<f64>() {
        Ok(q) if q > 0.0 && q < 1.0 => Some(After::Percentile(q)),
        _ => {
            let found = format!("`p{digits}` is not a percentile");
            let diagnostic = Diagnostic::new("E060", found).at(node.place);
            r.push(diagnostic.expected("expected p0.001 to p99.999"));
            None
        }
    }
}
