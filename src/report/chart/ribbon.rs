//! How bad for whom: the time of those who got in, and under it the share who did.
//!
//! One idea: times alone flatter a step that loses most of its users, so the share who got in
//! stands under them, bin by bin.

use super::frame::{
    EndLabel, Heading, Size, Swatch, TICK, end_labels, limit_line, room_for, unit_ticks,
    width_of_ticks, y_axis, y_title,
};
use super::ink::{Dash, Ink, Marker, Pen};
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Point, Scene};
use crate::report::{reading, words};
use crate::results::{Timeline, Unit, Variant, key};

/// The three percentiles that are drawn.
const FORMS: [&str; 3] = ["p50", "p95", "p99"];

/// How strong the bands below the 95th and the 99th percentile are.
const STRONG: f64 = 0.5;
const FAINT: f64 = 0.28;

/// A percentile of those who got in, bin by bin.
pub(crate) fn times<'a>(timeline: &'a Timeline, form: &str, step: &str) -> &'a [Option<f64>] {
    let series = timeline.series.get(&key::ok_time(form, step));
    series.map_or(&[], |s| s.mean.as_slice())
}

/// The share who got in, bin by bin.
pub(crate) fn shares<'a>(timeline: &'a Timeline, step: &str) -> &'a [Option<f64>] {
    let series = timeline.series.get(&key::share_ok(step));
    series.map_or(&[], |s| s.mean.as_slice())
}

/// Whether anything can be drawn of a step.
pub(crate) fn is_known(timeline: &Timeline, step: &str) -> bool {
    times(timeline, "p50", step).iter().any(Option::is_some)
}

/// Least and most of what is drawn of a step, seconds.
pub(crate) fn span(timeline: &Timeline, step: &str) -> Option<(f64, f64)> {
    let all = FORMS.iter().flat_map(|form| times(timeline, form, step));
    let positive = all.flatten().copied().filter(|v| *v > 0.0);
    positive.fold(None, |found: Option<(f64, f64)>, v| {
        let (least, most) = found.unwrap_or((v, v));
        Some((least.min(v), most.max(v)))
    })
}

/// A logarithmic scale that holds a span with air above and below, upwards in a panel.
pub(crate) fn log_scale(panel: Area, span: (f64, f64)) -> Scale {
    let (least, most) = span;
    let most = most.max(least * 4.0);
    Scale::new(
        Bend::Log,
        (least / 1.3, most * 1.3),
        (panel.bottom(), panel.y),
    )
}

/// The stretches of bins in which all of `series` exist: first bin and values.
pub(crate) fn stretches(series: [&[Option<f64>]; 2]) -> Vec<(usize, Vec<(f64, f64)>)> {
    let mut found: Vec<(usize, Vec<(f64, f64)>)> = Vec::new();
    let mut is_open = false;
    for (bin, pair) in series[0].iter().zip(series[1]).enumerate() {
        match pair {
            (Some(a), Some(b)) => {
                if !is_open {
                    found.push((bin, Vec::new()));
                }
                let last = found.last_mut().expect("a stretch was begun");
                last.1.push((*a, *b));
                is_open = true;
            }
            _ => is_open = false,
        }
    }
    found
}

/// A stretch as points of its two edges; a single bin is as wide as it lasts.
fn edges(
    stretch: &(usize, Vec<(f64, f64)>),
    timeline: &Timeline,
    scales: (Scale, Scale),
) -> [Vec<Point>; 2] {
    let (x, y) = scales;
    let (first, values) = stretch;
    let at = |bin: f64| x.at(timeline.start_s + timeline.bin_s * bin);
    let place = |value: f64, index: usize| {
        let bin = (first + index) as f64;
        if values.len() == 1 {
            vec![(at(bin), y.at(value)), (at(bin + 1.0), y.at(value))]
        } else {
            vec![(at(bin + 0.5), y.at(value))]
        }
    };
    let all = values.iter().enumerate();
    let lower = all.clone().flat_map(|(i, v)| place(v.0, i)).collect();
    let upper = all.flat_map(|(i, v)| place(v.1, i)).collect();
    [lower, upper]
}

/// Draws the bands and the median of a step.
pub(crate) fn bands(scene: &mut Scene, timeline: &Timeline, step: &str, scales: (Scale, Scale)) {
    for (from, to, alpha) in [("p95", "p99", FAINT), ("p50", "p95", STRONG)] {
        let series = [times(timeline, from, step), times(timeline, to, step)];
        for stretch in stretches(series) {
            let [lower, upper] = edges(&stretch, timeline, scales);
            let outline = upper.into_iter().chain(lower.into_iter().rev()).collect();
            scene.fill(outline, Ink::Blue, alpha);
        }
    }
    let median = times(timeline, "p50", step);
    for stretch in stretches([median, median]) {
        let [line, _] = edges(&stretch, timeline, scales);
        scene.line(line, Ink::Text, 2.2);
    }
}

