//! Pictures are whole: every word is on the sheet and covers no other, nothing is blank, and the
//! same study gives the same bytes.

use super::ink::Ink;
use super::scene::{Anchor, Shape};
use super::*;
use crate::base::time::Span;
use crate::report::{number, sample};

/// Boxes of all words of a scene, with their text.
fn words_of(scene: &Scene) -> Vec<(String, [f64; 4])> {
    let all = scene.shapes.iter().filter_map(|shape| {
        let area = shape.area_of_words()?;
        let Shape::Text { text, .. } = shape else {
            return None;
        };
        Some((text.clone(), [area.x, area.y, area.right(), area.bottom()]))
    });
    all.collect()
}

fn assert_legible(scene: &Scene, name: &str) {
    let words = words_of(scene);
    assert!(words.len() > 3, "{name} says nothing");
    for (index, (text, area)) in words.iter().enumerate() {
        let [left, top, right, bottom] = *area;
        assert!(
            left >= 0.0 && top >= 0.0 && right <= scene.width && bottom <= scene.height,
            "{name}: `{text}` is cut off at {area:?}"
        );
        for (other, there) in &words[index + 1..] {
            let apart =
                right <= there[0] || there[2] <= left || bottom <= there[1] || there[3] <= top;
            assert!(
                apart,
                "{name}: `{text}` {area:?} and `{other}` {there:?} overlap"
            );
        }
    }
}

#[test]
fn every_word_is_on_the_sheet_and_covers_no_other() {
    for results in [
        sample::compare(),
        sample::run(),
        sample::calibrated(),
        sample::sized(),
        sample::ranged(),
        sample::sweep::swept(),
        sample::sweep::mapped(),
        sample::sweep::scalability(),
        sample::sweep::tipped(),
        sample::sweep::tipped_alone(),
    ] {
        for picture in pictures(&results) {
            for size in [Size::Wide, Size::Small] {
                let is_page_size =
                    matches!(picture.kind, Kind::Multiples(_)) && size == Size::Small;
                if !is_page_size {
                    assert_legible(&picture.scene(&results, size), &picture.name);
                }
            }
        }
    }
}

#[test]
fn a_compare_has_every_chart() {
    let names: Vec<String> = pictures(&sample::compare())
        .into_iter()
        .map(|p| p.name)
        .collect();
    for name in [
        "differences",
        "variants",
        "worth-both",
        "percentiles-login",
        "outcomes-baseline",
        "services-baseline",
        "times-login-baseline",
        "spread-login-baseline",
        "journey-preorder-baseline",
        "outcomes-second-sale",
    ] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
}

#[test]
fn an_svg_says_what_it_shows_and_follows_the_theme() {
    let results = sample::compare();
    for picture in pictures(&results) {
        let svg = picture.svg(&results, Size::Wide);
        for part in [
            "role=\"img\"",
            "<title id=",
            "<desc id=",
            "prefers-color-scheme:dark",
            "viewBox=\"0 0 4800 2700\"",
        ] {
            assert!(svg.contains(part), "{}: {part}", picture.name);
        }
        assert!(svg.trim_end().ends_with("</svg>"));
        assert!(!picture.takeaway().is_empty(), "{}", picture.name);
        assert_eq!(
            svg,
            picture.svg(&results, Size::Wide),
            "the same bytes twice"
        );
    }
}

#[test]
fn a_png_is_not_blank_and_of_its_size() {
    let results = sample::run();
    let pictures = pictures(&results);
    for (theme, size) in [(Theme::Light, Size::Wide), (Theme::Dark, Size::Small)] {
        let bytes = pictures[0].png(&results, size, theme);
        let reader = png::Decoder::new(std::io::Cursor::new(bytes.as_slice())).read_info();
        let mut reader = reader.unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
        let info = reader.next_frame(&mut pixels).unwrap();
        let scene = pictures[0].scene(&results, size);
        let (width, height) = (scene.width, scene.height);
        assert_eq!(
            (f64::from(info.width), f64::from(info.height)),
            (width, height)
        );
        // A file keeps its size; in a page what is marked has room of its own.
        let (_, least) = size.pixels();
        assert_eq!(height > least, size == Size::Small);
        let paper = ink::Ink::Paper.rgb(theme);
        let drawn = pixels
            .chunks(3)
            .filter(|p| p != &[paper.0, paper.1, paper.2]);
        let share = drawn.count() as f64 / (width * height);
        assert!(
            share > 0.05 && share < 0.9,
            "{share} of the sheet is drawn on"
        );
        let text = ink::Ink::Text.rgb(theme);
        let inked = pixels.chunks(3).filter(|p| p == &[text.0, text.1, text.2]);
        assert!(inked.count() > 500, "words are drawn");
    }
}

/// The labels of an axis, each with its place: what a reader reads values off by.
fn readings(
    scene: &Scene,
    parse: impl Fn(&str) -> Option<f64>,
    (place, along): (Anchor, usize),
) -> Vec<(f64, f64)> {
    let all = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text {
            text, at, anchor, ..
        } if *anchor == place => Some((parse(text)?, [at.0, at.1][along])),
        _ => None,
    });
    all.collect()
}

