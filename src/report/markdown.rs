//! `summary.md`: the answer, the evidence in tables, the assumptions; for a pull request or a page.
//!
//! One idea: the same parts in the same order as the page, without pictures, and no figure that
//! the document does not hold.

use super::table::{self, Table};
use super::{reading, words};
use crate::results::Results;

/// The summary.
pub fn summary(results: &Results) -> String {
    let mut page = Page(String::new());
    page.line(&format!("# {}", escaped(&results.model.title)));
    page.line(&escaped(&words::provenance(results)));
    if let Some(question) = &results.model.question {
        page.line(&format!("*{}*", escaped(question)));
    }
    page.heading(words::THE_ANSWER);
    if let Some(text) = words::incomplete(results) {
        page.line(&format!("**{}**", escaped(&text)));
    }
    if let Some(text) = words::question_answered(results) {
        page.line(&format!("**{}**", escaped(&text)));
    }
    if reading::is_compared(results) {
        page.item(&words::baseline_sentence(results));
        for (name, _) in reading::others(results) {
            page.item(&words::verdict_sentence(results, name));
        }
        page.0.push('\n');
    } else {
        page.line(&format!("**{}**", escaped(&words::answer(results))));
    }
    for paragraph in words::in_words(results) {
        page.line(&escaped(&paragraph));
    }
    evidence(&mut page, results);
    page.heading(words::THE_ASSUMPTIONS);
    page.line(&escaped(&words::how_known(results)));
    for table in [
        table::params(results),
        table::sources(results),
        table::faults(results),
        table::changes(results),
    ] {
        page.table(&table);
    }
    page.heading(words::HOW_FOUND);
    for line in words::method(results) {
        page.item(&line);
    }
    for note in &results.notes {
        page.item(&words::note(note));
    }
    format!("{}\n", page.0.trim_end())
}

fn evidence(page: &mut Page, results: &Results) {
    page.heading(words::THE_EVIDENCE);
    page.table(&table::outcomes(results));
    page.table(&table::recoveries(results));
    page.table(&table::overload(results));
    page.table(&table::mechanisms(results));
    page.table(&table::marks(results));
    page.table(&table::stock(results));
    page.table(&table::messages(results));
    if let Some(text) = words::uncertain(results) {
        page.line(&escaped(&text));
        page.table(&table::conclusions(results));
        page.table(&table::drawn_params(results));
    }
    if reading::is_compared(results) {
        page.table(&table::comparison(results));
        for (name, metric, _) in reading::attributions(results) {
            page.table(&table::worth(results, name, metric));
        }
    }
    page.table(&table::objectives(results));
    for (name, variant) in reading::variants(results) {
        page.table(&table::requests(name, variant));
        page.table(&table::stations(results, name, variant));
        page.table(&table::rooms(name, variant));
        page.table(&table::events(results, name, variant));
    }
}

/// Text that grows by paragraphs.
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.0.push_str(text);
            self.0.push_str("\n\n");
        }
    }

    fn heading(&mut self, text: &str) {
        self.line(&format!("## {text}"));
    }

    fn item(&mut self, text: &str) {
        self.0.push_str(&format!("- {}\n", escaped(text)));
    }

    fn table(&mut self, table: &Table) {
        if table.is_empty() {
            return;
        }
        self.line(&format!("### {}", escaped(&table.caption)));
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
fn escaped(text: &str) -> String {
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
        for results in [sample::uncertain(), sample::run()] {
            let document: serde_json::Value =
                serde_json::from_str(&crate::results::to_json(&results)).unwrap();
            let mut known = BTreeSet::new();
            collect(&document, &mut known);
            // Counts of a percentile and heads of columns are words, not figures of the study.
            known.extend(["8", "9", "10", "5", "50", "95", "99"].map(str::to_owned));
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
