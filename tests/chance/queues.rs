//! How services of random models queue, and what they turn away.

use proptest::option::weighted;
use proptest::prelude::*;

use super::model::{Text, span, written};

/// Every order of a queue of a service.
pub(super) const ORDERS: &[&str] = &[
    "fifo",
    "lifo",
    "random",
    "adaptive-lifo",
    "priority",
    "deadline",
    "shortest",
    "shortest-remaining",
    "fair",
];

/// `queue`; where every call is `guarded` by a clock, refusals may be silent.
pub(super) fn queue(guarded: bool) -> Text {
    let lengths = (weighted(0.7, 0..=6u32), written(ORDERS));
    let turns = written(&["user", "class", "key"]);
    let last = weighted(0.2, Just(()));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), last);
    let codel = (any::<bool>(), span(10, 40), span(20, 200));
    let ages = (weighted(0.2, span(20, 400)), weighted(0.2, codel));
    (lengths, turns, flags, ages)
        .prop_map(
            move |((limit, order), by, (preempt, shared, silent, last), (age, codel))| {
                let limit = limit.map_or(String::new(), |n| format!("limit = {n}, "));
                let silent = silent && guarded;
                let last = last.map_or("", |()| ", final = true");
                let age = age.map_or(String::new(), |age| format!(", max_age = \"{age}\""));
                let codel = codel.map_or(String::new(), |(on, target, interval)| {
                    format!(
                        ", codel = {{ on = {on}, target = \"{target}\", \
                         interval = \"{interval}\" }}"
                    )
                });
                format!(
                    "queue = {{ {limit}order = \"{order}\", by = \"{by}\", preempt = {preempt}, \
                     shared = {shared}, silent = {silent}{last}{age}{codel} }}\n"
                )
            },
        )
        .boxed()
}

/// `shed` and `limiter`, which is often switched off.
pub(super) fn limits() -> Text {
    let criticality = written(&["critical", "degraded", "best-effort", "bulk"]);
    let shed = weighted(0.2, (0..=30u32, criticality)).prop_map(|shed| {
        shed.map_or(String::new(), |(share, of)| {
            format!("shed = {{ share = \"{share}%\", criticality = \"{of}\" }}\n")
        })
    });
    let limiter = written(&[
        "kind = \"vegas\", initial = 4, max = 9, smoothing = \"80%\", probe = 5",
        "kind = \"gradient2\", initial = 5, min = 2, max = 9, smoothing = 0.5, long_window = 30, \
         tolerance = 1.2, queue = 2",
        "kind = \"aimd\", initial = 6, min = 2, max = 8, backoff = \"70%\", timeout = \"30ms\"",
        "kind = \"envoy\", min = 2, max = 8, samples = 4, interval = \"200ms\", jitter = \"20%\", \
         buffer = \"50%\", update = \"40ms\"",
        "kind = \"dagor\", delay = \"5ms\", window = \"60ms\", requests = 20, alpha = \"20%\", \
         beta = \"10%\", levels = 6",
        "kind = \"dagor\", delay = \"5ms\", window = \"60ms\", requests = 20, levels = 2, \
         tells = false",
        "kind = \"breakwater\", target = \"10ms\", initial = 5, min = 2, max = 9, alpha = \"1%\", \
         beta = \"40%\", callers = 50, every = \"10ms\"",
        "kind = \"breakwater\", target = \"10ms\", initial = 2, wait = \"30ms\", every = \"20ms\"",
        "kind = \"breakwater\", target = \"10ms\", max = 9, tells = false",
    ]);
    (shed, weighted(0.3, Just(())), limiter)
        .prop_map(|(shed, on, limiter)| {
            let on = on.is_some();
            format!("{shed}limiter = {{ on = {on}, {limiter} }}\n")
        })
        .boxed()
}
