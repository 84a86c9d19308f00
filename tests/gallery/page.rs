//! What the page and the README say of figures: one line each, inside or outside, and why.
//!
//! One idea: every number between the marks of a page follows from figures and launches, so a test
//! can write it and hold the page to it.

use std::fmt::Write as _;

use onrush::estimate::order;

use super::figures::{Figure, Kind};
use super::{Values, model, path, root};

/// How far the 95 % point may be from the 5 % point.
const WIDEST: f64 = 4.0;

/// A figure, and what launches gave for it: 5 %, 50 % and 95 % points, in the unit of the figure.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) figure: &'a Figure,
    /// Inputs drawn.
    drawn: [f64; 3],
    /// Inputs as they are written.
    written: [f64; 3],
}

impl Found<'_> {
    /// Whether the published figure lies inside of what launches gave with inputs drawn.
    pub(super) fn is_inside(&self) -> bool {
        lies_inside(self.figure, self.drawn)
    }
}

/// A number lies inside if it stands between the points. What was published as a range or a bound
/// lies inside if all between the points is within it, or if its middle stands between them; points
/// that are more than four times apart say nothing. An outcome has to come out in all between the
/// points.
fn lies_inside(figure: &Figure, [low, _, high]: [f64; 3]) -> bool {
    let middle = f64::midpoint(figure.least, figure.most);
    let holds_all = figure.least <= low && high <= figure.most;
    let has_middle = middle.is_finite() && low <= middle && middle <= high;
    match figure.kind {
        Kind::Number => high <= low * WIDEST && (holds_all || has_middle),
        Kind::Outcome => holds_all,
    }
}

/// The 5 %, 50 % and 95 % points of what launches gave.
fn points(figure: &Figure, values: &Values, drawn: bool) -> [f64; 3] {
    let of = |variant: &str| {
        let (model, metric) = (figure.model.clone(), figure.metric.clone());
        &values[&(model, variant.to_owned(), metric, drawn)]
    };
    let below = figure.over_baseline.then(|| of(""));
    let launches = of(&figure.variant).iter().enumerate();
    let all = launches.map(|(launch, value)| {
        let value = value.unwrap_or(f64::NAN);
        let under = below.map_or(1.0, |all| all[launch].unwrap_or(f64::NAN));
        value / under * figure.times
    });
    let sorted = order::sorted(all.map(|value| if value.is_nan() { f64::INFINITY } else { value }));
    [0.05, 0.5, 0.95].map(|q| order::of_sorted(&sorted, q).expect("there are launches"))
}

/// All figures with what launches gave.
pub(super) fn found<'a>(figures: &'a [Figure], values: &Values) -> Vec<Found<'a>> {
    let found = figures.iter().map(|figure| Found {
        figure,
        drawn: points(figure, values, true),
        written: points(figure, values, false),
    });
    found.collect()
}

