//! Queues that are not in the order of arrival: by deadline, by work, in turns, and newest first
//! while a queue stands; who waits too long (semantics#orders).

use super::world::{World, world};
use onrush::observation::{Outcome, ServiceCounter};

/// One worker; jobs of different lengths.
const JOBS: &str = "
    [service.s]
    [service.s.endpoint]
    half = [ { cpu = '0.5s' } ]
    one = [ { cpu = '1s' } ]
    two = [ { cpu = '1.5s' }, { wait = '0.5s' } ]
    three = [ { cpu = '3s' } ]";

fn jobs(order: &str) -> World {
    world(JOBS).set("service.s.queue.order", order)
}

#[test]
fn the_earliest_deadline_is_next_and_without_one_last() {
    // a works 0–3. b has none, c until 20, d until 9.5, e until 9.5 but came later: d 3–4,
    // e 4–5, c 5–6, b 6–7.
    let seen = jobs("deadline")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0.1s", "{ call = 's.one' }")
        .user("c", "0.2s", "{ call = 's.one', deadline = '19.8s' }")
        .user("d", "0.5s", "{ call = 's.one', deadline = '9s' }")
        .user("e", "1s", "{ call = 's.one', deadline = '8.5s' }")
        .run();
    seen.marks("a 3s, d 4s, e 5s, c 6s, b 7s");
}

#[test]
fn a_deadline_of_a_caller_above_counts() {
    // s waits for t for each; t works on a 0–3. b's request has until 30, c's only its own call
    // to t a deadline of 10 after 0.2: c 3–4, b 4–5.
    let seen = world(
        "[service.s]
         workers = 9
         endpoint.plain = [ { call = 't.one' } ]
         endpoint.hurry = [ { call = 't.one', deadline = '10s' } ]
         endpoint.long = [ { call = 't.three' } ]
         [service.t]
         queue.order = 'deadline'
         endpoint.one = [ { cpu = '1s' } ]
         endpoint.three = [ { cpu = '3s' } ]",
    )
    .user("a", "0s", "{ call = 's.long' }")
    .user("b", "0.1s", "{ call = 's.plain', deadline = '30s' }")
    .user("c", "0.2s", "{ call = 's.hurry' }")
    .run();
    seen.marks("a 3s, c 4s, b 5s");
}

#[test]
fn the_least_work_is_next_as_it_was_at_arrival() {
    // a works 0–1. b has 3, c 2 (1.5 of cpu and 0.5 of wait), d 0.5: d 1–1.5, c 1.5–3.5, b 3.5–6.5.
    // e comes at 2 with 0.5: c keeps its worker, e 3.5–4, b 4–7.
    let seen = jobs("shortest")
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0.1s", "{ call = 's.three' }")
        .user("c", "0.2s", "{ call = 's.two' }")
        .user("d", "0.3s", "{ call = 's.half' }")
        .user("e", "2s", "{ call = 's.half' }")
        .run();
    seen.marks("a 1s, d 1.5s, c 3.5s, e 4s, b 7s");
}

#[test]
fn what_a_choice_and_turns_will_ask_for_is_foreseen() {
    // b's three turns of 0.4 are 1.2, c's branch of share 1 is 1, d's own cpu 0.3 though the call
    // takes 5: a works 0–1, d 1–6.3, c 6.3–7.3, b 7.3–8.5.
    let seen = world(
        "[service.s]
         queue.order = 'shortest'
         [service.s.endpoint]
         one = [ { cpu = '1s' } ]
         turns = [ { repeat = 3, steps = [ { cpu = '0.4s' } ] } ]
         choice = [ { choose = [ { share = '100%', steps = [ { wait = '1s' } ] },
                                 { share = '0%', steps = [] } ] } ]
         call = [ { cpu = '0.3s' }, { call = 't.long' } ]
         [service.t]
         endpoint.long = [ { wait = '5s' } ]",
    )
    .user("a", "0s", "{ call = 's.one' }")
    .user("b", "0.1s", "{ call = 's.turns' }")
    .user("c", "0.2s", "{ call = 's.choice' }")
    .user("d", "0.3s", "{ call = 's.call' }")
    .run();
    seen.marks("a 1s, d 6.3s, c 7.3s, b 8.5s");
}

