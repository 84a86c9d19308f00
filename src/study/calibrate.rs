//! Which inputs reproduce the measured incident.
//!
//! One idea: search, then run the model with what was found like any other, so that a reader sees
//! the fit in the same charts, beside what was measured; figures and series that are only there
//! to check are never looked at before that.

mod inputs;
mod search;
mod summaries;
mod telling;

use self::inputs::Input;
use self::search::{Found, Search};
use self::summaries::Summary;
use crate::base::math::normal_quantile;
use crate::estimate::calibration::{Surrogate, Told};
use crate::model::overlay::Change;
use crate::model::{Checked, Model};
use crate::results::{Calibrate, FittedParam, FittedPart, Results, Untold, UntoldParam};
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Onlooker};
use crate::study::{adrift, compare};

/// Launches at each point near the best fit, unless told otherwise.
pub const NEAR: u32 = 8;
/// Launches of all points at most, unless told otherwise.
pub const LAUNCHES: u32 = 4_000;

/// What is to be fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The parameters that are free, with or without `param.`.
    pub free: Vec<String>,
    /// Launches at each point near the best fit.
    pub replications: u32,
    /// Launches of all points at most.
    pub at_most: u32,
}

/// A calibration that is done.
#[derive(Clone, Debug)]
pub struct Calibrated {
    /// The results of the model with the fitted values, and the answer.
    pub results: Results,
    /// The model with the fitted values.
    pub model: Model,
    /// The fitted values: name of a parameter, and its value as written.
    pub values: Vec<(String, String)>,
}

impl AsMut<Results> for Calibrated {
    fn as_mut(&mut self) -> &mut Results {
        &mut self.results
    }
}

/// Finds the free parameters that reproduce what was measured.
///
/// # Errors If nothing was measured or nothing is free, if a launch of the fitted model needs
/// more than it may use, or if nothing was finished when somebody stopped it.
pub fn calibrate(
    model: &Checked,
    fit: &Fit,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Calibrated, Failure> {
    let inputs = inputs::inputs(model, &fit.free)?;
    let crew = Crew::new(plan.threads, onlooker);
    let anchored = adrift::anchored(model, plan, &crew)?;
    let model = anchored.as_ref().unwrap_or(model);
    let (summaries, measured) = summaries::of(model);
    if summaries.is_empty() {
        let why = "the model has nothing to fit to: write what was measured in `[observed]`, not \
                   all of it with `check`";
        return Err(Failure::NothingToFit {
            why: why.to_owned(),
        });
    }
    let search = Search {
        model,
        inputs: &inputs,
        summaries: &summaries,
        measured: &measured,
        plan,
        crew: &crew,
        replications: fit.replications.max(2),
        at_most: fit.at_most,
    };
    let found = search.find()?;
    crew.rest();
    let changes: Vec<Change> = inputs
        .iter()
        .zip(&found.best)
        .flat_map(|(input, part)| [input.change(*part), input.known()])
        .collect();
    let fitted = Checked::new(model.with(&changes).0).ok_or_else(|| Failure::NothingToFit {
        why: "the best fit is not a valid model".to_owned(),
    })?;
    let answer = answer(&search, &found, plan.confidence);
    let mut results = match found.interrupted {
        true => compare::unfinished(&fitted, plan, crew.stopped()),
        false => match compare::run(&fitted, None, plan, onlooker) {
            Err(Failure::Interrupted | Failure::OutOfTime) => {
                compare::unfinished(&fitted, plan, crew.stopped())
            }
            other => other?,
        },
    };
    results.command = "calibrate".to_owned();
    results.answers.calibrate = Some(answer);
    if anchored.is_some() {
        adrift::told(&mut results);
    }
    let values = inputs.iter().zip(&found.best);
    Ok(Calibrated {
        values: values
            .map(|(input, u)| (input.name.clone(), input.spelled(*u).1))
            .collect(),
        model: fitted.into_model(),
        results,
    })
}

fn answer(search: &Search<'_>, found: &Found, confidence: f64) -> Calibrate {
    let told = found.told.as_ref();
    let mut calibrate = Calibrate {
        points: found.points,
        launches: found.launches,
        replications: search.replications,
        unplayed: found.unplayed,
        params: search
            .inputs
            .iter()
            .enumerate()
            .map(|(at, input)| {
                param(
                    input,
                    found.best[at],
                    told.map(|one| (&one.1, at)),
                    confidence,
                )
            })
            .collect(),
        settled: told.is_some() && !found.interrupted,
        ..Calibrate::default()
    };
    if let Some((surrogate, told)) = told {
        calibrate.correlations = told.correlations.clone();
        calibrate.rank = told.rank as u32;
        calibrate.untold = untold(search, found, surrogate, told);
        calibrate.misfit = Some(told.misfit);
        calibrate.degrees = told.degrees as u32;
        calibrate.excess = Some(told.excess);
        calibrate.widened = Some(told.excess.sqrt());
        calibrate.parts = parts(search.summaries, surrogate, told);
    }
    calibrate
}

fn param(input: &Input, best: f64, told: Option<(&Told, usize)>, confidence: f64) -> FittedParam {
    let (value, written) = input.spelled(best);
    let mut fitted = FittedParam {
        name: input.name.clone(),
        low: input.low,
        high: input.high,
        was: input.was,
        value,
        written,
        ..FittedParam::default()
    };
    if let Some((told, at)) = told {
        let interval = &told.intervals[at];
        let z = normal_quantile(0.5 + confidence / 2.0);
        fitted.from = Some(input.at(interval.low));
        fitted.to = Some(input.at(interval.high));
        (fitted.at_low, fitted.at_high) = (interval.at_low, interval.at_high);
        fitted.profile_at = interval.profile.iter().map(|(u, _)| input.at(*u)).collect();
        fitted.profile_fall = interval.profile.iter().map(|(_, fall)| *fall).collect();
        fitted.profile_limit = Some(z * z * told.excess);
    }
    fitted
}

/// The least part of a direction that an input must be to be named with it.
const NAMED: f64 = 0.25;

fn untold(search: &Search<'_>, found: &Found, surrogate: &Surrogate, told: &Told) -> Vec<Untold> {
    let observed = search.model.observed.iter();
    let measured: Vec<String> = observed
        .flat_map(|one| {
            let series = one.series.iter().map(|series| series.metric.to_string());
            series.chain(one.figures.iter().map(|figure| figure.metric.to_string()))
        })
        .collect();
    let one = |direction: &Vec<f64>| {
        let named = search.inputs.iter().zip(direction);
        let mut params: Vec<UntoldParam> = named
            .filter(|(_, part)| part.abs() >= NAMED)
            .map(|(input, part)| UntoldParam {
                name: input.name.clone(),
                part: *part,
            })
            .collect();
        params.sort_by(|a, b| b.part.abs().total_cmp(&a.part.abs()));
        let region = surrogate.region();
        Untold {
            params,
            would_tell: telling::would_tell(&found.looked, region, direction, &measured),
        }
    };
    told.untold.iter().map(one).collect()
}

fn parts(summaries: &[Summary], surrogate: &Surrogate, told: &Told) -> Vec<FittedPart> {
    let off = surrogate.residuals(&told.best);
    let known = surrogate.summaries.iter().zip(off);
    known
        .map(|(at, off)| {
            let summary = &summaries[*at];
            FittedPart {
                of: summary.of.clone(),
                from_s: summary.span_s.map(|span| span.0),
                to_s: summary.span_s.map(|span| span.1),
                off,
            }
        })
        .collect()
}
