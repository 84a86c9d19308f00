//! Words that a user may act on: better, worse, same, unclear; met, failed, unclear.
//!
//! One idea: two different kinds of "no". *Same* says that the interval lies within what matters;
//! *unclear* says that it is too wide, and how many replications would settle it (two one-sided
//! tests for equivalence, Schuirmann 1987; power after Law, §10.2). Words that hold together are
//! bought by Bonferroni's inequality.

use super::interval;
use super::measure::{Quantity, Threshold};
use super::paired::Paired;
use crate::results::{
    Better, Difference, Estimate, Family, FamilyOf, ObjectiveVerdict, Probability, Verdict,
};

/// ((z₀.₉₇₅ + z₀.₈₀) ÷ z₀.₉₇₅)²: how many times the replications of an interval that just touches
/// are needed to settle at 80 % power.
const POWER: f64 = 2.04;

/// One-sided confidence at which objectives are judged.
pub const OBJECTIVE_CONFIDENCE: f64 = 0.95;

/// The most replications, as a multiple of those done, that [`objective_settled_by`] looks at.
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
    /// Which direction is better.
    pub better: Better,
    /// Whether a word is given.
    pub family: Family,
    /// Confidence of the interval: that of each statement of the family for headline metrics.
    pub confidence: f64,
    /// The difference, where it is known better than as the mean over the pairs: of percentiles of
    /// all replications together.
    pub centre: Option<f64>,
}

/// The paired difference with its interval and, for headline metrics with all their pairs, a word.
/// The threshold is made from the baseline's mean over the pairs. `None` without a pair.
pub fn difference(
    question: &Question<'_>,
    threshold: impl Fn(f64) -> Threshold,
) -> Option<Difference> {
    let paired = Paired::of(question.baseline, question.variant)?.about(question.centre);
    let threshold = threshold(paired.baseline);
    let within = threshold.in_units(paired.baseline);
    let mean = paired.moments.mean;
    let half = paired.moments.half_width(question.confidence);
    let mut difference = Difference {
        estimate: Some(mean),
        low: half.map(|h| mean - h),
        high: half.map(|h| mean + h),
        n: paired.n(),
        of: paired.of,
        confidence: question.confidence,
        family: question.family,
        within: Some(threshold.within),
        within_is: Some(threshold.within_is),
        threshold: Some(within),
        correlation: paired.correlation,
        variance_reduction: paired.variance_reduction,
        ..Difference::default()
    };
    let worded = question.family == Family::Headline && paired.is_complete();
    if let (true, Some(half)) = (worded, half) {
        difference.verdict = word(mean - half, mean + half, within, question.better);
        if difference.verdict == Some(Verdict::Unclear) {
            difference.settled_by = settled_by(paired.n(), half, mean, within);
        }
    }
    Some(difference)
}

/// The threshold that a quantity has by itself; the second argument of [`difference`].
pub fn usual(quantity: Quantity, bin_s: f64) -> impl Fn(f64) -> Threshold {
    move |baseline| quantity.threshold(baseline, bin_s)
}

/// The word for the interval `low..high` of a difference: same if it lies strictly within the
/// threshold (or is exactly zero), else better or worse if zero is outside, else unclear. `None`
/// if zero is outside and no direction is better.
pub fn word(low: f64, high: f64, within: f64, better: Better) -> Option<Verdict> {
    let exactly_nothing = low.abs() + high.abs() < f64::MIN_POSITIVE;
    if exactly_nothing || (-within < low && high < within) {
        return Some(Verdict::Same);
    }
    if low <= 0.0 && 0.0 <= high {
        return Some(Verdict::Unclear);
    }
    match (better, low > 0.0) {
        (Better::Higher, true) | (Better::Lower, false) => Some(Verdict::Better),
        (Better::Higher, false) | (Better::Lower, true) => Some(Verdict::Worse),
        (Better::Neither, _) => None,
    }
}

