//! What happened when, in bounded memory: counts in bins whose width grows with what is measured.
//!
//! One idea: only bins in which something happened are kept, so a line with a wrong year costs one
//! of them and spoils none; when there are too many, each takes in its neighbours.

use std::collections::BTreeMap;

/// Widths of bins in seconds; each is a multiple of the one before it.
pub(super) const WIDTHS: [i64; 12] = [
    1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400,
];
/// Bins that are kept at most.
const MOST: usize = 65_536;
/// The part of all requests that may lie far from the others and be an error.
const STRAY: f64 = 0.001;
/// Of few requests, so many may, and that part at most.
const STRAYS: (f64, f64) = (3.0, 0.02);

/// What happened in a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bin {
    /// Requests.
    pub(super) requests: u64,
    /// Visits that began.
    pub(super) visits: u64,
    /// Requests of visits that never end: robots, monitors, machines.
    pub(super) machines: u64,
    /// Requests that ended with an error of the service.
    pub(super) failed: u64,
    /// Requests whose time is known.
    pub(super) timed: u64,
    /// Their times in nanoseconds, together.
    pub(super) nanos: u128,
}

impl Bin {
    fn add(&mut self, other: &Bin) {
        self.requests += other.requests;
        self.visits += other.visits;
        self.machines += other.machines;
        self.failed += other.failed;
        self.timed += other.timed;
        self.nanos += other.nanos;
    }
}

/// Counts by time.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Which of the widths.
    width: usize,
    bins: BTreeMap<i64, Bin>,
    /// The bin that was asked for last, and its number.
    present: Option<(i64, Bin)>,
}

/// Bins side by side, from one instant on; where nothing happened they are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Seconds since 1970.
    pub(super) from_s: i64,
    /// Seconds of a bin.
    pub(super) width_s: i64,
    /// The bins.
    pub(super) bins: Vec<Bin>,
}

impl Series {
    /// The bin of an instant, in milliseconds since 1970.
    pub(super) fn at(&mut self, ms: i64) -> &mut Bin {
        let number = ms.div_euclid(WIDTHS[self.width] * 1_000);
        if self.present.is_none_or(|(present, _)| present != number) {
            return self.turn(number, ms);
        }
        let (_, bin) = self.present.get_or_insert((number, Bin::default()));
        bin
    }

    fn turn(&mut self, number: i64, ms: i64) -> &mut Bin {
        self.settle();
        let mut number = number;
        while self.bins.len() > MOST && self.width + 1 < WIDTHS.len() {
            self.widen(self.width + 1);
            number = ms.div_euclid(WIDTHS[self.width] * 1_000);
        }
        let bin = self.bins.remove(&number).unwrap_or_default();
        let (_, bin) = self.present.insert((number, bin));
        bin
    }

    /// Puts the present bin among the others.
    fn settle(&mut self) {
        if let Some((number, bin)) = self.present.take() {
            self.bins.entry(number).or_default().add(&bin);
        }
    }

    fn widen(&mut self, width: usize) {
        let times = WIDTHS[width] / WIDTHS[self.width];
        let mut wider: BTreeMap<i64, Bin> = BTreeMap::new();
        for (number, bin) in &self.bins {
            wider.entry(number.div_euclid(times)).or_default().add(bin);
        }
        (self.bins, self.width) = (wider, width);
    }

    /// Counts every request as one that no visit is known of.
    pub(super) fn without_visits(&mut self) {
        self.settle();
        for bin in self.bins.values_mut() {
            (bin.visits, bin.machines) = (0, bin.requests);
        }
    }

    /// Takes out the few at an end that lie further from the others than those from each other;
    /// says how many requests that were, and when, in seconds since 1970.
    pub(super) fn strays(&mut self) -> Vec<(u64, i64)> {
        self.settle();
        let mut found = Vec::new();
        let all: u64 = self.bins.values().map(|bin| bin.requests).sum();
        while let Some((numbers, requests)) = self.stray(all) {
            let first = numbers.first().copied().unwrap_or_default();
            for number in numbers {
                self.bins.remove(&number);
            }
            found.push((requests, first * WIDTHS[self.width]));
        }
        found
    }

    /// The bins at one end that are strays, and their requests.
    fn stray(&self, all: u64) -> Option<(Vec<i64>, u64)> {
        let numbers: Vec<i64> = self.bins.keys().copied().collect();
        let (first, last) = (numbers.first()?, numbers.last()?);
        let gaps = numbers.windows(2).map(|pair| pair[1] - pair[0]).enumerate();
        let (at, gap) = gaps.max_by_key(|(_, gap)| *gap)?;
        // Half of all time, and a day: what is nearer may be a quiet night.
        if gap * 2 <= last - first || gap * WIDTHS[self.width] < 86_400 {
            return None;
        }
        let (before, after) = numbers.split_at(at + 1);
        let requests = |part: &[i64]| -> u64 {
            part.iter()
                .filter_map(|number| self.bins.get(number))
                .map(|bin| bin.requests)
                .sum()
        };
        let all = all as f64;
        let most = (STRAY * all).max(STRAYS.0.min(STRAYS.1 * all));
        let few = |part: &[i64]| {
            let some = requests(part);
            (some as f64 <= most).then(|| (part.to_vec(), some))
        };
        few(before).or_else(|| few(after))
    }

    /// All of it side by side, in the narrowest bins of which there are at most so many; none if
    /// nothing happened.
    pub(super) fn row(&mut self, most: usize) -> Option<Row> {
        self.settle();
        let width = (self.width..WIDTHS.len())
            .find(|width| {
                self.numbers(*width)
                    .is_some_and(|(first, last)| last - first < most as i64)
            })
            .unwrap_or(WIDTHS.len() - 1);
        self.between(width, i64::MIN, i64::MAX)
    }

