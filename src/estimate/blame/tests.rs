//! Ways by hand: services 0 to 2 (workers 0 to 2, cores 3 to 5), pools 6 and 7, own time 8.

use super::*;
use crate::base::time::{Span, Time};
use crate::observation::fullness::{Doing, Things, Whole};

const WEB: u32 = 0;
const DB: u32 = 1;
const DB_CORES: u32 = 4;
const CONN: u32 = 6;
const LOCK: u32 = 7;
const THINK: u32 = 8;
const WINDOWS: u32 = 40;

/// One instance, at its brim from one window to another, somebody waiting or not.
struct Busy {
    resource: Resource,
    size: u32,
    windows: std::ops::Range<u32>,
    wanted: f32,
    refused: u32,
}

fn busy(resource: Resource, size: u32, windows: std::ops::Range<u32>) -> Busy {
    Busy {
        resource,
        size,
        windows,
        wanted: 1.0,
        refused: 0,
    }
}

/// What the holders of a thing were at from one window to another.
type At<'a> = (u32, std::ops::Range<u32>, &'a [(u32, f32)]);

/// Units of 100 ms each, all in use: `size` × 100 takings in a window of 10 s.
fn seen(all: &[Busy], doings: &[At<'_>]) -> Fullness {
    let mut seen = Fullness {
        from: Time(0),
        until: Time(0) + Span::from_secs(10 * i64::from(WINDOWS)),
        width: Span::from_secs(10),
        windows: WINDOWS,
        starts: vec![0],
        things: Things {
            services: 3,
            pools: 2,
            rooms: 0,
        },
        ..Fullness::default()
    };
    for (number, one) in (0..).zip(all) {
        let windows = f64::from(one.windows.end - one.windows.start);
        seen.instances.push(Instance {
            resource: one.resource,
            number,
            whole: Whole {
                held_s: windows * 10.0 * f64::from(one.size),
                taken: (windows * 100.0) as u64 * u64::from(one.size),
                asked: (windows * 100.0) as u64 * u64::from(one.size),
                size: one.size,
                ..Whole::default()
            },
        });
    }
    for service in 0..3 {
        seen.instances.push(Instance {
            resource: Resource::Line(service),
            number: 0,
            whole: Whole::default(),
        });
    }
    for window in 0..WINDOWS {
        for (instance, one) in (0..).zip(all) {
            if one.windows.contains(&window) {
                seen.rows.push(Row {
                    instance,
                    size: one.size,
                    brim: 1.0,
                    wanted: one.wanted,
                    held: one.size as f32,
                    taken: 100 * one.size,
                    asked: 100 * one.size,
                    refused: one.refused,
                });
            }
        }
        seen.starts.push(seen.rows.len() as u32);
        for (holder, windows, at) in doings {
            if windows.contains(&window) {
                let all = [(ALL, 1.0)];
                seen.doings
                    .extend(at.iter().chain(&all).map(|&(at, full)| Doing {
                        window,
                        holder: *holder,
                        at,
                        full,
                        rest: 0.0,
                    }));
            }
        }
    }
    seen
}

/// Thing, spell in windows, what it waits for, what it is a cause beside.
type Told = (u32, (u32, u32), Vec<u32>, Vec<u32>);

fn told(seen: &Fullness) -> Vec<Told> {
    let window = |s: f64| (s / 10.0).round() as u32;
    findings(seen)
        .into_iter()
        .map(|one| {
            let spell = (window(one.from_s), window(one.to_s));
            (one.thing, spell, one.waits_for, one.together)
        })
        .collect()
}

#[test]
fn a_pool_waits_for_the_cores_behind_it() {
    let all = [
        busy(Resource::Pool(0), 40, 10..20),
        busy(Resource::Cores(1), 1, 10..20),
    ];
    let seen = seen(&all, &[(CONN, 10..20, &[(DB_CORES, 0.97), (WEB, 0.03)])]);
    assert_eq!(
        told(&seen),
        [
            (DB_CORES, (10, 20), vec![], vec![]),
            (CONN, (10, 20), vec![DB_CORES], vec![])
        ]
    );
}

#[test]
fn a_pool_before_something_with_room_is_the_cause() {
    let all = [busy(Resource::Pool(0), 10, 10..20)];
    let found = findings(&seen(&all, &[(CONN, 10..20, &[(DB, 0.98), (CONN, 0.02)])]));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].thing, found[0].waits_for.len()), (CONN, 0));
    let (at, share) = found[0].holders[0];
    assert_eq!((at, (share * 100.0).round()), (DB, 98.0));
    assert!((found[0].each_s.unwrap() - 0.1).abs() < 1e-9);
    assert_eq!((found[0].held, found[0].refused), (Some(1.0), Some(0.0)));
}

