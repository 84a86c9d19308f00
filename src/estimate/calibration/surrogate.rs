//! How summaries move with the inputs, near a point: a quadratic for each, and how far it is off.
//!
//! One idea: launches at all points meet the same luck, so their means move smoothly with the
//! inputs, and a few points tell how. What the quadratic misses of them is an error of its own,
//! added to the variance of every difference; so is the luck that all points share.

use super::{Measured, Point, covariance};
use crate::base::linear::{Factor, Matrix, dot, times, zeros};

/// A box of inputs about a centre, within 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its centre.
    pub centre: Vec<f64>,
    /// Half of its width in each input.
    pub half: Vec<f64>,
}

impl Region {
    /// Where it begins and ends in an input, within 0 to 1.
    pub fn ends(&self, input: usize) -> (f64, f64) {
        let (centre, half) = (self.centre[input], self.half[input]);
        ((centre - half).max(0.0), (centre + half).min(1.0))
    }

    /// Whether a point lies in it, or hardly outside.
    pub fn holds(&self, at: &[f64]) -> bool {
        const EDGE: f64 = 1e-9;
        at.iter().enumerate().all(|(input, u)| {
            let (low, high) = self.ends(input);
            (low - EDGE..=high + EDGE).contains(u)
        })
    }
}

/// Means and covariance of summaries in a region.
#[derive(Clone, Debug)]
pub struct Surrogate {
    region: Region,
    /// Which of the summaries are known well enough.
    pub summaries: Vec<usize>,
    /// By summary, a constant, slopes, and curvatures if there are points enough.
    coefficients: Matrix,
    /// What was measured of these summaries.
    values: Vec<f64>,
    /// The factor of the covariance of differences.
    factor: Factor,
    /// Their variances.
    pub variances: Vec<f64>,
    shape: Shape,
    /// How badly coefficients are known: a matrix that times what the surrogate misses of a summary
    /// is the covariance of its coefficients.
    looseness: Matrix,
    /// By summary, what the surrogate misses of it, a variance.
    misses: Vec<f64>,
}

/// How a surrogate bends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Not at all: its points are too few.
    Plane,
    /// As a quadratic.
    Quadratic,
}

impl Shape {
    fn coefficients(self, inputs: usize) -> usize {
        match self {
            Shape::Plane => 1 + inputs,
            Shape::Quadratic => coefficients(inputs),
        }
    }
}

/// The least part of the points that must have a summary.
const MOST_POINTS: f64 = 0.8;

/// Coefficients of a quadratic in so many inputs.
pub(super) fn coefficients(inputs: usize) -> usize {
    1 + inputs + inputs * (inputs + 1) / 2
}

