//! What the page is told of a model: what is wrong with it and where, its sliders, its what-ifs.
//!
//! One idea: the diagnostics are those of the command line, word for word; a place is given as line
//! and column for people, and as a range of UTF-16 units, which is how a browser counts.

use serde::Serialize;

use super::Desk;
use super::asked::Asked;
use super::knob::{self, Knob};
use super::proposed::{self, Question};
use super::reading::Reading;
use crate::model::{Effort, Model};
use crate::text::render::{Colour, Frame, render};
use crate::text::{Diagnostic, FileId, Place, Sources};

/// What there is to say of a model.
#[derive(Debug, Serialize)]
pub(super) struct Checked {
    /// Whether it can be run.
    sound: bool,
    /// What is wrong or doubtful, in the order of the text.
    diagnostics: Vec<Said>,
    /// Its title.
    title: String,
    /// What it is to answer.
    question: Option<String>,
    /// The variant that the question is about.
    asks: Option<String>,
    /// The seed that it proposes.
    seed: u64,
    /// The launches that it proposes; none if it asks for a precision.
    replications: Option<u32>,
    /// The what-ifs, in file order.
    variants: Vec<Variant>,
    /// The sliders.
    knobs: Vec<Knob>,
    /// What else can be asked.
    questions: Vec<Question>,
}

/// A what-if.
#[derive(Debug, Serialize)]
struct Variant {
    name: String,
    label: String,
}

/// One finding.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    level: &'static str,
    code: &'static str,
    found: String,
    expected: Option<String>,
    help: Option<String>,
    at: Option<At>,
    /// As the command line shows it.
    shown: String,
}

/// Where something is written.
#[derive(Debug, Serialize)]
struct At {
    /// The text: the model's name, or `--set`.
    file: String,
    /// Whether that is the model.
    model: bool,
    line: usize,
    column: usize,
    /// First and last but one UTF-16 unit.
    from: usize,
    to: usize,
}

/// What there is to say of what is asked about. The sliders are those of the text alone, so that
/// each knows where it began.
pub(super) fn check(asked: &Asked, desk: &Desk) -> Checked {
    let plain = Asked {
        set: Vec::new(),
        ..asked.clone()
    };
    let base = Reading::of(&plain, desk);
    let knobs = knob::all(&base.model);
    let questions = proposed::questions(&base.model, &knobs);
    let reading = match asked.set.is_empty() {
        true => base,
        false => Reading::of(asked, desk),
    };
    let model = &reading.model;
    let variant = |one: &crate::model::variant::Variant| Variant {
        name: one.name.clone(),
        label: one.label.clone().unwrap_or_else(|| one.name.clone()),
    };
    Checked {
        sound: reading.is_sound(),
        diagnostics: said(&reading.diagnostics, model.sources()),
        title: model.title.clone(),
        question: model.question.as_ref().map(|asked| asked.text.clone()),
        asks: model.question.as_ref().and_then(|asked| asked.asks.clone()),
        seed: model.seed,
        replications: launches(model),
        variants: model.variants.iter().map(variant).collect(),
        knobs,
        questions,
    }
}

fn launches(model: &Model) -> Option<u32> {
    match model.effort {
        Effort::Replications(n) => Some(n),
        Effort::Precision(_) => None,
    }
}

/// Findings as the page is told of them.
pub(super) fn said(found: &[Diagnostic], sources: &Sources) -> Vec<Said> {
    let said = |one: &Diagnostic| Said {
        level: one.level.word(),
        code: one.code,
        found: one.found.clone(),
        expected: one.expected.clone(),
        help: one.help.clone(),
        at: one.place.and_then(|place| at(place, sources)),
        shown: render(
            std::slice::from_ref(one),
            sources,
            Colour::Plain,
            Frame::Ascii,
        ),
    };
    found.iter().map(said).collect()
}

fn at(place: Place, sources: &Sources) -> Option<At> {
    let source = sources.get(place.file)?;
    let range = place.range();
    let position = source.position(range.start);
    let units = |to: usize| source.slice(0..to).encode_utf16().count();
    Some(At {
        file: source.name().to_owned(),
        model: place.file == FileId::MODEL,
        line: position.line,
        column: position.column,
        from: units(range.start),
        to: units(range.end),
    })
}
