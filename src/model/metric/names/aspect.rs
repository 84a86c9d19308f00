//! What may be asked of each kind of thing: the words of its aspects, the canonical one first.

use crate::model::metric::quantity::{
    MessageAspect, PoolAspect, RecoveryAspect, RequestAspect, RoomAspect, ServiceAspect,
    StockAspect, VisitAspect,
};

pub(super) const VISIT: [(&str, VisitAspect); 5] = [
    ("arrived", VisitAspect::Arrived),
    ("time", VisitAspect::Time),
    ("ok.time", VisitAspect::OkTime),
    ("ok_time", VisitAspect::OkTime),
    ("in_system", VisitAspect::InSystem),
];

pub(super) const REQUEST: [(&str, RequestAspect); 19] = [
    ("", RequestAspect::Started),
    ("started", RequestAspect::Started),
    ("ok", RequestAspect::Ok),
    ("failed", RequestAspect::Failed),
    ("unfinished", RequestAspect::Unfinished),
    ("time", RequestAspect::Time),
    ("ok.time", RequestAspect::OkTime),
    ("ok_time", RequestAspect::OkTime),
    ("amplification", RequestAspect::Amplification),
    ("attempts", RequestAspect::Attempts),
    ("attempts.ok", RequestAspect::AttemptsOk),
    ("attempts.refused", RequestAspect::AttemptsRefused),
    ("attempts.stopped", RequestAspect::AttemptsStopped),
    ("attempts.timed_out", RequestAspect::AttemptsTimedOut),
    ("attempts.error", RequestAspect::AttemptsError),
    ("attempts.cancelled", RequestAspect::AttemptsCancelled),
    ("attempts.unfinished", RequestAspect::AttemptsUnfinished),
    ("attempt_time", RequestAspect::AttemptTime),
    ("attempt_ok_time", RequestAspect::AttemptOkTime),
];

pub(super) const MESSAGE: [(&str, MessageAspect); 5] = [
    ("sent", MessageAspect::Sent),
    ("delivered", MessageAspect::Delivered),
    ("undelivered", MessageAspect::Undelivered),
    ("delay", MessageAspect::Delay),
    ("backlog", MessageAspect::Backlog),
];

pub(super) const SERVICE: [(&str, ServiceAspect); 20] = [
    ("arrived", ServiceAspect::Arrived),
    ("original", ServiceAspect::Original),
    ("accepted", ServiceAspect::Accepted),
    ("completed", ServiceAspect::Completed),
    ("goodput", ServiceAspect::Goodput),
    ("refused", ServiceAspect::Refused),
    ("left_queue", ServiceAspect::LeftQueue),
    ("lost", ServiceAspect::Lost),
    ("wasted", ServiceAspect::Wasted),
    ("amplification", ServiceAspect::Amplification),
    ("queue", ServiceAspect::Queue),
    ("in_system", ServiceAspect::InSystem),
    ("wait", ServiceAspect::Wait),
    ("waited", ServiceAspect::Waited),
    ("time", ServiceAspect::Time),
    ("held", ServiceAspect::Held),
    ("busy", ServiceAspect::Busy),
    ("blocked", ServiceAspect::Blocked),
    ("up", ServiceAspect::Up),
    ("utilisation", ServiceAspect::Utilisation),
];

pub(super) const POOL: [(&str, PoolAspect); 6] = [
    ("wait", PoolAspect::Wait),
    ("waited", PoolAspect::Waited),
    ("refused", PoolAspect::Refused),
    ("held", PoolAspect::Held),
    ("in_use", PoolAspect::InUse),
    ("queue", PoolAspect::Queue),
];

pub(super) const ROOM: [(&str, RoomAspect); 7] = [
    ("arrived", RoomAspect::Arrived),
    ("admitted", RoomAspect::Admitted),
    ("refused", RoomAspect::Refused),
    ("lost", RoomAspect::Lost),
    ("inside", RoomAspect::Inside),
    ("waiting", RoomAspect::Waiting),
    ("wait", RoomAspect::Wait),
];

pub(super) const STOCK: [(&str, StockAspect); 4] = [
    ("sold", StockAspect::Sold),
    ("left", StockAspect::Left),
    ("sold_out_at", StockAspect::SoldOutAt),
    ("first_sold_out_at", StockAspect::FirstSoldOutAt),
];

pub(super) const RECOVERY: [(&str, RecoveryAspect); 4] = [
    ("time", RecoveryAspect::Time),
    ("collapsed", RecoveryAspect::Collapsed),
    ("unhealthy", RecoveryAspect::Unhealthy),
    ("recovered", RecoveryAspect::Recovered),
];

/// The aspect of a word.
pub(super) fn aspect<T: Copy>(aspects: &[(&'static str, T)], written: &str) -> Option<T> {
    aspects
        .iter()
        .find(|(name, _)| *name == written)
        .map(|(_, aspect)| *aspect)
}

/// The canonical word of an aspect: the first that stands for it.
pub(super) fn word<T: Copy + PartialEq>(aspects: &[(&'static str, T)], aspect: T) -> &'static str {
    aspects
        .iter()
        .find(|(_, known)| *known == aspect)
        .map_or("", |(name, _)| *name)
}

/// The words of all aspects.
pub(super) fn words<T>(aspects: &[(&'static str, T)]) -> Vec<&'static str> {
    aspects
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !name.is_empty())
        .collect()
}
