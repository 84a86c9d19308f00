//! Connections that callers keep to servers (semantics#connections): old callers never see new
//! servers.

use super::world::{Trace, World, world};
use onrush::observation::{CallCounter, Outcome, ServiceCounter};

/// A service with two servers that take turns and need a tenth of a second, called by another.
fn called(connections: &str, more: &str) -> World {
    world(&format!(
        "[service.app]\nworkers = 9\nendpoint.ask = [ {{ call = 'db.one' }} ]\n\
         [service.db]\nservers = 2\nconnections = {{ {connections} }}\n\
         endpoint.one = [ {{ wait = '0.1s' }} ]\n{more}"
    ))
}

/// Users who ask `app` at these instants.
fn asks(world: World, at: &str) -> World {
    let users = at.split(' ').map(|at| at.split_once('=').expect("name=at"));
    users.fold(world, |world, (name, at)| {
        world.user(name, at, "{ call = 'app.ask' }")
    })
}

#[track_caller]
fn connected(seen: &Trace, opened: u64, refused: u64) {
    seen.mechanism("service.db.connections", "opened", opened)
        .mechanism("service.db.connections", "refused", refused);
}

#[test]
fn attempts_of_a_caller_go_to_one_server_and_the_first_brings_the_handshake() {
    // The only server of `app` has one connection, so all three go to the first server of `db`. a
    // has the handshake of 0.05 s before it, and arrives at 0.05; b, sent at 0.01 meanwhile, leaves
    // with it and waits until 0.15. c comes by the connection that is open.
    let seen = asks(called("handshake = '50ms'", ""), "a=0s b=0.01s c=1s").run();
    seen.marks("a 0.15s, b 0.25s, c 1.1s");
    connected(&seen, 1, 0);
}

#[test]
fn old_callers_never_see_new_servers() {
    // Two users have a connection each, to the two servers there are. At 1 s there are three: both
    // stay where they are, at 2 s as at 3 s, each with the other's turn no matter. d, who has none
    // yet, has the turn after two: the third. With an age of 1.5 s, a and b connect anew at 2 s,
    // with the turns after two: the third and the first.
    let busy = "[arrivals.d]\njourney = 'd'\nburst = { users = 1, at = '2s' }\n\
                [journey.d]\nsteps = [ { call = 'db.one' }, { mark = 'd' } ]";
    let world = |keys: &str| {
        let tables = format!(
            "[service.db]\nservers = 2\nconnections = {{ {keys} }}\n\
             endpoint.one = [ {{ wait = '0.1s' }} ]\n\
             [action.out]\nat = '1s'\nset = {{ 'service.db.servers' = 3 }}\n{busy}"
        );
        let steps = "{ call = 'db.one' }, { think = '1.9s' }, { call = 'db.one' }";
        let world = self::world(&tables);
        world.user("a", "0s", steps).user("b", "0s", steps).run()
    };
    let seen = world("keep = '1h'");
    seen.marks("a 2.1s, b 2.1s, d 2.1s");
    connected(&seen, 3, 0);
    let seen = world("max_age = '1.5s'");
    seen.marks("a 2.1s, b 2.1s, d 2.1s");
    connected(&seen, 5, 0);
}

#[test]
fn a_connection_without_an_attempt_is_closed_after_a_while() {
    // a ends at 0.15 s, b begins at 0.64 s, less than half a second later: the same connection.
    // It ends at 0.74 s; at exactly 1.24 s it is over, and c has a handshake again.
    let world = called("handshake = '50ms', keep = '500ms'", "");
    let seen = asks(world, "a=0s b=0.64s c=1.24s").run();
    seen.marks("a 0.15s, b 0.74s, c 1.39s");
    connected(&seen, 2, 0);
}

#[test]
fn an_attempt_under_way_keeps_its_connection_open_and_an_old_one_ends_on_it() {
    // Work of 2 s, longer than `keep`: b at 1.5 s uses the connection of a, which is older than
    // `max_age` only from 1.8 s on; b waits for a until 2 s, and ends at 4 s on it. c at 1.9 s
    // connects anew, to the second server.
    let tables = "[service.app]\nworkers = 9\nendpoint.ask = [ { call = 'db.one' } ]\n\
         [service.db]\nservers = 2\nconnections = { keep = '1s', max_age = '1.8s' }\n\
         endpoint.one = [ { wait = '2s' } ]";
    let seen = asks(world(tables), "a=0s b=1.5s c=1.9s").run();
    seen.marks("a 2s, b 4s, c 3.9s");
    connected(&seen, 2, 0);
}

