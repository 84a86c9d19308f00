//! From values to pixels, and the values worth a tick.
//!
//! One idea: a scale is its two ends and a bend; ticks are the round numbers in between, at a
//! distance that their labels need.

use crate::base::math::log10;
use crate::report::number;

/// How a scale is bent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bend {
    /// Straight.
    Linear,
    /// Logarithmic.
    Log,
    /// Straight from −1 to 1, logarithmic beyond.
    SymLog,
}

/// A scale from values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    bend: Bend,
    values: (f64, f64),
    pixels: (f64, f64),
}

impl Scale {
    /// `values` are laid onto `pixels`, end on end.
    pub(crate) fn new(bend: Bend, values: (f64, f64), pixels: (f64, f64)) -> Scale {
        Scale {
            bend,
            values,
            pixels,
        }
    }

    fn bent(self, value: f64) -> f64 {
        match self.bend {
            Bend::Linear => value,
            Bend::Log => log10(value.max(1e-12)),
            Bend::SymLog if value.abs() <= 1.0 => value,
            Bend::SymLog => value.signum() * (1.0 + log10(value.abs())),
        }
    }

    /// The pixel of a value; beyond the ends, the end.
    pub(crate) fn at(self, value: f64) -> f64 {
        let (from, to) = (self.bent(self.values.0), self.bent(self.values.1));
        let part = if (to - from).abs() < f64::EPSILON {
            0.0
        } else {
            (self.bent(value) - from) / (to - from)
        };
        self.pixels.0 + part.clamp(0.0, 1.0) * (self.pixels.1 - self.pixels.0)
    }

    /// Length in pixels.
    pub(crate) fn length(self) -> f64 {
        (self.pixels.1 - self.pixels.0).abs()
    }

    /// The ends in values.
    pub(crate) fn ends(self) -> (f64, f64) {
        self.values
    }

    /// Round values at least `apart` pixels from each other.
    pub(crate) fn ticks(self, apart: f64) -> Vec<f64> {
        match self.bend {
            Bend::Linear => self.linear_ticks(apart),
            Bend::Log => self.log_ticks(apart),
            Bend::SymLog => self.symlog_ticks(apart),
        }
    }

    fn linear_ticks(self, apart: f64) -> Vec<f64> {
        let span = self.values.1 - self.values.0;
        let most = (self.length() / apart).floor().max(1.0);
        if span <= 0.0 {
            return vec![self.values.0];
        }
        multiples(round_up(span / most), self.values)
    }

