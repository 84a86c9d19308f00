//! Words that a user may act on: better, worse, same, unclear; met, failed, unclear.
//!
//! One idea: two different kinds of "no". *Same* says that the interval lies within what matters;
//! *unclear* says that it is too wide, and how many replications would settle it (two one-sided
//! tests for equivalence, Schuirmann 1987; power after Law, §10.2). Where a metric is never
//! reached there is no mean to speak of, and where an objective changes sides no mean matters:
//! then pairs of launches are counted (see `sign`). Words that hold together are bought by
//! Bonferroni's inequality.

use super::interval;
use super::measure::Threshold;
use super::paired::{Paired, Signs};
use super::sign;
use crate::base::math;
use crate::results::{
    Because, Better, ChangedSides, Difference, Estimate, Family, FamilyOf, NeverPairs,
    ObjectiveVerdict, Probability, Unit, Verdict,
};

/// z of the power at which a number of launches settles something: 80 % where a difference is
/// expected, 90 % where none is.
const POWER: f64 = 0.84;
const POWER_OF_SAME: f64 = 1.28;

/// One-sided confidence at which objectives are judged.
pub const OBJECTIVE_CONFIDENCE: f64 = 0.95;

/// The most replications, as a multiple of those done, that is looked at for what settles a count
/// of launches.
const LOOK_AHEAD: u32 = 100;

/// The headline metrics and the confidence of each statement, so that all hold together:
/// 1 − (1 − confidence) ÷ (metrics × variants).
pub fn family(headline: Vec<String>, variants: usize, confidence: f64) -> FamilyOf {
    let m = (headline.len() * variants).max(1) as u32;
    FamilyOf {
        headline,
        m,
        confidence_each: 1.0 - (1.0 - confidence) / f64::from(m),
    }
}

/// A metric of a variant to hold against the baseline.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The baseline's value in each replication.
    pub baseline: &'a [Option<f64>],
    /// The variant's value in each replication.
    pub variant: &'a [Option<f64>],
    /// What it is measured in: a difference of shares cannot leave −1 to 1.
    pub unit: Unit,
    /// Which direction is better.
    pub better: Better,
    /// Whether a word is given.
    pub family: Family,
    /// Confidence of the interval: that of each statement of the family for headline metrics.
    pub confidence: f64,
    /// How the objectives on this metric came out on either side, in the order of the file.
    pub sides: &'a [Sides],
    /// The difference, where it is known better than as the mean over the pairs: of percentiles of
    /// all replications together.
    pub centre: Option<f64>,
}

/// How one objective came out on either side.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    /// The objective as written.
    pub that: String,
    /// What was seen.
    pub seen: SidesSeen,
}

/// What was seen of an objective on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SidesSeen {
    /// Launches in which it is met on one side only.
    Launches {
        /// By the baseline alone.
        lost: u32,
        /// By the variant alone.
        won: u32,
        /// Launches judged.
        n: u32,
    },
    /// In a steady study: whether the limit lies between the two intervals, and if it does,
    /// whether the variant is on the better side of it.
    Intervals(Option<Verdict>),
}

/// A word with what it rests on.
struct Word {
    verdict: Verdict,
    because: Because,
    settled_by: Option<u64>,
}

/// The paired difference with its interval and, for headline metrics that have a value in every
/// replication, a word. The threshold is made from the baseline's mean over the pairs. `None` if
/// no replication has a value on both sides.
pub fn difference(
    question: &Question<'_>,
    threshold: impl Fn(f64) -> Threshold,
) -> Option<Difference> {
    let paired = Paired::of(question.baseline, question.variant);
    let paired = paired.map(|paired| paired.about(question.centre));
    let threshold = paired.as_ref().map(|p| (threshold(p.baseline), p.baseline));
    let within = threshold.map_or(0.0, |(threshold, base)| threshold.in_units(base));
    let signs = Signs::of(question.baseline, question.variant, within);
    if signs.n == 0 {
        return None;
    }
    let mut difference = Difference {
        n: paired.as_ref().map_or(0, Paired::n),
        of: question.baseline.len() as u32,
        confidence: question.confidence,
        family: question.family,
        within: threshold.map(|(threshold, _)| threshold.within),
        within_is: threshold.map(|(threshold, _)| threshold.within_is),
        threshold: threshold.map(|_| within),
        never: signs.has_never().then_some(NeverPairs {
            baseline: signs.baseline_never,
            variant: signs.variant_never,
            higher: signs.higher,
            lower: signs.lower,
            n: signs.n,
        }),
        ..Difference::default()
    };
    if let Some(paired) = &paired {
        fill_interval(&mut difference, question, paired);
    }
    if question.family == Family::Headline {
        difference.changed_sides = changed_sides(question);
        if let Some(word) = word_of(question, (paired.as_ref(), &signs), within) {
            difference.verdict = Some(word.verdict);
            difference.because = Some(word.because);
            difference.settled_by = word.settled_by;
        }
    }
    Some(difference)
}