/// How many checked figures of a kind lie inside, of how many.
pub(super) fn counted(found: &[Found<'_>], kind: Kind) -> (usize, usize) {
    let of_kind = |found: &&Found<'_>| found.figure.is_checked() && found.figure.kind == kind;
    let all = found.iter().filter(of_kind);
    let inside = all.clone().filter(|found| found.is_inside());
    (inside.count(), all.count())
}

/// The same numbers without draws: only chance differs between launches.
fn counted_as_written(found: &[Found<'_>]) -> (usize, usize) {
    let of_kind =
        |found: &&Found<'_>| found.figure.is_checked() && found.figure.kind == Kind::Number;
    let all = found.iter().filter(of_kind);
    let inside = all
        .clone()
        .filter(|found| lies_inside(found.figure, found.written));
    (inside.count(), all.count())
}

/// The sentence of the README.
pub(super) fn count(found: &[Found<'_>]) -> String {
    let (numbers, of_numbers) = counted(found, Kind::Number);
    let (outcomes, of_outcomes) = counted(found, Kind::Outcome);
    format!(
        "Of {of_numbers} published numbers that no model was fitted to, {numbers} lie between the\n\
         5 % and the 95 % point of launches, none of these more than a factor of four apart; of\n\
         {of_outcomes} outcomes (it held, it stayed down), {outcomes} come out as they did. The\n\
         others stand there too, each with its reason.\n"
    )
}

/// The page's part: one table for each model.
pub(super) fn tables(found: &[Found<'_>]) -> String {
    let (inside, all) = counted_as_written(found);
    let mut text = count(found);
    let _ = writeln!(
        text,
        "With all inputs as they are written, where only chance differs between launches,\n\
         {inside} of the {all} numbers lie inside: what nobody published moves more than chance."
    );
    let mut rest = found;
    while let Some(first) = rest.first() {
        let name = &first.figure.model;
        let len = rest.iter().take_while(|found| found.figure.model == *name);
        let (of_model, others) = rest.split_at(len.count());
        text += &table(name, of_model);
        rest = others;
    }
    text
}

fn table(name: &str, found: &[Found<'_>]) -> String {
    let path = path(name);
    let report = path.trim_start_matches("models/").trim_end_matches(".toml");
    assert!(
        root().join("reports").join(report).exists(),
        "{report} has a report"
    );
    let mut text = format!("\n## {}\n\n", model(name).title);
    if let Some(question) = &model(name).question {
        let _ = writeln!(text, "*{}*\n", question.text);
    }
    let _ = writeln!(
        text,
        "[The model](../{path}), [its report](../reports/{report}/summary.md).\n"
    );
    text += "| figure | published | as written | launches, p5 to p95 | verdict |\n";
    text += "| --- | --- | --- | --- | --- |\n";
    for found in found {
        let Found {
            figure,
            drawn,
            written,
        } = found;
        let what = match figure.variant.as_str() {
            "" => figure.what.clone(),
            variant => format!("{} (`{variant}`)", figure.what),
        };
        let _ = writeln!(
            text,
            "| {what} | {} | {} | {} to {} | {} |",
            figure.published,
            shown(figure, written[1]),
            shown(figure, drawn[0]),
            shown(figure, drawn[2]),
            verdict(found),
        );
    }
    text
}

fn verdict(found: &Found<'_>) -> String {
    if !found.figure.is_checked() {
        return "fitted".to_owned();
    }
    if found.is_inside() {
        return "inside".to_owned();
    }
    let [low, _, high] = found.drawn;
    let said = if high > low * WIDEST {
        "too wide"
    } else {
        "outside"
    };
    format!("**{said}**: {}", found.figure.why)
}

/// A value with three digits and its unit.
fn shown(figure: &Figure, value: f64) -> String {
    if value.is_infinite() {
        return "never".to_owned();
    }
    let digits = match value.abs() {
        small if small < 9.995 => 2,
        middle if middle < 99.95 => 1,
        _ => 0,
    };
    let mut text = format!("{value:.digits$}");
    if text.contains('.') {
        text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    match figure.unit.as_str() {
        "" => text,
        rate if rate.starts_with('/') => text + rate,
        unit => format!("{text} {unit}"),
    }
}

const BEGIN: &str = "<!-- gallery -->\n";
const END: &str = "<!-- end -->";

/// A page with its part replaced; `None` if it has none.
pub(super) fn with_part(page: &str, part: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{part}{END}{after}"))
}

#[test]
fn a_figure_lies_inside_or_not() {
    let of = |least: f64, most: f64| Figure {
        least,
        most,
        ..super::figures::all()[0].clone()
    };
    let cases = [
        (of(55.0, 55.0), [50.0, 54.0, 60.0], true),
        (of(55.0, 55.0), [56.0, 57.0, 60.0], false),
        (of(55.0, 55.0), [10.0, 50.0, 60.0], false),
        (of(0.0, 0.0), [0.0, 0.0, 0.0], true),
        (of(0.0, 0.5), [0.0, 0.1, 0.4], false),
        (of(2.0, f64::INFINITY), [2.5, 3.0, 4.0], true),
        (of(2.0, f64::INFINITY), [1.5, 3.0, 4.0], false),
        (of(6.0, 8.0), [5.0, 6.0, 7.5], true),
        (of(6.0, 8.0), [5.0, 5.5, 6.9], false),
        (of(6.0, 8.0), [6.1, 6.2, 6.3], true),
    ];
    for (figure, points, expected) in cases {
        assert_eq!(
            lies_inside(&figure, points),
            expected,
            "{points:?} of {figure:?}"
        );
    }
}
