//! Lines of fewer points that look the same.
//!
//! One idea: what lies nearer to the straight line between two kept points than anybody can see is
//! left out (Douglas and Peucker 1973), so that a picture is as large as its shape is rich, not as
//! its bins are many.

use super::scene::Point;

/// Pixels that nobody sees.
pub(crate) const UNSEEN: f64 = 0.2;

/// The line without the points that are nearer than `tolerance` pixels to it all the same. Its ends
/// stay.
pub(crate) fn thinned(points: &[Point], tolerance: f64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut kept = vec![false; points.len()];
    kept[0] = true;
    kept[points.len() - 1] = true;
    let mut open = vec![(0, points.len() - 1)];
    while let Some((from, to)) = open.pop() {
        let between = (from + 1..to).map(|at| (at, off(points[at], points[from], points[to])));
        let farthest = between.fold(None, |found: Option<(usize, f64)>, (at, far)| match found {
            Some((_, most)) if most >= far => found,
            _ => Some((at, far)),
        });
        if let Some((at, far)) = farthest
            && far > tolerance
        {
            kept[at] = true;
            open.push((from, at));
            open.push((at, to));
        }
    }
    let all = points.iter().zip(kept);
    all.filter(|(_, kept)| *kept).map(|(p, _)| *p).collect()
}

/// How far a point is from the stretch between two others.
fn off(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 {
        ((px * dx + py * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (ox, oy) = (px - along * dx, py - along * dy);
    (ox * ox + oy * oy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_straight_needs_its_ends_alone() {
        let line: Vec<Point> = (0..100).map(|x| (f64::from(x), 3.0)).collect();
        assert_eq!(thinned(&line, UNSEEN), [(0.0, 3.0), (99.0, 3.0)]);
        let same = vec![(1.0, 1.0); 5];
        assert_eq!(thinned(&same, UNSEEN).len(), 2);
    }

    #[test]
    fn a_corner_and_a_spike_stay() {
        let mut line: Vec<Point> = (0..100).map(|x| (f64::from(x), 0.0)).collect();
        line[40].1 = 9.0;
        let kept = thinned(&line, UNSEEN);
        assert_eq!(
            kept,
            [
                (0.0, 0.0),
                (39.0, 0.0),
                (40.0, 9.0),
                (41.0, 0.0),
                (99.0, 0.0)
            ]
        );
    }
}
