//! A worker is held for the whole endpoint: how thread and connection pools run dry
//! (semantics#service).

use super::world::world;
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceLevel};

#[test]
fn a_nested_call_holds_the_worker_above() {
    // One worker each. a at s 0–1, at t 0–1. b waits at s until 1. c asks t at 0.5, gets it at 1,
    // before b's nested attempt arrives there (a grant comes before an arrival): 1–2; b 2–3.
    let tables = "
        [service.s]
        endpoint.work = [ { call = 't.work' } ]
        [service.t]
        endpoint.work = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work' }")
        .user("c", "0.5s", "{ call = 't.work' }")
        .run();
    seen.marks("a 1s, b 3s, c 2s")
        .level("s", ServiceLevel::Held, "3s")
        .level("s", ServiceLevel::Active, "0s")
        .level("s", ServiceLevel::Queue, "1s");
}

#[test]
fn threads_that_wait_for_a_slow_neighbour_are_missing_elsewhere() {
    // Two workers, both inside a call to t of three seconds; quick work of 0.1 waits 1–3.
    let tables = "
        [service.s]
        workers = 2
        [service.s.endpoint]
        slow = [ { call = 't.work' } ]
        quick = [ { wait = '0.1s' } ]
        [service.t]
        workers = 9
        endpoint.work = [ { wait = '3s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.slow' }")
        .user("b", "0s", "{ call = 's.slow' }")
        .user("c", "1s", "{ call = 's.quick' }")
        .run();
    seen.marks("a 3s, b 3s, c 3.1s")
        .level("s", ServiceLevel::Held, "6.1s")
        .level("s", ServiceLevel::Active, "0.1s")
        .level("s", ServiceLevel::Busy, "0s");
}

#[test]
fn retries_of_a_nested_call_hold_the_worker_above_too() {
    // t fails after 0.5, three times with a second between: 0.5, 1.5–2, 3–3.5; then s fails.
    // b waits for the worker of s until 3.5 and does the same until 7.
    let tables = "
        [retry.thrice]
        attempts = 3
        backoff = { kind = 'constant', base = '1s', jitter = 'none' }
        [service.s]
        endpoint.work = [ { name = 'inner', call = 't.bad', retry = 'thrice' } ]
        [service.t]
        workers = 9
        endpoint.bad = [ { wait = '0.5s' }, { fail = 'failed' } ]";
    let ask = |name: &str| format!("{{ call = 's.work', or = [ {{ mark = 'no_{name}' }} ] }}");
    let seen = world(tables)
        .user("a", "0s", &ask("a"))
        .user("b", "0s", &ask("b"))
        .run();
    seen.marks("no_a 3.5s, no_b 7s")
        .call("inner", CallCounter::Started, 2)
        .call("inner", CallCounter::Sent, 6)
        .level("s", ServiceLevel::Held, "7s")
        .service("t", ServiceCounter::Original, 2)
        .waiting_in_orbit("0s");
}

#[test]
fn a_failing_nested_call_is_an_error_unless_the_step_says_otherwise() {
    // t refuses b's nested call at once (no queue, a inside). By default s answers with an error:
    // the user's last attempt failed, it was not turned away by s itself. With `or` it goes on.
    let tables = "
        [service.s]
        workers = 9
        [service.s.endpoint]
        plain = [ { call = 't.work' } ]
        anyway = [ { call = 't.work', or = 'continue' }, { wait = '1s' } ]
        instead = [ { call = 't.work', or = [ { wait = '2s' } ] }, { wait = '1s' } ]
        [service.t]
        queue = { limit = 0 }
        endpoint.work = [ { wait = '9s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.plain' }")
        .user("b", "1s", "{ name = 'ask', call = 's.plain' }")
        .user("c", "1s", "{ call = 's.anyway' }")
        .user("d", "1s", "{ call = 's.instead' }")
        .run();
    seen.marks("a 9s, c 2s, d 4s")
        .ended("b", Outcome::Failed)
        .call("ask", CallCounter::AttemptError, 1);
}

#[test]
fn two_services_that_call_each_other_can_lock_up() {
    // One worker each. a holds s and wants t, b holds t and wants s: nobody moves until the
    // nested timeouts of 2 and 3 fall. At 2 s gives up and is free; b's attempt at s starts then,
    // 2–2.5, and t answers b at 2.5.
    let tables = "
        [service.s]
        on_timeout = 'cancel'
        [service.s.endpoint]
        first = [ { call = 't.second', timeout = '2s', or = 'continue' } ]
        second = [ { wait = '0.5s' } ]
        [service.t]
        on_timeout = 'cancel'
        [service.t.endpoint]
        first = [ { call = 's.second', timeout = '3s', or = 'continue' } ]
        second = [ { wait = '0.5s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.first' }")
        .user("b", "0s", "{ call = 't.first' }")
        .run();
    seen.marks("a 2s, b 2.5s");
}
