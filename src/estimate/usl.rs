//! Throughput against load, by the universal scalability law: X(N) = λN ÷ (1 + σ(N − 1) +
//! κN(N − 1)) (Gunther, *Guerrilla Capacity Planning*, 2007, chapters 4 and 5).
//!
//! One idea: there are two ways to fit it, and where they part the law is not all there is to say.
//! Gunther divides by the throughput that was measured at load 1, so that N ÷ C − 1 = κ(N − 1)² +
//! (σ + κ)(N − 1) is a parabola through the origin, and fits that by least squares. Or λ is found
//! with the other two, by least squares of the throughput itself (Levenberg and Marquardt; Nocedal
//! and Wright, *Numerical Optimization*, 2nd ed., section 10.3). Intervals are Student's, of the
//! linearised law.

use crate::base::linear::{Factor, Matrix, add_products, dot, zeros};
use crate::base::student::t_quantile;

/// Fewer pairs do not tell three unknowns.
pub const FEWEST: usize = 4;
/// Turns of the search, at most.
const TURNS: usize = 200;

/// The law, with its three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// λ: throughput of one alone.
    pub alone: f64,
    /// σ: contention, the part for which others are waited for.
    pub contention: f64,
    /// κ: coherency, what each pair costs.
    pub coherency: f64,
}

impl Law {
    /// The throughput with so many at work.
    pub fn throughput(&self, at_work: f64) -> f64 {
        let others = at_work - 1.0;
        let slower = 1.0 + self.contention * others + self.coherency * at_work * others;
        self.alone * at_work / slower
    }

    /// The number at which throughput is largest, and that throughput; none where it never falls.
    pub fn peak(&self) -> Option<(f64, f64)> {
        if self.coherency <= 0.0 || self.contention >= 1.0 {
            return None;
        }
        let at = ((1.0 - self.contention) / self.coherency).sqrt();
        Some((at, self.throughput(at)))
    }
}

/// How a law was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Gunther's parabola, by the throughput measured at load 1.
    Normalised,
    /// Least squares of the throughput, λ among the unknowns.
    LeastSquares,
}

/// A number with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// The number.
    pub value: f64,
    /// From; absent where the pairs leave no room for an interval.
    pub ends: Option<(f64, f64)>,
}

/// A law fitted to pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// How.
    pub method: Method,
    /// The law.
    pub law: Law,
    /// λ, σ, κ, with their intervals; λ has none where it was measured.
    pub numbers: [Amount; 3],
    /// N* and X(N*); none where throughput never falls.
    pub peak: Option<[Amount; 2]>,
    /// Root of the mean square by which the throughput misses, in its unit.
    pub misses: f64,
}

/// Gunther's fit of pairs of load (1 or more) and throughput; none without a pair at load 1.
pub fn normalised(pairs: &[(f64, f64)], confidence: f64) -> Option<Fitted> {
    let alone = throughput_alone(pairs)?;
    let rest: Vec<(f64, f64)> = pairs.iter().copied().filter(|(n, _)| *n > 1.0).collect();
    // At load 1 the parabola is 0 whatever it is; still it is a pair, and counts as one.
    let degrees = pairs.len().checked_sub(2).filter(|left| *left > 0)?;
    let most = rest.iter().map(|(n, _)| n - 1.0).fold(0.0, f64::max);
    let turned = |(n, x): &(f64, f64)| ((n - 1.0) / most, n / (x / alone) - 1.0);
    let rows: Vec<(Vec<f64>, f64)> = rest
        .iter()
        .map(turned)
        .map(|(part, y)| (vec![part * part, part], y))
        .collect();
    let (mut square, mut line, mut covariance) = straight(&rows, degrees)?;
    if square < 0.0 {
        let rows: Vec<(Vec<f64>, f64)> = rows.iter().map(|(x, y)| (vec![x[1]], *y)).collect();
        (line, square) = (one(&rows), 0.0);
        covariance = None;
    }
    let law = Law {
        alone,
        contention: line / most - square / (most * most),
        coherency: square / (most * most),
    };
    // σ and κ of the parabola's two numbers: a linear map.
    let covariance = covariance.map(|of| {
        let kappa = [1.0 / (most * most), 0.0];
        let sigma = [-1.0 / (most * most), 1.0 / most];
        let with = |a: [f64; 2], b: [f64; 2]| {
            let times = |row: usize| of[row][0] * b[0] + of[row][1] * b[1];
            a[0] * times(0) + a[1] * times(1)
        };
        let mut all = zeros(3, 3);
        (all[1][1], all[1][2]) = (with(sigma, sigma), with(sigma, kappa));
        (all[2][1], all[2][2]) = (with(kappa, sigma), with(kappa, kappa));
        all
    });
    let reach = t_quantile(degrees as u32, confidence);
    Some(fitted(
        Method::Normalised,
        law,
        pairs,
        covariance.map(|of| (of, reach)).as_ref(),
    ))
}

