//! Actions on every path that may change while a simulation runs.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;

use super::model::{LAYERS, Text, span, time, written};
use super::queues::ORDERS;

/// A value in quotes.
fn quoted(text: Text) -> Text {
    text.prop_map(|text| format!("\"{text}\"")).boxed()
}

fn count(from: u32, to: u32) -> Text {
    (from..=to).prop_map(|n| n.to_string()).boxed()
}

fn percent(to: u32) -> Text {
    (0..=to).prop_map(|n| format!("\"{n}%\"")).boxed()
}

fn flag() -> Text {
    written(&["true", "false"])
}

fn order() -> Text {
    written(&["\"fifo\"", "\"lifo\"", "\"random\""])
}

/// A path, with `?` for the layer of a service, and what it may be set to.
type Change = (&'static str, Text);

/// What an action may set of those who come, and of what they do.
fn people() -> Vec<Change> {
    let on = written(&["[]", "[ \"served\", \"bored\" ]"]);
    let repeat = written(&["0", "2", "\"geometric(mean=2)\""]);
    vec![
        ("arrivals.trickle.scale", written(&["0.5", "2", "\"x3\""])),
        ("journey.buy.patience", quoted(span(20, 900))),
        ("journey.look.patience.waiting", quoted(span(20, 900))),
        ("journey.look.reload.after", quoted(span(50, 600))),
        ("journey.look.reload.on_error", quoted(span(50, 300))),
        ("journey.look.reload.at_most", count(0, 3)),
        ("journey.look.again.share", percent(100)),
        ("journey.look.again.after", quoted(time(500))),
        ("journey.look.again.at_most", count(0, 3)),
        ("journey.look.again.on", on),
        ("journey.buy.steps.ask.timeout", quoted(span(10, 500))),
        ("journey.buy.steps.ask.deadline", quoted(span(50, 900))),
        (
            "journey.buy.steps.ask.retry",
            written(&["\"calm\"", "\"eager\""]),
        ),
        ("journey.buy.steps.1.think", quoted(span(20, 300))),
        ("journey.buy.steps.fork.choose.1.share", percent(60)),
        ("journey.buy.steps.often.repeat", repeat),
        ("journey.buy.steps.reserve.keep", quoted(span(50, 900))),
    ]
}

/// What an action may set of services; `guarded` as in models.
fn services(guarded: bool) -> Vec<Change> {
    let silent = if guarded { flag() } else { written(&["false"]) };
    let servers = written(&["0", "1", "2", "5", "\"x2\"", "\"+1\""]);
    let balance = written(&[
        "\"random\"",
        "\"least-loaded\"",
        "\"two-choices\"",
        "\"sticky\"",
    ]);
    let criticality = written(&["critical", "degraded", "best-effort", "bulk"]);
    let on_timeout = written(&["\"ignore\"", "\"expire\"", "\"dequeue\"", "\"cancel\""]);
    vec![
        ("service.s?.servers", servers),
        ("service.s?.workers", count(1, 6)),
        ("service.s?.cores", written(&["1", "2", "4", "0.25", "2.5"])),
        ("service.s?.queue.limit", count(0, 4)),
        ("service.s?.queue.order", quoted(written(ORDERS))),
        (
            "service.s?.queue.by",
            quoted(written(&["user", "class", "key"])),
        ),
        ("service.s?.queue.preempt", flag()),
        ("service.s?.queue.max_age", quoted(span(10, 300))),
        ("service.s?.queue.codel.on", flag()),
        ("service.s?.queue.codel.target", quoted(span(10, 50))),
        ("service.s?.queue.codel.interval", quoted(span(10, 200))),
        ("service.s?.shed", percent(30)),
        ("service.s?.shed.share", percent(60)),
        ("service.s?.shed.criticality", quoted(criticality)),
        ("service.s?.limiter.on", flag()),
        ("service.s?.queue.shared", flag()),
        ("service.s?.queue.silent", silent),
        ("service.s?.queue.final", flag()),
        ("service.s?.refuse_cost", quoted(time(15))),
        ("service.s?.health.every", quoted(span(1000, 1400))),
        ("service.s?.health.timeout", quoted(span(10, 90))),
        ("service.s?.health.rise", count(1, 2)),
        ("service.s?.health.fall", count(1, 3)),
        ("service.s?.health.panic", percent(60)),
        ("service.s?.eject.consecutive", count(1, 4)),
        ("service.s?.eject.interval", quoted(span(100, 900))),
        ("service.s?.eject.base", quoted(span(50, 400))),
        ("service.s?.eject.at_most", percent(60)),
        ("service.s?.eject.panic", percent(60)),
        ("service.s?.balance", balance),
        (
            "service.s?.balance.kind",
            written(&["\"hash\"", "\"random\""]),
        ),
        ("service.s?.balance.stale", quoted(span(20, 300))),
        ("service.s?.balance.subset", count(1, 3)),
        ("service.s?.balance.slow_start", quoted(span(100, 900))),
        ("service.s?.balance.weight", written(&["[1, 2]", "[0, 3]"])),
        ("service.s?.connections.handshake", quoted(time(20))),
        ("service.s?.connections.keep", quoted(span(20, 300))),
        ("service.s?.connections.max_age", quoted(span(50, 900))),
        ("service.s?.connections.at_most", count(1, 9)),
        ("service.s?.endpoint.a.on", flag()),
        ("service.s?.endpoint.b.shed", percent(30)),
        ("service.s?.endpoint.b.shed.share", percent(30)),
        (
            "service.s?.endpoint.a.shed.criticality",
            quoted(written(&["bulk"])),
        ),
        ("service.s?.network", quoted(time(20))),
        ("service.s?.on_timeout", on_timeout),
        ("service.s?.slowdown.contention", percent(10)),
        ("service.s?.slowdown.coherency", percent(2)),
        ("service.s?.slowdown.per_waiting", percent(20)),
        ("service.s?.slowdown.at_start", flag()),
        ("service.s?.boot", quoted(time(300))),
        ("service.s?.cold", count(1, 4)),
        ("service.s?.warm_after", quoted(span(0, 400))),
        (
            "service.seeping.memory.base",
            quoted(written(&["0MB", "1GB"])),
        ),
        (
            "service.seeping.memory.limit",
            quoted(written(&["2GB", "5GB"])),
        ),
        (
            "service.seeping.memory.per_request",
            quoted(written(&["0MB", "9MB"])),
        ),
        ("service.seeping.memory.gc.share", percent(60)),
        ("service.seeping.memory.gc.at", percent(90)),
        ("service.dozing.idle.sleep_after", quoted(span(0, 300))),
        ("service.dozing.idle.setup", quoted(time(100))),
        ("service.s?.endpoint.a.steps.1.cpu", quoted(time(90))),
        ("service.s?.endpoint.b.steps.1.wait", quoted(time(90))),
    ]
}

/// What an action may set of the rest.
fn things() -> Vec<Change> {
    let kind = written(&["\"none\"", "\"constant\"", "\"linear\"", "\"exponential\""]);
    let jitter = written(&[
        "\"none\"",
        "\"full\"",
        "\"equal\"",
        "\"exponential\"",
        "\"decorrelated\"",
    ]);
    vec![
        ("param.pace", quoted(span(10, 50))),
        ("pool.rows.size", count(0, 4)),
        ("pool.lines.queue.limit", count(0, 3)),
        ("pool.rows.queue.order", order()),
        ("room.hall.opens", quoted(span(0, 600))),
        ("room.hall.closes", quoted(span(700, 1900))),
        ("room.hall.on", flag()),
        ("cache.things.size", count(1, 40)),
        ("cache.things.ttl", quoted(span(20, 900))),
        ("cache.things.stale", quoted(span(20, 900))),
        ("cache.things.on", flag()),
        ("cache.pages.hit", percent(100)),
        ("room.hall.active", count(0, 6)),
        ("room.hall.admit", written(&["\"5/s\"", "\"30/s\""])),
        ("room.foyer.admit.users", count(1, 5)),
        ("room.foyer.admit.every", quoted(span(20, 300))),
        ("room.foyer.queue.limit", count(0, 9)),
        (
            "room.foyer.queue.order",
            written(&["\"fifo\"", "\"random\""]),
        ),
        ("room.hall.shuffle", flag()),
        ("room.foyer.lost_at_entry", percent(60)),
        ("room.foyer.lost_waiting", quoted(time(400))),
        ("retry.eager.attempts", count(1, 4)),
        ("hedge.quick.on", written(&["true", "false"])),
        ("hedge.quick.after", quoted(span(0, 80))),
        ("hedge.quick.at_most", count(1, 3)),
        ("hedge.quick.budget", quoted(written(&["5%", "50%"]))),
        ("hedge.double.tied", written(&["true", "false"])),
        ("retry.calm.backoff.kind", kind),
        ("retry.calm.backoff.base", quoted(span(20, 150))),
        ("retry.calm.backoff.cap", quoted(span(200, 600))),
        ("retry.calm.backoff.jitter", jitter),
    ]
}

/// What an action may set of guards.
fn guards() -> Vec<Change> {
    vec![
        ("retry.calm.budget.on", flag()),
        ("retry.calm.budget.share", percent(100)),
        ("retry.calm.budget.window", quoted(span(100, 900))),
        ("retry.leaky.budget.ttl", quoted(span(100, 900))),
        ("retry.leaky.budget.min", quoted(written(&["0/s", "5/s"]))),
        ("retry.concurrent.budget.min", count(0, 3)),
        ("retry.tokens.budget.size", count(0, 5)),
        ("retry.tokens.budget.refill", count(0, 2)),
        (
            "retry.tokens.budget.per",
            written(&["\"request\"", "\"success\""]),
        ),
        ("retry.quota.budget.retry", count(1, 9)),
        ("retry.quota.budget.timeout", count(1, 9)),
        ("retry.quota.budget.success", count(0, 2)),
        ("retry.grpc.budget.tokens", count(1, 9)),
        ("retry.grpc.budget.ratio", written(&["0.1", "0.5"])),
        ("breaker.rates.on", flag()),
        (
            "breaker.rates.failure_rate",
            written(&["\"20%\"", "\"90%\""]),
        ),
        ("breaker.rates.slow_rate", written(&["\"20%\"", "\"90%\""])),
        ("breaker.rates.slow", quoted(span(20, 300))),
        ("breaker.rates.min_calls", count(1, 5)),
        ("breaker.rates.open", quoted(span(0, 300))),
        ("breaker.rates.half_open", count(1, 4)),
        ("breaker.row.consecutive", count(1, 4)),
        ("throttle.calm.on", flag()),
        ("throttle.calm.k", written(&["1", "1.5", "3"])),
        ("throttle.calm.window", quoted(span(100, 900))),
        ("limit.all.on", flag()),
        ("limit.all.rate", quoted(written(&["3/s", "90/s"]))),
        ("limit.each.burst", count(1, 9)),
        ("limit.each.over", written(&["\"refuse\"", "\"wait\""])),
    ]
}

/// What an action sets: one path or several.
pub(super) fn changes(guarded: bool) -> Text {
    let all = [people(), services(guarded), things(), guards()].concat();
    let all = all.into_iter().map(|(path, value)| {
        let one = (0..LAYERS, value);
        one.prop_map(move |(layer, value)| (path.replace('?', &layer.to_string()), value))
    });
    let set = vec(Union::new(all), 1..=3).prop_map(|mut set: Vec<(String, String)>| {
        set.sort();
        set.dedup_by(|one, other| one.0 == other.0);
        let entries = set
            .iter()
            .map(|(path, value)| format!("\"{path}\" = {value}"));
        entries.collect::<Vec<_>>().join(", ")
    });
    set.boxed()
}

/// `[action.aN]`, which sets one path or several.
pub(super) fn action(number: usize, guarded: bool) -> Text {
    let set = changes(guarded);
    let on = written(&["", "", "", "on = true\n", "on = false\n"]);
    (span(0, 1800), span(0, 300), set, on)
        .prop_map(move |(at, takes, set, on)| {
            format!(
                "[action.a{number}]\nat = \"{at}\"\ntakes = \"{takes}\"\n{on}set = {{ {set} }}\n"
            )
        })
        .boxed()
}
