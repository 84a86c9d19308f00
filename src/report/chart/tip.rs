//! Where a system tips: load against trigger, what is survived and what is not; along one input
//! alone the chance to survive.
//!
//! One idea: between both sides of the border nothing was played, so it is drawn as a bar from the
//! one to the other; every combination that was looked at is a dot.

use super::frame::{Frame, HEAD, Heading, Size, TICK, limit_line, unit_ticks, width_of_ticks};
use super::frame::{y_axis, y_title};
use super::ink::{Dash, Ink};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, width_of};
use super::swept::{across, under, x_title};
use crate::report::{number, words};
use crate::results::{Results, Tip, TipCell, TipFound, TipKnob, TipWorse, Unit};

/// Whether there is anything to draw.
pub(crate) fn is_known(tip: &Tip) -> bool {
    tip.cells.len() > 1 && !tip.knobs.is_empty()
}

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let frame = Frame::new(size, heading);
    match &results.answers.tip {
        Some(tip) if tip.knobs.len() > 1 => plane(frame, tip),
        Some(tip) if tip.knobs.len() == 1 => line(frame, tip),
        _ => frame.scene,
    }
}

/// The value of the first input.
fn trigger_of(cell: &TipCell) -> f64 {
    cell.values.first().copied().unwrap_or(0.0)
}

fn ink(cell: &TipCell) -> Ink {
    match cell.survives {
        Some(true) => Ink::Green,
        Some(false) => Ink::Vermillion,
        None => Ink::Muted,
    }
}

/// The chance to survive along one input.
fn line(mut frame: Frame, tip: &Tip) -> Scene {
    let knob = &tip.knobs[0];
    let body = frame.body.within(26.0, 48.0);
    let y = Scale::new(Bend::Linear, (0.0, 1.0), (body.bottom(), body.y));
    let ticks = unit_ticks(y, Unit::Share);
    let panel = body.between(width_of_ticks(&ticks) + 12.0, 14.0);
    let x = across(
        &[knob.low, knob.high],
        (panel.x + 12.0, panel.right() - 12.0),
    );
    let scene = &mut frame.scene;
    y_axis(scene, panel, y, &ticks);
    y_title(scene, panel, words::SURVIVE_AXIS);
    let known = tip
        .cells
        .iter()
        .filter_map(|cell| Some((cell, cell.collapsed?)));
    for (cell, collapsed) in known.clone() {
        let at = x.at(trigger_of(cell));
        let ends = [collapsed.low, collapsed.high].map(|chance| (at, y.at(1.0 - chance)));
        scene.line(ends.to_vec(), ink(cell), 2.0);
        scene.dot((at, y.at(1.0 - collapsed.estimate)), ink(cell), 4.0);
    }
    stable(scene, panel, x, tip);
    let limit = format!("{} of launches", number::level(tip.chance));
    limit_line(scene, panel, y.at(tip.chance), &limit);
    let borders = tip
        .columns
        .iter()
        .flat_map(|one| one.borders.iter().flatten());
    let borders = borders.filter_map(|at| tip.cells.get(*at as usize));
    let values = borders.chain(tip.cells.first()).chain(tip.cells.last());
    let values = values.chain(known.map(|one| one.0));
    let texts: Vec<(f64, String)> = values.map(|cell| text(knob, x, trigger_of(cell))).collect();
    under(scene, panel, &texts);
    x_title(scene, panel, &knob.path);
    frame.scene
}

fn text(knob: &TipKnob, x: Scale, value: f64) -> (f64, String) {
    (x.at(value), words::tip_value(knob, value))
}

/// Where the load is the stable capacity.
fn stable(scene: &mut Scene, panel: Area, x: Scale, tip: &Tip) {
    let Some(at) = tip.stable_at else { return };
    let at = x.at(at);
    scene.dashed(
        vec![(at, panel.y), (at, panel.bottom())],
        Ink::Text,
        1.4,
        Dash::Dashed,
    );
    let half = width_of(words::STABLE_LINE, TICK) / 2.0;
    let title = panel.x + 220.0 + half;
    let middle = at.clamp(title.min(panel.right() - half), panel.right() - half);
    scene.words(
        (middle, panel.y - 11.0),
        words::STABLE_LINE,
        (TICK, Anchor::Middle, Ink::Text),
    );
}

