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

/// Fewest ticks by which a logarithmic scale can be read.
const FEWEST: usize = 3;

/// Least distance of two labels, one above the other, pixels.
const LEAST_APART: f64 = 14.0;

/// Digits that a logarithmic scale has ticks at, the closest first.
const LADDERS: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];

/// Digits for less than a decade.
const CLOSEST: &[f64] = &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0];

/// Lengths of a minute and more that people say, seconds, each with the number of digits of the
/// ladders that it belongs to.
const DURATIONS: [(f64, usize); 27] = [
    (60.0, 1),
    (90.0, 7),
    (120.0, 3),
    (180.0, 7),
    (240.0, 7),
    (300.0, 2),
    (420.0, 7),
    (600.0, 1),
    (900.0, 7),
    (1_200.0, 3),
    (1_800.0, 2),
    (2_700.0, 7),
    (3_600.0, 1),
    (5_400.0, 7),
    (7_200.0, 3),
    (10_800.0, 2),
    (14_400.0, 7),
    (21_600.0, 3),
    (36_000.0, 1),
    (86_400.0, 1),
    (129_600.0, 7),
    (172_800.0, 3),
    (259_200.0, 2),
    (345_600.0, 7),
    (604_800.0, 1),
    (1_209_600.0, 2),
    (2_592_000.0, 1),
];

