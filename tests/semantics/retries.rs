//! Retry (semantics#retry): what is retried, and how long each wait is.

use super::world::{World, world};
use onrush::base::time::Time;
use onrush::observation::{CallCounter, Outcome, ServiceCounter};

/// Errors and refusals at once; work that may be had a second time.
const SERVICE: &str = "
    [service.s]
    workers = 9
    [service.s.endpoint]
    bad = [ { fail = 'failed' } ]
    refuses = [ { fail = 'refused' } ]
    for_good = [ { fail = 'failed', final = true } ]
    long = [ { wait = '9s' } ]";

/// The instant at which `bad` has failed for good after so many attempts with this backoff.
fn failed_at(attempts: u32, backoff: &str, seed: u64) -> Time {
    let policy = format!("[retry.p]\nattempts = {attempts}\nbackoff = {{ {backoff} }}");
    let ask = "{ call = 's.bad', retry = 'p', or = [ { mark = 'failed' } ] }";
    let seen = world(SERVICE)
        .tables(&policy)
        .user("a", "0s", ask)
        .seed(seed)
        .run();
    seen.call("s.bad", CallCounter::Sent, u64::from(attempts));
    seen.at("failed")
}

#[track_caller]
fn waits(backoff: &str, sums: [i64; 4]) {
    for (attempts, sum) in (2..).zip(sums) {
        let at = failed_at(attempts, &format!("{backoff}, jitter = 'none'"), 1);
        assert_eq!(
            at,
            Time::from_nanos(sum * 1_000_000_000),
            "{attempts} × {backoff}"
        );
    }
}

#[test]
fn every_kind_of_backoff_without_jitter() {
    // Sums of the waits before the first, second, third and fourth retry.
    waits("kind = 'none'", [0, 0, 0, 0]);
    waits("kind = 'constant', base = '2s'", [2, 4, 6, 8]);
    waits("kind = 'linear', base = '2s'", [2, 6, 12, 20]);
    waits("kind = 'exponential', base = '2s'", [2, 6, 14, 30]);
}

#[test]
fn a_cap_holds_for_every_wait() {
    // Linear 2, 4, 5, 5; exponential 2, 4, 5, 5; constant 2, 2, 2, 2.
    waits("kind = 'linear', base = '2s', cap = '5s'", [2, 6, 11, 16]);
    waits(
        "kind = 'exponential', base = '2s', cap = '5s'",
        [2, 6, 11, 16],
    );
    waits("kind = 'constant', base = '2s', cap = '2s'", [2, 4, 6, 8]);
}

/// The first wait, in seconds.
fn wait(backoff: &str, seed: u64) -> f64 {
    failed_at(2, backoff, seed).as_secs_f64()
}

#[test]
fn every_jitter_stays_within_its_bounds() {
    // v = 2. Full: U(0, 2). Equal: 1 + U(0, 1). Decorrelated: U(2, 3 · 2) with the base as the
    // previous wait of the first. Exponential: above 0, mean 2 (of 100: ± 3 · 0.2).
    let base = "kind = 'constant', base = '2s'";
    let mut sum = 0.0;
    for seed in 1..=100 {
        let wait = |jitter: &str| wait(&format!("{base}, jitter = '{jitter}'"), seed);
        assert!((0.0..2.0).contains(&wait("full")));
        assert!((1.0..2.0).contains(&wait("equal")));
        assert!((2.0..6.0).contains(&wait("decorrelated")));
        let exponential = wait("exponential");
        assert!(exponential > 0.0);
        sum += exponential;
    }
    assert!((sum / 100.0 - 2.0).abs() < 0.6, "{}", sum / 100.0);
}

