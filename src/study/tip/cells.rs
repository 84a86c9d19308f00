//! The combinations of trigger and load, and what is known of each.
//!
//! One idea: a combination is looked at with more and more launches until it is known on which side
//! of the chance it lies (exact binomial bounds, Clopper & Pearson 1934). Each look may err, so all
//! looks at a combination share what may go wrong.

use std::collections::BTreeMap;

use super::Tipping;
use crate::engine::Exceeded;
use crate::estimate::interval;
use crate::model::{Checked, Model};
use crate::program::{self, Asked};
use crate::results::TipCell;
use crate::study::knob::Knob;
use crate::study::lens::Lens;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job};
use crate::study::stations::Stations;
use crate::study::trigger;

/// Launches of a first look.
const GLANCE: u32 = 6;
/// Launches of the first look that may settle it; of each one after that half as many more.
const FIRST: u32 = 20;
/// Confidence of all looks at a combination together.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A combination: number of the value of the trigger, and of the load.
type At = (u32, u32);

/// What became of a launch.
#[derive(Clone, Copy, Debug)]
struct End {
    /// Not well when the grace time was over, nor before the end.
    collapsed: bool,
    /// Absent if it was never unhealthy.
    recovered: Option<bool>,
}

/// What is known of a combination.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Launches that were played.
    played: u32,
    /// Those that could be judged.
    ends: Vec<End>,
    invalid: bool,
    /// The word of the looks so far.
    survives: Option<bool>,
}

/// All combinations.
pub(super) struct Cells<'a> {
    original: &'a Checked,
    trigger: &'a Knob,
    load: Option<&'a Knob>,
    asked: &'a Tipping,
    plan: &'a Plan,
    crew: &'a Crew<'a>,
    /// By load, then trigger.
    known: BTreeMap<(u32, u32), Known>,
    events: u64,
}

