//! `run`: will it hold, where does it break, when does it recover.

use super::args::Run;
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending};
use super::load::{self, no_variant};
use super::memory;
use super::plan::{self, plan};
use super::study::{self, Question};
use super::supply::Supply;
use crate::base::time::Time;
use crate::model::Model;
use crate::report::junit::Strictness;
use crate::report::words::Asked;

/// Runs the model, or one variant of it, and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way.
pub(super) fn answer(
    asked: &Run,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let memory = memory::limit(asked.effort.memory);
    let loaded = load::model(supply, &asked.model, &asked.changes.set, memory)?.sound(console)?;
    let mut plan = plan(&loaded.model, &asked.effort, &asked.changes.set)?;
    plan.from = plan::from(&loaded.model, asked.from)?;
    let variant = asked.changes.variant.as_deref();
    let changed = match variant {
        Some(name) => Some(variant_of(&loaded.model, name, plan.from)?),
        None => None,
    };
    refuse_too_much(
        changed.as_ref().unwrap_or(&loaded.model),
        plan.limits,
        console,
    )?;
    deliver::probe(&asked.output)?;
    let text = deliver::text(&loaded, changed.as_ref(), &asked.changes.set);
    let question = match asked.explain {
        true => Question::RunAndTell(variant),
        false => Question::Run(variant),
    };
    let results = study::results(loaded.model, question, &plan, (console, supply))?;
    let answer = Answer {
        results: &results,
        model: Some(text),
        asked: Asked {
            variant: asked.changes.variant.clone(),
            ..deliver::asked(
                &asked.model,
                (&asked.changes.set, asked.from),
                &asked.effort,
            )
        },
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(exit::of_run(&results))
}

fn variant_of(model: &Model, name: &str, from: Option<Time>) -> Result<Model, Ending> {
    let changes = model.changes(name).ok_or_else(|| no_variant(model, name))?;
    Ok(match from {
        Some(at) => model.with_own_from(at, name, &changes).0,
        None => {
            model
                .variant(name)
                .ok_or_else(|| no_variant(model, name))?
                .0
        }
    })
}
