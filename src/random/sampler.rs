//! A distribution made ready to draw: one uniform number turned by the inverse.
//!
//! One idea: the larger the uniform number, the larger the value, in every family, so a changed
//! mean stretches the same luck. The one exception is a mix: the uniform number first chooses the
//! part, and what is left of it is the luck there, so that a person's part does not depend on the
//! parts' parameters. Knows nothing of where the uniform numbers come from.
//!
//! Exponential and Weibull draws use the fast logarithm, lognormal ones AS 241 and the fast
//! exponential, gamma ones a table in the normal score (`tabulated`).

use std::sync::Arc;

use crate::base::math::{exp, fast_exp, fast_ln, ln_1p, ln_of_unit, normal_quantile};
use crate::base::time::Span;
use crate::random::facts::Line;
use crate::random::family::{Distribution, Law, Part, Point};
use crate::random::tabulated::GammaTable;

/// The largest double below 1, and the smallest uniform number: what is left of a uniform number
/// after choosing a part stays between them.
const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
const ABOVE_ZERO: f64 = f64::EPSILON / 2.0;

/// A distribution with everything computed that does not depend on the draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampler(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Constant(f64),
    Exponential {
        mean: f64,
    },
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    Uniform {
        low: f64,
        width: f64,
    },
    Whole {
        low: f64,
        number: f64,
    },
    Weibull {
        inverse_shape: f64,
        scale: f64,
    },
    Pareto {
        inverse_shape: f64,
        min: f64,
    },
    Geometric {
        inverse_ln_miss: f64,
    },
    Gamma {
        scale: f64,
        table: Arc<GammaTable>,
    },
    Mix(Box<[Branch]>),
    Quantiles(Box<[Piece]>),
    Empirical(Arc<[f64]>),
    ExponentialBelow {
        mean: f64,
        share: f64,
        max: f64,
    },
    GammaBelow {
        scale: f64,
        table: Arc<GammaTable>,
        share: f64,
        max: f64,
    },
    Below {
        law: Box<Distribution>,
        share: f64,
        max: f64,
    },
}

/// A part of a mix: chosen by uniform numbers up to `until`.
#[derive(Clone, Debug, PartialEq)]
struct Branch {
    from: f64,
    until: f64,
    sampler: Sampler,
}

/// A piece of a law by its quantiles: holds the scores up to `until`.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    until: f64,
    line: Line,
}

impl Distribution {
    /// This law made ready to draw.
    pub fn sampler(&self) -> Sampler {
        Sampler(match &self.0 {
            Law::Constant { value } => Kind::Constant(*value),
            Law::Exponential { mean } => Kind::Exponential { mean: *mean },
            Law::Lognormal { mu, sigma } => Kind::Lognormal {
                mu: *mu,
                sigma: *sigma,
            },
            Law::Gamma { shape, scale } => Kind::Gamma {
                scale: *scale,
                table: GammaTable::new(*shape),
            },
            Law::Uniform { low, high } => Kind::Uniform {
                low: *low,
                width: high - low,
            },
            Law::Whole { low, high } => Kind::Whole {
                low: *low,
                number: high - low + 1.0,
            },
            Law::Weibull { shape, scale } => Kind::Weibull {
                inverse_shape: 1.0 / shape,
                scale: *scale,
            },
            Law::Pareto { shape, min } => Kind::Pareto {
                inverse_shape: 1.0 / shape,
                min: *min,
            },
            Law::Geometric { mean } if *mean <= 1.0 => Kind::Constant(1.0),
            Law::Geometric { mean } => Kind::Geometric {
                inverse_ln_miss: 1.0 / ln_1p(-1.0 / mean),
            },
            Law::Mix(parts) => {
                Kind::Mix(branches(parts.iter().map(|p| (p.share, p.law.sampler()))))
            }
            Law::Quantiles(points) => Kind::Quantiles(pieces(points)),
            Law::Empirical(values) => Kind::Empirical(Arc::clone(values)),
            Law::Conditioned { max, inner } => conditioned(inner, *max),
        })
    }
}

/// The sampler of `law`, given that it stays at or below `max`.
fn conditioned(law: &Distribution, max: f64) -> Kind {
    let share = law.cdf(max);
    match &law.0 {
        Law::Exponential { mean } => Kind::ExponentialBelow {
            mean: *mean,
            share,
            max,
        },
        Law::Gamma { shape, scale } => Kind::GammaBelow {
            scale: *scale,
            table: GammaTable::new(*shape),
            share,
            max,
        },
        Law::Mix(parts) => {
            // Each part on its own condition, with what it brings below the bound.
            let below = |part: &Part| {
                let part_share = part.share * part.law.cdf(max) / share;
                let law = part.law.clone().conditioned(max).ok()?;
                (part_share > 0.0).then(|| (part_share, law.sampler()))
            };
            Kind::Mix(branches(parts.iter().filter_map(below)))
        }
        _ => Kind::Below {
            law: Box::new(law.clone()),
            share,
            max,
        },
    }
}