#[test]
fn who_has_less_work_than_is_left_takes_the_worker() {
    // a has 3 from 0. b comes at 1 with 1 (a has 2 left) and takes the worker: 1–2. c comes at 1.5
    // with 0.5: b has 0.5 left, which is not more, so c waits: 2–2.5. a goes on 2.5–4.5. d comes at
    // 3 with 2, a has 1.5 left: d 4.5–6.5.
    let seen = jobs("shortest-remaining")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "1s", "{ call = 's.one' }")
        .user("c", "1.5s", "{ call = 's.half' }")
        .user("d", "3s", "{ call = 's.two' }")
        .run();
    seen.marks("b 2s, c 2.5s, a 4.5s, d 6.5s")
        .service("s", ServiceCounter::Completed, 4);
}

#[test]
fn who_waits_within_a_step_keeps_the_worker() {
    // a is in `cpu` 0–1.5 and in `wait` 1.5–2. b comes at 1.6 with 0.3: a is in no `cpu` step, so
    // b waits 2–2.5.
    let seen = jobs("shortest-remaining")
        .user("a", "0s", "{ call = 's.two' }")
        .user("b", "1.6s", "{ call = 's.half' }")
        .run();
    seen.marks("a 2s, b 2.5s");
}

#[test]
fn who_is_put_back_may_stand_beyond_the_limit_and_keeps_locks() {
    // One place in the queue. a holds the lock from 0, with 3 of work. b (1) takes the worker at
    // 1 and finishes at 2: a was put back, and c (3, at 1.5) found the place taken: refused.
    // b's lock waits for a's: b' has none. d at 1.7 takes b's... no: b has 0.3 left.
    let seen = world(
        "[service.s]
         queue = { order = 'shortest-remaining', limit = 1 }
         [service.s.endpoint]
         locked = [ { hold = 'lock', steps = [ { cpu = '3s' } ] } ]
         one = [ { cpu = '1s' } ]
         half = [ { cpu = '0.5s' } ]
         quarter = [ { cpu = '0.25s' } ]
         three = [ { cpu = '3s' } ]
         [service.t]
         workers = 9
         endpoint.lock = [ { hold = 'lock', steps = [ { wait = '1s' } ] } ]
         [pool.lock]
         size = 1",
    )
    .user("a", "0s", "{ call = 's.locked' }")
    .user("b", "1s", "{ call = 's.one' }")
    .user("c", "1.5s", "{ call = 's.three' }")
    // d has 0.25, b 0.4 left: b is put back beyond the limit, 1.6–1.85 for d, b 1.85–2.25,
    // a 2.25–4.25; only then e has the lock: 4.25–5.25.
    .user("d", "1.6s", "{ call = 's.quarter' }")
    .user("e", "1.2s", "{ call = 't.lock' }")
    .run();
    seen.marks("d 1.85s, b 2.25s, a 4.25s, e 5.25s")
        .ended("c", Outcome::Refused);
}

#[test]
fn shared_cores_are_left_and_joined_with_the_work_left() {
    // One core for two workers. a and b have 2 and 4 from 0, each at half speed. c comes at 2 with
    // 0.5: a has 1 left, b 3: c takes b's worker. a and c share: c ends at 3, a has 0.5 left. b
    // resumes at 3 with 3 left: a ends at 4; b has 2.5 left: 6.5.
    let seen = world(
        "[service.s]
         workers = 2
         cores = 1
         queue.order = 'shortest-remaining'
         [service.s.endpoint]
         half = [ { cpu = '0.5s' } ]
         two = [ { cpu = '2s' } ]
         four = [ { cpu = '4s' } ]",
    )
    .user("a", "0s", "{ call = 's.two' }")
    .user("b", "0s", "{ call = 's.four' }")
    .user("c", "2s", "{ call = 's.half' }")
    .run();
    seen.nearly(8, "c 3s, a 4s, b 6.5s");
}

/// a has 3 of work from 0 and a timeout of 1.5; b takes the worker at 1 with 1 of work.
fn put_back(on_timeout: &str) -> World {
    jobs("shortest-remaining")
        .set("service.s.on_timeout", on_timeout)
        .user(
            "a",
            "0s",
            "{ call = 's.three', timeout = '1.5s', or = 'continue' }",
        )
        .user("b", "1s", "{ call = 's.one' }")
        .user("c", "1.8s", "{ call = 's.one' }")
}

