//! How far an answer rests on guesses: inputs drawn from their ranges.
//!
//! One idea: at each draw the variant that is asked about is run with some launches, so that what
//! is not known and what is luck can be told apart; draws whose baseline misses what was published
//! say nothing about conclusions, chances and choices, so the other variants are run only where it
//! does not. Variants meet the same luck at a draw, every draw has luck of its own. Nothing is
//! asserted: the share of draws in which a conclusion holds has an exact binomial interval.

mod outcome;
mod regret;
mod tornado;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::base::time::{Span, Time};
use crate::engine::Exceeded;
use crate::estimate::{interval, order};
use crate::model::metric::Metric;
use crate::model::overlay::Change;
use crate::model::uncertain::{Claim, Keep};
use crate::model::{Checked, Study};
use crate::program::{self, Asked, Program};
use crate::results::{self, Conclusion, Draw, DrawnParam, Results, Stopped};
use crate::study::compare;
use crate::study::contender::BASELINE;
use crate::study::fill::objectives::holds as is_met;
use crate::study::lens::{Lens, Metrics};
use crate::study::plan::{Effort, Failure, Plan};
use crate::study::ranges::{self, Drawn};
use crate::study::replicate::{Crew, Job, Onlooker, Seat};
use crate::study::stations::Stations;
use crate::study::trigger::{self, Judge};

/// Launches at each draw, unless told otherwise: the fewest that tell luck apart.
pub const REPLICATIONS: u32 = 2;
/// Draws, where neither the model nor anybody else says how many.
const POINTS: u32 = 128;
/// Launches of the model as it is, for the report, at most.
const BASE: u32 = 20;

/// The same where the time is limited: the draws need it more.
const BRIEF: u32 = 2;

/// What is asked of the ranges of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges {
    /// How many draws; as many as the model says if absent.
    pub points: Option<u32>,
    /// Launches of each variant at each draw.
    pub replications: u32,
    /// Whose outcome is taken apart; the model as it is if absent.
    pub variant: Option<String>,
    /// Which outcome; that of the first objective if absent.
    pub metric: Option<Metric>,
    /// The variants that are run beside it.
    pub others: Others,
}

/// Which variants are run beside the one that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Others {
    /// All of the model.
    All,
    /// Those that a conclusion speaks of.
    Spoken,
    /// These.
    These(Vec<String>),
}

/// Draws the inputs of a model from their ranges, and says what that does to an outcome, which
/// input decides, and which variant is regretted least.
///
/// # Errors
/// If no parameter has a range, a variant does not exist, the model as it is needs more than it may
/// use, or nothing was finished when somebody stopped it.
pub fn uncertain(
    model: &Checked,
    asked: &Ranges,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    if ranges::draw(model, 1, plan.seed).is_empty() {
        return Err(Failure::NothingUncertain);
    }
    variants(model, asked)?;
    let few = match (plan.effort, plan.within) {
        (_, Some(_)) => BRIEF,
        (Effort::Replications(n), _) => n.min(BASE),
        (Effort::Precision { .. }, _) => BASE,
    };
    let base = Plan {
        effort: Effort::Replications(few),
        ..plan.clone()
    };
    let first = compare::run(model, asked.variant.as_deref(), &base, onlooker);
    let (mut results, is_away) = compare::begun(first, (model, plan), onlooker)?;
    results.command = "uncertain".to_owned();
    let is_stopped = results.stopped == Stopped::Time || results.stopped.is_unfinished();
    if is_stopped && !is_away {
        return Ok(results);
    }
    match drawn(&mut results, model, asked, plan, onlooker) {
        Err(Failure::OutOfTime) => results.stopped = Stopped::Time,
        other => other?,
    }
    if is_away {
        return Err(Failure::Interrupted);
    }
    Ok(results)
}

