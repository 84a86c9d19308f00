//! Guards at sending (semantics#guards): breakers, throttles, limits, and who keeps their states.

use super::world::world;
use onrush::observation::{CallCounter, Outcome, ServiceCounter};

/// Errors after a second, at once, and work of a second.
const SERVICE: &str = "
    [service.s]
    workers = 9
    [service.s.endpoint]
    ok = [ { wait = '1s' } ]
    bad = [ { wait = '1s' }, { fail = 'failed' } ]";

#[test]
fn a_breaker_opens_after_failures_in_a_row_and_lets_two_decide() {
    // One breaker for all users. Users ask `bad` at 0, 1 and 2 s: failures known at 1, 2 and 3 s;
    // the third opens it until 13 s. Who asks at 4 s is refused at once. At 13 s it is over: who
    // asks then (d, `ok`) and at 13.5 s (e, `ok`) is let through, who asks at 13.6 s (f) is not,
    // for two decide. d is back at 14 s, e at 14.5 s: closed. g passes at 15 s.
    let ask = |what: &str| format!("{{ call = 's.{what}', breaker = 'b', or = 'continue' }}");
    let (bad, ok) = (ask("bad"), ask("ok"));
    let seen = world(SERVICE)
        .tables("[breaker.b]\nconsecutive = 3\nopen = '10s'\nscope = 'service'")
        .user("a", "0s", &bad)
        .user("b", "1s", &bad)
        .user("c", "2s", &bad)
        .user("n", "4s", &bad)
        .user("d", "13s", &ok)
        .user("e", "13.5s", &ok)
        .user("f", "13.6s", &ok)
        .user("g", "15s", &ok)
        .run();
    seen.marks("a 1s, b 2s, c 3s, n 4s, d 14s, e 14.5s, f 13.6s, g 16s");
    seen.service("s", ServiceCounter::Arrived, 6);
    seen.counted("breaker.b.opened", 1)
        .counted("breaker.b.closed", 1)
        .counted("breaker.b.stopped", 2);
}

/// A call of an endpoint through a breaker `b`, whatever comes of it.
fn ask(what: &str) -> String {
    format!("{{ call = 's.{what}', breaker = 'b', or = 'continue' }}")
}

#[test]
fn a_breaker_looks_at_the_latest_results_of_its_window() {
    // Results of ok, ok, bad, ok, bad at 1, 2, 3, 4, 5 s. After four of them one of four failed;
    // after five two of the latest four: half, so it opens until 15 s. f at 14.999 is stopped, g
    // at 15 is let through and decides, k at 15.5 is stopped. g fails at 16: open until 26. h at
    // 25.999 is stopped, i at 26 passes, is back at 27: closed, and empty. l, m, n fail at 29:
    // three results are fewer than four, so o passes at 30; his answer is the fourth: three of four
    // failed.
    let mut world = world(SERVICE).tables(
        "[breaker.b]\nwindow = 4\nmin_calls = 4\nfailure_rate = '50%'\nopen = '10s'\n\
         half_open = 1\nscope = 'global'",
    );
    for (name, at, what) in [
        ("a", "0s", "ok"),
        ("b", "1s", "ok"),
        ("c", "2s", "bad"),
        ("d", "3s", "ok"),
        ("e", "4s", "bad"),
        ("f", "14.999s", "ok"),
        ("g", "15s", "bad"),
        ("k", "15.5s", "ok"),
        ("h", "25.999s", "ok"),
        ("i", "26s", "ok"),
        ("l", "28s", "bad"),
        ("m", "28s", "bad"),
        ("n", "28s", "bad"),
        ("o", "30s", "ok"),
    ] {
        world = world.user(name, at, &ask(what));
    }
    let seen = world.run();
    seen.marks("e 5s, f 14.999s, g 16s, k 15.5s, h 25.999s, i 27s, n 29s, o 31s");
    seen.counted("breaker.b.opened", 3)
        .counted("breaker.b.closed", 1)
        .counted("breaker.b.stopped", 3);
}

#[test]
fn a_window_of_time_ends_to_the_nanosecond() {
    // A failure at 1 s, a success at 11 s: the first is a window old, so there is one result, and
    // two are needed. A failure at 12 s: one of two, half: open. A millisecond earlier (b at 9.999,
    // back at 10.999) both would be in the window, and it would open then.
    let breaker = "[breaker.b]\nwindow = '10s'\nmin_calls = 2\nopen = '5s'\nscope = 'service'";
    let seen = |second: &str| {
        let world = world(SERVICE).tables(breaker);
        let world = world.user("a", "0s", &ask("bad"));
        let world = world.user("b", second, &ask("ok"));
        let world = world.user("c", "11s", &ask("bad"));
        world.user("d", "11.5s", &ask("ok")).run()
    };
    seen("10s").counted("breaker.b.stopped", 0).marks("d 12.5s");
    seen("9.999s")
        .counted("breaker.b.stopped", 2)
        .marks("d 11.5s");
}

#[test]
fn slow_results_open_a_breaker_whatever_they_are() {
    // `ok` takes a second; slow is longer than that, or longer than 999 ms.
    let seen = |slow: &str| {
        let rates = format!("[breaker.b]\nslow = '{slow}'\nmin_calls = 1\nscope = 'service'");
        let world = world(SERVICE).tables(&rates);
        let world = world.user("a", "0s", &ask("ok"));
        world.user("b", "2s", &ask("ok")).run()
    };
    seen("1s").marks("a 1s, b 3s");
    seen("999ms").marks("a 1s, b 2s");
}

