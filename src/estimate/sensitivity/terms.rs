//! The terms of a polynomial chaos: products of Legendre polynomials on the unit cube.
//!
//! One idea: the polynomials are orthonormal under the uniform law, so the square of a coefficient
//! is the part of the variance that its term brings, and whose inputs it names (Wiener 1938; Xiu &
//! Karniadakis 2002; Sudret, "Global sensitivity analysis using polynomial chaos expansions",
//! Reliability Engineering & System Safety 93, 2008).

use crate::base::math::pow;

/// The highest degree in one input.
const DEGREE_MAX: u32 = 12;
/// The most inputs of a term.
const TOGETHER_MAX: usize = 3;
/// How much terms of several inputs are held back: degrees count as a norm of this power (Blatman &
/// Sudret 2011).
const NORM: f64 = 0.75;

/// A term: its inputs, rising, each with a degree of 1 or more; the constant has none.
pub type Term = Vec<(usize, u32)>;

/// As many terms as a number allows, all up to the same norm, the constant first.
pub fn candidates(inputs: usize, at_most: usize) -> Vec<Term> {
    let mut found = up_to(inputs, 1);
    for degree in 2..=DEGREE_MAX {
        let more = up_to(inputs, degree);
        if more.len() > at_most {
            break;
        }
        found = more;
    }
    found
}

fn up_to(inputs: usize, degree: u32) -> Vec<Term> {
    let room = pow(f64::from(degree), NORM) + 1e-9;
    let mut all = vec![Term::new()];
    let mut from = 0;
    while from < all.len() {
        let term = all[from].clone();
        from += 1;
        if term.len() == TOGETHER_MAX {
            continue;
        }
        let used: f64 = term.iter().map(|(_, d)| pow(f64::from(*d), NORM)).sum();
        let first = term.last().map_or(0, |(input, _)| input + 1);
        for input in first..inputs {
            let degrees = (1..=degree).take_while(|d| used + pow(f64::from(*d), NORM) <= room);
            for d in degrees {
                let mut longer = term.clone();
                longer.push((input, d));
                all.push(longer);
            }
        }
    }
    all
}

/// The orthonormal polynomials of degree 0, 1, … at a coordinate from 0 to 1.
pub fn polynomials(u: f64, degree: u32) -> Vec<f64> {
    let x = 2.0 * u - 1.0;
    let mut plain = vec![1.0, x];
    for n in 1..degree {
        let n = f64::from(n);
        let [before, last] = [plain[plain.len() - 2], plain[plain.len() - 1]];
        plain.push(((2.0 * n + 1.0) * x * last - n * before) / (n + 1.0));
    }
    let norm = |n: usize| (2.0 * n as f64 + 1.0).sqrt();
    plain.iter().enumerate().map(|(n, p)| p * norm(n)).collect()
}

/// The values of terms at a point.
pub fn row(terms: &[Term], at: &[f64]) -> Vec<f64> {
    let by_input: Vec<Vec<f64>> = at.iter().map(|u| polynomials(*u, DEGREE_MAX)).collect();
    let value = |term: &Term| {
        let factors = term.iter().map(|(input, d)| by_input[*input][*d as usize]);
        factors.product::<f64>()
    };
    terms.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∫φₘφₙ over the unit interval is 1 for m = n and 0 else: by the midpoint rule.
    #[test]
    fn polynomials_are_orthonormal() {
        const CELLS: u32 = 20_000;
        let mut sums = [[0.0; 5]; 5];
        for cell in 0..CELLS {
            let u = (f64::from(cell) + 0.5) / f64::from(CELLS);
            let p = polynomials(u, 4);
            for (m, row) in sums.iter_mut().enumerate() {
                for (n, sum) in row.iter_mut().enumerate() {
                    *sum += p[m] * p[n] / f64::from(CELLS);
                }
            }
        }
        for (m, row) in sums.iter().enumerate() {
            for (n, sum) in row.iter().enumerate() {
                let expected = f64::from(u8::from(m == n));
                assert!((sum - expected).abs() < 1e-6, "{m} {n}: {sum}");
            }
        }
    }

    #[test]
    fn terms_are_told_once_and_stay_within_their_number() {
        for (inputs, most) in [(1, 50), (3, 300), (8, 600), (30, 600)] {
            let all = candidates(inputs, most);
            assert!(all.len() <= most.max(inputs + 1), "{inputs}: {}", all.len());
            let mut sorted = all.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!((sorted.len(), all[0].len()), (all.len(), 0));
            assert!(all.iter().any(|term| *term == [(inputs - 1, 1)]));
        }
    }
}