impl Surrogate {
    /// The surrogate by the points in a region, whose launches meet the same luck, and by many
    /// launches at one point near its centre, the first of which meet that luck too; nothing if the
    /// points are too few, or nothing varies.
    pub fn fit(
        points: &[Point],
        deep: &Point,
        measured: &Measured,
        region: Region,
    ) -> Option<Surrogate> {
        let inside: Vec<&Point> = points.iter().filter(|p| region.holds(&p.at)).collect();
        let inputs = region.centre.len();
        let shape = match 2 * inside.len() >= 3 * coefficients(inputs) {
            true => Shape::Quadratic,
            false => Shape::Plane,
        };
        if inside.len() <= shape.coefficients(inputs) {
            return None;
        }
        let terms: Matrix = inside.iter().map(|p| region.terms(&p.at, shape)).collect();
        let fitted: Vec<Fitted> = (0..measured.values.len())
            .filter_map(|summary| fitted((&inside, &terms), deep, summary))
            .collect();
        let summaries: Vec<usize> = fitted.iter().map(|one| one.summary).collect();
        let mut matrix = covariance(deep, &summaries);
        for cell in matrix.iter_mut().flatten() {
            *cell *= 1.0 + 1.0 / deep.launches.len() as f64;
        }
        for (at, one) in fitted.iter().enumerate() {
            matrix[at][at] += measured.errors[one.summary] + one.missed;
        }
        // Those that never vary and have no error cannot be held against anything.
        let kept: Vec<usize> = (0..summaries.len())
            .filter(|at| matrix[*at][*at] > 1e-18)
            .collect();
        let matrix: Matrix = kept
            .iter()
            .map(|a| kept.iter().map(|b| matrix[*a][*b]).collect())
            .collect();
        let summaries: Vec<usize> = kept.iter().map(|at| summaries[*at]).collect();
        let factor = Factor::of(&matrix).filter(|_| !kept.is_empty())?;
        Some(Surrogate {
            region,
            values: summaries.iter().map(|s| measured.values[*s]).collect(),
            summaries,
            coefficients: kept
                .iter()
                .map(|at| fitted[*at].coefficients.clone())
                .collect(),
            factor,
            variances: matrix.iter().enumerate().map(|(at, row)| row[at]).collect(),
            shape,
            looseness: looseness(&terms)?,
            misses: kept.iter().map(|at| fitted[*at].missed).collect(),
        })
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The means of the summaries.
    pub fn means(&self, at: &[f64]) -> Vec<f64> {
        let terms = self.region.terms(at, self.shape);
        self.coefficients
            .iter()
            .map(|one| dot(one, &terms))
            .collect()
    }

    /// What was measured less the means, each in its own spread.
    pub fn residuals(&self, at: &[f64]) -> Vec<f64> {
        let means = self.means(at);
        let each = self.values.iter().zip(means).zip(&self.variances);
        each.map(|((value, mean), v)| (value - mean) / v.sqrt())
            .collect()
    }

    /// Minus twice the logarithm of the likelihood, apart from a constant: the squares of the
    /// differences in units of their covariance.
    pub fn misfit(&self, at: &[f64]) -> f64 {
        let off: Vec<f64> = self
            .values
            .iter()
            .zip(self.means(at))
            .map(|(v, m)| v - m)
            .collect();
        let white = self.factor.whitened(&off);
        dot(&white, &white)
    }

    /// The slopes of the whitened means: by summary, how much each input moves it.
    fn slopes(&self, at: &[f64]) -> Matrix {
        let by_input: Matrix = (0..at.len())
            .map(|input| {
                let terms = self.region.slope_terms(at, input, self.shape);
                let each = self.coefficients.iter().map(|one| dot(one, &terms));
                self.factor.whitened(&each.collect::<Vec<_>>())
            })
            .collect();
        let mut slopes = zeros(self.values.len(), at.len());
        for (input, column) in by_input.iter().enumerate() {
            for (row, value) in column.iter().enumerate() {
                slopes[row][input] = *value;
            }
        }
        slopes
    }

    /// Fisher's information of the inputs, without what is only noise of the slopes: a slope that
    /// is badly known is never quite zero, and its square would look like knowledge.
    pub fn information(&self, at: &[f64]) -> Matrix {
        let mut all = self.apparent(at);
        let precision = self.factor.inverse();
        let misses = self.misses.iter().enumerate();
        let noise: f64 = misses.map(|(at, missed)| missed * precision[at][at]).sum();
        let terms: Matrix = (0..at.len())
            .map(|input| self.region.slope_terms(at, input, self.shape))
            .collect();
        for (a, row) in all.iter_mut().enumerate() {
            let loose = times(&self.looseness, &terms[a]);
            for (b, cell) in row.iter_mut().enumerate() {
                *cell -= noise * dot(&terms[b], &loose);
            }
        }
        all
    }

    /// Fisher's information if the slopes were exact.
    fn apparent(&self, at: &[f64]) -> Matrix {
        let slopes = self.slopes(at);
        let mut all = zeros(at.len(), at.len());
        for row in &slopes {
            for (a, x) in row.iter().enumerate() {
                for (b, y) in row.iter().enumerate() {
                    all[a][b] += x * y;
                }
            }
        }
        all
    }

    /// The inputs in the region at which the misfit is least, those in `held` left as they are in
    /// `from`: damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963), cut off at the ends of
    /// the region.
    pub fn least(&self, from: &[f64], held: Option<usize>) -> (Vec<f64>, f64) {
        let mut at = from.to_vec();
        let mut best = self.misfit(&at);
        let mut damping = 1e-3;
        for _ in 0..STEPS {
            let next = self.stepped(&at, held, damping);
            let Some(next) = next else { break };
            let found = self.misfit(&next);
            let moved = at
                .iter()
                .zip(&next)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            if found < best {
                (at, best) = (next, found);
                damping = (damping / 5.0).max(1e-12);
            } else {
                damping *= 4.0;
            }
            if moved < 1e-9 || damping > 1e9 {
                break;
            }
        }
        (at, best)
    }

    /// The same from the centre and from the corners of the region, the best of all.
    pub fn least_of_all(&self) -> (Vec<f64>, f64) {
        let inputs = self.region.centre.len();
        let corners = (0..1_usize << inputs.min(4)).map(|corner| {
            let end = |input: usize| {
                let (low, high) = self.region.ends(input);
                let quarter = (high - low) / 4.0;
                match corner >> input & 1 {
                    0 => low + quarter,
                    _ => high - quarter,
                }
            };
            (0..inputs).map(end).collect::<Vec<f64>>()
        });
        let starts = [self.region.centre.clone()].into_iter().chain(corners);
        let found = starts.map(|start| self.least(&start, None));
        found
            .reduce(|best, next| if next.1 < best.1 { next } else { best })
            .expect("the centre is a start")
    }

    fn stepped(&self, at: &[f64], held: Option<usize>, damping: f64) -> Option<Vec<f64>> {
        let free = self.free(at, held);
        if free.is_empty() {
            return None;
        }
        let slopes = self.slopes(at);
        let off: Vec<f64> = self
            .values
            .iter()
            .zip(self.means(at))
            .map(|(v, m)| v - m)
            .collect();
        let off = self.factor.whitened(&off);
        let n = free.len();
        let (mut matrix, mut right) = (zeros(n, n), vec![0.0; n]);
        for (row, residual) in slopes.iter().zip(&off) {
            for (a, input) in free.iter().enumerate() {
                right[a] += row[*input] * residual;
                for (b, other) in free.iter().enumerate() {
                    matrix[a][b] += row[*input] * row[*other];
                }
            }
        }
        let size = (0..n).map(|a| matrix[a][a]).fold(0.0, f64::max).max(1e-12);
        for (a, row) in matrix.iter_mut().enumerate() {
            row[a] += damping * size;
        }
        let step = Factor::of(&matrix)?.solve(&right);
        let mut next = at.to_vec();
        for (a, input) in free.iter().enumerate() {
            let (low, high) = self.region.ends(*input);
            next[*input] = (next[*input] + step[a]).clamp(low, high);
        }
        Some(next)
    }

    /// The inputs that may move: not those held, nor those at an end that would leave the region.
    fn free(&self, at: &[f64], held: Option<usize>) -> Vec<usize> {
        let off: Vec<f64> = self
            .values
            .iter()
            .zip(self.means(at))
            .map(|(v, m)| v - m)
            .collect();
        let off = self.factor.whitened(&off);
        let slopes = self.slopes(at);
        let pull = |input: usize| -> f64 {
            slopes
                .iter()
                .zip(&off)
                .map(|(row, residual)| row[input] * residual)
                .sum()
        };
        let is_free = |input: &usize| {
            let (low, high) = self.region.ends(*input);
            let outward = match pull(*input) {
                up if up > 0.0 => at[*input] >= high,
                _ => at[*input] <= low,
            };
            Some(*input) != held && !outward
        };
        (0..at.len()).filter(is_free).collect()
    }
}

/// A summary as its surrogate has it.
struct Fitted {
    summary: usize,
    coefficients: Vec<f64>,
    /// What the surrogate misses of the points, a variance.
    missed: f64,
}

/// The surrogate of one summary by some points and their terms; nothing where too few have it.
fn fitted((inside, terms): (&[&Point], &Matrix), deep: &Point, summary: usize) -> Option<Fitted> {
    let known = terms.iter().zip(inside);
    let known: Vec<(Vec<f64>, f64)> = known
        .filter_map(|(x, point)| Some((x.clone(), point.mean(summary)?)))
        .collect();
    let count = terms.first()?.len();
    let enough = known.len() as f64 >= MOST_POINTS * inside.len() as f64;
    if !enough || known.len() <= count {
        return None;
    }
    let launches = inside.iter().map(|p| p.launches.len()).min()?;
    let luck = deep.luck(summary, launches)?;
    let mut coefficients = least_squares(&known)?;
    let squares = known.iter().map(|(x, y)| {
        let off = y - dot(x, &coefficients);
        off * off
    });
    let missed = squares.sum::<f64>() / (known.len() - count) as f64;
    // All points share the luck of their few launches: many tell how much that is.
    coefficients[0] -= luck;
    Some(Fitted {
        summary,
        coefficients,
        missed,
    })
}

/// Steps at most of one descent.
const STEPS: usize = 60;

impl Region {
    /// The terms of the surrogate at a point.
    fn terms(&self, at: &[f64], shape: Shape) -> Vec<f64> {
        let z = self.local(at);
        let mut all = vec![1.0];
        all.extend(&z);
        if shape == Shape::Quadratic {
            for (row, a) in z.iter().enumerate() {
                all.extend(z[row..].iter().map(|b| a * b));
            }
        }
        all
    }

