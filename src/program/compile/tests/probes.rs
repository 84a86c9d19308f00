//! Every form of a metric, and what it reads.

use super::{LAUNCH, checked};
use crate::base::time::{Span, Time};
use crate::observation::{
    Among, CallCounter, CallSample, Comparison, CounterId, LevelId, MessageCounter, Outcome,
    Period, PoolCounter, PoolLevel, Probe, RecoveryFigure, RoomCounter, RoomLevel, SampleId,
    ServiceCounter, ServiceLevel, ServiceSample, Statistic, StockCounter, Term, UserCounter,
    UserLevel, View, Worst,
};
use crate::program::{Asked, Judge, Program, compile};

// Positions by name: journeys, services, endpoints, calls of the launch.
const BROWSE: u32 = 0;
const PREORDER: u32 = 1;
const DB: u32 = 0;
const SHOP: u32 = 2;
const CONFIRMATION: u32 = 3;
const BROWSE_HOME: u32 = 0;
const PREORDER_HOME: u32 = 1;
const LOGIN: u32 = 2;
const ORDER: u32 = 4;

fn launch(metrics: &[&str]) -> Program {
    let model = checked(LAUNCH);
    let metrics = metrics
        .iter()
        .map(|text| model.metric(text).expect(text))
        .collect();
    compile(&model, &Asked { metrics, cut: None })
}

fn count(id: CounterId) -> (f64, Term) {
    (1.0, Term::Count(id))
}

fn less(id: CounterId) -> (f64, Term) {
    (-1.0, Term::Count(id))
}

fn over(id: LevelId) -> (f64, Term) {
    (1.0, Term::Integral(id))
}

const SECONDS: (f64, Term) = (1.0, Term::Seconds);

fn quotient(above: &[(f64, Term)], below: &[(f64, Term)]) -> Probe {
    Probe::Quotient {
        above: above.to_vec(),
        below: below.to_vec(),
        period: Period::default(),
    }
}

fn sample(of: &[SampleId], among: Among, statistic: Statistic) -> Probe {
    Probe::Sample {
        of: of.to_vec(),
        among,
        statistic,
        period: Period::default(),
    }
}

fn during(probe: Probe, when: Period) -> Probe {
    match probe {
        Probe::Quotient { above, below, .. } => Probe::Quotient {
            above,
            below,
            period: when,
        },
        Probe::Sample {
            of,
            among,
            statistic,
            ..
        } => Probe::Sample {
            of,
            among,
            statistic,
            period: when,
        },
        Probe::LevelMax { of, .. } => Probe::LevelMax { of, period: when },
        other => other,
    }
}

fn at(minutes: i64) -> Time {
    Time::ZERO + Span::MINUTE * minutes
}

fn worst(window: i64, is: Worst) -> Period {
    let view = View::Worst {
        window: Span::from_secs(window),
        is,
    };
    Period {
        view,
        ..Period::default()
    }
}

/// Each metric alone, beside what it must read.
fn check(cases: &[(&str, Probe)]) {
    let texts: Vec<&str> = cases.iter().map(|(text, _)| *text).collect();
    let program = launch(&texts);
    let model = checked(LAUNCH);
    for (text, expected) in cases {
        let name = model.metric(text).unwrap().to_string();
        let probe = program.names.probes.iter().position(|known| *known == name);
        assert_eq!(&program.probes[probe.expect(text)], expected, "{text}");
    }
}

