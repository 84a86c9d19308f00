//! `report.html`: one page that needs nothing else, from the answer to the assumptions.
//!
//! One idea: the first screen is the answer in the planner's words; evidence follows, general
//! before particular; then what was assumed. The page asks nobody for anything (its own policy
//! forbids it), follows the reader's theme, and has a table for every picture.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{self, Kind, Picture, Size, Subject};
use super::table::{self, Table};
use super::{reading, words};
use crate::results::{ObjectiveVerdict, Results, StandingVerdict, Variant};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Nothing is loaded from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      img-src data:; base-uri 'none'; form-action 'none'";

/// The page.
pub fn page(results: &Results) -> String {
    let pictures = chart::pictures(results);
    let title = match results.model.title.as_str() {
        "" => results.model.file.as_str(),
        title => title,
    };
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
                a.skip href="#answer" { (words::SKIP) }
                header {
                    h1 { (title) }
                    @if let Some(question) = &results.model.question { p.question { (question) } }
                    p.source { (words::provenance(results)) }
                }
                (contents(results))
                main {
                    (answer(results))
                    (evidence(results, &pictures))
                    (assumptions(results))
                    (method(results))
                }
                footer { p { (words::provenance(results)) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

fn contents(results: &Results) -> Markup {
    html! {
        nav aria-label=(words::CONTENTS) {
            ul {
                li { a href="#answer" { (words::THE_ANSWER) } }
                li { a href="#evidence" { (words::THE_EVIDENCE) } }
                @for (index, (name, _)) in reading::variants(results).enumerate() {
                    li { a href=(format!("#variant-{index}")) { (name) } }
                }
                li { a href="#assumptions" { (words::THE_ASSUMPTIONS) } }
                li { a href="#method" { (words::HOW_FOUND) } }
            }
        }
    }
}

fn answer(results: &Results) -> Markup {
    html! {
        section id="answer" aria-labelledby="answer-title" {
            h2 id="answer-title" { (words::THE_ANSWER) }
            @if let Some(text) = words::incomplete(results) { p { strong { (text) } } }
            @if let Some(text) = words::question_answered(results) { p { strong { (text) } } }
            ul.verdicts { (verdicts(results)) }
            @for paragraph in words::in_words(results) { p { (paragraph) } }
            @if reading::is_compared(results) {
                (set(&table::comparison(results)))
            } @else {
                (set(&table::objectives(results)))
            }
            button id="open-all" type="button" aria-pressed="false" hidden { (words::OPEN_ALL) }
        }
    }
}

/// One sentence for each variant, or for the run.
fn verdicts(results: &Results) -> Markup {
    if !reading::is_compared(results) {
        let class = reading::baseline(results).map_or("", class_of_run);
        return html! { li class=(class) { (words::answer(results)) } };
    }
    html! {
        li { (words::baseline_sentence(results)) }
        @for (name, variant) in reading::others(results) {
            @let verdict = variant.standing.as_ref().map(|standing| standing.verdict);
            li class=(verdict.map_or("", class_of)) {
                @if let Some(verdict) = verdict {
                    @let (symbol, word) = words::standing(verdict);
                    span.badge {
                        span aria-hidden="true" { (symbol) " " }
                        (word)
                    }
                }
                (words::verdict_sentence(results, name))
            }
        }
    }
}

fn class_of(verdict: StandingVerdict) -> &'static str {
    match verdict {
        StandingVerdict::Better => "good",
        StandingVerdict::Worse => "bad",
        StandingVerdict::Same => "",
        StandingVerdict::Mixed | StandingVerdict::Unclear => "doubt",
    }
}

fn class_of_run(variant: &Variant) -> &'static str {
    if words::count_of(variant, ObjectiveVerdict::Failed) > 0 {
        "bad"
    } else if words::count_of(variant, ObjectiveVerdict::Unclear) > 0 {
        "doubt"
    } else if variant.objectives.is_empty() {
        ""
    } else {
        "good"
    }
}

fn evidence(results: &Results, pictures: &[Picture]) -> Markup {
    let of_study = pictures.iter().filter(|p| p.subject == Subject::Study);
    html! {
        section id="evidence" aria-labelledby="evidence-title" {
            h2 id="evidence-title" { (words::THE_EVIDENCE) }
            (set(&table::outcomes(results)))
            (set(&table::recoveries(results)))
            (set(&table::overload(results)))
            (set(&table::mechanisms(results)))
            (set(&table::marks(results)))
            (set(&table::stock(results)))
            (set(&table::messages(results)))
            @if let Some(text) = words::uncertain(results) {
                h3 { (words::UNCERTAIN) }
                p { (text) }
                (set(&table::conclusions(results)))
                (set(&table::drawn_params(results)))
            }
            @if reading::is_compared(results) {
                (set(&table::objectives(results)))
                h3 { (words::COMPARED) }
            }
            @for picture in of_study { (figure(results, picture)) }
            @for (index, (name, variant)) in reading::variants(results).enumerate() {
                (in_detail(results, pictures, (index, name, variant)))
            }
        }
    }
}

/// A variant's own charts and tables; those of the baseline are open.
fn in_detail(results: &Results, pictures: &[Picture], of: (usize, &str, &Variant)) -> Markup {
    let (index, name, variant) = of;
    let subject = Subject::Variant(name.to_owned());
    let own = pictures.iter().filter(|p| p.subject == subject);
    html! {
        details.variant open[index == 0] {
            summary id=(format!("variant-{index}")) { (words::evidence_of(name)) }
            @let changes = words::changes(variant);
            @if !changes.is_empty() { p { (changes) } }
            @if let Some(text) = words::health(results, variant) { p { (text) } }
            @for picture in own { (figure(results, picture)) }
            (set(&table::requests(name, variant)))
            (set(&table::stations(results, name, variant)))
            (set(&table::rooms(name, variant)))
            (set(&table::events(results, name, variant)))
        }
    }
}

/// A picture, which holds its takeaway, with its table.
fn figure(results: &Results, picture: &Picture) -> Markup {
    let size = match picture.kind {
        Kind::Multiples(_) => Size::Wide,
        _ => Size::Small,
    };
    html! {
        figure {
            div.scroll tabindex="0" role="group" aria-label=(picture.title()) {
                (PreEscaped(picture.inline_svg(results, size)))
            }
            figcaption {
                details {
                    summary { (words::SHOW_TABLE) }
                    (set(&table::of_picture(results, picture)))
                }
            }
        }
    }
}

/// Longest cell that is kept in one line, characters.
const SHORT: usize = 28;

/// A table, if it has rows; what is wider than the page scrolls by itself.
fn set(table: &Table) -> Markup {
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
                                    td.n[cell.chars().count() <= SHORT] { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn assumptions(results: &Results) -> Markup {
    html! {
        section id="assumptions" aria-labelledby="assumptions-title" {
            h2 id="assumptions-title" { (words::THE_ASSUMPTIONS) }
            p { (words::how_known(results)) }
            (set(&table::params(results)))
            (set(&table::sources(results)))
            (set(&table::faults(results)))
            (set(&table::changes(results)))
        }
    }
}

fn method(results: &Results) -> Markup {
    html! {
        section id="method" aria-labelledby="method-title" {
            h2 id="method-title" { (words::HOW_FOUND) }
            @for line in words::method(results) { p { (line) } }
            @if !results.notes.is_empty() {
                h3 { (words::NOTES) }
                ul { @for note in &results.notes { li { (words::note(note)) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_page_asks_nobody_for_anything() {
        let page = page(&sample::compare());
        for word in [
            "http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttp",
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
        assert!(page.contains("patch-login"));
    }

    #[test]
    fn every_picture_has_title_description_and_table() {
        let results = sample::compare();
        let page = page(&results);
        let pictures = chart::pictures(&results);
        let count = |word: &str| page.matches(word).count();
        assert_eq!(count("<svg "), pictures.len());
        assert_eq!(count("role=\"img\""), pictures.len());
        assert_eq!(count("<figure>"), pictures.len());
        for figure in page.split("<figure>").skip(1) {
            let figure = figure.split("</figure>").next().unwrap();
            for part in ["<title id=", "<desc id=", "<table>", "<caption>"] {
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
        assert!(at("patch-login serves") < at("<svg "));
        assert!(at("<svg ") < at("id=\"assumptions\""));
        for (name, param) in &results.model.params {
            assert!(page[at("id=\"assumptions\"")..].contains(name.as_str()));
            assert!(page.contains(words::known_word(param.known)));
        }
        assert!(page.contains("20_000 … 100_000"));
    }

    #[test]
    fn what_the_model_says_is_never_markup() {
        let mut results = sample::run();
        results.model.title = "<script>alert(1)</script>".to_owned();
        assert!(!page(&results).contains("<script>alert"));
    }
}