#[test]
fn work_that_was_put_back_has_begun() {
    // Whatever else happens, it goes on when nobody waits for it any more: a's 2 from 3 on, since
    // c's 1 is less: c 2–3.
    for on_timeout in ["ignore", "expire", "dequeue"] {
        let seen = put_back(on_timeout).run();
        seen.marks("a 1.5s, b 2s, c 3s")
            .service("s", ServiceCounter::Completed, 3)
            .service("s", ServiceCounter::Wasted, 1)
            .service("s", ServiceCounter::WastedHeldNs, 3_000_000_000)
            .service("s", ServiceCounter::WastedCpuNs, 3_000_000_000);
    }
    // `cancel` stops it at 1.5: it had the worker for 1.
    let seen = put_back("cancel").run();
    seen.marks("a 1.5s, b 2s, c 3s")
        .service("s", ServiceCounter::Completed, 2)
        .service("s", ServiceCounter::Stopped, 1)
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::WastedHeldNs, 1_000_000_000)
        .service("s", ServiceCounter::WastedCpuNs, 1_000_000_000);
}

#[test]
fn a_crash_loses_who_was_put_back() {
    // a is put back at 1; the crash at 1.5 loses a and b, both begun.
    let seen = put_back("ignore")
        .set("journey.c.steps.1.timeout", "100s")
        .tables(
            "[fault.crash]
             at = '1.5s'
             for = '1s'
             crash = { service = 's' }",
        )
        .run();
    seen.ended("b", Outcome::Failed)
        .service("s", ServiceCounter::Lost, 2)
        .service("s", ServiceCounter::LeftQueue, 0);
}

#[test]
fn users_take_turns_one_attempt_each() {
    // a's message works 0–1; a's next three wait from 0, b's two from 0.1, c's from 0.2. Turns: a
    // came first: a2 1–2, b1 2–3, c 3–4, a3 4–5, b2 5–6, a4 6–7.
    let seen = world(
        "[service.s]
         queue = { order = 'fair', by = 'user' }
         [service.s.endpoint]
         one = [ { wait = '1s' } ]
         a2 = [ { wait = '1s' }, { mark = 'a2' } ]
         a3 = [ { wait = '1s' }, { mark = 'a3' } ]
         a4 = [ { wait = '1s' }, { mark = 'a4' } ]
         b1 = [ { wait = '1s' }, { mark = 'b1' } ]
         b2 = [ { wait = '1s' }, { mark = 'b2' } ]
         c1 = [ { wait = '1s' }, { mark = 'c1' } ]",
    )
    .user(
        "a",
        "0s",
        "{ send = 's.one' }, { send = 's.a2' }, { send = 's.a3' }, { send = 's.a4' }",
    )
    .user("b", "0.1s", "{ send = 's.b1' }, { send = 's.b2' }")
    .user("c", "0.2s", "{ send = 's.c1' }")
    .run();
    seen.marks("a2 2s, b1 3s, c1 4s, a3 5s, b2 6s, a4 7s");
}

#[test]
fn an_order_changes_while_some_wait() {
    // a works 0–3. Waiting: b (3), c (1), d (2). At 1 the operator turns the queue to the shortest:
    // c 3–4; at 3.5 to the last who came: d 4–6, b 6–9.
    let seen = jobs("fifo")
        .tables(
            "[action.short]
             at = '1s'
             set = { 'service.s.queue.order' = 'shortest' }
             [action.last]
             at = '3.5s'
             set = { 'service.s.queue.order' = 'lifo' }",
        )
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0.1s", "{ call = 's.three' }")
        .user("c", "0.2s", "{ call = 's.one' }")
        .user("d", "0.3s", "{ call = 's.two' }")
        .run();
    seen.marks("a 3s, c 4s, d 6s, b 9s");
}

/// One worker and work of 0.4; from 0 to 2 one comes every 0.1.
fn stream(queue: &str) -> World {
    let mut world = world(&format!(
        "[service.s]\nendpoint.work = [ {{ wait = '0.4s' }} ]\n{queue}"
    ));
    for n in 0..8 {
        let at = format!("{}ms", 100 * n);
        world = world.user(&format!("u{n}"), &at, "{ call = 's.work' }");
    }
    world
}