fn branches(parts: impl Iterator<Item = (f64, Sampler)>) -> Box<[Branch]> {
    let mut from = 0.0;
    let mut branches: Vec<Branch> = parts
        .map(|(share, sampler)| {
            let branch = Branch {
                from,
                until: from + share,
                sampler,
            };
            from = branch.until;
            branch
        })
        .collect();
    if let Some(last) = branches.last_mut() {
        last.until = 1.0;
    }
    branches.into()
}

fn pieces(points: &[Point]) -> Box<[Piece]> {
    let mut pieces: Vec<Piece> = points
        .windows(2)
        .map(|pair| Piece {
            until: pair[1].score,
            line: Line::through(pair[0], pair[1]),
        })
        .collect();
    if let Some(last) = pieces.last_mut() {
        last.until = f64::INFINITY;
    }
    pieces.into()
}

impl Sampler {
    /// The value that the uniform number `u`, between 0 and 1 and neither of them, stands for.
    #[inline]
    pub fn sample(&self, u: f64) -> f64 {
        match &self.0 {
            Kind::Constant(value) => *value,
            Kind::Exponential { mean } => -mean * ln_of_unit(1.0 - u),
            Kind::Lognormal { mu, sigma } => fast_exp(mu + sigma * normal_quantile(u)),
            Kind::Uniform { low, width } => low + u * width,
            _ => self.sample_rarer(u),
        }
    }

    /// [`sample`](Sampler::sample) in seconds, as a duration to the nearest nanosecond.
    #[inline]
    pub fn span(&self, u: f64) -> Span {
        match &self.0 {
            // The usual law, and the shortest way: a queue waits for nothing but this number.
            Kind::Exponential { mean } => Span::from_nanos_f64(-(mean * 1e9) * ln_of_unit(1.0 - u)),
            _ => Span::from_secs_f64(self.sample(u)),
        }
    }

    /// The value, when it is always the same: then no uniform number is needed.
    #[inline]
    pub fn as_constant(&self) -> Option<f64> {
        match self.0 {
            Kind::Constant(value) => Some(value),
            _ => None,
        }
    }

    #[inline(never)]
    fn sample_rarer(&self, u: f64) -> f64 {
        match &self.0 {
            Kind::Weibull {
                inverse_shape,
                scale,
            } => scale * exp(fast_ln(-fast_ln(1.0 - u)) * inverse_shape),
            Kind::Pareto { inverse_shape, min } => min * exp(-fast_ln(1.0 - u) * inverse_shape),
            Kind::Geometric { inverse_ln_miss } => {
                (fast_ln(1.0 - u) * inverse_ln_miss).ceil().max(1.0)
            }
            Kind::Whole { low, number } => low + (u * number).floor().min(number - 1.0),
            Kind::Gamma { scale, table } => scale * table.at(u),
            Kind::Mix(branches) => sample_mix(branches, u),
            Kind::Quantiles(pieces) => sample_pieces(pieces, u),
            Kind::Empirical(values) => {
                let rank = (u * values.len() as f64).ceil() as usize;
                values[rank.clamp(1, values.len()) - 1]
            }
            Kind::ExponentialBelow { mean, share, max } => (-mean * ln_1p(-u * share)).min(*max),
            Kind::GammaBelow {
                scale,
                table,
                share,
                max,
            } => (scale * table.at(u * share)).min(*max),
            Kind::Below { law, share, max } => law.quantile(u * share).min(*max),
            Kind::Constant(_)
            | Kind::Exponential { .. }
            | Kind::Lognormal { .. }
            | Kind::Uniform { .. } => self.sample(u),
        }
    }
}

fn sample_mix(branches: &[Branch], u: f64) -> f64 {
    let chosen = branches.iter().find(|branch| u < branch.until);
    let branch = chosen.or(branches.last()).expect("a mix has parts");
    let rest = (u - branch.from) / (branch.until - branch.from);
    branch.sampler.sample(rest.clamp(ABOVE_ZERO, BELOW_ONE))
}

fn sample_pieces(pieces: &[Piece], u: f64) -> f64 {
    let score = normal_quantile(u);
    let piece = pieces
        .iter()
        .find(|piece| score <= piece.until)
        .or(pieces.last());
    exp(piece.expect("two points make a piece").line.at(score))
}
