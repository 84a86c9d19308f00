//! Turned away: loud, silent, at a price (semantics#refused).

use super::world::world;
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceLevel};

/// One worker, no queue, a quarter of a second one way.
const FULL: &str = "
    [service.s]
    queue = { limit = 0 }
    network = '250ms'
    [service.s.endpoint]
    work = [ { wait = '5s' } ]";

const ASK: &str = "{ name = 'ask', call = 's.work', timeout = '2s', or = [ { mark = 'no' } ] }";

#[test]
fn the_refused_learn_one_way_over_the_network_later() {
    // b: sent 1, there 1.25, refused, back 1.5.
    let seen = world(FULL)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "1s", ASK)
        .run();
    seen.marks("no 1.5s, a 5.5s")
        .call("ask", CallCounter::AttemptRefused, 1);
}

#[test]
fn the_silently_refused_learn_at_their_timeout() {
    // b: sent 1, refused at 1.25, hears nothing until 3. For the caller that is a timeout, and
    // the user's outcome follows what the caller could know.
    let seen = world(FULL)
        .set("service.s.queue.silent", "true")
        .user("a", "0s", "{ call = 's.work', timeout = '9s' }")
        .user("b", "1s", ASK)
        .user("c", "1s", "{ call = 's.work', timeout = '2s' }")
        .run();
    seen.marks("no 3s, a 5.5s")
        .call("ask", CallCounter::AttemptTimedOut, 1)
        .call("ask", CallCounter::AttemptRefused, 0)
        .service("s", ServiceCounter::Refused, 2)
        .ended("c", Outcome::Failed);
}

/// One core; a request of one second of `cpu`, a refusal of a fifth.
const DEAR: &str = "
    [service.s]
    cores = 1
    queue = { limit = 0 }
    refuse_cost = '200ms'
    [service.s.endpoint]
    work = [ { cpu = '1s' } ]
    idle = [ { wait = '1s' } ]";

#[test]
fn a_refusal_takes_cpu_from_those_at_work() {
    // a works 0–; b is refused at 0.5 and shares the core: 0.2 at half speed until 0.9, when the
    // answer leaves. a has 0.7 done by then, and ends at 1.2.
    let seen = world(DEAR)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
        .run();
    seen.nearly(2, "no 0.9s, a 1.2s")
        .level("s", ServiceLevel::Held, "1.2s");
}

#[test]
fn a_refusal_needs_no_worker() {
    // a's only worker waits 0–1 and leaves the core alone: b hears at 0.5 + 0.2.
    let seen = world(DEAR)
        .user("a", "0s", "{ call = 's.idle' }")
        .user("b", "0.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
        .run();
    seen.nearly(2, "no 0.7s, a 1s")
        .level("s", ServiceLevel::Busy, "0.2s");
}

#[test]
fn two_refusals_share_the_core_too() {
    // b and c are refused at 0.5: each 0.2 at half speed, both hear at 0.9.
    let no = |name: &str| format!("{{ call = 's.work', or = [ {{ mark = 'no_{name}' }} ] }}");
    let seen = world(DEAR)
        .user("a", "0s", "{ call = 's.idle' }")
        .user("b", "0.5s", &no("b"))
        .user("c", "0.5s", &no("c"))
        .run();
    seen.nearly(3, "no_b 0.9s, no_c 0.9s, a 1s");
}

#[test]
fn a_service_without_servers_refuses() {
    // It is closed until long after the end of whatever happens.
    let open = "[action.open]\nat = '900s'\nset = { 'service.s.servers' = 1 }";
    let seen = world(FULL)
        .tables(open)
        .set("service.s.servers", "0")
        .user("a", "0s", ASK)
        .run();
    seen.marks("no 0.5s")
        .service("s", ServiceCounter::Refused, 1);
}

#[test]
fn an_endpoint_may_refuse_of_its_own_accord() {
    // Refused after a second of work: the outcome is the same as at the door.
    let tables = "[service.s]\nendpoint.work = [ { wait = '1s' }, { fail = 'refused' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ name = 'ask', call = 's.work' }")
        .run();
    seen.ended("a", Outcome::Refused)
        .inside("1s")
        .call("ask", CallCounter::AttemptRefused, 1)
        .service("s", ServiceCounter::Refused, 0)
        .service("s", ServiceCounter::Completed, 1);
}

#[test]
fn a_refused_attempt_takes_longer_than_any_time_over_any_network() {
    // Ten of fifty find a free worker and take five seconds; forty are refused. So a tenth of the
    // attempts take five seconds, and the median attempt never ends well.
    for network in ["0s", "1us"] {
        let mut world = world(FULL)
            .set("service.s.network", &format!("'{network}'"))
            .set("service.s.workers", "10");
        for metric in [
            "p20(ask.attempt_time)",
            "p50(ask.attempt_time)",
            "p50(ask.time)",
        ] {
            world = world.tables(&format!("[[objective]]\nthat = '{metric} < 1h'"));
        }
        let steps = "{ name = 'ask', call = 's.work', or = 'continue' }";
        let seen = world
            .tables("[arrivals.many]\njourney = 'many'\nburst = { users = 50, at = '1s' }")
            .tables(&format!("[journey.many]\nsteps = [ {steps} ]"))
            .run();
        seen.call("ask", CallCounter::AttemptRefused, 40);
        let tenth = seen.metric(0).expect("ten end well");
        assert!((5.0..5.05).contains(&tenth), "{network}: {tenth}");
        assert_eq!(seen.metric(1), Some(f64::INFINITY), "{network}");
        assert_eq!(seen.metric(2), Some(f64::INFINITY), "{network}");
    }
}
