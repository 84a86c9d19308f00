//! The values of a knob, and what is known of each.
//!
//! One idea: a value is looked at with more and more launches until it is known whether it is
//! enough: launch by launch against all objectives (exact binomial bounds, Clopper & Pearson 1934),
//! or, in a steady study, by the intervals of its values. Each look may err, so all looks at a
//! value share what may go wrong.

use std::collections::BTreeMap;

use crate::engine::Exceeded;
use crate::estimate::interval;
use crate::model::overlay::Change;
use crate::model::{Checked, Study};
use crate::program::{self, Asked};
use crate::results::{ObjectiveVerdict, Rung};
use crate::study::compare;
use crate::study::contender::BASELINE;
use crate::study::fill::objectives::holds;
use crate::study::knob::Knob;
use crate::study::lens::Lens;
use crate::study::plan::{Effort, Failure, Plan};
use crate::study::replicate::{Crew, Job};
use crate::study::stations::Stations;
use crate::study::trigger::{self, Judge};

/// Launches of a first look at a value.
const GLANCE: u32 = 6;
/// Launches of the first look that may settle it; of each one after that half as many more.
const FIRST: u32 = 20;
/// What all looks at a value may go wrong with.
const DOUBT: f64 = 0.05;

/// Part of the time allowed that the search may take; the rest is for the report on what it finds.
const SEARCHING: f64 = 0.8;

/// How closely values are looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closely {
    /// Share of launches that must meet every objective.
    pub(super) chance: f64,
    /// Launches at one value at most.
    pub(super) at_most: u32,
}

/// What is set at a point.
pub(super) fn changes(knobs: &[Knob], at: &[u32]) -> Vec<Change> {
    knobs
        .iter()
        .zip(at)
        .map(|(knob, at)| knob.change(*at))
        .collect()
}

/// The values of a point.
pub(super) fn values(knobs: &[Knob], at: &[u32]) -> Vec<f64> {
    knobs
        .iter()
        .zip(at)
        .map(|(knob, at)| knob.value(*at))
        .collect()
}

/// What is known of a value.
#[derive(Clone, Debug, Default)]
struct Known {
    /// By launch, what each objective was.
    launches: Vec<Vec<Met>>,
    /// Of a steady study: its last look.
    steady: Option<Steady>,
    /// Whether it makes no valid model.
    invalid: bool,
    /// The word of the looks so far.
    enough: Option<bool>,
}

/// What an objective was in a launch.
#[derive(Clone, Copy, Debug)]
struct Met {
    is_met: bool,
    value: Option<f64>,
}

/// What a steady study said.
#[derive(Clone, Debug)]
struct Steady {
    replications: u32,
    /// By objective.
    words: Vec<ObjectiveVerdict>,
    means: Vec<Option<f64>>,
    /// Whether the mean is on the right side.
    leans: bool,
}

/// Whether a value is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is known.
    Sure(bool),
    /// So it seems, after all launches that are allowed.
    Seems(bool),
}

impl Standing {
    pub(super) fn is_known(self) -> bool {
        matches!(self, Self::Sure(_))
    }

    pub(super) fn leans(self) -> bool {
        let (Self::Sure(enough) | Self::Seems(enough)) = self;
        enough
    }
}

/// The numbers of the values of all knobs, in their order.
pub(super) type Point = Vec<u32>;

/// All values.
pub(super) struct Ladder<'a> {
    pub(super) knobs: &'a [Knob],
    effort: Closely,
    original: &'a Checked,
    plan: &'a Plan,
    crew: &'a Crew<'a>,
    known: BTreeMap<Point, Known>,
    /// How launches are judged, by the model as it is, where an objective is about that.
    judge: Option<Judge>,
}

