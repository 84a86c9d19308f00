//! Do I trust it: what was measured, over the band of the launches, and under it the difference.
//!
//! One idea: a measured value is a point and the launches are a band, so that nobody takes the one
//! for the other; points outside of where nine launches in ten lie have another form.

use super::frame::{
    EndLabel, Heading, Size, Swatch, end_labels, room_for, unit_ticks, upwards, width_of_ticks,
    y_axis, y_title,
};
use super::ink::{Dash, Ink, Marker, Pen};
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scale::{Bend, Scale};
use super::scene::{Area, Scene};
use crate::report::words;
use crate::results::{ObservedSeries, Variant};

/// How strong the band of launches is.
const BAND: f64 = 0.25;
/// The part of the height that the differences have.
const STRIP: f64 = 0.26;

/// Whether there is anything to draw.
pub(crate) fn is_known(series: &ObservedSeries) -> bool {
    !series.observed.is_empty()
}

/// The largest value that is drawn.
fn most(series: &ObservedSeries) -> f64 {
    let launches = series.p90.iter().chain(&series.mean).flatten();
    let all = series.observed.iter().chain(launches).copied();
    all.fold(0.0, f64::max)
}

/// The picture of one series of a variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    (name, variant, at): (&str, &Variant, usize),
    marks: &Marks<'_>,
) -> Scene {
    let mut frame = marks.frame(size, heading);
    let found = variant.observed.as_ref().and_then(|one| one.series.get(at));
    let Some(series) = found else {
        return frame.scene;
    };
    let labels = labels(series, |_| 0.0);
    let widest = |area: Area| width_of_ticks(&unit_ticks(upwards(area, most(series)), series.unit));
    let left = widest(frame.body).max(42.0) + 16.0;
    let body = frame.body.between(left, room_for(&labels));
    let body = body.within(24.0 + marks.above(), marks.axis_room());
    let strip_height = body.h * STRIP;
    let upper = body.within(0.0, strip_height + 34.0);
    let strip = Area {
        y: body.bottom() - strip_height,
        h: strip_height,
        ..body
    };
    let scene = &mut frame.scene;
    let (x, y) = (
        time_scale(&variant.timeline, upper),
        upwards(upper, most(series)),
    );
    y_axis(scene, upper, y, &unit_ticks(y, series.unit));
    y_title(scene, upper.within(-marks.above(), 0.0), &series.metric);
    marks::lines(scene, upper, x, marks.of_variant(name));
    marks::letters(scene, upper, x, marks.of_variant(name));
    launches(scene, series, (x, y));
    points(scene, series, (x, y));
    end_labels(scene, upper, &self::labels(series, |value| y.at(value)));
    residuals(scene, series, (x, strip));
    y_title(scene, strip, words::RESIDUALS);
    marks::lines(scene, strip, x, marks.of_variant(name));
    marks.time_axis(scene, strip, x);
    frame.scene
}

/// The middle of a stretch.
fn middle(series: &ObservedSeries, row: usize) -> f64 {
    f64::midpoint(series.from_s[row], series.to_s[row])
}

/// The runs of rows without a gap between them in which some values exist.
fn runs(series: &ObservedSeries, exists: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    let mut open = false;
    for row in 0..series.from_s.len() {
        let follows = row > 0 && series.from_s[row] <= series.to_s[row - 1];
        if !exists(row) {
            open = false;
            continue;
        }
        match all.last_mut() {
            Some(run) if open && follows => run.push(row),
            _ => all.push(vec![row]),
        }
        open = true;
    }
    all
}

fn value(values: &[Option<f64>], row: usize) -> Option<f64> {
    values.get(row).copied().flatten()
}