#[test]
fn users_and_journeys() {
    let l = launch(&[]).layout;
    let ended = |journey, outcome| count(l.journey_ended(journey, outcome));
    let arrived = |journey| count(l.journey(journey, UserCounter::Arrived));
    let (p95, times) = (Statistic::Percentile(0.95), [l.journey_time(PREORDER)]);
    let everybody = [l.journey_time(BROWSE), l.journey_time(PREORDER)];
    let ok = Statistic::Share(Comparison::Below, f64::INFINITY);
    check(&[
        (
            "share(served)",
            quotient(
                &[count(l.users_ended(Outcome::Served))],
                &[count(l.users(UserCounter::Arrived))],
            ),
        ),
        (
            "share(abandoned or refused)",
            quotient(
                &[
                    count(l.users_ended(Outcome::Abandoned)),
                    count(l.users_ended(Outcome::Refused)),
                ],
                &[count(l.users(UserCounter::Arrived))],
            ),
        ),
        (
            "share(preorder.served or preorder.sold_out)",
            quotient(
                &[
                    ended(PREORDER, Outcome::Served),
                    ended(PREORDER, Outcome::SoldOut),
                ],
                &[arrived(PREORDER)],
            ),
        ),
        (
            "share(preorder.served or browse.served)",
            quotient(
                &[
                    ended(BROWSE, Outcome::Served),
                    ended(PREORDER, Outcome::Served),
                ],
                &[arrived(BROWSE), arrived(PREORDER)],
            ),
        ),
        (
            "count(preorder.failed)",
            quotient(&[ended(PREORDER, Outcome::Failed)], &[]),
        ),
        (
            "rate(arrived)",
            quotient(&[count(l.users(UserCounter::Arrived))], &[SECONDS]),
        ),
        ("count(browse.arrived)", quotient(&[arrived(BROWSE)], &[])),
        ("p95(preorder.time)", sample(&times, Among::Started, p95)),
        (
            "mean(preorder.ok.time)",
            sample(&times, Among::Ok, Statistic::Mean),
        ),
        ("p95(users.time)", sample(&everybody, Among::Started, p95)),
        (
            "max(users.in_system)",
            Probe::LevelMax {
                of: l.user_level(UserLevel::Inside),
                period: Period::default(),
            },
        ),
        (
            "mean(preorder.in_system)",
            quotient(&[over(l.journey_inside(PREORDER))], &[SECONDS]),
        ),
        (
            "mean(orbit)",
            quotient(&[over(l.user_level(UserLevel::Orbit))], &[SECONDS]),
        ),
        // In a part of the time, those count who arrived in it.
        (
            "share(served, 60s)",
            during(
                sample(&everybody, Among::Started, ok),
                worst(60, Worst::Smallest),
            ),
        ),
        (
            "share(preorder.served) before 30m",
            during(
                sample(&times, Among::Started, ok),
                Period {
                    until: Some(at(30)),
                    ..Period::default()
                },
            ),
        ),
    ]);
}

#[test]
fn requests_attempts_and_messages() {
    let l = launch(&[]).layout;
    let call = |call, what| count(l.call(call, what));
    let login = [l.call_time(LOGIN, CallSample::Request)];
    let tries = [l.call_time(LOGIN, CallSample::Attempt)];
    let homes = [BROWSE_HOME, PREORDER_HOME].map(|c| l.call_time(c, CallSample::Request));
    let started = call(LOGIN, CallCounter::Started);
    let message = |what| l.message(CONFIRMATION, what);
    let p99 = Statistic::Percentile(0.99);
    let below_2s = Statistic::Share(Comparison::AtMost, 2.0);
    check(&[
        (
            "share(login.ok)",
            quotient(&[call(LOGIN, CallCounter::Ok)], &[started]),
        ),
        (
            "share(login.failed)",
            quotient(&[call(LOGIN, CallCounter::Failed)], &[started]),
        ),
        (
            "share(login.time <= 2s)",
            sample(&login, Among::Started, below_2s),
        ),
        (
            "share(login.ok.time <= 2s)",
            sample(&login, Among::Ok, below_2s),
        ),
        (
            "p99(login.time, 60s)",
            during(
                sample(&login, Among::Started, p99),
                worst(60, Worst::Largest),
            ),
        ),
        (
            "sd(login.ok.time)",
            sample(&login, Among::Ok, Statistic::Deviation),
        ),
        (
            "max(login.ok.time)",
            sample(&login, Among::Ok, Statistic::Max),
        ),
        (
            "p99(login.attempt_time)",
            sample(&tries, Among::Started, p99),
        ),
        ("rate(login)", quotient(&[started], &[SECONDS])),
        (
            "rate(login.attempts)",
            quotient(&[call(LOGIN, CallCounter::Sent)], &[SECONDS]),
        ),
        (
            "share(login.attempts.timed_out)",
            quotient(
                &[call(LOGIN, CallCounter::AttemptTimedOut)],
                &[call(LOGIN, CallCounter::Sent)],
            ),
        ),
        (
            "mean(login.amplification)",
            quotient(&[call(LOGIN, CallCounter::Sent)], &[started]),
        ),
        (
            "rate(shop.order)",
            quotient(&[call(ORDER, CallCounter::Started)], &[SECONDS]),
        ),
        // Two steps ask for it.
        (
            "count(shop.home.failed)",
            quotient(
                &[
                    call(BROWSE_HOME, CallCounter::Failed),
                    call(PREORDER_HOME, CallCounter::Failed),
                ],
                &[],
            ),
        ),
        ("p99(shop.home.time)", sample(&homes, Among::Started, p99)),
        (
            "p99(mail.confirmation.delay)",
            sample(&[l.delay(CONFIRMATION)], Among::Started, p99),
        ),
        (
            "share(mail.confirmation.undelivered)",
            quotient(
                &[
                    count(message(MessageCounter::Sent)),
                    less(message(MessageCounter::Delivered)),
                ],
                &[count(message(MessageCounter::Sent))],
            ),
        ),
        (
            "max(mail.confirmation.backlog)",
            Probe::LevelMax {
                of: l.backlog(CONFIRMATION),
                period: Period::default(),
            },
        ),
    ]);
}

