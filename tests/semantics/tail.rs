//! After the horizon of a steady study: the sources go on, nothing begins that was not there, and
//! whoever started in the measured period ends as they would have.

use super::world::{World, world};
use onrush::base::time::Time;
use onrush::observation::ServiceSample;
use onrush::observation::{CallCounter, CallSample, Outcome, ServiceCounter, ServiceLevel};

/// One visit a second, from 1 on; measured from 4 to 10.
fn steady(service: &str, steps: &str) -> World {
    world(service)
        .head("run_for = '10s'\nstudy = 'steady'\nwarmup = '4s'")
        .tables(&format!(
            "[arrivals.a]
            journey = 'v'
            rate = '1/s'
            spacing = 'even'
            [journey.v]
            steps = [ {steps} ]"
        ))
}

const FIVE: &str = "
    [service.s]
    workers = 99
    [service.s.endpoint]
    work = [ { wait = '5s' } ]";

#[test]
fn whoever_started_in_the_measured_time_ends_as_they_would_have() {
    // Asked at 4 to 10: seven, all ok after 5, the last at 15. What happens from 4 to 10: the ends
    // of those who asked at 1 to 5. Workers held from 4 on: 2, 3, 4, 5, 5, 4, 3, 2, 1, 0 by those
    // of 1 to 10.
    let seen = steady(FIVE, "{ name = 'ask', call = 's.work' }").run();
    seen.call("ask", CallCounter::Started, 7)
        .call("ask", CallCounter::Ok, 7)
        .call("ask", CallCounter::Sent, 7)
        .call("ask", CallCounter::AttemptOk, 7)
        .call("ask", CallCounter::Unfinished, 0)
        .call_times("ask", CallSample::Request, 7, "35s")
        .call_times("ask", CallSample::Attempt, 7, "35s")
        .service_times("s", ServiceSample::Time, 7, "35s")
        .ended("v", Outcome::Served)
        .journey_times("v", 7, "35s")
        .call_saw("ask", CallCounter::Ok, 5)
        .saw_end("v", Outcome::Served, 5)
        .service_saw("s", ServiceCounter::Arrived, 7)
        .service_saw("s", ServiceCounter::Completed, 5)
        .service_saw("s", ServiceCounter::Goodput, 5)
        .level("s", ServiceLevel::Held, "29s");
    assert!(seen.finished() >= Time::from_nanos(15_000_000_000));
}

#[test]
fn rates_and_counts_are_of_the_time_shares_of_those_who_started() {
    // As above. In six seconds five ends and six that came (the one at 10 is the seventh).
    let objectives = [
        ("rate(ask.ok)", 5.0 / 6.0),
        ("count(v.served)", 5.0),
        ("rate(s.completed)", 5.0 / 6.0),
        ("share(ask.ok)", 1.0),
        ("share(v.served)", 1.0),
        ("share(ask.time <= 5s)", 1.0),
        ("mean(s.amplification)", 1.0),
        ("total(s.in_system)", 29.0),
    ];
    let mut world = steady(FIVE, "{ name = 'ask', call = 's.work' }");
    for (metric, _) in objectives {
        let unit = if metric.starts_with("rate") { "/s" } else { "" };
        let limit = if unit.is_empty() {
            "0".to_owned()
        } else {
            format!("0{unit}")
        };
        world = world.tables(&format!("[[objective]]\nthat = '{metric} >= {limit}'"));
    }
    let seen = world.run();
    for (number, (metric, expected)) in objectives.into_iter().enumerate() {
        let found = seen.metric(number).expect(metric);
        assert!(
            (found - expected).abs() < 1e-12,
            "{metric}: {found}, not {expected}"
        );
    }
}

#[test]
fn the_sources_keep_the_rate_in_force_at_the_horizon() {
    // Last come, first served, by one worker that takes 2; an end comes before an arrival at one
    // instant. 1 (1–3), 2 (3–5), then always the newest: 4 (5–7), 6 (7–9), 8 (9–11), 10 (11–13),
    // 12, who came after the horizon (13–15), 14, … So 5, 7 and 9 are never served, and the clock
    // runs until 20, `run_for` after the horizon.
    let lifo = "
        [service.s]
        queue = { order = 'lifo' }
        [service.s.endpoint]
        work = [ { wait = '2s' } ]";
    let seen = steady(lifo, "{ name = 'ask', call = 's.work' }").run();
    seen.call("ask", CallCounter::Started, 7)
        .call("ask", CallCounter::Ok, 4)
        .call("ask", CallCounter::Unfinished, 3);
    assert!(seen.finished() <= Time::from_nanos(20_000_000_000));
}

#[test]
fn no_fault_no_action_and_no_door_begins_after_the_horizon() {
    // Otherwise those under way would be slowed, the timeout of 6 would be one of nothing, and the
    // door would shut out those who think until they reach it.
    let more = "
        [fault.slow]
        at = '11s'
        slow = { service = 's', factor = 100 }
        [action.none]
        at = '12s'
        set = { 'service.s.servers' = 0 }
        [room.hall]
        closes = '11s'";
    let steps = "{ think = '3s' }, { enter = 'hall' }, { name = 'ask', call = 's.work' }";
    let seen = steady(FIVE, steps).tables(more).run();
    seen.ended("v", Outcome::Served)
        .journey_times("v", 7, "56s");
}

