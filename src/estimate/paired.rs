//! Paired differences: every variant meets the same users with the same luck.
//!
//! One idea: pairs are independent of each other, so the differences have Student's t interval,
//! and what common luck gained is shown: var(D) = var₁ + var₂ − 2 cov (common random numbers; Law,
//! Simulation Modeling and Analysis, §11.2).

use super::interval::Moments;

/// Differences of a variant from the baseline, pair by pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Paired {
    /// Variant minus baseline, in each replication in which both are finite.
    pub differences: Vec<f64>,
    /// Replications.
    pub of: u32,
    /// Mean of the baseline over those pairs.
    pub baseline: f64,
    /// Moments of the differences.
    pub moments: Moments,
    /// Correlation of the pairs; `None` when the difference, or either side, never varies.
    pub correlation: Option<f64>,
    /// (s₁² + s₂²) ÷ s_D²; `None` when the difference never varies.
    pub variance_reduction: Option<f64>,
}

impl Paired {
    /// Pairs the values of the two, replication by replication. `None` without a single pair.
    pub fn of(baseline: &[Option<f64>], variant: &[Option<f64>]) -> Option<Paired> {
        assert_eq!(
            baseline.len(),
            variant.len(),
            "both meet the same replications"
        );
        let finite = |value: &Option<f64>| value.filter(|v| v.is_finite());
        let (first, second): (Vec<f64>, Vec<f64>) = baseline
            .iter()
            .zip(variant)
            .filter_map(|(a, b)| finite(a).zip(finite(b)))
            .unzip();
        let differences: Vec<f64> = second.iter().zip(&first).map(|(b, a)| b - a).collect();
        let moments = Moments::of(&differences)?;
        let (a, b) = (Moments::of(&first)?, Moments::of(&second)?);
        let varies = moments.sd > 0.0;
        let covariance = first
            .iter()
            .zip(&second)
            .map(|(x, y)| (x - a.mean) * (y - b.mean))
            .sum::<f64>()
            / (f64::from(moments.n) - 1.0).max(1.0);
        Some(Paired {
            of: baseline.len() as u32,
            baseline: a.mean,
            correlation: (varies && a.sd > 0.0 && b.sd > 0.0)
                .then(|| (covariance / (a.sd * b.sd)).clamp(-1.0, 1.0)),
            variance_reduction: varies
                .then(|| (a.sd * a.sd + b.sd * b.sd) / (moments.sd * moments.sd)),
            differences,
            moments,
        })
    }

    /// The same with the deviations taken from a difference that is known otherwise.
    #[must_use]
    pub fn about(mut self, centre: Option<f64>) -> Paired {
        if let Some(centre) = centre.filter(|_| self.is_complete()) {
            let differences = self.differences.iter().copied();
            self.moments = Moments::about(differences, centre).unwrap_or(self.moments);
        }
        self
    }

    /// Number of pairs.
    pub fn n(&self) -> u32 {
        self.moments.n
    }

    /// Whether every replication gave a pair; else the difference is conditional.
    pub fn is_complete(&self) -> bool {
        self.n() == self.of
    }

    /// Whether the two are exactly alike in every pair.
    pub fn is_nothing(&self) -> bool {
        self.differences.iter().all(|d| d.abs() < f64::MIN_POSITIVE)
    }
}

/// Pairs by which side is larger, where "never" is larger than any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Pairs in which both have a value, finite or never.
    pub n: u32,
    /// Of those, pairs in which the baseline is never.
    pub baseline_never: u32,
    /// Of those, pairs in which the variant is never.
    pub variant_never: u32,
    /// Pairs in which exactly one side is never.
    pub one_never: u32,
    /// Pairs in which the variant is larger by more than what matters.
    pub higher: u32,
    /// Pairs in which the variant is smaller by more than what matters.
    pub lower: u32,
}

impl Signs {
    /// Counts the pairs that differ by more than `within`.
    pub fn of(baseline: &[Option<f64>], variant: &[Option<f64>], within: f64) -> Signs {
        let mut signs = Signs::default();
        for (a, b) in baseline.iter().zip(variant) {
            let Some((a, b)) = a.zip(*b) else { continue };
            let count = |yes: bool| u32::from(yes);
            signs.n += 1;
            signs.baseline_never += count(a.is_infinite());
            signs.variant_never += count(b.is_infinite());
            signs.one_never += count(a.is_infinite() != b.is_infinite());
            // Never against never is no number, and so neither larger nor smaller.
            signs.higher += count(b - a > within);
            signs.lower += count(a - b > within);
        }
        signs
    }

