//! The estimator held against closed forms.

use super::*;
use crate::base::linear::{Factor, Matrix, dot, zeros};
use crate::base::math::normal_quantile;

/// Launches about a mean: as many as summaries twice, one up and one down in each, so that their
/// covariance is diagonal and known: of 2 n launches at a point, n summaries, each off by ± off in
/// two of them.
fn launches(mean: &[f64], off: &[f64]) -> Vec<Vec<Option<f64>>> {
    let mut all = Vec::new();
    for (summary, size) in off.iter().enumerate() {
        for sign in [1.0, -1.0] {
            let each = mean.iter().enumerate();
            let moved = |(at, m): (usize, &f64)| m + if at == summary { sign * size } else { 0.0 };
            all.push(each.map(moved).map(Some).collect());
        }
    }
    all
}

/// Points on a grid of so many steps in two inputs.
fn grid(steps: usize, mean: impl Fn(&[f64]) -> Vec<f64>, off: &[f64]) -> Vec<Point> {
    let mut all = Vec::new();
    for row in 0..=steps {
        for column in 0..=steps {
            let part = |n: usize| n as f64 / steps as f64;
            let at = vec![part(row), part(column)];
            let launches = launches(&mean(&at), off);
            all.push(Point { at, launches });
        }
    }
    all
}

/// The same launches again and again at the middle.
fn deep(mean: impl Fn(&[f64]) -> Vec<f64>, off: &[f64]) -> Point {
    let at = vec![0.5, 0.5];
    let once = launches(&mean(&at), off);
    Point {
        launches: once.iter().cycle().take(5 * once.len()).cloned().collect(),
        at,
    }
}

fn everywhere() -> Region {
    Region {
        centre: vec![0.5, 0.5],
        half: vec![0.5, 0.5],
    }
}

const SLOPES: [[f64; 2]; 3] = [[10.0, 2.0], [-3.0, 8.0], [4.0, 4.0]];
const OFF: [f64; 3] = [0.6, 0.9, 1.2];

/// Three summaries that are straight in two inputs.
fn straight(at: &[f64]) -> Vec<f64> {
    SLOPES.iter().map(|slope| 5.0 + dot(slope, at)).collect()
}

/// Generalised least squares by its formula, (AᵀV⁻¹A)⁻¹AᵀV⁻¹y, against the estimator: with a
/// diagonal V the best values are the same, and so are the ends of the intervals, ± z
/// √(AᵀV⁻¹A)⁻¹.
#[test]
fn a_straight_model_has_the_estimate_of_least_squares() {
    let points = grid(4, straight, &OFF);
    let values = vec![11.3, 7.9, 9.6];
    let errors = vec![0.05, 0.0, 0.02];
    let measured = Measured {
        values: values.clone(),
        errors: errors.clone(),
    };
    let surrogate = Surrogate::fit(&points, &deep(straight, &OFF), &measured, everywhere());
    let surrogate = surrogate.expect("there are points");
    let found = told(&surrogate, 0.95);
    // Of 30 launches 29 are free; two in six are off.
    let variance = |s: usize| {
        let scatter = 10.0 * OFF[s] * OFF[s] / 29.0;
        scatter * (1.0 + 1.0 / 30.0) + errors[s]
    };
    let mut matrix: Matrix = zeros(2, 2);
    let mut right = [0.0; 2];
    for (s, slope) in SLOPES.iter().enumerate() {
        for a in 0..2 {
            right[a] += slope[a] * (values[s] - 5.0) / variance(s);
            for b in 0..2 {
                matrix[a][b] += slope[a] * slope[b] / variance(s);
            }
        }
    }
    let factor = Factor::of(&matrix).expect("two inputs are told by three summaries");
    let (expected, inverse) = (factor.solve(&right), factor.inverse());
    let z = normal_quantile(0.975) * found.excess.sqrt();
    for input in 0..2 {
        let half = z * inverse[input][input].sqrt();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 2e-4, "{a} {b}");
        close(found.best[input], expected[input]);
        close(found.intervals[input].low, expected[input] - half);
        close(found.intervals[input].high, expected[input] + half);
    }
    let residual = |s: usize| values[s] - 5.0 - dot(&SLOPES[s], &expected);
    let misfit: f64 = (0..3)
        .map(|s| residual(s) * residual(s) / variance(s))
        .sum();
    assert!((found.misfit - misfit).abs() < 1e-6);
    assert_eq!((found.rank, found.degrees, found.untold.len()), (2, 1, 0));
}