impl<'a> Cells<'a> {
    pub(super) fn new(
        original: &'a Checked,
        (trigger, load): (&'a Knob, Option<&'a Knob>),
        asked: &'a Tipping,
        (plan, crew): (&'a Plan, &'a Crew<'a>),
    ) -> Self {
        Self {
            original,
            trigger,
            load,
            asked,
            plan,
            crew,
            known: BTreeMap::new(),
            events: 0,
        }
    }

    /// The model as it is.
    pub(super) fn model(&self) -> &Model {
        self.original
    }

    /// The first and the last value of the trigger.
    pub(super) fn ends(&self) -> [u32; 2] {
        [0, self.trigger.count() - 1]
    }

    /// The model of a combination, if that is valid.
    pub(super) fn changed(&self, (row, column): At) -> Option<Checked> {
        let mut changes = vec![self.trigger.change(row)];
        changes.extend(self.load.map(|load| load.change(column)));
        Checked::new(self.original.with(&changes).0)
    }

    /// A first look.
    pub(super) fn glance(&mut self, at: At) -> Result<(), Failure> {
        self.look(at, GLANCE.min(self.asked.at_most))
    }

    /// Whether a combination seems to be survived.
    pub(super) fn leans(&self, (row, column): At) -> bool {
        let Some(known) = self.known.get(&(column, row)).filter(|one| !one.invalid) else {
            return false;
        };
        let (k, n) = survived(known);
        known
            .survives
            .unwrap_or_else(|| n > 0 && f64::from(k) >= self.asked.chance * f64::from(n))
    }

    /// Looks until it is known whether a combination is survived, or with all launches allowed;
    /// says whether it is known.
    pub(super) fn settle(&mut self, at: At) -> Result<bool, Failure> {
        for launches in self.looks() {
            if self.word_of(at).is_some() {
                break;
            }
            self.look(at, launches)?;
        }
        Ok(self.word_of(at).is_some())
    }

    fn word_of(&self, (row, column): At) -> Option<bool> {
        let known = self.known.get(&(column, row))?;
        match known.invalid {
            true => Some(false),
            false => known.survives,
        }
    }

    /// The launches after each look.
    fn looks(&self) -> Vec<u32> {
        let mut all = vec![FIRST.min(self.asked.at_most)];
        while let Some(&last) = all.last().filter(|last| **last < self.asked.at_most) {
            all.push((last + last / 2).min(self.asked.at_most));
        }
        all
    }

    /// Plays launches until there are so many, and says what they tell.
    fn look(&mut self, at: At, launches: u32) -> Result<(), Failure> {
        let key = (at.1, at.0);
        let mut known = self.known.get(&key).cloned().unwrap_or_default();
        if known.played < launches && !known.invalid {
            match self.changed(at) {
                None => known.invalid = true,
                Some(model) => self.play(&model, launches, &mut known)?,
            }
        }
        known.survives = known.survives.or_else(|| self.word(&known));
        self.known.insert(key, known);
        Ok(())
    }

    fn play(&mut self, model: &Checked, launches: u32, known: &mut Known) -> Result<(), Failure> {
        let program = program::compile(model, &Asked::default());
        let job = |number: u32| Job {
            program: &program,
            seed: self.plan.seed,
            number,
            limits: self.plan.limits,
        };
        // Each combination has a trigger and a usual state of its own.
        let stations = Stations::of(model);
        let judge = trigger::judge(model, &program, &stations, (self.crew, &job(0)));
        let lens = Lens::new(model, &program, judge.as_ref());
        let first = known.played;
        let done = self
            .crew
            .each((launches - first) as usize, &|number, seat| {
                let seen = self.crew.execute(&job(first + number as u32), seat)?;
                let end = lens.fate(&seen).map(|fate| End {
                    collapsed: fate.collapsed() && fate.recovered() != Some(true),
                    recovered: fate.recovered(),
                });
                Ok::<(Option<End>, u64), Exceeded>((end, seen.events))
            });
        let done = done.map_err(|overrun| Failure::Exceeded {
            variant: self.said(),
            replication: first + overrun.job as u32,
            why: overrun.why,
        })?;
        let done: Option<Vec<(Option<End>, u64)>> = done.into_iter().collect();
        let Some(done) = done else {
            // Whoever looks a second time is at a border, and looks again.
            let further = if first == 0 {
                launches
            } else {
                self.asked.at_most
            };
            self.crew.foresee(&job(0), first..further);
            return Err(self.crew.nothing());
        };
        known.played = launches;
        known.ends.extend(done.iter().filter_map(|(end, _)| *end));
        self.events += done.iter().map(|(_, events)| events).sum::<u64>();
        Ok(())
    }

    /// The inputs, for whoever asks which model failed.
    fn said(&self) -> String {
        let load = self.load.map(|load| format!(" and {}", load.path));
        format!("{}{}", self.trigger.path, load.unwrap_or_default())
    }

    /// Whether a combination is survived, by the bounds of its chance.
    fn word(&self, known: &Known) -> Option<bool> {
        let (k, n) = survived(known);
        if n < FIRST.min(self.asked.at_most) {
            return None;
        }
        let confidence = 1.0 - (1.0 - CONFIDENCE) / self.looks().len() as f64;
        if interval::lower_bound(k, n, confidence) >= self.asked.chance {
            Some(true)
        } else if interval::upper_bound(k, n, confidence) < self.asked.chance {
            Some(false)
        } else {
            None
        }
    }

    /// Launches that were judged, of all combinations.
    pub(super) fn launches(&self) -> u32 {
        self.known
            .values()
            .map(|known| known.ends.len() as u32)
            .sum()
    }

    /// Events that were simulated.
    pub(super) fn events(&self) -> u64 {
        self.events
    }

    /// Every combination as the document holds it, and its number there.
    pub(super) fn told(&self) -> (BTreeMap<(u32, u32), u32>, Vec<TipCell>) {
        let numbers = self.known.keys().copied().zip(0..).collect();
        let cell = |(&(column, row), known): (&(u32, u32), &Known)| {
            let n = known.ends.len() as u32;
            let count =
                |is: fn(&End) -> bool| known.ends.iter().filter(|end| is(end)).count() as u32;
            let ill = count(|end| end.recovered.is_some());
            let well = count(|end| end.recovered == Some(true));
            let confidence = self.plan.confidence;
            let mut values = vec![self.trigger.value(row)];
            values.extend(self.load.map(|load| load.value(column)));
            TipCell {
                values,
                launches: n,
                unjudged: known.played - n,
                collapsed: interval::probability(count(|end| end.collapsed), n, confidence),
                recovered: interval::probability(well, ill, confidence),
                survives: known.survives,
                invalid: known.invalid,
            }
        };
        (numbers, self.known.iter().map(cell).collect())
    }
}

/// How many launches survive, and of how many.
fn survived(known: &Known) -> (u32, u32) {
    let all = known.ends.iter().filter(|end| !end.collapsed);
    (all.count() as u32, known.ends.len() as u32)
}
