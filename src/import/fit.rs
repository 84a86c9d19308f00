//! A family of laws for measured times, beside what was measured.
//!
//! One idea: each family is fitted by maximum likelihood, the one nearest to the measured law is
//! named, and how near it is stands beside it, as the largest difference of the two distribution
//! functions (Kolmogorov–Smirnov distance). The gamma law's shape is the approximation of Minka
//! (2002). What takes no time at all is a part of its own.

use super::number::secs;
use super::times::Times;
use crate::base::math;
use crate::random::family::Distribution;

/// The largest distance at which a family stands for what was measured.
const NEAR: f64 = 0.05;
/// The distance that chance alone makes of few times, with the root of their number.
const CHANCE: f64 = 1.0;
/// Times that a fit needs.
pub(super) const LEAST: u64 = 30;
/// Quantiles that say what was measured, by their names in the language.
const QUANTILES: [(&str, f64); 7] = [
    ("p5", 0.05),
    ("p25", 0.25),
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p99", 0.99),
    ("p999", 0.999),
];

/// Measured times as laws of the language.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fit {
    /// The nearest family, as the language writes it.
    pub(super) family: String,
    /// How far it is from what was measured.
    pub(super) distance: f64,
    /// What was measured, as quantiles.
    pub(super) measured: String,
    /// Whether the family is near enough to stand for it.
    is_near: bool,
}

impl Fit {
    /// The law that stands for the times: the family if it is near enough.
    pub(super) fn law(&self) -> &str {
        match self.is_near {
            true => &self.family,
            false => &self.measured,
        }
    }

    /// What the law is, and the other one.
    pub(super) fn beside(&self) -> String {
        let distance = self.distance;
        match self.is_near {
            true => format!("measured {} (KS {distance:.3})", self.measured),
            false => format!(
                "no family is near: {} would be off by KS {distance:.3}",
                self.family
            ),
        }
    }
}

/// Fits times, which were measured in steps of `grain_s` seconds; none if there are too few.
pub(super) fn fit(times: &Times, grain_s: f64) -> Option<Fit> {
    if times.count < LEAST || times.count == times.zeros() {
        return None;
    }
    let zeros = times.zeros() as f64 / times.count as f64;
    let candidates = candidates(times);
    let measured_against =
        |(text, law): (String, Distribution)| (distance(times, &law, (zeros, grain_s)), text);
    let nearest = candidates.into_iter().map(measured_against);
    let (distance, family) = nearest.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Fit {
        family: with_zeros(family, zeros),
        distance,
        measured: measured(times, grain_s)?,
        is_near: distance <= NEAR.max(CHANCE / (times.count as f64).sqrt()),
    })
}

/// The part that takes no time is left to a branch of its own if it is more than rounding.
const MANY_ZEROS: f64 = 0.02;

fn with_zeros(law: String, zeros: f64) -> String {
    if zeros < MANY_ZEROS {
        return law;
    }
    let zeros = (zeros * 1e3).round() / 10.0;
    let rest = ((100.0 - zeros) * 10.0).round() / 10.0;
    format!("mix({zeros}%: 0s, {rest}%: {law})")
}

