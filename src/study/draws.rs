//! How far conclusions rest on guesses: inputs drawn from their ranges.
//!
//! One idea: at each draw every variant that a conclusion speaks of is run once, with the luck of
//! that draw's number; draws whose baseline misses what was published say nothing about the
//! conclusions and are left out. The share of the others in which a conclusion holds has an exact
//! binomial interval. Nothing is asserted.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Exceeded;
use crate::estimate::{interval, order};
use crate::model::Checked;
use crate::model::overlay::Change;
use crate::model::uncertain::{Claim, Keep, Uncertain};
use crate::program::{self, Asked};
use crate::results::{self, Conclusion, Draw, DrawnParam, Results, Stopped};
use crate::study::contender::BASELINE;
use crate::study::hypercube::{self, Drawn};
use crate::study::lens::{Lens, Metrics};
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job, Onlooker, Seat};
use crate::study::stations::Stations;
use crate::study::trigger::{self, Judge};

/// Holds the conclusions of the model against draws of its inputs, and adds the answer to the
/// results of the same model.
///
/// # Errors
/// If the model concludes nothing or no parameter has a range, or if nothing was finished when
/// somebody stopped it. A draw that needs more than it may use, or makes no valid model, is counted
/// and not kept.
pub fn uncertain(
    results: &mut Results,
    model: &Checked,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<(), Failure> {
    let asked = model.uncertain.as_ref().ok_or(Failure::NothingUncertain)?;
    let drawn = hypercube::draw(model, asked.draws, plan.seed);
    if drawn.is_empty() {
        return Err(Failure::NothingUncertain);
    }
    let crew = Crew::new(plan.threads, onlooker);
    let inquiry = Inquiry {
        model,
        asked,
        drawn: &drawn,
        plan,
        crew: &crew,
    };
    let rows = crew.each(asked.draws as usize, &|draw, seat| inquiry.draw(draw, seat));
    let rows = rows.map_err(|overrun| Failure::Exceeded {
        variant: BASELINE.to_owned(),
        replication: overrun.job as u32,
        why: overrun.why,
    })?;
    let done: Vec<Draw> = rows.into_iter().flatten().collect();
    if done.is_empty() {
        return Err(crew.nothing());
    }
    if done.len() < asked.draws as usize {
        results.stopped = crew.stopped();
        results.complete = results.stopped != Stopped::Interrupted;
    }
    results.answers.uncertain = Some(inquiry.summarise(done));
    Ok(())
}

/// What is asked, and of what.
struct Inquiry<'a> {
    model: &'a Checked,
    asked: &'a Uncertain,
    drawn: &'a [Drawn],
    plan: &'a Plan,
    crew: &'a Crew<'a>,
}

