//! Who is next, and where to: orders of queues, the shared queue, balancers (semantics#service).

use super::world::{Trace, World, world};
use onrush::base::time::Time;
use onrush::observation::Outcome;

/// One worker, a second of work; a at 0, then b, c, d in the queue by 0.3.
fn four(order: &str) -> World {
    world("[service.s]\nendpoint.work = [ { wait = '1s' } ]")
        .set("service.s.queue.order", order)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 's.work' }")
        .user("d", "0.3s", "{ call = 's.work' }")
}

#[test]
fn first_come_first_served() {
    four("fifo").run().marks("a 1s, b 2s, c 3s, d 4s");
}

#[test]
fn last_come_first_served() {
    four("lifo").run().marks("a 1s, d 2s, c 3s, b 4s");
}

#[test]
fn the_last_of_many_is_served_first() {
    // u00 works 0–1; the others come by 0.4 and are served from the last to the second, whether
    // they wait at one server, at all of them, or for a unit of a pool.
    let services = [
        "[service.s]
         endpoint.work = [ { wait = '1s' } ]
         queue.order = 'lifo'",
        "[service.s]
         endpoint.work = [ { wait = '1s' } ]
         queue = { order = 'lifo', shared = true }",
        "[service.s]
         workers = 99
         endpoint.work = [ { hold = 'p', steps = [ { wait = '1s' } ] } ]
         [pool.p]
         size = 1
         queue.order = 'lifo'",
    ];
    for tables in services {
        let mut world = world(tables);
        for n in 0..40 {
            let at = format!("{}ms", 10 * n);
            world = world.user(&format!("u{n:02}"), &at, "{ call = 's.work' }");
        }
        let seen = world.run();
        seen.marks("u00 1s");
        for n in 1..40 {
            let done = Time::from_nanos((41 - n) * 1_000_000_000);
            assert_eq!(seen.at(&format!("u{n:02}")), done, "u{n:02}, {tables}");
        }
    }
}

#[test]
fn at_random_everyone_has_a_turn_and_every_order_happens() {
    // Whatever the luck, three waiting users end at 2, 3 and 4. Of sixty seeds all six orders
    // come up (a fair die of six sides would miss one in 10,000 such tests; seeds are fixed).
    let mut orders = std::collections::BTreeSet::new();
    for seed in 1..=60 {
        let seen = four("random").seed(seed).run();
        let mut order: Vec<(Time, &str)> = ["b", "c", "d"].map(|u| (seen.at(u), u)).to_vec();
        order.sort_unstable();
        let times: Vec<i64> = order.iter().map(|o| o.0.nanos() / 1_000_000_000).collect();
        assert_eq!(times, [2, 3, 4]);
        orders.insert(order.iter().map(|o| o.1).collect::<String>());
    }
    assert_eq!(orders.len(), 6, "{orders:?}");
    let again = |seed| four("random").seed(seed).run().at("b");
    assert_eq!(again(7), again(7));
}

#[test]
fn a_shared_queue_has_one_limit_and_serves_whoever_is_free() {
    // Two servers of one worker: a 0–2, b 0–1. c waits from 0.5, d at 0.6 finds the one place of
    // all taken. Server 1 is free at 1 and takes c: 1–2.
    let tables = "
        [service.s]
        servers = 2
        queue = { limit = 1, shared = true }
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '2s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.work' }")
        .user("c", "0.5s", "{ call = 's.work' }")
        .user("d", "0.6s", "{ call = 's.work' }")
        .run();
    seen.marks("a 2s, b 1s, c 2s").ended("d", Outcome::Refused);
}

/// Two servers with a core and two workers each: who shares a core with whom shows in the times.
const CORES: &str = "
    [service.s]
    servers = 2
    cores = 1
    workers = 2
    [service.s.endpoint]
    work = [ { cpu = '1s' } ]
    long = [ { cpu = '4s' } ]";

#[test]
fn with_a_shared_queue_the_instance_with_fewest_occupied_workers_takes_the_next() {
    // a to 0, b to 1 (0 has one worker occupied), c at 1: one each, so the lowest number, 0.
    // a has done 1; both at half speed: c ends at 3, a with 2 left at 5. b alone: 4.
    // d at 1.5: server 1 has one, server 0 two: with b from 1.5 on: b has done 1.5, d ends at
    // 3.5, b has 1.5 left: 5.
    let seen = world(CORES)
        .set("service.s.queue.shared", "true")
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.long' }")
        .user("c", "1s", "{ call = 's.work' }")
        .user("d", "1.5s", "{ call = 's.work' }")
        .run();
    seen.nearly(4, "a 5s, b 5s, c 3s, d 3.5s");
}

/// Two servers of one worker; a's work takes 3, the others' 1.
fn balanced(balance: &str) -> World {
    let tables = "
        [service.s]
        servers = 2
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '3s' } ]";
    world(tables)
        .set("service.s.balance", balance)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.work' }")
        .user("c", "2s", "{ call = 's.work' }")
        .user("d", "2.5s", "{ call = 's.work' }")
}

