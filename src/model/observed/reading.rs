//! `[observed]` as it is written.

use super::measured::{self, Asked, Column};
use super::{Figure, Give, Observed, Offset, Series};
use crate::base::time::Span;
use crate::model::arrival::replay::unit;
use crate::model::document::{Entry, Node};
use crate::model::files::instants::Calendar;
use crate::model::metric::names::Names;
use crate::model::metric::parse::{condition, metric};
use crate::model::metric::{Metric, Nature, Statistic, Unit};
use crate::model::reader::{Fields, Reader, inside};
use crate::model::table::{Kind, TableDef, key};
use crate::model::value::{self, Amount, Thing};
use crate::text::{Diagnostic, Place};

/// `[observed]`.
pub(crate) static OBSERVED: TableDef = TableDef {
    name: "`[observed]`",
    doc: "What was measured: series from a file, and published single figures.",
    keys: &[
        key(
            "file",
            Kind::File,
            "",
            "the file with the series, from the folder of the model",
        ),
        key(
            "time",
            Kind::Text,
            "found",
            "the column of the times, by name or number from 1",
        ),
        key("match", Kind::Matches, "", MATCH_DOC),
        key(
            "offset",
            Kind::Either(&[Kind::Instant, Kind::Words(&["auto"])]),
            "\"0s\"",
            OFFSET_DOC,
        ),
        key("unit", Kind::Text, "\"s\"", UNIT_DOC),
        key("per", Kind::Duration, "until the next row", PER_DOC),
        key("give", Kind::Any, "0", GIVE_DOC),
        key(
            "check",
            Kind::Texts,
            "none",
            "columns that a calibration never uses",
        ),
        key(
            "figure",
            Kind::Tables(&FIGURE),
            "",
            "published single figures",
        ),
    ],
};

const MATCH_DOC: &str = "columns, and the metric that each of them is, with its unit: \
                         `{ p95_ms = \"p95(login.time) in ms\" }`";
const OFFSET_DOC: &str = "what is added to the times of the file, for clocks that differ; `auto` \
                          finds what makes the series most alike";
const UNIT_DOC: &str = "the unit of its times; of times since 1970 it is found";
const PER_DOC: &str = "for how long a row counts";
const GIVE_DOC: &str = "the standard error of every value: an amount in the unit of the metric, or \
                        a percentage of the value (of a share, points)";

/// `[[observed.figure]]`.
static FIGURE: TableDef = TableDef {
    name: "a figure",
    doc: "A single figure that was published.",
    keys: &[
        key("that", Kind::Text, "", "the metric"),
        key(
            "is",
            Kind::Either(&[Kind::Any, Kind::Range]),
            "",
            "its value, or the least and the most that it was",
        ),
        key("give", Kind::Any, "0", GIVE_DOC),
        key("check", Kind::Flag, "false", CHECK_DOC),
    ],
};

const CHECK_DOC: &str = "whether a calibration never uses it, so that it can be held against it";

/// Reads `[observed]`.
pub(crate) fn read(r: &mut Reader<'_>, names: &Names, clock: Calendar) -> Option<Observed> {
    let node = r.document.get("observed")?;
    let fields = r.fields(node, &OBSERVED)?;
    let offset = offset(r, &fields).unwrap_or(Offset::Given(Span::ZERO));
    let columns = columns(r, &fields, names);
    let series = match (fields.get("file"), columns.is_empty()) {
        (Some(file), false) => series(r, &fields, (file, columns), (offset, clock)),
        (Some(_), true) => {
            let written = fields.require(r, "match").and_then(Node::table);
            if written.is_some_and(|table| table.entries.is_empty()) {
                let found = "no column of the file is a metric";
                let diagnostic = Diagnostic::new("E085", found).at(fields.key_place("match"));
                r.push(diagnostic.help("write `match = { rps = \"rate(login)\" }`"));
            }
            None
        }
        (None, false) => {
            fields.require(r, "file");
            None
        }
        (None, true) => None,
    };
    let items = fields
        .get("figure")
        .and_then(Node::list)
        .unwrap_or_default();
    let mut figures = Vec::new();
    for item in items {
        if let Some(fields) = r.fields(item, &FIGURE) {
            figures.extend(figure(r, &fields, names));
        }
    }
    let series = series.unwrap_or_default();
    let silent = ["file", "match"]
        .iter()
        .all(|key| fields.get(key).is_none());
    if silent && items.is_empty() {
        let diagnostic = Diagnostic::new("E003", "`[observed]` says nothing").at(fields.place);
        let help = "name a `file` with a `match`, or write figures as `[[observed.figure]]`";
        r.push(diagnostic.help(help));
    }
    Some(Observed {
        offset,
        series,
        figures,
    })
}

