//! `explain`: why it broke, and what would have prevented it.

use super::args::Explain;
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load::{self, no_variant};
use super::memory;
use super::plan::plan;
use super::study;
use super::supply::Supply;
use crate::model::Study;
use crate::report::junit::Strictness;
use crate::report::words::Asked;
use crate::study::EXPLAINED;

/// Explains a launch and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or the model is of a steady state.
pub(super) fn answer(
    asked: &Explain,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let effort = asked
        .basics
        .effort(Some(asked.replications.unwrap_or(EXPLAINED)));
    let memory = memory::limit(asked.basics.memory);
    let loaded = load::model(supply, &asked.model, &asked.changes.set, memory)?.sound(console)?;
    let plan = plan(&loaded.model, &effort, &asked.changes.set)?;
    if loaded.model.study != Study::Launch {
        let why = "only a launch has causes to explain: the model is of a steady state";
        return Err(Ending::new(Exit::Usage, why));
    }
    let variant = asked.changes.variant.as_deref();
    let changed = match variant {
        Some(name) => {
            let found = loaded.model.variant(name);
            Some(found.ok_or_else(|| no_variant(&loaded.model, name))?.0)
        }
        None => None,
    };
    let explained = changed.as_ref().unwrap_or(&loaded.model);
    refuse_too_much(explained, plan.limits, console)?;
    deliver::probe(&asked.output)?;
    let text = deliver::text(&loaded, changed.as_ref(), &asked.changes.set);
    let results = study::explained(loaded.model, variant, &plan, (console, supply))?;
    let answer = Answer {
        results: &results,
        model: Some(text),
        asked: Asked {
            variant: asked.changes.variant.clone(),
            ..deliver::asked(&asked.model, (&asked.changes.set, None), &effort)
        },
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(exit::of_explain(&results))
}