/// Only the sum of two inputs matters (on a logarithmic scale: their product): one direction is
/// told, the other is their difference.
#[test]
fn a_pair_of_which_only_the_sum_matters_is_named() {
    let mean = |at: &[f64]| vec![at[0] + at[1], 3.0 * (at[0] + at[1]), 5.0 - at[0] - at[1]];
    let points = grid(4, mean, &[0.02, 0.05, 0.03]);
    let measured = Measured {
        values: mean(&[0.4, 0.5]),
        errors: vec![0.0; 3],
    };
    let deep = deep(mean, &[0.02, 0.05, 0.03]);
    let surrogate = Surrogate::fit(&points, &deep, &measured, everywhere());
    let found = told(&surrogate.expect("there are points"), 0.95);
    assert_eq!(found.rank, 1);
    assert!((found.best[0] + found.best[1] - 0.9).abs() < 1e-3);
    let [untold] = found.untold.as_slice() else {
        panic!("{:?}", found.untold)
    };
    assert!((untold[0] + untold[1]).abs() < 1e-6, "{untold:?}");
    assert!(found.correlations[0][1] < -0.9);
    // Each alone may be nearly anything: 0 to 0.9, and what is left of the range.
    assert!(found.intervals[0].at_low && found.intervals[0].high > 0.85);
}

/// A curve is followed, and its bend is no error of the fit.
#[test]
fn a_curved_model_is_fitted_exactly() {
    let mean = |at: &[f64]| {
        let (x, y) = (at[0], at[1]);
        vec![x * x + y, 2.0 * x * y + 3.0 * y, 4.0 * x - y * y]
    };
    let points = grid(5, mean, &[0.01, 0.02, 0.02]);
    let measured = Measured {
        values: mean(&[0.3, 0.7]),
        errors: vec![0.0; 3],
    };
    let deep = deep(mean, &[0.01, 0.02, 0.02]);
    let surrogate = Surrogate::fit(&points, &deep, &measured, everywhere());
    let found = told(&surrogate.expect("there are points"), 0.95);
    assert!((found.best[0] - 0.3).abs() < 1e-4 && (found.best[1] - 0.7).abs() < 1e-4);
    assert!(found.misfit < 1e-6 && found.excess <= 1.0);
}

/// Two summaries that always move together are worth one.
#[test]
fn correlated_summaries_are_not_counted_twice() {
    let launch = |off: f64| vec![Some(1.0 + off), Some(2.0 + off)];
    let point = Point {
        at: vec![0.5],
        launches: [-1.0, -0.5, 0.5, 1.0].map(launch).to_vec(),
    };
    let found = covariance(&point, &[0, 1]);
    assert!((found[0][0] - 2.5 / 3.0).abs() < 1e-12);
    assert!(found[0][1] > 0.8 * found[0][0]);
    // Launches that scatter independently of each other keep no correlation.
    let apart = Point {
        at: vec![0.5],
        launches: launches(&[0.0, 0.0], &[1.0, 1.0]),
    };
    assert!(covariance(&apart, &[0, 1])[0][1].abs() < 1e-12);
}

/// All points meet the luck of the first launches, which are too high; many launches show by how
/// much.
#[test]
fn the_luck_that_all_points_share_is_taken_out() {
    let mean = |at: &[f64]| vec![10.0 * at[0], 10.0 * at[1]];
    let lucky = |at: &[f64]| mean(at).into_iter().map(|v| v + 1.0).collect::<Vec<f64>>();
    let points = grid(4, lucky, &[0.1, 0.1]);
    let mut deep = deep(lucky, &[0.1, 0.1]);
    let unlucky = |at: &[f64]| mean(at).into_iter().map(|v| v - 1.0).collect::<Vec<f64>>();
    deep.launches
        .extend(self::deep(unlucky, &[0.1, 0.1]).launches);
    let measured = Measured {
        values: mean(&[0.4, 0.6]),
        errors: vec![0.0; 2],
    };
    let surrogate = Surrogate::fit(&points, &deep, &measured, everywhere());
    let found = told(&surrogate.expect("there are points"), 0.95);
    assert!((found.best[0] - 0.4).abs() < 1e-6 && (found.best[1] - 0.6).abs() < 1e-6);
}

#[test]
fn the_nearest_point_is_the_one_with_the_least_distance() {
    let points = grid(4, straight, &OFF);
    let measured = Measured {
        values: straight(&[0.25, 0.75]),
        errors: vec![0.0; 3],
    };
    let found = rough(&points, &measured);
    let least = (0..found.len()).min_by(|a, b| found[*a].total_cmp(&found[*b]));
    assert_eq!(points[least.expect("there are points")].at, [0.25, 0.75]);
}
