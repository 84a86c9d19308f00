//! Metrics of users, requests and messages, and what they read.

use super::{LAUNCH, checked};
use crate::base::time::{Span, Time};
use crate::observation::{
    Among, CallCounter, CallSample, Comparison, CounterId, LevelId, MessageCounter, Outcome,
    Period, Probe, SampleId, Statistic, Term, UserCounter, UserLevel, View, Worst,
};
use crate::program::{Asked, Program, compile};

// Positions by name: journeys, services, endpoints, calls of the launch.
const BROWSE: u32 = 0;
const PREORDER: u32 = 1;
pub(super) const DB: u32 = 0;
pub(super) const SHOP: u32 = 2;
const CONFIRMATION: u32 = 3;
const BROWSE_HOME: u32 = 0;
const PREORDER_HOME: u32 = 1;
pub(super) const LOGIN: u32 = 2;
const ORDER: u32 = 4;

pub(super) fn launch(metrics: &[&str]) -> Program {
    let model = checked(LAUNCH);
    let metrics = metrics
        .iter()
        .map(|text| model.metric(text).expect(text))
        .collect();
    compile(
        &model,
        &Asked {
            metrics,
            ..Asked::default()
        },
    )
}

pub(super) fn count(id: CounterId) -> (f64, Term) {
    (1.0, Term::Count(id))
}

fn less(id: CounterId) -> (f64, Term) {
    (-1.0, Term::Count(id))
}

pub(super) fn over(id: LevelId) -> (f64, Term) {
    (1.0, Term::Integral(id))
}

pub(super) const SECONDS: (f64, Term) = (1.0, Term::Seconds);

pub(super) fn quotient(above: &[(f64, Term)], below: &[(f64, Term)]) -> Probe {
    Probe::Quotient {
        above: above.to_vec(),
        below: below.to_vec(),
        period: Period::default(),
    }
}

pub(super) fn sample(of: &[SampleId], among: Among, statistic: Statistic) -> Probe {
    Probe::Sample {
        of: of.to_vec(),
        among,
        statistic,
        period: Period::default(),
    }
}

pub(super) fn during(probe: Probe, when: Period) -> Probe {
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

pub(super) fn at(minutes: i64) -> Time {
    Time::ZERO + Span::MINUTE * minutes
}

pub(super) fn worst(window: i64, is: Worst) -> Period {
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
pub(super) fn check(cases: &[(&str, Probe)]) {
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
fn counts_of_users() {
    let l = launch(&[]).layout;
    let ended = |journey, outcome| count(l.journey_ended(journey, outcome));
    let arrived = |journey| count(l.journey(journey, UserCounter::Arrived));
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
    ]);
}

#[test]
fn times_of_users() {
    let l = launch(&[]).layout;
    let (p95, times) = (Statistic::Percentile(0.95), [l.journey_time(PREORDER)]);
    let everybody = [l.journey_time(BROWSE), l.journey_time(PREORDER)];
    let ok = Statistic::Share(Comparison::Below, f64::INFINITY);
    check(&[
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
fn requests() {
    let l = launch(&[]).layout;
    let call = |call, what| count(l.call(call, what));
    let login = [l.call_time(LOGIN, CallSample::Request)];
    let started = call(LOGIN, CallCounter::Started);
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
    ]);
}

#[test]
fn attempts_and_endpoints() {
    let l = launch(&[]).layout;
    let call = |call, what| count(l.call(call, what));
    let tries = [l.call_time(LOGIN, CallSample::Attempt)];
    let homes = [BROWSE_HOME, PREORDER_HOME].map(|c| l.call_time(c, CallSample::Request));
    let started = call(LOGIN, CallCounter::Started);
    let p99 = Statistic::Percentile(0.99);
    check(&[
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
            quotient(
                &[
                    call(LOGIN, CallCounter::Sent),
                    (-1.0, call(LOGIN, CallCounter::AttemptStopped).1),
                ],
                &[started],
            ),
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
    ]);
}

#[test]
fn messages() {
    let l = launch(&[]).layout;
    let message = |what| l.message(CONFIRMATION, what);
    let p99 = Statistic::Percentile(0.99);
    check(&[
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
