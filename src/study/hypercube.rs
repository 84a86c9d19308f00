//! Plausible inputs: a Latin hypercube over the ranges of all parameters.
//!
//! One idea: of n draws each parameter has one in every nth of its distribution, in an order of its
//! own (McKay, Beckman & Conover 1979). The order is keyed by the seed and the parameter's name, so
//! another parameter moves no draw. A range is the 5 % and 95 % point of a lognormal, of a
//! logit-normal where the parameter is a share, of a normal where it reaches 0 or below.

use crate::base::math::{exp, ln, normal_quantile};
use crate::base::time::Span;
use crate::estimate::resample::Luck;
use crate::model::Model;
use crate::model::overlay::Change;
use crate::model::param::{Param, ParamUnit};
use crate::random::key::identity;

/// The 95 % point of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;

/// A parameter with a value in each draw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    /// Its name.
    pub(crate) name: String,
    /// Its 5 % point.
    pub(crate) low: f64,
    /// Its 95 % point.
    pub(crate) high: f64,
    /// Its value in each draw, in its unit.
    pub(crate) values: Vec<f64>,
    /// The same as written in a model.
    written: Vec<String>,
}

/// So many draws of every parameter that has a range or a distribution.
pub(crate) fn draw(model: &Model, draws: u32, seed: u64) -> Vec<Drawn> {
    let params = model.params.iter();
    params
        .filter_map(|(name, param)| drawn(name, param, draws, seed))
        .collect()
}

fn drawn(name: &str, param: &Param, draws: u32, seed: u64) -> Option<Drawn> {
    let quantile = |u: f64| match (&param.dist, param.range) {
        (Some(law), _) => Some(law.quantile(u)),
        (None, Some((low, high))) => Some(within(param.unit, (low, high), u)),
        (None, None) => None,
    };
    if param.unit == ParamUnit::Other {
        return None;
    }
    let (low, high) = (quantile(0.05)?, quantile(0.95)?);
    let mut luck = Luck::new(seed ^ identity(name));
    let n = draws as usize;
    let mut strata: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        strata.swap(last, luck.below(last + 1));
    }
    let points: Option<Vec<f64>> = strata
        .into_iter()
        .map(|stratum| quantile((stratum as f64 + luck.uniform()) / n as f64))
        .collect();
    let (values, written) = points?.into_iter().map(|v| spelled(param, v)).unzip();
    Some(Drawn {
        name: name.to_owned(),
        low,
        high,
        values,
        written,
    })
}

/// The u-quantile of the distribution that a range stands for.
fn within(unit: ParamUnit, (low, high): (f64, f64), u: f64) -> f64 {
    let z = normal_quantile(u.clamp(1e-12, 1.0 - 1e-12)) / Z95;
    let between = |a: f64, b: f64| f64::midpoint(a, b) + z * (b - a) / 2.0;
    let logit = |p: f64| ln(p / (1.0 - p));
    match unit {
        ParamUnit::Share if low > 0.0 && high < 1.0 => {
            1.0 / (1.0 + exp(-between(logit(low), logit(high))))
        }
        ParamUnit::Share => between(low, high).clamp(0.0, 1.0),
        _ if low > 0.0 => exp(between(ln(low), ln(high))),
        _ => between(low, high),
    }
}

/// A value as it is written in a model, and the number that this text means.
pub(crate) fn spelled(param: &Param, value: f64) -> (f64, String) {
    let whole = !param.written.contains(['.', 'e', 'E']);
    match param.unit {
        ParamUnit::Seconds => {
            let span = Span::from_secs_f64(value);
            (span.as_secs_f64(), span.written())
        }
        ParamUnit::PerSecond => (value, format!("{value}/s")),
        ParamUnit::Bytes => (value, format!("{value}B")),
        ParamUnit::BytesPerSecond => (value, format!("{value}B/s")),
        ParamUnit::Number if whole => (value.round(), format!("{:.0}", value.round())),
        _ => (value, format!("{value}")),
    }
}

impl Drawn {
    /// The change that sets the parameter to its value in a draw.
    pub(crate) fn change(&self, draw: usize) -> Change {
        Change::new(&format!("param.{}", self.name), &self.written[draw])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 %, 50 % and 95 % points: lognormal by its ends and their geometric mean, logit-normal by
    /// its ends and, ends symmetric about it, 1/2.
    #[test]
    fn ranges_are_the_outer_points() {
        let close = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-9);
        for (u, expected) in [(0.05, 0.02), (0.5, 0.06), (0.95, 0.18)] {
            close(within(ParamUnit::Seconds, (0.02, 0.18), u), expected);
        }
        for (u, expected) in [(0.05, 0.2), (0.5, 0.5), (0.95, 0.8)] {
            close(within(ParamUnit::Share, (0.2, 0.8), u), expected);
        }
        close(within(ParamUnit::Number, (-1.0, 3.0), 0.95), 3.0);
    }
}
