//! Pools and locks: what steps hold, wait for and give back.

use super::world::{World, world};
use onrush::observation::{
    CallCounter, Outcome, PoolCounter, PoolLevel, ServiceCounter, ServiceLevel,
};

/// A lock that an endpoint holds for a second.
const LOCK: &str = "
    [pool.lock]
    size = 1
    [service.s]
    workers = 9
    [service.s.endpoint]
    work = [ { hold = 'lock', steps = [ { wait = '1s' } ] } ]
    long = [ { hold = 'lock', steps = [ { wait = '3s' } ] } ]
    hasty = [ { hold = 'lock', timeout = '1s', steps = [ { wait = '1s' } ] } ]
    fails = [ { hold = 'lock', steps = [ { wait = '1s' }, { fail = 'failed' } ] } ]
    calls = [ { hold = 'lock', steps = [ { call = 't.work' } ] } ]
    [service.t]
    endpoint.work = [ { wait = '2s' } ]";

#[test]
fn a_lock_is_a_pool_of_one() {
    // a 0–1, b waits 0.1–1, 1–2, c waits 0.2–2, 2–3; each holds a worker of s all the while.
    let seen = world(LOCK)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, b 2s, c 3s")
        .pool("lock", PoolCounter::Asked, 3)
        .pool("lock", PoolCounter::Granted, 3)
        .pool("lock", PoolCounter::Waited, 2)
        .pool_waits("lock", 3, "2.7s")
        .pool_level("lock", PoolLevel::InUse, "3s")
        .pool_level("lock", PoolLevel::Queue, "2.7s")
        .level("s", ServiceLevel::Held, "5.7s")
        .level("s", ServiceLevel::Active, "3s");
}

#[test]
fn a_hold_gives_up_waiting_at_its_timeout() {
    // a 0–3. b waits 0.5–1.5, then its endpoint answers with an error; c waits 0.6–3, 3–4.
    let seen = world(LOCK)
        .user("a", "0s", "{ call = 's.long' }")
        .user(
            "b",
            "0.5s",
            "{ call = 's.hasty', or = [ { mark = 'no' } ] }",
        )
        .user("c", "0.6s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, no 1.5s, c 4s")
        .pool("lock", PoolCounter::GaveUp, 1)
        .pool_waits("lock", 3, "3.4s");
}

#[test]
fn a_unit_granted_at_the_instant_of_the_timeout_is_in_time() {
    // a 0–1; b waits from 0 with a timeout of 1: the grant at 1 comes first.
    let seen = world(LOCK)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.hasty' }")
        .run();
    seen.marks("a 1s, b 2s");
}

#[test]
fn a_failing_body_gives_the_unit_back() {
    let seen = world(LOCK)
        .user("a", "0s", "{ call = 's.fails', or = [ { mark = 'no' } ] }")
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("no 1s, b 2s");
}

#[test]
fn a_unit_is_kept_through_nested_calls() {
    // a holds the lock while t works 0–2; b has it 2–3.
    let seen = world(LOCK)
        .user("a", "0s", "{ call = 's.calls' }")
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 2s, b 3s");
}

#[test]
fn the_order_of_a_pool_may_be_the_other_way_round() {
    let seen = world(LOCK)
        .set("pool.lock.queue.order", "lifo")
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, c 2s, b 3s");
}

/// A bulkhead of one without a queue, used on two servers of s and one of t.
fn bulkhead(scope: &str) -> World {
    let tables = "
        [pool.link]
        size = 1
        queue = { limit = 0 }
        [service.s]
        servers = 2
        workers = 9
        endpoint.work = [ { hold = 'link', steps = [ { wait = '1s' } ] } ]
        [service.t]
        workers = 9
        endpoint.work = [ { hold = 'link', steps = [ { wait = '1s' } ] } ]";
    world(tables)
        .set("pool.link.scope", scope)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 's.work' }")
        .user("d", "0.3s", "{ call = 't.work' }")
        .user("e", "0.4s", "{ call = 't.work' }")
}

#[test]
fn a_pool_of_the_server_has_units_for_each_instance() {
    // Round robin: a to server 0, b to 1, c to 0: full, refused at once. d has t's, e not.
    let seen = bulkhead("server").run();
    seen.marks("a 1s, b 1.1s, d 1.3s")
        .ended("c e", Outcome::Failed)
        .pool("link", PoolCounter::Refused, 2)
        .pool_level("link", PoolLevel::Size, "3000s");
}

#[test]
fn a_pool_of_the_service_has_units_for_each_service() {
    let seen = bulkhead("service").run();
    seen.marks("a 1s, d 1.3s")
        .ended("b c e", Outcome::Failed)
        .pool_level("link", PoolLevel::Size, "2000s");
}

#[test]
fn a_global_pool_has_units_for_all() {
    let seen = bulkhead("global").run();
    seen.marks("a 1s")
        .ended("b c d e", Outcome::Failed)
        .pool("link", PoolCounter::Refused, 4)
        .service("s", ServiceCounter::Refused, 0)
        .inside("1s");
}

/// A lock that users hold themselves while they ask.
const OWN: &str = "
    [pool.lock]
    size = 1
    [service.s]
    workers = 9
    endpoint.work = [ { wait = '5s' } ]";

