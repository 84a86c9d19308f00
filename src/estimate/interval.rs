//! Means over replications and chances of launches, each with its interval.
//!
//! One idea: replications are independent, so a mean has Student's t interval (Student 1908) and a
//! count of launches the exact binomial one (Clopper & Pearson 1934). Quantiles of t and beta come
//! from statrs and are cut to twelve digits, so that a last bit of a logarithm cannot show.

use statrs::distribution::{Beta, ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

use super::order;
pub use crate::base::student::t_quantile;
use crate::results::{Estimate, Probability};

/// Mean, standard deviation and number of finite values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Number of values.
    pub n: u32,
    /// Their mean.
    pub mean: f64,
    /// Their sample standard deviation, divisor n − 1; 0 for one value.
    pub sd: f64,
}

impl Moments {
    /// Moments of the values; `None` if there are none. Deviations are taken from the first value,
    /// so equal values give exactly that value and no deviation.
    pub fn of(values: &[f64]) -> Option<Moments> {
        let first = *values.first()?;
        let n = values.len() as f64;
        let mean = first + values.iter().map(|v| v - first).sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let sd = if values.len() > 1 {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        };
        Some(Moments {
            n: values.len() as u32,
            mean,
            sd,
        })
    }

    /// Moments about a centre that is known otherwise: it takes the place of the mean.
    pub fn about(values: impl Iterator<Item = f64>, centre: f64) -> Option<Moments> {
        let (mut n, mut squares) = (0_u32, 0.0);
        for value in values {
            n += 1;
            squares += (value - centre) * (value - centre);
        }
        let sd = (squares / f64::from(n.saturating_sub(1).max(1))).sqrt();
        (n > 0).then_some(Moments {
            n,
            mean: centre,
            sd,
        })
    }

    /// Half the width of the t interval of the mean; `None` for one value.
    pub fn half_width(&self, confidence: f64) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        Some(t_quantile(self.n - 1, confidence) * self.sd / f64::from(self.n).sqrt())
    }
}

/// The two-sided quantile of the normal law.
pub fn normal_quantile(confidence: f64) -> f64 {
    twelve_digits(Normal::standard().inverse_cdf(0.5 + confidence / 2.0))
}

/// The estimate of a quantity from one value a replication: its mean with a t interval, and the
/// spread of launches. `None` if it exists in no replication.
pub fn mean(values: &[Option<f64>], confidence: f64) -> Option<Estimate> {
    let sorted = order::sorted(values.iter().flatten().copied());
    if sorted.is_empty() {
        return None;
    }
    let finite: Vec<f64> = values
        .iter()
        .flatten()
        .copied()
        .filter(|v| v.is_finite())
        .collect();
    let never = (sorted.len() - finite.len()) as u32;
    let at = |q| order::of_sorted(&sorted, q).filter(|v| v.is_finite());
    let half_are_never = 2 * never as usize >= sorted.len();
    let mut estimate = Estimate {
        n: sorted.len() as u32,
        of: values.len() as u32,
        p10: at(0.1),
        p50: at(0.5).filter(|_| !half_are_never),
        p90: at(0.9),
        never,
        ..Estimate::default()
    };
    if let (0, Some(moments)) = (never, Moments::of(&finite)) {
        estimate.estimate = Some(moments.mean);
        let half = moments.half_width(confidence);
        estimate.low = half.map(|h| moments.mean - h);
        estimate.high = half.map(|h| moments.mean + h);
    }
    Some(estimate)
}

/// As [`mean`], of a share: its interval cannot leave 0 to 1.
pub fn share(values: &[Option<f64>], confidence: f64) -> Option<Estimate> {
    let mut estimate = mean(values, confidence)?;
    estimate.low = estimate.low.map(|v| v.max(0.0));
    estimate.high = estimate.high.map(|v| v.min(1.0));
    Some(estimate)
}

