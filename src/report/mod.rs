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

/// Every file of a report, by its path within the report's folder, in the order of writing. What
/// is not known here (the model's text) is added by whoever writes them.
pub fn files(results: &Results) -> Vec<(String, Vec<u8>)> {
    let pictures = chart::pictures(results);
    let mut all = vec![
        ("report.html".to_owned(), html::page(results).into_bytes()),
        (
            "summary.md".to_owned(),
            markdown::summary(results).into_bytes(),
        ),
        ("results.json".to_owned(), to_json(results).into_bytes()),
        ("timeline.csv".to_owned(), csv::timeline(results)),
        (
            "junit.xml".to_owned(),
            junit::junit(results, &Strictness::default()).into_bytes(),
        ),
    ];
    for picture in &pictures {
        let svg = picture.svg(results, Size::Wide).into_bytes();
        let png = picture.png(results, Size::Wide, Theme::Light);
        all.push((format!("charts/{}.svg", picture.name), svg));
        all.push((format!("charts/{}.png", picture.name), png));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_every_file_once() {
        let files = files(&sample::run());
        let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        for name in [
            "report.html",
            "summary.md",
            "results.json",
            "timeline.csv",
            "junit.xml",
            "charts/outcomes-baseline.svg",
            "charts/outcomes-baseline.png",
        ] {
            assert!(names.contains(&name), "{name}");
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()));
    }

    #[test]
    fn nothing_done_is_reported_too() {
        assert!(files(&sample::nothing()).len() >= 5);
    }
}
