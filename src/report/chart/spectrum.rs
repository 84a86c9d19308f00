//! Tails, variant by variant: time against percentile, up to the wall beyond which it is never.
//!
//! One idea: the axis stretches the tail (1 ÷ (1 − p), as HdrHistogram plots do), and a curve ends
//! where users no longer get in, so losing users never looks like being fast.

use super::frame::{
    Frame, Heading, LABEL, Size, TICK, X_AXIS, unit_ticks, width_of_ticks, y_axis, y_title,
};
use super::ink::{Dash, Ink, pen_of_variant};
use super::labels;
use super::ribbon::log_scale;
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Point, Scene, cut, width_of};
use crate::report::{number, reading, words};
use crate::results::{Results, Spectrum, Unit};

/// Where a share stands on the axis.
fn stretched(share: f64) -> f64 {
    1.0 / (1.0 - share).max(1e-9)
}

/// The variants that have a spectrum of a step, with their place in the order.
pub(crate) fn curves<'a>(results: &'a Results, step: &str) -> Vec<(usize, String, &'a Spectrum)> {
    reading::variants(results)
        .enumerate()
        .filter_map(|(place, (name, variant))| {
            let label = words::variant_label(results, name);
            Some((place, label, variant.spectrum.get(step)?))
        })
        .filter(|(_, _, spectrum)| spectrum.s.iter().flatten().next().is_some())
        .collect()
}

/// The largest share that any curve says something about.
fn reach(curves: &[(usize, String, &Spectrum)]) -> f64 {
    let ends = curves.iter().flat_map(|(_, _, curve)| {
        let known = curve.q.iter().zip(&curve.s).filter(|(_, s)| s.is_some());
        let last = known.map(|(q, _)| *q).next_back();
        let wall = (curve.served_share < 1.0).then_some(curve.served_share);
        last.into_iter().chain(wall)
    });
    ends.fold(0.9, f64::max)
}

/// Least and most of all times, seconds.
fn span(curves: &[(usize, String, &Spectrum)]) -> (f64, f64) {
    let values = curves
        .iter()
        .flat_map(|(_, _, c)| c.s.iter().flatten().copied());
    let found = values
        .filter(|v| *v > 0.0)
        .fold(None, |found: Option<(f64, f64)>, v| {
            let (least, most) = found.unwrap_or((v, v));
            Some((least.min(v), most.max(v)))
        });
    found.unwrap_or((0.01, 1.0))
}

/// A curve laid out: where it ends, and its label.
struct End<'a> {
    place: usize,
    at: Point,
    /// Whether somebody never ends ok, so that a wall stands there.
    is_wall: bool,
    text: String,
    name: &'a str,
}

/// Distance of the labels on the shelf, pixels.
const ROW: f64 = 17.0;

/// Room between an end and its label.
const BESIDE: f64 = 10.0;

/// The picture of one step. Walls stand up to a shelf of labels above the curves, the leftmost
/// highest: so a label to the right of its wall meets no other wall, and needs no leader.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results, step: &str) -> Scene {
    let mut frame = Frame::new(size, heading);
    let curves = curves(results, step);
    let walls = curves.iter().filter(|(_, _, c)| c.served_share < 1.0);
    let shelf = match walls.count() {
        0 => 8.0,
        count => ROW * count as f64 + 8.0,
    };
    let span = span(&curves);
    let left = width_of_ticks(&unit_ticks(log_scale(frame.body, span), Unit::Seconds)) + 8.0;
    let body = frame.body.between(left.max(50.0), 4.0);
    let panel = body.within(22.0, X_AXIS + 18.0);
    let lower = panel.within(shelf, 0.0);
    let scene = &mut frame.scene;
    let y = log_scale(lower, span);
    let x = wide_enough(&curves, panel);
    y_axis(scene, lower, y, &unit_ticks(y, Unit::Seconds));
    y_title(scene, panel.within(-2.0, 0.0), &words::time_of_all(step));
    percentile_axis(scene, (lower.y, panel.bottom()), x);
    let mut ends: Vec<End<'_>> = Vec::new();
    for curve in &curves {
        ends.extend(draw_curve(scene, curve, (x, y)));
    }
    label_walls(scene, &mut ends, panel);
    label_ends(scene, &ends, lower);
    frame.scene
}

