//! Will it hold, and which what-if helps: `run` one variant, or `compare` several.
//!
//! One idea: both are the same study; `run` has one contender and nothing to compare.

use std::collections::BTreeMap;

use crate::estimate::quantile::Replicas;
use crate::estimate::verdict;
use crate::model::{Checked, Model};
use crate::observation::sketch::RELATIVE_ERROR;
use crate::program::Asked;
use crate::results::{Objective, Precision, Results, SCHEMA, Steady, Stopped};
use crate::study::contender::{BASELINE, Contender, make_room};
use crate::study::differences::{Scales, differences, standing};
use crate::study::fill::{self, Sight};
use crate::study::launches::{Field, Kept, Launches};
use crate::study::lens::Lens;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job, Onlooker};
use crate::study::stations::Stations;
use crate::study::trigger::{self, Judge};
use crate::study::worth::{Compared, foresee, worth};
use crate::study::{adrift, answer, measures, notes, steady, subject};

/// How many times the launches that should settle a difference it may take at most.
const SETTLED_AT_MOST: u64 = 3;

/// Runs one variant, or the model as it is.
///
/// # Errors
/// If a replication needs more than it may use, the variant does not exist or is no valid model,
/// or nothing was finished when somebody stopped it.
pub fn run(
    model: &Checked,
    variant: Option<&str>,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let names = [variant.unwrap_or(BASELINE)];
    let mut results = study(model, &names, plan, onlooker)?;
    results.command = "run".to_owned();
    Ok(results)
}

