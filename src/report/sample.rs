//! A study made up for tests: a sale whose login is overloaded, and four what-ifs.
//!
//! One idea: the figures come from a small fluid sketch of a queue, so that pictures and sentences
//! agree with each other as those of a real study do.

use std::collections::BTreeMap;

use crate::base::calendar::Calendar;
use crate::results::*;

mod calls;
mod observed;
mod size;
mod uncertain;
pub(crate) mod sweep;

pub(crate) use observed::{calibrated, observed};
pub(crate) use size::sized;
pub(crate) use uncertain::{ranged, uncertain};

const BINS: usize = 154;
const BIN_S: f64 = 30.0;
const START_S: f64 = -120.0;
const N: u32 = 30;
const STARTS: &str = "2014-10-27T15:00:00Z";

/// An estimate around `value` with a relative spread of launches.
pub(crate) fn around(value: f64, spread: f64) -> Estimate {
    let half = value.abs() * spread;
    Estimate {
        estimate: Some(value),
        low: Some(value - 0.36 * half),
        high: Some(value + 0.36 * half),
        n: N,
        of: N,
        p10: Some(value - 1.3 * half),
        p50: Some(value),
        p90: Some(value + 1.3 * half),
        ..Estimate::default()
    }
}

fn e(value: f64) -> Option<Estimate> {
    Some(around(value, 0.012))
}

fn never() -> Option<Estimate> {
    Some(Estimate {
        n: N,
        of: N,
        never: N,
        ..Estimate::default()
    })
}

fn chance(k: u32) -> Option<Probability> {
    let share = f64::from(k) / f64::from(N);
    Some(Probability {
        estimate: share,
        low: (share - 0.11).max(0.0),
        high: (share + 0.11).min(1.0),
        k,
        n: N,
    })
}

/// What a variant of the sketch is like.
#[derive(Clone, Copy)]
struct Sketch {
    /// Logins per second that are possible.
    logins_per_s: f64,
    /// Orders per second that are possible.
    orders_per_s: f64,
    /// Share of arrivals that give up while login is overloaded.
    impatience: f64,
}

/// The sketch run through time: one row a bin.
struct Flow {
    arrived: Vec<f64>,
    served: Vec<f64>,
    abandoned: Vec<f64>,
    refused: Vec<f64>,
    failed: Vec<f64>,
    login_held: Vec<f64>,
    shop_held: Vec<f64>,
    wait_s: Vec<f64>,
    share_ok: Vec<f64>,
}

fn arrivals_per_s(t: f64) -> f64 {
    let rush = |peak: f64, at: f64, width: f64| {
        let z = (t - at) / width;
        peak / (1.0 + z * z)
    };
    rush(70.0, 240.0, 260.0) + rush(16.0, 1700.0, 800.0)
}

fn flow(sketch: Sketch) -> Flow {
    let mut all = Flow {
        arrived: Vec::new(),
        served: Vec::new(),
        abandoned: Vec::new(),
        refused: Vec::new(),
        failed: Vec::new(),
        login_held: Vec::new(),
        shop_held: Vec::new(),
        wait_s: Vec::new(),
        share_ok: Vec::new(),
    };
    let mut queue = 0.0_f64;
    for bin in 0..BINS {
        let t = START_S + BIN_S * bin as f64;
        let arrived = if bin < 150 { arrivals_per_s(t) } else { 0.0 };
        let door = if t >= 0.0 { 1.0 } else { 0.0 };
        let capacity = sketch.logins_per_s.min(sketch.orders_per_s) * door;
        queue += arrived * BIN_S;
        let served = (queue / BIN_S).min(capacity);
        queue -= served * BIN_S;
        let wait = if capacity > 0.0 {
            queue / capacity
        } else {
            120.0
        };
        let leaving = queue / BIN_S * sketch.impatience * (wait / (wait + 200.0));
        let (abandoned, refused, failed) = (leaving * 0.72, leaving * 0.2, leaving * 0.08);
        queue = (queue - leaving * BIN_S).max(0.0);
        let load = served / sketch.logins_per_s;
        let full = if queue > capacity * 4.0 {
            1.0
        } else {
            load.min(0.97)
        };
        all.arrived.push(arrived);
        all.served.push(served);
        all.abandoned.push(abandoned);
        all.refused.push(refused);
        all.failed.push(failed);
        all.login_held.push(if bin < 2 { 0.0 } else { full });
        let shop = (served / sketch.orders_per_s).min(1.0);
        all.shop_held.push(if full >= 1.0 { 0.86 } else { shop });
        all.wait_s.push(0.08 + wait * 0.4);
        all.share_ok
            .push((1.0 - leaving / (served + leaving + 0.01)).clamp(0.0, 1.0));
    }
    all
}

