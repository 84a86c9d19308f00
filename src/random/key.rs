//! Whose luck a draw is, and where: the same for every variant.
//!
//! One idea: a draw is no next number of a stream but the number at an address: (seed,
//! replication) is the key of the generator, (arrival source and user, path of written steps, draw)
//! its counter. Nobody's luck moves when a service, a step or a variant is added elsewhere. Knows
//! nothing of steps but their identities, which are hashes of what is written.
//!
//! Sources: the hash of texts is FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), finished, like every
//! link of a path, by the 64-bit finaliser of S. Vigna's SplitMix64 (variant 13 of D. Stafford).

use crate::random::generator::{
    Generator, Keys, after_first, first_round, open_unit, word_after_first,
};

/// The golden ratio's fraction in 64 bits: odd, so that its multiples never meet.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
/// Sets turns apart from steps.
const TURN: u64 = 0x6a09_e667_f3bc_c909; // the fraction of √2

/// A hash of a written name that will never change: of a step, a table, a source.
#[inline]
pub const fn identity(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    scramble(hash)
}

/// A bijection of 64 bits in which every bit depends on every other.
#[inline]
const fn scramble(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The first word of the counter of a draw.
#[inline]
const fn drawn_at(place: Place, draw: u32) -> u64 {
    place.0.wrapping_add((draw as u64).wrapping_mul(GOLDEN))
}

/// Whose draw it is: a user of an arrival source, or a server of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(pub u64);

impl Owner {
    /// The first of those of this name: user or server number 0.
    pub const fn named(name: &str) -> Owner {
        Owner(identity(name) & !0xffff_ffff)
    }

    /// Which of those of the same name.
    #[inline]
    pub const fn which(self) -> u32 {
        self.0 as u32
    }

    /// Number `number` of the same name.
    #[inline]
    pub const fn number(self, number: u32) -> Owner {
        Owner((self.0 & !0xffff_ffff) | number as u64)
    }
}

/// Where a draw is: the chain of written steps that led there, as a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub u64);

impl Place {
    /// Before the first step.
    pub const ROOT: Place = Place(0);

    /// The place one written step further.
    #[inline]
    pub const fn step(self, identity: u64) -> Place {
        Place(scramble(self.0.wrapping_add(identity)))
    }

    /// The place of the n-th turn, attempt, reload or visit here.
    #[inline]
    pub const fn turn(self, n: u64) -> Place {
        Place(scramble(self.0 ^ TURN.wrapping_add(n.wrapping_mul(GOLDEN))))
    }
}

/// A draw at a place, of whomever: what the generator makes of the address before it needs the
/// owner, so that those who come to one place after the other need not begin anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot([u64; 2]);

/// The luck of one replication: a random number for every address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Luck {
    keys: Keys,
}

impl Luck {
    /// The luck of replication `replication` under `seed`.
    pub const fn new(seed: u64, replication: u32) -> Luck {
        Luck {
            keys: Keys::new(scramble(
                scramble(seed) ^ (replication as u64 + 1).wrapping_mul(GOLDEN),
            )),
        }
    }

    /// The key of the generator, for messages that name a replication.
    pub const fn key(&self) -> u64 {
        self.keys.key()
    }

    /// 64 random bits: draw number `draw` of `owner` at `place`.
    #[inline(always)]
    pub const fn bits(&self, owner: Owner, place: Place, draw: u32) -> u64 {
        word_after_first(self.spot(place, draw).0, owner.0, &self.keys)
    }

    /// The two words of 64 random bits of one draw, at the price of one. The first is
    /// [`bits`](Luck::bits).
    #[inline(always)]
    pub const fn pair(&self, owner: Owner, place: Place, draw: u32) -> [u64; 2] {
        after_first(self.spot(place, draw).0, owner.0, &self.keys)
    }

    /// A uniform number between 0 and 1, and neither of them.
    #[inline]
    pub const fn uniform(&self, owner: Owner, place: Place, draw: u32) -> f64 {
        open_unit(self.bits(owner, place, draw))
    }

    /// Draw number `draw` at `place`, made ready for all who come there.
    #[inline]
    pub const fn spot(&self, place: Place, draw: u32) -> Spot {
        Spot(first_round(drawn_at(place, draw), &self.keys))
    }

    /// The number that [`uniform`](Luck::uniform) gives `owner` there.
    #[inline]
    pub const fn uniform_at(&self, spot: Spot, owner: Owner) -> f64 {
        open_unit(word_after_first(spot.0, owner.0, &self.keys))
    }