/// Forty connections before forty workers at which nobody waits: both. With a worker less, or with
/// forty-one connections, the workers are the cause.
#[test]
fn two_that_are_alike_are_a_cause_together() {
    let alike = |units: u32| {
        let mut workers = busy(Resource::Workers(1), 40, 10..20);
        workers.wanted = 0.0;
        let all = [busy(Resource::Pool(0), units, 10..20), workers];
        told(&seen(&all, &[(CONN, 10..20, &[(DB, 1.0)])]))
    };
    let both = [
        (DB, (10, 20), vec![], vec![CONN]),
        (CONN, (10, 20), vec![], vec![DB]),
    ];
    assert_eq!(alike(40), both);
    let one = [
        (DB, (10, 20), vec![], vec![]),
        (CONN, (10, 20), vec![DB], vec![]),
    ];
    assert_eq!(alike(41), one);
}

/// Web waits for a lock with room for others now and then, whose holder waits for the database.
#[test]
fn a_way_goes_on_through_what_has_room() {
    let all = [
        busy(Resource::Workers(0), 8, 10..20),
        busy(Resource::Cores(1), 2, 10..20),
    ];
    let doings: [At<'_>; 2] = [
        (WEB, 10..20, &[(LOCK, 0.9), (WEB, 0.1)]),
        (LOCK, 10..20, &[(DB_CORES, 1.0)]),
    ];
    let found = told(&seen(&all, &doings));
    assert_eq!(found[0], (WEB, (10, 20), vec![DB_CORES], vec![]));
}

#[test]
fn workers_that_wait_for_their_own_cores_are_not_told() {
    let all = [
        busy(Resource::Workers(1), 50, 10..20),
        busy(Resource::Cores(1), 2, 10..20),
    ];
    let found = told(&seen(&all, &[(DB, 10..20, &[(DB_CORES, 1.0)])]));
    assert_eq!(found, [(DB_CORES, (10, 20), vec![], vec![])]);
}

/// A quarter is a way, less is none; what took the most is one whatever it took, if all ways
/// together took half.
#[test]
fn ways_take_a_quarter_each_and_half_together() {
    assert_eq!(ways(&[(1, 0.5), (2, 0.25), (3, 0.24)]), [1, 2]);
    assert_eq!(ways(&[(1, 0.6), (2, 0.2), (3, 0.2)]), [1]);
    assert_eq!(ways(&[(1, 0.3), (2, 0.25)]), [1, 2]);
    assert!(ways(&[(1, 0.3), (2, 0.19)]).is_empty());
    assert_eq!(
        ways(&[(1, 0.26), (2, 0.249), (3, 0.249), (4, 0.242)]),
        [1, 2]
    );
    assert!(ways(&[(1, 0.45), (2, 0.11), (3, 0.11), (4, 0.11)]).is_empty());
    assert!(ways(&[]).is_empty());
}

/// First the database is full, then the lock: the pool before both waits for one after the other.
#[test]
fn two_causes_one_after_the_other_are_both_found() {
    let all = [
        busy(Resource::Pool(0), 40, 10..30),
        busy(Resource::Cores(1), 1, 10..18),
        busy(Resource::Pool(1), 1, 20..30),
    ];
    let doings: [At<'_>; 3] = [
        (CONN, 10..19, &[(DB_CORES, 1.0)]),
        (CONN, 19..30, &[(LOCK, 1.0)]),
        (LOCK, 20..30, &[(THINK, 1.0)]),
    ];
    assert_eq!(
        told(&seen(&all, &doings)),
        [
            (DB_CORES, (10, 18), vec![], vec![]),
            (CONN, (10, 30), vec![LOCK, DB_CORES], vec![]),
            (LOCK, (20, 30), vec![], vec![]),
        ]
    );
}

