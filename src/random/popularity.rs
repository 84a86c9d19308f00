//! Which of many keys is asked for: even, by Zipf's law, or a few hot ones.
//!
//! One idea: keys are numbered by popularity, the most popular is 0, and a uniform number is turned
//! into a key by the inverse, so that a steeper law moves the same luck towards popular keys.

use crate::base::math::pow;

/// How requests spread over keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Popularity {
    /// Each key has the same chance.
    Even,
    /// Key k (from 0) has a chance proportional to (k + 1)^−skew: G. K. Zipf, "Human Behavior and
    /// the Principle of Least Effort", 1949.
    Zipf {
        /// The exponent, not negative.
        skew: f64,
    },
    /// The first few share a part of all requests evenly, the others the rest.
    Hot {
        /// How many are hot, at least one.
        keys: u32,
        /// Their part of all requests, 0 to 1.
        share: f64,
    },
}

/// A popularity over so many keys, ready to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyDraw {
    count: u32,
    law: Law,
}

#[derive(Clone, Debug, PartialEq)]
enum Law {
    /// The first `keys` with this chance together, the rest evenly.
    Hot { keys: u32, share: f64 },
    /// The chance of each key and all before it.
    Cumulated(Vec<f64>),
}

impl KeyDraw {
    /// Over `count` keys, at least one.
    pub fn new(count: u32, popularity: Popularity) -> KeyDraw {
        let count = count.max(1);
        let law = match popularity {
            Popularity::Even => Law::Hot {
                keys: count,
                share: 1.0,
            },
            Popularity::Hot { keys, share } if keys < count => Law::Hot { keys, share },
            Popularity::Hot { .. } => Law::Hot {
                keys: count,
                share: 1.0,
            },
            Popularity::Zipf { skew } => {
                let mut sum = 0.0;
                let weights = (1..=count).map(|rank| {
                    sum += pow(f64::from(rank), -skew);
                    sum
                });
                let mut cumulated: Vec<f64> = weights.collect();
                for chance in &mut cumulated {
                    *chance /= sum;
                }
                Law::Cumulated(cumulated)
            }
        };
        KeyDraw { count, law }
    }

    /// How many keys there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The key of a uniform number, 0 ≤ u < 1.
    #[inline]
    pub fn key(&self, u: f64) -> u32 {
        let key = match &self.law {
            Law::Hot { keys, share } if u < *share => (u / share * f64::from(*keys)) as u32,
            Law::Hot { keys, share } => {
                let others = f64::from(self.count - keys);
                keys + ((u - share) / (1.0 - share) * others) as u32
            }
            Law::Cumulated(cumulated) => cumulated.partition_point(|chance| *chance <= u) as u32,
        };
        key.min(self.count - 1)
    }

    /// The chance of a key.
    pub fn chance(&self, key: u32) -> f64 {
        match &self.law {
            Law::Hot { keys, share } if key < *keys => share / f64::from(*keys),
            Law::Hot { keys, share } => (1.0 - share) / f64::from(self.count - keys),
            Law::Cumulated(cumulated) => {
                let before = key.checked_sub(1).map_or(0.0, |k| cumulated[k as usize]);
                cumulated[key as usize] - before
            }
        }
    }

    /// The chance of the keys from one to before another.
    pub fn chance_between(&self, from: u32, to: u32) -> f64 {
        match &self.law {
            Law::Cumulated(cumulated) => {
                let before = |key: u32| key.checked_sub(1).map_or(0.0, |k| cumulated[k as usize]);
                before(to) - before(from)
            }
            Law::Hot { .. } => (from..to).map(|key| self.chance(key)).sum(),
        }
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        match &self.law {
            Law::Hot { .. } => 0,
            Law::Cumulated(cumulated) => cumulated.capacity() * size_of::<f64>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_popularity_adds_up_to_one_and_turns_luck_by_the_inverse() {
        for popularity in [
            Popularity::Even,
            Popularity::Zipf { skew: 0.0 },
            Popularity::Zipf { skew: 1.3 },
            Popularity::Hot {
                keys: 2,
                share: 0.4,
            },
        ] {
            let draw = KeyDraw::new(10, popularity);
            let mut below = 0.0;
            for key in 0..10 {
                let chance = draw.chance(key);
                assert_eq!(draw.key(below + chance * 0.5), key, "{popularity:?}");
                below += chance;
            }
            assert!((below - 1.0).abs() < 1e-12, "{popularity:?}: {below}");
        }
    }

    #[test]
    fn three_keys_by_zipf_of_one_have_six_three_and_two_parts_of_eleven() {
        let draw = KeyDraw::new(3, Popularity::Zipf { skew: 1.0 });
        for (key, parts) in [(0, 6.0), (1, 3.0), (2, 2.0)] {
            assert!((draw.chance(key) - parts / 11.0).abs() < 1e-15);
        }
        assert_eq!((draw.key(0.0), draw.key(0.999_999)), (0, 2));
    }
}
