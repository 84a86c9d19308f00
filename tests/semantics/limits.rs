//! Rate limits (semantics#guards): token buckets on calls, services and endpoints.

use super::world::{World, world};
use onrush::observation::{CallCounter, Outcome, ServiceCounter};

/// Work of a second, and of none.
const SERVICE: &str = "
    [service.s]
    workers = 9
    [service.s.endpoint]
    work = [ { wait = '1s' } ]
    quick = [ { wait = '0s' } ]
    bad = [ { wait = '1s' }, { fail = 'failed' } ]";

fn asking(mut world: World, who: &[(&str, &str)], step: &str) -> World {
    for (name, at) in who {
        world = world.user(name, at, step);
    }
    world
}

#[test]
fn a_bucket_is_full_at_first_and_fills_at_its_rate() {
    // Two tokens at first, one a second. a and b take them at 0, c finds none. At 1 s there is one
    // again: d takes it, e finds none. At 1.999 s f finds none, at 2 s g takes one. After a long
    // rest there are two, not more: h and i pass at 100 s, j does not.
    let limit = "[limit.l]\nrate = '1/s'\nburst = 2\nscope = 'service'";
    let step = "{ name = 'ask', call = 's.work', limit = 'l', or = 'continue' }";
    let who = [
        ("a", "0s"),
        ("b", "0s"),
        ("c", "0s"),
        ("d", "1s"),
        ("e", "1s"),
        ("f", "1.999s"),
        ("g", "2s"),
        ("h", "100s"),
        ("i", "100s"),
        ("j", "100s"),
    ];
    let seen = asking(world(SERVICE).tables(limit), &who, step).run();
    seen.marks("a 1s, b 1s, c 0s, d 2s, e 1s, f 1.999s, g 3s, h 101s, i 101s, j 100s");
    seen.service("s", ServiceCounter::Arrived, 6)
        .counted("limit.l.stopped", 4);
}

#[test]
fn who_waits_for_a_token_waits_in_order_outside_the_timeout_and_inside_the_deadline() {
    // A token a second, one at most. a goes at 0, b at 1, c at 2: with a timeout of 1.5 s for the
    // work of 1 s nobody times out. d would go at 3, but his deadline is 2.5 s: refused at once,
    // and his token is free again: e goes at 3. f's deadline of 4.5 s leaves him 0.5 s from 4 on.
    let limit = "[limit.l]\nrate = '1/s'\nburst = 1\nover = 'wait'\nscope = 'service'";
    let step = "{ call = 's.work', limit = 'l', timeout = '1.5s' }";
    let late = |deadline: &str| {
        let mark = "{ mark = 'late_WHO' }".replace("WHO", deadline.trim_end_matches(".5s"));
        format!("{{ call = 's.work', limit = 'l', deadline = '{deadline}', or = [ {mark} ] }}")
    };
    let who = [("a", "0s"), ("b", "0s"), ("c", "0s")];
    let seen = asking(world(SERVICE).tables(limit), &who, step)
        .user("d", "0s", &late("2.5s"))
        .user("e", "0s", step)
        .user("f", "0s", &late("4.5s"))
        .run();
    seen.marks("a 1s, b 2s, c 3s, late_2 0s, e 4s, late_4 4.5s");
    seen.counted("limit.l.waited", 4)
        .service("s", ServiceCounter::Arrived, 5);
}

#[test]
fn waiting_for_a_token_spends_the_patience_for_waiting() {
    // b would go at 1 s, and leaves at 0.7 s; no attempt of his was ever sent.
    let limit = "[limit.l]\nrate = '1/s'\nburst = 1\nover = 'wait'\nscope = 'service'";
    let step = "{ name = 'ask', call = 's.work', limit = 'l' }";
    let seen = world(SERVICE)
        .tables(limit)
        .user("a", "0s", "{ call = 's.work', limit = 'l' }")
        .person("b", "0s", "patience = { waiting = '0.7s' }", step)
        .run();
    seen.ended("b", Outcome::Abandoned)
        .call("ask", CallCounter::Sent, 0)
        .call("ask", CallCounter::Failed, 1)
        .journey_times("a", 1, "1s");
}

#[test]
fn a_token_comes_back_when_a_later_guard_stops_the_attempt() {
    // Two tokens, one every ten seconds. a takes one and fails at 1 s: the breaker is open until
    // 6 s. b, at 2 s, is stopped by it and gives his token back. At 7 s there are 1 + 0.7, so c and
    // no other passes; had b kept his, there would be 0.7.
    let tables = "[limit.l]\nrate = '0.1/s'\nburst = 2\nscope = 'service'\n\
                  [breaker.b]\nconsecutive = 1\nopen = '5s'\nscope = 'service'";
    let ask = |what: &str| {
        format!("{{ call = 's.{what}', limit = 'l', breaker = 'b', or = 'continue' }}")
    };
    let seen = world(SERVICE)
        .tables(tables)
        .user("a", "0s", &ask("bad"))
        .user("b", "2s", &ask("work"))
        .user("c", "7s", &ask("work"))
        .user("d", "7s", &ask("work"))
        .run();
    seen.marks("a 1s, b 2s, c 8s, d 7s")
        .counted("breaker.b.stopped", 1)
        .counted("limit.l.stopped", 1);
}

#[test]
fn a_limit_of_a_service_refuses_before_the_balancer() {
    // One token. What is refused has arrived, unlike what a guard of the caller stops.
    let seen = world(SERVICE)
        .tables("[limit.l]\nrate = '1/s'\nburst = 1")
        .set("service.s.limit", "l")
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ name = 'ask', call = 's.work', or = [] }")
        .run();
    seen.marks("a 1s, b 0s")
        .call("ask", CallCounter::AttemptRefused, 1)
        .call("ask", CallCounter::AttemptStopped, 0)
        .service("s", ServiceCounter::Arrived, 2)
        .service("s", ServiceCounter::Refused, 1)
        .counted("limit.l.stopped", 1);
}

