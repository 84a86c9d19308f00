//! The wall: a small picture for each variant of what became of its users over time, and below it
//! when the place that broke was full.
//!
//! One idea: all pictures have the same axes, so the difference is seen before anything is read.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use crate::report::chart::outcome::{layers, most_users};
use crate::report::chart::thin::{UNSEEN, thinned};
use crate::report::{reading, words};
use crate::results::{Results, Timeline, Variant, key};

/// Size of a small picture, in units of its own.
const HEIGHT: f64 = 112.0;
/// Its width where several stand in a row, and alone.
const WIDTHS: (f64, f64) = (176.0, 1_100.0);
/// Height of the strip below it.
const STRIP: f64 = 9.0;
/// So many in a row have no room for a label and a figure side by side.
const MANY: usize = 6;
/// Most pictures in a row.
const IN_A_ROW: usize = 8;

/// What all pictures share.
struct Wall<'a> {
    results: &'a Results,
    width: f64,
    users: f64,
    ends: (f64, f64),
    place: Option<&'a str>,
}

/// The wall, if anybody came.
pub(super) fn wall(results: &Results) -> Markup {
    let Some(wall) = Wall::of(results) else {
        return html! {};
    };
    let count = reading::variants(results).count();
    let columns = count.div_ceil(count.div_ceil(IN_A_ROW));
    html! {
        div.wall.many[columns >= MANY] role="group" aria-label=(words::WALL)
            style=(format!("--columns:{columns}")) {
            @for (name, variant) in reading::variants(results) { (wall.one(name, variant)) }
        }
        (wall.key())
    }
}