#[test]
fn jitters_turn_the_same_luck() {
    // One uniform number u decides: full 2u, equal 1 + u, decorrelated 2 + 4u; a base twice as
    // long waits twice as long, whatever the kind.
    for seed in 1..=20 {
        let wait = |kind: &str, base: &str, jitter: &str| {
            wait(
                &format!("kind = '{kind}', base = '{base}', jitter = '{jitter}'"),
                seed,
            )
        };
        let u = wait("constant", "2s", "full") / 2.0;
        let near = |a: f64, b: f64| assert!((a - b).abs() < 4e-9, "{a} {b}");
        near(wait("constant", "2s", "equal"), 1.0 + u);
        near(wait("constant", "2s", "decorrelated"), 2.0 + 4.0 * u);
        near(wait("exponential", "2s", "decorrelated"), 2.0 + 4.0 * u);
        for kind in ["constant", "linear", "exponential"] {
            near(wait(kind, "4s", "full"), 4.0 * u);
            let (one, two) = (
                wait(kind, "1s", "exponential"),
                wait(kind, "2s", "exponential"),
            );
            near(2.0 * one, two);
        }
    }
}

#[test]
fn decorrelated_waits_grow_from_the_wait_before_and_stop_at_the_cap() {
    // w₁ in U(1, 3), w₂ in U(1, 3 w₁); with a cap of 1.5 each is min(1.5, the same).
    for seed in 1..=50 {
        let at = |attempts, cap: &str| {
            let backoff = format!("kind = 'none', base = '1s', jitter = 'decorrelated'{cap}");
            failed_at(attempts, &backoff, seed).as_secs_f64()
        };
        let (first, both) = (at(2, ""), at(3, ""));
        assert!((1.0..3.0).contains(&first));
        assert!(both - first >= 1.0 && both - first < 3.0 * first);
        let capped = at(2, ", cap = '1.5s'");
        assert!((capped - first.min(1.5)).abs() < 2e-9);
        assert!(at(3, ", cap = '1.5s'") - capped <= 1.5 + 2e-9);
    }
}

#[test]
fn a_decorrelated_wait_may_be_three_times_the_one_before() {
    // With the wait before forgotten none would be longer than 3. Remembered, each is below
    // 3 × the one before, and of fifty times five waits many are longer than 9.
    let mut long = 0;
    for seed in 1..=50 {
        let backoff = "kind = 'none', base = '1s', jitter = 'decorrelated'";
        let ends = [1, 2, 3, 4, 5, 6].map(|n| failed_at(n, backoff, seed).as_secs_f64());
        let mut before = 1.0;
        for (from, to) in ends.into_iter().zip(&ends[1..]) {
            let wait = to - from;
            assert!(
                wait >= 1.0 - 2e-9 && wait < 3.0 * before + 2e-9,
                "seed {seed}"
            );
            long += u32::from(wait > 9.0);
            before = wait;
        }
    }
    assert!(long >= 10, "{long}");
}

/// A policy of three attempts, a second apart.
const THRICE: &str = "
    [retry.p]
    attempts = 3
    backoff = { kind = 'constant', base = '1s', jitter = 'none' }";

fn asked(endpoint: &str, more: &str) -> World {
    let ask = format!("{{ name = 'ask', call = 's.{endpoint}', retry = 'p'{more} }}");
    world(SERVICE).tables(THRICE).user("a", "0s", &ask)
}

#[test]
fn refused_timed_out_and_failed_are_tried_again_final_is_not() {
    // Known at once: attempts at 0, 1 and 2. With a timeout of 0.5: 0–0.5, 1.5–2, 3–3.5.
    let seen = asked("refuses", "").run();
    seen.ended("a", Outcome::Refused)
        .call("ask", CallCounter::Sent, 3)
        .inside("2s");
    let seen = asked("bad", "").run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::Sent, 3)
        .inside("2s");
    let seen = asked("long", ", timeout = '0.5s'").run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::Sent, 3)
        .inside("3.5s");
    let seen = asked("for_good", "").run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::Sent, 1)
        .inside("0s");
}

#[test]
fn the_wait_begins_when_the_failure_is_known() {
    // One way 0.25: sent 0, known 0.5; sent 1.5, known 2; sent 3, known 3.5.
    let seen = asked("bad", "").set("service.s.network", "250ms").run();
    seen.ended("a", Outcome::Failed)
        .inside("3.5s")
        .waiting_in_orbit("2s");
}

