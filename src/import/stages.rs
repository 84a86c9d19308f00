//! A measured series as a few stages of constant rate.
//!
//! One idea: neighbours are joined as long as chance explains their difference: of all pairs the
//! one whose joining costs the least likelihood of Poisson counts comes first, until the cheapest
//! costs more than a further stage is worth (the modified Bayesian information criterion of Zhang
//! and Siegmund 2007: 3 ln n), and in any case until there are few enough to be read. Measured
//! counts vary more than Poisson's; by how much is seen in the differences of neighbouring bins.

use crate::base::math;

/// Stages at most: no reader follows more.
const MOST: usize = 48;

/// Some bins with one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    /// How many bins.
    pub(super) bins: u64,
    /// How many users came in them.
    pub(super) users: u64,
}

impl Stage {
    /// The part of the likelihood that matters, as a cost.
    fn cost(self) -> f64 {
        let users = self.users as f64;
        match self.users {
            0 => 0.0,
            _ => -2.0 * users * math::ln(users / self.bins as f64),
        }
    }

    fn with(self, other: Stage) -> Stage {
        Stage {
            bins: self.bins + other.bins,
            users: self.users + other.users,
        }
    }
}

/// Stages for the counts of bins of equal width.
pub(super) fn stages(counts: &[u64]) -> Vec<Stage> {
    let bins: Vec<Stage> = counts
        .iter()
        .map(|users| Stage {
            bins: 1,
            users: *users,
        })
        .collect();
    let singles: Vec<f64> = bins.windows(2).map(joining).collect();
    let worth = 3.0 * math::ln((counts.len() as f64).max(2.0)) * dispersion(singles);
    let mut stages: Vec<Stage> = Vec::new();
    for bin in bins {
        match stages.last_mut() {
            // Equal neighbours need no test, and there may be very many.
            Some(last) if last.users == bin.users * last.bins => *last = last.with(bin),
            _ => stages.push(bin),
        }
    }
    let mut costs: Vec<f64> = stages.windows(2).map(joining).collect();
    while let Some((at, cost)) = least(&costs) {
        if cost > worth && stages.len() <= MOST {
            break;
        }
        stages[at] = stages[at].with(stages[at + 1]);
        stages.remove(at + 1);
        costs.remove(at);
        for near in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            if near + 1 < stages.len() {
                costs[near] = joining(&stages[near..near + 2]);
            }
        }
    }
    stages
}

/// What joining two neighbours costs.
fn joining(pair: &[Stage]) -> f64 {
    pair[0].with(pair[1]).cost() - pair[0].cost() - pair[1].cost()
}

/// The median of the χ² law with one degree of freedom, which costs of joining single bins have.
const MEDIAN: f64 = 0.455;

/// How many times more neighbours differ than Poisson's counts would, at least 1.
fn dispersion(mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    let median = costs.get(costs.len() / 2).copied().unwrap_or(0.0);
    (median / MEDIAN).max(1.0)
}

fn least(costs: &[f64]) -> Option<(usize, f64)> {
    let costs = costs.iter().copied().enumerate();
    costs.min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_stays_and_noise_goes() {
        let noise = |n: u64| 100 + n * 37 % 21 - 10;
        let mut counts: Vec<u64> = (0..200).map(noise).collect();
        counts[120] = 900;
        counts[121] = 700;
        let found = stages(&counts);
        let lengths: Vec<u64> = found.iter().map(|stage| stage.bins).collect();
        assert_eq!(lengths, [120, 1, 1, 78]);
        assert_eq!((found[1].users, found[2].users), (900, 700));
        let users: u64 = found.iter().map(|stage| stage.users).sum();
        assert_eq!(users, counts.iter().sum::<u64>());
    }

    #[test]
    fn there_are_never_more_than_can_be_read() {
        let counts: Vec<u64> = (0..1_500)
            .map(|n| 1_000 * (1 + n / 10 * 7_919 % 13))
            .collect();
        let found = stages(&counts);
        assert_eq!(found.len(), MOST);
        assert_eq!(found.iter().map(|stage| stage.bins).sum::<u64>(), 1_500);
        assert_eq!(stages(&[]), []);
        assert_eq!(stages(&[0, 0, 0]), [Stage { bins: 3, users: 0 }]);
    }
}
