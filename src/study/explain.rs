//! Why it broke: which causes carry how much of the outage, what happened in which order, and what
//! would have prevented it.
//!
//! One idea: a cause is something whose absence would have made a difference, so candidates are
//! read off the model and played without, alone and together; everything else follows from those
//! launches. The document of the answer holds the model as it was, the author's what-ifs and the
//! model without its first causes, like any comparison.

mod candidates;
mod chain;
mod impact;
mod later;
mod paths;
mod plays;
mod prevent;
mod sensitive;
mod shares;
mod way;

use std::collections::BTreeMap;

use self::candidates::Candidate;
use self::impact::Impact;
use self::plays::{Play, Plays};
use self::shares::{estimate, part_of, share_out};
use crate::model::Checked;
use crate::program::Asked;
use crate::results::{self, Explain, Results};
use crate::study::contender::{BASELINE, Contender, identity};
use crate::study::plan::{Attribute, Effort, Failure, Plan};
use crate::study::replicate::{Crew, Onlooker};
use crate::study::{adrift, compare};

/// Launches of each combination, unless told otherwise.
pub const EXPLAINED: u32 = 10;

/// What-ifs of the author that are played at most.
const WHAT_IFS: usize = 8;

/// Causes without which the model is shown.
const SHOWN: usize = 3;

/// Explains a launch of a model, or of one variant of it.
///
/// # Errors
/// If the model is of a steady state, the variant does not exist or is no valid model, a launch
/// needs more than it may use, or somebody stopped it before it was done.
pub fn explain(
    model: &Checked,
    variant: Option<&str>,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let crew = Crew::new(plan.threads, onlooker);
    let plan = &Plan {
        attribute: Attribute::Nothing,
        from: None,
        ..plan.clone()
    };
    let asked = Asked::default();
    let explained = match variant {
        Some(name) => Contender::variant(model, name, (&asked, None))?.model,
        None => model.clone(),
    };
    let anchored = adrift::anchored(&explained, plan, &crew)?;
    let is_adrift = anchored.is_some();
    let model = anchored.unwrap_or(explained);
    let base = Contender::baseline(&model, &asked);
    let judge = compare::judge(&base, plan, &crew);
    let first = compare::of_contenders(&model, vec![base], plan, &crew)?;
    let ways = Impact::ways(&model, &first.variants[BASELINE]);
    let mut plays = Plays {
        model: &model,
        impact: &ways[0],
        plan,
        crew: &crew,
        judge: judge.as_ref(),
        replications: replications(plan, &first),
        known: BTreeMap::new(),
        launches: 0,
    };
    let mut results = match told(&mut plays, &ways, &first) {
        // The launches of the model as it is are finished, so they are the answer.
        Err(Failure::Interrupted | Failure::OutOfTime) => {
            return Ok(Results {
                command: "run".to_owned(),
                stopped: crew.stopped(),
                complete: false,
                ..first
            });
        }
        other => other?,
    };
    if let Some(explain) = &mut results.answers.explain {
        explain.of = variant.map(str::to_owned);
    }
    results.command = "explain".to_owned();
    if is_adrift {
        adrift::told(&mut results);
    }
    Ok(results)
}

/// The causes of what the first launches of the model saw.
fn told<'a>(
    plays: &mut Plays<'a>,
    ways: &'a [Impact],
    first: &Results,
) -> Result<Results, Failure> {
    let (model, broke) = (plays.model, &first.variants[BASELINE]);
    let mut explain = Explain::default();
    measured(plays, ways, &mut explain)?;
    let (all, cleared) = candidates::candidates(model, broke);
    explain.cleared = cleared;
    let causes = match is_nothing(&explain) {
        true => Vec::new(),
        false => share_out(plays, all, &mut explain)?,
    };
    let mut results = compared(model, &causes, (plays.plan, plays.crew))?;
    explain.preventions = prevent::preventions(plays, &results, &causes)?;
    explain.chain = chain::chain(plays, &results, &causes)?;
    explain.sensitive = sensitive::sensitive(plays, causes.first())?;
    explain.replications = plays.replications;
    explain.launches = plays.launches;
    results.answers.explain = Some(explain);
    Ok(results)
}

/// Launches of each combination.
fn replications(plan: &Plan, first: &Results) -> u32 {
    match plan.effort {
        Effort::Replications(n) => n,
        Effort::Precision { .. } => first.replications,
    }
}

/// Whether there is no outage to explain.
fn is_nothing(explain: &Explain) -> bool {
    let value = explain.impact.value.and_then(|value| value.estimate);
    value.is_none_or(|value| value <= 0.0)
}

/// Measures the outage in the first way in which there is one.
fn measured<'a>(
    plays: &mut Plays<'a>,
    ways: &'a [Impact],
    explain: &mut Explain,
) -> Result<(), Failure> {
    for way in ways {
        plays.impact = way;
        plays.known.clear();
        plays.play(&[Play::default()])?;
        let (value, whole): (Vec<f64>, Vec<f64>) = plays
            .base()
            .iter()
            .map(|one| (one.value, one.whole))
            .unzip();
        explain.impact = results::Impact {
            kind: way.kind,
            metric: way.name(),
            objective: way.objective.clone(),
            value: estimate(&value, plays.plan.confidence),
            share: part_of(&value, &whole, plays.plan.confidence),
        };
        if value.iter().any(|value| *value > 0.0) {
            return Ok(());
        }
    }
    Ok(())
}

/// The model as it was beside the author's what-ifs and beside itself without its first causes.
fn compared(
    model: &Checked,
    causes: &[Candidate],
    (plan, crew): (&Plan, &Crew<'_>),
) -> Result<Results, Failure> {
    let asked = Asked::default();
    let mut all = vec![Contender::baseline(model, &asked)];
    for variant in model.variants.iter().take(WHAT_IFS) {
        // A what-if that is no valid model after the one explained is left out.
        all.extend(Contender::variant(model, &variant.name, (&asked, None)).ok());
    }
    for cause in causes.iter().take(SHOWN) {
        let own = identity(&cause.changes);
        if !all.iter().any(|one| one.identity == own) {
            all.extend(Contender::changed(model, &name_without(cause), &cause.changes).ok());
        }
    }
    compare::of_contenders(model, all, plan, crew)
}

/// What the model without a cause is called in the document.
fn name_without(cause: &Candidate) -> String {
    format!("without-{}", cause.key())
}