#[test]
fn the_timeout_of_every_attempt_starts_with_its_sending() {
    // a works 0–1.2. b waits 0–0.7 and leaves the queue; sent again at 1.7, until 2.4: the worker
    // is free, 1.7–2.2.
    let tables = "
        [service.s]
        on_timeout = 'dequeue'
        [service.s.endpoint]
        half = [ { wait = '0.5s' } ]
        long = [ { wait = '1.2s' } ]";
    let seen = world(tables)
        .tables(THRICE)
        .user("a", "0s", "{ call = 's.long' }")
        .user(
            "b",
            "0s",
            "{ name = 'ask', call = 's.half', timeout = '0.7s', retry = 'p' }",
        )
        .run();
    seen.marks("a 1.2s, b 2.2s")
        .call("ask", CallCounter::Sent, 2)
        .call("ask", CallCounter::AttemptTimedOut, 1);
}

#[test]
fn a_retry_goes_through_the_balancer_anew() {
    // Two servers without queue, round robin: a on 0 (0–9), b on 1 (0–0.5), c at 0.6 to 0: full;
    // again at 1.6 to 1: free, 1.6–2.1.
    let tables = "
        [service.s]
        servers = 2
        queue = { limit = 0 }
        [service.s.endpoint]
        half = [ { wait = '0.5s' } ]
        long = [ { wait = '9s' } ]";
    let seen = world(tables)
        .tables(THRICE)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.half' }")
        .user(
            "c",
            "0.6s",
            "{ name = 'ask', call = 's.half', retry = 'p' }",
        )
        .run();
    seen.marks("a 9s, b 0.5s, c 2.1s")
        .call("ask", CallCounter::AttemptRefused, 1)
        .call("ask", CallCounter::AttemptOk, 1)
        .service("s", ServiceCounter::Original, 3)
        .service("s", ServiceCounter::Arrived, 4);
}

#[test]
fn attempts_multiply_through_layers() {
    // The user tries s three times, s tries t three times each: t is asked nine times, once
    // originally. Each try of s takes 2 (two waits): 0–2, 3–5, 6–8.
    let tables = "
        [service.s]
        workers = 9
        endpoint.work = [ { name = 'inner', call = 't.bad', retry = 'p' } ]
        [service.t]
        workers = 9
        endpoint.bad = [ { fail = 'failed' } ]";
    let seen = world(tables)
        .tables(THRICE)
        .user(
            "a",
            "0s",
            "{ name = 'outer', call = 's.work', retry = 'p' }",
        )
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("8s")
        .call("outer", CallCounter::Sent, 3)
        .call("inner", CallCounter::Started, 3)
        .call("inner", CallCounter::Sent, 9)
        .service("t", ServiceCounter::Arrived, 9)
        .service("t", ServiceCounter::Original, 1);
}

#[test]
fn a_final_error_is_final_all_the_way_up() {
    // Where the page leaves it open: the error that must not be retried is passed on as such by
    // an endpoint that fails because of it. t is asked once.
    let tables = "
        [service.s]
        endpoint.work = [ { call = 't.bad', retry = 'p' } ]
        [service.t]
        endpoint.bad = [ { fail = 'failed', final = true } ]";
    let seen = world(tables)
        .tables(THRICE)
        .user(
            "a",
            "0s",
            "{ name = 'outer', call = 's.work', retry = 'p' }",
        )
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("0s")
        .service("t", ServiceCounter::Arrived, 1);
}

#[test]
fn a_final_refusal_is_still_a_refusal() {
    // Not tried again, and the user was turned away by the called service itself.
    let tables = "[service.s]\nendpoint.work = [ { fail = 'refused', final = true } ]";
    let seen = world(tables)
        .tables(THRICE)
        .user("a", "0s", "{ name = 'ask', call = 's.work', retry = 'p' }")
        .run();
    seen.ended("a", Outcome::Refused)
        .call("ask", CallCounter::Sent, 1)
        .call("ask", CallCounter::AttemptRefused, 1);
}
