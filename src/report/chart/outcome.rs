//! Who got in, who waits, who left: users so far as stacked areas, and below them users a second.
//!
//! One idea: served, left and still inside add up to all who came; a stock is never stacked on a
//! flow, so rates stand in a panel of their own, unstacked.

use super::frame::{
    EndLabel, Heading, MARGIN, Size, Swatch, end_labels, room_for, unit_ticks, upwards,
    width_of_ticks, y_axis, y_title,
};
use super::ink::{Ink, pen_of_outcome};
use super::marks::{self, Marks};
use super::scale::{Bend, Scale};
use super::scene::{Area, Point, Scene};
use crate::report::words;
use crate::results::{Timeline, Unit, Variant, key};

/// One layer of the stack: a way in which users ended, or those still inside.
pub(crate) struct Layer<'a> {
    /// Its name: an outcome, or `inside`.
    pub(crate) name: &'a str,
    /// Its number of users so far, at the end of each bin.
    pub(crate) users: Vec<f64>,
}

/// Names of the layers from the bottom up.
const LAYERS: [&str; 6] = [
    "served",
    "sold_out",
    "inside",
    "abandoned",
    "refused",
    "failed",
];

fn so_far(timeline: &Timeline, what: &str) -> Vec<f64> {
    let mut last = 0.0;
    let Some(series) = timeline.series.get(&key::count(what)) else {
        return vec![0.0; timeline.n as usize];
    };
    let filled = series.mean.iter().map(|v| {
        last = v.unwrap_or(last);
        last
    });
    filled.collect()
}

/// Names of the layers of a variant, the model's own outcomes at the top.
fn names(variant: &Variant) -> impl Iterator<Item = &str> {
    let own = variant.users.outcome.own.keys().map(String::as_str);
    LAYERS.into_iter().chain(own)
}

/// The layers that anybody is in, bottom first. The last bin ends with everybody counted: who is at
/// home then, before another visit, belongs to what ended the last one.
pub(crate) fn layers(variant: &Variant) -> Vec<Layer<'_>> {
    let timeline = &variant.timeline;
    let arrived = so_far(timeline, key::ARRIVED);
    let mut inside = arrived;
    let mut found = Vec::new();
    for name in names(variant) {
        if name == "inside" {
            continue;
        }
        let mut users = so_far(timeline, name);
        let settled = words::outcome(&variant.users.outcome, name).and_then(|e| e.estimate);
        if let (Some(last), Some(settled)) = (users.last_mut(), settled) {
            *last = settled.max(*last);
        }
        for (all, gone) in inside.iter_mut().zip(&users) {
            *all = (*all - gone).max(0.0);
        }
        found.push(Layer { name, users });
    }
    found.insert(
        2,
        Layer {
            name: "inside",
            users: inside,
        },
    );
    found.retain(|layer| layer.users.iter().any(|u| *u > 0.5));
    found
}

/// The most users that came in any bin so far.
pub(crate) fn most_users(timeline: &Timeline) -> f64 {
    so_far(timeline, key::ARRIVED)
        .into_iter()
        .fold(0.0, f64::max)
}

/// Time from the first bin's start to the last one's end, laid across a panel.
pub(crate) fn time_scale(timeline: &Timeline, panel: Area) -> Scale {
    let from = timeline.start_s;
    let to = from + timeline.bin_s * f64::from(timeline.n);
    Scale::new(Bend::Linear, (from, to), (panel.x, panel.right()))
}

/// Draws the layers of a variant into a panel and returns the heights of their right ends.
pub(crate) fn stack<'a>(
    scene: &mut Scene,
    variant: &'a Variant,
    scales: (Scale, Scale),
) -> Vec<(&'a str, f64)> {
    let (x, y) = scales;
    let timeline = &variant.timeline;
    let mut base = vec![0.0; timeline.n as usize];
    let mut ends = Vec::new();
    let at = |bin: usize| timeline.start_s + timeline.bin_s * (bin + 1) as f64;
    for layer in layers(variant) {
        let top: Vec<f64> = base.iter().zip(&layer.users).map(|(b, u)| b + u).collect();
        let start = (x.at(timeline.start_s), y.at(0.0));
        let edge = |heights: &[f64]| -> Vec<Point> {
            let points = heights.iter().enumerate();
            points.map(|(bin, v)| (x.at(at(bin)), y.at(*v))).collect()
        };
        let upper: Vec<Point> = [start].into_iter().chain(edge(&top)).collect();
        let lower = edge(&base);
        let outline = upper
            .iter()
            .copied()
            .chain(lower.into_iter().rev())
            .collect();
        let alpha = if layer.name == "inside" { 0.35 } else { 0.8 };
        scene.fill(outline, pen_of_outcome(layer.name).ink, alpha);
        scene.line(upper, Ink::Paper, 1.0);
        let middle = top
            .last()
            .zip(base.last())
            .map_or(0.0, |(t, b)| (t + b) / 2.0);
        ends.push((layer.name, y.at(middle)));
        base = top;
    }
    ends
}

