//! The knee of a curve: where it turns from nearly flat to steep, or from steep to nearly flat.
//!
//! One idea: after both axes are stretched to 0 … 1, the knee is the point that is farthest from
//! the straight line between the ends (Kneedle: Satopää et al., "Finding a 'Kneedle' in a
//! Haystack", ICDCS workshops 2011, with sensitivity 1). A curve that is nearly straight has none,
//! and what luck could have bent has none either. Where a knee is depends on the range that is
//! looked at.

/// What is nearer to the straight line than this part of the height is no knee.
const LEAST: f64 = 0.1;
/// How far the curve must come back towards the line, in mean distances of values (the paper's S).
const SENSITIVITY: f64 = 1.0;
/// Fewer points have no shape.
const FEWEST: usize = 5;

/// A point of a curve, with the interval of its height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where.
    pub x: f64,
    /// How high.
    pub y: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A knee.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knee {
    /// Number of the point.
    pub at: usize,
    /// How far it is from the straight line, as a part of the height.
    pub distance: f64,
}

/// The knee of some points in the order of x.
pub fn knee(points: &[Point]) -> Option<Knee> {
    let (first, last) = (points.first()?, points.last()?);
    let heights = points.iter().map(|point| point.y);
    let (least, most) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| {
        (a.min(y), b.max(y))
    });
    if points.len() < FEWEST || last.x <= first.x || most <= least {
        return None;
    }
    let across = |point: &Point| (point.x - first.x) / (last.x - first.x);
    let line = |point: &Point| first.y + (last.y - first.y) * across(point);
    // Which side of the line the curve is on: that of most of it.
    let above: f64 = points.iter().map(|point| point.y - line(point)).sum();
    let side = if above < 0.0 { -1.0 } else { 1.0 };
    let distances: Vec<f64> = points
        .iter()
        .map(|point| side * (point.y - line(point)) / (most - least))
        .collect();
    let at = (0..points.len())
        .rev()
        .max_by(|&a, &b| distances[a].total_cmp(&distances[b]))?;
    let distance = distances[at];
    // Sure to be off the line by more than the ends and itself are off by luck.
    let luck = |point: &Point| (point.high - point.low) / 2.0;
    let part = across(&points[at]);
    let of_line = luck(first) * (1.0 - part) + luck(last) * part;
    let is_sure = distance * (most - least) > luck(&points[at]) + of_line;
    let threshold = distance - SENSITIVITY / (points.len() - 1) as f64;
    let comes_back = distances[at..].iter().any(|one| *one < threshold)
        || distances[..at].iter().any(|one| *one < threshold);
    (distance >= LEAST && is_sure && comes_back).then_some(Knee { at, distance })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(luck: f64, height: impl Fn(f64) -> f64, xs: &[f64]) -> Vec<Point> {
        xs.iter()
            .map(|&x| Point {
                x,
                y: height(x),
                low: height(x) - luck,
                high: height(x) + luck,
            })
            .collect()
    }

    fn tenths() -> Vec<f64> {
        (0..=20).map(|n| f64::from(n) / 20.0).collect()
    }

    /// y = −1/(x + 0.1) + 5, the example of the paper: its knee is at x = 0.22 by calculus (where
    /// the slope is that of the line, √(0.1 · 1.1) − 0.1 = 0.2317); of twentieths the fifth is
    /// next.
    #[test]
    fn the_example_of_the_paper() {
        let points = curve(0.0, |x| -1.0 / (x + 0.1) + 5.0, &tenths());
        let found = knee(&points).expect("it has one");
        assert_eq!(found.at, 5);
    }

    #[test]
    fn a_response_time_has_one_where_it_turns_upwards() {
        let times = |load: f64| 0.1 / (1.0 - 0.95 * load);
        let found = knee(&curve(0.0, times, &tenths())).expect("it has one");
        // Where the slope is that of the line: 1 − 0.95 x = √0.05.
        let turn = (1.0 - 0.05_f64.sqrt()) / 0.95;
        assert!((tenths()[found.at] - turn).abs() <= 0.05, "{found:?}");
    }

    #[test]
    fn what_is_straight_or_flat_or_luck_has_none() {
        assert_eq!(knee(&curve(0.0, |x| 3.0 * x + 1.0, &tenths())), None);
        assert_eq!(knee(&curve(0.0, |_| 1.0, &tenths())), None);
        assert_eq!(knee(&curve(0.0, |x| x + 0.1 * x * x, &tenths())), None);
        let bent = |x: f64| -1.0 / (x + 0.1) + 5.0;
        assert!(knee(&curve(1.0, bent, &tenths())).is_some());
        assert_eq!(knee(&curve(4.0, bent, &tenths())), None);
        assert_eq!(knee(&curve(0.0, bent, &[0.0, 0.5, 1.0])), None);
    }
}
