//! When a caller stops waiting, the called service's `on_timeout` decides (semantics#giving-up).

use super::world::{Trace, world};
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceLevel};

/// a starts long work at 0 and leaves at 1; b stands in the queue from 0.5 and leaves at 1.5;
/// c comes at 2 for a second of work.
fn three(on_timeout: &str) -> Trace {
    let tables = "
        [service.s]
        [service.s.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '3s' } ]";
    world(tables)
        .set("service.s.on_timeout", on_timeout)
        .user("a", "0s", "{ call = 's.long', timeout = '1s' }")
        .user("b", "0.5s", "{ call = 's.work', timeout = '1s' }")
        .user("c", "2s", "{ call = 's.work' }")
        .run()
}

#[test]
fn ignore_does_all_the_work() {
    // a 0–3, b 3–4 though nobody waits, c 4–5. In the queue: b 2.5, c 2. Wasted: 3 and 1.
    let seen = three("ignore");
    seen.marks("c 5s")
        .ended("a b", Outcome::Failed)
        .level("s", ServiceLevel::Queue, "4.5s")
        .level("s", ServiceLevel::Held, "5s")
        .service("s", ServiceCounter::Completed, 3)
        .service("s", ServiceCounter::Wasted, 2)
        .service("s", ServiceCounter::WastedHeldNs, 4_000_000_000)
        .service("s", ServiceCounter::Goodput, 1)
        .service("s", ServiceCounter::LeftQueue, 0);
}

#[test]
fn expire_notices_when_it_would_start() {
    // a 0–3; at 3 b's turn comes and is passed over; c 3–4. In the queue: b 2.5, c 1.
    let seen = three("expire");
    seen.marks("c 4s")
        .level("s", ServiceLevel::Queue, "3.5s")
        .level("s", ServiceLevel::Held, "4s")
        .service("s", ServiceCounter::Completed, 2)
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::LeftQueue, 1);
}

#[test]
fn dequeue_takes_out_who_waits_and_lets_work_go_on() {
    // a 0–3; b leaves the queue at 1.5; c 3–4. In the queue: b 1, c 1.
    let seen = three("dequeue");
    seen.marks("c 4s")
        .level("s", ServiceLevel::Queue, "2s")
        .level("s", ServiceLevel::Held, "4s")
        .service("s", ServiceCounter::Completed, 2)
        .service("s", ServiceCounter::LeftQueue, 1);
}

#[test]
fn cancel_stops_work_too() {
    // a 0–1 stopped; b 1–1.5 stopped; c 2–3. In the queue: b 0.5. Wasted: 1 and 0.5.
    let seen = three("cancel");
    seen.marks("c 3s")
        .level("s", ServiceLevel::Queue, "0.5s")
        .level("s", ServiceLevel::Held, "2.5s")
        .service("s", ServiceCounter::Completed, 1)
        .service("s", ServiceCounter::Wasted, 2)
        .service("s", ServiceCounter::WastedHeldNs, 1_500_000_000);
}

/// An attempt that is still on its way when its caller leaves: sent 0, left 0.3, there at 0.5,
/// where a worker is free. b is sent at 0.2 and there at 0.7.
fn on_the_way(on_timeout: &str) -> Trace {
    let tables = "
        [service.s]
        network = '500ms'
        endpoint.work = [ { wait = '1s' } ]";
    world(tables)
        .set("service.s.on_timeout", on_timeout)
        .user("a", "0s", "{ call = 's.work', timeout = '0.3s' }")
        .user("b", "0.2s", "{ call = 's.work' }")
        .run()
}

#[test]
fn an_attempt_whose_caller_left_while_it_travelled() {
    // ignore: a 0.5–1.5, b 1.5–2.5, back 3. expire notices when it would start a, at once;
    // dequeue and cancel do so when it arrives: b 0.7–1.7, back 2.2.
    on_the_way("ignore")
        .marks("b 3s")
        .service("s", ServiceCounter::Wasted, 1);
    for on_timeout in ["expire", "dequeue", "cancel"] {
        let seen = on_the_way(on_timeout);
        seen.marks("b 2.2s")
            .service("s", ServiceCounter::Arrived, 2)
            .service("s", ServiceCounter::LeftQueue, 1)
            .service("s", ServiceCounter::Wasted, 0)
            .service("s", ServiceCounter::Completed, 1);
    }
}

/// The user leaves s at 1 while s waits for t (0–3); b asks t at 1.5 for a second.
fn nested(outer: &str, inner: &str) -> Trace {
    let tables = "
        [service.s]
        endpoint.work = [ { name = 'inner', call = 't.long' }, { wait = '1s' } ]
        [service.t]
        [service.t.endpoint]
        work = [ { wait = '1s' } ]
        long = [ { wait = '3s' } ]";
    world(tables)
        .set("service.s.on_timeout", outer)
        .set("service.t.on_timeout", inner)
        .user("a", "0s", "{ call = 's.work', timeout = '1s' }")
        .user("b", "1.5s", "{ call = 't.work' }")
        .run()
}

#[test]
fn cancelled_work_gives_up_its_own_calls_likewise() {
    // s cancels at 1. t cancels too: free at 1, b 1.5–2.5. t ignores: works on to 3, b 3–4.
    let seen = nested("cancel", "cancel");
    seen.marks("b 2.5s")
        .level("s", ServiceLevel::Held, "1s")
        .level("t", ServiceLevel::Held, "2s")
        .call("inner", CallCounter::AttemptCancelled, 1);
    let seen = nested("cancel", "ignore");
    seen.marks("b 4s")
        .level("s", ServiceLevel::Held, "1s")
        .level("t", ServiceLevel::Held, "4s")
        .call("inner", CallCounter::AttemptCancelled, 1)
        .call("inner", CallCounter::Failed, 1);
}

