//! Retry budgets (semantics#guards): who may try again when many fail at once.

use super::world::{Trace, World, world};
use onrush::observation::{Outcome, ServiceCounter};

/// A second, then an error; or an answer.
const SERVICE: &str = "
    [service.s]
    workers = 99
    [service.s.endpoint]
    bad = [ { wait = '1s' }, { fail = 'failed' } ]
    ok = [ { wait = '1s' } ]
    long = [ { wait = '9s' } ]";

/// Ten users who ask `bad` at 0; retries after a second, of all together by this budget.
fn ten(attempts: u32, budget: &str) -> World {
    let retry = format!(
        "[retry.p]\nattempts = {attempts}\nscope = 'service'\n\
         backoff = {{ kind = 'constant', base = '1s' }}\nbudget = {{ {budget} }}"
    );
    let mut world = world(SERVICE).tables(&retry);
    for n in 0..10 {
        world = asks(world, &format!("u{n}"), "0s", "bad");
    }
    world
}

fn asks(world: World, name: &str, at: &str, what: &str) -> World {
    let step = format!("{{ call = 's.{what}', retry = 'p', or = 'continue' }}");
    world.user(name, at, &step)
}

#[track_caller]
fn spent(seen: &Trace, allowed: u64, stopped: u64) {
    seen.counted("retry.p.allowed", allowed)
        .counted("retry.p.stopped", stopped);
}

#[test]
fn a_ratio_allows_a_share_of_the_requests_of_a_window() {
    // Ten fail at 1 s, one after the other: 0 < 0.2 · 10, 1 < 2, and no more. The two try at 2 s
    // and fail at 3 s: two retries are in the window, so no. A request of 10 s fails at 11 s: those
    // of 0 s and the retries of 1 s are ten seconds old and over, 0 < 0.2 · 1: yes; at 13 s 1 <
    // 0.2: no.
    let world = ten(9, "kind = 'ratio', share = '20%', window = '10s'");
    let seen = asks(world, "late", "10s", "bad").run();
    seen.marks("u0 3s, u1 3s, u2 1s, u9 1s, late 13s")
        .service("s", ServiceCounter::Arrived, 14);
    spent(&seen, 3, 8 + 2 + 1);
}

#[test]
fn a_leaky_bucket_adds_a_reserve() {
    // Deposits of 0.2 · 10 and a reserve of 0.1/s · 10 s: three retries.
    let seen = ten(
        2,
        "kind = 'leaky', share = '20%', ttl = '10s', min = '0.1/s'",
    )
    .run();
    seen.marks("u0 3s, u2 3s, u3 1s");
    spent(&seen, 3, 7);
}

#[test]
fn a_concurrent_budget_counts_what_is_under_way() {
    // Ten requests are under way: two retries of them. The third is stopped, and so are all behind
    // it. At 3 s the first retry ends: one is left, of two requests, and at least one is allowed: 1
    // < 1 is no. The second ends: 0 < 1, so it tries once more, and its third attempt is its last.
    let seen = ten(3, "kind = 'concurrent', share = '20%', min = 1").run();
    seen.marks("u0 3s, u1 5s, u2 1s")
        .service("s", ServiceCounter::Arrived, 13);
    spent(&seen, 3, 8 + 1);
}

#[test]
fn tokens_come_back_with_requests_that_end_ok() {
    // Two tokens, gone at 1 s. A success at 11 s brings one, a failure of 21 s takes it.
    let world = ten(9, "kind = 'tokens', size = 2, refill = 1");
    let world = asks(world, "good", "10s", "ok");
    let seen = asks(world, "late", "20s", "bad").run();
    seen.marks("u0 3s, u1 3s, good 11s, late 23s");
    spent(&seen, 3, 8 + 2 + 1);
}

#[test]
fn tokens_may_come_back_with_each_request() {
    // Full at first, so the requests of 0 s add nothing; each later one brings half a token.
    let world = ten(
        9,
        "kind = 'tokens', size = 2, refill = 0.5, per = 'request'",
    );
    let world = asks(world, "x", "10s", "bad");
    let seen = asks(world, "y", "10.5s", "bad").run();
    // At 11 s two halves are there: x takes them. At 11.5 s y finds none, at 13 s x.
    seen.marks("x 13s, y 11.5s");
    spent(&seen, 3, 8 + 2 + 2);
}

