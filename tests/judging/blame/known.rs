//! Small models of known blame: the cause named is the right one in all launches.

use onrush::results::{BottleneckKind, ResourceKind};

use super::{alone, always, ever};
use BottleneckKind::{Cause, Waits};
use ResourceKind::{Cores, Pool, Workers};

/// Launches of each model.
const LAUNCHES: u32 = 5;

/// A model of ten minutes: so many users a second with these steps, and what they hit.
fn model(rate: &str, steps: &str, rest: &str) -> String {
    format!(
        "[model]
        run_for = '10m'
        seed = 5
        [arrivals.a]
        journey = 'j'
        rate = '{rate}'
        [journey.j]
        steps = [ {steps} ]
        {rest}"
    )
}

type Named<'a> = &'a [(&'a str, ResourceKind)];

/// In every launch these are the causes and these wait for them, and nothing else is ever named as
/// a cause.
#[track_caller]
fn blames(text: &str, causes: Named<'_>, waiting: Named<'_>) {
    let seen = alone(text, Some(LAUNCHES));
    let mut found = ever(&seen, Cause);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, causes, "{:#?}", seen.bottlenecks);
    let mut found = always(&seen, Cause);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, causes, "{:#?}", seen.bottlenecks);
    let found = always(&seen, Waits);
    for one in waiting {
        assert!(found.contains(one), "{one:?}: {:#?}", seen.bottlenecks);
    }
}

#[test]
fn a_slow_leaf_behind_one_caller() {
    let rest = "[service.web]
        workers = 20
        endpoint.page = [ { cpu = '1ms' }, { call = 'db.q' } ]
        [service.db]
        workers = 4
        endpoint.q = [ { cpu = 'exp(50ms)' } ]";
    let text = model("100/s", "{ call = 'web.page', timeout = '2s' }", rest);
    blames(&text, &[("db", Workers)], &[("web", Workers)]);
}

#[test]
fn a_slow_leaf_behind_two_callers() {
    let rest = "[service.edge]
        workers = 40
        endpoint.get = [ { cpu = '1ms' }, { call = 'web.page' } ]
        [service.web]
        workers = 20
        endpoint.page = [ { cpu = '1ms' }, { call = 'db.q' } ]
        [service.db]
        workers = 10
        cores = 2
        endpoint.q = [ { cpu = 'exp(50ms)' } ]";
    let text = model("60/s", "{ call = 'edge.get', timeout = '5s' }", rest);
    blames(
        &text,
        &[("db", Cores)],
        &[("edge", Workers), ("web", Workers)],
    );
}

#[test]
fn a_slow_leaf_behind_three_callers_and_a_pool() {
    let rest = "[service.edge]
        workers = 80
        endpoint.get = [ { cpu = '1ms' }, { call = 'web.page' } ]
        [service.web]
        workers = 60
        endpoint.page = [ { cpu = '1ms' }, { call = 'shop.get' } ]
        [service.shop]
        workers = 40
        endpoint.get = [ { hold = 'conn', steps = [ { call = 'db.q' } ] } ]
        [pool.conn]
        size = 20
        [service.db]
        workers = 30
        cores = 2
        endpoint.q = [ { cpu = 'exp(50ms)' } ]";
    let text = model("60/s", "{ call = 'edge.get', timeout = '10s' }", rest);
    blames(
        &text,
        &[("db", Cores)],
        &[
            ("conn", Pool),
            ("edge", Workers),
            ("shop", Workers),
            ("web", Workers),
        ],
    );
}

#[test]
fn a_lock_that_its_holders_work_under() {
    let rest = "[service.web]
        workers = 50
        endpoint.page = [ { hold = 'lock', steps = [ { wait = 'exp(20ms)' } ] } ]
        [pool.lock]
        size = 1";
    let text = model("80/s", "{ call = 'web.page', timeout = '2s' }", rest);
    blames(&text, &[("lock", Pool)], &[("web", Workers)]);
}

#[test]
fn a_lock_behind_two_callers_and_a_pool() {
    let rest = "[service.web]
        workers = 60
        endpoint.page = [ { hold = 'conn', steps = [ { call = 'db.q' } ] } ]
        [pool.conn]
        size = 30
        [service.db]
        workers = 50
        endpoint.q = [ { cpu = '1ms' }, { hold = 'row', steps = [ { wait = 'exp(25ms)' } ] } ]
        [pool.row]
        size = 1";
    let text = model("60/s", "{ call = 'web.page', timeout = '4s' }", rest);
    blames(&text, &[("row", Pool)], &[("conn", Pool), ("web", Workers)]);
}

