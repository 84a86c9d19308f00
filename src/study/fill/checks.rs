//! Laws that a correct simulation cannot break, and how closely they were met.
//!
//! One idea: conservation is exact, so it is yes or no; Little's law (L = λW) and the utilisation
//! law (workers held = those in the system less those waiting) are held against integrals that
//! were taken independently of the single attempts.

use crate::observation::{
    CallCounter, CounterId, Outcome, ServiceCounter, ServiceLevel, UserCounter,
};
use crate::results::Checks;
use crate::study::fill::Sight;
use crate::study::usual::{Reader, share};

/// The checks of a variant.
pub(super) fn checks(sight: &Sight<'_>) -> Checks {
    let layout = &sight.lens.program.layout;
    let largest = |gaps: Vec<Option<f64>>| gaps.into_iter().flatten().reduce(f64::max);
    Checks {
        conserved: sight.each(is_conserved).into_iter().all(|yes| yes),
        little_gap_max: largest(sight.each(little_gap)),
        utilisation_gap_max: largest(sight.each(utilisation_gap)),
        unfinished_share: sight.part(|reader| {
            (
                reader.count(layout.users_ended(Outcome::Unfinished)),
                reader.count(layout.users(UserCounter::Arrived)),
            )
        }),
        present_at_start: sight.each(|reader| reader.seen.present_at_cut).iter().sum(),
    }
}

/// Whether users, requests and attempts of a replication add up exactly.
fn is_conserved(reader: &Reader<'_>) -> bool {
    let layout = &reader.program.layout;
    let n = |id: CounterId| reader.seen.counters[id.0 as usize];
    let all = || Outcome::all(layout.own_outcomes);
    let users = n(layout.users(UserCounter::Arrived))
        == all().map(|o| n(layout.users_ended(o))).sum::<u128>();
    let journeys = (0..layout.journeys).all(|journey| {
        let ended = all().map(|o| n(layout.journey_ended(journey, o)));
        n(layout.journey(journey, UserCounter::Arrived)) == ended.sum::<u128>()
    });
    let messages = &reader.program.names.messages;
    let calls = (0..layout.calls).filter(|&call| !messages[call as usize]);
    let mut calls = calls.map(|call| {
        let of = |what| n(layout.call(call, what));
        let ended = [
            CallCounter::Ok,
            CallCounter::Failed,
            CallCounter::Unfinished,
        ];
        let attempts = [
            CallCounter::AttemptOk,
            CallCounter::AttemptRefused,
            CallCounter::AttemptTimedOut,
            CallCounter::AttemptError,
            CallCounter::AttemptCancelled,
            CallCounter::AttemptUnfinished,
        ];
        of(CallCounter::Started) == ended.into_iter().map(of).sum::<u128>()
            && of(CallCounter::Sent) == attempts.into_iter().map(of).sum::<u128>()
    });
    users && journeys && calls.all(|yes| yes)
}

/// |a − b| as a share of the larger one.
fn gap(a: f64, b: f64) -> Option<f64> {
    share((a - b).abs(), a.abs().max(b.abs()))
}

/// The largest gap between the integral of those in a service and the sum of their times there.
fn little_gap(reader: &Reader<'_>) -> Option<f64> {
    let layout = &reader.program.layout;
    let gaps = (0..layout.services).filter_map(|service| {
        let there = reader.integral(layout.service_level(service, ServiceLevel::InSystem));
        let stayed = reader.count(layout.service(service, ServiceCounter::SojournNs)) / 1e9;
        gap(there, stayed)
    });
    gaps.reduce(f64::max)
}

/// The largest gap between the integral of workers held and that of attempts in service.
fn utilisation_gap(reader: &Reader<'_>) -> Option<f64> {
    let layout = &reader.program.layout;
    let gaps = (0..layout.services).filter_map(|service| {
        let level = |what| reader.integral(layout.service_level(service, what));
        let there = level(ServiceLevel::InSystem);
        let served = there - level(ServiceLevel::Queue);
        share((served - level(ServiceLevel::Held)).abs(), there)
    });
    gaps.reduce(f64::max)
}
