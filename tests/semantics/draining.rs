//! Sizes that are lowered while they are in use: what is above the new size finishes what it has,
//! and counts in use and in size until it is free (semantics#scaling, #changes).

use super::world::{World, world};
use onrush::observation::{PoolLevel, ServiceLevel};
use proptest::prelude::*;

/// One service, and an action at 1.
fn at_one(service: &str, set: &str) -> World {
    world(&format!(
        "[service.s]
        {service}
        [service.s.endpoint]
        wait_two = [ {{ wait = '2s' }} ]
        wait_three = [ {{ wait = '3s' }} ]
        one = [ {{ cpu = '1s' }} ]
        two = [ {{ cpu = '2s' }} ]
        three = [ {{ cpu = '3s' }} ]
        [action.change]
        at = '1s'
        set = {{ {set} }}"
    ))
}

#[test]
fn workers_above_their_number_finish_what_they_have() {
    // Two until 1: a 0–2, b 0–3. One from then on, so a's worker goes at 2, b's stays: c 3–6.
    // Workers: two until 2, then one. Each has a core of its own, which goes with it.
    let seen = at_one("workers = 2", "'service.s.workers' = 1")
        .user("a", "0s", "{ call = 's.wait_two' }")
        .user("b", "0s", "{ call = 's.wait_three' }")
        .user("c", "0.5s", "{ call = 's.wait_three' }")
        .run();
    seen.marks("a 2s, b 3s, c 6s")
        .level("s", ServiceLevel::Held, "8s")
        .level("s", ServiceLevel::Workers, "1002s")
        .level("s", ServiceLevel::Cores, "1002s");
}

#[test]
fn work_on_a_core_of_its_own_keeps_it() {
    // As above with work on cores: nobody is slowed.
    let seen = at_one("workers = 2", "'service.s.workers' = 1")
        .user("a", "0s", "{ call = 's.two' }")
        .user("b", "0s", "{ call = 's.three' }")
        .run();
    seen.marks("a 2s, b 3s")
        .level("s", ServiceLevel::Busy, "5s")
        .level("s", ServiceLevel::Cores, "1002s");
}

#[test]
fn a_worker_above_the_number_keeps_a_core_of_those_that_are_shared() {
    // Three on two cores, each at 2/3. At 1 one worker and one core are left, but the two above
    // keep theirs, of which there are two in all: nothing changes. a (1) ends at 1.5; b and c have
    // done 1 of 2, and go on at full speed until 2.5. Workers 3, 2 from 1.5, 1 from 2.5; cores 2
    // until 2.5.
    let seen = at_one(
        "workers = 3\ncores = 2",
        "'service.s.workers' = 1, 'service.s.cores' = 1",
    )
    .user("a", "0s", "{ call = 's.one' }")
    .user("b", "0s", "{ call = 's.two' }")
    .user("c", "0s", "{ call = 's.two' }")
    .run();
    seen.nearly(3, "a 1.5s, b 2.5s, c 2.5s")
        .level("s", ServiceLevel::Busy, "5s")
        .level("s", ServiceLevel::Workers, "1004s")
        .level("s", ServiceLevel::Cores, "1002.5s");
}

#[test]
fn cores_lowered_alone_are_gone_at_once() {
    // Three on two cores until 1, each has done 2/3; on one from then on, each at 1/3: a ends at 2.
    // b and c have done 1, and go on at half speed until 4.
    let seen = at_one("workers = 3\ncores = 2", "'service.s.cores' = 1")
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0s", "{ call = 's.two' }")
        .user("c", "0s", "{ call = 's.two' }")
        .run();
    seen.nearly(3, "a 2s, b 4s, c 4s")
        .level("s", ServiceLevel::Busy, "5s")
        .level("s", ServiceLevel::Cores, "1001s");
}

#[test]
fn a_number_that_is_raised_again_meets_those_who_drain() {
    // Three workers until 1, one until 1.5, two from then on: a 0–2, b 0–2, c 0–3. Workers: three
    // until 2, where a and b end: two.
    let seen = at_one("workers = 3", "'service.s.workers' = 1")
        .tables("[action.more]\nat = '1.5s'\nset = { 'service.s.workers' = 2 }")
        .user("a", "0s", "{ call = 's.wait_two' }")
        .user("b", "0s", "{ call = 's.wait_two' }")
        .user("c", "0s", "{ call = 's.wait_three' }")
        .run();
    seen.marks("a 2s, b 2s, c 3s")
        .level("s", ServiceLevel::Held, "7s")
        .level("s", ServiceLevel::Workers, "2002s");
}

#[test]
fn a_server_on_its_way_out_pays_for_its_refusals_first() {
    // In turn a and c go to server 0, b and d to server 1; a refusal costs 2. Server 1 goes
    // at 1: b waits there from 0.1 to 2.1, d is turned away at 0.3 and hears of it at 2.3, when the
    // server goes. c hears at 2.2.
    let seen = at_one(
        "servers = 2\nqueue = { limit = 0 }\nrefuse_cost = '2s'",
        "'service.s.servers' = 1",
    )
    .user("a", "0s", "{ call = 's.wait_three' }")
    .user("b", "0.1s", "{ call = 's.wait_two' }")
    .user("c", "0.2s", "{ call = 's.wait_two', or = 'continue' }")
    .user("d", "0.3s", "{ call = 's.wait_two', or = 'continue' }")
    .run();
    seen.nearly(2, "a 3s, b 2.1s, c 2.2s, d 2.3s")
        .level("s", ServiceLevel::Busy, "4s")
        .level("s", ServiceLevel::Cores, "1002.3s")
        .level("s", ServiceLevel::Up, "1002.3s");
}

