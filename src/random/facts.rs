//! What is known of a distribution without drawing: mean, cv, shares and quantiles.
//!
//! One idea: everything follows from the partial moments E[Xʳ; X ≤ x], which have a closed form in
//! every family. With r = 0 they are the cumulative law, with x = ∞ the moments, and divided by
//! each other those of the law conditioned on staying below x. Nothing is integrated numerically;
//! only the quantiles of a mix are searched for.
//!
//! Source: Johnson, Kotz and Balakrishnan as in `family`; for the pieces of a law by its quantiles
//! the partial moment of a lognormal law, E[Xʳ; z ≤ Z] with ln X = a + bZ.

use crate::base::math::{
    exp, exp_m1, gamma_lower, gamma_quantile, ln, ln_1p, ln_gamma, normal_cdf, normal_quantile, pow,
};
use crate::random::family::{Distribution, Law, Part, Point};

/// Counts up to here are summed one by one, which loses no digits.
const SUMMED_COUNTS: f64 = 100_000.0;
/// The least cv, squared, that the difference of two moments can tell from rounding.
const LEAST_CV_SQUARED: f64 = 1e-14;

impl Distribution {
    /// The mean; `None` when it is infinite (a Pareto law of shape 1 or less).
    pub fn mean(&self) -> Option<f64> {
        let mean = match &self.0 {
            Law::Constant { value } => *value,
            Law::Exponential { mean } | Law::Geometric { mean } => *mean,
            Law::Gamma { shape, scale } => shape * scale,
            Law::Mix(parts) => return weighted(parts, Distribution::mean),
            _ => self.moment_below(1, f64::INFINITY),
        };
        mean.is_finite().then_some(mean)
    }

    /// The variance; `None` when it is infinite.
    pub fn variance(&self) -> Option<f64> {
        let variance = match &self.0 {
            Law::Constant { .. } => 0.0,
            Law::Exponential { mean } => mean * mean,
            Law::Lognormal { sigma, .. } => {
                let mean = self.mean()?;
                exp_m1(sigma * sigma) * mean * mean
            }
            Law::Gamma { shape, scale } => shape * scale * scale,
            Law::Uniform { low, high } => (high - low) * (high - low) / 12.0,
            Law::Whole { low, high } => {
                let n = high - low + 1.0;
                (n * n - 1.0) / 12.0
            }
            Law::Pareto { shape: a, min } if *a > 2.0 => {
                min * min * a / ((a - 1.0) * (a - 1.0) * (a - 2.0))
            }
            Law::Pareto { .. } => return None,
            Law::Geometric { mean } => mean * (mean - 1.0),
            Law::Mix(parts) => {
                let mean = self.mean()?;
                return weighted(parts, |law| {
                    let apart = law.mean()? - mean;
                    Some(law.variance()? + apart * apart)
                });
            }
            Law::Empirical(values) => {
                let mean = self.mean()?;
                let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
                squares / values.len() as f64
            }
            Law::Weibull { .. } | Law::Quantiles(_) | Law::Conditioned { .. } => {
                let mean = self.mean()?;
                let variance = self.moment_below(2, f64::INFINITY) - mean * mean;
                // Below this the difference is all rounding: a cv under 1e-7 is said as none.
                if variance > LEAST_CV_SQUARED * mean * mean {
                    variance
                } else {
                    0.0
                }
            }
        };
        variance.is_finite().then_some(variance)
    }

    /// The coefficient of variation, standard deviation ÷ mean; `None` when it is infinite.
    ///
    /// Zero for a constant, also for the constant 0.
    pub fn cv(&self) -> Option<f64> {
        let (variance, mean) = (self.variance()?, self.mean()?);
        Some(if variance > 0.0 {
            variance.sqrt() / mean
        } else {
            0.0
        })
    }

