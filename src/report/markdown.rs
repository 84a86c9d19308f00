//! `summary.md`: the answer, what each variant comes to, why, and what is assumed; for a pull
//! request or a page.
//!
//! One idea: it is read in a comment, so it has the first screen, the sentences and a few tables,
//! links to the pictures, and never more lines than anybody scrolls; every other table is in the
//! report. No figure that the document does not hold.

use super::chart::{self, Kind, Picture, Subject};
use super::table::{self, Table};
use super::words::Question;
use super::{reading, words};
use crate::results::Results;

/// Most lines of a summary.
const LINES: usize = 150;

/// Most bytes of one: a comment on a pull request may have 65,536 characters.
const BYTES: usize = 58_000;

/// The summary.
pub fn summary(results: &Results) -> String {
    let mut parts = parts(results);
    loop {
        let text = joined(&parts);
        let fits = text.lines().count() <= LINES && text.len() <= BYTES;
        // Of what can be spared the dearest goes first; what is left then has room.
        let spared = parts.iter().enumerate().filter(|(_, part)| part.spare > 0);
        let dearest = spared.max_by_key(|(_, part)| (part.spare, part.text.lines().count()));
        match dearest.map(|(at, _)| at) {
            Some(at) if !fits => parts.remove(at),
            _ => return cut(text),
        };
    }
}

