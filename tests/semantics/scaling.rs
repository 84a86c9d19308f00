//! Servers, workers and settings that change while it runs (semantics#scaling, #changes).

use super::world::{World, world};
use onrush::observation::{Outcome, ServiceLevel};

/// One server of one worker with a shared queue; a second one is decided at 0.5, ordered half a
/// second later, and takes two to boot: up at 3. a works 0–10, b waits from 0.2, c comes at 5.
const MORE: &str = "
    [service.s]
    boot = '2s'
    queue = { shared = true }
    [service.s.endpoint]
    work = [ { wait = '1s' } ]
    long = [ { wait = '10s' } ]
    [action.more]
    at = '0.5s'
    takes = '0.5s'
    set = { 'service.s.servers' = '+1' }";

fn growing() -> World {
    world(MORE)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0.2s", "{ call = 's.work' }")
        .user("c", "5s", "{ call = 's.work' }")
}

#[test]
fn scaling_out_takes_its_time_and_the_boot() {
    // b 3–4, c 5–6 beside a. Up: one for 1000, one from 3 on; asked for: the second from 1 on.
    let seen = growing().run();
    seen.marks("a 10s, b 4s, c 6s")
        .level("s", ServiceLevel::Up, "1997s")
        .level("s", ServiceLevel::Nominal, "1999s");
}

#[test]
fn a_cold_server_is_slower_until_it_is_warm() {
    // Cold 3–4: at half speed b has done 0.5 at 4, and ends at 4.5; at a quarter 0.25, 4.75.
    // Servers of the beginning are warm.
    let seen = growing().set("service.s.warm_after", "1s").run();
    seen.marks("a 10s, b 4.5s, c 6s");
    let seen = growing()
        .set("service.s.warm_after", "1s")
        .set("service.s.cold", "4")
        .run();
    seen.marks("a 10s, b 4.75s, c 6s");
}

#[test]
fn those_who_stand_in_line_at_an_instance_stay_there() {
    // Without a shared queue b waits behind a: 10–11. c, least-loaded, finds the new one: 5–6.
    let seen = growing()
        .set("service.s.queue.shared", "false")
        .set("service.s.balance", "least-loaded")
        .run();
    seen.marks("a 10s, b 11s, c 6s");
}

/// Two servers, one of them dropped at 1.
const LESS: &str = "
    [service.s]
    servers = 2
    boot = '5s'
    [service.s.endpoint]
    work = [ { wait = '1s' } ]
    long = [ { wait = '3s' } ]
    [action.less]
    at = '1s'
    set = { 'service.s.servers' = 1 }";

#[test]
fn scaling_in_takes_the_highest_number_which_finishes_what_it_has() {
    // In turn: a and c on 0, b and d on 1. From 1 on server 1 gets no new work, but finishes its
    // queue: b 0.1–3.1, d 3.1–6.1. e at 2 goes to 0: a 0–3, c 3–6, e 6–9. Up: 1000 and 6.1.
    let seen = world(LESS)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0.1s", "{ call = 's.long' }")
        .user("c", "0.2s", "{ call = 's.long' }")
        .user("d", "0.3s", "{ call = 's.long' }")
        .user("e", "2s", "{ call = 's.long' }")
        .run();
    seen.marks("a 3s, b 3.1s, c 6s, d 6.1s, e 9s")
        .level("s", ServiceLevel::Up, "1006.1s")
        .level("s", ServiceLevel::Nominal, "1001s");
}

#[test]
fn a_server_on_its_way_out_takes_nothing_from_a_shared_queue() {
    // a on 0 (0–3), b on 1 (0.1–1.1, dropped at 1). c waits from 0.6: server 1 is free at 1.1 but
    // takes no new work; c 3–4 on 0.
    let seen = world(LESS)
        .set("service.s.queue.shared", "true")
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.6s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, b 1.1s, c 4s")
        .level("s", ServiceLevel::Up, "1001.1s");
}

#[test]
fn a_server_on_its_way_out_comes_back_without_a_boot() {
    // Where the page leaves it open: ordered again at 2, server 1 still runs and is simply kept.
    // Least-loaded: a and c on 0, b on 1; e at 2.5 goes to 1, behind b: 3.1–4.1.
    let back = "[action.more]\nat = '2s'\nset = { 'service.s.servers' = 2 }";
    let seen = world(LESS)
        .tables(back)
        .set("service.s.balance", "least-loaded")
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0.1s", "{ call = 's.long' }")
        .user("c", "0.2s", "{ call = 's.long' }")
        .user("e", "2.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, b 3.1s, c 6s, e 4.1s")
        .level("s", ServiceLevel::Up, "2000s");
}

/// One service whose endpoint takes three seconds, and an action at 1.
fn at_one(set: &str) -> World {
    world(&format!(
        "[service.s]
        [service.s.endpoint]
        two = [ {{ wait = '2s' }} ]
        three = [ {{ wait = '3s' }} ]
        [action.change]
        at = '1s'
        set = {{ {set} }}"
    ))
}

