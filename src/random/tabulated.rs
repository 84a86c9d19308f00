//! Gamma draws from a table: the inverse once, then a cubic between its points.
//!
//! One idea: against the normal score z of a uniform number, the logarithm of a gamma law's value
//! is almost straight, so a cubic through two neighbours with their exact slopes is right to eight
//! digits, at the price of a normal quantile and an exponential instead of a search. Knows gamma
//! laws of scale 1 only.

use std::sync::Arc;

use crate::base::gamma::{ln_gamma_density, ln_gamma_quantile};
use crate::base::math::{exp, ln, normal_cdf, normal_quantile};

/// The table reaches from −SCORES to SCORES: beyond every uniform number of 53 bits.
const SCORES: i32 = 9;
/// Points for each unit of the score.
const DENSITY: i32 = 32;
const STEP: f64 = 1.0 / DENSITY as f64;

/// ln x of a gamma law of scale 1 at equally spaced normal scores.
#[derive(Debug, PartialEq)]
pub(crate) struct GammaTable {
    points: Vec<Node>,
}

/// ln x, and its slope times the step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    ln_value: f64,
    rise: f64,
}

impl GammaTable {
    pub(crate) fn new(shape: f64) -> Arc<GammaTable> {
        let mut guess = None;
        let points = (-SCORES * DENSITY..=SCORES * DENSITY)
            .map(|i| {
                let node = node(shape, f64::from(i) * STEP, guess);
                guess = Some(node.ln_value + node.rise);
                node
            })
            .collect();
        Arc::new(GammaTable { points })
    }

    /// The value with the share `u` below it.
    pub(crate) fn at(&self, u: f64) -> f64 {
        let edge = f64::from(SCORES) - STEP;
        let place =
            (normal_quantile(u).clamp(-edge, edge) + f64::from(SCORES)) * f64::from(DENSITY);
        let t = place.fract();
        let (a, b) = (self.points[place as usize], self.points[place as usize + 1]);
        let rise = b.ln_value - a.ln_value;
        // Hermite's cubic: the chord, bent to meet both slopes.
        let bend = (a.rise - rise) * (1.0 - t) - (b.rise - rise) * t;
        exp(a.ln_value + t * rise + t * (1.0 - t) * bend)
    }
}

fn node(shape: f64, score: f64, guess: Option<f64>) -> Node {
    let ln_value = ln_gamma_quantile(shape, (normal_cdf(score), normal_cdf(-score)), guess);
    // dz·φ(z) = dy·f(y), where y = ln x has the density a·xᵃ e⁻ˣ / Γ(a + 1).
    let ln_normal = -0.5 * (score * score + ln(std::f64::consts::TAU));
    let slope = exp(ln_normal - ln(shape) - ln_gamma_density(shape, ln_value));
    Node {
        ln_value,
        rise: slope * STEP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::{gamma_quantile, normal_cdf};

    /// Midway between two points the cubic is furthest off.
    #[test]
    fn the_cubic_is_right_to_eight_digits() {
        for cv in [0.001, 0.05, 0.3, 1.0, 3.0, 10.0, 30.0] {
            let shape = 1.0 / (cv * cv);
            let table = GammaTable::new(shape);
            for i in -8 * DENSITY..8 * DENSITY {
                let u = normal_cdf((f64::from(i) + 0.5) * STEP);
                let exact = gamma_quantile(shape, u);
                let error = (table.at(u) - exact).abs();
                // Wide laws are steep: there a digit of ln x is one of the shape times as many.
                assert!(
                    error <= 1e-8 * exact * (1.0 / shape).max(1.0),
                    "cv {cv}, {u}: {}",
                    error / exact
                );
            }
        }
    }
}
