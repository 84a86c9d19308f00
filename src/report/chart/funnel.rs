//! Where users drop out of a journey, step by step.
//!
//! One idea: a bar is who reached the step; what is lost there is said beside it, by outcome.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK};
use super::ink::{Ink, pen_of_outcome};
use super::scene::{Anchor, Area, Scene, cut, filled, width_of};
use crate::report::{number, words};
use crate::results::{Journey, StepFlow};

/// Most steps that are drawn; the table has all.
const STEPS: usize = 14;

/// Whether there is anything to draw.
pub(crate) fn is_known(journey: &Journey) -> bool {
    journey.steps.iter().any(|s| reached(s) > 0.0)
}

fn reached(step: &StepFlow) -> f64 {
    step.reached.and_then(|e| e.estimate).unwrap_or(0.0)
}

/// Those who left at a step, by outcome, largest part of the bar last.
fn lost(step: &StepFlow) -> Vec<(&str, f64)> {
    let all = words::outcome_names(&step.left).filter(|name| *name != "served");
    all.filter_map(|name| {
        let users = words::outcome(&step.left, name)?.estimate?;
        (users > 0.0).then_some((name, users))
    })
    .collect()
}

/// The picture of one journey.
pub(crate) fn draw(size: Size, heading: &Heading, journey: &Journey) -> Scene {
    let mut frame = Frame::new(size, heading);
    let steps: Vec<&StepFlow> = journey.steps.iter().take(STEPS).collect();
    let served = words::outcome(&journey.users.outcome, "served").and_then(|e| e.estimate);
    let most = steps.iter().map(|s| reached(s)).fold(1.0, f64::max);
    let names = steps
        .iter()
        .map(|s| width_of(&s.name, LABEL))
        .fold(60.0, f64::max)
        .min(220.0);
    let figures = width_of(&number::whole(most), HEAD) + 10.0;
    let remarks = frame.body.w * 0.3;
    let panel = frame
        .body
        .between(names + 12.0 + figures, remarks + 16.0)
        .within(6.0, 0.0);
    let rows = steps.len() + usize::from(served.is_some());
    let height = (panel.h / rows.max(1) as f64).min(94.0);
    let scene = &mut frame.scene;
    for (index, step) in steps.iter().enumerate() {
        let row = Row {
            name: &step.name,
            users: reached(step),
            lost: lost(step),
        };
        let strip = Area {
            y: panel.y + height * index as f64,
            h: height,
            ..panel
        };
        row.draw(scene, strip, most);
        let remark = words::lost_at(step);
        let font = if height < 34.0 { TICK } else { LABEL };
        let fitting = ((height / 16.0) as usize).max(1);
        let mut lines = filled(&remark, font, remarks);
        if lines.len() > fitting {
            lines = vec![cut(&remark, font, remarks)];
        }
        let top = strip.y + height / 2.0 - lines.len().saturating_sub(1) as f64 * 8.0;
        for (line, text) in lines.iter().enumerate() {
            let at = (panel.right() + 14.0, top + 16.0 * line as f64);
            scene.words(at, text, (font, Anchor::Left, Ink::Text));
        }
    }
    if let Some(served) = served {
        let row = Row {
            name: words::SERVED_ROW,
            users: served,
            lost: Vec::new(),
        };
        let strip = Area {
            y: panel.y + height * steps.len() as f64,
            h: height,
            ..panel
        };
        row.draw(scene, strip, most);
    }
    frame.scene
}

/// One bar with its name and its number of users.
struct Row<'a> {
    name: &'a str,
    users: f64,
    lost: Vec<(&'a str, f64)>,
}

impl Row<'_> {
    fn draw(&self, scene: &mut Scene, strip: Area, most: f64) {
        let middle = strip.y + strip.h / 2.0;
        let thick = strip.within(strip.h * 0.14, strip.h * 0.14);
        let width = |users: f64| users / most * strip.w;
        let gone: f64 = self.lost.iter().map(|l| l.1).sum();
        let stay = Area {
            w: width((self.users - gone).max(0.0)),
            ..thick
        };
        scene.fill_box(stay, Ink::Blue, 0.85);
        let mut x = stay.right();
        for (name, users) in &self.lost {
            let part = Area {
                x,
                w: width(*users),
                ..thick
            };
            scene.fill_box(part, pen_of_outcome(name).ink, 0.75);
            scene.line(vec![(x, part.y), (x, part.bottom())], Ink::Paper, 1.5);
            x += part.w;
        }
        let users = number::whole(self.users);
        scene.words(
            (strip.x - 10.0, middle),
            &users,
            (HEAD, Anchor::Right, Ink::Text),
        );
        let name = cut(self.name, LABEL, 220.0);
        let at = scene_left(strip, &users);
        scene.words((at, middle), &name, (LABEL, Anchor::Right, Ink::Text));
    }
}

/// Right end of the name of a row: left of its number.
fn scene_left(strip: Area, users: &str) -> f64 {
    strip.x - 22.0 - width_of(users, HEAD)
}
