//! The document filled from observations made by hand, every figure worked out in a comment.

use std::collections::BTreeMap;

use super::*;
use crate::base::time::{Span, Time};
use crate::model::files::Files;
use crate::model::{self, Checked};
use crate::observation::fullness::{ALL, Doing, Fullness, Instance, Resource, Row, Whole};
use crate::observation::{
    CallCounter, CallSample, Chronicle, FunnelStep, Observation, Outcome, ServiceCounter,
    ServiceLevel, Sketch, UserCounter, Windows,
};
use crate::program::{self, Asked, Program};
use crate::results::BottleneckKind;
use crate::study::strain::things;
use crate::text::Source;

/// A shop of one worker that asks a store of one worker; ten bins of a second.
const MODEL: &str = r#"
[model]
run_for = "10s"

[arrivals.a]
journey = "buy"
rate = "10/s"

[journey.buy]
steps = [ { name = "pay", call = "shop.pay" } ]

[service.shop]
workers = 1
endpoint.pay = [ { call = "store.put" } ]

[service.store]
workers = 1
endpoint.put = [ { cpu = "10ms" } ]
"#;

fn compiled() -> (Checked, Program) {
    let (model, diagnostics) = model::read(Source::new("m.toml", MODEL), Files::new());
    let model = Checked::new(model).unwrap_or_else(|| panic!("{diagnostics:?}"));
    let program = program::compile(&model, &Asked::default());
    (model, program)
}

/// Nothing seen at all.
fn blank(program: &Program, replication: u32) -> Observation {
    let (layout, bins) = (&program.layout, program.clock.bins as usize);
    assert_eq!(bins, 10);
    let nobody = FunnelStep {
        left: vec![0; Outcome::GENERAL.len()],
        ..FunnelStep::default()
    };
    Observation {
        replication,
        ended: Time::ZERO,
        events: 0,
        spent: 0,
        users_max: 0,
        counters: vec![0; layout.counters()],
        happened: vec![0; layout.counters()],
        counter_bins: vec![0; layout.counters() * bins],
        integrals: vec![0.0; layout.levels()],
        maxima: vec![0; layout.levels()],
        level_bins: vec![0.0; layout.levels() * bins],
        tallies: vec![Tally::default(); layout.samples()],
        tally_bins: vec![Vec::new(); layout.samples()],
        heat: vec![Vec::new(); layout.samples()],
        marked: Vec::new(),
        funnel: vec![vec![nobody]],
        sold_out_at: Vec::new(),
        chronicle: Chronicle::default(),
        dried: Vec::new(),
        windows: Windows::default(),
        metrics: vec![None; program.probes.len()],
        wholes: vec![0; program.probes.len()],
        skipped: vec![0; program.probes.len()],
        instants: Vec::new(),
        present_at_cut: 0,
        fullness: Default::default(),
    }
}

/// A launch of `arrived` users, of whom `served` are served and 10 refused, the others left. Every
/// request makes two attempts. Those served take 100 ns each, so that the sketch is exact.
fn launch(program: &Program, replication: u32, (arrived, served): (u64, u64)) -> Observation {
    let layout = &program.layout;
    let mut seen = blank(program, replication);
    let pay = program.names.calls.iter().position(|name| name == "pay");
    let pay = pay.unwrap() as u32;
    let mut set = |id: CounterId, n: u64| {
        seen.counters[id.0 as usize] = n.into();
        seen.happened[id.0 as usize] = n.into();
    };
    let left = arrived - served - 10;
    set(layout.users(UserCounter::Arrived), arrived);
    set(layout.journey(0, UserCounter::Arrived), arrived);
    for (outcome, n) in [
        (Outcome::Served, served),
        (Outcome::Refused, 10),
        (Outcome::Unfinished, left),
    ] {
        set(layout.users_ended(outcome), n);
        set(layout.journey_ended(0, outcome), n);
    }
    for (what, n) in [
        (CallCounter::Started, arrived),
        (CallCounter::Ok, served),
        (CallCounter::Failed, 10),
        (CallCounter::Unfinished, left),
        (CallCounter::Sent, 2 * arrived),
        (CallCounter::AttemptOk, served),
        (CallCounter::AttemptRefused, arrived + 10),
        (CallCounter::AttemptUnfinished, left),
    ] {
        set(layout.call(pay, what), n);
    }
    let mut live = vec![0; 101];
    live[100] = served as u32;
    seen.tallies[layout.call_time(pay, CallSample::Request).0 as usize] = Tally {
        sketch: Sketch::from_live(0, &live),
        count: served,
        sum: u128::from(served) * 100,
        squares: served as f64 * 1e-14,
        max: 100,
    };
    seen.funnel[0][0] = FunnelStep {
        reached: arrived,
        passed: served,
        left: vec![0, 0, 10, 0, 0, left],
    };
    seen
}