impl<'a> Ladder<'a> {
    pub(super) fn new(
        original: &'a Checked,
        (knobs, effort): (&'a [Knob], Closely),
        (plan, crew): (&'a Plan, &'a Crew<'a>),
    ) -> Self {
        let program = program::compile(original, &Asked::default());
        let job = Job {
            program: &program,
            seed: plan.seed,
            number: 0,
            limits: plan.limits,
        };
        let stations = Stations::of(original);
        let judge = (original.study == Study::Launch)
            .then(|| trigger::judge(original, &program, &stations, (crew, &job)))
            .flatten();
        Self {
            knobs,
            effort,
            original,
            plan,
            crew,
            known: BTreeMap::new(),
            judge,
        }
    }

    /// The model with a value, if that is valid.
    pub(super) fn model(&self, at: &[u32]) -> Option<Checked> {
        Checked::new(self.original.with(&changes(self.knobs, at)).0)
    }

    /// What an hour costs with these values; nothing where they make no valid model.
    pub(super) fn price(&self, at: &[u32]) -> Option<f64> {
        self.model(at)?.price_an_hour()
    }

    /// Whether nothing more is to be done.
    pub(super) fn is_stopped(&self) -> bool {
        let until = self.crew.onlooker().until;
        self.crew.is_stopped() || until.is_some_and(|until| until.spent() >= SEARCHING)
    }

    fn is_steady(&self) -> bool {
        self.original.study != Study::Launch
    }

    pub(super) fn chance(&self) -> Option<f64> {
        (!self.is_steady()).then_some(self.effort.chance)
    }

    pub(super) fn confidence(&self) -> f64 {
        match self.is_steady() {
            true => self.plan.confidence,
            false => 1.0 - DOUBT,
        }
    }

    /// A first look at a value.
    pub(super) fn glance(&mut self, at: &[u32]) -> Result<(), Failure> {
        self.look(at, GLANCE.min(self.effort.at_most))
    }

    /// Whether a value seems enough.
    pub(super) fn leans(&self, at: &[u32]) -> bool {
        let Some(known) = self.known.get(at).filter(|known| !known.invalid) else {
            return false;
        };
        if let Some(enough) = known.enough {
            return enough;
        }
        match &known.steady {
            Some(steady) => steady.leans,
            None => {
                let (k, n) = passes(known);
                n > 0 && f64::from(k) >= self.effort.chance * f64::from(n)
            }
        }
    }

    /// Looks at a value until it is known whether it is enough, or with all launches allowed.
    pub(super) fn settle(&mut self, at: &[u32]) -> Result<Standing, Failure> {
        for launches in self.looks() {
            if self.enough(at).is_some() || self.is_stopped() {
                break;
            }
            self.look(at, launches)?;
        }
        Ok(match self.enough(at) {
            Some(enough) => Standing::Sure(enough),
            None => Standing::Seems(self.leans(at)),
        })
    }

    fn enough(&self, at: &[u32]) -> Option<bool> {
        self.known.get(at).and_then(|known| known.enough)
    }

    /// The launches after each look.
    fn looks(&self) -> Vec<u32> {
        let mut all = vec![FIRST.min(self.effort.at_most)];
        while let Some(&last) = all.last().filter(|last| **last < self.effort.at_most) {
            all.push((last + last / 2).min(self.effort.at_most));
        }
        all
    }

    /// Makes launches at a value until there are so many, and says what they tell.
    fn look(&mut self, at: &[u32], launches: u32) -> Result<(), Failure> {
        if self.is_stopped() {
            return Ok(());
        }
        let mut known = self.known.remove(at).unwrap_or_default();
        match self.model(at) {
            None => (known.invalid, known.enough) = (true, Some(false)),
            Some(model) if self.is_steady() => self.watch(&model, launches, &mut known)?,
            Some(model) => self.launch(&model, launches, &mut known)?,
        }
        self.known.insert(at.to_vec(), known);
        Ok(())
    }

    /// A steady study with so many replications.
    fn watch(&self, model: &Checked, launches: u32, known: &mut Known) -> Result<(), Failure> {
        if known
            .steady
            .as_ref()
            .is_some_and(|one| one.replications >= launches)
        {
            return Ok(());
        }
        let plan = Plan {
            effort: Effort::Replications(launches.max(2)),
            ..self.plan.clone()
        };
        let objectives = match compare::objectives(model, &plan, self.crew) {
            Err(Failure::Interrupted | Failure::OutOfTime) => return Ok(()),
            other => other?,
        };
        let words: Vec<ObjectiveVerdict> = objectives.iter().map(|one| one.verdict).collect();
        known.enough = match words.as_slice() {
            all if all.contains(&ObjectiveVerdict::Failed) => Some(false),
            all if all.iter().all(|word| *word == ObjectiveVerdict::Met) => Some(true),
            _ => None,
        };
        let reached = objectives
            .iter()
            .map(|one| one.value.filter(|value| value.never == 0));
        let means: Vec<Option<f64>> = reached
            .map(|value| value.and_then(|v| v.estimate))
            .collect();
        let asked = self.original.objectives.iter().zip(&means);
        let leans = asked.zip(&words).all(|((asked, mean), word)| {
            let holds = mean.is_some_and(|mean| asked.comparison.holds(mean, asked.limit));
            *word != ObjectiveVerdict::Failed && holds
        });
        known.steady = Some(Steady {
            replications: launches,
            words,
            means,
            leans,
        });
        Ok(())
    }

    /// Launches up to so many, each held against all objectives.
    fn launch(&self, model: &Checked, launches: u32, known: &mut Known) -> Result<(), Failure> {
        let first = known.launches.len() as u32;
        if first < launches {
            let program = program::compile(model, &Asked::default());
            let lens = Lens::new(model, &program, self.judge.as_ref());
            let done = self
                .crew
                .each((launches - first) as usize, &|number, seat| {
                    let job = Job {
                        program: &program,
                        seed: self.plan.seed,
                        number: first + number as u32,
                        limits: self.plan.limits,
                    };
                    let seen = self.crew.execute(&job, seat)?;
                    let metrics = lens.metrics(&seen, lens.fate(&seen).as_ref());
                    let judges = model.objectives.iter().zip(&program.names.judges);
                    Ok::<Vec<Met>, Exceeded>(
                        judges
                            .map(|(asked, judge)| {
                                let value = metrics[judge.value].1;
                                let longest = judge.breach.and_then(|at| metrics[at].1);
                                Met {
                                    is_met: holds(asked, value, longest),
                                    value,
                                }
                            })
                            .collect(),
                    )
                });
            let done = done.map_err(|overrun| Failure::Exceeded {
                variant: BASELINE.to_owned(),
                replication: first + overrun.job as u32,
                why: overrun.why,
            })?;
            // Launches are paired, so those after a gap count no more than the gap.
            known.launches.extend(done.into_iter().map_while(|one| one));
        }
        known.enough = known.enough.or_else(|| self.word(known));
        Ok(())
    }

    /// Whether a value is enough, by the bounds of its chance.
    fn word(&self, known: &Known) -> Option<bool> {
        let (k, n) = passes(known);
        if n < FIRST.min(self.effort.at_most) {
            return None;
        }
        let confidence = 1.0 - DOUBT / self.looks().len() as f64;
        if interval::lower_bound(k, n, confidence) >= self.effort.chance {
            Some(true)
        } else if interval::upper_bound(k, n, confidence) < self.effort.chance {
            Some(false)
        } else {
            None
        }
    }

    /// Whether a value was looked at.
    pub(super) fn is_known(&self, at: &[u32]) -> bool {
        self.known
            .get(at)
            .is_some_and(|one| one.invalid || launches(one) > 0)
    }

    /// Looks at a value once with as many launches as tell something, in passing.
    pub(super) fn consider(&mut self, at: &[u32]) -> Result<bool, Failure> {
        self.look(at, FIRST.min(self.effort.at_most))?;
        Ok(self.leans(at))
    }

    /// Launches that were made at a value.
    pub(super) fn launches(&self, at: &[u32]) -> u32 {
        self.known.get(at).map_or(0, launches)
    }

    /// By objective, in how many launches it was missed at a value.
    pub(super) fn missed(&self, at: &[u32]) -> Vec<u32> {
        self.known.get(at).map_or_else(Vec::new, |known| {
            missed(known, self.original.objectives.len())
        })
    }

    /// Every value that was looked at, upwards.
    pub(super) fn rungs(&self) -> Vec<(Point, Rung)> {
        let rung = |at: &[u32], known: &Known| {
            let (k, n) = passes(known);
            Rung {
                values: values(self.knobs, at),
                price: self.price(at).filter(|_| self.knobs.len() > 1),
                launches: launches(known),
                chance: interval::probability(k, n, self.plan.confidence)
                    .filter(|_| known.steady.is_none()),
                metric: metric(known, self.original.objectives.len()),
                missed: missed(known, self.original.objectives.len()),
                enough: known.enough,
                invalid: known.invalid,
            }
        };
        self.known
            .iter()
            .map(|(at, known)| (at.clone(), rung(at, known)))
            .collect()
    }
}

fn launches(known: &Known) -> u32 {
    known
        .steady
        .as_ref()
        .map_or(known.launches.len() as u32, |one| one.replications)
}

/// How many launches meet every objective, and of how many.
fn passes(known: &Known) -> (u32, u32) {
    let all = known
        .launches
        .iter()
        .filter(|launch| launch.iter().all(|one| one.is_met));
    (all.count() as u32, known.launches.len() as u32)
}

fn missed(known: &Known, objectives: usize) -> Vec<u32> {
    let each = 0..objectives;
    match &known.steady {
        Some(steady) => steady
            .words
            .iter()
            .map(|word| u32::from(*word == ObjectiveVerdict::Failed))
            .collect(),
        None => each
            .map(|at| {
                known
                    .launches
                    .iter()
                    .filter(|launch| !launch[at].is_met)
                    .count() as u32
            })
            .collect(),
    }
}

/// By objective, the mean over the launches in which it exists and is reached.
fn metric(known: &Known, objectives: usize) -> Vec<Option<f64>> {
    if let Some(steady) = &known.steady {
        return steady.means.clone();
    }
    let mean = |at: usize| {
        let values = known.launches.iter().filter_map(|launch| launch[at].value);
        let finite: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        interval::Moments::of(&finite).map(|moments| moments.mean)
    };
    (0..objectives).map(mean).collect()
}
