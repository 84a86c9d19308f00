//! Counters: how much they grew, and how fast.
//!
//! One idea: a counter only grows, so where it falls it has begun anew from zero, and all that it
//! shows since came since. Over a gap it tells how many came, not when: they are spread over it.

use super::Points;

/// Steps over which a gap is spread at most.
const MOST_STEPS: i64 = 8_000;

/// Values a second between neighbours, each from the instant on at which the first was seen, and
/// how often the counter began anew.
pub(super) fn rates(points: &Points) -> (Points, u64) {
    let known: Vec<(i64, f64)> = known(points);
    let step = step(points);
    let length = known
        .last()
        .zip(known.first())
        .map_or(0, |(to, from)| to.0 - from.0);
    let wide = step.max(length / MOST_STEPS);
    let (mut rates, mut resets) = (Vec::new(), 0);
    for pair in known.windows(2) {
        let ((from, before), (to, after)) = (pair[0], pair[1]);
        resets += u64::from(after < before);
        let rate = grown(before, after) / ((to - from) as f64 / 1e3);
        // Half a step is what a scrape may be late.
        if from + step / 2 < to {
            rates.push((from, Some(rate)));
        }
        let mut at = from + wide;
        while at + wide / 2 < to {
            rates.push((at, Some(rate)));
            at += wide;
        }
    }
    (rates, resets)
}

/// What values a second count in all, each until the next one.
pub(super) fn sum(rates: &Points) -> f64 {
    let secs = step(rates) as f64 / 1e3;
    let known = rates.iter().filter_map(|(_, rate)| *rate);
    known.map(|rate| rate.max(0.0) * secs).sum()
}

/// How much it grew in all.
pub(super) fn increase(points: &Points) -> f64 {
    known(points)
        .windows(2)
        .map(|pair| grown(pair[0].1, pair[1].1))
        .sum()
}

/// Whether values without a name that says it go as a counter goes: they grow, in whole numbers,
/// or begin anew.
pub(super) fn is_one(points: &Points) -> bool {
    let known = known(points);
    let is_whole = known
        .iter()
        .all(|(_, value)| value.fract() == 0.0 && *value >= 0.0);
    let goes = |pair: &[(i64, f64)]| pair[1].1 >= pair[0].1 || pair[1].1 < pair[0].1 / 2.0;
    known.len() > 2 && is_whole && known.windows(2).all(goes) && increase(points) > 0.0
}

fn known(points: &Points) -> Vec<(i64, f64)> {
    points
        .iter()
        .filter_map(|(at, value)| Some((*at, (*value)?)))
        .collect()
}

fn grown(before: f64, after: f64) -> f64 {
    match after < before {
        true => after.max(0.0),
        false => after - before,
    }
}

/// The milliseconds from one point to the next: of most.
fn step(points: &Points) -> i64 {
    let mut steps: Vec<i64> = points
        .windows(2)
        .map(|pair| pair[1].0 - pair[0].0)
        .collect();
    steps.sort_unstable();
    steps
        .get(steps.len() / 2)
        .copied()
        .unwrap_or(60_000)
        .max(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[f64]) -> Points {
        let at = |n: usize| n as i64 * 10_000;
        values
            .iter()
            .enumerate()
            .map(|(n, v)| (at(n), v.is_finite().then_some(*v)))
            .collect()
    }

    #[test]
    fn a_counter_that_falls_has_begun_anew() {
        let (found, resets) = rates(&points(&[100.0, 150.0, 30.0, 30.0]));
        let expected = [(0, Some(5.0)), (10_000, Some(3.0)), (20_000, Some(0.0))];
        assert_eq!((found, resets), (expected.to_vec(), 1));
        assert!((increase(&points(&[100.0, 150.0, 30.0])) - 80.0).abs() < 1e-9);
    }

    #[test]
    fn what_came_in_a_gap_is_spread_over_it() {
        let (found, _) = rates(&points(&[0.0, 10.0, f64::NAN, f64::NAN, 40.0]));
        let at: Vec<(i64, f64)> = found
            .into_iter()
            .filter_map(|(at, r)| Some((at, r?)))
            .collect();
        assert_eq!(at, [(0, 1.0), (10_000, 1.0), (20_000, 1.0), (30_000, 1.0)]);
        let mut far = points(&[0.0, 10.0, 20.0]);
        far.push((7_000_000_000_000, Some(30.0)));
        let (found, _) = rates(&far);
        assert!((7_000..=8_010).contains(&found.len()), "{}", found.len());
    }
}
