//! What is enough for which load: a stair, with the plan beside it and how far that would carry.
//!
//! One idea: a plan below the stair is not enough; one above it has room to the right until it
//! meets the stair.

use super::frame::{Frame, Heading, Size, TICK, width_of_ticks, y_axis, y_title};
use super::ink::{Dash, Ink};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Point, Scene, width_of};
use crate::report::words;
use crate::results::{self, Frontier, FrontierPoint, Results};

/// Pixels from one number under the axis to the next.
const APART: f64 = 90.0;

/// Whether there is anything to draw.
pub(crate) fn is_known(size: &results::Size) -> bool {
    let points = size.frontier.iter().flat_map(|one| &one.points);
    points.filter(|point| height(size, point).is_some()).count() > 1
}

/// The value of the only knob, or the price of a combination.
fn height(size: &results::Size, point: &FrontierPoint) -> Option<f64> {
    match size.knobs.len() {
        1 => point.values.first().copied(),
        _ => point.price,
    }
}

/// The plan: its load, and what it has.
fn plan(size: &results::Size, frontier: &Frontier) -> Option<(f64, f64)> {
    let had = match size.knobs.len() {
        1 => frontier.had.first().copied().flatten(),
        _ => frontier.had_price,
    };
    Some((frontier.planned?, had?))
}

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let mut frame = Frame::new(size, heading);
    let found = results.answers.size.as_ref();
    let Some((found, frontier)) = found.and_then(|one| Some((one, one.frontier.as_ref()?))) else {
        return frame.scene;
    };
    let points = frontier.points.iter();
    let stair: Vec<(f64, f64)> = points
        .filter_map(|point| Some((point.load, height(found, point)?)))
        .collect();
    let plan = plan(found, frontier);
    let all = || stair.iter().copied().chain(plan);
    let loads = frontier.points.iter().map(|point| point.load);
    let loads = loads.chain(plan.map(|plan| plan.0));
    let (low, high) = loads.fold((f64::INFINITY, f64::NEG_INFINITY), |ends, load| {
        (ends.0.min(load), ends.1.max(load))
    });
    let top = 1.1 * all().map(|one| one.1).fold(f64::MIN_POSITIVE, f64::max);
    let body = frame.body.within(24.0, 44.0);
    let y = Scale::new(Bend::Linear, (0.0, top), (body.bottom(), body.y));
    let ticks: Vec<(f64, String)> = y
        .ticks(32.0)
        .into_iter()
        .map(|value| (value, words::ladder_value(found, value)))
        .collect();
    let panel = body.between(width_of_ticks(&ticks) + 10.0, 24.0);
    let x = Scale::new(
        Bend::Linear,
        (low, high),
        (panel.x + 12.0, panel.right() - 12.0),
    );
    let scene = &mut frame.scene;
    y_axis(scene, panel, y, &ticks);
    y_title(scene, panel, words::frontier_up(found));
    let corners: Vec<Point> = stair.iter().map(|one| (x.at(one.0), y.at(one.1))).collect();
    scene.line(corners.clone(), Ink::Blue, 2.0);
    corners.iter().for_each(|at| scene.dot(*at, Ink::Blue, 4.0));
    if let Some(plan) = plan {
        marked(scene, (panel, x, y), plan, frontier);
    }
    axis(scene, panel, x, frontier);
    frame.scene
}

/// The plan, and how far it carries.
fn marked(
    scene: &mut Scene,
    (panel, x, y): (Area, Scale, Scale),
    plan: (f64, f64),
    frontier: &Frontier,
) {
    let at = (x.at(plan.0), y.at(plan.1));
    if let Some(most) = frontier.carries_up_to {
        let end = (x.at(most), at.1);
        scene.dashed(vec![at, end], Ink::Text, 1.5, Dash::Dashed);
    }
    scene.dot(at, Ink::Vermillion, 6.0);
    let room = words::frontier_room(frontier);
    let text = match room {
        Some(room) => format!("{}, {room}", words::PLAN),
        None => words::PLAN.to_owned(),
    };
    // Above the stair there is nothing but the dashed line, so the words stand over it.
    let half = width_of(&text, TICK) / 2.0;
    let (first, last) = (panel.x + half, panel.right() - half);
    let middle = at.0.clamp(first, last.max(first));
    scene.words(
        (middle, at.1 - 14.0),
        &text,
        (TICK, Anchor::Middle, Ink::Text),
    );
}

/// The loads under the axis.
fn axis(scene: &mut Scene, panel: Area, x: Scale, frontier: &Frontier) {
    for load in x.ticks(APART) {
        let at = (x.at(load), panel.bottom() + 14.0);
        let text = words::frontier_load(frontier, load);
        scene.words(at, &text, (TICK, Anchor::Middle, Ink::Muted));
    }
    let at = (panel.right(), panel.bottom() + 34.0);
    scene.words(at, &frontier.path, (TICK, Anchor::Right, Ink::Muted));
}