#[test]
fn who_knows_nothing_waits_for_its_own_calls() {
    // s ignores: it has the answer of t at 3 and works to 4, whatever t would do.
    let seen = nested("ignore", "cancel");
    seen.marks("b 4s")
        .level("s", ServiceLevel::Held, "4s")
        .call("inner", CallCounter::AttemptOk, 1);
}

#[test]
fn cancelled_work_leaves_the_queue_of_a_nested_service_by_its_rule() {
    // x works at t 0–3. a reaches t at 0.5 through s and waits; the user leaves at 1.5, s stops.
    // b comes to t at 2. t dequeues: b 3–4. t ignores: a 3–6, b 6–7. t expires: b 3–4.
    for (inner, end) in [("dequeue", "4s"), ("expire", "4s"), ("ignore", "7s")] {
        let tables = "
            [service.s]
            on_timeout = 'cancel'
            endpoint.work = [ { call = 't.long' } ]
            [service.t]
            [service.t.endpoint]
            work = [ { wait = '1s' } ]
            long = [ { wait = '3s' } ]";
        let seen = world(tables)
            .set("service.t.on_timeout", inner)
            .user("x", "0s", "{ call = 't.long' }")
            .user("a", "0.5s", "{ call = 's.work', timeout = '1s' }")
            .user("b", "2s", "{ call = 't.work' }")
            .run();
        seen.marks(&format!("x 3s, b {end}"));
    }
}

#[test]
fn cancel_lets_go_of_a_lock_and_of_the_queue_for_it() {
    // a holds the lock from 0 and leaves at 1; b waits for it from 0.2 and leaves at 0.7;
    // c waits from 0.5 and has it 1–4.
    let tables = "
        [pool.lock]
        size = 1
        [service.s]
        workers = 9
        on_timeout = 'cancel'
        endpoint.work = [ { hold = 'lock', steps = [ { wait = '3s' } ] } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work', timeout = '1s' }")
        .user("b", "0.2s", "{ call = 's.work', timeout = '0.5s' }")
        .user("c", "0.5s", "{ call = 's.work' }")
        .run();
    seen.marks("c 4s").level("s", ServiceLevel::Held, "5s");
}

#[test]
fn cancel_stops_cpu_and_leaves_the_core_to_others() {
    // One core. a and b share it 0–1, a leaves at 1 with 0.5 done; b has 1.5 left: 2.5.
    let tables = "
        [service.s]
        cores = 1
        workers = 9
        on_timeout = 'cancel'
        endpoint.work = [ { cpu = '2s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work', timeout = '1s' }")
        .user("b", "0s", "{ call = 's.work' }")
        .run();
    seen.nearly(2, "b 2.5s")
        .level("s", ServiceLevel::Busy, "2.5s");
}

#[test]
fn an_answer_on_its_way_back_is_never_used() {
    // One way 0.5, no work: there 0.5, back 1. The caller leaves at 0.8, asks again with a
    // timeout of 2 and has that answer at 1.8. The first was worked for nothing.
    let tables = "
        [service.s]
        network = '500ms'
        endpoint.work = []";
    let again = "or = [ { name = 'second', call = 's.work' } ]";
    let first = format!("{{ name = 'first', call = 's.work', timeout = '0.8s', {again} }}");
    let seen = world(tables).user("a", "0s", &first).run();
    seen.marks("a 1.8s")
        .call("first", CallCounter::AttemptTimedOut, 1)
        .call("second", CallCounter::AttemptOk, 1)
        .service("s", ServiceCounter::Wasted, 1);
}

#[test]
fn cpu_for_nobody_is_counted_as_wasted() {
    // One core, two workers. a and b begin at 0 at half speed; a leaves at 1, and its two seconds
    // of CPU are done all the same by 4. b's two are not wasted, nor are the waits of a's work.
    let tables = "
        [service.s]
        cores = 1
        workers = 2
        [service.s.endpoint]
        work = [ { cpu = '2s' } ]
        more = [ { cpu = '2s' }, { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.more', timeout = '1s' }")
        .user("b", "0s", "{ call = 's.work' }")
        .run();
    seen.nearly(2, "b 4s")
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::WastedCpuNs, 2_000_000_000)
        .service("s", ServiceCounter::WastedHeldNs, 5_000_000_000);
}

#[test]
fn a_timeout_that_was_not_needed_ends_nothing_that_comes_later() {
    // Answered at 1, before its timeout at 2; the next one takes 1–4 and has none, or one at 6, and
    // the same with cores that are shared, with waits, and for a caller that is a service.
    for work in ["cpu", "wait"] {
        for cores in ["8", "1"] {
            for more in ["", ", timeout = '5s'"] {
                let tables = format!(
                    "[service.s]
                    workers = 8
                    cores = {cores}
                    [service.s.endpoint]
                    short = [ {{ {work} = '1s' }} ]
                    long = [ {{ {work} = '3s' }} ]
                    [service.t]
                    endpoint.both = [ {{ call = 's.short', timeout = '2s' }},
                                      {{ call = 's.long'{more} }} ]"
                );
                let both =
                    format!("{{ call = 's.short', timeout = '2s' }}, {{ call = 's.long'{more} }}");
                let seen = world(&tables)
                    .user("a", "0s", &both)
                    .user("b", "100s", "{ call = 't.both' }")
                    .run();
                seen.nearly(4, "a 4s, b 104s").ended("a b", Outcome::Served);
            }
        }
    }
}
