//! How many attempts there are for each first try over time, variant by variant, and past how many
//! there is no way back.

use super::frame::{
    EndLabel, Heading, Size, Swatch, end_labels, limit_line, room_for, unit_ticks, width_of_ticks,
    y_axis, y_title,
};
use super::ink::pen_of_variant;
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scale::{Bend, Scale};
use super::scene::{Area, Point, Scene};
use crate::report::{reading, words};
use crate::results::{Results, Timeline, Unit, Variant, key};

/// Variants of one picture.
const MOST: usize = 12;

/// Attempts for each first try that are worth a picture.
const WORTH: f64 = 1.2;

/// From so many attempts for each first try on the scale is logarithmic: on a straight one nobody
/// would see the line that counts, and how the storm began.
const STEEP: f64 = 60.0;

/// The service whose attempts are shown: where the baseline broke, else where they grow most.
pub(crate) fn place(results: &Results) -> Option<String> {
    let storms = reading::variants(results).filter_map(|(_, variant)| variant.storm.as_ref());
    let storm = storms.map(|storm| storm.place.clone()).next();
    let place = storm.or_else(|| {
        let services = reading::baseline(results)?.services.iter();
        let grown = services.filter_map(|(name, one)| Some((name, one.amplification?.estimate?)));
        grown
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(name, _)| name.clone())
    })?;
    let most = curves(results, &place)
        .into_iter()
        .flat_map(|curve| curve.2.iter().flatten());
    (most.copied().fold(0.0, f64::max) >= WORTH).then_some(place)
}

/// The variants that are shown: place in the order, name, attempts for each first try by bin.
fn curves<'a>(results: &'a Results, place: &str) -> Vec<(usize, &'a str, &'a [Option<f64>])> {
    let all = reading::variants(results).enumerate();
    all.filter_map(|(at, (name, variant))| {
        let series = variant.timeline.series.get(&key::amplification(place))?;
        Some((at, name, &*series.mean))
    })
    .take(MOST)
    .collect()
}

/// The picture of a service.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    results: &Results,
    (place, marks): (&str, &Marks<'_>),
) -> Scene {
    let nobody = Variant::default();
    let baseline = reading::baseline(results).unwrap_or(&nobody);
    let timeline = &baseline.timeline;
    let mut frame = marks.frame(size, heading);
    let curves = curves(results, place);
    let values = curves.iter().flat_map(|curve| curve.2.iter().flatten());
    let most = values.copied().fold(1.0, f64::max);
    let limit = no_return(baseline, place).filter(|limit| *limit < 4.0 * most);
    let top = most.max(limit.unwrap_or(0.0)) * 1.05;
    let bend = if most > STEEP {
        Bend::SymLog
    } else {
        Bend::Linear
    };
    let scale = |area: Area| Scale::new(bend, (0.0, top), (area.bottom(), area.y));
    let left = width_of_ticks(&unit_ticks(scale(frame.body), Unit::Ratio)) + 8.0;
    let labels = labels_of(results, &curves, |_| 0.0);
    let body = frame.body.between(left.max(50.0), room_for(&labels));
    let panel = body.within(24.0 + marks.above(), marks.axis_room());
    let scene = &mut frame.scene;
    let (x, y) = (time_scale(timeline, panel), scale(panel));
    y_axis(scene, panel, y, &unit_ticks(y, Unit::Ratio));
    y_title(
        scene,
        panel.within(-marks.above(), 0.0),
        &words::attempts_each(place),
    );
    let name = reading::baseline_name(results);
    marks::lines(scene, panel, x, marks.of_variant(name));
    marks::letters(scene, panel, x, marks.of_variant(name));
    for (at, _, values) in &curves {
        let pen = pen_of_variant(*at);
        for part in parts(values, timeline, (x, y)) {
            scene.dashed(part, pen.ink, 2.0, pen.dash);
        }
    }
    if let Some(limit) = limit {
        limit_line(scene, panel, y.at(limit), words::NO_WAY_BACK);
    }
    end_labels(
        scene,
        panel,
        &labels_of(results, &curves, |value| y.at(value)),
    );
    marks.time_axis(scene, panel, x);
    frame.scene
}

/// Attempts for each first try past which the usual load alone is more than the service can do.
fn no_return(baseline: &Variant, place: &str) -> Option<f64> {
    let storm = baseline
        .storm
        .as_ref()
        .filter(|storm| storm.place == place)?;
    let load = storm.usual_load?.estimate?;
    (load > 0.0).then(|| 1.0 / load)
}

/// A line for each stretch of bins that have a value.
fn parts(values: &[Option<f64>], timeline: &Timeline, (x, y): (Scale, Scale)) -> Vec<Vec<Point>> {
    let mut all: Vec<Vec<Point>> = vec![Vec::new()];
    for (bin, value) in values.iter().enumerate() {
        let at = timeline.start_s + timeline.bin_s * (bin as f64 + 0.5);
        match value {
            Some(value) => {
                let last = all.last_mut().expect("there is a first");
                last.push((x.at(at), y.at(*value)));
            }
            None => all.push(Vec::new()),
        }
    }
    all
}

fn labels_of(
    results: &Results,
    curves: &[(usize, &str, &[Option<f64>])],
    at: impl Fn(f64) -> f64,
) -> Vec<EndLabel> {
    let label = |(place, name, values): &(usize, &str, &[Option<f64>])| {
        let last = values.iter().rev().flatten().next()?;
        Some(EndLabel {
            y: at(*last),
            text: words::variant_label(results, name),
            pen: pen_of_variant(*place),
            swatch: Swatch::Stroke,
        })
    };
    curves.iter().filter_map(label).collect()
}
