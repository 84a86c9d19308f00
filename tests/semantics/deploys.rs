//! Rolling deploys (semantics#faults): servers drain, boot, and have other numbers, batch by batch,
//! and are rolled back alike. And memory that leaks.

use super::world::{World, world};
use onrush::observation::ServiceLevel;

/// Four servers with a boot of 1; from 10 on two at a time, every 10, have twice the work of 1.
fn deploy(more: &str) -> World {
    let tables = "
        [service.s]
        servers = 4
        boot = '1s'
        balance = 'least-loaded'
        endpoint.work = [ { wait = '1s' } ]
        [fault.release]
        at = '10s'
        for = '40s'";
    let deploy = "service = 's', batch = 2, every = '10s',
        set = { 'service.s.endpoint.work.1.wait' = '2s' }";
    let deploy = deploy.split_whitespace().collect::<Vec<_>>().join(" ");
    world(&format!("{tables}\ndeploy = {{ {deploy}{more} }}"))
}

fn asks(mut world: World, at: &[(&str, &str)]) -> World {
    for (name, at) in at {
        world = world.user(name, at, "{ call = 's.work' }");
    }
    world
}

#[test]
fn servers_drain_boot_and_have_the_new_numbers_batch_by_batch() {
    // At 10 the first two are gone at once, for they are idle, and up again at 11, with work of 2.
    // At 10.5 a goes to the third: old, 11.5. At 11 b and c go to the first and second: new, 13.
    // At 20 the others drain and boot to 21; from then on all is new: d 24. After the end at 50:
    // the first two are back at 51, the others at 61: e at 55 is at the first, old; f, g, h at 55
    // are at the second, third, fourth: 56, 57, 57. At 62 all is old.
    let world = deploy("");
    let users = [
        ("a", "10.5s"),
        ("b", "11s"),
        ("c", "11s"),
        ("d", "22s"),
        ("e", "55s"),
        ("f", "55s"),
        ("g", "55s"),
        ("h", "55s"),
        ("i", "62s"),
        ("j", "62s"),
        ("k", "62s"),
    ];
    let seen = asks(world, &users).run();
    seen.marks("a 11.5s, b 13s, c 13s, d 24s, e 56s, f 56s, g 57s, h 57s, i 63s, j 63s, k 63s");
}

#[test]
fn work_begun_is_finished_before_a_server_boots() {
    // Four at work from 9.7 to 10.7. The first two get nothing new at 10, are done at 10.7, boot to
    // 11.7. Up: 4 to 10.7, 2 to 11.7; at 20 two more for 1; at 50 and 60 the same back.
    let users = [("a", "9.7s"), ("b", "9.7s"), ("c", "9.7s"), ("d", "9.7s")];
    let seen = asks(deploy(""), &users).set("model.run_for", "100s").run();
    seen.marks("a 10.7s, b 10.7s, c 10.7s, d 10.7s")
        .level("s", ServiceLevel::Up, "392s");
}

#[test]
fn a_canary_stops_at_its_share() {
    // A quarter of four is one: only the first is new, before and after the next batch.
    let world = deploy(", share = '25%'");
    let users = [
        ("a", "12s"),
        ("b", "12s"),
        ("c", "12s"),
        ("d", "12s"),
        ("e", "32s"),
        ("f", "32s"),
    ];
    let seen = asks(world, &users).run();
    seen.marks("a 14s, b 13s, c 13s, d 13s, e 34s, f 33s");
}

#[test]
fn servers_that_come_after_a_finished_deploy_have_the_new_numbers() {
    // A fifth is ordered at 30, up at 31: with the release it has work of 2; rolled back with the
    // rest: at 61 (the third batch at 70, to 71) it is still new.
    let more = "
        [action.fifth]
        at = '30s'
        set = { 'service.s.servers' = 5 }";
    let users = [
        ("a", "40s"),
        ("b", "40s"),
        ("c", "40s"),
        ("d", "40s"),
        ("e", "40s"),
        ("f", "72s"),
        ("g", "72s"),
        ("h", "72s"),
        ("i", "72s"),
        ("j", "72s"),
    ];
    let seen = asks(deploy("").tables(more), &users).run();
    seen.marks("a 42s, b 42s, c 42s, d 42s, e 42s, f 73s, g 73s, h 73s, i 73s, j 73s");
}

#[test]
fn a_deploy_may_take_workers_and_cores() {
    // With the release one worker in place of two, at all four by 21: eight at 25 need two rounds.
    let world = deploy("")
        .set("service.s.workers", "2")
        .set("fault.release.deploy.set", "{ 'service.s.workers' = 1 }");
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let users: Vec<(&str, &str)> = names.iter().map(|name| (*name, "25s")).collect();
    let seen = asks(world, &users).run();
    seen.marks("a 26s, b 26s, c 26s, d 26s, e 27s, f 27s, g 27s, h 27s");
}

#[test]
fn a_leak_crashes_a_server_when_its_memory_is_full() {
    // 1 GB of 4 GB is in use, from 10 on 1 GB a second is lost: 2 at 11, 3 at 12, full at 13. The
    // server crashes then and boots to 15.5, with what it had at first; 2 at 16, 3 at 17, and the
    // leak ends at 17.5: a from 11 is lost at 13, b from 15.5 is served, and so is c.
    let tables = "
        [service.s]
        boot = '2500ms'
        memory = { base = '1GB', limit = '4GB' }
        endpoint.work = [ { wait = '3s' } ]
        [fault.leak]
        at = '10s'
        for = '7500ms'
        leak = { service = 's', grows = '1GB/s' }";
    let ask = |name: &str| {
        format!("{{ name = '{name}', call = 's.work', or = [ {{ mark = 'no_{name}' }} ] }}")
    };
    let seen = world(tables)
        .user("a", "11s", &ask("a"))
        .user("b", "15.5s", &ask("b"))
        .user("c", "60s", &ask("c"))
        .run();
    seen.marks("no_a 13s, b 18.5s, c 63s");
}
