//! Endpoints that answer before they end.

use super::world::world;
use onrush::observation::{CallCounter, Outcome, ServiceCounter};

const TABLES: &str = "
    [service.s]
    workers = 1
    [service.s.endpoint]
    work = [ { wait = '1s' }, { answer = true }, { wait = '2s' } ]
    bad = [ { wait = '1s' }, { answer = true }, { wait = '1s' }, { fail = 'failed' } ]";

#[test]
fn the_caller_goes_on_and_the_worker_is_held_to_the_end() {
    // a has its answer at 1; the worker is free at 3, so b, who asks at 0.5, has its own at 4.
    let seen = world(TABLES)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, b 4s")
        .service("s", ServiceCounter::Goodput, 2)
        .service("s", ServiceCounter::Completed, 2)
        .service("s", ServiceCounter::Wasted, 0);
}

#[test]
fn nothing_that_the_caller_does_reaches_the_work_any_more() {
    // Under `cancel`: the timeout at 2 and the patience at 1.5 find that the request has ended; the
    // work goes on until 3, which b sees.
    let seen = world(TABLES)
        .set("service.s.on_timeout", "\"cancel\"")
        .person(
            "a",
            "0s",
            "patience = '1.5s'",
            "{ call = 's.work', timeout = '2s', deadline = '2s' }, { think = '9s' }",
        )
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("b 4s")
        .ended("a", Outcome::Abandoned)
        .service("s", ServiceCounter::Stopped, 0);
}

#[test]
fn a_later_failure_is_counted_and_changes_nothing_else() {
    let seen = world(TABLES).user("a", "0s", "{ call = 's.bad' }").run();
    seen.marks("a 1s")
        .call("s.bad", CallCounter::AttemptOk, 1)
        .counted("service.s.late_failed", 1)
        .service("s", ServiceCounter::Wasted, 0);
}

#[test]
fn who_left_before_the_answer_has_none() {
    let seen = world(TABLES)
        .user("a", "0s", "{ call = 's.work', timeout = '4s' }")
        .user(
            "b",
            "0s",
            "{ call = 's.work', timeout = '500ms', or = 'continue' }",
        )
        .run();
    // b waits behind a: it has left when its work begins at 3; at 6 it is wasted.
    seen.marks("a 1s, b 0.5s")
        .service("s", ServiceCounter::Wasted, 1);
}

#[test]
fn the_answer_takes_its_way_over_the_network() {
    // 0.1 s each way: the answer sets out at 1.1 and is there at 1.2; a caller who leaves at 1.15
    // leaves it on its way, and the work, held until 3.1, is wasted.
    let seen = world(TABLES)
        .set("service.s.network", "\"100ms\"")
        .user("a", "0s", "{ call = 's.work' }")
        .user(
            "b",
            "10s",
            "{ call = 's.work', timeout = '1.15s', or = 'continue' }",
        )
        .run();
    seen.marks("a 1.2s, b 11.15s");
}

#[test]
fn a_lost_session_signs_in_again() {
    // The page fails always: login 0–1, page fails at 1, login 1–2, fails, login 2–3, fails: the
    // third time the visit goes on to what `or` of the way back says.
    let tables = "
        [service.s]
        [service.s.endpoint]
        login = [ { wait = '1s' } ]
        page = [ { fail = 'failed' } ]
        [pool.desk]
        size = 1";
    let steps = "{ name = 'login', call = 's.login' }, { mark = 'in' }, { hold = 'desk', steps = [ \
                 { call = 's.page', or = [ { back_to = 'login', at_most = 2, \
                 or = [ { mark = 'enough' } ] } ] }, { mark = 'held' } ] }";
    let seen = world(tables).user("a", "0s", steps).run();
    seen.first_last("in", "1s", "3s")
        .passed("in", 3)
        .marks("enough 3s, held 3s, a 3s");
}

#[test]
fn the_early_answer_of_a_copy_ends_the_round() {
    // Two servers, a hedge at once: both answers set out at 1.1 and are there at 1.2. The first
    // wins; the other is given up on its way, and a is told of it no more, though it goes on.
    let seen = world(&format!("{TABLES}\n[hedge.h]\nafter = '0s'"))
        .set("service.s.servers", "2")
        .set("service.s.network", "\"100ms\"")
        .user(
            "a",
            "0s",
            "{ name = 'ask', call = 's.work', hedge = 'h' }, { think = '1s' }",
        )
        .run();
    seen.marks("a 2.2s")
        .call("ask", CallCounter::AttemptOk, 1)
        .call("ask", CallCounter::AttemptCancelled, 1)
        .service("s", ServiceCounter::Completed, 2)
        .service("s", ServiceCounter::Wasted, 1);
}
