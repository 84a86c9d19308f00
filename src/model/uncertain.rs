//! What is concluded from guessed inputs, and which published figure tells plausible guesses.
//!
//! One idea: a conclusion is a list of conditions on variants, so it can be held against any draw
//! of the inputs from their ranges; a draw that misses what was published says nothing.

use super::document::Node;
use super::metric::names::Names;
use super::metric::parse::{Condition, condition};
use super::metric::{Comparison, Metric};
use super::reader::{Fields, Reader, inside};
use super::table::{Kind, TableDef, key};
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// `[uncertain]`.
pub(crate) static UNCERTAIN: TableDef = TableDef {
    name: "`[uncertain]`",
    doc: "Conclusions, and how often they hold when the parameters are drawn from their ranges.",
    keys: &[
        key("draws", Kind::Count, "200", "how many draws are made"),
        key(
            "keep",
            Kind::Table(&KEEP),
            "",
            "a published figure: draws that miss it do not count",
        ),
        key(
            "conclusion",
            Kind::Tables(&CONCLUSION),
            "",
            "the conclusions",
        ),
    ],
};

static KEEP: TableDef = TableDef {
    name: "`keep`",
    doc: "A published figure of the baseline, with its lowest and highest value.",
    keys: &[
        key("that", Kind::Text, "", "the metric"),
        key(
            "is",
            Kind::Range,
            "",
            "the lowest and the highest published value",
        ),
    ],
};

static CONCLUSION: TableDef = TableDef {
    name: "a conclusion",
    doc: "A sentence, and the conditions under which it is true.",
    keys: &[
        key("that", Kind::Text, "", "the sentence"),
        key(
            "holds",
            Kind::Texts,
            "",
            "conditions that all must hold: `variant: metric >= limit`, of the baseline where no \
             variant is named",
        ),
    ],
};

/// The most draws: as many points as a scrambled sequence has.
const DRAWS_MAX: u64 = 65_536;

/// What is concluded, and how it is held against draws of the inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertain {
    /// How many draws.
    pub draws: u32,
    /// Which of them count; all if absent.
    pub keep: Option<Keep>,
    /// The conclusions in the order of the file.
    pub conclusions: Vec<Conclusion>,
}

/// A published figure of the baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// What was published.
    pub metric: Metric,
    /// The least that it was, in the metric's unit.
    pub low: f64,
    /// The most that it was.
    pub high: f64,
}

/// A sentence with the conditions under which it is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Conclusion {
    /// The sentence.
    pub that: String,
    /// The conditions: all must hold.
    pub holds: Vec<Claim>,
}

/// A condition on one variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The condition as written.
    pub written: String,
    /// The variant, or `baseline`.
    pub variant: String,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared with the limit.
    pub comparison: Comparison,
    /// The limit in the metric's unit.
    pub limit: f64,
}

/// Reads `[uncertain]`.
pub(crate) fn read(r: &mut Reader<'_>, names: &Names) -> Option<Uncertain> {
    let node = r.document.get("uncertain")?;
    let fields = r.fields(node, &UNCERTAIN)?;
    let draws = fields.count(r, "draws", 1..=DRAWS_MAX).unwrap_or(200);
    let keep = fields
        .table(r, "keep", &KEEP)
        .and_then(|fields| keep(r, &fields, names));
    let mut conclusions = Vec::new();
    let items = fields.get("conclusion").and_then(Node::list);
    for item in items.unwrap_or_default() {
        let Some(fields) = r.fields(item, &CONCLUSION) else {
            continue;
        };
        conclusions.extend(conclusion(r, &fields, names));
    }
    Some(Uncertain {
        draws: draws as u32,
        keep,
        conclusions,
    })
}

fn keep<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, names: &Names) -> Option<Keep> {
    let that = fields.require(r, "that").and_then(|node| r.text(node))?;
    let is = fields.require(r, "is")?;
    let Some([low, high]) = is.list() else {
        r.wrong_kind(
            is,
            "two values, the least first, such as `[20_000, 99_000]`",
        );
        return None;
    };
    let mut limit = |sign: &str, node: &Node| {
        let written = node.text().map_or_else(|| node.written(), str::to_owned);
        let read = condition(&format!("{that} {sign} {written}"), node.place, names, r);
        r.keep(read)
    };
    let (least, most): (Option<Condition>, _) = (limit(">=", low), limit("<=", high));
    let (least, most) = (least?, most?);
    if least.limit > most.limit {
        let found = "the low end of the range is not below the high end";
        r.push(Diagnostic::new("E006", found).at(is.place));
    }
    Some(Keep {
        metric: least.metric,
        low: least.limit,
        high: most.limit,
    })
}

fn conclusion<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, names: &Names) -> Option<Conclusion> {
    let that = fields.require(r, "that").and_then(|node| r.text(node))?;
    let node = fields.require(r, "holds")?;
    let Some(items) = node.list() else {
        r.wrong_kind(
            node,
            "a list of conditions such as `[\"share(served) >= 95%\"]`",
        );
        return None;
    };
    let mut holds = Vec::new();
    for item in items {
        holds.push(claim(r, item, names)?);
    }
    Some(Conclusion { that, holds })
}

fn claim(r: &mut Reader<'_>, node: &Node, names: &Names) -> Option<Claim> {
    let text = r.text(node)?;
    let whole = inside(node);
    let (variant, rest) = match text.split_once(": ") {
        Some((variant, rest)) => (variant.trim(), rest),
        None => ("baseline", text.as_str()),
    };
    let known = r.names("variant");
    if variant != "baseline" && !known.contains(&variant) {
        let help = suggestion(variant, known);
        let found = format!("there is no variant `{variant}`");
        r.push(Diagnostic::new("E010", found).at(whole).maybe_help(help));
        return None;
    }
    let range = whole.range();
    let from = (range.start + text.len() - rest.len()).min(range.end);
    let read = condition(rest, Place::new(whole.file, from..range.end), names, r);
    let found = r.keep(read)?;
    Some(Claim {
        written: text.clone(),
        variant: variant.to_owned(),
        metric: found.metric,
        comparison: found.comparison,
        limit: found.limit,
    })
}
