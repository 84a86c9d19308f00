//! A sparse polynomial chaos, found term by term, and how well it foretells points it never saw.
//!
//! One idea: terms are taken one by one, each the one that takes most of what is left (orthogonal
//! least squares; Chen, Billings & Luo 1989), and as many as foretell best the points that are left
//! out (ten folds; the choosing is repeated in each, so that its luck counts too).

use super::terms::{Term, candidates, polynomials, row};
use crate::base::linear::{Factor, Matrix, dot, zeros};
use crate::estimate::resample::Luck;

/// Candidates for each point, and in all.
const CANDIDATES: (usize, usize) = (3, 600);
/// The fewest candidates, where points allow as many.
const CANDIDATES_MIN: usize = 60;
/// Parts that the points are left out in.
const FOLDS: usize = 10;
/// Points for each term at least.
const POINTS_A_TERM: usize = 4;
/// The most terms.
const TERMS_MAX: usize = 80;
/// A candidate with less of its length left than this is a mix of those taken.
const MIX: f64 = 1e-6;

/// The terms that were taken, each with its coefficient.
#[derive(Clone, Debug, PartialEq)]
pub struct Chaos {
    /// The terms; the constant first.
    pub terms: Vec<Term>,
    /// Their coefficients.
    pub coefficients: Vec<f64>,
    /// Mean square of what it misses at points that it never saw.
    pub missed: f64,
    /// By point, the values of its terms.
    rows: Matrix,
}

impl Chaos {
    /// Fits values at points of the unit cube; nothing with fewer than ten.
    pub fn fit(at: &[Vec<f64>], values: &[f64], seed: u64) -> Option<Chaos> {
        let inputs = at.first()?.len();
        if values.len() < FOLDS || inputs == 0 {
            return None;
        }
        let most = (CANDIDATES.0 * values.len()).clamp(CANDIDATES_MIN, CANDIDATES.1);
        let all = candidates(inputs, most);
        let rows: Matrix = at.iter().map(|point| row(&all, point)).collect();
        let most = (values.len() / POINTS_A_TERM).clamp(2, TERMS_MAX);
        let mut missed = vec![0.0; most];
        for (order, learn) in folds(values.len(), seed) {
            let path = path(columns(&rows, &order), picked(values, &order), learn, most);
            for (step, sum) in missed.iter_mut().enumerate() {
                *sum += path.missed[step.min(path.missed.len() - 1)];
            }
        }
        let best = (0..most).reduce(|best, next| match missed[next] < missed[best] {
            true => next,
            false => best,
        })?;
        let order: Vec<usize> = (0..values.len()).collect();
        let every = columns(&rows, &order);
        let taken = path(every, values.to_vec(), values.len(), best + 1).taken;
        let rows: Matrix = rows
            .iter()
            .map(|row| taken.iter().map(|term| row[*term]).collect())
            .collect();
        let coefficients = solve(&rows, values, &vec![1.0; values.len()])?;
        Some(Chaos {
            terms: taken.iter().map(|term| all[*term].clone()).collect(),
            coefficients,
            missed: missed[best] / values.len() as f64,
            rows,
        })
    }

    /// The coefficients of the same terms where each point counts so often.
    pub fn weighed(&self, values: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
        solve(&self.rows, values, weights)
    }

    /// What it says of a point.
    pub fn at(&self, point: &[f64]) -> f64 {
        dot(&row(&self.terms, point), &self.coefficients)
    }

    /// What it says on average over all inputs but one.
    pub fn given(&self, input: usize, u: f64) -> f64 {
        let known = self.terms.iter().zip(&self.coefficients);
        let alone = known.filter(|(term, _)| term.iter().all(|(one, _)| *one == input));
        alone
            .map(|(term, coefficient)| {
                let degree = term.first().map_or(0, |(_, degree)| *degree);
                coefficient * polynomials(u, degree)[degree as usize]
            })
            .sum()
    }

    /// The highest degree of a term in one input.
    pub fn degree(&self) -> u32 {
        let degrees = self.terms.iter().flatten().map(|(_, degree)| *degree);
        degrees.max().unwrap_or(0)
    }
}