fn fill_interval(difference: &mut Difference, question: &Question<'_>, paired: &Paired) {
    let mean = paired.moments.mean;
    let possible = |end: f64| match question.unit {
        Unit::Share => end.clamp(-1.0, 1.0),
        _ => end,
    };
    let half = paired.moments.half_width(question.confidence);
    difference.estimate = Some(mean);
    difference.low = half.map(|h| possible(mean - h));
    difference.high = half.map(|h| possible(mean + h));
    difference.correlation = paired.correlation;
    difference.variance_reduction = paired.variance_reduction;
}

/// The word: an objective that changes sides goes before the values, whatever matters of them.
fn word_of(
    question: &Question<'_>,
    (paired, signs): (Option<&Paired>, &Signs),
    within: f64,
) -> Option<Word> {
    if let Some(verdict) = by_objective(question) {
        return Some(Word {
            verdict,
            because: Because::Objective,
            settled_by: None,
        });
    }
    let mut word = match paired {
        _ if signs.n < question.baseline.len() as u32 => None,
        _ if signs.has_never() => by_never(question, (paired, signs), within),
        Some(paired) => by_values(question, paired, within),
        None => None,
    }?;
    // All launches change sides, and only their number is too small to say so: not the same.
    if let (Verdict::Same, Some(few)) = (word.verdict, too_few(question)) {
        word.verdict = Verdict::Unclear;
        word.because = Because::Objective;
        word.settled_by = Some(u64::from(few));
    }
    Some(word)
}

fn by_values(question: &Question<'_>, paired: &Paired, within: f64) -> Option<Word> {
    let of = |verdict, settled_by| Word {
        verdict,
        because: Because::Values,
        settled_by,
    };
    if paired.is_nothing() {
        return Some(of(Verdict::Same, None));
    }
    let half = paired.moments.half_width(question.confidence)?;
    let mean = paired.moments.mean;
    let verdict = word(mean - half, mean + half, within, question.better)?;
    let settled_by = (verdict == Verdict::Unclear)
        .then(|| settled_by(paired.n(), half, (mean, within), question.confidence));
    Some(of(verdict, settled_by.flatten()))
}

/// The word where a side is never in some launch: by the sign test over the pairs that differ by
/// more than what matters. Same, if the same launches are never on both sides and the others are
/// the same by their values.
fn by_never(
    question: &Question<'_>,
    (paired, signs): (Option<&Paired>, &Signs),
    within: f64,
) -> Option<Word> {
    let of = |verdict, settled_by| Word {
        verdict,
        because: Because::Never,
        settled_by,
    };
    let rest = paired.map(|paired| by_values(question, paired, within));
    let alike = match &rest {
        None => true,
        Some(rest) => rest.as_ref().is_some_and(|w| w.verdict == Verdict::Same),
    };
    if signs.one_never == 0 && alike {
        return Some(of(Verdict::Same, None));
    }
    let (higher, lower) = (signs.higher, signs.lower);
    if sign::differ(higher, lower, question.confidence) {
        let change = f64::from(higher) - f64::from(lower);
        return direction(question.better, change).map(|word| of(word, None));
    }
    let settled = signs_settled_by((higher, lower), signs.n, question.confidence);
    Some(of(Verdict::Unclear, settled))
}

/// The objective that changes sides most surely, if one surely does.
fn by_objective(question: &Question<'_>) -> Option<Verdict> {
    let mut best: Option<(f64, Verdict)> = None;
    for sides in question.sides {
        let (chance, verdict) = match sides.seen {
            SidesSeen::Launches { lost, won, .. } => {
                let verdict = if won > lost {
                    Verdict::Better
                } else {
                    Verdict::Worse
                };
                let surely = sign::differ(lost, won, question.confidence);
                (sign::p_value(lost, won), surely.then_some(verdict))
            }
            SidesSeen::Intervals(verdict) => (0.0, verdict),
        };
        let surer = best.is_none_or(|(before, _)| chance < before);
        if let (Some(verdict), true) = (verdict, surer) {
            best = Some((chance, verdict));
        }
    }
    best.map(|(_, verdict)| verdict)
}

/// The objective of which most launches change sides, with the launches.
fn changed_sides(question: &Question<'_>) -> Option<ChangedSides> {
    let mut most: Option<ChangedSides> = None;
    for sides in question.sides {
        let SidesSeen::Launches { lost, won, n } = sides.seen else {
            continue;
        };
        let before = most.as_ref().map_or(0, |one| one.lost.abs_diff(one.won));
        if lost + won > 0 && (most.is_none() || lost.abs_diff(won) > before) {
            let fewest = sign::fewest(question.confidence);
            most = Some(ChangedSides {
                that: sides.that.clone(),
                lost,
                won,
                n,
                needed: (n < fewest).then_some(fewest),
            });
        }
    }
    most
}

/// The fewest launches that can show that an objective changes sides, if all do so far and are too
/// few.
fn too_few(question: &Question<'_>) -> Option<u32> {
    let found = changed_sides(question)?;
    let every = found.lost == found.n || found.won == found.n;
    found.needed.filter(|_| every)
}