    /// The share at or below `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        self.moment_below(0, x).clamp(0.0, 1.0)
    }

    /// The least value with at least the share `p` at or below it; at 0 and 1 the ends of the law,
    /// where the upper one may be infinite.
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        match &self.0 {
            Law::Constant { value } => *value,
            Law::Exponential { mean } => -mean * ln_1p(-p),
            Law::Lognormal { mu, sigma } => exp(mu + sigma * normal_quantile(p)),
            Law::Gamma { shape, scale } => scale * gamma_quantile(*shape, p),
            Law::Uniform { low, high } => low + p * (high - low),
            Law::Whole { low, high } => {
                let rank = (p * (high - low + 1.0)).ceil().max(1.0);
                (low + rank - 1.0).min(*high)
            }
            Law::Weibull { shape, scale } => scale * pow(-ln_1p(-p), 1.0 / shape),
            Law::Pareto { shape, min } => min * exp(-ln_1p(-p) / shape),
            Law::Geometric { mean } if *mean <= 1.0 => 1.0,
            Law::Geometric { mean } => (ln_1p(-p) / ln_1p(-1.0 / mean)).ceil().max(1.0),
            Law::Mix(parts) => self.search(parts, p),
            Law::Quantiles(points) => {
                let score = normal_quantile(p);
                exp(line(points, score).at(score))
            }
            Law::Empirical(values) => {
                let rank = (p * values.len() as f64).ceil() as usize;
                values[rank.clamp(1, values.len()) - 1]
            }
            Law::Conditioned { max, inner } => inner.quantile(p * inner.cdf(*max)).min(*max),
        }
    }

    /// The partial moment E[Xʳ; X ≤ x] for r = 0, 1 or 2; infinite where it does not exist.
    pub(crate) fn moment_below(&self, r: u32, x: f64) -> f64 {
        let power = f64::from(r);
        if x < 0.0 || x.is_nan() {
            return 0.0;
        }
        match &self.0 {
            Law::Constant { value } if *value <= x => whole_power(*value, r),
            Law::Constant { .. } => 0.0,
            Law::Exponential { mean } if r == 0 => -exp_m1(-x / mean),
            Law::Exponential { mean } => rising(1.0, r, *mean) * gamma_lower(1.0 + power, x / mean),
            Law::Gamma { shape, scale } => {
                rising(*shape, r, *scale) * gamma_lower(shape + power, x / scale)
            }
            Law::Lognormal { mu, sigma } => {
                let score = (ln(x) - mu) / sigma;
                exp(power * mu + power * power * sigma * sigma / 2.0)
                    * normal_cdf(score - power * sigma)
            }
            Law::Uniform { low, high } => uniform_below(r, (*low, *high), x),
            Law::Whole { low, high } => whole_below(r, (*low, *high), x),
            Law::Weibull { shape, scale } if r == 0 => -exp_m1(-pow(x / scale, *shape)),
            Law::Weibull { shape, scale } => {
                let a = 1.0 + power / shape;
                let share = gamma_lower(a, pow(x / scale, *shape));
                exp(ln_gamma(a) + power * ln(*scale)) * share
            }
            Law::Pareto { shape, min } => pareto_below(power, *shape, *min, x),
            Law::Geometric { mean } => geometric_below(r, *mean, x),
            Law::Mix(parts) => parts
                .iter()
                .map(|p| p.share * p.law.moment_below(r, x))
                .sum(),
            Law::Quantiles(points) => quantiles_below(power, points, x),
            Law::Empirical(values) => {
                let below = values.iter().take_while(|v| **v <= x);
                below.map(|v| whole_power(*v, r)).sum::<f64>() / values.len() as f64
            }
            Law::Conditioned { max, inner } => {
                inner.moment_below(r, x.min(*max)) / inner.moment_below(0, *max)
            }
        }
    }

    /// The least x whose share reaches `p`, for a mix: between the quantiles of its parts.
    fn search(&self, parts: &[Part], p: f64) -> f64 {
        let quantiles = || parts.iter().map(|part| part.law.quantile(p));
        let mut low = quantiles().fold(f64::INFINITY, f64::min).to_bits();
        let mut high = quantiles().fold(0.0, f64::max).to_bits();
        // The bits of doubles that are not negative stand in the order of their values.
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cdf(f64::from_bits(middle)) >= p {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        f64::from_bits(high)
    }
}

/// The shares' sum of a fact of the parts; `None` when one of them has none.
fn weighted(parts: &[Part], fact: impl Fn(&Distribution) -> Option<f64>) -> Option<f64> {
    parts
        .iter()
        .map(|part| fact(&part.law).map(|value| part.share * value))
        .sum()
}

/// xʳ by multiplication: the standard library does not say how exact its own is.
fn whole_power(x: f64, r: u32) -> f64 {
    (0..r).fold(1.0, |product, _| product * x)
}

/// shape·(shape + 1)…, `r` factors, each times `scale`: the r-th moment of a gamma law.
fn rising(shape: f64, r: u32, scale: f64) -> f64 {
    (0..r).map(|i| (shape + f64::from(i)) * scale).product()
}

fn uniform_below(r: u32, (low, high): (f64, f64), x: f64) -> f64 {
    let x = x.min(high);
    if x < low {
        return 0.0;
    }
    let mean_power = match r {
        0 => 1.0,
        1 => (x + low) / 2.0,
        _ => (x * x + x * low + low * low) / 3.0,
    };
    (x - low) / (high - low) * mean_power
}

