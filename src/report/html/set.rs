//! How tables and charts are set in the page.
//!
//! One idea: a chart is a figure with its title and takeaway beside it and its figures behind it;
//! a table is behind its caption, unless a planner quotes from it.

use maud::{Markup, PreEscaped, html};

use crate::report::chart::outcome;
use crate::report::chart::{Kind, Picture, heat, level};
use crate::report::table::{self, Table};
use crate::report::{reading, words};
use crate::results::{Results, Variant, key};

/// A picture with its takeaway and its table.
pub(super) fn figure(results: &Results, picture: &Picture) -> Markup {
    let (drawn, clocks) = picture.in_page(results);
    let clocks: Vec<String> = clocks.iter().map(told).collect();
    let clocks = (!clocks.is_empty()).then(|| clocks.join(";"));
    let name = picture.variant(results);
    html! {
        figure.chart id=(format!("chart-{}", picture.name)) data-variant=(name)
            data-name=(picture.name) {
            div.pane.scroll tabindex="0" role="group" aria-label=(picture.title())
                data-clocks=[clocks] data-rows=(read_by_cursor(results, picture)) {
                (PreEscaped(drawn))
            }
            figcaption {
                h3 { (picture.title()) }
                p { (picture.takeaway()) }
                (tools())
                details {
                    summary { (words::SHOW_TABLE) }
                    (open_table(&table::of_picture(results, picture)))
                }
            }
        }
    }
}

/// Numbers with four decimals at most, one after the other.
fn told(clock: &[f64; 6]) -> String {
    let short = clock.iter().map(|v| format!("{}", (v * 1e4).round() / 1e4));
    short.collect::<Vec<_>>().join(" ")
}

/// The ways to take a chart along; the script shows them.
pub(super) fn tools() -> Markup {
    html! {
        p.tools hidden {
            span { (words::TAKE) ": " }
            button type="button" data-take="svg" { (super::control("as-svg")) }
            button type="button" data-take="png" { (super::control("as-png")) }
            button type="button" data-take="csv" { (super::control("as-csv")) }
        }
    }
}

/// The series that a cursor over a picture reads: label, key, variant.
fn read_by_cursor(results: &Results, picture: &Picture) -> String {
    let name = picture.variant(results);
    let nobody = Variant::default();
    let variant = results.variants.get(name).unwrap_or(&nobody);
    let times = |step: &str| -> Vec<(String, String)> {
        let forms = ["p50", "p95", "p99"].into_iter();
        let mut all: Vec<(String, String)> = forms
            .map(|form| (form.to_owned(), key::ok_time(form, step)))
            .collect();
        all.push((words::SHARE_WHO_GOT_IN.to_owned(), key::share_ok(step)));
        all
    };
    match &picture.kind {
        Kind::Outcome => {
            let layers = outcome::layers(variant);
            let all = layers.iter().filter(|layer| layer.name != "inside");
            let counts = all.map(|l| (words::outcome_word(l.name), key::count(l.name)));
            rows(name, counts.collect())
        }
        Kind::Heat => {
            let all = heat::rows(&results.model, variant).into_iter();
            let all = all.map(|row| (words::thing(results, row.name), key::held(row.name)));
            rows(name, all.collect())
        }
        Kind::Ribbon(step) | Kind::Density(step) => rows(name, times(step)),
        Kind::Growth(place) => of_all(results, &key::amplification(place)),
        Kind::Level(place) => {
            let number = level::panels(place).into_iter().next();
            number.map_or_else(String::new, |panel| of_all(results, &panel.series))
        }
        Kind::Spectrum(_)
        | Kind::Forest
        | Kind::Waterfall(..)
        | Kind::Multiples(_)
        | Kind::Funnel(_)
        | Kind::Servers(_)
        | Kind::Phase
        | Kind::Observed(_)
        | Kind::Profiles
        | Kind::Ladder
        | Kind::Frontier
        | Kind::Swept(_)
        | Kind::Scalability
        | Kind::Tip
        | Kind::Causes
        | Kind::Behind
        | Kind::Combined(..)
        | Kind::Tornado
        | Kind::Dots
        | Kind::Topology
        | Kind::Lanes => text(&Vec::<[String; 3]>::new()),
    }
}

/// One series of every variant.
fn of_all(results: &Results, key: &str) -> String {
    let all = reading::variants(results).map(|(variant, _)| {
        let label = words::variant_label(results, variant);
        [label, key.to_owned(), variant.to_owned()]
    });
    text(&all.collect::<Vec<_>>())
}

/// Rows of one variant, as the script reads them.
pub(super) fn rows(variant: &str, all: Vec<(String, String)>) -> String {
    let all = all.into_iter();
    let all = all.map(|(label, key)| [label, key, variant.to_owned()]);
    text(&all.collect::<Vec<_>>())
}

fn text(rows: &[[String; 3]]) -> String {
    serde_json::to_string(rows).expect("texts are JSON")
}

/// Tables behind their captions; nothing of those without rows.
pub(super) fn behind(tables: &[Table]) -> Markup {
    html! {
        @for table in tables.iter().filter(|table| !table.is_empty()) {
            details.table {
                summary { (table.caption) }
                (open_table(table))
            }
        }
    }
}

/// Longest cell that is kept in one line, characters.
const SHORT: usize = 28;

/// A table, if it has rows; what is wider than the page scrolls by itself.
pub(super) fn open_table(table: &Table) -> Markup {
    if table.is_empty() {
        return html! {};
    }
    html! {
        div.scroll tabindex="0" role="group" aria-label=(table.caption) {
            table {
                caption { (table.caption) }
                thead { tr { @for head in &table.head { th scope="col" { (head) } } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (index, cell) in row.iter().enumerate() {
                                @if index == 0 { th scope="row" { (cell) } } @else {
                                    @let long = cell.chars().count() > SHORT;
                                    td class=[long.then_some("long")] { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