fn series(values: impl Iterator<Item = Option<f64>>, spread: f64) -> Series {
    let mean: Vec<Option<f64>> = values.collect();
    let scaled = |by: f64| mean.iter().map(|v| v.map(|v| v * by)).collect();
    Series {
        p10: scaled(1.0 - spread),
        p90: scaled(1.0 + spread),
        n: mean
            .iter()
            .map(|v| if v.is_some() { N } else { 0 })
            .collect(),
        mean,
    }
}

fn so_far(rates: &[f64]) -> impl Iterator<Item = Option<f64>> + '_ {
    let mut sum = 0.0;
    rates.iter().map(move |rate| {
        sum += rate * BIN_S;
        Some(sum)
    })
}

fn timeline(flow: &Flow) -> Timeline {
    let mut all = BTreeMap::new();
    let outcomes = [
        ("arrived", &flow.arrived),
        ("served", &flow.served),
        ("abandoned", &flow.abandoned),
        ("refused", &flow.refused),
        ("failed", &flow.failed),
    ];
    for (name, rates) in outcomes {
        all.insert(
            key::rate(name),
            series(rates.iter().map(|v| Some(*v)), 0.05),
        );
        all.insert(key::count(name), series(so_far(rates), 0.02));
    }
    for name in ["sold_out", "unfinished"] {
        all.insert(key::count(name), series((0..BINS).map(|_| Some(0.0)), 0.0));
        all.insert(key::rate(name), series((0..BINS).map(|_| Some(0.0)), 0.0));
    }
    let held = [
        ("web", flow.shop_held.iter().map(|v| v * 0.55).collect()),
        ("shop", flow.shop_held.clone()),
        ("login", flow.login_held.clone()),
        (
            "db",
            flow.shop_held.iter().map(|v| v * 0.42).collect::<Vec<_>>(),
        ),
        (
            "mail",
            flow.served.iter().map(|v| (v / 30.0).min(1.0)).collect(),
        ),
    ];
    for (name, values) in held {
        all.insert(
            key::held(name),
            series(values.iter().map(|v| Some(*v)), 0.02),
        );
        let queue = values
            .iter()
            .map(|v| Some(if *v >= 1.0 { 4_000.0 } else { 0.0 }));
        all.insert(key::queue(name), series(queue, 0.1));
    }
    let left = so_far(&flow.served).map(|sold| sold.map(|sold| (60_000.0 - sold).max(0.0)));
    all.insert(key::left("phones"), series(left, 0.05));
    let behind = flow.served.iter().map(|v| Some(v * 4.0));
    all.insert(key::backlog("mail.confirmation"), series(behind, 0.1));
    let pace = (0..BINS).map(|bin| (bin > 5).then_some(4.0));
    all.insert(key::lag("mail.confirmation"), series(pace, 0.1));
    for (form, by) in [("p50", 1.0), ("p95", 3.2), ("p99", 5.1)] {
        let times = flow.wait_s.iter().enumerate();
        let times = times.map(|(bin, v)| {
            (!(4..150).contains(&bin))
                .then_some(())
                .map_or(Some(v * by), |()| None)
        });
        all.insert(key::ok_time(form, "login"), series(times, 0.1));
        let orders = (0..BINS).map(|bin| (bin > 5).then_some(0.31 * by));
        all.insert(key::ok_time(form, "order"), series(orders, 0.1));
    }
    let ok = flow
        .share_ok
        .iter()
        .enumerate()
        .map(|(bin, v)| (bin > 3).then_some(*v));
    all.insert(key::share_ok("login"), series(ok, 0.02));
    all.insert(
        key::share_ok("order"),
        series((0..BINS).map(|b| (b > 5).then_some(1.0)), 0.0),
    );
    Timeline {
        start_s: START_S,
        bin_s: BIN_S,
        n: BINS as u32,
        series: all,
    }
}