/// The estimate of a percentile in a steady study: that of all replications together, with
/// Student's interval from their own percentiles about it ("sectioning", Asmussen & Glynn 2007,
/// §III.5a): its variance is Σ(qᵣ − q̂)² ÷ (R (R − 1)). It exists where the pooled one is finite.
pub fn sectioned(values: &[Option<f64>], pooled: f64, confidence: f64) -> Option<Estimate> {
    let mut estimate = mean(values, confidence)?;
    if estimate.never > 0 || !pooled.is_finite() {
        return Some(estimate);
    }
    estimate.estimate = Some(pooled);
    let moments = Moments::about(values.iter().flatten().copied(), pooled)?;
    let half = moments.half_width(confidence);
    estimate.low = half.map(|half| pooled - half);
    estimate.high = half.map(|half| pooled + half);
    Some(estimate)
}

/// The chance of something that happened in `k` of `n` launches, with its two-sided interval.
/// `None` if there was no launch.
pub fn probability(k: u32, n: u32, confidence: f64) -> Option<Probability> {
    assert!(k <= n, "{k} launches of {n}");
    if n == 0 {
        return None;
    }
    let one_sided = 0.5 + confidence / 2.0;
    Some(Probability {
        estimate: f64::from(k) / f64::from(n),
        low: lower_bound(k, n, one_sided),
        high: upper_bound(k, n, one_sided),
        k,
        n,
    })
}

/// As [`probability`], of `k` of `n` launches that come in clusters, so that they are worth only so
/// many independent ones (Korn & Graubard 1998).
pub fn clustered(k: u32, n: u32, worth: f64, confidence: f64) -> Option<Probability> {
    let mut found = probability(k, n, confidence)?;
    let of = worth.clamp(1.0, f64::from(n));
    let hits = found.estimate * of;
    let one_sided = 0.5 + confidence / 2.0;
    if k > 0 {
        found.low = beta_quantile(1.0 - one_sided, hits, of - hits + 1.0);
    }
    if k < n {
        found.high = beta_quantile(one_sided, hits + 1.0, of - hits);
    }
    Some(found)
}

/// The chance is at least this, with one-sided `confidence`.
pub fn lower_bound(k: u32, n: u32, confidence: f64) -> f64 {
    if k == 0 {
        return 0.0;
    }
    beta_quantile(1.0 - confidence, f64::from(k), f64::from(n - k) + 1.0)
}

/// The chance is at most this, with one-sided `confidence`.
pub fn upper_bound(k: u32, n: u32, confidence: f64) -> f64 {
    if k == n {
        return 1.0;
    }
    beta_quantile(confidence, f64::from(k) + 1.0, f64::from(n - k))
}

/// The chance that a beta variable with these shapes is at most `x`.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    let beta = Beta::new(a, b).expect("both shapes are at least 1");
    twelve_digits(beta.cdf(x))
}

/// Whether a share is below a limit for sure: whether the one-sided upper bound for `k` of `n` lies
/// below it. The same as to say that so few would be as rare as that, which is quicker to find.
pub fn is_surely_below((k, n): (u64, u64), limit: f64, confidence: f64) -> bool {
    if k >= n || k as f64 >= limit * n as f64 {
        return false;
    }
    let at_most_k = beta_reg(
        (n - k) as f64,
        k as f64 + 1.0,
        (1.0 - limit).clamp(0.0, 1.0),
    );
    twelve_digits(at_most_k) < 1.0 - confidence
}

/// The quantile of a beta law. The quick search of statrs is for counts of launches: with a shape
/// below 1, or with very large ones, it may never end, so there the law is halved till it is found.
pub(super) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    const QUICK: f64 = 1_000.0;
    const HALVINGS: usize = 200;
    if a.min(b) >= 1.0 && a + b <= QUICK {
        let beta = Beta::new(a, b).expect("both shapes are positive");
        return twelve_digits(beta.inverse_cdf(p));
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let mid = f64::midpoint(low, high);
        if mid <= low || mid >= high {
            break;
        }
        match beta_reg(a, b, mid) < p {
            true => low = mid,
            false => high = mid,
        }
    }
    twelve_digits(high)
}

