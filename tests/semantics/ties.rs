//! One instant, many events (semantics#ties): changes, then work and answers, then patience, then
//! clocks, then arrivals; within a group in the order of scheduling.

use super::world::{Trace, world};
use onrush::observation::{CallCounter, Outcome, ServiceCounter};

/// One worker, no queue.
const BARE: &str = "
    [service.s]
    queue = { limit = 0 }
    [service.s.endpoint]
    work = [ { wait = '1s' } ]";

/// One worker, a queue, short and long work.
const LINE: &str = "
    [service.s]
    on_timeout = 'dequeue'
    queue = { limit = 1 }
    [service.s.endpoint]
    work = [ { wait = '1s' } ]
    long = [ { wait = '3s' } ]";

#[test]
fn a_departure_makes_room_for_an_arrival() {
    // a works 0–1. b arrives at 1: the worker is free by then, 1–2.
    let seen = world(BARE)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, b 2s").ended("a b", Outcome::Served);
}

#[test]
fn one_nanosecond_earlier_there_is_no_room() {
    let seen = world(BARE)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "999999999ns", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s").never("b").ended("b", Outcome::Refused);
}

#[test]
fn an_answer_at_the_instant_of_its_timeout_is_in_time() {
    // Sent at 0, there at 0.25, done at 0.75, back at 1: the timeout. One ns less is too little.
    let tables = "
        [service.s]
        network = '250ms'
        [service.s.endpoint]
        work = [ { wait = '500ms' } ]";
    let steps =
        "{ name = 'NAME', call = 's.work', timeout = 'T', or = [ { mark = 'late_NAME' } ] }";
    let user = |name: &str, timeout: &str| steps.replace("NAME", name).replace('T', timeout);
    let seen = world(tables)
        .user("a", "0s", &user("ask_a", "1s"))
        .user("b", "10s", &user("ask_b", "999999999ns"))
        .run();
    seen.marks("a 1s, late_ask_b 10.999999999s")
        .never("late_ask_a")
        .call("ask_a", CallCounter::AttemptOk, 1)
        .call("ask_b", CallCounter::AttemptTimedOut, 1);
}

#[test]
fn work_of_no_length_is_over_before_the_next_attempt_arrives() {
    // Both come at 0. a's work starts and ends at 0; b's attempt arrives at 0, after that.
    let tables = "
        [service.s]
        queue = { limit = 0 }
        [service.s.endpoint]
        work = [ { wait = '0s' } ]
        nothing = []";
    let seen = world(tables)
        .user(
            "a",
            "0s",
            "{ call = 's.work' }, { call = 's.nothing', timeout = '1ns' }",
        )
        .user("b", "0s", "{ call = 's.work' }")
        .run();
    seen.marks("a 0s, b 0s").ended("a b", Outcome::Served);
}

#[test]
fn patience_spent_at_the_instant_of_the_answer_finds_the_user_served() {
    // The answer at 1 and what follows it come before patience at 1.
    let seen = world(BARE)
        .person("a", "0s", "patience = '1s'", "{ call = 's.work' }")
        .person(
            "b",
            "10s",
            "patience = { waiting = '1s' }",
            "{ call = 's.work' }",
        )
        .run();
    seen.marks("a 1s, b 11s").ended("a b", Outcome::Served);
}

#[test]
fn patience_comes_before_timeouts() {
    // a: patience and timeout at 2. b waits 1 (10–11), thinks until 12, waits again: patience of
    // 3 is spent at 14, where the timeout of 2 stands that was set at 12.
    let tables = "
        [service.s]
        workers = 9
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '9s' } ]";
    let or = "or = [ { mark = 'late' } ]";
    let a = format!("{{ call = 's.long', timeout = '2s', {or} }}");
    let b = format!("{{ call = 's.work' }}, {{ think = '1s' }}, {a}");
    let seen = world(tables)
        .person("a", "0s", "patience = '2s'", &a)
        .person("b", "10s", "patience = { waiting = '3s' }", &b)
        .run();
    seen.never("a b late")
        .ended("a b", Outcome::Abandoned)
        .inside("6s");
}

#[test]
fn a_timeout_makes_room_for_an_arrival() {
    // a works 0–3. b waits from 0 and leaves the queue at 1; c arrives at 1, has its place, 3–4.
    let seen = world(LINE)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.work', timeout = '1s' }")
        .user("c", "1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, c 4s").ended("b", Outcome::Failed);
}

#[test]
fn patience_makes_room_for_an_arrival() {
    let seen = world(LINE)
        .user("a", "0s", "{ call = 's.long' }")
        .person("b", "0s", "patience = '1s'", "{ call = 's.work' }")
        .user("c", "1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, c 4s").ended("b", Outcome::Abandoned);
}

