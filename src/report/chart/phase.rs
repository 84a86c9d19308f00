//! How a launch tips: those who wait against those who try again, with the path of each launch.
//!
//! One idea: time is on no axis. A launch that comes back runs a loop to where it began; one that
//! does not is drawn to a point far from it and stays (Isaacs et al. 2025). A path has a mark where
//! it ends, and full paths stand out from dashed ones where some collapse and some do not.

use super::frame::{
    EndLabel, Frame, Heading, LABEL, Size, Swatch, TICK, X_AXIS, end_labels, unit_ticks, upwards,
    width_of_ticks, y_axis, y_title,
};
use super::ink::{Dash, Ink, Marker, Pen};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Point, Scene, width_of};
use crate::report::{number, words};
use crate::results::{Path, Phase, Recovery, Unit, Variant};

/// Steps of fewer pixels are not drawn.
const SEEN: f64 = 2.0;

/// Whether there is anything to draw.
pub(crate) fn is_known(variant: &Variant) -> bool {
    let paths = variant.phase.iter().flat_map(|phase| &phase.paths);
    most(paths.clone(), |path| &path.queue) > 0.0 && most(paths, |path| &path.orbit) > 0.0
}

/// The largest value of all paths.
fn most<'a>(paths: impl Iterator<Item = &'a Path>, of: impl Fn(&'a Path) -> &'a Vec<f64>) -> f64 {
    paths.flat_map(of).copied().fold(0.0, f64::max)
}

fn pen(path: &Path) -> Pen {
    let (ink, dash, marker) = match path.collapsed {
        Some(true) => (Ink::Vermillion, Dash::Solid, Marker::Square),
        Some(false) => (Ink::Blue, Dash::Solid, Marker::Circle),
        None => (Ink::Grey, Dash::Solid, Marker::Circle),
    };
    Pen { ink, dash, marker }
}

/// The picture of a variant.
pub(crate) fn draw(size: Size, heading: &Heading, variant: &Variant) -> Scene {
    let mut frame = Frame::new(size, heading);
    let empty = Phase::default();
    let phase = variant.phase.as_ref().unwrap_or(&empty);
    let queue = most(phase.paths.iter(), |path| &path.queue);
    let orbit = most(phase.paths.iter(), |path| &path.orbit);
    let ticks = |area: Area| unit_ticks(upwards(area, orbit), Unit::Count);
    let left = width_of_ticks(&ticks(frame.body)) + 8.0;
    let labels = legend(phase, 0.0);
    let right = labels.iter().map(|label| width_of(&label.text, LABEL));
    let right = right.fold(0.0, f64::max) + 46.0;
    let body = frame.body.between(left.max(50.0), right);
    let panel = body.within(24.0, X_AXIS + 18.0);
    let scene = &mut frame.scene;
    let y = upwards(panel, orbit);
    let x = Scale::new(
        Bend::Linear,
        (0.0, queue.max(1.0) * 1.02),
        (panel.x, panel.right()),
    );
    y_axis(scene, panel, y, &ticks(panel));
    y_title(scene, panel, words::IN_ORBIT);
    across(scene, panel, x, &words::waiting_at(&phase.place));
    for path in &phase.paths {
        draw_path(scene, path, (x, y));
    }
    if let Some((at, text)) = trigger_end(phase, variant.recovery.as_ref()) {
        mark_instant(scene, phase, (panel, x, y), (at, &text));
    }
    end_labels(scene, panel, &legend(phase, panel.y + 7.0));
    frame.scene
}

/// The horizontal axis: who waits.
fn across(scene: &mut Scene, panel: Area, x: Scale, title: &str) {
    let floor = vec![(panel.x, panel.bottom()), (panel.right(), panel.bottom())];
    scene.line(floor, Ink::Muted, 1.0);
    for value in x.ticks(70.0) {
        let label = number::value(value, Unit::Count);
        let at = x.at(value);
        let half = width_of(&label, TICK) / 2.0;
        if at + half > panel.right() + 8.0 {
            continue;
        }
        let (top, bottom) = (panel.bottom(), panel.bottom() + 5.0);
        scene.line(vec![(at, top), (at, bottom)], Ink::Muted, 1.0);
        scene.words(
            (at, bottom + 9.0),
            &label,
            (TICK, Anchor::Middle, Ink::Muted),
        );
    }
    let at = (panel.right(), panel.bottom() + X_AXIS + 8.0);
    scene.words(at, title, (LABEL, Anchor::Right, Ink::Text));
}