fn spectrum(time_s: f64, served: f64) -> Spectrum {
    let q = [
        0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995, 0.9999,
    ];
    let s = q.iter().map(|q: &f64| {
        let tail = 1.0 / (1.0 - q / served * 0.9999).max(1e-4);
        (*q < served).then(|| time_s * (0.3 + 0.9 * tail.sqrt()))
    });
    Spectrum {
        q: q.to_vec(),
        s: s.collect(),
        served_share: served,
    }
}

fn steps(arrived: f64, flow: &Flow) -> Vec<StepFlow> {
    let sum = |v: &[f64]| v.iter().sum::<f64>() * BIN_S;
    let (abandoned, refused, failed) =
        (sum(&flow.abandoned), sum(&flow.refused), sum(&flow.failed));
    let plan = [
        ("shop.home", 0.02, 0.1, 0.0),
        ("doors", 0.1, 0.0, 0.0),
        ("login", 0.8, 0.9, 0.9),
        ("order", 0.08, 0.0, 0.1),
    ];
    let mut left = arrived;
    let mut all = Vec::new();
    for (name, a, r, f) in plan {
        let gone = abandoned * a + refused * r + failed * f;
        all.push(StepFlow {
            name: name.into(),
            reached: e(left),
            passed: e(left - gone),
            left: Outcomes {
                abandoned: e(abandoned * a),
                refused: e(refused * r),
                failed: e(failed * f),
                ..Outcomes::default()
            },
            calls: Vec::new(),
        });
        left -= gone;
    }
    all
}

fn times(p50: f64) -> Times {
    Times {
        count: e(31_000.0),
        mean: e(p50 * 1.3),
        sd: e(p50),
        p50: e(p50),
        p90: e(p50 * 2.4),
        p95: e(p50 * 3.2),
        p99: e(p50 * 5.1),
        ..Times::default()
    }
}

fn station(held: f64, blocked: f64, queue_max: f64) -> Service {
    Service {
        arrived: e(80_000.0 * held),
        held: e(held),
        busy: e(held * (1.0 - blocked)),
        blocked: e(blocked),
        queue: MeanMax {
            mean: e(queue_max / 3.0),
            max: e(queue_max),
        },
        wait: Some(times(queue_max / 280.0)),
        ..Service::default()
    }
}

fn objective(that: &str, limit: f64, value: Option<Estimate>, k: u32) -> Objective {
    let parts: Vec<&str> = that.split(' ').collect();
    Objective {
        label: None,
        needed: Some(29),
        that: that.into(),
        metric: parts[0].into(),
        relation: parts[1].into(),
        limit,
        unit: if that.starts_with("share") {
            Unit::Share
        } else {
            Unit::Seconds
        },
        value,
        never: value.map_or(0, |v| v.never),
        absent: 0,
        chance: chance(k),
        required: 0.9,
        verdict: match k {
            30 => ObjectiveVerdict::Met,
            27..30 => ObjectiveVerdict::Unclear,
            _ => ObjectiveVerdict::Failed,
        },
        settled_by: (27..30).contains(&k).then_some(120),
    }
}

