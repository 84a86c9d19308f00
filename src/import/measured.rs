//! Rates and counts that were measured, by name, in bounded memory, on one grid of time.
//!
//! One idea: a value holds until the next one of its name; where one is missing, a straight line
//! joins its neighbours, and how often that was is said. When there are too many values, neighbours
//! become one.

use std::collections::BTreeMap;

use super::series::WIDTHS;

/// Values of a name that are kept.
const MOST: usize = 65_536;
/// Names that are kept apart.
const NAMES: usize = 500;
/// Bins of the grid at most.
const BINS: i64 = 4_000;
/// Steps that a value holds at most, before one is missing.
const LATE: f64 = 1.5;

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Users in so many seconds.
    Rate(f64),
    /// Users until the next value.
    Count,
}

/// Values by name and time.
#[derive(Debug, Default)]
pub(super) struct Measured {
    by_name: BTreeMap<String, Vec<(i64, Option<f64>)>>,
    /// Values of names that are not kept.
    pub(super) left_out: u64,
    /// Values that are not there.
    pub(super) missing: u64,
}

/// All names on one grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    /// Where it begins, in seconds.
    pub(super) from_s: i64,
    /// Seconds of a bin.
    pub(super) width_s: i64,
    /// The users of each bin, by name.
    pub(super) users: Vec<(String, Vec<f64>)>,
    /// Bins in which nothing was measured though it was before and after.
    pub(super) bridged: u64,
    /// Seconds from one value to the next.
    pub(super) step_s: f64,
}

impl Measured {
    /// Adds a value; none where it is missing.
    pub(super) fn add(&mut self, name: &str, at_ms: i64, value: Option<f64>) {
        self.missing += u64::from(value.is_none());
        if !self.by_name.contains_key(name) {
            if self.by_name.len() >= NAMES {
                self.left_out += 1;
                return;
            }
            self.by_name.insert(name.to_owned(), Vec::new());
        }
        let Some(values) = self.by_name.get_mut(name) else {
            return;
        };
        values.push((at_ms, value));
        if values.len() >= 2 * MOST {
            values.sort_by_key(|(at, _)| *at);
            let pairs = values.chunks(2).map(|pair| {
                let known: Vec<f64> = pair.iter().filter_map(|(_, value)| *value).collect();
                let mean = known.iter().sum::<f64>() / known.len() as f64;
                (pair[0].0, (!known.is_empty()).then_some(mean))
            });
            *values = pairs.collect();
        }
    }

    /// Puts all values on a grid; none if there are none.
    pub(super) fn grid(mut self, kind: Kind) -> Option<Grid> {
        self.by_name
            .values_mut()
            .for_each(|values| values.sort_by_key(|(at, _)| *at));
        let longest = self.by_name.values().max_by_key(|values| values.len())?;
        let step_ms = step(longest);
        // What is missing before the first value and behind the last one is no time without users.
        let known = self.by_name.values().flatten();
        let known = known
            .filter(|(_, value)| value.is_some())
            .map(|(at, _)| *at);
        let (first, last) = (known.clone().min()?, known.max()?);
        let mut width_s = ((step_ms as f64 / 1e3).round() as i64).max(1);
        let length = |width_s: i64| (last - first) / (width_s * 1_000) + 1;
        while length(width_s) > BINS {
            width_s *= 2;
        }
        let bins = usize::try_from(length(width_s)).ok()?;
        let mut bridged = 0;
        let users = self.by_name.into_iter().map(|(name, values)| {
            let rates = rates(&values, kind, step_ms);
            let mut row: Vec<(f64, u32)> = vec![(0.0, 0); bins];
            for (at, rate) in rates {
                let place = ((at - first) / (width_s * 1_000)) as usize;
                let bin = &mut row[place.min(bins - 1)];
                *bin = (bin.0 + rate, bin.1 + 1);
            }
            let known = row
                .into_iter()
                .map(|(sum, n)| (n > 0).then(|| sum / f64::from(n)));
            let (filled, gaps) = filled(&known.collect::<Vec<_>>());
            bridged += gaps;
            (
                name,
                filled
                    .into_iter()
                    .map(|rate| rate * width_s as f64)
                    .collect(),
            )
        });
        let users = users.collect();
        Some(Grid {
            from_s: first.div_euclid(1_000),
            width_s,
            users,
            bridged,
            step_s: step_ms as f64 / 1e3,
        })
    }
}

