//! Which change did it: each change alone, what comes about together only, and the total.
//!
//! One idea: the bars follow on each other and end at the total, so nothing is hidden between
//! them; what no change does alone has a bar of its own.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK, X_AXIS, change_axis};
use super::ink::{Ink, pen_of_variant};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, filled_path, width_of};
use crate::report::{number, words};
use crate::results::{Attribution, Unit};

/// Most pixels that a line of a name takes.
const NAMES_MAX: f64 = 240.0;

/// Distance of the lines of a name.
const LINE: f64 = 16.0;

/// One bar: from where to where, and what stands beside it.
struct Bar {
    name: String,
    from: f64,
    to: f64,
    ink: Ink,
    /// Its own size, printed.
    size: String,
    /// Its share of the whole, printed.
    share: String,
}

/// The bars in order, the total last.
fn bars(found: &Attribution, unit: Unit) -> Vec<Bar> {
    let mut at = 0.0;
    let mut all = Vec::new();
    let mut push = |name: &str, size: f64, ink: Ink, share: String| {
        all.push(Bar {
            name: name.to_owned(),
            from: at,
            to: at + size,
            ink,
            size: number::change(size, unit),
            share,
        });
        at += size;
    };
    for (index, name) in found.order.iter().enumerate() {
        let Some(part) = found.parts.get(name) else {
            continue;
        };
        let alone = part.alone.and_then(|e| e.estimate).unwrap_or(0.0);
        let share = words::share_of_total(part.share.as_ref(), unit);
        push(name, alone, pen_of_variant(index + 1).ink, share);
    }
    let together = found.interaction.and_then(|e| e.estimate).unwrap_or(0.0);
    push(words::together(found), together, Ink::Grey, String::new());
    let total = found.total.and_then(|e| e.estimate).unwrap_or(0.0);
    all.push(Bar {
        name: words::ALL_TOGETHER.to_owned(),
        from: 0.0,
        to: total,
        ink: Ink::Text,
        size: number::change(total, unit),
        share: String::new(),
    });
    all
}

/// The picture of one variant's changes on one metric.
pub(crate) fn draw(size: Size, heading: &Heading, found: &Attribution, unit: Unit) -> Scene {
    let mut frame = Frame::new(size, heading);
    let bars = bars(found, unit);
    let names = bars
        .iter()
        .map(|b| width_of(&b.name, LABEL))
        .fold(0.0, f64::max)
        .min(NAMES_MAX);
    let sizes = bars
        .iter()
        .map(|b| width_of(&b.size, HEAD))
        .fold(0.0, f64::max);
    let shares = bars
        .iter()
        .map(|b| width_of(&b.share, LABEL))
        .fold(0.0, f64::max);
    let share_room = if shares > 0.0 { shares + 16.0 } else { 0.0 };
    let body = frame.body.between(names + 14.0, share_room + sizes + 16.0);
    let panel = body.within(12.0, X_AXIS + 18.0);
    let height = (panel.h / bars.len().max(1) as f64).min(104.0);
    let panel = Area {
        h: height * bars.len() as f64,
        ..panel
    };
    let ends = bars.iter().flat_map(|b| [b.from, b.to]);
    let (least, most) = ends.fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
    let most = if most - least > 0.0 { most } else { 1.0 };
    let x = Scale::new(Bend::Linear, (least, most), (panel.x, panel.right()));
    let right = frame.body.right();
    let scene = &mut frame.scene;
    change_axis(scene, panel, x, unit);
    for (index, bar) in bars.iter().enumerate() {
        let strip = Area {
            y: panel.y + height * index as f64,
            h: height,
            ..panel
        };
        bar.draw(scene, strip, x);
        if index + 2 < bars.len() {
            let (from, to) = (strip.y + height * 0.18, strip.y + height * 1.18);
            scene.line(
                vec![(x.at(bar.to), from), (x.at(bar.to), to)],
                Ink::Muted,
                1.0,
            );
        }
        let middle = (right, strip.y + height / 2.0);
        scene.words(middle, &bar.share, (LABEL, Anchor::Right, Ink::Muted));
    }
    let below = (panel.x, panel.bottom() + 33.0);
    scene.words(
        below,
        words::DIFFERENCE_AXIS,
        (TICK, Anchor::Left, Ink::Muted),
    );
    frame.scene
}

impl Bar {
    /// The bar, its name at the left, its size behind it.
    fn draw(&self, scene: &mut Scene, strip: Area, x: Scale) {
        let (from, to) = (x.at(self.from), x.at(self.to));
        let thick = Area {
            x: from.min(to),
            w: (to - from).abs().max(1.5),
            ..strip.within(strip.h * 0.18, strip.h * 0.18)
        };
        scene.fill_box(thick, self.ink, 0.9);
        let middle = strip.y + strip.h / 2.0;
        let lines = filled_path(&self.name, LABEL, NAMES_MAX);
        let top = middle - (lines.len() - 1) as f64 * LINE / 2.0;
        for (index, line) in lines.iter().enumerate() {
            let at = (strip.x - 10.0, top + LINE * index as f64);
            scene.words(at, line, (LABEL, Anchor::Right, Ink::Text));
        }
        scene.text((thick.right() + 7.0, middle), &self.size, HEAD);
    }
}
