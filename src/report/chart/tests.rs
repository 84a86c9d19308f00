//! Pictures are whole: every word is on the sheet and covers no other, nothing is blank, and the
//! same study gives the same bytes.

use super::scene::Shape;
use super::*;
use crate::report::sample;

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
    for results in [sample::compare(), sample::run()] {
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
        let reader = png::Decoder::new(bytes.as_slice()).read_info();
        let mut reader = reader.unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
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
