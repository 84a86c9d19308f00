//! How a metric follows one input, as a curve with its intervals, or two, as a map; and measured
//! pairs with the law through them.
//!
//! One idea: a curve is dots with a band, so that one sees what was played and what lies between;
//! the formula beside it is dashed, because nobody played it.

use super::frame::{
    EndLabel, Frame, Heading, LABEL, Size, Swatch, TICK, end_labels, limit_line, room_for,
    unit_ticks, width_of_ticks, y_axis, y_title,
};
use super::heat;
use super::ink::{Dash, Ink, Marker, Pen};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::base::math::ln;
use crate::report::words;
use crate::results::{Curve, Results, Scalability, Sweep, SweptInput, Unit};

/// Pixels from one number under an axis to the next, beside its own width.
const APART: f64 = 16.0;
/// Inputs whose values lie so many times apart are drawn in equal factors.
const WIDE: f64 = 30.0;
/// Steps of a law's curve.
const STEPS: u32 = 120;

/// Whether there is a curve to draw.
pub(crate) fn is_known(curve: &Curve) -> bool {
    let values = curve.values.iter().flatten();
    values.filter(|value| value.estimate.is_some()).count() > 1
}

/// The picture of a metric.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results, number: usize) -> Scene {
    let frame = Frame::new(size, heading);
    let sweep = results.answers.sweep.as_ref();
    let curve = sweep.and_then(|sweep| Some((sweep, sweep.curves.get(number)?)));
    match curve {
        Some((sweep, curve)) if sweep.inputs.len() > 1 => map(frame, sweep, curve),
        Some((sweep, curve)) if !sweep.inputs.is_empty() => line(frame, &sweep.inputs[0], curve),
        _ => frame.scene,
    }
}

/// The values of an input, laid onto pixels.
pub(super) fn across(values: &[f64], pixels: (f64, f64)) -> Scale {
    let ends = (
        values.first().copied().unwrap_or(0.0),
        values.last().copied().unwrap_or(1.0),
    );
    let bend = match ends.0 > 0.0 && ends.1 / ends.0 >= WIDE {
        true => Bend::Log,
        false => Bend::Linear,
    };
    Scale::new(bend, ends, pixels)
}

/// Numbers under an axis: those that come first have room first.
pub(super) fn under(scene: &mut Scene, panel: Area, all: &[(f64, String)]) {
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for (x, text) in all {
        let half = (width_of(text, TICK) + APART) / 2.0;
        let (left, right) = (x - half, x + half);
        if taken.iter().any(|other| left < other.1 && right > other.0) {
            continue;
        }
        taken.push((left, right));
        let at = (*x, panel.bottom() + 14.0);
        scene.words(at, text, (TICK, Anchor::Middle, Ink::Muted));
    }
}

/// What an axis below a panel is.
pub(super) fn x_title(scene: &mut Scene, panel: Area, text: &str) {
    let at = (panel.right(), panel.bottom() + 34.0);
    let text = cut(text, TICK, panel.w);
    scene.words(at, &text, (TICK, Anchor::Right, Ink::Muted));
}

/// A curve over one input.
fn line(mut frame: Frame, input: &SweptInput, curve: &Curve) -> Scene {
    let values = curve.values.iter().map(Option::as_ref);
    let dots: Vec<(usize, f64, f64, f64)> = values
        .enumerate()
        .filter_map(|(at, value)| {
            let value = value?;
            let y = value.estimate?;
            Some((at, y, value.low.unwrap_or(y), value.high.unwrap_or(y)))
        })
        .collect();
    let y = upwards(frame.body, &dots, curve);
    let ticks = unit_ticks(y, curve.unit);
    let mut labels = Vec::new();
    if let Some(law) = &curve.line {
        labels.push(words::law_of_line(law.law));
    }
    let pens = ends_of(&labels);
    let panel = frame
        .body
        .within(26.0, 48.0)
        .between(width_of_ticks(&ticks) + 12.0, room_for(&pens).max(20.0));
    let x = across(&input.values, (panel.x + 12.0, panel.right() - 12.0));
    let at = |number: usize| x.at(input.values.get(number).copied().unwrap_or(0.0));
    let scene = &mut frame.scene;
    y_axis(scene, panel, y, &ticks);
    y_title(scene, panel, &curve.metric);
    band(scene, &dots, (&at, y));
    let line = dots.iter().map(|dot| (at(dot.0), y.at(dot.1)));
    scene.line(line.collect(), Ink::Blue, 2.2);
    for dot in &dots {
        scene.dot((at(dot.0), y.at(dot.1)), Ink::Blue, 3.5);
    }
    law(scene, curve, (panel, y), &at);
    knee(scene, input, curve, (panel, &at));
    if let Some(limit) = curve.limit {
        limit_line(scene, panel, y.at(limit), &words::curve_limit(curve, limit));
    }
    x_title(scene, panel, &input.path);
    frame.scene
}

