//! How many wait, are left or are still to be worked off, variant by variant over time; and under
//! it how long the last of them would take.
//!
//! One idea: a number that stands somewhere and its pace belong together: a queue of a thousand is
//! short at a thousand a second. A single run has the spread of its launches as a band.

use super::frame::{
    EndLabel, Heading, Size, Swatch, end_labels, room_for, unit_ticks, upwards, width_of_ticks,
    y_axis, y_title,
};
use super::ink::pen_of_variant;
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::ribbon::stretches;
use super::scale::Scale;
use super::scene::{Area, Point, Scene};
use crate::report::reading::{self, Place};
use crate::report::words;
use crate::results::{Results, Series, Timeline, Unit, key};

/// Most variants of one picture.
const MOST: usize = 12;

/// How strong the band of launches is.
const BAND: f64 = 0.25;

/// One of the two questions about a place.
pub(crate) struct Panel {
    /// What it measures.
    pub(crate) title: String,
    /// Its series.
    pub(crate) series: String,
    /// In which unit.
    pub(crate) unit: Unit,
}

/// The panels of a place: its number first, then the time that this stands for.
pub(crate) fn panels(place: &Place) -> Vec<Panel> {
    let name = place.name();
    let number = match place {
        Place::Service(_) | Place::Pool(_) => key::queue(name),
        Place::Room(_) => key::waiting(name),
        Place::Message(_) => key::backlog(name),
        Place::Stock(_) => key::left(name),
    };
    let panel = |series, title, unit| Panel {
        title,
        series,
        unit,
    };
    let mut all = vec![panel(number, words::level_title(place), Unit::Count)];
    if let Some(title) = words::lag_title(place) {
        all.push(panel(key::lag(name), title, Unit::Seconds));
    }
    all
}

/// A variant that is drawn: its place in the order, its name and its series.
pub(crate) type Curve<'a> = (usize, String, &'a Timeline, &'a Series);

/// The variants in which a series has a value.
pub(crate) fn curves<'a>(results: &'a Results, series: &str) -> Vec<Curve<'a>> {
    let all = reading::variants(results).enumerate();
    let known = all.filter_map(|(at, (name, variant))| {
        let found = variant.timeline.series.get(series)?;
        let exists = found.mean.iter().any(Option::is_some);
        let name = words::variant_label(results, name);
        exists.then_some((at, name, &variant.timeline, found))
    });
    known.take(MOST).collect()
}

/// Whether anybody ever waits there, or anything is left.
pub(crate) fn is_known(results: &Results, place: &Place) -> bool {
    panels(place).first().is_some_and(|panel| {
        let curves = curves(results, &panel.series);
        most(&curves) >= 0.5
    })
}

