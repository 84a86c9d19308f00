//! What is modelled: users and services as boxes, calls as lines as wide as their attempts.
//!
//! One idea: callers stand to the left of those they call, so a launch is read from the users to
//! the last database; how full each service was stands in its box, in figures and as a bar.

use std::collections::BTreeMap;

use super::frame::{Frame, HEAD, Heading, Size, TICK};
use super::ink::{Dash, Ink};
use super::scene::{Anchor, Area, Point, Scene, cut};
use crate::report::{reading, words};
use crate::results::{CallFacts, ModelFacts, Variant};

/// Least height of a box with the air around it, pixels.
const LEAST: f64 = 62.0;

/// Bounds of a box, pixels.
const WIDE: f64 = 190.0;
const HIGH: f64 = 54.0;

/// Between two columns of boxes, pixels.
const GAP: f64 = 64.0;

/// Most services of a picture; the table has all.
const MOST: usize = 40;

/// A box: the users (`None`) or a service, and its column.
type Node<'a> = (Option<&'a str>, usize);

/// Whether anybody calls anybody.
pub(crate) fn is_known(model: &ModelFacts) -> bool {
    model.calls.iter().any(|call| call.from.is_some())
}

/// The boxes, callers before those they call: each one column after the last of its callers. Of
/// calls in a circle, those to a service that users reach earlier do not count.
fn nodes(model: &ModelFacts) -> Vec<Node<'_>> {
    let place = |name: &str| model.services.iter().position(|known| known == name);
    let is_back = |call: &&CallFacts| {
        let from = call.from.as_deref();
        from.is_some_and(|from| place(&call.to) <= place(from) && reaches(model, &call.to, from))
    };
    let forward: Vec<&CallFacts> = model.calls.iter().filter(|call| !is_back(call)).collect();
    let mut columns: BTreeMap<Option<&str>, usize> = [(None, 0)].into();
    for _ in 0..=model.services.len() {
        for call in &forward {
            let before = columns.get(&call.from.as_deref()).copied();
            if let Some(before) = before {
                let own = columns.entry(Some(&call.to)).or_insert(0);
                *own = (*own).max(before + 1);
            }
        }
    }
    let services = model.services.iter().map(|name| Some(name.as_str()));
    let all = [None].into_iter().chain(services);
    let placed = all.filter_map(|name| Some((name, *columns.get(&name)?)));
    placed.take(MOST + 1).collect()
}

/// Whether a service calls another, itself or through others.
fn reaches(model: &ModelFacts, from: &str, to: &str) -> bool {
    let mut seen: Vec<&str> = vec![from];
    let mut at = 0;
    while let Some(caller) = seen.get(at).copied() {
        let called = model.calls.iter();
        let called = called.filter(|call| call.from.as_deref() == Some(caller));
        for call in called {
            if !seen.contains(&call.to.as_str()) {
                seen.push(&call.to);
            }
        }
        at += 1;
    }
    from == to || seen.contains(&to)
}

/// Attempts of a call, of all its steps.
fn attempts(variant: &Variant, call: &CallFacts) -> f64 {
    let sent = |name: &String| match call.message {
        true => variant.messages.get(name)?.sent?.estimate,
        false => variant.requests.get(name)?.attempts.sent?.estimate,
    };
    call.names.iter().filter_map(sent).sum()
}

/// The picture of a variant.
pub(crate) fn draw(size: Size, heading: &Heading, model: &ModelFacts, variant: &Variant) -> Scene {
    let nodes = nodes(model);
    let columns = nodes.iter().map(|node| node.1 + 1).max().unwrap_or(1);
    let in_column = |column: usize| nodes.iter().filter(move |node| node.1 == column).count();
    let rows = (0..columns).map(in_column).max().unwrap_or(1) as f64;
    let frame = Frame::new(size, heading);
    let missing = (rows * LEAST - frame.body.h).max(0.0).ceil();
    let mut frame = Frame::taller(size, heading, missing);
    let body = frame.body.within(8.0, 8.0);
    let each = (body.w + GAP) / columns as f64;
    let wide = (each - GAP).clamp(40.0, WIDE);
    let mut boxes: BTreeMap<Option<&str>, Area> = BTreeMap::new();
    for column in 0..columns {
        let height = body.h / in_column(column).max(1) as f64;
        let members = nodes.iter().filter(|node| node.1 == column);
        for (row, (name, _)) in members.enumerate() {
            let middle = body.y + height * (row as f64 + 0.5);
            let high = (height - 8.0).min(HIGH);
            let place = Area {
                x: body.x + each * column as f64,
                y: middle - high / 2.0,
                w: wide,
                h: high,
            };
            boxes.insert(*name, place);
        }
    }
    let scene = &mut frame.scene;
    let most = model.calls.iter().map(|call| attempts(variant, call));
    let most = most.fold(1.0, f64::max);
    for call in &model.calls {
        let ends = boxes.get(&call.from.as_deref());
        let ends = ends.zip(boxes.get(&Some(call.to.as_str())));
        if let Some((from, to)) = ends {
            draw_call(scene, (*from, *to), attempts(variant, call) / most, call);
        }
    }
    for (name, place) in &boxes {
        draw_box(scene, *place, *name, variant);
    }
    frame.scene
}

