//! Words of the charts of places: who waits, what is left, what is still to be worked off; and how
//! many launches meet what.

use super::{estimate, k_of_n, listed, variant_label};
use crate::report::chart::Place;
use crate::report::number::GAP;
use crate::report::reading;
use crate::results::{Estimate, Probability, Results, Unit, Variant};

/// Caption of the table of calls.
pub const WHO_CALLS: &str = "Who calls whom";

/// Its columns.
pub const CALL_HEAD: [&str; 4] = ["call", "from", "to", "attempts sent"];

/// What a chart of a place counts.
pub fn level_title(place: &Place) -> String {
    let name = place.name();
    match place {
        Place::Service(_) => format!("Waiting at {name}"),
        Place::Pool(_) => format!("Waiting for {name}"),
        Place::Room(_) => format!("Waiting at the door of {name}"),
        Place::Message(_) => format!("Messages to {name} that are not worked off"),
        Place::Stock(_) => format!("Left of {name}"),
    }
}

/// What the panel under it shows; a stock has none.
pub fn lag_title(place: &Place) -> Option<String> {
    match place {
        Place::Service(_) | Place::Pool(_) | Place::Room(_) => {
            Some("How long whoever comes then would wait, at the pace of that moment".to_owned())
        }
        Place::Message(_) => {
            Some("How long the messages would take, at the pace of that moment".to_owned())
        }
        Place::Stock(_) => None,
    }
}

/// Title and takeaway of the chart of a place.
pub(super) fn level_caption(results: &Results, place: &Place) -> (String, String) {
    let name = place.name();
    let title = match place {
        Place::Service(_) => format!("How many wait at {name}, and for how long"),
        Place::Pool(_) => format!("How many wait for {name}, and for how long"),
        Place::Room(_) => format!("Who waits at the door of {name}, and for how long"),
        Place::Message(_) => format!("How far {name} is behind"),
        Place::Stock(_) => format!("What is left of {name}"),
    };
    let (what, unit) = match place {
        Place::Service(_) | Place::Pool(_) => ("Longest queue".to_owned(), Unit::Count),
        Place::Room(_) => (format!("95{GAP}% wait up to"), Unit::Seconds),
        Place::Message(_) => ("Most messages behind".to_owned(), Unit::Count),
        Place::Stock(_) => ("Sold".to_owned(), Unit::Count),
    };
    let all: Vec<(String, String)> = reading::variants(results)
        .filter_map(|(variant, of)| {
            let figure = figure(of, place).filter(|found| found.estimate.is_some());
            let label = variant_label(results, variant);
            Some((label, estimate(Some(&figure?), unit)))
        })
        .collect();
    let told = match &all[..] {
        [] => String::new(),
        [(_, alone)] => format!("{what}: {alone}."),
        several => {
            let several = several
                .iter()
                .map(|(name, figure)| format!("{name} {figure}"));
            format!("{what}: {}.", listed(&several.collect::<Vec<_>>()))
        }
    };
    (title, told)
}

/// What a variant comes to at a place.
fn figure(variant: &Variant, place: &Place) -> Option<Estimate> {
    let name = place.name();
    match place {
        Place::Service(_) => variant.services.get(name)?.queue.max,
        Place::Pool(_) => variant.pools.get(name)?.queue.max,
        Place::Room(_) => variant.rooms.get(name)?.wait?.p95,
        Place::Message(_) => variant.messages.get(name)?.backlog.max,
        Place::Stock(_) => variant.stock.get(name)?.sold,
    }
}

/// Title and takeaway of the dots.
pub(super) fn dots_caption(results: &Results) -> (String, String) {
    let title = "In how many launches is each objective met?".to_owned();
    let many = reading::variants(results)
        .flat_map(|(_, variant)| &variant.objectives)
        .any(|one| one.chance.is_some_and(|chance| chance.n > 20));
    let told = if many {
        "Twenty dots stand for all launches; a full one for those that meet the objective."
    } else {
        "A dot is a launch: a full one meets the objective, a hollow one does not."
    };
    (title, told.to_owned())
}

/// `12 of 30 launches`.
pub fn met_in(chance: Probability) -> String {
    format!("{} launches", k_of_n(Some(&chance)))
}

/// Head of a column of a table of a place: the variant, and what is measured.
pub fn level_head(name: &str, unit: Unit) -> String {
    match unit {
        Unit::Seconds => format!("{name}: time"),
        Unit::Instant | Unit::Share | Unit::PerSecond | Unit::Count | Unit::Ratio => {
            format!("{name}: number")
        }
    }
}

/// A call within the step above, in a table.
pub fn within_step(call: &str) -> String {
    format!("· {call}")
}
