//! Waits with two humps, which percentiles hide: when requests started against how long they took,
//! coloured by how many.
//!
//! One idea: each column is a histogram of those who got in (B. Gregg's latency heat map); the
//! colour is the root of the count, so that a few late ones are seen beside many quick ones.

use super::frame::{Heading, Size, unit_ticks, width_of_ticks, y_axis, y_title};
use super::heat;
use super::ink::Ink;
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scale::{Bend, Scale};
use super::scene::{Area, Scene};
use crate::report::{number, words};
use crate::results::{Heat, Unit, Variant};

/// Whether anything can be drawn of a step.
pub(crate) fn is_known(variant: &Variant, step: &str) -> bool {
    variant
        .heat
        .get(step)
        .is_some_and(|heat| most(heat) > 0 && heat.edges_s.len() > 1)
}

/// The largest count.
fn most(heat: &Heat) -> u64 {
    heat.counts.iter().flatten().copied().max().unwrap_or(0)
}

/// The picture of one step of a variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    (name, variant, step): (&str, &Variant, &str),
    marks: &Marks<'_>,
) -> Scene {
    let mut frame = marks.frame(size, heading);
    let empty = Heat::default();
    let heat = variant.heat.get(step).unwrap_or(&empty);
    let scale = |panel: Area| vertical(panel, heat);
    let left = width_of_ticks(&unit_ticks(scale(frame.body), Unit::Seconds)) + 8.0;
    let body = frame.body.between(left.max(50.0), 8.0);
    let scene = &mut frame.scene;
    let most = number::whole(most(heat) as f64);
    heat::legend(
        scene,
        body,
        [words::REQUESTS_IN_CELL, words::LITTLE_HELD, &most],
    );
    let panel = body.within(52.0 + marks.above(), marks.axis_room());
    let (x, y) = (time_scale(&variant.timeline, panel), scale(panel));
    scene.fill_box(panel, Ink::Zero, 1.0);
    cells(scene, heat, (variant.timeline.start_s, x, y));
    y_axis(scene, panel, y, &unit_ticks(y, Unit::Seconds));
    let above = panel.within(-marks.above(), 0.0);
    y_title(scene, above, &words::time_of_those_who_got_in(step));
    marks::lines(scene, panel, x, marks.of_variant(name));
    marks::letters(scene, panel, x, marks.of_variant(name));
    marks.time_axis(scene, panel, x);
    frame.scene
}

/// Logarithmic from the first edge above zero to the last, upwards in a panel.
fn vertical(panel: Area, heat: &Heat) -> Scale {
    let least = heat.edges_s.iter().copied().find(|edge| *edge > 0.0);
    let least = least.unwrap_or(0.001);
    let most = heat.edges_s.last().copied().unwrap_or(1.0);
    let ends = (least, most.max(least * 4.0));
    Scale::new(Bend::Log, ends, (panel.bottom(), panel.y))
}

/// The cells in which anybody is; neighbours in time of one colour are one cell.
fn cells(scene: &mut Scene, heat: &Heat, across: (f64, Scale, Scale)) {
    let (start_s, x, y) = across;
    let most = most(heat) as f64;
    let (first, last) = x.ends();
    let at = |row: usize| x.at((start_s + heat.row_s * row as f64).clamp(first, last));
    for (class, edges) in heat.edges_s.windows(2).enumerate() {
        let bottom = y.at(edges[0].max(y.ends().0));
        let top = y.at(edges[1]);
        let inks: Vec<Ink> = heat
            .counts
            .iter()
            .map(|row| Ink::heat((row[class] as f64 / most).sqrt()))
            .collect();
        let mut from = 0;
        while from < inks.len() {
            let same = inks[from..].iter().take_while(|ink| **ink == inks[from]);
            let to = from + same.count();
            if inks[from] != Ink::Zero {
                let cell = Area {
                    x: at(from),
                    y: top,
                    w: at(to) - at(from),
                    h: bottom - top,
                };
                scene.fill_box(cell, inks[from], 1.0);
            }
            from = to;
        }
    }
}
