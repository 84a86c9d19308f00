//! A study from the command line: with a bar, a way to stop it, and failures as endings.

use std::time::Instant;

use super::console::Console;
use super::exit::{Ending, Exit};
use super::interrupt;
use super::load::no_variant;
use super::progress::Bar;
use super::store::Store;
use super::supply::Supply;
use crate::base::time::Span;
use crate::model::{Checked, Model};
use crate::report::number;
use crate::results::{Results, Stopped};
use crate::study::{
    self, Allowance, Calibrated, Choice, Failure, Fit, Onlooker, Others, Plan, Ranges, Sizing,
    Sweeping, Tipping,
};

/// A time that is running.
struct Hourglass {
    began: Instant,
    allowed: Span,
}

impl Hourglass {
    fn new(allowed: Span) -> Hourglass {
        Hourglass {
            began: Instant::now(),
            allowed,
        }
    }
}

impl Allowance for Hourglass {
    fn spent(&self) -> f64 {
        self.began.elapsed().as_secs_f64() / self.allowed.as_secs_f64()
    }
}

/// What is asked of a model.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    /// Will it, or this variant of it, hold.
    Run(Option<&'a str>),
    /// As above, and what happened in a typical launch and in a bad one.
    RunAndTell(Option<&'a str>),
    /// Which of these variants helps.
    Compare(&'a [String]),
    /// As above, and which changes help or hinder each other.
    Combine(&'a [String]),
    /// As the second, and whether the conclusions hold over the ranges of the inputs.
    CompareInFull(&'a [String]),
}

/// The results of a study of a model without errors.
///
/// # Errors
/// If it was interrupted before anything was finished, needs too much, or a variant is invalid.
pub(super) fn results(
    model: Model,
    question: Question<'_>,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        let mut results = match question {
            Question::Run(variant) | Question::RunAndTell(variant) => {
                study::run(model, variant, plan, onlooker)
            }
            Question::Compare(variants) | Question::CompareInFull(variants) => {
                study::compare(model, variants, plan, onlooker)
            }
            Question::Combine(variants) => study::factorial(model, variants, plan, onlooker),
        }?;
        if matches!(question, Question::CompareInFull(_)) && !interrupt::asked() {
            draws(&mut results, model, plan, onlooker, at.0)?;
        }
        if let Question::RunAndTell(variant) = question {
            chain(&mut results, (model, variant), plan, onlooker)?;
        }
        Ok(results)
    })
}

/// Adds what happened in two of the launches; what was finished before an interruption stays.
fn chain(
    results: &mut Results,
    of: (&Checked, Option<&str>),
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<(), Failure> {
    match study::told(results, of, plan, onlooker) {
        Err(Failure::Interrupted) => {
            (results.complete, results.stopped) = (false, Stopped::Interrupted);
            Ok(())
        }
        Err(Failure::OutOfTime) => Ok(()),
        other => other,
    }
}

/// The fit of a model without errors to what was measured.
///
/// # Errors
/// If it was interrupted before anything was finished, needs too much, or has nothing to fit.
pub(super) fn calibrated(
    model: Model,
    fit: &Fit,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Calibrated, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::calibrate(model, fit, plan, onlooker)
    })
}

/// How much of a model without errors is enough.
///
/// # Errors
/// If it was interrupted before the value was found, needs too much, or nothing must hold.
pub(super) fn sized(
    model: Model,
    sizing: &Sizing,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::size(model, sizing, plan, onlooker)
    })
}

/// What the ranges of the inputs of a model without errors do to an outcome.
///
/// # Errors
/// If it was interrupted before a draw was finished, needs too much, or nothing has a range.
pub(super) fn ranged(
    model: Model,
    asked: &Ranges,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::uncertain(model, asked, plan, onlooker)
    })
}

/// The best variant of a model without errors.
///
/// # Errors
/// If it was interrupted before the first stage was over, a variant is invalid or needs too much,
/// or nothing tells which is better.
pub(super) fn chosen(
    model: Model,
    (variants, choice): (&[String], &Choice),
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::best(model, variants, choice, plan, onlooker)
    })
}

/// How metrics of a model without errors follow one or two inputs.
///
/// # Errors
/// If it was interrupted before anything was finished, needs too much, or cannot be asked so.
pub(super) fn swept(
    model: Model,
    sweeping: &Sweeping,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::sweep(model, sweeping, plan, onlooker)
    })
}

/// Which triggers a model without errors survives at which load.
///
/// # Errors
/// If it was interrupted before anything was finished, needs too much, or cannot be asked so.
pub(super) fn tipped(
    model: Model,
    tipping: &Tipping,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::tip(model, tipping, plan, onlooker)
    })
}

