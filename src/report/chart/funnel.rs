//! Where users drop out of a journey, step by step.
//!
//! One idea: a bar is who reached the step; what is lost there is said beside it, by outcome. Calls
//! within a step (in a `hold`, a `choose`, a `repeat`) have thinner bars of their requests under
//! it, since that is where its users are lost.

use std::collections::BTreeMap;

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK};
use super::ink::{Ink, pen_of_outcome};
use super::scene::{Anchor, Area, Font, Scene, cut, filled, width_of};
use crate::report::{number, words};
use crate::results::{Journey, Request, StepFlow};

/// Most rows that are drawn; the table has all.
const ROWS: usize = 24;

/// Bounds of the height of a row, pixels.
const HEIGHT: (f64, f64) = (23.0, 94.0);

/// By how much names of calls within a step are set in, pixels.
const INSET: f64 = 16.0;

/// Requests of all calls, by name.
type Requests = BTreeMap<String, Request>;

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

/// One bar with its name and its number.
struct Row<'a> {
    name: &'a str,
    /// Users who reached a step, or requests of a call within it.
    count: f64,
    lost: Vec<(&'a str, f64)>,
    remark: String,
    level: Level,
}

/// What a row counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Users, at a step of the journey.
    Step,
    /// Requests, of a call within the step above.
    Call,
}

/// The rows of a journey: each step with the calls within it, and who was served.
fn rows<'a>(journey: &'a Journey, requests: &Requests) -> Vec<Row<'a>> {
    let mut all = Vec::new();
    for step in &journey.steps {
        all.push(Row {
            name: &step.name,
            count: reached(step),
            lost: lost(step),
            remark: words::lost_at(step),
            level: Level::Step,
        });
        let calls = step.calls.iter();
        all.extend(calls.filter_map(|call| Some(call_row(call, requests.get(call)?))));
    }
    all.truncate(ROWS);
    let served = words::outcome(&journey.users.outcome, "served").and_then(|e| e.estimate);
    all.extend(served.map(|count| Row {
        name: words::SERVED_ROW,
        count,
        lost: Vec::new(),
        remark: String::new(),
        level: Level::Step,
    }));
    all
}

fn call_row<'a>(name: &'a str, request: &Request) -> Row<'a> {
    let count = |of: Option<crate::results::Estimate>| of.and_then(|e| e.estimate).unwrap_or(0.0);
    let (started, ok) = (count(request.started), count(request.ok));
    let lost = [("failed", (started - ok).max(0.0))];
    Row {
        name,
        count: started,
        lost: lost.into_iter().filter(|(_, lost)| *lost > 0.0).collect(),
        remark: words::requests_within(request),
        level: Level::Call,
    }
}

/// The picture of one journey.
pub(crate) fn draw(size: Size, heading: &Heading, journey: &Journey, requests: &Requests) -> Scene {
    let rows = rows(journey, requests);
    let frame = Frame::new(size, heading);
    let needed = HEIGHT.0 * rows.len() as f64 + 6.0;
    let missing = (needed - frame.body.h).max(0.0).ceil();
    let mut frame = Frame::taller(size, heading, missing);
    let most = rows.iter().map(|row| row.count).fold(1.0, f64::max);
    let names = rows
        .iter()
        .map(|row| width_of(row.name, LABEL) + row.inset())
        .fold(60.0, f64::max)
        .min(220.0);
    let figures = width_of(&number::whole(most), HEAD) + 10.0;
    let remarks = frame.body.w * 0.3;
    let panel = frame
        .body
        .between(names + 12.0 + figures, remarks + 16.0)
        .within(6.0, 0.0);
    let height = (panel.h / rows.len().max(1) as f64).min(HEIGHT.1);
    let scene = &mut frame.scene;
    for (index, row) in rows.iter().enumerate() {
        let strip = Area {
            y: panel.y + height * index as f64,
            h: height,
            ..panel
        };
        row.draw(scene, strip, (most, names));
        row.remark(scene, (panel.right() + 14.0, strip), remarks);
    }
    frame.scene
}

