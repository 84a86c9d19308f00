//! Metrics of services, pools, rooms and stocks, and what they read.

use super::probes::{DB, SECONDS, SHOP, at, check, count, during, launch, over, quotient};
use super::probes::{sample, worst};
use crate::base::time::{Span, Time};
use crate::observation::{
    Among, Comparison, Period, PoolCounter, PoolLevel, Probe, RecoveryFigure, RoomCounter,
    RoomLevel, ServiceCounter, ServiceLevel, ServiceSample, Statistic, StockCounter, Term, View,
    Worst,
};

#[test]
fn parts_of_a_service() {
    let l = launch(&[]).layout;
    let level = |service, what| l.service_level(service, what);
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
    ]);
}

#[test]
fn levels_of_a_service() {
    let l = launch(&[]).layout;
    let level = |service, what| l.service_level(service, what);
    let queue = level(DB, ServiceLevel::Queue);
    check(&[
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
    ]);
}

#[test]
fn counts_and_times_of_a_service() {
    let l = launch(&[]).layout;
    let of = |service, what| count(l.service(service, what));
    check(&[
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
fn pools_and_rooms() {
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
    ]);
}

#[test]
fn stocks_marks_and_recovery() {
    let l = launch(&[]).layout;
    check(&[
        (
            "count(phones.sold)",
            quotient(&[count(l.stock(0, StockCounter::Sold))], &[]),
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
