//! Order statistics: the ⌈q·n⌉-th of n values, no interpolation.
//!
//! One idea: one definition of a percentile for values of a run, launches, and bootstrap replicas
//! alike (Hyndman & Fan 1996, definition 1, the inverse of the empirical distribution function).

/// How many values must lie beyond a percentile of one replication for it to exist. With one or
/// two beyond, it is biased by some 5 %; with ten by some 1 %.
pub const BEYOND: u64 = 10;

/// The rank, from 1, of the q-quantile of `n` values: ⌈q·n⌉, at least 1.
///
/// Products such as 0.07 × 100 come out a hair above the integer they mean, so a billionth is
/// forgiven.
pub fn rank(q: f64, n: u64) -> u64 {
    let exact = q * n as f64;
    ((exact - 1e-9 * exact.max(1.0)).ceil() as u64).clamp(1, n.max(1))
}

/// The q-quantile of values that are sorted, rising. `None` if there are none.
pub fn of_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    sorted
        .get(rank(q, sorted.len() as u64) as usize - 1)
        .copied()
}

/// The values sorted, rising.
pub fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (0.99, 299, 297),
            (0.999, 10_000, 9_990),
            (0.95, 1, 1),
            (1.0, 7, 7),
            (0.0, 7, 1),
        ] {
            assert_eq!(rank(q, n), expected, "q = {q}, n = {n}");
        }
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(of_sorted(&[], 0.5), None);
        assert_eq!(
            of_sorted(&sorted([3.0, 1.0, 2.0].into_iter()), 0.5),
            Some(2.0)
        );
    }
}
