//! How many requests find their key among those that were used last, and how large that makes a
//! cache.
//!
//! One idea: when keys are asked for independently, a cache of `size` entries that gives up the one
//! used longest ago keeps a key for about the same time t, whichever it is, so that a key of chance
//! p is there with 1 − e^(−p·t), and these add up to the size: H. Che, Y. Tung, Z. Wang,
//! "Hierarchical Web caching systems", IEEE JSAC 20(7), 2002.

use super::popularity::KeyDraw;
use crate::base::math::{exp, exp_m1};

/// Keys that are looked at one by one; of those behind, a thousandth of a rank at a time.
const ONE_BY_ONE: u32 = 1_000;

/// The chance of keys, and how many have about the same.
fn groups(draw: &KeyDraw) -> Vec<(f64, f64)> {
    let (mut from, mut groups) = (0, Vec::new());
    while from < draw.count() {
        let to = (from + 1 + from / ONE_BY_ONE).min(draw.count());
        let number = f64::from(to - from);
        let all: f64 = draw.chance_between(from, to);
        groups.push((all / number, number));
        from = to;
    }
    groups
}

/// Entries that were used within a time of so many requests.
fn used_within(groups: &[(f64, f64)], time: f64) -> f64 {
    let there = |(chance, number): &(f64, f64)| -exp_m1(-chance * time) * number;
    groups.iter().map(there).sum()
}

/// The share of requests for keys that were used within a time of so many requests.
fn found_within(groups: &[(f64, f64)], time: f64) -> f64 {
    let found = |(chance, number): &(f64, f64)| -exp_m1(-chance * time) * chance * number;
    groups.iter().map(found).sum()
}

/// The time, in requests, at which a growing function reaches a value.
fn time_of(value: f64, of: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-20.0, 60.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if of(exp(middle)) < value {
            low = middle;
        } else {
            high = middle;
        }
    }
    exp(high)
}

/// The share of requests that find their key in a cache of so many entries, once it is warm.
pub fn hit_share(draw: &KeyDraw, size: u32) -> f64 {
    if size >= draw.count() {
        return 1.0;
    }
    let groups = groups(draw);
    let time = time_of(f64::from(size), |time| used_within(&groups, time));
    found_within(&groups, time)
}

/// The entries with which this share of requests finds its key, once the cache is warm.
pub fn size_for(draw: &KeyDraw, hit: f64) -> u32 {
    if hit >= 1.0 {
        return draw.count();
    }
    let groups = groups(draw);
    let time = time_of(hit, |time| found_within(&groups, time));
    let size = (used_within(&groups, time) + 0.5).floor();
    (size as u32).clamp(1, draw.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::popularity::Popularity;

    #[test]
    fn even_keys_are_found_as_often_as_they_are_there() {
        let even = KeyDraw::new(1_000, Popularity::Even);
        assert_eq!(size_for(&even, 0.9), 900);
        assert!((hit_share(&even, 250) - 0.25).abs() < 1e-9);
        assert_eq!(
            (hit_share(&even, 1_000), size_for(&even, 1.0)),
            (1.0, 1_000)
        );
    }

    #[test]
    fn the_size_for_a_share_gives_that_share() {
        for skew in [0.6, 1.0, 1.3] {
            let zipf = KeyDraw::new(100_000, Popularity::Zipf { skew });
            for hit in [0.5, 0.9, 0.99] {
                // A size is whole: no neighbour comes nearer by more than rounding.
                let size = size_for(&zipf, hit);
                let off = |size: u32| (hit_share(&zipf, size) - hit).abs();
                let nearest = off(size - 1).min(off(size + 1));
                assert!(off(size) < nearest.max(1e-3), "{skew}: {size} for {hit}");
            }
        }
    }
}
