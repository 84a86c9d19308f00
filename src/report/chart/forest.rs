//! Is it real, does it matter: paired differences, metric by metric, on an axis of its own unit.
//!
//! One idea: a planner thinks in points and seconds, so every metric has its own axis, with what is
//! too small to matter in grey; to the right is better. All metrics are shown: the sheet grows.

use super::frame::{Frame, HEAD, Heading, LABEL, Size, TICK, change_axis};
use super::ink::{Dash, Ink, pen_of_variant};
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::report::{reading, words};
use crate::results::{Better, Difference, Measure, Results};

/// Most lines of a sheet; the table has the rest.
const MOST: usize = 90;

/// Height of a metric's own line, of its axis, and bounds of that of a variant, pixels.
const TITLE: f64 = 22.0;
const AXIS: f64 = 32.0;
const ROW: (f64, f64) = (17.0, 30.0);

/// A metric with the differences of all variants on it.
pub(super) struct Part {
    pub(super) metric: String,
    pub(super) measure: Measure,
    /// What is too small to matter, in the metric's unit.
    pub(super) least: f64,
    pub(super) rows: Vec<Row>,
}

/// A variant's difference on a metric.
pub(super) struct Row {
    /// Its pen.
    pub(super) place: usize,
    pub(super) variant: String,
    pub(super) found: Option<Difference>,
    /// The difference in its own unit, and its word.
    pub(super) text: String,
}

impl Part {
    /// Differences that are drawn, with zero and the grey band; `None` if nothing is a number.
    fn ends(&self) -> Option<(f64, f64)> {
        let all: Vec<f64> = self.rows.iter().filter_map(drawn).flatten().collect();
        let air = 1.5 * self.least;
        let both = all
            .iter()
            .fold((-air, air), |b, v| (b.0.min(*v), b.1.max(*v)));
        let air = (both.1 - both.0) * 0.04;
        (!all.is_empty() && air > 0.0).then_some((both.0 - air, both.1 + air))
    }

    /// Its scale across a panel: better to the right.
    fn scale(&self, panel: Area) -> Scale {
        let ends = self.ends().unwrap_or((-1.0, 1.0));
        let pixels = match self.measure.better {
            Better::Lower => (panel.right(), panel.x),
            Better::Higher | Better::Neither => (panel.x, panel.right()),
        };
        Scale::new(Bend::Linear, ends, pixels)
    }

    fn height(&self, row: f64) -> f64 {
        let axis = if self.ends().is_some() { AXIS } else { 10.0 };
        TITLE + row * self.rows.len() as f64 + axis
    }
}

/// Low end, difference and high end.
fn drawn(row: &Row) -> Option<[f64; 3]> {
    let found = row.found.as_ref()?;
    let lead = found.estimate?;
    Some([found.low.unwrap_or(lead), lead, found.high.unwrap_or(lead)])
}

/// Where a pair in which a side is never would lie: 1 if the variant's is mostly the larger one.
fn side_of_never(found: &Difference) -> Option<f64> {
    let pairs = found.never.filter(|_| found.estimate.is_none())?;
    (pairs.higher != pairs.lower).then(|| {
        if pairs.higher > pairs.lower {
            1.0
        } else {
            -1.0
        }
    })
}

/// Every headline metric, in order.
fn parts(results: &Results) -> Vec<Part> {
    let part = |metric: &str| {
        let rows = reading::others(results).enumerate();
        let rows = rows.map(|(index, (variant, _))| Row {
            place: index + 1,
            variant: words::variant_label(results, variant),
            found: reading::difference(results, variant, metric).cloned(),
            text: words::forest_label(results, variant, metric),
        });
        let rows: Vec<Row> = rows.collect();
        let least = rows.iter().filter_map(|row| row.found.as_ref()?.threshold);
        Part {
            metric: metric.to_owned(),
            measure: reading::measure(results, metric),
            least: least.fold(0.0, f64::max),
            rows,
        }
    };
    let mut all: Vec<Part> = reading::headline(results).into_iter().map(part).collect();
    let most = (MOST / all.first().map_or(1, |one| one.rows.len() + 2)).max(1);
    all.truncate(most);
    all
}