#[test]
fn services() {
    let l = launch(&[]).layout;
    let of = |service, what| count(l.service(service, what));
    let level = |service, what| l.service_level(service, what);
    let queue = level(DB, ServiceLevel::Queue);
    let held = level(SHOP, ServiceLevel::Held);
    check(&[
        (
            "mean(shop.utilisation)",
            quotient(&[over(held)], &[over(level(SHOP, ServiceLevel::Workers))]),
        ),
        (
            "mean(shop.busy)",
            quotient(
                &[over(level(SHOP, ServiceLevel::Busy))],
                &[over(level(SHOP, ServiceLevel::Cores))],
            ),
        ),
        (
            "mean(shop.blocked)",
            quotient(
                &[
                    over(held),
                    (-1.0, Term::Integral(level(SHOP, ServiceLevel::Active))),
                ],
                &[over(held)],
            ),
        ),
        (
            "mean(shop.up)",
            quotient(
                &[over(level(SHOP, ServiceLevel::Up))],
                &[over(level(SHOP, ServiceLevel::Nominal))],
            ),
        ),
        (
            "mean(shop.busy, 60s)",
            during(
                quotient(
                    &[over(level(SHOP, ServiceLevel::Busy))],
                    &[over(level(SHOP, ServiceLevel::Cores))],
                ),
                worst(60, Worst::Largest),
            ),
        ),
        (
            "max(db.queue)",
            Probe::LevelMax {
                of: queue,
                period: Period::default(),
            },
        ),
        (
            "mean(db.queue) between 10m and 20m",
            during(
                quotient(&[over(queue)], &[SECONDS]),
                Period {
                    from: Some(at(10)),
                    until: Some(at(20)),
                    view: View::Whole,
                },
            ),
        ),
        ("total(db.queue)", quotient(&[over(queue)], &[])),
        (
            "at(db.in_system, 8s)",
            Probe::LevelAt {
                of: level(DB, ServiceLevel::InSystem),
                at: Time::ZERO + Span::from_secs(8),
            },
        ),
        (
            "share(db.in_system >= 5)",
            Probe::LevelShare {
                of: level(DB, ServiceLevel::InSystem),
                comparison: Comparison::AtLeast,
                limit: 5.0,
                period: Period::default(),
            },
        ),
        (
            "rate(shop.arrived)",
            quotient(&[of(SHOP, ServiceCounter::Arrived)], &[SECONDS]),
        ),
        (
            "share(shop.refused)",
            quotient(
                &[of(SHOP, ServiceCounter::Refused)],
                &[of(SHOP, ServiceCounter::Arrived)],
            ),
        ),
        (
            "share(shop.wasted)",
            quotient(
                &[of(SHOP, ServiceCounter::Wasted)],
                &[
                    of(SHOP, ServiceCounter::Goodput),
                    of(SHOP, ServiceCounter::Wasted),
                ],
            ),
        ),
        (
            "mean(shop.amplification)",
            quotient(
                &[of(SHOP, ServiceCounter::Arrived)],
                &[of(SHOP, ServiceCounter::Original)],
            ),
        ),
        (
            "rate(shop.goodput, 10s)",
            during(
                quotient(&[of(SHOP, ServiceCounter::Goodput)], &[SECONDS]),
                worst(10, Worst::Smallest),
            ),
        ),
        (
            "share(db.waited)",
            quotient(
                &[of(DB, ServiceCounter::Waited)],
                &[of(DB, ServiceCounter::Accepted)],
            ),
        ),
        (
            "p95(db.wait)",
            sample(
                &[l.service_time(DB, ServiceSample::Wait)],
                Among::Ok,
                Statistic::Percentile(0.95),
            ),
        ),
        (
            "mean(db.time)",
            sample(
                &[l.service_time(DB, ServiceSample::Time)],
                Among::Ok,
                Statistic::Mean,
            ),
        ),
    ]);
}