fn variant(sketch: Sketch) -> Variant {
    let flow = flow(sketch);
    let sum = |v: &[f64]| v.iter().sum::<f64>() * BIN_S;
    let arrived = sum(&flow.arrived);
    let part = |v: &[f64]| (e(sum(v)), e(sum(v) / arrived));
    let (served, served_share) = part(&flow.served);
    let (abandoned, abandoned_share) = part(&flow.abandoned);
    let (refused, refused_share) = part(&flow.refused);
    let (failed, failed_share) = part(&flow.failed);
    let left = arrived
        - [&flow.served, &flow.abandoned, &flow.refused, &flow.failed]
            .iter()
            .map(|v| sum(v))
            .sum::<f64>();
    let share = sum(&flow.served) / arrived;
    let wait = flow.wait_s.iter().copied().fold(0.0, f64::max);
    let is_full = sketch.logins_per_s < 20.0;
    let users = Users {
        arrived: e(arrived),
        outcome: Outcomes {
            served,
            abandoned,
            refused,
            failed,
            unfinished: e(left.max(0.0).round()),
            ..Outcomes::default()
        },
        share: Outcomes {
            served: served_share,
            abandoned: abandoned_share,
            refused: refused_share,
            failed: failed_share,
            unfinished: e((left / arrived).max(0.0).round()),
            ..Outcomes::default()
        },
        peak_rate: e(92.4),
    };
    let p95 = if share < 0.95 { never() } else { e(wait * 1.2) };
    let login = Request {
        started: e(arrived * 0.98),
        share_ok: e(share),
        time: None,
        ok_time: Some(times(wait / 3.2)),
        amplification: e(if is_full { 2.71 } else { 1.01 }),
        ..Request::default()
    };
    let order = Request {
        share_ok: e(1.0),
        ok_time: Some(times(0.31)),
        ..Request::default()
    };
    let browse = e(0.212);
    let objectives = vec![
        objective(
            "share(served) >= 95%",
            0.95,
            served_share,
            if share >= 0.95 { 30 } else { 0 },
        ),
        objective(
            "p95(login.time) < 2s",
            2.0,
            p95,
            if share < 0.95 { 0 } else { 28 },
        ),
        objective("p95(order.time) < 2s", 2.0, browse, 30),
    ];
    let metrics = [
        ("share(served)", served_share),
        ("p95(login.time)", p95),
        ("p95(order.time)", browse),
    ];
    let name = |(k, v): (&str, Option<Estimate>)| Some((k.to_owned(), v?));
    Variant {
        users: users.clone(),
        journeys: [(
            "preorder".to_owned(),
            Journey {
                users,
                steps: steps(arrived, &flow),
                ..Journey::default()
            },
        )]
        .into(),
        requests: [("login".to_owned(), login), ("order".to_owned(), order)].into(),
        services: services(is_full),
        bottlenecks: bottlenecks(is_full),
        recovery: Some(recovery(is_full)),
        objectives,
        events: events(is_full),
        moments: moments((!is_full).then_some(3_600.0)),
        metrics: metrics.into_iter().filter_map(name).collect(),
        marks: [(
            "ordered".to_owned(),
            Mark {
                count: served,
                first_s: e(41.0),
                last_s: e(4_210.0),
            },
        )]
        .into(),
        stock: [(
            "phones".to_owned(),
            Stock {
                sold: served,
                sold_out: chance(0),
                sold_out_at_s: None,
                first_sold_out_at_s: None,
            },
        )]
        .into(),
        messages: [(
            "mail.confirmation".to_owned(),
            Message {
                sent: served,
                delivered: served,
                undelivered: e(12.0),
                delay: Some(Percentiles {
                    p50: e(4.1),
                    p99: never(),
                    ..Percentiles::default()
                }),
                backlog: MeanMax {
                    mean: e(31.0),
                    max: e(212.0),
                },
            },
        )]
        .into(),
        rooms: [(
            "doors".to_owned(),
            Room {
                arrived: e(arrived * 0.9),
                admitted: e(arrived * 0.85),
                wait: Some(times(11.0)),
                ..Room::default()
            },
        )]
        .into(),
        values: [("share(served)".to_owned(), vec![Some(share); N as usize])].into(),
        spectrum: [("login".to_owned(), spectrum(wait / 3.0, share))].into(),
        heat: [("login".to_owned(), heat())].into(),
        timeline: timeline(&flow),
        cost: Cost {
            price: None,
            core_hours: None,
            server_hours: e(30.0),
        },
        checks: Checks {
            conserved: true,
            ..Checks::default()
        },
        ..Variant::default()
    }
}

fn services(is_full: bool) -> BTreeMap<String, Service> {
    let held = if is_full { 0.91 } else { 0.34 };
    [
        ("web", station(0.31, 0.7, 0.0)),
        ("shop", station(0.54, 0.48, 12.0)),
        (
            "login",
            station(held, 0.0, if is_full { 8_120.0 } else { 31.0 }),
        ),
        ("db", station(0.22, 0.0, 3.0)),
        ("mail", station(0.18, 0.0, 40.0)),
    ]
    .into_iter()
    .map(|(name, s)| (name.to_owned(), s))
    .collect()
}

