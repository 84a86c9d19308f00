//! Launches of a model with changes, of which only the impact is kept.
//!
//! One idea: a list of changes is a run, however it came about, so whatever was played once is
//! known; all meet the same luck, so differences are taken launch by launch.

use std::collections::BTreeMap;

use super::impact::{Counted, Impact};
use crate::base::time::Time;
use crate::model::Checked;
use crate::model::overlay::Change;
use crate::program::{self, Asked, Program};
use crate::study::contender::{BASELINE, Identity, apply, identity};
use crate::study::launches::failure;
use crate::study::lens::Lens;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job};
use crate::study::trigger::Judge;

/// The impact of each launch, in their order.
pub(super) type Row = Vec<Counted>;

/// Changes, and the instant from which they hold; from the start if absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Play {
    /// From the start.
    pub(super) changes: Vec<Change>,
    /// From an instant on.
    pub(super) later: Vec<Change>,
    /// Which.
    pub(super) from: Option<Time>,
}

impl Play {
    /// Changes from the start.
    pub(super) fn of(changes: Vec<Change>) -> Play {
        Play {
            changes,
            ..Play::default()
        }
    }

    fn key(&self) -> (Identity, Identity, Option<Time>) {
        let from = self.from.filter(|_| !self.later.is_empty());
        (identity(&self.changes), identity(&self.later), from)
    }

    /// The model that is played; none if it is no valid one.
    pub(super) fn model(&self, model: &Checked) -> Option<Checked> {
        let mut made = match self.changes.is_empty() {
            true => model.clone(),
            false => apply(model, "with changes", &self.changes, None).ok()?,
        };
        if self.from.is_some() && !self.later.is_empty() {
            made = apply(&made, "changes", &self.later, self.from).ok()?;
        }
        Some(made)
    }
}

/// What was played so far.
pub(super) struct Plays<'a> {
    pub(super) model: &'a Checked,
    pub(super) impact: &'a Impact,
    pub(super) plan: &'a Plan,
    pub(super) crew: &'a Crew<'a>,
    pub(super) judge: Option<&'a Judge>,
    /// Launches of each.
    pub(super) replications: u32,
    /// What came of each; nothing of what is no valid model.
    pub(super) known: BTreeMap<(Identity, Identity, Option<Time>), Option<Row>>,
    /// Launches of all.
    pub(super) launches: u64,
}

impl Plays<'_> {
    /// Plays what is not known yet, all of it side by side.
    pub(super) fn play(&mut self, plays: &[Play]) -> Result<(), Failure> {
        let mut fresh: Vec<(&Play, Checked, Program)> = Vec::new();
        for play in plays {
            let key = play.key();
            if self.known.contains_key(&key) || fresh.iter().any(|(one, ..)| one.key() == key) {
                continue;
            }
            match play.model(self.model) {
                Some(model) => {
                    let program = program::compile(&model, &self.asked());
                    fresh.push((play, model, program));
                }
                None => {
                    self.known.insert(key, None);
                }
            }
        }
        let lenses: Vec<Lens<'_>> = fresh
            .iter()
            .map(|(_, model, program)| Lens::new(model, program, self.judge))
            .collect();
        let rows = self.rows(&lenses)?;
        self.launches += rows.iter().map(|row| row.len() as u64).sum::<u64>();
        for ((play, ..), row) in fresh.iter().zip(rows) {
            self.known.insert(play.key(), Some(row));
        }
        Ok(())
    }

    fn asked(&self) -> Asked {
        Asked {
            metrics: self.impact.metric.clone().into_iter().collect(),
            ..Asked::default()
        }
    }

    /// The launches of some programs.
    fn rows(&self, lenses: &[Lens<'_>]) -> Result<Vec<Row>, Failure> {
        let n = lenses.len();
        let job = |index: usize| Job {
            program: lenses[index % n].program,
            seed: self.plan.seed,
            number: (index / n) as u32,
            limits: self.plan.limits,
        };
        let done = self
            .crew
            .each(n * self.replications as usize, &|index, seat| {
                let seen = self.crew.execute(&job(index), seat)?;
                Ok(self.impact.counted(&lenses[index % n], &seen))
            });
        let done = done.map_err(|overrun| {
            let number = job(overrun.job).number;
            failure((BASELINE, number), overrun, (self.plan, self.crew))
        })?;
        let mut rows: Vec<Row> = vec![Row::new(); n];
        for (index, counted) in done.into_iter().enumerate() {
            rows[index % n].push(counted.ok_or_else(|| self.crew.nothing())?);
        }
        Ok(rows)
    }

    /// What came of a play; nothing if it is no valid model, or was not played.
    pub(super) fn row(&self, play: &Play) -> Option<&Row> {
        self.known.get(&play.key())?.as_ref()
    }

    /// The impact of the model as it is.
    pub(super) fn base(&self) -> &Row {
        let base = self.row(&Play::default());
        base.expect("the model as it is was played first")
    }

    /// By how much less the impact of a play is than that of the model as it is, launch by launch.
    pub(super) fn avoided(&self, play: &Play) -> Option<Vec<f64>> {
        let pairs = self.base().iter().zip(self.row(play)?);
        Some(pairs.map(|(base, one)| base.value - one.value).collect())
    }
}

/// The mean of some values.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Whether values are surely above zero: their interval lies there, or all of them do.
pub(super) fn is_above_zero(values: &[f64], confidence: f64) -> bool {
    let some: Vec<Option<f64>> = values.iter().map(|value| Some(*value)).collect();
    let found = crate::estimate::interval::mean(&some, confidence);
    match found.and_then(|found| found.low) {
        Some(low) => low > 0.0,
        None => mean(values) > 0.0,
    }
}