/// The variant filled from the observations.
fn filled(model: &Checked, program: &Program, seen: Vec<Observation>) -> Variant {
    let lens = Lens::new(model, program, None);
    let mut metrics = MetricTable::default();
    seen.iter().for_each(|one| metrics.push(lens.row(one)));
    let seen = seen.into_iter().map(|one| lens.look(one, None));
    let seen: Vec<Seen> = seen.collect();
    variant(&Sight {
        lens: &lens,
        metrics: &metrics,
        seen: &seen,
        confidence: 0.95,
        replicas: Replicas::new(seen.len(), 1),
        changes: &BTreeMap::new(),
        of: &[],
    })
}

fn mid(estimate: Option<Estimate>) -> f64 {
    estimate.unwrap().estimate.unwrap()
}

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
        "{found} instead of {expected}"
    );
}

/// 100 come and 80 are served; 200 come and 40 are served: shares 0.8 and 0.2, so 0.5 (not the
/// 120 ÷ 300 = 0.4 of all put together). Their half width is 12.706 × 0.42426 ÷ √2 = 3.81: the
/// interval of a share is cut to 0 … 1. Means: 150 came, 60 served, 10 refused, 80 left.
#[test]
fn ratios_are_formed_within_a_launch() {
    let (model, program) = compiled();
    let seen = vec![
        launch(&program, 0, (100, 80)),
        launch(&program, 1, (200, 40)),
    ];
    let found = filled(&model, &program, seen);
    close(mid(found.users.arrived), 150.0);
    close(mid(found.users.outcome.served), 60.0);
    close(mid(found.users.outcome.unfinished), 80.0);
    let share = found.users.share.served.unwrap();
    close(share.estimate.unwrap(), 0.5);
    assert_eq!((share.low, share.high), (Some(0.0), Some(1.0)));
    let pay = &found.requests["pay"];
    close(mid(pay.share_ok), 0.5);
    close(mid(pay.amplification), 2.0);
    close(mid(pay.goodput), 6.0);
    let step = &found.journeys["buy"].steps[0];
    close(mid(step.reached), 150.0);
    close(mid(step.left.refused), 10.0);
    assert_eq!(step.left.served, None);
    assert!(found.checks.conserved);
    close(mid(found.checks.unfinished_share), (0.1 + 0.75) / 2.0);
    close(mid(Some(found.metrics["share(pay.ok)"])), 0.5);
    assert_eq!(found.values["share(pay.ok)"], [Some(0.8), Some(0.2)]);
}

/// Of 100 that started 80 ended ok, all after 100 ns: p50 is 100 ns, p90 never. Of 200 only 40:
/// p50 is never too. So p50 exists in both launches and is never in one; p90 never in both; and
/// p95 of 100 has only five values beyond it, so it exists in the other alone. Pooled 120 of 300
/// ended: p50 is never.
#[test]
fn who_never_got_through_takes_longer_than_any_time() {
    let (model, program) = compiled();
    let seen = vec![
        launch(&program, 0, (100, 80)),
        launch(&program, 1, (200, 40)),
    ];
    let found = filled(&model, &program, seen);
    let pay = &found.requests["pay"];
    let time = pay.time.unwrap();
    let p50 = time.p50.unwrap();
    assert_eq!((p50.n, p50.never, p50.estimate), (2, 1, None));
    assert_eq!(time.p90.unwrap().never, 2);
    assert_eq!((time.p95.unwrap().n, time.p95.unwrap().never), (1, 1));
    let pooled = time.pooled.unwrap().p50.unwrap();
    assert_eq!((pooled.estimate, pooled.observations), (None, 300));
    let ok = pay.ok_time.unwrap();
    close(mid(ok.mean) * 1e9, 100.0);
    close(mid(ok.p50) * 1e9, 100.0);
    assert!(mid(ok.sd) < 1e-12);
    let spectrum = &found.spectrum["pay"];
    close(spectrum.served_share, 0.4);
    let at = |q: f64| {
        let index = spectrum.q.iter().position(|known| (known - q).abs() < 1e-9);
        spectrum.s[index.unwrap()]
    };
    close(at(0.4).unwrap() * 1e9, 100.0);
    assert_eq!(at(0.45), None);
}