#[test]
fn a_circle_ends_where_it_began() {
    let all = [
        busy(Resource::Workers(0), 4, 10..20),
        busy(Resource::Workers(1), 9, 10..20),
    ];
    let doings: [At<'_>; 2] = [(WEB, 10..20, &[(DB, 1.0)]), (DB, 10..20, &[(WEB, 1.0)])];
    let found = told(&seen(&all, &doings));
    assert_eq!(found[0], (WEB, (10, 20), vec![DB], vec![]));
    assert_eq!(found[1], (DB, (10, 20), vec![WEB], vec![]));
}

#[test]
fn turning_away_is_full_with_its_share() {
    let mut workers = busy(Resource::Workers(1), 2, 0..40);
    (workers.wanted, workers.refused) = (0.0, 150);
    let found = findings(&seen(&[workers], &[]));
    assert_eq!((found.len(), found[0].refused), (1, Some(0.75)));
    assert_eq!((found[0].from_s, found[0].to_s), (0.0, 400.0));
}

/// Two of four servers do not answer at once; of 100 attempts sent meanwhile they took 30 and 20.
#[test]
fn outages_at_one_time_are_told_together() {
    let mut seen = seen(&[busy(Resource::Workers(1), 2, 0..0)], &[]);
    for (server, from, swallowed) in [(0, 8, 30), (3, 9, 20)] {
        seen.outages.push(Outage {
            service: 1,
            server,
            why: Out::Down,
            from: Time(0) + Span::from_secs(from),
            to: Time(0) + Span::from_secs(18),
            swallowed,
            sent: 100,
        });
    }
    let found = findings(&seen);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].out, Some((Out::Down, 50, 100)));
    assert_eq!((found[0].thing, found[0].instances), (DB, 2));
    assert_eq!((found[0].from_s, found[0].to_s), (8.0, 18.0));
}

#[test]
fn many_ways_to_the_same_end_are_walked_once() {
    // Each holder is at one of the next four pools, and so on: there are 10¹⁴ ways to the last.
    const POOLS: u32 = 60;
    let pools: Vec<Busy> = (0..POOLS)
        .map(|pool| busy(Resource::Pool(pool), 10, 10..20))
        .collect();
    let doings: Vec<Vec<(u32, f32)>> = (0..POOLS)
        .map(|pool| {
            let next: Vec<u32> = (pool + 1..POOLS).take(4).collect();
            let share = 1.0 / next.len() as f32;
            next.iter().map(|next| (CONN + next, share)).collect()
        })
        .collect();
    let doings: Vec<At<'_>> = (0..)
        .zip(&doings)
        .map(|(pool, at)| (CONN + pool, 10..20, at.as_slice()))
        .collect();
    let mut seen = seen(&pools, &doings);
    seen.things.pools = POOLS;
    let told = told(&seen);
    assert_eq!(told.len(), POOLS as usize);
    let (last, others) = told.split_last().expect("there are many");
    assert!(others.iter().all(|one| one.2 == [last.0]), "{told:?}");
}

#[test]
fn ways_in_many_circles_end_too() {
    // Everybody is at each of the others: there are more ways than can be walked.
    const POOLS: u32 = 40;
    let pools: Vec<Busy> = (0..POOLS)
        .map(|pool| busy(Resource::Pool(pool), 10, 10..20))
        .collect();
    let doings: Vec<Vec<(u32, f32)>> = (0..POOLS)
        .map(|pool| {
            let next = (1..5).map(|n| CONN + (pool + 7 * n) % POOLS);
            next.map(|next| (next, 0.25)).collect()
        })
        .collect();
    let doings: Vec<At<'_>> = (0..)
        .zip(&doings)
        .map(|(pool, at)| (CONN + pool, 10..20, at.as_slice()))
        .collect();
    let mut seen = seen(&pools, &doings);
    seen.things.pools = POOLS;
    assert_eq!(told(&seen).len(), POOLS as usize);
}
