//! Philox2x64-10: a generator without a state to carry.
//!
//! One idea: the n-th random number is a function of n and a key, computed when asked for, so any
//! draw can be made at any time, in any order and on any thread. [`philox`] is that function;
//! [`Generator`] counts up for those who want a stream, behind the traits of the `rand` crate.
//! Knows nothing of users or places: those become counters in `key`.
//!
//! Of the family the member with two words of 64 bits is taken: its counter holds an owner and a
//! place as they are, and ten multiplications a block cost half of the twenty that Philox4x32-10
//! needs (12 against 25 to 30 cycles where the compiler cannot do several at once, as in a loop of
//! events).
//!
//! Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy
//! as 1, 2, 3", SC11 (2011). Its authors' known answers (Random123, `kat_vectors`) are tests below.

use std::convert::Infallible;

use rand::{SeedableRng, TryRng};

/// The multiplier of a round.
const MULTIPLIER: u64 = 0xd2b7_4407_b1ce_6e93;
/// What each round adds to the key: the golden ratio's fraction.
const WEYL: u64 = 0x9e37_79b9_7f4a_7c15;
const ROUNDS: usize = 10;

/// Two random words for a counter of two words under a key.
#[inline]
pub const fn philox(counter: [u64; 2], key: u64) -> [u64; 2] {
    let keys = Keys::new(key);
    after_first(first_round(counter[0], &keys), counter[1], &keys)
}

/// A key as each round has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys([u64; ROUNDS]);

impl Keys {
    /// Those of one key.
    pub const fn new(key: u64) -> Keys {
        let mut keys = [key; ROUNDS];
        let mut round = 1;
        while round < ROUNDS {
            keys[round] = keys[round - 1].wrapping_add(WEYL);
            round += 1;
        }
        Keys(keys)
    }

    /// The key.
    pub const fn key(&self) -> u64 {
        self.0[0]
    }
}

/// What the first round makes of the first word: the second has no part in it yet.
#[inline]
pub const fn first_round(first: u64, keys: &Keys) -> [u64; 2] {
    let product = MULTIPLIER as u128 * first as u128;
    [(product >> 64) as u64 ^ keys.key(), product as u64]
}

/// All rounds but the first, with the second word of the counter.
#[inline(always)]
pub const fn after_first([upper, lower]: [u64; 2], second: u64, keys: &Keys) -> [u64; 2] {
    let mut word = upper ^ second;
    // The key goes to the lower word, for the product that all wait for comes later.
    let mut mask = lower ^ keys.0[1];
    let mut round = 2;
    while round < ROUNDS {
        let product = MULTIPLIER as u128 * word as u128;
        word = (product >> 64) as u64 ^ mask;
        mask = product as u64 ^ keys.0[round];
        round += 1;
    }
    let product = MULTIPLIER as u128 * word as u128;
    [(product >> 64) as u64 ^ mask, product as u64]
}

/// The first of the two words of [`after_first`], which nearly every draw is made of.
#[inline(never)]
pub const fn word_after_first(first: [u64; 2], second: u64, keys: &Keys) -> u64 {
    after_first(first, second, keys)[0]
}

/// A double between 0 and 1, and neither of them: the upper 52 bits, and a half.
///
/// Both the number and one less it are exact. (53 bits and a half would need 54, and the largest
/// would round to 1.)
#[inline]
pub const fn open_unit(bits: u64) -> f64 {
    // The 52 bits behind the point of a number from 1 to 2, less 1, and half a step more: nothing
    // is rounded.
    f64::from_bits(1.0_f64.to_bits() | (bits >> 12)) - (1.0 - f64::EPSILON / 2.0)
}

/// A stream of random numbers: Philox, counting up.
#[derive(Clone, Debug)]
pub struct Generator {
    key: u64,
    /// The counter of the next block, the lower half first.
    counter: [u64; 2],
    /// The block before it, and how many of its 32-bit words are not yet given out.
    block: [u64; 2],
    left: u8,
}

impl Generator {
    /// The stream under `key` from `counter` on, the lower half first.
    pub fn new(key: u64, counter: [u64; 2]) -> Generator {
        Generator {
            key,
            counter,
            block: [0; 2],
            left: 0,
        }
    }

    /// The next 32 bits: the lower half of a word, then the upper.
    #[inline]
    fn half_word(&mut self) -> u32 {
        if self.left == 0 {
            self.block = philox(self.counter, self.key);
            self.left = 4;
            let (next, carry) = self.counter[0].overflowing_add(1);
            self.counter = [next, self.counter[1].wrapping_add(u64::from(carry))];
        }
        let taken = 4 - self.left;
        self.left -= 1;
        (self.block[usize::from(taken / 2)] >> (taken % 2 * 32)) as u32
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.half_word())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.half_word());
        Ok(low | u64::from(self.half_word()) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.half_word().to_le_bytes()[..chunk.len()]);
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

    /// Random123, `tests/kat_vectors`, the three lines `philox2x64 10`.
    #[test]
    fn known_answers() {
        for (counter, key, answer) in [
            ([0; 2], 0, [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]),
            (
                [u64::MAX; 2],
                u64::MAX,
                [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20],
            ),
            (
                [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344],
                0xa409_3822_299f_31d0,
                [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d],
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
            for (half, expected) in philox(counter, key).into_iter().enumerate() {
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
            philox([0, 0], 1)[0]
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