#[test]
fn a_limit_before_an_endpoint_stands_in_its_table_and_may_let_wait() {
    // Only `work` has a limit, of one a second; b gets in at 1 s, having arrived at 0, and his
    // timeout of 1.5 s runs meanwhile. `quick` is free.
    let seen = world(SERVICE)
        .tables("[limit.l]\nrate = '1/s'\nburst = 1\nover = 'wait'")
        .set("service.s.endpoint.work.limit", "l")
        .set("service.s.endpoint.work.steps.1.wait", "1.2s")
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work', timeout = '1.5s', or = [] }")
        .user("c", "0s", "{ call = 's.work' }")
        .user("d", "0s", "{ call = 's.quick' }")
        .run();
    seen.marks("a 1.2s, b 1.5s, c 3.2s, d 0s")
        .counted("limit.l.waited", 2);
}

#[test]
fn each_user_has_a_bucket_of_his_own() {
    // One token each: of the two calls that each makes at once one gets in.
    let steps = "{ parallel = [ [ { call = 's.quick' } ], [ { call = 's.quick' } ] ], join = 'all',
                   or = [ { mark = 'refused' } ] }";
    let seen = |by: &str| {
        let limit = format!("[limit.l]\nrate = '1/h'\nburst = 1\nby = '{by}'");
        let world = world(SERVICE).tables(&limit).set("service.s.limit", "l");
        world.user("a", "0s", steps).user("b", "1s", steps).run()
    };
    seen("user").counted("limit.l.stopped", 2);
    seen("all").counted("limit.l.stopped", 3);
}

/// `front` asks `s` for each of its users, through a limit of a token every two seconds that lets
/// wait.
const FRONT: &str = "
    [service.front]
    workers = 9
    endpoint.ask = [ { name = 'inner', call = 's.work', limit = 'l' } ]
    [limit.l]
    rate = '0.5/s'
    burst = 1
    over = 'wait'";

#[test]
fn a_crash_ends_the_wait_for_a_token_and_empties_the_bucket() {
    // a's token is there at 0, b's would be at 2 s. The server crashes at 0.5 s and is back at 1 s:
    // both are refused at 0.5 s, and the bucket is full again: c goes at 1 s, d at 3 s.
    let crash = "[fault.power]\nat = '0.5s'\nfor = '0.5s'\n\
                 crash = { service = 'front', servers = 'all' }";
    let step = "{ call = 'front.ask', or = 'continue' }";
    let who = [("a", "0s"), ("b", "0s"), ("c", "1s"), ("d", "1s")];
    let seen = asking(world(SERVICE).tables(FRONT).tables(crash), &who, step).run();
    seen.marks("a 0.5s, b 0.5s, c 2s, d 4s")
        .call("inner", CallCounter::Started, 4)
        .call("inner", CallCounter::Sent, 3)
        .call("inner", CallCounter::Failed, 2);
}

#[test]
fn a_person_who_asks_again_stops_waiting_for_a_token() {
    // b's first attempt goes at 0 (the second token) and is not answered before he reloads at 0.5
    // s; the new one waits for the token of 2 s. At 2.5 s he reloads again, half a second after
    // that was sent; the next token is that of 4 s, and its answer comes at 5 s, the reloads being
    // spent.
    let limit = "[limit.l]\nrate = '0.5/s'\nburst = 2\nover = 'wait'\nscope = 'service'";
    let seen = world(SERVICE)
        .tables(limit)
        .user("a", "0s", "{ call = 's.work', limit = 'l' }")
        .person(
            "b",
            "0s",
            "reload = { after = '0.5s', at_most = 2 }",
            "{ name = 'ask', call = 's.work', limit = 'l' }",
        )
        .run();
    seen.marks("a 1s, b 5s")
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::AttemptCancelled, 2)
        .call("ask", CallCounter::Reloaded, 2);
}

#[test]
fn who_waits_for_a_token_at_the_horizon_has_sent_nothing() {
    let limit = "[limit.l]\nrate = '0.01/s'\nburst = 1\nover = 'wait'\nscope = 'service'";
    let seen = world(SERVICE)
        .head("run_for = '10s'")
        .tables(limit)
        .user("a", "0s", "{ call = 's.work', limit = 'l' }")
        .user("b", "0s", "{ name = 'ask', call = 's.work', limit = 'l' }")
        .run();
    seen.ended("b", Outcome::Unfinished)
        .call("ask", CallCounter::Sent, 0)
        .call("ask", CallCounter::Unfinished, 1);
}

#[test]
fn an_attempt_whose_caller_has_left_while_it_waits_before_a_service_leaves_its_queue() {
    // b waits before s until 2 s, but his timeout ends at 1.5 s. Where callers' leaving is heard
    // of, his attempt is accepted at 2 s and leaves at once; where it is not, the work is done.
    let seen = |on_timeout: &str| {
        world(SERVICE)
            .tables("[limit.l]\nrate = '0.5/s'\nburst = 1\nover = 'wait'")
            .set("service.s.limit", "l")
            .set("service.s.on_timeout", on_timeout)
            .user("a", "0s", "{ call = 's.work' }")
            .user("b", "0s", "{ call = 's.work', timeout = '1.5s', or = [] }")
            .run()
    };
    seen("dequeue")
        .marks("a 1s, b 1.5s")
        .service("s", ServiceCounter::LeftQueue, 1)
        .service("s", ServiceCounter::Completed, 1);
    seen("ignore")
        .marks("a 1s, b 1.5s")
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::Completed, 2);
}
