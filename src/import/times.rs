//! How long things took, in bounded memory: buckets of equal width in the logarithm.
//!
//! One idea: a bucket is the leading bits of the nanoseconds, 64 to an octave, so every quantile is
//! within 0.8 % of the true one whatever the number of times; sums are exact.

/// Buckets of an octave.
const FINE: usize = 64;
/// Their bits.
const BITS: u32 = FINE.trailing_zeros();

/// Times, of which only their number in each bucket is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    /// Buckets by octave; none where nothing is.
    octaves: Vec<Option<Box<[u32; FINE]>>>,
    /// How many.
    pub(super) count: u64,
    /// Their sum in nanoseconds.
    sum: u128,
    /// The longest, in nanoseconds.
    longest: u64,
}

/// Times that lie in one bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bucket {
    /// The least that lies in it, in seconds.
    pub(super) from_s: f64,
    /// The least that no longer lies in it, in seconds.
    pub(super) to_s: f64,
    /// How many.
    pub(super) count: u64,
}

impl Times {
    /// Adds a time.
    pub(super) fn add(&mut self, nanos: u64) {
        let octave = (u64::BITS - nanos.leading_zeros()).saturating_sub(BITS + 1) as usize;
        // The lowest octave holds twice as many values as buckets: those below count each.
        let (octave, fine) = match nanos < FINE as u64 {
            true => (0, nanos as usize),
            false => (octave + 1, (nanos >> octave) as usize - FINE),
        };
        if self.octaves.len() <= octave {
            self.octaves.resize(octave + 1, None);
        }
        let buckets = self.octaves[octave].get_or_insert_with(|| Box::new([0; FINE]));
        buckets[fine] = buckets[fine].saturating_add(1);
        self.count += 1;
        self.sum += u128::from(nanos);
        self.longest = self.longest.max(nanos);
    }

    /// Adds the times of others.
    pub(super) fn merge(&mut self, other: &Times) {
        if self.octaves.len() < other.octaves.len() {
            self.octaves.resize(other.octaves.len(), None);
        }
        for (mine, theirs) in self.octaves.iter_mut().zip(&other.octaves) {
            let Some(theirs) = theirs else { continue };
            let mine = mine.get_or_insert_with(|| Box::new([0; FINE]));
            for (mine, theirs) in mine.iter_mut().zip(theirs.iter()) {
                *mine = mine.saturating_add(*theirs);
            }
        }
        self.count += other.count;
        self.sum += other.sum;
        self.longest = self.longest.max(other.longest);
    }

    /// The buckets in which something lies, the shortest first.
    pub(super) fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let octaves = self.octaves.iter().enumerate();
        octaves.flat_map(|(octave, buckets)| {
            let buckets = buckets
                .iter()
                .flat_map(|buckets| buckets.iter())
                .enumerate();
            let filled = buckets.filter(|(_, count)| **count > 0);
            filled.map(move |(fine, count)| {
                let (from, width) = match octave {
                    0 => (fine as f64, 1.0),
                    octave => {
                        let width = (1_u64 << (octave - 1)) as f64;
                        ((FINE + fine) as f64 * width, width)
                    }
                };
                Bucket {
                    from_s: from / 1e9,
                    to_s: (from + width) / 1e9,
                    count: u64::from(*count),
                }
            })
        })
    }

    /// How many took no time at all.
    pub(super) fn zeros(&self) -> u64 {
        match self.octaves.first() {
            Some(Some(buckets)) => u64::from(buckets[0]),
            _ => 0,
        }
    }

    /// The mean in seconds; none without times.
    pub(super) fn mean_s(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / 1e9 / self.count as f64)
    }

    /// The longest in seconds.
    pub(super) fn longest_s(&self) -> f64 {
        self.longest as f64 / 1e9
    }

    /// The time in seconds below which this share lies; none without times.
    pub(super) fn quantile_s(&self, share: f64) -> Option<f64> {
        let wanted = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let bucket = self.buckets().find(|bucket| {
            below += bucket.count;
            below >= wanted
        })?;
        Some(match bucket.to_s - bucket.from_s > 1.5e-9 {
            true => ((bucket.from_s + bucket.to_s) / 2.0).min(self.longest_s()),
            false => bucket.from_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_lies_in_the_bucket_that_says_so() {
        let every = (0..5_000_u64)
            .chain((0..64).map(|bit| 1 << bit))
            .chain([u64::MAX]);
        for nanos in every {
            let mut times = Times::default();
            times.add(nanos);
            let bucket = times.buckets().next().expect("it is there");
            let secs = nanos as f64 / 1e9;
            assert!(bucket.from_s <= secs * (1.0 + 1e-12), "{nanos}: {bucket:?}");
            assert!(secs < bucket.to_s * (1.0 + 1e-12), "{nanos}: {bucket:?}");
            assert!(
                bucket.to_s - bucket.from_s <= (secs / 64.0).max(1.1e-9),
                "{nanos}"
            );
        }
    }

    #[test]
    fn quantiles_are_near_and_sums_are_exact() {
        let (mut even, mut odd) = (Times::default(), Times::default());
        for ms in 1..=10_000_u64 {
            let part = if ms % 2 == 0 { &mut even } else { &mut odd };
            part.add(ms * 1_000_000);
        }
        even.merge(&odd);
        assert_eq!((even.count, even.mean_s()), (10_000, Some(5.0005)));
        for (share, secs) in [(0.01, 0.1), (0.5, 5.0), (0.99, 9.9), (1.0, 10.0)] {
            let found = even.quantile_s(share).expect("there are times");
            assert!((found / secs - 1.0).abs() < 0.008, "{share}: {found}");
        }
        assert_eq!(Times::default().quantile_s(0.5), None);
    }
}
