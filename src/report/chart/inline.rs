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

/// Style rules that the elements rely on.
pub(crate) const RULES: &str = ".chart text{font-family:system-ui,\"Segoe UI\",Roboto,\
    \"DejaVu Sans\",sans-serif}.chart .b{shape-rendering:crispEdges}";

/// The element.
pub(crate) fn inline(scene: &Scene, spoken: Spoken<'_>) -> String {
    let id = spoken.id;
    let mut drawn = format!(
        "<svg width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
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
    let width = short(width);
    push(
        drawn,
        format_args!(
            "<path d=\"{paths}\" fill=\"none\" stroke=\"{stroke}\" \
             stroke-width=\"{width}\"{dashes}/>"
        ),
    );
}

/// Boxes that follow each other: a path for each ink, in the order in which the inks come.
fn boxes(drawn: &mut String, group: &[Shape]) {
    let mut order: Vec<String> = Vec::new();
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    let mut there: Vec<Area> = Vec::new();
    for shape in group {
        let Shape::Box { area, ink, alpha } = shape else {
            continue;
        };
        // What covers another is drawn after it.
        let inner = area.between(0.05, 0.05).within(0.05, 0.05);
        if there.iter().any(|other| other.meets(inner)) {
            flush(drawn, &mut order, &mut paths);
            there.clear();
        }
        there.push(*area);
        let look = stroked(*area, *ink, *alpha);
        if !paths.contains_key(&look) {
            order.push(look.clone());
        }
        paths.entry(look).or_default().push_str(&stroke_of(*area));
    }
    flush(drawn, &mut order, &mut paths);
}

fn flush(drawn: &mut String, order: &mut Vec<String>, paths: &mut BTreeMap<String, String>) {
    for look in order.drain(..) {
        let path = paths.remove(&look).unwrap_or_default();
        push(
            drawn,
            format_args!("<path class=\"b\" d=\"{path}\"{look}/>"),
        );
    }
}

/// A box is a stroke as wide as the box is high: half the numbers.
fn stroked(area: Area, ink: Ink, alpha: f64) -> String {
    let (ink, width) = (colour(ink), short(area.h));
    let alpha = match alpha >= 1.0 {
        true => String::new(),
        false => format!(" opacity=\"{alpha}\""),
    };
    format!(" stroke=\"{ink}\" stroke-width=\"{width}\"{alpha}")
}

fn stroke_of(area: Area) -> String {
    let (left, middle) = (short(area.x), short(area.y + area.h / 2.0));
    format!("M{left} {middle}H{}", short(area.right()))
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
    push(
        drawn,
        format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight}{}>{}</text>",
            short(at.0),
            short(at.1 + font.size * 0.36),
            short(font.size),
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
        assert!(drawn.contains("M0 12.5H5M10 12.5H15"));
        let at = |ink: Ink| drawn.rfind(&colour(ink)).unwrap();
        assert!(at(Ink::Green) > at(Ink::Zero));
        assert!(drawn.contains("a &lt; b"));
    }
}
