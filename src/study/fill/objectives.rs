//! The objectives, judged.
//!
//! One idea: an objective is judged in each launch; an absent value or one that is never reached
//! does not meet it. In a steady study the interval of the value is held against the limit.

use crate::estimate::{interval, measure, verdict};
use crate::model::objective::Objective as Asked;
use crate::program::Judge;
use crate::results::{Estimate, Objective, ObjectiveVerdict, Unit};
use crate::study::fill::Sight;
use crate::study::measures;

/// The objectives in the order of the file.
pub(super) fn objectives(sight: &Sight<'_>) -> Vec<Objective> {
    let judges = &sight.lens.program.names.judges;
    let asked = sight.lens.model.objectives.iter().zip(judges);
    asked
        .map(|(asked, judge)| judged(sight, asked, *judge))
        .collect()
}

fn judged(sight: &Sight<'_>, asked: &Asked, judge: Judge) -> Objective {
    let probes = &sight.lens.program.names.probes;
    let metric = probes[judge.value].clone();
    let values = sight.metric(&metric);
    let unit = measures::unit(&asked.metric);
    let value: Option<Estimate> = match unit {
        Unit::Share => interval::share(&values, sight.confidence),
        _ => interval::mean(&values, sight.confidence),
    };
    let k = met(sight, asked, judge, &values);
    let chance = interval::probability(k, values.len() as u32, sight.confidence);
    let relation = asked.comparison.sign();
    let verdict = if sight.is_steady() {
        let better = measure::better_by_relation(relation);
        verdict::steady_objective(value.as_ref(), better, asked.limit)
    } else {
        chance.map_or(ObjectiveVerdict::Unclear, |chance| {
            verdict::objective(&chance, asked.required)
        })
    };
    let unclear = verdict == ObjectiveVerdict::Unclear;
    Objective {
        that: asked.that.clone(),
        metric,
        relation: relation.to_owned(),
        limit: asked.limit,
        unit,
        never: value.map_or(0, |value| value.never),
        value,
        absent: values.iter().filter(|value| value.is_none()).count() as u32,
        required: asked.required,
        settled_by: chance
            .filter(|_| unclear && !sight.is_steady())
            .and_then(|chance| verdict::objective_settled_by(&chance, asked.required)),
        chance,
        verdict,
    }
}

/// In how many launches it is met.
fn met(sight: &Sight<'_>, asked: &Asked, judge: Judge, values: &[Option<f64>]) -> u32 {
    let held = held(sight, asked, judge, values);
    held.into_iter().filter(|held| *held).count() as u32
}

/// Whether each launch meets it: the limit holds, or no breach lasts longer than is allowed.
pub(super) fn held(
    sight: &Sight<'_>,
    asked: &Asked,
    judge: Judge,
    values: &[Option<f64>],
) -> Vec<bool> {
    let kept = |value: &f64| value.is_finite() && asked.comparison.holds(*value, asked.limit);
    let (Some(breach), Some(except)) = (judge.breach, asked.except) else {
        return values
            .iter()
            .map(|value| value.as_ref().is_some_and(kept))
            .collect();
    };
    let longest = sight.metric(&sight.lens.program.names.probes[breach]);
    let short = |seconds: &f64| *seconds <= except.as_secs_f64();
    let both = values.iter().zip(&longest);
    both.map(|(value, longest)| value.is_some() && longest.as_ref().is_some_and(short))
        .collect()
}