    fn log_ticks(self, apart: f64) -> Vec<f64> {
        let (from, to) = self.values;
        let decades = (log10(from).floor() as i32)..=(log10(to).ceil() as i32);
        let of = |digits: &[f64]| -> Vec<f64> {
            let all = decades
                .clone()
                .flat_map(|e| digits.iter().map(move |d| d * ten_to(e)));
            all.filter(|v| *v >= from * 0.999 && *v <= to * 1.001)
                .collect()
        };
        for digits in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
            let ticks = of(digits);
            if self.is_apart(&ticks, apart) {
                return ticks;
            }
        }
        let mut ticks = of(&[1.0]);
        while !self.is_apart(&ticks, apart) && ticks.len() > 2 {
            ticks = ticks.into_iter().step_by(2).collect();
        }
        ticks
    }

    fn symlog_ticks(self, apart: f64) -> Vec<f64> {
        let most = self.values.0.abs().max(self.values.1.abs());
        let mut sizes = vec![0.0, 1.0];
        let mut size = 10.0;
        while size <= most {
            sizes.push(size);
            size *= 10.0;
        }
        let below = sizes.iter().rev().filter(|s| **s > 0.0).map(|s| -s);
        let all: Vec<f64> = below.chain(sizes.iter().copied()).collect();
        let within = |v: &f64| *v >= self.values.0 && *v <= self.values.1;
        let ticks: Vec<f64> = all.into_iter().filter(within).collect();
        if self.is_apart(&ticks, apart) {
            return ticks;
        }
        ticks
            .into_iter()
            .filter(|t| t.abs() <= 1.0 || t.abs() >= most / 10.0)
            .collect()
    }

    fn is_apart(self, ticks: &[f64], apart: f64) -> bool {
        ticks
            .windows(2)
            .all(|pair| (self.at(pair[1]) - self.at(pair[0])).abs() >= apart)
    }

    /// Lengths of time worth a tick on a logarithmic scale: those that people say.
    pub(crate) fn duration_ticks(self, apart: f64) -> Vec<f64> {
        const ABOVE_A_MINUTE: [f64; 8] = [
            60.0,
            300.0,
            1_800.0,
            7_200.0,
            36_000.0,
            86_400.0,
            604_800.0,
            2_592_000.0,
        ];
        if self.bend != Bend::Log || self.values.1 <= 60.0 {
            return self.ticks(apart);
        }
        let below = (-6..=1).flat_map(|e| [ten_to(e), 3.0 * ten_to(e)]);
        let below: Vec<f64> = below.filter(|v| *v < 60.0).collect();
        let within = |v: &f64| *v >= self.values.0 * 0.999 && *v <= self.values.1 * 1.001;
        let mut kept: Vec<f64> = Vec::new();
        for tick in below.into_iter().chain(ABOVE_A_MINUTE).filter(within) {
            let is_far = kept
                .last()
                .is_none_or(|last| (self.at(tick) - self.at(*last)).abs() >= apart);
            if is_far {
                kept.push(tick);
            }
        }
        kept
    }

    /// Instants worth a tick, with their labels; `apart` is the width that a label needs.
    pub(crate) fn time_ticks(self, apart: f64) -> Vec<(f64, String)> {
        const STEPS: [f64; 20] = [
            1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
            7_200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0, 604_800.0,
        ];
        let span = self.values.1 - self.values.0;
        let most = (self.length() / apart).max(1.0);
        let fits = |step: &&f64| span / **step <= most;
        let step = STEPS
            .iter()
            .find(fits)
            .copied()
            .unwrap_or(round_up(span / most));
        let ticks = multiples(step.max(1e-9), self.values).into_iter();
        ticks.map(|t| (t, number::instant(t))).collect()
    }
}

/// The multiples of `step` between two values.
fn multiples(step: f64, values: (f64, f64)) -> Vec<f64> {
    let first = (values.0 / step).ceil() as i64;
    let last = (values.1 / step + 1e-9).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// The least of 1, 2, 5, 10 … that is not below `value`.
pub(crate) fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let decade = ten_to(log10(value).floor() as i32);
    let digits = [1.0, 2.0, 2.5, 5.0, 10.0];
    let found = digits.into_iter().find(|d| d * decade >= value * 0.999_999);
    found.unwrap_or(10.0) * decade
}

/// Ten to a whole power, exactly as written.
fn ten_to(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("a power of ten")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let scale = Scale::new(Bend::Linear, (0.0, 48_210.0), (300.0, 0.0));
        assert_eq!(
            scale.ticks(50.0),
            [0.0, 10_000.0, 20_000.0, 30_000.0, 40_000.0]
        );
        let scale = Scale::new(Bend::Log, (0.05, 20.0), (300.0, 0.0));
        assert_eq!(
            scale.ticks(20.0),
            [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0]
        );
        let scale = Scale::new(Bend::SymLog, (-2.0, 40.0), (0.0, 400.0));
        assert_eq!(scale.ticks(10.0), [-1.0, 0.0, 1.0, 10.0]);
        let scale = Scale::new(Bend::Linear, (-120.0, 4_500.0), (0.0, 1_000.0));
        let labels: Vec<String> = scale.time_ticks(100.0).into_iter().map(|t| t.1).collect();
        assert_eq!(labels[..3], ["T+00:00", "T+10:00", "T+20:00"]);
    }

    #[test]
    fn values_stay_within_the_scale() {
        let scale = Scale::new(Bend::Linear, (0.0, 10.0), (100.0, 0.0));
        assert_eq!(
            (scale.at(-5.0), scale.at(5.0), scale.at(50.0)),
            (100.0, 50.0, 0.0)
        );
    }
}
