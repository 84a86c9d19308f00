//! The language: model text in, resolved model or exactly the user's diagnostics out.

mod broken;
mod budget;
mod changes;
mod corpus;
mod data;
mod metrics;
mod models;
mod mutations;
mod observed;
mod reference;
mod suggestions;
mod survival;

use onrush::model::files::Files;
use onrush::model::{self, Model};
use onrush::text::render::{Colour, Frame, render};
use onrush::text::{Diagnostic, Source};

/// The whole example of the language page that can be executed today.
const PREORDER: &str = include_str!("preorder.toml");

fn read(text: &str) -> (Model, Vec<Diagnostic>) {
    model::read(Source::new("model.toml", text), Files::new())
}

/// What the user sees about a model.
fn seen(text: &str) -> String {
    let (model, diagnostics) = read(text);
    render(&diagnostics, model.sources(), Colour::Plain, Frame::Ascii)
}

/// A model that must be without fault.
fn sound(text: &str) -> Model {
    let (model, diagnostics) = read(text);
    let seen = render(&diagnostics, model.sources(), Colour::Plain, Frame::Ascii);
    assert_eq!(seen, "", "the model is sound");
    model
}