/// Upwards from zero, or from below where there are values; shares to 1.
fn upwards(body: Area, dots: &[(usize, f64, f64, f64)], curve: &Curve) -> Scale {
    let panel = body.within(26.0, 48.0);
    // An interval that is many times as high as all curves would leave nothing to see of them.
    let most = dots.iter().map(|dot| dot.1).fold(0.0_f64, f64::max);
    let reach = dots.iter().map(|dot| dot.3.min(2.0 * most));
    let top = reach.chain(curve.limit).fold(most, f64::max);
    let low = dots.iter().map(|dot| dot.2).fold(0.0_f64, f64::min);
    let ends = match curve.unit {
        Unit::Share => (0.0, 1.0),
        Unit::Seconds | Unit::Instant | Unit::PerSecond | Unit::Count | Unit::Ratio => {
            (low, (1.04 * top).max(low + f64::MIN_POSITIVE))
        }
    };
    Scale::new(Bend::Linear, ends, (panel.bottom(), panel.y))
}

fn ends_of(texts: &[&str]) -> Vec<EndLabel> {
    let all = texts.iter().map(|text| EndLabel {
        y: 0.0,
        text: (*text).to_owned(),
        pen: formula(),
        swatch: Swatch::Stroke,
    });
    all.collect()
}

/// How a formula is drawn.
fn formula() -> Pen {
    Pen {
        ink: Ink::Vermillion,
        dash: Dash::Dashed,
        marker: Marker::Circle,
    }
}

/// The intervals as one band.
fn band(
    scene: &mut Scene,
    dots: &[(usize, f64, f64, f64)],
    (at, y): (&dyn Fn(usize) -> f64, Scale),
) {
    let above = dots.iter().map(|dot| (at(dot.0), y.at(dot.3)));
    let below = dots.iter().rev().map(|dot| (at(dot.0), y.at(dot.2)));
    scene.fill(above.chain(below).collect(), Ink::Blue, 0.18);
}

/// What a formula says, as far as it is on the sheet.
fn law(scene: &mut Scene, curve: &Curve, (panel, y): (Area, Scale), at: &dyn Fn(usize) -> f64) {
    let Some(line) = &curve.line else { return };
    let top = y.ends().1;
    let known = line.values.iter().enumerate();
    let points: Vec<(f64, f64)> = known
        .filter_map(|(number, value)| Some((number, (*value)?)))
        .filter(|(_, value)| *value <= top)
        .map(|(number, value)| (at(number), y.at(value)))
        .collect();
    let Some(end) = points.last().copied() else {
        return;
    };
    scene.dashed(points, Ink::Vermillion, 1.8, Dash::Dashed);
    let mut labels = ends_of(&[words::law_of_line(line.law)]);
    labels.iter_mut().for_each(|label| label.y = end.1);
    end_labels(scene, panel, &labels);
}