/// Draws the inputs, and adds the answer to the results of the same model.
///
/// # Errors
/// If no parameter has a range, or nothing was finished when somebody stopped it. A draw that needs
/// more than it may use, or makes no valid model, is counted and not kept.
pub fn drawn(
    results: &mut Results,
    model: &Checked,
    asked: &Ranges,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<(), Failure> {
    let by_model = model.uncertain.as_ref().map(|one| one.draws);
    let points = asked.points.or(by_model).unwrap_or(POINTS);
    let drawn = ranges::draw(model, points, plan.seed);
    if drawn.is_empty() {
        return Err(Failure::NothingUncertain);
    }
    let crew = Crew::new(plan.threads, onlooker);
    let inquiry = Inquiry {
        model,
        asked,
        variants: variants(model, asked)?,
        outcome: outcome(model, asked),
        cut: cut(model, results),
        drawn: &drawn,
        plan,
        crew: &crew,
    };
    let rows = crew.each(points as usize, &|draw, seat| inquiry.draw(draw, seat));
    let rows = rows.map_err(|overrun| inquiry.failure(overrun.job as u32, overrun.why))?;
    let done: Vec<(usize, Draw)> = rows
        .into_iter()
        .enumerate()
        .filter_map(|(draw, row)| Some((draw, row?)))
        .collect();
    if done.is_empty() {
        if crew.is_lacking() {
            inquiry.ends()?;
        }
        return Err(crew.nothing());
    }
    let is_whole = done.len() == points as usize;
    let ends = match is_whole {
        true => inquiry.ends()?,
        false => None,
    };
    if !is_whole || ends.is_none() {
        results.stopped = crew.stopped();
        results.complete = !results.stopped.is_unfinished();
    }
    results.answers.uncertain = Some(inquiry.summarise(results, done, ends.as_ref()));
    Ok(())
}

/// The variants that are run, the baseline first, the one that is asked about among them.
fn variants(model: &Checked, asked: &Ranges) -> Result<Vec<String>, Failure> {
    let known: Vec<&str> = model.variants.iter().map(|one| one.name.as_str()).collect();
    let unknown = |name: &str| Failure::UnknownVariant {
        name: name.to_owned(),
        known: known.iter().map(|one| (*one).to_owned()).collect(),
    };
    let mut wanted: Vec<&str> = match &asked.others {
        Others::All => known.clone(),
        Others::Spoken => claims(model).map(|claim| claim.variant.as_str()).collect(),
        Others::These(names) => names.iter().map(String::as_str).collect(),
    };
    wanted.extend(claims(model).map(|claim| claim.variant.as_str()));
    wanted.extend(asked.variant.as_deref());
    let mut strangers = wanted.iter();
    let is_strange = |name: &&&str| **name != BASELINE && !known.contains(*name);
    if let Some(stranger) = strangers.find(is_strange) {
        return Err(unknown(stranger));
    }
    let mut all = vec![BASELINE.to_owned()];
    let chosen = known.iter().filter(|name| wanted.contains(*name));
    all.extend(chosen.map(|name| (*name).to_owned()));
    Ok(all)
}

fn claims(model: &Checked) -> impl Iterator<Item = &Claim> {
    let conclusions = model.uncertain.iter().flat_map(|one| &one.conclusions);
    conclusions.flat_map(|conclusion| &conclusion.holds)
}

/// The outcome that is taken apart: what is asked for, else that of the first objective, else the
/// share of users who are served.
fn outcome(model: &Checked, asked: &Ranges) -> Option<Metric> {
    let first = model.objectives.first().map(|one| one.metric.clone());
    let served = || model.metric(crate::study::lens::SERVED).ok();
    asked.metric.clone().or(first).or_else(served)
}

/// Where the measured time of a steady study begins, as its own run found it.
fn cut(model: &Checked, results: &Results) -> Option<Time> {
    let steady = results
        .answers
        .steady
        .filter(|_| model.study != Study::Launch)?;
    Some(model.begins() + Span::from_secs_f64(steady.warmup_s))
}

/// What is asked, and of what.
struct Inquiry<'a> {
    model: &'a Checked,
    asked: &'a Ranges,
    /// Those that are run, the baseline first.
    variants: Vec<String>,
    outcome: Option<Metric>,
    cut: Option<Time>,
    drawn: &'a [Drawn],
    plan: &'a Plan,
    crew: &'a Crew<'a>,
}

/// One launch of a variant.
struct Launch {
    metrics: Metrics,
    /// Whether every objective is met.
    met: bool,
}

/// How the first variant that is run at a draw judges all.
type Judged = Option<Option<Judge>>;

