//! `report.html`: one page that needs nothing else, from the answer to the assumptions.
//!
//! One idea: the first screen is the answer in the planner's words; evidence follows, general
//! before particular; then what was assumed. The page asks nobody for anything (its own policy
//! forbids it), follows the reader's theme, and has a table for every picture.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{chart, words};
use crate::results::Results;

mod data;
mod evidence;
mod first;
mod postmortem;
mod room;
mod set;
mod wall;

pub use postmortem::postmortem;

const STYLE: &str = include_str!("html/page.css");

/// What the page can do beyond being read, in the order in which its parts need each other.
const SCRIPT: [&str; 6] = [
    include_str!("html/page.js"),
    include_str!("html/cursor.js"),
    include_str!("html/look.js"),
    include_str!("html/compare.js"),
    include_str!("html/tables.js"),
    include_str!("html/take.js"),
];

/// Nothing is loaded from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      img-src data: blob:; base-uri 'none'; form-action 'none'";

/// The page.
pub fn page(results: &Results) -> String {
    let pictures = chart::pictures(results);
    let title = words::headline(results);
    let facts = data::facts(results);
    let script = script();
    let screen = first::screen(results);
    let around = screen.0.len() + script.len() + STYLE.len() + facts.to_string().len();
    let mut hung = room::hang(results, &pictures);
    let bare = evidence::questions(results, &hung.without_figures())
        .0
        .len();
    hung.spare(room::PAGE.saturating_sub(around + bare + room::SERIES));
    let body = html! {
        a.skip href="#answer" { (words::SKIP) }
        main {
            (screen)
            (evidence::questions(results, &hung))
        }
        footer { p { (words::provenance(results)) } }
    };
    let size = body.0.len() + script.len() + STYLE.len();
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
                style { (PreEscaped(STYLE)) (PreEscaped(chart::page_rules())) }
            }
            body {
                (body)
                (data::element(results, facts, size))
                script { (PreEscaped(script)) }
            }
        }
    };
    markup.into_string()
}

/// The first screen alone, with the figures that its script reads: for who shows an answer before
/// the evidence is worth drawing.
pub fn first_screen(results: &Results) -> String {
    let screen = html! { main { (first::screen(results)) } };
    let size = screen.0.len();
    html! { (screen) (data::element(results, data::facts(results), size)) }.into_string()
}

/// Its parts within one function of their own, so that nothing of them stands in the open.
fn script() -> String {
    format!("\"use strict\";(()=>{{\n{}}})();", SCRIPT.concat())
}

/// A word of the page's own controls.
fn control(name: &str) -> Markup {
    let found = words::CONTROLS.iter().find(|(key, _)| *key == name);
    html! { (found.map_or(name, |(_, word)| word)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{chart, sample, words};
    use crate::results::StandingVerdict;

    #[test]
    fn the_page_asks_nobody_for_anything() {
        let page = page(&sample::compare());
        for word in [
            "http://",
            "https://",
            "src=\"",
            "@import",
            "fetch(",
            "XMLHttp",
            "import(",
            "WebSocket",
        ] {
            assert!(!page.contains(word), "{word}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    /// A variant that serves more and answers later is neither better nor worse.
    #[test]
    fn a_variant_has_the_word_of_all_its_headline_metrics() {
        let mut results = sample::compare();
        let standing = crate::results::Standing {
            verdict: StandingVerdict::Mixed,
            ..crate::results::Standing::default()
        };
        let variant = results.variants.get_mut("patch-login").unwrap();
        variant.standing = Some(standing);
        let page = page(&results);
        let badge = "<li class=\"doubt\"><span class=\"badge\">\
                     <span aria-hidden=\"true\">± </span>mixed";
        assert_eq!(page.matches(badge).count(), 1);
        let cell = "<b class=\"badge doubt\"><span aria-hidden=\"true\">± </span>mixed";
        assert_eq!(page.matches(cell).count(), 1);
    }

    #[test]
    fn every_picture_has_title_description_and_table() {
        let results = sample::compare();
        let page = page(&results);
        let pictures = chart::pictures(&results);
        let own = pictures.iter();
        let own = own.filter(|p| !matches!(p.kind, chart::Kind::Multiples(_)));
        let figures: Vec<&str> = page.split("<figure class=\"chart\"").skip(1).collect();
        assert_eq!(figures.len(), own.count());
        for figure in figures {
            let figure = figure.split("</figure>").next().unwrap();
            for part in [
                "role=\"img\"",
                "<title id=",
                "<desc id=",
                "<table>",
                "<caption>",
            ] {
                assert!(figure.contains(part), "{part}");
            }
        }
        let small: Vec<&str> = page.split("<figure class=\"small\"").skip(1).collect();
        assert_eq!(small.len(), results.order.len());
        for figure in small {
            for part in ["role=\"img\"", "<title>", "<desc>"] {
                assert!(figure.contains(part), "{part}");
            }
        }
    }

    #[test]
    fn identities_are_unique_and_links_lead_somewhere() {
        let page = page(&sample::compare());
        let ids: Vec<&str> = after(&page, " id=\"");
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len());
        for link in after(&page, "href=\"#") {
            assert!(ids.contains(&link), "{link}");
        }
    }

    fn after<'a>(page: &'a str, mark: &str) -> Vec<&'a str> {
        let parts = page.split(mark).skip(1);
        parts.map(|part| part.split('"').next().unwrap()).collect()
    }

    #[test]
    fn the_answer_comes_first_and_every_input_is_listed() {
        let results = sample::compare();
        let page = page(&results);
        let at = |word: &str| page.find(word).unwrap_or_else(|| panic!("{word}"));
        assert!(at("class=\"answer\"") < at("<svg "));
        assert!(at("class=\"wall\"") < at("<table class=\"matrix\""));
        let places = words::questions(&results).into_iter();
        let places = places.map(|one| at(&format!("{}<a ", one.words())));
        let places: Vec<usize> = places.collect();
        assert!(places.is_sorted() && places[0] > at("<table class=\"matrix\""));
        for (name, param) in &results.model.params {
            assert!(page[at("id=\"assumed\"")..].contains(name.as_str()));
            assert!(page.contains(words::known_word(param.known)));
        }
        assert!(page.contains("20_000 … 100_000"));
    }

    #[test]
    fn what_the_model_says_is_never_markup() {
        let mut results = sample::run();
        results.model.title = "</script><script>alert(1)</script>".to_owned();
        results.model.labels.variants = [(
            "baseline".to_owned(),
            "</script><script>alert(2)".to_owned(),
        )]
        .into();
        assert!(!page(&results).contains("<script>alert"));
    }

    #[test]
    fn nothing_done_is_a_page_too() {
        assert!(page(&sample::nothing()).contains("<h1"));
    }
}