impl Row<'_> {
    fn inset(&self) -> f64 {
        match self.level {
            Level::Step => 0.0,
            Level::Call => INSET,
        }
    }

    /// Fonts of its number and of its name.
    fn fonts(&self) -> (Font, Font) {
        match self.level {
            Level::Step => (HEAD, LABEL),
            Level::Call => (TICK, TICK),
        }
    }

    fn draw(&self, scene: &mut Scene, strip: Area, (most, names): (f64, f64)) {
        let middle = strip.y + strip.h / 2.0;
        let (air, strong) = match self.level {
            Level::Step => (strip.h * 0.14, 0.85),
            Level::Call => (strip.h * 0.3, 0.5),
        };
        let thick = strip.within(air, air);
        let width = |count: f64| count / most * strip.w;
        let gone: f64 = self.lost.iter().map(|l| l.1).sum();
        let stay = Area {
            w: width((self.count - gone).max(0.0)),
            ..thick
        };
        scene.fill_box(stay, Ink::Blue, strong);
        let mut x = stay.right();
        for (name, count) in &self.lost {
            let part = Area {
                x,
                w: width(*count),
                ..thick
            };
            let ink = match self.level {
                Level::Step => pen_of_outcome(name).ink,
                Level::Call => Ink::Grey,
            };
            scene.fill_box(part, ink, strong - 0.1);
            scene.line(vec![(x, part.y), (x, part.bottom())], Ink::Paper, 1.5);
            x += part.w;
        }
        let (number, name) = self.fonts();
        let count = number::whole(self.count);
        let at = (strip.x - 10.0, middle);
        scene.words(at, &count, (number, Anchor::Right, Ink::Text));
        // Steps begin at the left edge, and calls within them are set in.
        let left = strip.x - 22.0 - width_of(&number::whole(most), HEAD) - names + 12.0;
        let room = names - self.inset() + 2.0;
        let at = (left + self.inset(), middle);
        scene.words(
            at,
            &cut(self.name, name, room),
            (name, Anchor::Left, Ink::Text),
        );
    }

    /// What is said beside its bar, in as many lines as its height allows.
    fn remark(&self, scene: &mut Scene, (x, strip): (f64, Area), room: f64) {
        let small = strip.h < 34.0 || self.level == Level::Call;
        let font = if small { TICK } else { LABEL };
        let fitting = ((strip.h / 16.0) as usize).max(1);
        let mut lines = filled(&self.remark, font, room);
        if lines.len() > fitting {
            lines = vec![cut(&self.remark, font, room)];
        }
        let middle = strip.y + strip.h / 2.0;
        let top = middle - lines.len().saturating_sub(1) as f64 * 8.0;
        for (line, text) in lines.iter().enumerate() {
            let at = (x, top + 16.0 * line as f64);
            scene.words(at, text, (font, Anchor::Left, Ink::Text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::Shape;
    use super::*;
    use crate::report::sample;

    /// Users of a journey whose whole work stands in one `hold` were lost at `hold`, and nowhere.
    #[test]
    fn calls_within_a_step_have_bars_of_their_own() {
        let results = sample::run();
        let variant = &results.variants["baseline"];
        let mut journey = variant.journeys["preorder"].clone();
        let names = ["login".to_owned(), "order".to_owned()];
        journey.steps.truncate(1);
        journey.steps[0].calls = names.to_vec();
        let heading = Heading::default();
        let scene = draw(Size::Wide, &heading, &journey, &variant.requests);
        let left_of = |wanted: &str| {
            scene.shapes.iter().find_map(|shape| match shape {
                Shape::Text { text, at, .. } if text == wanted => Some(at.0),
                _ => None,
            })
        };
        let step = left_of(&journey.steps[0].name).expect("the step is there, whole");
        for name in &names {
            assert!(left_of(name).expect("the call is there") > step, "{name}");
        }
    }
}