fn pareto_below(r: f64, shape: f64, min: f64, x: f64) -> f64 {
    if x < min {
        return 0.0;
    }
    // shape·min^shape·∫ t^(r − shape − 1) from min to x, with t in units of min.
    let (unit, above) = (pow(min, r), r - shape);
    if above.abs() < 1e-12 {
        return shape * unit * ln(x / min);
    }
    if x.is_infinite() {
        return if above < 0.0 {
            shape * unit / -above
        } else {
            f64::INFINITY
        };
    }
    shape * unit * exp_m1(above * ln(x / min)) / above
}

/// Sums of powers of whole numbers, by the closed forms of the sums from 1.
fn whole_below(r: u32, (low, high): (f64, f64), x: f64) -> f64 {
    let to = x.floor().min(high);
    if to < low {
        return 0.0;
    }
    let sum = |n: f64| match r {
        0 => n,
        1 => n * (n + 1.0) / 2.0,
        _ => n * (n + 1.0) * (2.0 * n + 1.0) / 6.0,
    };
    (sum(to) - sum(low - 1.0)) / (high - low + 1.0)
}

fn geometric_below(r: u32, mean: f64, x: f64) -> f64 {
    let count = x.floor();
    if count < 1.0 {
        return 0.0;
    }
    let ln_miss = if mean > 1.0 {
        ln_1p(-1.0 / mean)
    } else {
        f64::NEG_INFINITY
    };
    if r == 0 {
        return -exp_m1(count * ln_miss);
    }
    if count <= SUMMED_COUNTS {
        let mut chance = 1.0 / mean;
        let mut sum = 0.0;
        for n in 1..=count as u32 {
            sum += whole_power(f64::from(n), r) * chance;
            chance *= 1.0 - 1.0 / mean;
        }
        return sum;
    }
    // All less what lies beyond `count`, where the law starts anew.
    let all = if r == 1 {
        mean
    } else {
        mean * (2.0 * mean - 1.0)
    };
    if count.is_infinite() {
        return all;
    }
    let shifted = if r == 1 {
        count + mean
    } else {
        count * (count + 2.0 * mean) + all
    };
    all - exp(count * ln_miss) * shifted
}

/// A piece of a law by its quantiles: ln x = `start` + `slope` × (score − `from`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    from: f64,
    start: f64,
    slope: f64,
}

impl Line {
    pub(crate) fn through(a: Point, b: Point) -> Line {
        let start = ln(a.value);
        Line {
            from: a.score,
            start,
            slope: (ln(b.value) - start) / (b.score - a.score),
        }
    }

    /// ln x at a score. A flat piece stays flat to the ends.
    #[inline]
    pub(crate) fn at(self, score: f64) -> f64 {
        if self.slope > 0.0 {
            self.start + self.slope * (score - self.from)
        } else {
            self.start
        }
    }
}

/// The piece that holds `score`.
fn line(points: &[Point], score: f64) -> Line {
    let piece = points[1..points.len() - 1]
        .iter()
        .take_while(|p| p.score < score)
        .count();
    Line::through(points[piece], points[piece + 1])
}

/// Σ over the pieces of ∫ eʳ⁽ᵃ⁺ᵇᶻ⁾ φ(z) dz, as far as e^(a + bz) ≤ x.
fn quantiles_below(r: f64, points: &[Point], x: f64) -> f64 {
    let (ln_x, last) = (ln(x), points.len() - 2);
    let piece = |i: usize| {
        let line = Line::through(points[i], points[i + 1]);
        let left = if i == 0 {
            f64::NEG_INFINITY
        } else {
            points[i].score
        };
        let right = if i == last {
            f64::INFINITY
        } else {
            points[i + 1].score
        };
        let right = if line.slope > 0.0 {
            right.min(line.from + (ln_x - line.start) / line.slope)
        } else if line.start <= ln_x {
            right
        } else {
            left
        };
        if right <= left {
            return 0.0;
        }
        let shift = r * line.slope;
        let height = r * (line.start - line.slope * line.from) + shift * shift / 2.0;
        exp(height) * normal_between(left - shift, right - shift)
    };
    (0..=last).map(piece).sum()
}

/// The share of a standard normal law between two scores, from the tail that loses no digits.
fn normal_between(left: f64, right: f64) -> f64 {
    if left > 0.0 {
        normal_cdf(-left) - normal_cdf(-right)
    } else {
        normal_cdf(right) - normal_cdf(left)
    }
}
