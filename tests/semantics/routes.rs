//! Endpoints that turn away on their own account: closed routes, shedding, and the class of their
//! traffic (semantics#guards).

use super::world::world;
use onrush::observation::{Outcome, ServiceCounter};

#[test]
fn a_closed_route_refuses_everybody_and_costs_nothing() {
    // `two` is closed by an action at 1 s and opened by another at 3 s; a refusal would cost 5 s of
    // the only core, but not there: b learns it after two ways, and c's work is not slower.
    let tables = "[service.s]\nnetwork = '0.1s'\nrefuse_cost = '5s'\n\
         endpoint.one = [ { cpu = '1s' } ]\nendpoint.two = [ { cpu = '1s' } ]\n\
         [action.close]\nat = '1s'\nset = { 'service.s.endpoint.two.on' = false }\n\
         [action.open]\nat = '3s'\nset = { 'service.s.endpoint.two.on' = true }";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.two', timeout = '9s' }")
        .user("b", "1s", "{ call = 's.two', or = 'continue' }")
        .user("c", "1.5s", "{ call = 's.one' }")
        .user("d", "3s", "{ call = 's.two' }")
        .run();
    seen.marks("a 1.2s, b 1.2s, c 2.7s, d 4.2s")
        .service("s", ServiceCounter::Refused, 1)
        .counted("service.s.endpoint.two.closed", 1);
}

#[test]
fn an_endpoint_sheds_its_own_traffic_beside_what_its_service_sheds() {
    // Bulk and all below is shed at `two`; nothing at `one`.
    let tables = "[class.bulk]\ncriticality = 'bulk'\n\
         [service.s]\nworkers = 9\nendpoint.one = [ { wait = '1s' } ]\n\
         endpoint.two = { steps = [ { wait = '1s' } ], shed = { criticality = 'bulk' } }";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.one', class = 'bulk' }")
        .user("b", "0s", "{ call = 's.two', class = 'bulk' }")
        .user("c", "0s", "{ call = 's.two' }")
        .run();
    seen.ended("b", Outcome::Refused)
        .marks("a 1s, c 1s")
        .counted("service.s.endpoint.two.shed", 1);
}

#[test]
fn the_class_of_an_endpoint_is_nearer_than_that_of_the_call_and_is_inherited() {
    // One worker, in the order of classes. All come while x is served. `late` calls itself first,
    // but its endpoint says that it is last: b before a. The nested call of `late` inherits `last`,
    // and is shed at `db`, the other's is not.
    let tables = "[class.first]\npriority = 1\n[class.last]\npriority = 900\ncriticality = 'bulk'\n\
         [service.s]\nqueue = { order = 'priority' }\n\
         endpoint.usual = [ { wait = '1s' }, { call = 'db.get' } ]\n\
         endpoint.late = { steps = [ { wait = '1s' }, { call = 'db.get' } ], class = 'last' }\n\
         [service.db]\nworkers = 9\nshed = { criticality = 'bulk' }\n\
         endpoint.get = [ { wait = '0s' } ]";
    let seen = world(tables)
        .user("x", "0s", "{ call = 's.usual' }")
        .user(
            "a",
            "0.1s",
            "{ call = 's.late', class = 'first', or = 'continue' }",
        )
        .user("b", "0.2s", "{ call = 's.usual' }")
        .run();
    seen.marks("x 1s, b 2s, a 3s")
        .service("db", ServiceCounter::Refused, 1);
}
