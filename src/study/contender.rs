//! The variants of a study as models and programs of their own, and what each changes.
//!
//! One idea: two lists of changes that say the same are the same run, however they came about, so
//! the combinations of a variant's changes share the runs of the variants that they equal.

use std::collections::BTreeMap;

use crate::base::time::Time;
use crate::model::overlay::Change as Written;
use crate::model::{Checked, Model};
use crate::program::{self, Asked, Program};
use crate::results::Change;
use crate::study::knob::Knob;
use crate::study::plan::Failure;

/// Name of the model as it is.
pub(crate) const BASELINE: &str = "baseline";

/// A list of changes as it identifies a run: paths and values as written.
pub(crate) type Identity = Vec<(String, String)>;

/// One of those that are compared.
pub(crate) struct Contender {
    /// Its name.
    pub(crate) name: String,
    /// What it changes, by path.
    pub(crate) changes: BTreeMap<String, Change>,
    /// The variants that it is made of.
    pub(crate) of: Vec<String>,
    /// The changes as they identify its run.
    pub(crate) identity: Identity,
    /// The model with its changes.
    pub(crate) model: Checked,
    /// The program of that model.
    pub(crate) program: Program,
}

/// What identifies the run of these changes.
pub(crate) fn identity(changes: &[Written]) -> Identity {
    changes
        .iter()
        .map(|change| (change.path.clone(), change.written_value()))
        .collect()
}

impl Contender {
    /// The model as it is.
    pub(crate) fn baseline(model: &Checked, asked: &Asked) -> Contender {
        Contender {
            name: BASELINE.to_owned(),
            changes: BTreeMap::new(),
            of: Vec::new(),
            identity: Vec::new(),
            program: program::compile(model, asked),
            model: model.clone(),
        }
    }

    /// One of its variants, or the baseline by its name.
    pub(crate) fn variant(
        model: &Checked,
        name: &str,
        (asked, from): (&Asked, Option<Time>),
    ) -> Result<Contender, Failure> {
        if name == BASELINE {
            return Ok(Contender::baseline(model, asked));
        }
        let changes = model.changes(name).ok_or_else(|| Failure::UnknownVariant {
            name: name.to_owned(),
            known: model.variants.iter().map(|v| v.name.clone()).collect(),
        })?;
        let changed = apply(model, name, &changes, from)?;
        let variant = model.variants.iter().find(|variant| variant.name == name);
        Ok(Contender {
            name: name.to_owned(),
            changes: match from {
                Some(_) => describe(model, &model.with_own(&changes).0, &changes),
                None => describe(model, &changed, &changes),
            },
            of: variant
                .map(|variant| variant.of.clone())
                .unwrap_or_default(),
            identity: identity(&changes),
            program: program::compile(&changed, asked),
            model: changed,
        })
    }

    /// The model with changes that are no variant of its author, under a name of their own.
    pub(crate) fn changed(
        model: &Checked,
        name: &str,
        changes: &[Written],
    ) -> Result<Contender, Failure> {
        let changed = apply(model, name, changes, None)?;
        Ok(Contender {
            name: name.to_owned(),
            changes: describe(model, &changed, changes),
            of: Vec::new(),
            identity: identity(changes),
            program: program::compile(&changed, &Asked::default()),
            model: changed,
        })
    }

    /// Measures from this instant on.
    pub(crate) fn cut(&mut self, at: Time) {
        let asked = Asked {
            cut: Some(at),
            ..self.program.origin.asked().clone()
        };
        self.program = program::compile(&self.model, &asked);
    }
}

/// The model with these changes, from the start or from an instant on, which are told of under the
/// name of a variant.
pub(crate) fn apply(
    model: &Checked,
    name: &str,
    changes: &[Written],
    from: Option<Time>,
) -> Result<Checked, Failure> {
    let (changed, diagnostics) = match from.filter(|_| !changes.is_empty()) {
        Some(at) => model.with_own_from(at, name, changes),
        None => model.with_own(changes),
    };
    let sources = Box::new(changed.sources().clone());
    Checked::new(changed).ok_or_else(|| Failure::Invalid {
        variant: name.to_owned(),
        diagnostics,
        sources,
    })
}

/// Whether some knobs move anything: with all of them at their lowest value, or all at their
/// highest, the model must be valid.
pub(crate) fn moves(model: &Checked, knobs: &[Knob]) -> Result<(), Failure> {
    let at_end = |at: fn(&Knob) -> u32| {
        let changes: Vec<Written> = knobs.iter().map(|knob| knob.change(at(knob))).collect();
        let said: Vec<String> = knobs.iter().map(|knob| knob.said(at(knob))).collect();
        apply(model, &said.join(", "), &changes, None)
    };
    match (at_end(|_| 0), at_end(|knob| knob.count() - 1)) {
        (Err(_), Err(failure)) => Err(failure),
        _ => Ok(()),
    }
}

/// What each change moves: the old value and the new one, at every place that it reaches.
fn describe(before: &Model, after: &Model, changes: &[Written]) -> BTreeMap<String, Change> {
    let mut all = BTreeMap::new();
    for change in changes {
        let set = change.written_value();
        let moved = before.moved(after, &change.path);
        if moved.is_empty() {
            let made = Change {
                set,
                was: before.written_at(&change.path),
                now: after.written_at(&change.path),
            };
            all.insert(change.path.clone(), made);
            continue;
        }
        for one in moved {
            let made = Change {
                set: set.clone(),
                was: one.was,
                now: one.now,
            };
            all.insert(one.path, made);
        }
    }
    all
}

/// Gives all programs room for the servers of each, so that those which part midway are the same
/// before they do.
pub(crate) fn make_room(contenders: &mut [Contender]) {
    let mut servers: BTreeMap<String, u32> = BTreeMap::new();
    for (name, most) in contenders.iter().flat_map(|one| room(&one.program)) {
        let known = servers.entry(name).or_insert(0);
        *known = most.max(*known);
    }
    let asked = Asked {
        servers,
        ..Asked::default()
    };
    for one in contenders {
        one.program = program::compile(&one.model, &asked);
    }
}

/// The servers that a program has room for, by service.
pub(crate) fn room(program: &Program) -> BTreeMap<String, u32> {
    let most = program.services.values().map(|service| service.servers_max);
    program.names.services.iter().cloned().zip(most).collect()
}