#[test]
fn round_robin_goes_on_whoever_is_busy() {
    // a 0: 0–3, b 1: 0–1, c 0: 3–4 though 1 is idle, d 1: 2.5–3.5.
    balanced("round-robin")
        .run()
        .marks("a 3s, b 1s, c 4s, d 3.5s");
}

#[test]
fn round_robin_counts_every_attempt_also_while_one_server_is_left() {
    // The n-th attempt, from 0, goes to the server n modulo how many there are. a is the first:
    // to 0. From 10 there is one server, x the second: to 0, for 30 s. From 20 there are two
    // again: y is the third, so to 0, which is full; z the fourth, to 1.
    let tables = "
        [service.s]
        servers = 2
        queue = { limit = 0 }
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '30s' } ]
        [action.fewer]
        at = '10s'
        set = { 'service.s.servers' = 1 }
        [action.more]
        at = '20s'
        set = { 'service.s.servers' = 2 }";
    let seen = world(tables)
        .user("a", "1s", "{ call = 's.work' }")
        .user("x", "11s", "{ call = 's.long' }")
        .user("y", "21s", "{ call = 's.work' }")
        .user("z", "21.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 2s, x 41s, z 22.5s")
        .ended("y", Outcome::Refused);
}

#[test]
fn round_robin_has_one_counter_a_service_whoever_asks() {
    // a to t's 0: 0–3; s for b to t's 1: 0.1–1.1; c to t's 0: 3–4.
    let tables = "
        [service.s]
        endpoint.work = [ { call = 't.work' } ]
        [service.t]
        servers = 2
        [service.t.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '3s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 't.long' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 't.work' }")
        .run();
    seen.marks("a 3s, b 1.1s, c 4s");
}

#[test]
fn the_least_loaded_counts_waiting_and_in_service_and_ties_go_to_the_lowest_number() {
    // a: both empty, so 0: 0–3. b: 1: 0–1. c at 2: 0 has one, 1 none: 1, 2–3. d at 2.5: one each,
    // so 0: 3–4.
    balanced("least-loaded")
        .run()
        .marks("a 3s, b 1s, c 3s, d 4s");
}

#[test]
fn of_equally_loaded_servers_the_lowest_number_is_taken() {
    // Five servers. a goes to 0 for 4 s, b to e at 0 to 1, 2, 3 and 4 for 2 s. f at 1 finds one
    // everywhere and goes to 0: 4–5. With any other number it would be done at 3.
    let tables = "
        [service.s]
        servers = 5
        balance = 'least-loaded'
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        twice = [ { wait = '2s' } ]
        long = [ { wait = '4s' } ]";
    let seen = ["b", "c", "d", "e"]
        .into_iter()
        .fold(
            world(tables).user("a", "0s", "{ call = 's.long' }"),
            |world, name| world.user(name, "0s", "{ call = 's.twice' }"),
        )
        .user("f", "1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 4s, b 2s, c 2s, d 2s, e 2s, f 5s");
}

#[test]
fn the_better_of_two_different_ones_of_two_is_the_least_loaded() {
    balanced("two-choices")
        .run()
        .marks("a 3s, b 1s, c 3s, d 4s");
}

/// a and b come together to so many servers of one worker, at random.
fn at_random(seed: u64, servers: &str) -> Trace {
    world("[service.s]\nbalance = 'random'\nendpoint.work = [ { wait = '1s' } ]")
        .set("service.s.servers", servers)
        .seed(seed)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work' }")
        .run()
}

#[test]
fn a_random_balancer_takes_instance_u_times_n() {
    // With the same luck, ⌊2u⌋ = ⌊⌊4u⌋ ÷ 2⌋: who meet on one of four servers meet on one of two.
    // Met or not, a ends at 1 and b at 1 or 2.
    let (mut met_of_two, mut met_of_four) = (0, 0);
    for seed in 1..=40 {
        let met = |servers| {
            let seen = at_random(seed, servers);
            seen.marks("a 1s");
            let b = seen.at("b");
            assert!(b == Time::from_nanos(1_000_000_000) || b == Time::from_nanos(2_000_000_000));
            b.nanos() == 2_000_000_000
        };
        let (two, four) = (met("2"), met("4"));
        assert!(two || !four, "seed {seed}");
        met_of_two += u32::from(two);
        met_of_four += u32::from(four);
    }
    // Expected 20 and 10; these bounds are three deviations away.
    assert!((10..=30).contains(&met_of_two) && (2..=18).contains(&met_of_four));
}

#[test]
fn a_sticky_balancer_sends_a_user_always_to_the_same_instance() {
    // Two messages and a call of one user at 0: one behind the other on one of four servers, so
    // the call is done at 3. In turn they would all be done at 1.
    let tables = "
        [service.s]
        servers = 4
        endpoint.work = [ { wait = '1s' } ]";
    let steps = "{ send = 's.work' }, { send = 's.work' }, { call = 's.work' }";
    for seed in 1..=10 {
        let sticky = world(tables).set("service.s.balance", "sticky").seed(seed);
        sticky.user("a", "0s", steps).run().marks("a 3s");
    }
    world(tables).user("a", "0s", steps).run().marks("a 1s");
}