/// How often each name happened, on a grid; every one of them stands for `each`.
pub(super) fn happened(events: &[(String, i64)], each: f64) -> Option<Grid> {
    let first = events.iter().map(|(_, at)| at.div_euclid(1_000)).min()?;
    let last = events.iter().map(|(_, at)| at.div_euclid(1_000)).max()?;
    let fits = |width: &i64| (last - first) / width < BINS / 2;
    let width_s = WIDTHS.into_iter().find(fits).unwrap_or(last - first + 1);
    let bins = usize::try_from((last - first) / width_s + 1).ok()?;
    let mut by_name: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (name, at) in events {
        let users = by_name.entry(name).or_insert_with(|| vec![0.0; bins]);
        users[((at.div_euclid(1_000) - first) / width_s) as usize] += each;
    }
    let users = by_name
        .into_iter()
        .map(|(name, users)| (name.to_owned(), users));
    Some(Grid {
        from_s: first,
        width_s,
        users: users.collect(),
        bridged: 0,
        step_s: width_s as f64,
    })
}

/// The median of the milliseconds from one value to the next.
fn step(values: &[(i64, Option<f64>)]) -> i64 {
    let mut steps: Vec<i64> = values
        .windows(2)
        .map(|pair| pair[1].0 - pair[0].0)
        .collect();
    steps.retain(|step| *step > 0);
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(60_000)
}

/// Users per second from each value on.
fn rates(values: &[(i64, Option<f64>)], kind: Kind, step_ms: i64) -> Vec<(i64, f64)> {
    let rate = |n: usize| {
        let (at, value) = values[n];
        let per_s = match kind {
            Kind::Rate(per_s) => per_s,
            Kind::Count => {
                let next = values.get(n + 1).map_or(step_ms, |(next, _)| next - at);
                let in_time = next > 0 && next as f64 <= LATE * step_ms as f64;
                (if in_time { next } else { step_ms }) as f64 / 1e3
            }
        };
        Some((at, value? / per_s))
    };
    (0..values.len()).filter_map(rate).collect()
}

/// The bins with straight lines where nothing is known, and how many those are; before the first
/// known one and after the last there is nothing.
pub(super) fn filled(known: &[Option<f64>]) -> (Vec<f64>, u64) {
    let mut filled = vec![0.0; known.len()];
    let mut before: Option<(usize, f64)> = None;
    let mut gaps = 0;
    for (n, value) in known.iter().enumerate() {
        let Some(value) = value else { continue };
        if let Some((from, low)) = before {
            for (step, between) in (1_u64..).zip(&mut filled[from + 1..n]) {
                let part = step as f64 / (n - from) as f64;
                *between = low + (value - low) * part;
                gaps += 1;
            }
        }
        filled[n] = *value;
        before = Some((n, *value));
    }
    (filled, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_rates_are_the_users_that_came() {
        let values = [(0, 30.0), (60_000, 60.0), (120_000, 90.0)];
        let grid = |kind| {
            let mut measured = Measured::default();
            for (at, value) in values {
                measured.add("all", at, Some(value));
            }
            measured.grid(kind).expect("there are values")
        };
        assert_eq!(grid(Kind::Count).users[0].1, [30.0, 60.0, 90.0]);
        assert_eq!(grid(Kind::Rate(60.0)).users[0].1, [30.0, 60.0, 90.0]);
        assert_eq!(
            grid(Kind::Rate(1.0)).users[0].1,
            [1_800.0, 3_600.0, 5_400.0]
        );
    }

    #[test]
    fn gaps_are_bridged_and_names_stand_side_by_side() {
        let mut measured = Measured::default();
        for (at, value) in [
            (300_000, 10.0),
            (600_000, 10.0),
            (900_000, 10.0),
            (1_800_000, 40.0),
        ] {
            measured.add("a", at, Some(value));
        }
        measured.add("b", 600_000, Some(1.0));
        measured.add("b", 900_000, None);
        let missing = measured.missing;
        let grid = measured.grid(Kind::Rate(1.0)).expect("there are values");
        let rates = |n: usize| -> Vec<f64> { grid.users[n].1.iter().map(|u| u / 300.0).collect() };
        assert_eq!(
            (grid.from_s, grid.width_s, grid.bridged, missing),
            (300, 300, 2, 1)
        );
        assert_eq!(rates(0), [10.0, 10.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(rates(1), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn many_values_become_fewer_and_keep_their_mean() {
        let mut measured = Measured::default();
        for n in 0..400_000_i64 {
            measured.add("a", n * 1_000, Some((n % 2) as f64));
        }
        let grid = measured.grid(Kind::Rate(1.0)).expect("there are values");
        let users: f64 = grid.users[0].1.iter().sum();
        assert!((users / 200_000.0 - 1.0).abs() < 0.01, "{users}");
        assert!(grid.users[0].1.len() <= BINS as usize);
    }
}
