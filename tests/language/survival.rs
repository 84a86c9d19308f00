//! What any text must survive: reading, showing, changing, measuring, compiling. No panic, no
//! endless work, whatever somebody hands in.
//!
//! One idea: the fuzz target and the everyday tests do exactly this, so a text that one of them
//! found is a case for the other.

use onrush::cli::check;
use onrush::model::files::Files;
use onrush::model::{self, Checked, Model};
use onrush::program::{self, Asked};
use onrush::text::render::{Colour, Frame, render};
use onrush::text::{Diagnostic, Source};

/// Users and servers above which a program is not made: its tables are as large as the model says.
const PAYABLE: f64 = 1e5;

/// What every data file holds that a text names.
const DATA: &str = "at,users\n0.5,1\n1,2\n4,3\n";

/// Takes a text through everything that happens to a model before it is run.
pub(crate) fn survives(text: &str) {
    let (model, diagnostics) = read(text);
    shown(&model, &diagnostics);
    if !model.is_sound() {
        return;
    }
    for variant in &model.variants {
        let changed = model.variant(&variant.name);
        let (changed, diagnostics) = changed.expect("the variant is one of the model's");
        shown(&changed, &diagnostics);
        assert!(model.parts(&variant.name).is_some(), "it has parts");
    }
    assert!(!check::said("model.toml", &model).is_empty());
    written_again(&model);
    compiled(model);
}

fn read(text: &str) -> (Model, Vec<Diagnostic>) {
    let source = Source::new("model.toml", text);
    let mut files = Files::new();
    for name in model::files_needed(&source, &[]) {
        files.insert(&name, DATA.to_owned());
    }
    model::read(source, files)
}

/// Every message can be shown, and points into the text.
fn shown(model: &Model, diagnostics: &[Diagnostic]) {
    let _ = render(diagnostics, model.sources(), Colour::Plain, Frame::Ascii);
    for diagnostic in diagnostics {
        let Some(place) = diagnostic.place else {
            continue;
        };
        let source = model.sources().get(place.file).expect("its file is known");
        assert!(place.end as usize <= source.text().len(), "{diagnostic:?}");
    }
}

/// A sound model as it is written out is sound again: it goes into a folder of results.
fn written_again(model: &Model) {
    let (again, diagnostics) = read(&model.written());
    assert!(again.is_sound(), "{diagnostics:?}");
}

/// A sound model has a program, unless that would be as large as the model is unreasonable.
fn compiled(model: Model) {
    let horizon = model.horizon();
    let sources = model.arrivals.values();
    let users: f64 = sources.map(|source| source.users_expected(horizon)).sum();
    let servers: f64 = model.services.values().map(|s| s.servers as f64).sum();
    if users + servers > PAYABLE {
        return;
    }
    let model = Checked::new(model).expect("it is sound");
    let program = program::compile(&model, &Asked::default());
    assert!(!program::listing(&program).is_empty());
}
