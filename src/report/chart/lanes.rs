//! What happened in which order: a lane for each fault, full resource, broken objective, for
//! retries, servers that are missing, actions, autoscalers and the illness itself, under one clock.
//!
//! One idea: an incident is read from the left to the right and from the cause to the effect, so
//! lanes stand in the order of causes and each in the order of time.

use super::frame::{Heading, LABEL, Size, TICK};
use super::ink::{Ink, Marker};
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scale::Scale;
use super::scene::{Anchor, Area, Clock, Scene, cut, width_of};
use crate::report::words;
use crate::results::{Estimate, EventKind, Timeline, Variant, key};

/// Most lanes of a picture.
const MOST: usize = 14;

/// Most pixels of a lane.
const HIGH: f64 = 84.0;

/// Attempts for each first try that count as retrying.
const RETRYING: f64 = 1.1;

/// Launches, of all, in which an autoscaler decides within a bin that is shown.
const MANY: f64 = 0.3;

/// Below this share of the servers that are wanted, some are missing.
const MISSING: f64 = 0.999;

/// One row of the picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lane {
    /// What it is about.
    pub(crate) what: String,
    /// From when to when, seconds from T+0; the same instant twice for what has no length.
    pub(crate) spans: Vec<(f64, f64)>,
    ink: Ink,
}

impl Lane {
    fn of(what: String, ink: Ink, spans: Vec<(f64, f64)>) -> Option<Lane> {
        (!spans.is_empty()).then_some(Lane { what, spans, ink })
    }
}

/// The lanes of a variant, the causes first.
pub(crate) fn lanes(variant: &Variant) -> Vec<Lane> {
    let timeline = &variant.timeline;
    let end = timeline.start_s + timeline.bin_s * f64::from(timeline.n);
    let mut all: Vec<Lane> = Vec::new();
    for moment in &variant.moments {
        let (ink, until) = match moment.kind {
            EventKind::Fault => (Ink::Brown, moment.to_s.unwrap_or(end)),
            EventKind::Action | EventKind::Door => (Ink::Green, moment.at_s),
            EventKind::SoldOut | EventKind::Dried | EventKind::Note => (Ink::Text, moment.at_s),
            EventKind::Saturated | EventKind::Objective | EventKind::Milestone => continue,
        };
        join(&mut all, moment.what.clone(), ink, (moment.at_s, until));
    }
    if let Some(found) = &variant.recovery
        && let (Some(from), Some(to)) = (found.trigger_begin_s, found.trigger_end_s)
        && !variant
            .moments
            .iter()
            .any(|one| one.kind == EventKind::Fault)
        && to > from
    {
        all.extend(Lane::of(
            words::more_than_capacity(),
            Ink::Brown,
            vec![(from, to)],
        ));
    }
    for one in &variant.bottlenecks {
        let middle = |at: Option<crate::results::Estimate>| at.and_then(|at| at.p50);
        if let (Some(from), Some(to)) = (middle(one.from_s), middle(one.to_s)) {
            join(&mut all, words::full_lane(one), Ink::Blue, (from, to));
        }
    }
    all.extend(effects(variant));
    all.truncate(MOST);
    all
}

/// Another stretch of what may have a lane already: what comes again and again has one.
fn join(all: &mut Vec<Lane>, what: String, ink: Ink, span: (f64, f64)) {
    match all.iter_mut().find(|lane| lane.what == what) {
        Some(lane) => lane.spans.push(span),
        None => all.extend(Lane::of(what, ink, vec![span])),
    }
}

/// What came of it: retries, servers that are missing, broken objectives, requests in trouble.
fn effects(variant: &Variant) -> Vec<Lane> {
    let timeline = &variant.timeline;
    let end = timeline.start_s + timeline.bin_s * f64::from(timeline.n);
    let mut all: Vec<Lane> = Vec::new();
    if let Some(storm) = &variant.storm {
        let spans = above(timeline, &key::amplification(&storm.place), RETRYING);
        all.extend(Lane::of(
            words::retries_lane(&storm.place),
            Ink::Purple,
            spans,
        ));
    }
    for name in variant.mechanisms.keys() {
        let Some(own) = name.strip_prefix("autoscaler.") else {
            continue;
        };
        for (count, does) in [("scaled_up", "orders"), ("scaled_down", "withdraws")] {
            let series = key::rate(&format!("{name}.{count}"));
            let spans = above(timeline, &series, MANY / timeline.bin_s);
            all.extend(Lane::of(words::scaler_lane(own, does), Ink::Green, spans));
        }
    }
    for service in variant.services.keys() {
        let spans = below(timeline, &key::up(service), MISSING);
        all.extend(Lane::of(words::missing_lane(service), Ink::Grey, spans));
    }
    for event in variant
        .events
        .iter()
        .filter(|one| one.kind == EventKind::Objective)
    {
        let at = event.at_s.and_then(Estimate::middle);
        all.extend(at.and_then(|at| Lane::of(event.what.clone(), Ink::Text, vec![(at, at)])));
    }
    if let Some(found) = &variant.recovery
        && let Some(from) = found.onset_s.and_then(|at| at.p50)
    {
        let to = found.over_s.and_then(|at| at.p50).unwrap_or(end);
        all.extend(Lane::of(
            words::UNHEALTHY_LANE.to_owned(),
            Ink::Vermillion,
            vec![(from, to)],
        ));
    }
    all
}