/// The largest value of all curves: of a single one, of nine launches in ten.
fn most(curves: &[Curve<'_>]) -> f64 {
    let alone = curves.len() == 1;
    let values = curves.iter().flat_map(|(_, _, _, series)| match alone {
        true => series.p90.iter().chain(&series.mean),
        false => series.mean.iter().chain(&[]),
    });
    values.flatten().copied().fold(0.0, f64::max)
}

/// The picture of a place.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    results: &Results,
    (place, marks): (&Place, &Marks<'_>),
) -> Scene {
    let mut frame = marks.frame(size, heading);
    let panels: Vec<(Panel, Vec<Curve<'_>>)> = panels(place)
        .into_iter()
        .map(|panel| {
            let curves = curves(results, &panel.series);
            (panel, curves)
        })
        .filter(|(_, curves)| most(curves) > 0.0)
        .collect();
    let labels = panels
        .first()
        .map_or(Vec::new(), |(_, curves)| labels_of(curves, |_| 0.0));
    let ticks = |area: Area, panel: &Panel, curves: &[Curve<'_>]| {
        unit_ticks(upwards(area, most(curves)), panel.unit)
    };
    let left = panels
        .iter()
        .map(|(panel, curves)| width_of_ticks(&ticks(frame.body, panel, curves)));
    let left = left.fold(42.0, f64::max) + 8.0;
    let body = frame.body.between(left, room_for(&labels).max(20.0));
    let body = body.within(24.0 + marks.above(), marks.axis_room());
    let scene = &mut frame.scene;
    let name = reading::baseline_name(results);
    let count = panels.len().max(1) as f64;
    let gap = 34.0;
    let mut area = Area {
        h: match panels.len() {
            0 | 1 => body.h,
            _ => (body.h - gap * (count - 1.0)) * 0.58,
        },
        ..body
    };
    for (index, (panel, curves)) in panels.iter().enumerate() {
        if index > 0 {
            let top = area.bottom() + gap;
            area = Area {
                y: top,
                h: body.bottom() - top,
                ..body
            };
        }
        let above = if index == 0 { marks.above() } else { 0.0 };
        let y = upwards(area, most(curves));
        y_axis(scene, area, y, &ticks(area, panel, curves));
        y_title(scene, area.within(-above, 0.0), &panel.title);
        let Some((_, _, timeline, _)) = curves.first() else {
            continue;
        };
        let x = time_scale(timeline, area);
        marks::lines(scene, area, x, marks.of_variant(name));
        if index == 0 {
            marks::letters(scene, area, x, marks.of_variant(name));
        }
        draw_curves(scene, curves, (x, y));
        if index == 0 && curves.len() > 1 {
            end_labels(scene, area, &labels_of(curves, |value| y.at(value)));
        }
    }
    if let Some((_, _, timeline, _)) = panels.first().and_then(|(_, curves)| curves.first()) {
        marks.time_axis(scene, area, time_scale(timeline, area));
    }
    frame.scene
}

/// A line for each variant; a single one with the band of its launches.
fn draw_curves(scene: &mut Scene, curves: &[Curve<'_>], (x, y): (Scale, Scale)) {
    for (at, _, timeline, series) in curves {
        let pen = pen_of_variant(if curves.len() == 1 { at + 1 } else { *at });
        let place = |bin: usize, value: f64| -> Point {
            let middle = timeline.start_s + timeline.bin_s * (bin as f64 + 0.5);
            (x.at(middle), y.at(value))
        };
        if curves.len() == 1 {
            for (first, values) in stretches([&series.p10, &series.p90]) {
                let all = values.iter().enumerate();
                let lower = all.clone().map(|(n, v)| place(first + n, v.0));
                let upper = all.map(|(n, v)| place(first + n, v.1)).rev();
                scene.fill(lower.chain(upper).collect(), pen.ink, BAND);
            }
        }
        for (first, values) in stretches([&series.mean, &series.mean]) {
            let points = values.iter().enumerate();
            let points = points.map(|(n, v)| place(first + n, v.0));
            scene.dashed(points.collect(), pen.ink, 2.0, pen.dash);
        }
    }
}

/// Labels of the variants; none where there is one only.
fn labels_of(curves: &[Curve<'_>], at: impl Fn(f64) -> f64) -> Vec<EndLabel> {
    let label = |(place, name, _, series): &Curve<'_>| {
        let last = series.mean.iter().rev().flatten().next()?;
        Some(EndLabel {
            y: at(*last),
            text: name.clone(),
            pen: pen_of_variant(*place),
            swatch: Swatch::Stroke,
        })
    };
    let shown = curves.iter().filter(|_| curves.len() > 1);
    shown.filter_map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scene::Shape;
    use super::*;
    use crate::report::{chart, sample};

    /// What an objective names is drawn, not only the first step.
    #[test]
    fn every_place_that_an_objective_names_has_its_chart() {
        let results = sample::compare();
        let named = reading::places(&results);
        let pictures = chart::pictures(&results);
        for place in named {
            let kind = chart::Kind::Level(place);
            assert!(pictures.iter().any(|one| one.kind == kind), "{kind:?}");
        }
    }

    #[test]
    fn every_variant_has_its_line_and_its_name() {
        let results = sample::compare();
        let place = Place::Service("login".to_owned());
        let count = curves(&results, &key::queue("login")).len();
        let picture = chart::pictures(&results).into_iter();
        let mut picture = picture.filter(|one| one.kind == chart::Kind::Level(place.clone()));
        let scene = picture
            .next()
            .expect("logins wait")
            .scene(&results, Size::Wide);
        for (name, _) in reading::variants(&results) {
            let is_it = |shape: &Shape| matches!(shape, Shape::Text { text, .. } if text == name);
            assert!(scene.shapes.iter().any(is_it), "{name}");
        }
        assert_eq!(count, results.order.len());
    }
}
