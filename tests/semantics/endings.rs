//! How attempts, requests and work end, and what is counted and told of each end, whatever ends it
//! (semantics#call, #giving-up, #refused).

use super::world::world;
use onrush::observation::fullness::Resource;
use onrush::observation::{CallCounter, ServiceCounter};

#[test]
fn an_attempt_that_times_out_takes_longer_than_any_time() {
    // Ten workers, a second each: ten of fifty have their answer after a second, ten after two,
    // and thirty give up after two and a half.
    let mut world = world(
        "[service.s]
        workers = 10
        endpoint.work = [ { wait = '1s' } ]",
    );
    for metric in [
        "p20(ask.attempt_time)",
        "p60(ask.attempt_time)",
        "p60(ask.time)",
    ] {
        world = world.tables(&format!("[[objective]]\nthat = '{metric} < 1h'"));
    }
    let steps = "{ name = 'ask', call = 's.work', timeout = '2.5s', or = 'continue' }";
    let seen = world
        .tables("[arrivals.many]\njourney = 'many'\nburst = { users = 50, at = '1s' }")
        .tables(&format!("[journey.many]\nsteps = [ {steps} ]"))
        .run();
    seen.call("ask", CallCounter::AttemptTimedOut, 30);
    let fifth = seen.metric(0).expect("ten end well");
    assert!((1.0..1.01).contains(&fifth), "{fifth}");
    assert_eq!(seen.metric(1), Some(f64::INFINITY));
    assert_eq!(seen.metric(2), Some(f64::INFINITY));
}

#[test]
fn work_that_stops_is_stopped_and_not_lost() {
    let seen = world(
        "[service.s]
        on_timeout = 'cancel'
        endpoint.work = [ { wait = '5s' } ]",
    )
    .user("a", "0s", "{ call = 's.work', timeout = '2s' }")
    .run();
    seen.service("s", ServiceCounter::Stopped, 1)
        .service("s", ServiceCounter::Lost, 0)
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::WastedHeldNs, 2_000_000_000);
}

#[test]
fn an_answer_on_its_way_to_nobody_held_its_worker_until_it_set_out() {
    // Sent at 0, there at 1, worked at 1–3, back at 4; nobody waits after 3.5.
    let seen = world(
        "[service.s]
        network = '1s'
        endpoint.work = [ { wait = '2s' } ]",
    )
    .user("a", "0s", "{ call = 's.work', timeout = '3.5s' }")
    .run();
    seen.service("s", ServiceCounter::Wasted, 1).service(
        "s",
        ServiceCounter::WastedHeldNs,
        2_000_000_000,
    );
}

/// Another service, to which something happens.
const ELSEWHERE: &str = "
    [service.t]
    endpoint.work = [ { wait = '1s' } ]
    [fault.elsewhere]
    at = '100ms'
    for = '1s'
    pause = { service = 't' }";

#[test]
fn a_clock_rings_also_after_something_has_happened_elsewhere() {
    // The attempt is served in place until the fault begins, and has a task of its own then.
    let work = "[service.s]\nendpoint.work = [ { cpu = '5s' } ]";
    let steps = "{ call = 's.work', timeout = '2s', or = [ { mark = 'late' } ] }";
    let seen = world(work).tables(ELSEWHERE).user("a", "0s", steps).run();
    seen.marks("late 2s");
}

#[test]
fn work_takes_as_long_when_something_happens_elsewhere() {
    let work = "[service.s]\nendpoint.work = [ { cpu = 'exp(5s)' } ]";
    for seed in 0..5 {
        let alone = world(work)
            .seed(seed)
            .user("a", "0s", "{ call = 's.work' }");
        let beside =
            world(work)
                .seed(seed)
                .tables(ELSEWHERE)
                .user("a", "0s", "{ call = 's.work' }");
        assert_eq!(alone.run().at("a"), beside.run().at("a"), "seed {seed}");
    }
}

#[test]
fn the_way_back_has_luck_of_its_own() {
    // Two uniform times of up to a second: both together take more than 1.8 s in 0.2²/2 = 2 % of
    // 2,000 attempts; one time twice would in 10 %. Four standard errors are 1.3 points.
    let seen = world(
        "[service.s]
        workers = 9999
        network = 'uniform(0s, 1s)'
        endpoint.work = []",
    )
    .tables("[[objective]]\nthat = 'share(ask.time < 1.8s) >= 1%'")
    .tables("[arrivals.many]\njourney = 'many'\nburst = { users = 2000, at = '1s' }")
    .tables("[journey.many]\nsteps = [ { name = 'ask', call = 's.work' } ]")
    .run();
    let soon = seen.metric(0).expect("all end well");
    assert!((0.967..0.993).contains(&soon), "{soon}");
}

#[test]
fn whoever_leaves_a_queue_wants_nothing_any_more() {
    // a is served 0–1; b waits 0.4–0.7 and gives up: in 0.3 of ten seconds somebody waits.
    let seen = world(
        "[service.s]
        workers = 1
        on_timeout = 'dequeue'
        endpoint.work = [ { wait = '1s' } ]",
    )
    .head("run_for = '10s'")
    .user("a", "0s", "{ call = 's.work' }")
    .user(
        "b",
        "0.4s",
        "{ call = 's.work', timeout = '300ms', or = 'continue' }",
    )
    .run();
    let full = seen.fullness();
    let workers = |row: &&onrush::observation::fullness::Row| {
        full.instances[row.instance as usize].resource == Resource::Workers(0)
    };
    let row = full.rows.iter().find(workers).expect("it was in use");
    assert_eq!((row.brim, row.wanted, row.held), (0.1, 0.03, 0.1));
}

#[test]
fn a_refusal_before_a_shared_queue_takes_cpu_of_a_server_too() {
    // As before queues of their own: a works 0–, b is refused at 0.5 and shares the core until
    // 0.9; a has 0.7 done by then, and ends at 1.2.
    let seen = world(
        "[service.s]
        cores = 1
        queue = { limit = 0, shared = true }
        refuse_cost = '200ms'
        endpoint.work = [ { cpu = '1s' } ]",
    )
    .user("a", "0s", "{ call = 's.work' }")
    .user("b", "0.5s", "{ call = 's.work', or = [ { mark = 'no' } ] }")
    .run();
    seen.nearly(4, "no 0.9s, a 1.2s");
}
