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
pub mod html;
pub mod csv;
pub mod junit;
mod reading;
mod table;
#[cfg(test)]
pub(crate) mod sample;

use crate::results::{Results, to_json};
use chart::{Size, Theme};
use junit::Strictness;

/// The name of the model's text in a report.
pub const MODEL: &str = "model.toml";

/// Every file of a report, by its path within the report's folder, in the order of writing: what
/// lists the others comes first. The text of the model is added if it is at hand. Every picture is
/// there as SVG, and those that the summary links as PNG too, for where no SVG can be shown: of the
/// others the page makes one when it is asked.
pub fn files(
    results: &Results,
    strictness: &Strictness,
    model: Option<&str>,
) -> Vec<(String, Vec<u8>)> {
    let summary = markdown::summary(results);
    let mut pictures = Vec::new();
    for picture in &chart::pictures(results) {
        let file = format!("charts/{}.svg", picture.name);
        if summary.contains(&format!("({file})")) {
            let png = picture.png(results, Size::Wide, Theme::Light);
            pictures.push((format!("charts/{}.png", picture.name), png));
        }
        let svg = picture.svg(results, Size::Wide).into_bytes();
        pictures.push((file, svg));
    }
    let mut all = vec![
        ("report.html".to_owned(), html::page(results).into_bytes()),
        ("summary.md".to_owned(), summary.into_bytes()),
        ("timeline.csv".to_owned(), csv::timeline(results)),
        (
            "junit.xml".to_owned(),
            junit::junit(results, strictness).into_bytes(),
        ),
    ];
    all.extend(pictures);
    all.extend(model.map(|text| (MODEL.to_owned(), text.as_bytes().to_vec())));
    let list = "results.json".to_owned();
    let names = all.iter().map(|(name, _)| name).chain([&list]);
    let listed = Results {
        files: names.cloned().collect(),
        ..results.clone()
    };
    all.insert(0, (list, to_json(&listed).into_bytes()));
    all
}

/// Whether a file of a report may have this path within its folder.
pub fn is_name(path: &str) -> bool {
    let alone = [
        "report.html",
        "summary.md",
        "results.json",
        "timeline.csv",
        "junit.xml",
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
        let files = files(&sample::run(), &Strictness::default(), Some("[model]"));
        let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
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
        let (_, list) = files.first().expect("there are files");
        let mut listed = crate::results::listed(std::str::from_utf8(list).expect("it is JSON"));
        listed.sort_unstable();
        assert_eq!(listed, names);
        assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()));
    }

    #[test]
    fn nothing_done_is_reported_too() {
        assert!(files(&sample::nothing(), &Strictness::default(), None).len() >= 5);
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
