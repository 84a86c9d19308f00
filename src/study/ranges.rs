//! Plausible inputs: scrambled points of Sobol' over the ranges of all parameters.
//!
//! One idea: a draw is a point of the unit cube, one axis a parameter in the order of their names,
//! and more draws add to those that there are. A range is the 5 % and 95 % point of a lognormal, of
//! a logit-normal where the parameter is a share, of a normal where it reaches 0 or below.

use crate::base::decimal::nearest_short;
use crate::base::math::{exp, ln, normal_quantile};
use crate::base::time::Span;
use crate::model::Model;
use crate::model::overlay::Change;
use crate::model::param::{Param, ParamUnit};
use crate::random::sobol::{INPUTS_MAX, coordinate};

/// The 95 % point of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;

/// Digits of a drawn value: a written number has room for nineteen.
const DIGITS: usize = 15;

/// A parameter with a value in each draw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    /// Its name.
    pub(crate) name: String,
    /// Its 5 % point.
    pub(crate) low: f64,
    /// Its 95 % point.
    pub(crate) high: f64,
    /// Where each draw lies in its distribution, 0 to 1.
    pub(crate) at: Vec<f64>,
    /// Its value in each draw, in its unit.
    pub(crate) values: Vec<f64>,
    /// The same as written in a model.
    written: Vec<String>,
    /// Its 5 % and 95 % points as written in a model.
    ends: [String; 2],
}

/// So many draws of every parameter that has a range or a distribution.
pub(crate) fn draw(model: &Model, draws: u32, seed: u64) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = Vec::new();
    for (name, param) in &model.params {
        let axis = all.len();
        all.extend(drawn((name, param), draws, (axis, seed)).filter(|_| axis < INPUTS_MAX));
    }
    all
}

fn drawn((name, param): (&str, &Param), draws: u32, (axis, seed): (usize, u64)) -> Option<Drawn> {
    let quantile = |u: f64| match (&param.dist, param.range) {
        (Some(law), _) => Some(law.quantile(u)),
        (None, Some((low, high))) => Some(within(param.unit, (low, high), u)),
        (None, None) => None,
    };
    if param.unit == ParamUnit::Other || axis >= INPUTS_MAX {
        return None;
    }
    let (low, high) = (quantile(0.05)?, quantile(0.95)?);
    let at: Vec<f64> = (0..draws)
        .map(|draw| coordinate(draw, axis, seed))
        .collect();
    let points: Option<Vec<f64>> = at.iter().map(|u| quantile(*u)).collect();
    let (values, written) = points?.into_iter().map(|v| spelled(param, v)).unzip();
    Some(Drawn {
        name: name.to_owned(),
        low,
        high,
        at,
        values,
        written,
        ends: [low, high].map(|end| spelled(param, end).1),
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
    // Digits that say nothing are not written.
    let value = nearest_short(value, DIGITS);
    match param.unit {
        ParamUnit::Seconds => {
            let span = Span::from_secs_f64(value);
            (span.as_secs_f64(), span.written())
        }
        ParamUnit::PerSecond => (value, format!("{value}/s")),
        ParamUnit::Bytes => (value, format!("{value}B")),
        ParamUnit::BytesPerSecond => (value, format!("{value}B/s")),
        ParamUnit::Number if param.is_whole => (value.round(), format!("{:.0}", value.round())),
        _ => (value, format!("{value}")),
    }
}

impl Drawn {
    /// The change that sets the parameter to its value in a draw.
    pub(crate) fn change(&self, draw: usize) -> Change {
        Change::new(&format!("param.{}", self.name), &self.written[draw])
    }

    /// The change that sets the parameter to its 5 % or its 95 % point.
    pub(crate) fn end(&self, end: usize) -> Change {
        Change::new(&format!("param.{}", self.name), &self.ends[end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::Files;
    use crate::text::Source;

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

    /// Every draw is read again as the number that it is, whatever its size and its unit.
    #[test]
    fn what_is_drawn_is_read_again() {
        let text = "[model]\nrun_for = '1s'\n\
            [param.rate]\nvalue = '3/s'\nrange = ['0.0000001/s', '90M/s']\n\
            [param.share]\nvalue = '0.0001%'\nrange = ['0.00000001%', '99.9999%']\n\
            [param.times]\nvalue = 4.0\nrange = [0.000002, 8.0]\n\
            [param.servers]\nvalue = 4\nrange = [1, 900]\n\
            [param.page]\nvalue = '4kB'\nrange = ['1B', '9GB']\n\
            [param.wait]\nvalue = '4ms'\nrange = ['1ms', '1h']\n";
        let (model, _) = crate::model::read(Source::new("m.toml", text), Files::new());
        let drawn = draw(&model, 200, 7);
        assert_eq!(drawn.len(), 6);
        for (one, at) in drawn
            .iter()
            .flat_map(|one| (0..200).map(move |at| (one, at)))
        {
            let (changed, found) = model.with(&[one.change(at)]);
            let param = changed.params.get(&one.name);
            let param = param.unwrap_or_else(|| panic!("{found:?}"));
            assert_eq!(param.value, Some(one.values[at]), "{found:?}");
            let is_whole = one.values[at].fract() == 0.0;
            assert!(is_whole || one.name != "servers", "{}", one.values[at]);
        }
        let times = drawn
            .iter()
            .find(|one| one.name == "times")
            .expect("it is drawn");
        assert!(times.values.iter().any(|value| value.fract() != 0.0));
    }
}