/// The axis of percentiles, so long that every label has room to the right of its end.
fn wide_enough(curves: &[(usize, String, &Spectrum)], panel: Area) -> Scale {
    let most = stretched(reach(curves));
    let scale = |factor: f64| {
        let ends = (1.0, most * factor);
        Scale::new(Bend::Log, ends, (panel.x, panel.right()))
    };
    let fits = |x: Scale| {
        curves.iter().all(|(_, name, curve)| {
            let text = words::spectrum_label(name, curve.served_share);
            let known = curve.q.iter().zip(&curve.s).filter(|(_, s)| s.is_some());
            let last = known.map(|(q, _)| *q).next_back().unwrap_or(0.0);
            let end = if curve.served_share < 1.0 {
                curve.served_share.max(last)
            } else {
                last
            };
            x.at(stretched(end)) + BESIDE + width_of(&text, LABEL) <= panel.right()
        })
    };
    let mut factor = 1.1;
    while !fits(scale(factor)) && factor < 1e6 {
        factor *= 1.25;
    }
    scale(factor)
}

/// Draws a curve, smooth between what is known, and returns where it ends.
fn draw_curve<'a>(
    scene: &mut Scene,
    (place, name, spectrum): &'a (usize, String, &Spectrum),
    (x, y): (Scale, Scale),
) -> Option<End<'a>> {
    let pen = pen_of_variant(*place);
    let known = spectrum.q.iter().zip(&spectrum.s);
    let points: Vec<Point> = known
        .filter_map(|(q, s)| Some((x.at(stretched(*q)), y.at((*s)?))))
        .collect();
    let last = *points.last()?;
    scene.dashed(smooth(&points), pen.ink, 2.4, pen.dash);
    let is_wall = spectrum.served_share < 1.0;
    let mut at = last;
    if is_wall {
        // So near the wall too few requests are left to say how long they take.
        at.0 = x.at(stretched(spectrum.served_share)).max(last.0);
        scene.dashed(vec![last, at], Ink::Muted, 1.0, Dash::Dotted);
    }
    Some(End {
        place: *place,
        at,
        is_wall,
        text: words::spectrum_label(name, spectrum.served_share),
        name,
    })
}

/// Walls with their labels on the shelf, from the left to the right and from the top down.
fn label_walls(scene: &mut Scene, ends: &mut [End<'_>], panel: Area) {
    ends.sort_by(|a, b| a.at.0.total_cmp(&b.at.0).then(a.name.cmp(b.name)));
    for (row, end) in ends.iter().filter(|end| end.is_wall).enumerate() {
        let pen = pen_of_variant(end.place);
        let top = (end.at.0, panel.y + ROW * (row as f64 + 0.5));
        scene.dashed(vec![end.at, top], pen.ink, 1.4, Dash::Dotted);
        scene.mark(top, pen.ink, pen.marker);
        let room = panel.right() + 4.0 - top.0 - BESIDE;
        let text = cut(&end.text, LABEL, room);
        scene.text((top.0 + BESIDE, top.1), &text, LABEL);
    }
}

/// Labels beside the ends of curves that everybody is on, apart from each other.
fn label_ends(scene: &mut Scene, ends: &[End<'_>], panel: Area) {
    let ends: Vec<&End<'_>> = ends.iter().filter(|end| !end.is_wall).collect();
    let wanted: Vec<f64> = ends.iter().map(|end| end.at.1).collect();
    let bounds = (panel.y + 7.0, panel.bottom() - 7.0);
    let placed = labels::apart(&wanted, ROW, bounds);
    let right = ends.iter().map(|end| end.at.0).fold(0.0, f64::max);
    for (end, y) in ends.iter().zip(placed) {
        let pen = pen_of_variant(end.place);
        let at = (right + BESIDE, y);
        scene.line(vec![end.at, (at.0 - 3.0, y)], Ink::Muted, 1.0);
        scene.mark(end.at, pen.ink, pen.marker);
        let text = cut(&end.text, LABEL, panel.right() + 4.0 - at.0);
        let behind = Area {
            x: at.0 - 2.0,
            y: y - 8.0,
            w: width_of(&text, LABEL) + 4.0,
            h: 16.0,
        };
        scene.fill_box(behind, Ink::Paper, 0.85);
        scene.text(at, &text, LABEL);
    }
}

/// Points between points, on cubic pieces that never leave the range of their ends (Fritsch and
/// Carlson 1980).
fn smooth(points: &[Point]) -> Vec<Point> {
    let mut known: Vec<Point> = Vec::new();
    for point in points {
        if known.last().is_none_or(|last| point.0 > last.0 + 0.01) {
            known.push(*point);
        }
    }
    if known.len() < 3 {
        return points.to_vec();
    }
    let slopes: Vec<f64> = known
        .windows(2)
        .map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0))
        .collect();
    let tangent = |at: usize| match at {
        0 => slopes[0],
        at if at == slopes.len() => slopes[at - 1],
        at if slopes[at - 1] * slopes[at] <= 0.0 => 0.0,
        // The harmonic mean keeps within three times the flatter slope.
        at => 2.0 * slopes[at - 1] * slopes[at] / (slopes[at - 1] + slopes[at]),
    };
    let mut all = vec![known[0]];
    for (at, pair) in known.windows(2).enumerate() {
        let (from, to) = (pair[0], pair[1]);
        let width = to.0 - from.0;
        let steps = (width / 4.0).ceil().clamp(1.0, 60.0) as usize;
        for step in 1..=steps {
            let t = step as f64 / steps as f64;
            let (t2, t3) = (t * t, t * t * t);
            let y = from.1 * (2.0 * t3 - 3.0 * t2 + 1.0)
                + width * tangent(at) * (t3 - 2.0 * t2 + t)
                + to.1 * (3.0 * t2 - 2.0 * t3)
                + width * tangent(at + 1) * (t3 - t2);
            all.push((from.0 + width * t, y));
        }
    }
    all
}

