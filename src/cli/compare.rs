//! `compare`: which what-if helps, by how much, how sure; what each change is worth.

use std::time::Instant;

use super::args::{Compare, FailOn};
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load::{self, no_variant};
use super::memory;
use super::plan::{self, plan};
use super::study::{self, Question};
use super::supply::Supply;
use super::versions;
use crate::model::Model;
use crate::report::junit::{Strictness, Unclear};
use crate::report::{number, words};
use crate::study::{AT_MOST, Attribute, Choice, Effort, Plan};

/// Compares variants with the model as it is and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way.
pub(super) fn answer(
    asked: &Compare,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    let file = match asked.models.as_slice() {
        [first, second] => return versions::answer(asked, (first, second), console),
        [one, ..] => one,
        [] => return Err(Ending::new(Exit::Usage, "name a model to compare")),
    };
    let memory = memory::limit(asked.effort.memory);
    let loaded = load::model(supply, file, &asked.set, memory)?.sound(console)?;
    let mut plan = plan_of(&loaded.model, asked)?;
    if let (true, None, Effort::Replications(n)) =
        (asked.full, asked.effort.replications, plan.effort)
    {
        plan.effort = Effort::Replications(n.max(FULL));
    }
    plan.from = plan::from(&loaded.model, asked.from)?;
    if asked.no_attribution {
        plan.attribute = Attribute::Nothing;
    }
    let variants = variants(&loaded.model, asked)?;
    refuse_too_much(&loaded.model, plan.limits, console)?;
    for name in &variants {
        if let Some((changed, _)) = loaded.model.variant(name) {
            refuse_too_much(&changed, plan.limits, console)?;
        }
    }
    deliver::probe(&asked.output)?;
    let question = match (asked.full, asked.factorial) {
        (true, _) => Question::CompareInFull(&variants),
        (_, true) => Question::Combine(&variants),
        _ => Question::Compare(&variants),
    };
    let choice = choice(&loaded.model, asked)?;
    let text = match asked.set.is_empty() {
        true => loaded.text.clone(),
        false => loaded.model.written(),
    };
    let began = Instant::now();
    let results = match &choice {
        Some(choice) => study::chosen(loaded.model, (&variants, choice), &plan, (console, supply))?,
        None => study::results(loaded.model, question, &plan, (console, supply))?,
    };
    if asked.full {
        let took = number::duration(began.elapsed().as_secs_f64());
        console.note(&format!(
            "{} and the draws took {took}",
            words::launches(results.replications)
        ));
    }
    let answer = Answer {
        results: &results,
        model: Some(text),
        asked: deliver::asked(file, (&asked.set, asked.from), &asked.effort),
        strictness: strictness(asked),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    if asked.best {
        return Ok(exit::of_best(&results));
    }
    Ok(exit::of_compare(
        &results,
        asked.require.as_ref(),
        &asked.fail_on,
    ))
}

/// The plan; with `--best` the most launches are those of the selection.
fn plan_of(model: &Model, asked: &Compare) -> Result<Plan, Ending> {
    if !asked.best {
        return plan(model, &asked.effort, &asked.set);
    }
    let effort = super::args::Effort {
        at_most: None,
        ..asked.effort.clone()
    };
    plan(model, &effort, &asked.set)
}

/// By what the best is selected, if that is asked.
fn choice(model: &Model, asked: &Compare) -> Result<Option<Choice>, Ending> {
    if !asked.best {
        return Ok(None);
    }
    let metric = asked.metric.as_deref();
    let metric = metric.map(|text| super::uncertain::metric(model, text));
    Ok(Some(Choice {
        metric: metric.transpose()?,
        at_most: asked.effort.at_most.unwrap_or(AT_MOST),
    }))
}

/// What the build server is told must not be let pass.
pub(super) fn strictness(asked: &Compare) -> Strictness {
    let unclear = match asked.fail_on.contains(&FailOn::Unclear) {
        true => Unclear::Fails,
        false => Unclear::Skips,
    };
    Strictness {
        unclear,
        require: asked.require.clone(),
    }
}

/// The variants to compare: those asked for, or all.
fn variants(model: &Model, asked: &Compare) -> Result<Vec<String>, Ending> {
    let all: Vec<String> = model
        .variants
        .iter()
        .map(|variant| variant.name.clone())
        .collect();
    let chosen = if asked.variants.is_empty() {
        &all
    } else {
        &asked.variants
    };
    if chosen.is_empty() {
        let why = "the model has no variants to compare; add one, or use `onrush run`";
        return Err(Ending::new(Exit::Usage, why));
    }
    for name in chosen {
        if !all.contains(name) && name != BASELINE {
            return Err(no_variant(model, name));
        }
    }
    let required = asked.require.iter().filter(|name| *name != BASELINE);
    if let Some(name) = required.into_iter().find(|name| !chosen.contains(name)) {
        let why = format!("--require names `{name}`, which is not among the variants compared");
        return Err(Ending::new(Exit::Usage, why));
    }
    Ok(chosen.clone())
}

/// Replications that `--full` makes at least: 29 of 29 are needed to say that nine of ten launches
/// meet an objective.
const FULL: u32 = 30;

/// The name of the model as it is.
const BASELINE: &str = "baseline";
