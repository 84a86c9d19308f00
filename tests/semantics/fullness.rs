//! How full a resource is, and what its holders are at: windows and looks by hand.

use super::world::world;
use onrush::base::time::{Span, Time};
use onrush::observation::fullness::{ALL, Out, Resource, Row, Thing};

/// One worker, one place in the queue, a second of work.
const ONE: &str = "
    [service.s]
    workers = 1
    queue = { limit = 1 }
    endpoint.work = [ { wait = '1s' } ]";

/// The only row of a resource.
fn row(seen: &onrush::observation::Fullness, resource: Resource) -> Row {
    let mut rows = seen.rows.iter();
    let found = rows.find(|row| seen.instances[row.instance as usize].resource == resource);
    *found.expect("something happened there")
}

#[test]
fn brim_and_wait_are_integrated_to_the_nanosecond() {
    // a 0–1; b waits 0.4–1, 1–2; c is turned away at 0.5. Of ten seconds the worker is in use in
    // two, and somebody waits in 0.6.
    let seen = world(ONE)
        .head("run_for = '10s'")
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.4s", "{ call = 's.work' }")
        .user("c", "0.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
        .run();
    let full = seen.fullness();
    assert_eq!((full.windows, full.width), (1, Span::from_secs(10)));
    let row = row(full, Resource::Workers(0));
    assert_eq!((row.brim, row.wanted, row.held), (0.2, 0.06, 0.2));
    assert_eq!((row.taken, row.asked, row.refused), (2, 3, 1));
}

#[test]
fn more_that_want_cores_than_there_are() {
    // Two share one core: a has it alone 0–1, both 1–3, b alone 3–4: busy in 4 of 10 s, wanted by
    // more in 2.
    let seen = world(
        "[service.s]
        workers = 2
        cores = 1
        endpoint.work = [ { cpu = '2s' } ]",
    )
    .head("run_for = '10s'")
    .user("a", "0s", "{ call = 's.work' }")
    .user("b", "1s", "{ call = 's.work' }")
    .run();
    let row = row(seen.fullness(), Resource::Cores(0));
    assert_eq!((row.brim, row.wanted, row.asked), (0.4, 0.2, 2));
}

#[test]
fn windows_of_ten_seconds_in_a_long_run() {
    // 9.5 to 10.5: half a second in each of the first two windows.
    let seen = world(ONE)
        .head("run_for = '205s'")
        .user("a", "9.5s", "{ call = 's.work' }")
        .run();
    let full = seen.fullness();
    assert_eq!((full.windows, full.width), (20, Span::from_secs(10)));
    assert_eq!(full.begins(20), Time(0) + Span::from_secs(205));
    let held: Vec<f32> = full.rows.iter().map(|row| row.held).collect();
    assert_eq!(held, [0.05, 0.05]);
    assert_eq!((full.rows_of(0).len(), full.rows_of(1).len()), (1, 1));
    assert_eq!(full.rows_of(2).len(), 0);
}

/// A look in each of a hundred parts of ten seconds: the connection is held 0–2, so 20 looks see
/// it, each time waiting for what t does; and so does the worker of s that holds it.
#[test]
fn holders_are_at_the_innermost_thing() {
    let seen = world(
        "[pool.conn]
        size = 1
        [service.s]
        endpoint.work = [ { hold = 'conn', steps = [ { call = 't.work' } ] } ]
        [service.t]
        endpoint.work = [ { wait = '2s' } ]",
    )
    .head("run_for = '10s'")
    .user("a", "0s", "{ call = 's.work' }")
    .run();
    let full = seen.fullness();
    let number = |thing| full.things.number(thing);
    let found: Vec<(u32, u32, f32)> = full
        .doings
        .iter()
        .map(|one| (one.holder, one.at, one.full + one.rest))
        .collect();
    let (s, t, conn) = (Thing::Workers(0), Thing::Workers(1), Thing::Pool(0));
    let seen_at_t = |holder| {
        [
            (number(holder), number(t), 20.0),
            (number(holder), ALL, 20.0),
        ]
    };
    let expected: Vec<(u32, u32, f32)> = [s, t, conn].into_iter().flat_map(seen_at_t).collect();
    assert_eq!(found, expected);
}

#[test]
fn branches_count_each_against_the_whole() {
    // Both branches are open 0–1, the second alone 1–2.
    let seen = world(
        "[service.s]
        endpoint.work = [ { parallel = [ [ { call = 't.work' } ], [ { call = 'u.work' } ] ] } ]
        [service.t]
        endpoint.work = [ { wait = '1s' } ]
        [service.u]
        endpoint.work = [ { wait = '2s' } ]",
    )
    .head("run_for = '10s'")
    .user("a", "0s", "{ call = 's.work' }")
    .run();
    let found: Vec<(u32, f32)> = seen
        .fullness()
        .doings
        .iter()
        .filter(|one| one.holder == 0)
        .map(|one| (one.at, one.full))
        .collect();
    assert_eq!(found, [(1, 10.0), (2, 20.0), (ALL, 20.0)]);
}

#[test]
fn a_crashed_server_swallows_until_it_is_noticed() {
    // One server of one; down 1–5, noticed at 3: attempts at 1.5 and 2.5 meet it, that at 3.5 finds
    // nobody.
    let seen = world(
        "[service.s]
        endpoint.work = [ { wait = '0.1s' } ]
        [fault.f]
        at = '1s'
        for = '4s'
        crash = { service = 's', noticed_after = '2s' }",
    )
    .head("run_for = '10s'")
    .user("a", "1.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
    .user("b", "2.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
    .user("c", "3.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
    .run();
    let [out] = seen.fullness().outages[..] else {
        panic!("{:?}", seen.fullness().outages);
    };
    let at = |s| Time(0) + Span::from_secs(s);
    assert_eq!((out.why, out.from, out.to), (Out::Down, at(1), at(3)));
    assert_eq!((out.swallowed, out.sent), (2, 2));
    assert_eq!(row(seen.fullness(), Resource::Line(0)).refused, 1);
}
