//! Which variant is best: launches are made only of those who may still be.

use super::compare;
use crate::engine::Exceeded;
use crate::estimate::interval;
use crate::estimate::measure::{self, Quantity, Scale};
use crate::estimate::selection::{FIRST, Rule, Selection, select};
use crate::model::Checked;
use crate::model::metric::Metric;
use crate::program::Asked;
use crate::results::{self, BestRow, Better, Estimate, Results, Stopped};
use crate::study::contender::{Contender, make_room};
use crate::study::launches::failure;
use crate::study::lens::{Lens, SERVED};
use crate::study::measures;
use crate::study::plan::{Attribute, Effort, Failure, Plan};
use crate::study::replicate::{Crew, Job, Onlooker};
use crate::study::steady;

/// Difference that matters, as a share of the best.
const ZONE: f64 = 0.05;

/// What the best is selected by.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The metric; that of the first objective if absent.
    pub metric: Option<Metric>,
    /// Launches of each variant at most.
    pub at_most: u32,
}

/// Selects the best of some variants and the model as it is, and compares all by the launches of
/// the first stage.
///
/// # Errors
/// If a variant is no valid model or needs more than it may use, the metric has no better side or
/// no value in some launch, or it was stopped before the first stage was over.
pub fn best(
    model: &Checked,
    variants: &[String],
    choice: &Choice,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let first = Plan {
        effort: Effort::Replications(FIRST),
        attribute: Attribute::Nothing,
        ..plan.clone()
    };
    let mut results = compare::compare(model, variants, &first, onlooker)?;
    if results.stopped == Stopped::Time || results.stopped.is_unfinished() {
        return Ok(results);
    }
    let crew = Crew::new(plan.threads, onlooker);
    let field = Field::new(model, &results.order, choice, (plan, &crew))?;
    let found = field.select(&results)?;
    if let Some(found) = &found {
        results.answers.best = Some(field.answer(found));
    }
    if crew.is_stopped() && found.is_none_or(|found| !found.settled) {
        results.stopped = crew.stopped();
        results.complete = !results.stopped.is_unfinished();
    }
    Ok(results)
}

/// Those who are chosen among, and by what.
struct Field<'a> {
    contenders: Vec<Contender>,
    metric: Metric,
    better: Better,
    model: &'a Checked,
    choice: &'a Choice,
    plan: &'a Plan,
    crew: &'a Crew<'a>,
}

impl<'a> Field<'a> {
    fn new(
        model: &'a Checked,
        names: &[String],
        choice: &'a Choice,
        (plan, crew): (&'a Plan, &'a Crew<'a>),
    ) -> Result<Field<'a>, Failure> {
        let first = model.objectives.first().map(|one| one.metric.clone());
        let served = || model.metric(SERVED).ok();
        let metric = choice.metric.clone().or(first).or_else(served);
        let metric = metric.ok_or_else(|| nothing("the model has no users to be served"))?;
        let name = metric.to_string();
        let mut objectives = model.objectives.iter();
        let better = match objectives.find(|one| one.metric.to_string() == name) {
            Some(one) => measure::better_by_relation(one.comparison.sign()),
            None => measure::better(&name),
        };
        if better == Better::Neither {
            return Err(nothing(&format!(
                "{name} has no better side: name another one with --metric"
            )));
        }
        let asked = Asked {
            metrics: vec![metric.clone()],
            ..Asked::default()
        };
        let all = names.iter();
        let all = all.map(|name| Contender::variant(model, name, (&asked, plan.from)));
        let mut contenders: Vec<Contender> = all.collect::<Result<_, _>>()?;
        if plan.from.is_some() {
            make_room(&mut contenders);
        }
        steady::cut(model, &mut contenders, plan, crew)?;
        Ok(Field {
            contenders,
            metric,
            better,
            model,
            choice,
            plan,
            crew,
        })
    }

    fn sign(&self) -> f64 {
        match self.better {
            Better::Lower => -1.0,
            Better::Higher | Better::Neither => 1.0,
        }
    }

