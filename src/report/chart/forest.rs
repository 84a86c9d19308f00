//! Is it real, does it matter: paired differences in units of what matters.
//!
//! One idea: every metric is divided by its own practical threshold δ, so one axis holds them all,
//! and a grey band from −1 to 1 is what is the same in practice. To the right is better.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK, X_AXIS};
use super::ink::{Ink, pen_of_variant};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::report::{reading, words};
use crate::results::{Better, Difference, Results};

/// One line of the picture.
enum Line<'a> {
    /// The name of a metric.
    Metric(&'a str),
    /// A variant's difference on it.
    Row(Row<'a>),
}

/// A variant's difference on a metric.
struct Row<'a> {
    place: usize,
    variant: &'a str,
    found: Option<&'a Difference>,
    /// 1 if more is better or neither, −1 if less is.
    sign: f64,
    /// The difference in its own unit, and its word.
    text: String,
}

/// Least height of a line, pixels.
const LEAST: f64 = 17.0;

/// The lines of as many headline metrics as there is room for.
fn lines<'a>(results: &'a Results, height: f64) -> Vec<Line<'a>> {
    let mut all = Vec::new();
    for metric in reading::headline(results) {
        let measure = reading::measure(results, metric);
        let sign = if measure.better == Better::Lower {
            -1.0
        } else {
            1.0
        };
        let mut part = vec![Line::Metric(metric)];
        for (index, (variant, _)) in reading::others(results).enumerate() {
            let found = reading::difference(results, variant, metric);
            part.push(Line::Row(Row {
                place: index + 1,
                variant,
                found,
                sign,
                text: words::forest_label(results, variant, metric),
            }));
        }
        if !all.is_empty() && (all.len() + part.len()) as f64 * LEAST > height {
            break;
        }
        all.extend(part);
    }
    all
}

/// Estimate and interval in units of the threshold, better to the right.
fn scaled(row: &Row<'_>) -> Option<[f64; 3]> {
    let found = row.found?;
    let unit = found.threshold.filter(|t| *t > 0.0)?;
    let of = |v: f64| v / unit * row.sign;
    let lead = of(found.estimate?);
    let (a, b) = (found.low.map_or(lead, of), found.high.map_or(lead, of));
    Some([a.min(b), lead, a.max(b)])
}

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let mut frame = Frame::new(size, heading);
    let room = frame.body.h - X_AXIS - 40.0;
    let lines = lines(results, room);
    let rows = || {
        lines.iter().filter_map(|line| match line {
            Line::Row(row) => Some(row),
            Line::Metric(_) => None,
        })
    };
    let ends = rows().filter_map(scaled).flatten();
    let (least, most) = ends.fold((-1.6_f64, 1.6_f64), |(a, b), v| (a.min(v), b.max(v)));
    let names = rows()
        .map(|r| width_of(r.variant, LABEL))
        .fold(0.0, f64::max)
        .min(200.0);
    let right = rows()
        .map(|r| width_of(&r.text, LABEL))
        .fold(0.0, f64::max)
        .min(frame.body.w * 0.46);
    let body = frame.body.between(names + 58.0, right + 16.0);
    let panel = body.within(22.0, X_AXIS + 18.0);
    let height = (panel.h / lines.len().max(1) as f64).min(34.0);
    let panel = Area {
        h: height * lines.len() as f64,
        ..panel
    };
    let bend = if most - least > 16.0 {
        Bend::SymLog
    } else {
        Bend::Linear
    };
    let values = (least * 1.2, most * 1.2);
    let x = Scale::new(bend, values, (panel.x, panel.right()));
    let scene = &mut frame.scene;
    axis(scene, panel, x, &words::threshold_axis(results));
    for (index, line) in lines.iter().enumerate() {
        let y = panel.y + height * (index as f64 + 0.5);
        match line {
            Line::Metric(metric) => {
                let behind = Area {
                    x: frame.body.x,
                    y: y - 9.0,
                    w: width_of(metric, HEAD) + 6.0,
                    h: 18.0,
                };
                scene.fill_box(behind, Ink::Paper, 0.9);
                scene.text((frame.body.x, y), metric, HEAD);
            }
            Line::Row(row) => {
                let name = cut(row.variant, LABEL, 200.0);
                scene.text((frame.body.x + 18.0, y), &name, LABEL);
                difference(scene, row, (x, y));
                let text = cut(&row.text, LABEL, right);
                scene.text((panel.right() + 14.0, y), &text, LABEL);
            }
        }
    }
    frame.scene
}

fn difference(scene: &mut Scene, row: &Row<'_>, at: (Scale, f64)) {
    let (x, y) = at;
    let pen = pen_of_variant(row.place);
    scene.mark((x.at(x.ends().0) - 18.0, y), pen.ink, pen.marker);
    let Some([low, lead, high]) = scaled(row) else {
        return;
    };
    let (from, to) = (x.at(low), x.at(high));
    scene.line(vec![(from, y), (to, y)], pen.ink, 2.4);
    for end in [from, to] {
        scene.line(vec![(end, y - 4.0), (end, y + 4.0)], pen.ink, 1.6);
    }
    scene.mark((x.at(lead), y), pen.ink, pen.marker);
}

/// Zero line, band of what is the same, ticks in multiples of the least that matters.
fn axis(scene: &mut Scene, panel: Area, x: Scale, title: &str) {
    let band = Area {
        x: x.at(-1.0),
        w: x.at(1.0) - x.at(-1.0),
        ..panel
    };
    scene.fill_box(band, Ink::Zero, 1.0);
    for tick in x.ticks(44.0) {
        let at = x.at(tick);
        let ink = if tick == 0.0 { Ink::Muted } else { Ink::Rule };
        scene.line(vec![(at, panel.y), (at, panel.bottom() + 5.0)], ink, 1.0);
        let text = words::in_thresholds(tick);
        scene.words(
            (at, panel.bottom() + 14.0),
            &text,
            (TICK, Anchor::Middle, Ink::Muted),
        );
    }
    let above = panel.y - 11.0;
    let middle = x.at(0.0);
    scene.words(
        (panel.x, above),
        words::WORSE_SIDE,
        (TICK, Anchor::Left, Ink::Muted),
    );
    scene.words(
        (middle, above),
        words::SAME_BAND,
        (TICK, Anchor::Middle, Ink::Muted),
    );
    scene.words(
        (panel.right(), above),
        words::BETTER_SIDE,
        (TICK, Anchor::Right, Ink::Muted),
    );
    let below = panel.bottom() + 33.0;
    scene.words((panel.x, below), title, (TICK, Anchor::Left, Ink::Muted));
}