#[test]
fn cores_that_are_full_though_workers_are_free() {
    let rest = "[service.web]
        workers = 1000
        cores = 2
        endpoint.page = [ { cpu = 'exp(40ms)' } ]";
    let text = model("70/s", "{ call = 'web.page', timeout = '3s' }", rest);
    blames(&text, &[("web", Cores)], &[]);
}

#[test]
fn workers_that_are_full_though_cores_are_free() {
    let rest = "[service.web]
        workers = 10
        cores = 2
        endpoint.page = [ { cpu = 'exp(2ms)' }, { wait = 'exp(100ms)' } ]";
    let text = model("120/s", "{ call = 'web.page', timeout = '3s' }", rest);
    blames(&text, &[("web", Workers)], &[]);
}

/// A room has no limit of its own: its places are units of a pool.
#[test]
fn a_full_room_in_which_users_think() {
    let text = model(
        "10/s",
        "{ hold = 'room', timeout = '30s', steps = [ { think = 'exp(10s)' }, { call = 's.e' } ] }",
        "[pool.room]
        size = 50
        [service.s]
        workers = 10
        endpoint.e = [ { cpu = '10ms' } ]",
    );
    blames(&text, &[("room", Pool)], &[]);
}

#[test]
fn a_full_room_of_those_who_wait_for_a_server() {
    let text = model(
        "40/s",
        "{ hold = 'room', timeout = '10s', steps = [ { call = 's.e' } ] }",
        "[pool.room]
        size = 50
        [service.s]
        workers = 2
        endpoint.e = [ { cpu = 'exp(100ms)' } ]",
    );
    blames(&text, &[("s", Workers)], &[("room", Pool)]);
}

#[test]
fn a_loss_system() {
    let text = model(
        "40/s",
        "{ call = 's.e' }",
        "[service.s]
        workers = 3
        queue = { limit = 0 }
        endpoint.e = [ { cpu = 'exp(100ms)' } ]",
    );
    blames(&text, &[("s", Workers)], &[]);
}

#[test]
fn a_caller_that_refuses_because_of_a_slow_leaf() {
    let rest = "[service.web]
        workers = 20
        queue = { limit = 0 }
        endpoint.page = [ { call = 'db.q' } ]
        [service.db]
        workers = 2
        endpoint.q = [ { cpu = 'exp(50ms)' } ]";
    let text = model("80/s", "{ call = 'web.page' }", rest);
    blames(&text, &[("db", Workers)], &[("web", Workers)]);
}

#[test]
fn two_causes_one_after_the_other() {
    let rest = "[service.web]
        workers = 50
        endpoint.page = [ { call = 'a.q' }, { call = 'b.q' } ]
        [service.a]
        workers = 4
        endpoint.q = [ { cpu = 'exp(20ms)' } ]
        [service.b]
        workers = 4
        endpoint.q = [ { cpu = 'exp(20ms)' } ]
        [fault.first]
        at = '1m'
        for = '3m'
        slow = { service = 'a', factor = 4 }
        [fault.second]
        at = '6m'
        for = '3m'
        slow = { service = 'b', factor = 4 }";
    let text = model("80/s", "{ call = 'web.page', timeout = '3s' }", rest);
    blames(
        &text,
        &[("a", Workers), ("b", Workers)],
        &[("web", Workers)],
    );
}

#[test]
fn a_partner_with_room_leaves_the_pool_to_blame() {
    let rest = "[service.web]
        workers = 1000
        endpoint.page = [ { hold = 'conn', steps = [ { call = 'partner.pay' } ] } ]
        [pool.conn]
        size = 10
        [service.partner]
        workers = 1000
        endpoint.pay = [ { wait = 'exp(200ms)' } ]";
    let text = model("70/s", "{ call = 'web.page', timeout = '3s' }", rest);
    let seen = alone(&text, Some(LAUNCHES));
    blames(&text, &[("conn", Pool)], &[]);
    let conn = super::of(&seen, "conn");
    assert_eq!(conn.holders[0].place, "partner");
    assert!(super::mid(conn.holders[0].share) > 0.95);
    assert!((super::mid(conn.held_each_s) - 0.2).abs() < 0.01);
}

