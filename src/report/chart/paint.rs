//! Drawing a picture by plotters: one function for every backend, then SVG and PNG from it.
//!
//! One idea: coordinates of plotters are whole pixels, so a picture is drawn larger than it is
//! shown: the SVG through its view box, the bitmap by averaging. Same picture, same bytes.

use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::ink::{Dash, Ink, Marker, Theme, dark_rules};
use super::scene::{
    Anchor, Area, FAMILY, Font, LINE_IN_EM, Point, Scene, Shape, Weight, ready_fonts,
};
use super::thin::{UNSEEN, thinned};

/// How much larger the SVG is drawn.
const SVG_ZOOM: f64 = 4.0;

/// How much larger the bitmap is drawn before it is averaged.
const PNG_ZOOM: u32 = 2;

/// A backend's sheet with the zoom and theme of this drawing.
struct Easel<'a, DB: DrawingBackend> {
    sheet: &'a DrawingArea<DB, Shift>,
    zoom: f64,
    theme: Theme,
    /// Pixels by which words stand too high for their size, in units of an em.
    sag: f64,
}

impl<DB: DrawingBackend> Easel<'_, DB> {
    fn place(&self, point: Point) -> (i32, i32) {
        let to = |v: f64| (v * self.zoom).round() as i32;
        (to(point.0), to(point.1))
    }

    fn draw<'b, E>(&self, element: &'b E)
    where
        &'b E: PointCollection<'b, (i32, i32)>,
        E: Drawable<DB>,
    {
        // Both backends write into memory.
        assert!(self.sheet.draw(element).is_ok(), "drawing into memory");
    }

    /// A shape without the points that nobody can see.
    fn thinned(&self, shape: &Shape) {
        match shape {
            Shape::Fill { points, ink, alpha } => self.shape(&Shape::Fill {
                points: thinned(points, UNSEEN),
                ink: *ink,
                alpha: *alpha,
            }),
            Shape::Line {
                points,
                ink,
                width,
                dash,
            } => self.line(&thinned(points, UNSEEN), *ink, *width, *dash),
            Shape::Box { .. } | Shape::Mark { .. } | Shape::Text { .. } => self.shape(shape),
        }
    }

    fn shape(&self, shape: &Shape) {
        match shape {
            Shape::Line {
                points,
                ink,
                width,
                dash,
            } => self.line(points, *ink, *width, *dash),
            Shape::Fill { points, ink, alpha } => {
                let points: Vec<_> = points.iter().map(|p| self.place(*p)).collect();
                self.draw(&Polygon::new(points, ink.rgb(self.theme).mix(*alpha)));
            }
            Shape::Box { area, ink, alpha } => self.fill_box(*area, *ink, *alpha),
            Shape::Mark {
                at,
                ink,
                marker,
                size,
            } => self.mark(*at, (*ink, *size), *marker),
            Shape::Text {
                at,
                text,
                font,
                anchor,
                ink,
            } => self.text(*at, text, (*font, *anchor, *ink)),
        }
    }

    fn line(&self, points: &[Point], ink: Ink, width: f64, dash: Dash) {
        let stroke = ShapeStyle {
            color: ink.rgb(self.theme).mix(1.0),
            filled: false,
            stroke_width: ((width * self.zoom).round() as u32).max(1),
        };
        for piece in dashes(points, dash.pattern()) {
            let piece: Vec<_> = piece.iter().map(|p| self.place(*p)).collect();
            self.draw(&PathElement::new(piece, stroke));
        }
    }

    fn fill_box(&self, area: Area, ink: Ink, alpha: f64) {
        let from = self.place((area.x, area.y));
        let to = self.place((area.right(), area.bottom()));
        let style = ink.rgb(self.theme).mix(alpha).filled();
        self.draw(&Rectangle::new([from, to], style));
    }

    fn mark(&self, at: Point, look: (Ink, f64), marker: Marker) {
        let (ink, size) = look;
        let style = ink.rgb(self.theme).filled();
        let Some(corners) = marker.corners(at, size) else {
            let radius = (size * self.zoom).round() as u32;
            self.draw(&Circle::new(self.place(at), radius, style));
            return;
        };
        let corners: Vec<_> = corners.into_iter().map(|p| self.place(p)).collect();
        self.draw(&Polygon::new(corners, style));
    }

    fn text(&self, at: Point, text: &str, look: (Font, Anchor, Ink)) {
        let (font, anchor, ink) = look;
        let style = match font.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::Bold => FontStyle::Bold,
        };
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let colour = ink.rgb(self.theme);
        let style = (FAMILY, font.size * LINE_IN_EM * self.zoom, style)
            .into_font()
            .color(&colour)
            .pos(Pos::new(horizontal, VPos::Center));
        let at = (at.0, at.1 + font.size * self.sag);
        self.draw(&Text::new(text.to_owned(), self.place(at), style));
    }
}