#[test]
fn a_fault_under_way_at_the_horizon_ends_when_it_would_have() {
    // The server stands still from 9 to 12. Those of 5 to 8 have 3 more, those of 9 and 10 start
    // when it goes on, with all of their work. That of 4 ends at 9 before it stands still? No: what
    // begins comes before what ends, so it has 3 more as well, with nothing left to do.
    let pause = "[fault.f]\nat = '9s'\nfor = '3s'\npause = { service = 's' }";
    let seen = steady(FIVE, "{ name = 'ask', call = 's.work' }")
        .tables(pause)
        .run();
    // 4: 8; 5 to 8: 8 each; 9: 12 + 5 − 9 = 8; 10: 7.
    seen.call("ask", CallCounter::Ok, 7)
        .call_times("ask", CallSample::Request, 7, "55s");
}

#[test]
fn retries_and_backoffs_cross_the_horizon() {
    // Everything fails until 12, at once; retried every 3 s, at most four times in all. Attempts of
    // requests of 4 to 10 fail up to 11; those sent after it, at 12 or later, are ok at once.
    let bug = "
        [service.s]
        [service.s.endpoint]
        work = []
        [fault.bug]
        at = '0s'
        for = '12s'
        error = { service = 's' }
        [retry.r]
        attempts = 4
        backoff = { kind = 'constant', base = '3s' }";
    let seen = steady(bug, "{ name = 'ask', call = 's.work', retry = 'r' }").run();
    // 4: 4, 7, 10, 13 ok; 5: …, 14; 6: 6, 9, 12; 7: 7, 10, 13; 8: 8, 11, 14; 9: 9, 12; 10: 10, 13.
    // Times 9, 9, 6, 6, 6, 3, 3. Attempts sent from 4 to 10: 3 + 2 + 2 + 2 + 1 + 1 + 1, and those
    // of requests from before: of 1 at 4, 7, 10; of 2 at 5, 8; of 3 at 6, 9.
    seen.call("ask", CallCounter::Started, 7)
        .call("ask", CallCounter::Ok, 7)
        .call("ask", CallCounter::Failed, 0)
        .call_times("ask", CallSample::Request, 7, "42s")
        .call("ask", CallCounter::Sent, 19)
        .call("ask", CallCounter::AttemptError, 19)
        .call_saw("ask", CallCounter::Ok, 0)
        // That of 1 gives up at 10.
        .call_saw("ask", CallCounter::Failed, 1);
}

#[test]
fn patience_and_messages_cross_the_horizon() {
    // Each sends a message that takes 4, and loses patience after 3 of waiting for an answer that
    // takes 5.
    let mail = "
        [service.mail]
        workers = 99
        endpoint.letter = [ { wait = '4s' } ]";
    let world = world(FIVE)
        .head("run_for = '10s'\nstudy = 'steady'\nwarmup = '4s'")
        .tables(mail)
        .tables(
            "[arrivals.a]
            journey = 'v'
            rate = '1/s'
            spacing = 'even'
            [journey.v]
            patience = '3s'
            steps = [ { send = 'mail.letter' }, { name = 'ask', call = 's.work' } ]",
        );
    let seen = world.run();
    seen.ended("v", Outcome::Abandoned)
        .call("ask", CallCounter::Failed, 7)
        .call("ask", CallCounter::AttemptCancelled, 7)
        .delays("mail.letter", 7, "28s")
        // Left from 4 to 10: those of 1 to 7.
        .saw_end("v", Outcome::Abandoned, 7);
}

#[test]
fn members_of_a_population_go_on_and_are_in_the_way_of_one_another() {
    // Two members, one worker, 4 each and a pause of 1. a 0–4, b 4–8, a (5) 8–12, b (9) 12–16, …:
    // a request takes 4 at first, b's 8, then 7 each. Measured from 4 to 10: those asked at 5 and
    // 9, which end at 12 and 16, although each waits for the other.
    let seen = world(
        "[service.s]
        [service.s.endpoint]
        work = [ { wait = '4s' } ]
        [arrivals.p]
        journey = 'v'
        population = 2
        [journey.v]
        steps = [ { name = 'ask', call = 's.work' }, { think = '1s' } ]",
    )
    .head("run_for = '10s'\nstudy = 'steady'\nwarmup = '4s'")
    .run();
    seen.call("ask", CallCounter::Started, 2)
        .call("ask", CallCounter::Ok, 2)
        .call_times("ask", CallSample::Request, 2, "14s")
        .service_times("s", ServiceSample::Wait, 2, "6s")
        // Ends at 4 and 8: at 4 after the cut.
        .call_saw("ask", CallCounter::Ok, 2)
        .level("s", ServiceLevel::Held, "6s");
}

#[test]
fn no_burst_begins_after_the_horizon() {
    let seen = world(FIVE)
        .head("run_for = '10s'\nstudy = 'steady'\nwarmup = '4s'")
        .tables(
            "[arrivals.a]
            journey = 'v'
            burst = { users = 3, at = '3s', every = '6s' }
            [journey.v]
            steps = [ { name = 'ask', call = 's.work' } ]",
        )
        .run();
    // Three at 3, three at 9; none at 15, though the clock may run until 20.
    seen.call("ask", CallCounter::Ok, 3)
        .call_saw("ask", CallCounter::Ok, 3)
        .service_saw("s", ServiceCounter::Completed, 3);
    assert_eq!(seen.finished(), Time::from_nanos(14_000_000_000));
}
