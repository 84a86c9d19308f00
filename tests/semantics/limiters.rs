//! What a server takes in: load that is shed, and limits that a server finds for itself
//! (semantics#limiters). The arithmetic of each kind stands beside it in `services/limits`.

use super::world::{World, world};
use onrush::observation::{Outcome, ServiceCounter};

#[test]
fn load_is_shed_before_a_server_is_chosen() {
    // a to server 0: 0–3. From 0.5 to 1.5 everything is shed: x is refused, and it is still the
    // turn of server 1: b there, 2–3, and not behind a.
    let seen = world(
        "[service.s]
         servers = 2
         [service.s.endpoint]
         long = [ { wait = '3s' } ]
         work = [ { wait = '1s' } ]
         [action.shed]
         at = '0.5s'
         set = { 'service.s.shed' = '100%' }
         [action.enough]
         at = '1.5s'
         set = { 'service.s.shed' = 0 }",
    )
    .user("a", "0s", "{ call = 's.long' }")
    .user("x", "1s", "{ call = 's.work' }")
    .user("b", "2s", "{ call = 's.work' }")
    .run();
    seen.marks("a 3s, b 3s")
        .ended("x", Outcome::Refused)
        .service("s", ServiceCounter::Arrived, 3)
        .service("s", ServiceCounter::Accepted, 2)
        .service("s", ServiceCounter::Refused, 1)
        .counted("service.s.shed.refused", 1);
}

/// A hundred users, one every second, of whom this share is shed.
fn shed(share: &str) -> World {
    let tables = "[service.s]\nendpoint.work = [ { wait = '0.1s' } ]";
    let mut world = world(tables).set("service.s.shed", share);
    for n in 0..100 {
        world = world.user(&format!("u{n}"), &format!("{n}s"), "{ call = 's.work' }");
    }
    world
}

#[test]
fn who_is_shed_is_shed_at_every_greater_share() {
    let (few, many) = (shed("20%").run(), shed("0.5").run());
    let mut shed = [0, 0];
    for n in 0..100 {
        let user = format!("u{n}");
        let refused = [&few, &many].map(|seen| seen.marked(&user).is_none());
        assert!(!refused[0] || refused[1], "{user}");
        shed[0] += u32::from(refused[0]);
        shed[1] += u32::from(refused[1]);
    }
    // Four deviations from 20 and 50.
    assert!(
        (4..=36).contains(&shed[0]) && (30..=70).contains(&shed[1]),
        "{shed:?}"
    );
}

#[test]
fn a_share_that_is_shed_may_stand_in_a_table() {
    let (word, table) = (shed("30%").run(), shed("{ share = '30%' }").run());
    for n in 0..100 {
        let user = format!("u{n}");
        assert_eq!(word.marked(&user), table.marked(&user));
    }
}

/// Ten workers and work of a second.
fn limited(limiter: &str, workers: &str) -> World {
    world(&format!(
        "[service.s]
         workers = {workers}
         limiter = {{ {limiter} }}
         endpoint.work = [ {{ wait = '1s' }} ]"
    ))
}

#[test]
fn those_in_service_and_those_who_wait_count() {
    // One worker, a limit of two: a works, b waits, c is refused. a's end makes the limit 3 (two
    // were in flight); at 1.1 b works, d and e come; f is refused.
    let seen = limited("kind = 'aimd', initial = 2, min = 1", "1")
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.1s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 's.work' }")
        .user("d", "1.1s", "{ call = 's.work' }")
        .user("e", "1.2s", "{ call = 's.work' }")
        .user("f", "1.3s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, b 2s, d 3s, e 4s")
        .ended("c f", Outcome::Refused)
        .counted("service.s.limiter.refused", 2)
        .service("s", ServiceCounter::Refused, 2);
}

