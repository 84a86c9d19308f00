//! `deadline`: per request, backoffs included, and it travels (semantics#call).

use super::world::world;
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceSample};

/// Work that takes ten seconds, stopped when nobody waits; a retry every tenth of a second.
const SLOW: &str = "
    [service.s]
    workers = 9
    on_timeout = 'cancel'
    endpoint.work = [ { wait = '10s' } ]
    [retry.again]
    attempts = 9
    backoff = { kind = 'constant', base = '100ms', jitter = 'none' }";

#[test]
fn a_deadline_cuts_the_last_timeout_and_forbids_the_next_attempt() {
    // Attempts 0–0.6 and 0.7–1.0 (cut from 1.3). A wait of 0.1 would end beyond the deadline: no
    // time left, the request fails at 1.
    let ask = "{ name = 'ask', call = 's.work', timeout = '0.6s', deadline = '1s', retry = 'again',
                 or = [ { mark = 'late' } ] }";
    let seen = world(SLOW).user("a", "0s", ask).run();
    seen.marks("late 1s")
        .call("ask", CallCounter::Sent, 2)
        .call("ask", CallCounter::AttemptTimedOut, 2)
        .service_times("s", ServiceSample::Time, 0, "0s")
        .service("s", ServiceCounter::WastedHeldNs, 900_000_000);
}

#[test]
fn a_backoff_that_would_end_beyond_the_deadline_is_not_begun() {
    // The attempt fails at 0.95; 0.1 later is 1.05. Where the page leaves it open whether the
    // caller learns at 0.95 or at the deadline: at once, by the failure of its last attempt.
    // One that would end at the deadline itself has no time left either.
    let ask = |name: &str, timeout: &str| {
        format!(
            "{{ call = 's.work', timeout = '{timeout}', deadline = '1s', retry = 'again',
                or = [ {{ mark = 'late_{name}' }}, {{ leave = 'failed' }} ] }}"
        )
    };
    let seen = world(SLOW)
        .user("a", "0s", &ask("a", "0.95s"))
        .user("b", "10s", &ask("b", "0.9s"))
        .user("c", "20s", &ask("c", "0.899s"))
        .run();
    // c: 0–0.899, again 0.999–1.0.
    seen.marks("late_a 0.95s, late_b 10.9s, late_c 21s")
        .service("s", ServiceCounter::Arrived, 4);
}

#[test]
fn a_deadline_alone_ends_the_attempt() {
    let seen = world(SLOW)
        .user("a", "0s", "{ call = 's.work', deadline = '2s' }")
        .run();
    seen.ended("a", Outcome::Failed).inside("2s");
}

/// s works 0.4, asks t for two seconds and goes on whatever comes of it, works 0.5 more.
const NESTED: &str = "
    [service.s]
    endpoint.work = [
        { wait = '0.4s' },
        { name = 'inner', call = 't.work', timeout = '5s', or = 'continue' },
        { wait = '0.5s' },
    ]
    [service.t]
    workers = 9
    endpoint.work = [ { wait = '2s' } ]";

#[test]
fn a_deadline_cuts_a_nested_timeout() {
    // The user's deadline is 1, so s gives t only from 0.4 to 1, and ends at 1.5; the user has
    // left at 1. Without the deadline: 0.4 + 2 + 0.5, done at 12.9.
    let seen = world(NESTED)
        .user(
            "a",
            "0s",
            "{ call = 's.work', deadline = '1s', or = [ { mark = 'late' } ] }",
        )
        .user("b", "10s", "{ call = 's.work' }")
        .run();
    seen.marks("late 1s, a 1s, b 12.9s")
        .service_times("s", ServiceSample::Time, 2, "4.4s")
        .call("inner", CallCounter::AttemptTimedOut, 1)
        .call("inner", CallCounter::AttemptOk, 1);
}

#[test]
fn a_deadline_forbids_a_nested_attempt_without_time_left() {
    // s reaches t at 0.4. With a deadline of 0.4 no time is left: t is never asked, the guard's
    // "no" costs nothing, and s ends at 0.9. With 0.401 it asks, and gives up 1 ms later.
    let ask = |deadline: &str| format!("{{ call = 's.work', deadline = '{deadline}', or = [] }}");
    let seen = world(NESTED).user("a", "0s", &ask("0.4s")).run();
    seen.marks("a 0.4s")
        .service("t", ServiceCounter::Arrived, 0)
        .call("inner", CallCounter::AttemptRefused, 1)
        .service_times("s", ServiceSample::Time, 1, "0.9s");
    let seen = world(NESTED).user("a", "0s", &ask("0.401s")).run();
    seen.marks("a 0.401s")
        .service("t", ServiceCounter::Arrived, 1)
        .call("inner", CallCounter::AttemptTimedOut, 1)
        .service_times("s", ServiceSample::Time, 1, "0.901s");
}

#[test]
fn the_nearest_deadline_counts() {
    // The user allows 3, s allows t only 1 from 0.4 on: t is given up at 1.4, s ends at 1.9.
    let seen = world(NESTED)
        .set("service.s.endpoint.work.steps.inner.deadline", "1s")
        .user("a", "0s", "{ call = 's.work', deadline = '3s' }")
        .run();
    seen.marks("a 1.9s");
}

#[test]
fn an_inherited_deadline_counts_beside_a_later_one_of_its_own() {
    // The user allows 1, s would allow t five more from 0.4 on: t is given up at 1, s ends at 1.5,
    // and the user has left at 1.
    let seen = world(NESTED)
        .set("service.s.endpoint.work.steps.inner.deadline", "5s")
        .user(
            "a",
            "0s",
            "{ call = 's.work', deadline = '1s', or = [ { mark = 'late' } ] }",
        )
        .run();
    seen.marks("late 1s, a 1s")
        .call("inner", CallCounter::AttemptTimedOut, 1)
        .service_times("s", ServiceSample::Time, 1, "1.5s");
}