#[test]
fn units_above_the_size_of_a_pool_are_gone_when_they_are_back() {
    // Three units until 1: a until 2, b until 3, c until 4. One from then on: d waits from 0.5
    // to 4. Size: three until 2, two until 3, then one.
    let held = |secs: u32| format!("{{ hold = 'p', steps = [ {{ think = '{secs}s' }} ] }}");
    let seen = world("[pool.p]\nsize = 3\n[action.less]\nat = '1s'\nset = { 'pool.p.size' = 1 }")
        .user("a", "0s", &held(2))
        .user("b", "0s", &held(3))
        .user("c", "0s", &held(4))
        .user("d", "0.5s", &held(1))
        .tables("[[objective]]\nthat = 'mean(p.held) between 1s and 5s <= 100%'")
        .run();
    seen.marks("a 2s, b 3s, c 4s, d 5s")
        .pool_level("p", PoolLevel::InUse, "10s")
        .pool_level("p", PoolLevel::Size, "1005s");
    // From 1 to 5 all that there is is in use.
    assert_eq!(seen.metric(0), Some(1.0));
}

#[test]
fn a_pool_of_each_server_comes_and_goes_with_it() {
    // Two units for each server. One server until 10, two until 20, one again: the second still
    // works, from 19 to 22, and holds a unit of its own.
    let seen = world(
        "[service.s]
        balance = 'least-loaded'
        [service.s.endpoint]
        work = [ { hold = 'p', steps = [ { wait = '3s' } ] } ]
        [pool.p]
        size = 2
        scope = 'server'
        [action.more]
        at = '10s'
        set = { 'service.s.servers' = 2 }
        [action.less]
        at = '20s'
        set = { 'service.s.servers' = 1 }",
    )
    .user("a", "18.5s", "{ call = 's.work' }")
    .user("b", "19s", "{ call = 's.work' }")
    .run();
    seen.marks("a 21.5s, b 22s")
        .pool_level("p", PoolLevel::InUse, "6s")
        .pool_level("p", PoolLevel::Size, "2024s");
}

#[test]
fn a_service_that_closes_refuses_every_attempt() {
    // No server from 1 on: a, begun, is finished, b waits there and is, too; c is turned away at
    // once. Open again at 9: d.
    let seen = at_one("", "'service.s.servers' = 0")
        .tables("[action.open]\nat = '9s'\nset = { 'service.s.servers' = 1 }")
        .user("a", "0s", "{ call = 's.wait_two' }")
        .user("b", "0.5s", "{ call = 's.wait_two' }")
        .user("c", "5s", "{ call = 's.wait_two', or = 'continue' }")
        .user("d", "9s", "{ call = 's.wait_two' }")
        .run();
    seen.marks("a 2s, b 4s, c 5s, d 11s")
        .level("s", ServiceLevel::Up, "995s")
        .level("s", ServiceLevel::Held, "6s");
}

/// Sizes that can be changed while it runs.
const SIZES: &[&str] = &[
    "service.s.servers",
    "service.s.workers",
    "service.s.cores",
    "pool.p.size",
];

/// A change of one size at an instant, in tenths of a second.
fn change() -> impl Strategy<Value = (u32, &'static str, u32)> {
    (1..150u32, proptest::sample::select(SIZES), 1..6u32)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is done to sizes, no more is in use than there is: the engine asserts it of every
    /// bin and of the whole, and every metric says so.
    #[test]
    fn no_more_is_in_use_than_there_is(
        changes in proptest::collection::vec(change(), 1..8),
        (servers, workers, cores) in (1..5u32, 1..6u32, 1..6u32),
        shared in any::<bool>(),
        scope in proptest::sample::select(&["global", "server"][..]),
        seed in 1..1000u64,
    ) {
        let mut text = format!(
            "[arrivals.a]
            journey = 'v'
            rate = '9/s'
            [journey.v]
            steps = [ {{ call = 's.work', timeout = '2s' }}, {{ call = 's.hold', timeout = '2s' }} ]
            [service.s]
            servers = {servers}
            workers = {workers}
            cores = {cores}
            queue = {{ limit = 9, shared = {shared} }}
            refuse_cost = '20ms'
            on_timeout = 'cancel'
            [service.s.endpoint]
            work = [ {{ cpu = 'exp(300ms)' }}, {{ wait = 'exp(100ms)' }} ]
            hold = [ {{ hold = 'p', steps = [ {{ cpu = 'exp(300ms)' }} ] }} ]
            [pool.p]
            size = 3
            scope = '{scope}'\n"
        );
        for (number, (at, path, to)) in changes.iter().enumerate() {
            text += &format!(
                "[action.a{number}]\nat = '{at}00ms'\nset = {{ '{path}' = {to} }}\n"
            );
        }
        for figure in ["s.held", "s.busy", "s.blocked", "s.utilisation", "s.up", "p.held"] {
            text += &format!("[[objective]]\nthat = 'mean({figure}) <= 100%'\n");
            text += &format!("[[objective]]\nthat = 'mean({figure}, 1s) <= 100%'\n");
            text += &format!("[[objective]]\nthat = 'mean({figure}) between 3s and 8s <= 100%'\n");
        }
        let seen = world(&text).head("run_for = '15s'").seed(seed).run();
        for number in 0..18 {
            // More servers are up than the settings ask for while some drain.
            let is_up = (12..15).contains(&number);
            let value = seen.metric(number).unwrap_or(0.0);
            prop_assert!(value <= 1.0 || is_up, "metric {}: {}", number, value);
        }
    }
}
