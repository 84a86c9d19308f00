//! What every chart has in common: sheet, title, takeaway, footer, axes, labels at ends.
//!
//! One idea: a chart draws its data into a panel of the frame and nothing else, so all charts
//! look alike, and no label is drawn by hand.

use super::ink::{Dash, Ink, Marker, Pen};
use super::labels;
use super::scale::{Bend, Scale};
use super::scene::{Anchor, Area, Font, Scene, bold, cut, filled, regular, width_of};
use crate::report::{number, words};
use crate::results::Unit;

/// Size of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 1200 × 675 pixels: a slide, a file.
    Wide,
    /// 800 × 450 pixels: within a page.
    Small,
}

impl Size {
    /// Width and height, pixels.
    pub fn pixels(self) -> (f64, f64) {
        match self {
            Size::Wide => (1200.0, 675.0),
            Size::Small => (800.0, 450.0),
        }
    }
}

/// Font of ticks.
pub(crate) const TICK: Font = regular(12.0);

/// Font of labels in a chart.
pub(crate) const LABEL: Font = regular(13.0);

/// Font of what heads a part of a chart.
pub(crate) const HEAD: Font = bold(13.0);

/// Font of the footer.
const FOOT: Font = regular(11.0);

/// Margin around everything.
pub(crate) const MARGIN: f64 = 20.0;

/// Room for the ticks of a horizontal axis.
pub(crate) const X_AXIS: f64 = 26.0;

/// Title, takeaway and footer of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heading {
    /// What it shows.
    pub(crate) title: String,
    /// What it says, in a sentence.
    pub(crate) takeaway: String,
    /// Where it comes from.
    pub(crate) footer: String,
}

/// A sheet with its heading, and the room that is left for the chart.
pub(crate) struct Frame {
    /// The sheet.
    pub(crate) scene: Scene,
    /// The room for the chart.
    pub(crate) body: Area,
}

impl Frame {
    pub(crate) fn new(size: Size, heading: &Heading) -> Frame {
        Frame::taller(size, heading, 0.0)
    }

    /// A sheet that is so many pixels taller.
    pub(crate) fn taller(size: Size, heading: &Heading, by: f64) -> Frame {
        let (width, height) = size.pixels();
        let height = height + by;
        let mut scene = Scene::new(width, height);
        let room = width - 2.0 * MARGIN;
        let title = bold(if size == Size::Wide { 20.0 } else { 17.0 });
        let mut y = MARGIN + title.size / 2.0;
        for line in filled(&heading.title, title, room) {
            scene.text((MARGIN, y), &line, title);
            y += title.size * 1.25;
        }
        let takeaway = regular(if size == Size::Wide { 15.0 } else { 13.0 });
        y += 1.0;
        for line in filled(&heading.takeaway, takeaway, room)
            .into_iter()
            .take(3)
        {
            scene.words((MARGIN, y), &line, (takeaway, Anchor::Left, Ink::Muted));
            y += takeaway.size * 1.35;
        }
        let foot = height - MARGIN / 2.0 - FOOT.size / 2.0;
        let footer = cut(&heading.footer, FOOT, room);
        scene.words((MARGIN, foot), &footer, (FOOT, Anchor::Left, Ink::Muted));
        let body = Area {
            x: MARGIN,
            y,
            w: room,
            h: foot - FOOT.size - 4.0 - y,
        };
        Frame { scene, body }
    }
}

/// Width that tick labels of a scale take.
pub(crate) fn width_of_ticks(labels: &[(f64, String)]) -> f64 {
    let widths = labels.iter().map(|(_, text)| width_of(text, TICK));
    widths.fold(0.0, f64::max)
}

/// Labelled ticks of a vertical scale in a unit.
pub(crate) fn unit_ticks(scale: Scale, unit: Unit) -> Vec<(f64, String)> {
    let label = |value: f64| match unit {
        Unit::Share => format!(
            "{}{}%",
            crate::base::decimal::significant(value * 100.0, 4),
            number::GAP
        ),
        _ => number::value(value, unit),
    };
    let ticks = match unit {
        Unit::Seconds => scale.duration_ticks(26.0),
        Unit::Instant | Unit::Share | Unit::PerSecond | Unit::Count | Unit::Ratio => {
            scale.ticks(26.0)
        }
    };
    ticks.into_iter().map(|v| (v, label(v))).collect()
}

/// Labelled ticks of a horizontal scale of differences in a unit.
pub(crate) fn change_ticks(scale: Scale, unit: Unit) -> Vec<(f64, String)> {
    let ticks = match unit {
        Unit::Seconds | Unit::Instant => scale.duration_ticks(86.0),
        Unit::Share | Unit::PerSecond | Unit::Count | Unit::Ratio => scale.ticks(86.0),
    };
    let label = |tick| (tick, words::tick_of_difference(tick, unit));
    ticks.into_iter().map(label).collect()
}

/// Grid, ticks and labels of a horizontal scale of differences, under a panel; zero stands out.
pub(crate) fn change_axis(scene: &mut Scene, panel: Area, scale: Scale, unit: Unit) {
    for (tick, text) in change_ticks(scale, unit) {
        let at = scale.at(tick);
        let ink = if tick == 0.0 { Ink::Muted } else { Ink::Rule };
        scene.line(vec![(at, panel.y), (at, panel.bottom() + 5.0)], ink, 1.0);
        let under = (at, panel.bottom() + 14.0);
        scene.words(under, &text, (TICK, Anchor::Middle, Ink::Muted));
    }
}

