//! Points that fill the unit cube evenly, by luck.
//!
//! One idea: the sequence of Sobol' (1967), scrambled as Owen (1995) says, is uniform in every cube
//! and yet leaves no hole: each prefix is well spread, so points can be added. The scrambling is
//! hashed (Burley, "Practical Hash-based Owen Scrambling", JCGT 9, 2020), and belongs to a seed.

/// The most points of a sequence.
pub const POINTS_MAX: u32 = 1 << 16;
/// The most inputs of a point.
pub const INPUTS_MAX: usize = 256;

/// Half of the last bit of a coordinate: no point lies on an end of the cube.
const HALF: f64 = 1.0 / (1_u64 << 25) as f64;

/// The coordinate of a point in one of the inputs, above 0 and below 1.
pub fn coordinate(point: u32, input: usize, seed: u64) -> f64 {
    debug_assert!(point < POINTS_MAX && input < INPUTS_MAX);
    let seed = (seed ^ (seed >> 32)) as u32;
    f64::from(sobol_burley::sample(point, input as u32, seed)) + HALF
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the first 2ⁿ points each input has exactly one in every 2ⁿth, and two inputs together one
    /// in every cell of any division into 2ⁿ equal boxes.
    #[test]
    fn prefixes_leave_no_hole() {
        for seed in [0, 7, 1 << 40] {
            for input in [0, 1, 9, 40] {
                let mut seen = [false; 64];
                for point in 0..64 {
                    seen[(coordinate(point, input, seed) * 64.0) as usize] = true;
                }
                assert!(seen.iter().all(|one| *one), "input {input} of seed {seed}");
            }
            for (wide, high) in [(2.0, 32.0), (8.0, 8.0), (32.0, 2.0)] {
                let mut seen = [false; 64];
                for point in 0..64 {
                    let [x, y] = [0, 1].map(|input| coordinate(point, input, seed));
                    seen[((x * wide) as usize) * high as usize + (y * high) as usize] = true;
                }
                assert!(
                    seen.iter().all(|one| *one),
                    "{wide} by {high} of seed {seed}"
                );
            }
        }
    }

    #[test]
    fn seeds_are_apart_in_either_half() {
        let first = |seed: u64| coordinate(3, 2, seed).to_bits();
        assert_ne!(first(1), first(2));
        assert_ne!(first(1), first(1 << 32 | 1 << 50));
    }
}
