//! Where and when it saturates: services in call order against time, coloured by how much of
//! their worker-time is held.
//!
//! One idea: nothing has a colour of its own, so an idle service is not a lightly loaded one.

use super::frame::{HEAD, Heading, LABEL, Size, TICK};
use super::ink::{HEAT_STEPS, Ink};
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scale::Scale;
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::report::{reading, words};
use crate::results::{ModelFacts, Timeline, Variant, key};

/// A row: a service or pool, and the share of its worker-time held in each bin.
pub(crate) struct Row<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The share held, bin by bin.
    pub(crate) held: &'a [Option<f64>],
}

/// Services in call order, then pools.
pub(crate) fn rows<'a>(model: &'a ModelFacts, variant: &'a Variant) -> Vec<Row<'a>> {
    let pools = variant.pools.keys();
    let names = model.services.iter().chain(pools);
    let found = names.filter_map(|name| {
        let series = variant.timeline.series.get(&key::held(name))?;
        Some(Row {
            name,
            held: &series.mean,
        })
    });
    found.collect()
}

/// Draws one row of cells; neighbours of one colour are one cell.
pub(crate) fn cells(scene: &mut Scene, strip: Area, held: &[Option<f64>], across: Across<'_>) {
    let Across { timeline, x } = across;
    let at = |bin: usize| x.at(timeline.start_s + timeline.bin_s * bin as f64);
    let mut first = 0;
    while first < held.len() {
        let ink = held[first].map(Ink::heat);
        let same = held[first..].iter().take_while(|v| v.map(Ink::heat) == ink);
        let end = first + same.count();
        if let Some(ink) = ink {
            let cell = Area {
                x: at(first),
                w: at(end) - at(first),
                ..strip
            };
            scene.fill_box(cell, ink, 1.0);
        }
        first = end;
    }
}

/// The bins, laid across a strip.
#[derive(Clone, Copy)]
pub(crate) struct Across<'a> {
    /// Their clock.
    pub(crate) timeline: &'a Timeline,
    /// Their place.
    pub(crate) x: Scale,
}

/// The picture of one variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    model: &ModelFacts,
    (name, variant): (&str, &Variant),
    marks: &Marks<'_>,
) -> Scene {
    let mut frame = marks.frame(size, heading);
    let rows = rows(model, variant);
    let names = rows
        .iter()
        .map(|r| width_of(r.name, LABEL))
        .fold(0.0, f64::max);
    let remarks: Vec<Vec<String>> = rows
        .iter()
        .map(|r| words::heat_remark(variant, r.name))
        .collect();
    let widths = remarks.iter().flatten().map(|t| width_of(t, TICK));
    let right = widths.fold(0.0, f64::max) + 14.0;
    let body = frame.body.between(names.min(220.0) + 12.0, right);
    let scene = &mut frame.scene;
    legend(
        scene,
        body,
        [words::WORKERS_HELD, words::LITTLE_HELD, words::ALL_HELD],
    );
    let panel = body.within(30.0 + marks.above(), marks.axis_room());
    let height = (panel.h / rows.len().max(1) as f64).min(104.0);
    let panel = Area {
        h: height * rows.len() as f64,
        ..panel
    };
    let x = time_scale(&variant.timeline, panel);
    let across = Across {
        timeline: &variant.timeline,
        x,
    };
    for (index, (row, remark)) in rows.iter().zip(&remarks).enumerate() {
        let strip = Area {
            y: panel.y + height * index as f64 + 1.0,
            h: height - 2.0,
            ..panel
        };
        cells(scene, strip, row.held, across);
        let middle = strip.y + strip.h / 2.0;
        let name = cut(row.name, LABEL, 220.0);
        scene.words(
            (panel.x - 8.0, middle),
            &name,
            (LABEL, Anchor::Right, Ink::Text),
        );
        remark_beside(scene, (panel.right() + 8.0, middle), remark, strip.h);
        let spells = variant.bottlenecks.iter();
        let spells = spells.filter(|one| one.place == row.name);
        if let Some((from, to)) = spells.filter_map(reading::spell).next() {
            outline(scene, strip, (x.at(from), x.at(to)));
        }
    }
    marks::lines(scene, panel, x, marks.of_variant(name));
    marks::letters(scene, panel, x, marks.of_variant(name));
    marks.time_axis(scene, panel, x);
    frame.scene
}

/// As many lines at the right of a row as its height allows.
fn remark_beside(scene: &mut Scene, at: (f64, f64), remark: &[String], height: f64) {
    const LINE: f64 = 15.0;
    let fitting = ((height / LINE) as usize).clamp(1, remark.len().max(1));
    let top = at.1 - LINE * (fitting.min(remark.len()).max(1) - 1) as f64 / 2.0;
    for (line, text) in remark.iter().take(fitting).enumerate() {
        scene.text((at.0, top + LINE * line as f64), text, TICK);
    }
}

/// The time in which a row was full, as a frame around its cells.
fn outline(scene: &mut Scene, strip: Area, (from, to): (f64, f64)) {
    let (top, bottom) = (strip.y + 1.0, strip.bottom() - 1.0);
    let corners = vec![
        (from, top),
        (to, top),
        (to, bottom),
        (from, bottom),
        (from, top),
    ];
    scene.line(corners, Ink::Text, 1.5);
}

/// The scale of colours, in one line at the top of an area: of what, and what the first and the
/// last one mean.
pub(crate) fn legend(scene: &mut Scene, body: Area, [title, little, most]: [&str; 3]) {
    let y = body.y + 12.0;
    let mut x = body.x;
    scene.words((x, y), title, (HEAD, Anchor::Left, Ink::Text));
    x += width_of(title, HEAD) + 14.0;
    let swatch = |x: f64, w: f64| Area {
        x,
        y: y - 7.0,
        w,
        h: 14.0,
    };
    scene.fill_box(swatch(x, 16.0), Ink::Zero, 1.0);
    x += 20.0;
    scene.text((x, y), words::NONE_HELD, TICK);
    x += width_of(words::NONE_HELD, TICK) + 14.0;
    steps(scene, (x, y), [little, most]);
}

/// The same of any quantity: its least value, and its most.
pub(crate) fn scale_of(scene: &mut Scene, body: Area, [title, little, most]: [&str; 3]) {
    let y = body.y + 12.0;
    scene.words((body.x, y), title, (HEAD, Anchor::Left, Ink::Text));
    let x = body.x + width_of(title, HEAD) + 14.0;
    steps(scene, (x, y), [little, most]);
}

/// All colours in a row, between the words for the first and the last one.
fn steps(scene: &mut Scene, (mut x, y): (f64, f64), [little, most]: [&str; 2]) {
    let swatch = |x: f64| Area {
        x,
        y: y - 7.0,
        w: 6.0,
        h: 14.0,
    };
    scene.text((x, y), little, TICK);
    x += width_of(little, TICK) + 6.0;
    for step in 1..=HEAT_STEPS {
        scene.fill_box(swatch(x), Ink::Heat(step), 1.0);
        x += 6.0;
    }
    scene.text((x + 6.0, y), most, TICK);
}