#[test]
fn more_workers_start_at_once() {
    // a 0–3; b waits 0.5–1, then the second worker takes it: 1–4.
    let seen = at_one("'service.s.workers' = 2")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0.5s", "{ call = 's.three' }")
        .run();
    seen.marks("a 3s, b 4s");
}

#[test]
fn fewer_workers_finish_what_they_have() {
    // Two workers until 1: a 0–2, b 0–3. From then on one: c waits until both are done: 3–6.
    let seen = at_one("'service.s.workers' = 1")
        .set("service.s.workers", "2")
        .user("a", "0s", "{ call = 's.two' }")
        .user("b", "0s", "{ call = 's.three' }")
        .user("c", "0.5s", "{ call = 's.three' }")
        .run();
    seen.marks("a 2s, b 3s, c 6s");
}

#[test]
fn work_begun_keeps_what_it_drew() {
    // a began at 0: 3. b begins at 1.5: 9.
    let seen = at_one("'service.s.endpoint.three.steps.1.wait' = '9s'")
        .set("service.s.workers", "9")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "1.5s", "{ call = 's.three' }")
        .run();
    seen.marks("a 3s, b 10.5s");
}

#[test]
fn a_timeout_changes_for_attempts_sent_afterwards() {
    // a's attempt was sent at 0 with a timeout of 2.5; b's at 2 with 1.
    let ask = "{ name = 'ask', call = 's.three', timeout = '2.5s', or = [ { mark = 'no' } ] }";
    let seen = at_one("'journey.a.steps.ask.timeout' = '1s'")
        .set("service.s.workers", "9")
        .user("a", "0s", ask)
        .tables("[arrivals.b]\njourney = 'a'\nburst = { users = 1, at = '2s' }")
        .run();
    seen.first_last("no", "2.5s", "3s").passed("no", 2);
}

#[test]
fn cores_that_an_action_adds_speed_up_work_in_progress() {
    // One core: half speed until 1, then a core each: 0.5 done, 0.5 left: 1.5.
    let tables = "
        [service.s]
        cores = 1
        workers = 9
        endpoint.one = [ { cpu = '1s' } ]
        [action.bigger]
        at = '1s'
        set = { 'service.s.cores' = 2 }";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0s", "{ call = 's.one' }")
        .run();
    seen.nearly(3, "a 1.5s, b 1.5s");
}

#[test]
fn a_queue_limit_changes_for_those_who_come_afterwards() {
    // a works 0–3; b at 0.5 finds no place, c at 1.5 does: 3–6.
    let seen = at_one("'service.s.queue.limit' = 1")
        .set("service.s.queue.limit", "0")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0.5s", "{ call = 's.three' }")
        .user("c", "1.5s", "{ call = 's.three' }")
        .run();
    seen.marks("a 3s, c 6s").ended("b", Outcome::Refused);
}

#[test]
fn arrivals_scaled_by_an_action_come_closer_from_then_on() {
    // 1/s evenly: 1 … 5; from 5 on twice as many: 5.5, 6, … 10. The horizon is 10.2.
    let seen = world("")
        .head("run_for = '10.2s'")
        .tables(
            "[arrivals.a]
            journey = 'a'
            rate = '1/s'
            spacing = 'even'
            [journey.a]
            steps = [ { mark = 'a' } ]
            [action.crowd]
            at = '5s'
            set = { 'arrivals.a.scale' = 2 }",
        )
        .run();
    seen.passed("a", 15).first_last("a", "1s", "10s");
}

#[test]
fn a_server_on_its_way_out_is_given_no_new_work_by_any_balancer() {
    // a and b work 0–9, one on each of two servers, with room for one behind them. From 1 on there
    // is one server: c, at 2, is the one who waits there until 9, and d, at 3, is refused, though
    // the server on its way out has nobody waiting. Where luck puts a and b on one server, or
    // `least-loaded` cannot tell, other seeds are looked at.
    for balance in [
        "round-robin",
        "random",
        "least-loaded",
        "two-choices",
        "sticky",
    ] {
        let mut tried = 0;
        for seed in 1..=20 {
            let tables = "
                [service.s]
                servers = 2
                queue = { limit = 1 }
                [service.s.endpoint]
                work = [ { wait = '1s' } ]
                long = [ { wait = '9s' } ]
                [action.fewer]
                at = '1s'
                set = { 'service.s.servers' = 1 }";
            let seen = world(tables)
                .set("service.s.balance", balance)
                .seed(seed)
                .user("a", "0s", "{ call = 's.long' }")
                .user("b", "0s", "{ call = 's.long' }")
                .user("c", "2s", "{ call = 's.work' }")
                .user("d", "3s", "{ call = 's.work' }")
                .run();
            if seen.at("a") == seen.at("b") {
                seen.marks("a 9s, b 9s, c 10s").ended("d", Outcome::Refused);
                tried += 1;
            }
        }
        assert!(tried >= 4, "{balance}: {tried}");
    }
}