/// Whether all pairs can be used: loads of 1 or more, throughputs above 0.
pub fn is_usable((load, throughput): &(f64, f64)) -> bool {
    *load >= 1.0 && load.is_finite() && *throughput > 0.0 && throughput.is_finite()
}

/// The mean throughput that was measured at load 1.
pub fn throughput_alone(pairs: &[(f64, f64)]) -> Option<f64> {
    let alone = pairs.iter().filter(|(n, _)| (n - 1.0).abs() < 1e-9);
    let (n, sum) = alone.fold((0.0, 0.0), |(n, sum), (_, x)| (n + 1.0, sum + x));
    (n > 0.0).then(|| sum / n)
}

/// The two coefficients of rows by least squares, with the covariance of these.
#[allow(clippy::type_complexity)]
fn straight(rows: &[(Vec<f64>, f64)], degrees: usize) -> Option<(f64, f64, Option<Matrix>)> {
    let mut normal = zeros(2, 2);
    let mut right = vec![0.0; 2];
    for (x, y) in rows {
        add_products(&mut normal, 1.0, (x, x));
        right.iter_mut().zip(x).for_each(|(to, x)| *to += x * y);
    }
    let factor = Factor::of(&normal)?;
    let found = factor.solve(&right);
    let squares: f64 = rows.iter().map(|(x, y)| (y - dot(x, &found)).powi(2)).sum();
    let spread = squares / degrees as f64;
    let mut covariance = factor.inverse();
    covariance
        .iter_mut()
        .flatten()
        .for_each(|value| *value *= spread);
    Some((found[0], found[1], Some(covariance)))
}

/// The one coefficient of rows.
fn one(rows: &[(Vec<f64>, f64)]) -> f64 {
    let (above, below) = rows.iter().fold((0.0, 0.0), |(above, below), (x, y)| {
        (above + x[0] * y, below + x[0] * x[0])
    });
    above / below
}

/// The least squares of the throughput. σ and κ are not below zero.
pub fn least_squares(pairs: &[(f64, f64)], confidence: f64) -> Option<Fitted> {
    if pairs.len() < FEWEST {
        return None;
    }
    // Both free; one of them, or both, at the border.
    let ways: [&[usize]; 4] = [&[0, 1, 2], &[0, 1], &[0, 2], &[0]];
    let found = ways.into_iter().filter_map(|free| {
        let law = search(pairs, free)?;
        (law.contention >= 0.0 && law.coherency >= 0.0).then_some((law, free))
    });
    let (law, free) = found.min_by(|a, b| squares(&a.0, pairs).total_cmp(&squares(&b.0, pairs)))?;
    let degrees = pairs.len() - free.len();
    let spread = squares(&law, pairs) / degrees as f64;
    let inverse = Factor::of(&products(&law, pairs, free)).map(|factor| factor.inverse());
    let covariance = inverse.map(|inverse| {
        let mut all = zeros(3, 3);
        for (a, &row) in free.iter().enumerate() {
            for (b, &column) in free.iter().enumerate() {
                let units = unit(&law, row) * unit(&law, column);
                all[row][column] = inverse[a][b] * spread * units;
            }
        }
        all
    });
    let reach = t_quantile(degrees as u32, confidence);
    Some(fitted(
        Method::LeastSquares,
        law,
        pairs,
        covariance.map(|of| (of, reach)).as_ref(),
    ))
}

/// In what an unknown is counted, so that none is lost in the others.
fn unit(law: &Law, number: usize) -> f64 {
    match number {
        0 => law.alone.max(f64::MIN_POSITIVE),
        1 => 1e-2,
        _ => 1e-4,
    }
}

