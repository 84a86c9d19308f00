//! What each candidate carries.
//!
//! One idea: every candidate is tried alone and as the last one left; those that matter neither way
//! are no causes, and of the others the impact is shared out launch by launch by Shapley's rule,
//! which shares sum exactly to what is gone without all of them.

use super::candidates::Candidate;
use super::plays::{Play, Plays, is_above_zero, mean};
use crate::estimate::attribution::{SHAPLEY_CHANGES_MAX, orders, shapley, shapley_by_orders};
use crate::estimate::interval;
use crate::model::overlay::Change;
use crate::results::{
    Cause, CausePair, Cleared, ClearedWhy, Estimate, Explain, Set, ShareMethod, Together,
};
use crate::study::plan::Failure;

/// Most causes among which the impact is shared out.
const MOST: usize = 8;

/// Orders that are drawn where there are too many causes for all combinations.
const ORDERS: usize = 12;

/// A cause takes away at least this part of the impact, alone or as the last one.
const LEAST: f64 = 0.01;

/// Two causes do not add up if they are this part of the impact off.
const APART: f64 = 0.2;

/// Those that carry less than this part of the impact more or less carry the same.
const SAME: f64 = 0.02;

/// The share of each cause in each launch, with what else is known of them.
struct Shared {
    candidate: Candidate,
    shares: Vec<f64>,
    alone: Vec<f64>,
    last: Vec<f64>,
}

/// Shares the impact out among the candidates and fills in what is known of them.
pub(super) fn share_out(
    plays: &mut Plays<'_>,
    candidates: Vec<Candidate>,
    explain: &mut Explain,
) -> Result<Vec<Candidate>, Failure> {
    let kept = screened(plays, candidates, &mut explain.cleared)?;
    let base: Vec<f64> = plays.base().iter().map(|one| one.value).collect();
    let sets = match kept.len() {
        0 => Vec::new(),
        n if n <= SHAPLEY_CHANGES_MAX => (0..1_usize << n).collect(),
        n => {
            explain.method = ShareMethod::Orders;
            explain.orders = Some(2 * ORDERS as u32);
            of_orders(&orders(n, ORDERS, plays.plan.seed))
        }
    };
    let play = |set: usize| Play::of(without(&kept, |at| set & (1 << at) != 0));
    let all: Vec<Play> = sets.iter().map(|set| play(*set)).collect();
    plays.play(&all)?;
    let gone = |set: usize| {
        plays
            .avoided(&play(set))
            .unwrap_or_else(|| vec![0.0; base.len()])
    };
    let columns: Vec<(usize, Vec<f64>)> = sets.iter().map(|set| (*set, gone(*set))).collect();
    let shared = by_launch(&kept, &columns, plays);
    let confidence = plays.plan.confidence;
    let whole = mean(&base);
    let ranked = ranked(shared, whole, confidence);
    let total = columns
        .last()
        .map_or(vec![0.0; base.len()], |_| gone((1 << kept.len()) - 1));
    explain.carried = estimate(&total, confidence);
    let left: Vec<f64> = base
        .iter()
        .zip(&total)
        .map(|(all, gone)| all - gone)
        .collect();
    explain.left = estimate(&left, confidence);
    explain.pairs = pairs(&kept, &columns, whole, confidence);
    let cause = |one: &Shared| cause(one, &base, confidence);
    explain.causes = ranked.iter().map(cause).collect();
    Ok(ranked.into_iter().map(|one| one.candidate).collect())
}

/// The changes of some candidates.
fn without(all: &[Candidate], chosen: impl Fn(usize) -> bool) -> Vec<Change> {
    let chosen = all.iter().enumerate().filter(|(at, _)| chosen(*at));
    chosen.flat_map(|(_, one)| one.changes.clone()).collect()
}

