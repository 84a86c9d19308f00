//! The person who asks again: `reload` beside timeout and retry (semantics#people).

use super::world::{World, world};
use onrush::observation::{CallCounter, CallSample, Outcome, ServiceCounter, ServiceLevel};

/// One worker; work of 2.5, of 0.4, and an error after a half.
const SERVICE: &str = "
    [service.s]
    [service.s.endpoint]
    long = [ { wait = '2.5s' } ]
    short = [ { wait = '0.4s' } ]
    bad = [ { wait = '0.5s' }, { fail = 'failed' } ]
    refuses = [ { fail = 'refused' } ]
    [retry.twice]
    attempts = 2
    backoff = { kind = 'constant', base = '1s', jitter = 'none' }";

fn person(reload: &str, ask: &str) -> World {
    let steps = format!("{{ name = 'ask', {ask} }}");
    world(SERVICE).person("a", "0s", &format!("reload = {{ {reload} }}"), &steps)
}

#[test]
fn a_reload_gives_the_attempt_up_and_sends_a_new_one_with_a_fresh_timeout() {
    // Sent 0, again 1, again 2; no reload is left, the third's timeout is 2 + 1.5: 3.5, failed.
    // The worker knows nothing: 0–2.5, 2.5–5, 5–7.5, all for nobody.
    let seen = person(
        "after = '1s', at_most = 2",
        "call = 's.long', timeout = '1.5s'",
    )
    .run();
    seen.ended("a", Outcome::Failed)
        .inside("3.5s")
        .call("ask", CallCounter::Started, 1)
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::Reloaded, 2)
        .call("ask", CallCounter::AttemptCancelled, 2)
        .call("ask", CallCounter::AttemptTimedOut, 1)
        .level("s", ServiceLevel::Held, "7.5s")
        .service("s", ServiceCounter::Wasted, 3)
        .service("s", ServiceCounter::Original, 1);
}

#[test]
fn the_answer_of_an_attempt_given_up_is_never_used() {
    // Work of 2.5 with workers enough: the first would answer at 2.5, but it was given up at 2;
    // the second answers at 4.5. The request's time is from reaching the step: 4.5.
    let seen = person("after = '2s', at_most = 1", "call = 's.long'")
        .set("service.s.workers", "9")
        .run();
    seen.marks("a 4.5s")
        .call_times("ask", CallSample::Request, 1, "4.5s")
        .call_times("ask", CallSample::Attempt, 1, "2.5s")
        .service("s", ServiceCounter::Goodput, 1);
}

#[test]
fn retry_is_neither_asked_nor_charged_by_a_reload() {
    // Sent 0; reloaded at 1 (at most 1); that one times out at 2.5; the policy has one retry
    // left: 3.5, times out at 5: failed. Three attempts, though the policy allows two.
    let ask = "call = 's.long', timeout = '1.5s', retry = 'twice'";
    let seen = person("after = '1s', at_most = 1", ask)
        .set("service.s.on_timeout", "dequeue")
        .set("service.s.endpoint.long.steps.1.wait", "99s")
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("5s")
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::Reloaded, 1)
        .call("ask", CallCounter::AttemptTimedOut, 2)
        .waiting_in_orbit("1s");
}

#[test]
fn a_reload_interrupts_a_backoff() {
    // The attempt of 0 times out at 0.4; the program would try again at 1.4. At 1 there has been
    // no answer for 1 since the last sending: the person asks again at once, 1–1.4, timed out;
    // the policy still has its retry: 2.4; but 1 after the sending of 1 is 2: reloaded at 2 …
    // With at_most = 1 it is not: 2.4–2.8, failed.
    let ask = "call = 's.long', timeout = '0.4s', retry = 'twice'";
    let seen = person("after = '1s', at_most = 1", ask)
        .set("service.s.on_timeout", "cancel")
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("2.8s")
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::Reloaded, 1)
        .waiting_in_orbit("1.6s");
}

#[test]
fn a_program_that_was_turned_away_does_not_stop_the_person_from_asking() {
    // Where the page leaves it open: a refusal answers the program, which waits to retry; the
    // person still has no answer. Refused at 0, retry due at 1, reloaded at 0.5: refused, retry
    // due at 1.5: refused for good.
    let seen = person(
        "after = '0.5s', at_most = 1",
        "call = 's.refuses', retry = 'twice'",
    )
    .run();
    seen.ended("a", Outcome::Refused)
        .inside("1.5s")
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::AttemptRefused, 3);
}

#[test]
fn an_answer_at_the_instant_of_the_reload_is_in_time() {
    let seen = person("after = '2.5s'", "call = 's.long'").run();
    seen.marks("a 2.5s").call("ask", CallCounter::Sent, 1);
}

