//! The servers of a service one by one against time, where one of them stands out: how much of each
//! bin all workers of each were taken.

use super::frame::{Heading, LABEL, Size, TICK};
use super::heat::{self, Across};
use super::ink::Ink;
use super::marks::{self, Marks};
use super::outcome::time_scale;
use super::scene::{Anchor, Area, Scene, width_of};
use crate::report::words;
use crate::results::{Odd, Variant};

/// The services of which one server stands out, with their lanes.
pub(crate) fn known(variant: &Variant) -> impl Iterator<Item = (&str, &Odd)> {
    let services = variant.services.iter();
    let odd = services.filter_map(|(name, service)| Some((name.as_str(), service.odd.as_ref()?)));
    odd.filter(|(_, odd)| !odd.lanes.is_empty())
}

/// The picture of one service of a variant.
pub(crate) fn draw(
    size: Size,
    heading: &Heading,
    (name, variant, service): (&str, &Variant, &str),
    marks: &Marks<'_>,
) -> Scene {
    let mut frame = marks.frame(size, heading);
    let mut odd = known(variant).filter(|(of, _)| *of == service);
    let Some((_, odd)) = odd.next() else {
        return frame.scene;
    };
    let names = odd.lanes.iter();
    let names = names.map(|lane| width_of(&words::lane(lane), LABEL));
    let body = frame.body.between(names.fold(0.0, f64::max) + 12.0, 14.0);
    let scene = &mut frame.scene;
    heat::legend(
        scene,
        body,
        [
            words::WORKERS_ALL_TAKEN,
            words::LITTLE_OF_IT,
            words::ALL_THE_TIME,
        ],
    );
    let panel = body.within(30.0 + marks.above(), marks.axis_room());
    let height = (panel.h / odd.lanes.len() as f64).min(104.0);
    let panel = Area {
        h: height * odd.lanes.len() as f64,
        ..panel
    };
    let x = time_scale(&variant.timeline, panel);
    let across = Across {
        timeline: &variant.timeline,
        x,
    };
    let font = if height < 14.0 { TICK } else { LABEL };
    for (index, lane) in odd.lanes.iter().enumerate() {
        let strip = Area {
            y: panel.y + height * index as f64 + 0.5,
            h: height - 1.0,
            ..panel
        };
        let full: Vec<Option<f64>> = lane.full.iter().copied().map(Some).collect();
        heat::cells(scene, strip, &full, across);
        let stands_out = lane.server == odd.server && lane.servers == 1;
        let ink = if stands_out { Ink::Text } else { Ink::Muted };
        let at = (panel.x - 8.0, strip.y + strip.h / 2.0);
        scene.words(at, &words::lane(lane), (font, Anchor::Right, ink));
    }
    marks::lines(scene, panel, x, marks.of_variant(name));
    marks::letters(scene, panel, x, marks.of_variant(name));
    marks.time_axis(scene, panel, x);
    frame.scene
}
