//! How much worse other values of each input fit: a panel for each input.
//!
//! One idea: an interval is where a curve lies below a line, so that one sees at once whether it
//! ends within the range, and whether the curve is a valley at all.

use super::frame::{Frame, Heading, LABEL, Size, TICK, y_axis, y_title};
use super::ink::{Dash, Ink};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, cut};
use crate::report::{number, words};
use crate::results::{Calibrate, FittedParam, Results};

/// Panels in a row.
const ACROSS: usize = 3;
/// Panels of a sheet.
const MOST: usize = 6;
/// Up to this multiple of the limit a curve is drawn.
const HIGH: f64 = 3.0;

/// Whether there is anything to draw.
pub(crate) fn is_known(found: &Calibrate) -> bool {
    found
        .params
        .iter()
        .any(|param| !param.profile_at.is_empty())
}

/// The picture of a calibration.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let mut frame = Frame::new(size, heading);
    let found = results.answers.calibrate.iter();
    let params: Vec<&FittedParam> = found
        .flat_map(|one| &one.params)
        .filter(|param| !param.profile_at.is_empty())
        .take(MOST)
        .collect();
    let across = params.len().clamp(1, ACROSS);
    let down = params.len().div_ceil(ACROSS).max(1);
    let body = frame.body;
    let (w, h) = (body.w / across as f64, body.h / down as f64);
    for (number, param) in params.iter().enumerate() {
        let cell = Area {
            x: body.x + w * (number % across) as f64,
            y: body.y + h * (number / across) as f64,
            w,
            h,
        };
        panel(&mut frame.scene, cell, results, param);
    }
    frame.scene
}

/// One input.
fn panel(scene: &mut Scene, cell: Area, results: &Results, param: &FittedParam) {
    let area = cell.between(44.0, 22.0).within(46.0, 34.0);
    let limit = param.profile_limit.unwrap_or(3.84);
    let x = scale(param, area);
    let y = Scale::new(Bend::Linear, (0.0, HIGH * limit), (area.bottom(), area.y));
    let title = cut(&param.name, LABEL, area.w);
    y_title(scene, area.within(-16.0, 0.0), &title);
    scene.words(
        (area.x, area.y - 10.0),
        &cut(words::PROFILE_AXIS, TICK, area.w + 20.0),
        (TICK, Anchor::Left, Ink::Muted),
    );
    let ticks: Vec<(f64, String)> = y
        .ticks(40.0)
        .into_iter()
        .map(|v| (v, number::ratio(v)))
        .collect();
    y_axis(scene, area, y, &ticks);
    interval(scene, area, (x, param));
    scene.dashed(
        vec![(area.x, y.at(limit)), (area.right(), y.at(limit))],
        Ink::Text,
        1.2,
        Dash::Dashed,
    );
    let at = (area.right(), y.at(limit) - 9.0);
    scene.words(at, words::PROFILE_LIMIT, (TICK, Anchor::Right, Ink::Text));
    curve(scene, param, limit, (x, y));
    for (value, anchor) in [(param.low, Anchor::Left), (param.high, Anchor::Right)] {
        let text = words::input_value(results, &param.name, value);
        scene.words(
            (x.at(value), area.bottom() + 14.0),
            &text,
            (TICK, anchor, Ink::Muted),
        );
    }
    let best = (x.at(param.value), y.at(0.0));
    scene.dot(best, Ink::Blue, 4.5);
}

/// The range of an input, in equal factors where both ends are above zero.
fn scale(param: &FittedParam, area: Area) -> Scale {
    let bend = if param.low > 0.0 {
        Bend::Log
    } else {
        Bend::Linear
    };
    Scale::new(bend, (param.low, param.high), (area.x, area.right()))
}

/// The interval as a band.
fn interval(scene: &mut Scene, area: Area, (x, param): (Scale, &FittedParam)) {
    if let (Some(from), Some(to)) = (param.from, param.to) {
        let band = Area {
            x: x.at(from),
            w: (x.at(to) - x.at(from)).max(1.0),
            ..area
        };
        scene.fill_box(band, Ink::Blue, 0.18);
    }
}

fn curve(scene: &mut Scene, param: &FittedParam, limit: f64, (x, y): (Scale, Scale)) {
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (value, fall) in param.profile_at.iter().zip(&param.profile_fall) {
        if *fall > HIGH * limit {
            runs.push(Vec::new());
        } else if let Some(run) = runs.last_mut() {
            run.push((x.at(*value), y.at(*fall)));
        }
    }
    for run in runs {
        scene.line(run, Ink::Blue, 2.2);
    }
}
