//! Balancers that are more than a rule: weights, old loads, parts of the servers, keys, slow starts
//! (semantics#balancing).

use super::world::{World, world};
use onrush::observation::{CallCounter, ServiceLevel};

/// Three servers of one worker each, and requests of 1 and of 10.
fn three(balance: &str) -> World {
    world(&format!(
        "[service.s]\nservers = 3\nbalance = {balance}\n\
         endpoint.one = [ {{ wait = '1s' }} ]\nendpoint.ten = [ {{ wait = '10s' }} ]"
    ))
}

/// Users who come one after the other, a second apart, from 0 on.
fn each_second(world: World, names: &[&str], step: &str) -> World {
    let users = names.iter().enumerate();
    users.fold(world, |world, (second, name)| {
        world.user(name, &format!("{second}s"), step)
    })
}

#[test]
fn turns_by_weight_are_spread_evenly() {
    // Credits of weights 2, 1, 1 go: 2 1 1 → first; 0 2 2 → second; 2 −1 3 → third; 4 0 0 → first.
    // Each works 10, so the fourth, who comes at 3, waits at the first until 10; the fifth and the
    // eighth follow there too (credits begin anew): it has 0, 3, 4, 7, done at 10, 20, 30, 40.
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let world = three("{ kind = 'round-robin', weight = [2, 1, 1] }");
    let seen = each_second(world, &names, "{ call = 's.ten' }").run();
    seen.marks("a 10s, b 11s, c 12s, d 20s, e 30s, f 21s, g 22s, h 40s");
}

#[test]
fn a_server_of_no_weight_gets_nothing() {
    let names = ["a", "b", "c", "d"];
    for kind in [
        "round-robin",
        "random",
        "least-loaded",
        "two-choices",
        "hash",
    ] {
        let world = three(&format!("{{ kind = '{kind}', weight = [0, 1, 0] }}"));
        let seen = each_second(world, &names, "{ call = 's.ten' }").run();
        seen.marks("a 10s, b 20s, c 30s, d 40s");
    }
}

#[test]
fn between_looks_a_balancer_knows_no_newer_loads() {
    // It looks at 0 and at 5. All who come before 5 see three idle servers and go to the first; at
    // 5 that has one at work and three in line, so whoever comes then goes to the second.
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let world = three("{ kind = 'least-loaded', stale = '4500ms' }");
    let seen = each_second(world, &names, "{ call = 's.ten' }").run();
    // 0, 1, 2, 3, 4 at the first; 5 and 6 at the second, which was empty at 4.5.
    seen.marks("a 10s, b 20s, c 30s, d 40s, e 50s, f 15s, g 25s");
}

#[test]
fn a_key_in_a_word_makes_it_its_table() {
    let names = ["a", "b", "c"];
    let world = three("'least-loaded'").set("service.s.balance.stale", "100s");
    let seen = each_second(world, &names, "{ call = 's.ten' }").run();
    seen.marks("a 10s, b 20s, c 30s");
}

#[test]
fn a_word_over_a_table_replaces_it() {
    let names = ["a", "b", "c"];
    let world = three("{ kind = 'least-loaded', stale = '100s' }");
    let world = world.set("service.s.balance", "least-loaded");
    let seen = each_second(world, &names, "{ call = 's.ten' }").run();
    seen.marks("a 10s, b 11s, c 12s");
}

#[test]
fn an_action_lets_a_balancer_look_again() {
    // Until 2.5 all go to the first; from then on to whoever has least.
    let names = ["a", "b", "c", "d", "e"];
    let world = three("{ kind = 'least-loaded', stale = '1000s' }")
        .tables("[action.fresh]\nat = '2.5s'\nset = { 'service.s.balance' = 'least-loaded' }");
    let seen = each_second(world, &names, "{ call = 's.ten' }").run();
    seen.marks("a 10s, b 20s, c 30s, d 13s, e 14s");
}

#[test]
fn each_caller_uses_a_part_of_the_servers() {
    // One caller and a part of one: whichever server that is, all wait in its line.
    let world = three("{ kind = 'round-robin', subset = 1 }")
        .tables("[service.front]\nworkers = 9\nendpoint.ask = [ { call = 's.ten' } ]");
    let names = ["a", "b", "c"];
    let seen = each_second(world, &names, "{ name = 'ask', call = 'front.ask' }").run();
    seen.marks("a 10s, b 20s, c 30s");
    // Of two, in turn.
    let world = three("{ kind = 'round-robin', subset = 2 }")
        .tables("[service.front]\nworkers = 9\nendpoint.ask = [ { call = 's.ten' } ]");
    let seen = each_second(world, &names, "{ call = 'front.ask' }").run();
    seen.marks("a 10s, b 11s, c 20s");
}

#[test]
fn a_key_keeps_to_its_server() {
    // One key: all go to one server. Without keys each user has a server of his own luck.
    let keyed = three("'hash'").tables("[keys.k]\ncount = 1");
    let names = ["a", "b", "c"];
    let seen = each_second(keyed, &names, "{ call = 's.ten', key = 'k' }").run();
    seen.marks("a 10s, b 20s, c 30s");
}

#[test]
fn a_new_server_gets_little_at_first() {
    // Both servers are idle from 10 on. The second is up since 2 and grows for 100: at 12 its
    // weight is a tenth, and one at work at the first counts as (1 + 1) ÷ 1 against 1 ÷ 0.1: still
    // the first. At 62 it is 0.6: 1 ÷ 0.6 is less than 2.
    let seen = world(
        "[service.s]\nworkers = 5\nboot = '1s'\n\
         balance = { kind = 'least-loaded', slow_start = '100s' }\n\
         endpoint.ten = [ { cpu = '10s' } ]\n\
         [action.more]\nat = '1s'\nset = { 'service.s.servers' = 2 }",
    )
    .user("a", "11.9s", "{ call = 's.ten' }")
    .user("b", "12s", "{ call = 's.ten' }")
    .user("c", "61.9s", "{ call = 's.ten' }")
    .user("d", "62s", "{ name = 'last', call = 's.ten' }")
    .tables(
        "[fault.f]\nat = '63s'\nfor = '1s'\n\
         slow = { service = 's', factor = 2, servers = { numbers = [2] } }",
    )
    .run();
    // d is the only one at the second server, which a fault of 63 to 64 slows to a half.
    seen.marks("a 21.9s, b 22s, c 71.9s, d 72.5s")
        .call("last", CallCounter::AttemptOk, 1)
        .level("s", ServiceLevel::Held, "40.5s");
}
