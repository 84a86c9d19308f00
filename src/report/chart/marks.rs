//! What happened when, on every chart over time: faults as bands, all else as lines, each with a
//! letter that a key under the chart explains; and the time axis with the clock on the wall.
//!
//! One idea: a curve that bends is read beside what was done at that instant, so no chart over time
//! goes without it. Letters stand above the panel, where no data is drawn.

use super::frame::{Frame, HEAD, Heading, MARGIN, Size, TICK, X_AXIS};
use super::ink::Ink;
use super::scale::Scale;
use super::scene::{Anchor, Area, Clock, Scene, cut, filled, width_of};
use crate::base::calendar::Calendar;
use crate::report::words;
use crate::results::{EventKind, Moment, Results, Timeline, Variant};

/// Room for the letters above a panel.
const LETTERS: f64 = 18.0;

/// Height of a line of the key.
const LINE: f64 = 15.0;

/// Most lines of the key.
const LINES: usize = 6;

/// A moment with its place among all that the picture explains.
pub(crate) struct Mark<'a> {
    place: usize,
    moment: &'a Moment,
}

/// What a chart over time marks, and its clock.
pub(crate) struct Marks<'a> {
    /// For each variant of the picture, by name, what is drawn in it.
    by_variant: Vec<(&'a str, Vec<Mark<'a>>)>,
    /// What each letter means.
    key: Vec<String>,
    calendar: Option<Calendar>,
}