#[test]
fn a_quota_charges_timeouts_double_and_returns_the_price_of_a_success() {
    // Five units, an error costs five. a fails at 0 by the fault, tries at 1 s and is well at 2 s:
    // he gets the five back, so b, likewise at 10 s, may try as well. c times out at 21 s, which
    // costs ten: no. d fails at 30.2 s: yes.
    let tables = "[retry.p]\nscope = 'service'\nbackoff = { kind = 'constant', base = '1s' }\n\
                  budget = { kind = 'quota', size = 5 }\n\
                  [fault.x]\nat = '0s'\nfor = '0.5s'\nerror = { service = 's', share = 1.0 }\n\
                  [fault.y]\nat = '10s'\nfor = '0.5s'\nerror = { service = 's', share = 1.0 }\n\
                  [fault.z]\nat = '30s'\nfor = '0.5s'\nerror = { service = 's', share = 1.0 }";
    let world = world(SERVICE).tables(tables);
    let world = asks(world, "a", "0.1s", "ok");
    let world = asks(world, "b", "10.1s", "ok").user(
        "c",
        "20s",
        "{ call = 's.long', timeout = '1s', retry = 'p', or = 'continue' }",
    );
    let seen = asks(world, "d", "30.2s", "ok").run();
    seen.marks("a 2.1s, b 12.1s, c 21s, d 32.2s");
    spent(&seen, 3, 1);
}

#[test]
fn grpc_retries_only_above_half() {
    // Four tokens, half is two. The first failure leaves three: yes; the second leaves two: no. The
    // tenth leaves none, nor does the retry at 3 s. Seven answers bring 3.5; the failure at 31 s
    // leaves 2.5: yes.
    let mut world = ten(2, "kind = 'grpc', tokens = 4, ratio = 0.5");
    for n in 0..7 {
        world = asks(world, &format!("good{n}"), "20s", "ok");
    }
    let seen = asks(world, "late", "30s", "bad").run();
    seen.marks("u0 3s, u1 1s, late 33s");
    spent(&seen, 2, 9);
}

#[test]
fn a_ratio_of_a_user_of_his_own_means_no_retry() {
    let seen = ten(3, "kind = 'ratio', share = '20%'")
        .set("retry.p.scope", "server")
        .run();
    seen.service("s", ServiceCounter::Arrived, 10);
    spent(&seen, 0, 10);
}

#[test]
fn each_server_has_a_budget_of_its_own_which_a_crash_forgets() {
    // Two servers of `front`, in turn, with a token each that never comes back. a and b use them;
    // c, at the first again, has none. Both crash at 10 s and boot at once at 11 s: d has one.
    let tables = "
        [service.front]
        servers = 2
        workers = 9
        endpoint.ask = [ { call = 's.bad', retry = 'p' } ]
        [retry.p]
        attempts = 2
        budget = { kind = 'tokens', size = 1, refill = 0 }
        [fault.power]
        at = '10s'
        for = '1s'
        crash = { service = 'front', servers = 'all' }";
    let step = "{ call = 'front.ask', or = 'continue' }";
    let mut world = world(SERVICE).tables(tables);
    for (name, at) in [("a", "0s"), ("b", "0s"), ("c", "3s"), ("d", "20s")] {
        world = world.user(name, at, step);
    }
    let seen = world.run();
    seen.marks("a 2s, b 2s, c 4s, d 22s");
    spent(&seen, 3, 1);
}

#[test]
fn a_budget_is_not_asked_where_no_attempt_could_follow() {
    // The last attempt of the policy, a final error, and no time left: nothing is charged.
    let tables = "
        [retry.p]
        attempts = 2
        scope = 'service'
        backoff = { kind = 'constant', base = '1s' }
        budget = { kind = 'tokens', size = 1, refill = 0 }
        [service.t]
        endpoint.over = [ { fail = 'failed', final = true } ]";
    let seen = world(SERVICE)
        .tables(tables)
        .user("a", "0s", "{ call = 't.over', retry = 'p', or = [] }")
        .user(
            "b",
            "1s",
            "{ call = 's.bad', retry = 'p', deadline = '1.5s', or = [] }",
        )
        .user("c", "5s", "{ call = 's.bad', retry = 'p' }")
        .run();
    seen.marks("a 0s, b 2s").ended("c", Outcome::Failed);
    spent(&seen, 1, 0);
}
