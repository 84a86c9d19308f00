//! Results made into something that a person reads: words, charts, pages, tables for machines.
//!
//! One idea: a stored result is reported without running again, so this layer knows the results
//! document and nothing else; it computes no statistic and touches no file. The same document gives
//! the same bytes.

pub mod number;
pub mod words;
pub mod chart;
pub mod terminal;
pub mod markdown;
pub mod postmortem;
pub mod html;
pub mod csv;
pub mod junit;
mod reading;
mod table;
#[cfg(test)]
pub(crate) mod sample;

use std::sync::Arc;

use crate::results::{Results, to_json};
use chart::{Size, Theme};
use junit::Strictness;

/// The name of the model's text in a report.
pub const MODEL: &str = "model.toml";

/// A file of a report: its path within the report's folder, and what makes its bytes.
pub struct Part<'a> {
    /// The path.
    pub name: String,
    make: Box<dyn Fn() -> Vec<u8> + Send + Sync + 'a>,
}

impl<'a> Part<'a> {
    fn new(name: &str, make: impl Fn() -> Vec<u8> + Send + Sync + 'a) -> Part<'a> {
        Part {
            name: name.to_owned(),
            make: Box::new(make),
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }
}

/// Every file of a report, in the order of writing: what lists the others comes first. They can be
/// made in any order, side by side. The text of the model is added if it is at hand. Every picture
/// is there as SVG, and those that the summary links as PNG too, for where no SVG can be shown: of
/// the others the page makes one when it is asked.
pub fn parts<'a>(
    results: &'a Results,
    strictness: &'a Strictness,
    model: Option<&'a str>,
) -> Vec<Part<'a>> {
    let summary = markdown::summary(results);
    let mut pictures = Vec::new();
    for picture in chart::pictures(results) {
        let file = format!("charts/{}.svg", picture.name);
        let picture = Arc::new(picture);
        if summary.contains(&format!("({file})")) {
            let picture = Arc::clone(&picture);
            let png = move || picture.png(results, Size::Wide, Theme::Light);
            pictures.push(Part::new(&file.replace(".svg", ".png"), png));
        }
        let svg = move || picture.svg(results, Size::Wide).into_bytes();
        pictures.push(Part::new(&file, svg));
    }
    let mut all = vec![
        Part::new("report.html", || html::page(results).into_bytes()),
        Part::new("summary.md", move || summary.clone().into_bytes()),
        Part::new("timeline.csv", || csv::timeline(results)),
        Part::new("junit.xml", || {
            junit::junit(results, strictness).into_bytes()
        }),
    ];
    if postmortem::is_known(results) {
        all.push(Part::new("postmortem.html", || {
            html::postmortem(results).into_bytes()
        }));
        all.push(Part::new("postmortem.md", || {
            postmortem::markdown(results).into_bytes()
        }));
    }
    if results.answers.sweep.is_some() || results.answers.scalability.is_some() {
        all.push(Part::new("sweep.csv", || csv::sweep(results)));
    }
    all.extend(pictures);
    all.extend(model.map(|text| Part::new(MODEL, || text.as_bytes().to_vec())));
    let list = "results.json".to_owned();
    let names = all.iter().map(|part| &part.name).chain([&list]);
    let files: Vec<String> = names.cloned().collect();
    let listed = move || {
        let files = files.clone();
        let listed = Results {
            files,
            ..results.clone()
        };
        to_json(&listed).into_bytes()
    };
    all.insert(0, Part::new(&list, listed));
    all
}

/// Whether a file of a report may have this path within its folder.
pub fn is_name(path: &str) -> bool {
    let alone = [
        "report.html",
        "summary.md",
        "results.json",
        "timeline.csv",
        "sweep.csv",
        "junit.xml",
        "postmortem.html",
        "postmortem.md",
        MODEL,
    ];
    match path.strip_prefix("charts/") {
        Some(name) => {
            let picture = name.ends_with(".svg") || name.ends_with(".png");
            picture && !name.starts_with('.') && !name.contains(['/', '\\'])
        }
        None => alone.contains(&path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_every_file_once() {
        let (results, strictness) = (sample::run(), Strictness::default());
        let files = parts(&results, &strictness, Some("[model]"));
        let mut names: Vec<&str> = files.iter().map(|part| part.name.as_str()).collect();
        for name in [
            "report.html",
            "summary.md",
            "results.json",
            "timeline.csv",
            "junit.xml",
            "charts/outcomes-baseline.svg",
            "charts/outcomes-baseline.png",
            "model.toml",
        ] {
            assert!(names.contains(&name), "{name}");
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| is_name(name)));
        let list = files.first().expect("there are files").bytes();
        let mut listed = crate::results::listed(std::str::from_utf8(&list).expect("it is JSON"));
        listed.sort_unstable();
        assert_eq!(listed, names);
        assert!(files.iter().all(|part| !part.bytes().is_empty()));
    }

    #[test]
    fn nothing_done_is_reported_too() {
        let (results, strictness) = (sample::nothing(), Strictness::default());
        let files = parts(&results, &strictness, None);
        assert!(files.len() >= 5 && files.iter().all(|part| !part.bytes().is_empty()));
    }

    #[test]
    fn nothing_outside_the_folder_is_a_file_of_a_report() {
        for name in [
            "../summary.md",
            "/results.json",
            "charts/../x.svg",
            "charts/a/b.png",
            "charts/.svg",
            "charts/notes.txt",
            "charts",
            "mine.svg",
            "",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
