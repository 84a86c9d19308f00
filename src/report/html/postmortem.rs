//! `postmortem.html`: the postmortem as one page that needs nothing else.
//!
//! One idea: it is written on by people, so it is plain: no script, tables open, pictures with what
//! they say; it has the style of the report and asks nobody for anything.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::STYLE;
use super::set::open_table;
use crate::report::chart::{self, Picture};
use crate::report::postmortem::{Block, blocks};
use crate::report::words;
use crate::results::Results;

/// Nothing is loaded from anywhere, and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// What only this page needs of style.
const OWN: &str = ".fill{border-left:4px solid var(--doubt);background:var(--soft);\
                   padding:8px 12px;margin:0 0 14px;max-width:74ch}.fill b{color:var(--doubt)}\
                   ul.told{padding-left:20px;max-width:80ch}ul.told li{margin:0 0 6px}\
                   .postmortem h2{margin-top:34px}.postmortem .scroll{margin:0 0 18px}\
                   .postmortem figure{margin:0 0 22px}\
                   .postmortem figure svg{max-width:100%;height:auto}\
                   @media print{.skip{display:none}}";

/// The page.
pub fn postmortem(results: &Results) -> String {
    let pictures = chart::pictures(results);
    let title = words::postmortem_title(results);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                link rel="icon" href="data:,";
                title { (title) " · onrush" }
                style { (PreEscaped(STYLE)) (PreEscaped(chart::page_rules())) (OWN) }
            }
            body {
                a.skip href="#section-0" { (words::SKIP) }
                main.postmortem {
                    p.kicker { @for part in words::kicker(results) { span { (part) } } }
                    h1 { (title) }
                    @for block in blocks(results, &pictures) { (set(results, &block)) }
                }
                footer { p { (words::provenance(results)) } }
            }
        }
    };
    markup.into_string()
}

fn set(results: &Results, block: &Block<'_>) -> Markup {
    match block {
        Block::Section(at) => html! {
            h2 id=(format!("section-{at}")) { (words::SECTIONS[*at]) }
        },
        Block::Text(text) => html! { p { (text) } },
        Block::Items(items) if items.is_empty() => html! {},
        Block::Items(items) => html! {
            ul.told { @for item in items { li { (item) } } }
        },
        Block::Fill(text) => html! {
            p.fill { b { (words::FILL_IN) } " " (text) }
        },
        Block::Rows(table) => open_table(table),
        Block::Drawn(picture) => drawn(results, picture),
    }
}

fn drawn(results: &Results, picture: &Picture) -> Markup {
    let (svg, _) = picture.in_page(results);
    html! {
        figure {
            figcaption { h3 { (picture.title()) } p { (picture.takeaway()) } }
            div.scroll tabindex="0" role="group" aria-label=(picture.title()) {
                (PreEscaped(svg))
            }
        }
    }
}