#[test]
fn what_steps_hold_enter_take_and_pass() {
    let l = launch(&[]).layout;
    check(&[
        (
            "mean(stock_row.held)",
            quotient(
                &[over(l.pool_level(0, PoolLevel::InUse))],
                &[over(l.pool_level(0, PoolLevel::Size))],
            ),
        ),
        (
            "share(pool.stock_row.waited)",
            quotient(
                &[count(l.pool(0, PoolCounter::Waited))],
                &[count(l.pool(0, PoolCounter::Asked))],
            ),
        ),
        (
            "mean(stock_row.wait)",
            sample(&[l.pool_wait(0)], Among::Ok, Statistic::Mean),
        ),
        (
            "share(doors.refused)",
            quotient(
                &[count(l.room(0, RoomCounter::Refused))],
                &[count(l.room(0, RoomCounter::Arrived))],
            ),
        ),
        (
            "max(room.doors.waiting)",
            Probe::LevelMax {
                of: l.room_level(0, RoomLevel::Waiting),
                period: Period::default(),
            },
        ),
        (
            "count(phones.sold)",
            quotient(
                &[
                    count(l.stock(0, StockCounter::Taken)),
                    less(l.stock(0, StockCounter::GivenBack)),
                ],
                &[],
            ),
        ),
        (
            "at(phones.left, 1h)",
            Probe::LevelAt {
                of: l.stock_left(0),
                at: at(60),
            },
        ),
        ("phones.sold_out_at", Probe::SoldOut(0)),
        ("count(ordered)", quotient(&[count(l.mark(0))], &[])),
        ("recovery.time", Probe::Recovery(RecoveryFigure::Time)),
        (
            "recovery.collapsed",
            Probe::Recovery(RecoveryFigure::Collapsed),
        ),
        (
            "recovery.unhealthy",
            Probe::Recovery(RecoveryFigure::Unhealthy),
        ),
        (
            "recovery.recovered",
            Probe::Recovery(RecoveryFigure::Recovered),
        ),
    ]);
}

#[test]
fn an_endpoint_that_nobody_calls_has_counts_but_no_share() {
    let idle = "[service.idle]\nendpoint.task = [ { cpu = \"1ms\" } ]\n";
    let model = checked(&(LAUNCH.to_owned() + idle));
    let metrics = [
        "share(idle.task.ok)",
        "count(idle.task)",
        "p95(idle.task.time)",
    ];
    let metrics = metrics.map(|text| model.metric(text).unwrap()).to_vec();
    let program = compile(&model, &Asked { metrics, cut: None });
    let asked = &program.probes[program.probes.len() - 3..];
    assert_eq!(asked[0], quotient(&[], &[(0.0, Term::Seconds)]));
    assert_eq!(asked[1], quotient(&[], &[]));
    assert_eq!(
        asked[2],
        sample(&[], Among::Started, Statistic::Percentile(0.95))
    );
}

#[test]
fn objectives_come_first_and_look_at_their_own_side() {
    let further = r#"
[[objective]]
that = "p95(login.time, 60s) < 2s except 90s"
[[objective]]
that = "p95(login.time, 60s) > 1ms"
[[objective]]
that = "max(db.queue) < 500 except 5s"
"#;
    let model = checked(&(LAUNCH.to_owned() + further));
    let metrics = vec![
        model.metric("share(served)").unwrap(),
        model.metric("count(ordered)").unwrap(),
    ];
    let program = compile(&model, &Asked { metrics, cut: None });
    let names = &program.names;
    let judges: Vec<Judge> = names.judges.clone();
    let values: Vec<&str> = judges
        .iter()
        .map(|j| names.probes[j.value].as_str())
        .collect();
    let expected = [
        "share(preorder.served or preorder.sold_out)",
        "p95(login.time)",
        "p99(mail.confirmation.delay)",
        "p95(login.time, 1m)",
        "p95(login.time, 1m) > 1ms",
        "max(db.queue)",
    ];
    assert_eq!(values, expected);
    assert_eq!(names.headline, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(names.probes[6], "share(served)");
    assert_eq!(names.probes[7], "count(ordered)");
    let login = sample(
        &[program.layout.call_time(LOGIN, CallSample::Request)],
        Among::Started,
        Statistic::Percentile(0.95),
    );
    assert_eq!(
        program.probes[3],
        during(login.clone(), worst(60, Worst::Largest))
    );
    assert_eq!(
        program.probes[4],
        during(login.clone(), worst(60, Worst::Smallest))
    );
    let breach = |slice: i64, limit: f64| Period {
        view: View::LongestBreach {
            slice: Span::from_secs(slice),
            comparison: Comparison::Below,
            limit,
        },
        ..Period::default()
    };
    assert_eq!(judges[2].breach, None);
    assert_eq!(
        program.probes[judges[3].breach.unwrap()],
        during(login, breach(60, 2.0))
    );
    let queue = program.layout.service_level(DB, ServiceLevel::Queue);
    let mean = quotient(&[over(queue)], &[SECONDS]);
    assert_eq!(
        program.probes[judges[5].breach.unwrap()],
        during(mean, breach(1, 500.0))
    );
}