/// The knee as a line down to its value, which has room first.
fn knee(
    scene: &mut Scene,
    input: &SweptInput,
    curve: &Curve,
    (panel, at): (Area, &dyn Fn(usize) -> f64),
) {
    let found = curve.knees.first().copied().flatten();
    let found = found.map(|knee| knee.at as usize);
    if let Some(number) = found {
        let x = at(number);
        scene.dashed(
            vec![(x, panel.y), (x, panel.bottom())],
            Ink::Text,
            1.2,
            Dash::Dashed,
        );
        let text = format!("{} {}", words::KNEE, words::input_at(input, number));
        let half = width_of(&text, LABEL) / 2.0;
        let x = x.min(panel.right() - half).max(panel.x + half);
        // The title of the axis stands at the left of the same row.
        let title = panel.x + width_of(&curve.metric, super::frame::HEAD) + half + 12.0;
        let at = (x.max(title), panel.y - 11.0);
        scene.words(at, &text, (LABEL, Anchor::Middle, Ink::Text));
    }
    let ends = [Some(0), input.values.len().checked_sub(1)];
    let first = found.into_iter().chain(ends.into_iter().flatten());
    let order = first.chain(0..input.values.len());
    let texts: Vec<(f64, String)> = order
        .map(|number| (at(number), words::input_at(input, number)))
        .collect();
    under(scene, panel, &texts);
}

/// A map over two inputs.
fn map(mut frame: Frame, sweep: &Sweep, curve: &Curve) -> Scene {
    let (first, second) = (&sweep.inputs[0], &sweep.inputs[1]);
    let known: Vec<f64> = curve
        .values
        .iter()
        .flatten()
        .filter_map(|v| v.estimate)
        .collect();
    let least = known.iter().copied().fold(f64::INFINITY, f64::min);
    let most = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let rows: Vec<String> = (0..second.values.len())
        .map(|row| words::input_at(second, row))
        .collect();
    let names = rows
        .iter()
        .map(|row| width_of(row, TICK))
        .fold(0.0, f64::max);
    let body = frame.body;
    let scene = &mut frame.scene;
    let value = |value: f64| crate::report::number::value(value, curve.unit);
    // A few very large values would leave nothing to see of all others.
    let in_factors = least > 0.0 && most / least >= WIDE;
    let highest = match in_factors {
        true => format!("{}, {}", value(most), words::IN_FACTORS),
        false => value(most),
    };
    let part = |height: f64| match in_factors {
        true => ln(height / least) / ln(most / least),
        false => (height - least) / (most - least),
    };
    heat::scale_of(scene, body, [&curve.metric, &value(least), &highest]);
    let panel = body
        .within(52.0, 48.0)
        .between(names.min(200.0) + 12.0, 8.0);
    let columns = first.values.len().max(1);
    let (w, h) = (
        panel.w / columns as f64,
        panel.h / second.values.len().max(1) as f64,
    );
    y_title(scene, panel, &second.path);
    for (number, found) in curve.values.iter().enumerate() {
        let (column, row) = (number % columns, number / columns);
        let cell = Area {
            x: panel.x + w * column as f64,
            y: panel.bottom() - h * (row + 1) as f64,
            w: w - 1.0,
            h: h - 1.0,
        };
        let Some(found) = found else { continue };
        match found.estimate {
            Some(height) if most > least => {
                scene.fill_box(cell, Ink::heat(part(height)), 1.0);
            }
            Some(_) => scene.fill_box(cell, Ink::Zero, 1.0),
            // Never: a frame without a filling.
            None => frame_of(scene, cell),
        }
    }
    let cell = (w, h);
    map_axes(scene, panel, (first, &rows), cell);
    frame.scene
}

/// The values of both inputs beside and below a map, as far as there is room.
fn map_axes(
    scene: &mut Scene,
    panel: Area,
    (first, rows): (&SweptInput, &[String]),
    (w, h): (f64, f64),
) {
    let every = (APART / h).ceil().max(1.0) as usize;
    for (row, text) in rows.iter().enumerate().step_by(every) {
        let at = (panel.x - 8.0, panel.bottom() - h * (row as f64 + 0.5));
        let text = cut(text, TICK, 200.0);
        scene.words(at, &text, (TICK, Anchor::Right, Ink::Muted));
    }
    let columns = first.values.len().max(1);
    let middle = |column: usize| panel.x + w * (column as f64 + 0.5);
    let order = [0, columns - 1].into_iter().chain(0..columns);
    let texts: Vec<(f64, String)> = order
        .map(|column| (middle(column), words::input_at(first, column)))
        .collect();
    under(scene, panel, &texts);
    x_title(scene, panel, &first.path);
}