#[test]
fn the_newest_is_first_once_the_queue_has_stood_for_an_interval() {
    // u0 works 0–0.4. The queue is not empty from 0.1 on. At 0.4 it has stood for 0.3, less than
    // 0.5: the oldest, u1: 0.4–0.8. From then on it has: u7 (since 0.7) 0.8–1.2, u6 –1.6, u5 –2,
    // u4 –2.4, u3 –2.8, u2 –3.2.
    let queue = "queue = { order = 'adaptive-lifo', codel = { on = false, interval = '0.5s' } }";
    stream(queue)
        .run()
        .marks("u0 0.4s, u1 0.8s, u7 1.2s, u6 1.6s, u5 2s, u4 2.4s, u3 2.8s, u2 3.2s");
    // At exactly the interval it has stood for it.
    stream("queue = { order = 'adaptive-lifo', codel = { on = false, interval = '0.3s' } }")
        .run()
        .marks("u0 0.4s, u3 0.8s, u7 1.2s");
}

#[test]
fn who_is_too_old_is_refused_when_a_worker_would_take_it() {
    // u0 0–0.4. u1 has waited 0.3 at 0.4: taken, –0.8. Then u2 (0.6), u3 (0.5) and u4 (0.4) are
    // refused at 0.8 and u5 (0.3) is taken, –1.2; then u6 (0.6) and u7 (0.5) are refused.
    let seen = stream("queue = { max_age = '0.4s' }").run();
    seen.marks("u0 0.4s, u1 0.8s, u5 1.2s")
        .ended("u2 u3 u4 u6 u7", Outcome::Refused)
        .service("s", ServiceCounter::Accepted, 8)
        .service("s", ServiceCounter::Refused, 0)
        .service("s", ServiceCounter::LeftQueue, 5)
        .counted("service.s.queue.expired", 5)
        .service("s", ServiceCounter::Completed, 3);
}

#[test]
fn controlled_delay_is_short_while_the_queue_stands() {
    // The interval is 0.5, the target 0.2. u0 0–0.4. At 0.4 the queue has stood for 0.3: the limit
    // is 0.5, u1 (0.3) is taken, –0.8. At 0.8 it has stood for 0.7: u2 … u6 (0.6 … 0.2) are
    // refused, at exactly 0.2 too; u7 (0.1) is taken, –1.2.
    let seen = stream("queue = { codel = { target = '0.2s', interval = '0.5s' } }").run();
    seen.marks("u0 0.4s, u1 0.8s, u7 1.2s")
        .ended("u2 u3 u4 u5 u6", Outcome::Refused)
        .service("s", ServiceCounter::LeftQueue, 5);
}

#[test]
fn a_message_that_is_too_old_is_not_delivered() {
    use onrush::observation::MessageCounter;
    // The first works 0–1, the second 1–2; the third has waited 2 then.
    let seen = world(
        "[service.s]
         queue.max_age = '1.5s'
         endpoint.work = [ { wait = '1s' } ]",
    )
    .user(
        "a",
        "0s",
        "{ send = 's.work' }, { send = 's.work' }, { send = 's.work' }",
    )
    .run();
    seen.message("s.work", MessageCounter::Delivered, 2)
        .message("s.work", MessageCounter::Undelivered, 1)
        .service("s", ServiceCounter::LeftQueue, 1);
}

/// One worker; a class `first` of priority 1, `last` of 200, and traffic without one: it has 100.
const CLASSES: &str = "
    [class.first]
    priority = 1
    [class.last]
    priority = 200
    [service.s]
    queue.order = 'priority'
    [service.s.endpoint]
    half = [ { cpu = '0.5s' } ]
    one = [ { cpu = '1s' } ]
    three = [ { cpu = '3s' } ]";

#[test]
fn the_class_with_the_lowest_number_is_next_and_without_one_it_is_a_hundred() {
    // a works 0–3; then d (1), c and e (100), b (200).
    let seen = world(CLASSES)
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0.1s", "{ call = 's.one', class = 'last' }")
        .user("c", "0.2s", "{ call = 's.one' }")
        .user("d", "0.3s", "{ call = 's.one', class = 'first' }")
        .user("e", "0.4s", "{ call = 's.one' }")
        .run();
    seen.marks("a 3s, d 4s, c 5s, e 6s, b 7s");
}