/// Draws the share who got in as an area from 0 to 1.
pub(crate) fn share_strip(scene: &mut Scene, timeline: &Timeline, step: &str, panel: Area) {
    let x = time_scale(timeline, panel);
    let y = Scale::new(Bend::Linear, (0.0, 1.0), (panel.bottom(), panel.y));
    scene.fill_box(panel, Ink::Zero, 1.0);
    let found = shares(timeline, step);
    for stretch in stretches([found, found]) {
        let [line, _] = edges(&stretch, timeline, (x, y));
        let ends = line.first().zip(line.last()).map(|(a, b)| (a.0, b.0));
        if let Some((from, to)) = ends {
            let floor = [(to, panel.bottom()), (from, panel.bottom())];
            let outline = line.iter().copied().chain(floor).collect();
            scene.fill(outline, Ink::Blue, 0.55);
            scene.line(line, Ink::Blue, 1.5);
        }
    }
}

/// The last value of a percentile, for its label.
fn last(timeline: &Timeline, form: &str, step: &str) -> Option<f64> {
    times(timeline, form, step)
        .iter()
        .rev()
        .flatten()
        .next()
        .copied()
}

/// The picture of one step of a variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    (name, variant, step): (&str, &Variant, &str),
    marks: &Marks<'_>,
) -> Scene {
    let timeline = &variant.timeline;
    let mut frame = marks.frame(size, heading);
    let span = span(timeline, step).unwrap_or((0.01, 1.0));
    let span = limits(variant, step)
        .iter()
        .fold(span, |s, (limit, _)| (s.0.min(*limit), s.1.max(*limit)));
    let left = width_of_ticks(&unit_ticks(log_scale(frame.body, span), Unit::Seconds)) + 8.0;
    let labels = end_labels_of(timeline, step, |_| 0.0);
    let body = frame.body.between(left.max(50.0), room_for(&labels));
    let strip_height = body.h * 0.16;
    let below = marks.axis_room() + strip_height + 30.0;
    let upper = body.within(22.0 + marks.above(), below);
    let strip = Area {
        y: upper.bottom() + 30.0,
        h: strip_height,
        ..upper
    };
    let scene = &mut frame.scene;
    let (x, y) = (time_scale(timeline, upper), log_scale(upper, span));
    y_axis(scene, upper, y, &unit_ticks(y, Unit::Seconds));
    let above = upper.within(-marks.above(), 0.0);
    y_title(scene, above, &words::time_of_those_who_got_in(step));
    marks::lines(scene, upper, x, marks.of_variant(name));
    marks::letters(scene, upper, x, marks.of_variant(name));
    bands(scene, timeline, step, (x, y));
    for (limit, text) in limits(variant, step) {
        limit_line(scene, upper, y.at(limit), &text);
    }
    let labels = end_labels_of(timeline, step, |v| y.at(v));
    end_labels(scene, upper, &labels);
    share_strip(scene, timeline, step, strip);
    y_title(scene, strip, words::SHARE_WHO_GOT_IN);
    for (share, text) in [(0.0, "0"), (1.0, "100 %")] {
        let y = strip.bottom() - share * strip.h;
        scene.words((strip.x - 8.0, y), text, (TICK, Anchor::Right, Ink::Muted));
    }
    marks::lines(scene, strip, x, marks.of_variant(name));
    marks.time_axis(scene, strip, x);
    frame.scene
}

/// Labels of the median and of the two bands.
fn end_labels_of(timeline: &Timeline, step: &str, at: impl Fn(f64) -> f64) -> Vec<EndLabel> {
    let pen = |ink, marker| Pen {
        ink,
        dash: Dash::Solid,
        marker,
    };
    FORMS
        .iter()
        .filter_map(|form| {
            let value = last(timeline, form, step)?;
            Some(EndLabel {
                y: at(value),
                text: words::percentile_label(form),
                pen: match *form {
                    "p50" => pen(Ink::Text, Marker::Circle),
                    _ => pen(Ink::Blue, Marker::Square),
                },
                swatch: match *form {
                    "p50" => Swatch::Stroke,
                    "p95" => Swatch::Faint(STRONG),
                    _ => Swatch::Faint(FAINT),
                },
            })
        })
        .collect()
}

/// The objectives on the time of a step: limit, and the text beside it.
fn limits(variant: &Variant, step: &str) -> Vec<(f64, String)> {
    let all = variant.objectives.iter();
    let of_step = all.filter(|o| reading::percentile_of(&o.metric).is_some_and(|(_, s)| s == step));
    of_step
        .filter(|o| o.limit > 0.0)
        .map(|o| (o.limit, words::objective_line(o)))
        .collect()
}
