//! A picture as data: lines, areas, boxes, marks and words at their places.
//!
//! One idea: a chart is laid out once, in pixels of its own size, and then drawn by any backend;
//! so the vector file and the bitmap cannot differ, and a test can look at every word's place.
//! Knows no results.

use std::sync::Once;

use plotters::style::{FontStyle, IntoFont, register_font};

use super::ink::{Dash, Ink, Marker};

/// A point: pixels from the left, pixels from the top.
pub(crate) type Point = (f64, f64);

/// A rectangle of the picture, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    /// Left edge.
    pub(crate) x: f64,
    /// Upper edge.
    pub(crate) y: f64,
    /// Width.
    pub(crate) w: f64,
    /// Height.
    pub(crate) h: f64,
}

impl Area {
    pub(crate) fn right(self) -> f64 {
        self.x + self.w
    }

    pub(crate) fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// Whether two areas have a point in common.
    pub(crate) fn meets(self, other: Area) -> bool {
        let beside = self.x >= other.right() || other.x >= self.right();
        !beside && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Without margins at left and right.
    pub(crate) fn between(self, left: f64, right: f64) -> Area {
        Area {
            x: self.x + left,
            w: self.w - left - right,
            ..self
        }
    }

    /// Without margins at top and bottom.
    pub(crate) fn within(self, top: f64, bottom: f64) -> Area {
        Area {
            y: self.y + top,
            h: self.h - top - bottom,
            ..self
        }
    }
}

/// Which part of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Its left end.
    Left,
    /// Its middle.
    Middle,
    /// Its right end.
    Right,
}

/// Size and weight of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Font {
    /// Height of an em, pixels.
    pub(crate) size: f64,
    /// Whether it is bold.
    pub(crate) weight: Weight,
}

/// Weight of a font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Regular.
    Regular,
    /// Bold.
    Bold,
}

/// A regular font of this size.
pub(crate) const fn regular(size: f64) -> Font {
    Font {
        size,
        weight: Weight::Regular,
    }
}

/// A bold font of this size.
pub(crate) const fn bold(size: f64) -> Font {
    Font {
        size,
        weight: Weight::Bold,
    }
}

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A line through points.
    Line {
        points: Vec<Point>,
        ink: Ink,
        width: f64,
        dash: Dash,
    },
    /// A filled polygon; `alpha` from 0 to 1.
    Fill {
        points: Vec<Point>,
        ink: Ink,
        alpha: f64,
    },
    /// A filled rectangle.
    Box { area: Area, ink: Ink, alpha: f64 },
    /// A marker.
    Mark {
        at: Point,
        ink: Ink,
        marker: Marker,
        size: f64,
    },
    /// Words; `at` is the middle of their height.
    Text {
        at: Point,
        text: String,
        font: Font,
        anchor: Anchor,
        ink: Ink,
    },
}

impl Shape {
    /// The area that its words cover; `None` for anything else.
    pub(crate) fn area_of_words(&self) -> Option<Area> {
        let Shape::Text {
            at,
            text,
            font,
            anchor,
            ..
        } = self
        else {
            return None;
        };
        let w = width_of(text, *font);
        let x = match anchor {
            Anchor::Left => at.0,
            Anchor::Middle => at.0 - w / 2.0,
            Anchor::Right => at.0 - w,
        };
        Some(Area {
            x,
            y: at.1 - font.size * 0.45,
            w,
            h: font.size * 0.9,
        })
    }
}

/// A picture as data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    /// Width, pixels.
    pub(crate) width: f64,
    /// Height, pixels.
    pub(crate) height: f64,
    /// What is drawn, first to last.
    pub(crate) shapes: Vec<Shape>,
    /// Where time runs from left to right: what a cursor over the picture needs to know.
    pub(crate) clocks: Vec<Clock>,
}

/// A panel across which time runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clock {
    /// The panel.
    pub(crate) panel: Area,
    /// Instants at its left and right edge, seconds from T+0.
    pub(crate) ends: (f64, f64),
}

impl Scene {
    /// An empty sheet.
    pub(crate) fn new(width: f64, height: f64) -> Scene {
        let mut scene = Scene {
            width,
            height,
            shapes: Vec::new(),
            clocks: Vec::new(),
        };
        scene.fill_box(scene.whole(), Ink::Paper, 1.0);
        scene
    }

    pub(crate) fn whole(&self) -> Area {
        Area {
            x: 0.0,
            y: 0.0,
            w: self.width,
            h: self.height,
        }
    }

    pub(crate) fn line(&mut self, points: Vec<Point>, ink: Ink, width: f64) {
        self.dashed(points, ink, width, Dash::Solid);
    }