/// A line cut into its strokes; the line itself if it has no pattern.
fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let mut strokes = Vec::new();
    let mut stroke = vec![points[0]];
    let (mut turn, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = ((to.0 - from.0) * (to.0 - from.0) + (to.1 - from.1) * (to.1 - from.1)).sqrt();
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let part = done / length;
            let point = (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            );
            stroke.push(point);
            let finished = std::mem::replace(&mut stroke, vec![point]);
            if turn % 2 == 0 {
                strokes.push(finished);
            }
            turn += 1;
            left = pattern[turn % pattern.len()];
        }
        left -= length - done;
        stroke.push(to);
    }
    if turn % 2 == 0 && stroke.len() > 1 {
        strokes.push(stroke);
    }
    strokes
}

/// Title and description of a picture, for those who do not see it.
#[derive(Clone, Copy)]
pub(crate) struct Spoken<'a> {
    /// Unique in any page that shows several pictures.
    pub(crate) id: &'a str,
    /// What it shows.
    pub(crate) title: &'a str,
    /// What it says.
    pub(crate) desc: &'a str,
}

/// The picture as an SVG document that follows the reader's theme.
pub(crate) fn svg(scene: &Scene, spoken: Spoken<'_>) -> String {
    element(scene, spoken)
}

fn element(scene: &Scene, spoken: Spoken<'_>) -> String {
    ready_fonts();
    let size = (
        (scene.width * SVG_ZOOM) as u32,
        (scene.height * SVG_ZOOM) as u32,
    );
    let mut drawn = String::new();
    {
        let sheet = SVGBackend::with_string(&mut drawn, size).into_drawing_area();
        let easel = Easel {
            sheet: &sheet,
            zoom: SVG_ZOOM,
            theme: Theme::Light,
            sag: 0.0,
        };
        scene.shapes.iter().for_each(|shape| easel.thinned(shape));
        assert!(sheet.present().is_ok(), "drawing into memory");
    }
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    let body = body
        .replace(" stroke=\"none\"", "")
        .replace(" opacity=\"1\"", "");
    let id = spoken.id;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
         <style>{}</style>{body}",
        scene.width,
        scene.height,
        size.0,
        size.1,
        escaped(spoken.title),
        escaped(spoken.desc),
        dark_rules(),
    )
}

/// Text in which nothing is taken for markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The picture as a PNG file of its own size.
pub(crate) fn png(scene: &Scene, theme: Theme) -> Vec<u8> {
    ready_fonts();
    let (width, height) = (scene.width as u32, scene.height as u32);
    let size = (width * PNG_ZOOM, height * PNG_ZOOM);
    let mut pixels = vec![0; (size.0 * size.1 * 3) as usize];
    {
        let sheet = BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area();
        let easel = Easel {
            sheet: &sheet,
            zoom: f64::from(PNG_ZOOM),
            theme,
            sag: 0.14,
        };
        scene.shapes.iter().for_each(|shape| easel.thinned(shape));
        assert!(sheet.present().is_ok(), "drawing into memory");
    }
    let averaged = averaged(&pixels, (width as usize, height as usize));
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // The best level takes three times as long as everything else, for 4 % of the size.
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().expect("writing into memory");
    writer
        .write_image_data(&averaged)
        .expect("as many pixels as said");
    writer.finish().expect("writing into memory");
    file
}

/// Every square of pixels as the mean of its colours: first its rows are added, then its columns.
fn averaged(pixels: &[u8], size: (usize, usize)) -> Vec<u8> {
    const ZOOM: usize = PNG_ZOOM as usize;
    let (width, height) = size;
    let row = width * ZOOM * 3;
    let mut small = Vec::with_capacity(width * height * 3);
    let mut sums = vec![0_u16; row];
    for rows in pixels.chunks_exact(row * ZOOM) {
        sums.fill(0);
        for row in rows.chunks_exact(row) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += u16::from(value);
            }
        }
        for square in sums.as_chunks::<{ 3 * ZOOM }>().0 {
            let mean = |channel: usize| {
                let of_all: u16 = square.iter().skip(channel).step_by(3).sum();
                (of_all / (ZOOM * ZOOM) as u16) as u8
            };
            small.extend([mean(0), mean(1), mean(2)]);
        }
    }
    small
}
