//! The exact two-sided sign test (Arbuthnott 1710; Conover, Practical Nonparametric Statistics,
//! §3.4).
//!
//! One idea: of pairs that differ, as many go one way as the other if nothing has changed, so the
//! count of one way is binomial with chance 1/2. It knows neither times nor objectives: only how
//! many pairs went which way.

use super::interval;

/// The chance that of `one + other` pairs, each as likely to go either way, at least as many as
/// the larger count go one way: twice the binomial tail, at most 1.
pub fn p_value(one: u32, other: u32) -> f64 {
    let n = one + other;
    let few = one.min(other);
    if n > MOST {
        // P(X ≤ k) = I½(n − k, k + 1): the first term of the sum would be no number any more.
        return (2.0 * interval::beta_cdf(0.5, f64::from(n - few), f64::from(few + 1))).min(1.0);
    }
    // Each term of the tail from the one before it; from the other end it would be the larger sum.
    let mut term = halves(n);
    let mut tail = term;
    for k in 0..few {
        term = term * f64::from(n - k) / f64::from(k + 1);
        tail += term;
    }
    (2.0 * tail).min(1.0)
}

/// Whether the counts differ at this confidence.
pub fn differ(one: u32, other: u32, confidence: f64) -> bool {
    one != other && p_value(one, other) <= 1.0 - confidence
}

/// The fewest pairs that can differ at this confidence: all of them go one way.
pub fn fewest(confidence: f64) -> u32 {
    let enough = (1..=MOST).find(|&n| differ(n, 0, confidence));
    enough.unwrap_or(MOST)
}

/// More pairs than this tell apart anything that a number can say: 2⁻¹⁰⁰⁰.
const MOST: u32 = 1_000;

/// 2⁻ⁿ, exactly, as long as it is a number.
fn halves(n: u32) -> f64 {
    (0..n).fold(1.0, |half, _| half * 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from Pascal's triangle: 10 of 10 is 2/1024; 9 of 10 is 2·(1 + 10)/1024; 5 of 6 is
    /// 2·(1 + 6)/64; 3 of 6 is 2·(1 + 6 + 15 + 20)/64, cut to 1.
    #[test]
    fn chances_by_hand() {
        for (one, other, expected) in [
            (10, 0, 2.0 / 1_024.0),
            (0, 10, 2.0 / 1_024.0),
            (9, 1, 22.0 / 1_024.0),
            (5, 1, 14.0 / 64.0),
            (3, 3, 1.0),
            (1, 0, 1.0),
            (0, 0, 1.0),
        ] {
            let found = p_value(one, other);
            assert!((found - expected).abs() < 1e-15, "{one} {other}: {found}");
        }
    }

    /// Against the sum of all outcomes at least as uneven, with every binomial coefficient counted
    /// as a whole number.
    #[test]
    fn chances_are_sums_of_binomial_coefficients() {
        for n in 1_u32..=60 {
            let mut row = vec![1_u128];
            for k in 1..=n {
                let next = row[k as usize - 1] * u128::from(n - k + 1) / u128::from(k);
                row.push(next);
            }
            for one in 0..=n {
                let far = one.max(n - one);
                let sum: u128 = (0..=n)
                    .filter(|&k| k.max(n - k) >= far)
                    .map(|k| row[k as usize])
                    .sum();
                let expected = sum as f64 / (1_u128 << n) as f64;
                let found = p_value(one, n - one);
                assert!((found - expected).abs() < 1e-12, "{one} of {n}: {found}");
            }
        }
    }

    /// Beyond what can be summed term by term: 5,000 pairs, the normal law with its continuity
    /// correction is right to four digits. z = (|one − n/2| − 1/2) ÷ (√n/2).
    #[test]
    fn thousands_of_pairs_are_no_different() {
        for (one, z) in [(2_570, 1.965_758), (2_600, 2.814_246), (2_500, -0.014_142)] {
            let expected = 2.0 * crate::base::math::normal_cdf(-z);
            let found = p_value(one, 5_000 - one);
            assert!((found - expected.min(1.0)).abs() < 1e-4, "{one}: {found}");
        }
        let (below, above) = (p_value(470, 530), p_value(471, 530));
        assert!(below < above && above < below * 1.1, "{below} {above}");
    }

    /// 5 %: 2/2⁵ = 6.25 % is too much, 2/2⁶ = 3.1 % is not. 0.5 % (ten statements): nine pairs.
    #[test]
    fn the_fewest_pairs_that_can_tell() {
        assert_eq!(fewest(0.95), 6);
        assert_eq!(fewest(0.995), 9);
        assert!(!differ(5, 0, 0.95) && differ(6, 0, 0.95));
        assert!(!differ(4, 4, 0.5));
    }
}