/// Those that matter alone or as the last one left; of the others, why not.
fn screened(
    plays: &mut Plays<'_>,
    candidates: Vec<Candidate>,
    cleared: &mut Vec<Cleared>,
) -> Result<Vec<Candidate>, Failure> {
    let alone: Vec<Play> = candidates
        .iter()
        .map(|one| Play::of(one.changes.clone()))
        .collect();
    plays.play(&alone)?;
    // What makes no valid model cannot be tried.
    let valid: Vec<Candidate> = candidates
        .into_iter()
        .zip(&alone)
        .filter(|(_, play)| plays.row(play).is_some())
        .map(|(one, _)| one)
        .collect();
    let sum = Play::of(without(&valid, |_| true));
    let last = |at: usize| Play::of(without(&valid, |other| other != at));
    let mut further: Vec<Play> = (0..valid.len()).map(last).collect();
    further.push(sum.clone());
    plays.play(&further)?;
    let confidence = plays.plan.confidence;
    let impact: Vec<f64> = plays.base().iter().map(|one| one.value).collect();
    let least = LEAST * mean(&impact);
    let mut kept: Vec<(f64, usize)> = Vec::new();
    let whole = plays.avoided(&sum);
    for (at, candidate) in valid.iter().enumerate() {
        let alone = plays
            .avoided(&Play::of(candidate.changes.clone()))
            .unwrap_or_default();
        let last = whole.as_ref().zip(plays.avoided(&last(at)));
        let last = last
            .map(|(all, others)| difference(all, &others))
            .unwrap_or_default();
        let matters = |gone: &[f64]| mean(gone) > least && is_above_zero(gone, confidence);
        if matters(&alone) || matters(&last) {
            kept.push((mean(&alone).max(0.0) + mean(&last).max(0.0), at));
            continue;
        }
        let worse: Vec<f64> = alone.iter().map(|gone| -gone).collect();
        let why = match matters(&worse) {
            true => ClearedWhy::Helps,
            false => ClearedWhy::Nothing,
        };
        cleared.push(Cleared {
            why,
            alone: estimate(&alone, confidence),
            ..candidate.cleared()
        });
    }
    kept.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, at) in kept.iter().skip(MOST) {
        cleared.push(Cleared {
            why: ClearedWhy::Less,
            ..valid[*at].cleared()
        });
    }
    kept.truncate(MOST);
    kept.sort_by_key(|(_, at)| *at);
    Ok(kept.iter().map(|(_, at)| valid[*at].clone()).collect())
}

fn difference(all: &[f64], others: &[f64]) -> Vec<f64> {
    all.iter().zip(others).map(|(a, b)| a - b).collect()
}

/// Every combination on the way of some orders, each once.
fn of_orders(orders: &[Vec<usize>]) -> Vec<usize> {
    let mut sets = vec![0];
    for order in orders {
        let mut set = 0;
        for member in order {
            set |= 1_usize << member;
            sets.push(set);
        }
        // Each alone, each as the last one left, and pairs are told as well.
        for (at, one) in order.iter().enumerate() {
            sets.push(1 << one);
            sets.push(set & !(1 << one));
            sets.extend(
                order[at + 1..]
                    .iter()
                    .map(|other| (1 << one) | (1 << other)),
            );
        }
    }
    sets.sort_unstable();
    sets.dedup();
    sets
}

/// The shares, launch by launch.
fn by_launch(kept: &[Candidate], columns: &[(usize, Vec<f64>)], plays: &Plays<'_>) -> Vec<Shared> {
    let n = kept.len();
    let of = |set: usize, launch: usize| {
        let found = columns.iter().find(|(known, _)| *known == set);
        found.map_or(0.0, |(_, gone)| gone[launch])
    };
    let drawn = orders(n, ORDERS, plays.plan.seed);
    let launches = plays.base().len();
    let rows: Vec<Vec<f64>> = (0..launches)
        .map(|launch| match n <= SHAPLEY_CHANGES_MAX {
            true if n == 0 => Vec::new(),
            true => {
                let values: Vec<f64> = (0..1 << n).map(|set| of(set, launch)).collect();
                shapley(&values)
            }
            false => shapley_by_orders(&drawn, n, &|set| of(set, launch)),
        })
        .collect();
    let whole: Vec<f64> = (0..launches).map(|l| of((1 << n) - 1, l)).collect();
    kept.iter()
        .enumerate()
        .map(|(at, candidate)| {
            let others = Play::of(without(kept, |other| other != at));
            let others = plays.avoided(&others);
            Shared {
                candidate: candidate.clone(),
                shares: rows.iter().map(|row| row[at]).collect(),
                alone: (0..launches).map(|launch| of(1 << at, launch)).collect(),
                last: others.map_or_else(Vec::new, |others| difference(&whole, &others)),
            }
        })
        .collect()
}

