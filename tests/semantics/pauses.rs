//! Servers that stand still or are gone, and whom the balancer still sends to them
//! (semantics#service, #scaling, #faults): with a queue of their own they keep what they are given,
//! of a shared queue they take nothing.

use super::world::{World, world};
use onrush::base::time::Time;
use onrush::observation::ServiceCounter;

/// Two servers with one queue; the fault hits from 1 to 10.
fn shared(fault: &str) -> World {
    two(fault, "queue = { shared = true }")
}

fn two(fault: &str, keys: &str) -> World {
    world(&format!(
        "[service.s]
        servers = 2
        {keys}
        [service.s.endpoint]
        one = [ {{ wait = '1s' }} ]
        three = [ {{ wait = '3s' }} ]
        core = [ {{ cpu = '1s' }} ]
        [fault.f]
        at = '1s'
        for = '9s'
        {fault}"
    ))
}

const ONE_PAUSES: &str = "pause = { service = 's', servers = 1 }";
const ALL_PAUSE: &str = "pause = { service = 's' }";

#[test]
fn a_paused_server_takes_nothing_from_a_shared_queue() {
    // One of two stands still from 1 to 10, idle. a 2–3 and b, who waits from 2.5, 3–4 on the
    // other. c 9.5–12.5; d waits from 9.6, and the one that goes on at 10 takes it at once: 10–11.
    let seen = shared(ONE_PAUSES)
        .user("a", "2s", "{ call = 's.one' }")
        .user("b", "2.5s", "{ call = 's.one' }")
        .user("c", "9.5s", "{ call = 's.three' }")
        .user("d", "9.6s", "{ call = 's.one' }")
        .run();
    seen.marks("a 3s, b 4s, c 12.5s, d 11s")
        .service("s", ServiceCounter::Waited, 2);
}

#[test]
fn only_those_in_work_when_it_began_wait_for_the_end_of_a_pause() {
    // Both work when one of them pauses at 1: a or b has done 0.5, and ends at 10 + 2.5; the other
    // ends at 3.5, and takes c, who waits from 2: 3.5–4.5. d 5–6.
    let seen = shared(ONE_PAUSES)
        .user("a", "0.5s", "{ call = 's.three' }")
        .user("b", "0.5s", "{ call = 's.three' }")
        .user("c", "2s", "{ call = 's.one' }")
        .user("d", "5s", "{ call = 's.one' }")
        .run();
    seen.marks("c 4.5s, d 6s");
    let mut ends = [seen.at("a"), seen.at("b")].map(Time::nanos);
    ends.sort_unstable();
    assert_eq!(ends, [3_500_000_000, 12_500_000_000]);
}

#[test]
fn those_who_wait_are_dealt_out_one_by_one_when_all_go_on() {
    // Two workers on one core each. At 10 three wait: b goes to server 0, c to server 1, which has
    // fewer workers in use then, d to server 0: c alone 10–11, b and d at half speed 10–12.
    let seen = two(
        ALL_PAUSE,
        "queue = { shared = true }\nworkers = 2\ncores = 1",
    )
    .user("b", "2s", "{ call = 's.core' }")
    .user("c", "3s", "{ call = 's.core' }")
    .user("d", "4s", "{ call = 's.core' }")
    .run();
    seen.nearly(2, "b 12s, c 11s, d 12s");
}

#[test]
fn when_all_pause_a_shared_queue_fills_and_then_refuses() {
    // Room for one. a waits from 2 to 10; b is turned away.
    let seen = two(ALL_PAUSE, "queue = { shared = true, limit = 1 }")
        .user("a", "2s", "{ call = 's.one' }")
        .user("b", "3s", "{ call = 's.one', or = 'continue' }")
        .run();
    seen.marks("a 11s, b 3s")
        .service("s", ServiceCounter::Refused, 1);
}

#[test]
fn another_pays_for_the_refusals_while_one_pauses() {
    // a 2–5 on the one that works, with no room to wait: b at 3 is turned away by it, for 1: 4.
    let keys = "queue = { shared = true, limit = 0 }\nrefuse_cost = '1s'";
    let seen = two(ONE_PAUSES, keys)
        .user("a", "2s", "{ call = 's.three' }")
        .user("b", "3s", "{ call = 's.one', or = 'continue' }")
        .run();
    seen.nearly(2, "a 5s, b 4s");
}

/// The instants at which a, b, … were done.
fn ends(world: World, names: &[&str]) -> Vec<i64> {
    let seen = world.run();
    let mut ends: Vec<i64> = names.iter().map(|n| seen.at(n).nanos()).collect();
    ends.sort_unstable();
    ends.iter().map(|ns| ns / 1_000_000).collect()
}

#[test]
fn the_balancer_does_not_know_of_a_pause() {
    // Queues of their own. In turn, every other one stands still until 10: of four who come at 2,
    // 3, 4 and 5, two are done after 1, the others, one behind the other, at 11 and 12.
    let four = |world: World| {
        let mut world = world;
        for (name, at) in [("a", "2s"), ("b", "3s"), ("c", "4s"), ("d", "5s")] {
            world = world.user(name, at, "{ call = 's.one' }");
        }
        world
    };
    let names = ["a", "b", "c", "d"];
    let [x, y] = [3_000, 4_000];
    let turn = ends(four(two(ONE_PAUSES, "")), &names);
    assert!(
        turn == [x, 5_000, 11_000, 12_000] || turn == [y, 6_000, 11_000, 12_000],
        "{turn:?}"
    );
    // Least-loaded sends the first one or the second there, who is its load from then on.
    let least = two(ONE_PAUSES, "balance = 'least-loaded'");
    let least = ends(four(least), &names);
    assert!(
        least == [4_000, 5_000, 6_000, 11_000] || least == [x, 4_000, 5_000, 6_000],
        "{least:?}"
    );
}

#[test]
fn a_crashed_server_that_nobody_has_noticed_swallows_nothing_of_a_shared_queue() {
    // a 2–3 and b, who waits from 2.5, 3–4: both on the one that is up.
    let crash = "crash = { service = 's', servers = 1, noticed_after = '100s' }";
    let seen = shared(crash)
        .user("a", "2s", "{ call = 's.one' }")
        .user("b", "2.5s", "{ call = 's.one' }")
        .run();
    seen.marks("a 3s, b 4s")
        .service("s", ServiceCounter::Refused, 0);
}

#[test]
fn a_server_that_boots_takes_from_a_shared_queue_when_it_is_up() {
    // Both crash from 1 to 10, unnoticed, and boot for 2: a waits from 2 to 12.
    let crash = "crash = { service = 's', noticed_after = '100s', boot = '2s' }";
    let seen = shared(crash).user("a", "2s", "{ call = 's.one' }").run();
    seen.marks("a 13s");
}