/// A sheet on which the parts have room, and the height of a variant's line.
fn sheet(size: Size, heading: &Heading, parts: &[Part]) -> (Frame, f64) {
    let frame = Frame::new(size, heading);
    let room = frame.body.h - FOOT;
    let height = |row: f64| parts.iter().map(|part| part.height(row)).sum::<f64>();
    let rows: usize = parts.iter().map(|part| part.rows.len()).sum();
    let fitting = (room - height(0.0)) / rows.max(1) as f64;
    if fitting >= ROW.0 {
        return (frame, fitting.min(ROW.1));
    }
    let missing = (height(ROW.0) - room).ceil();
    (Frame::taller(size, heading, missing), ROW.0)
}

/// Room for what is said of all axes.
const FOOT: f64 = 20.0;

/// The picture.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results) -> Scene {
    let parts = parts(results);
    let mut about = words::difference_axis(results);
    let left_out = reading::headline(results).len() - parts.len();
    if left_out > 0 {
        about.push_str(&words::more_in_the_table(left_out));
    }
    draw_parts(size, heading, &parts, &about)
}

/// Some metrics one below the other, and what their axes show.
pub(super) fn draw_parts(size: Size, heading: &Heading, parts: &[Part], about: &str) -> Scene {
    let (mut frame, height) = sheet(size, heading, parts);
    let body = frame.body;
    let widest = |of: &dyn Fn(&Row) -> f64| {
        let rows = parts.iter().flat_map(|part| &part.rows);
        rows.map(of).fold(0.0, f64::max)
    };
    let names = widest(&|row| width_of(&row.variant, LABEL)).min(200.0);
    let right = widest(&|row| width_of(&row.text, LABEL)).min(body.w * 0.46);
    let panel = body.between(names + 34.0, right + 16.0);
    let scene = &mut frame.scene;
    let mut y = body.y;
    for part in parts {
        let panel = Area {
            y: y + TITLE,
            h: height * part.rows.len() as f64,
            ..panel
        };
        draw_part(scene, part, (body, panel), names);
        y += part.height(height);
    }
    let below = (body.x, y + FOOT / 2.0);
    let about = cut(about, TICK, body.w);
    scene.words(below, &about, (TICK, Anchor::Left, Ink::Muted));
    frame.scene
}

/// A metric: its name, its axis and its rows.
fn draw_part(scene: &mut Scene, part: &Part, (body, panel): (Area, Area), names: f64) {
    let x = part.scale(panel);
    let head = panel.y - TITLE / 2.0 + 2.0;
    let muted = |scene: &mut Scene, at: f64, text: &str, anchor| {
        scene.words((at, head), text, (TICK, anchor, Ink::Muted));
    };
    let better = words::right_side(part.measure.better);
    muted(scene, panel.right(), better, Anchor::Right);
    if part.least > 0.0 {
        let same = words::same_within(part.least, part.measure.unit);
        let same = cut(&same, TICK, body.right() - panel.right() - 14.0);
        muted(scene, panel.right() + 14.0, &same, Anchor::Left);
    }
    let room = panel.right() - width_of(better, TICK) - 14.0 - body.x;
    scene.text((body.x, head), &cut(&part.metric, HEAD, room), HEAD);
    if part.ends().is_some() {
        let (one, other) = (x.at(-part.least), x.at(part.least));
        let band = Area {
            x: one.min(other),
            w: (other - one).abs().max(1.5),
            ..panel
        };
        scene.fill_box(band, Ink::Band, 1.0);
        change_axis(scene, panel, x, part.measure.unit);
    } else {
        let zero = vec![(x.at(0.0), panel.y), (x.at(0.0), panel.bottom())];
        scene.line(zero, Ink::Muted, 1.0);
    }
    let height = panel.h / part.rows.len().max(1) as f64;
    for (index, row) in part.rows.iter().enumerate() {
        let y = panel.y + height * (index as f64 + 0.5);
        let name = cut(&row.variant, LABEL, names);
        scene.text((body.x + 18.0, y), &name, LABEL);
        difference(scene, row, (x, y), panel);
        let text = cut(&row.text, LABEL, body.right() - panel.right() - 14.0);
        scene.text((panel.right() + 14.0, y), &text, LABEL);
    }
}

