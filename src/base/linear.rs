//! Linear algebra of small symmetric matrices: solving, inverting, principal directions.
//!
//! One idea: only the four operations and `sqrt`, in a fixed order, so that every platform gives
//! the same bits; a library that picks instructions by the processor would not. Solving is by
//! Cholesky's factor, principal directions by cyclic Jacobi rotations (Golub & Van Loan, *Matrix
//! Computations*, 4th ed., algorithms 4.2.1 and 8.5.2). Meant for some dozens of rows.

/// A square matrix, row by row.
pub type Matrix = Vec<Vec<f64>>;

/// A matrix of zeros with so many rows and columns.
pub fn zeros(rows: usize, columns: usize) -> Matrix {
    vec![vec![0.0; columns]; rows]
}

/// The sum of the products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// A matrix times a vector.
pub fn times(matrix: &Matrix, vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

/// Adds the products of two vectors' components, each times a factor: matrix + factor · a · bᵀ.
pub fn add_products(matrix: &mut Matrix, factor: f64, (a, b): (&[f64], &[f64])) {
    for (row, x) in matrix.iter_mut().zip(a) {
        let x = factor * x;
        for (sum, y) in row.iter_mut().zip(b) {
            *sum += x * y;
        }
    }
}

/// Cholesky's factor of a symmetric matrix: lower triangular L with L·Lᵀ the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    lower: Matrix,
}

impl Factor {
    /// The factor; nothing if the matrix is not positive definite.
    pub fn of(matrix: &Matrix) -> Option<Factor> {
        let n = matrix.len();
        let mut lower = zeros(n, n);
        for row in 0..n {
            for column in 0..=row {
                let (above, left) = lower.split_at(row);
                let own = &left[0];
                let known = match row == column {
                    true => dot(&own[..column], &own[..column]),
                    false => dot(&own[..column], &above[column][..column]),
                };
                let rest = matrix[row][column] - known;
                lower[row][column] = match row == column {
                    true if rest > 0.0 => rest.sqrt(),
                    true => return None,
                    false => rest / lower[column][column],
                };
            }
        }
        Some(Factor { lower })
    }

    /// L⁻¹·b: of a covariance, b as independent values of variance 1.
    pub fn whitened(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (row, value) in self.lower.iter().zip(b) {
            let at = x.len();
            x.push((value - dot(&row[..at], &x)) / row[at]);
        }
        x
    }

    /// The x whose product with the matrix is b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.whitened(b);
        for at in (0..x.len()).rev() {
            let below: f64 = (at + 1..x.len())
                .map(|row| self.lower[row][at] * x[row])
                .sum();
            x[at] = (x[at] - below) / self.lower[at][at];
        }
        x
    }

    /// The inverse of the matrix.
    pub fn inverse(&self) -> Matrix {
        let n = self.lower.len();
        let columns = (0..n).map(|at| {
            let unit: Vec<f64> = (0..n).map(|row| f64::from(u8::from(row == at))).collect();
            self.solve(&unit)
        });
        // It is symmetric: its columns are its rows.
        columns.collect()
    }

    /// The logarithm of the determinant of the matrix, by the given logarithm.
    pub fn log_determinant(&self, ln: fn(f64) -> f64) -> f64 {
        let diagonal = self.lower.iter().enumerate();
        2.0 * diagonal.map(|(at, row)| ln(row[at])).sum::<f64>()
    }
}

/// A principal direction of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// Its eigenvalue.
    pub value: f64,
    /// The direction, of length 1; its largest component is positive.
    pub vector: Vec<f64>,
}

/// Sweeps of rotations; a dozen do for any matrix that fits in here.
const SWEEPS: usize = 40;

/// The principal directions of a symmetric matrix, the largest eigenvalue first.
pub fn directions(matrix: &Matrix) -> Vec<Direction> {
    let n = matrix.len();
    let mut a = matrix.clone();
    let mut v = zeros(n, n);
    for (at, row) in v.iter_mut().enumerate() {
        row[at] = 1.0;
    }
    let size: f64 = matrix.iter().flatten().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let pairs = || (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q)));
        let off: f64 = pairs().map(|(p, q)| a[p][q] * a[p][q]).sum();
        if off <= size * 1e-30 {
            break;
        }
        for (p, q) in pairs() {
            rotate(&mut a, &mut v, (p, q));
        }
    }
    let mut all: Vec<Direction> = (0..n)
        .map(|at| Direction {
            value: a[at][at],
            vector: upright(v.iter().map(|row| row[at]).collect()),
        })
        .collect();
    all.sort_by(|x, y| y.value.total_cmp(&x.value));
    all
}

/// One Jacobi rotation, which makes an element zero.
fn rotate(a: &mut Matrix, v: &mut Matrix, (p, q): (usize, usize)) {
    if a[p][q] == 0.0 {
        return;
    }
    let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = match tau >= 0.0 {
        true => 1.0 / (tau + (1.0 + tau * tau).sqrt()),
        false => -1.0 / (-tau + (1.0 + tau * tau).sqrt()),
    };
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for row in a.iter_mut().chain(v.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    let (upper, lower) = a.split_at_mut(q);
    for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
        let (before, other) = (*x, *y);
        *x = c * before - s * other;
        *y = s * before + c * other;
    }
}

/// A direction turned so that its largest component is positive.
fn upright(vector: Vec<f64>) -> Vec<f64> {
    let largest = vector
        .iter()
        .copied()
        .reduce(|best, next| if next.abs() > best.abs() { next } else { best });
    match largest {
        Some(largest) if largest < 0.0 => vector.into_iter().map(|x| -x).collect(),
        _ => vector,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-12, "{found:?} {expected:?}");
        }
    }

    /// [[4, 2], [2, 3]] has the determinant 8 and the inverse [[3, −2], [−2, 4]] ÷ 8.
    #[test]
    fn a_small_matrix_is_solved_and_inverted() {
        let matrix = vec![vec![4.0, 2.0], vec![2.0, 3.0]];
        let factor = Factor::of(&matrix).expect("it is positive definite");
        close(&factor.solve(&[8.0, 7.0]), &[1.25, 1.5]);
        let inverse = factor.inverse();
        close(&inverse[0], &[0.375, -0.25]);
        close(&inverse[1], &[-0.25, 0.5]);
        close(
            &[factor.log_determinant(crate::base::math::ln)],
            &[crate::base::math::ln(8.0)],
        );
        assert!(Factor::of(&vec![vec![1.0, 2.0], vec![2.0, 1.0]]).is_none());
    }

    /// The eigenvalues of [[2, 1, 0], [1, 2, 0], [0, 0, 5]] are 5, 3 and 1.
    #[test]
    fn directions_are_those_of_the_book() {
        let matrix = vec![
            vec![2.0, 1.0, 0.0],
            vec![1.0, 2.0, 0.0],
            vec![0.0, 0.0, 5.0],
        ];
        let found = directions(&matrix);
        let values: Vec<f64> = found.iter().map(|one| one.value).collect();
        close(&values, &[5.0, 3.0, 1.0]);
        let half = 0.5_f64.sqrt();
        close(&found[0].vector, &[0.0, 0.0, 1.0]);
        close(&found[1].vector, &[half, half, 0.0]);
        let last = &found[2].vector;
        close(&[last[0].abs(), last[0] + last[1]], &[half, 0.0]);
    }
}