#[test]
fn a_class_takes_the_worker_of_the_worst_behind_it_and_its_work_goes_on() {
    // Two workers: b (last) and a (100) from 0, with 3 each. c (first) comes at 1: b's worker is
    // the worst: c 1–2, b goes on 2–4. d (100) comes at 1.5: c is before it and a is its equal, so
    // it waits, and is before b: d 2–3 and b 3–5, with 2 left; a 0–3 frees a worker at 3 as well,
    // so b goes on at 3.
    let seen = world(CLASSES)
        .set("service.s.workers", "2")
        .set("service.s.queue.preempt", "true")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0s", "{ call = 's.three', class = 'last' }")
        .user("c", "1s", "{ call = 's.one', class = 'first' }")
        .user("d", "1.5s", "{ call = 's.one' }")
        .run();
    seen.marks("a 3s, c 2s, d 3s, b 5s")
        .counted("service.s.queue.preempted", 1);
    // Without `preempt` c waits for a worker: at 3 both are free.
    let seen = world(CLASSES)
        .set("service.s.workers", "2")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0s", "{ call = 's.three', class = 'last' }")
        .user("c", "1s", "{ call = 's.one', class = 'first' }")
        .run();
    seen.marks("a 3s, b 3s, c 4s");
}

#[test]
fn of_one_class_the_latest_started_is_put_back_and_waits_at_its_head() {
    // Two workers: a from 0, b from 0.5, c waits (all 100, with 3). d (first) comes at 1 and takes
    // b's worker: d 1–2. b stands before c: 2–4.5; a 0–3, c 3–6.
    let seen = world(CLASSES)
        .set("service.s.workers", "2")
        .set("service.s.queue.preempt", "true")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "0.5s", "{ call = 's.three' }")
        .user("c", "0.7s", "{ call = 's.three' }")
        .user("d", "1s", "{ call = 's.one', class = 'first' }")
        .run();
    seen.marks("d 2s, a 3s, b 4.5s, c 6s");
}

#[test]
fn classes_and_keys_take_turns_too() {
    // a works 0–1. Waiting: b, c (first), d (last), e (none). One of each class in turn.
    let tables = "
        [class.first]
        [class.last]
        [service.s]
        queue = { order = 'fair', by = 'class' }
        endpoint.one = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0.1s", "{ call = 's.one', class = 'first' }")
        .user("c", "0.2s", "{ call = 's.one', class = 'first' }")
        .user("d", "0.3s", "{ call = 's.one', class = 'last' }")
        .user("e", "0.4s", "{ call = 's.one' }")
        .run();
    seen.marks("a 1s, b 2s, d 3s, e 4s, c 5s");
    // All ask for the one key that there is, but e, who asks for none: by key e is second.
    let keys = "
        [keys.goods]
        count = 1
        [service.s]
        queue = { order = 'fair', by = 'key' }
        endpoint.one = [ { wait = '1s' } ]";
    let seen = world(keys)
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0.1s", "{ call = 's.one', key = 'goods' }")
        .user("c", "0.2s", "{ call = 's.one', key = 'goods' }")
        .user("e", "0.4s", "{ call = 's.one' }")
        .run();
    seen.marks("a 1s, b 2s, e 3s, c 4s");
}

#[test]
fn traffic_is_shed_by_how_critical_it_is_and_nested_calls_inherit_that() {
    // t sheds best-effort traffic and all below: b's nested call is refused with b's class, c is
    // critical without a word, d is degraded.
    let tables = "
        [class.batch]
        criticality = 'bulk'
        [class.mild]
        criticality = 'degraded'
        [service.s]
        workers = 9
        endpoint.ask = [ { call = 't.work' } ]
        [service.t]
        workers = 9
        shed = { criticality = 'best-effort' }
        endpoint.work = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("b", "0s", "{ call = 's.ask', class = 'batch' }")
        .user("c", "0s", "{ call = 's.ask' }")
        .user("d", "0s", "{ call = 's.ask', class = 'mild' }")
        .run();
    seen.marks("c 1s, d 1s")
        .never("b")
        .service("t", ServiceCounter::Refused, 1);
}