    fn select(&self, results: &Results) -> Result<Option<Selection>, Failure> {
        let judge = compare::judge(&self.contenders[0], self.plan, self.crew);
        let lenses: Vec<Lens<'_>> = self
            .contenders
            .iter()
            .map(|one| Lens::new(&one.model, &one.program, judge.as_ref()))
            .collect();
        let rule = Rule {
            confidence: self.plan.confidence,
            at_most: self.choice.at_most.max(FIRST),
        };
        let zone = |means: &[f64]| self.zone(means, results);
        select(lenses.len(), rule, &zone, &mut |left, number| {
            self.launch(&lenses, left, number)
        })
    }

    /// One launch of each who is left.
    fn launch(
        &self,
        lenses: &[Lens<'_>],
        left: &[usize],
        number: u32,
    ) -> Result<Option<Vec<f64>>, Failure> {
        let name = self.metric.to_string();
        let done = self.crew.each(left.len(), &|at, seat| {
            let lens = &lenses[left[at]];
            let job = Job {
                program: lens.program,
                seed: self.plan.seed,
                number,
                limits: self.plan.limits,
            };
            let seen = self.crew.execute(&job, seat)?;
            let metrics = lens.metrics(&seen, lens.fate(&seen).as_ref());
            let value = metrics.iter().find(|(known, _)| *known == name);
            Ok::<_, Exceeded>(value.and_then(|(_, value)| *value))
        });
        let done = done.map_err(|overrun| {
            let variant = self.contenders[left[overrun.job]].name.as_str();
            failure((variant, number), overrun, (self.plan, self.crew))
        })?;
        let done: Option<Vec<Option<f64>>> = done.into_iter().collect();
        let Some(done) = done else { return Ok(None) };
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let all: Option<Vec<f64>> = done.into_iter().map(finite).collect();
        let all = all.ok_or_else(|| {
            nothing(&format!(
                "{name} is not reached in every launch, so means of it cannot be compared: name \
                 another one with --metric, for example a share"
            ))
        })?;
        Ok(Some(
            all.into_iter().map(|value| self.sign() * value).collect(),
        ))
    }

    /// Which difference matters: what the planner says, else a part of the best.
    fn zone(&self, means: &[f64], results: &Results) -> f64 {
        let best = means
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max)
            .abs();
        let key = self.model.key_of(&self.metric);
        if let Some(asked) = self.plan.same_within.get(&key) {
            return asked.in_units(best).max(f64::MIN_POSITIVE);
        }
        let scale = Scale {
            bin_s: results.precision.bin_s,
            launch_s: results.model.to_s - results.model.from_s,
            ..Scale::default()
        };
        // Of what is next to nothing a part is nothing.
        let least = Quantity::of(&key).threshold(0.0, &scale).in_units(0.0);
        (ZONE * best).max(least).max(f64::MIN_POSITIVE)
    }

    /// The difference of a contender from the best, launch by launch.
    fn beyond(&self, found: &Selection, one: usize) -> Option<Estimate> {
        let pairs = found.values[one].iter().zip(&found.values[found.best]);
        let values: Vec<Option<f64>> = pairs.map(|(x, y)| Some(self.sign() * (x - y))).collect();
        interval::mean(&values, self.plan.confidence).filter(|_| one != found.best)
    }

    fn answer(&self, found: &Selection) -> results::Best {
        let name = |one: usize| self.contenders[one].name.clone();
        let mut order: Vec<usize> = (0..self.contenders.len()).collect();
        order.sort_by_key(|&one| (one != found.best, u32::MAX - launches(found, one)));
        let rows = order.into_iter().map(|one| {
            let values = found.values[one].iter();
            let values: Vec<Option<f64>> = values.map(|v| Some(self.sign() * v)).collect();
            BestRow {
                variant: name(one),
                launches: launches(found, one),
                beyond: self.beyond(found, one),
                mean: interval::mean(&values, self.plan.confidence),
                beaten_by: found.dropped[one].map(|dropped| name(dropped.by)),
            }
        });
        let all = (0..self.contenders.len()).map(|one| launches(found, one));
        results::Best {
            metric: self.metric.to_string(),
            unit: measures::unit(&self.metric),
            better: self.better,
            variant: name(found.best),
            settled: found.settled,
            confidence: self.plan.confidence,
            zone: found.zone,
            launches: all.sum(),
            rows: rows.collect(),
        }
    }
}

fn launches(found: &Selection, one: usize) -> u32 {
    found.values[one].len() as u32
}

fn nothing(why: &str) -> Failure {
    Failure::NothingToSize {
        why: why.to_owned(),
    }
}