/// A line from the right of a caller to the left of whom it calls, with a head.
fn draw_call(scene: &mut Scene, (from, to): (Area, Area), share: f64, call: &CallFacts) {
    const HEAD_PX: f64 = 9.0;
    let start = (from.right(), from.y + from.h / 2.0);
    let end = (to.x, to.y + to.h / 2.0);
    let neck = (end.0 - HEAD_PX, end.1);
    let bend = ((neck.0 - start.0) / 2.0).abs().max(20.0);
    let curve = |part: f64| -> Point {
        let rest = 1.0 - part;
        let weights = [
            rest * rest * rest,
            3.0 * rest * rest * part,
            3.0 * rest * part * part,
            part * part * part,
        ];
        let knots = [
            start,
            (start.0 + bend, start.1),
            (neck.0 - bend, neck.1),
            neck,
        ];
        let sum = |of: fn(&Point) -> f64| weights.iter().zip(&knots).map(|(w, k)| w * of(k)).sum();
        (sum(|k| k.0), sum(|k| k.1))
    };
    let points: Vec<Point> = (0..=24).map(|step| curve(f64::from(step) / 24.0)).collect();
    let dash = if call.message {
        Dash::Dashed
    } else {
        Dash::Solid
    };
    scene.dashed(points, Ink::Grey, 1.2 + 6.0 * share, dash);
    let head = vec![
        (neck.0, neck.1 - 5.0),
        (end.0, end.1),
        (neck.0, neck.1 + 5.0),
    ];
    scene.fill(head, Ink::Grey, 1.0);
}

/// Name, how full it was, and that as a bar; the users have a name only.
fn draw_box(scene: &mut Scene, place: Area, name: Option<&str>, variant: &Variant) {
    scene.fill_box(place, Ink::Paper, 1.0);
    let is_full = variant
        .bottlenecks
        .iter()
        .any(|one| Some(one.place.as_str()) == name);
    let (ink, width) = if is_full {
        (Ink::Text, 2.4)
    } else {
        (Ink::Muted, 1.0)
    };
    let corners = vec![
        (place.x, place.y),
        (place.right(), place.y),
        (place.right(), place.bottom()),
        (place.x, place.bottom()),
        (place.x, place.y),
    ];
    let room = place.w - 16.0;
    let left = place.x + 8.0;
    let Some(name) = name else {
        scene.line(corners, ink, width);
        let middle = (left, place.y + place.h / 2.0);
        scene.text(middle, &cut(words::USERS, HEAD, room), HEAD);
        return;
    };
    let held = variant.services.get(name).and_then(|one| one.held);
    if let Some(share) = held.and_then(|held| held.estimate) {
        let bar = Area {
            y: place.bottom() - 7.0,
            h: 7.0,
            ..place
        };
        scene.fill_box(bar, Ink::Zero, 1.0);
        let part = Area {
            w: bar.w * share.clamp(0.0, 1.0),
            ..bar
        };
        scene.fill_box(part, Ink::heat(share), 1.0);
    }
    scene.line(corners, ink, width);
    scene.text((left, place.y + 14.0), &cut(name, HEAD, room), HEAD);
    let said = words::held_in_box(held.as_ref(), reading::cause_at(variant, name));
    let at = (left, place.y + 32.0);
    scene.words(at, &cut(&said, TICK, room), (TICK, Anchor::Left, Ink::Text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(from: Option<&str>, to: &str) -> CallFacts {
        CallFacts {
            from: from.map(str::to_owned),
            to: to.to_owned(),
            ..CallFacts::default()
        }
    }

    #[test]
    fn whoever_is_called_stands_to_the_right_of_all_its_callers() {
        let model = ModelFacts {
            services: ["web", "shop", "db", "mail", "idle"]
                .map(str::to_owned)
                .to_vec(),
            calls: vec![
                call(None, "web"),
                call(None, "shop"),
                call(Some("web"), "shop"),
                call(Some("web"), "db"),
                call(Some("shop"), "db"),
                call(Some("db"), "web"),
                call(Some("mail"), "db"),
                call(Some("web"), "mail"),
            ],
            ..ModelFacts::default()
        };
        let found = [
            (None, 0),
            (Some("web"), 1),
            (Some("shop"), 2),
            (Some("db"), 3),
            (Some("mail"), 2),
        ];
        assert_eq!(nodes(&model), found, "who is never called has no box");
    }
}
