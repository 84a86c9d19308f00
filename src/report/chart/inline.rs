//! A picture as an element of a page: the same scene, in as few characters as it needs.
//!
//! One idea: a page holds dozens of pictures, so neighbours of one look are one path, and numbers
//! have the digits of a screen. Fonts and edges are rules of the page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::ink::{Dash, Ink, Marker, Theme, code};
use super::paint::{Spoken, escaped};
use super::scene::{Anchor, Area, Font, Point, Scene, Shape, Weight};
use super::thin::thinned;

/// Pixels by which a line may be off: pages show pictures at about their own size.
const UNSEEN: f64 = 0.45;

/// What lines and texts are that do not say otherwise: most of them.
const USUAL: &str = "fill=\"none\" stroke-width=\"1\" font-size=\"12\"";

/// Style rules that the elements rely on.
pub(crate) const RULES: &str = ".chart text{font-family:system-ui,\"Segoe UI\",Roboto,\
    \"DejaVu Sans\",sans-serif}.chart .b{shape-rendering:crispEdges}";

/// The element.
pub(crate) fn inline(scene: &Scene, spoken: Spoken<'_>) -> String {
    let id = spoken.id;
    let mut drawn = format!(
        "<svg width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" {USUAL} role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{}</title>\
         <desc id=\"{id}-desc\">{}</desc>",
        escaped(spoken.title),
        escaped(spoken.desc),
        w = scene.width,
        h = scene.height,
    );
    let mut rest = scene.shapes.as_slice();
    while let Some(shape) = rest.first() {
        let together = rest
            .iter()
            .take_while(|other| are_one(shape, other))
            .count();
        let (group, later) = rest.split_at(together.max(1));
        match shape {
            Shape::Line { .. } => lines(&mut drawn, group),
            Shape::Box { .. } => boxes(&mut drawn, group),
            Shape::Fill { points, ink, alpha } => {
                let path = path(&thinned(points, UNSEEN));
                push(
                    &mut drawn,
                    format_args!("<path d=\"{path}Z\"{}/>", filled(*ink, *alpha)),
                );
            }
            Shape::Mark {
                at,
                ink,
                marker,
                size,
            } => mark(&mut drawn, *at, (*ink, *size), *marker),
            Shape::Text {
                at,
                text,
                font,
                anchor,
                ink,
            } => {
                words(&mut drawn, *at, text, (*font, *anchor, *ink));
            }
        }
        rest = later;
    }
    drawn.push_str("</svg>");
    drawn
}

/// Whether two shapes that follow each other can be drawn at once: lines of one look, and boxes.
fn are_one(one: &Shape, other: &Shape) -> bool {
    match (one, other) {
        (
            Shape::Line {
                ink, width, dash, ..
            },
            Shape::Line {
                ink: also,
                width: wide,
                dash: like,
                ..
            },
        ) => ink == also && dash == like && (width - wide).abs() < 1e-9,
        (Shape::Box { .. }, Shape::Box { .. }) => true,
        _ => false,
    }
}

fn push(drawn: &mut String, what: std::fmt::Arguments<'_>) {
    drawn.write_fmt(what).expect("text grows");
}

/// A number with one decimal at most.
fn short(value: f64) -> String {
    let tenths = (value * 10.0).round();
    let text = format!("{}", tenths / 10.0);
    if text == "-0" { "0".to_owned() } else { text }
}

/// A path in steps of tenths of a pixel: from the first point on each is told by its distance from
/// the one before as it was told, so that no error adds up.
fn path(points: &[Point]) -> String {
    let tenths = |v: f64| (v * 10.0).round() as i64;
    let mut path = String::new();
    let mut last = (0, 0);
    for (at, point) in points.iter().enumerate() {
        let (x, y) = (tenths(point.0), tenths(point.1));
        if at == 0 {
            push(&mut path, format_args!("M{} {}", step(x), step(y)));
        } else {
            if at == 1 {
                path.push('l');
            }
            for (first, by) in [(at == 1, x - last.0), (false, y - last.1)] {
                if by >= 0 && !first {
                    path.push(' ');
                }
                path.push_str(&step(by));
            }
        }
        last = (x, y);
    }
    path
}

/// Tenths as the shortest decimal: `.3`, `-2`, `11.5`.
fn step(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let size = tenths.abs();
    match (size / 10, size % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (0, rest) => format!("{sign}.{rest}"),
        (whole, rest) => format!("{sign}{whole}.{rest}"),
    }
}

fn colour(ink: Ink) -> String {
    code(ink.rgb(Theme::Light))
}

fn filled(ink: Ink, alpha: f64) -> String {
    let ink = colour(ink);
    match alpha >= 1.0 {
        true => format!(" fill=\"{ink}\""),
        false => format!(" fill=\"{ink}\" opacity=\"{alpha}\""),
    }
}

fn lines(drawn: &mut String, group: &[Shape]) {
    let mut paths = String::new();
    let mut look = None;
    for shape in group {
        if let Shape::Line {
            points,
            ink,
            width,
            dash,
        } = shape
        {
            paths.push_str(&path(&thinned(points, UNSEEN)));
            look = Some((*ink, *width, *dash));
        }
    }
    let Some((ink, width, dash)) = look else {
        return;
    };
    let dashes: Vec<String> = dash.pattern().iter().map(|d| short(*d)).collect();
    let dashes = match dash {
        Dash::Solid => String::new(),
        Dash::Dashed | Dash::Dotted | Dash::Alternate => {
            format!(" stroke-dasharray=\"{}\"", dashes.join(" "))
        }
    };
    let stroke = colour(ink);
    let width = match short(width) {
        usual if usual == "1" => String::new(),
        other => format!(" stroke-width=\"{other}\""),
    };
    push(
        drawn,
        format_args!("<path d=\"{paths}\" stroke=\"{stroke}\"{width}{dashes}/>"),
    );
}

