//! What variants and actions change: paths that exist, changes that do not contradict one another,
//! results that are models.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::closed::closed;
use super::{errors_of, running};
use crate::model::document::Table;
use crate::model::overlay::{Written, apply};
use crate::model::variant::Variant;
use crate::model::{Model, assembly};
use crate::text::{Diagnostic, Level};

/// The model that a document makes, to be compared: what is never simulated does not count.
fn meant(document: &Table, model: &Model) -> Model {
    let mut table = document.clone();
    table.forget_places();
    let files = &model.origin.files;
    let sources = model.origin.sources.clone();
    let (mut read, _) = assembly::assemble(&Arc::new(table), sources, files);
    read.params.clear();
    read.variants.clear();
    read
}

/// Checks every variant; where nothing is wrong with the actions of the model, nothing may be with
/// those of the variant.
pub(super) fn variants(model: &Model, of_actions: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let bare = model.with_hollow_variants();
    let (unchanged, mut base) = bare.changed(&[]);
    base.extend(closed(&unchanged));
    let base = errors_of(&base);
    let unchanged = meant(&bare.origin.document, model);
    for variant in &model.variants {
        let before = found.len();
        let mut document = Table::clone(&bare.origin.document);
        let (own, problems) = apply(&mut document, &variant.set);
        found.extend(problems);
        found.extend(contradictions(model, &bare, variant));
        let Some(changes) = model.changes(&variant.name) else {
            continue;
        };
        let (changed, mut diagnostics) = bare.changed(&changes);
        diagnostics.extend(closed(&changed));
        // What a member does wrong is told there; what is wrong without any change, in the model.
        let mine = diagnostics.into_iter().filter(|diagnostic| {
            let known = base.contains(diagnostic) || found.contains(diagnostic);
            diagnostic.level == Level::Error && !known && diagnostic.code != "E070"
        });
        let mine: Vec<Diagnostic> = mine.collect();
        found.extend(mine);
        let mut whole = Table::clone(&bare.origin.document);
        let (_, broken) = apply(&mut whole, &changes);
        let clean = broken.is_empty() && found.len() == before;
        if clean && of_actions.is_empty() {
            let mine = running::actions_of(&changed, variant).into_iter();
            let known = |one: &Diagnostic| {
                let mut before = found.iter();
                before.any(|other| (one.place, &one.found) == (other.place, &other.found))
            };
            let mine: Vec<Diagnostic> = mine.filter(|one| !known(one)).collect();
            found.extend(mine);
        }
        let sound = base.is_empty() && model.is_sound() && !model.origin.files.has_later();
        if clean && sound && meant(&whole, model) == unchanged {
            let text = format!("the variant `{}` changes nothing", variant.name);
            let mut diagnostic = Diagnostic::new("W002", text).at(variant.place);
            if let [only] = own.as_slice() {
                diagnostic = diagnostic.help(format!("`{}` has this value already", only.path));
            }
            found.push(diagnostic);
        }
    }
    found
}

/// Two members of `of` that set one path to a value of their own.
fn contradictions(model: &Model, bare: &Model, variant: &Variant) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for member in &variant.of {
        let Some(changes) = model.changes(member) else {
            continue;
        };
        let mut document = Table::clone(&bare.origin.document);
        let (written, _) = apply(&mut document, &changes);
        for Written { path, relative, .. } in written {
            if relative {
                continue;
            }
            match first.get(path.as_str()) {
                Some(other) if other != member => {
                    let text = format!("`{other}` and `{member}` both set `{path}`");
                    let diagnostic = Diagnostic::new("E072", text).at(variant.place);
                    found
                        .push(diagnostic.help(
                            "members of `of` must not set the same path to different values",
                        ));
                }
                _ => {
                    first.insert(path, member);
                }
            }
        }
    }
    found
}