impl Inquiry<'_> {
    /// The number of the variant that is asked about.
    fn about(&self) -> usize {
        let asked = self.asked.variant.as_deref().unwrap_or(BASELINE);
        let mut all = self.variants.iter();
        all.position(|name| name == asked).unwrap_or(0)
    }

    fn failure(&self, number: u32, why: Exceeded) -> Failure {
        Failure::Exceeded {
            variant: self.variants[self.about()].clone(),
            replication: number,
            why,
        }
    }

    /// One draw: the baseline and the variant that is asked about first, and only if the draw is
    /// plausible the others.
    fn draw(&self, draw: usize, seat: &mut Seat) -> Result<Draw, Exceeded> {
        let params = self.drawn.iter();
        let mut row = Draw {
            params: params.map(|p| (p.name.clone(), p.values[draw])).collect(),
            holds: vec![None; self.conclusions().len()],
            values: vec![Vec::new(); self.variants.len()],
            ..Draw::default()
        };
        let (mut judge, mut is_away) = (None, false);
        let mut seen = BTreeMap::new();
        let first = self.asked.replications * draw as u32;
        let numbers = first..first + self.asked.replications;
        let changes: Vec<Change> = self.drawn.iter().map(|p| p.change(draw)).collect();
        let about = self.about();
        let mut order = vec![0];
        order.extend((0..self.variants.len()).filter(|at| *at == about && about > 0));
        order.extend((1..self.variants.len()).filter(|at| *at != about));
        for at in order {
            let name = &self.variants[at];
            if at != 0 && at != about && !row.kept && !is_away {
                break;
            }
            let launches = match self.play(&changes, name, (&numbers, &mut judge), seat) {
                Err(Exceeded::Stopped) if self.crew.is_lacking() && self.keep().is_none() => {
                    // The others are then wanted as well.
                    is_away = true;
                    continue;
                }
                other => other?,
            };
            row.played |= at == about && launches.is_some();
            let Some(launches) = launches else {
                // Without the baseline nobody can say whether the draw is plausible.
                if at == 0 || at == about {
                    (row.played, row.kept) = (false, false);
                    return Ok(row);
                }
                continue;
            };
            self.note((at, at == about), &launches, &mut row);
            seen.insert(name.as_str(), launches);
        }
        if is_away {
            return Err(Exceeded::Stopped);
        }
        if row.kept {
            let asked = self.conclusions().iter();
            row.holds = asked.map(|one| holds(&one.holds, &seen)).collect();
        }
        Ok(row)
    }

    /// Notes what the launches of a variant say.
    fn note(&self, (at, is_about): (usize, bool), launches: &[Launch], row: &mut Draw) {
        row.values[at] = launches.iter().map(|one| self.value(one)).collect();
        if is_about {
            row.met = launches.iter().filter(|one| one.met).count() as u32;
        }
        if at == 0 {
            row.kept = match self.keep() {
                Some(keep) => {
                    row.keep_value = value(&launches[0].metrics, &keep.metric.to_string());
                    row.keep_value
                        .is_some_and(|v| (keep.low..=keep.high).contains(&v))
                }
                None => true,
            };
        }
    }

    /// The outcome of a launch, if it has a finite one.
    fn value(&self, launch: &Launch) -> Option<f64> {
        let name = self.outcome.as_ref()?.to_string();
        value(&launch.metrics, &name).filter(|value| value.is_finite())
    }

    /// Launches of a variant with changes; `None` if it makes no valid model or needs too much. The
    /// first one that is run judges the health of all.
    fn play(
        &self,
        changes: &[Change],
        variant: &str,
        (numbers, judge): (&Range<u32>, &mut Judged),
        seat: &mut Seat,
    ) -> Result<Option<Vec<Launch>>, Exceeded> {
        let mut changes = changes.to_vec();
        changes.extend(self.model.changes(variant).unwrap_or_default());
        let Some(model) = Checked::new(self.model.with(&changes).0) else {
            return Ok(None);
        };
        let program = program::compile(&model, &self.metrics());
        let job = |number: u32| Job {
            program: &program,
            seed: self.plan.seed,
            number,
            limits: self.plan.limits,
        };
        let judge = judge.get_or_insert_with(|| {
            let stations = Stations::of(&model);
            trigger::judge(
                &model,
                &program,
                &stations,
                (self.crew, &job(numbers.start)),
            )
        });
        let lens = Lens::new(&model, &program, judge.as_ref());
        let mut all = Vec::new();
        for number in numbers.clone() {
            let seen = match self.crew.execute(&job(number), seat) {
                Ok(seen) => seen,
                Err(why) if why == Exceeded::Stopped || !seat.settles(why) => {
                    self.crew.foresee(&job(number), number..numbers.end);
                    return Err(why);
                }
                Err(_) => return Ok(None),
            };
            let metrics = lens.metrics(&seen, lens.fate(&seen).as_ref());
            all.push(Launch {
                met: meets_all(&model, &program, &metrics),
                metrics,
            });
        }
        Ok(Some(all))
    }

    /// The metrics that are asked about.
    fn metrics(&self) -> Asked {
        let keep = self.keep().map(|keep| keep.metric.clone());
        let claims = claims(self.model).map(|claim| claim.metric.clone());
        Asked {
            metrics: keep
                .into_iter()
                .chain(claims)
                .chain(self.outcome.clone())
                .collect(),
            cut: self.cut,
            ..Asked::default()
        }
    }

    fn keep(&self) -> Option<&Keep> {
        self.model.uncertain.as_ref()?.keep.as_ref()
    }

    fn conclusions(&self) -> &[crate::model::uncertain::Conclusion] {
        let asked = self.model.uncertain.as_ref();
        asked.map_or(&[], |asked| &asked.conclusions)
    }

    fn summarise(
        &self,
        results: &Results,
        rows: Vec<(usize, Draw)>,
        ends: Option<&tornado::Ends>,
    ) -> results::Uncertain {
        let kept: Vec<&Draw> = rows
            .iter()
            .map(|(_, row)| row)
            .filter(|row| row.kept)
            .collect();
        let keep = self.keep();
        let (regret, known) = self.regret(results, &rows);
        let outcome = self.outcome_over_ranges(&rows, ends, &known);
        results::Uncertain {
            draws: rows.len() as u32,
            kept: kept.len() as u32,
            unplayed: rows.iter().filter(|(_, row)| !row.played).count() as u32,
            replications: self.asked.replications,
            keep_metric: keep.map(|keep| keep.metric.to_string()).unwrap_or_default(),
            keep_range: keep.map(|keep| [keep.low, keep.high]).unwrap_or_default(),
            variants: self.variants.clone(),
            conclusions: self.concluded(&kept),
            params: self.drawn.iter().map(|p| param(p, &kept)).collect(),
            outcome,
            regret,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }

    fn concluded(&self, kept: &[&Draw]) -> Vec<Conclusion> {
        let asked = self.conclusions().iter().enumerate();
        asked
            .map(|(index, conclusion)| {
                let said: Vec<bool> = kept.iter().filter_map(|row| row.holds[index]).collect();
                let k = said.iter().filter(|holds| **holds).count() as u32;
                let share = interval::probability(k, said.len() as u32, self.plan.confidence);
                let rules = conclusion.holds.iter().map(|claim| claim.written.as_str());
                Conclusion {
                    name: conclusion.that.clone(),
                    rule: rules.collect::<Vec<_>>().join(" and "),
                    kept: share,
                    all: share.filter(|_| self.keep().is_none()),
                }
            })
            .collect()
    }
}

