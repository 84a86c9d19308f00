//! Philox4x32-10: a generator without a state to carry.
//!
//! One idea: the n-th random number is a function of n and a key, computed when asked for, so any
//! draw can be made at any time, in any order and on any thread. [`philox`] is that function;
//! [`Generator`] counts up for those who want a stream, behind the traits of the `rand` crate.
//! Knows nothing of users or places: those become counters in `key`.
//!
//! Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy
//! as 1, 2, 3", SC11 (2011). Its authors' known answers (Random123, `kat_vectors`) are tests below.

use std::convert::Infallible;

use rand::{SeedableRng, TryRng};

/// The multipliers of a round.
const MULTIPLIERS: [u32; 2] = [0xd251_1f53, 0xcd9e_8d57];
/// What each round adds to the key: the golden ratio and √3 − 1.
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
const ROUNDS: u32 = 10;

/// Four random words for a counter of four words under a key of two.
#[inline]
pub const fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut a, mut b, mut c, mut d], [mut k0, mut k1]) = (counter, key);
    let mut round = 0;
    while round < ROUNDS {
        let left = MULTIPLIERS[0] as u64 * a as u64;
        let right = MULTIPLIERS[1] as u64 * c as u64;
        a = (right >> 32) as u32 ^ b ^ k0;
        b = right as u32;
        c = (left >> 32) as u32 ^ d ^ k1;
        d = left as u32;
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
        round += 1;
    }
    [a, b, c, d]
}

/// [`philox`] on 64-bit halves, the lower word first.
#[inline]
pub const fn philox_wide(counter: [u64; 2], key: u64) -> [u64; 2] {
    let [low, high] = counter;
    let words = [
        low as u32,
        (low >> 32) as u32,
        high as u32,
        (high >> 32) as u32,
    ];
    let [a, b, c, d] = philox(words, [key as u32, (key >> 32) as u32]);
    [a as u64 | (b as u64) << 32, c as u64 | (d as u64) << 32]
}

/// A double between 0 and 1, and neither of them: the upper 52 bits, and a half.
///
/// Both the number and one less it are exact. (53 bits and a half would need 54, and the largest
/// would round to 1.)
#[inline]
pub const fn open_unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// A stream of random numbers: Philox, counting up.
#[derive(Clone, Debug)]
pub struct Generator {
    key: u64,
    /// The counter of the next block, the lower half first.
    counter: [u64; 2],
    /// Words not yet given out, the next one first; how many is `left`.
    block: [u32; 4],
    left: u8,
}

impl Generator {
    /// The stream under `key` from `counter` on, the lower half first.
    pub fn new(key: u64, counter: [u64; 2]) -> Generator {
        Generator {
            key,
            counter,
            block: [0; 4],
            left: 0,
        }
    }

    #[inline]
    fn word(&mut self) -> u32 {
        if self.left == 0 {
            let [low, high] = philox_wide(self.counter, self.key);
            self.block = [
                low as u32,
                (low >> 32) as u32,
                high as u32,
                (high >> 32) as u32,
            ];
            self.left = 4;
            let (next, carry) = self.counter[0].overflowing_add(1);
            self.counter = [next, self.counter[1].wrapping_add(u64::from(carry))];
        }
        let word = self.block[usize::from(4 - self.left)];
        self.left -= 1;
        word
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(low | u64::from(self.word()) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl SeedableRng for Generator {
    type Seed = [u8; 8];

    fn from_seed(seed: [u8; 8]) -> Generator {
        Generator::new(u64::from_le_bytes(seed), [0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// Random123, `tests/kat_vectors`, the three lines `philox4x32 10`.
    #[test]
    fn known_answers() {
        let ones = u32::MAX;
        for (counter, key, answer) in [
            (
                [0; 4],
                [0; 2],
                [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8],
            ),
            (
                [ones; 4],
                [ones; 2],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ] {
            assert_eq!(philox(counter, key), answer);
        }
    }

    #[test]
    fn a_stream_is_the_blocks_in_order() {
        let key = 0x299f_31d0_a409_3822;
        let start = [u64::MAX, 7];
        let mut words = Generator::new(key, start);
        let mut wide = words.clone();
        let mut bytes = words.clone();
        let mut buffer = [0; 31];
        bytes.fill_bytes(&mut buffer);
        for (block, counter) in [[u64::MAX, 7], [0, 8]].into_iter().enumerate() {
            for (half, expected) in philox_wide(counter, key).into_iter().enumerate() {
                let (low, high) = (words.next_u32(), words.next_u32());
                assert_eq!(u64::from(low) | u64::from(high) << 32, expected);
                assert_eq!(wide.next_u64(), expected);
                let at = block * 16 + half * 8;
                let length = 8.min(31 - at);
                assert_eq!(buffer[at..at + length], expected.to_le_bytes()[..length]);
            }
        }
        assert_eq!(
            Generator::from_seed(1_u64.to_le_bytes()).next_u64(),
            philox_wide([0, 0], 1)[0]
        );
    }

    #[test]
    fn units_are_open_and_exact_from_both_ends() {
        let (least, most) = (open_unit(0), open_unit(u64::MAX));
        assert!(least > 0.0 && most < 1.0);
        for bits in [
            0,
            1 << 12,
            0x8000_0000_0000_0000,
            0x7fff_ffff_ffff_ffff,
            u64::MAX,
        ] {
            let mirrored = open_unit(!bits);
            assert_eq!(
                (1.0 - open_unit(bits)).to_bits(),
                mirrored.to_bits(),
                "{bits:x}"
            );
        }
    }
}
