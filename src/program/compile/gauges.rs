//! From metrics that are read while a program runs to gauges.
//!
//! One idea: a gauge asks what a probe asks, but of what *ended* in its seconds, for what is under
//! way cannot be known yet; so a share is of those that ended, not of those that started.

use super::figures::{Figure, Figures, Terms};
use super::probes;
use crate::base::time::{Span, Time};
use crate::model::metric::{MessageAspect, Metric, Quantity, Statistic};
use crate::observation::{
    CallCounter, CounterId, Layout, MessageCounter, Outcome, Period, Probe, RoomCounter,
    ServiceCounter, Term, UserCounter,
};
use crate::program::Gauge;

/// The gauge of a metric that was checked to be readable while a program runs.
pub(super) fn gauge(metric: &Metric, figures: &Figures<'_>) -> Gauge {
    let seconds = metric
        .window
        .map_or(0, |window| window.nanos() / Span::SECOND.nanos());
    Gauge {
        probe: probe(metric, figures),
        seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
    }
}

fn probe(metric: &Metric, figures: &Figures<'_>) -> Probe {
    let period = Period::default();
    match figures.of(&metric.quantity) {
        Figure::Level(of) if metric.window.is_none() => Probe::LevelAt { of, at: Time::ZERO },
        Figure::Events { above, below, .. } => {
            let layout = &figures.layout;
            let above = match undelivered(metric, figures) {
                Some(counter) => vec![(1.0, Term::Count(counter))],
                None => above,
            };
            let below = match metric.statistic {
                Statistic::Share => ended(below, layout),
                Statistic::Rate => vec![(1.0, Term::Seconds)],
                _ => Vec::new(),
            };
            Probe::Quotient {
                above,
                below,
                period,
            }
        }
        _ => probes::asked(metric, figures, None),
    }
}

/// Messages that are lost, where a metric counts those that do not arrive: the others are under
/// way.
fn undelivered(metric: &Metric, figures: &Figures<'_>) -> Option<CounterId> {
    match &metric.quantity {
        Quantity::Messages {
            service,
            endpoint,
            aspect: MessageAspect::Undelivered,
        } => {
            let endpoint = figures.index.endpoint(service, endpoint).0;
            Some(
                figures
                    .layout
                    .message(endpoint, MessageCounter::Undelivered),
            )
        }
        _ => None,
    }
}

/// The same things, but those that ended in place of those that started.
fn ended(started: Terms, layout: &Layout) -> Terms {
    let mut terms = Terms::new();
    for (weight, term) in started {
        let Term::Count(counter) = term else {
            terms.push((weight, term));
            continue;
        };
        match endings(counter, layout) {
            Some(all) => terms.extend(all.into_iter().map(|of| (weight, Term::Count(of)))),
            None => terms.push((weight, term)),
        }
    }
    terms
}

/// How things end whose beginning is counted there; none where what is counted takes no time.
fn endings(begun: CounterId, layout: &Layout) -> Option<Vec<CounterId>> {
    let outcomes = || Outcome::all(layout.own_outcomes);
    if begun == layout.users(UserCounter::Arrived) {
        return Some(outcomes().map(|one| layout.users_ended(one)).collect());
    }
    for journey in 0..layout.journeys {
        if begun == layout.journey(journey, UserCounter::Arrived) {
            let of = |one| layout.journey_ended(journey, one);
            return Some(outcomes().map(of).collect());
        }
    }
    for call in 0..layout.calls {
        let of = |what: &[CallCounter]| what.iter().map(|&one| layout.call(call, one)).collect();
        if begun == layout.call(call, CallCounter::Started) {
            return Some(of(&[CallCounter::Ok, CallCounter::Failed]));
        }
        if begun == layout.call(call, CallCounter::Sent) {
            return Some(of(&[
                CallCounter::AttemptOk,
                CallCounter::AttemptRefused,
                CallCounter::AttemptTimedOut,
                CallCounter::AttemptError,
                CallCounter::AttemptCancelled,
            ]));
        }
    }
    for service in 0..layout.services {
        if begun == layout.service(service, ServiceCounter::Accepted) {
            let all = [
                ServiceCounter::Completed,
                ServiceCounter::LeftQueue,
                ServiceCounter::Lost,
                ServiceCounter::Stopped,
            ];
            return Some(all.map(|one| layout.service(service, one)).to_vec());
        }
    }
    for room in 0..layout.rooms {
        if begun == layout.room(room, RoomCounter::Arrived) {
            let all = [
                RoomCounter::Admitted,
                RoomCounter::Refused,
                RoomCounter::Lost,
            ];
            return Some(all.map(|one| layout.room(room, one)).to_vec());
        }
    }
    for endpoint in 0..layout.endpoints {
        if begun == layout.message(endpoint, MessageCounter::Sent) {
            let all = [MessageCounter::Delivered, MessageCounter::Undelivered];
            return Some(all.map(|one| layout.message(endpoint, one)).to_vec());
        }
    }
    None
}
