//! Tails, variant by variant: time against percentile, up to the wall beyond which it is never.
//!
//! One idea: the axis stretches the tail (1 ÷ (1 − p), as HdrHistogram plots do), and a curve ends
//! where users no longer get in, so losing users never looks like being fast.

use super::frame::{
    Frame, Heading, LABEL, Size, TICK, X_AXIS, unit_ticks, width_of_ticks, y_axis, y_title,
};
use super::ink::{Dash, Ink, pen_of_variant};
use super::ribbon::log_scale;
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Point, Scene, width_of};
use crate::report::{number, reading, words};
use crate::results::{Results, Spectrum, Unit};

/// Where a share stands on the axis.
fn stretched(share: f64) -> f64 {
    1.0 / (1.0 - share).max(1e-9)
}

/// The variants that have a spectrum of a step, with their place in the order.
pub(crate) fn curves<'a>(results: &'a Results, step: &str) -> Vec<(usize, &'a str, &'a Spectrum)> {
    reading::variants(results)
        .enumerate()
        .filter_map(|(place, (name, variant))| Some((place, name, variant.spectrum.get(step)?)))
        .filter(|(_, _, spectrum)| spectrum.s.iter().flatten().next().is_some())
        .collect()
}

/// The largest share that any curve says something about.
fn reach(curves: &[(usize, &str, &Spectrum)]) -> f64 {
    let ends = curves.iter().flat_map(|(_, _, curve)| {
        let known = curve.q.iter().zip(&curve.s).filter(|(_, s)| s.is_some());
        let last = known.map(|(q, _)| *q).next_back();
        let wall = (curve.served_share < 1.0).then_some(curve.served_share);
        last.into_iter().chain(wall)
    });
    ends.fold(0.9, f64::max)
}

/// Least and most of all times, seconds.
fn span(curves: &[(usize, &str, &Spectrum)]) -> (f64, f64) {
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

/// The picture of one step.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results, step: &str) -> Scene {
    let mut frame = Frame::new(size, heading);
    let curves = curves(results, step);
    let span = span(&curves);
    let left = width_of_ticks(&unit_ticks(log_scale(frame.body, span), Unit::Seconds)) + 8.0;
    let body = frame.body.between(left.max(50.0), 20.0);
    let panel = body.within(26.0, X_AXIS + 18.0);
    let scene = &mut frame.scene;
    let y = log_scale(panel.within(70.0_f64.min(panel.h * 0.2), 0.0), span);
    let most = stretched(reach(&curves));
    // Room to the right for the last curve's label.
    let x = Scale::new(Bend::Log, (1.0, most * 8.0), (panel.x, panel.right()));
    y_axis(scene, panel, y, &unit_ticks(y, Unit::Seconds));
    y_title(scene, panel.within(-6.0, 0.0), &words::time_of_all(step));
    percentile_axis(scene, (panel.y, panel.bottom()), x);
    let mut taken = Taken::default();
    let mut ends = Vec::new();
    for curve in &curves {
        let (line, wall) = draw_curve(scene, *curve, (x, y), panel);
        let along = |points: &[Point]| -> Vec<Area> {
            let pairs = points.windows(2);
            pairs.flat_map(|pair| boxes(pair[0], pair[1])).collect()
        };
        taken.lines.extend(along(&line));
        taken.walls.extend(along(&wall));
        if let Some(end) = wall.last().or(line.last()) {
            ends.push((*end, *curve));
        }
    }
    let dot = |end: Point| Area {
        x: end.0 - 8.0,
        y: end.1 - 8.0,
        w: 16.0,
        h: 16.0,
    };
    taken.lines.extend(ends.iter().map(|(end, _)| dot(*end)));
    // From the right to the left, further and further down, so that no leader crosses another.
    ends.sort_by(|a, b| b.0.0.total_cmp(&a.0.0));
    for (end, (place, name, spectrum)) in ends {
        let text = words::spectrum_label(name, spectrum.served_share);
        let pen = pen_of_variant(place);
        let wide = width_of(&text, LABEL);
        let spot = free_spot(end, wide, (panel, &taken));
        taken.lines.push(spot);
        let middle = spot.y + spot.h / 2.0;
        let (near, start, anchor) = if spot.x > end.0 {
            (spot.x - 3.0, spot.x, Anchor::Left)
        } else {
            (spot.right() + 3.0, spot.right(), Anchor::Right)
        };
        scene.fill_box(spot, Ink::Paper, 0.85);
        scene.line(vec![end, (near, middle)], Ink::Muted, 1.0);
        scene.mark(end, pen.ink, pen.marker);
        scene.words((start, middle), &text, (LABEL, anchor, Ink::Text));
    }
    frame.scene
}