/// Whether there is an incident to draw.
pub(crate) fn is_known(variant: &Variant) -> bool {
    let is_broken = variant.storm.is_some() || !variant.bottlenecks.is_empty();
    is_broken && lanes(variant).len() > 1
}

/// The stretches of bins in which a series is above a value.
fn above(timeline: &Timeline, series: &str, limit: f64) -> Vec<(f64, f64)> {
    stretches(timeline, series, |value| value > limit)
}

fn below(timeline: &Timeline, series: &str, limit: f64) -> Vec<(f64, f64)> {
    stretches(timeline, series, |value| value < limit)
}

fn stretches(timeline: &Timeline, series: &str, is_in: impl Fn(f64) -> bool) -> Vec<(f64, f64)> {
    let Some(series) = timeline.series.get(series) else {
        return Vec::new();
    };
    let mut all: Vec<(f64, f64)> = Vec::new();
    for (bin, value) in series.mean.iter().enumerate() {
        if !value.is_some_and(&is_in) {
            continue;
        }
        let from = timeline.start_s + timeline.bin_s * bin as f64;
        let to = from + timeline.bin_s;
        match all.last_mut() {
            // A single quiet bin does not end it.
            Some(last) if from <= last.1 + 1.5 * timeline.bin_s => last.1 = to,
            _ => all.push((from, to)),
        }
    }
    all
}

/// The picture of a variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    (of, variant): (&str, &Variant),
    marks: &Marks<'_>,
) -> Scene {
    let lanes = lanes(variant);
    let mut frame = marks.frame_without_key(size, heading);
    let most = frame.body.w * 0.36;
    let names: Vec<String> = lanes
        .iter()
        .map(|lane| cut(&lane.what, LABEL, most))
        .collect();
    let times: Vec<String> = lanes.iter().map(|lane| words::spans(&lane.spans)).collect();
    let widest = |texts: &[String], font| {
        let widths = texts.iter().map(|text| width_of(text, font));
        widths.fold(0.0, f64::max)
    };
    let (left, beside) = (widest(&names, LABEL), widest(&times, TICK));
    let body = frame.body.between(left + beside + 36.0, 12.0);
    let body = body.within(8.0, marks.axis_room());
    let height = (body.h / lanes.len().max(1) as f64).min(HIGH);
    let panel = Area {
        h: height * lanes.len() as f64,
        ..body
    };
    let x = time_scale(&variant.timeline, panel);
    let scene = &mut frame.scene;
    // What each line is stands in a lane of its own.
    marks::lines(scene, panel, x, marks.of_variant(of));
    for (index, (lane, (name, times))) in lanes.iter().zip(names.iter().zip(&times)).enumerate() {
        let row = Area {
            y: panel.y + height * index as f64,
            h: height,
            ..panel
        };
        let floor = vec![(row.x, row.bottom()), (row.right(), row.bottom())];
        scene.line(floor, Ink::Rule, 1.0);
        let middle = row.y + row.h / 2.0;
        let at = (row.x - beside - 26.0, middle);
        scene.words(at, name, (LABEL, Anchor::Right, Ink::Text));
        let at = (row.x - beside - 14.0, middle);
        scene.words(at, times, (TICK, Anchor::Left, Ink::Muted));
        draw_lane(scene, lane, (row, x));
    }
    let ends = x.ends();
    scene.clocks.push(Clock { panel, ends });
    marks.time_axis(scene, panel, x);
    frame.scene
}

fn draw_lane(scene: &mut Scene, lane: &Lane, (row, x): (Area, Scale)) {
    let thick = (row.h * 0.55).min(22.0);
    let middle = row.y + row.h / 2.0;
    for (from, to) in &lane.spans {
        let (left, right) = (x.at(*from), x.at(*to));
        if to <= from {
            scene.mark((left, middle), lane.ink, Marker::Diamond);
            continue;
        }
        let bar = Area {
            x: left,
            y: middle - thick / 2.0,
            w: (right - left).max(2.0),
            h: thick,
        };
        scene.fill_box(bar, lane.ink, 0.85);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::results::Moment;

    #[test]
    fn what_comes_again_has_one_lane() {
        let mut results = sample::run();
        let variant = results.variants.get_mut("baseline").expect("it is there");
        let action = |at_s: f64| Moment {
            what: "action more".to_owned(),
            kind: EventKind::Action,
            at_s,
            ..Moment::default()
        };
        variant.moments = vec![action(30.0), action(90.0)];
        let all = lanes(variant);
        let own: Vec<&Lane> = all.iter().filter(|l| l.what == "action more").collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].spans, [(30.0, 30.0), (90.0, 90.0)]);
    }
}
