//! One series from those of all replications: mean and spread of launches in every bin.
//!
//! One idea: a bin is a quantity like any other, only without an interval.

use super::interval::Moments;
use super::order;
use crate::results::Series;

/// Mean, p10 and p90 over replications in each of `n` bins. A replication's series may be shorter;
/// what is absent or infinite there does not count.
pub fn over_replications(n: usize, replications: &[Vec<Option<f64>>]) -> Series {
    let mut series = Series {
        mean: Vec::with_capacity(n),
        p10: Vec::with_capacity(n),
        p90: Vec::with_capacity(n),
        n: Vec::with_capacity(n),
    };
    for bin in 0..n {
        let values = order::sorted(
            replications
                .iter()
                .filter_map(|one| one.get(bin).copied().flatten())
                .filter(|value| value.is_finite()),
        );
        series.mean.push(Moments::of(&values).map(|m| m.mean));
        series.p10.push(order::of_sorted(&values, 0.1));
        series.p90.push(order::of_sorted(&values, 0.9));
        series.n.push(values.len() as u32);
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_what_exists() {
        let series = over_replications(
            3,
            &[
                vec![Some(1.0), None, Some(3.0)],
                vec![Some(3.0), None],
                vec![Some(2.0), None, Some(f64::INFINITY)],
            ],
        );
        assert_eq!(series.mean, [Some(2.0), None, Some(3.0)]);
        assert_eq!(series.p10, [Some(1.0), None, Some(3.0)]);
        assert_eq!(series.p90, [Some(3.0), None, Some(3.0)]);
        assert_eq!(series.n, [3, 0, 1]);
    }
}
