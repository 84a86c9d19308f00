//! What each cause carries of the outage, with its interval, and what is left without all of them.
//!
//! One idea: shares add up to the impact, so all bars stand on one scale that ends at it.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK, X_AXIS};
use super::ink::{Ink, pen_of_variant};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, filled_path, width_of};
use crate::report::words;
use crate::results::{Estimate, Explain};

/// Most pixels that a line of a name takes.
const NAMES_MAX: f64 = 260.0;

/// Distance of the lines of a name.
const LINE: f64 = 16.0;

/// Most pixels of a row.
const HIGH: f64 = 110.0;

/// One row: what, its part of the impact, and how it is printed.
struct Row {
    name: String,
    part: Estimate,
    text: String,
    ink: Ink,
}

/// The causes in order, then what is left.
fn rows(found: &Explain) -> Vec<Row> {
    let mut all: Vec<Row> = found
        .causes
        .iter()
        .enumerate()
        .filter_map(|(index, cause)| {
            Some(Row {
                name: words::cause_label(cause),
                part: cause.part?,
                text: words::carried(found, cause),
                ink: pen_of_variant(index + 1).ink,
            })
        })
        .collect();
    let whole = found.impact.value.and_then(|value| value.estimate);
    if let (Some(whole), Some(left)) = (whole, found.left.and_then(|left| left.estimate))
        && whole > 0.0
        && left > 0.0
    {
        all.push(Row {
            name: words::NOT_CARRIED.to_owned(),
            part: Estimate {
                estimate: Some(left / whole),
                ..Estimate::default()
            },
            text: words::left_over(found),
            ink: Ink::Grey,
        });
    }
    all
}

/// Whether there is anything to draw.
pub(crate) fn is_known(found: &Explain) -> bool {
    !found.causes.is_empty()
}

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, found: &Explain) -> Scene {
    let mut frame = Frame::new(size, heading);
    let rows = rows(found);
    let widest = |of: &dyn Fn(&Row) -> f64| rows.iter().map(of).fold(0.0, f64::max);
    let names = widest(&|row| width_of(&row.name, LABEL)).min(NAMES_MAX);
    let texts = widest(&|row| width_of(&row.text, HEAD));
    let body = frame.body.between(names + 18.0, texts + 18.0);
    let panel = body.within(8.0, X_AXIS + 18.0);
    let height = (panel.h / rows.len().max(1) as f64).min(HIGH);
    let panel = Area {
        h: height * rows.len() as f64,
        ..panel
    };
    let ends = |row: &Row| {
        let mid = row.part.estimate.unwrap_or(0.0);
        [
            mid,
            row.part.low.unwrap_or(mid),
            row.part.high.unwrap_or(mid),
        ]
    };
    let all = rows.iter().flat_map(ends);
    let (least, most) = all.fold((0.0_f64, 0.1_f64), |(a, b), v| (a.min(v), b.max(v)));
    let x = Scale::new(Bend::Linear, (least, most), (panel.x, panel.right()));
    let scene = &mut frame.scene;
    for tick in x.ticks(80.0) {
        let at = x.at(tick);
        scene.line(vec![(at, panel.y), (at, panel.bottom())], Ink::Rule, 1.0);
        let below = (at, panel.bottom() + 14.0);
        scene.words(
            below,
            &words::tick_of_part(tick),
            (TICK, Anchor::Middle, Ink::Muted),
        );
    }
    for (index, row) in rows.iter().enumerate() {
        let strip = Area {
            y: panel.y + height * index as f64,
            h: height,
            ..panel
        };
        draw_row(scene, row, (strip, x), names);
        let middle = (panel.right() + 14.0, strip.y + height / 2.0);
        scene.text(middle, &row.text, HEAD);
    }
    let below = (panel.x, panel.bottom() + 33.0);
    scene.words(below, words::PART_AXIS, (TICK, Anchor::Left, Ink::Muted));
    frame.scene
}

/// A name, its bar, and the interval across the end of the bar.
fn draw_row(scene: &mut Scene, row: &Row, (strip, x): (Area, Scale), names: f64) {
    let middle = strip.y + strip.h / 2.0;
    let mid = row.part.estimate.unwrap_or(0.0);
    let (from, to) = (x.at(0.0), x.at(mid));
    let thick = (strip.h * 0.56).min(30.0);
    let bar = Area {
        x: from.min(to),
        w: (to - from).abs().max(1.5),
        y: middle - thick / 2.0,
        h: thick,
    };
    scene.fill_box(bar, row.ink, 0.85);
    if let (Some(low), Some(high)) = (row.part.low, row.part.high) {
        let (low, high) = (x.at(low), x.at(high));
        scene.line(vec![(low, middle), (high, middle)], Ink::Text, 1.8);
        for end in [low, high] {
            scene.line(
                vec![(end, middle - 5.0), (end, middle + 5.0)],
                Ink::Text,
                1.8,
            );
        }
    }
    let lines = filled_path(&row.name, LABEL, names);
    let top = middle - (lines.len() - 1) as f64 * LINE / 2.0;
    for (index, line) in lines.iter().enumerate() {
        let at = (strip.x - 12.0, top + LINE * index as f64);
        scene.words(at, line, (LABEL, Anchor::Right, Ink::Text));
    }
}