    /// How the terms change with an input.
    fn slope_terms(&self, at: &[f64], input: usize, shape: Shape) -> Vec<f64> {
        let z = self.local(at);
        let per = 1.0 / self.half[input];
        let is = |other: usize| if other == input { per } else { 0.0 };
        let mut all = vec![0.0];
        all.extend((0..z.len()).map(is));
        if shape == Shape::Quadratic {
            for row in 0..z.len() {
                all.extend((row..z.len()).map(|column| is(row) * z[column] + z[row] * is(column)));
            }
        }
        all
    }

    fn local(&self, at: &[f64]) -> Vec<f64> {
        let each = at.iter().zip(&self.centre).zip(&self.half);
        each.map(|((u, centre), half)| (u - centre) / half)
            .collect()
    }
}

/// The coefficients with the least squares; a breath of damping keeps what points cannot tell at 0.
fn least_squares(known: &[(Vec<f64>, f64)]) -> Option<Vec<f64>> {
    let n = known.first()?.0.len();
    let (mut matrix, mut right) = (zeros(n, n), vec![0.0; n]);
    // About the mean: large values leave fewer digits for what moves.
    let middle = known.iter().map(|(_, y)| y).sum::<f64>() / known.len() as f64;
    for (x, y) in known {
        for (row, a) in x.iter().enumerate() {
            right[row] += a * (y - middle);
            for (cell, b) in matrix[row].iter_mut().zip(x) {
                *cell += a * b;
            }
        }
    }
    let damping = 1e-10 * known.len() as f64;
    for (at, row) in matrix.iter_mut().enumerate().skip(1) {
        row[at] += damping;
    }
    let mut found = Factor::of(&matrix)?.solve(&right);
    // One round of refinement takes the damping out again where it is not needed.
    let rest: Vec<f64> = right
        .iter()
        .zip(times(&matrix, &found))
        .enumerate()
        .map(|(at, (b, ax))| {
            let damped = if at > 0 { damping * found[at] } else { 0.0 };
            b - ax + damped
        })
        .collect();
    for (value, more) in found.iter_mut().zip(Factor::of(&matrix)?.solve(&rest)) {
        *value += more;
    }
    found[0] += middle;
    Some(found)
}

/// The inverse of the normal equations of some rows of terms.
fn looseness(rows: &Matrix) -> Option<Matrix> {
    let n = rows.first()?.len();
    let mut matrix = zeros(n, n);
    for x in rows {
        for (row, a) in x.iter().enumerate() {
            for (cell, b) in matrix[row].iter_mut().zip(x) {
                *cell += a * b;
            }
        }
    }
    for (at, row) in matrix.iter_mut().enumerate() {
        row[at] += 1e-9 * rows.len() as f64;
    }
    Some(Factor::of(&matrix)?.inverse())
}