impl Inquiry<'_> {
    /// One draw: the baseline first, and only if that is plausible the other variants.
    fn draw(&self, draw: usize, seat: &mut Seat) -> Result<Draw, Exceeded> {
        let params = self.drawn.iter();
        let mut row = Draw {
            params: params.map(|p| (p.name.clone(), p.values[draw])).collect(),
            holds: vec![None; self.asked.conclusions.len()],
            ..Draw::default()
        };
        let mut judge = None;
        let mut seen = BTreeMap::new();
        let Some(baseline) = self.run(draw, BASELINE, &mut judge, seat)? else {
            return Ok(row);
        };
        row.played = true;
        row.kept = match &self.asked.keep {
            Some(keep) => {
                row.keep_value = value(&baseline, &keep.metric.to_string());
                row.keep_value.is_some_and(|v| is_within(keep, v))
            }
            None => true,
        };
        seen.insert(BASELINE, baseline);
        if !row.kept {
            return Ok(row);
        }
        for variant in self.variants() {
            if variant != BASELINE
                && let Some(metrics) = self.run(draw, variant, &mut judge, seat)?
            {
                seen.insert(variant, metrics);
            }
        }
        let conclusions = self.asked.conclusions.iter();
        row.holds = conclusions.map(|one| holds(&one.holds, &seen)).collect();
        Ok(row)
    }

    /// The metrics of a variant at a draw; `None` if it makes no valid model or needs too much.
    /// The first one that is run judges the health of all.
    fn run(
        &self,
        draw: usize,
        variant: &str,
        judge: &mut Option<Option<Judge>>,
        seat: &mut Seat,
    ) -> Result<Option<Metrics>, Exceeded> {
        let mut changes: Vec<Change> = self.drawn.iter().map(|p| p.change(draw)).collect();
        changes.extend(self.model.changes(variant).unwrap_or_default());
        let Some(model) = Checked::new(self.model.with(&changes).0) else {
            return Ok(None);
        };
        let program = program::compile(&model, &self.metrics());
        let job = Job {
            program: &program,
            seed: self.plan.seed,
            number: draw as u32,
            limits: self.plan.limits,
        };
        let judge = judge.get_or_insert_with(|| {
            let stations = Stations::of(&model);
            trigger::judge(&model, &program, &stations, (self.crew, &job))
        });
        let seen = match self.crew.execute(&job, seat) {
            Ok(seen) => seen,
            Err(why) if why == Exceeded::Stopped || !seat.settles(why) => return Err(why),
            Err(_) => return Ok(None),
        };
        let lens = Lens::new(&model, &program, judge.as_ref());
        Ok(Some(lens.metrics(&seen, lens.fate(&seen).as_ref())))
    }

    /// The metrics that conclusions speak of.
    fn metrics(&self) -> Asked {
        let keep = self.asked.keep.iter().map(|keep| keep.metric.clone());
        let claims = self.claims().map(|claim| claim.metric.clone());
        Asked {
            metrics: keep.chain(claims).collect(),
            ..Asked::default()
        }
    }

    fn claims(&self) -> impl Iterator<Item = &Claim> {
        let conclusions = self.asked.conclusions.iter();
        conclusions.flat_map(|conclusion| &conclusion.holds)
    }

    /// The variants that conclusions speak of, in the order of the file, the baseline first.
    fn variants(&self) -> Vec<&str> {
        let spoken: BTreeSet<&str> = self.claims().map(|claim| claim.variant.as_str()).collect();
        let named = self.model.variants.iter().map(|one| one.name.as_str());
        let mut all = vec![BASELINE];
        all.extend(named.filter(|name| spoken.contains(name)));
        all
    }

    fn summarise(&self, rows: Vec<Draw>) -> results::Uncertain {
        let kept: Vec<&Draw> = rows.iter().filter(|row| row.kept).collect();
        let keep = self.asked.keep.as_ref();
        results::Uncertain {
            draws: rows.len() as u32,
            kept: kept.len() as u32,
            unplayed: rows.iter().filter(|row| !row.played).count() as u32,
            replications: 1,
            keep_metric: keep.map(|keep| keep.metric.to_string()).unwrap_or_default(),
            keep_range: keep.map(|keep| [keep.low, keep.high]).unwrap_or_default(),
            variants: self.variants().into_iter().map(str::to_owned).collect(),
            conclusions: self.conclusions(&kept),
            params: self.drawn.iter().map(|p| param(p, &kept)).collect(),
            rows,
        }
    }

    fn conclusions(&self, kept: &[&Draw]) -> Vec<Conclusion> {
        let asked = self.asked.conclusions.iter().enumerate();
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
                    all: share.filter(|_| self.asked.keep.is_none()),
                }
            })
            .collect()
    }
}

fn value(metrics: &Metrics, name: &str) -> Option<f64> {
    metrics.iter().find(|(known, _)| known == name)?.1
}

fn is_within(keep: &Keep, value: f64) -> bool {
    (keep.low..=keep.high).contains(&value)
}

/// Whether all claims hold; `None` if one of them cannot be told. What never comes to be is
/// infinite, and compared as such.
fn holds(claims: &[Claim], seen: &BTreeMap<&str, Metrics>) -> Option<bool> {
    let mut all = true;
    for claim in claims {
        let metrics = seen.get(claim.variant.as_str())?;
        let value = value(metrics, &claim.metric.to_string())?;
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
