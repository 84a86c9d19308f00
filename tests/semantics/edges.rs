//! Messages in one direction, and to one server (semantics#faults).

use super::world::world;
use onrush::observation::{CallCounter, ServiceCounter};

fn ask(name: &str) -> String {
    format!(
        "{{ name = '{name}', call = 's.work', timeout = '5s', or = [ {{ mark = 'no_{name}' }} ] }}"
    )
}

/// Half a second one way, a second of work; from 1 to 3 messages of one direction are lost.
fn one_way(direction: &str) -> super::world::World {
    let tables = "
        [service.s]
        workers = 9
        network = '500ms'
        endpoint.work = [ { wait = '1s' } ]
        [fault.cut]
        at = '1s'
        for = '2s'";
    let cut = format!("cut = {{ between = ['users', 's'], direction = '{direction}' }}");
    world(&format!("{tables}\n{cut}"))
}

#[test]
fn a_cut_of_one_direction_spares_the_other() {
    // a: sent 0, there 0.5, answer at 1.5: lost if answers are cut. b: sent 1.2: lost if questions
    // are. c: sent 2.5, there 3, answer at 4, when all is over.
    for (direction, marks) in [
        ("to", "a 2s, no_b 6.2s, no_c 7.5s"),
        ("from", "no_a 5s, no_b 6.2s, c 4.5s"),
    ] {
        let seen = one_way(direction)
            .user("a", "0s", &ask("a"))
            .user("b", "1.2s", &ask("b"))
            .user("c", "2.5s", &ask("c"))
            .run();
        // With `from`, b is there at 1.7 and its answer at 2.7 is lost.
        seen.marks(marks);
    }
}

/// Two servers in turn; what goes to the second is disturbed from 1 to 3.
fn second(fault: &str) -> super::world::World {
    let tables = "
        [service.s]
        servers = 2
        workers = 9
        network = '250ms'
        endpoint.work = [ { wait = '1s' } ]
        [fault.hole]
        at = '1s'
        for = '2s'";
    world(&format!("{tables}\n{fault}"))
}

#[test]
fn a_cut_to_one_server_swallows_what_the_balancer_sends_there() {
    // a goes to the first, b to the second and is lost, c to the first, d after the cut to the
    // second. e was at the second before: its answer at 1.35 is lost both ways, not one way.
    for (direction, e) in [("to", "e 1.6s"), ("both", "no_e 5.1s")] {
        let fault =
            format!("cut = {{ between = ['users', 's'], server = 2, direction = '{direction}' }}");
        let seen = second(&fault)
            .user("z", "0s", &ask("z"))
            .user("e", "0.1s", &ask("e"))
            .user("a", "1.2s", &ask("a"))
            .user("b", "1.3s", &ask("b"))
            .user("c", "1.4s", &ask("c"))
            .user("d", "3.2s", &ask("d"))
            .run();
        seen.marks(&format!("z 1.5s, {e}, a 2.7s, no_b 6.3s, c 2.9s, d 4.7s"))
            .call("b", CallCounter::AttemptTimedOut, 1)
            .service("s", ServiceCounter::Arrived, 5);
    }
}

#[test]
fn messages_to_one_server_are_kept_refused_or_late() {
    // b reaches the second at 1.55. Kept: until 3, then 1 of work: 4.25. Refused: known at once.
    // Late by 0.5 there: 1.55 + 0.5 + 1 of work; its answer leaves at 3.05, when all is over: 3.3.
    for (fault, b) in [
        (
            "cut = { between = ['users', 's'], server = 2, messages = 'kept' }",
            "b 4.25s",
        ),
        (
            "cut = { between = ['users', 's'], server = 2, messages = 'refused' }",
            "no_b 1.55s",
        ),
        (
            "delay = { between = ['users', 's'], server = 2, by = '500ms' }",
            "b 3.3s",
        ),
    ] {
        let seen = second(fault)
            .user("a", "1.2s", &ask("a"))
            .user("b", "1.3s", &ask("b"))
            .run();
        seen.marks(&format!("a 2.7s, {b}"));
    }
}

#[test]
fn a_caller_that_is_cut_off_from_what_it_asks() {
    // The second server of the caller cannot reach t. a is at the first, b at the second: its
    // inner call is given up after 2.
    let tables = "
        [service.s]
        servers = 2
        endpoint.work = [ { call = 't.work', timeout = '2s' } ]
        [service.t]
        workers = 9
        endpoint.work = [ { wait = '1s' } ]
        [fault.hole]
        at = '0s'
        cut = { between = ['t', 's'], server = 2 }";
    let seen = world(tables)
        .user("a", "1s", &ask("a"))
        .user("b", "1s", &ask("b"))
        .run();
    seen.marks("a 2s, no_b 3s")
        .service("t", ServiceCounter::Arrived, 1);
}
