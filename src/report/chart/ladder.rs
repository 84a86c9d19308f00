//! How much is enough: what came of each value that was looked at, and the border.
//!
//! One idea: one sees at once how steep the border is, so that a value one step away is judged by
//! its distance from it. Bars are exact binomial intervals (Clopper & Pearson 1934).

use super::frame::{Frame, Heading, Size, TICK, unit_ticks, width_of_ticks, y_axis, y_title};
use super::ink::{Dash, Ink};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::report::words;
use crate::results::{self, Results, Rung, Unit};

/// Pixels from one number under the axis to the next, beside its own width.
const APART: f64 = 18.0;

/// Whether there is anything to draw.
pub(crate) fn is_known(size: &results::Size) -> bool {
    size.rungs
        .iter()
        .filter(|rung| height(size, rung).is_some())
        .count()
        > 1
}

/// Where a value stands: at itself, or at the price of a combination.
fn position(size: &results::Size, rung: &Rung) -> Option<f64> {
    match size.knobs.len() {
        1 => rung.values.first().copied(),
        _ => rung.price,
    }
}

/// What is drawn of a value: the share of launches, or of a steady study its first metric.
fn height(size: &results::Size, rung: &Rung) -> Option<f64> {
    match size.chance {
        Some(_) => rung.chance.map(|chance| chance.estimate),
        None => rung.metric.first().copied().flatten(),
    }
}

/// The border, and the unit of what is drawn.
fn border(size: &results::Size) -> (Option<f64>, Unit) {
    match size.chance {
        Some(chance) => (Some(chance), Unit::Share),
        None => (
            size.limits.first().copied(),
            size.units.first().copied().unwrap_or_default(),
        ),
    }
}

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let mut frame = Frame::new(size, heading);
    let Some(found) = &results.answers.size else {
        return frame.scene;
    };
    let (limit, unit) = border(found);
    let mut rungs: Vec<(&Rung, f64, f64)> = found
        .rungs
        .iter()
        .filter_map(|rung| Some((rung, position(found, rung)?, height(found, rung)?)))
        .collect();
    rungs.sort_by(|a, b| a.1.total_cmp(&b.1));
    let most = top(&rungs, (limit, unit));
    let body = frame.body.within(20.0, 44.0);
    let y = Scale::new(
        Bend::Linear,
        (0.0, most.max(f64::MIN_POSITIVE)),
        (body.bottom(), body.y),
    );
    let ticks = unit_ticks(y, unit);
    let label = words::ladder_limit(found);
    let room = width_of(&label, TICK).min(220.0) + 12.0;
    let panel = body.between(width_of_ticks(&ticks) + 10.0, room);
    let ends = (rungs.first(), rungs.last());
    let (Some(first), Some(last)) = ends else {
        return frame.scene;
    };
    let x = Scale::new(
        Bend::Linear,
        (first.1, last.1),
        (panel.x + 12.0, panel.right() - 12.0),
    );
    let scene = &mut frame.scene;
    y_axis(scene, panel, y, &ticks);
    y_title(scene, panel, &words::ladder_axis(found));
    if let Some(limit) = limit {
        let line = vec![(panel.x, y.at(limit)), (panel.right(), y.at(limit))];
        scene.dashed(line, Ink::Text, 1.2, Dash::Dashed);
        let at = (panel.right() + 8.0, y.at(limit));
        scene.words(
            at,
            &cut(&label, TICK, room),
            (TICK, Anchor::Left, Ink::Text),
        );
    }
    for (rung, value, height) in &rungs {
        dot(scene, (x.at(*value), y.at(*height)), y, (found, rung));
    }
    values(scene, panel, x, (found, &rungs));
    frame.scene
}

/// Where the vertical axis ends.
fn top(rungs: &[(&Rung, f64, f64)], (limit, unit): (Option<f64>, Unit)) -> f64 {
    let heights = rungs.iter().map(|one| one.2).chain(limit);
    match unit {
        Unit::Share => 1.0,
        _ => 1.05 * heights.fold(0.0, f64::max),
    }
}

/// One value with its interval.
fn dot(scene: &mut Scene, at: (f64, f64), y: Scale, (found, rung): (&results::Size, &Rung)) {
    let ink = match rung.enough {
        Some(true) => Ink::Green,
        Some(false) => Ink::Vermillion,
        None => Ink::Muted,
    };
    if let Some(chance) = rung.chance.filter(|_| found.chance.is_some()) {
        let ends = [chance.low, chance.high].map(|share| (at.0, y.at(share)));
        scene.line(ends.to_vec(), ink, 2.0);
    }
    scene.dot(at, ink, 4.0);
}

/// The numbers under the axis: the value found first, then whoever has room.
fn values(
    scene: &mut Scene,
    panel: Area,
    x: Scale,
    (found, rungs): (&results::Size, &[(&Rung, f64, f64)]),
) {
    let best = found.at.and_then(|at| found.rungs.get(at as usize));
    let best = best.and_then(|rung| position(found, rung));
    if let Some(best) = best {
        let line = vec![(x.at(best), panel.y), (x.at(best), panel.bottom())];
        scene.dashed(line, Ink::Text, 1.2, Dash::Dashed);
    }
    let mut order: Vec<f64> = best.into_iter().collect();
    order.extend(
        rungs
            .iter()
            .map(|one| one.1)
            .filter(|value| Some(*value) != best),
    );
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for value in order {
        let text = words::ladder_value(found, value);
        let half = (width_of(&text, TICK) + APART) / 2.0;
        let (left, right) = (x.at(value) - half, x.at(value) + half);
        if taken.iter().any(|other| left < other.1 && right > other.0) {
            continue;
        }
        taken.push((left, right));
        let ink = if Some(value) == best {
            Ink::Text
        } else {
            Ink::Muted
        };
        let at = (x.at(value), panel.bottom() + 14.0);
        scene.words(at, &text, (TICK, Anchor::Middle, ink));
    }
    let at = (panel.right(), panel.bottom() + 34.0);
    scene.words(
        at,
        words::ladder_along(found),
        (TICK, Anchor::Right, Ink::Muted),
    );
}
