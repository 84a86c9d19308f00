//! Order statistics: the ⌈q·n⌉-th of n values, no interpolation.

use crate::base::rank::rank;

/// How many values must lie beyond a percentile of one replication for it to exist. With one or
/// two beyond, it is biased by some 5 %; with ten by some 1 %.
pub const BEYOND: u64 = 10;

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
    fn nothing_has_no_quantile() {
        assert_eq!(of_sorted(&[], 0.5), None);
        assert_eq!(
            of_sorted(&sorted([3.0, 1.0, 2.0].into_iter()), 0.5),
            Some(2.0)
        );
    }
}
