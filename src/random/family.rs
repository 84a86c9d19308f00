//! The families of distributions, and what makes one of them valid.
//!
//! One idea: a law is a plain value, complete when made, whose facts are formulas (`facts`) and
//! whose draws are one uniform number turned by the inverse (`sampler`). Values are not negative:
//! seconds where durations are meant, plain numbers where counts are. Knows nothing of what is
//! drawn for, nor of how a law is written.
//!
//! Authors give the mean and the coefficient of variation, cv = standard deviation ÷ mean, because
//! those are what they know. Source of the formulas: N. L. Johnson, S. Kotz, N. Balakrishnan,
//! "Continuous Univariate Distributions", 2nd ed., 1994.

use std::fmt;
use std::sync::Arc;

/// A distribution of values that are not negative.
///
/// Made by its constructors, which refuse what is no distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution(pub(crate) Law);

/// The laws themselves, with their native parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Law {
    /// Always the same.
    Constant {
        value: f64,
    },
    Exponential {
        mean: f64,
    },
    /// e to a normal law of mean `mu` and standard deviation `sigma`.
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    Uniform {
        low: f64,
        high: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
    },
    Pareto {
        shape: f64,
        min: f64,
    },
    /// Each whole number from `low` to `high`, with the same chance.
    Whole {
        low: f64,
        high: f64,
    },
    /// 1, 2, 3, …: turns until one of chance 1/mean comes.
    Geometric {
        mean: f64,
    },
    Mix(Vec<Part>),
    Quantiles(Vec<Point>),
    /// Sorted values, each as likely as any other.
    Empirical(Arc<[f64]>),
    /// The inner law, given that it stays at or below `max`.
    Conditioned {
        max: f64,
        inner: Box<Distribution>,
    },
}

/// One law of a mix.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) share: f64,
    pub(crate) law: Distribution,
}

/// A point of a law given by its quantiles: its normal score and the value there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) score: f64,
    pub(crate) value: f64,
}

/// How far the shares of a mix may miss 1: they were written with a few digits.
const SHARES_MISS: f64 = 1e-9;
/// Gamma laws narrower than this are constants to every eye, and costly to invert.
const LEAST_GAMMA_CV: f64 = 1e-3;

impl Distribution {
    /// Always `value`.
    pub fn constant(value: f64) -> Result<Distribution, LawError> {
        Ok(Distribution(Law::Constant {
            value: not_negative("value", value)?,
        }))
    }

    /// The exponential law: cv 1.
    pub fn exponential(mean: f64) -> Result<Distribution, LawError> {
        Ok(Distribution(Law::Exponential {
            mean: positive("mean", mean)?,
        }))
    }

    /// The lognormal law of this mean and cv.
    pub fn lognormal(mean: f64, cv: f64) -> Result<Distribution, LawError> {
        let cv = positive("cv", cv)?;
        Distribution::lognormal_sigma(mean, crate::base::math::ln_1p(cv * cv).sqrt())
    }

    /// The lognormal law of this mean whose logarithm has the standard deviation `sigma`.
    pub fn lognormal_sigma(mean: f64, sigma: f64) -> Result<Distribution, LawError> {
        let mean = positive("mean", mean)?;
        let sigma = positive("sigma", sigma)?;
        let mu = crate::base::math::ln(mean) - sigma * sigma / 2.0;
        Ok(Distribution(Law::Lognormal { mu, sigma }))
    }

    /// The lognormal law with half of its values below `median`.
    pub fn lognormal_median(median: f64, sigma: f64) -> Result<Distribution, LawError> {
        let mu = crate::base::math::ln(positive("median", median)?);
        Ok(Distribution(Law::Lognormal {
            mu,
            sigma: positive("sigma", sigma)?,
        }))
    }

