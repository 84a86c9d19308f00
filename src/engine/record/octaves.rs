//! How long requests took by the bin in which they started, in coarse buckets: 32 in an octave.
//!
//! One idea: a call has some ten thousand octaves, 36 in each of up to 400 bins, and hardly uses a
//! tenth of them; so one has room only once somebody is in it. It does not know what takes so long.

use crate::engine::record::tally::refill;

/// Coarse buckets of an octave.
pub(in crate::engine) const OCTAVE: usize = 32;
/// Octaves of a bin.
pub(in crate::engine) const OCTAVES: usize = 36;

/// The coarse buckets of some bins.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Octaves {
    /// By bin, then octave: which of the buckets are its own; the first if nobody is in it.
    own: Vec<u16>,
    /// Those that nobody is in, then those of each octave in the order in which they came into use.
    buckets: Vec<[u32; OCTAVE]>,
}

impl Octaves {
    /// Makes ready for so many bins; keeps what was allocated.
    pub(in crate::engine) fn clear(&mut self, bins: usize) {
        refill(&mut self.own, bins * OCTAVES, 0);
        refill(&mut self.buckets, bins.min(1), [0; OCTAVE]);
    }

    /// Adds a duration to a bin.
    #[inline(always)]
    pub(in crate::engine) fn add(&mut self, bin: usize, coarse: usize) {
        let octave = bin * OCTAVES + coarse / OCTAVE;
        let own = match self.own[octave] {
            0 => self.open(octave),
            own => usize::from(own),
        };
        self.buckets[own][coarse % OCTAVE] += 1;
    }

    /// Makes room for an octave. Room grows by a quarter: calls may be many.
    #[cold]
    fn open(&mut self, octave: usize) -> usize {
        let own = self.buckets.len();
        if own == self.buckets.capacity() {
            self.buckets.reserve_exact(own / 4 + 4);
        }
        self.buckets.push([0; OCTAVE]);
        self.own[octave] = u16::try_from(own).expect("400 bins have fewer octaves");
        own
    }

    /// The octaves of a bin that are in use, in order: each with its first coarse bucket.
    pub(in crate::engine) fn of(&self, bin: usize) -> impl Iterator<Item = (usize, &[u32])> {
        let own = &self.own[bin * OCTAVES..(bin + 1) * OCTAVES];
        let used = own.iter().enumerate().filter(|(_, own)| **own > 0);
        used.map(|(octave, own)| (octave * OCTAVE, &self.buckets[usize::from(*own)][..]))
    }

    /// Bytes of so many bins before anything is in them.
    pub(in crate::engine) const fn size(bins: usize) -> usize {
        bins * OCTAVES * size_of::<u16>()
    }

    /// Bytes in use beyond those.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<[u32; OCTAVE]>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_octave_has_room_once_somebody_is_in_it() {
        let mut octaves = Octaves::default();
        octaves.clear(400);
        for (bin, coarse) in [(0, 0), (399, 1_151), (399, 1_151), (399, 70)] {
            octaves.add(bin, coarse);
        }
        let found = |bin: usize| -> Vec<(usize, u32)> {
            let octaves = octaves.of(bin);
            let all = octaves.flat_map(|(first, buckets)| (first..).zip(buckets.iter().copied()));
            all.filter(|(_, count)| *count > 0).collect()
        };
        assert_eq!(found(0), [(0, 1)]);
        assert_eq!(found(1), []);
        assert_eq!(found(399), [(70, 1), (1_151, 2)]);
        assert!(octaves.bytes() <= 5 * 128, "{} bytes", octaves.bytes());
        octaves.clear(2);
        assert_eq!(octaves.of(1).count(), 0);
    }

    #[test]
    fn all_octaves_of_all_bins_have_room() {
        let mut octaves = Octaves::default();
        octaves.clear(401);
        (0..401 * OCTAVES).for_each(|n| octaves.add(n / OCTAVES, n % OCTAVES * OCTAVE));
        assert!((0..401).all(|bin| octaves.of(bin).count() == OCTAVES));
    }
}