    /// Whether either side is never in any pair.
    pub fn has_never(&self) -> bool {
        self.baseline_never + self.variant_never > 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Baseline 1, 2, 3; variant 3, 4, 8: differences 2, 2, 5 with mean 3 and variance 3. The
    /// variances are 1 and 7, the covariance 2.5: correlation 2.5/√7, reduction 8/3.
    #[test]
    fn by_hand() {
        let pair = Paired::of(&[1.0, 2.0, 3.0].map(Some), &[3.0, 4.0, 8.0].map(Some)).unwrap();
        assert_eq!(pair.differences, [2.0, 2.0, 5.0]);
        assert!((pair.moments.mean - 3.0).abs() < 1e-15);
        assert!((pair.moments.sd - 3.0_f64.sqrt()).abs() < 1e-15);
        assert!((pair.correlation.unwrap() - 2.5 / 7.0_f64.sqrt()).abs() < 1e-12);
        assert!((pair.variance_reduction.unwrap() - 8.0 / 3.0).abs() < 1e-12);
        assert!(pair.is_complete());
    }

    /// Differences 2, 2, 5 about 4 that are known otherwise: Σ² = 4 + 4 + 1, variance 9/2.
    #[test]
    fn deviations_may_be_taken_from_a_difference_that_is_known_otherwise() {
        let pair = Paired::of(&[1.0, 2.0, 3.0].map(Some), &[3.0, 4.0, 8.0].map(Some)).unwrap();
        assert_eq!(pair.clone().about(None), pair);
        let about = pair.about(Some(4.0)).moments;
        assert!((about.mean - 4.0).abs() < 1e-15);
        assert!((about.sd - 4.5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_variant_that_changes_nothing_differs_by_exactly_nothing() {
        let values = [0.1, 0.7, 0.3].map(Some);
        let pair = Paired::of(&values, &values).unwrap();
        assert_eq!(pair.differences, [0.0; 3]);
        assert!(pair.moments.mean.abs() < f64::MIN_POSITIVE && pair.moments.sd < f64::MIN_POSITIVE);
        assert_eq!((pair.correlation, pair.variance_reduction), (None, None));
    }

    #[test]
    fn pairs_that_are_missing_are_counted() {
        let never = Some(f64::INFINITY);
        let pair = Paired::of(
            &[Some(1.0), None, never, Some(2.0)],
            &[Some(2.0), Some(1.0), Some(1.0), Some(2.5)],
        )
        .unwrap();
        assert_eq!((pair.n(), pair.of, pair.is_complete()), (2, 4, false));
        assert_eq!(Paired::of(&[never], &[never]), None);
    }

    /// Six replications: never on both sides, on the baseline's, on the variant's; a little longer,
    /// much longer; and one without a value.
    #[test]
    fn never_is_longer_than_any_time() {
        let never = Some(f64::INFINITY);
        let baseline = [never, never, Some(9.0), Some(1.0), Some(1.0), None];
        let variant = [never, Some(2.0), never, Some(1.1), Some(2.0), Some(1.0)];
        let expected = Signs {
            n: 5,
            baseline_never: 2,
            variant_never: 2,
            one_never: 2,
            higher: 2,
            lower: 1,
        };
        assert_eq!(Signs::of(&baseline, &variant, 0.2), expected);
        assert!(!Signs::of(&[Some(1.0)], &[Some(2.0)], 0.1).has_never());
    }

    proptest! {
        #[test]
        fn swapping_the_sides_turns_the_sign(
            pairs in prop::collection::vec((-1e6..1e6, -1e6..1e6), 2..30)
        ) {
            let (a, b): (Vec<_>, Vec<_>) =
                pairs.into_iter().map(|(x, y)| (Some(x), Some(y))).unzip();
            let (there, back) = (Paired::of(&a, &b).unwrap(), Paired::of(&b, &a).unwrap());
            prop_assert!((there.moments.mean + back.moments.mean).abs() < 1e-6);
            prop_assert!((there.moments.sd - back.moments.sd).abs() < 1e-6);
        }
    }
}