/// Seconds of a length of time as charts write it.
fn seconds(text: &str) -> Option<f64> {
    let span = Span::parse(&text.replace(number::GAP, ""));
    span.ok().map(Span::as_secs_f64)
}

/// The constant 0.31 s of the sample's orders, read off the picture as a reader does: between two
/// labels of the logarithmic axis.
#[test]
fn a_value_read_off_a_chart_is_that_of_the_document() {
    let results = sample::run();
    let pictures = pictures(&results);
    let picture = pictures
        .iter()
        .find(|picture| picture.name.starts_with("times-order"))
        .expect("orders have a chart of times");
    let scene = picture.scene(&results, Size::Wide);
    let heights = readings(&scene, seconds, (Anchor::Right, 1));
    let (first, last) = (heights[0], heights[heights.len() - 1]);
    assert!(
        last.0 > 2.0 * first.0 || first.0 > 2.0 * last.0,
        "{heights:?}"
    );
    let slope = (last.0.ln() - first.0.ln()) / (last.1 - first.1);
    let read = |y: f64| (first.0.ln() + slope * (y - first.1)).exp();
    let median = scene.shapes.iter().find_map(|shape| match shape {
        Shape::Line {
            points, ink, width, ..
        } if (*ink, *width) == (Ink::Text, 2.2) => Some(points),
        _ => None,
    });
    let median = median.expect("the median is drawn");
    for point in median {
        let value = read(point.1);
        assert!((value / 0.31 - 1.0).abs() < 0.005, "{value}");
    }
    // The first bin with a value is the sixth after the start at −120 s, 30 s each: its middle is
    // at 75 s.
    let instant = |text: &str| {
        let parts = text.strip_prefix("T+")?.split(':');
        parts
            .map(|part| part.parse::<f64>().ok())
            .try_fold(0.0, |all, part| Some(60.0 * all + part?))
    };
    let times = readings(&scene, instant, (Anchor::Middle, 0));
    let (first, last) = (times[0], times[times.len() - 1]);
    let slope = (last.0 - first.0) / (last.1 - first.1);
    let begins = first.0 + slope * (median[0].0 - first.1);
    assert!((begins - 75.0).abs() < 3.0, "{begins}");
}

/// Every chart over time says what happened when.
#[test]
fn every_chart_over_time_has_the_marks_of_its_variant() {
    let (compared, observed) = (sample::compare(), sample::observed());
    let all = |results| pictures(results).into_iter().map(move |one| (one, results));
    let mut seen = 0;
    for (picture, results) in all(&compared).chain(all(&observed)) {
        let is_over_time = match picture.kind {
            Kind::Outcome
            | Kind::Heat
            | Kind::Servers(_)
            | Kind::Ribbon(_)
            | Kind::Density(_)
            | Kind::Growth(_)
            | Kind::Multiples(_)
            | Kind::Observed(_)
            | Kind::Level(_) => true,
            // Lanes have a line for each, with its name.
            Kind::Lanes
            | Kind::Spectrum(_)
            | Kind::Forest
            | Kind::Waterfall(..)
            | Kind::Funnel(_)
            | Kind::Phase
            | Kind::Topology
            | Kind::Profiles
            | Kind::Ladder
            | Kind::Frontier
            | Kind::Swept(_)
            | Kind::Scalability
            | Kind::Tip
            | Kind::Causes
            | Kind::Behind
            | Kind::Combined(..)
            | Kind::Tornado
            | Kind::Dots => false,
        };
        if !is_over_time {
            continue;
        }
        seen += 1;
        let words = words_of(&picture.scene(results, Size::Wide));
        let has = |wanted: &str| words.iter().any(|(text, _)| text.contains(wanted));
        assert!(has("room doors opens"), "{} has no key", picture.name);
        let letters = words.iter().filter(|(text, _)| text.starts_with("A"));
        assert!(letters.count() > 1, "{} has no letters", picture.name);
    }
    assert!(seen > 10);
}

/// How full it was while it was full stands beside the row, not only the mean of all the time.
#[test]
fn a_full_row_has_the_figure_of_its_spell() {
    let mut results = sample::run();
    let variant = results.variants.get_mut("baseline").expect("it ran");
    let mut found = variant.bottlenecks[0].clone();
    found.place = "login".to_owned();
    found.held = Some(crate::results::Estimate {
        estimate: Some(0.987),
        ..crate::results::Estimate::default()
    });
    variant.bottlenecks = vec![found];
    let all = pictures(&results);
    let picture = all
        .iter()
        .find(|one| one.kind == Kind::Heat)
        .expect("it is drawn");
    let words = words_of(&picture.scene(&results, Size::Wide));
    assert!(
        words.iter().any(|(text, _)| text.ends_with("when full")),
        "{words:?}"
    );
}