/// Ticks at the percentiles that people name.
fn percentile_axis(scene: &mut Scene, between: (f64, f64), x: Scale) {
    let (top, bottom) = between;
    let (left, right) = (x.at(1.0), x.at(x.ends().1));
    scene.line(vec![(left, bottom), (right, bottom)], Ink::Muted, 1.0);
    let mut free = f64::NEG_INFINITY;
    for share in [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999] {
        if stretched(share) > x.ends().1 * 1.001 {
            continue;
        }
        let at = x.at(stretched(share));
        let text = number::percentile(share);
        let half = width_of(&text, TICK) / 2.0;
        if at - half < free {
            continue;
        }
        free = at + half + 8.0;
        scene.line(vec![(at, top), (at, bottom + 5.0)], Ink::Rule, 1.0);
        scene.words(
            (at, bottom + 14.0),
            &text,
            (TICK, Anchor::Middle, Ink::Muted),
        );
    }
    let title = words::PERCENTILE_AXIS;
    scene.words(
        (left, bottom + 33.0),
        title,
        (TICK, Anchor::Left, Ink::Muted),
    );
}

#[cfg(test)]
mod tests {
    use super::super::scene::Shape;
    use super::*;
    use crate::report::{chart, sample};

    /// Leaders from walls to labels crossed each other and the walls.
    #[test]
    fn no_label_meets_a_wall_of_another() {
        let mut results = sample::compare();
        for (at, name) in results.order.clone().into_iter().enumerate() {
            let variant = results.variants.get_mut(&name).expect("it is listed");
            let curve = variant.spectrum.get_mut("login").expect("logins are timed");
            curve.served_share = 0.41 + 0.06 * at as f64;
        }
        let all = chart::pictures(&results);
        let kind = chart::Kind::Spectrum("login".to_owned());
        let picture = all.iter().find(|one| one.kind == kind);
        for size in [Size::Wide, Size::Small] {
            let scene = picture.expect("it is drawn").scene(&results, size);
            let walls = scene.shapes.iter().filter_map(|shape| match shape {
                Shape::Line { points, width, .. } if (*width - 1.4).abs() < 1e-9 => {
                    Some((points[0], points[1]))
                }
                _ => None,
            });
            let walls: Vec<(Point, Point)> = walls.collect();
            assert_eq!(walls.len(), results.order.len());
            let labels = scene.shapes.iter().filter_map(|shape| match shape {
                Shape::Text { text, .. } if text.ends_with("never") => shape.area_of_words(),
                _ => None,
            });
            let labels: Vec<Area> = labels.collect();
            assert_eq!(labels.len(), walls.len());
            for label in labels {
                for (low, high) in &walls {
                    let beside = high.0 < label.x || high.0 > label.right();
                    assert!(beside || high.1 > label.bottom() || low.1 < label.y);
                }
            }
        }
    }

    #[test]
    fn a_smooth_curve_never_leaves_what_is_known() {
        let known = [(0.0, 100.0), (10.0, 99.0), (12.0, 20.0), (100.0, 10.0)];
        let drawn = smooth(&known);
        assert!(drawn.windows(2).all(|pair| pair[1].1 <= pair[0].1 + 1e-9));
        for point in known {
            let is_it = |p: &Point| (p.0 - point.0).abs() + (p.1 - point.1).abs() < 1e-6;
            assert!(drawn.iter().any(is_it), "{point:?}");
        }
    }
}
