//! An answer as the page shows it: drawn by the code that draws the report.
//!
//! One idea: the page takes the report itself, so that nothing is drawn in two ways. The policy of
//! the page allows no style within an element, so those few travel under another name and the page
//! puts them back. What a report has for all results alike (style, script) stands at addresses of
//! its own.

use serde::Serialize;

use super::asked::{Ask, Stage};
use crate::report::{html, number, words};
use crate::results::{Estimate, ReadFailure, Results, Unit, from_json};

/// The body of the report of these results, without styles within elements; of a preview the first
/// screen alone, which is soon drawn.
pub(super) fn answer(results: &Results, stage: Stage) -> String {
    let page = match stage {
        Stage::Preview => html::first_screen(results),
        Stage::Full => html::page(results),
    };
    let main = between(&page, "<main>", "</main>");
    let figures = page.find(FIGURES).map_or("", |at| &page[at..]);
    let end = figures
        .find("</script>")
        .map_or(0, |at| at + "</script>".len());
    let body = format!("<main>{main}</main>{}", &figures[..end]);
    body.replace(" style=\"", " data-style=\"")
}

/// Where the figures stand that the script of a report reads.
const FIGURES: &str = "<script id=\"data\"";

/// What every report looks like.
pub(super) fn style() -> String {
    between(&html::page(&Results::default()), "<style>", "</style>")
}

/// What every report can do, to be called when one was put in place.
pub(super) fn script() -> String {
    let page = html::page(&Results::default());
    let script = between(&page, "<script>", "</script>");
    format!("window.drawReport = () => {{\n{script}\n}};\n")
}

fn between(page: &str, from: &str, to: &str) -> String {
    let (_, rest) = page.split_once(from).unwrap_or_default();
    rest.split(to).next().unwrap_or_default().to_owned()
}

/// The one sentence that says how it came out, for those who hear the page.
pub(super) fn sentence(results: &Results, ask: Ask) -> String {
    match ask {
        Ask::Run => words::question_answered(results).unwrap_or_else(|| words::answer(results)),
        Ask::Size | Ask::Sweep | Ask::Tip | Ask::Uncertain => {
            let parts = words::lead(results).into_iter();
            parts.map(|(_, text)| text).collect()
        }
    }
}

/// How wide the intervals of the share of served users are, at most: `± 2.4 points`. Nothing where
/// one launch has none.
pub(super) fn width(results: &Results) -> Option<String> {
    let variants = results.variants.values();
    let shares = variants.filter_map(|variant| variant.users.share.served.as_ref());
    let widths = shares.filter_map(|share| Some((share.high? - share.low?) / 2.0));
    let widest = widths.fold(None, |most: Option<f64>, width| {
        Some(most.map_or(width, |most| most.max(width)))
    })?;
    Some(format!("± {} points", number::points(widest)))
}

/// What a variant did, to hold it against another run.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    name: String,
    label: String,
    cells: Vec<Cell>,
}

/// One figure.
#[derive(Debug, Serialize)]
struct Cell {
    /// What it is of.
    what: String,
    /// As it is printed.
    said: String,
    /// As a number; none if it is never reached, or absent.
    value: Option<f64>,
    /// Whether it is a share of 1.
    share: bool,
}

impl Cell {
    fn of(what: String, value: Option<&Estimate>, unit: Unit) -> Cell {
        Cell {
            what,
            said: words::estimate(value, unit),
            value: value.and_then(|value| value.estimate),
            share: unit == Unit::Share,
        }
    }
}

/// The metric that every run has.
const SERVED: &str = "share(served)";

/// The figures of a run, a row a variant: the objectives, and who is served if none says it.
pub(super) fn figures(results: &Results) -> Vec<Row> {
    let all = results.order.iter();
    let all = all.filter_map(|name| Some((name, results.variants.get(name)?)));
    let row = |(name, variant): (&String, &crate::results::Variant)| {
        let served = variant.users.share.served.as_ref();
        let mut cells = Vec::new();
        if !variant.objectives.iter().any(|one| one.metric == SERVED) {
            cells.push(Cell::of(SERVED.to_owned(), served, Unit::Share));
        }
        for one in &variant.objectives {
            let what = one.label.clone().unwrap_or_else(|| one.that.clone());
            cells.push(Cell::of(what, one.value.as_ref(), one.unit));
        }
        Row {
            name: name.clone(),
            label: words::variant_label(results, name),
            cells,
        }
    };
    all.map(row).collect()
}

/// The page that is kept: the same as `report.html` of the command line.
///
/// # Errors
/// If the text is no results document of this version.
pub(super) fn report(results: &str) -> Result<String, ReadFailure> {
    Ok(html::page(&from_json(results)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_report_is_taken_apart_without_loss() {
        let (style, script) = (style(), script());
        assert!(
            style.contains("--paper") || style.contains("body"),
            "{style}"
        );
        assert!(script.starts_with("window.drawReport") && script.len() > 500);
        let results = sample::compare();
        for stage in [Stage::Preview, Stage::Full] {
            let body = answer(&results, stage);
            assert!(body.starts_with("<main>") && body.contains("</main>"));
            assert!(body.contains(FIGURES), "{body}");
            assert!(!body.contains(" style=\"") && !body.contains("<style"));
        }
        let length = |stage| answer(&results, stage).len();
        assert!(2 * length(Stage::Preview) < length(Stage::Full));
        let figures = figures(&results);
        assert_eq!(figures.len(), results.order.len());
        assert!(figures.iter().all(|row| !row.cells.is_empty()));
    }

    #[test]
    fn one_launch_has_no_width() {
        let mut results = sample::compare();
        assert!(width(&results).is_some());
        for variant in results.variants.values_mut() {
            variant.users.share.served = None;
        }
        assert_eq!(width(&results), None);
    }
}
