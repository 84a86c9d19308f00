//! What happened in a typical launch and in a bad one, one thing after the other.
//!
//! One idea: a launch is chosen by the first thing that must hold, played once more (or taken from
//! the store), and filled in like a study of one launch: so its instants are its own.

use crate::engine::Exceeded;
use crate::estimate::quantile::Replicas;
use crate::model::{Checked, Study};
use crate::program::Asked;
use crate::results::{
    Better, Chain, ChainLaunch, ChainWhich, Measure, Objective, Results, Variant,
};
use crate::study::compare;
use crate::study::contender::{BASELINE, Contender};
use crate::study::fill::{self, Sight};
use crate::study::lens::{Lens, SERVED};
use crate::study::metrics::MetricTable;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Job, Onlooker};

/// Of so many launches one is that bad.
const BAD: usize = 20;

/// Adds to the results of a run what happened in two of its launches. Nothing is added where the
/// study is no launch.
///
/// # Errors
/// If a launch needs more than it may use, or somebody stopped it.
pub fn told(
    results: &mut Results,
    (model, variant): (&Checked, Option<&str>),
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<(), Failure> {
    let name = variant.unwrap_or(BASELINE);
    let Some(seen) = results.variants.get(name) else {
        return Ok(());
    };
    if model.study != Study::Launch {
        return Ok(());
    }
    let metric = seen
        .objectives
        .first()
        .map_or(SERVED, |one: &Objective| &one.metric);
    let measure: Measure = results.measures.get(metric).copied().unwrap_or_default();
    let values = seen.values.get(metric).cloned().unwrap_or_default();
    let order = worst_last(&values, better(seen, measure));
    let mut chain = Chain {
        metric: metric.to_owned(),
        unit: seen.objectives.first().map_or(measure.unit, |one| one.unit),
        launches: Vec::new(),
    };
    let asked = Asked::default();
    let contender = Contender::variant(model, name, (&asked, plan.from))?;
    let crew = Crew::new(plan.threads, onlooker);
    for (which, launch) in chosen(&order, &values) {
        let filled = played(&contender, launch, (plan, &crew))?;
        chain.launches.push(ChainLaunch {
            which,
            launch,
            of: values.len() as u32,
            value: values.get(launch as usize).copied().flatten(),
            events: filled.events,
            bottlenecks: filled.bottlenecks,
            recovery: filled.recovery,
            storm: filled.storm,
        });
    }
    crew.rest();
    results.answers.chain = Some(chain);
    Ok(())
}

/// Which direction of the metric is better: as the first objective wants it, else as it is known.
fn better(seen: &Variant, measure: Measure) -> Better {
    match seen.objectives.first().map(|one| one.relation.as_str()) {
        Some("<" | "<=") => Better::Lower,
        Some(_) => Better::Higher,
        None => measure.better,
    }
}

/// The launches from the best to the worst; what is never reached, or does not exist, is the worst.
fn worst_last(values: &[Option<f64>], better: Better) -> Vec<u32> {
    let badness = |at: &u32| match (values[*at as usize], better) {
        (None, _) => f64::INFINITY,
        (Some(value), Better::Higher) => -value,
        (Some(value), Better::Lower | Better::Neither) => value,
    };
    let mut all: Vec<u32> = (0..values.len() as u32).collect();
    all.sort_by(|a, b| badness(a).total_cmp(&badness(b)));
    all
}

/// The one in the middle and the bad one; only the first where both have the same value.
fn chosen(order: &[u32], values: &[Option<f64>]) -> Vec<(ChainWhich, u32)> {
    let n = order.len();
    let Some(&middle) = order.get(n.div_ceil(2).saturating_sub(1)) else {
        return Vec::new();
    };
    let bad = order[n - 1 - n / BAD];
    let mut all = vec![(ChainWhich::Typical, middle)];
    if values[bad as usize] != values[middle as usize] {
        all.push((ChainWhich::Bad, bad));
    }
    all
}

/// One launch of a contender, as a study of it alone would tell it.
fn played(
    contender: &Contender,
    launch: u32,
    (plan, crew): (&Plan, &Crew<'_>),
) -> Result<Variant, Failure> {
    let judge = compare::judge(contender, plan, crew);
    let lens = Lens::new(&contender.model, &contender.program, judge.as_ref());
    let job = Job {
        program: &contender.program,
        seed: plan.seed,
        number: launch,
        limits: plan.limits,
    };
    let done = crew.each(1, &|_, seat| {
        let seen = crew.execute(&job, seat)?;
        let row = lens.row(&seen);
        let seen = lens.look(seen, row.fate.as_ref());
        Ok::<_, Exceeded>((row, seen))
    });
    let done = done.map_err(|overrun| Failure::Exceeded {
        variant: contender.name.clone(),
        replication: launch,
        why: overrun.why,
    })?;
    let Some((row, seen)) = done.into_iter().flatten().next() else {
        return Err(crew.nothing());
    };
    let mut metrics = MetricTable::default();
    metrics.push(row);
    Ok(fill::variant(&Sight {
        lens: &lens,
        metrics: &metrics,
        seen: &[seen],
        confidence: plan.confidence,
        replicas: Replicas::new(1, plan.seed),
        changes: &contender.changes,
        of: &contender.of,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_nineteenth_of_twenty_are_chosen() {
        let values: Vec<Option<f64>> = (0..20).map(|n| Some(f64::from(n))).collect();
        let order = worst_last(&values, Better::Higher);
        assert_eq!(
            chosen(&order, &values),
            [(ChainWhich::Typical, 10), (ChainWhich::Bad, 1)]
        );
        let order = worst_last(&values[..5], Better::Lower);
        assert_eq!(
            chosen(&order, &values[..5]),
            [(ChainWhich::Typical, 2), (ChainWhich::Bad, 4)]
        );
        // What is never reached is the worst; where all are alike one is enough.
        let mixed = [Some(1.0), None, Some(1.0)];
        let order = worst_last(&mixed, Better::Higher);
        assert_eq!(
            chosen(&order, &mixed),
            [(ChainWhich::Typical, 2), (ChainWhich::Bad, 1)]
        );
        let alike = [Some(1.0); 3];
        assert_eq!(chosen(&worst_last(&alike, Better::Lower), &alike).len(), 1);
        assert!(chosen(&[], &[]).is_empty());
    }
}