    /// The gamma law of this mean and cv: exponential at cv 1, close to normal below 0.3.
    pub fn gamma(mean: f64, cv: f64) -> Result<Distribution, LawError> {
        let mean = positive("mean", mean)?;
        let cv = at_least("cv", LEAST_GAMMA_CV, positive("cv", cv)?)?;
        let shape = 1.0 / (cv * cv);
        Ok(Distribution(Law::Gamma {
            shape,
            scale: mean / shape,
        }))
    }

    /// The gamma law of this mean and shape: cv = 1/√shape.
    pub fn gamma_shape(mean: f64, shape: f64) -> Result<Distribution, LawError> {
        let shape = positive("shape", shape)?;
        at_least("cv", LEAST_GAMMA_CV, 1.0 / shape.sqrt())?;
        Ok(Distribution(Law::Gamma {
            shape,
            scale: positive("mean", mean)? / shape,
        }))
    }

    /// The Erlang law: the sum of `k` exponential ones, of this mean altogether.
    pub fn erlang(k: f64, mean: f64) -> Result<Distribution, LawError> {
        let k = at_least("k", 1.0, positive("k", k)?)?;
        if k.fract() != 0.0 {
            return Err(LawError::NotWhole {
                parameter: "k",
                value: k,
            });
        }
        Distribution::gamma_shape(mean, k)
    }

    /// Two exponential laws mixed so that each brings half of the mean, of this cv (at least 1).
    ///
    /// "Balanced means": W. Whitt, "Approximating a Point Process by a Renewal Process, I",
    /// Operations Research 30 (1982) 125–147, eq. (3.7).
    pub fn hyperexponential(mean: f64, cv: f64) -> Result<Distribution, LawError> {
        let mean = positive("mean", mean)?;
        let cv = at_least("cv", 1.0, positive("cv", cv)?)?;
        let share = 0.5 * (1.0 + ((cv * cv - 1.0) / (cv * cv + 1.0)).sqrt());
        let part = |share: f64| Distribution::exponential(0.5 * mean / share);
        Distribution::mix(vec![
            (share, part(share)?),
            (1.0 - share, part(1.0 - share)?),
        ])
    }

    /// Evenly between `low` and `high`.
    pub fn uniform(low: f64, high: f64) -> Result<Distribution, LawError> {
        let (low, high) = (not_negative("low", low)?, not_negative("high", high)?);
        if low > high {
            return Err(LawError::WrongWayRound { low, high });
        }
        if low >= high {
            return Distribution::constant(low);
        }
        Ok(Distribution(Law::Uniform { low, high }))
    }

    /// This law as one of whole numbers: a uniform one gives each of them from its low end to its
    /// high end the same chance; all others are rounded where they are drawn.
    pub fn in_whole_numbers(self) -> Result<Distribution, LawError> {
        match self.0 {
            Law::Uniform { low, high } if low.fract() == 0.0 && high.fract() == 0.0 => {
                Ok(Distribution(Law::Whole { low, high }))
            }
            Law::Uniform { low, high } => {
                let (parameter, value) = match low.fract() == 0.0 {
                    true => ("high", high),
                    false => ("low", low),
                };
                Err(LawError::NotWhole { parameter, value })
            }
            Law::Mix(parts) => {
                let whole = |part: Part| {
                    Ok(Part {
                        share: part.share,
                        law: part.law.in_whole_numbers()?,
                    })
                };
                let parts: Result<_, LawError> = parts.into_iter().map(whole).collect();
                Ok(Distribution(Law::Mix(parts?)))
            }
            _ => Ok(self),
        }
    }

    /// The Weibull law, P(X > x) = exp(−(x/scale)^shape).
    pub fn weibull(shape: f64, scale: f64) -> Result<Distribution, LawError> {
        let (shape, scale) = (positive("shape", shape)?, positive("scale", scale)?);
        Ok(Distribution(Law::Weibull { shape, scale }))
    }