fn meets_all(model: &Checked, program: &Program, metrics: &Metrics) -> bool {
    let mut judges = model.objectives.iter().zip(&program.names.judges);
    judges.all(|(asked, judge)| {
        let longest = judge.breach.and_then(|at| metrics[at].1);
        is_met(asked, metrics[judge.value].1, longest)
    })
}

fn value(metrics: &Metrics, name: &str) -> Option<f64> {
    metrics.iter().find(|(known, _)| known == name)?.1
}

/// Whether all claims hold in the first launch; `None` if one of them cannot be told. What never
/// comes to be is infinite, and compared as such.
fn holds(claims: &[Claim], seen: &BTreeMap<&str, Vec<Launch>>) -> Option<bool> {
    let mut all = true;
    for claim in claims {
        let launches = seen.get(claim.variant.as_str())?;
        let value = value(&launches.first()?.metrics, &claim.metric.to_string())?;
        all &= claim.comparison.holds(value, claim.limit);
    }
    Some(all)
}

fn param(drawn: &Drawn, kept: &[&Draw]) -> (String, DrawnParam) {
    let values = order::sorted(
        kept.iter()
            .filter_map(|row| row.params.get(&drawn.name))
            .copied(),
    );
    let facts = DrawnParam {
        low: drawn.low,
        high: drawn.high,
        kept_min: values.first().copied(),
        kept_median: order::of_sorted(&values, 0.5),
        kept_max: values.last().copied(),
    };
    (drawn.name.clone(), facts)
}
