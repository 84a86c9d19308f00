//! What must hold.

use super::document::Node;
use super::metric::names::Names;
use super::metric::parse::condition;
use super::metric::{Comparison, Metric, Unit};
use super::reader::{Fields, Reader, inside};
use super::table::{Kind, TableDef, key};
use super::value::Amount;
use crate::base::time::Span;
use crate::text::{Diagnostic, Place};

/// `[[objective]]`.
pub(crate) static OBJECTIVE: TableDef = TableDef {
    name: "an objective",
    doc: "What must hold, judged in each launch.",
    keys: &[
        key(
            "that",
            Kind::Condition,
            "",
            "a metric compared with a limit",
        ),
        key("label", Kind::Text, "as written", "what reports call it"),
        key(
            "in",
            Kind::Share,
            "\"90%\"",
            "the share of launches that must meet it",
        ),
        key(
            "same_within",
            Kind::Any,
            "",
            "differences within this count as the same",
        ),
    ],
};

/// A condition that each launch is judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// The whole condition as it is written, its spaces in order.
    pub that: String,
    /// What reports call it; as written if absent.
    pub label: Option<String>,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared with the limit.
    pub comparison: Comparison,
    /// The limit in the metric's unit (seconds, 0 to 1, per second, a number).
    pub limit: f64,
    /// The share of launches that must meet it.
    pub required: f64,
    /// Differences within this count as the same; the metric's usual threshold if absent.
    pub same_within: Option<SameWithin>,
    /// No breach lasts longer than this; no breach at all if absent.
    pub except: Option<Span>,
    /// Where it is written.
    pub place: Place,
}

/// The fewest launches that prove the share of launches that an objective asks for, if every one of
/// them meets it: the least n with shareⁿ at most 5 %. No more than a thousand: who asks for a
/// share that needs more says how many launches it is worth.
pub(crate) fn launches_needed(objective: &Objective) -> u32 {
    const DOUBT: f64 = 0.05;
    let mut chance = 1.0;
    let enough = (1..LAUNCHES_MAX).find(|_| {
        chance *= objective.required;
        chance <= DOUBT
    });
    enough.unwrap_or(LAUNCHES_MAX)
}

/// The most launches that objectives make by themselves.
const LAUNCHES_MAX: u32 = 1_000;

/// A practical threshold for differences of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SameWithin {
    /// In the metric's unit.
    Absolute(f64),
    /// As a share of the baseline.
    Relative(f64),
}

/// Reads one `[[objective]]`.
pub(crate) fn read<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    names: &Names,
) -> Option<Objective> {
    let required = fields.share(r, "in").unwrap_or(0.9);
    let label = fields.label(r, "label");
    let node = fields.require(r, "that")?;
    let text = r.text(node)?;
    let read = condition(&text, inside(node), names, r);
    let found = r.keep(read)?;
    let same_within = fields
        .get("same_within")
        .and_then(|node| same_within(r, node, found.metric.unit()));
    if !(required > 0.0 && required < 1.0) {
        let place = fields.key_place("in");
        let diagnostic = Diagnostic::new("E006", "no number of launches can prove this share");
        r.push(
            diagnostic
                .at(place)
                .expected("expected a share between 0% and 100%"),
        );
        return None;
    }
    Some(Objective {
        that: found.written,
        label,
        metric: found.metric,
        comparison: found.comparison,
        limit: found.limit,
        required,
        same_within,
        except: found.except,
        place: node.place,
    })
}

/// A percentage is a part of the baseline, unless the metric itself is a share: then points.
fn same_within(r: &mut Reader<'_>, node: &Node, unit: Unit) -> Option<SameWithin> {
    match (
        r.amount(
            node,
            "a threshold in the unit of the metric, or a percentage",
        )?,
        unit,
    ) {
        (Amount::Percent(share) | Amount::Number(share), Unit::Share) => {
            Some(SameWithin::Absolute(share))
        }
        (Amount::Percent(share), _) => Some(SameWithin::Relative(share)),
        (Amount::Time(time), Unit::Seconds) => Some(SameWithin::Absolute(time.as_secs_f64())),
        (Amount::Rate(rate), Unit::PerSecond) => Some(SameWithin::Absolute(rate)),
        (Amount::Number(number), Unit::Count | Unit::CountSeconds | Unit::Ratio) => {
            Some(SameWithin::Absolute(number))
        }
        (found, _) => {
            let diagnostic = Diagnostic::new("E064", format!("{} does not fit", found.kind()));
            r.push(
                diagnostic
                    .at(node.place)
                    .expected("expected the unit of the metric"),
            );
            None
        }
    }
}
