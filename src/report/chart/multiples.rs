//! Which variant: a column for each, with the same axes, so that shapes can be compared at once.
//!
//! One idea: rows are the questions (who got in, where it is full, how long it takes), columns the
//! answers; the scale of a row is the same in every column.

use super::frame::{HEAD, Heading, LABEL, Size, TICK, unit_ticks, upwards, width_of_ticks};
use super::heat::{self, Across};
use super::ink::{Ink, pen_of_outcome};
use super::marks::{self, Mark, Marks, Shown};
use super::outcome::{self, time_scale};
use super::ribbon;
use super::scale::Scale;
use super::scene::{Anchor, Area, Scene, cut, width_of};
use crate::report::{reading, words};
use crate::results::{ModelFacts, Results, Unit, Variant};

/// Between columns, pixels.
const GAP: f64 = 24.0;

/// Most columns of one picture.
pub(crate) const COLUMNS: usize = 5;

/// The variants of each picture: the baseline begins every one.
pub(crate) fn sheets(results: &Results) -> Vec<Vec<&str>> {
    let base = reading::baseline_name(results);
    let others: Vec<&str> = reading::others(results).map(|(name, _)| name).collect();
    others
        .chunks(COLUMNS - 1)
        .map(|part| std::iter::once(base).chain(part.iter().copied()).collect())
        .collect()
}

/// What all columns share.
struct Shared<'a> {
    model: &'a ModelFacts,
    step: Option<&'a str>,
    users: f64,
    span: (f64, f64),
    rows: Vec<&'a str>,
}

/// The picture of some variants.
pub(crate) fn draw(size: Size, heading: &Heading, results: &Results, names: &[&str]) -> Scene {
    let variants: Vec<(&str, &Variant)> = reading::variants(results)
        .filter(|(name, _)| names.contains(name))
        .collect();
    let shared = shared(results, &variants);
    let marks = Marks::of(results, variants.iter().copied());
    let mut frame = marks.frame(size, heading);
    let left = left_room(&shared, frame.body);
    let body = frame.body.between(left, 4.0);
    let scene = &mut frame.scene;
    key(scene, frame.body, &variants);
    let body = body.within(30.0, 0.0);
    let count = variants.len().max(1) as f64;
    let width = (body.w - GAP * (count - 1.0)) / count;
    for (index, (name, variant)) in variants.iter().enumerate() {
        let column = Area {
            x: body.x + (width + GAP) * index as f64,
            w: width,
            ..body
        };
        let label = words::variant_label(results, name);
        title(scene, column, (&label, variant));
        let inner = column.within(54.0 + marks.above(), marks.axis_room() - 2.0);
        let panels = panels(inner, &shared);
        draw_column(scene, panels, (variant, marks.of_variant(name)), &shared);
        let x = time_scale(&variant.timeline, panels.users);
        marks::letters(scene, panels.users, x, marks.of_variant(name));
        if index == 0 {
            left_labels(scene, panels, (&shared, &marks));
        }
        few_times(scene, inner, variant, &marks);
    }
    frame.scene
}

