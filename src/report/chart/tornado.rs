//! Each input at the ends of its range, widest first, and how much of what is not known it brings.
//!
//! One idea: the bar is what launches showed with the other inputs at their base case, the figure
//! beside it what the input brings when all are unknown at once; where the two disagree, inputs
//! only matter together.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK, X_AXIS, unit_ticks};
use super::ink::{Dash, Ink};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::report::words;
use crate::results::{Estimate, InputWorth, OutcomeOverRanges, Results};

/// Most pixels that a name takes.
const NAMES_MAX: f64 = 200.0;
/// Most pixels of a row.
const HIGH: f64 = 76.0;
/// Most inputs.
const ROWS: usize = 12;

/// Room for the launches as dots.
const RISK: f64 = 64.0;

/// Whether there is anything to draw.
pub(crate) fn is_known(outcome: &OutcomeOverRanges) -> bool {
    outcome.inputs.iter().any(|one| ends(one).is_some())
}

/// The outcome at the low end, the base case and the high end.
fn ends(input: &InputWorth) -> Option<[f64; 3]> {
    let value = |end: Option<Estimate>| end.and_then(|end| end.estimate);
    Some([
        value(input.at_low)?,
        value(input.at_base)?,
        value(input.at_high)?,
    ])
}

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let mut frame = Frame::new(size, heading);
    let found = results.answers.uncertain.as_ref();
    let Some(outcome) = found.and_then(|one| one.outcome.as_ref()) else {
        return frame.scene;
    };
    let drawn = outcome
        .inputs
        .iter()
        .filter_map(|one| Some((one, ends(one)?)));
    let rows: Vec<(&InputWorth, [f64; 3])> = drawn.take(ROWS).collect();
    let widest =
        |of: &dyn Fn(&InputWorth) -> f64| rows.iter().map(|(one, _)| of(one)).fold(0.0, f64::max);
    let names = widest(&|one| width_of(&one.name, LABEL)).min(NAMES_MAX);
    let texts = widest(&|one| width_of(&words::brings(one), HEAD));
    let body = frame.body.between(names + 18.0, texts + 18.0);
    let panel = body.within(24.0, X_AXIS + 18.0 + RISK);
    let height = (panel.h / rows.len().max(1) as f64).min(HIGH);
    let panel = Area {
        h: height * rows.len() as f64,
        ..panel
    };
    let values = rows.iter().flat_map(|(_, ends)| *ends);
    let (least, most) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| {
        (a.min(v), b.max(v))
    });
    let spare = 0.08 * (most - least).max(f64::MIN_POSITIVE);
    let x = Scale::new(
        Bend::Linear,
        (least - spare, most + spare),
        (panel.x, panel.right()),
    );
    let scene = &mut frame.scene;
    let mut free = panel.x;
    for (value, label) in unit_ticks(x, outcome.unit) {
        let at = x.at(value);
        let half = width_of(&label, TICK) / 2.0;
        if at - half >= free {
            scene.line(vec![(at, panel.y), (at, panel.bottom())], Ink::Rule, 1.0);
            let below = (at, panel.bottom() + 14.0);
            scene.words(below, &label, (TICK, Anchor::Middle, Ink::Muted));
            free = at + half + 40.0;
        }
    }
    for (index, (input, ends)) in rows.iter().enumerate() {
        let strip = Area {
            y: panel.y + height * index as f64,
            h: height,
            ..panel
        };
        row(scene, (strip, x), (results, outcome), (input, *ends));
        let name = cut(&input.name, LABEL, names);
        let middle = strip.y + height / 2.0;
        let left = (panel.x - 12.0, middle);
        scene.words(left, &name, (LABEL, Anchor::Right, Ink::Text));
        scene.text((panel.right() + 14.0, middle), &words::brings(input), HEAD);
    }
    if let Some((_, [_, base, _])) = rows.first() {
        let line = vec![(x.at(*base), panel.y), (x.at(*base), panel.bottom())];
        scene.dashed(line, Ink::Text, 1.2, Dash::Dashed);
    }
    let below = (panel.x, panel.bottom() + 33.0);
    let axis = words::tornado_axis(outcome);
    scene.words(below, &axis, (TICK, Anchor::Left, Ink::Muted));
    let above = (panel.right() + 14.0, panel.y - 11.0);
    scene.words(above, words::BRINGS, (TICK, Anchor::Left, Ink::Muted));
    risk(scene, panel, outcome);
    frame.scene
}

/// Twenty launches as dots: those that meet every objective are full.
fn risk(scene: &mut Scene, panel: Area, outcome: &OutcomeOverRanges) {
    let Some(met) = outcome.in_twenty else {
        return;
    };
    const DOTS: u32 = 20;
    let apart = (panel.w / f64::from(DOTS)).min(22.0);
    let y = panel.bottom() + X_AXIS + 44.0;
    for dot in 0..DOTS {
        let ink = if dot < met {
            Ink::Green
        } else {
            Ink::Vermillion
        };
        scene.dot(
            (panel.x + apart * (f64::from(dot) + 0.5), y),
            ink,
            0.3 * apart,
        );
    }
    let text = words::risk(outcome, met);
    scene.words((panel.x, y - 22.0), &text, (TICK, Anchor::Left, Ink::Muted));
}

/// From the base case to either end, with the input's values there.
fn row(
    scene: &mut Scene,
    (strip, x): (Area, Scale),
    (results, outcome): (&Results, &OutcomeOverRanges),
    (input, [low, base, high]): (&InputWorth, [f64; 3]),
) {
    let middle = strip.y + strip.h / 2.0;
    let thick = (strip.h * 0.5).min(24.0);
    for (value, at, lighter) in [(input.low, low, true), (input.high, high, false)] {
        let (from, to) = (x.at(base), x.at(at));
        let bar = Area {
            x: from.min(to),
            w: (to - from).abs().max(1.0),
            y: middle - thick / 2.0,
            h: thick,
        };
        let ink = match words::is_better(outcome, at, base) {
            Some(true) => Ink::Green,
            Some(false) => Ink::Vermillion,
            None => Ink::Grey,
        };
        scene.fill_box(bar, ink, if lighter { 0.55 } else { 0.9 });
        let text = words::input_value(results, &input.name, value);
        let half = width_of(&text, TICK) / 2.0 + 4.0;
        // Where both ends lie on one side the longer bar has the room at its end.
        let outward = match (to - from, low < high) {
            (gap, _) if gap > 0.5 => 1.0,
            (gap, _) if gap < -0.5 => -1.0,
            (_, rises) if rises == lighter => -1.0,
            _ => 1.0,
        };
        let wanted = to + outward * half;
        let at = wanted.clamp(strip.x + half, strip.right() - half);
        scene.words((at, middle), &text, (TICK, Anchor::Middle, Ink::Text));
    }
}
