//! Least squares whose coefficients are not below zero.
//!
//! One idea: Lawson & Hanson's active set (*Solving Least Squares Problems*, 1974, chapter 23) on
//! the normal equations, as Bro & de Jong have it (1997, *Journal of Chemometrics* 11, 393–401). It
//! is written here on [`linear`](crate::base::linear) because the answer feeds a model that must
//! have the same bits everywhere: the kept crate `nnls` brings `ndarray`, whose products depend on
//! the processor, a licence that `deny.toml` does not allow and a second `rand`; the conic solver
//! `clarabel` stops near a corner and not in it, so that no coefficient is ever exactly zero. An
//! answer needs no second opinion: the conditions of Karush, Kuhn and Tucker prove it, and the
//! tests ask for them.

use crate::base::linear::{Factor, Matrix, dot, zeros};

/// What counts as no slope, as a part of the right side.
const FLAT: f64 = 1e-12;

/// The x ≥ 0 that makes xᵀ·gram·x − 2·xᵀ·right least.
pub fn nonnegative(gram: &Matrix, right: &[f64]) -> Vec<f64> {
    let n = right.len();
    let size = right
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    let mut x = vec![0.0; n];
    let mut is_free = vec![false; n];
    // A column that has left at once would come back for ever by rounding.
    for _ in 0..3 * n + 3 {
        let slope = |at: usize| right[at] - dot(&gram[at], &x);
        let steepest = (0..n)
            .filter(|at| !is_free[*at])
            .map(|at| (at, slope(at)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, _)) = steepest.filter(|(_, slope)| *slope > FLAT * size) else {
            return x;
        };
        is_free[at] = true;
        while let Some(wanted) = solved(gram, right, &is_free) {
            // As far as all of them stay at zero or above; who comes there first is out.
            let steps = (0..n).filter(|at| is_free[*at] && wanted[*at] <= 0.0);
            let steps = steps.map(|at| (at, x[at] / (x[at] - wanted[at]).max(f64::MIN_POSITIVE)));
            let Some((out, step)) = steps.min_by(|a, b| a.1.total_cmp(&b.1)) else {
                x = wanted;
                break;
            };
            for (x, wanted) in x.iter_mut().zip(&wanted) {
                *x += step.clamp(0.0, 1.0) * (wanted - *x);
            }
            (x[out], is_free[out]) = (0.0, false);
        }
    }
    x
}

/// The answer with all but the free ones at zero; nothing if the free ones depend on each other.
fn solved(gram: &Matrix, right: &[f64], is_free: &[bool]) -> Option<Vec<f64>> {
    let free: Vec<usize> = (0..right.len()).filter(|at| is_free[*at]).collect();
    let mut part = zeros(free.len(), free.len());
    for (row, at) in free.iter().enumerate() {
        for (column, other) in free.iter().enumerate() {
            part[row][column] = gram[*at][*other];
        }
    }
    let b: Vec<f64> = free.iter().map(|at| right[*at]).collect();
    let found = Factor::of(&part)?.solve(&b);
    let mut x = vec![0.0; right.len()];
    for (at, value) in free.iter().zip(found) {
        x[*at] = value;
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::linear::add_products;

    /// How far an answer is from the conditions that prove it: no slope where it is above zero,
    /// none upwards where it is zero.
    fn off(gram: &Matrix, right: &[f64], x: &[f64]) -> f64 {
        let each = (0..x.len()).map(|at| {
            let slope = right[at] - dot(&gram[at], x);
            match x[at] > 0.0 {
                true => slope.abs(),
                false => slope.max(0.0).max(-x[at]),
            }
        });
        each.fold(0.0, f64::max)
    }

    fn of(rows: &[&[f64]], y: &[f64]) -> (Matrix, Vec<f64>) {
        let n = rows[0].len();
        let mut gram = zeros(n, n);
        let mut right = vec![0.0; n];
        for (row, y) in rows.iter().zip(y) {
            add_products(&mut gram, 1.0, (row, row));
            for (sum, x) in right.iter_mut().zip(*row) {
                *sum += x * y;
            }
        }
        (gram, right)
    }

    #[test]
    fn answers_worked_by_hand() {
        // Both lines cross in the quadrant: x = 1, y = 2.
        let (gram, right) = of(&[&[1.0, 1.0], &[1.0, -1.0]], &[3.0, -1.0]);
        let x = nonnegative(&gram, &right);
        assert!(
            (x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12,
            "{x:?}"
        );
        // They cross at (1, −2): the nearest with y = 0 has the mean of x, −1 and 3.
        let (gram, right) = of(&[&[1.0, 1.0], &[1.0, -1.0]], &[-1.0, 3.0]);
        let x = nonnegative(&gram, &right);
        assert!((x[0] - 1.0).abs() < 1e-12 && x[1].abs() < 1e-12, "{x:?}");
        // All that would help is below zero.
        let (gram, right) = of(&[&[1.0, 2.0], &[3.0, 1.0]], &[-1.0, -1.0]);
        assert_eq!(nonnegative(&gram, &right), [0.0, 0.0]);
    }

    /// Whatever is asked, the answer proves itself, also where columns are nearly the same.
    #[test]
    fn every_answer_proves_itself() {
        let mut state = 7_u64;
        let mut luck = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        for round in 0..300 {
            let columns = 1 + round % 9;
            let alike = if round % 3 == 0 { 1e-3 } else { 1.0 };
            let rows: Vec<Vec<f64>> = (0..columns + 5)
                .map(|_| {
                    let common = luck();
                    (0..columns)
                        .map(|_| common * (1.0 - alike) + luck() * alike)
                        .collect()
                })
                .collect();
            let y: Vec<f64> = rows.iter().map(|_| luck()).collect();
            let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
            let (gram, right) = of(&rows, &y);
            let x = nonnegative(&gram, &right);
            assert!(off(&gram, &right, &x) < 1e-9, "{round}: {x:?}");
        }
    }
}