#[test]
fn a_user_who_leaves_lets_go() {
    // a holds the lock from 0 and leaves at 2; b waits 1–2, has it 2–7.
    let hold = "{ hold = 'lock', steps = [ { name = 'ask', call = 's.work' } ] }";
    let seen = world(OWN)
        .person("a", "0s", "patience = '2s'", hold)
        .user("b", "1s", &hold.replace("'ask'", "'ask_b'"))
        .run();
    seen.marks("b 7s")
        .ended("a", Outcome::Abandoned)
        .call("ask", CallCounter::AttemptCancelled, 1)
        .pool_waits("lock", 2, "1s");
}

#[test]
fn a_user_turned_away_by_a_pool_is_refused_and_one_whose_wait_ran_out_has_failed() {
    // The pool is full 0–5. b finds no queue; c waits a second; d goes on without.
    let hold = "{ hold = 'lock', steps = [ { call = 's.work' } ] }";
    let seen = world(OWN)
        .user("a", "0s", hold)
        .user("c", "1s", "{ hold = 'lock', timeout = '1s', steps = [] }")
        .user(
            "d",
            "1s",
            "{ hold = 'lock', timeout = '1s', steps = [], or = 'continue' }",
        )
        .run();
    seen.marks("a 5s, d 2s")
        .ended("c", Outcome::Failed)
        .inside("7s");
    let seen = world(OWN)
        .set("pool.lock.queue.limit", "0")
        .user("a", "0s", hold)
        .user("b", "1s", hold)
        .run();
    seen.marks("a 5s").ended("b", Outcome::Refused).inside("5s");
}

#[test]
fn a_pool_that_grows_grants_at_once_and_one_that_shrinks_lets_units_run_out() {
    // One unit until 1, two from 1 to 2, one again. a 0–3, b waits 0–1, 1–4. c waits from 0.5:
    // at 3 one unit is in use and only one is left; at 4 it is c's: 4–7.
    let grow = "
        [action.grow]
        at = '1s'
        set = { 'pool.lock.size' = 2 }
        [action.shrink]
        at = '2s'
        set = { 'pool.lock.size' = 1 }";
    let seen = world(LOCK)
        .tables(grow)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.long' }")
        .user("c", "0.5s", "{ call = 's.long' }")
        .run();
    seen.marks("a 3s, b 4s, c 7s");
}

/// Three units; a holds two of them from 0 to 10, b needs two at 1, c needs one at 2.
fn several() -> World {
    let hold = |units: u32, time: &str| {
        format!("{{ hold = 'room', units = {units}, steps = [ {{ think = '{time}' }} ] }}")
    };
    world("[pool.room]\nsize = 3")
        .user("a", "0s", &hold(2, "10s"))
        .user("b", "1s", &hold(2, "3s"))
        .user("c", "2s", &hold(1, "1s"))
}

#[test]
fn several_units_are_granted_at_once_and_nobody_overtakes() {
    // One unit is free all the time, but b came before c and needs two: both wait until 10.
    let seen = several().run();
    seen.marks("a 10s, b 13s, c 11s")
        .pool("room", PoolCounter::Granted, 3)
        .pool("room", PoolCounter::Waited, 2)
        .pool_waits("room", 3, "17s")
        .pool_level("room", PoolLevel::InUse, "27s")
        .pool_level("room", PoolLevel::Queue, "17s");
}

#[test]
fn who_is_next_keeps_his_turn_until_all_his_units_are_free() {
    // d holds the third unit until 5. Then one is free, b is next and needs two; c waits behind.
    let seen = several()
        .user("d", "0s", "{ hold = 'room', steps = [ { think = '5s' } ] }")
        .run();
    seen.marks("a 10s, b 13s, c 11s, d 5s")
        .pool_level("room", PoolLevel::InUse, "32s")
        .pool_waits("room", 4, "17s");
}

#[test]
fn when_who_is_next_gives_up_those_behind_get_what_is_free() {
    // d gives one unit back at 5, so that b has been called; b leaves at 7, and c has it at 7.
    let seen = several()
        .user("d", "0s", "{ hold = 'room', steps = [ { think = '5s' } ] }")
        .set("journey.b.patience", "6s")
        .run();
    seen.marks("a 10s, c 8s, d 5s")
        .never("b")
        .pool("room", PoolCounter::GaveUp, 1)
        .pool_level("room", PoolLevel::InUse, "26s")
        .pool_level("room", PoolLevel::Queue, "11s");
}

#[test]
fn a_size_lowered_below_what_is_held_drains_by_all_units_of_a_hold() {
    // From 5 there is one unit, but a keeps two until 10; b never gets two, c waits behind b.
    let seen = several()
        .tables("[action.less]\nat = '5s'\nset = { 'pool.room.size' = 1 }")
        .run();
    seen.marks("a 10s")
        .never("b c")
        .pool_level("room", PoolLevel::Size, "1015s")
        .pool_level("room", PoolLevel::InUse, "20s");
}

#[test]
fn a_bulkhead_refuses_who_needs_more_units_than_are_free() {
    let seen = several().set("pool.room.queue.limit", "0").run();
    seen.marks("a 10s, c 3s")
        .ended("b", Outcome::Refused)
        .pool("room", PoolCounter::Refused, 1);
}