impl<'a> Wall<'a> {
    fn of(results: &'a Results) -> Option<Wall<'a>> {
        let all = || reading::variants(results).map(|(_, v)| &v.timeline);
        let users = all().map(most_users).fold(0.0, f64::max);
        if users <= 0.0 {
            return None;
        }
        let ends = all().filter(|t| t.n > 0).map(ends);
        let ends = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        let base = reading::baseline(results)?;
        let cause = reading::cause(base).map(|cause| cause.place.as_str());
        let is_shown = |place: &&str| base.timeline.series.contains_key(&key::held(place));
        let first = results.model.services.first().map(String::as_str);
        Some(Wall {
            results,
            width: if results.order.len() > 1 {
                WIDTHS.0
            } else {
                WIDTHS.1
            },
            users,
            ends,
            place: cause.filter(is_shown).or(first.filter(is_shown)),
        })
    }

    fn x(&self, at: f64) -> f64 {
        (at - self.ends.0) / (self.ends.1 - self.ends.0) * self.width
    }

    fn one(&self, name: &str, variant: &Variant) -> Markup {
        let label = words::variant_label(self.results, name);
        let served = words::served_share(variant);
        let said = format!("{label}: {served} {}", words::outcome_word("served"));
        let clock = format!("0 0 1 1 {} {}", self.ends.0, self.ends.1);
        html! {
            figure.small data-variant=(name) {
                figcaption { span { (label) } b { (served) } }
                div.pane tabindex="0" role="group" aria-label=(said)
                    data-clocks=(clock) data-rows=(rows(self.place, name, variant)) {
                    svg viewBox=(format!("0 0 {} {HEIGHT}", self.width)) role="img"
                        preserveAspectRatio="none" {
                        title { (label) }
                        desc { (said) }
                        (PreEscaped(self.areas(variant)))
                    }
                }
                @if let Some(place) = self.place {
                    svg.strip viewBox=(format!("0 0 {} {STRIP}", self.width)) aria-hidden="true"
                        preserveAspectRatio="none" { (PreEscaped(self.strip(variant, place))) }
                }
            }
        }
    }

    /// Who is served, who is still there, who is gone; one on top of the other.
    fn areas(&self, variant: &Variant) -> String {
        let timeline = &variant.timeline;
        let mut base = vec![0.0; timeline.n as usize];
        let mut drawn = String::new();
        for class in CLASSES {
            let mut top = base.clone();
            for layer in layers(variant).iter().filter(|l| class_of(l.name) == class) {
                for (sum, users) in top.iter_mut().zip(&layer.users) {
                    *sum += users;
                }
            }
            if top != base {
                let upper = self.edge(timeline, &top);
                let lower = self.edge(timeline, &base).into_iter().rev();
                let outline: Vec<(f64, f64)> = upper.into_iter().chain(lower).collect();
                write!(drawn, "<polygon class=\"{class}\" points=\"").expect("text grows");
                for (x, y) in outline {
                    write!(drawn, "{x:.1},{y:.1} ").expect("text grows");
                }
                drawn.push_str("\"/>");
            }
            base = top;
        }
        if self.ends.0 < 0.0 && self.ends.1 > 0.0 {
            let x = self.x(0.0);
            write!(drawn, "<path class=\"zero\" d=\"M{x:.1} 0V{HEIGHT}\"/>").expect("text grows");
        }
        drawn
    }

    fn edge(&self, timeline: &Timeline, users: &[f64]) -> Vec<(f64, f64)> {
        let y = |users: f64| HEIGHT - users / self.users * HEIGHT;
        let start = (self.x(timeline.start_s), HEIGHT);
        let bins = users.iter().enumerate();
        let points = bins.map(|(bin, users)| {
            let end = timeline.start_s + timeline.bin_s * (bin + 1) as f64;
            (self.x(end), y(*users))
        });
        thinned(
            &[start].into_iter().chain(points).collect::<Vec<_>>(),
            UNSEEN,
        )
    }

    /// When its workers were in use, from half of them on.
    fn strip(&self, variant: &Variant, place: &str) -> String {
        let timeline = &variant.timeline;
        let Some(series) = timeline.series.get(&key::held(place)) else {
            return String::new();
        };
        let shade = |held: &Option<f64>| (held.unwrap_or(0.0).clamp(0.0, 1.0) * 10.0).round() as u8;
        let shades: Vec<u8> = series.mean.iter().map(shade).collect();
        let mut drawn = String::new();
        let mut first = 0;
        while first < shades.len() {
            let same = shades[first..].iter().take_while(|s| **s == shades[first]);
            let end = first + same.count();
            let at = |bin: usize| self.x(timeline.start_s + timeline.bin_s * bin as f64);
            if shades[first] >= 5 {
                let opacity = f64::from(shades[first]) * 0.2 - 1.0;
                write!(
                    drawn,
                    "<rect x=\"{:.1}\" width=\"{:.1}\" height=\"{STRIP}\" opacity=\"{:.1}\"/>",
                    at(first),
                    at(end) - at(first),
                    opacity.max(0.1)
                )
                .expect("text grows");
            }
            first = end;
        }
        drawn
    }

    fn key(&self) -> Markup {
        let all: Vec<&Variant> = reading::variants(self.results).map(|(_, v)| v).collect();
        let is_met = |class: &str| {
            let mut layers = all.iter().flat_map(|v| layers(v));
            layers.any(|layer| class_of(layer.name) == class)
        };
        let strip = self.place.map(|place| words::in_use(self.results, place));
        html! {
            p.key aria-hidden="true" {
                @for class in CLASSES.into_iter().filter(|class| is_met(class)) {
                    span { i class=(class) {} (word_of(class)) }
                }
                @if let Some(text) = strip { span { i.full {} (text) } }
                @if self.ends.0 < 0.0 { span { i.zero {} (words::zero(self.results)) } }
            }
        }
    }
}

/// Start and end of a timeline.
fn ends(timeline: &Timeline) -> (f64, f64) {
    let from = timeline.start_s;
    (from, from + timeline.bin_s * f64::from(timeline.n))
}

/// The layers from the bottom up.
const CLASSES: [&str; 4] = ["served", "sold", "inside", "lost"];

/// The layer that an outcome belongs to.
fn class_of(outcome: &str) -> &'static str {
    match outcome {
        "served" => "served",
        "sold_out" => "sold",
        "inside" => "inside",
        _ => "lost",
    }
}

fn word_of(class: &str) -> String {
    match class {
        "sold" => words::outcome_word("sold_out"),
        "lost" => words::LOST.to_owned(),
        other => words::layer_name(other),
    }
}

/// What a cursor over a picture reads.
fn rows(place: Option<&str>, name: &str, variant: &Variant) -> String {
    let layers = layers(variant);
    let counted = layers.iter().filter(|layer| layer.name != "inside");
    let mut all: Vec<(String, String)> = counted
        .map(|layer| (words::outcome_word(layer.name), key::count(layer.name)))
        .collect();
    all.extend(place.map(|place| (words::WORKERS_HELD.to_owned(), key::held(place))));
    super::set::rows(name, all)
}