/// The families, each as it is written and as it then is.
fn candidates(times: &Times) -> Vec<(String, Distribution)> {
    let (mut n, mut sum, mut logs, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for bucket in times.buckets().filter(|bucket| bucket.from_s > 0.0) {
        let (count, at) = (bucket.count as f64, (bucket.from_s + bucket.to_s) / 2.0);
        let log = math::ln(at);
        n += count;
        sum += count * at;
        logs += count * log;
        squares += count * log * log;
    }
    let (mean, log) = (sum / n, logs / n);
    let sigma2 = (squares / n - log * log).max(1e-8);
    let about = |mean: f64, cv: f64| (secs(mean), format!("{:.2}", cv.clamp(0.01, 100.0)));
    let mut all = Vec::new();
    let written = secs(mean);
    if let Ok(law) = Distribution::exponential(mean) {
        all.push((format!("exp({written})"), law));
    }
    let (lognormal, cv) = (math::exp(log + sigma2 / 2.0), math::exp_m1(sigma2).sqrt());
    if let Ok(law) = Distribution::lognormal(lognormal, cv.clamp(0.01, 100.0)) {
        let (mean, cv) = about(lognormal, cv);
        all.push((format!("lognormal(mean={mean}, cv={cv})"), law));
    }
    let gap = (math::ln(mean) - log).max(1e-8);
    let shape = (3.0 - gap + ((gap - 3.0) * (gap - 3.0) + 24.0 * gap).sqrt()) / (12.0 * gap);
    let cv = 1.0 / shape.sqrt();
    if let Ok(law) = Distribution::gamma(mean, cv.clamp(0.01, 100.0)) {
        let (mean, cv) = about(mean, cv);
        all.push((format!("gamma(mean={mean}, cv={cv})"), law));
    }
    all
}

/// The largest difference between what was measured and a law of what takes time.
fn distance(times: &Times, law: &Distribution, (zeros, grain_s): (f64, f64)) -> f64 {
    let all = times.count as f64;
    let (mut below, mut most) = (0.0, 0.0_f64);
    for bucket in times.buckets() {
        below += bucket.count as f64;
        // What is written as n steps was between a half less and a half more.
        let edge = match bucket.to_s - bucket.from_s < grain_s {
            true => bucket.from_s + grain_s / 2.0,
            false => bucket.to_s,
        };
        let fitted = zeros + (1.0 - zeros) * law.cdf(edge);
        most = most.max((below / all - fitted).abs());
    }
    most
}

/// Quantiles as the language writes them, only those beyond which ten times lie.
fn measured(times: &Times, grain_s: f64) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut last = 0.0;
    for (name, share) in QUANTILES {
        let beyond = (1.0 - share) * times.count as f64;
        // In steps of the clock, since it had no others.
        let value = (times.quantile_s(share)? / grain_s).round() * grain_s;
        // Points of a law must rise.
        if value > last * 1.001 && (beyond >= 10.0 || parts.is_empty()) {
            parts.push(format!("{name}={}", secs(value)));
            last = value;
        }
    }
    match parts.as_slice() {
        [] => None,
        [_] => Some(secs(times.mean_s()?)),
        parts => Some(format!("quantiles({})", parts.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(law: &Distribution, n: u64) -> Times {
        let mut times = Times::default();
        for k in 0..n {
            let at = law.quantile((k as f64 + 0.5) / n as f64);
            times.add((at * 1e9) as u64);
        }
        times
    }

    #[test]
    fn each_family_is_found_again() {
        let laws = [
            ("exp(20ms)", Distribution::exponential(0.02)),
            ("lognormal(mean=", Distribution::lognormal(0.3, 1.5)),
            ("gamma(mean=", Distribution::gamma(0.05, 0.4)),
        ];
        for (begins, law) in laws {
            let law = law.expect("it is a law");
            let found = fit(&drawn(&law, 20_000), 1e-9).expect("there are enough");
            assert!(found.family.starts_with(begins), "{found:?}");
            assert!(
                found.distance < 0.01 && found.law() == found.family,
                "{found:?}"
            );
        }
    }

    #[test]
    fn two_humps_are_no_family() {
        let mut times = drawn(&Distribution::gamma(0.01, 0.1).expect("a law"), 5_000);
        times.merge(&drawn(
            &Distribution::gamma(1.0, 0.1).expect("a law"),
            5_000,
        ));
        let found = fit(&times, 1e-9).expect("there are enough");
        assert!(found.distance > 0.1 && found.law().starts_with("quantiles(p5="));
        assert!(
            found.beside().contains("would be off by KS 0."),
            "{found:?}"
        );
    }

    #[test]
    fn steps_of_the_clock_are_no_difference() {
        let law = Distribution::exponential(0.004).expect("a law");
        let mut times = Times::default();
        for k in 0..10_000 {
            let at = law.quantile((f64::from(k) + 0.5) / 1e4);
            times.add((at * 1e3).round() as u64 * 1_000_000);
        }
        let found = fit(&times, 1e-3).expect("there are enough");
        assert!(found.distance < 0.06, "{found:?}");
        assert!(
            found.family.starts_with("mix(11.8%: 0s, 88.2%: "),
            "{found:?}"
        );
        assert_eq!(fit(&Times::default(), 1e-3), None);
    }
}