/// Those that carry most first; of those that carry the same, by rank.
fn ranked(mut all: Vec<Shared>, whole: f64, confidence: f64) -> Vec<Shared> {
    all.sort_by(|a, b| mean(&b.shares).total_cmp(&mean(&a.shares)));
    let goes_before = |later: &Shared, earlier: &Shared| {
        let more = difference(&earlier.shares, &later.shares);
        let same = mean(&more) < SAME * whole || !is_above_zero(&more, confidence);
        later.candidate.rank() < earlier.candidate.rank() && same
    };
    for end in 1..all.len() {
        let mut at = end;
        while at > 0 && goes_before(&all[at], &all[at - 1]) {
            all.swap(at, at - 1);
            at -= 1;
        }
    }
    all
}

/// The mean of some values with its interval.
pub(super) fn estimate(values: &[f64], confidence: f64) -> Option<Estimate> {
    let values: Vec<Option<f64>> = values.iter().map(|value| Some(*value)).collect();
    interval::mean(&values, confidence)
}

/// The mean of values as a part of the mean of a whole, with the interval of a ratio of means
/// (Cochran, Sampling Techniques, 1977, §6.4).
pub(super) fn part_of(values: &[f64], whole: &[f64], confidence: f64) -> Option<Estimate> {
    let all = mean(whole);
    if all <= 0.0 {
        return None;
    }
    let ratio = mean(values) / all;
    let pairs = values.iter().zip(whole);
    let about: Vec<f64> = pairs.map(|(v, w)| ratio + (v - ratio * w) / all).collect();
    estimate(&about, confidence)
}

fn cause(one: &Shared, base: &[f64], confidence: f64) -> Cause {
    let candidate = &one.candidate;
    Cause {
        key: candidate.key(),
        kind: candidate.kind,
        name: candidate.name.clone(),
        resource: candidate.resource,
        set: sets(&candidate.changes),
        changed: candidate.changed(),
        carries: estimate(&one.shares, confidence),
        part: part_of(&one.shares, base, confidence),
        alone: estimate(&one.alone, confidence),
        last: estimate(&one.last, confidence),
    }
}

/// Changes as the document has them.
pub(super) fn sets(changes: &[Change]) -> Vec<Set> {
    let set = |change: &Change| Set {
        path: change.path.clone(),
        value: change.written_value(),
    };
    changes.iter().map(set).collect()
}

/// Pairs of causes that do not simply add up.
fn pairs(
    kept: &[Candidate],
    columns: &[(usize, Vec<f64>)],
    whole: f64,
    confidence: f64,
) -> Vec<CausePair> {
    let of = |set: usize| {
        let found = columns.iter().find(|(known, _)| *known == set);
        found.map(|(_, gone)| gone.as_slice())
    };
    let mut all = Vec::new();
    for one in 0..kept.len() {
        for other in one + 1..kept.len() {
            let both = of((1 << one) | (1 << other));
            let (Some(both), Some(a), Some(b)) = (both, of(1 << one), of(1 << other)) else {
                continue;
            };
            let beyond = difference(&difference(both, a), b);
            let less: Vec<f64> = beyond.iter().map(|value| -value).collect();
            let how = if mean(&less) > APART * whole && is_above_zero(&less, confidence) {
                Together::BothNeeded
            } else if mean(&beyond) > APART * whole && is_above_zero(&beyond, confidence) {
                Together::EachSuffices
            } else {
                continue;
            };
            all.push(CausePair {
                keys: [kept[one].key(), kept[other].key()],
                how,
                beyond: estimate(&beyond, confidence),
            });
        }
    }
    all
}