/// Grid lines and labels of a vertical axis at the left of a panel, and its title above it.
pub(crate) fn y_axis(scene: &mut Scene, panel: Area, scale: Scale, ticks: &[(f64, String)]) {
    for (value, label) in ticks {
        let y = scale.at(*value);
        scene.line(vec![(panel.x, y), (panel.right(), y)], Ink::Rule, 1.0);
        scene.words((panel.x - 8.0, y), label, (TICK, Anchor::Right, Ink::Muted));
    }
}

/// What a panel's vertical axis measures, above its left end.
pub(crate) fn y_title(scene: &mut Scene, panel: Area, text: &str) {
    let at = (panel.x, panel.y - 11.0);
    scene.words(at, text, (HEAD, Anchor::Left, Ink::Text));
}

/// A label at the right end of a line or area.
pub(crate) struct EndLabel {
    /// Where the line ends.
    pub(crate) y: f64,
    /// What it is.
    pub(crate) text: String,
    /// How it is drawn.
    pub(crate) pen: Pen,
    /// What of it stands beside the label.
    pub(crate) swatch: Swatch,
}

/// What of a line or area stands beside its label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Swatch {
    /// A patch of its colour.
    Patch,
    /// A patch of its colour, as faint as the area.
    Faint(f64),
    /// A piece of its line.
    Stroke,
}

/// Room that labels at the right need.
pub(crate) fn room_for(labels: &[EndLabel]) -> f64 {
    let widest = labels
        .iter()
        .map(|l| width_of(&l.text, LABEL))
        .fold(0.0, f64::max);
    widest + LEADER + 4.0
}

/// Length of the leader from a line's end to its label, with the swatch.
const LEADER: f64 = 38.0;

/// Labels at the right of a panel, apart from each other, each joined to its line's end.
pub(crate) fn end_labels(scene: &mut Scene, panel: Area, labels: &[EndLabel]) {
    let wanted: Vec<f64> = labels.iter().map(|l| l.y).collect();
    let bounds = (panel.y + 7.0, panel.bottom() - 5.0);
    let placed = labels::apart(&wanted, 17.0, bounds);
    for (label, y) in labels.iter().zip(placed) {
        let x = panel.right();
        let ink = label.pen.ink;
        let leader = vec![(x + 3.0, label.y), (x + 12.0, y), (x + 16.0, y)];
        scene.line(leader, Ink::Muted, 1.0);
        match label.swatch {
            Swatch::Patch => scene.mark((x + 21.0, y), ink, Marker::Square),
            Swatch::Faint(alpha) => {
                let patch = Area {
                    x: x + 16.0,
                    y: y - 5.0,
                    w: 12.0,
                    h: 10.0,
                };
                scene.fill_box(patch, Ink::Paper, 1.0);
                scene.fill_box(patch, ink, alpha);
            }
            Swatch::Stroke => {
                let stroke = vec![(x + 16.0, y), (x + LEADER - 7.0, y)];
                scene.fill_box(behind(x + 15.0, y), Ink::Paper, 1.0);
                scene.dashed(stroke, ink, 2.4, label.pen.dash);
            }
        }
        scene.text((x + LEADER, y), &label.text, LABEL);
    }
}

/// Paper behind a stroke, so that the leader ends where it begins.
fn behind(x: f64, y: f64) -> Area {
    Area {
        x,
        y: y - 2.0,
        w: LEADER - 17.0,
        h: 4.0,
    }
}

/// A dashed horizontal line with its text at its left end, as for an objective.
pub(crate) fn limit_line(scene: &mut Scene, panel: Area, y: f64, text: &str) {
    scene.dashed(
        vec![(panel.x, y), (panel.right(), y)],
        Ink::Text,
        1.2,
        Dash::Dashed,
    );
    let wide = width_of(text, TICK) + 8.0;
    let at = |x: f64, middle: f64| Area {
        x,
        y: middle - 7.5,
        w: wide,
        h: 15.0,
    };
    let places = [
        panel.x + 4.0,
        panel.right() - wide - 4.0,
        panel.x + panel.w * 0.35,
    ];
    let spots = places
        .into_iter()
        .flat_map(|x| [at(x, y - 9.0), at(x, y + 10.0)]);
    let spots = spots.filter(|a| a.y > panel.y && a.bottom() < panel.bottom());
    let free = spots.into_iter().find(|a| scene.is_free(*a));
    let spot = free.unwrap_or(at(panel.x + 4.0, y - 9.0));
    scene.fill_box(spot, Ink::Paper, 0.85);
    let start = (spot.x + 4.0, spot.y + 7.5);
    scene.words(start, text, (TICK, Anchor::Left, Ink::Text));
}

/// A linear scale from zero to a round value above `most`, upwards in a panel.
pub(crate) fn upwards(panel: Area, most: f64) -> Scale {
    let top = if most > 0.0 { most * 1.02 } else { 1.0 };
    Scale::new(Bend::Linear, (0.0, top), (panel.bottom(), panel.y))
}
