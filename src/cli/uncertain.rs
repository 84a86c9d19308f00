//! `uncertain`: what is not known, and what that does to the answer.

use super::args::Uncertain;
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load::{self, no_variant};
use super::memory;
use super::plan::plan;
use super::study;
use super::supply::Supply;
use crate::model::Model;
use crate::model::metric::Metric;
use crate::report::junit::Strictness;
use crate::report::words::Asked;
use crate::study::{Others, REPLICATIONS, Ranges};

/// Draws the inputs and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or nothing has a range.
pub(super) fn answer(
    asked: &Uncertain,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let effort = asked.basics.effort(None);
    let memory = memory::limit(asked.basics.memory);
    let loaded = load::model(supply, &asked.model, &asked.changes.set, memory)?.sound(console)?;
    let plan = plan(&loaded.model, &effort, &asked.changes.set)?;
    let variant = asked.changes.variant.as_deref();
    let changed = match variant.filter(|name| *name != "baseline") {
        Some(name) => {
            let found = loaded.model.variant(name);
            Some(found.ok_or_else(|| no_variant(&loaded.model, name))?.0)
        }
        None => None,
    };
    refuse_too_much(
        changed.as_ref().unwrap_or(&loaded.model),
        plan.limits,
        console,
    )?;
    let ranges = Ranges {
        points: asked.points,
        replications: asked.replications.unwrap_or(REPLICATIONS),
        variant: asked.changes.variant.clone(),
        metric: match &asked.metric {
            Some(text) => Some(metric(&loaded.model, text)?),
            None => None,
        },
        others: match asked.variants.as_slice() {
            [] => Others::All,
            some => Others::These(some.to_vec()),
        },
    };
    deliver::probe(&asked.output)?;
    let text = deliver::text(&loaded, changed.as_ref(), &asked.changes.set);
    let results = study::ranged(loaded.model, &ranges, &plan, (console, supply))?;
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
    Ok(exit::of_uncertain(&results))
}

/// A metric of the command line.
pub(super) fn metric(model: &Model, text: &str) -> Result<Metric, Ending> {
    model.metric(text).map_err(|diagnostic| {
        let why = match &diagnostic.help {
            Some(help) => format!("--metric `{text}`: {}; {help}", diagnostic.found),
            None => format!("--metric `{text}`: {}", diagnostic.found),
        };
        Ending::new(Exit::Usage, why)
    })
}