fn bottlenecks(is_full: bool) -> Vec<Bottleneck> {
    if !is_full {
        return Vec::new();
    }
    vec![
        Bottleneck {
            place: "login".into(),
            in_launches: chance(30),
            from_s: e(280.0),
            to_s: e(1_880.0),
            retry_share: e(0.41),
            wasted_share: e(0.63),
            effects: vec![Effect {
                place: "shop".into(),
                blocked: e(0.48),
                held: e(0.86),
            }],
            ..Bottleneck::default()
        },
        Bottleneck {
            place: "shop".into(),
            kind: BottleneckKind::Waits,
            in_launches: chance(27),
            from_s: e(310.0),
            to_s: e(1_700.0),
            waits_for: Some("login".into()),
            ..Bottleneck::default()
        },
    ]
}

fn recovery(is_full: bool) -> Recovery {
    let ill = chance(if is_full { 30 } else { 0 });
    Recovery {
        collapsed: ill,
        unhealthy: ill,
        recovered: chance(0).filter(|_| is_full),
        onset_s: e(20.0).filter(|_| is_full),
        symptoms: match is_full {
            true => vec![Symptom {
                step: "login".to_owned(),
                test: SymptomTest::ShareOk,
                in_launches: ill,
                seen: e(0.123),
                usual: e(0.999),
            }],
            false => Vec::new(),
        },
        window_s: 10.0,
        trigger: TriggerKind::Overload,
        trigger_begin_s: Some(-10.0),
        trigger_end_s: Some(600.0),
        ..Recovery::default()
    }
}

fn events(is_full: bool) -> Vec<Event> {
    let event = |what: &str, kind: EventKind, at: f64, k: u32| Event {
        what: what.into(),
        kind,
        at_s: e(at),
        in_launches: chance(k),
        clock: Calendar::read(STARTS).map(|calendar| calendar.label(at)),
    };
    let mut all = vec![
        event("room doors opens", EventKind::Door, 0.0, 30),
        event("action more-servers", EventKind::Action, 30.0, 30),
        event("arrival peak", EventKind::Milestone, 240.0, 30),
        event("operator restarts the balancer", EventKind::Note, 720.0, 30),
    ];
    if is_full {
        all.extend([
            event("login full", EventKind::Saturated, 280.0, 30),
            event("first timeout", EventKind::Milestone, 302.0, 30),
            event("mail slow begins", EventKind::Fault, 900.0, 30),
            event("login no longer full", EventKind::Saturated, 1_880.0, 28),
        ]);
    }
    let at = |event: &Event| event.at_s.and_then(|at| at.p50).unwrap_or(0.0);
    all.sort_by(|a, b| at(a).total_cmp(&at(b)));
    all
}

/// What the sale plans and remarks: doors, an action, a fault, a note, and a stock that runs out.
fn moments(sold_out: Option<f64>) -> Vec<Moment> {
    let moment = |what: &str, kind: EventKind, at_s: f64| Moment {
        what: what.into(),
        kind,
        at_s,
        ..Moment::default()
    };
    let mut all = vec![
        moment("room doors opens", EventKind::Door, 0.0),
        moment("action more-servers", EventKind::Action, 30.0),
        moment("operator restarts the balancer", EventKind::Note, 720.0),
        Moment {
            to_s: Some(1_500.0),
            ..moment("mail-slow: mail five times slower", EventKind::Fault, 900.0)
        },
    ];
    all.extend(sold_out.map(|at| moment("phones sold out", EventKind::SoldOut, at)));
    all
}

fn difference(metric: &str, base: &Variant, other: &Variant) -> Difference {
    let value = |v: &Variant| v.metrics.get(metric).and_then(|e| e.estimate);
    let found = value(base).zip(value(other)).map(|(a, b)| b - a);
    let is_share = metric.starts_with("share");
    let threshold = if is_share {
        0.01
    } else {
        value(base).unwrap_or(1.0) * 0.05
    };
    let half = found.map_or(0.0, |d| d.abs() * 0.06 + threshold * 0.15);
    Difference {
        estimate: found,
        low: found.map(|d| d - half),
        high: found.map(|d| d + half),
        n: if found.is_some() { N } else { 0 },
        of: N,
        confidence: 0.99375,
        family: Family::Headline,
        within: Some(if is_share { 0.01 } else { 0.05 }),
        within_is: Some(if is_share {
            WithinIs::Absolute
        } else {
            WithinIs::Relative
        }),
        threshold: Some(threshold),
        verdict: found.map(|d| match d {
            d if d.abs() + half < threshold => Verdict::Same,
            d if d > half && is_share => Verdict::Better,
            d if d < -half && is_share => Verdict::Worse,
            _ => Verdict::Unclear,
        }),
        correlation: Some(0.93),
        variance_reduction: Some(14.0),
        ..Difference::default()
    }
}

