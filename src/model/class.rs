//! Kinds of traffic: who goes first, and who is shed first.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::text::Place;

/// A kind of traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Lower goes first.
    pub priority: u32,
    /// How much it would hurt to turn it away.
    pub criticality: Criticality,
    /// Where its table begins.
    pub place: Place,
}

/// How much it would hurt to turn traffic away, from what is kept longest to what goes first: the
/// four levels of Google ("Site Reliability Engineering", chapter 21) under the names of Netflix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criticality {
    /// What users notice most.
    Critical,
    /// What users notice.
    Degraded,
    /// What can fail now and then.
    BestEffort,
    /// What can wait for hours.
    Bulk,
}

/// Classes at most: who asks carries the number of one in five bits.
pub(crate) const MOST_CLASSES: usize = 31;

/// The priority of traffic without a class.
pub const USUAL_PRIORITY: u32 = 100;

/// `[class.NAME]`.
pub(crate) static CLASS: TableDef = TableDef {
    name: "a class",
    doc: "A kind of traffic: a call or a source of arrivals names it, and nested calls inherit it.",
    keys: &[
        key(
            "priority",
            Kind::Count,
            "100",
            "who goes first: lower numbers do",
        ),
        key(
            "criticality",
            Kind::Words(CRITICALITY_WORDS),
            "\"critical\"",
            "who is turned away last, in this order",
        ),
    ],
};

pub(crate) const CRITICALITY_WORDS: &[&str] = &["critical", "degraded", "best-effort", "bulk"];
pub(crate) const CRITICALITY: [(&str, Criticality); 4] = [
    ("critical", Criticality::Critical),
    ("degraded", Criticality::Degraded),
    ("best-effort", Criticality::BestEffort),
    ("bulk", Criticality::Bulk),
];

/// Reads `[class.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Class {
    let criticality = fields.word(r, "criticality", &CRITICALITY);
    Class {
        priority: fields.small(r, "priority", 0).unwrap_or(USUAL_PRIORITY),
        criticality: criticality.unwrap_or(Criticality::Critical),
        place: fields.place,
    }
}