/// The number cut to twelve significant digits.
fn twelve_digits(value: f64) -> f64 {
    format!("{value:.11e}")
        .parse()
        .expect("a printed number reads back")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::estimate::resample::Luck;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found} instead of {expected}"
        );
    }

    #[test]
    fn student_quantiles_are_those_of_the_tables() {
        for (degrees, confidence, expected) in [
            (1, 0.95, 12.706_204_736_432_1),
            (4, 0.95, 2.776_445_105_197_79),
            (9, 0.95, 2.262_157_162_740_99),
            (29, 0.95, 2.045_229_642_132_70),
            (9, 0.99, 3.249_835_544_015_37),
            (1, 0.5, 1.0),
            (2, 0.9, 2.919_985_580_353_72),
        ] {
            close(t_quantile(degrees, confidence), expected, 1e-9);
        }
    }

    /// Closed forms at the edges (0.05 to the power 1/30 …); 8 of 10 and 1 of 20 solved by
    /// bisection of the binomial sum.
    #[test]
    fn exact_binomial_limits_are_those_of_the_tables() {
        close(lower_bound(30, 30, 0.95), 0.904_966_147_144_696, 1e-9);
        close(lower_bound(59, 59, 0.95), 0.950_492_390_111_773, 1e-9);
        let all_of_ten = probability(10, 10, 0.95).unwrap();
        close(all_of_ten.low, 0.691_502_892_181, 1e-9);
        assert!(all_of_ten.high.to_bits() == 1.0_f64.to_bits());
        let none_of_ten = probability(0, 10, 0.95).unwrap();
        assert!(none_of_ten.low.to_bits() == 0.0_f64.to_bits());
        close(none_of_ten.high, 0.308_497_107_819, 1e-9);
        let eight_of_ten = probability(8, 10, 0.95).unwrap();
        close(eight_of_ten.low, 0.443_904_537_692, 1e-9);
        close(eight_of_ten.high, 0.974_789_273_673, 1e-9);
        let one_of_twenty = probability(1, 20, 0.95).unwrap();
        close(one_of_twenty.low, 0.001_265_089_497_95, 1e-9);
        close(one_of_twenty.high, 0.248_732_762_772, 1e-9);
        assert_eq!(probability(0, 0, 0.95), None);
    }

    /// Closed forms: Beta(a, 1) has the quantile p^(1/a), Beta(1, b) has 1 − (1 − p)^(1/b), and the
    /// median of Beta(a, a) is one half.
    #[test]
    fn quantiles_of_small_and_of_large_shapes_are_found() {
        for a in [0.05, 0.5, 3.0, 2_500.0, 1e6] {
            close(beta_quantile(0.025, a, 1.0), 0.025_f64.powf(1.0 / a), 1e-9);
        }
        for b in [3.0, 2_500.0, 1e6] {
            let exact = 0.025_f64.powf(1.0 / b);
            close(1.0 - beta_quantile(0.975, 1.0, b), exact, 1e-6);
        }
        for a in [0.3, 40.0, 400.0] {
            close(beta_quantile(0.5, a, a), 0.5, 1e-9);
        }
        // The continued fraction of statrs ends after 140 terms: five digits are left of the law.
        close(beta_quantile(0.5, 1e6, 1e6), 0.5, 2e-5);
        assert!(beta_quantile(0.025, 0.02, 3e6) < 1e-50);
    }

    /// Row V79: the fewest values for a one-sided 95 % bound of p99 and p99.9 are the least n
    /// whose largest value exceeds the percentile with that confidence.
    #[test]
    fn fewest_values_for_a_bound_of_a_percentile() {
        for (q, expected) in [(0.99, 299), (0.999, 2_995)] {
            let enough = (1..).find(|&n| upper_bound(0, n, 0.95) <= 1.0 - q);
            assert_eq!(enough, Some(expected));
        }
    }

    /// 1, 2, 3, 4, 5: mean 3, sd √2.5, half width 2.7764 × √2.5 ÷ √5 = 1.9632.
    #[test]
    fn a_mean_by_hand() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0].map(Some);
        let estimate = mean(&values, 0.95).unwrap();
        close(estimate.estimate.unwrap(), 3.0, 1e-15);
        close(estimate.low.unwrap(), 3.0 - 1.963_243_161_477_56, 1e-9);
        close(estimate.high.unwrap(), 3.0 + 1.963_243_161_477_56, 1e-9);
        assert_eq!(
            (estimate.p10, estimate.p50, estimate.p90),
            (Some(1.0), Some(3.0), Some(5.0))
        );
        assert_eq!((estimate.n, estimate.of, estimate.never), (5, 5, 0));
    }

    #[test]
    fn one_value_has_no_interval_and_none_no_estimate() {
        let one = mean(&[Some(7.0), None], 0.95).unwrap();
        assert_eq!((one.estimate, one.low, one.high), (Some(7.0), None, None));
        assert_eq!((one.n, one.of), (1, 2));
        assert_eq!(mean(&[None, None], 0.95), None);
        assert_eq!(mean(&[], 0.95), None);
    }

    #[test]
    fn never_takes_the_mean_away_and_the_median_from_half_on() {
        let never = Some(f64::INFINITY);
        let few = mean(&[Some(1.0), Some(2.0), never], 0.95).unwrap();
        assert_eq!(
            (few.estimate, few.p50, few.p90, few.never),
            (None, Some(2.0), None, 1)
        );
        let half = mean(&[Some(1.0), never], 0.95).unwrap();
        assert_eq!((half.estimate, half.p10, half.p50), (None, Some(1.0), None));
    }

    /// Percentiles 10, 12, 17 of three pieces whose percentile together is 14: deviations −4, −2, 3
    /// about it, Σ² 29, variance 29/6, half width 4.3027 × √(29/6) = 9.459.
    #[test]
    fn a_percentile_of_all_pieces_has_the_spread_of_the_pieces() {
        let found = sectioned(&[10.0, 12.0, 17.0].map(Some), 14.0, 0.95).unwrap();
        close(found.estimate.unwrap(), 14.0, 1e-15);
        close(
            found.high.unwrap() - 14.0,
            4.302_652_729_70 * (29.0_f64 / 6.0).sqrt(),
            1e-9,
        );
        close(
            14.0 - found.low.unwrap(),
            4.302_652_729_70 * (29.0_f64 / 6.0).sqrt(),
            1e-9,
        );
        let never = sectioned(&[Some(1.0), Some(f64::INFINITY)], 14.0, 0.95).unwrap();
        assert_eq!((never.estimate, never.never), (None, 1));
    }

    #[test]
    fn equal_values_are_their_own_mean() {
        let estimate = mean(&[Some(0.1); 30], 0.95).unwrap();
        assert_eq!(
            (estimate.estimate, estimate.low, estimate.high),
            (Some(0.1), Some(0.1), Some(0.1))
        );
    }

    /// 4,000 means of ten uniform values: 95 % of the intervals hold 1/2. The count is binomial
    /// with deviation 13.8; four of them either side.
    #[test]
    fn the_interval_covers_as_often_as_it_says() {
        let mut luck = Luck::new(20_141_027);
        let covered = (0..4_000)
            .filter(|_| {
                let values: Vec<_> = (0..10).map(|_| Some(luck.uniform())).collect();
                let estimate = mean(&values, 0.95).unwrap();
                (estimate.low.unwrap()..=estimate.high.unwrap()).contains(&0.5)
            })
            .count();
        assert!((3_745..=3_855).contains(&covered), "{covered} of 4000");
    }

    proptest! {
        #[test]
        fn intervals_contain_their_estimate(
            values in prop::collection::vec(prop::option::of(-1e9..1e9), 0..40),
            confidence in 0.5..0.999,
        ) {
            if let Some(found) = mean(&values, confidence) {
                let mid = found.estimate.unwrap();
                prop_assert!(found.low.is_none_or(|low| low <= mid));
                prop_assert!(found.high.is_none_or(|high| mid <= high));
                prop_assert!(found.p10 <= found.p50 && found.p50 <= found.p90);
            }
        }

        #[test]
        fn shares_stay_shares(values in prop::collection::vec(0.0..=1.0, 2..40)) {
            let values: Vec<_> = values.into_iter().map(Some).collect();
            let found = share(&values, 0.95).unwrap();
            prop_assert!(found.low.unwrap() >= 0.0 && found.high.unwrap() <= 1.0);
        }

        #[test]
        fn chances_mirror(k in 0_u32..60, more in 0_u32..60, confidence in 0.5..0.999) {
            prop_assume!(k + more > 0);
            let n = k + more;
            let (one, other) = (
                probability(k, n, confidence).unwrap(),
                probability(more, n, confidence).unwrap(),
            );
            prop_assert!((one.low - (1.0 - other.high)).abs() < 1e-9);
            prop_assert!(one.low <= one.estimate && one.estimate <= one.high);
        }
    }
}