/// Draws a curve, and the wall at its end if somebody never gets in; returns the points of both.
fn draw_curve(
    scene: &mut Scene,
    curve: (usize, &str, &Spectrum),
    scales: (Scale, Scale),
    panel: Area,
) -> (Vec<Point>, Vec<Point>) {
    let (place, _, spectrum) = curve;
    let (x, y) = scales;
    let pen = pen_of_variant(place);
    let known = spectrum.q.iter().zip(&spectrum.s);
    let mut points: Vec<Point> = known
        .filter_map(|(q, s)| Some((x.at(stretched(*q)), y.at((*s)?))))
        .collect();
    let Some(end) = points.last().copied() else {
        return (points, Vec::new());
    };
    let mut wall = Vec::new();
    if spectrum.served_share < 1.0 {
        let at = x.at(stretched(spectrum.served_share)).max(end.0);
        points.push((at, end.1));
        wall = vec![(at, end.1), (at, panel.y)];
        scene.dashed(wall.clone(), pen.ink, 1.4, Dash::Dotted);
    }
    scene.dashed(points.clone(), pen.ink, 2.4, pen.dash);
    (points, wall)
}

/// What labels keep off: lines and labels always, walls where there is room.
#[derive(Default)]
struct Taken {
    lines: Vec<Area>,
    walls: Vec<Area>,
}

/// Small boxes along a piece of a line, which labels keep off.
fn boxes(from: Point, to: Point) -> Vec<Area> {
    let length = (to.0 - from.0).abs().max((to.1 - from.1).abs());
    let count = (length / 8.0).ceil().max(1.0);
    (0..=count as usize)
        .map(|step| {
            let part = step as f64 / count;
            let (x, y) = (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            );
            Area {
                x: x - 3.0,
                y: y - 3.0,
                w: 6.0,
                h: 6.0,
            }
        })
        .collect()
}

/// A place for a label beside the end of a curve that nothing else has taken.
fn free_spot(end: Point, wide: f64, within: (Area, &Taken)) -> Area {
    let (panel, taken) = within;
    let spot = |x: f64, y: f64| Area {
        x,
        y: y - 8.0,
        w: wide,
        h: 16.0,
    };
    let heights = (0..30).map(|n| panel.y + 8.0 + 9.0 * f64::from(n));
    let beyond = taken.walls.iter().map(|wall| wall.x + 14.0);
    let mut starts = vec![end.0 + 12.0, end.0 - 14.0 - wide];
    starts.extend(beyond.filter(|x| *x > end.0 + 12.0));
    starts.dedup_by(|a, b| a.total_cmp(b).is_eq());
    let candidates: Vec<Area> = heights
        .flat_map(|y| starts.iter().map(move |x| spot(*x, y)))
        .filter(|a| a.x >= panel.x && a.right() <= panel.right() + 16.0)
        .collect();
    let off = |a: &Area, others: &[Area]| !others.iter().any(|b| a.meets(*b));
    // A label on a wall costs as much as one that is a line further away.
    let cost = |a: &Area| {
        let side = if a.x < end.0 { 4.0 } else { 0.0 };
        let aside = (a.x - end.0 - 12.0).max(0.0) / 4.0;
        let crossing = if off(a, &taken.walls) { 0.0 } else { 60.0 };
        (a.y + 8.0 - end.1).abs() + side + aside + crossing
    };
    let free = candidates.iter().filter(|a| off(a, &taken.lines));
    let nearest = free.min_by(|a, b| cost(a).total_cmp(&cost(b)));
    nearest
        .or(candidates.first())
        .copied()
        .unwrap_or(spot(panel.x, panel.y + 8.0))
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
