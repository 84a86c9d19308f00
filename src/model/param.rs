//! Named inputs: what sliders, sweeps, calibration and uncertainty studies move.
//!
//! Every `$param` is already substituted in the rest of the model; this table is what remains to
//! be reported: value, range and how well it is known.

use super::document::{Node, Value};
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use super::value::{Amount, Thing};
use crate::random::family::Distribution;
use crate::text::{Diagnostic, Place};

/// `[param.NAME]`.
pub(crate) static PARAM: TableDef = TableDef {
    name: "a parameter",
    doc: "A named input: sliders, sweeps, sensitivity, calibration and uncertainty all use it.",
    keys: &[
        key(
            "value",
            Kind::Any,
            "",
            "the base case: any value of the language",
        )
        .live(),
        key(
            "range",
            Kind::Range,
            "",
            "its 5 % and 95 % points, in the unit of `value`",
        ),
        key("dist", Kind::Any, "", "a distribution instead of `range`"),
        key(
            "label",
            Kind::Text,
            "its name",
            "what it is, in the planner's words",
        ),
        key(
            "known",
            Kind::Words(KNOWN_WORDS),
            "\"assumed\"",
            "how well it is known",
        ),
        key(
            "unit",
            Kind::Text,
            "",
            "what it counts, for labels: `users`",
        ),
    ],
};

const KNOWN_WORDS: &[&str] = &["measured", "published", "fitted", "assumed"];
const KNOWN: [(&str, Known); 4] = [
    ("measured", Known::Measured),
    ("published", Known::Published),
    ("fitted", Known::Fitted),
    ("assumed", Known::Assumed),
];

/// A named input of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The base case, as written (`250_000`, `45ms`, `exp(20ms)`).
    pub written: String,
    /// Whether it is written as a whole number, so that it stays one.
    pub is_whole: bool,
    /// The base case as a number in `unit`; absent if it is a distribution or a word.
    pub value: Option<f64>,
    /// What kind of quantity it is.
    pub unit: ParamUnit,
    /// Its 5 % and 95 % points, in `unit`.
    pub range: Option<(f64, f64)>,
    /// Its distribution, if given instead of a range; in `unit`.
    pub dist: Option<Distribution>,
    /// What it is in the planner's words; its name if nothing is said.
    pub label: String,
    /// What it counts, for labels: `users`.
    pub counts: Option<String>,
    /// How well it is known.
    pub known: Known,
    /// Where its table begins.
    pub place: Place,
}

/// What kind of quantity a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamUnit {
    /// A plain number or count.
    Number,
    /// A duration, in seconds.
    Seconds,
    /// A rate, per second.
    PerSecond,
    /// A size, in bytes.
    Bytes,
    /// A rate of data, in bytes per second.
    BytesPerSecond,
    /// A share, 0 to 1.
    Share,
    /// A distribution, a word or a switch: no number.
    Other,
}

/// How well an input is known; shown in every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Measured in the system itself.
    Measured,
    /// Taken from a publication.
    Published,
    /// Found by fitting the model to measurements.
    Fitted,
    /// Guessed.
    Assumed,
}

impl Known {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Known::Measured => "measured",
            Known::Published => "published",
            Known::Fitted => "fitted",
            Known::Assumed => "assumed",
        }
    }
}

/// Reads `[param.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, name: &str, fields: &Fields<'a>) -> Option<Param> {
    let label = fields.text(r, "label").unwrap_or_else(|| name.to_owned());
    let counts = fields.text(r, "unit");
    let known = fields.word(r, "known", &KNOWN).unwrap_or(Known::Assumed);
    let node = fields.require(r, "value")?;
    let (value, mut unit) = base_case(r, node)?;
    if unit == ParamUnit::Number && has_shares_for_ends(fields) {
        unit = ParamUnit::Share;
    }
    let range = range(r, fields, unit);
    let dist = fields.get("dist").and_then(|node| match unit {
        ParamUnit::Seconds => r.times(node),
        _ => r.counts(node),
    });
    if let (Some((low, high)), Some(value)) = (range, value)
        && !(low..=high).contains(&value)
    {
        let found = format!("the value of `{name}` is outside its range");
        let diagnostic = Diagnostic::new("W006", found).at(node.place);
        r.push(diagnostic.related(fields.key_place("range"), "its range"));
    }
    let written = node.written();
    let is_whole = !matches!(node.value, Value::Float(_)) && !written.contains(['.', 'e', 'E']);
    let place = fields.place;
    Some(Param {
        written,
        is_whole,
        value,
        unit,
        range,
        dist,
        label,
        counts,
        known,
        place,
    })
}

fn base_case<'a>(r: &mut Reader<'a>, node: &'a Node) -> Option<(Option<f64>, ParamUnit)> {
    let text = match &node.value {
        Value::Flag(_) => return Some((None, ParamUnit::Other)),
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    };
    if text.is_some_and(|text| text.contains('$')) {
        let found = "a parameter cannot refer to another parameter";
        r.push(Diagnostic::new("E012", found).at(node.place));
        return None;
    }
    // A word such as "expire" is a value too; what begins like a number or a law must be one.
    let is_word = |text: &str| {
        text.chars()
            .all(|c| c.is_alphabetic() || c == '-' || c == '_')
    };
    if text.is_some_and(is_word) {
        return Some((None, ParamUnit::Other));
    }
    Some(
        match r.thing(node, "a number with its unit, or a distribution")? {
            Thing::Amount(amount) => {
                let (value, unit) = plain(amount);
                (Some(value), unit)
            }
            Thing::Law(_) => (None, ParamUnit::Other),
        },
    )
}

fn plain(amount: Amount) -> (f64, ParamUnit) {
    match amount {
        Amount::Number(number) => (number, ParamUnit::Number),
        Amount::Percent(share) => (share, ParamUnit::Share),
        Amount::Time(time) => (time.as_secs_f64(), ParamUnit::Seconds),
        Amount::Rate(rate) => (rate, ParamUnit::PerSecond),
        Amount::Size(bytes) => (bytes, ParamUnit::Bytes),
        Amount::SizeRate(rate) => (rate, ParamUnit::BytesPerSecond),
    }
}

/// Whether the range is written in percent: a base case of `0.6` is a share then.
fn has_shares_for_ends(fields: &Fields<'_>) -> bool {
    let ends = fields.get("range").and_then(Node::list).unwrap_or_default();
    let percent = |node: &Node| matches!(&node.value, Value::Text(text) if text.ends_with('%'));
    !ends.is_empty() && ends.iter().all(percent)
}

fn range<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, unit: ParamUnit) -> Option<(f64, f64)> {
    let node = fields.get("range")?;
    let expected = "two values, the low one first, such as `[\"20ms\", \"90ms\"]`";
    let Some([low, high]) = node.list() else {
        r.wrong_kind(node, expected);
        return None;
    };
    let mut ends = [0.0; 2];
    for (end, node) in ends.iter_mut().zip([low, high]) {
        let (value, found) = plain(r.amount(node, expected)?);
        let same = found == unit || (found == ParamUnit::Number && unit == ParamUnit::Share);
        if !same {
            let found = format!("`{}` has a different unit from the value", node.written());
            r.push(Diagnostic::new("E021", found).at(node.place));
            return None;
        }
        *end = value;
    }
    if ends[0] >= ends[1] {
        let found = "the low end of the range is not below the high end";
        r.push(Diagnostic::new("E006", found).at(node.place));
        return None;
    }
    Some((ends[0], ends[1]))
}