/// Compares variants with the model as it is: those named, or all of them in the order of the file.
///
/// # Errors
/// As [`run`].
pub fn compare(
    model: &Checked,
    variants: &[String],
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let chosen: Vec<&str> = match variants {
        [] => model.variants.iter().map(|one| one.name.as_str()).collect(),
        some => some.iter().map(String::as_str).collect(),
    };
    let mut names = vec![BASELINE];
    for name in chosen {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut results = study(model, &names, plan, onlooker)?;
    results.command = "compare".to_owned();
    Ok(results)
}

fn study(
    model: &Checked,
    names: &[&str],
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let crew = Crew::new(plan.threads, onlooker);
    let Some(anchored) = adrift::anchored(model, plan, &crew)? else {
        return anchored_study(model, names, plan, &crew);
    };
    let mut results = anchored_study(&anchored, names, plan, &crew)?;
    adrift::told(&mut results);
    Ok(results)
}

/// The study of a model whose measured series, if there are any, are on its own clock.
fn anchored_study(
    model: &Checked,
    names: &[&str],
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Results, Failure> {
    of_contenders(model, contenders(model, names, plan)?, plan, crew)
}

/// The study of some contenders, the baseline first.
pub(crate) fn of_contenders(
    model: &Checked,
    mut contenders: Vec<Contender>,
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Results, Failure> {
    let steady = steady::cut(model, &mut contenders, plan, crew)?;
    let judge = judge(&contenders[0], plan, crew);
    let lenses: Vec<(&str, Lens<'_>)> = contenders
        .iter()
        .map(|one| {
            (
                one.name.as_str(),
                Lens::new(&one.model, &one.program, judge.as_ref()),
            )
        })
        .collect();
    let headline = headline(&contenders[0]);
    let field = Field {
        lenses: &lenses,
        headline: &headline,
    };
    let launches = field.launch(plan, crew);
    if contenders.len() > 1 && crew.is_lacking() {
        foresee((model, &contenders), plan, crew);
    }
    let launches = launches?;
    crew.rest();
    let sights: Vec<Sight<'_>> = contenders
        .iter()
        .zip(&lenses)
        .zip(&launches.kept)
        .map(|((contender, (_, lens)), kept)| Sight {
            lens,
            metrics: &kept.metrics,
            seen: &kept.seen,
            confidence: plan.confidence,
            replicas: Replicas::new(kept.seen.len(), plan.seed),
            changes: &contender.changes,
            of: &contender.of,
        })
        .collect();
    let mut results = head(&contenders[0], &launches, plan, steady);
    fill(&mut results, model, (&contenders, &sights), &headline, plan);
    if let Some(steady) = &mut results.answers.steady {
        let mut settled = results.variants.values().filter_map(|one| one.settled);
        steady.converged &= settled.all(|one| one.means);
    }
    let compared = Compared {
        model,
        contenders: &contenders,
        sights: &sights,
        headline: &headline,
        numbers: &launches.numbers,
        judge: judge.as_ref(),
        differences: &results.differences,
    };
    if contenders.len() > 1 {
        results.attribution = worth(&compared, plan, crew)?;
    }
    let question = model.question.as_ref();
    results.answers.question = question.and_then(|asked| answer::answer(&results, asked));
    results.notes = notes::notes(&results);
    for (contender, sight) in contenders.iter().zip(&sights) {
        results.notes.extend(notes::skipped(&contender.name, sight));
    }
    Ok(results)
}

/// Those who are compared.
fn contenders(model: &Checked, names: &[&str], plan: &Plan) -> Result<Vec<Contender>, Failure> {
    let asked = Asked::default();
    let all = names.iter();
    let all = all.map(|name| Contender::variant(model, name, (&asked, plan.from)));
    let mut all: Vec<Contender> = all.collect::<Result<_, _>>()?;
    if plan.from.is_some() {
        make_room(&mut all);
    }
    Ok(all)
}

/// What became of the objectives of a model, and nothing else: for whoever asks often.
///
/// # Errors
/// As [`run`].
pub(crate) fn objectives(
    model: &Checked,
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<Vec<Objective>, Failure> {
    let mut all = vec![Contender::baseline(model, &Asked::default())];
    steady::cut(model, &mut all, plan, crew)?;
    let one = &all[0];
    let judge = judge(one, plan, crew);
    let lenses = [(
        BASELINE,
        Lens::new(&one.model, &one.program, judge.as_ref()),
    )];
    let headline = headline(one);
    let field = Field {
        lenses: &lenses,
        headline: &headline,
    };
    let launches = field.launch(plan, crew)?;
    let Kept { metrics, seen } = &launches.kept[0];
    let sight = Sight {
        lens: &lenses[0].1,
        metrics,
        seen,
        confidence: plan.confidence,
        replicas: Replicas::new(seen.len(), plan.seed),
        changes: &one.changes,
        of: &one.of,
    };
    let settled = steady::settled(sight.lens, seen);
    Ok(fill::objectives::objectives(&sight, settled.as_ref()))
}

/// How launches are judged: by the baseline, for all alike.
pub(crate) fn judge(baseline: &Contender, plan: &Plan, crew: &Crew<'_>) -> Option<Judge> {
    let stations = Stations::of(&baseline.model);
    let job = Job {
        program: &baseline.program,
        seed: plan.seed,
        number: 0,
        limits: plan.limits,
    };
    let launch = baseline.model.study == crate::model::Study::Launch;
    launch
        .then(|| trigger::judge(&baseline.model, &baseline.program, &stations, (crew, &job)))
        .flatten()
}

/// The metrics that words are given to.
fn headline(baseline: &Contender) -> Vec<String> {
    let names = &baseline.program.names;
    let mut found: Vec<String> = Vec::new();
    for &probe in &names.headline {
        let name = &names.probes[probe];
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

/// The document of a study that was stopped before a launch of the model that it is about was run.
pub(crate) fn unfinished(model: &Checked, plan: &Plan, stopped: Stopped) -> Results {
    let none = Launches {
        kept: Vec::new(),
        numbers: Vec::new(),
        stopped,
    };
    let baseline = Contender::baseline(model, &Asked::default());
    let mut results = head(&baseline, &none, plan, None);
    results.complete = false;
    results
}

/// The first part of a study that has others. Where its launches are played elsewhere, the study
/// goes on without them, so that those of its other parts are played beside them; the second value
/// says so, and there is no answer then.
///
/// # Errors
/// What is wrong with the first part.
pub(crate) fn begun(
    first: Result<Results, Failure>,
    (model, plan): (&Checked, &Plan),
    onlooker: Onlooker<'_>,
) -> Result<(Results, bool), Failure> {
    match first {
        Err(Failure::Interrupted) if onlooker.is_lacking() => {
            Ok((unfinished(model, plan, Stopped::Partial), true))
        }
        other => Ok((other?, false)),
    }
}

/// The document before anything is filled in.
fn head(baseline: &Contender, launches: &Launches, plan: &Plan, steady: Option<Steady>) -> Results {
    let mut results = Results {
        schema: SCHEMA.to_owned(),
        onrush: env!("CARGO_PKG_VERSION").to_owned(),
        complete: !launches.stopped.is_unfinished(),
        stopped: launches.stopped,
        model: subject::facts(&baseline.model, &baseline.program, plan),
        seed: plan.seed,
        replications: launches.numbers.len() as u32,
        detailed: launches.detailed(),
        confidence: plan.confidence,
        paired: true,
        precision: Precision {
            sketch_relative: RELATIVE_ERROR,
            bin_s: baseline.program.clock.bin.as_secs_f64(),
        },
        ..Results::default()
    };
    results.answers.steady = steady;
    results
}

fn fill(
    results: &mut Results,
    model: &Model,
    (contenders, sights): (&[Contender], &[Sight<'_>]),
    headline: &[String],
    plan: &Plan,
) {
    for (contender, sight) in contenders.iter().zip(sights) {
        results.order.push(contender.name.clone());
        let filled = fill::variant(sight);
        results.variants.insert(contender.name.clone(), filled);
    }
    results.measures = measures::of(model, sights[0].metric_names());
    if sights.len() < 2 {
        return;
    }
    let family = verdict::family(headline.to_vec(), sights.len() - 1, plan.confidence);
    let scales = Scales {
        family: &family,
        measures: &results.measures,
        model,
        plan,
        baseline: &results.variants[&contenders[0].name],
    };
    let mut all = BTreeMap::new();
    let mut standings = Vec::new();
    for (contender, sight) in contenders.iter().zip(sights).skip(1) {
        let found = differences(&sights[0], sight, &scales);
        let both = (scales.baseline, &results.variants[&contender.name]);
        standings.push((&contender.name, standing(&family, both, &found)));
        all.insert(contender.name.clone(), found);
    }
    for (name, standing) in standings {
        if let Some(variant) = results.variants.get_mut(name) {
            variant.standing = Some(standing);
        }
    }
    for found in all.values_mut().flat_map(BTreeMap::values_mut) {
        found.settled_at_most = found.settled_by.map(|n| n.saturating_mul(SETTLED_AT_MOST));
    }
    results.differences = all;
    results.family = Some(family);
}
