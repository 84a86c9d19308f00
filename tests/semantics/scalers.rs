//! Autoscalers (semantics#autoscaler): the arithmetic is tested beside `hpa`; here is what they see
//! and what they do.

use super::world::{World, world};
use onrush::observation::ServiceLevel;

/// A service of two workers a server, half of them busy is the target, decided every 15 s without
/// windows on the way down.
const SCALED: &str = "
    [service.s]
    workers = 2
    balance = 'least-loaded'
    [service.s.endpoint]
    work = [ { wait = '100s' } ]
    [autoscaler.s]
    service = 's'
    metric = 'mean(s.held, 10s)'
    target = '50%'
    servers = [1, 8]
    stabilise = { down = '0s' }";

/// So many users who ask at an instant.
fn crowd(world: World, name: &str, users: u32, at: &str) -> World {
    world.tables(&format!(
        "[arrivals.{name}]\njourney = '{name}'\nburst = {{ users = {users}, at = '{at}' }}\n\
         [journey.{name}]\nsteps = [ {{ call = 's.work' }}, {{ mark = '{name}' }} ]"
    ))
}

#[test]
fn servers_follow_what_each_of_them_shows() {
    // One server, both workers held from 0 on. At 15: 1.0 of 0.5: two. From 15 on the second is up,
    // but not for 30 s, so it counts nothing on the way up: (1.0 + 0)/2/0.5 = 1: two stay, at 30.
    // At 45 it is up for 30 s, idle: (1 + 0)/2 of 0.5: two. All work ends at 100: at 105 the last
    // ten seconds are 5/10 and 0: 0.25/0.5 = 0.5: one. The second is withdrawn.
    let seen = crowd(world(SCALED), "a", 2, "0s")
        .head("run_for = '120s'")
        .run();
    // Asked for: 15 · 1 + 90 · 2 + 15 · 1.
    seen.level("s", ServiceLevel::Nominal, "210s")
        .level("s", ServiceLevel::Up, "210s");
    seen.counted("autoscaler.s.ordered", 1);
    seen.counted("autoscaler.s.withdrawn", 1);
    seen.counted("autoscaler.s.scaled_up", 1);
    seen.counted("autoscaler.s.scaled_down", 1);
}

#[test]
fn a_server_that_crashed_or_stands_still_is_missing() {
    // Two servers, both busy, of which one is gone from 5 on: the other shows 1.0/0.5 = 2; with the
    // missing one at nothing (1.0 + 0)/2/0.5 = 1: two stay.
    for fault in ["crash", "pause"] {
        let seen = crowd(world(SCALED), "a", 4, "0s")
            .head("run_for = '60s'")
            .set("service.s.servers", "2")
            .tables(&format!(
                "[fault.f]\nat = '5s'\n{fault} = {{ service = 's', servers = 1 }}"
            ))
            .run();
        let up = if fault == "crash" { "65s" } else { "120s" };
        seen.level("s", ServiceLevel::Up, up);
        seen.level("s", ServiceLevel::Nominal, "120s");
    }
}

/// Ordered are up to eight, delivered one every 10 s, and each boots for 20 s.
const SLOW: &str = "
    [service.s]
    boot = '20s'
    queue = { shared = true }
    [service.s.endpoint]
    work = [ { wait = '35s' } ]
    [autoscaler.s]
    service = 's'
    metric = 'mean(s.queue)'
    target = 1
    per = 'server'
    servers = [1, 8]
    stabilise = { down = '0s' }
    provision = { rate = '6/min' }";

#[test]
fn orders_are_delivered_one_after_the_other_and_withdrawn_first() {
    // Five come at 0: one works 0–35, four wait. At 15 four servers are asked for: three are
    // ordered, delivered at 25, 35, 45, up at 45, 55, 65. At 30 four wait and four are ordered:
    // 4 of 4. At 35 the next begins: three wait. At 45, before the first of them comes up, three of
    // four: 3 are asked for, so the one that has just been delivered is withdrawn. The server that
    // is up at 45 takes one: two wait. At 55 the next does: one. At 60 one of three: 1 is asked
    // for. Ready are three, of whom two finish what they have: up to 80 and 90.
    // Works: 0–35, 35–70, 45–80, 55–90, and the last at 70–105 on the first.
    let seen = crowd(world(SLOW), "a", 5, "0s")
        .head("run_for = '120s'")
        .run();
    seen.first_last("a", "35s", "105s");
    seen.counted("autoscaler.s.ordered", 3);
    seen.counted("autoscaler.s.withdrawn", 3);
    // Asked for 15 · 1, 30 · 4, 15 · 3, 60 · 1. Up: 120, 45–80 and 55–90.
    seen.level("s", ServiceLevel::Nominal, "240s")
        .level("s", ServiceLevel::Up, "190s");
}

#[test]
fn the_largest_answer_of_several_wins_and_an_action_sets_the_number() {
    // A second autoscaler that always asks for three: three from 15 on. An action sets six at 20;
    // at 30 both go on from there, the first with nothing to do, the second with six that are no
    // three: its answer is ⌈6·(3/3)⌉, within: six. At 45 the action of 40 has set ten, above the
    // eight of both: bound to eight.
    let tables = "
        [autoscaler.other]
        service = 's'
        metric = 'mean(users.in_system)'
        target = 1
        servers = [3, 8]
        [action.six]
        at = '20s'
        set = { 'service.s.servers' = 6 }
        [action.ten]
        at = '40s'
        set = { 'service.s.servers' = '+4' }";
    let seen = crowd(world(SCALED), "a", 1, "0s")
        .head("run_for = '60s'")
        .tables(tables)
        .run();
    // 15 · 1, 5 · 3, 20 · 6, 5 · 10, 15 · 8.
    seen.level("s", ServiceLevel::Nominal, "320s");
    seen.counted("autoscaler.other.withdrawn", 2);
}

#[test]
fn one_that_is_off_decides_nothing_until_it_is_switched_on() {
    let seen = crowd(world(SCALED), "a", 2, "0s")
        .head("run_for = '60s'")
        .set("autoscaler.s.on", "false")
        .tables("[action.on]\nat = '20s'\nset = { 'autoscaler.s.on' = true }")
        .run();
    // At 30: 1.0 of 0.5: two.
    seen.level("s", ServiceLevel::Nominal, "90s");
}