/// Why a launch of a model without errors broke.
///
/// # Errors
/// If it was interrupted, needs too much, or a variant is invalid.
pub(super) fn explained(
    model: Model,
    variant: Option<&str>,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    watched(model, (plan, at), |model, onlooker| {
        study::explain(model, variant, plan, onlooker)
    })
}

/// Two models to compare, and what the second is called.
pub(super) struct VersionsOf<'a> {
    /// The first.
    pub(super) first: Model,
    /// The second.
    pub(super) second: Model,
    /// Its name.
    pub(super) name: &'a str,
}

/// Two models without errors side by side.
///
/// # Errors
/// If it was interrupted before anything was finished, or needs too much.
pub(super) fn versions(
    of: VersionsOf<'_>,
    plan: &Plan,
    at: (&Console, &Supply<'_>),
) -> Result<Results, Ending> {
    let second = Checked::new(of.second).expect("a model with errors was refused before");
    watched(of.first, (plan, at), |first, onlooker| {
        study::versions((first, &second), of.name, plan, onlooker)
    })
}

/// A study of a model without errors, with a bar and a way to stop it.
fn watched<T: AsMut<Results>>(
    model: Model,
    (plan, (console, supply)): (&Plan, (&Console, &Supply<'_>)),
    ask: impl FnOnce(&Checked, Onlooker<'_>) -> Result<T, Failure>,
) -> Result<T, Ending> {
    let model = Checked::new(model).expect("a model with errors was refused before");
    interrupt::listen();
    let bar = Bar::new(console);
    let own = match supply.launches {
        None => Store::open(plan),
        Some(_) => None,
    };
    let own_store = own.as_ref().map(|store| store as &dyn study::Store);
    let store = supply.launches.or(own_store);
    let hourglass = plan.within.map(Hourglass::new);
    let onlooker = Onlooker {
        progress: &bar,
        stop: &interrupt::asked,
        until: hourglass.as_ref().map(|glass| glass as &dyn Allowance),
        store,
    };
    let found = ask(&model, onlooker);
    bar.clear();
    if let Some(own) = &own {
        own.close(console);
    }
    if bar.shared() > 0 {
        let events = number::count(bar.shared() as f64);
        console.note(&format!(
            "variants shared what came before they part: {events} events were not simulated again"
        ));
    }
    let is_lacking = store.is_some_and(study::Store::is_lacking);
    if is_lacking && !interrupt::asked() && (!supply.is_partial || found.is_err()) {
        let why = "too few launches are there for an answer";
        return Err(Ending::new(Exit::Lacking, why));
    }
    let mut found = found.map_err(|failure| ending(failure, &model, console))?;
    if is_lacking {
        let results = found.as_mut();
        (results.complete, results.stopped) = (false, Stopped::Partial);
    }
    Ok(found)
}

/// Adds the draws over the ranges of the inputs, if the model has something to draw: as `uncertain`
/// with one launch a draw, of the variants that conclusions speak of. What was finished before an
/// interruption stays.
fn draws(
    results: &mut Results,
    model: &Checked,
    plan: &Plan,
    onlooker: Onlooker<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let asked = Ranges {
        points: None,
        replications: 1,
        variant: None,
        metric: None,
        others: Others::Spoken,
    };
    match study::drawn(results, model, &asked, plan, onlooker) {
        Err(Failure::NothingUncertain) => {
            console.note("note: no parameter of the model has a `range`, so no inputs are drawn");
            Ok(())
        }
        Err(Failure::OutOfTime) => {
            results.stopped = Stopped::Time;
            Ok(())
        }
        Err(Failure::Interrupted) => {
            (results.complete, results.stopped) = (false, Stopped::Interrupted);
            Ok(())
        }
        other => other,
    }
}

fn ending(failure: Failure, model: &Model, console: &Console) -> Ending {
    match failure {
        Failure::Interrupted => Ending::new(Exit::Interrupted, failure.to_string()),
        Failure::OutOfTime => Ending::new(Exit::Unclear, failure.to_string()),
        Failure::Exceeded { .. } | Failure::Full { .. } => Ending::could_not(&failure),
        Failure::NothingUncertain => Ending::new(Exit::Usage, failure.to_string()),
        Failure::NothingToFit { why }
        | Failure::NothingToSize { why }
        | Failure::NothingToSweep { why } => Ending::new(Exit::Usage, why),
        Failure::UnknownVariant { name, .. } => no_variant(model, &name),
        Failure::Invalid {
            variant,
            diagnostics,
            sources,
        } => {
            console.diagnostics(&diagnostics, &sources);
            let why = format!("the variant `{variant}` is not a valid model");
            Ending::new(Exit::InvalidModel, why)
        }
    }
}