#[test]
fn ends_that_took_too_long_lower_the_limit() {
    // Two ends of 1 s against a timeout of 0.5: 10, 9, 8.1 down to 8. Of nine at 2 eight are taken.
    let mut world = limited(
        "kind = 'aimd', initial = 10, min = 1, timeout = '0.5s'",
        "10",
    )
    .user("a", "0s", "{ call = 's.work' }")
    .user("b", "0s", "{ call = 's.work' }");
    for n in 0..9 {
        world = world.user(&format!("c{n}"), &format!("2.{n}1s"), "{ call = 's.work' }");
    }
    let seen = world.run();
    for n in 0..8 {
        assert!(seen.marked(&format!("c{n}")).is_some());
    }
    seen.ended("c8", Outcome::Refused);
}

#[test]
fn a_crash_forgets_what_a_server_has_found() {
    // a's end at 1 makes the limit 2 of 1. The crash from 5 to 6 forgets it: of b and c at 7 one
    // is taken. Without the crash both are.
    let crash = "[fault.crash]\nat = '5s'\nfor = '1s'\ncrash = { service = 's' }";
    for (tables, both) in [("", true), (crash, false)] {
        let seen = limited("kind = 'aimd', initial = 1, min = 1", "10")
            .tables(tables)
            .user("a", "0s", "{ call = 's.work' }")
            .user("b", "7s", "{ call = 's.work' }")
            .user("c", "7.1s", "{ call = 's.work' }")
            .run();
        seen.marks("a 1s, b 8s");
        assert_eq!(seen.marked("c").is_some(), both);
    }
}

#[test]
fn an_action_switches_a_limiter_off() {
    let seen = limited("kind = 'aimd', initial = 1, min = 1", "10")
        .tables("[action.off]\nat = '1s'\nset = { 'service.s.limiter.on' = false }")
        .user("a", "0.5s", "{ call = 's.work' }")
        .user("b", "0.6s", "{ call = 's.work' }")
        .user("c", "1.1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1.5s, c 2.1s").ended("b", Outcome::Refused);
}

/// Two workers who can do a hundred a second; a hundred and fifty come for a minute.
fn overload(limiter: &str) -> World {
    world(&format!(
        "[arrivals.all]
         journey = 'visit'
         rate = '150/s'
         [journey.visit]
         steps = [ {{ call = 's.work' }} ]
         [service.s]
         workers = 2
         {limiter}
         endpoint.work = [ {{ cpu = 'exp(20ms)' }} ]
         [[objective]]
         that = 'mean(s.wait) < 1s'"
    ))
    .head("run_for = '60s'\ndrain = true")
}

#[test]
fn every_kind_keeps_waits_short_and_workers_busy() {
    // Without one, 50 a second too many wait: after a minute 3,000, whom two workers serve in 30 s,
    // so that the mean wait is about half of that.
    let wait = overload("").run().metric(0).expect("some wait");
    assert!((12.0..18.0).contains(&wait), "{wait} s");
    let kinds = [
        "kind = 'vegas'",
        "kind = 'gradient2', min = 4",
        "kind = 'aimd', min = 4, timeout = '0.2s'",
        "kind = 'envoy', samples = 20",
        "kind = 'dagor'",
        "kind = 'breakwater', target = '40ms'",
    ];
    for kind in kinds {
        let seen = overload(&format!("limiter = {{ {kind} }}")).run();
        let wait = seen.metric(0).expect("some wait");
        assert!(wait < 1.0, "{kind}: {wait} s");
        let done = seen.done("s");
        assert!(done > 4_500, "{kind}: {done} of 6,000");
        println!("{kind}: {wait} s, {done}");
    }
}

#[test]
fn dagor_refuses_the_least_important_users_first() {
    // One worker, 30 ms of work, 50 a second: overload. One level of ten goes after each second of
    // it, so that the users refused stay the same: whoever is let in once the level has settled
    // was let in before.
    let seen = world(
        "[arrivals.all]
         journey = 'visit'
         population = 40
         [journey.visit]
         steps = [ { call = 's.work', timeout = '1s', or = 'continue' }, { think = '0.5s' } ]
         [service.s]
         limiter = { kind = 'dagor', levels = 10 }
         endpoint.work = [ { cpu = '30ms' } ]
         [[objective]]
         that = 'mean(s.wait) < 1s'",
    )
    .head("run_for = '60s'")
    .run();
    let wait = seen.metric(0).expect("some wait");
    assert!(wait < 0.1, "{wait} s");
}
