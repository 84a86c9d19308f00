//! `parallel`: when it is decided, and what becomes of the losers.

use super::world::world;
use onrush::observation::{CallCounter, Outcome, PoolCounter, ServiceCounter, ServiceLevel};

/// Work of one, two and three seconds, and an error after each of them.
const SERVICE: &str = "
    [service.s]
    workers = 9
    [service.s.endpoint]
    one = [ { wait = '1s' } ]
    two = [ { wait = '2s' } ]
    three = [ { wait = '3s' } ]
    bad_one = [ { wait = '1s' }, { fail = 'failed' } ]
    bad_two = [ { wait = '2s' }, { fail = 'failed' } ]";

/// Branches of one call each.
fn branches(endpoints: &str) -> String {
    let calls = endpoints
        .split(' ')
        .map(|e| format!("[ {{ name = '{e}', call = 's.{e}' }} ]"));
    calls.collect::<Vec<String>>().join(", ")
}

fn joined(endpoints: &str, join: &str) -> String {
    let rest = "or = [ { mark = 'no' } ]";
    format!(
        "{{ parallel = [ {} ], join = {join}, {rest} }}",
        branches(endpoints)
    )
}

#[test]
fn all_any_and_some_are_decided_by_the_last_the_first_and_the_kth() {
    for (join, end) in [("'all'", "3s"), ("'any'", "1s"), ("2", "2s")] {
        let seen = world(SERVICE)
            .user("a", "0s", &joined("one two three", join))
            .run();
        seen.marks(&format!("a {end}")).never("no");
    }
}

#[test]
fn the_losers_are_given_up_as_by_a_timeout() {
    // Decided at 1. `ignore`: two and three work on, for nobody; `cancel`: they stop at 1.
    let any = joined("one two three", "'any'");
    let seen = world(SERVICE).user("a", "0s", &any).run();
    seen.marks("a 1s")
        .call("two", CallCounter::AttemptCancelled, 1)
        .call("three", CallCounter::Failed, 1)
        .level("s", ServiceLevel::Held, "6s")
        .service("s", ServiceCounter::Completed, 3)
        .service("s", ServiceCounter::WastedHeldNs, 5_000_000_000);
    let seen = world(SERVICE)
        .set("service.s.on_timeout", "cancel")
        .user("a", "0s", &any)
        .run();
    seen.marks("a 1s")
        .level("s", ServiceLevel::Held, "3s")
        .service("s", ServiceCounter::Completed, 1)
        .service("s", ServiceCounter::WastedHeldNs, 2_000_000_000);
}

#[test]
fn losers_leave_the_queue_where_it_lets_them() {
    // One worker: one 0–1, two and three stand in line. At 1 the end of one grants the worker to
    // two, and only then does its answer arrive and decide: two works on 1–3, three leaves the
    // queue. b comes at 2, waits until 3, works 3–4.
    let seen = world(SERVICE)
        .set("service.s.workers", "1")
        .set("service.s.on_timeout", "dequeue")
        .user("a", "0s", &joined("one two three", "'any'"))
        .user("b", "2s", "{ call = 's.one' }")
        .run();
    seen.marks("a 1s, b 4s")
        .service("s", ServiceCounter::LeftQueue, 1)
        .level("s", ServiceLevel::Held, "4s");
}

#[test]
fn all_fails_with_the_first_failure_and_gives_up_the_rest() {
    // Decided at 1; three is given up.
    let seen = world(SERVICE)
        .user("a", "0s", &joined("bad_one three", "'all'"))
        .run();
    seen.marks("no 1s, a 1s")
        .call("bad_one", CallCounter::AttemptError, 1)
        .call("three", CallCounter::AttemptCancelled, 1);
}

#[test]
fn any_fails_when_all_have_failed_and_some_when_too_many_have() {
    // Any of two: both failed at 2. Two of three with failures at 1 and 2: one may fail, the
    // second is too many: 2. Two of three with one failure: decided at 3.
    let no = |endpoints, join, end: &str| {
        let seen = world(SERVICE)
            .user("a", "0s", &joined(endpoints, join))
            .run();
        seen.marks(&format!("no {end}"));
    };
    no("bad_one bad_two", "'any'", "2s");
    no("bad_one bad_two three", "2", "2s");
    let seen = world(SERVICE)
        .user("a", "0s", &joined("bad_one two three", "2"))
        .run();
    seen.marks("a 3s").never("no");
}

