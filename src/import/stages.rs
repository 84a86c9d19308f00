//! A measured series as a few stages of constant rate.
//!
//! One idea: neighbours are joined as long as chance explains their difference: of all pairs the
//! one whose joining costs the least likelihood of Poisson counts comes first, until the cheapest
//! costs more than a further stage is worth (the Bayesian information criterion, with two numbers
//! for a stage), and in any case until there are few enough to be read. Measured counts vary more
//! than Poisson's; by how much is seen in the differences of neighbouring bins. The busiest bin
//! stands for itself where chance does not make it: there things break.

use crate::base::math;

/// Stages at most: no reader follows more.
const MOST: usize = 48;

/// Some bins with one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stage {
    /// How many bins.
    pub(super) bins: u64,
    /// How many users came in them.
    pub(super) users: f64,
}

impl Stage {
    /// The part of the likelihood that matters, as a cost.
    fn cost(self) -> f64 {
        match self.users > 0.0 {
            true => -2.0 * self.users * math::ln(self.users / self.bins as f64),
            false => 0.0,
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
pub(super) fn stages(counts: &[f64]) -> Vec<Stage> {
    let bins: Vec<Stage> = counts
        .iter()
        .map(|users| Stage {
            bins: 1,
            users: *users,
        })
        .collect();
    let singles: Vec<f64> = bins.windows(2).map(joining).collect();
    let worth = 2.0 * math::ln((counts.len() as f64).max(2.0)) * dispersion(singles);
    let mut stages: Vec<Stage> = Vec::new();
    for bin in bins {
        match stages.last_mut() {
            // Equal neighbours need no test, and there may be very many.
            Some(last) if is_same(*last, bin) => *last = last.with(bin),
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
    with_peak(stages, counts)
}

/// The chance at which the busiest bin is no chance.
const CHANCE: f64 = 1e-3;

/// The stages, with the busiest bin as one of its own unless chance makes one of so many bins as
/// high: by Chernoff's bound for Poisson's law.
fn with_peak(mut stages: Vec<Stage>, counts: &[f64]) -> Vec<Stage> {
    let busiest = counts.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let Some((at, peak)) = busiest else {
        return stages;
    };
    let mut before = 0;
    for n in 0..stages.len() {
        let stage = stages[n];
        let inside = at as u64 - before;
        if inside >= stage.bins {
            before += stage.bins;
            continue;
        }
        let mean = stage.users / stage.bins as f64;
        let bound = peak * math::ln(peak / mean) - (peak - mean);
        if stage.bins > 1 && bound > math::ln(counts.len() as f64 / CHANCE) {
            let part = |bins: std::ops::Range<u64>| Stage {
                bins: bins.end - bins.start,
                users: counts[(before + bins.start) as usize..(before + bins.end) as usize]
                    .iter()
                    .sum(),
            };
            let parts = [
                part(0..inside),
                part(inside..inside + 1),
                part(inside + 1..stage.bins),
            ];
            stages.splice(n..=n, parts.into_iter().filter(|part| part.bins > 0));
        }
        break;
    }
    stages
}

/// Whether a bin has the rate of a stage.
fn is_same(stage: Stage, bin: Stage) -> bool {
    (stage.users - bin.users * stage.bins as f64).abs() <= 1e-9 * stage.users
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
        let noise = |n: u32| f64::from(100 + n * 37 % 21 - 10);
        let mut counts: Vec<f64> = (0..200).map(noise).collect();
        counts[120] = 900.0;
        counts[121] = 700.0;
        let found = stages(&counts);
        let lengths: Vec<u64> = found.iter().map(|stage| stage.bins).collect();
        assert_eq!(lengths, [120, 1, 1, 78]);
        let spike = [found[1].users, found[2].users].map(f64::to_bits);
        assert_eq!(spike, [900.0, 700.0].map(f64::to_bits));
        let users: f64 = found.iter().map(|stage| stage.users).sum();
        assert!((users - counts.iter().sum::<f64>()).abs() < 1e-6);
    }

    #[test]
    fn there_are_never_more_than_can_be_read() {
        let level = |n: u32| f64::from(1_000 * (1 + n / 10 * 7_919 % 13));
        let counts: Vec<f64> = (0..1_500).map(level).collect();
        let found = stages(&counts);
        assert!((MOST..MOST + 3).contains(&found.len()));
        assert_eq!(found.iter().map(|stage| stage.bins).sum::<u64>(), 1_500);
        assert_eq!(stages(&[]), []);
        let nobody = Stage {
            bins: 3,
            users: 0.0,
        };
        assert_eq!(stages(&[0.0, 0.0, 0.0]), [nobody]);
    }
}