/// A dot with its interval; where a side is never, a dashed arrow beyond any number.
fn difference(scene: &mut Scene, row: &Row, (x, y): (Scale, f64), panel: Area) {
    let pen = pen_of_variant(row.place);
    if let Some([low, lead, high]) = drawn(row) {
        let (from, to) = (x.at(low), x.at(high));
        scene.line(vec![(from, y), (to, y)], pen.ink, 2.4);
        for end in [from, to] {
            scene.line(vec![(end, y - 4.0), (end, y + 4.0)], pen.ink, 1.6);
        }
        scene.mark((x.at(lead), y), pen.ink, pen.marker);
    } else if let Some(side) = row.found.as_ref().and_then(side_of_never) {
        let towards = if x.at(side) > x.at(0.0) { 1.0 } else { -1.0 };
        let tip = if towards > 0.0 {
            panel.right()
        } else {
            panel.x
        };
        let neck = tip - towards * 9.0;
        scene.dashed(vec![(x.at(0.0), y), (neck, y)], pen.ink, 2.0, Dash::Dashed);
        let head = vec![(neck, y - 5.0), (tip, y), (neck, y + 5.0)];
        scene.fill(head, pen.ink, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::Shape;
    use super::*;
    use crate::report::{chart, sample};
    use crate::results::NeverPairs;

    fn scene_of(results: &Results) -> Scene {
        let all = chart::pictures(results);
        let picture = all.iter().find(|one| one.kind == chart::Kind::Forest);
        picture.expect("it compares").scene(results, Size::Wide)
    }

    fn texts(scene: &Scene) -> Vec<(String, f64, f64)> {
        let all = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { text, at, .. } => Some((text.clone(), at.0, at.1)),
            _ => None,
        });
        all.collect()
    }

    /// Where the words of a metric begin in the list of all words.
    fn place(words: &[(String, f64, f64)], text: &str) -> usize {
        let found = words.iter().position(|word| word.0 == text);
        found.unwrap_or_else(|| panic!("{text} is not there"))
    }

    #[test]
    fn no_metric_is_left_out_and_every_row_has_its_name() {
        let mut results = sample::compare();
        let family = results.family.as_mut().expect("it compares");
        family.headline = (0..12).map(|n| format!("p9{n}(login.time)")).collect();
        let scene = scene_of(&results);
        let words = texts(&scene);
        for n in 0..12 {
            place(&words, &format!("p9{n}(login.time)"));
        }
        for (name, _) in reading::others(&results) {
            assert_eq!(words.iter().filter(|word| word.0 == name).count(), 12);
        }
        assert!(scene.height > Size::Wide.pixels().1, "the sheet grows");
    }

    /// Marks beside the names were taken for differences of −20 thresholds.
    #[test]
    fn every_mark_is_a_difference() {
        let results = sample::compare();
        let scene = scene_of(&results);
        let is_mark = |shape: &&Shape| matches!(shape, Shape::Mark { .. });
        let parts = parts(&results);
        let rows = parts.iter().flat_map(|part| &part.rows);
        let dots = rows.filter_map(drawn).count();
        assert!(dots > 0);
        assert_eq!(scene.shapes.iter().filter(is_mark).count(), dots);
    }

    #[test]
    fn an_axis_is_in_the_unit_of_its_metric() {
        let results = sample::compare();
        let words = texts(&scene_of(&results));
        let points = words.iter().filter(|word| word.0.ends_with("pt")).count();
        assert!(points > 2, "{words:?}");
        assert!(words.iter().all(|word| !word.0.ends_with('×')));
    }

    /// From never to a time is better than any number.
    #[test]
    fn never_is_an_arrow_to_its_side() {
        let mut results = sample::compare();
        let first = reading::headline(&results)[0].to_owned();
        results.measures.get_mut(&first).expect("measured").better = Better::Lower;
        let by = results.differences.get_mut("both").expect("compared");
        by.insert(
            first.clone(),
            Difference {
                never: Some(NeverPairs {
                    baseline: 3,
                    lower: 3,
                    n: 3,
                    ..NeverPairs::default()
                }),
                ..Difference::default()
            },
        );
        let scene = scene_of(&results);
        let arrows = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Fill { points, .. } if points.len() == 3 => Some(points),
            _ => None,
        });
        let arrows: Vec<_> = arrows.collect();
        assert_eq!(arrows.len(), 1, "{arrows:?}");
        assert!(arrows[0][1].0 > arrows[0][0].0, "better is to the right");
    }
}
