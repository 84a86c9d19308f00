//! The postmortem of an outage that was explained: what it holds, whatever it is set in.
//!
//! One idea: the same blocks make Markdown for a repository and a page for a mail; what a model
//! knows is filled in, what only people know has a marked place.

use super::chart::{self, Kind, Picture, Subject};
use super::markdown::{Page, escaped};
use super::table::{self, Table};
use super::{reading, words};
use crate::results::Results;

/// A part of the document.
pub(crate) enum Block<'p> {
    /// A question, by its number.
    Section(usize),
    /// A paragraph.
    Text(String),
    /// Things in a list.
    Items(Vec<String>),
    /// What a person must write.
    Fill(&'static str),
    /// A table.
    Rows(Table),
    /// A chart.
    Drawn(&'p Picture),
}

/// Whether there is a postmortem: an outage was explained.
pub(crate) fn is_known(results: &Results) -> bool {
    results.answers.explain.is_some()
}

/// The document as blocks.
pub(crate) fn blocks<'p>(results: &Results, pictures: &'p [Picture]) -> Vec<Block<'p>> {
    let of = Writer { results, pictures };
    let mut all = vec![Block::Fill(words::TO_FILL[0])];
    all.extend(of.summary());
    all.extend(of.impact());
    all.extend(of.timeline());
    all.extend(of.causes());
    all.extend(of.course());
    all.extend(of.prevention());
    all.extend(of.trust());
    all.extend([
        Block::Section(9),
        Block::Rows(table::actions(results)),
        Block::Fill(words::TO_FILL[6]),
    ]);
    all
}

struct Writer<'p, 'r> {
    results: &'r Results,
    pictures: &'p [Picture],
}

impl<'p> Writer<'p, '_> {
    /// The pictures of the study and of the launch itself of some kinds.
    fn drawn(&self, is: fn(&Kind) -> bool) -> Vec<Block<'p>> {
        let base = reading::baseline_name(self.results).to_owned();
        let own = Subject::Variant(base);
        let all = self.pictures.iter().filter(|one| is(&one.kind));
        all.filter(|one| one.subject == Subject::Study || one.subject == own)
            .map(Block::Drawn)
            .collect()
    }

    fn summary(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(0)];
        all.extend(words::first_cause(results).map(Block::Text));
        all.extend(words::best_prevention(results).map(Block::Text));
        all
    }

    fn impact(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(1)];
        all.extend(words::impact(results).map(Block::Text));
        all.extend(words::length_told(results).map(Block::Text));
        all.push(Block::Rows(table::outcomes(results)));
        all.push(Block::Rows(table::broken(results)));
        all.extend(self.drawn(|kind| matches!(kind, Kind::Outcome)));
        all.push(Block::Fill(words::TO_FILL[1]));
        all
    }

    fn timeline(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(2)];
        all.extend(words::t_zero(results).map(|text| Block::Text(text + ".")));
        all.push(Block::Text(words::ALL_EVENTS.to_owned()));
        all.push(Block::Rows(table::chain(results)));
        if let Some(base) = reading::baseline(results) {
            let name = reading::baseline_name(results);
            all.push(Block::Rows(table::events(results, name, base)));
        }
        all.extend(self.drawn(|kind| matches!(kind, Kind::Lanes)));
        all.push(Block::Fill(words::TO_FILL[2]));
        all
    }

    fn causes(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(3)];
        all.extend(words::trigger_told(results).map(Block::Text));
        all.push(Block::Rows(table::faults(results)));
        all.push(Block::Section(4));
        all.push(Block::Items(words::causes(results)));
        all.extend(self.drawn(|kind| matches!(kind, Kind::Causes)));
        all.push(Block::Rows(table::causes(results)));
        all.extend(words::why(results).into_iter().map(Block::Text));
        all.push(Block::Rows(table::cleared(results)));
        all
    }

    /// Detection and recovery.
    fn course(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(5)];
        all.extend(words::detection_told(results).map(Block::Text));
        all.push(Block::Fill(words::TO_FILL[3]));
        all.push(Block::Section(6));
        all.extend(words::recovery_told(results).map(Block::Text));
        all.push(Block::Fill(words::TO_FILL[4]));
        all.push(Block::Fill(words::TO_FILL[5]));
        all
    }

    fn prevention(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(7)];
        all.push(Block::Items(words::preventions(results)));
        all.extend(self.drawn(|kind| matches!(kind, Kind::Multiples(_))));
        all.push(Block::Rows(table::preventions(results)));
        all
    }

    fn trust(&self) -> Vec<Block<'p>> {
        let results = self.results;
        let mut all = vec![Block::Section(8)];
        let base = reading::baseline_name(results);
        all.extend(words::observed(results, base).into_iter().map(Block::Text));
        all.extend(self.drawn(|kind| matches!(kind, Kind::Observed(_))));
        all.extend(words::sensitivity(results).map(Block::Text));
        all.push(Block::Rows(table::sensitive(results)));
        all.push(Block::Text(words::how_known(results)));
        all.push(Block::Rows(table::params(results)));
        let explain = results.answers.explain.as_ref();
        all.extend(explain.map(|found| Block::Text(words::how_explained(found))));
        let notes = results.notes.iter().map(words::note).collect();
        all.push(Block::Items(notes));
        all
    }
}

/// The document as Markdown; pictures are links to those of the report.
pub fn markdown(results: &Results) -> String {
    let pictures = chart::pictures(results);
    let mut page = Page::default();
    page.line(&format!("# {}", escaped(&words::postmortem_title(results))));
    page.line(&escaped(&words::kicker(results).join(" · ")));
    for block in blocks(results, &pictures) {
        match block {
            Block::Section(at) => page.heading(words::SECTIONS[at]),
            Block::Text(text) => page.line(&escaped(&text)),
            Block::Items(items) => {
                items.iter().for_each(|item| page.item(item));
                page.end_of_list();
            }
            Block::Fill(text) => {
                page.line(&format!("> **{}** {}", words::FILL_IN, escaped(text)));
            }
            Block::Rows(table) => page.table(&table),
            Block::Drawn(picture) => {
                let (title, name) = (escaped(picture.title()), &picture.name);
                page.line(&format!("![{title}](charts/{name}.svg)"));
                page.line(&escaped(picture.takeaway()));
            }
        }
    }
    page.line(&escaped(&words::provenance(results)));
    page.finish()
}
