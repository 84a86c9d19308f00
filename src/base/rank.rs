//! The rank of a percentile: one definition for values of a run, launches, and bootstrap replicas
//! alike (Hyndman & Fan 1996, definition 1, the inverse of the empirical distribution function).

/// The rank, from 1, of the q-quantile of `n` values: ⌈q·n⌉, at least 1.
///
/// q is a written decimal such as 0.07, and products such as 0.07 × 100 come out a hair above the
/// integer that they mean: a billionth of a rank is forgiven, or of so many ranks a part in 10¹².
pub fn rank(q: f64, n: u64) -> u64 {
    let exact = q * n as f64;
    ((exact - (1e-12 * exact).max(1e-9)).ceil() as u64).clamp(1, n.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranks_are_rounded_up_from_the_product_that_is_meant() {
        for (q, n, expected) in [
            (0.5, 30, 15),
            (0.5, 31, 16),
            (0.9, 30, 27),
            (0.1, 30, 3),
            (0.07, 100, 7),
            (0.29, 100, 29),
            (0.95, 20, 19),
            (0.95, 100, 95),
            (0.95, 101, 96),
            (0.99, 299, 297),
            (0.999, 10_000, 9_990),
            (0.95, 1, 1),
            (1.0, 7, 7),
            (0.0, 7, 1),
        ] {
            assert_eq!(rank(q, n), expected, "q = {q}, n = {n}");
        }
    }

    proptest! {
        /// Against whole numbers: q in thousandths.
        #[test]
        fn is_that_of_whole_numbers(thousandths in 1u64..=1000, n in 1u64..500_000_000) {
            let expected = (thousandths * n).div_ceil(1000);
            prop_assert_eq!(rank(thousandths as f64 / 1000.0, n), expected);
        }
    }
}
