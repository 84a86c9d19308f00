//! How a data file of arrivals is to be read: what `file` says when it is a table.
//!
//! One idea: a series that was measured is replayed as it was, faster or slower, and every row
//! brings as many users as it says. What the file holds is not known here.

use crate::base::time::{Span, Time};
use crate::model::document::Node;
use crate::model::reader::{Fields, Reader};
use crate::model::table::{Kind, TableDef, key};
use crate::text::Diagnostic;

pub(super) static FILE: TableDef = TableDef {
    name: "`file` of arrivals",
    doc: "Arrivals from a data file.",
    keys: &[
        key(
            "path",
            Kind::File,
            "",
            "the file, from the folder of the model",
        ),
        key("columns", Kind::Texts, "found", COLUMNS_DOC),
        key(
            "time",
            Kind::Text,
            "found",
            "the column of the times, in place of `columns`",
        ),
        key(
            "value",
            Kind::Text,
            "found",
            "the column of the rates or counts, in place of `columns`",
        ),
        key("is", Kind::Words(IS_WORDS), "\"rate\"", IS_DOC),
        key(
            "unit",
            Kind::Text,
            "\"s\"",
            "the unit of its times; of times since 1970 it is found",
        ),
        key(
            "per",
            Kind::Duration,
            "\"1s\"; of a `count`, until the next row",
            "the time in which its rates count users",
        ),
        key("speed", Kind::Number, "1", SPEED_DOC),
        key("gaps", Kind::Words(GAPS_WORDS), "\"bridge\"", GAPS_DOC),
    ],
};

const COLUMNS_DOC: &str = "the columns by name or number from 1: of the times, then of the rates; \
                           the times alone make every row one user";
const IS_DOC: &str = "what a value is: a `rate`, or the `count` of users from its time on";
const SPEED_DOC: &str = "how many times faster than it was measured it is replayed; the users stay \
                         as many";
const GAPS_DOC: &str = "what holds where a rate is missing: a straight line between its \
                        neighbours (`bridge`), the rate before (`hold`), nobody (`zero`)";
const IS_WORDS: &[&str] = &["rate", "count"];
const IS: [(&str, bool); 2] = [("rate", false), ("count", true)];
const GAPS_WORDS: &[&str] = &["bridge", "hold", "zero"];
const GAPS: [(&str, Gaps); 3] = [
    ("bridge", Gaps::Bridge),
    ("hold", Gaps::Hold),
    ("zero", Gaps::Zero),
];
/// Least and most of `speed`.
const SPEEDS: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// What holds where a rate is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gaps {
    /// A straight line between its neighbours.
    Bridge,
    /// The rate before.
    Hold,
    /// Nobody comes.
    Zero,
}

/// How the model wants a file read.
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) columns: Vec<String>,
    pub(super) unit: Option<i128>,
    pub(super) per: Option<Span>,
    pub(super) gaps: Option<Gaps>,
    /// Whether values count users and are no rates.
    pub(super) counts: bool,
    pub(super) speed: f64,
}

/// Reads what `file` asks for.
pub(super) fn asked<'a>(r: &mut Reader<'a>, node: &'a Node) -> Option<Asked> {
    if node.table().is_none() {
        return Some(Asked {
            path: r.text(node)?,
            columns: Vec::new(),
            unit: None,
            per: None,
            gaps: None,
            counts: false,
            speed: 1.0,
        });
    }
    let fields = r.fields(node, &FILE)?;
    let path = fields.require(r, "path").and_then(|node| r.text(node));
    let unit = match fields.get("unit") {
        Some(node) => Some(unit(r, node)?),
        None => None,
    };
    Some(Asked {
        columns: columns(r, &fields)?,
        per: fields.period(r, "per"),
        gaps: fields.word(r, "gaps", &GAPS),
        counts: fields.word(r, "is", &IS).unwrap_or(false),
        speed: speed(r, &fields)?,
        path: path?,
        unit,
    })
}

fn speed<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<f64> {
    let Some(node) = fields.get("speed") else {
        return Some(1.0);
    };
    let speed = r.number(node, 0.0)?;
    if !SPEEDS.contains(&speed) {
        r.out_of_range(node, "a number from 0.000001 to 1000000");
        return None;
    }
    Some(speed)
}

fn columns<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Vec<String>> {
    let mut named = Vec::new();
    for key in ["time", "value"] {
        if let Some(node) = fields.get(key) {
            named.push((key, r.text(node)?));
        }
    }
    let Some(node) = fields.get("columns") else {
        if let [("value", _)] = named.as_slice() {
            let found = "`value` alone does not say where the times are";
            let diagnostic = Diagnostic::new("E040", found).at(fields.key_place("value"));
            r.push(diagnostic.help("name their column too: `time = \"at\"`"));
            return None;
        }
        return Some(named.into_iter().map(|(_, column)| column).collect());
    };
    if let Some((key, _)) = named.first() {
        let found = format!("both `columns` and `{key}` name columns");
        let diagnostic = Diagnostic::new("E040", found).at(fields.key_place(key));
        r.push(diagnostic.help("leave one of them out"));
        return None;
    }
    let expected = "one or two columns, such as `[\"Time\", \"rps\"]`";
    match node.list() {
        Some(items) if (1..=2).contains(&items.len()) => {
            items.iter().map(|item| r.text(item)).collect()
        }
        _ => {
            r.wrong_kind(node, expected);
            None
        }
    }
}

/// The nanoseconds of a unit of time.
pub(crate) fn unit(r: &mut Reader<'_>, node: &Node) -> Option<i128> {
    let unit = r.text(node)?;
    match Time::parse(&format!("1{unit}")) {
        Ok(one) => Some(i128::from(one.nanos())),
        Err(_) => {
            let diagnostic = Diagnostic::new("E007", format!("`{unit}` is not a unit of time"));
            let help = "units are ns, us, ms, s, m, h, d";
            r.push(diagnostic.at(node.place).help(help));
            None
        }
    }
}