#[test]
fn after_an_error_for_good_the_policy_starts_anew() {
    // 0–0.5, retry 1.5–2: failed for good. A second later, 3–3.5, retry 4.5–5: for good, and no
    // reload is left.
    let seen = person(
        "on_error = '1s', at_most = 1",
        "call = 's.bad', retry = 'twice'",
    )
    .run();
    seen.ended("a", Outcome::Failed)
        .inside("5s")
        .call("ask", CallCounter::Started, 1)
        .call("ask", CallCounter::Failed, 1)
        .call("ask", CallCounter::Sent, 4)
        .call("ask", CallCounter::Reloaded, 1)
        .waiting_in_orbit("3s");
}

#[test]
fn asking_again_after_an_error_may_succeed() {
    // x works 0–2.5 and there is no queue. a at 0.1: refused, 1.6 refused, 3.1 served: 3.5.
    let seen = person("on_error = '1.5s'", "call = 's.short'")
        .set("service.s.queue.limit", "0")
        .set("arrivals.a.burst.at", "0.1s")
        .user("x", "0s", "{ call = 's.long' }")
        .run();
    seen.marks("a 3.5s, x 2.5s")
        .call_times("ask", CallSample::Request, 1, "3.4s")
        .call("ask", CallCounter::Reloaded, 2);
}

#[test]
fn both_reloads_together_are_at_most_so_many_in_a_visit() {
    // b works 0–0.7 and there is no queue. a: refused at 0.1, asks again at 0.6 (one): refused,
    // again at 1.1 (two): begins; reloaded at 2.1 (three); timed out at 3.6. No reload is left,
    // nor has the next call of the same visit any: timed out at 5.1.
    let reload = "after = '1s', on_error = '0.5s', at_most = 3";
    let ask = "call = 's.long', timeout = '1.5s', or = 'continue' }, { name = 'next', \
               call = 's.long', timeout = '1.5s', or = 'continue'";
    let seen = person(reload, ask)
        .set("service.s.queue.limit", "0")
        .set("service.s.on_timeout", "cancel")
        .set("service.s.endpoint.long.steps.1.wait", "99s")
        .set("service.s.endpoint.short.steps.1.wait", "0.7s")
        .set("arrivals.a.burst.at", "0.1s")
        .user("b", "0s", "{ call = 's.short' }")
        .run();
    seen.marks("a 5.1s, b 0.7s")
        .call("ask", CallCounter::Sent, 4)
        .call("ask", CallCounter::Reloaded, 3)
        .call("ask", CallCounter::AttemptRefused, 2)
        .call("ask", CallCounter::AttemptCancelled, 1)
        .call("next", CallCounter::Sent, 1);
}

#[test]
fn or_is_done_only_when_nobody_asks_again() {
    let ask = "call = 's.bad', or = [ { mark = 'no' } ]";
    let seen = person("on_error = '1s', at_most = 2", ask).run();
    // 0–0.5, 1.5–2, 3–3.5.
    seen.marks("no 3.5s, a 3.5s")
        .call("ask", CallCounter::Sent, 3);
}

#[test]
fn only_people_reload() {
    // The nested call of s is the program's: it has its answer at 2.5, the user reloads at 1
    // (the worker of s is free only at 2.5; the second attempt asks t again: 2.5–5).
    let tables = "
        [service.s]
        endpoint.work = [ { name = 'inner', call = 't.long' } ]
        [service.t]
        workers = 9
        endpoint.long = [ { wait = '2.5s' } ]";
    let seen = world(tables)
        .person(
            "a",
            "0s",
            "reload = { after = '1s', at_most = 1 }",
            "{ name = 'ask', call = 's.work' }",
        )
        .run();
    seen.marks("a 5s")
        .call("inner", CallCounter::Started, 2)
        .call("inner", CallCounter::Sent, 2)
        .call("inner", CallCounter::Reloaded, 0);
}

#[test]
fn a_deadline_is_not_prolonged_by_a_reload_but_by_asking_again_after_an_error() {
    // Deadline 2 from reaching the step: sent 0, 0.8, 1.6, given up at 2. With `on_error` the
    // person starts afresh at 3 with a deadline of 5.
    let deadline = "call = 's.long', deadline = '2s'";
    let seen = person("after = '0.8s'", deadline)
        .set("service.s.endpoint.long.steps.1.wait", "99s")
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("2s")
        .call("ask", CallCounter::Sent, 3);
    let seen = person("on_error = '1s', at_most = 1", deadline)
        .set("service.s.endpoint.long.steps.1.wait", "99s")
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("5s")
        .call("ask", CallCounter::Sent, 2);
}