impl<'a> Marks<'a> {
    /// The marks of some variants, whose letters mean the same in all of them.
    pub(crate) fn of(
        results: &Results,
        variants: impl Iterator<Item = (&'a str, &'a Variant)>,
    ) -> Marks<'a> {
        let calendar = results.model.starts.as_deref().and_then(Calendar::read);
        let mut known: Vec<(&Moment, bool)> = Vec::new();
        let mut places: Vec<(&'a str, Vec<(usize, &'a Moment)>)> = Vec::new();
        for (name, variant) in variants {
            let mut own: Vec<(usize, &Moment)> = Vec::new();
            for moment in seen(variant) {
                let is_it = |place: usize, other: &Moment| {
                    other.what == moment.what && own.iter().all(|(taken, _)| *taken != place)
                };
                let place = (0..known.len()).find(|place| is_it(*place, known[*place].0));
                let place = place.unwrap_or_else(|| {
                    known.push((moment, true));
                    known.len() - 1
                });
                known[place].1 &= is_at_once(known[place].0, moment);
                own.push((place, moment));
            }
            places.push((name, own));
        }
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_by(|a, b| known[*a].0.at_s.total_cmp(&known[*b].0.at_s));
        let rank = |place: usize| order.iter().position(|p| *p == place).unwrap_or(0);
        let by_variant = places.into_iter().map(|(name, own)| {
            let marks = own.into_iter();
            let marks = marks.map(|(place, moment)| Mark {
                place: rank(place),
                moment,
            });
            (name, marks.collect())
        });
        let key = order.iter().enumerate().map(|(index, place)| {
            let (moment, is_same) = known[*place];
            let text = words::moment(moment, calendar.as_ref().filter(|_| is_same));
            let text = match is_same {
                true => text,
                false => moment.what.clone(),
            };
            format!("{}: {text}", letter(index))
        });
        Marks {
            by_variant: by_variant.collect(),
            key: key.collect(),
            calendar: calendar.clone(),
        }
    }

    /// What each letter means.
    pub(crate) fn key(&self) -> &[String] {
        &self.key
    }

    /// Room above a panel for its letters.
    pub(crate) fn above(&self) -> f64 {
        if self.key.is_empty() { 0.0 } else { LETTERS }
    }

    /// Least distance of the short labels of narrow axes.
    pub(crate) fn least_apart(&self) -> f64 {
        if self.calendar.is_some() { 56.0 } else { 46.0 }
    }

    /// Room for a time axis.
    pub(crate) fn axis_room(&self) -> f64 {
        if self.calendar.is_some() {
            40.0
        } else {
            X_AXIS
        }
    }

    /// A sheet with the key at its bottom. In a page it is taller by what the marks need; a file
    /// keeps its size.
    pub(crate) fn frame(&self, size: Size, heading: &Heading) -> Frame {
        let width = size.pixels().0 - 2.0 * MARGIN;
        let lines = self.lines_of_key(width);
        let height = match lines.len() {
            0 => 0.0,
            count => LINE * count as f64 + 4.0,
        };
        let taller = match size {
            Size::Wide => 0.0,
            Size::Small => (height + self.above() + self.axis_room() - X_AXIS).ceil(),
        };
        let mut frame = Frame::taller(size, heading, taller);
        let top = frame.body.bottom() - height + 4.0 + LINE / 2.0;
        for (index, line) in lines.iter().enumerate() {
            let at = (frame.body.x, top + LINE * index as f64);
            frame.scene.words(at, line, (TICK, Anchor::Left, Ink::Text));
        }
        frame.body = frame.body.within(0.0, height);
        frame
    }

    /// A sheet of a picture that names what happens itself, and so needs no key.
    pub(crate) fn frame_without_key(&self, size: Size, heading: &Heading) -> Frame {
        let taller = match size {
            Size::Wide => 0.0,
            Size::Small => (self.axis_room() - X_AXIS).ceil(),
        };
        Frame::taller(size, heading, taller)
    }

    /// The key set into lines of at most `width` pixels; the last says if there are more.
    fn lines_of_key(&self, width: f64) -> Vec<String> {
        let mut lines = filled_entries(&self.key, width);
        if lines.len() > LINES {
            lines.truncate(LINES);
            let shown = lines.iter().map(|line| line.1).sum::<usize>();
            let last = lines.last_mut().expect("there are some");
            let more = words::more_in_the_timeline(self.key.len() - shown);
            let room = width - width_of(&more, TICK) - 8.0;
            last.0 = format!("{} {more}", cut(&last.0, TICK, room));
        }
        lines.into_iter().map(|line| line.0).collect()
    }

    /// What is drawn in the panels of a variant.
    pub(crate) fn of_variant(&self, name: &str) -> &[Mark<'a>] {
        let found = self.by_variant.iter().find(|(own, _)| *own == name);
        found.map_or(&[], |(_, marks)| marks)
    }

    /// Ticks and labels of a time axis under a panel; below T+ the clock on the wall.
    pub(crate) fn time_axis(&self, scene: &mut Scene, panel: Area, scale: Scale) {
        let floor = vec![(panel.x, panel.bottom()), (panel.right(), panel.bottom())];
        scene.line(floor, Ink::Muted, 1.0);
        let apart = if self.calendar.is_some() { 88.0 } else { 74.0 };
        let ends = (panel.x - 60.0, scene.width - 2.0);
        let mut shown = Shown::default();
        for (value, label) in scale.time_ticks(apart) {
            let x = scale.at(value);
            let half = width_of(&label, TICK) / 2.0;
            if x - half < ends.0 || x + half > ends.1 {
                continue;
            }
            let (top, bottom) = (panel.bottom(), panel.bottom() + 5.0);
            scene.line(vec![(x, top), (x, bottom)], Ink::Muted, 1.0);
            let look = (TICK, Anchor::Middle, Ink::Muted);
            scene.words((x, bottom + 9.0), &label, look);
            self.clock_at(scene, (x, bottom + 23.0), (value, ends), &mut shown);
        }
    }

    /// The clock on the wall under a tick: the time of day, with the date where a new one begins.
    pub(crate) fn clock_at(
        &self,
        scene: &mut Scene,
        at: (f64, f64),
        (value, ends): (f64, (f64, f64)),
        shown: &mut Shown,
    ) {
        let Some(calendar) = &self.calendar else {
            return;
        };
        let date = calendar.date(value);
        let mut text = calendar.time_of_day(value);
        if let Some(short) = text.strip_suffix(":00") {
            text = short.to_owned();
        }
        let before = shown.date.replace(date.clone());
        if before.unwrap_or_else(|| calendar.date(0.0)) != date {
            text = format!("{} {text}", &date[date.len() - 5..]);
        }
        let half = width_of(&text, TICK) / 2.0;
        let is_free = at.0 - half >= shown.free_from.max(ends.0) && at.0 + half <= ends.1;
        if is_free {
            shown.free_from = at.0 + half + 6.0;
            scene.words(at, &text, (TICK, Anchor::Middle, Ink::Muted));
        }
    }
}

/// What stands under an axis so far: the date that was told last, and from where there is room.
#[derive(Default)]
pub(crate) struct Shown {
    date: Option<String>,
    free_from: f64,
}