fn offset<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Offset> {
    let node = fields.get("offset")?;
    match node.text() {
        Some("auto") => Some(Offset::Auto),
        _ => Some(Offset::Given(Span(r.instant(node)?.0))),
    }
}

/// What the columns are.
fn columns<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, names: &Names) -> Vec<(Column, Metric)> {
    let Some(node) = fields.get("match") else {
        return Vec::new();
    };
    let Some(table) = node.table() else {
        let expected = "columns and metrics, such as `{ rps = \"rate(login)\" }`";
        r.wrong_kind(node, expected);
        return Vec::new();
    };
    let entries = table.entries.iter();
    entries
        .filter_map(|entry| column(r, entry, names))
        .collect()
}

fn column(r: &mut Reader<'_>, entry: &Entry, names: &Names) -> Option<(Column, Metric)> {
    let text = r.text(&entry.node)?;
    let place = inside(&entry.node);
    let (asked, unit) = match text.rsplit_once(" in ") {
        Some((asked, unit)) => (asked, Some(unit.trim())),
        None => (text.as_str(), None),
    };
    let range = place.range();
    let part = |from: usize, to: usize| match range.len() == text.len() {
        true => Place::new(place.file, range.start + from..range.start + to),
        false => place,
    };
    let read = metric(asked, part(0, asked.len()), names, r);
    let metric = r.keep(read)?;
    comparable(r, &metric, place)?;
    let factor = match unit {
        Some(unit) => {
            let at = text.len() - unit.len();
            factor(r, unit, &metric, part(at, text.len()))?
        }
        None => {
            doubt(r, entry, &metric);
            1.0
        }
    };
    let column = Column {
        name: entry.key.clone(),
        factor,
        is_time: metric.unit() == Unit::Seconds,
        place: entry.place,
    };
    Some((column, metric))
}

/// Whether a metric can be taken over each stretch of a series.
fn comparable(r: &mut Reader<'_>, metric: &Metric, place: Place) -> Option<()> {
    let single = matches!(metric.statistic, Statistic::Value | Statistic::At(_))
        || matches!(metric.quantity.nature(), Nature::Instant | Nature::Chance);
    let (found, help) = if single {
        let found = format!("`{metric}` is one figure of a launch, not a series");
        (found, "write it as a figure: `[[observed.figure]]`")
    } else if metric.window.is_some() || metric.within.is_some() {
        let found = format!("`{metric}` says over which time it is taken, as every row does");
        (found, "leave its window and its part of the time out")
    } else {
        return Some(());
    };
    r.push(Diagnostic::new("E085", found).at(place).help(help));
    None
}

/// What a number of a column is multiplied by.
fn factor(r: &mut Reader<'_>, unit: &str, metric: &Metric, place: Place) -> Option<f64> {
    let expected = match metric.unit() {
        Unit::Seconds => "`ms` or `s`",
        Unit::Share => "`%`",
        Unit::PerSecond => "`/s` or `/min`",
        Unit::Count | Unit::CountSeconds | Unit::Ratio => "no unit, or `k` for thousands",
    };
    let one = value::parse(&format!("1{unit}"), Place::default(), r).ok();
    match (one, metric.unit()) {
        (Some(Thing::Amount(Amount::Time(one))), Unit::Seconds) => Some(one.as_secs_f64()),
        (Some(Thing::Amount(Amount::Percent(one))), Unit::Share) => Some(one),
        (Some(Thing::Amount(Amount::Rate(one))), Unit::PerSecond) => Some(one),
        (Some(Thing::Amount(Amount::Number(one))), Unit::Count | Unit::Ratio) => Some(one),
        _ => {
            let found = format!("`{unit}` is no unit of `{metric}`");
            let diagnostic = Diagnostic::new("E064", found).at(place);
            r.push(diagnostic.expected(format!("expected {expected}")));
            None
        }
    }
}

/// A column whose name says its unit, of a match that does not.
fn doubt(r: &mut Reader<'_>, entry: &Entry, metric: &Metric) {
    let name = entry.key.to_lowercase();
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    let unit = match metric.unit() {
        Unit::Seconds if ends(&["ms", "millis", "milliseconds"]) => "ms",
        Unit::Seconds if ends(&["_us", "micros", "microseconds"]) => "us",
        Unit::Share if ends(&["%", "percent", "pct"]) => "%",
        Unit::PerSecond if ends(&["rpm", "per_minute", "/min"]) => "/min",
        _ => return,
    };
    let usual = match metric.unit() {
        Unit::Seconds => "seconds",
        Unit::Share => "shares from 0 to 1",
        _ => "numbers a second",
    };
    let found = format!("`{}` is read in {usual}", entry.key);
    let help = format!("write its unit: `\"{metric} in {unit}\"`");
    r.push(Diagnostic::new("W013", found).at(entry.place).help(help));
}