#[test]
fn a_crash_closes_connections_and_so_does_scaling_in() {
    // a is connected to the first server, which is down from 0.5 s on: b connects to the second.
    // When that is no longer wanted (there is one, and the first boots at 2 s), c connects to the
    // first again.
    let more = "[fault.f]\nat = '0.5s'\nfor = '1.5s'\n\
                crash = { service = 'db', servers = { numbers = [1] } }\n\
                [action.in]\nat = '3s'\nset = { 'service.db.servers' = 1 }";
    let seen = asks(called("keep = '1h'", more), "a=0s b=1s c=4s").run();
    seen.marks("a 0.1s, b 1.1s, c 4.1s");
    connected(&seen, 3, 0);
}

#[test]
fn an_ejected_server_loses_its_connections() {
    // Both of app's attempts at the first server fail; it is left out, and the third goes to the
    // second, where the connection is that of a new one.
    let tables = "[service.app]\nworkers = 9\nendpoint.ask = [ { call = 'db.one' } ]\n\
         [service.db]\nservers = 2\nconnections = { keep = '1h' }\n\
         eject = { consecutive = 2, base = '99s', at_most = '50%' }\n\
         endpoint.one = [ { wait = '0.1s' } ]\n\
         [fault.f]\nat = '0s'\nfor = '9s'\n\
         error = { service = 'db', share = '100%', servers = { numbers = [1] } }";
    let seen = asks(world(tables), "a=0s b=1s c=2s").run();
    seen.ended("a b", Outcome::Failed).marks("c 2.1s");
    connected(&seen, 2, 0);
}

#[test]
fn a_server_that_has_all_the_connections_it_accepts_refuses_others_without_a_network() {
    // Each server accepts one. a and b have them; c finds the first server, whose turn it is, full:
    // refused at once, and nothing arrives. d comes when a, who is gone, has hung up.
    let tables = "[service.db]\nservers = 2\nconnections = { at_most = 1 }\n\
         network = '10ms'\nendpoint.one = [ { wait = '0.1s' } ]";
    let steps = "{ call = 'db.one' }";
    let stays = "{ call = 'db.one' }, { think = '9s' }";
    let world = world(tables).user("a", "0s", steps).user("b", "0s", stays);
    let world = world.user("c", "0.05s", "{ call = 'db.one', or = 'continue' }");
    let seen = world
        .user("d", "2s", "{ call = 'db.one', or = 'continue' }")
        .run();
    // The turn of c was that of the first server, that of d is that of the second, b's.
    seen.marks("a 0.12s, c 0.05s, d 2s")
        .call("c.db.one", CallCounter::AttemptStopped, 1)
        .call("c.db.one", CallCounter::AttemptRefused, 1)
        .service("db", ServiceCounter::Arrived, 2);
    connected(&seen, 2, 2);
}

#[test]
fn those_that_are_over_make_room_when_a_server_is_full() {
    // One server accepts one. The connection of a, who thinks, is over at 0.1 s + 1 s: b is refused
    // at 1 s, and c has one at 1.1 s.
    let tables = "[service.db]\nconnections = { at_most = 1, keep = '1s' }\n\
         endpoint.one = [ { wait = '0.1s' } ]";
    let world = world(tables).user("a", "0s", "{ call = 'db.one' }, { think = '9s' }");
    let world = world.user("b", "1s", "{ call = 'db.one', or = 'continue' }");
    let seen = world.user("c", "1.1s", "{ call = 'db.one' }").run();
    seen.marks("a 9.1s, b 1s, c 1.2s");
    connected(&seen, 2, 1);
}

#[test]
fn a_hedge_opens_a_second_connection_elsewhere_and_retries_keep_to_the_first() {
    // a is sent to the first server, which would take 1.8 s for it; after 0.5 s the hedge is sent
    // to the second, and is done at 0.6 s there: `slow` makes the first eighteen times slower.
    let tables = "[service.db]\nservers = 2\nconnections = { keep = '1h' }\n\
         endpoint.one = [ { wait = '0.1s' } ]\n\
         [hedge.h]\nafter = '0.5s'\n\
         [fault.f]\nat = '0s'\nfor = '99s'\n\
         slow = { service = 'db', factor = 18, servers = { numbers = [1] } }";
    let steps = "{ call = 'db.one', hedge = 'h' }, { think = '9s' }, \
                 { call = 'db.one', hedge = 'h' }";
    let seen = world(tables).user("a", "0s", steps).run();
    // The second time as the first, by the connections that are open.
    seen.marks("a 10.2s")
        .service("db", ServiceCounter::Arrived, 4);
    connected(&seen, 2, 0);
}

#[test]
fn a_timeout_covers_the_handshake() {
    let world = called("handshake = '2s'", "");
    let steps = "{ call = 'db.one', timeout = '1s', or = 'continue' }";
    let seen = world.user("a", "0s", steps).run();
    seen.marks("a 1s");
}