/// Replications that would settle an unclear difference at 80 % power, for half width `half` of
/// `n` pairs: 2.04 n (h ÷ max(|Δ|, δ − |Δ|))². `None` if no number would.
pub fn settled_by(n: u32, half: f64, difference: f64, within: f64) -> Option<u64> {
    let distance = difference.abs().max(within - difference.abs());
    if distance <= 0.0 {
        return None;
    }
    let ratio = half / distance;
    Some((POWER * f64::from(n) * ratio * ratio).ceil() as u64)
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::estimate::resample::Luck;
    use crate::results::WithinIs;

    #[test]
    fn same_is_looked_at_before_better() {
        use Verdict::{Better as B, Same, Unclear, Worse};
        for (low, high, within, expected) in [
            (0.002, 0.006, 0.01, Same),
            (-0.002, 0.006, 0.01, Same),
            (0.002, 0.012, 0.01, B),
            (-0.012, -0.002, 0.01, Worse),
            (-0.002, 0.012, 0.01, Unclear),
            (0.0, 0.0, 0.0, Same),
            (0.0, 0.02, 0.01, Unclear),
            (0.002, 0.01, 0.01, B),
        ] {
            let found = word(low, high, within, Better::Higher);
            assert_eq!(found, Some(expected), "[{low}, {high}]");
        }
        assert_eq!(word(1.0, 2.0, 0.5, Better::Lower), Some(Worse));
        assert_eq!(word(1.0, 2.0, 0.5, Better::Neither), None);
        assert_eq!(word(-1.0, 2.0, 0.5, Better::Neither), Some(Unclear));
    }

    /// n = 30, h = 2, Δ = 1, δ = 0.5: 2.04 × 30 × (2/1)² = 244.8, so 245. With Δ = 0.1 the distance
    /// is δ − |Δ| = 0.4: 2.04 × 30 × 25 = 1530.
    #[test]
    fn settling_by_hand() {
        assert_eq!(settled_by(30, 2.0, 1.0, 0.5), Some(245));
        assert_eq!(settled_by(30, 2.0, -1.0, 0.5), Some(245));
        assert_eq!(settled_by(30, 2.0, 0.1, 0.5), Some(1_530));
        assert_eq!(settled_by(30, 2.0, 0.0, 0.0), None);
    }

    /// Thirty launches show 90 % only by 30 of 30; 95 % needs 59 of 59.
    #[test]
    fn objectives_as_the_contract_counts() {
        let judge =
            |k, n, required| objective(&interval::probability(k, n, 0.95).unwrap(), required);
        assert_eq!(judge(30, 30, 0.9), ObjectiveVerdict::Met);
        assert_eq!(judge(29, 30, 0.9), ObjectiveVerdict::Unclear);
        assert_eq!(judge(23, 30, 0.9), ObjectiveVerdict::Failed);
        assert_eq!(judge(24, 30, 0.9), ObjectiveVerdict::Unclear);
        assert_eq!(judge(58, 58, 0.95), ObjectiveVerdict::Unclear);
        assert_eq!(judge(59, 59, 0.95), ObjectiveVerdict::Met);
        assert_eq!(judge(0, 30, 0.9), ObjectiveVerdict::Failed);
        let all = interval::probability(30, 30, 0.95).unwrap();
        assert_eq!(objective_settled_by(&all, 0.95), Some(59));
        let at_the_edge = interval::probability(27, 30, 0.95).unwrap();
        assert_eq!(objective_settled_by(&at_the_edge, 0.9), None);
    }

    #[test]
    fn steady_objectives_hold_the_interval_against_the_limit() {
        let value = |low, high| Estimate {
            estimate: Some(f64::midpoint(low, high)),
            low: Some(low),
            high: Some(high),
            n: 30,
            of: 30,
            ..Estimate::default()
        };
        let judge = |low, high| steady_objective(Some(&value(low, high)), Better::Lower, 2.0);
        assert_eq!(judge(1.0, 1.5), ObjectiveVerdict::Met);
        assert_eq!(judge(1.0, 2.5), ObjectiveVerdict::Unclear);
        assert_eq!(judge(2.1, 2.5), ObjectiveVerdict::Failed);
        assert_eq!(
            steady_objective(None, Better::Lower, 2.0),
            ObjectiveVerdict::Failed
        );
    }

    #[test]
    fn a_family_shares_the_chance_of_error() {
        let family = family(
            vec!["share(served)".into(), "p95(login.time)".into()],
            1,
            0.95,
        );
        assert_eq!(family.m, 2);
        assert!((family.confidence_each - 0.975).abs() < 1e-15);
    }

    fn ask<'a>(
        baseline: &'a [Option<f64>],
        variant: &'a [Option<f64>],
        family: Family,
    ) -> Question<'a> {
        Question {
            baseline,
            variant,
            better: Better::Higher,
            family,
            confidence: 0.95,
            centre: None,
        }
    }

    #[test]
    fn words_are_for_headlines_with_all_their_pairs() {
        let low = [0.50, 0.51, 0.52, 0.53].map(Some);
        let high = [0.80, 0.81, 0.82, 0.84].map(Some);
        let share = usual(Quantity::Share, 30.0);
        let found = difference(&ask(&low, &high, Family::Headline), &share).unwrap();
        assert_eq!(found.verdict, Some(Verdict::Better));
        assert_eq!(
            (found.within, found.within_is),
            (Some(0.01), Some(WithinIs::Absolute))
        );
        let plain = difference(&ask(&low, &high, Family::Descriptive), &share).unwrap();
        assert_eq!((plain.verdict, plain.low), (None, found.low));
        let gap = [Some(0.80), None, Some(0.82), Some(0.84)];
        let conditional = difference(&ask(&low, &gap, Family::Headline), &share).unwrap();
        assert_eq!(
            (conditional.verdict, conditional.n, conditional.of),
            (None, 3, 4)
        );
        let nothing = difference(&ask(&low, &low, Family::Headline), &share).unwrap();
        assert_eq!(
            (nothing.verdict, nothing.estimate),
            (Some(Verdict::Same), Some(0.0))
        );
    }

    /// Two variants that do not differ in truth, with noise far above the threshold: a word other
    /// than unclear is a false alarm, of chance 5 % at most. 4,000 trials: 200 ± 14; four
    /// deviations.
    #[test]
    fn false_alarms_are_as_rare_as_said() {
        let mut luck = Luck::new(42);
        let mut draw = || -> Vec<Option<f64>> { (0..20).map(|_| Some(luck.uniform())).collect() };
        let alarms = (0..4_000)
            .filter(|_| {
                let (one, other) = (draw(), draw());
                let question = ask(&one, &other, Family::Headline);
                let found = difference(&question, usual(Quantity::Share, 30.0)).unwrap();
                matches!(found.verdict, Some(Verdict::Better | Verdict::Worse))
            })
            .count();
        assert!((145..=255).contains(&alarms), "{alarms} of 4000");
    }

    proptest! {
        #[test]
        fn words_mirror(low in -5.0..5.0, width in 0.0..5.0, within in 0.0..2.0) {
            let high = low + width;
            let there = word(low, high, within, Better::Higher);
            prop_assert_eq!(there, word(-high, -low, within, Better::Lower));
            if there == Some(Verdict::Unclear) {
                let mid = f64::midpoint(low, high);
                prop_assert!(settled_by(10, width / 2.0, mid, within).is_none_or(|n| n > 0));
            }
        }
    }
}