fn draw_path(scene: &mut Scene, path: &Path, (x, y): (Scale, Scale)) {
    let both = path.queue.iter().zip(&path.orbit);
    let points: Vec<_> = both
        .map(|(queue, orbit)| (x.at(*queue), y.at(*orbit)))
        .collect();
    let pen = pen(path);
    let end = points.last().copied();
    for part in without_spikes(&points) {
        scene.dashed(part, pen.ink, 1.4, pen.dash);
    }
    if let Some(end) = end {
        scene.mark(end, pen.ink, pen.marker);
    }
}

/// A path in parts that turn by less than a right angle, and without steps that nobody sees: the
/// corner of a line that turns back is drawn as a spike.
fn without_spikes(points: &[Point]) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for &point in points {
        let Some(part) = parts.last_mut() else {
            parts.push(vec![point]);
            continue;
        };
        let last = part[part.len() - 1];
        let step = (point.0 - last.0, point.1 - last.1);
        if step.0.abs() + step.1.abs() < SEEN {
            continue;
        }
        let turns = part.len() > 1 && {
            let before = part[part.len() - 2];
            let came = (last.0 - before.0, last.1 - before.1);
            came.0 * step.0 + came.1 * step.1 <= 0.0
        };
        match turns {
            true => parts.push(vec![last, point]),
            false => part.push(point),
        }
    }
    parts
}

/// When the trigger ends, if it does while the paths run.
fn trigger_end(phase: &Phase, recovery: Option<&Recovery>) -> Option<(usize, String)> {
    let end = recovery?.trigger_end_s?;
    let at = ((end - phase.start_s) / phase.step_s.max(1e-9)).round();
    let last = phase.paths.first()?.queue.len().checked_sub(1)?;
    let inside = at > 0.0 && at < last as f64;
    inside.then(|| (at as usize, words::trigger_over()))
}

/// Marks where every path is at an instant, and names it at the first.
fn mark_instant(
    scene: &mut Scene,
    phase: &Phase,
    (panel, x, y): (Area, Scale, Scale),
    (at, text): (usize, &str),
) {
    let mut spots = Vec::new();
    for path in &phase.paths {
        if let (Some(queue), Some(orbit)) = (path.queue.get(at), path.orbit.get(at)) {
            let spot = (x.at(*queue), y.at(*orbit));
            scene.mark(spot, Ink::Text, Marker::Diamond);
            spots.push(spot);
        }
    }
    let wide = width_of(text, TICK);
    let sides = spots.iter().flat_map(|spot| {
        [
            (10.0, -14.0),
            (10.0, 14.0),
            (-10.0 - wide, -14.0),
            (-10.0 - wide, 14.0),
            (14.0, 0.0),
        ]
        .map(|(right, down)| Area {
            x: spot.0 + right,
            y: spot.1 + down - 7.0,
            w: wide,
            h: 14.0,
        })
    });
    let within = |area: &Area| {
        area.x >= panel.x + 2.0
            && area.right() <= panel.right()
            && area.y >= panel.y
            && area.bottom() <= panel.bottom() - 2.0
    };
    let all: Vec<Area> = sides.filter(within).collect();
    // Where paths leave no room, it stands on one, but on no mark.
    let covers = |area: &Area, spot: &Point| {
        let (right, down) = (spot.0 - area.x, spot.1 - area.y);
        (-7.0..=area.w + 7.0).contains(&right) && (-7.0..=area.h + 7.0).contains(&down)
    };
    let spares_marks = |area: &&Area| !spots.iter().any(|spot| covers(area, spot));
    let free = all
        .iter()
        .find(|area| scene.is_free(**area) && spares_marks(area))
        .or_else(|| all.iter().find(spares_marks))
        .or(all.first());
    if let Some(area) = free.copied() {
        scene.fill_box(area, Ink::Paper, 0.8);
        let at = (area.x, area.y + 7.0);
        scene.words(at, text, (TICK, Anchor::Left, Ink::Text));
    }
}

/// What the colours mean, from a height down.
fn legend(phase: &Phase, top: f64) -> Vec<EndLabel> {
    let mut labels: Vec<EndLabel> = Vec::new();
    for fate in [Some(true), Some(false), None] {
        let of: Vec<&Path> = phase
            .paths
            .iter()
            .filter(|path| path.collapsed == fate)
            .collect();
        if let Some(path) = of.first() {
            labels.push(EndLabel {
                y: top + 17.0 * labels.len() as f64,
                text: words::paths_that(fate, of.len()),
                pen: pen(path),
                swatch: Swatch::Stroke,
            });
        }
    }
    labels
}