/// Boxes that follow each other: a path for each ink and height, in the order in which they come.
fn boxes(drawn: &mut String, group: &[Shape]) {
    let mut layer = Layer::default();
    for shape in group {
        let Shape::Box { area, ink, alpha } = shape else {
            continue;
        };
        // What covers another is drawn after it.
        let inner = area.between(0.05, 0.05).within(0.05, 0.05);
        if layer.there.iter().any(|other| other.meets(inner)) {
            std::mem::take(&mut layer).flush(drawn);
        }
        layer.add(*area, *ink, *alpha);
    }
    layer.flush(drawn);
}

/// Boxes of which none covers another: strokes as wide as the boxes are high, which is half the
/// numbers, each told by its distance from the one before of its look.
#[derive(Default)]
struct Layer {
    there: Vec<Area>,
    order: Vec<(String, String)>,
    /// By look and width: the path, and where it ends, tenths of a pixel.
    paths: BTreeMap<(String, String), (String, (i64, i64))>,
}

impl Layer {
    fn add(&mut self, area: Area, ink: Ink, alpha: f64) {
        self.there.push(area);
        let mut look = format!(" stroke=\"{}\"", colour(ink));
        if alpha < 1.0 {
            push(&mut look, format_args!(" opacity=\"{alpha}\""));
        }
        let look = (look, short(area.h));
        if !self.paths.contains_key(&look) {
            self.order.push(look.clone());
        }
        let (path, last) = self.paths.entry(look).or_default();
        let tenths = |v: f64| (v * 10.0).round() as i64;
        let (left, right) = (tenths(area.x), tenths(area.right()));
        let middle = tenths(area.y + area.h / 2.0);
        let (dx, dy) = (left - last.0, middle - last.1);
        let apart = if dy < 0 { "" } else { " " };
        let start = if path.is_empty() { 'M' } else { 'm' };
        push(
            path,
            format_args!(
                "{start}{}{apart}{}h{}",
                step(dx),
                step(dy),
                step(right - left)
            ),
        );
        *last = (right, middle);
    }

    /// What many have in common is said once.
    fn flush(mut self, drawn: &mut String) {
        let widths = || self.order.iter().map(|(_, width)| width);
        let usual = widths().next().cloned().unwrap_or_default();
        let is_group = self.order.len() > 1;
        if is_group {
            push(
                drawn,
                format_args!("<g class=\"b\" stroke-width=\"{usual}\">"),
            );
        }
        for look in self.order.drain(..) {
            let (path, _) = self.paths.remove(&look).unwrap_or_default();
            let (ink, width) = look;
            let class = if is_group { "" } else { " class=\"b\"" };
            let width = match is_group && width == usual {
                true => String::new(),
                false => format!(" stroke-width=\"{width}\""),
            };
            push(
                drawn,
                format_args!("<path{class} d=\"{path}\"{ink}{width}/>"),
            );
        }
        if is_group {
            drawn.push_str("</g>");
        }
    }
}

fn mark(drawn: &mut String, at: Point, (ink, size): (Ink, f64), marker: Marker) {
    let look = filled(ink, 1.0);
    let Some(corners) = marker.corners(at, size) else {
        let (x, y, r) = (short(at.0), short(at.1), short(size));
        return push(
            drawn,
            format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{look}/>"),
        );
    };
    push(
        drawn,
        format_args!("<path d=\"{}Z\"{look}/>", path(&corners)),
    );
}

fn words(drawn: &mut String, at: Point, text: &str, look: (Font, Anchor, Ink)) {
    let (font, anchor, ink) = look;
    let anchor = match anchor {
        Anchor::Left => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::Right => " text-anchor=\"end\"",
    };
    let weight = match font.weight {
        Weight::Regular => "",
        Weight::Bold => " font-weight=\"700\"",
    };
    let size = match short(font.size) {
        usual if usual == "12" => String::new(),
        other => format!(" font-size=\"{other}\""),
    };
    push(
        drawn,
        format_args!(
            "<text x=\"{}\" y=\"{}\"{size}{anchor}{weight}{}>{}</text>",
            short(at.0),
            short(at.1 + font.size * 0.36),
            filled(ink, 1.0),
            escaped(text)
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_look_are_one_path_and_what_covers_comes_later() {
        let mut scene = Scene::new(100.0, 50.0);
        let cell = |x: f64| Area {
            x,
            y: 10.0,
            w: 5.0,
            h: 5.0,
        };
        scene.fill_box(cell(0.0), Ink::Zero, 1.0);
        scene.fill_box(cell(5.0), Ink::Blue, 1.0);
        scene.fill_box(cell(10.0), Ink::Zero, 1.0);
        scene.fill_box(cell(2.0), Ink::Green, 1.0);
        let drawn = inline(
            &scene,
            Spoken {
                id: "x",
                title: "a < b",
                desc: "",
            },
        );
        // The paper, two inks, and what covers them.
        assert_eq!(drawn.matches("<path").count(), 4);
        assert_eq!(
            path(&[(1.04, 2.0), (1.5, 1.0), (11.5, 1.0)]),
            "M1 2l.5-1 10 0"
        );
        assert!(drawn.contains("M0 12.5h5m5 0h5"), "{drawn}");
        let at = |ink: Ink| drawn.rfind(&colour(ink)).unwrap();
        assert!(at(Ink::Green) > at(Ink::Zero));
        assert!(drawn.contains("a &lt; b"));
    }
}