    /// The Pareto law, P(X > x) = (min/x)^shape from `min` up.
    pub fn pareto(shape: f64, min: f64) -> Result<Distribution, LawError> {
        let (shape, min) = (positive("shape", shape)?, positive("min", min)?);
        Ok(Distribution(Law::Pareto { shape, min }))
    }

    /// Counts 1, 2, 3, …: how many turns until one of chance 1/mean comes, that one included.
    pub fn geometric(mean: f64) -> Result<Distribution, LawError> {
        let mean = at_least("mean", 1.0, positive("mean", mean)?)?;
        Ok(Distribution(Law::Geometric { mean }))
    }

    /// One of these laws, each with its share; the shares add up to 1.
    pub fn mix(parts: Vec<(f64, Distribution)>) -> Result<Distribution, LawError> {
        if parts.is_empty() {
            return Err(LawError::Nothing { of: "laws" });
        }
        let mut sum = 0.0;
        for (share, _) in &parts {
            sum += not_negative("share", *share)?;
        }
        if (sum - 1.0).abs() > SHARES_MISS {
            return Err(LawError::Shares { sum });
        }
        let mut parts: Vec<Part> = parts
            .into_iter()
            .filter(|(share, _)| *share > 0.0)
            .map(|(share, law)| Part {
                share: share / sum,
                law,
            })
            .collect();
        if parts.len() == 1 {
            return Ok(parts.remove(0).law);
        }
        Ok(Distribution(Law::Mix(parts)))
    }

    /// The law through these quantiles, as pairs of a share and the value with that share below it.
    ///
    /// Between them the logarithm of the value is linear in the normal score of the share, so each
    /// piece is a piece of a lognormal law; the outer pieces are extended.
    pub fn quantiles(mut points: Vec<(f64, f64)>) -> Result<Distribution, LawError> {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        if points.len() < 2 {
            return Err(LawError::TooFewPoints {
                points: points.len(),
            });
        }
        for (share, value) in &points {
            if !(*share > 0.0 && *share < 1.0) {
                return Err(LawError::OutsideUnit { share: *share });
            }
            positive("value", *value)?;
        }
        for pair in points.windows(2) {
            let ((low, low_value), (high, high_value)) = (pair[0], pair[1]);
            if low >= high {
                return Err(LawError::SharesTwice { share: low });
            }
            if low_value > high_value {
                return Err(LawError::Falling {
                    share: high,
                    value: high_value,
                    below: low_value,
                });
            }
        }
        if points[0].1 >= points[points.len() - 1].1 {
            return Distribution::constant(points[0].1);
        }
        let point = |(share, value): (f64, f64)| Point {
            score: crate::base::math::normal_quantile(share),
            value,
        };
        Ok(Distribution(Law::Quantiles(
            points.into_iter().map(point).collect(),
        )))
    }

    /// One of these values, each as likely as any other, drawn with replacement.
    pub fn empirical(mut values: Vec<f64>) -> Result<Distribution, LawError> {
        if values.is_empty() {
            return Err(LawError::Nothing { of: "values" });
        }
        for value in &values {
            not_negative("value", *value)?;
        }
        values.sort_by(f64::total_cmp);
        Ok(Distribution(Law::Empirical(values.into())))
    }

    /// This law, given that it stays at or below `max`: not cut off, but drawn again.
    pub fn conditioned(self, max: f64) -> Result<Distribution, LawError> {
        let max = positive("max", max)?;
        let share = self.cdf(max);
        if share <= 0.0 {
            return Err(LawError::NothingBelow {
                max,
                least: self.quantile(0.0),
            });
        }
        if share >= 1.0 && self.quantile(1.0) <= max {
            return Ok(self);
        }
        match self.0 {
            Law::Conditioned { inner, .. } => inner.conditioned(max),
            Law::Empirical(values) => {
                Distribution::empirical(values.iter().copied().filter(|v| *v <= max).collect())
            }
            Law::Uniform { low, .. } => Distribution::uniform(low, max),
            Law::Whole { low, .. } => Distribution::uniform(low, max.floor())?.in_whole_numbers(),
            Law::Geometric { .. } if max < 2.0 => Distribution::constant(1.0),
            _ => Ok(Distribution(Law::Conditioned {
                max,
                inner: Box::new(self),
            })),
        }
    }

