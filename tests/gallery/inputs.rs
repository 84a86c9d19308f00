//! Inputs of a launch, drawn from their ranges: a Latin hypercube, as the conclusions of a model
//! are held against it.
//!
//! One idea: of n launches each has one in every nth of a range, in an order of the input's own
//! (McKay, Beckman & Conover 1979). A range is the 5 % and 95 % point of a lognormal, of a
//! logit-normal where the input is a share. Values are rounded to six digits, as people write them.

use onrush::base::math::{exp, ln, log10, normal_quantile};
use onrush::estimate::resample::Luck;
use onrush::model::Model;
use onrush::model::overlay::Change;
use onrush::model::param::{Param, ParamUnit};
use onrush::random::key::identity;

/// The 95 % point of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;

/// What is changed for one of so many launches.
pub(super) fn drawn(model: &Model, launch: usize, launches: usize) -> Vec<Change> {
    let params = model.params.iter();
    let written = params.filter_map(|(name, param)| {
        let range = param.range?;
        let value = quantile(
            param.unit,
            range,
            share(name, model.seed, (launch, launches)),
        );
        let value = spelled(param, value)?;
        Some(Change::new(&format!("param.{name}"), &value))
    });
    written.collect()
}

/// Where in its range an input stands in a launch, from 0 to 1.
fn share(name: &str, seed: u64, (launch, launches): (usize, usize)) -> f64 {
    let mut luck = Luck::new(seed ^ identity(name));
    let mut strata: Vec<usize> = (0..launches).collect();
    for last in (1..launches).rev() {
        strata.swap(last, luck.below(last + 1));
    }
    let points: Vec<f64> = strata
        .iter()
        .map(|stratum| (*stratum as f64 + luck.uniform()) / launches as f64)
        .collect();
    points[launch]
}

fn quantile(unit: ParamUnit, (low, high): (f64, f64), u: f64) -> f64 {
    let z = normal_quantile(u.clamp(1e-9, 1.0 - 1e-9)) / Z95;
    let between = |a: f64, b: f64| f64::midpoint(a, b) + z * (b - a) / 2.0;
    let logit = |p: f64| ln(p / (1.0 - p));
    if unit == ParamUnit::Share {
        1.0 / (1.0 + exp(-between(logit(low), logit(high))))
    } else {
        exp(between(ln(low), ln(high)))
    }
}

/// As a planner would write it; `None` for what is no number.
fn spelled(param: &Param, value: f64) -> Option<String> {
    let six = |value: f64| {
        let digits = (5 - log10(value).floor() as i32).max(0) as usize;
        format!("{value:.digits$}")
    };
    let whole = !param.written.contains(['.', 'e', 'E']);
    match param.unit {
        ParamUnit::Number if whole => Some(format!("{value:.0}")),
        ParamUnit::Number => Some(six(value)),
        ParamUnit::Seconds => Some(format!("{}us", six(value * 1e6))),
        ParamUnit::PerSecond => Some(format!("{}/h", six(value * 3600.0))),
        ParamUnit::Share => Some(format!("{}%", six(value * 100.0))),
        ParamUnit::Bytes => Some(format!("{}B", six(value))),
        ParamUnit::BytesPerSecond => Some(format!("{}B/s", six(value))),
        ParamUnit::Other => None,
    }
}

#[test]
fn each_launch_has_a_part_of_the_range_of_its_own() {
    let mut parts: Vec<usize> = (0..20)
        .map(|launch| (share("crowd", 7, (launch, 20)) * 20.0) as usize)
        .collect();
    parts.sort_unstable();
    assert_eq!(parts, (0..20).collect::<Vec<_>>());
    for (u, expected) in [(0.05, 2.0), (0.5, 6.0), (0.95, 18.0)] {
        let found = quantile(ParamUnit::Number, (2.0, 18.0), u);
        assert!((found / expected - 1.0).abs() < 1e-9, "{found}");
    }
    for (u, expected) in [(0.05, 0.2), (0.5, 0.5), (0.95, 0.8)] {
        let found = quantile(ParamUnit::Share, (0.2, 0.8), u);
        assert!((found / expected - 1.0).abs() < 1e-9, "{found}");
    }
}