fn moved(law: &Law, number: usize, by: f64) -> Law {
    let mut law = *law;
    let by = by * unit(&law, number);
    match number {
        0 => law.alone += by,
        1 => law.contention += by,
        _ => law.coherency += by,
    }
    law
}

fn squares(law: &Law, pairs: &[(f64, f64)]) -> f64 {
    pairs
        .iter()
        .map(|(n, x)| (x - law.throughput(*n)).powi(2))
        .sum()
}

/// By how much the throughput at a load grows with each free unknown, in its unit.
fn slopes(law: &Law, load: f64, free: &[usize]) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    free.iter()
        .map(|&number| {
            let ends = [STEP, -STEP].map(|by| moved(law, number, by).throughput(load));
            (ends[0] - ends[1]) / (2.0 * STEP)
        })
        .collect()
}

fn products(law: &Law, pairs: &[(f64, f64)], free: &[usize]) -> Matrix {
    let mut all = zeros(free.len(), free.len());
    for (n, _) in pairs {
        let slopes = slopes(law, *n, free);
        add_products(&mut all, 1.0, (&slopes, &slopes));
    }
    all
}

/// The best law with these unknowns free and the others 0, from a guess.
fn search(pairs: &[(f64, f64)], free: &[usize]) -> Option<Law> {
    let is_free = |number| f64::from(u8::from(free.contains(&number)));
    let best = pairs.iter().map(|(n, x)| x / n).fold(0.0, f64::max);
    let mut law = Law {
        alone: best,
        contention: 0.02 * is_free(1),
        coherency: 1e-4 * is_free(2),
    };
    let mut damping = 1e-3;
    for _ in 0..TURNS {
        let mut normal = products(&law, pairs, free);
        let mut right = vec![0.0; free.len()];
        for (n, x) in pairs {
            let off = x - law.throughput(*n);
            let slopes = slopes(&law, *n, free);
            right
                .iter_mut()
                .zip(slopes)
                .for_each(|(to, slope)| *to += slope * off);
        }
        for (at, row) in normal.iter_mut().enumerate() {
            row[at] *= 1.0 + damping;
        }
        let step = Factor::of(&normal)?.solve(&right);
        let mut next = law;
        for (&number, by) in free.iter().zip(&step) {
            next = moved_from(&law, next, number, *by);
        }
        let better = squares(&next, pairs) < squares(&law, pairs);
        if better && next.alone > 0.0 {
            let gained = 1.0 - squares(&next, pairs) / squares(&law, pairs);
            (law, damping) = (next, damping / 5.0);
            if gained < 1e-15 {
                break;
            }
        } else if damping > 1e12 {
            break;
        } else {
            damping *= 5.0;
        }
    }
    Some(law)
}

/// `next` with one more number changed, in the units of `law`.
fn moved_from(law: &Law, mut next: Law, number: usize, by: f64) -> Law {
    let changed = moved(law, number, by);
    match number {
        0 => next.alone = changed.alone,
        1 => next.contention = changed.contention,
        _ => next.coherency = changed.coherency,
    }
    next
}

