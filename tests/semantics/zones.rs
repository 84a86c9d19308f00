//! Zones, limits, failing dependencies, lost packets and narrow lines (semantics#faults).

use super::world::{World, world};
use onrush::observation::{CallCounter, MessageCounter, ServiceCounter};

fn ask(name: &str) -> String {
    format!(
        "{{ name = '{name}', call = 's.work', timeout = '9s', or = [ {{ mark = 'no_{name}' }} ] }}"
    )
}

/// Three servers in zones a, b, a; a second of work.
fn zoned(fault: &str) -> World {
    let tables = "
        [service.s]
        servers = 3
        boot = '1s'
        zones = ['a', 'b']
        endpoint.work = [ { wait = '1s' } ]
        [fault.f]
        at = '2s'
        for = '2s'";
    world(&format!("{tables}\n{fault}"))
}

#[test]
fn a_zone_that_is_out_takes_its_servers_in_all_services() {
    // Zone a (the first and the third) is down 2–4 and boots to 5. x and y work there from 1.5 and
    // are lost, z at the second server is not. t has one server, in zone a: its caller hears at 2
    // too. At 3 only the second takes work: p 3–4, q waits 4–5.
    let t = "
        [service.t]
        zones = ['a', 'b']
        endpoint.work = [ { wait = '1s' } ]";
    let of_t = "{ name = 'v', call = 't.work', or = [ { mark = 'no_v' } ] }";
    let seen = zoned("out = { zone = 'a' }")
        .tables(t)
        .user("x", "1.5s", &ask("x"))
        .user("z", "1.5s", &ask("z"))
        .user("y", "1.5s", &ask("y"))
        .user("v", "1.5s", of_t)
        .user("p", "3s", &ask("p"))
        .user("q", "3s", &ask("q"))
        .run();
    // By the order of names v, x, y, z come at 1.5: x first, y second, z third server.
    seen.marks("no_x 2s, y 2.5s, no_z 2s, no_v 2s, p 4s, q 5s")
        .service("s", ServiceCounter::Lost, 2)
        .service("t", ServiceCounter::Lost, 1);
}

#[test]
fn traffic_is_shifted_from_one_zone_to_another() {
    // In turn a goes to the first server, b to the second, c to the third; all that would go to
    // zone a goes to the second: it works on one after the other.
    let seen = zoned("shift = { from = 'a', to = 'b' }")
        .user("a", "2s", &ask("a"))
        .user("b", "2.1s", &ask("b"))
        .user("c", "2.2s", &ask("c"))
        .user("d", "4s", &ask("d"))
        .run();
    seen.marks("a 3s, b 4s, c 5s, d 5s");
    // A share of nothing shifts nothing; another service is not meant.
    let seen = zoned("shift = { from = 'a', to = 'b', share = '0%', service = 's' }")
        .user("a", "2s", &ask("a"))
        .user("b", "2.1s", &ask("b"))
        .user("c", "2.2s", &ask("c"))
        .run();
    seen.marks("a 3s, b 3.1s, c 3.2s");
}

#[test]
fn a_limit_refuses_what_is_too_much_at_one_server() {
    // One worker, at most two at once from 0 to 9: a works, b waits, c is refused; at 1 a is done.
    let tables = "
        [service.s]
        endpoint.work = [ { wait = '1s' } ]
        [fault.files]
        at = '0s'
        for = '9s'
        limit = { service = 's', connections = 2 }";
    let seen = world(tables)
        .user("a", "0s", &ask("a"))
        .user("b", "0.1s", &ask("b"))
        .user("c", "0.2s", &ask("c"))
        .user("d", "1s", &ask("d"))
        .run();
    seen.marks("a 1s, b 2s, no_c 0.2s, d 3s")
        .service("s", ServiceCounter::Refused, 1);
}

#[test]
fn a_dependency_answers_with_errors_or_hangs() {
    // One way 0.25. Errors come back after both ways, and the service hears of nothing.
    let tables = "
        [service.s]
        network = '250ms'
        endpoint.work = [ { wait = '1s' } ]
        [fault.down]
        at = '1s'
        for = '2s'";
    let fails = world(&format!(
        "{tables}\ndependency = {{ service = 's', errors = '100%' }}"
    ));
    let seen = fails
        .user("a", "0s", &ask("a"))
        .user("b", "1.5s", &ask("b"))
        .user("m", "1.5s", "{ send = 's.work' }")
        .user("c", "3s", &ask("c"))
        .run();
    seen.marks("a 1.5s, no_b 2s, m 1.5s, c 4.5s")
        .call("b", CallCounter::AttemptError, 1)
        .message("s.work", MessageCounter::Undelivered, 1)
        .service("s", ServiceCounter::Arrived, 2);
    let hangs = world(&format!(
        "{tables}\ndependency = {{ service = 's', hangs = '100%' }}"
    ));
    let seen = hangs.user("b", "1.5s", &ask("b")).run();
    seen.marks("no_b 10.5s")
        .call("b", CallCounter::AttemptTimedOut, 1)
        .service("s", ServiceCounter::Arrived, 0);
}

#[test]
fn a_lost_packet_comes_late_each_time_twice_as_much() {
    // Work of 1. Questions are lost with one half, each time: late by 0, 0.2, 0.6, 1.4 …; over 200
    // seeds half, a quarter, an eighth of them. A deviation of the first is 7, of the second 6.
    let tables = "
        [service.s]
        workers = 9
        endpoint.work = [ { wait = '1s' } ]
        [fault.loss]
        at = '0s'
        loss = { between = ['users', 's'], share = '50%', direction = 'to' }";
    let mut late = [0; 3];
    for seed in 1..=200 {
        let seen = world(tables)
            .seed(seed)
            .user("a", "0s", "{ call = 's.work' }")
            .run();
        match seen.at("a").as_secs_f64() - 1.0 {
            x if x.abs() < 1e-9 => late[0] += 1,
            x if (x - 0.2).abs() < 1e-9 => late[1] += 1,
            x if (x - 0.6).abs() < 1e-9 => late[2] += 1,
            x => assert!(x > 1.3, "{x}"),
        }
    }
    assert!((75..=125).contains(&late[0]), "{late:?}");
    assert!((25..=75).contains(&late[1]), "{late:?}");
    assert!((5..=45).contains(&late[2]), "{late:?}");
}

#[test]
fn a_narrow_line_passes_one_message_after_the_other() {
    // 1 MB a message at 2 MB/s: half a second each, each way on its own. Questions of a, b, c sent
    // at 0 are there at 0.5, 1, 1.5; answers after 1 of work leave at 1.5, 2, 2.5 and arrive half a
    // second later. d after a while meets an empty line.
    let tables = "
        [service.s]
        workers = 9
        endpoint.work = [ { wait = '1s' } ]
        [fault.narrow]
        at = '0s'
        for = '1h'
        bandwidth = { between = ['users', 's'], rate = '2MB/s', size = '1MB' }";
    let seen = world(tables)
        .user("a", "1s", "{ call = 's.work' }")
        .user("b", "1s", "{ call = 's.work' }")
        .user("c", "1s", "{ call = 's.work' }")
        .user("d", "9s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, b 3.5s, c 4s, d 11s");
}