fn attribution(results: &Results) -> Attribution {
    let of = |v: &str| {
        let share = |n: &str| {
            let served = results.variants[n].users.share.served;
            served.and_then(|e| e.estimate).unwrap()
        };
        share(v) - share("baseline")
    };
    let (total, a, b) = (of("both"), of("double-servers"), of("patch-login"));
    let together = total - a - b;
    let part = |alone: f64| AttributionPart {
        share: e(alone + together / 2.0),
        alone: e(alone),
    };
    Attribution {
        verdict: Some(Verdict::Better),
        method: AttributionMethod::Shapley,
        total: e(total),
        interaction: e(together),
        order: vec!["double-servers".into(), "patch-login".into()],
        parts: [
            ("double-servers".to_owned(), part(a)),
            ("patch-login".to_owned(), part(b)),
        ]
        .into(),
        factorial: None,
    }
}

/// Two humps, the slow one smaller.
fn heat() -> Heat {
    Heat {
        row_s: 300.0,
        edges_s: vec![0.05, 0.1, 0.2, 0.4, 0.8, 1.6],
        counts: (0..10)
            .map(|row| vec![900, 90 * row, 3, 40 * row, 7])
            .collect(),
    }
}

fn facts() -> ModelFacts {
    let param =
        |value: f64, written: &str, range: [&str; 2], known: Known, label: &str| ParamFacts {
            value: Some(value),
            written: written.into(),
            low: Some(value / 2.0),
            high: Some(value * 2.0),
            range_written: Some(range.map(str::to_owned)),
            known,
            label: Some(label.into()),
            unit: Some("count".into()),
        };
    ModelFacts {
        variants: vec!["double-servers".into(), "patch-login".into(), "both".into()],
        title: "Phone pre-order: the doors open at 16:00".into(),
        question: Some("Would doubling the servers have saved the sale?".into()),
        file: "launch.toml".into(),
        hash: "9f3c21d07a".into(),
        from_s: START_S,
        to_s: 4_500.0,
        starts: Some(STARTS.into()),
        params: [
            (
                "crowd".to_owned(),
                param(
                    48_210.0,
                    "48_210",
                    ["20_000", "100_000"],
                    Known::Assumed,
                    "People who try to buy",
                ),
            ),
            (
                "login_work".to_owned(),
                param(
                    0.045,
                    "45ms",
                    ["20ms", "90ms"],
                    Known::Measured,
                    "Work of one login",
                ),
            ),
            (
                "stock".to_owned(),
                param(
                    30_000.0,
                    "30_000",
                    ["20_000", "99_000"],
                    Known::Published,
                    "Phones on sale",
                ),
            ),
        ]
        .into(),
        sources: [(
            "fans".to_owned(),
            SourceFacts {
                journey: "preorder".into(),
                form: "crowd".into(),
                expected_users: Some(48_210.0),
            },
        )]
        .into(),
        journeys: [(
            "preorder".to_owned(),
            ["shop.home", "doors", "login", "order"]
                .map(str::to_owned)
                .to_vec(),
        )]
        .into(),
        services: ["web", "shop", "login", "db", "mail"]
            .map(str::to_owned)
            .to_vec(),
        calls: calls::calls(),
        faults: vec![FaultFacts {
            name: "mail-slow".into(),
            from_s: 900.0,
            to_s: Some(1_500.0),
            what: Some("mail five times slower".into()),
        }],
        notes: vec![NoteAt {
            at_s: 720.0,
            text: "operator restarts the balancer".into(),
        }],
        ..ModelFacts::default()
    }
}

/// A run whose model does not say what T+0 is called.
pub(crate) fn undated() -> Results {
    let mut results = run();
    results.model.starts = None;
    for event in results.variants.values_mut().flat_map(|v| &mut v.events) {
        event.clock = None;
    }
    results
}

