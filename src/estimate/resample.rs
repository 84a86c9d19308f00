//! Luck for bootstraps: a generator of its own, keyed by the study's seed.
//!
//! One idea: resampling belongs to the estimate, not to the simulation, so it never touches the
//! users' luck. The generator is SplitMix64 (Steele, Lea & Flood 2014); whole numbers below n come
//! from the upper half of a product (Lemire 2019, without the rejection: the bias is below n/2⁶⁴).

/// A stream of random numbers for one resampling.
#[derive(Clone, Copy, Debug)]
pub struct Luck {
    state: u64,
}

impl Luck {
    /// The stream that belongs to a seed.
    pub fn new(seed: u64) -> Luck {
        Luck { state: seed }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from 0 to n − 1.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A number from 0 to 1, 1 excluded.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published first outputs for seed 1234567.
    #[test]
    fn known_answers() {
        let mut luck = Luck::new(1_234_567);
        let found: [u64; 5] = std::array::from_fn(|_| luck.bits());
        assert_eq!(
            found,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn whole_numbers_reach_both_ends_and_no_further() {
        let mut luck = Luck::new(7);
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[luck.below(6)] += 1;
        }
        // Each count is binomial with mean 1000 and deviation 29.
        assert!(
            seen.iter().all(|&count| (870..=1_130).contains(&count)),
            "{seen:?}"
        );
    }
}
