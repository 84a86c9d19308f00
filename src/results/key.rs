//! The keys of `timeline.series` that charts rely on, spelled in one place.
//!
//! One idea: whoever fills a series and whoever draws it call the same function. The spelling is
//! the metric grammar's, normalised. Further series may be there; these always are, for every
//! service, step and outcome of the model.

/// The outcomes of a visit, in the order in which reports list them.
pub const OUTCOMES: [&str; 6] = [
    "served",
    "abandoned",
    "refused",
    "failed",
    "sold_out",
    "unfinished",
];

/// Users who have come so far, or came per second: `count(arrived)`, `rate(arrived)`.
pub const ARRIVED: &str = "arrived";

/// Users in the system, average of the bin.
pub const INSIDE: &str = "mean(users)";

/// Users waiting to retry, average of the bin.
pub const ORBIT: &str = "mean(orbit)";

/// Those of them without an attempt under way, average of the bin.
pub const ORBIT_WAITING: &str = "mean(orbit.waiting)";

/// Attempts that arrive at a service in the bin for each first try among them.
pub fn amplification(service: &str) -> String {
    format!("mean({service}.amplification)")
}

/// Servers that are up, as a share of those that are wanted.
pub fn up(service: &str) -> String {
    format!("mean({service}.up)")
}

/// How many so far, at the end of the bin: an outcome, `arrived`, a mark.
pub fn count(what: &str) -> String {
    format!("count({what})")
}

/// How many in the bin, per second: an outcome, `arrived`, a step, a mark.
pub fn rate(what: &str) -> String {
    format!("rate({what})")
}

/// Share of a service's (or pool's) worker-time held in the bin.
pub fn held(station: &str) -> String {
    format!("mean({station}.held)")
}

/// Share of a service's core-time executing in the bin.
pub fn busy(service: &str) -> String {
    format!("mean({service}.busy)")
}

/// Share of a service's held time blocked in the bin.
pub fn blocked(service: &str) -> String {
    format!("mean({service}.blocked)")
}

/// Those waiting at a service or pool, average of the bin.
pub fn queue(station: &str) -> String {
    format!("mean({station}.queue)")
}

/// How long those waiting at a service, pool or room, or the messages to an endpoint that are not
/// yet worked off, would take at the pace of the bin: their number ÷ those let in or worked off per
/// second; `null` where nobody is.
pub fn lag(place: &str) -> String {
    format!("mean({place}.lag)")
}

/// Users inside a room, average of the bin.
pub fn inside(room: &str) -> String {
    format!("mean({room}.inside)")
}

/// Users waiting for a room, average of the bin.
pub fn waiting(room: &str) -> String {
    format!("mean({room}.waiting)")
}

/// Messages to an endpoint that are sent and not yet worked off, average of the bin.
pub fn backlog(endpoint: &str) -> String {
    format!("mean({endpoint}.backlog)")
}

/// Units left of a stock, average of the bin.
pub fn left(stock: &str) -> String {
    format!("mean({stock}.left)")
}

/// A percentile of the time of requests that started in the bin and ended ok.
/// `percentile` as written: `p50`, `p95`, `p99`.
pub fn ok_time(percentile: &str, step: &str) -> String {
    format!("{percentile}({step}.ok.time)")
}

/// A percentile of the time of all requests that started in the bin; `null` also where it is longer
/// than any time.
pub fn time(percentile: &str, step: &str) -> String {
    format!("{percentile}({step}.time)")
}

/// Share of the requests started in the bin that ended ok.
pub fn share_ok(step: &str) -> String {
    format!("share({step}.ok)")
}