/// The whole study: a baseline and four variants.
pub(crate) fn compare() -> Results {
    let sketches = [
        (
            "baseline",
            Sketch {
                logins_per_s: 9.0,
                orders_per_s: 30.0,
                impatience: 0.05,
            },
        ),
        (
            "double-servers",
            Sketch {
                logins_per_s: 9.2,
                orders_per_s: 60.0,
                impatience: 0.05,
            },
        ),
        (
            "patch-login",
            Sketch {
                logins_per_s: 90.0,
                orders_per_s: 30.0,
                impatience: 0.05,
            },
        ),
        (
            "both",
            Sketch {
                logins_per_s: 90.0,
                orders_per_s: 60.0,
                impatience: 0.05,
            },
        ),
        (
            "second-sale",
            Sketch {
                logins_per_s: 300.0,
                orders_per_s: 75.0,
                impatience: 0.02,
            },
        ),
    ];
    let mut results = Results {
        schema: SCHEMA.into(),
        onrush: "0.1.0".into(),
        command: "compare".into(),
        complete: true,
        model: facts(),
        seed: 42,
        replications: N,
        confidence: 0.95,
        paired: true,
        family: Some(FamilyOf {
            headline: ["share(served)", "p95(login.time)", "p95(order.time)"]
                .map(str::to_owned)
                .to_vec(),
            m: 12,
            confidence_each: 0.99583,
        }),
        precision: Precision {
            sketch_relative: 0.005,
            bin_s: BIN_S,
        },
        order: sketches
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        ..Results::default()
    };
    let unit = |unit, better| Measure { unit, better };
    results.measures = [
        (
            "share(served)".to_owned(),
            unit(Unit::Share, Better::Higher),
        ),
        (
            "p95(login.time)".to_owned(),
            unit(Unit::Seconds, Better::Lower),
        ),
        (
            "p95(order.time)".to_owned(),
            unit(Unit::Seconds, Better::Lower),
        ),
    ]
    .into();
    for (name, sketch) in sketches {
        results.variants.insert(name.into(), variant(sketch));
    }
    describe_changes(&mut results);
    let base = results.variants["baseline"].clone();
    for name in results.order.iter().skip(1) {
        let other = &results.variants[name];
        let of = |m: &str| (m.to_owned(), difference(m, &base, other));
        let all = ["share(served)", "p95(login.time)", "p95(order.time)"].map(of);
        results.differences.insert(name.clone(), all.into());
    }
    let found = attribution(&results);
    results
        .attribution
        .insert("both".into(), [("share(served)".to_owned(), found)].into());
    results.notes.push(Note {
        code: "N012".into(),
        level: NoteLevel::Warning,
        text: "the horizon ends before everyone has left".into(),
        about: Some("preorder".into()),
    });
    results
}

fn describe_changes(results: &mut Results) {
    let change = |set: &str, was: &str, now: &str| Change {
        set: set.into(),
        was: Some(was.into()),
        now: Some(now.into()),
    };
    let mut set = |variant: &str, path: &str, made: Change| {
        let found = results.variants.get_mut(variant).unwrap();
        found.changes.insert(path.into(), made);
    };
    set(
        "double-servers",
        "service.shop.servers",
        change("x2", "20", "40"),
    );
    set(
        "patch-login",
        "param.login_work",
        change("3ms", "45ms", "3ms"),
    );
    set("both", "service.shop.servers", change("x2", "20", "40"));
    set("both", "param.login_work", change("3ms", "45ms", "3ms"));
    set(
        "second-sale",
        "service.login.servers",
        change("x4", "10", "40"),
    );
    let both = results.variants.get_mut("both").unwrap();
    both.of = vec!["double-servers".into(), "patch-login".into()];
}

/// A run of the baseline alone.
pub(crate) fn run() -> Results {
    let mut results = compare();
    results.command = "run".into();
    results.order.truncate(1);
    results.variants.retain(|name, _| name == "baseline");
    results.differences.clear();
    results.attribution.clear();
    results.family = None;
    results
}

/// A document in which nothing was finished.
pub(crate) fn nothing() -> Results {
    Results {
        schema: SCHEMA.into(),
        ..Results::default()
    }
}