/// From here on nobody says what it is, seconds.
const LONGEST: f64 = 4e6;

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

    /// Round values at least `apart` pixels from each other; of a logarithmic scale three at least,
    /// if need be closer.
    pub(crate) fn ticks(self, apart: f64) -> Vec<f64> {
        match self.bend {
            Bend::Linear => self.steps(apart, round_up),
            Bend::Log => self.rungs(apart, &|digits| self.decades(digits)),
            Bend::SymLog => self.both_sides(apart),
        }
    }

    /// Lengths of time worth a tick: those that people say.
    pub(crate) fn duration_ticks(self, apart: f64) -> Vec<f64> {
        let most = self.values.0.abs().max(self.values.1.abs());
        match self.bend {
            Bend::Linear => self.steps(apart, round_time),
            Bend::SymLog => self.both_sides(apart),
            Bend::Log if most <= 60.0 || most > LONGEST => self.ticks(apart),
            Bend::Log => self.rungs(apart, &|digits| {
                let below = self.decades(digits).into_iter().filter(|v| *v < 60.0);
                let above = DURATIONS.iter().filter(|(_, least)| digits.len() >= *least);
                let above = above.map(|(value, _)| *value).filter(|v| self.holds(*v));
                below.chain(above).collect()
            }),
        }
    }

    /// The multiples of a step that is round.
    fn steps(self, apart: f64, round: impl Fn(f64) -> f64) -> Vec<f64> {
        let span = self.values.1 - self.values.0;
        let most = (self.length() / apart).floor().max(1.0);
        if span <= 0.0 {
            return vec![self.values.0];
        }
        multiples(round(span / most), self.values)
    }

    /// The rungs of the closest ladder that leaves room for its labels.
    fn rungs(self, apart: f64, ladder: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
        for digits in LADDERS {
            let ticks = ladder(digits);
            if ticks.len() >= FEWEST && self.is_apart(&ticks, apart) {
                return ticks;
            }
        }
        for apart in [apart, LEAST_APART] {
            for digits in [LADDERS[2], LADDERS[1], CLOSEST] {
                let ticks = self.thinned(ladder(digits), apart);
                if ticks.len() >= FEWEST {
                    return ticks;
                }
            }
        }
        // Less than a decade on a few pixels: the ends, and what lies between them.
        let (from, to) = self.values;
        let fraction =
            |part: f64| crate::base::decimal::nearest_short(from + (to - from) * part, 2);
        [0.1, 0.4, 0.9].into_iter().map(fraction).collect()
    }

    /// Zero, and the rungs from 1 on to both sides.
    fn both_sides(self, apart: f64) -> Vec<f64> {
        let most = self.values.0.abs().max(self.values.1.abs());
        let ladder = |digits: &[f64]| -> Vec<f64> {
            let decades = 0..=(log10(most.max(1.0)).ceil() as i32);
            let sizes = decades.flat_map(|e| digits.iter().map(move |d| d * ten_to(e)));
            let sizes: Vec<f64> = sizes.collect();
            let below = sizes.iter().rev().map(|size| -size);
            let all = below.chain([0.0]).chain(sizes.iter().copied());
            all.filter(|v| *v >= self.values.0 && *v <= self.values.1)
                .collect()
        };
        let fitting = LADDERS.into_iter().map(ladder);
        let mut fitting = fitting.filter(|ticks| self.is_apart(ticks, apart));
        fitting
            .next()
            .unwrap_or_else(|| self.thinned(ladder(LADDERS[2]), apart))
    }

    /// `digits` times each power of ten, within the ends.
    fn decades(self, digits: &[f64]) -> Vec<f64> {
        let (from, to) = self.values;
        let decades = (log10(from).floor() as i32)..=(log10(to).ceil() as i32);
        let all = decades.flat_map(|e| digits.iter().map(move |d| d * ten_to(e)));
        all.filter(|v| self.holds(*v)).collect()
    }

    fn holds(self, value: f64) -> bool {
        value >= self.values.0 * 0.999 && value <= self.values.1 * 1.001
    }

    fn is_apart(self, ticks: &[f64], apart: f64) -> bool {
        ticks
            .windows(2)
            .all(|pair| (self.at(pair[1]) - self.at(pair[0])).abs() >= apart)
    }

    /// Those that have room behind the one kept before.
    fn thinned(self, ticks: Vec<f64>, apart: f64) -> Vec<f64> {
        let mut kept: Vec<f64> = Vec::new();
        for tick in ticks {
            let far = |last: &f64| (self.at(tick) - self.at(*last)).abs() >= apart;
            if kept.last().is_none_or(far) {
                kept.push(tick);
            }
        }
        kept
    }

    /// Instants worth a tick, with their labels; `apart` is the width that a label needs.
    pub(crate) fn time_ticks(self, apart: f64) -> Vec<(f64, String)> {
        let span = self.values.1 - self.values.0;
        let most = (self.length() / apart).max(1.0);
        let step = round_time((span / most).max(1.0));
        let ticks = multiples(step, self.values).into_iter();
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

/// The least length of time that people count in and that is not below `value`, seconds.
fn round_time(value: f64) -> f64 {
    const STEPS: [f64; 20] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
        7_200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0, 604_800.0,
    ];
    let found = STEPS.into_iter().find(|step| *step >= value * 0.999_999);
    found.filter(|_| value > 0.5).unwrap_or(round_up(value))
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
        let scale = Scale::new(Bend::SymLog, (-2.0, 40.0), (0.0, 100.0));
        assert_eq!(scale.ticks(10.0), [-1.0, 0.0, 1.0, 3.0, 10.0, 30.0]);
        let scale = Scale::new(Bend::Linear, (-1_000.0, 1_000.0), (0.0, 400.0));
        assert_eq!(
            scale.duration_ticks(90.0),
            [-600.0, 0.0, 600.0],
            "ten minutes, not 500 s"
        );
        let scale = Scale::new(Bend::Linear, (-120.0, 4_500.0), (0.0, 1_000.0));
        let labels: Vec<String> = scale.time_ticks(100.0).into_iter().map(|t| t.1).collect();
        assert_eq!(labels[..3], ["T+00:00", "T+10:00", "T+20:00"]);
    }

    /// Times of login between two and eight minutes had one tick.
    #[test]
    fn a_logarithmic_axis_has_three_labels_at_least() {
        let scale = Scale::new(Bend::Log, (118.0, 810.0), (300.0, 0.0));
        assert_eq!(scale.duration_ticks(26.0), [120.0, 300.0, 600.0]);
        for height in [60.0, 110.0, 300.0, 500.0] {
            for start in 0..400 {
                let from = 0.000_1 * 1.05_f64.powi(start);
                for factor in [4.0, 6.76, 30.0, 1e3, 1e6] {
                    let scale = Scale::new(Bend::Log, (from, from * factor), (height, 0.0));
                    for ticks in [scale.ticks(26.0), scale.duration_ticks(26.0)] {
                        let far = |p: &[f64]| scale.at(p[0]) - scale.at(p[1]) >= LEAST_APART;
                        let is_legible = ticks.windows(2).all(far);
                        assert!(
                            ticks.len() >= FEWEST && is_legible,
                            "{height} px, {from} × {factor}: {ticks:?}"
                        );
                    }
                }
            }
        }
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