/// The first lines of what is too long even without all that can be spared.
fn cut(text: String) -> String {
    let more = format!("\n{}\n", words::MORE_IN_REPORT);
    let mut kept = String::new();
    for (at, line) in text.lines().enumerate() {
        if at + 3 > LINES || kept.len() + line.len() + more.len() > BYTES {
            return kept.trim_end().to_owned() + "\n" + &more;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    text
}

/// A part of the summary.
struct Part {
    /// How easily it is spared: 0 stays whatever happens.
    spare: u8,
    text: String,
}

fn joined(parts: &[Part]) -> String {
    let text: String = parts.iter().map(|part| part.text.as_str()).collect();
    format!("{}\n", text.trim_end())
}

/// A question with its sentences.
fn section(of: Question, body: &dyn Fn(&mut Page)) -> Part {
    part(0, |page| {
        page.heading(of.words());
        body(page);
    })
}

/// A table that may be missing.
fn spare(level: u8, table: &Table) -> Part {
    part(level, |page| page.table(table))
}

fn parts(results: &Results) -> Vec<Part> {
    let pictures = chart::pictures(results);
    let mut all = vec![part(0, |page| head(page, results, &pictures))];
    all.push(section(Question::Who, &|_| ()));
    all.push(part(2, |page| verdicts(page, results)));
    all.push(spare(1, &table::outcomes(results)));
    all.push(spare(4, &table::marks(results)));
    all.push(spare(4, &table::stock(results)));
    all.extend(why(results, &pictures));
    if reading::is_compared(results) {
        all.extend(worth(results, &pictures));
    }
    all.push(section(Question::Sure, &|page| {
        sure(page, results);
        links(page, results, &pictures, |kind| {
            matches!(kind, Kind::Dots | Kind::Observed(_))
        });
    }));
    all.push(part(2, |page| {
        let notes = results.notes.iter();
        notes.for_each(|note| page.item(&words::note(note)));
        page.0.push('\n');
    }));
    if let Some(base) = reading::baseline(results) {
        all.push(spare(3, &table::measured(base)));
        all.push(spare(2, &table::figures(base)));
    }
    all.push(spare(1, &table::conclusions(results)));
    let told_above = if reading::is_compared(results) { 5 } else { 1 };
    all.push(spare(told_above, &table::objectives(results)));
    all.extend(asked(results, &pictures));
    let known = words::how_known(results);
    all.push(section(Question::Assumed, &|page| {
        let fitted = words::calibrated(results);
        fitted.iter().for_each(|text| page.line(&escaped(text)));
        links(page, results, &pictures, |kind| {
            matches!(kind, Kind::Profiles)
        });
        page.line(&escaped(&known));
    }));
    all.push(spare(1, &table::fitted(results)));
    all.push(spare(2, &table::correlations(results)));
    all.push(spare(2, &table::params(results)));
    all.push(spare(4, &table::changes(results)));
    all.push(spare(3, &table::faults(results)));
    all.push(part(0, |page| {
        page.line(&escaped(&words::provenance(results)));
    }));
    all
}

/// What the commands that ask more than `run` and `compare` found.
fn asked(results: &Results, pictures: &[Picture]) -> Vec<Part> {
    let told = words::sizing(results).into_iter();
    let told: Vec<String> = told
        .chain(words::best(results))
        .chain(words::best_by(results))
        .chain(words::sweeping(results))
        .chain(words::tipping(results))
        .collect();
    let mut all = vec![part(0, |page| {
        told.iter().for_each(|text| page.line(&escaped(text)));
        links(page, results, pictures, |kind| {
            matches!(
                kind,
                Kind::Ladder
                    | Kind::Frontier
                    | Kind::Swept(_)
                    | Kind::Scalability
                    | Kind::Tip
                    | Kind::Behind
            )
        });
    })];
    all.push(spare(1, &table::best(results)));
    all.push(spare(1, &table::sized(results)));
    all.push(spare(1, &table::frontier(results)));
    let ranging = words::ranging(results);
    all.push(part(0, |page| {
        ranging.iter().for_each(|text| page.line(&escaped(text)));
        links(page, results, pictures, |kind| {
            matches!(kind, Kind::Tornado)
        });
    }));
    all.push(spare(1, &table::worth_knowing(results)));
    all.push(spare(1, &table::regrets(results)));
    all.push(spare(1, &table::swept(results)));
    all.push(spare(1, &table::tipped(results)));
    all
}

/// Where it broke and how long it took.
fn why(results: &Results, pictures: &[Picture]) -> Vec<Part> {
    let mut all = vec![section(Question::Where, &|page| {
        let told = words::causes(results);
        told.iter().for_each(|text| page.line(&escaped(text)));
        let told = words::why(results);
        told.iter().for_each(|text| page.line(&escaped(text)));
        for (head, sentences) in words::chains(results) {
            page.line(&escaped(&head));
            sentences.iter().for_each(|text| page.item(text));
            page.end_of_list();
        }
        links(page, results, pictures, |kind| {
            matches!(
                kind,
                Kind::Causes
                    | Kind::Heat
                    | Kind::Servers(_)
                    | Kind::Lanes
                    | Kind::Growth(_)
                    | Kind::Phase
            )
        });
    })];
    all.push(spare(2, &table::causes(results)));
    all.push(spare(2, &table::chain(results)));
    all.push(spare(4, &table::cleared(results)));
    all.push(spare(3, &table::recoveries(results)));
    all.push(spare(5, &table::overload(results)));
    all.push(spare(5, &table::mechanisms(results)));
    if let Some(base) = reading::baseline(results) {
        let name = reading::baseline_name(results);
        all.push(spare(3, &table::stations(results, name, base)));
        all.push(spare(3, &table::events(results, name, base)));
        all.push(section(Question::HowLong, &|page| {
            links(page, results, pictures, |kind| {
                matches!(kind, Kind::Ribbon(_) | Kind::Density(_) | Kind::Spectrum(_))
            });
        }));
        all.push(spare(3, &table::requests(results, name, base)));
    }
    all.push(spare(4, &table::messages(results)));
    all
}

/// What each change is worth.
fn worth(results: &Results, pictures: &[Picture]) -> Vec<Part> {
    let mut all = vec![section(Question::Worth, &|page| {
        let told = words::versions(results).into_iter();
        let told: Vec<String> = told.chain(words::worths(results)).collect();
        told.iter().for_each(|text| page.line(&escaped(text)));
        links(page, results, pictures, |kind| {
            matches!(
                kind,
                Kind::Forest | Kind::Waterfall(..) | Kind::Combined(..)
            )
        });
    })];
    all.push(spare(2, &table::preventions(results)));
    all.push(spare(2, &table::comparison(results)));
    for (name, metric, _) in reading::attributions(results) {
        all.push(spare(3, &table::worth(results, name, metric)));
    }
    all
}

fn part(spare: u8, body: impl FnOnce(&mut Page)) -> Part {
    let mut page = Page(String::new());
    body(&mut page);
    Part {
        spare,
        text: page.0,
    }
}

/// Question, answer, variants and objectives, the picture of all.
fn head(page: &mut Page, results: &Results, pictures: &[Picture]) {
    page.line(&format!("# {}", escaped(&words::headline(results))));
    page.line(&escaped(&words::kicker(results).join(" · ")));
    if let Some(text) = words::incomplete(results) {
        page.line(&format!("**{}**", escaped(&text)));
    }
    let lead: String = words::lead(results)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    page.line(&format!("**{}**", escaped(&lead)));
    let matrix = table::matrix(results);
    page.rows(&matrix);
    links(page, results, pictures, |kind| {
        matches!(kind, Kind::Multiples(_) | Kind::Outcome)
    });
    page.line(words::MORE_IN_REPORT);
}

fn verdicts(page: &mut Page, results: &Results) {
    if !reading::is_compared(results) {
        page.line(&escaped(&words::answer(results)));
        return;
    }
    page.item(&words::baseline_sentence(results));
    for (name, _) in reading::others(results) {
        page.item(&words::verdict_sentence(results, name));
    }
    page.0.push('\n');
}

fn sure(page: &mut Page, results: &Results) {
    let spread = words::spread_of_launches(results);
    let uncertain = words::uncertain(results);
    let observed = words::observed(results, reading::baseline_name(results));
    spread
        .iter()
        .chain(&observed)
        .chain(&uncertain)
        .for_each(|text| page.line(&escaped(text)));
    words::method(results)
        .iter()
        .for_each(|line| page.item(line));
    page.0.push('\n');
}

/// Links to the pictures of the study and of the baseline of some kinds, in a line.
fn links(page: &mut Page, results: &Results, all: &[Picture], of: impl Fn(&Kind) -> bool) {
    let base = Subject::Variant(reading::baseline_name(results).to_owned());
    let shown = all
        .iter()
        .filter(|p| p.subject == Subject::Study || p.subject == base);
    let links: Vec<String> = shown
        .filter(|picture| of(&picture.kind))
        .map(|picture| {
            format!(
                "[{}](charts/{}.svg)",
                escaped(picture.title()),
                picture.name
            )
        })
        .collect();
    if !links.is_empty() {
        page.line(&format!("{}: {}", words::PICTURES, links.join(" · ")));
    }
}

/// Text that grows by paragraphs.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.0.push_str(text);
            self.0.push_str("\n\n");
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line(&format!("## {text}"));
    }

    pub(super) fn item(&mut self, text: &str) {
        self.0.push_str(&format!("- {}\n", escaped(text)));
    }

    /// Ends a list.
    pub(super) fn end_of_list(&mut self) {
        self.0.push('\n');
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        format!("{}\n", self.0.trim_end())
    }

    pub(super) fn table(&mut self, table: &Table) {
        if table.is_empty() {
            return;
        }
        self.line(&format!("### {}", escaped(&table.caption)));
        self.rows(table);
    }

    fn rows(&mut self, table: &Table) {
        if table.is_empty() {
            return;
        }
        self.row(&table.head);
        let rule: Vec<String> = table.head.iter().map(|_| "---".to_owned()).collect();
        self.row(&rule);
        for row in &table.rows {
            self.row(row);
        }
        self.0.push('\n');
    }

    fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

/// Text in which nothing is taken for markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' => {
                safe.push('\\');
                safe.push(c);
            }
            '<' => safe.push_str("&lt;"),
            '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::{number, sample};

    #[test]
    fn the_summary_as_it_is_read() {
        insta::assert_snapshot!(summary(&sample::uncertain()).replace(number::GAP, " "));
    }

    #[test]
    fn a_note_is_told_once() {
        let results = sample::uncertain();
        let told = escaped(&words::note(&results.notes[0]));
        assert_eq!(summary(&results).matches(&told).count(), 1);
    }

    #[test]
    fn a_large_study_has_a_short_summary_all_the_same() {
        let mut results = sample::uncertain();
        for copies in [4, 40, 400] {
            for copy in 0..copies {
                let name = format!("another-{copy}");
                let variant = results.variants["both"].clone();
                let found = results.differences["both"].clone();
                results.variants.insert(name.clone(), variant);
                results.differences.insert(name.clone(), found);
                if !results.order.contains(&name) {
                    results.order.push(name);
                }
                results.notes.push(results.notes[0].clone());
            }
            let text = summary(&results);
            assert!(
                text.lines().count() <= LINES,
                "{copies}: {}",
                text.lines().count()
            );
            assert!(text.len() <= BYTES, "{copies}: {}", text.len());
            assert!(text.contains("report.html") && text.contains("| both |"));
        }
    }

    /// Every run of digits with what belongs to it: `T+04:40`, `65.3`, `1m31s`.
    fn figures(text: &str) -> Vec<String> {
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == number::GAP;
        let mut all = Vec::new();
        let mut run = String::new();
        for c in text.chars().chain([' ']) {
            if is_part(c) {
                run.push(c);
            } else if !run.is_empty() {
                let figure = run.trim_matches(['.', number::GAP]).to_owned();
                if figure.chars().any(|c| c.is_ascii_digit()) {
                    all.push(figure);
                }
                run.clear();
            }
        }
        all
    }

    #[test]
    fn every_figure_stands_in_the_document() {
        for results in [
            sample::uncertain(),
            sample::run(),
            sample::calibrated(),
            sample::sized(),
            sample::ranged(),
        ] {
            let document: serde_json::Value =
                serde_json::from_str(&crate::results::to_json(&results)).unwrap();
            let mut known = BTreeSet::new();
            collect(&document, &mut known);
            // Counts of a percentile, twenty dots and heads of columns are words, not figures.
            known.extend(["8", "9", "10", "20", "5", "50", "95", "99"].map(str::to_owned));
            for figure in figures(&summary(&results)) {
                assert!(
                    known.contains(&figure),
                    "{figure} stands nowhere in the document"
                );
            }
        }
    }

    fn collect(value: &serde_json::Value, known: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Number(n) => {
                for spelling in number::spellings(n.as_f64().unwrap()) {
                    known.extend(figures(&spelling));
                }
            }
            serde_json::Value::String(text) => known.extend(figures(text)),
            serde_json::Value::Array(all) => all.iter().for_each(|v| collect(v, known)),
            serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| {
                known.extend(figures(k));
                collect(v, known);
            }),
            _ => {}
        }
    }
}