/// The word for the interval `low..high` of a difference: same if it lies strictly within the
/// threshold, else better or worse if zero is outside, else unclear. `None` if zero is outside and
/// no direction is better.
pub fn word(low: f64, high: f64, within: f64, better: Better) -> Option<Verdict> {
    if -within < low && high < within {
        return Some(Verdict::Same);
    }
    if low <= 0.0 && 0.0 <= high {
        return Some(Verdict::Unclear);
    }
    direction(better, low)
}

/// Better or worse, by the sign of the change; `None` if no direction is better.
fn direction(better: Better, change: f64) -> Option<Verdict> {
    match (better, change > 0.0) {
        (Better::Higher, true) | (Better::Lower, false) => Some(Verdict::Better),
        (Better::Higher, false) | (Better::Lower, true) => Some(Verdict::Worse),
        (Better::Neither, _) => None,
    }
}

/// About as many replications would settle an unclear difference, for half width h = `half` of
/// `n` pairs: n · ((z + z′) ÷ z)² · (h ÷ max(|Δ|, δ − |Δ|))², z at the interval's own level, z′
/// that of the power: 80 %, and 90 % where *same* is expected. `None` if no number would.
pub fn settled_by(
    n: u32,
    half: f64,
    (difference, within): (f64, f64),
    confidence: f64,
) -> Option<u64> {
    let (apart, room) = (difference.abs(), within - difference.abs());
    let distance = apart.max(room);
    if distance <= 0.0 {
        return None;
    }
    let z = math::normal_quantile(0.5 + confidence / 2.0);
    let power = if room > apart { POWER_OF_SAME } else { POWER };
    let ratio = (z + power) / z * half / distance;
    Some((f64::from(n) * ratio * ratio).ceil() as u64)
}

/// Replications that would settle an unclear sign test if as many of them go each way as did: the
/// least at which the counts differ. `None` if none up to a hundred times those done would.
pub fn signs_settled_by((one, other): (u32, u32), n: u32, confidence: f64) -> Option<u64> {
    let scaled = |count: u32, all: u32| (u64::from(all) * u64::from(count) / u64::from(n)) as u32;
    (n..=n.saturating_mul(LOOK_AHEAD))
        .step_by((n / 50).max(1) as usize)
        .find(|&all| sign::differ(scaled(one, all), scaled(other, all), confidence))
        .map(u64::from)
}

/// The fewest launches that prove a chance if every one of them is a success: the least n with
/// lower bound of n out of n at `required`.
pub fn launches_needed(required: f64) -> u32 {
    // The bound is (1 − confidence) to the power 1/n: n is about the ratio of the logarithms.
    let about = (math::ln(1.0 - OBJECTIVE_CONFIDENCE) / math::ln(required)).floor();
    ((about as u32).max(2) - 1..u32::MAX)
        .find(|&n| interval::lower_bound(n, n, OBJECTIVE_CONFIDENCE) >= required)
        .unwrap_or(u32::MAX)
}

/// The word for an objective that is judged in each launch: met when the one-sided lower bound of
/// its chance reaches `required`, failed when the upper bound stays below it, else unclear.
pub fn objective(chance: &Probability, required: f64) -> ObjectiveVerdict {
    objective_word(chance.k, chance.n, required)
}

fn objective_word(k: u32, n: u32, required: f64) -> ObjectiveVerdict {
    if interval::lower_bound(k, n, OBJECTIVE_CONFIDENCE) >= required {
        ObjectiveVerdict::Met
    } else if interval::upper_bound(k, n, OBJECTIVE_CONFIDENCE) < required {
        ObjectiveVerdict::Failed
    } else {
        ObjectiveVerdict::Unclear
    }
}

/// Replications that would settle an unclear objective if launches keep meeting it as often as
/// they did: the least n with a word for k = ⌊n·share⌋. `None` if none up to a hundred times those
/// done would, as when the share is what is required.
pub fn objective_settled_by(chance: &Probability, required: f64) -> Option<u64> {
    let share = |n: u32| u64::from(n) * u64::from(chance.k) / u64::from(chance.n);
    let step = (chance.n / 50).max(1) as usize;
    (chance.n..=chance.n.saturating_mul(LOOK_AHEAD))
        .step_by(step)
        .find(|&n| objective_word(share(n) as u32, n, required) != ObjectiveVerdict::Unclear)
        .map(u64::from)
}

/// The word for an objective of a steady study: the interval of the value against the limit. An
/// absent value, or one that is never reached, is not met.
pub fn steady_objective(
    value: Option<&Estimate>,
    relation: Better,
    limit: f64,
) -> ObjectiveVerdict {
    let Some((low, high)) = value.and_then(|v| v.low.zip(v.high)) else {
        return match value {
            Some(v) if v.never == 0 => ObjectiveVerdict::Unclear,
            _ => ObjectiveVerdict::Failed,
        };
    };
    let (sure, refuted) = match relation {
        Better::Lower => (high < limit, low > limit),
        Better::Higher => (low > limit, high < limit),
        Better::Neither => (false, false),
    };
    match (sure, refuted) {
        (true, _) => ObjectiveVerdict::Met,
        (_, true) => ObjectiveVerdict::Failed,
        _ => ObjectiveVerdict::Unclear,
    }
}

#[cfg(test)]
mod tests;