/// Bands and lines in a panel, which is known as one over time from then on.
pub(crate) fn lines(scene: &mut Scene, panel: Area, x: Scale, marks: &[Mark<'_>]) {
    let ends = x.ends();
    scene.clocks.push(Clock { panel, ends });
    for mark in marks {
        let left = x.at(mark.moment.at_s);
        if mark.moment.kind == EventKind::Fault {
            let until = mark.moment.to_s.unwrap_or(x.ends().1);
            let band = Area {
                x: left,
                w: (x.at(until) - left).max(1.0),
                ..panel
            };
            hatch(scene, band);
        }
        let ends = vec![(left, panel.y), (left, panel.bottom())];
        scene.line(ends, Ink::Muted, 1.0);
    }
}

/// The letters of marks above a panel.
pub(crate) fn letters(scene: &mut Scene, panel: Area, x: Scale, marks: &[Mark<'_>]) {
    let all = marks.iter();
    let all = all.map(|mark| (x.at(mark.moment.at_s), letter(mark.place)));
    write_letters(scene, panel, all.collect());
}

/// The moments of a variant that lie within its bins.
fn seen(variant: &Variant) -> impl Iterator<Item = &Moment> {
    let Timeline {
        start_s, bin_s, n, ..
    } = variant.timeline;
    let end = start_s + bin_s * f64::from(n);
    let moments = variant.moments.iter();
    moments.filter(move |one| one.at_s >= start_s && one.at_s <= end)
}

/// Whether two moments have the same times, to the second.
fn is_at_once(a: &Moment, b: &Moment) -> bool {
    let is_near = |a: f64, b: f64| (a - b).abs() < 0.5;
    let ends = match (a.to_s, b.to_s) {
        (Some(a), Some(b)) => is_near(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    is_near(a.at_s, b.at_s) && ends
}

/// The letter at a place: `A` to `Z`, then `AA`.
fn letter(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    match place / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letter(more - 1)),
    }
}

/// Entries set side by side into lines of at most `width` pixels, with how many end in each line.
fn filled_entries(entries: &[String], width: f64) -> Vec<(String, usize)> {
    const APART: &str = "    ";
    let mut lines: Vec<(String, usize)> = Vec::new();
    for entry in entries {
        if let Some((line, count)) = lines.last_mut() {
            let longer = format!("{line}{APART}{entry}");
            if width_of(&longer, TICK) <= width {
                *line = longer;
                *count += 1;
                continue;
            }
        }
        let parts = filled(entry, TICK, width);
        let last = parts.len().saturating_sub(1);
        let parts = parts.into_iter().enumerate();
        lines.extend(parts.map(|(at, part)| (cut(&part, TICK, width), usize::from(at == last))));
    }
    lines
}

/// Letters above a panel; those that would meet stand together.
fn write_letters(scene: &mut Scene, panel: Area, letters: Vec<(f64, String)>) {
    // Each group: its letters and the sum of their places.
    let mut groups: Vec<(Vec<String>, f64)> = Vec::new();
    let span = |(letters, sum): &(Vec<String>, f64)| {
        let half = width_of(&together(letters), HEAD) / 2.0;
        let middle = sum / letters.len() as f64;
        let middle = middle.clamp(panel.x + half, (panel.right() - half).max(panel.x + half));
        (middle - half, middle + half)
    };
    for (x, letter) in letters {
        groups.push((vec![letter], x));
        while let [.., before, last] = &groups[..] {
            if span(before).1 + 4.0 <= span(last).0 {
                break;
            }
            let (own, sum) = groups.pop().expect("there are two");
            let group = groups.last_mut().expect("there is one before");
            group.0.extend(own);
            group.1 += sum;
        }
    }
    for group in &groups {
        let (left, _) = span(group);
        let look = (HEAD, Anchor::Left, Ink::Text);
        scene.words((left, panel.y - 8.0), &together(&group.0), look);
    }
}

/// `A`, `A B`, or `A–D` for more.
fn together(letters: &[String]) -> String {
    match letters {
        [first, .., last] if letters.len() > 2 => format!("{first}–{last}"),
        _ => letters.join(" "),
    }
}

/// Slanted lines within a band.
fn hatch(scene: &mut Scene, band: Area) {
    const APART: f64 = 9.0;
    let mut start = band.x - band.h;
    while start < band.right() {
        // The line x − start = bottom − y, cut to the band.
        let from = start.max(band.x);
        let to = (start + band.h).min(band.right());
        if from < to {
            let y = |x: f64| band.bottom() - (x - start);
            scene.line(vec![(from, y(from)), (to, y(to))], Ink::Rule, 1.0);
        }
        start += APART;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!(
            [0, 25, 26, 51, 52].map(letter),
            ["A", "Z", "AA", "AZ", "BA"]
        );
    }

    #[test]
    fn letters_that_would_meet_stand_together() {
        let mut scene = Scene::new(400.0, 100.0);
        let panel = Area {
            x: 50.0,
            y: 30.0,
            w: 300.0,
            h: 60.0,
        };
        let at = |x: f64, text: &str| (x, text.to_owned());
        let letters = vec![
            at(50.0, "A"),
            at(200.0, "B"),
            at(203.0, "C"),
            at(350.0, "D"),
        ];
        write_letters(&mut scene, panel, letters);
        let texts: Vec<String> = scene
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                super::super::scene::Shape::Text { text, .. } => Some(text.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["A", "B C", "D"]);
    }
}