    /// A stream of random numbers that starts at `place`, for what needs many at once.
    pub fn generator(&self, owner: Owner, place: Place) -> Generator {
        Generator::new(self.key(), [place.0, owner.0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    const CELLS: usize = 256;
    const DRAWS: u32 = 200_000;

    /// Counts in equal cells must look even: one fair set in a million would fail.
    fn is_even(counts: &[u64]) -> bool {
        let total: u64 = counts.iter().sum();
        let expected = total as f64 / counts.len() as f64;
        let chi2: f64 = counts
            .iter()
            .map(|n| (*n as f64 - expected).powi(2) / expected)
            .sum();
        let law = ChiSquared::new(counts.len() as f64 - 1.0).unwrap();
        chi2 < law.inverse_cdf(1.0 - 1e-6) && chi2 > law.inverse_cdf(1e-6)
    }

    /// Counts of the upper byte of each word, and of pairs of upper nibbles of neighbours.
    fn battery(name: &str, word: impl Fn(u32) -> u64) {
        let (mut upper, mut lower) = (vec![0; CELLS], vec![0; CELLS]);
        let (mut pairs, mut bits) = (vec![0; CELLS], [0_u64; 64]);
        let (mut product, mut before) = (0.0, 0.5);
        for i in 0..DRAWS {
            let x = word(i);
            upper[(x >> 56) as usize] += 1;
            lower[(x & 0xff) as usize] += 1;
            // Only every other pair: those that overlap are not independent.
            if i % 2 == 0 {
                pairs[((x >> 60) << 4 | word(i + 1) >> 60) as usize] += 1;
            }
            for (bit, count) in bits.iter_mut().enumerate() {
                *count += x >> bit & 1;
            }
            let u = open_unit(x);
            product += (u - 0.5) * (before - 0.5);
            before = u;
        }
        for (test, counts) in [("upper", &upper), ("lower", &lower), ("pairs", &pairs)] {
            assert!(is_even(counts), "{name}: {test}");
        }
        for (bit, count) in bits.iter().enumerate() {
            let gap = (*count as f64 - f64::from(DRAWS) / 2.0).abs();
            assert!(
                gap < 5.0 * f64::from(DRAWS).sqrt() / 2.0,
                "{name}: bit {bit}"
            );
        }
        let correlation = product / f64::from(DRAWS) * 12.0;
        assert!(
            correlation.abs() < 5.0 / f64::from(DRAWS).sqrt(),
            "{name}: {correlation}"
        );
    }

    #[test]
    fn draws_look_random_along_every_part_of_the_address() {
        let owner = Owner::named("fans");
        let place = Place::ROOT.step(identity("login"));
        let luck = Luck::new(42, 0);
        battery("draw", |i| luck.bits(owner, place, i));
        battery("user", |i| luck.bits(owner.number(i), place, 0));
        battery("turn", |i| luck.bits(owner, place.turn(u64::from(i)), 0));
        battery("step", |i| luck.bits(owner, place.step(u64::from(i)), 0));
        battery("replication", |i| Luck::new(42, i).bits(owner, place, 0));
        battery("seed", |i| Luck::new(u64::from(i), 3).bits(owner, place, 0));
        battery("second word", |i| luck.pair(owner.number(i), place, 0)[1]);
    }

    #[test]
    fn a_spot_gives_everybody_the_number_of_the_address() {
        let luck = Luck::new(7, 1);
        for n in 0..1_000 {
            let (owner, place) = (Owner(scramble(n)), Place(scramble(!n)));
            let draw = (n % 7) as u32;
            let there = luck.spot(place, draw);
            assert_eq!(
                luck.uniform_at(there, owner).to_bits(),
                luck.uniform(owner, place, draw).to_bits()
            );
        }
    }

    /// Addresses that differ in one bit share no bit more often than by chance.
    #[test]
    fn neighbours_are_strangers() {
        let luck = Luck::new(7, 1);
        type Neighbours = fn(u64, u32) -> [(u64, u64, u32); 2];
        let pairs: [(&str, Neighbours); 3] = [
            ("owner", |n, bit| [(n, 5, 0), (n ^ 1 << bit, 5, 0)]),
            ("place", |n, bit| {
                [(5, n << 8, 0), (5, n << 8 ^ 1 << bit, 0)]
            }),
            ("draw", |n, bit| [(n, 5, 1), (n, 5, 1 ^ 1 << (bit % 32))]),
        ];
        for (name, neighbours) in pairs {
            let mut same = [0_u64; 64];
            const PAIRS: u64 = 64 * 500;
            for i in 0..PAIRS {
                let [a, b] = neighbours(i, (i % 64) as u32)
                    .map(|(owner, place, draw)| luck.bits(Owner(owner), Place(place), draw));
                for (bit, count) in same.iter_mut().enumerate() {
                    *count += !(a ^ b) >> bit & 1;
                }
            }
            for (bit, count) in same.iter().enumerate() {
                let gap = (*count as f64 - PAIRS as f64 / 2.0).abs();
                assert!(gap < 5.0 * (PAIRS as f64).sqrt() / 2.0, "{name}: bit {bit}");
            }
        }
    }

    #[test]
    fn places_are_told_apart() {
        let (a, b) = (identity("a"), identity("b"));
        let mut places = vec![Place::ROOT, Place::ROOT.step(a), Place::ROOT.step(b)];
        places.push(Place::ROOT.step(a).step(b));
        places.push(Place::ROOT.step(b).step(a));
        for n in 0..1_000 {
            places.push(Place::ROOT.turn(n));
            places.push(Place::ROOT.step(a).turn(n));
            places.push(Place::ROOT.step(a).turn(n).step(b));
        }
        places.push(Place::ROOT.step(a).turn(0).turn(1));
        places.push(Place::ROOT.step(a).turn(1).turn(0));
        let count = places.len();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), count);
    }

    #[test]
    fn owners_are_told_apart() {
        let fans = Owner::named("fans");
        assert_ne!(fans, Owner::named("staff"));
        assert_eq!(fans.number(7).number(0), fans);
        assert_ne!(fans.number(7), fans.number(8));
    }

    /// These numbers are part of what a seed means: they must not move.
    #[test]
    fn values_are_stable() {
        const LOGIN: u64 = identity("login");
        let luck = Luck::new(42, 3);
        let owner = Owner::named("fans").number(17);
        let place = Place::ROOT.step(LOGIN).turn(2);
        assert_eq!(LOGIN, 0x3a26_da94_3c45_677d);
        assert_eq!(luck.key(), 0xd00f_f2cd_1798_bc5a);
        assert_eq!(place.0, 0xa916_343e_7874_d1ca);
        assert_eq!(luck.bits(owner, place, 0), 0x9bce_0d54_1db3_c8a1);
        assert_eq!(luck.pair(owner, place, 1)[1], 0xa89f_6998_a88e_d3d3);
    }
}
