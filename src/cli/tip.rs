//! `tip`: which triggers are survived, at which load.

use super::args::Tip;
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load;
use super::memory;
use super::plan::plan;
use super::study;
use super::supply::Supply;
use crate::report::junit::Strictness;
use crate::study::{AT_A_CELL, SURVIVED, Tipping};

/// Looks for the border and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or launches cannot be judged.
pub(super) fn answer(
    asked: &Tip,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    if asked.knob.len() > 2 {
        let why = "--knob can be given once or twice: the trigger, and the load";
        return Err(Ending::new(Exit::Usage, why));
    }
    let effort = asked.basics.effort(asked.replications);
    let memory = memory::limit(asked.basics.memory);
    let loaded = load::model(supply, &asked.model, &asked.set, memory)?.sound(console)?;
    let plan = plan(&loaded.model, &effort, &asked.set)?;
    refuse_too_much(&loaded.model, plan.limits, console)?;
    deliver::probe(&asked.output)?;
    let tipping = Tipping {
        knobs: asked.knob.clone(),
        chance: asked.chance.unwrap_or(SURVIVED),
        at_most: asked.at_most.unwrap_or(AT_A_CELL),
    };
    let text = asked.set.is_empty().then_some(loaded.text);
    let results = study::tipped(loaded.model, &tipping, &plan, (console, supply))?;
    let answer = Answer {
        results: &results,
        model: text,
        asked: deliver::asked(&asked.model, (&asked.set, None), &effort),
        strictness: Strictness::default(),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(exit::of_tip(&results))
}
