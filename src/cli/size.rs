//! `size`: how much is enough, or how much can be carried.

use super::args::Size;
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending};
use super::load;
use super::memory;
use super::plan::plan;
use super::study;
use super::supply::Supply;
use crate::model::Model;
use crate::report::junit::Strictness;
use crate::study::{AT_A_VALUE, CHANCE, Sizing};

/// Looks for the value and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or nothing must hold.
pub(super) fn answer(
    asked: &Size,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let effort = asked.basics.effort(asked.replications);
    let memory = memory::limit(asked.basics.memory);
    let loaded = load::model(supply, &asked.model, &asked.set, memory)?.sound(console)?;
    let model = variant(loaded.model, asked.variant.as_deref())?;
    let plan = plan(&model, &effort, &asked.set)?;
    refuse_too_much(&model, plan.limits, console)?;
    deliver::probe(&asked.output)?;
    let sizing = Sizing {
        knobs: asked.knob.clone(),
        against: asked.against.clone(),
        chance: asked.chance.unwrap_or(CHANCE),
        at_most: asked.at_most.unwrap_or(AT_A_VALUE),
    };
    let text = asked.set.is_empty().then_some(loaded.text);
    let results = study::sized(model, &sizing, &plan, (console, supply))?;
    let answer = Answer {
        results: &results,
        model: text,
        asked: deliver::asked(&asked.model, (&asked.set, None), &effort),
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(exit::of_size(&results))
}

/// A variant as a model of its own.
fn variant(model: Model, name: Option<&str>) -> Result<Model, Ending> {
    let Some(name) = name.filter(|name| *name != "baseline") else {
        return Ok(model);
    };
    let changes = model
        .changes(name)
        .ok_or_else(|| load::no_variant(&model, name))?;
    Ok(model.with(&changes).0)
}
