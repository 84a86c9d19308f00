//! The stops of a slider: round numbers between two ends, with the ends and the base among them.
//!
//! One idea: nobody needs a hundred and one values that are not round. Over a small range the stops
//! are equally far apart; over a wide one they are so in proportion.

/// What the stops are of.
pub(super) struct Scale {
    /// The low end.
    pub(super) low: f64,
    /// The high end.
    pub(super) high: f64,
    /// Where the slider stands at first.
    pub(super) base: f64,
    /// Whether only whole numbers make sense.
    pub(super) whole: bool,
}

/// Stops of equal distance, about.
const STOPS: f64 = 100.0;
/// From this proportion of the ends on, stops are equally far apart in proportion.
const WIDE: f64 = 30.0;
/// Round numbers from 1 to 10 over a wide range.
const ROUND: [u32; 18] = [
    10, 11, 12, 13, 14, 15, 17, 20, 22, 25, 30, 35, 40, 45, 50, 60, 70, 80,
];

/// The stops as they are written, and which of them is the base; none without a range.
pub(super) fn stops(scale: &Scale) -> Option<(Vec<String>, usize)> {
    let is_range = scale.low < scale.high && scale.low.is_finite() && scale.high.is_finite();
    if !is_range || !scale.base.is_finite() {
        return None;
    }
    let round = match scale.low > 0.0 && scale.high / scale.low >= WIDE {
        true => proportional(scale),
        false => equal(scale),
    };
    let inside = |value: &f64| *value > scale.low && *value < scale.high;
    let mut all: Vec<f64> = round.into_iter().filter(inside).collect();
    all.extend([scale.low, scale.high, scale.base]);
    all.sort_by(f64::total_cmp);
    let mut stops: Vec<String> = all.into_iter().map(written).collect();
    stops.dedup();
    let base = written(scale.base);
    let at = stops.iter().position(|stop| *stop == base)?;
    Some((stops, at))
}

/// `10^exponent`, exactly as far as that can be.
fn power(exponent: i32) -> f64 {
    10_f64.powi(exponent)
}

/// The exponent of the largest power of ten that is not above a value.
fn exponent(value: f64) -> i32 {
    (-12..=15).rev().find(|n| power(*n) <= value).unwrap_or(-12)
}

fn equal(scale: &Scale) -> Vec<f64> {
    let rough = (scale.high - scale.low) / STOPS;
    let of = exponent(rough);
    let steps = [1, 2, 5, 10].map(|n| f64::from(n) * power(of));
    let step = steps.into_iter().find(|step| *step >= rough * 0.99);
    let step = step.unwrap_or(rough);
    let step = if scale.whole { step.max(1.0) } else { step };
    let first = (scale.low / step).ceil();
    let count = ((scale.high / step).floor() - first).clamp(0.0, 2.0 * STOPS) as u32;
    (0..=count)
        .map(|n| clean((first + f64::from(n)) * step))
        .collect()
}

fn proportional(scale: &Scale) -> Vec<f64> {
    let (from, to) = (exponent(scale.low), exponent(scale.high));
    let all = (from..=to).flat_map(|of| ROUND.map(|n| clean(f64::from(n) * power(of) / 10.0)));
    all.filter(|value| !scale.whole || value.fract().abs() < 1e-9)
        .collect()
}

/// The value without what binary fractions add to it.
fn clean(value: f64) -> f64 {
    written(value).parse().unwrap_or(value)
}

/// A number as a model has it: no exponent, twelve digits at most, no zeros at the end.
pub(super) fn written(value: f64) -> String {
    let digits = usize::try_from(11 - exponent(value.abs())).unwrap_or(0);
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stepped((low, high): (f64, f64), base: f64, whole: bool) -> (Vec<String>, usize) {
        let scale = Scale {
            low,
            high,
            base,
            whole,
        };
        stops(&scale).expect("there is a range")
    }

    fn made(ends: (f64, f64), base: f64) -> (Vec<String>, usize) {
        stepped(ends, base, false)
    }

    fn whole(ends: (f64, f64), base: f64) -> (Vec<String>, usize) {
        stepped(ends, base, true)
    }

    #[test]
    fn stops_are_round_and_hold_the_ends_and_the_base() {
        let (stops, at) = made((120.0, 300.0), 200.0);
        assert_eq!((stops.len(), stops[at].as_str()), (91, "200"));
        assert_eq!(&stops[..3], ["120", "122", "124"]);
        let (stops, at) = made((0.6, 0.9), 0.777);
        assert_eq!(stops[at], "0.777");
        assert!(stops.contains(&"0.63".to_owned()) && stops.iter().all(|s| s.len() <= 5));
        let (stops, _) = whole((1.0, 8.0), 2.0);
        assert_eq!(stops, ["1", "2", "3", "4", "5", "6", "7", "8"]);
    }

    #[test]
    fn a_wide_range_is_divided_in_proportion() {
        let (stops, at) = made((0.005, 2.5), 1.0);
        assert_eq!(stops[at], "1");
        assert_eq!((stops[0].as_str(), stops[1].as_str()), ("0.005", "0.006"));
        assert!((40..70).contains(&stops.len()), "{stops:?}");
        let (stops, _) = whole((1.0, 1_000_000.0), 7.0);
        assert!(stops.iter().all(|stop| !stop.contains('.')), "{stops:?}");
    }

    #[test]
    fn a_base_outside_its_range_is_a_stop_too() {
        let (stops, at) = whole((1.0, 4.0), 6.0);
        assert_eq!(
            (stops.last().map(String::as_str), at),
            (Some("6"), stops.len() - 1)
        );
        let (stops, at) = made((0.0, 1.0), 0.0);
        assert_eq!((stops[at].as_str(), at), ("0", 0));
    }
}