    /// This law with every value times `factor`; a geometric one keeps counting from 1, and its
    /// mean is multiplied.
    pub fn scaled(&self, factor: f64) -> Result<Distribution, LawError> {
        let f = positive("factor", factor)?;
        let law = match &self.0 {
            Law::Constant { value } => Law::Constant { value: value * f },
            Law::Exponential { mean } => Law::Exponential { mean: mean * f },
            Law::Lognormal { mu, sigma } => Law::Lognormal {
                mu: mu + crate::base::math::ln(f),
                sigma: *sigma,
            },
            Law::Gamma { shape, scale } => Law::Gamma {
                shape: *shape,
                scale: scale * f,
            },
            Law::Uniform { low, high } => Law::Uniform {
                low: low * f,
                high: high * f,
            },
            Law::Whole { low, high } => {
                let (low, high) = ((low * f).round(), (high * f).round());
                return Distribution::uniform(low, high)?.in_whole_numbers();
            }
            Law::Weibull { shape, scale } => Law::Weibull {
                shape: *shape,
                scale: scale * f,
            },
            Law::Pareto { shape, min } => Law::Pareto {
                shape: *shape,
                min: min * f,
            },
            Law::Geometric { mean } => return Distribution::geometric(mean * f),
            Law::Mix(parts) => {
                let part = |p: &Part| {
                    Ok(Part {
                        share: p.share,
                        law: p.law.scaled(f)?,
                    })
                };
                Law::Mix(parts.iter().map(part).collect::<Result<_, LawError>>()?)
            }
            Law::Quantiles(points) => {
                let point = |p: &Point| Point {
                    score: p.score,
                    value: p.value * f,
                };
                Law::Quantiles(points.iter().map(point).collect())
            }
            Law::Empirical(values) => Law::Empirical(values.iter().map(|v| v * f).collect()),
            Law::Conditioned { max, inner } => Law::Conditioned {
                max: max * f,
                inner: Box::new(inner.scaled(f)?),
            },
        };
        Ok(Distribution(law))
    }

    /// The value, when it is always the same.
    pub fn as_constant(&self) -> Option<f64> {
        match self.0 {
            Law::Constant { value } => Some(value),
            _ => None,
        }
    }

    /// The name of the family, as it is written.
    pub fn family(&self) -> &'static str {
        match &self.0 {
            Law::Constant { .. } => "constant",
            Law::Exponential { .. } => "exp",
            Law::Lognormal { .. } => "lognormal",
            Law::Gamma { .. } => "gamma",
            Law::Uniform { .. } | Law::Whole { .. } => "uniform",
            Law::Weibull { .. } => "weibull",
            Law::Pareto { .. } => "pareto",
            Law::Geometric { .. } => "geometric",
            Law::Mix(_) => "mix",
            Law::Quantiles(_) => "quantiles",
            Law::Empirical(_) => "file",
            Law::Conditioned { inner, .. } => inner.family(),
        }
    }
}

fn finite(parameter: &'static str, value: f64) -> Result<f64, LawError> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(LawError::NotFinite { parameter })
    }
}

fn positive(parameter: &'static str, value: f64) -> Result<f64, LawError> {
    match finite(parameter, value)? {
        value if value > 0.0 => Ok(value),
        value => Err(LawError::NotPositive { parameter, value }),
    }
}

fn not_negative(parameter: &'static str, value: f64) -> Result<f64, LawError> {
    match finite(parameter, value)? {
        value if value >= 0.0 => Ok(value),
        value => Err(LawError::Negative { parameter, value }),
    }
}