    pub(crate) fn dashed(&mut self, points: Vec<Point>, ink: Ink, width: f64, dash: Dash) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line {
                points,
                ink,
                width,
                dash,
            });
        }
    }

    pub(crate) fn fill(&mut self, points: Vec<Point>, ink: Ink, alpha: f64) {
        if points.len() > 2 {
            self.shapes.push(Shape::Fill { points, ink, alpha });
        }
    }

    pub(crate) fn fill_box(&mut self, area: Area, ink: Ink, alpha: f64) {
        self.shapes.push(Shape::Box { area, ink, alpha });
    }

    pub(crate) fn mark(&mut self, at: Point, ink: Ink, marker: Marker) {
        self.shapes.push(Shape::Mark {
            at,
            ink,
            marker,
            size: 4.5,
        });
    }

    /// A filled circle.
    pub(crate) fn dot(&mut self, at: Point, ink: Ink, size: f64) {
        self.shapes.push(Shape::Mark {
            at,
            ink,
            marker: Marker::Circle,
            size,
        });
    }

    /// Words in the ink of text, from their left end on.
    pub(crate) fn text(&mut self, at: Point, text: &str, font: Font) {
        self.words(at, text, (font, Anchor::Left, Ink::Text));
    }

    /// Whether neither words nor a line of data cross an area.
    pub(crate) fn is_free(&self, area: Area) -> bool {
        !self.shapes.iter().any(|shape| match shape {
            Shape::Line { points, width, .. } => *width >= DATA_LINE && crosses(points, area),
            _ => shape.area_of_words().is_some_and(|there| there.meets(area)),
        })
    }

    /// Words in any font, anchor and ink.
    pub(crate) fn words(&mut self, at: Point, text: &str, look: (Font, Anchor, Ink)) {
        let (font, anchor, ink) = look;
        if !text.is_empty() {
            self.shapes.push(Shape::Text {
                at,
                text: text.to_owned(),
                font,
                anchor,
                ink,
            });
        }
    }
}

/// Least width of a line that shows data, pixels; grids and axes are thinner.
const DATA_LINE: f64 = 2.0;

/// Whether a line comes into an area, looked at every few pixels.
fn crosses(points: &[Point], area: Area) -> bool {
    points.windows(2).any(|pair| {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).abs().max((to.1 - from.1).abs());
        let steps = (length / 4.0).ceil().max(1.0);
        (0..=steps as usize).any(|step| {
            let part = step as f64 / steps;
            let x = from.0 + (to.0 - from.0) * part;
            let y = from.1 + (to.1 - from.1) * part;
            x >= area.x && x <= area.right() && y >= area.y && y <= area.bottom()
        })
    })
}

/// The family that the embedded fonts are registered as.
pub(super) const FAMILY: &str = "sans-serif";

/// How plotters measures fonts: by the height of a line, in units of an em.
pub(super) const LINE_IN_EM: f64 = 1.24;

/// Makes the embedded fonts known to plotters, once.
pub(super) fn ready_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let fonts = [
            (FontStyle::Normal, dejavu::sans::regular()),
            (FontStyle::Bold, dejavu::sans::bold()),
        ];
        for (style, bytes) in fonts {
            assert!(
                register_font(FAMILY, style, bytes).is_ok(),
                "the embedded fonts are sound"
            );
        }
    });
}

/// Width of a text, pixels.
pub(crate) fn width_of(text: &str, font: Font) -> f64 {
    ready_fonts();
    let style = match font.weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    // Measured large, since the answer is a whole number of pixels.
    const ZOOM: f64 = 8.0;
    let measured = (FAMILY, font.size * LINE_IN_EM * ZOOM, style)
        .into_font()
        .layout_box(text)
        .expect("the embedded fonts are registered");
    f64::from(measured.1.0 - measured.0.0) / ZOOM
}

/// Text filled into lines of at most `width` pixels.
pub(crate) fn filled(text: &str, font: Font, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        match lines.last_mut() {
            Some(line) if width_of(&format!("{line} {word}"), font) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A path filled into lines of at most `width` pixels: broken behind its dots; what has none and is
/// too long is cut. At least one line.
pub(crate) fn filled_path(path: &str, font: Font, width: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in path.split_inclusive(['.', ' ']) {
        let last = lines.last_mut().expect("there is always a line");
        let longer = format!("{last}{part}");
        if last.is_empty() || width_of(longer.trim_end(), font) <= width {
            *last = longer;
        } else {
            lines.push(part.to_owned());
        }
    }
    let lines = lines.into_iter();
    lines
        .map(|line| cut(line.trim_end(), font, width))
        .collect()
}

/// Text cut to `width` pixels, with an ellipsis if anything is missing.
pub(crate) fn cut(text: &str, font: Font, width: f64) -> String {
    if width_of(text, font) <= width {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while kept.pop().is_some() {
        let shown = format!("{}…", kept.trim_end());
        if width_of(&shown, font) <= width {
            return shown;
        }
    }
    String::new()
}