/// The picture of one variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    (name, variant): (&str, &Variant),
    marks: &Marks<'_>,
) -> Scene {
    let mut frame = marks.frame(size, heading);
    let timeline = &variant.timeline;
    let totals = total_labels(variant);
    let rates = rates(variant);
    let rate_labels: Vec<EndLabel> = rates.iter().map(|r| rate_label(r, 0.0)).collect();
    let right = room_for(&totals).max(room_for(&rate_labels));
    let left = left_room(timeline, frame.body);
    let body = frame.body.between(left, right);
    let upper = Area {
        h: body.h * 0.58 - 22.0,
        ..body.within(22.0 + marks.above(), 0.0)
    };
    let lower = Area {
        y: upper.bottom() + 32.0,
        h: body.bottom() - marks.axis_room() - upper.bottom() - 32.0,
        ..upper
    };
    let scene = &mut frame.scene;
    let x = time_scale(timeline, upper);
    let y = upwards(upper, most_users(timeline));
    y_axis(scene, upper, y, &unit_ticks(y, Unit::Count));
    let above = upper.within(-marks.above(), 0.0);
    y_title(scene, above, words::USERS_SO_FAR);
    let ends = stack(scene, variant, (x, y));
    marks::lines(scene, upper, x, marks.of_variant(name));
    marks::letters(scene, upper, x, marks.of_variant(name));
    let totals: Vec<EndLabel> = totals
        .into_iter()
        .zip(ends)
        .map(|(label, (_, y))| EndLabel { y, ..label })
        .collect();
    end_labels(scene, upper, &totals);
    marks::lines(scene, lower, x, marks.of_variant(name));
    rate_panel(scene, lower, timeline, &rates);
    marks.time_axis(scene, lower, x);
    frame.scene
}

/// Room for tick labels at the left.
fn left_room(timeline: &Timeline, body: Area) -> f64 {
    let scale = upwards(body, most_users(timeline));
    (width_of_ticks(&unit_ticks(scale, Unit::Count)) + 12.0 - MARGIN / 2.0).max(40.0)
}

/// Labels of the layers; their heights are not known yet.
fn total_labels(variant: &Variant) -> Vec<EndLabel> {
    let label = |layer: Layer<'_>| EndLabel {
        y: 0.0,
        text: words::layer_label(&variant.users, layer.name),
        pen: pen_of_outcome(layer.name),
        swatch: Swatch::Patch,
    };
    layers(variant).into_iter().map(label).collect()
}

/// A rate over time.
struct Rate<'a> {
    name: &'a str,
    values: Vec<Option<f64>>,
}

/// The rates of arrivals and of the outcomes that anybody met.
fn rates(variant: &Variant) -> Vec<Rate<'_>> {
    let timeline = &variant.timeline;
    let shown = [key::ARRIVED].into_iter().chain(names(variant));
    let found = shown.filter_map(|name| {
        let series = timeline.series.get(&key::rate(name))?;
        let values = series.mean.clone();
        let is_seen = values.iter().flatten().any(|v| *v > 0.0);
        is_seen.then_some(Rate { name, values })
    });
    found.collect()
}

fn rate_label(rate: &Rate<'_>, y: f64) -> EndLabel {
    EndLabel {
        y,
        text: words::rate_label(rate.name),
        pen: pen_of_outcome(rate.name),
        swatch: Swatch::Stroke,
    }
}

fn rate_panel(scene: &mut Scene, panel: Area, timeline: &Timeline, rates: &[Rate<'_>]) {
    let x = time_scale(timeline, panel);
    let all = rates.iter().flat_map(|r| r.values.iter().flatten());
    let y = upwards(panel, all.copied().fold(0.0, f64::max));
    y_axis(scene, panel, y, &unit_ticks(y, Unit::PerSecond));
    y_title(scene, panel, words::USERS_PER_SECOND);
    let mut labels = Vec::new();
    for rate in rates {
        let at = |bin: usize| timeline.start_s + timeline.bin_s * (bin as f64 + 0.5);
        let points: Vec<Point> = rate
            .values
            .iter()
            .enumerate()
            .filter_map(|(bin, v)| Some((x.at(at(bin)), y.at((*v)?))))
            .collect();
        let end = points.last().map_or(panel.bottom(), |p| p.1);
        let pen = pen_of_outcome(rate.name);
        scene.dashed(points, pen.ink, 2.0, pen.dash);
        labels.push(rate_label(rate, end));
    }
    end_labels(scene, panel, &labels);
}