/// Bins 2 to 5: the store is held all the time and someone waits; the shop is held too, but nine
/// tenths of that it waits for the store. In each of these bins 10 attempts arrive at the store, 4
/// of them originals: retry share 0.6. One a bin is wasted; the 8 wasted in all held a worker for
/// 4 s, so 0.5 s each: 4 × 0.5 s of the 4 s held, 0.5.
fn strained(program: &Program) -> Observation {
    let layout = &program.layout;
    let mut seen = blank(program, 0);
    let (shop, store) = (0, 1);
    for bin in 2..=5 {
        for (service, active) in [(shop, 0.1), (store, 1.0)] {
            for (level, value) in [
                (ServiceLevel::Held, 1.0),
                (ServiceLevel::Workers, 1.0),
                (ServiceLevel::Active, active),
            ] {
                let id = layout.service_level(service, level).0 as usize;
                seen.level_bins[bin * layout.levels() + id] = value;
            }
        }
        for (what, n) in [
            (ServiceCounter::Arrived, 10),
            (ServiceCounter::Original, 4),
            (ServiceCounter::Wasted, 1),
        ] {
            let id = layout.service(store, what).0 as usize;
            seen.counter_bins[bin * layout.counters() + id] = n;
        }
    }
    seen.fullness = brimming(program);
    let total = |what| layout.service(store, what).0 as usize;
    for all in [&mut seen.counters, &mut seen.happened] {
        all[total(ServiceCounter::Wasted)] = 8;
        all[total(ServiceCounter::WastedHeldNs)] = 4_000_000_000;
    }
    seen
}

/// Windows of a second, with the ten bins and ten more: in the third to the sixth shop and store
/// have their one worker in use; it is held 5 ms each time.
fn brimming(program: &Program) -> Fullness {
    let workers = |service| Instance {
        resource: Resource::Workers(service),
        number: 0,
        whole: Whole {
            held_s: 4.0,
            taken: 800,
            asked: 800,
            size: 1,
            ..Whole::default()
        },
    };
    let line = |service| Instance {
        resource: Resource::Line(service),
        number: 0,
        whole: Whole::default(),
    };
    let things = things(program);
    let mut full = Fullness {
        until: Time(0) + Span::from_secs(20),
        width: Span::SECOND,
        windows: 20,
        instances: vec![line(0), workers(0), line(1), workers(1)],
        starts: vec![0],
        things,
        ..Fullness::default()
    };
    for window in 0..20 {
        if (2..=5).contains(&window) {
            full.rows.extend([1, 3].map(|instance| Row {
                instance,
                size: 1,
                brim: 1.0,
                wanted: 0.5,
                held: 1.0,
                taken: 200,
                asked: 200,
                refused: 0,
            }));
            full.doings
                .extend([(0, 0.1), (1, 0.9), (ALL, 1.0)].map(|(at, full)| Doing {
                    window,
                    holder: 0,
                    at,
                    full,
                    rest: 0.0,
                }));
        }
        full.starts.push(full.rows.len() as u32);
    }
    full
}

#[test]
fn a_held_worker_that_waits_is_no_cause() {
    let (model, program) = compiled();
    let seen = vec![strained(&program), blank(&program, 1)];
    let found = filled(&model, &program, seen);
    let [cause, waits] = found.bottlenecks.as_slice() else {
        panic!("{:?}", found.bottlenecks);
    };
    assert_eq!(
        (cause.place.as_str(), cause.kind),
        ("store", BottleneckKind::Cause)
    );
    assert_eq!(
        cause.in_launches.map(|chance| (chance.k, chance.n)),
        Some((1, 2))
    );
    close(mid(cause.from_s), 2.0);
    close(mid(cause.to_s), 6.0);
    close(mid(cause.retry_share), 0.6);
    close(mid(cause.wasted_share), 0.5);
    assert_eq!(cause.effects.len(), 1);
    assert_eq!(cause.effects[0].place, "shop");
    assert!((mid(cause.effects[0].blocked) - 0.9).abs() < 1e-6);
    close(mid(cause.effects[0].held), 1.0);
    assert_eq!(
        (waits.place.as_str(), waits.kind),
        ("shop", BottleneckKind::Waits)
    );
    assert_eq!(waits.waits_for.as_deref(), Some("store"));
    let full: Vec<&str> = found
        .events
        .iter()
        .map(|event| event.what.as_str())
        .collect();
    assert_eq!(full, ["store full", "store no longer full"]);
    let series = &found.timeline.series["mean(store.held)"];
    assert_eq!(
        (series.mean[1], series.mean[2], series.n[2]),
        (None, Some(1.0), 1)
    );
}

/// A user too many breaks conservation, and is seen.
#[test]
fn a_user_too_many_is_seen() {
    let (model, program) = compiled();
    let mut seen = launch(&program, 0, (100, 80));
    let arrived = program.layout.users(UserCounter::Arrived).0 as usize;
    seen.counters[arrived] += 1;
    assert!(!filled(&model, &program, vec![seen]).checks.conserved);
}
