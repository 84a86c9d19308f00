//! Throughput against how many are at work: the universal scalability law.
//!
//! One idea: X(N) = λN ÷ (1 + σ(N − 1) + κN(N − 1)) (Gunther, *Guerrilla Capacity Planning*, 2007,
//! chapter 4) is a straight line in its unknowns once it is turned over: N ÷ X = 1/λ + (σ/λ)(N − 1)
//! + (κ/λ)N(N − 1), none of them below zero. So the same robust line finds it as finds demands.

use super::Amount;
use super::robust::{Design, Sign, median};
use super::spread::Spread;
use crate::estimate::usl::Law;

/// How throughput grows with those who are at work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// λ: throughput a second of one alone.
    pub alone: Amount,
    /// σ: contention, the part for which others are waited for.
    pub contention: Amount,
    /// κ: coherency, what each pair costs.
    pub coherency: Amount,
    /// The number at which throughput is largest, and that throughput; none where it never falls.
    pub peak: Option<(f64, f64)>,
}

impl Usl {
    /// The throughput with so many at work.
    pub fn throughput(&self, at_work: f64) -> f64 {
        self.law().throughput(at_work)
    }

    fn law(&self) -> Law {
        Law {
            alone: self.alone.value,
            contention: self.contention.value,
            coherency: self.coherency.value,
        }
    }
}

/// The law of some pairs of those at work (1 or more) and throughput a second; nothing of fewer
/// than twelve pairs, or if nearly all have the same number at work.
pub fn usl(pairs: &[(f64, f64)], confidence: f64) -> Option<Usl> {
    let usable = pairs.iter().copied().filter(|(n, x)| *n >= 1.0 && *x > 0.0);
    let pairs: Vec<(f64, f64)> = usable.collect();
    let (least, most) = pairs
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(least, most), (n, _)| {
            (least.min(*n), most.max(*n))
        });
    if pairs.len() < 12 || most < 1.5 * least {
        return None;
    }
    let unit = median(pairs.iter().map(|(n, x)| n / x).collect());
    // Columns of about 1, so that none is lost in the others.
    let (one, two) = (most, most * most);
    let design = Design {
        rows: pairs
            .iter()
            .map(|(n, _)| vec![1.0, (n - 1.0) / one, n * (n - 1.0) / two])
            .collect(),
        y: pairs.iter().map(|(n, x)| n / x / unit).collect(),
        ties: Vec::new(),
        sign: Sign::NotBelowZero,
    };
    let fit = design.fit();
    let spread = Spread::of(&design, &fit, confidence)?;
    let [a, b, c] = fit.coefficients[..] else {
        return None;
    };
    if a <= 0.0 {
        return None;
    }
    // b/a is off by as much as b − (b/a)·a is, in units of a.
    let part = |value: f64, column: usize, size: f64| {
        let mut combination = [-value / a, 0.0, 0.0];
        combination[column] = 1.0;
        let off = spread.error(&combination) / a / size;
        let (value, reach) = (value / a / size, spread.quantile() * off);
        Amount {
            value,
            from: (value - reach).max(0.0),
            to: value + reach,
        }
    };
    let start = spread.amount(&[1.0, 0.0, 0.0]);
    let (contention, coherency) = (part(b, 1, one), part(c, 2, two));
    let mut law = Usl {
        alone: Amount {
            value: 1.0 / a / unit,
            from: 1.0 / start.to / unit,
            to: 1.0 / start.from.max(f64::MIN_POSITIVE) / unit,
        },
        contention,
        coherency,
        peak: None,
    };
    law.peak = law.law().peak();
    Some(law)
}
