//! A call, instant by instant (semantics#call), and messages that nobody waits for.

use super::world::world;
use onrush::observation::{
    CallCounter, CallSample, MessageCounter, Outcome, ServiceCounter, ServiceLevel, ServiceSample,
};

#[test]
fn a_call_crosses_the_network_twice_and_waits_in_between() {
    // One way 0.1, work 0.3, one worker.
    // a: sent 0, there 0.1, works 0.1–0.4, back 0.5.
    // b: sent 0.2, there 0.3, waits until 0.4, works 0.4–0.7, back 0.8.
    let tables = "
        [service.s]
        network = '100ms'
        [service.s.endpoint]
        work = [ { wait = '300ms' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ name = 'ask_a', call = 's.work' }")
        .user("b", "0.2s", "{ name = 'ask_b', call = 's.work' }")
        .run();
    seen.marks("a 0.5s, b 0.8s")
        .call_times("ask_a", CallSample::Attempt, 1, "0.5s")
        .call_times("ask_b", CallSample::Request, 1, "0.6s")
        .service_times("s", ServiceSample::Wait, 2, "0.1s")
        .service_times("s", ServiceSample::Time, 2, "0.7s")
        .service("s", ServiceCounter::Waited, 1)
        .level("s", ServiceLevel::Held, "0.6s")
        .level("s", ServiceLevel::Queue, "0.1s")
        .level("s", ServiceLevel::InSystem, "0.7s");
}

#[test]
fn the_balancer_looks_when_the_attempt_arrives_not_when_it_was_sent() {
    // One way 0.5, work 1, two servers of one worker, least-loaded.
    // a: there 0.5, server 0, 0.5–1.5. b: sent 0.9, there 1.4, server 1, 1.4–2.4, back 2.9.
    // c: sent 1 (server 1 idle, 0 busy), there 1.5: server 0 has just become idle, 1.5–2.5, 3.
    let tables = "
        [service.s]
        servers = 2
        balance = 'least-loaded'
        network = '500ms'
        [service.s.endpoint]
        work = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.9s", "{ call = 's.work' }")
        .user("c", "1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 2s, b 2.9s, c 3s")
        .service("s", ServiceCounter::Waited, 0);
}

#[test]
fn a_full_instance_refuses_and_no_other_is_tried() {
    // Round robin over two servers without queue: a to 0 (0–3), b to 1 (0–1), c at 2 to 0: full,
    // though 1 is idle. d at 2.5 to 1.
    let tables = "
        [service.s]
        servers = 2
        queue = { limit = 0 }
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '3s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.long' }")
        .user("b", "0s", "{ call = 's.work' }")
        .user(
            "c",
            "2s",
            "{ call = 's.work', or = [ { mark = 'turned' } ] }",
        )
        .user("d", "2.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 3s, b 1s, turned 2s, d 3.5s")
        .service("s", ServiceCounter::Refused, 1);
}

#[test]
fn the_limit_counts_those_who_wait_not_those_in_service() {
    // Two workers, one place: a and b work 0–1, c waits, d at 0.5 is refused; c works 1–2.
    let tables = "
        [service.s]
        workers = 2
        queue = { limit = 1 }
        [service.s.endpoint]
        work = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work' }")
        .user("c", "0.2s", "{ call = 's.work' }")
        .user("d", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1s, b 1s, c 2s").ended("d", Outcome::Refused);
}

#[test]
fn the_worker_is_free_when_the_steps_end_not_when_the_answer_arrives() {
    // One way 2, work 1. a: there 2, works 2–3, back 5. b: sent 0.5, there 2.5, works 3–4, 6.
    let tables = "
        [service.s]
        network = '2s'
        [service.s.endpoint]
        work = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 5s, b 6s")
        .level("s", ServiceLevel::Held, "2s");
}

#[test]
fn the_timeout_covers_nested_calls_and_their_networks() {
    // To s 0.1, s asks t: 0.2 there, 1 of work, 0.2 back, then 0.3 at s, 0.1 back: 1.9 in all.
    let tables = "
        [service.s]
        network = '100ms'
        endpoint.work = [ { call = 't.work' }, { wait = '300ms' } ]
        [service.t]
        network = '200ms'
        endpoint.work = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work', timeout = '1.9s' }")
        .user(
            "b",
            "10s",
            "{ call = 's.work', timeout = '1.899s', or = [ { mark = 'late' } ] }",
        )
        .run();
    seen.marks("a 1.9s, late 11.899s, b 11.899s")
        .service_times("s", ServiceSample::Time, 2, "3.4s")
        .level("s", ServiceLevel::Held, "3.4s")
        .level("s", ServiceLevel::Active, "0.6s");
}

#[test]
fn every_try_is_an_attempt_of_one_request_measured_from_reaching_the_step() {
    // Always an error after 0.5. Attempts at 0, 0.75 and 1.5; the request fails at 2.
    // b's request ends ok with its first attempt: the only time there is.
    let tables = "
        [service.s]
        workers = 9
        endpoint.bad = [ { wait = '500ms' }, { fail = 'failed' } ]
        endpoint.good = [ { wait = '500ms' } ]
        [retry.thrice]
        attempts = 3
        backoff = { kind = 'constant', base = '250ms', jitter = 'none' }";
    let seen = world(tables)
        .user(
            "a",
            "0s",
            "{ call = 's.bad', retry = 'thrice', or = [ { mark = 'failed' } ] }",
        )
        .user("b", "0s", "{ call = 's.good', retry = 'thrice' }")
        .run();
    seen.marks("failed 2s, b 0.5s")
        .call("s.bad", CallCounter::Started, 1)
        .call("s.bad", CallCounter::Failed, 1)
        .call("s.bad", CallCounter::Sent, 3)
        .call("s.bad", CallCounter::AttemptError, 3)
        .call_times("s.bad", CallSample::Request, 0, "0s")
        .call_times("s.good", CallSample::Request, 1, "0.5s")
        .service("s", ServiceCounter::Arrived, 4)
        .service("s", ServiceCounter::Original, 2)
        .service("s", ServiceCounter::Completed, 4)
        .service("s", ServiceCounter::Goodput, 1)
        .waiting_in_orbit("0.5s");
}

#[test]
fn a_message_goes_one_way_and_its_delay_ends_with_the_work() {
    // a sends two at 0 and is done at 0. One way 0.1, one worker, 1 of work each:
    // 0.1–1.1 and 1.1–2.1: delays 1.1 and 2.1.
    let tables = "
        [service.mail]
        network = '100ms'
        endpoint.post = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ send = 'mail.post' }, { send = 'mail.post' }")
        .run();
    seen.marks("a 0s")
        .message("mail.post", MessageCounter::Sent, 2)
        .message("mail.post", MessageCounter::Delivered, 2)
        .delays("mail.post", 2, "3.2s");
}

#[test]
fn a_full_queue_loses_a_message_and_nobody_learns() {
    // One worker, one place: of three at 0 the last is lost; the others take 1 and 2.
    let tables = "
        [service.mail]
        queue = { limit = 1 }
        endpoint.post = [ { wait = '1s' } ]";
    let send = "{ send = 'mail.post' }";
    let seen = world(tables).user("a", "0s", &[send; 3].join(", ")).run();
    seen.marks("a 0s")
        .message("mail.post", MessageCounter::Delivered, 2)
        .message("mail.post", MessageCounter::Undelivered, 1)
        .delays("mail.post", 2, "3s")
        .ended("a", Outcome::Served);
}