fn shared<'a>(results: &'a Results, variants: &[(&str, &'a Variant)]) -> Shared<'a> {
    let step = reading::focus_steps(results).into_iter().find(|step| {
        variants
            .iter()
            .any(|(_, v)| ribbon::is_known(&v.timeline, step))
    });
    let users = variants
        .iter()
        .map(|(_, v)| outcome::most_users(&v.timeline))
        .fold(0.0, f64::max);
    let spans = variants
        .iter()
        .filter_map(|(_, v)| ribbon::span(&v.timeline, step?));
    let span = spans.fold(None, |found: Option<(f64, f64)>, s| {
        let (least, most) = found.unwrap_or(s);
        Some((least.min(s.0), most.max(s.1)))
    });
    let rows = variants
        .first()
        .map_or(Vec::new(), |(_, v)| heat::rows(&results.model, v));
    Shared {
        model: &results.model,
        step,
        users,
        span: span.unwrap_or((0.01, 1.0)),
        rows: rows.iter().map(|r| r.name).collect(),
    }
}

/// Room for what stands at the left of the first column.
fn left_room(shared: &Shared<'_>, body: Area) -> f64 {
    let rows = shared
        .rows
        .iter()
        .map(|r| width_of(r, TICK))
        .fold(0.0, f64::max);
    let users = width_of_ticks(&unit_ticks(upwards(body, shared.users), Unit::Count));
    let times = unit_ticks(ribbon::log_scale(body, shared.span), Unit::Seconds);
    rows.max(users).max(width_of_ticks(&times)).min(150.0) + 10.0
}

/// The three panels of a column: users, services, times with the share under them.
#[derive(Clone, Copy)]
struct Panels {
    users: Area,
    heat: Area,
    times: Area,
    share: Area,
}

fn panels(column: Area, shared: &Shared<'_>) -> Panels {
    let gap = 26.0;
    let usable = column.h - 2.0 * gap - 22.0;
    let (users, heat, times) = match shared.step {
        Some(_) => (usable * 0.34, usable * 0.3, usable * 0.36),
        None => (usable * 0.5, usable * 0.5, 0.0),
    };
    let part = |y: f64, h: f64| Area { y, h, ..column };
    let users = part(column.y, users);
    let heat = part(users.bottom() + gap, heat);
    let strip = times * 0.2;
    let share = part(column.bottom() - strip, strip);
    let times_top = heat.bottom() + gap;
    let times = part(times_top, share.y - 20.0 - times_top);
    Panels {
        users,
        heat,
        times,
        share,
    }
}

/// The panels of a variant with its marks: over areas, under lines.
fn draw_column(
    scene: &mut Scene,
    panels: Panels,
    (variant, marks): (&Variant, &[Mark<'_>]),
    shared: &Shared<'_>,
) {
    let timeline = &variant.timeline;
    let x = time_scale(timeline, panels.users);
    let y = upwards(panels.users, shared.users);
    grid(scene, panels.users, y, &unit_ticks(y, Unit::Count));
    outcome::stack(scene, variant, (x, y));
    marks::lines(scene, panels.users, x, marks);
    let height = panels.heat.h / shared.rows.len().max(1) as f64;
    for row in heat::rows(shared.model, variant) {
        let Some(index) = shared.rows.iter().position(|name| *name == row.name) else {
            continue;
        };
        let strip = Area {
            y: panels.heat.y + height * index as f64,
            h: (height - 1.0).max(1.0),
            ..panels.heat
        };
        heat::cells(scene, strip, row.held, Across { timeline, x });
    }
    marks::lines(scene, panels.heat, x, marks);
    if let Some(step) = shared.step {
        let y = ribbon::log_scale(panels.times, shared.span);
        grid(scene, panels.times, y, &unit_ticks(y, Unit::Seconds));
        marks::lines(scene, panels.times, x, marks);
        ribbon::bands(scene, timeline, step, (x, y));
        ribbon::share_strip(scene, timeline, step, panels.share);
        marks::lines(scene, panels.share, x, marks);
    }
}

fn grid(scene: &mut Scene, panel: Area, scale: Scale, ticks: &[(f64, String)]) {
    for (value, _) in ticks {
        let y = scale.at(*value);
        scene.line(vec![(panel.x, y), (panel.right(), y)], Ink::Rule, 1.0);
    }
}

/// What the rows measure, and their ticks, at the left of the first column.
fn left_labels(scene: &mut Scene, panels: Panels, of: (&Shared<'_>, &Marks<'_>)) {
    let (shared, marks) = of;
    let muted = |scene: &mut Scene, at: (f64, f64), text: &str| {
        scene.words(at, text, (TICK, Anchor::Right, Ink::Muted));
    };
    let left = panels.users.x - 7.0;
    let y = upwards(panels.users, shared.users);
    for (value, label) in unit_ticks(y, Unit::Count) {
        muted(scene, (left, y.at(value)), &label);
    }
    let height = panels.heat.h / shared.rows.len().max(1) as f64;
    for (index, name) in shared.rows.iter().enumerate().filter(|_| height >= 11.0) {
        let middle = panels.heat.y + height * (index as f64 + 0.5);
        muted(scene, (left, middle), &cut(name, TICK, 140.0));
    }
    let head = |scene: &mut Scene, panel: Area, text: &str| {
        let at = (panel.x, panel.y - 10.0);
        let text = cut(text, TICK, panel.w);
        scene.words(at, &text, (TICK, Anchor::Left, Ink::Text));
    };
    let above = panels.users.within(-marks.above(), 0.0);
    head(scene, above, words::USERS_SO_FAR);
    head(scene, panels.heat, words::WORKERS_HELD);
    if let Some(step) = shared.step {
        let y = ribbon::log_scale(panels.times, shared.span);
        for (value, label) in unit_ticks(y, Unit::Seconds) {
            muted(scene, (left, y.at(value)), &label);
        }
        head(scene, panels.times, &words::time_short(step));
        head(scene, panels.share, words::SHARE_WHO_GOT_IN);
    }
}

/// Name of a column and what it comes to.
fn title(scene: &mut Scene, column: Area, of: (&str, &Variant)) {
    let (name, variant) = of;
    let name = cut(name, HEAD, column.w);
    scene.text((column.x, column.y + 6.0), &name, HEAD);
    let served = words::served_of(variant);
    let served = cut(&served, TICK, column.w);
    scene.words(
        (column.x, column.y + 22.0),
        &served,
        (TICK, Anchor::Left, Ink::Muted),
    );
}

/// Instants under a column at even distances, the same in every column, each in the middle under
/// its tick; with the clock on the wall below them.
fn few_times(scene: &mut Scene, column: Area, variant: &Variant, marks: &Marks<'_>) {
    let x = time_scale(&variant.timeline, column);
    let y = column.bottom() + 12.0;
    let floor = vec![
        (column.x, column.bottom()),
        (column.right(), column.bottom()),
    ];
    scene.line(floor, Ink::Muted, 1.0);
    let mut shown = Shown::default();
    for (value, _) in x.time_ticks(marks.least_apart()) {
        let at = x.at(value);
        let tick = vec![(at, column.bottom()), (at, column.bottom() + 4.0)];
        scene.line(tick, Ink::Muted, 1.0);
        let label = words::short_instant(value);
        let half = width_of(&label, TICK) / 2.0;
        // Beyond its column's end a label would meet the next column's first.
        if at + half > column.right() + 4.0 {
            continue;
        }
        scene.words((at, y), &label, (TICK, Anchor::Middle, Ink::Muted));
        let ends = (column.x - GAP, column.right() + 2.0);
        marks.clock_at(scene, (at, y + 14.0), (value, ends), &mut shown);
    }
}

/// The colours of outcomes and of what is held, in one line above the columns.
fn key(scene: &mut Scene, body: Area, variants: &[(&str, &Variant)]) {
    let mut names: Vec<&str> = Vec::new();
    for (_, variant) in variants {
        for layer in outcome::layers(variant) {
            if !names.contains(&layer.name) {
                names.push(layer.name);
            }
        }
    }
    let mut x = body.x;
    let y = body.y + 10.0;
    for name in names {
        let swatch = Area {
            x,
            y: y - 6.0,
            w: 12.0,
            h: 12.0,
        };
        let alpha = if name == "inside" { 0.35 } else { 0.8 };
        scene.fill_box(swatch, pen_of_outcome(name).ink, alpha);
        let text = words::layer_name(name);
        scene.text((x + 18.0, y), &text, LABEL);
        x += 18.0 + width_of(&text, LABEL) + 18.0;
    }
    let rest = body.between(x - body.x + 22.0, 0.0).within(-2.0, 0.0);
    heat::legend(
        scene,
        rest,
        [words::WORKERS_HELD, words::LITTLE_HELD, words::ALL_HELD],
    );
}

#[cfg(test)]
mod tests {
    use super::super::scene::Shape;
    use crate::report::{chart, sample};

    /// Labels at the edges were pushed inwards, so that no distance was like another.
    #[test]
    fn instants_stand_at_even_distances_and_alike_in_every_column() {
        let results = sample::compare();
        let all = chart::pictures(&results);
        let mut sheets = all.iter().filter(|one| one.name == "variants");
        let scene = sheets
            .next()
            .expect("it compares")
            .scene(&results, chart::Size::Wide);
        let places = |wanted: &str| -> Vec<f64> {
            let all = scene.shapes.iter().filter_map(|shape| match shape {
                Shape::Text { text, at, .. } if text == wanted => Some(at.0),
                _ => None,
            });
            all.collect()
        };
        let columns = places("T+0");
        assert!(columns.len() > 1, "every column begins at T+0");
        let (halves, hours) = (places("+30m"), places("+1h"));
        assert_eq!((halves.len(), hours.len()), (columns.len(), columns.len()));
        for (column, begin) in columns.iter().enumerate() {
            let (half, hour) = (halves[column] - begin, hours[column] - begin);
            assert!((hour - 2.0 * half).abs() < 0.5, "{half} {hour}");
            assert!((half - (halves[0] - columns[0])).abs() < 0.5);
        }
    }
}