fn frame_of(scene: &mut Scene, cell: Area) {
    let (right, bottom) = (cell.right() - 1.0, cell.bottom() - 1.0);
    let (left, top) = (cell.x + 1.0, cell.y + 1.0);
    let corners = [
        (left, top),
        (right, top),
        (right, bottom),
        (left, bottom),
        (left, top),
    ];
    scene.line(corners.to_vec(), Ink::Muted, 1.2);
}

/// Measured pairs with the law, in each way in which it was fitted.
pub(crate) fn scalability(size: Size, heading: &Heading, found: &Scalability) -> Scene {
    let mut frame = Frame::new(size, heading);
    let loads: Vec<f64> = found.pairs.iter().map(|pair| pair[0]).collect();
    let high = loads.last().copied().unwrap_or(1.0);
    let peak = found
        .fits
        .iter()
        .filter_map(|fit| Some(fit.most.as_ref()?.value));
    let measured = found.pairs.iter().map(|pair| pair[1]);
    let top = measured.chain(peak).fold(0.0, f64::max) * 1.04;
    let body = frame.body.within(26.0, 48.0);
    let y = Scale::new(
        Bend::Linear,
        (0.0, top.max(f64::MIN_POSITIVE)),
        (body.bottom(), body.y),
    );
    let ticks = unit_ticks(y, Unit::Count);
    let mut labels: Vec<EndLabel> = found
        .fits
        .iter()
        .zip([Dash::Solid, Dash::Dashed])
        .zip([Ink::Blue, Ink::Vermillion])
        .map(|((fit, dash), ink)| EndLabel {
            y: y.at(fit.throughput(high)),
            text: words::way_of_fit(fit.method).to_owned(),
            pen: Pen {
                ink,
                dash,
                marker: Marker::Circle,
            },
            swatch: Swatch::Stroke,
        })
        .collect();
    let panel = body.between(width_of_ticks(&ticks) + 12.0, room_for(&labels));
    let x = Scale::new(Bend::Linear, (0.0, high), (panel.x, panel.right() - 8.0));
    let scene = &mut frame.scene;
    y_axis(scene, panel, y, &ticks);
    y_title(scene, panel, &found.throughput);
    for (fit, label) in found.fits.iter().zip(&mut labels) {
        let points = (0..=STEPS).map(|step| {
            let load = 1.0 + (high - 1.0) * f64::from(step) / f64::from(STEPS);
            (x.at(load), y.at(fit.throughput(load).clamp(0.0, top)))
        });
        scene.dashed(points.collect(), label.pen.ink, 2.0, label.pen.dash);
    }
    for pair in &found.pairs {
        scene.dot((x.at(pair[0]), y.at(pair[1])), Ink::Text, 4.5);
    }
    let peak = found.fits.first().and_then(|fit| fit.load_at_most.as_ref());
    let peak = peak.map(|at| at.value).filter(|at| *at <= high);
    if let Some(at) = peak {
        let line = vec![(x.at(at), panel.y), (x.at(at), panel.bottom())];
        scene.dashed(line, Ink::Text, 1.2, Dash::Dotted);
    }
    let short = |load: f64| crate::base::decimal::significant(load, 4);
    let peak = peak.map(|at| (x.at(at), format!("N* {}", short(at))));
    let rest = loads.iter().rev().map(|load| (x.at(*load), short(*load)));
    let texts: Vec<(f64, String)> = peak.into_iter().chain(rest).collect();
    under(scene, panel, &texts);
    end_labels(scene, panel, &labels);
    x_title(scene, panel, &found.load);
    frame.scene
}