/// Load against trigger.
fn plane(mut frame: Frame, tip: &Tip) -> Scene {
    let (trigger, load) = (&tip.knobs[0], &tip.knobs[1]);
    let body = frame.body.within(26.0, 48.0);
    let y = across(
        &[trigger.low, trigger.high],
        (body.bottom() - 8.0, body.y + 8.0),
    );
    let ticks: Vec<(f64, String)> = y
        .ticks(34.0)
        .into_iter()
        .map(|value| {
            (
                value,
                words::tip_value(trigger, crate::base::decimal::nearest_short(value, 9)),
            )
        })
        .collect();
    let panel = body.between(width_of_ticks(&ticks) + 12.0, 14.0);
    let loads: Vec<f64> = tip.columns.iter().filter_map(|one| one.value).collect();
    let gap = panel.w / (2.0 * loads.len().max(1) as f64);
    let x = across(&loads, (panel.x + gap, panel.right() - gap));
    let scene = &mut frame.scene;
    y_axis(scene, panel, y, &ticks);
    y_title(scene, panel, &trigger.path);
    regions(scene, panel, tip, (x, y));
    stable(scene, panel, x, tip);
    for cell in &tip.cells {
        if let [trigger, load] = cell.values[..] {
            scene.dot((x.at(load), y.at(trigger)), ink(cell), 2.6);
        }
    }
    let texts: Vec<(f64, String)> = [0, loads.len().saturating_sub(1)]
        .into_iter()
        .chain(0..loads.len())
        .filter_map(|at| Some(text(load, x, *loads.get(at)?)))
        .collect();
    under(scene, panel, &texts);
    x_title(scene, panel, &load.path);
    frame.scene
}

/// What is survived and what is not at each load, and the bar between.
fn regions(scene: &mut Scene, panel: Area, tip: &Tip, (x, y): (Scale, Scale)) {
    let centres: Vec<f64> = tip
        .columns
        .iter()
        .filter_map(|one| Some(x.at(one.value?)))
        .collect();
    let edge = |number: usize| match (number.checked_sub(1), centres.get(number)) {
        (Some(before), Some(next)) => f64::midpoint(centres[before], *next),
        (None, _) => panel.x,
        (_, None) => panel.right(),
    };
    let mut named = [false; 2];
    for (number, column) in tip.columns.iter().enumerate() {
        let strip = Area {
            x: edge(number),
            w: edge(number + 1) - edge(number),
            ..panel
        };
        let up = tip.worse == TipWorse::Up;
        let sides = column.borders.first().and_then(|[good, bad]| {
            let cells = [
                tip.cells.get(*good as usize)?,
                tip.cells.get(*bad as usize)?,
            ];
            Some(cells.map(|cell| y.at(trigger_of(cell))))
        });
        let (safe, lost) = match (column.found, sides) {
            (TipFound::Border, Some([good, bad])) => match up {
                true => (Some((good, panel.bottom())), Some((panel.y, bad))),
                false => (Some((panel.y, good)), Some((bad, panel.bottom()))),
            },
            (TipFound::Survives, _) => (Some((panel.y, panel.bottom())), None),
            (TipFound::Collapses, _) => (None, Some((panel.y, panel.bottom()))),
            _ => (None, None),
        };
        let areas = [
            (safe, Ink::Green, words::SURVIVED_AREA),
            (lost, Ink::Vermillion, words::TIPPED_AREA),
        ];
        for (at, (span, ink, name)) in areas.into_iter().enumerate() {
            let Some((top, bottom)) = span else { continue };
            let area = Area {
                y: top,
                h: bottom - top,
                ..strip
            };
            scene.fill_box(area, ink, 0.2);
            let wide = width_of(name, HEAD);
            if !named[at] && area.h > 40.0 && strip.x + 8.0 + wide < panel.right() {
                named[at] = true;
                let middle = (strip.x + 8.0, f64::midpoint(top, bottom));
                scene.words(middle, name, (HEAD, Anchor::Left, Ink::Text));
            }
        }
        if let (Some([good, bad]), Some(centre)) = (sides, centres.get(number)) {
            scene.line(vec![(*centre, good), (*centre, bad)], Ink::Text, 2.4);
        }
    }
}