/// Orders of the points, each with those that are left out at its end, and how many are not.
fn folds(points: usize, seed: u64) -> Vec<(Vec<usize>, usize)> {
    let mut luck = Luck::new(seed);
    let mut mixed: Vec<usize> = (0..points).collect();
    for last in (1..points).rev() {
        mixed.swap(last, luck.below(last + 1));
    }
    let fold = |left_out: usize| {
        let mine = |place: usize| place % FOLDS == left_out;
        let part = |out: bool| (0..points).filter(move |place| mine(*place) == out);
        let order: Vec<usize> = part(false).chain(part(true)).map(|p| mixed[p]).collect();
        (order, part(false).count())
    };
    (0..FOLDS).map(fold).collect()
}

/// The columns of a matrix with its rows in this order.
fn columns(rows: &Matrix, order: &[usize]) -> Matrix {
    let terms = rows.first().map_or(0, Vec::len);
    let column = |term: usize| order.iter().map(|point| rows[*point][term]).collect();
    (0..terms).map(column).collect()
}

fn picked(values: &[f64], order: &[usize]) -> Vec<f64> {
    order.iter().map(|point| values[*point]).collect()
}

/// The order in which terms are taken.
struct Path {
    taken: Vec<usize>,
    /// After each, the sum of squares of what is missed at the points that do not learn.
    missed: Vec<f64>,
}

/// Takes the constant, then always the candidate that takes most of what is left. Every column is
/// kept at right angles to those taken, as far as the first points go, so many as learn; carried
/// over to the others the same steps leave there what the fit misses.
fn path(mut columns: Matrix, mut left: Vec<f64>, learn: usize, most: usize) -> Path {
    let along = |a: &[f64], b: &[f64]| dot(&a[..learn], &b[..learn]);
    let lengths: Vec<f64> = columns.iter().map(|one| along(one, one)).collect();
    let mut path = Path {
        taken: Vec::new(),
        missed: Vec::new(),
    };
    let mut next = Some(0);
    while let Some(term) = next {
        let column = std::mem::take(&mut columns[term]);
        let square = along(&column, &column);
        let share = along(&column, &left) / square;
        subtract(&mut left, share, &column);
        path.taken.push(term);
        path.missed.push(dot(&left[learn..], &left[learn..]));
        if path.taken.len() == most {
            break;
        }
        let mut best = (0.0, None);
        for (term, other) in columns.iter_mut().enumerate() {
            if other.is_empty() {
                continue;
            }
            let share = along(&column, other) / square;
            subtract(other, share, &column);
            let own = along(other, other);
            let gain = along(other, &left).powi(2) / own;
            if own > MIX * lengths[term] && gain > best.0 {
                best = (gain, Some(term));
            }
        }
        next = best.1;
    }
    path
}

fn subtract(from: &mut [f64], share: f64, column: &[f64]) {
    for (one, other) in from.iter_mut().zip(column) {
        *one -= share * other;
    }
}

/// Least squares with weights; nothing if the points cannot tell the terms apart.
fn solve(rows: &Matrix, values: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let terms = rows.first()?.len();
    let (mut matrix, mut right) = (zeros(terms, terms), vec![0.0; terms]);
    let each = rows.iter().zip(values).zip(weights);
    for ((row, value), weight) in each.filter(|(_, weight)| **weight > 0.0) {
        for (a, x) in row.iter().enumerate() {
            let x = weight * x;
            right[a] += x * value;
            for (cell, y) in matrix[a][..=a].iter_mut().zip(row) {
                *cell += x * y;
            }
        }
    }
    Some(Factor::of(&matrix)?.solve(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A polynomial of two terms is found again, and nothing is missed.
    #[test]
    fn a_polynomial_is_found_again() {
        let mut luck = Luck::new(3);
        let at: Vec<Vec<f64>> = (0..60)
            .map(|_| (0..3).map(|_| luck.uniform()).collect())
            .collect();
        let known = vec![Term::new(), vec![(0, 2)], vec![(0, 1), (2, 1)]];
        let value = |point: &Vec<f64>| dot(&row(&known, point), &[3.0, -2.0, 0.5]);
        let values: Vec<f64> = at.iter().map(value).collect();
        let found = Chaos::fit(&at, &values, 1).expect("it has points enough");
        for (term, expected) in known.iter().zip([3.0, -2.0, 0.5]) {
            let place = found.terms.iter().position(|one| one == term);
            let coefficient = found.coefficients[place.expect("the term is found")];
            assert!((coefficient - expected).abs() < 1e-9);
        }
        assert!(found.missed < 1e-18 && (found.at(&at[7]) - values[7]).abs() < 1e-9);
    }
}
