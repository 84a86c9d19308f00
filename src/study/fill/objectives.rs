//! The objectives, judged.
//!
//! One idea: an objective is judged in each launch; an absent value or one that is never reached
//! does not meet it. In a steady study the interval of the value is held against the limit; one
//! that has not settled proves nothing, unless it is plain that it gets no better.

use crate::estimate::{interval, measure, verdict};
use crate::model::metric::Statistic;
use crate::model::objective::Objective as Asked;
use crate::program::Judge;
use crate::results::{Better, Objective, ObjectiveVerdict, Settled};
use crate::study::fill::Sight;
use crate::study::{measures, usual};

/// Percentiles from here on need a longer run to settle.
const TAIL: f64 = 0.99;

/// The objectives in the order of the file.
pub(super) fn objectives(sight: &Sight<'_>, settled: Option<&Settled>) -> Vec<Objective> {
    let judges = &sight.lens.program.names.judges;
    let asked = sight.lens.model.objectives.iter().zip(judges);
    asked
        .map(|(asked, judge)| {
            let mut found = judged(sight, asked, *judge);
            if let Some(settled) = settled.filter(|settled| !has_settled(asked, settled)) {
                let outlook = Outlook {
                    gets_worse: gets_worse(sight, asked, *judge),
                    overloaded: settled.overloaded,
                };
                found.verdict = unsettled(found.verdict, outlook);
            }
            found
        })
        .collect()
}

/// Whether a steady study is long enough for what an objective asks.
fn has_settled(asked: &Asked, settled: &Settled) -> bool {
    match asked.metric.statistic {
        Statistic::Percentile(q) if q >= TAIL => settled.tails,
        _ => settled.means,
    }
}

/// Whether the metric of an objective is worse in the last half of the measured time than in the
/// first.
fn gets_worse(sight: &Sight<'_>, asked: &Asked, judge: Judge) -> bool {
    let half = |probe: usize| {
        let values = sight.seen.iter();
        let values = values.filter_map(|seen| seen.totals.metrics[probe]);
        let (n, sum) = values.fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
        usual::share(sum, n)
    };
    let halves = judge.halves.map(|halves| halves.map(half));
    let Some([Some(first), Some(last)]) = halves else {
        return false;
    };
    match measure::better_by_relation(asked.comparison.sign()) {
        Better::Lower => last > first,
        Better::Higher => last < first,
        Better::Neither => false,
    }
}

/// What a longer run of a steady study that has not settled would show.
#[derive(Clone, Copy)]
struct Outlook {
    /// The last half is worse than the first.
    gets_worse: bool,
    /// More work comes than can be done.
    overloaded: bool,
}

/// The word for an objective of a steady study that has not settled, from what its interval says:
/// it is never met, and failed only where waiting for longer can but make it worse.
fn unsettled(by_interval: ObjectiveVerdict, outlook: Outlook) -> ObjectiveVerdict {
    let Outlook {
        gets_worse,
        overloaded,
    } = outlook;
    match by_interval {
        ObjectiveVerdict::Failed if gets_worse || overloaded => ObjectiveVerdict::Failed,
        ObjectiveVerdict::Unclear if overloaded => ObjectiveVerdict::Failed,
        ObjectiveVerdict::Met if gets_worse && overloaded => ObjectiveVerdict::Failed,
        _ => ObjectiveVerdict::Unclear,
    }
}

fn judged(sight: &Sight<'_>, asked: &Asked, judge: Judge) -> Objective {
    let probes = &sight.lens.program.names.probes;
    let metric = probes[judge.value].clone();
    let values = sight.metric(&metric);
    let unit = measures::unit(&asked.metric);
    let value = sight.estimate(&metric);
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

/// In how many launches it is met: the limit holds, or no breach lasts longer than is allowed.
fn met(sight: &Sight<'_>, asked: &Asked, judge: Judge, values: &[Option<f64>]) -> u32 {
    let kept = |value: &f64| value.is_finite() && asked.comparison.holds(*value, asked.limit);
    let (Some(breach), Some(except)) = (judge.breach, asked.except) else {
        return values.iter().flatten().filter(|value| kept(value)).count() as u32;
    };
    let longest = sight.metric(&sight.lens.program.names.probes[breach]);
    let short = |seconds: &f64| *seconds <= except.as_secs_f64();
    let both = values.iter().zip(&longest);
    both.filter(|(value, longest)| value.is_some() && longest.as_ref().is_some_and(short))
        .count() as u32
}