/// The band of eight launches in ten and the mean of all.
fn launches(scene: &mut Scene, series: &ObservedSeries, (x, y): (Scale, Scale)) {
    let exists = |row: usize| {
        value(&series.p10, row)
            .and(value(&series.p90, row))
            .is_some()
    };
    for run in runs(series, exists) {
        // A run begins and ends with its stretches, not in the middle of them.
        let edge = |values: &[Option<f64>]| -> Vec<(f64, f64)> {
            let at = |row: usize| y.at(value(values, row).unwrap_or(0.0));
            let (first, last) = (run[0], run[run.len() - 1]);
            let begin = (x.at(series.from_s[first]), at(first));
            let end = (x.at(series.to_s[last]), at(last));
            let inner = run.iter().map(|row| (x.at(middle(series, *row)), at(*row)));
            [begin].into_iter().chain(inner).chain([end]).collect()
        };
        let (lower, mut upper) = (edge(&series.p10), edge(&series.p90));
        upper.reverse();
        scene.fill(lower.into_iter().chain(upper).collect(), Ink::Blue, BAND);
    }
    for run in runs(series, |row| value(&series.mean, row).is_some()) {
        let at = |row: &usize| {
            let mean = value(&series.mean, *row).unwrap_or(0.0);
            (x.at(middle(series, *row)), y.at(mean))
        };
        scene.line(run.iter().map(at).collect(), Ink::Blue, 2.0);
    }
}

/// Whether a measured value lies outside of where nine launches in ten do.
fn is_outside(series: &ObservedSeries, row: usize) -> bool {
    let measured = series.observed[row];
    let below = value(&series.p5, row).is_some_and(|low| measured < low);
    below || value(&series.p95, row).is_some_and(|high| measured > high)
}

fn points(scene: &mut Scene, series: &ObservedSeries, (x, y): (Scale, Scale)) {
    let size = if series.observed.len() > 150 {
        1.8
    } else {
        2.6
    };
    for (row, measured) in series.observed.iter().enumerate() {
        let at = (x.at(middle(series, row)), y.at(*measured));
        match is_outside(series, row) {
            true => scene.mark(at, Ink::Vermillion, Marker::Triangle),
            false => scene.dot(at, Ink::Text, size),
        }
    }
}

/// What was measured less the mean of the launches, as bars from zero.
fn residuals(scene: &mut Scene, series: &ObservedSeries, (x, strip): (Scale, Area)) {
    let known = series.residual.iter().flatten();
    let largest = known.fold(0.0, |most: f64, one| most.max(one.abs()));
    let largest = if largest > 0.0 { largest * 1.05 } else { 1.0 };
    let ends = (-largest, largest);
    let y = Scale::new(Bend::Linear, ends, (strip.bottom(), strip.y));
    y_axis(scene, strip, y, &unit_ticks(y, series.unit));
    let zero = y.at(0.0);
    for (row, residual) in series.residual.iter().enumerate() {
        let Some(residual) = residual else { continue };
        let (left, right) = (x.at(series.from_s[row]), x.at(series.to_s[row]));
        let end = y.at(*residual);
        let bar = Area {
            x: left,
            y: zero.min(end),
            w: (right - left).max(1.0),
            h: (end - zero).abs().max(0.5),
        };
        let ink = if is_outside(series, row) {
            Ink::Vermillion
        } else {
            Ink::Grey
        };
        scene.fill_box(bar, ink, 0.8);
    }
    scene.line(
        vec![(strip.x, zero), (strip.right(), zero)],
        Ink::Muted,
        1.0,
    );
}

fn labels(series: &ObservedSeries, at: impl Fn(f64) -> f64) -> Vec<EndLabel> {
    let last = |values: &[Option<f64>]| values.iter().rev().flatten().next().copied();
    let pen = |ink| Pen {
        ink,
        dash: Dash::Solid,
        marker: Marker::Circle,
    };
    let mut all = Vec::new();
    if let (Some(low), Some(high)) = (last(&series.p10), last(&series.p90)) {
        all.push(EndLabel {
            y: at(f64::midpoint(low, high).max(high)),
            text: words::BAND_OF_LAUNCHES.to_owned(),
            pen: pen(Ink::Blue),
            swatch: Swatch::Faint(BAND),
        });
    }
    if let Some(mean) = last(&series.mean) {
        all.push(EndLabel {
            y: at(mean),
            text: words::MEAN_OF_LAUNCHES.to_owned(),
            pen: pen(Ink::Blue),
            swatch: Swatch::Stroke,
        });
    }
    if let Some(measured) = series.observed.last() {
        all.push(EndLabel {
            y: at(*measured),
            text: words::MEASURED_VALUE.to_owned(),
            pen: pen(Ink::Text),
            swatch: Swatch::Patch,
        });
    }
    all
}