#[test]
fn who_leaves_gives_a_half_open_place_back_and_a_late_result_counts_nowhere() {
    // z asks `long` at 0 and is back at 13 s, let through while closed. a fails at 1 s: open until
    // 11 s. b is let through at 11 and leaves at 11.5 without a result. c at 11.4 is stopped, d at
    // 11.6 passes. z's failure at 13 counts nowhere; d's answer at 12.6 has closed it before.
    let table = "[breaker.b]\nconsecutive = 1\nhalf_open = 1\nopen = '10s'\nscope = 'service'\n\
                 [service.t]\nworkers = 9\n\
                 endpoint.long = [ { wait = '13s' }, { fail = 'failed' } ]";
    let seen = world(SERVICE)
        .tables(table)
        .user(
            "z",
            "0s",
            "{ call = 't.long', breaker = 'b', or = 'continue' }",
        )
        .user("a", "0s", &ask("bad"))
        .person("b", "11s", "patience = '0.5s'", &ask("ok"))
        .user("c", "11.4s", &ask("ok"))
        .user("d", "11.6s", &ask("ok"))
        .user("e", "13.5s", &ask("ok"))
        .run();
    seen.marks("a 1s, c 11.4s, d 12.6s, z 13s, e 14.5s");
    seen.counted("breaker.b.opened", 1)
        .counted("breaker.b.closed", 1)
        .counted("breaker.b.stopped", 1);
}

#[test]
fn a_breaker_of_a_user_is_his_own_through_his_visits() {
    // a fails at 1 s and his breaker opens for 10 s; b, who asks at 2 s, has one of his own. a
    // comes again at 4 s and is stopped: refused, so he comes again at 7 s and is stopped; he ends
    // so.
    let table = "[breaker.b]\nconsecutive = 1\nopen = '10s'";
    let again = "again = { share = 1.0, after = '3s', at_most = 2 }";
    let plain = "{ call = 's.bad', breaker = 'b' }";
    let seen = world(SERVICE)
        .tables(table)
        .person("a", "0s", again, plain)
        .user("b", "2s", &ask("ok"))
        .run();
    seen.marks("b 3s").ended("a", Outcome::Refused);
    seen.counted("breaker.b.stopped", 2);
}

#[test]
fn what_a_guard_stops_is_refused_retried_and_never_arrives() {
    // The attempt fails at 1 s: open until 2.5 s. A second later it is stopped at once, and tried
    // again after another second: half-open, which fails at 4 s.
    let seen = world(SERVICE)
        .tables(
            "[breaker.b]\nconsecutive = 1\nopen = '1.5s'\n\
             [retry.p]\nattempts = 3\nbackoff = { kind = 'constant', base = '1s' }",
        )
        .user(
            "a",
            "0s",
            "{ name = 'ask', call = 's.bad', breaker = 'b', retry = 'p', or = [] }",
        )
        .run();
    seen.marks("a 4s")
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::AttemptRefused, 1)
        .call("ask", CallCounter::AttemptStopped, 1)
        .call("ask", CallCounter::AttemptError, 2)
        .service("s", ServiceCounter::Arrived, 2);
    seen.counted("breaker.b.opened", 2);
}

#[test]
fn a_guard_that_is_off_lets_everything_through_until_an_action_turns_it_on() {
    // Off, failures at 1 and 3 s open nothing. On from 4 s: the failure at 6 s opens it, so d at
    // 6.5 s is stopped.
    let table = "[breaker.b]\non = false\nconsecutive = 1\nscope = 'service'\n\
                 [action.on]\nat = '4s'\nset = { 'breaker.b.on' = true }";
    let mut world = world(SERVICE).tables(table);
    for (name, at) in [("a", "0s"), ("b", "2s"), ("c", "5s"), ("d", "6.5s")] {
        world = world.user(name, at, &ask("bad"));
    }
    world.run().marks("a 1s, b 3s, c 6s, d 6.5s");
}

#[test]
fn a_throttle_of_whoever_is_never_refused_stops_nobody() {
    // Ten users one after the other, each answered before the next asks: requests never exceed
    // twice the accepted.
    let mut world = world(SERVICE).tables("[throttle.t]\nscope = 'service'");
    for n in 0..10 {
        let (name, at) = (format!("u{n}"), format!("{}s", 2 * n));
        world = world.user(&name, &at, "{ call = 's.ok', throttle = 't' }");
    }
    world.run().counted("throttle.t.stopped", 0);
}

#[test]
fn a_final_refusal_is_not_tried_again() {
    // One worker and no queue. b is refused at 1 s; with `final` that is the end, without it he
    // tries again at 2 s, in vain, and at 3 s, when a worker is free.
    let tables = "
        [service.s]
        queue = { limit = 0, final = FINAL }
        endpoint.work = [ { wait = '2.5s' } ]
        [retry.p]
        backoff = { kind = 'constant', base = '1s' }";
    let seen = |is_final: &str| {
        world(&tables.replace("FINAL", is_final))
            .user("a", "0s", "{ call = 's.work' }")
            .user(
                "b",
                "1s",
                "{ name = 'ask', call = 's.work', retry = 'p', or = [] }",
            )
            .run()
    };
    seen("true").marks("b 1s").call("ask", CallCounter::Sent, 1);
    seen("false")
        .marks("b 5.5s")
        .call("ask", CallCounter::Sent, 3);
}