#[test]
fn a_crash_comes_before_work_that_ends() {
    // a would be done at 1, when the server crashes.
    let seen = world(BARE)
        .tables("[fault.end]\nat = '1s'\nfor = '1s'\ncrash = { service = 's' }")
        .user(
            "a",
            "0s",
            "{ call = 's.work', or = [ { mark = 'lost' } ] }, { leave = 'failed' }",
        )
        .run();
    seen.marks("lost 1s").service("s", ServiceCounter::Lost, 1);
}

#[test]
fn a_boot_comes_before_an_arrival_and_a_crash_too() {
    // Down 1–2 without boot: b comes at 1 and is turned away, c comes at 2 and is served 2–3.
    let seen = world(BARE)
        .tables("[fault.end]\nat = '1s'\nfor = '1s'\ncrash = { service = 's' }")
        .user("b", "1s", "{ call = 's.work' }")
        .user("c", "2s", "{ call = 's.work' }")
        .run();
    seen.marks("c 3s").ended("b", Outcome::Refused);
}

#[test]
fn a_door_opens_before_patience_and_arrivals_and_closes_before_arrivals() {
    // The door is open from 1 to 5. a waits from 0 with patience until 1: the door is first.
    // b comes at 1, c at 5.
    let room = "[room.door]\nopens = '1s'\ncloses = '5s'";
    let seen = world(room)
        .person("a", "0s", "patience = '1s'", "{ enter = 'door' }")
        .user("b", "1s", "{ enter = 'door' }")
        .user("c", "5s", "{ enter = 'door' }")
        .run();
    seen.marks("a 1s, b 1s")
        .ended("a b", Outcome::Served)
        .ended("c", Outcome::Refused);
}

/// Two users who reach one worker at 2, one of them on the way since 0, the other since 1.
fn in_turn(early: &str, late: &str) -> Trace {
    world(BARE)
        .set("service.s.queue.limit", "9")
        .user(early, "0s", "{ think = '2s' }, { call = 's.work' }")
        .user(late, "1s", "{ think = '1s' }, { call = 's.work' }")
        .run()
}

#[test]
fn thoughts_end_in_the_order_in_which_they_began() {
    // Both pauses end at 2; the one that began at 0 comes first, whatever the names.
    in_turn("a", "z").marks("a 3s, z 4s");
    in_turn("z", "a").marks("z 3s, a 4s");
}

#[test]
fn timeouts_fall_in_the_order_in_which_they_were_set() {
    // z's clock was set at 0, a's at 1; both ring at 2, then both want the one worker of t.
    let tables = "
        [service.s]
        workers = 9
        endpoint.long = [ { wait = '9s' } ]
        [service.t]
        endpoint.work = [ { wait = '1s' } ]";
    let steps = |timeout: &str| {
        format!("{{ call = 's.long', timeout = '{timeout}', or = [ {{ call = 't.work' }} ] }}")
    };
    let seen = world(tables)
        .user("z", "0s", &steps("2s"))
        .user("a", "1s", &steps("1s"))
        .run();
    seen.marks("z 3s, a 4s");
}

#[test]
fn a_timeout_and_a_reload_at_one_instant_fall_in_the_order_in_which_they_were_set() {
    // Timeouts, deadlines and reloads are one group. Both clocks start when the attempt is sent,
    // the timeout first: at 1 the request fails for good, and nobody is left to reload.
    let tables = "[service.s]\nendpoint.long = [ { wait = '9s' } ]";
    let ask = "{ name = 'ask', call = 's.long', timeout = '1s' }";
    let seen = world(tables)
        .person("a", "0s", "reload = { after = '1s' }", ask)
        .run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::Sent, 1)
        .call("ask", CallCounter::AttemptTimedOut, 1)
        .call("ask", CallCounter::Reloaded, 0)
        .inside("1s");
}

#[test]
fn users_of_one_instant_arrive_by_the_name_of_their_source() {
    // Written z first; b is before z, and within a source the users come by number.
    let seen = world(LINE)
        .set("service.s.queue.limit", "9")
        .user("z", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work' }")
        .tables("[arrivals.c]\njourney = 'z'\nburst = { users = 2, at = '0s' }")
        .run();
    seen.marks("b 1s").first_last("z", "2s", "4s");
}

#[test]
fn an_action_comes_before_the_grant_of_a_worker() {
    // a works 0–1, b starts at 1 by what is in force since 1: 1–3.
    let seen = world(BARE)
        .set("service.s.queue.limit", "9")
        .tables(
            "[action.slower]\nat = '1s'\nset = { 'service.s.endpoint.work.steps.1.wait' = '2s' }",
        )
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, b 3s");
}
