//! The objectives, judged.
//!
//! One idea: an objective is judged in each launch; an absent value or one that is never reached
//! does not meet it. In a steady study the interval of the value is held against the limit; one
//! that has not settled proves nothing, unless it is plain that it gets no better.

use crate::estimate::verdict::{Sides, SidesSeen};
use crate::estimate::{interval, measure, verdict};
use crate::model::metric::Statistic;
use crate::model::objective::Objective as Asked;
use crate::program::Judge;
use crate::results::{Better, Estimate, Objective, ObjectiveVerdict, Settled, Verdict};
use crate::study::fill::Sight;
use crate::study::{measures, usual};

/// Percentiles from here on need a longer run to settle.
const TAIL: f64 = 0.99;

/// The objectives in the order of the file.
pub(crate) fn objectives(sight: &Sight<'_>, settled: Option<&Settled>) -> Vec<Objective> {
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
    let held = held(sight, asked, judge);
    let k = held.iter().filter(|held| **held).count() as u32;
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
        label: asked.label.clone(),
        metric,
        relation: relation.to_owned(),
        limit: asked.limit,
        unit,
        never: value.map_or(0, |value| value.never),
        value,
        absent: values.iter().filter(|value| value.is_none()).count() as u32,
        required: asked.required,
        needed: (!sight.is_steady()).then(|| verdict::launches_needed(asked.required)),
        settled_by: chance
            .filter(|_| unclear && !sight.is_steady())
            .and_then(|chance| verdict::objective_settled_by(&chance, asked.required)),
        chance,
        verdict,
    }
}

/// In which launches it is met: the limit holds, or no breach lasts longer than is allowed.
pub(super) fn held(sight: &Sight<'_>, asked: &Asked, judge: Judge) -> Vec<bool> {
    let probes = &sight.lens.program.names.probes;
    let values = sight.metric(&probes[judge.value]);
    let longest = judge.breach.map(|breach| sight.metric(&probes[breach]));
    let each = values.iter().enumerate();
    each.map(|(launch, value)| {
        let longest = longest.as_ref().and_then(|all| all[launch]);
        holds(asked, *value, longest)
    })
    .collect()
}

/// Whether a launch meets an objective with this value and, in seconds, this longest breach.
pub(crate) fn holds(asked: &Asked, value: Option<f64>, longest: Option<f64>) -> bool {
    match asked.except {
        Some(except) => {
            value.is_some() && longest.is_some_and(|seconds| seconds <= except.as_secs_f64())
        }
        None => value
            .is_some_and(|value| value.is_finite() && asked.comparison.holds(value, asked.limit)),
    }
}

/// How each objective came out in the baseline and in a variant, with its metric. A steady
/// objective changes sides if the limit lies between the two intervals at this confidence.
pub(crate) fn sides(
    baseline: &Sight<'_>,
    variant: &Sight<'_>,
    confidence: f64,
) -> Vec<(String, Sides)> {
    let names = &baseline.lens.program.names;
    let asked = baseline.lens.model.objectives.iter().zip(&names.judges);
    let others = &variant.lens.program.names.judges;
    asked
        .zip(others)
        .map(|((asked, judge), other)| {
            let seen = if baseline.is_steady() {
                let metric = &names.probes[judge.value];
                let both = [baseline, variant].map(|sight| sight.estimate_at(metric, confidence));
                SidesSeen::Intervals(between(asked, both))
            } else {
                launches(
                    &held(baseline, asked, *judge),
                    &held(variant, asked, *other),
                )
            };
            let that = asked.that.clone();
            (names.probes[judge.value].clone(), Sides { that, seen })
        })
        .collect()
}

/// Launches that change sides.
fn launches(before: &[bool], after: &[bool]) -> SidesSeen {
    let both = || before.iter().zip(after);
    SidesSeen::Launches {
        lost: both().filter(|(was, is)| **was && !**is).count() as u32,
        won: both().filter(|(was, is)| !**was && **is).count() as u32,
        n: before.len() as u32,
    }
}

/// Whether the limit of an objective lies between the intervals of its metric, and on which side
/// of it the second one is.
fn between(asked: &Asked, both: [Option<Estimate>; 2]) -> Option<Verdict> {
    let relation: Better = measure::better_by_relation(asked.comparison.sign());
    let [before, after] =
        both.map(|value| verdict::steady_objective(value.as_ref(), relation, asked.limit));
    match (before, after) {
        (ObjectiveVerdict::Met, ObjectiveVerdict::Failed) => Some(Verdict::Worse),
        (ObjectiveVerdict::Failed, ObjectiveVerdict::Met) => Some(Verdict::Better),
        _ => None,
    }
}
