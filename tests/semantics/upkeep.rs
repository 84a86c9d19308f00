//! What a server needs beside its requests: slowdown by those who wait or at the start of a step
//! (semantics#slowdown), memory (semantics#memory) and sleep (semantics#idle).

use super::world::{World, world};
use onrush::observation::Outcome;

const ASK: &str = "{ call = 's.work' }";

/// A service with one worker whose work takes a second, and these keys.
fn service(keys: &str) -> World {
    world(&format!(
        "[service.s]\n{keys}\nendpoint.work = [ {{ cpu = '1s' }} ]"
    ))
}

#[test]
fn each_that_waits_slows_the_work() {
    // a alone until 0.5 s, then b waits: the other half second takes 0.75 s, so a ends at 1.25 s.
    // b alone until 1.75 s, then c waits: its last 0.5 s takes 0.75 s; c, alone, takes a second.
    service("workers = 1\nslowdown = { per_waiting = '50%' }")
        .user("a", "0s", ASK)
        .user("b", "500ms", ASK)
        .user("c", "1.75s", ASK)
        .run()
        .nearly(4, "a 1.25s, b 2.5s, c 3.5s");
}

#[test]
fn who_leaves_the_queue_no_longer_slows() {
    // b waits from 0.5 s to 0.7 s: at two thirds of the speed a does 0.1333… s in 0.2 s, and has
    // 0.3666… s left at 0.7 s.
    let person = "{ call = 's.work', timeout = '200ms', or = 'continue' }";
    service("workers = 1\nslowdown = { per_waiting = '50%' }\non_timeout = 'dequeue'")
        .user("a", "0s", ASK)
        .user("b", "500ms", person)
        .run()
        .nearly(4, "a 1.066666667s, b 700ms");
}

#[test]
fn the_number_at_the_start_of_a_step_is_fixed() {
    // Latency = 1 + 0.1 for each other there when it starts, whoever comes or goes later.
    service("workers = 10\nslowdown = { contention = '10%', at_start = true }")
        .user("a", "0s", ASK)
        .user("b", "500ms", ASK)
        .user("c", "700ms", ASK)
        .user("d", "1.05s", ASK)
        .run()
        .nearly(4, "a 1s, b 1.6s, c 1.9s, d 2.25s");
}

#[test]
fn those_who_wait_count_at_the_start_too() {
    // One worker: b starts when a has ended, with c waiting: two there, and one of them waits, so
    // 1.1 · 1.5 s. c starts alone.
    service("workers = 1\nslowdown = { contention = '10%', per_waiting = '50%', at_start = true }")
        .user("a", "0s", ASK)
        .user("b", "100ms", ASK)
        .user("c", "200ms", ASK)
        .run()
        .nearly(4, "a 1s, b 2.65s, c 3.65s");
}

const MEMORY: &str = "workers = 1\nboot = '3s'\nmemory = { base = '500MB', per_request = '100MB', \
                      limit = '1GB', gc = { share = '100%', at = '50%' } }";

#[test]
fn a_fuller_memory_makes_all_cpu_slower() {
    // One there: 600 MB, a fifth of the way from half to full: 1.2 times slower. a does 0.5 s in
    // 0.6 s; then b waits, 700 MB, 1.4 times slower: 0.5 s take 0.7 s. b alone: 1.2 s.
    service(MEMORY)
        .user("a", "0s", ASK)
        .user("b", "600ms", ASK)
        .run()
        .nearly(4, "a 1.3s, b 2.5s");
}

#[test]
fn a_full_memory_crashes_the_server_and_it_boots() {
    // Two are the limit: at 0.5 s both fail, and the server boots until 3.5 s. c finds nobody at
    // 2 s; d has it alone at 4 s, at 750 MB 1.5 times slower.
    let full = MEMORY.replace("100MB", "250MB");
    let seen = service(&full)
        .user("a", "0s", "{ call = 's.work', or = 'continue' }")
        .user("b", "500ms", "{ call = 's.work', or = 'continue' }")
        .user("c", "2s", ASK)
        .user("d", "4s", ASK)
        .run();
    seen.nearly(4, "a 500ms, b 500ms, d 5.5s").never("c");
    seen.ended("c", Outcome::Refused)
        .ended("a b d", Outcome::Served)
        .counted("service.s.memory.crashed", 1)
        .counted("service.s.memory.paused", 0);
}