    /// The numbers of the first and the last bin, if they had another width.
    fn numbers(&self, width: usize) -> Option<(i64, i64)> {
        let times = WIDTHS[width] / WIDTHS[self.width];
        let (first, last) = (self.bins.keys().next()?, self.bins.keys().next_back()?);
        Some((first.div_euclid(times), last.div_euclid(times)))
    }

    /// The first and the last second since 1970 of its bins.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        let width = WIDTHS[self.width];
        let (first, last) = (self.bins.keys().next()?, self.bins.keys().next_back()?);
        Some((first * width, (last + 1) * width - 1))
    }

    /// The bins of a width that begin from one second since 1970 on and before another.
    fn between(&self, width: usize, from_s: i64, to_s: i64) -> Option<Row> {
        let times = WIDTHS[width] / WIDTHS[self.width];
        let inside = |number: &i64| {
            let at = number.saturating_mul(WIDTHS[self.width]);
            from_s <= at && at < to_s
        };
        let numbers = || self.bins.keys().filter(|number| inside(number));
        let first = numbers().next()?.div_euclid(times);
        let last = numbers().next_back()?.div_euclid(times);
        let length = usize::try_from(last - first + 1)
            .ok()
            .filter(|n| *n <= MOST * 4)?;
        let mut bins = vec![Bin::default(); length];
        for number in numbers() {
            let place = usize::try_from(number.div_euclid(times) - first).ok()?;
            bins[place].add(self.bins.get(number)?);
        }
        Some(Row {
            from_s: first * WIDTHS[width],
            width_s: WIDTHS[width],
            bins,
        })
    }

    /// The stretch of so many seconds with the most requests, in at most so many bins.
    pub(super) fn busiest(&mut self, length_s: i64, most: usize) -> Option<Row> {
        self.settle();
        let own = WIDTHS[self.width];
        let all: Vec<(i64, u64)> = self
            .bins
            .iter()
            .map(|(number, bin)| (number * own, bin.requests))
            .collect();
        let (mut best, mut begin, mut inside, mut from) = (0, all.first()?.0, 0, 0);
        for (at, requests) in &all {
            inside += requests;
            while all[from].0 + length_s <= *at {
                inside -= all[from].1;
                from += 1;
            }
            if inside > best {
                (best, begin) = (inside, all[from].0);
            }
        }
        let fits = |width: &usize| length_s / WIDTHS[*width] < most as i64;
        let width = (self.width..WIDTHS.len()).find(fits).unwrap_or(self.width);
        // It begins where a bin does, and is as long as was asked whatever happened at its end.
        let begin = begin.div_euclid(WIDTHS[width]) * WIDTHS[width];
        let mut row = self.between(width, begin, begin + length_s)?;
        let length = (length_s + row.width_s - 1) / row.width_s;
        row.bins
            .resize(usize::try_from(length).ok()?.max(1), Bin::default());
        Some(row)
    }
}

impl Row {
    /// What all bins hold together.
    pub(super) fn total(&self) -> Bin {
        let mut total = Bin::default();
        for bin in &self.bins {
            total.add(bin);
        }
        total
    }

    /// Its length in seconds.
    pub(super) fn length_s(&self) -> i64 {
        self.width_s * self.bins.len() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(series: &mut Series, secs: i64) {
        series.at(secs * 1_000 + 999).requests += 1;
    }

    #[test]
    fn bins_grow_when_there_are_too_many_and_nothing_is_lost() {
        let mut series = Series::default();
        let seconds = 400_000;
        for second in 0..seconds {
            add(&mut series, second);
        }
        assert!(series.bins.len() <= MOST + 1 && WIDTHS[series.width] == 10);
        let row = series.row(1_000).expect("something happened");
        assert_eq!((row.width_s, row.bins.len()), (600, 667));
        assert_eq!(row.total().requests, seconds as u64);
        assert!(row.bins[..666].iter().all(|bin| bin.requests == 600));
    }

    #[test]
    fn order_does_not_matter() {
        let mut seconds: Vec<i64> = (0..5_000).map(|k| k * 7_919 % 5_003).collect();
        let rows = [0, 1].map(|_| {
            let mut series = Series::default();
            seconds.iter().for_each(|second| add(&mut series, *second));
            seconds.sort_unstable();
            series.row(100_000)
        });
        assert_eq!(rows[0], rows[1]);
    }

    #[test]
    fn a_wrong_year_is_a_stray_and_a_quiet_night_is_none() {
        let mut series = Series::default();
        for second in 0..3_000 {
            add(&mut series, 1_700_000_000 + second);
            add(&mut series, 1_700_050_000 + second);
        }
        assert_eq!(series.strays(), []);
        add(&mut series, 0);
        add(&mut series, 4_000_000_000);
        let strays = series.strays();
        assert_eq!(strays, [(1, 4_000_000_000), (1, 0)]);
        assert_eq!(series.row(10).map(|row| row.width_s), Some(10_800));
    }

    #[test]
    fn the_busiest_stretch_is_found() {
        let mut series = Series::default();
        for second in 0..10_000 {
            add(&mut series, second);
            if (6_000..6_060).contains(&second) {
                (0..9).for_each(|_| add(&mut series, second));
            }
        }
        let row = series.busiest(60, 1_000).expect("something happened");
        assert_eq!(
            (row.from_s, row.length_s(), row.total().requests),
            (6_000, 60, 600)
        );
    }
}
