//! How sure is this: of the launches, how many meet each objective, as dots that can be counted.
//!
//! One idea: people judge counts of a few things better than shares (Kay and others 2016, Hullman
//! and others 2018), so a launch is a dot: full if it meets the objective, hollow if it does not.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK};
use super::ink::Ink;
use super::scene::{Anchor, Area, Scene, cut, filled, width_of};
use crate::report::{reading, words};
use crate::results::{Objective, Probability, Results};

/// Most dots of a cell: beyond, each stands for the same share of the launches.
const DOTS: u32 = 20;

/// Dots in a line of a cell.
const ACROSS: u32 = 10;

/// Most objectives of a sheet; the table has the rest.
const MOST: usize = 8;

/// Height of a variant's line, pixels.
const ROW: (f64, f64) = (44.0, 76.0);

/// The objectives that are drawn, as the baseline has them.
fn objectives(results: &Results) -> &[Objective] {
    let all = reading::baseline(results).map_or(&[][..], |base| &base.objectives);
    &all[..all.len().min(MOST)]
}

/// Whether there is anything to count.
pub(crate) fn is_known(results: &Results) -> bool {
    let mut all = objectives(results).iter();
    all.any(|one| one.chance.is_some_and(|chance| chance.n > 1))
}

/// How many dots there are, and how many are full: all only if all launches meet it, none only if
/// none does.
pub(crate) fn dots(chance: Probability) -> (u32, u32) {
    let (k, n) = (chance.k.min(chance.n), chance.n);
    let all = n.min(DOTS);
    if n <= DOTS || k == 0 || k == n {
        let full = if k == n { all } else { k.min(all) };
        return (all, full);
    }
    let share = f64::from(k) / f64::from(n) * f64::from(all);
    (all, (share.round() as u32).clamp(1, all - 1))
}

/// The picture: a line for each variant, a column for each objective.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let objectives = objectives(results);
    let label = |name: &str| words::variant_label(results, name);
    let names = reading::variants(results).map(|(name, _)| width_of(&label(name), LABEL));
    let names = names.fold(0.0, f64::max).min(200.0) + 18.0;
    let rows = reading::variants(results).count().max(1) as f64;
    let frame = Frame::new(size, heading);
    let columns = objectives.len().max(1) as f64;
    let width = ((frame.body.w - names) / columns).min(320.0);
    let heads: Vec<Vec<String>> = objectives
        .iter()
        .map(|one| filled(&one.that, HEAD, width - 18.0))
        .collect();
    let head = heads.iter().map(Vec::len).max().unwrap_or(1) as f64 * 16.0 + 12.0;
    let missing = (head + ROW.0 * rows - frame.body.h).max(0.0).ceil();
    let mut frame = Frame::taller(size, heading, missing);
    let body = frame.body;
    let height = ((body.h - head) / rows).clamp(ROW.0, ROW.1);
    let scene = &mut frame.scene;
    for (index, lines) in heads.iter().enumerate() {
        for (line, text) in lines.iter().enumerate() {
            let at = (
                body.x + names + width * index as f64,
                body.y + 10.0 + 16.0 * line as f64,
            );
            scene.text(at, &cut(text, HEAD, width - 10.0), HEAD);
        }
    }
    for (row, (name, variant)) in reading::variants(results).enumerate() {
        let top = body.y + head + height * row as f64;
        let middle = top + height / 2.0;
        let rule = vec![(body.x, top), (body.x + names + width * columns, top)];
        scene.line(rule, Ink::Rule, 1.0);
        scene.text(
            (body.x, middle),
            &cut(&label(name), LABEL, names - 12.0),
            LABEL,
        );
        for (index, wanted) in objectives.iter().enumerate() {
            let is_it = |one: &&Objective| one.that == wanted.that;
            let found = variant.objectives.iter().find(is_it);
            let cell = Area {
                x: body.x + names + width * index as f64,
                y: top,
                w: width,
                h: height,
            };
            if let Some(chance) = found.and_then(|one| one.chance) {
                draw_cell(scene, cell, chance);
            }
        }
    }
    frame.scene
}

/// The dots of a variant for an objective, and their number in words beside them.
fn draw_cell(scene: &mut Scene, cell: Area, chance: Probability) {
    const STEP: f64 = 13.0;
    const RADIUS: f64 = 4.5;
    let (all, full) = dots(chance);
    let lines = all.div_ceil(ACROSS).max(1);
    let middle = cell.y + cell.h / 2.0;
    let top = middle - f64::from(lines - 1) * STEP / 2.0;
    for dot in 0..all {
        let at = (
            cell.x + RADIUS + f64::from(dot % ACROSS) * STEP,
            top + f64::from(dot / ACROSS) * STEP,
        );
        scene.dot(at, Ink::Blue, RADIUS);
        if dot >= full {
            scene.dot(at, Ink::Paper, RADIUS - 1.6);
        }
    }
    let right = cell.x + f64::from(all.min(ACROSS)) * STEP + 8.0;
    let room = cell.right() - right - 6.0;
    let lines = filled(&words::met_in(chance), TICK, room);
    let top = middle - 7.0 * lines.len().saturating_sub(1) as f64;
    for (line, text) in lines.iter().enumerate() {
        let at = (right, top + 14.0 * line as f64);
        let text = cut(text, TICK, room);
        scene.words(at, &text, (TICK, Anchor::Left, Ink::Text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_launches_fill_all_dots() {
        let of = |k, n| {
            dots(Probability {
                k,
                n,
                ..Probability::default()
            })
        };
        assert_eq!(of(3, 5), (5, 3));
        assert_eq!(of(20, 20), (20, 20));
        assert_eq!(of(999, 1_000), (20, 19));
        assert_eq!(of(1, 1_000), (20, 1));
        assert_eq!(of(0, 1_000), (20, 0));
        assert_eq!(of(1_000, 1_000), (20, 20));
    }
}