#[test]
fn a_slow_network_leaves_the_workers_to_blame() {
    let rest = "[service.web]
        workers = 20
        endpoint.page = [ { cpu = '1ms' }, { call = 'far.get' } ]
        [service.far]
        workers = 100
        network = 'exp(150ms)'
        endpoint.get = [ { cpu = '1ms' } ]";
    let text = model("100/s", "{ call = 'web.page', timeout = '4s' }", rest);
    let seen = alone(&text, Some(LAUNCHES));
    blames(&text, &[("web", Workers)], &[]);
    let web = super::of(&seen, "web");
    assert_eq!(web.holders[0].resource, ResourceKind::Network);
}

#[test]
fn the_slow_branch_of_a_parallel() {
    let rest = "[service.web]
        workers = 60
        endpoint.page = [ { parallel = [ [ { call = 'fast.get' } ], [ { call = 'slow.get' } ] ] } ]
        [service.fast]
        workers = 50
        endpoint.get = [ { wait = 'exp(10ms)' } ]
        [service.slow]
        workers = 4
        endpoint.get = [ { cpu = 'exp(50ms)' } ]";
    let text = model("100/s", "{ call = 'web.page', timeout = '3s' }", rest);
    blames(&text, &[("slow", Workers)], &[("web", Workers)]);
}

#[test]
fn nested_pools_before_a_lock() {
    let rest = "[service.web]
        workers = 200
        endpoint.page = [ { hold = 'outer', steps = [
          { cpu = '1ms' }, { hold = 'inner', steps = [ { call = 'db.q' } ] } ] } ]
        [pool.outer]
        size = 40
        [pool.inner]
        size = 20
        [service.db]
        workers = 100
        endpoint.q = [ { hold = 'row', steps = [ { wait = 'exp(20ms)' } ] } ]
        [pool.row]
        size = 1";
    let text = model("80/s", "{ call = 'web.page', timeout = '4s' }", rest);
    blames(&text, &[("row", Pool)], &[("inner", Pool), ("outer", Pool)]);
}

#[test]
fn a_pool_of_each_server_before_shared_cores() {
    let rest = "[service.web]
        servers = 4
        workers = 100
        endpoint.page = [ { hold = 'conn', steps = [ { call = 'db.q' } ] } ]
        [pool.conn]
        size = 10
        scope = 'server'
        [service.db]
        workers = 100
        cores = 4
        endpoint.q = [ { cpu = 'exp(40ms)' } ]";
    let text = model("150/s", "{ call = 'web.page', timeout = '3s' }", rest);
    blames(&text, &[("db", Cores)], &[("conn", Pool)]);
}

#[test]
fn a_queue_that_servers_share() {
    let rest = "[service.web]
        workers = 100
        endpoint.page = [ { call = 'db.q' } ]
        [service.db]
        servers = 3
        workers = 2
        queue = { shared = true }
        endpoint.q = [ { cpu = 'exp(50ms)' } ]";
    let text = model("150/s", "{ call = 'web.page', timeout = '2s' }", rest);
    blames(&text, &[("db", Workers)], &[("web", Workers)]);
}

#[test]
fn a_database_that_stands_still_is_to_blame() {
    let rest = "[service.web]
        workers = 100
        endpoint.page = [ { cpu = '1ms' }, { call = 'db.q' } ]
        [service.db]
        workers = 20
        endpoint.q = [ { cpu = 'exp(20ms)' } ]
        [fault.halt]
        at = '3m'
        for = '2m'
        pause = { service = 'db' }";
    let text = model("100/s", "{ call = 'web.page', timeout = '10s' }", rest);
    blames(&text, &[("db", Workers)], &[("web", Workers)]);
}

/// The holders of web wait for a shop with room of its own, which waits for the database.
#[test]
fn a_leaf_behind_callers_with_room() {
    let rest = "[service.web]
        workers = 30
        endpoint.page = [ { cpu = '1ms' }, { call = 'shop.get' } ]
        [service.shop]
        workers = 1000
        endpoint.get = [ { cpu = '1ms' }, { call = 'db.q' } ]
        [service.db]
        workers = 3
        endpoint.q = [ { cpu = 'exp(50ms)' } ]";
    let text = model("80/s", "{ call = 'web.page', timeout = '3s' }", rest);
    blames(&text, &[("db", Workers)], &[("web", Workers)]);
}