fn at_least(parameter: &'static str, least: f64, value: f64) -> Result<f64, LawError> {
    if value >= least {
        Ok(value)
    } else {
        Err(LawError::BelowLeast {
            parameter,
            least,
            value,
        })
    }
}

/// Why these parameters make no distribution. Values are in the unit of the law: seconds, or
/// plain numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum LawError {
    /// Not a number, or infinite.
    NotFinite {
        /// Its name as written.
        parameter: &'static str,
    },
    /// Zero or below where something above zero is needed.
    NotPositive {
        /// Its name as written.
        parameter: &'static str,
        /// What it is.
        value: f64,
    },
    /// Below zero.
    Negative {
        /// Its name as written.
        parameter: &'static str,
        /// What it is.
        value: f64,
    },
    /// Below the least that the family can have.
    BelowLeast {
        /// Its name as written.
        parameter: &'static str,
        /// The least it may be.
        least: f64,
        /// What it is.
        value: f64,
    },
    /// Not a whole number.
    NotWhole {
        /// Its name as written.
        parameter: &'static str,
        /// What it is.
        value: f64,
    },
    /// A range whose low end is above its high end.
    WrongWayRound {
        /// The low end.
        low: f64,
        /// The high end.
        high: f64,
    },
    /// A mix of no laws, or a file without values.
    Nothing {
        /// What there is none of.
        of: &'static str,
    },
    /// The shares of a mix do not add up to 1.
    Shares {
        /// What they add up to.
        sum: f64,
    },
    /// A law by its quantiles needs two of them.
    TooFewPoints {
        /// How many were given.
        points: usize,
    },
    /// A quantile at or below 0 %, or at or above 100 %.
    OutsideUnit {
        /// The share.
        share: f64,
    },
    /// Two values for one quantile.
    SharesTwice {
        /// The share.
        share: f64,
    },
    /// A higher quantile with a lower value.
    Falling {
        /// The share of the higher quantile.
        share: f64,
        /// Its value.
        value: f64,
        /// The value of the quantile below it.
        below: f64,
    },
    /// A law conditioned on staying below something that it is always above.
    NothingBelow {
        /// The bound.
        max: f64,
        /// The least value of the law.
        least: f64,
    },
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LawError::NotFinite { parameter } => write!(f, "{parameter} must be a finite number"),
            LawError::NotPositive { parameter, .. } => write!(f, "{parameter} must be above 0"),
            LawError::Negative { parameter, .. } => write!(f, "{parameter} must not be negative"),
            LawError::BelowLeast {
                parameter, least, ..
            } => {
                write!(f, "{parameter} must be at least {least}")
            }
            LawError::NotWhole { parameter, .. } => {
                write!(f, "{parameter} must be a whole number")
            }
            LawError::WrongWayRound { .. } => {
                write!(
                    f,
                    "the first bound is above the second; the low one comes first"
                )
            }
            LawError::Nothing { of } => write!(f, "there are no {of}"),
            LawError::Shares { sum } => {
                let sum = crate::base::unit::Share(*sum);
                write!(f, "the shares add up to {sum} instead of 100%")
            }
            LawError::TooFewPoints { .. } => write!(f, "at least two quantiles are needed"),
            LawError::OutsideUnit { .. } => write!(f, "quantiles lie between p0 and p100"),
            LawError::SharesTwice { share } => {
                write!(
                    f,
                    "p{} is given twice",
                    crate::base::decimal::significant(share * 100.0, 9)
                )
            }
            LawError::Falling { share, .. } => {
                let share = crate::base::decimal::significant(share * 100.0, 9);
                write!(f, "the value at p{share} is below the one before it")
            }
            LawError::NothingBelow { .. } => write!(f, "no value of this law is at or below max"),
        }
    }
}

impl std::error::Error for LawError {}

#[cfg(test)]
mod tests;
