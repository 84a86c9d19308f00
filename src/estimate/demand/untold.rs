//! What the minutes cannot tell apart: rates that always rise and fall together.
//!
//! One idea: a direction of the coefficients along which the rates hardly differ (Belsley, Kuh &
//! Welsch, *Regression Diagnostics*, 1980: the condition indices of columns of equal length) is
//! untold if the noise leaves more of it open than half of what its members take. Such directions
//! are taken together, since within them no basis is better than another; who shares in one is a
//! group. Its members are then held to need the same.

use super::robust::{Design, Fit, Tie};
use crate::base::linear::{Direction, Matrix, add_products, directions, dot, zeros};

/// Condition indices from which rates are nearly alike.
const ALIKE: f64 = 8.0;
/// Part of the largest component from which a column shares in a direction.
const SHARES: f64 = 0.25;
/// How much of what the members take may be open, at two standard errors.
const OPEN: f64 = 0.5;
/// Part of the two lengths from which two columns are tied to each other.
const LINKED: f64 = 0.1;
/// How hard the members of a group are held to need the same where that contradicts nothing; else
/// so many times as much as the minutes tell, and at least a little.
const FIRM: f64 = 1e4;
const SOFT: (f64, f64) = (30.0, 1e-7);

/// Columns that cannot be told apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    /// The columns, in order.
    pub(super) columns: Vec<usize>,
    /// How many combinations of them are not known.
    pub(super) open: usize,
    /// Those combinations, of length 1.
    directions: Vec<Vec<f64>>,
    /// How much the minutes tell of them at most, beside a column of its own.
    told: f64,
}

/// The groups of columns that a fit cannot tell apart.
pub(super) fn groups(design: &Design, fit: &Fit) -> Vec<Group> {
    let weights: Vec<f64> = (0..fit.weight.len())
        .map(|n| fit.weight[n] * fit.precision[n] * fit.precision[n])
        .collect();
    let (gram, _) = design.normal(&weights);
    let width = gram.len();
    let length: Vec<f64> = (0..width)
        .map(|at| gram[at][at].max(f64::MIN_POSITIVE).sqrt())
        .collect();
    let mut alike = zeros(width, width);
    for a in 0..width {
        for b in 0..width {
            alike[a][b] = gram[a][b] / length[a] / length[b];
        }
    }
    let found = directions(&alike);
    let largest = found.first().map_or(0.0, |first| first.value);
    let taken = |column: usize| fit.coefficients[column] * length[column];
    let is_untold = |direction: &&Direction| {
        let value = direction.value.max(1e-14 * largest);
        let most = direction
            .vector
            .iter()
            .fold(0.0_f64, |most, part| most.max(part.abs()));
        let members: Vec<usize> = (0..width)
            .filter(|at| direction.vector[*at].abs() >= SHARES * most)
            .collect();
        let mean = members.iter().map(|at| taken(*at)).sum::<f64>() / members.len() as f64;
        members.len() > 1
            && (largest / value).sqrt() >= ALIKE
            && 2.0 * fit.noise / value.sqrt() > OPEN * mean
    };
    let untold: Vec<&Direction> = found.iter().filter(is_untold).collect();
    let mut projector = zeros(width, width);
    for direction in &untold {
        let vector = &direction.vector[..];
        add_products(&mut projector, 1.0, (vector, vector));
    }
    let told = untold
        .iter()
        .map(|direction| direction.value)
        .fold(0.0, f64::max);
    let groups = linked(&projector).into_iter();
    groups
        .map(|columns| group(columns, (&projector, told), &length))
        .collect()
}

/// Columns that untold directions link, directly or by others; none alone.
fn linked(projector: &Matrix) -> Vec<Vec<usize>> {
    let width = projector.len();
    let is_linked = |a: usize, b: usize| {
        let lengths = (projector[a][a] * projector[b][b]).sqrt();
        lengths > 0.02 && projector[a][b].abs() > LINKED * lengths
    };
    let mut of: Vec<usize> = (0..width).collect();
    for a in 0..width {
        for b in a + 1..width {
            if is_linked(a, b) && of[a] != of[b] {
                let (keep, gone) = (of[a].min(of[b]), of[a].max(of[b]));
                of.iter_mut()
                    .filter(|one| **one == gone)
                    .for_each(|one| *one = keep);
            }
        }
    }
    let each = (0..width).map(|first| (0..width).filter(|at| of[*at] == first).collect());
    each.filter(|columns: &Vec<usize>| columns.len() > 1)
        .collect()
}

fn group(columns: Vec<usize>, (projector, told): (&Matrix, f64), length: &[f64]) -> Group {
    let mut part = zeros(columns.len(), columns.len());
    for (row, a) in columns.iter().enumerate() {
        for (column, b) in columns.iter().enumerate() {
            part[row][column] = projector[*a][*b];
        }
    }
    let open: Vec<Direction> = directions(&part)
        .into_iter()
        .filter(|one| one.value > 0.5)
        .collect();
    let directions = open.iter().map(|one| {
        let mut whole = vec![0.0; length.len()];
        for (at, part) in columns.iter().zip(&one.vector) {
            whole[*at] = part / length[*at];
        }
        whole
    });
    Group {
        open: open.len(),
        directions: directions.collect(),
        columns,
        told,
    }
}

impl Group {
    /// Whether each rate is in proportion to each other, so that only one combination is known.
    pub(super) fn is_in_proportion(&self) -> bool {
        self.open + 1 == self.columns.len()
    }

    /// Combinations that make the open ones known: of all answers that fit, the one whose members
    /// need nearly the same; beside a `fixed` column (the background) the one that needs least.
    /// Coefficients are in units of `unit`.
    pub(super) fn ties(&self, fixed: usize, unit: &[f64]) -> Vec<Tie> {
        let members: Vec<usize> = self
            .columns
            .iter()
            .copied()
            .filter(|at| *at != fixed)
            .collect();
        let has_fixed = members.len() < self.columns.len();
        let ties = self.directions.iter().map(|direction| {
            let natural = |at: usize| direction[at] / unit[at];
            let mean = members.iter().map(|at| natural(*at)).sum::<f64>() / members.len() as f64;
            let mut tie = vec![0.0; direction.len()];
            for at in &members {
                let part = natural(*at) - if has_fixed { 0.0 } else { mean };
                tie[*at] = part / unit[*at];
            }
            let length = dot(&tie, &tie).sqrt().max(f64::MIN_POSITIVE);
            Tie {
                parts: tie.into_iter().map(|part| part / length).collect(),
                // Of some that follow from each other, nearly the same may be below zero for one.
                pull: match self.is_in_proportion() {
                    true => FIRM,
                    false => (SOFT.0 * self.told).max(SOFT.1),
                },
            }
        });
        ties.collect()
    }
}