/// The series of the columns.
fn series<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    (file, columns): (&'a Node, Vec<(Column, Metric)>),
    (offset, clock): (Offset, Calendar),
) -> Option<Vec<Series>> {
    let path = r.text(file)?;
    let unit = match fields.get("unit") {
        Some(node) => Some(unit(r, node)?),
        None => None,
    };
    let asked = Asked {
        path: &path,
        time: fields.text(r, "time"),
        unit,
        per: fields.period(r, "per"),
        offset: match offset {
            Offset::Given(offset) => Some(offset),
            Offset::Auto => None,
        },
        clock,
        place: file.place,
    };
    let held_out = held_out(r, fields, &columns);
    let (columns, metrics): (Vec<Column>, Vec<Metric>) = columns.into_iter().unzip();
    let found = measured::series(r, &asked, &columns)?;
    let mut all = Vec::new();
    for ((column, metric), stretches) in columns.into_iter().zip(metrics).zip(found) {
        let give = fields
            .get("give")
            .and_then(|node| give(r, node, metric.unit()));
        all.push(Series {
            check: held_out.contains(&column.name),
            column: column.name,
            metric,
            stretches,
            give: give.unwrap_or(Give::Absolute(0.0)),
            place: column.place,
        });
    }
    Some(all)
}

/// The columns that a calibration never uses.
fn held_out<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    columns: &[(Column, Metric)],
) -> Vec<String> {
    let Some(node) = fields.get("check") else {
        return Vec::new();
    };
    let Some(items) = node.list() else {
        r.wrong_kind(node, "a list of columns such as `[\"p95_ms\"]`");
        return Vec::new();
    };
    let known = || columns.iter().map(|(column, _)| column.name.as_str());
    let mut named = Vec::new();
    for item in items {
        let Some(name) = r.text(item) else { continue };
        if known().any(|one| one == name) {
            named.push(name);
            continue;
        }
        let found = format!("`match` has no column `{name}`");
        let help = crate::text::nearest::suggestion(&name, known());
        r.push(
            Diagnostic::new("E010", found)
                .at(item.place)
                .maybe_help(help),
        );
    }
    named
}

/// A standard error; a percentage is a part of the value, of a share it is points.
fn give(r: &mut Reader<'_>, node: &Node, unit: Unit) -> Option<Give> {
    let amount = r.amount(node, "an amount in the unit of the metric, or a percentage")?;
    let give = match (amount, unit) {
        (Amount::Percent(share) | Amount::Number(share), Unit::Share) => Give::Absolute(share),
        (Amount::Percent(part), _) => Give::Relative(part),
        (Amount::Time(time), Unit::Seconds) => Give::Absolute(time.as_secs_f64()),
        (Amount::Rate(rate), Unit::PerSecond) => Give::Absolute(rate),
        (Amount::Number(n), Unit::Count | Unit::CountSeconds | Unit::Ratio) => Give::Absolute(n),
        (Amount::Number(0.0), _) => Give::Absolute(0.0),
        (found, _) => {
            let found = format!("{} does not fit the metric", found.kind());
            let diagnostic = Diagnostic::new("E064", found).at(node.place);
            r.push(diagnostic.expected("expected the unit of the metric, or a percentage"));
            return None;
        }
    };
    match give {
        Give::Absolute(error) | Give::Relative(error) if error >= 0.0 => Some(give),
        _ => {
            r.out_of_range(node, "a standard error that is not negative");
            None
        }
    }
}

fn figure<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, names: &Names) -> Option<Figure> {
    let that = fields.require(r, "that")?;
    let is = fields.require(r, "is")?;
    let text = r.text(that)?;
    let read = metric(&text, inside(that), names, r);
    let metric = r.keep(read)?;
    let (low, high) = match is.list() {
        Some([low, high]) => (limit(r, &text, low, names)?, limit(r, &text, high, names)?),
        Some(_) => {
            r.wrong_kind(is, "one value, or two, the least first: `[20_000, 99_000]`");
            return None;
        }
        None => {
            let value = limit(r, &text, is, names)?;
            (value, value)
        }
    };
    if low > high {
        let found = "the low end of the range is not below the high end";
        r.push(Diagnostic::new("E006", found).at(is.place));
        return None;
    }
    let give = match fields.get("give") {
        Some(node) => give(r, node, metric.unit())?.of(f64::midpoint(low, high)),
        None => 0.0,
    };
    Some(Figure {
        metric,
        low,
        high,
        give,
        check: fields.flag(r, "check").unwrap_or(false),
        place: that.place,
    })
}

/// A value of a metric, in its unit: read as the limit of a condition is.
fn limit(r: &mut Reader<'_>, that: &str, node: &Node, names: &Names) -> Option<f64> {
    let written = node.text().map_or_else(|| node.written(), str::to_owned);
    let read = condition(&format!("{that} >= {written}"), node.place, names, r);
    r.keep(read).map(|found| found.limit)
}