/// A law with its intervals: those of the peak by the slopes of its formulas (the delta method).
fn fitted(
    method: Method,
    law: Law,
    pairs: &[(f64, f64)],
    covariance: Option<&(Matrix, f64)>,
) -> Fitted {
    let amount = |value: f64, slopes: [f64; 3]| {
        let ends = covariance.map(|(of, reach)| {
            let variance: f64 = (0..3).map(|row| slopes[row] * dot(&of[row], &slopes)).sum();
            let off = reach * variance.max(0.0).sqrt();
            (value - off, value + off)
        });
        Amount { value, ends }
    };
    let alone = Amount {
        ends: amount(law.alone, [1.0, 0.0, 0.0])
            .ends
            .filter(|_| method == Method::LeastSquares),
        value: law.alone,
    };
    let at_least_0 = |amount: Amount| Amount {
        ends: amount.ends.map(|(low, high)| (low.max(0.0), high)),
        ..amount
    };
    let peak = law.peak().map(|(at, most)| {
        const STEP: f64 = 1e-4;
        let slopes = |of: fn((f64, f64)) -> f64| {
            [0, 1, 2].map(|number| {
                let ends = [STEP, -STEP].map(|by| moved(&law, number, by).peak().map(of));
                match ends {
                    [Some(up), Some(down)] => (up - down) / (2.0 * STEP * unit(&law, number)),
                    _ => 0.0,
                }
            })
        };
        [
            at_least_0(amount(at, slopes(|peak| peak.0))),
            at_least_0(amount(most, slopes(|peak| peak.1))),
        ]
    });
    Fitted {
        method,
        numbers: [
            alone,
            at_least_0(amount(law.contention, [0.0, 1.0, 0.0])),
            at_least_0(amount(law.coherency, [0.0, 0.0, 1.0])),
        ],
        peak,
        misses: (squares(&law, pairs) / pairs.len() as f64).sqrt(),
        law,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SPEC SDM 91 benchmark on a SPARCcenter 2000: users, scripts per hour (Gunther 2007; the
    /// data set `specsdm91` of the R package usl).
    const SPECSDM91: [(f64, f64); 7] = [
        (1.0, 64.9),
        (18.0, 995.9),
        (36.0, 1652.4),
        (72.0, 1853.2),
        (108.0, 1828.9),
        (144.0, 1775.0),
        (216.0, 1702.2),
    ];

    fn near(found: f64, known: f64, part: f64) {
        assert!(
            (found - known).abs() <= part * known.abs(),
            "{found}, known is {known}"
        );
    }

    /// As printed by the first versions of that package: σ 0.01705, κ 7.892e-5, scale 64.9.
    #[test]
    fn gunthers_parabola_gives_what_was_published() {
        let found = normalised(&SPECSDM91, 0.95).expect("there are enough");
        near(found.law.alone, 64.9, 1e-12);
        near(found.law.contention, 0.017_05, 3e-4);
        near(found.law.coherency, 7.892e-5, 1e-4);
        let [at, most] = found.peak.expect("it falls");
        near(at.value, 111.6, 1e-4);
        near(most.value, 1876.5, 1e-4);
        near(found.law.throughput(216.0), 1682.7, 1e-4);
        let (low, high) = at.ends.expect("it has an interval");
        assert!(
            low < 111.6 && high > 111.6 && high - low < 60.0,
            "{low} {high}"
        );
    }

    /// As printed by the versions since 2: α 0.0277285 (0.0091217), β 0.0001044 (0.0000199), γ
    /// 89.9952330 (14.2134894), standard errors in brackets, on 4 degrees of freedom.
    #[test]
    fn least_squares_gives_what_was_published() {
        let found = least_squares(&SPECSDM91, 0.95).expect("there are enough");
        near(found.law.contention, 0.027_728_5, 1e-5);
        near(found.law.coherency, 0.000_104_4, 1e-3);
        near(found.law.alone, 89.995_233, 1e-6);
        let errors = found.numbers.map(|one| {
            let (low, high) = one.ends.expect("it has an interval");
            (high - low.max(one.value * 2.0 - high)) / 2.0 / t_quantile(4, 0.95)
        });
        near(errors[0], 14.213_489_4, 1e-4);
        near(errors[1], 0.009_121_7, 1e-3);
        near(errors[2], 0.000_019_9, 3e-3);
    }

    /// What the law itself gave is found again, at the borders too.
    #[test]
    fn a_law_is_found_again() {
        for (sigma, kappa) in [(0.05, 1e-3), (0.0, 1e-3), (0.05, 0.0), (0.0, 0.0)] {
            let law = Law {
                alone: 20.0,
                contention: sigma,
                coherency: kappa,
            };
            let pairs: Vec<(f64, f64)> = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
                .into_iter()
                .map(|n| (n, law.throughput(n)))
                .collect();
            for found in [normalised(&pairs, 0.95), least_squares(&pairs, 0.95)] {
                let found = found.expect("there are enough");
                assert!((found.law.alone - 20.0).abs() < 1e-5, "{found:?}");
                assert!((found.law.contention - sigma).abs() < 1e-7, "{found:?}");
                assert!((found.law.coherency - kappa).abs() < 1e-8, "{found:?}");
            }
        }
        let few: Vec<(f64, f64)> = SPECSDM91[..3].to_vec();
        assert_eq!(least_squares(&few, 0.95), None);
        assert_eq!(normalised(&SPECSDM91[1..], 0.95), None);
    }
}