#[test]
fn a_collector_stops_everything_by_the_clock() {
    // Pauses from 2 s to 2.5 s, 4 s to 4.5 s, …: a has half a second to go in the first; b comes in
    // the second one.
    let keys = "workers = 1\nmemory = { limit = '1GB', gc = { pause = { every = '2s', for = \
                '500ms' } } }";
    service(keys)
        .user("a", "1.5s", ASK)
        .user("b", "4.2s", ASK)
        .head("run_for = '9s'")
        .run()
        .nearly(4, "a 3s, b 5.5s")
        .counted("service.s.memory.paused", 4);
}

#[test]
fn a_pause_ends_with_what_has_come_meanwhile() {
    // Two servers, one queue for both: server 0 pauses at 2 s and 4 s, server 1 at 0.618… of that.
    // At 2.1 s server 0 stands still, so the other takes a; b waits for server 0, which is there
    // at 2.5 s, before a has ended at 3.1 s.
    let keys = "servers = 2\nworkers = 1\nqueue = { shared = true }\nmemory = { limit = '1GB', gc \
                = { pause = { every = '2s', for = '500ms' } } }";
    service(keys)
        .user("a", "2.1s", ASK)
        .user("b", "2.2s", ASK)
        .run()
        .nearly(6, "a 3.1s, b 3.5s");
}

const IDLE: &str = "workers = 1\nidle = { sleep_after = '1s', setup = '500ms' }";
const SHORT: &str = "{ call = 's.brief' }";

fn sleepy(keys: &str) -> World {
    world(&format!(
        "[service.s]\n{keys}\nendpoint.brief = [ {{ cpu = '200ms' }} ]"
    ))
}

#[test]
fn a_server_with_nothing_to_do_sleeps_and_is_set_up_again() {
    // Awake at first; idle from 0.2 s, but b comes before 1.2 s; idle from 1.3 s, asleep at 2.3 s.
    // c wakes it at 3 s, for 3.5 s; d waits behind c.
    sleepy(IDLE)
        .user("a", "0s", SHORT)
        .user("b", "1.1s", SHORT)
        .user("c", "3s", SHORT)
        .user("d", "3.2s", SHORT)
        .head("run_for = '10s'")
        .run()
        .marks("a 200ms, b 1.3s, c 3.7s, d 3.9s")
        .counted("service.s.idle.slept", 2)
        .counted("service.s.idle.woken", 1);
}

#[test]
fn a_server_that_sleeps_at_once_begins_asleep() {
    // Set up for a until 0.5 s; asleep again at 0.7 s; set up for b until 1.5 s.
    sleepy("workers = 1\nidle = { setup = '500ms' }")
        .user("a", "0s", SHORT)
        .user("b", "1s", SHORT)
        .run()
        .marks("a 700ms, b 1.7s");
}

#[test]
fn who_finds_a_sleeping_server_with_no_place_wakes_it_for_others() {
    // Asleep at 1 s, no place to wait: a is refused at 2 s, but the server is there at 2.5 s.
    let keys = format!("{IDLE}\nqueue = {{ limit = 0 }}");
    let seen = sleepy(&keys)
        .user("a", "2s", SHORT)
        .user("b", "2.5s", SHORT)
        .run();
    seen.marks("b 2.7s").never("a").ended("a", Outcome::Refused);
}

#[test]
fn who_leaves_while_it_is_set_up_leaves_it_awake_and_idle() {
    // Asleep at 1 s. a wakes it at 5 s and gives up at 5.3 s. The set-up ends at 5.5 s all the
    // same; nobody is there, and it would sleep a second later: b at 6.4 s finds it awake. Idle
    // from 6.6 s, asleep at 7.6 s: c wakes it at 9 s.
    let gives_up = "{ call = 's.brief', timeout = '300ms', or = 'continue' }";
    let keys = format!("{IDLE}\non_timeout = 'dequeue'");
    sleepy(&keys)
        .head("run_for = '20s'")
        .user("a", "5s", gives_up)
        .user("b", "6.4s", SHORT)
        .user("c", "9s", SHORT)
        .run()
        .marks("a 5.3s, b 6.6s, c 9.7s");
}

#[test]
fn one_of_those_asleep_is_woken_for_each_that_waits() {
    // Both asleep at 0 s. a wakes server 0, b server 1; both are there half a second later.
    let keys = "servers = 2\nworkers = 1\nqueue = { shared = true }\nidle = { setup = '500ms' }";
    sleepy(keys)
        .user("a", "0s", SHORT)
        .user("b", "100ms", SHORT)
        .run()
        .marks("a 700ms, b 800ms");
}