#[test]
fn a_journey_ends_by_the_failure_that_decided() {
    // Without `or` the user has failed at 1; a refusal (no queue at t) would have been `refused`.
    let plain = |first: &str| format!("{{ parallel = [ {}, [ {first} ] ] }}", branches("three"));
    let t = "[service.t]\nqueue = { limit = 0 }\nendpoint.work = [ { wait = '9s' } ]";
    let seen = world(SERVICE)
        .tables(t)
        .user("x", "0s", "{ call = 't.work' }")
        .user("a", "0s", &plain("{ call = 's.bad_one' }"))
        .user(
            "b",
            "1s",
            &plain("{ call = 't.work' }").replace("'three'", "'three_b'"),
        )
        .run();
    seen.marks("x 9s")
        .ended("a", Outcome::Failed)
        .ended("b", Outcome::Refused)
        .inside("10s");
}

#[test]
fn branches_of_an_endpoint_share_its_worker() {
    // One worker of s: a's branches call t at once (0–1, 0–2), the worker is held 0–2; b 2–4.
    let tables = "
        [service.s]
        endpoint.work = [ { parallel = [ [ { call = 't.one' } ], [ { call = 't.two' } ] ] } ]
        [service.t]
        workers = 9
        [service.t.endpoint]
        one = [ { wait = '1s' } ]
        two = [ { wait = '2s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 2s, b 4s")
        .level("s", ServiceLevel::Held, "4s")
        .level("t", ServiceLevel::Held, "6s");
}

#[test]
fn branches_in_cpu_share_the_cores_like_workers() {
    // Where the page leaves it open: each branch in `cpu` counts. On one core both take 2, on
    // two cores 1; the worker is active once.
    let tables = "
        [service.s]
        cores = 1
        workers = 2
        endpoint.work = [ { parallel = [ [ { cpu = '1s' } ], [ { cpu = '1s' } ] ] } ]";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.nearly(2, "a 2s")
        .level("s", ServiceLevel::Active, "2s")
        .level("s", ServiceLevel::Busy, "2s");
    let seen = world(tables)
        .set("service.s.cores", "2")
        .user("a", "0s", "{ call = 's.work' }")
        .run();
    seen.nearly(2, "a 1s")
        .level("s", ServiceLevel::Active, "1s")
        .level("s", ServiceLevel::Busy, "2s");
}

#[test]
fn a_losing_branch_lets_go_of_what_it_holds() {
    // a's second branch holds the lock from 0 and loses at 1; b waits 0.5–1 and has it 1–4.
    let lock = "[pool.lock]\nsize = 1";
    let hold = "{ hold = 'lock', steps = [ { think = '3s' } ] }";
    let any = format!("{{ parallel = [ [ {{ think = '1s' }} ], [ {hold} ] ], join = 'any' }}");
    let seen = world(lock)
        .user("a", "0s", &any)
        .user("b", "0.5s", hold)
        .run();
    seen.marks("a 1s, b 4s")
        .pool("lock", PoolCounter::Granted, 2);
}

#[test]
fn a_losing_branch_stops_waiting_for_a_pool_and_for_a_retry() {
    // b's branches: a wait for a's lock (held 0–3), a backoff of 5 after a refusal, a pause of 1.
    // Decided at 1: nobody is in the queue of the lock when it comes free; c has it 3–6.
    let tables = "
        [pool.lock]
        size = 1
        [retry.later]
        attempts = 2
        backoff = { kind = 'constant', base = '5s', jitter = 'none' }
        [service.s]
        endpoint.bad = [ { fail = 'refused' } ]";
    let hold = "{ hold = 'lock', steps = [ { think = '3s' } ] }";
    let retry = "{ name = 'ask', call = 's.bad', retry = 'later' }";
    let any = format!(
        "{{ parallel = [ [ {hold} ], [ {retry} ], [ {{ think = '1s' }} ] ], join = 'any' }}"
    );
    let seen = world(tables)
        .user("a", "0s", hold)
        .user("b", "0s", &any)
        .user("c", "2s", hold)
        .run();
    seen.marks("a 3s, b 1s, c 6s")
        .pool("lock", PoolCounter::GaveUp, 1)
        .call("ask", CallCounter::Sent, 1)
        .call("ask", CallCounter::Failed, 1)
        .waiting_in_orbit("1s");
}

#[test]
fn a_leave_in_a_branch_ends_the_visit() {
    let any = "{ parallel = [ [ { think = '1s' }, { leave = 'sold_out' } ],
                              [ { think = '3s' }, { mark = 'other' } ] ] }";
    let seen = world("").user("a", "0s", any).run();
    seen.never("a other")
        .ended("a", Outcome::SoldOut)
        .inside("1s");
}
